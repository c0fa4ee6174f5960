package bus

import (
	"bytes"
	"context"
	"log/slog"
	"net"
	"reflect"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"golang.org/x/sync/errgroup"
)

func open(t *testing.T, opt Options) *Bus {
	t.Helper()
	opt.Log = slog.New(slog.DiscardHandler)
	b, err := Open(t.Context(), opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	return b
}

// listen runs s until t ends and returns its events.
func listen(t *testing.T, b *Bus) <-chan Event {
	t.Helper()
	s, err := b.Subscribe()
	if err != nil {
		t.Fatal(err)
	}
	return run(t, s)
}

func run(t *testing.T, s *Subscription) <-chan Event {
	t.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	events := make(chan Event, 100_000)
	var g errgroup.Group
	g.Go(func() error { return s.Run(ctx, func(e Event) { events <- e }) })
	t.Cleanup(func() {
		cancel()
		if err := g.Wait(); err != nil {
			t.Error(err)
		}
	})
	return events
}

func next(t *testing.T, events <-chan Event) Event {
	t.Helper()
	select {
	case e := <-events:
		return e
	case <-time.After(10 * time.Second):
		t.Fatal("no event came")
		return Event{}
	}
}

func TestEventsArriveWholeAndInOrder(t *testing.T) {
	b := open(t, Options{})
	events := listen(t, b)
	want := []Event{
		{Kind: KindEntries, ConversationID: "7", First: 3, Last: 5, Frame: []byte(`{"op":"entries"}`)},
		{Kind: KindPositions, ConversationID: "7", UserID: "9", Frame: []byte("{}")},
		{Kind: KindJournal, UserID: "9", First: 1, Last: 1, Frame: bytes.Repeat([]byte("x"), 2<<20)},
		{Kind: KindEnded, UserID: "9", DeviceID: "11", Code: 4503},
	}
	for _, e := range want {
		b.Publish(e)
	}
	for _, w := range want {
		w.Node = b.ID()
		if got := next(t, events); !reflect.DeepEqual(got, w) {
			t.Errorf("got kind %d of node %q, want kind %d", got.Kind, got.Node, w.Kind)
		}
	}
}

func TestOverflowIsToldAsAGap(t *testing.T) {
	b := open(t, Options{Buffer: 4})
	s, err := b.Subscribe()
	if err != nil {
		t.Fatal(err)
	}
	for i := range 50 {
		b.Publish(Event{Kind: KindEntries, Last: int64(i)})
	}
	if err := b.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	events := run(t, s)
	for i := range 4 {
		if e := next(t, events); e.Kind != KindEntries || e.Last != int64(i) {
			t.Fatalf("event %d is %+v", i, e)
		}
	}
	b.Publish(Event{Kind: KindEntries, Last: 50})
	if e := next(t, events); e.Kind != KindGap {
		t.Errorf("got %+v, want a gap", e)
	}
	if e := next(t, events); e.Last != 50 {
		t.Errorf("got %+v, want the event after the gap", e)
	}
}

func TestHeartbeatTellsThatTheLastEventsWereLost(t *testing.T) {
	b := open(t, Options{Heartbeat: time.Millisecond})
	events := listen(t, b)
	b.mu.Lock()
	b.n += 2 // As if two events had been published and never arrived.
	b.mu.Unlock()
	ctx, cancel := context.WithCancel(t.Context())
	var g errgroup.Group
	g.Go(func() error { return b.Run(ctx) })
	if e := next(t, events); e.Kind != KindGap {
		t.Errorf("got %+v, want a gap", e)
	}
	b.Publish(Event{Kind: KindTyping})
	if e := next(t, events); e.Kind != KindTyping {
		t.Errorf("got %+v, want one gap only", e)
	}
	cancel()
	if err := g.Wait(); err != nil {
		t.Error(err)
	}
}

func TestNodesOfAClusterHearEachOther(t *testing.T) {
	const secret = "a secret: with/odd@characters"
	one := open(t, Options{ClusterListen: "127.0.0.1:0", ClusterSecret: secret})
	two := open(t, Options{ClusterListen: "127.0.0.1:0", ClusterSecret: secret, Routes: []string{one.ClusterAddr()}})
	for _, pair := range [][2]*Bus{{one, two}, {two, one}} {
		events := listen(t, pair[1])
		got := make(chan Event, 1)
		deadline := time.After(10 * time.Second)
		tick := time.NewTicker(5 * time.Millisecond)
		defer tick.Stop()
		for arrived := false; !arrived; { // Interest spreads over the route in its own time.
			pair[0].Publish(Event{Kind: KindTyping, UserID: "1"})
			select {
			case e := <-events:
				if e.Node == pair[0].ID() {
					got <- e
					arrived = true
				}
			case <-tick.C:
			case <-deadline:
				t.Fatal("no event came over the route")
			}
		}
		if e := <-got; e.UserID != "1" {
			t.Errorf("got %+v", e)
		}
	}
}

func TestAWrongClusterSecretIsRefused(t *testing.T) {
	one := open(t, Options{ClusterListen: "127.0.0.1:0", ClusterSecret: "right"})
	two := open(t, Options{ClusterListen: "127.0.0.1:0", ClusterSecret: "wrong", Routes: []string{one.ClusterAddr()}})
	events := listen(t, one)
	two.Publish(Event{Kind: KindTyping, UserID: "intruder"})
	if err := two.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	one.Publish(Event{Kind: KindTyping, UserID: "own"})
	if e := next(t, events); e.UserID != "own" {
		t.Errorf("got %+v from a stranger", e)
	}
	if _, err := Open(t.Context(), Options{ClusterListen: "127.0.0.1:0"}); err == nil {
		t.Error("a cluster without a secret was opened")
	}
}

func TestStrangersCannotUseTheClientPortOfANode(t *testing.T) {
	node := open(t, Options{ClusterListen: "127.0.0.1:0", ClusterSecret: "s"})
	if _, err := Open(t.Context(), Options{URL: node.node.ClientURL()}); err == nil {
		t.Error("a stranger was let in")
	}
}

// external starts a NATS server like one that an administrator runs.
func external(t *testing.T, port int) *server.Server {
	t.Helper()
	ns, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: port, NoSigs: true, NoLog: true})
	if err != nil {
		t.Fatal(err)
	}
	ns.Start()
	if !ns.ReadyForConnections(readyWithin) {
		t.Fatal("the server did not come up")
	}
	t.Cleanup(func() { ns.Shutdown(); ns.WaitForShutdown() })
	return ns
}

