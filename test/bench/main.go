// Command bench measures a real server process on SQLite and, where
// MYCHAT_TEST_POSTGRES names one, on PostgreSQL, and prints tables in Markdown.
// It is bounded: each load runs for the time that --for says.
//
// In closed loop each sender waits until its partner has received the message
// before it sends the next. The server's limits on rates are switched off.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net/url"
	"os"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gorilla/websocket"
	"github.com/oklog/ulid/v2"
	"golang.org/x/sync/errgroup"

	"mychat/protocol"
)

// options are the flags.
type options struct {
	binary  string
	pairs   []int
	load    time.Duration
	signIns int
}

func main() {
	var opt options
	pairs := flag.String("pairs", "1,50,200", "numbers of pairs, separated by commas")
	flag.StringVar(&opt.binary, "server", "build/bin/mychat-server", "the server's binary")
	flag.DurationVar(&opt.load, "for", 10*time.Second, "how long each load runs")
	flag.IntVar(&opt.signIns, "sign-ins", 1000, "sign-ins to time; as many idle connections are then measured")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, opt, *pairs); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, opt options, pairs string) error {
	if opt.signIns < 1 {
		return errors.New("-sign-ins: at least one is needed")
	}
	for field := range strings.SplitSeq(pairs, ",") {
		n, err := strconv.Atoi(field)
		if err != nil || n < 1 {
			return fmt.Errorf("-pairs: %q is no number of pairs", field)
		}
		opt.pairs = append(opt.pairs, n)
	}
	fmt.Println("| Database | Pairs | Delivered/s | CPU s per 1,000: server | database | p50 ms | p99 ms |")
	fmt.Println("|---|--:|--:|--:|--:|--:|--:|")
	var closing []string
	for _, database := range []string{"SQLite", "PostgreSQL"} {
		address, ok := databaseAddress(database)
		if !ok {
			closing = append(closing, "PostgreSQL was not measured: MYCHAT_TEST_POSTGRES is not set.")
			continue
		}
		lines, err := measure(ctx, opt, database, address)
		if err != nil {
			return fmt.Errorf("%s: %w", database, err)
		}
		closing = append(closing, lines...)
	}
	fmt.Println()
	for _, line := range closing {
		fmt.Println("- " + line)
	}
	return nil
}

// databaseAddress returns what the server's --database takes.
func databaseAddress(database string) (string, bool) {
	if database == "SQLite" {
		return "", true
	}
	address, err := url.Parse(os.Getenv("MYCHAT_TEST_POSTGRES"))
	return address.String(), err == nil && address.Host != ""
}

