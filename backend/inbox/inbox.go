// Package inbox brings what the server says into the local store, in order
// and exactly once: the welcome, live entries, positions and journal rows as
// they come, and pages of history where the store lacks them.
//
// The socket's reading goroutine calls Hello, Welcome and Event; they write to
// the store and never wait for the network. Run owns the goroutines that fetch
// and acknowledge. The inbox decides nothing about notices and paints nothing.
package inbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
	"mychat/backend/remote"
	"mychat/backend/store"
	"mychat/protocol"
)

// Options configures New. Fetch and Ack are required.
type Options struct {
	Fetch func(ctx context.Context, r remote.PageRequest) (protocol.Page, error)
	Ack   func(ctx context.Context, a protocol.Ack) error

	// Marks returns a page of all that the user marked. Nil means that there is
	// nobody to ask.
	Marks func(ctx context.Context, cursor string) (protocol.MarksPage, error)

	// Drop ends the connection because what came over it cannot be applied now;
	// the next hello brings it again. Nil means that there is none to end.
	Drop func(why error)

	Fresh  func(ctx context.Context, messages []store.Message) // Hears of live messages once they are committed. May be nil.
	Synced func()                                              // Hears that the newest of every conversation is here. May be nil.

	Poured func(done bool) // Hears of each page of history that nobody waited for, and when it was the last. May be nil.
	Paused bool            // Such history is not fetched until Pause says so.

	// Rest is the pause between two pages of history that nobody waits for, so
	// that filling up leaves room for everything else. 0 means 5 ms.
	Rest time.Duration

	// Patience is how long entries of a conversation that is not known wait for
	// the journal row that makes it known. 0 means 5 s.
	Patience time.Duration

	Retry remote.Backoff // Spaces attempts to fetch. The zero value means 1 s to 60 s.
	Log   *slog.Logger   // Nil means slog.Default.
}

// Inbox applies what the server says. Its exported methods are safe for
// concurrent use, but Welcome and Event must be called in order of arrival.
type Inbox struct {
	store *store.Store
	opt   Options
	log   *slog.Logger

	wakeFill    chan struct{} // Holds at most one wish to look for holes.
	wakeHistory chan struct{} // Holds at most one wish to look for older ones.
	wakeAck     chan struct{} // Holds at most one wish to acknowledge.

	mu        sync.Mutex
	connected bool
	paused    bool                        // History that nobody waits for is not fetched.
	syncing   bool                        // The newest of every conversation is still being fetched.
	waiting   map[string][]protocol.Entry // Live entries of conversations with a hole before them.
	strangers map[string]stranger         // Live entries of conversations that are not known yet.
	spoiled   map[string]*spoil           // Conversations that the server gave nothing of.
	unacked   map[string]bool             // Conversations of which something came.
	acked     map[string]int64            // What was acknowledged during this connection.
	unmarked  bool                        // The server has no marks to give.
}

type stranger struct {
	since   time.Time
	entries []protocol.Entry
}

// spoil keeps a conversation that the server gives nothing of from being asked
// for again and again.
type spoil struct {
	until time.Time
	pause remote.Backoff
}

// maxWaiting bounds the live entries kept per conversation, and the unknown
// conversations. Past it they are let go: what was fetched or the next welcome
// brings them again.
const maxWaiting = 1000

// New returns an Inbox. Call Run to let it fetch and acknowledge.
func New(s *store.Store, opt Options) *Inbox {
	if opt.Rest == 0 {
		opt.Rest = 5 * time.Millisecond
	}
	if opt.Patience == 0 {
		opt.Patience = 5 * time.Second
	}
	if opt.Retry.First == 0 {
		opt.Retry = remote.Backoff{First: time.Second, Longest: time.Minute}
	}
	if opt.Log == nil {
		opt.Log = slog.Default()
	}
	if opt.Drop == nil {
		opt.Drop = func(error) {}
	}
	if opt.Fresh == nil {
		opt.Fresh = func(context.Context, []store.Message) {}
	}
	if opt.Synced == nil {
		opt.Synced = func() {}
	}
	if opt.Poured == nil {
		opt.Poured = func(bool) {}
	}
	in := &Inbox{
		store: s, opt: opt, log: opt.Log,
		wakeFill: make(chan struct{}, 1), wakeHistory: make(chan struct{}, 1), wakeAck: make(chan struct{}, 1),
		paused: opt.Paused,
	}
	in.forget()
	return in
}

// forget drops what holds for one connection only. The caller holds mu, or is
// New.
func (in *Inbox) forget() {
	in.waiting = make(map[string][]protocol.Entry)
	in.strangers = make(map[string]stranger)
	in.spoiled = make(map[string]*spoil)
	in.unacked = make(map[string]bool)
	in.acked = make(map[string]int64)
	in.unmarked = false
}

// Run fetches and acknowledges until ctx ends, and returns ctx's error.
func (in *Inbox) Run(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return in.fill(ctx) })
	g.Go(func() error { return in.history(ctx) })
	g.Go(func() error { return in.acknowledge(ctx) })
	return g.Wait()
}

// Hello returns from where the server is to continue.
func (in *Inbox) Hello(ctx context.Context) (protocol.Hello, error) {
	p, err := in.store.Positions(ctx)
	if err != nil {
		return protocol.Hello{}, err
	}
	return protocol.Hello{JournalPos: p.Journal, SinceMS: p.SinceMS}, nil
}

