package outbox

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

const self = "u-self"

func openStore(t testing.TB, conversations ...string) *store.Store {
	t.Helper()
	me := protocol.Me{Profile: protocol.Profile{ID: self, Username: "selma"}}
	s, err := store.Open(t.Context(), store.Options{Dir: t.TempDir(), Me: me})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	know(t, s, conversations...)
	return s
}

type fataler interface {
	Helper()
	Context() context.Context
	Fatal(...any)
}

func know(t fataler, s *store.Store, conversations ...string) {
	t.Helper()
	w := protocol.Welcome{Me: protocol.Me{Profile: protocol.Profile{ID: self, Username: "selma"}}}
	for _, id := range conversations {
		w.Heads = append(w.Heads, protocol.Head{ID: id, Kind: protocol.ConversationDirect})
	}
	if err := s.ApplyWelcome(t.Context(), w); err != nil {
		t.Fatal(err)
	}
}

// far is a server across a network: it stores each client id once, and answers
// as the test wants.
type far struct {
	mu    sync.Mutex
	logs  map[string][]string      // By conversation, the texts stored.
	seqs  map[string]protocol.Sent // By client id.
	reads map[string]int64         // By conversation.
	calls int                      // Of send.

	chats   map[string]protocol.ChatSettings
	useq    int64                           // The last journal row.
	told    []protocol.UpdateChat           // In order.
	sayChat func(protocol.UpdateChat) error // As say.

	say func(protocol.Send) error // What becomes of a send; nil means stored and answered.
}

// errLost makes the answer to what was stored get lost.
var errLost = fmt.Errorf("the answer is lost: %w", remote.ErrDisconnected)

func newFar() *far {
	return &far{logs: make(map[string][]string), seqs: make(map[string]protocol.Sent), reads: make(map[string]int64), chats: make(map[string]protocol.ChatSettings)}
}

func (f *far) send(_ context.Context, m protocol.Send) (protocol.Sent, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls++
	var err error
	if f.say != nil {
		err = f.say(m)
	}
	if err != nil && !errors.Is(err, errLost) {
		return protocol.Sent{}, err
	}
	sent, known := f.seqs[m.ClientID]
	if !known {
		f.logs[m.ConversationID] = append(f.logs[m.ConversationID], string(m.Body))
		n := int64(len(f.logs[m.ConversationID]))
		sent = protocol.Sent{ConversationID: m.ConversationID, ClientID: m.ClientID, Seq: n, CreatedMS: 1000 + n}
		f.seqs[m.ClientID] = sent
	}
	return sent, err
}

func (f *far) read(_ context.Context, r protocol.Read) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.reads[r.ConversationID] = max(f.reads[r.ConversationID], r.Seq)
	return nil
}

// chat answers as a server does: with all that is kept of the conversation.
func (f *far) chat(_ context.Context, u protocol.UpdateChat) (protocol.ChatUpdated, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var err error
	if f.sayChat != nil {
		err = f.sayChat(u)
	}
	if err != nil && !errors.Is(err, errLost) {
		return protocol.ChatUpdated{}, err
	}
	f.told = append(f.told, u)
	f.useq++
	s := f.chats[u.ConversationID]
	s.ConversationID = u.ConversationID
	switch {
	case u.Pinned == nil:
	case !*u.Pinned:
		s.PinnedMS = 0
	case s.PinnedMS == 0:
		s.PinnedMS = 5000 + f.useq
	}
	set(&s.Muted, u.Muted)
	set(&s.Archived, u.Archived)
	set(&s.HiddenSeq, u.HiddenSeq)
	set(&s.UnreadSeq, u.UnreadSeq)
	if u.Draft != nil {
		s.Draft = u.Draft
		if u.Draft.Empty() {
			s.Draft = nil
		}
	}
	f.chats[u.ConversationID] = s
	return protocol.ChatUpdated{Useq: f.useq, Chat: s}, err
}

func set[T any](v *T, to *T) {
	if to != nil {
		*v = *to
	}
}

func (f *far) log(conversation string) []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.logs[conversation])
}

func newOutbox(s *store.Store, f *far) *Outbox {
	return New(s, Options{
		Send: f.send, Read: f.read, Chat: f.chat, Log: slog.New(slog.DiscardHandler),
		Retry: remote.Backoff{First: time.Millisecond, Longest: 4 * time.Millisecond},
	})
}

// run runs o until the returned function is called.
func run(t interface {
	Context() context.Context
	Errorf(string, ...any)
}, o *Outbox) (stop func()) {
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- o.Run(ctx) }()
	return sync.OnceFunc(func() {
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("Run = %v, want Canceled", err)
		}
	})
}

