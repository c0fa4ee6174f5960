package inbox

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"mychat/backend/remote"
	"mychat/backend/store"
	"mychat/protocol"
	"pgregory.net/rapid"
)

const self, peer = "u-self", "u-peer"

var me = protocol.Me{Profile: protocol.Profile{ID: self, Username: "selma"}}

func openStore(t testing.TB, dir string) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), store.Options{Dir: dir, Me: me})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// far is a server across a network: the logs of some conversations.
type far struct {
	mu      sync.Mutex
	logs    map[string][]protocol.Entry
	fetched []remote.PageRequest
	fail    func(remote.PageRequest) error // What becomes of a request; nil means answered.
}

func newFar() *far { return &far{logs: make(map[string][]protocol.Entry)} }

// say appends n entries by peer and returns them.
func (f *far) say(conv string, n int) []protocol.Entry {
	f.mu.Lock()
	defer f.mu.Unlock()
	from := len(f.logs[conv])
	for i := from + 1; i <= from+n; i++ {
		f.logs[conv] = append(f.logs[conv], protocol.Entry{
			Seq: int64(i), Kind: protocol.KindText, Sender: peer, ClientID: fmt.Sprint(conv, "-", i), CreatedMS: int64(1000 + i),
			Body: protocol.RawJSON(fmt.Sprintf(`{"text":"%d"}`, i)),
		})
	}
	return slices.Clone(f.logs[conv][from:])
}

func (f *far) head(conv string) protocol.Head {
	f.mu.Lock()
	defer f.mu.Unlock()
	log := f.logs[conv]
	h := protocol.Head{
		ID: conv, Kind: protocol.ConversationDirect, LastSeq: int64(len(log)),
		Peer: &protocol.Profile{ID: peer}, Ranges: []protocol.Range{{FromSeq: 1}}, Unread: min(len(log), protocol.MaxUnread),
	}
	if len(log) > 0 {
		last := log[len(log)-1]
		h.Last = &last
	}
	return h
}

func (f *far) welcome(conversations ...string) protocol.Welcome {
	w := protocol.Welcome{Me: me, ServerMS: time.Now().UnixMilli()}
	for _, id := range conversations {
		w.Heads = append(w.Heads, f.head(id))
	}
	return w
}

func (f *far) page(_ context.Context, r remote.PageRequest) (protocol.Page, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.fetched = append(f.fetched, r)
	if f.fail != nil {
		if err := f.fail(r); err != nil {
			return protocol.Page{}, err
		}
	}
	log := f.logs[r.ConversationID]
	n := int64(len(log))
	limit := int64(r.Limit)
	if limit == 0 {
		limit = protocol.DefaultPage
	}
	p := protocol.Page{ConversationID: r.ConversationID, AsOf: n}
	var from int64
	to := n
	if r.AfterSeq > 0 {
		from, to = r.AfterSeq+1, min(n, r.AfterSeq+limit)
		p.More = to < n
	} else {
		if r.BeforeSeq > 0 {
			to = min(n, r.BeforeSeq-1)
		}
		from = max(1, to-limit+1)
		p.More = from > 1
	}
	if from <= to {
		p.Entries = slices.Clone(log[from-1 : to])
	}
	return p, nil
}

// hold keeps a request waiting until a channel is closed or the test ends. The
// caller is fail, which holds mu.
func (f *far) hold(t *testing.T, until <-chan struct{}) {
	f.mu.Unlock()
	defer f.mu.Lock()
	select {
	case <-until:
	case <-t.Context().Done():
	}
}

func (f *far) requests() []remote.PageRequest {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.fetched)
}

// near is an Inbox with what its surroundings heard.
type near struct {
	*Inbox
	acks   chan protocol.Ack
	drops  chan error
	synced chan struct{}
	fresh  chan []store.Message
	stop   func()
}

