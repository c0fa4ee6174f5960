package bridge

import "mychat/backend/store"

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
}

// MessageRequest names one own message.
type MessageRequest struct {
	ConversationID string `json:"conversation_id"`
	MessageID      string `json:"message_id"`
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

// Conversations returns the whole list, newest activity first.
func (c *Chat) Conversations() ([]store.Conversation, error) { return nil, errNotYet }

// ConversationsByID returns the named ones that exist, in no order.
func (c *Chat) ConversationsByID(r IDsRequest) ([]store.Conversation, error) { return nil, errNotYet }

// Send queues a message and returns it as it is shown at once.
func (c *Chat) Send(r SendRequest) (store.Message, error) { return store.Message{}, errNotYet }

// Retry queues a failed message again, in its place.
func (c *Chat) Retry(r MessageRequest) error { return errNotYet }

// RetryAll queues every failed message of a conversation again.
func (c *Chat) RetryAll(r ConversationRequest) error { return errNotYet }

// Discard removes a failed message for good.
func (c *Chat) Discard(r MessageRequest) error { return errNotYet }

// MarkRead moves the read position.
func (c *Chat) MarkRead(r MarkReadRequest) error { return errNotYet }

// SetTyping passes a typing hint on; it is lost when offline.
func (c *Chat) SetTyping(r TypingRequest) error { return errNotYet }

// SaveDraft keeps unsent text.
func (c *Chat) SaveDraft(r DraftRequest) error { return errNotYet }
