package bridge

import (
	"context"

	"mychat/backend/engine"
	"mychat/backend/store"
	"mychat/protocol"
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
	Silent         bool   `json:"silent"`  // It raises no notice with those it goes to.
}

// ScheduleRequest has a text message sent later.
type ScheduleRequest struct {
	ConversationID string `json:"conversation_id"`
	Text           string `json:"text"`
	RefSeq         int64  `json:"ref_seq"` // The message that it answers; 0 means none.
	Silent         bool   `json:"silent"`
	AtMS           int64  `json:"at_ms"`
}

// RescheduleRequest changes a message that is to be sent later.
type RescheduleRequest struct {
	ID   string `json:"id"`
	AtMS int64  `json:"at_ms"` // 0 sends it as soon as there is a connection.
	Text string `json:"text"`  // "" leaves what it says.
}

// UnscheduleRequest names a message that is to be sent later.
type UnscheduleRequest struct {
	ID string `json:"id"`
}

// MessageRequest names one message.
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

// ReactRequest puts an emoji to a message, or takes the user's own away.
type ReactRequest struct {
	ConversationID string `json:"conversation_id"`
	MessageID      string `json:"message_id"`
	Emoji          string `json:"emoji"`
	On             bool   `json:"on"`
}

// PinRequest puts a message above its conversation for all members, or takes it
// off.
type PinRequest struct {
	ConversationID string `json:"conversation_id"`
	MessageID      string `json:"message_id"`
	On             bool   `json:"on"`
}

// ForwardRequest names messages of one conversation and where they go.
type ForwardRequest struct {
	ConversationID  string   `json:"conversation_id"`
	MessageIDs      []string `json:"message_ids"`      // They go in the order of the conversation.
	ConversationIDs []string `json:"conversation_ids"` // Where they go.
	Title           string   `json:"title"`            // Makes one record of them, and says what it is; "" sends them one by one.
	Note            string   `json:"note"`             // The user's own words after them; "" means none.
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

// DraftRequest keeps what is not sent; with nothing in it, it removes that.
type DraftRequest struct {
	ConversationID string   `json:"conversation_id"`
	Text           string   `json:"text"`
	RefSeq         int64    `json:"ref_seq"`  // The entry that it answers; 0 means none.
	Mentions       []string `json:"mentions"` // User ids.
	Done           bool     `json:"done"`     // The user left the conversation.
}

// EditDraftRequest keeps what a message is to say instead; with 0 for a seq,
// none is edited any more.
type EditDraftRequest struct {
	ConversationID string `json:"conversation_id"`
	Seq            int64  `json:"seq"`
	Text           string `json:"text"`
}

// UpdateRequest changes how a conversation stands in the user's list. What is
// left out stays as it is.
type UpdateRequest struct {
	ConversationID string `json:"conversation_id"`
	Pinned         *bool  `json:"pinned,omitempty"`
	Muted          *bool  `json:"muted,omitempty"`
	Archived       *bool  `json:"archived,omitempty"`
	Hidden         *bool  `json:"hidden,omitempty"`        // Until somebody else writes, or it is opened.
	MarkedUnread   *bool  `json:"marked_unread,omitempty"` // Moves no read position.
	Join           string `json:"join,omitempty"`          // The id of a folder that it is put in; "" means none.
	Leave          string `json:"leave,omitempty"`         // The id of a folder that it is taken out of; "" means none.
}

// PutFolderRequest makes a folder or changes it.
type PutFolderRequest struct {
	ID   string `json:"id"` // "" makes a new one; that of one that was removed brings it back.
	Name string `json:"name"`
	At   int    `json:"at"` // Its place, from 0; past the end means at the end.
}

// FolderRequest names a folder.
type FolderRequest struct {
	ID string `json:"id"`
}

// FocusRequest tells whether the user is looking at the page.
type FocusRequest struct {
	Focused bool `json:"focused"`
}

// Conversations returns the whole list: what is pinned first, then the newest
// activity.
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
		return e.Write(ctx, engine.Text{ConversationID: r.ConversationID, Text: r.Text, RefSeq: r.RefSeq, Silent: r.Silent})
	})
}