// TestExternalServerRestarts shows that whoever listens learns of everything
// that was published meanwhile, or that something is missing.
func TestExternalServerRestarts(t *testing.T) {
	ns := external(t, server.RANDOM_PORT)
	port := ns.Addr().(*net.TCPAddr).Port
	one, two := open(t, Options{URL: ns.ClientURL()}), open(t, Options{URL: ns.ClientURL(), Heartbeat: 10 * time.Millisecond})
	events := listen(t, one)
	two.Publish(Event{Kind: KindTyping, UserID: "before"})
	for e := next(t, events); e.UserID != "before"; e = next(t, events) {
		if e.Kind != KindGap { // Numbers it does not know the beginning of.
			t.Errorf("got %+v", e)
		}
	}
	ns.Shutdown()
	ns.WaitForShutdown()
	two.Publish(Event{Kind: KindTyping, UserID: "meanwhile"})
	external(t, port)
	ctx, cancel := context.WithCancel(t.Context())
	var g errgroup.Group
	g.Go(func() error { return two.Run(ctx) })
	if e := next(t, events); e.Kind != KindGap && e.UserID != "meanwhile" {
		t.Errorf("got %+v", e)
	}
	cancel()
	if err := g.Wait(); err != nil {
		t.Error(err)
	}
	one.Publish(Event{Kind: KindTyping, UserID: "after"})
	for next(t, events).UserID != "after" {
	}
	if _, err := Open(t.Context(), Options{URL: "nats://127.0.0.1:1"}); err == nil {
		t.Error("a server that is not there was reached")
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(encode(Event{Kind: KindEntries, ConversationID: "1", First: 1, Last: 2, Frame: []byte("{}")}, "node", 7))
	f.Add(encode(Event{Kind: KindEnded, UserID: "2", DeviceID: "3", Code: 4503}, "", 0))
	f.Add([]byte{format, 1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1})
	f.Fuzz(func(t *testing.T, data []byte) {
		e, n, err := decode(data)
		if err != nil {
			return
		}
		again, m, err := decode(encode(e, e.Node, n))
		if err != nil || m != n || !reflect.DeepEqual(again, e) {
			t.Errorf("%+v became %+v (%v)", e, again, err)
		}
	})
}
