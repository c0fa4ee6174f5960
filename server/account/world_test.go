package account_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"sync"
	"testing"
	"time"

	"mychat/protocol"
	"mychat/server/account"
	"mychat/server/bus"
	"mychat/server/journal"
	"mychat/server/store"
	"mychat/server/store/storetest"
	"mychat/server/timeline"
)

// cheap makes a hash cost next to nothing.
var cheap = account.HashOptions{MemoryKiB: 64, Time: 1, Threads: 1}

// clock is a time that tests move.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// world is one node without its network.
type world struct {
	*account.Service
	t        *testing.T
	st       *store.Store
	bus      *bus.Bus
	timeline *timeline.Timeline
	journal  *journal.Journal
	clock    *clock
}

func newWorld(t *testing.T, st *store.Store, opt account.Options) *world {
	t.Helper()
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	b, err := bus.Open(t.Context(), bus.Options{Log: log})
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, st: st, bus: b, clock: &clock{now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}}
	w.timeline = timeline.New(st, b, timeline.Options{Now: w.clock.Now, Log: log, RecallWithin: time.Hour})
	w.journal = journal.New(st, b, journal.Options{Now: w.clock.Now, Log: log})
	opt.Now, opt.Log = w.clock.Now, log
	if opt.Hash == (account.HashOptions{}) {
		opt.Hash = cheap
	}
	w.Service = account.New(st, b, w.timeline, w.journal, opt)
	storetest.Background(t, w.timeline.Run)
	t.Cleanup(func() { _ = b.Close() })
	return w
}

// each runs test in a world on every database.
func each(t *testing.T, opt account.Options, test func(t *testing.T, w *world)) {
	storetest.Each(t, func(t *testing.T, st *store.Store) { test(t, newWorld(t, st, opt)) })
}

func device(name string) protocol.DeviceInfo {
	return protocol.DeviceInfo{
		Name: name, Platform: protocol.PlatformLinux, AppVersion: "1.0",
		PublicKey: base64.StdEncoding.EncodeToString(make([]byte, 32)),
	}
}

const (
	password = "correct horse"
	address  = "192.0.2.1"
)

// person is a registered user on their first device.
type person struct {
	account.Caller
	token string
	w     *world
}

func (w *world) register(name string) person {
	w.t.Helper()
	s, err := w.Register(w.t.Context(), protocol.Register{
		Username: name, Nickname: "Nick " + name, Password: password, Device: device("first"),
	}, address)
	if err != nil {
		w.t.Fatalf("register %s: %v", name, err)
	}
	return person{account.Caller{UserID: s.Me.Profile.ID, DeviceID: s.DeviceID}, s.Token, w}
}

func (w *world) signIn(name, pass string) (protocol.Session, error) {
	return w.SignIn(w.t.Context(), protocol.SignIn{Username: name, Password: pass, Device: device("second")}, address)
}

func (p person) ask(to person, message string) (protocol.Asked, error) {
	return p.w.Ask(p.w.t.Context(), p.Caller, protocol.AskFriend{UserID: to.UserID, Message: message})
}

func (p person) answer(id, answer string) (protocol.Asked, error) {
	return p.w.Answer(p.w.t.Context(), p.Caller, id, answer)
}

// befriend makes two people friends and returns their conversation.
func (w *world) befriend(a, b person) string {
	w.t.Helper()
	asked, err := a.ask(b, "")
	if err == nil {
		asked, err = b.answer(asked.Request.ID, protocol.AnswerAccept)
	}
	if err != nil {
		w.t.Fatalf("befriend: %v", err)
	}
	return asked.Contact.ConversationID
}

// rows returns what p's journal says of one kind.
func rows[T any](p person, kind string) []T {
	p.w.t.Helper()
	list, err := p.w.journal.After(p.w.t.Context(), p.UserID, 0, 1000)
	if err != nil {
		p.w.t.Fatal(err)
	}
	var out []T
	for _, r := range list {
		if r.Kind != kind {
			continue
		}
		var v T
		if err := json.Unmarshal(r.Body, &v); err != nil {
			p.w.t.Fatal(err)
		}
		out = append(out, v)
	}
	return out
}

// last returns the newest row of one kind.
func last[T any](p person, kind string) T {
	p.w.t.Helper()
	list := rows[T](p, kind)
	if len(list) == 0 {
		p.w.t.Fatalf("the journal has no %s row", kind)
	}
	return list[len(list)-1]
}

func code(err error) protocol.Code {
	if err == nil {
		return ""
	}
	return protocol.AsError(err).Code
}

func retryAfter(err error) time.Duration {
	var e *protocol.Error
	if !errors.As(err, &e) {
		return 0
	}
	return time.Duration(e.RetryAfterMS) * time.Millisecond
}

func wantCode(t *testing.T, what string, err error, want protocol.Code) {
	t.Helper()
	if got := code(err); got != want {
		t.Errorf("%s: got %q (%v), want %q", what, got, err, want)
	}
}