func newNear(t interface {
	Context() context.Context
	Cleanup(func())
	Errorf(string, ...any)
}, s *store.Store, f *far, change ...func(*Options)) *near {
	n := &near{
		acks: make(chan protocol.Ack, 1000), drops: make(chan error, 100),
		synced: make(chan struct{}, 100), fresh: make(chan []store.Message, 10000),
	}
	opt := Options{
		Fetch:  f.page,
		Ack:    func(_ context.Context, a protocol.Ack) error { n.acks <- a; return nil },
		Drop:   func(err error) { n.drops <- err },
		Synced: func() { n.synced <- struct{}{} },
		Fresh:  func(_ context.Context, m []store.Message) { n.fresh <- m },
		Rest:   time.Microsecond, Patience: 100 * time.Millisecond,
		Retry: remote.Backoff{First: time.Millisecond, Longest: 5 * time.Millisecond},
		Log:   slog.New(slog.DiscardHandler),
	}
	for _, c := range change {
		c(&opt)
	}
	n.Inbox = New(s, opt)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- n.Run(ctx) }()
	n.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("Run = %v, want Canceled", err)
		}
	})
	t.Cleanup(n.stop)
	return n
}

type fataler interface {
	Helper()
	Context() context.Context
	Fatalf(string, ...any)
}

func (n *near) connect(t fataler, w protocol.Welcome) {
	t.Helper()
	if err := n.Welcome(t.Context(), w); err != nil {
		t.Fatalf("Welcome: %v", err)
	}
	n.Connected()
}

func (n *near) live(t fataler, conv string, entries ...protocol.Entry) {
	t.Helper()
	n.event(t, protocol.OpEntries, protocol.Entries{ConversationID: conv, Entries: entries})
}

func (n *near) event(t fataler, op string, v any) {
	t.Helper()
	body, err := protocol.Encode(v)
	if err != nil {
		t.Fatalf("encode: %v", err)
	}
	if err := n.Event(t.Context(), op, body); err != nil {
		t.Fatalf("Event %s: %v", op, err)
	}
}

func receive[T any](t fataler, what string, c <-chan T) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(time.Minute):
		t.Fatalf("no %s", what)
		panic("unreachable")
	}
}

// whole waits until a conversation is here up to a seq, without a hole.
func whole(t fataler, s *store.Store, conv string, last int64) {
	t.Helper()
	feed := s.Subscribe()
	defer feed.Close()
	deadline := time.After(time.Minute)
	for {
		_, lacks, err := s.Lack(t.Context(), conv)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			t.Fatalf("Lack: %v", err)
		}
		found, err2 := s.ConversationsByID(t.Context(), []string{conv})
		if err2 != nil {
			t.Fatalf("ConversationsByID: %v", err2)
		}
		if err == nil && !lacks && found[0].LastSeq == last {
			return
		}
		select {
		case <-feed.Ready():
			feed.Take()
		case <-deadline:
			t.Fatalf("%s is not whole up to %d: %+v, lacks %v", conv, last, found, lacks)
		}
	}
}

// seqs returns the seqs of a whole conversation in the order of its pages.
func seqs(t fataler, s *store.Store, conv string) []int64 {
	t.Helper()
	var out []int64
	q := store.PageQuery{ConversationID: conv, Limit: protocol.MaxPage}
	for {
		p, _, err := s.Page(t.Context(), q)
		if err != nil {
			t.Fatalf("Page: %v", err)
		}
		var part []int64
		for _, m := range p.Messages {
			part = append(part, m.Seq)
		}
		out = append(part, out...)
		if !p.MoreBefore || len(part) == 0 {
			return out
		}
		q.BeforeSeq = part[0]
	}
}

func upTo(n int64) []int64 {
	var out []int64
	for i := int64(1); i <= n; i++ {
		out = append(out, i)
	}
	return out
}

func TestNewestFirstThenDownwards(t *testing.T) {
	s, f := openStore(t, t.TempDir()), newFar()
	f.say("old", 30)
	f.say("busy", 700)
	n := newNear(t, s, f)
	n.connect(t, f.welcome("busy", "old"))
	receive(t, "end of syncing", n.synced)
	first := f.requests()
	if len(first) < 2 || first[0].ConversationID == first[1].ConversationID ||
		first[0].Limit != protocol.DefaultPage || first[1].Limit != protocol.DefaultPage {
		t.Errorf("it began with %+v, want the newest page of each", first)
	}
	whole(t, s, "busy", 700)
	whole(t, s, "old", 30)
	if got := seqs(t, s, "busy"); !slices.Equal(got, upTo(700)) {
		t.Errorf("busy holds %v", got)
	}
	asked := f.requests()
	for i, r := range asked {
		if r.Limit > protocol.MaxPage || r.AfterSeq != 0 {
			t.Errorf("request %d = %+v, want pages downwards", i, r)
		}
	}
	if len(asked) > 8 {
		t.Errorf("%d requests for 730 entries", len(asked))
	}
}

