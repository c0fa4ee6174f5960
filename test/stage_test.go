package test

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"mychat/backend/engine"
	"mychat/backend/remote"
	"mychat/backend/store"
	"mychat/protocol"
	"mychat/server/config"
	"mychat/server/node"
	"mychat/server/store/storetest"
)

// patience bounds how long a scenario waits for what must come.
const patience = 60 * time.Second

const password = "correct horse battery"

// stage is where a scenario plays: one server of one or more nodes.
type stage struct {
	nodes  []*playedNode
	config config.Config // Of the last node.
}

// playedNode is one running node and the proxy in front of it.
type playedNode struct {
	*node.Node
	proxy *Proxy
	stop  func() // Drains it and waits for its end; may be called twice.
}

// url is where clients reach the node: through its proxy.
func (n *playedNode) url() string { return "http://" + n.proxy.Addr() }

// onEveryStage plays a scenario on each kind of server that must behave the
// same: SQLite, and where a PostgreSQL is at hand, that on one node and on two.
func onEveryStage(t *testing.T, play func(t *testing.T, s *stage)) {
	onEveryDatabase(t, play)
	if os.Getenv(storetest.Env) == "" {
		return
	}
	t.Run("two nodes", func(t *testing.T) {
		t.Parallel()
		play(t, newStage(t, storetest.Postgres(t), 2))
	})
}

// onEveryDatabase is onEveryStage for what a second node adds nothing to.
func onEveryDatabase(t *testing.T, play func(t *testing.T, s *stage)) {
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		play(t, newStage(t, "", 1))
	})
	if os.Getenv(storetest.Env) == "" {
		return
	}
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		play(t, newStage(t, storetest.Postgres(t), 1))
	})
}

// newStage starts a server of n nodes on a database; "" means SQLite.
func newStage(t *testing.T, database string, n int) *stage {
	t.Helper()
	s := &stage{}
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("known to the nodes of this test"), 0o600); err != nil {
		t.Fatal(err)
	}
	for range n {
		cfg := serverConfig(t.TempDir(), database)
		if n > 1 {
			cfg.Cluster.Listen = "127.0.0.1:0"
			cfg.Cluster.SecretFile = secret
			for _, other := range s.nodes {
				cfg.Cluster.Routes = append(cfg.Cluster.Routes, other.ClusterAddr())
			}
		}
		s.nodes, s.config = append(s.nodes, startNode(t, cfg)), cfg
	}
	return s
}

// serverConfig is that of a server in dir that hashes cheaply and lets a test
// do in a second what people do in a day.
func serverConfig(dir, database string) config.Config {
	cfg := config.Default()
	cfg.Listen, cfg.Data, cfg.Database = "127.0.0.1:0", dir, database
	cfg.Limits.Argon2MemoryKiB, cfg.Limits.Argon2Time = 8192, 1
	cfg.Limits.AddressTries, cfg.Limits.FramesPerSecond = 100_000, 0
	cfg.Limits.RequestsPerAccount, cfg.Limits.RequestsPerAddress = 0, 0
	return cfg
}

func startNode(t *testing.T, cfg config.Config) *playedNode {
	t.Helper()
	return startNodeWith(t, cfg, node.Options{Log: testLog(t)})
}

func startNodeWith(t *testing.T, cfg config.Config, opt node.Options) *playedNode {
	t.Helper()
	// Requests hold the listener's address, so a node that comes back listens
	// where it did.
	n, err := node.Open(t.Context(), cfg, opt)
	if err != nil {
		t.Fatal(err)
	}
	proxy, err := NewProxy(n.Addr())
	if err != nil {
		t.Fatal(err)
	}
	p := &playedNode{Node: n, proxy: proxy}
	p.stop = inBackground(t, n.Run)
	inBackground(t, proxy.Run)
	return p
}

// inBackground runs something until the test ends or the returned function is
// called, which waits for its end.
func inBackground(t *testing.T, run func(context.Context) error) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan error, 1)
	go func() { ended <- run(ctx) }()
	stopped := false
	stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("ended: %v", err)
		}
	}
	t.Cleanup(stop)
	return stop
}

// testLog shows warnings with the test that caused them.
func testLog(t *testing.T) *slog.Logger {
	return slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
}

// device is one signed-in device of a person.
type device struct {
	*engine.Engine
	me     protocol.Profile
	server string
	token  string
	dir    string
	pin    string        // The certificate that is trusted; "" means what authorities vouch for.
	log    *slog.Logger  // Nil means the test's.
	rest   time.Duration // Between pages of history; 0 means the engine's own.
	stop   func()        // Ends the engine and closes its store; may be called twice.
}

