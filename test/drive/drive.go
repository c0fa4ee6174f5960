// Package drive puts a server under load and measures it, over the wire alone:
// pairs of friends who chat, clients that read history, devices that come with
// their token, and sockets that do nothing. test/load offers it to operators,
// test/bench makes the tables of docs/performance.md with it.
//
// Every load ends by itself: after the time that it is given, and then after
// grace at most. The goroutines of a load end before its function returns.
package drive

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
	"github.com/oklog/ulid/v2"
	"golang.org/x/sync/errgroup"

	"mychat/protocol"
)

// grace is how long an answer may take once a load's time is over.
const grace = 30 * time.Second

// Result is what a load measured.
type Result struct {
	Took          time.Duration
	Latencies     []time.Duration // Of each thing that was done, ascending.
	Before, After Usage
}

// Rate returns how much was done in a second.
func (r Result) Rate() float64 { return float64(len(r.Latencies)) / r.Took.Seconds() }

// Quantile returns the latency that a part q of all stay below.
func (r Result) Quantile(q float64) time.Duration {
	if len(r.Latencies) == 0 {
		return 0
	}
	return r.Latencies[int(q*float64(len(r.Latencies)-1))]
}

// CPU returns the seconds that a thousand took of the server, and of the
// database beside it. 0 means not known.
func (r Result) CPU() (server, database float64) {
	thousands := float64(len(r.Latencies)) / 1000
	if !r.Before.Known || !r.After.Known || thousands == 0 {
		return 0, 0
	}
	return (r.After.CPU - r.Before.CPU) / thousands, (r.After.Database - r.Before.Database) / thousands
}

// measure runs clients of a load at once until length is over. Each calls its
// function again and again, and the time that a call takes counts if it returns
// nil.
func (s *Server) measure(ctx context.Context, length time.Duration, clients []func(context.Context) error) (r Result, err error) {
	if r.Before, err = s.Usage(ctx); err != nil {
		return r, err
	}
	began := time.Now()
	end := began.Add(length)
	inner, cancel := context.WithDeadline(ctx, end.Add(grace))
	defer cancel()
	latencies := make([][]time.Duration, len(clients))
	group, inner := errgroup.WithContext(inner)
	for i, call := range clients {
		group.Go(func() error {
			for inner.Err() == nil && time.Now().Before(end) {
				at := time.Now()
				if err := call(inner); err != nil {
					return err
				}
				latencies[i] = append(latencies[i], time.Since(at))
			}
			return inner.Err()
		})
	}
	if err = group.Wait(); err != nil {
		return r, s.explain(err)
	}
	r.Took = time.Since(began)
	if r.After, err = s.Usage(ctx); err != nil {
		return r, err
	}
	r.Latencies = slices.Concat(latencies...)
	slices.Sort(r.Latencies)
	if len(r.Latencies) == 0 {
		return r, errors.New("nothing was done in the time given")
	}
	return r, nil
}

// words is a text of n bytes, or a few more where a character does not fit.
func words(n int) string {
	const some = "Are you coming to the climbing hall on Saturday? 周六见 "
	text := strings.Repeat(some, n/len(some)+1)
	for i := range text {
		if i >= n {
			return text[:i]
		}
	}
	return text
}

// Send lets each pair chat in closed loop: the sender waits until its partner
// has received the message, and for its own answer, before it sends the next.
// The latency is from the call of the sender to the frame at the receiver.
func (s *Server) Send(ctx context.Context, pairs []Pair, size int, length time.Duration) (Result, error) {
	loops := make([]*loop, len(pairs))
	calls := make([]func(context.Context) error, len(pairs))
	defer func() {
		for _, l := range loops {
			l.close()
		}
	}()
	body, err := protocol.Encode(protocol.Text{Text: words(size)})
	if err != nil {
		return Result{}, err
	}
	for i, p := range pairs {
		if loops[i], err = p.open(ctx, body, time.Now().Add(length+2*grace)); err != nil {
			return Result{}, s.explain(err)
		}
		calls[i] = loops[i].once
	}
	return s.measure(ctx, length, calls)
}

// loop is one pair in closed loop.
type loop struct {
	Pair
	body    protocol.RawJSON
	out, in *websocket.Conn
	sent    uint64
}

// open connects both of a pair. Their sockets live until limit at most.
func (p Pair) open(ctx context.Context, body protocol.RawJSON, limit time.Time) (*loop, error) {
	l := &loop{Pair: p, body: body}
	var err error
	if l.out, err = p.sender.connect(ctx); err != nil {
		return nil, err
	}
	if l.in, err = p.receiver.connect(ctx); err != nil {
		l.close()
		return nil, err
	}
	for _, ws := range []*websocket.Conn{l.out, l.in} {
		if err := ws.SetReadDeadline(limit); err != nil {
			l.close()
			return nil, err
		}
	}
	return l, nil
}