func TestFillingGoesOnAfterARestart(t *testing.T) {
	dir, f := t.TempDir(), newFar()
	f.say("c1", 1000)
	s := openStore(t, dir)
	n := newNear(t, s, f)
	third := make(chan struct{})
	f.fail = func(remote.PageRequest) error {
		if len(f.fetched) == 3 {
			close(third)
		}
		if len(f.fetched) >= 3 {
			return &remote.Error{Code: remote.CodeUnreachable}
		}
		return nil
	}
	n.connect(t, f.welcome("c1"))
	receive(t, "third request", third)
	n.stop()
	s.Close()

	f.mu.Lock()
	f.fail, f.fetched = nil, nil
	f.mu.Unlock()
	s = openStore(t, dir)
	n = newNear(t, s, f)
	n.connect(t, f.welcome()) // Nothing changed since.
	whole(t, s, "c1", 1000)
	if first := f.requests()[0]; first.BeforeSeq == 0 || first.BeforeSeq > 999 {
		t.Errorf("it began again with %+v", first)
	}
	if got := seqs(t, s, "c1"); !slices.Equal(got, upTo(1000)) {
		t.Errorf("c1 holds %d entries", len(got))
	}
}

func TestEarlyEntryWaitsForTheGap(t *testing.T) {
	s, f := openStore(t, t.TempDir()), newFar()
	f.say("c1", 3)
	n := newNear(t, s, f)
	n.connect(t, f.welcome("c1"))
	receive(t, "end of syncing", n.synced)
	whole(t, s, "c1", 3)
	answer := make(chan struct{})
	f.mu.Lock()
	f.fail = func(remote.PageRequest) error {
		f.hold(t, answer)
		return nil
	}
	f.mu.Unlock()
	f.say("c1", 3) // Lost on the way.
	n.live(t, "c1", f.say("c1", 1)...)
	n.live(t, "c1", f.say("c1", 1)...)
	if got := seqs(t, s, "c1"); !slices.Equal(got, upTo(3)) {
		t.Errorf("before the gap is filled: %v, want 1 to 3", got)
	}
	close(answer)
	whole(t, s, "c1", 8)
	if got := seqs(t, s, "c1"); !slices.Equal(got, upTo(8)) {
		t.Errorf("afterwards: %v, want 1 to 8", got)
	}
}

func TestEntriesBeforeTheirConversationIsKnown(t *testing.T) {
	s, f := openStore(t, t.TempDir()), newFar()
	// However slow this machine is, they wait until the conversation is known.
	n := newNear(t, s, f, func(opt *Options) { opt.Patience = time.Hour })
	n.connect(t, f.welcome())
	entries := f.say("c1", 2)
	n.live(t, "c1", entries[0])
	n.live(t, "c1", entries[1])
	body, err := protocol.Encode(protocol.Head{ID: "c1", Kind: protocol.ConversationDirect})
	if err != nil {
		t.Fatal(err)
	}
	n.event(t, protocol.OpJournal, protocol.Journal{Rows: []protocol.JournalRow{{Useq: 1, Kind: protocol.JournalConversation, Body: body}}})
	whole(t, s, "c1", 2)
	if m := receive(t, "live messages", n.fresh); len(m) != 2 {
		t.Errorf("fresh = %+v, want both", m)
	}
}

func TestStrangersEntriesEndTheConnectionAfterAWhile(t *testing.T) {
	s, f := openStore(t, t.TempDir()), newFar()
	n := newNear(t, s, f)
	n.connect(t, f.welcome())
	n.live(t, "c1", f.say("c1", 2)...)
	receive(t, "drop", n.drops)
	n.Disconnected()
	n.connect(t, f.welcome("c1"))
	whole(t, s, "c1", 2)
}

func TestJournalGapEndsTheConnection(t *testing.T) {
	s, f := openStore(t, t.TempDir()), newFar()
	n := newNear(t, s, f)
	n.connect(t, f.welcome())
	body, err := protocol.Encode(protocol.Journal{Rows: []protocol.JournalRow{{Useq: 5, Kind: "x"}}})
	if err != nil {
		t.Fatal(err)
	}
	if err := n.Event(t.Context(), protocol.OpJournal, body); !errors.Is(err, store.ErrJournalGap) {
		t.Errorf("Event = %v, want ErrJournalGap", err)
	}
}

