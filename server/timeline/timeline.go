// Package timeline keeps the conversation logs: it appends entries in groups,
// moves members' positions, reads pages and heads within what a member may
// see, and wakes the nodes after each commit.
//
// One goroutine, Timeline.Run, writes. It drains whatever waits, with no timer,
// into one transaction; so one sender waits for one commit and many share it.
// Positions are coalesced and ride the same commits. The queue is bounded;
// when it is full, callers wait until their context ends. Everything else runs
// on the caller's goroutine.
//
// Whether a member may write is checked inside the transaction that writes,
// under the lock of the conversation's row: the row's closed mark is how ending
// a friendship stops both sides, at once and on every node, and it costs no
// query, because the row must be locked to give the next number.
package timeline

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/oklog/ulid/v2"

	"mychat/protocol"
	"mychat/server/bus"
	"mychat/server/store"
)

// Options configures New. The zero value is ready to use.
type Options struct {
	Queue int              // Appends that may wait for the writer. 0 means 1,024.
	Batch int              // Most appends in one transaction. 0 means 256.
	Now   func() time.Time // Nil means time.Now.
	Log   *slog.Logger     // Nil means slog.Default.

	// Wrote hears of each conversation whose log grew, after the commit. It must
	// not wait. Nil means nobody does.
	Wrote func(conversation store.ID)

	RecallWithin time.Duration // How long after its commit a message may be recalled. 0 means never.
	EditWithin   time.Duration // The same for editing.

	ClearForAll bool                     // Either member may delete a direct conversation for both.
	Keep        map[string]time.Duration // How long entries are kept, by kind of conversation. 0 means for ever.
}

// Lookback is how far before the asked time Heads looks, so that clocks that
// differ and commits that were under way cost repetition, never loss.
const Lookback = 5 * time.Minute

// Timeline is safe for concurrent use.
type Timeline struct {
	st      *store.Store
	bus     *bus.Bus
	opt     Options
	appends chan *appending
	moved   chan struct{} // Holds one token while positions wait.
	node    string        // Tells this one from others that trim.

	mu        sync.Mutex
	positions map[store.Member]*moving // What waits, by whom and where.
}

// New returns a Timeline on st that wakes the nodes through b. Append and Read
// wait until Run runs.
func New(st *store.Store, b *bus.Bus, opt Options) *Timeline {
	if opt.Queue == 0 {
		opt.Queue = 1024
	}
	if opt.Batch == 0 {
		opt.Batch = 256
	}
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if opt.Log == nil {
		opt.Log = slog.Default()
	}
	if opt.Wrote == nil {
		opt.Wrote = func(store.ID) {}
	}
	return &Timeline{
		st: st, bus: b, opt: opt,
		appends:   make(chan *appending, opt.Queue),
		moved:     make(chan struct{}, 1),
		node:      ulid.Make().String(),
		positions: make(map[store.Member]*moving),
	}
}

// pageBytes bounds the bodies of one page, so that its frame stays far below
// protocol.MaxServerFrame.
const pageBytes = 4 << 20

// After returns entries with a seq greater than seq, ascending, within what the
// member may see. A limit of 0 means protocol.DefaultPage; it never exceeds
// protocol.MaxPage. A page may hold less than limit for its size in bytes: More
// tells. ErrNotMember if the user never was a member.
func (t *Timeline) After(ctx context.Context, userID, conversationID string, seq int64, limit int) (protocol.Page, error) {
	return t.page(ctx, userID, conversationID, func(tx *store.Tx, conv store.ID, v store.View) ([]protocol.Entry, bool, error) {
		return tx.EntriesAfter(conv, v, seq, pageLimit(limit), pageBytes)
	})
}

// Before is After in the other direction: the last entries with a seq smaller
// than seq, or the very last for 0, still in ascending order.
func (t *Timeline) Before(ctx context.Context, userID, conversationID string, seq int64, limit int) (protocol.Page, error) {
	return t.page(ctx, userID, conversationID, func(tx *store.Tx, conv store.ID, v store.View) ([]protocol.Entry, bool, error) {
		if seq <= 0 {
			seq = v.LastSeq + 1
		}
		list, more, err := tx.EntriesBefore(conv, v, seq, pageLimit(limit), pageBytes)
		for i, j := 0, len(list)-1; i < j; i, j = i+1, j-1 {
			list[i], list[j] = list[j], list[i]
		}
		return list, more, err
	})
}

func pageLimit(limit int) int {
	if limit <= 0 {
		return protocol.DefaultPage
	}
	return min(limit, protocol.MaxPage)
}