func (l *loop) close() {
	if l == nil {
		return
	}
	for _, ws := range []*websocket.Conn{l.out, l.in} {
		if ws != nil {
			hangUp(ws)
		}
	}
}

// ackEvery is how many entries a receiver acknowledges at once.
const ackEvery = 32

// once sends one message and waits for it and for its answer.
func (l *loop) once(context.Context) error {
	l.sent++
	id := l.sent + 1 // 1 was hello.
	client := ulid.Make().String()
	if err := post(l.out, protocol.OpSend, id, protocol.Send{
		ConversationID: l.conversation, ClientID: client, Kind: protocol.KindText, Body: l.body,
	}); err != nil {
		return err
	}
	data, err := await(l.in, `{"op":"entries"`, client)
	if err != nil {
		return err
	}
	if l.sent%ackEvery == 0 {
		if err := l.ack(data); err != nil {
			return err
		}
	}
	answer := fmt.Sprintf(`{"op":"reply","id":%d,`, id)
	if data, err = await(l.out, answer, ""); err != nil {
		return err
	}
	if bytes.HasPrefix(data, []byte(answer+`"error"`)) {
		return fmt.Errorf("send: %s", data)
	}
	return nil
}

// await reads a socket until a frame comes that begins with prefix and holds
// part. It decodes nothing: the driver should leave the processors to the
// server.
func await(ws *websocket.Conn, prefix, part string) ([]byte, error) {
	for {
		_, data, err := ws.ReadMessage()
		if err != nil {
			return nil, err
		}
		if bytes.HasPrefix(data, []byte(prefix)) && bytes.Contains(data, []byte(part)) {
			return data, nil
		}
	}
}

// ack acknowledges the entries of a frame.
func (l *loop) ack(data []byte) error {
	var frame protocol.Frame
	var event protocol.Entries
	if err := json.Unmarshal(data, &frame); err != nil {
		return err
	}
	if err := json.Unmarshal(frame.Body, &event); err != nil {
		return err
	}
	last := event.Entries[len(event.Entries)-1]
	return post(l.in, protocol.OpAck, 0, protocol.Ack{
		Positions: []protocol.Read{{ConversationID: l.conversation, Seq: last.Seq}},
	})
}

// Crowd makes somebody with friends, each of whom wrote one message of size
// bytes, and the last of them as many more as messages says, and returns how to
// sign in.
func (s *Server) Crowd(ctx context.Context, friends, messages, size int) (name, secret string, err error) {
	name, secret, pairs, err := s.Circle(ctx, friends)
	if err != nil {
		return "", "", err
	}
	group, inner := errgroup.WithContext(ctx)
	group.SetLimit(8)
	for _, p := range pairs {
		group.Go(func() error { return s.Fill(inner, p, 1, size) })
	}
	if err := group.Wait(); err != nil {
		return "", "", err
	}
	return name, secret, s.Fill(ctx, pairs[len(pairs)-1], messages, size)
}

// fillAhead is how many messages Fill has on their way at once.
const fillAhead = 32

// Fill writes count messages of size bytes into a pair's conversation.
func (s *Server) Fill(ctx context.Context, p Pair, count, size int) error {
	ctx, cancel := context.WithTimeout(ctx, grace+time.Duration(count)*20*time.Millisecond)
	defer cancel()
	body, err := protocol.Encode(protocol.Text{Text: words(size)})
	if err != nil {
		return err
	}
	ws, err := p.sender.connect(ctx)
	if err != nil {
		return s.explain(err)
	}
	defer hangUp(ws)
	limit, _ := ctx.Deadline()
	if err := ws.SetReadDeadline(limit); err != nil {
		return err
	}
	for sent, answered := 0, 0; answered < count; {
		if sent < count && sent-answered < fillAhead {
			sent++
			if err := post(ws, protocol.OpSend, uint64(sent)+1, protocol.Send{
				ConversationID: p.conversation, ClientID: ulid.Make().String(), Kind: protocol.KindText, Body: body,
			}); err != nil {
				return err
			}
			continue
		}
		data, err := await(ws, `{"op":"reply"`, "")
		if err != nil {
			return err
		}
		if bytes.Contains(data, []byte(`"error":`)) {
			return fmt.Errorf("fill a conversation: %s", data)
		}
		answered++
	}
	return nil
}

