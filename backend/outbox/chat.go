package outbox

import (
	"context"
	"errors"
	"time"

	"mychat/protocol"
)

// DraftDone says that the user left a conversation: its draft goes out without
// the pause that holds while they write.
func (o *Outbox) DraftDone(conversationID string) {
	o.mu.Lock()
	delete(o.drafted, conversationID)
	o.mu.Unlock()
	o.nudge()
}

// chatsDue returns what the server can be told of conversations now, and when
// there will be more: drafts rest between two attempts. Zero means no more.
func (o *Outbox) chatsDue(ctx context.Context) (due []protocol.UpdateChat, next time.Time, err error) {
	waiting, err := o.store.OutgoingChats(ctx)
	if err != nil {
		return nil, time.Time{}, err
	}
	now := time.Now()
	o.mu.Lock()
	defer o.mu.Unlock()
	for id, at := range o.drafted {
		if now.Sub(at) >= o.opt.DraftPause {
			delete(o.drafted, id)
		}
	}
	for _, u := range waiting {
		if at, resting := o.drafted[u.ConversationID]; u.Draft != nil && resting {
			u.Draft = nil
			if over := at.Add(o.opt.DraftPause); next.IsZero() || over.Before(next) {
				next = over
			}
		}
		if u != (protocol.UpdateChat{ConversationID: u.ConversationID}) {
			due = append(due, u)
		}
	}
	return due, next, nil
}

// deliverChats tells the server what the user changed of conversations. Each
// answer may leave something newer that waits, so what is due is read again.
func (o *Outbox) deliverChats(ctx context.Context, _ string) error {
	for {
		due, _, err := o.chatsDue(ctx)
		if err != nil || len(due) == 0 {
			return err
		}
		for _, u := range due {
			if err := o.tellChat(ctx, u); err != nil {
				return err
			}
		}
	}
}

func (o *Outbox) tellChat(ctx context.Context, u protocol.UpdateChat) error {
	if u.Draft != nil {
		o.mu.Lock()
		o.drafted[u.ConversationID] = time.Now()
		o.mu.Unlock()
	}
	got, err := o.opt.Chat(ctx, u)
	// What the server said must be kept even when the program is closing.
	ctx = context.WithoutCancel(ctx)
	var refusal *protocol.Error
	switch {
	case err == nil:
		return o.store.ConfirmChat(ctx, u, got)
	case errors.As(err, &refusal) && final(refusal):
		o.log.Warn("settings of a conversation were refused", "conversation", u.ConversationID, "code", refusal.Code)
		return o.store.RefuseChat(ctx, u)
	}
	o.DraftDone(u.ConversationID) // The lane rests already.
	return err
}
