// Package chat decides what a message may do: it checks what a user sends and
// hands it to timeline, which checks again, inside the transaction that
// writes, that the sender is a member and that the two of a direct
// conversation are friends. So nothing here is cached and nothing can be
// stale. The package starts no goroutine.
package chat

import (
	"context"

	"mychat/protocol"
	"mychat/server/bus"
	"mychat/server/store"
	"mychat/server/timeline"
)

// Chat is safe for concurrent use.
type Chat struct {
	bus      *bus.Bus
	timeline *timeline.Timeline
}

// New returns a Chat that appends to tl.
func New(b *bus.Bus, tl *timeline.Timeline) *Chat { return &Chat{b, tl} }

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
	if len(s.FileIDs) > 0 { // This server keeps no files, so nobody can name one.
		return protocol.Invalid("file_ids", "names a file that is not here")
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