func TestMalformedEventIsAnError(t *testing.T) {
	n := newNear(t, openStore(t, t.TempDir()), newFar())
	for _, op := range []string{protocol.OpEntries, protocol.OpPositions, protocol.OpJournal} {
		if err := n.Event(t.Context(), op, protocol.RawJSON(`[1]`)); err == nil {
			t.Errorf("%s with another type was accepted", op)
		}
	}
	if err := n.Event(t.Context(), "something.new", protocol.RawJSON(`{}`)); err != nil {
		t.Errorf("an op that is not known: %v, want it passed over", err)
	}
}

// TestAcksAreHonest: what is acknowledged is here, without a hole since what
// the user read.
func TestAcksAreHonest(t *testing.T) {
	s, f := openStore(t, t.TempDir()), newFar()
	f.say("c1", 300)
	hold := make(chan struct{})
	f.fail = func(r remote.PageRequest) error {
		if r.Limit == protocol.MaxPage { // Older than the newest page.
			f.hold(t, hold)
		}
		return nil
	}
	n := newNear(t, s, f)
	n.connect(t, f.welcome("c1"))
	receive(t, "end of syncing", n.synced)
	n.live(t, "c1", f.say("c1", 1)...)
	select {
	case a := <-n.acks:
		t.Errorf("acknowledged %+v while older entries are missing", a)
	default:
	}
	close(hold)
	whole(t, s, "c1", 301)
	last := int64(0)
	for last < 301 {
		for _, p := range receive(t, "ack", n.acks).Positions {
			if p.Seq <= last {
				t.Errorf("acknowledged %d after %d", p.Seq, last)
			}
			last = p.Seq
		}
	}
}

func TestRefusedHistoryIsAskedForLater(t *testing.T) {
	s, f := openStore(t, t.TempDir()), newFar()
	f.say("c1", 300)
	f.say("c2", 300)
	refusals := 3
	f.fail = func(r remote.PageRequest) error {
		if r.ConversationID == "c1" && refusals > 0 {
			refusals--
			return protocol.ErrNotMember
		}
		return nil
	}
	n := newNear(t, s, f)
	n.connect(t, f.welcome("c1", "c2"))
	whole(t, s, "c2", 300)
	whole(t, s, "c1", 300)
	if len(n.drops) != 0 {
		t.Errorf("the connection was dropped: %v", <-n.drops)
	}
}

// TestWhatBecomesDueMeanwhileIsAskedFor has a conversation's pause end between
// the look that left it out and the rest that follows.
func TestWhatBecomesDueMeanwhileIsAskedFor(t *testing.T) {
	looked := time.Now().Add(-time.Second)
	in := &Inbox{spoiled: map[string]*spoil{"c1": {until: looked.Add(time.Millisecond)}}}
	if !in.isSpoiled("c1", looked) {
		t.Fatal("c1 is not left out before its pause is over")
	}
	if got := in.awaitSpoiled(looked); got != 0 {
		t.Errorf("the rest is %v, want none", got)
	}
	if got := in.awaitSpoiled(time.Now()); got != idle {
		t.Errorf("after another look the rest is %v, want until something happens", got)
	}
}

func TestServerThatLeavesAHoleIsNotAskedForEver(t *testing.T) {
	s, f := openStore(t, t.TempDir()), newFar()
	f.say("c1", 10)
	n := newNear(t, s, f, func(opt *Options) {
		opt.Retry = remote.Backoff{First: time.Hour, Longest: time.Hour}
		opt.Fetch = func(ctx context.Context, r remote.PageRequest) (protocol.Page, error) {
			p, err := f.page(ctx, r)
			p.Entries = slices.DeleteFunc(p.Entries, func(e protocol.Entry) bool { return e.Seq == 5 })
			p.More = true
			return p, err
		}
	})
	n.connect(t, f.welcome("c1"))
	receive(t, "end of syncing", n.synced)
	n.stop()
	if asked := len(f.requests()); asked > 4 {
		t.Errorf("%d requests", asked)
	}
}