// measure runs every load on one database.
func measure(ctx context.Context, opt options, database, address string) (said []string, err error) {
	folder, err := os.MkdirTemp("", "mychat-bench-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)

	var devices []*user
	err = withNode(ctx, opt.binary, folder, address, func(n *node) error {
		most := slices.Max(opt.pairs)
		pairs, err := makePairs(ctx, n.url, most)
		if err != nil {
			return err
		}
		for _, count := range opt.pairs {
			if err := closedLoop(ctx, n, database, pairs[:count], opt.load); err != nil {
				return fmt.Errorf("%d pairs: %w", count, err)
			}
		}
		var line string
		devices, line, err = signIns(ctx, n, 2*most, opt.signIns)
		said = append(said, database+": "+line)
		return err
	})
	if err != nil {
		return nil, err
	}
	// In a fresh process, so that nothing that was freed meanwhile is counted.
	err = withNode(ctx, opt.binary, folder, address, func(n *node) error {
		line, err := idle(ctx, n, devices)
		said = append(said, database+": "+line)
		return err
	})
	return said, err
}

// withNode runs a server while do runs.
func withNode(ctx context.Context, binary, folder, database string, do func(*node) error) error {
	n, err := startNode(ctx, binary, folder, database)
	if err != nil {
		return err
	}
	return errors.Join(do(n), n.stop())
}

// pair is two friends.
type pair struct {
	sender, receiver *user
	conversation     string
}

func userName(i int) string { return fmt.Sprintf("bench_%05d", i) }

func makePairs(ctx context.Context, server string, count int) ([]pair, error) {
	pairs := make([]pair, count)
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(8)
	for i := range pairs {
		group.Go(func() (err error) {
			p := &pairs[i]
			if p.sender, err = register(ctx, server, userName(2*i)); err != nil {
				return err
			}
			if p.receiver, err = register(ctx, server, userName(2*i+1)); err != nil {
				return err
			}
			p.conversation, err = befriend(ctx, p.sender, p.receiver)
			return err
		})
	}
	return pairs, group.Wait()
}

// closedLoop loads the server with pairs and prints a row of the table.
func closedLoop(ctx context.Context, n *node, database string, pairs []pair, load time.Duration) error {
	runs := make([]loop, len(pairs))
	for i, p := range pairs {
		if err := runs[i].open(ctx, p); err != nil {
			return err
		}
		defer runs[i].close()
	}
	serverBefore, databaseBefore, err := usage(n)
	if err != nil {
		return err
	}
	began := time.Now()
	end := began.Add(load)
	group, _ := errgroup.WithContext(ctx)
	for i := range runs {
		group.Go(func() error { return runs[i].run(end) })
	}
	if err := group.Wait(); err != nil {
		return err
	}
	took := time.Since(began).Seconds()
	serverAfter, databaseAfter, err := usage(n)
	if err != nil {
		return err
	}

	var all []time.Duration
	for _, r := range runs {
		all = append(all, r.latencies...)
	}
	slices.Sort(all)
	if len(all) == 0 {
		return fmt.Errorf("nothing was delivered")
	}
	thousands := float64(len(all)) / 1000
	ms := func(q float64) float64 { return all[int(q*float64(len(all)-1))].Seconds() * 1000 }
	used := "-"
	if database != "SQLite" {
		used = fmt.Sprintf("%.2f", (databaseAfter-databaseBefore)/thousands)
	}
	fmt.Printf("| %s | %d | %.0f | %.2f | %s | %.2f | %.2f |\n", database, len(pairs), float64(len(all))/took,
		(serverAfter-serverBefore)/thousands, used, ms(0.5), ms(0.99))
	return nil
}

// usage returns the CPU seconds of the server and of PostgreSQL, if its process
// is known.
func usage(n *node) (server, database float64, err error) {
	if server, err = cpu(n.cmd.Process.Pid); err != nil {
		return 0, 0, err
	}
	if pid, err := strconv.Atoi(os.Getenv("MYCHAT_TEST_POSTGRES_PID")); err == nil {
		database, err = cpu(pid)
		return server, database, err
	}
	return server, 0, nil
}

// loop is one pair in closed loop.
type loop struct {
	pair
	out, in   *websocket.Conn
	latencies []time.Duration
}

func (l *loop) open(ctx context.Context, p pair) (err error) {
	l.pair = p
	if l.out, err = p.sender.connect(ctx); err != nil {
		return err
	}
	if l.in, err = p.receiver.connect(ctx); err != nil {
		l.out.Close()
	}
	return err
}

func (l *loop) close() {
	l.out.Close()
	l.in.Close()
}

// ackEvery is how many entries a receiver acknowledges at once.
const ackEvery = 32

// run sends until end. The sender's answers and events are read by a goroutine
// that ends with its socket's read deadline.
func (l *loop) run(end time.Time) error {
	limit := end.Add(30 * time.Second)
	for _, ws := range []*websocket.Conn{l.out, l.in} {
		if err := ws.SetReadDeadline(limit); err != nil {
			return err
		}
	}
	answers := make(chan error, 1)
	var group errgroup.Group
	group.Go(func() error { return l.readAnswers(answers) })

	err := l.send(end, answers)
	l.out.Close()
	if readErr := group.Wait(); err == nil && time.Now().After(limit) {
		err = readErr
	}
	return err
}

func (l *loop) send(end time.Time, answers <-chan error) error {
	body, err := protocol.Encode(protocol.Text{Text: "Are you coming to the climbing hall on Saturday? 周六见"})
	if err != nil {
		return err
	}
	for id := uint64(2); time.Now().Before(end); id++ {
		client := ulid.Make().String()
		began := time.Now()
		if err := post(l.out, protocol.OpSend, id, protocol.Send{
			ConversationID: l.conversation, ClientID: client, Kind: protocol.KindText, Body: body,
		}); err != nil {
			return err
		}
		seq, err := l.receive(client)
		if err != nil {
			return err
		}
		l.latencies = append(l.latencies, time.Since(began))
		if err, ok := <-answers; !ok {
			return errors.New("the sender's socket closed")
		} else if err != nil {
			return err
		}
		if len(l.latencies)%ackEvery == 0 {
			if err := post(l.in, protocol.OpAck, 0, protocol.Ack{
				Positions: []protocol.Read{{ConversationID: l.conversation, Seq: seq}},
			}); err != nil {
				return err
			}
		}
	}
	return nil
}

// receive reads the receiver's socket until the entry with a client id comes.
func (l *loop) receive(client string) (int64, error) {
	for {
		var frame protocol.Frame
		err := l.in.ReadJSON(&frame)
		if err != nil {
			return 0, err
		}
		if frame.Op != protocol.OpEntries {
			continue
		}
		var event protocol.Entries
		if err := json.Unmarshal(frame.Body, &event); err != nil {
			return 0, err
		}
		for _, e := range event.Entries {
			if e.ClientID == client {
				return e.Seq, nil
			}
		}
	}
}

// readAnswers passes on how each send was answered, until the socket closes.
func (l *loop) readAnswers(answers chan<- error) error {
	defer close(answers)
	for {
		var frame protocol.Frame
		err := l.out.ReadJSON(&frame)
		if err != nil {
			return err
		}
		if frame.Op != protocol.OpReply {
			continue
		}
		if frame.Error != nil {
			answers <- frame.Error
			return nil
		}
		answers <- nil
	}
}

// signIns times sign-ins, a few at once as from one office, and returns the
// devices that they made.
func signIns(ctx context.Context, n *node, users, count int) ([]*user, string, error) {
	devices := make([]*user, count)
	before, _, err := usage(n)
	if err != nil {
		return nil, "", err
	}
	began := time.Now()
	group, groupCtx := errgroup.WithContext(ctx)
	group.SetLimit(8)
	for i := range devices {
		group.Go(func() (err error) {
			devices[i], err = signIn(groupCtx, n.url, userName(i%users))
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, "", err
	}
	took := time.Since(began)
	after, _, err := usage(n)
	return devices, fmt.Sprintf("%d sign-ins took %.1f s, %.1f s of CPU.", count, took.Seconds(), after-before), err
}

// idle connects every device and says what a connection takes.
func idle(ctx context.Context, n *node, devices []*user) (string, error) {
	before, err := memory(n.cmd.Process.Pid)
	if err != nil {
		return "", err
	}
	for _, d := range devices {
		d.server = n.url
		ws, err := d.connect(ctx)
		if err != nil {
			return "", err
		}
		defer ws.Close()
	}
	after, err := memory(n.cmd.Process.Pid)
	return fmt.Sprintf("%d idle connections take %.1f KiB each.", len(devices), float64(after-before)/float64(len(devices))), err
}