func add(t fataler, o *Outbox, conversation, words string) store.Message {
	t.Helper()
	body, err := protocol.Encode(protocol.Text{Text: words})
	if err != nil {
		t.Fatal(err)
	}
	m, err := o.Add(t.Context(), protocol.Send{ConversationID: conversation, Kind: protocol.KindText, Body: body})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// settled waits until no message of a conversation waits or is on its way, and
// returns all.
func settled(t fataler, s *store.Store, conversation string) []store.Message {
	t.Helper()
	feed := s.Subscribe()
	defer feed.Close()
	deadline := time.After(time.Minute)
	for {
		p, _, err := s.Page(t.Context(), store.PageQuery{ConversationID: conversation, Limit: protocol.MaxPage})
		if err != nil {
			t.Fatal(err)
		}
		waits := func(m store.Message) bool { return m.Status == store.StatusQueued || m.Status == store.StatusSending }
		if !slices.ContainsFunc(p.Messages, waits) {
			return p.Messages
		}
		select {
		case <-feed.Ready():
			feed.Take()
		case <-deadline:
			t.Fatal("messages still wait: ", p.Messages)
		}
	}
}

func TestMessagesGoOutInOrder(t *testing.T) {
	s, f := openStore(t, "c1"), newFar()
	o := newOutbox(s, f)
	defer run(t, o)()
	for _, w := range []string{"a", "b", "c"} {
		add(t, o, "c1", w)
	}
	o.SetOnline(true)
	for i, m := range settled(t, s, "c1") {
		if m.Seq != int64(i+1) || m.Status != store.StatusSent || m.CreatedMS != 1000+m.Seq {
			t.Errorf("message %d = %+v", i, m)
		}
	}
	if got := f.log("c1"); !slices.Equal(got, []string{`{"text":"a"}`, `{"text":"b"}`, `{"text":"c"}`}) {
		t.Errorf("the server has %v", got)
	}
}

func TestNothingIsSentOffline(t *testing.T) {
	s, f := openStore(t, "c1"), newFar()
	o := newOutbox(s, f)
	stop := run(t, o)
	m := add(t, o, "c1", "a")
	stop()
	if f.calls != 0 {
		t.Errorf("%d sends", f.calls)
	}
	got, err := s.Messages(t.Context(), "c1", []string{m.ID})
	if err != nil || len(got) != 1 || got[0].Status != store.StatusQueued {
		t.Errorf("Messages = %+v, %v, want it queued", got, err)
	}
}

func TestRefusedMessageFailsAndLetsTheNextGo(t *testing.T) {
	s, f := openStore(t, "c1"), newFar()
	o := newOutbox(s, f)
	defer run(t, o)()
	f.say = func(m protocol.Send) error {
		if string(m.Body) == `{"text":"bad"}` {
			return protocol.Errorf(protocol.CodeNotFriend, "no")
		}
		return nil
	}
	bad := add(t, o, "c1", "bad")
	add(t, o, "c1", "good")
	o.SetOnline(true)
	got := settled(t, s, "c1")
	if len(got) != 2 || got[0].Text != "good" || got[0].Status != store.StatusSent ||
		got[1].ID != bad.ID || got[1].Status != store.StatusFailed || got[1].ErrorCode != "not_friend" {
		t.Errorf("messages = %+v", got)
	}
	f.mu.Lock()
	f.say = nil
	f.mu.Unlock()
	if err := s.Retry(t.Context(), "c1", bad.ID); err != nil {
		t.Fatal(err)
	}
	if got := settled(t, s, "c1"); len(got) != 2 || got[1].ID != bad.ID || got[1].Seq != 2 {
		t.Errorf("after a retry: %+v", got)
	}
}

func TestWaitingMessageIsNotOvertakenAndHoldsNoOtherConversation(t *testing.T) {
	s, f := openStore(t, "c1", "c2"), newFar()
	o := newOutbox(s, f)
	defer run(t, o)()
	busy := true
	f.say = func(m protocol.Send) error {
		if busy && string(m.Body) == `{"text":"first"}` {
			return protocol.Errorf(protocol.CodeUnavailable, "later")
		}
		return nil
	}
	add(t, o, "c1", "first")
	add(t, o, "c1", "second")
	add(t, o, "c2", "elsewhere")
	o.SetOnline(true)
	if got := settled(t, s, "c2"); got[0].Status != store.StatusSent {
		t.Errorf("the other conversation: %+v", got)
	}
	if got := f.log("c1"); len(got) != 0 {
		t.Errorf("the second overtook: %v", got)
	}
	f.mu.Lock()
	busy = false
	f.mu.Unlock()
	settled(t, s, "c1")
	if got := f.log("c1"); !slices.Equal(got, []string{`{"text":"first"}`, `{"text":"second"}`}) {
		t.Errorf("the server has %v", got)
	}
}

func TestSessionThatEndedFailsNoMessage(t *testing.T) {
	for _, code := range []protocol.Code{
		protocol.CodeUnauthorized, protocol.CodeDisabled, protocol.CodeVersion,
		protocol.CodeUnavailable, protocol.CodeRateLimited, protocol.CodeInternal,
	} {
		if final(&protocol.Error{Code: code}) {
			t.Errorf("%s fails a message for good", code)
		}
	}
	for _, code := range []protocol.Code{
		protocol.CodeNotFriend, protocol.CodeNotMember, protocol.CodeInvalid, protocol.CodeTooLarge, protocol.CodeIDReused, protocol.CodeUnknownKind,
	} {
		if !final(&protocol.Error{Code: code}) {
			t.Errorf("%s is sent again", code)
		}
	}
}

func TestReadPositionsAreCoalesced(t *testing.T) {
	s := openStore(t, "c1")
	o := newOutbox(s, newFar())
	var entries []protocol.Entry
	for seq := int64(1); seq <= 9; seq++ {
		entries = append(entries, protocol.Entry{Seq: seq, Kind: "text", Sender: "peer", ClientID: fmt.Sprint(seq), Body: protocol.RawJSON(`{"text":"x"}`)})
	}
	if _, err := s.ApplyEntries(t.Context(), "c1", entries); err != nil {
		t.Fatal(err)
	}
	for seq := int64(1); seq <= 9; seq++ {
		if err := s.MarkRead(t.Context(), "c1", seq); err != nil {
			t.Fatal(err)
		}
	}
	told := make(chan protocol.Read, 10)
	o.opt.Read = func(_ context.Context, r protocol.Read) error { told <- r; return nil }
	stop := run(t, o)
	o.SetOnline(true)
	if r := <-told; r != (protocol.Read{ConversationID: "c1", Seq: 9}) {
		t.Errorf("told %+v, want the last position", r)
	}
	stop()
	if len(told) != 0 {
		t.Errorf("told more: %+v", <-told)
	}
}

func TestReadPositionIsToldUntilThereIsAnAnswer(t *testing.T) {
	s := openStore(t, "c1")
	o := newOutbox(s, newFar())
	entry := protocol.Entry{Seq: 1, Kind: "text", Sender: "peer", ClientID: "1", Body: protocol.RawJSON(`{"text":"x"}`)}
	if _, err := s.ApplyEntries(t.Context(), "c1", []protocol.Entry{entry}); err != nil {
		t.Fatal(err)
	}
	if err := s.MarkRead(t.Context(), "c1", 1); err != nil {
		t.Fatal(err)
	}
	answers := make(chan error, 3)
	answers <- remote.ErrDisconnected
	answers <- protocol.ErrUnavailable
	answers <- nil
	told := make(chan protocol.Read, 10)
	o.opt.Read = func(_ context.Context, r protocol.Read) error { told <- r; return <-answers }
	stop := run(t, o)
	defer stop()
	o.SetOnline(true)
	for range 3 {
		select {
		case r := <-told:
			if r != (protocol.Read{ConversationID: "c1", Seq: 1}) {
				t.Errorf("told %+v, want the position", r)
			}
		case <-time.After(10 * time.Second):
			t.Fatal("a position without an answer is not told again")
		}
	}
}

// TestOrderSurvivesAnyNetwork sends through a network that loses requests and
// answers, refuses for now and for good, and through restarts. What the server
// holds in the end is what was queued, less what it refused for good, once
// each, in order.
func TestOrderSurvivesAnyNetwork(t *testing.T) {
	s := openStore(t)
	checks := 0
	rapid.Check(t, func(t *rapid.T) {
		if checks++; checks > 20 { // Slow under the race detector.
			return
		}
		conversations := []string{fmt.Sprint("a", checks), fmt.Sprint("b", checks), fmt.Sprint("c", checks)}
		know(t, s, conversations...)
		f := newFar()
		fates := rapid.SliceOfN(rapid.SampledFrom([]error{
			nil, nil, remote.ErrDisconnected, errLost, protocol.Errorf(protocol.CodeUnavailable, "later"),
			protocol.Errorf(protocol.CodeInvalid, "never"),
		}), 0, 40).Draw(t, "fates")
		refused := make(map[string]bool)
		f.say = func(m protocol.Send) error {
			if len(fates) == 0 {
				return nil
			}
			fate := fates[0]
			fates = fates[1:]
			_, stored := f.seqs[m.ClientID]
			if errors.Is(fate, &protocol.Error{Code: protocol.CodeInvalid}) {
				if stored { // A server never refuses what it has.
					return nil
				}
				refused[string(m.Body)] = true
			}
			return fate
		}
		queued := make(map[string][]string)
		o := newOutbox(s, f)
		stop := run(t, o)
		o.SetOnline(true)
		for i := range rapid.IntRange(1, 20).Draw(t, "messages") {
			conv := rapid.SampledFrom(conversations).Draw(t, "conversation")
			words := fmt.Sprint("m", i)
			add(t, o, conv, words)
			queued[conv] = append(queued[conv], fmt.Sprintf(`{"text":%q}`, words))
			switch rapid.IntRange(0, 5).Draw(t, "then") {
			case 0:
				o.SetOnline(false)
				o.SetOnline(true)
			case 1:
				stop()
				o = newOutbox(s, f)
				stop = run(t, o)
				o.SetOnline(true)
			}
		}
		for _, conv := range conversations {
			settled(t, s, conv)
		}
		stop()
		for _, conv := range conversations {
			want := slices.DeleteFunc(queued[conv], func(w string) bool { return refused[w] })
			if got := f.log(conv); !slices.Equal(got, want) {
				t.Fatalf("the server has %v, want %v (refused %v)", got, want, refused)
			}
		}
	})
}