// History has clients read the newest limit messages of a pair's conversation
// again and again.
func (s *Server) History(ctx context.Context, p Pair, clients, limit int, length time.Duration) (Result, error) {
	path := fmt.Sprintf("%s/%s/entries?limit=%d", protocol.PathConversations, p.conversation, limit)
	return s.measure(ctx, length, repeat(clients, func(ctx context.Context) error { return p.sender.get(ctx, path) }))
}

// Get has clients ask for their own accounts, each time another user's, with
// nothing but the token.
func (s *Server) Get(ctx context.Context, users []*User, clients int, length time.Duration) (Result, error) {
	next := turns(users)
	return s.measure(ctx, length, repeat(clients, func(ctx context.Context) error { return next().get(ctx, protocol.PathMe) }))
}

// Connect has clients open sockets, each time another user's, say hello, read
// the welcome and hang up.
func (s *Server) Connect(ctx context.Context, users []*User, clients int, length time.Duration) (Result, error) {
	next := turns(users)
	return s.measure(ctx, length, repeat(clients, func(ctx context.Context) error {
		ws, err := next().connect(ctx)
		if err == nil {
			hangUp(ws)
		}
		return err
	}))
}

func repeat(clients int, call func(context.Context) error) []func(context.Context) error {
	return slices.Repeat([]func(context.Context) error{call}, clients)
}

// turns returns the users one after the other, without end.
func turns(users []*User) func() *User {
	var n atomic.Uint64
	return func() *User { return users[(n.Add(1)-1)%uint64(len(users))] }
}

// SignIns makes count sign-ins with a password, a few at once as from one
// office.
func (s *Server) SignIns(ctx context.Context, users []*User, count int) (r Result, err error) {
	if r.Before, err = s.Usage(ctx); err != nil {
		return r, err
	}
	err = s.each(ctx, &r, count, func(ctx context.Context, i int) error {
		_, err := s.signIn(ctx, users[i%len(users)].session.Me.Profile.Username)
		return err
	})
	if err != nil {
		return r, err
	}
	r.After, err = s.Usage(ctx)
	return r, err
}

// each calls do with 0 to count-1, a few at once, and keeps in r how long each
// call and all of them took.
func (s *Server) each(ctx context.Context, r *Result, count int, do func(context.Context, int) error) error {
	r.Latencies = make([]time.Duration, count)
	began := time.Now()
	group, inner := errgroup.WithContext(ctx)
	group.SetLimit(8)
	for i := range count {
		group.Go(func() error {
			at := time.Now()
			err := do(inner, i)
			r.Latencies[i] = time.Since(at)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return s.explain(err)
	}
	r.Took = time.Since(began)
	slices.Sort(r.Latencies)
	return nil
}

// Idle opens count sockets, of the users in turn, which then only answer pings,
// and measures again after length. The result has the time that each hello
// took.
func (s *Server) Idle(ctx context.Context, users []*User, count int, length time.Duration) (r Result, err error) {
	sockets := make([]*websocket.Conn, count)
	var readers sync.WaitGroup
	defer func() {
		for _, ws := range sockets {
			if ws != nil {
				hangUp(ws)
			}
		}
		readers.Wait() // They end because their sockets do.
	}()
	if r.Before, err = s.Usage(ctx); err != nil {
		return r, err
	}
	err = s.each(ctx, &r, count, func(ctx context.Context, i int) (err error) {
		sockets[i], err = users[i%len(users)].connect(ctx)
		return err
	})
	if err != nil {
		return r, err
	}
	var lost atomic.Int64
	for _, ws := range sockets {
		readers.Go(func() {
			var err error
			for err == nil {
				_, _, err = ws.NextReader() // It answers pings.
			}
			lost.Add(1)
		})
	}
	rest := time.NewTimer(length)
	defer rest.Stop()
	select {
	case <-rest.C:
	case <-ctx.Done():
		return r, ctx.Err()
	}
	if n := lost.Load(); n > 0 {
		return r, fmt.Errorf("the server closed %d of %d idle sockets", n, count)
	}
	r.After, err = s.Usage(ctx)
	return r, err
}

// Each says in words what one of count idle sockets took, in KiB.
func (r Result) Each(count int) string {
	of := func(bytes float64) float64 { return bytes / 1024 / float64(count) }
	words := fmt.Sprintf("%.1f KiB each", of(r.After.Memory-r.Before.Memory))
	if r.After.Mapped > 0 {
		words += fmt.Sprintf(", %.1f of it pages of files", of(r.After.Mapped-r.Before.Mapped))
	}
	return words
}