// Welcome applies all that changed since the last connection.
func (in *Inbox) Welcome(ctx context.Context, w protocol.Welcome) error {
	if err := in.store.ApplyWelcome(ctx, w); err != nil {
		return fmt.Errorf("apply welcome: %w", err)
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	in.forget()
	for _, h := range w.Heads {
		in.unacked[h.ID] = true
	}
	return nil
}

// Connected says that the server can be asked: fetching begins. Call it after
// Welcome.
func (in *Inbox) Connected() {
	in.mu.Lock()
	in.connected, in.syncing = true, true
	in.mu.Unlock()
	wake(in.wakeFill)
	wake(in.wakeAck)
}

// Disconnected says that the connection is gone: fetching pauses until
// Connected.
func (in *Inbox) Disconnected() {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.connected = false
}

func wake(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// Event applies one event of the ops that are about stored things. Others are
// passed over. An error means that the connection is to be made again: nothing
// that it brought is lost, because positions move with what was applied only.
func (in *Inbox) Event(ctx context.Context, op string, body protocol.RawJSON) error {
	switch op {
	case protocol.OpEntries:
		return decodeThen(ctx, body, in.entries)
	case protocol.OpPositions:
		return decodeThen(ctx, body, in.position)
	case protocol.OpFloor:
		return decodeThen(ctx, body, in.store.ApplyFloor)
	case protocol.OpJournal:
		return decodeThen(ctx, body, in.journal)
	}
	return nil
}

func decodeThen[T any](ctx context.Context, body []byte, do func(context.Context, T) error) error {
	var v T
	if err := json.Unmarshal(body, &v); err != nil {
		return fmt.Errorf("decode event: %w", err)
	}
	return do(ctx, v)
}

func (in *Inbox) position(ctx context.Context, p protocol.Position) error {
	err := in.store.ApplyPosition(ctx, p)
	if errors.Is(err, store.ErrNotFound) {
		return nil // Its head has the position too, when it comes.
	}
	return err
}

func (in *Inbox) journal(ctx context.Context, j protocol.Journal) error {
	if err := in.store.ApplyJournal(ctx, j.Rows); err != nil {
		return err
	}
	for _, row := range j.Rows {
		if row.Kind == protocol.JournalConversation {
			wake(in.wakeFill)
			return in.introduce(ctx)
		}
	}
	return nil
}

// introduce applies the entries of conversations that became known.
func (in *Inbox) introduce(ctx context.Context) error {
	in.mu.Lock()
	held := in.strangers
	in.strangers = make(map[string]stranger)
	in.mu.Unlock()
	for id, s := range held {
		if err := in.live(ctx, id, s.entries, s.since); err != nil {
			return err
		}
	}
	return nil
}

func (in *Inbox) entries(ctx context.Context, e protocol.Entries) error {
	return in.live(ctx, e.ConversationID, e.Entries, time.Now())
}

// live applies live entries, or keeps them until what lies before them is here.
func (in *Inbox) live(ctx context.Context, id string, entries []protocol.Entry, since time.Time) error {
	if in.join(id, entries) {
		return nil
	}
	applied, err := in.store.ApplyEntries(ctx, id, entries)
	switch {
	case errors.Is(err, store.ErrNotFound):
		in.keepStranger(id, entries, since)
		return nil
	case err != nil:
		return fmt.Errorf("apply entries: %w", err)
	case applied.Gap:
		in.log.Info("entries are missing before live ones", "conversation", id, "have", applied.Last, "got", entries[0].Seq)
		in.keep(id, entries)
		wake(in.wakeFill)
		return nil
	}
	in.came(ctx, id, applied.Fresh)
	return nil
}

// came tells of what a commit brought.
func (in *Inbox) came(ctx context.Context, id string, fresh []store.Message) {
	in.noteUnacked(id)
	if len(fresh) > 0 {
		in.opt.Fresh(ctx, fresh)
	}
}

// join adds entries to those of the same conversation that wait already.
func (in *Inbox) join(id string, entries []protocol.Entry) bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	held, ok := in.waiting[id]
	if ok && len(held) < maxWaiting {
		in.waiting[id] = append(held, entries...)
	}
	return ok
}

func (in *Inbox) keep(id string, entries []protocol.Entry) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.waiting[id] = entries
}

func (in *Inbox) keepStranger(id string, entries []protocol.Entry, since time.Time) {
	in.mu.Lock()
	defer in.mu.Unlock()
	s, ok := in.strangers[id]
	switch {
	case !ok && len(in.strangers) < maxWaiting:
		in.strangers[id] = stranger{since: since, entries: entries}
	case ok && len(s.entries) < maxWaiting:
		s.entries = append(s.entries, entries...)
		in.strangers[id] = s
	}
	wake(in.wakeFill)
}

// Fetch asks the server for one page of history and applies it. limit is in
// entries; 0 means protocol.DefaultPage.
func (in *Inbox) Fetch(ctx context.Context, conversationID string, ask store.Ask, limit int) error {
	page, err := in.request(ctx, conversationID, ask, limit)
	if err != nil {
		return err
	}
	return in.apply(ctx, page, ask)
}
