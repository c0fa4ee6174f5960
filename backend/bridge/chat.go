package bridge

import (
	"context"

	"mychat/backend/engine"
	"mychat/backend/store"
)

// Chat is about conversations and what the user writes in them. All of it
// works offline.
type Chat struct{ app *App }

// IDsRequest names conversations.
type IDsRequest struct {
	IDs []string `json:"ids"`
}

// SendRequest queues a text message.
type SendRequest struct {
	ConversationID string `json:"conversation_id"`
	Text           string `json:"text"`
	RefSeq         int64  `json:"ref_seq"` // The message that it answers; 0 means none.
}

// MessageRequest names one own message.
type MessageRequest struct {
	ConversationID string `json:"conversation_id"`
	MessageID      string `json:"message_id"`
}

// EditRequest gives an own text other words.
type EditRequest struct {
	ConversationID string `json:"conversation_id"`
	MessageID      string `json:"message_id"`
	Text           string `json:"text"`
}

// ConversationRequest names one conversation.
type ConversationRequest struct {
	ConversationID string `json:"conversation_id"`
}

// MarkReadRequest moves the read position, never back.
type MarkReadRequest struct {
	ConversationID string `json:"conversation_id"`
	Seq            int64  `json:"seq"`
}

// TypingRequest says that the user is writing, or stopped.
type TypingRequest struct {
	ConversationID string `json:"conversation_id"`
	On             bool   `json:"on"`
}

// DraftRequest keeps unsent text; "" removes it.
type DraftRequest struct {
	ConversationID string `json:"conversation_id"`
	Text           string `json:"text"`
}

// FocusRequest tells whether the user is looking at the page.
type FocusRequest struct {
	Focused bool `json:"focused"`
}

// Conversations returns the whole list, newest activity first.
func (c *Chat) Conversations() ([]store.Conversation, error) {
	return list(onEngine(c.app, func(ctx context.Context, e *engine.Engine) ([]store.Conversation, error) {
		return e.Conversations(ctx)
	}))
}

// ConversationsByID returns the named ones that exist, in no order.
func (c *Chat) ConversationsByID(r IDsRequest) ([]store.Conversation, error) {
	return list(onEngine(c.app, func(ctx context.Context, e *engine.Engine) ([]store.Conversation, error) {
		return e.ConversationsByID(ctx, r.IDs)
	}))
}

// Send queues a message and returns it as it is shown at once.
func (c *Chat) Send(r SendRequest) (store.Message, error) {
	return onEngine(c.app, func(ctx context.Context, e *engine.Engine) (store.Message, error) {
		return e.Reply(ctx, r.ConversationID, r.Text, r.RefSeq)
	})
}

// Retry queues a failed message again, in its place.
func (c *Chat) Retry(r MessageRequest) error {
	return doEngine(c.app, func(ctx context.Context, e *engine.Engine) error {
		return e.Retry(ctx, r.ConversationID, r.MessageID)
	})
}

// RetryAll queues every failed message of a conversation again.
func (c *Chat) RetryAll(r ConversationRequest) error {
	return doEngine(c.app, func(ctx context.Context, e *engine.Engine) error {
		return e.RetryAll(ctx, r.ConversationID)
	})
}

// Discard removes a failed message for good.
func (c *Chat) Discard(r MessageRequest) error {
	return doEngine(c.app, func(ctx context.Context, e *engine.Engine) error {
		return e.Discard(ctx, r.ConversationID, r.MessageID)
	})
}

// Recall takes an own message back for everybody.
func (c *Chat) Recall(r MessageRequest) error {
	return doEngine(c.app, func(ctx context.Context, e *engine.Engine) error {
		return e.Recall(ctx, r.ConversationID, r.MessageID)
	})
}

// Edit gives an own text other words.
func (c *Chat) Edit(r EditRequest) error {
	return doEngine(c.app, func(ctx context.Context, e *engine.Engine) error {
		return e.Edit(ctx, r.ConversationID, r.MessageID, r.Text)
	})
}

// MarkRead moves the read position.
func (c *Chat) MarkRead(r MarkReadRequest) error {
	return doEngine(c.app, func(ctx context.Context, e *engine.Engine) error {
		return e.MarkRead(ctx, r.ConversationID, r.Seq)
	})
}

// SetTyping passes a typing hint on; it is lost when offline.
func (c *Chat) SetTyping(r TypingRequest) error {
	return doEngine(c.app, func(_ context.Context, e *engine.Engine) error {
		e.SetTyping(r.ConversationID, r.On)
		return nil
	})
}

// SaveDraft keeps unsent text.
func (c *Chat) SaveDraft(r DraftRequest) error {
	return doEngine(c.app, func(ctx context.Context, e *engine.Engine) error {
		return e.SaveDraft(ctx, r.ConversationID, r.Text)
	})
}

// SetFocus tells whether the user is looking at the page: while that is so no
// notice is raised. The page calls it when its window gains or loses the focus;
// no account needs to be open.
func (c *Chat) SetFocus(r FocusRequest) error {
	_, err := guarded(c.app, func() (struct{}, error) {
		c.app.Focus(r.Focused)
		return struct{}{}, nil
	})
	return err
}

// Reconnect tries the connection at once instead of waiting for the next try.
func (c *Chat) Reconnect() error {
	return doEngine(c.app, func(_ context.Context, e *engine.Engine) error {
		e.RetryNow()
		return nil
	})
}