// page reads a page. The view comes first, so that the page is complete up to
// its AsOf even while entries are appended.
func (t *Timeline) page(ctx context.Context, userID, conversationID string,
	read func(*store.Tx, store.ID, store.View) ([]protocol.Entry, bool, error),
) (protocol.Page, error) {
	user, okUser := store.ParseID(userID)
	conv, okConv := store.ParseID(conversationID)
	if !okUser || !okConv {
		return protocol.Page{}, protocol.ErrNotMember
	}
	tx := t.st.Reader(ctx)
	v, err := tx.View(conv, user)
	if errors.Is(err, store.ErrNoRow) {
		return protocol.Page{}, protocol.ErrNotMember
	}
	p := protocol.Page{ConversationID: conversationID, AsOf: v.LastSeq, FloorSeq: v.FloorSeq}
	if err == nil {
		p.Entries, p.More, err = read(tx, conv, v)
	}
	if err != nil {
		return protocol.Page{}, fmt.Errorf("read conversation %s: %w", conversationID, err)
	}
	if n := len(p.Entries); n > 0 {
		p.AsOf = max(p.AsOf, p.Entries[n-1].Seq)
	}
	return p, nil
}

// Heads returns the user's conversations that changed since sinceMS less
// Lookback, newest first; all of them for 0. The slice is never nil.
func (t *Timeline) Heads(ctx context.Context, userID string, sinceMS int64) ([]protocol.Head, error) {
	user, ok := store.ParseID(userID)
	if !ok {
		return []protocol.Head{}, nil
	}
	var heads []protocol.Head
	err := t.st.Snapshot(ctx, func(tx *store.Tx) error {
		var err error
		heads, err = tx.Heads(user, max(sinceMS-Lookback.Milliseconds(), 0))
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read heads of %s: %w", userID, err)
	}
	return heads, nil
}

// Head returns one conversation as the user sees it. ErrNotMember if the user
// never was a member.
func (t *Timeline) Head(ctx context.Context, userID, conversationID string) (protocol.Head, error) {
	user, okUser := store.ParseID(userID)
	conv, okConv := store.ParseID(conversationID)
	if !okUser || !okConv {
		return protocol.Head{}, protocol.ErrNotMember
	}
	var head protocol.Head
	err := t.st.Snapshot(ctx, func(tx *store.Tx) error {
		var err error
		head, err = tx.Head(user, conv)
		return err
	})
	if errors.Is(err, store.ErrNoRow) {
		return protocol.Head{}, protocol.ErrNotMember
	}
	if err != nil {
		return protocol.Head{}, fmt.Errorf("read head of %s: %w", conversationID, err)
	}
	return head, nil
}

// Place is a conversation that a user is in and how far it goes.
type Place struct {
	ConversationID string
	LastSeq        int64
}

// Places returns every conversation that the user is a member of now. The slice
// is never nil.
func (t *Timeline) Places(ctx context.Context, userID string) ([]Place, error) {
	user, ok := store.ParseID(userID)
	if !ok {
		return []Place{}, nil
	}
	rows, err := t.st.Reader(ctx).Places(user)
	if err != nil {
		return nil, fmt.Errorf("read conversations of %s: %w", userID, err)
	}
	places := make([]Place, len(rows))
	for i, r := range rows {
		places[i] = Place{r.ConversationID.String(), r.LastSeq}
	}
	return places, nil
}

// Members returns the ids of a conversation's present members. The slice is
// never nil.
func (t *Timeline) Members(ctx context.Context, conversationID string) ([]string, error) {
	conv, ok := store.ParseID(conversationID)
	if !ok {
		return []string{}, nil
	}
	ids, err := t.st.Reader(ctx).Members(conv)
	if err != nil {
		return nil, fmt.Errorf("read members of %s: %w", conversationID, err)
	}
	members := make([]string, len(ids))
	for i, id := range ids {
		members[i] = id.String()
	}
	return members, nil
}

// MayWrite reports whether the user may write in the conversation now: nil,
// ErrNotMember or ErrNotFriend. Append decides for itself; this is for what is
// not stored.
func (t *Timeline) MayWrite(ctx context.Context, userID, conversationID string) error {
	user, okUser := store.ParseID(userID)
	conv, okConv := store.ParseID(conversationID)
	if !okUser || !okConv {
		return protocol.ErrNotMember
	}
	v, err := t.st.Reader(ctx).View(conv, user)
	switch {
	case errors.Is(err, store.ErrNoRow):
		return protocol.ErrNotMember
	case err != nil:
		return fmt.Errorf("read conversation %s: %w", conversationID, err)
	case !v.Present():
		return protocol.ErrNotMember
	case v.Closed:
		return protocol.ErrNotFriend
	}
	return nil
}