func deviceInfo(t *testing.T, name string) protocol.DeviceInfo {
	t.Helper()
	public, _, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	return protocol.DeviceInfo{Name: name, Platform: protocol.PlatformLinux, PublicKey: base64.StdEncoding.EncodeToString(public)}
}

// register makes an account on node i and opens its first device.
func (s *stage) register(t *testing.T, i int, username string) *device {
	t.Helper()
	client := newClient(t, s.nodes[i].url(), "")
	session, err := client.Register(t.Context(), protocol.Register{
		Username: username, Nickname: strings.ToUpper(username[:1]) + username[1:], Password: password, Device: deviceInfo(t, "first"),
	})
	if err != nil {
		t.Fatalf("register %s: %v", username, err)
	}
	return openDevice(t, s.nodes[i].url(), session, t.TempDir())
}

// signIn opens another device of an account on node i.
func (s *stage) signIn(t *testing.T, i int, username string) *device {
	t.Helper()
	client := newClient(t, s.nodes[i].url(), "")
	session, err := client.SignIn(t.Context(), protocol.SignIn{Username: username, Password: password, Device: deviceInfo(t, "another")})
	if err != nil {
		t.Fatalf("sign %s in: %v", username, err)
	}
	return openDevice(t, s.nodes[i].url(), session, t.TempDir())
}