// TestExactlyOnceWhateverHappens lets entries come live, early, twice, and
// while the connection is away. In the end all of them are here, once, in
// order.
func TestExactlyOnceWhateverHappens(t *testing.T) {
	s := openStore(t, t.TempDir())
	checks := 0
	rapid.Check(t, func(rt *rapid.T) {
		if checks++; checks > 20 { // Slow under the race detector.
			return
		}
		conv := fmt.Sprint("c", checks)
		f := newFar()
		n := newNear(t, s, f)
		defer n.stop()
		n.connect(rt, f.welcome(conv))
		var earlier [][]protocol.Entry
		for range rapid.IntRange(1, 25).Draw(rt, "steps") {
			switch rapid.IntRange(0, 5).Draw(rt, "step") {
			case 0: // Lost.
				f.say(conv, rapid.IntRange(1, 3).Draw(rt, "lost"))
			case 1: // Twice.
				if len(earlier) > 0 {
					n.live(rt, conv, rapid.SampledFrom(earlier).Draw(rt, "again")...)
				}
			case 2: // The connection ends, and comes back.
				n.Disconnected()
				f.say(conv, rapid.IntRange(0, 3).Draw(rt, "missed"))
				n.connect(rt, f.welcome(conv))
			default:
				e := f.say(conv, rapid.IntRange(1, 3).Draw(rt, "live"))
				n.live(rt, conv, e...)
				earlier = append(earlier, e)
			}
		}
		n.Disconnected()
		n.connect(rt, f.welcome(conv))
		last := f.head(conv).LastSeq
		whole(rt, s, conv, last)
		if got := seqs(rt, s, conv); !slices.Equal(got, upTo(last)) {
			rt.Fatalf("here is %v, want 1 to %d", got, last)
		}
	})
}

// FuzzEvent hands the inbox whatever a server could send. It may be refused;
// what is kept must be readable and in order.
func FuzzEvent(f *testing.F) {
	for _, seed := range []struct{ op, body string }{
		{protocol.OpEntries, `{"conversation_id":"c1","entries":[{"seq":1,"kind":"text","sender":"u-peer","client_id":"a","body":{"text":"x"}}]}`},
		{protocol.OpEntries, `{"conversation_id":"c1","entries":[{"seq":2,"body":null},{"seq":1},{"seq":-5}]}`},
		{protocol.OpEntries, `{"conversation_id":"c1","entries":[{"seq":9223372036854775807,"kind":"text"}]}`},
		{protocol.OpPositions, `{"conversation_id":"c1","user_id":"u-self","read_seq":-9223372036854775808}`},
		{protocol.OpJournal, `{"rows":[{"useq":1,"kind":"conversation","body":{"id":"c1","last_seq":9223372036854775807,"ranges":[{"from_seq":9,"to_seq":2},{"from_seq":-4}]}}]}`},
		{protocol.OpJournal, `{"rows":[{"useq":1,"kind":"contact","body":{"profile":{"id":""}}},{"useq":2,"kind":"request","body":{"id":"r"}},{"useq":3,"kind":"profile","body":{}}]}`},
		{protocol.OpJournal, `{"rows":[{"useq":1,"kind":"conversation","body":{"id":"c9","last":{"seq":3,"kind":"text","body":"\ud800"}}}]}`},
	} {
		f.Add(seed.op, []byte(seed.body))
	}
	s, err := store.Open(f.Context(), store.Options{Dir: f.TempDir(), Me: me})
	if err != nil {
		f.Fatal(err)
	}
	defer s.Close()
	f.Fuzz(func(t *testing.T, op string, body []byte) {
		ctx := t.Context()
		in := New(s, Options{Log: slog.New(slog.DiscardHandler)})
		// The journal begins anew, so that rows with low numbers apply.
		w := protocol.Welcome{Me: me, Reset: true, Heads: []protocol.Head{{ID: "c1", Kind: protocol.ConversationDirect}}}
		if err := in.Welcome(ctx, w); err != nil {
			t.Fatal(err)
		}
		_ = in.Event(ctx, op, body) // Refusing is right as well.
		list, err := s.Conversations(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Lacks(ctx); err != nil {
			t.Fatal(err)
		}
		for _, c := range list {
			p, _, err := s.Page(ctx, store.PageQuery{ConversationID: c.ID})
			if err != nil {
				t.Fatal(err)
			}
			if c.Unread < 0 || c.Unread > protocol.MaxUnread {
				t.Fatalf("unread = %d", c.Unread)
			}
			last := int64(0)
			for _, m := range p.Messages {
				if m.Seq <= last {
					t.Fatalf("seq %d after %d", m.Seq, last)
				}
				last = m.Seq
			}
		}
		if _, err := s.Contacts(ctx); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Requests(ctx); err != nil {
			t.Fatal(err)
		}
	})
}