// Schedule has a text message sent later, by the server.
func (c *Chat) Schedule(r ScheduleRequest) error {
	return doEngine(c.app, func(ctx context.Context, e *engine.Engine) error {
		text := engine.Text{ConversationID: r.ConversationID, Text: r.Text, RefSeq: r.RefSeq, Silent: r.Silent}
		return e.Schedule(ctx, text, r.AtMS)
	})
}

// Reschedule changes when a message is sent later, and what it says.
func (c *Chat) Reschedule(r RescheduleRequest) error {
	return doEngine(c.app, func(ctx context.Context, e *engine.Engine) error {
		return e.Reschedule(ctx, r.ID, r.AtMS, r.Text)
	})
}

// Unschedule gives a message up that is to be sent later.
func (c *Chat) Unschedule(r UnscheduleRequest) error {
	return doEngine(c.app, func(ctx context.Context, e *engine.Engine) error {
		return e.Unschedule(ctx, r.ID)
	})
}

// Scheduled returns all messages that are to be sent later, by time.
func (c *Chat) Scheduled() ([]store.Scheduled, error) {
	return list(onEngine(c.app, func(ctx context.Context, e *engine.Engine) ([]store.Scheduled, error) {
		return e.Scheduled(ctx)
	}))
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

// WantPreview has the server asked what stands behind the link of a message that
// is on the screen. The answer comes as a change of the message.
func (c *Chat) WantPreview(r MessageRequest) error {
	return doEngine(c.app, func(ctx context.Context, e *engine.Engine) error {
		return e.WantPreview(ctx, r.ConversationID, r.MessageID)
	})
}

// Recall takes an own message back for everybody.
func (c *Chat) Recall(r MessageRequest) error {
	return doEngine(c.app, func(ctx context.Context, e *engine.Engine) error {
		return e.Recall(ctx, r.ConversationID, r.MessageID)
	})
}

// DismissRefusal takes away why the last change to a message was refused.
func (c *Chat) DismissRefusal(r MessageRequest) error {
	return doEngine(c.app, func(ctx context.Context, e *engine.Engine) error {
		return e.DismissRefusal(ctx, r.ConversationID, r.MessageID)
	})
}

// Edit gives an own text other words.
func (c *Chat) Edit(r EditRequest) error {
	return doEngine(c.app, func(ctx context.Context, e *engine.Engine) error {
		return e.Edit(ctx, r.ConversationID, r.MessageID, r.Text)
	})
}

// React puts an emoji to a message, or takes the user's own away.
func (c *Chat) React(r ReactRequest) error {
	return doEngine(c.app, func(ctx context.Context, e *engine.Engine) error {
		return e.React(ctx, r.ConversationID, r.MessageID, r.Emoji, r.On)
	})
}

// Pin puts a message above its conversation for all members, or takes it off.
func (c *Chat) Pin(r PinRequest) error {
	return doEngine(c.app, func(ctx context.Context, e *engine.Engine) error {
		return e.Pin(ctx, r.ConversationID, r.MessageID, r.On)
	})
}

// Forward queues messages again, in other conversations: all of them or none.
func (c *Chat) Forward(r ForwardRequest) error {
	return doEngine(c.app, func(ctx context.Context, e *engine.Engine) error {
		return e.Forward(ctx, store.Forward{
			From: r.ConversationID, Messages: r.MessageIDs, To: r.ConversationIDs, Title: r.Title, Note: r.Note,
		})
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

// Update changes how a conversation stands in the user's list, on all of their
// devices.
func (c *Chat) Update(r UpdateRequest) error {
	return doEngine(c.app, func(ctx context.Context, e *engine.Engine) error {
		return e.UpdateChat(ctx, r.ConversationID, store.ChatChange{
			Pinned: r.Pinned, Muted: r.Muted, Archived: r.Archived, Hidden: r.Hidden, Unread: r.MarkedUnread,
			Join: r.Join, Leave: r.Leave,
		})
	})
}

// Folders returns the user's own folders in their order.
func (c *Chat) Folders() ([]protocol.Folder, error) {
	return list(onEngine(c.app, func(ctx context.Context, e *engine.Engine) ([]protocol.Folder, error) {
		return e.Folders(ctx)
	}))
}

// PutFolder makes a folder or changes its name or place, on all of the user's
// devices.
func (c *Chat) PutFolder(r PutFolderRequest) (protocol.Folder, error) {
	return onEngine(c.app, func(ctx context.Context, e *engine.Engine) (protocol.Folder, error) {
		return e.PutFolder(ctx, protocol.Folder{ID: r.ID, Name: r.Name}, r.At)
	})
}

// RemoveFolder takes a folder away; its conversations stay.
func (c *Chat) RemoveFolder(r FolderRequest) error {
	return doEngine(c.app, func(ctx context.Context, e *engine.Engine) error { return e.RemoveFolder(ctx, r.ID) })
}

// SaveDraft keeps what is not sent, on all of the user's devices.
func (c *Chat) SaveDraft(r DraftRequest) error {
	return doEngine(c.app, func(ctx context.Context, e *engine.Engine) error {
		d := protocol.Draft{Text: r.Text, RefSeq: r.RefSeq, Mentions: r.Mentions}
		return e.SaveDraft(ctx, r.ConversationID, d, r.Done)
	})
}

// SaveEdit keeps an edit that is not sent, on this device alone.
func (c *Chat) SaveEdit(r EditDraftRequest) error {
	return doEngine(c.app, func(ctx context.Context, e *engine.Engine) error {
		return e.SaveEdit(ctx, r.ConversationID, r.Seq, r.Text)
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

// StarRequest gives messages of one conversation a star that only the user sees,
// or takes it away.
type StarRequest struct {
	ConversationID string   `json:"conversation_id"`
	MessageIDs     []string `json:"message_ids"`
	On             bool     `json:"on"`
}

// StarredRequest asks for messages with a star, the one that got it last first.
type StarredRequest struct {
	ConversationID string `json:"conversation_id"` // "" means any.
	Cursor         string `json:"cursor"`          // Of the page that is to be continued; "" asks for the first.
	Limit          int    `json:"limit"`           // 0 means 50.
}

// Star gives messages a star, or takes it away, on all of the user's devices.
func (c *Chat) Star(r StarRequest) error {
	return doEngine(c.app, func(ctx context.Context, e *engine.Engine) error {
		return e.Star(ctx, r.ConversationID, r.MessageIDs, r.On)
	})
}

// DeleteRequest names messages of one conversation.
type DeleteRequest struct {
	ConversationID string   `json:"conversation_id"`
	MessageIDs     []string `json:"message_ids"`
}

// DeleteForMe deletes messages for the user alone, on all of their devices and
// for good.
func (c *Chat) DeleteForMe(r DeleteRequest) error {
	return doEngine(c.app, func(ctx context.Context, e *engine.Engine) error {
		return e.DeleteForMe(ctx, r.ConversationID, r.MessageIDs)
	})
}

// Starred returns messages with a star.
func (c *Chat) Starred(r StarredRequest) (store.StarredPage, error) {
	return onEngine(c.app, func(ctx context.Context, e *engine.Engine) (store.StarredPage, error) {
		return e.Starred(ctx, store.StarredQuery{ConversationID: r.ConversationID, Cursor: r.Cursor, Limit: r.Limit})
	})
}

// ClearRequest empties a conversation.
type ClearRequest struct {
	ConversationID string `json:"conversation_id"`
	ForAll         bool   `json:"for_all"` // Deletes it for both; false hides it from the user alone.
}

// Clear empties a conversation, here at once: for the user alone, on all of
// their devices, or for both of its members.
func (c *Chat) Clear(r ClearRequest) error {
	return doEngine(c.app, func(ctx context.Context, e *engine.Engine) error {
		if r.ForAll {
			return e.ClearForAll(ctx, r.ConversationID)
		}
		return e.Clear(ctx, r.ConversationID)
	})
}
