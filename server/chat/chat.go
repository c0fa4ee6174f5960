// Package chat decides what a message may do, and when: it checks what a user
// sends and hands it to timeline, at once or when its time comes. Timeline
// checks again, inside the transaction that writes, that the sender is a member,
// that the two of a direct conversation are friends and that the sender may read
// the files that the message names. So nothing here is cached and nothing can be
// stale. Run, on the caller's goroutine, is what sends later; the package starts
// none.
package chat

import (
	"context"
	"log/slog"
	"time"

	"mychat/protocol"
	"mychat/server/bus"
	"mychat/server/journal"
	"mychat/server/store"
	"mychat/server/timeline"
)

// Options configures New. The zero value is ready to use.
type Options struct {
	Claim time.Duration    // How long a node has a message in hand that it sends later. 0 means 30 s.
	Look  time.Duration    // How often a node looks for what another one left. 0 means 5 s.
	Now   func() time.Time // Nil means time.Now.
	Log   *slog.Logger     // Nil means slog.Default.
}

// Chat is safe for concurrent use.
type Chat struct {
	st       *store.Store
	bus      *bus.Bus
	timeline *timeline.Timeline
	journal  *journal.Journal
	opt      Options
	wake     chan struct{} // Holds at most one wish to look for what is due.
}

// New returns a Chat that appends to tl. Messages are sent later while Run
// runs.
func New(st *store.Store, b *bus.Bus, tl *timeline.Timeline, j *journal.Journal, opt Options) *Chat {
	if opt.Claim == 0 {
		opt.Claim = 30 * time.Second
	}
	if opt.Look == 0 {
		opt.Look = 5 * time.Second
	}
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if opt.Log == nil {
		opt.Log = slog.Default()
	}
	return &Chat{st: st, bus: b, timeline: tl, journal: j, opt: opt, wake: make(chan struct{}, 1)}
}

// Send appends an entry by userID and returns once it is committed. Errors are
// those of Send.Check and timeline.Append.
func (c *Chat) Send(ctx context.Context, userID string, s protocol.Send) (protocol.Sent, error) {
	return c.Start(ctx, userID, s)(ctx)
}

// Start is Send in two steps, as timeline.Start is Append: what one caller
// starts in order is committed in order.
func (c *Chat) Start(ctx context.Context, userID string, s protocol.Send) func(context.Context) (protocol.Sent, error) {
	if err := check(s); err != nil {
		return func(context.Context) (protocol.Sent, error) { return protocol.Sent{}, err }
	}
	return c.timeline.Start(ctx, userID, s)
}

// check returns an Error for what could never be stored, whoever sends it.
func check(s protocol.Send) error {
	if err := s.Check(); err != nil {
		return err
	}
	for _, id := range s.Mentions {
		if _, ok := store.ParseID(id); !ok {
			return protocol.Invalid("mentions", "names somebody who is no user")
		}
	}
	return nil
}

// Typing tells the other members that userID is writing or stopped. It stores
// nothing. ErrNotMember and ErrNotFriend as for Send.
func (c *Chat) Typing(ctx context.Context, userID string, ty protocol.Typing) error {
	if err := c.timeline.MayWrite(ctx, userID, ty.ConversationID); err != nil {
		return err
	}
	ty.UserID = userID
	frame, err := bus.Frame(protocol.OpTyping, ty)
	if err != nil {
		return err
	}
	c.bus.Publish(bus.Event{Kind: bus.KindTyping, ConversationID: ty.ConversationID, UserID: userID, Frame: frame})
	return nil
}