func newClient(t *testing.T, server, token string) *remote.Client {
	t.Helper()
	c, err := remote.New(remote.Options{Server: server, Token: token, Transport: remote.Transport{Proxy: remote.Proxy{Kind: remote.ProxyNone}}, Log: testLog(t)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// openDevice runs an engine on the local store in dir.
func openDevice(t *testing.T, server string, session protocol.Session, dir string) *device {
	t.Helper()
	d := &device{me: session.Me.Profile, server: server, token: session.Token, dir: dir}
	d.open(t, session.Me, time.Now)
	return d
}

// open opens the device's engine, as starting the app does.
func (d *device) open(t *testing.T, me protocol.Me, now func() time.Time) {
	t.Helper()
	opt := engineOptions(d, me)
	opt.Now, opt.Log = now, d.log
	if opt.Log == nil {
		opt.Log = testLog(t)
	}
	e, err := engine.Open(t.Context(), opt)
	if err != nil {
		t.Fatalf("open engine: %v", err)
	}
	d.Engine = e
	stop := inBackground(t, e.Run)
	closed := false
	d.stop = func() {
		stop()
		if closed {
			return
		}
		closed = true
		if err := e.Close(); err != nil {
			t.Errorf("close engine: %v", err)
		}
	}
	t.Cleanup(d.stop)
}

// engineOptions are those of an app that is as impatient as a test.
func engineOptions(d *device, me protocol.Me) engine.Options {
	return engine.Options{
		Dir: d.dir, Server: d.server, Token: d.token, Me: me,
		Transport: remote.Transport{Proxy: remote.Proxy{Kind: remote.ProxyNone}, Pin: d.pin},
		Socket:    remote.SocketOptions{FirstPause: 20 * time.Millisecond, LongPause: 200 * time.Millisecond, Answer: 2 * time.Second},
		Retry:     remote.Backoff{First: 20 * time.Millisecond, Longest: 200 * time.Millisecond},
		Rest:      d.rest,
	}
}

// reopen closes the app and starts it again.
func (d *device) reopen(t *testing.T) {
	t.Helper()
	d.stop()
	d.open(t, protocol.Me{Profile: protocol.Profile{ID: d.me.ID}}, time.Now)
}

// client returns a REST client that acts as the device.
func (d *device) client(t *testing.T) *remote.Client { return newClient(t, d.server, d.token) }

// online waits until the device is connected and up to date.
func (d *device) online(t *testing.T) {
	t.Helper()
	eventually(t, d.me.Username+" is online", func() error {
		if c := d.Connection(); c.State != engine.ConnectionOnline {
			return fmt.Errorf("the connection is %+v", c)
		}
		return nil
	})
}

// befriend makes two people friends and returns their conversation.
func befriend(t *testing.T, a, b *device) string {
	t.Helper()
	a.online(t)
	b.online(t)
	asked, err := a.AskFriend(t.Context(), b.me.ID, "")
	if err != nil {
		t.Fatalf("ask: %v", err)
	}
	eventually(t, "the request arrives", func() error {
		_, err := b.request(t.Context(), asked.Request.ID)
		return err
	})
	if err := b.AnswerFriend(t.Context(), asked.Request.ID, protocol.AnswerAccept); err != nil {
		t.Fatalf("accept: %v", err)
	}
	var conv string
	for _, d := range []*device{a, b} {
		eventually(t, "the conversation is there", func() error {
			list, err := d.Conversations(t.Context())
			if err != nil {
				return err
			}
			for _, c := range list {
				if c.Friend && (c.Peer.ID == a.me.ID || c.Peer.ID == b.me.ID) {
					conv = c.ID
					return nil
				}
			}
			return errors.New("no conversation with a friend")
		})
	}
	return conv
}

// request returns a friend request that the device knows.
func (d *device) request(ctx context.Context, id string) (protocol.FriendRequest, error) {
	list, err := d.Requests(ctx)
	if err != nil {
		return protocol.FriendRequest{}, err
	}
	i := slices.IndexFunc(list, func(r protocol.FriendRequest) bool { return r.ID == id })
	if i < 0 {
		return protocol.FriendRequest{}, fmt.Errorf("no request %s", id)
	}
	return list[i], nil
}

// conversation returns a conversation as the device lists it.
func (d *device) conversation(t *testing.T, id string) store.Conversation {
	t.Helper()
	list, err := d.ConversationsByID(t.Context(), []string{id})
	if err != nil || len(list) != 1 {
		t.Fatalf("conversation %s: got %d of them, %v", id, len(list), err)
	}
	return list[0]
}

// history returns all messages of a conversation that the device holds,
// reading page by page as a user scrolls.
func (d *device) history(ctx context.Context, conv string) ([]store.Message, error) {
	var all []store.Message
	q := store.PageQuery{ConversationID: conv, Limit: 100}
	for {
		page, err := d.Page(ctx, q)
		if err != nil {
			return nil, err
		}
		all = append(page.Messages, all...)
		if !page.MoreBefore || len(page.Messages) == 0 {
			return all, nil
		}
		q.BeforeSeq = page.Messages[0].Seq
	}
}

// texts returns what was written in a conversation, in order, unsent messages
// included.
func (d *device) texts(ctx context.Context, conv string) ([]string, error) {
	messages, err := d.history(ctx, conv)
	if err != nil {
		return nil, err
	}
	texts := []string{}
	for _, m := range messages {
		if m.Kind == protocol.KindText {
			texts = append(texts, m.Text)
		}
	}
	return texts, nil
}

// say queues messages.
func (d *device) say(t *testing.T, conv string, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if _, err := d.Send(t.Context(), conv, text); err != nil {
			t.Fatalf("%s says %q: %v", d.me.Username, text, err)
		}
	}
}

// agree waits until every device holds exactly these texts in this order, with
// nothing left unsent.
func agree(t *testing.T, conv string, want []string, devices ...*device) {
	t.Helper()
	for _, d := range devices {
		eventually(t, d.me.Username+" has everything", func() error {
			messages, err := d.history(t.Context(), conv)
			if err != nil {
				return err
			}
			var got []string
			last := int64(0)
			for _, m := range messages {
				if m.Status != store.StatusSent {
					return fmt.Errorf("%q is %s", m.Text, m.Status)
				}
				if m.Seq <= last {
					return fmt.Errorf("seq %d after %d", m.Seq, last)
				}
				last = m.Seq
				if m.Kind == protocol.KindText {
					got = append(got, m.Text)
				}
			}
			if !slices.Equal(got, want) {
				return fmt.Errorf("got %d texts %.200q, want %d %.200q", len(got), got, len(want), want)
			}
			return nil
		})
	}
}

// eventually waits until check returns nil. It gives up when check has said the
// same for as long as patience, or after a multiple of that whatever it says: a
// busy machine may be slow, but not stand still. It looks less often the longer a
// look takes, so that those who wait do not hold up what they wait for.
func eventually(t *testing.T, what string, check func() error) {
	t.Helper()
	began := time.Now()
	said, since := "", began
	for {
		looked := time.Now()
		err := check()
		if err == nil {
			return
		}
		now := time.Now()
		if err.Error() != said {
			said, since = err.Error(), now
		}
		if now.Sub(since) > patience || now.Sub(began) > 5*patience {
			t.Fatalf("waited %v until %s, the last %v for this: %v",
				now.Sub(began).Round(time.Second), what, now.Sub(since).Round(time.Second), err)
		}
		<-time.After(min(max(10*time.Millisecond, 4*now.Sub(looked)), time.Second))
	}
}

// numbered returns n texts that tell where they belong.
func numbered(prefix string, n int) []string {
	texts := make([]string, n)
	for i := range texts {
		texts[i] = fmt.Sprintf("%s %d", prefix, i+1)
	}
	return texts
}
