package outbox

import (
	"context"
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

// deliverChats tells the server what the user changed of conversations.
func (o *Outbox) deliverChats(ctx context.Context, _ string) error {
	due := func(ctx context.Context) ([]protocol.UpdateChat, error) {
		list, _, err := o.chatsDue(ctx)
		return list, err
	}
	return deliverAll(ctx, due, o.tellChat)
}

func (o *Outbox) tellChat(ctx context.Context, u protocol.UpdateChat) error {
	if u.Draft != nil {
		o.mu.Lock()
		o.drafted[u.ConversationID] = time.Now()
		o.mu.Unlock()
	}
	got, err := o.opt.Chat(ctx, u)
	err = answered(ctx, err,
		func(ctx context.Context) error { return o.store.ConfirmChat(ctx, u, got) },
		func(ctx context.Context, code protocol.Code) error {
			o.log.Warn("settings of a conversation were refused", "conversation", u.ConversationID, "code", code)
			return o.store.RefuseChat(ctx, u)
		})
	if err != nil {
		o.DraftDone(u.ConversationID) // The lane rests already.
	}
	return err
}
