package engine

import (
	"context"
	"fmt"
	"time"

	"mychat/backend/store"
	"mychat/protocol"
)

// Unread returns how many messages are unread in all conversations together
// that are neither muted nor hidden.
func (e *Engine) Unread(ctx context.Context) (int, error) { return e.store.Unread(ctx) }

// Conversations returns the whole list in the order of store.Conversations.
func (e *Engine) Conversations(ctx context.Context) ([]store.Conversation, error) {
	return e.store.Conversations(ctx)
}

// ConversationsByID returns the named ones that exist, in no order.
func (e *Engine) ConversationsByID(ctx context.Context, ids []string) ([]store.Conversation, error) {
	return e.store.ConversationsByID(ctx, ids)
}

// Send queues a text message and returns it as it is shown at once.
func (e *Engine) Send(ctx context.Context, conversationID, text string) (store.Message, error) {
	return e.Reply(ctx, conversationID, text, 0)
}

// Reply is Send for a text that answers the message with a seq; 0 means none.
func (e *Engine) Reply(ctx context.Context, conversationID, text string, refSeq int64) (store.Message, error) {
	return e.Write(ctx, Text{ConversationID: conversationID, Text: text, RefSeq: refSeq})
}

// Text is a text message that the user wrote.
type Text struct {
	ConversationID string
	Text           string
	RefSeq         int64 // The message that it answers; 0 means none.
	Silent         bool  // It raises no notice with those it goes to.
}

func (t Text) send() (protocol.Send, error) {
	if err := protocol.CheckText(t.Text); err != nil {
		return protocol.Send{}, err
	}
	body, err := protocol.Encode(protocol.Text{Text: t.Text})
	if err != nil {
		return protocol.Send{}, fmt.Errorf("encode text: %w", err)
	}
	return protocol.Send{
		ConversationID: t.ConversationID, Kind: protocol.KindText, RefSeq: t.RefSeq, Silent: t.Silent, Body: body,
	}, nil
}

// Write queues a text message and returns it as it is shown at once.
func (e *Engine) Write(ctx context.Context, t Text) (store.Message, error) {
	send, err := t.send()
	if err != nil {
		return store.Message{}, err
	}
	m, err := e.outbox.Add(ctx, send)
	if err == nil {
		e.wroteIn(t.ConversationID)
	}
	return m, err
}

// wroteIn notes that a message itself tells that writing stopped.
func (e *Engine) wroteIn(conversationID string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.hinted, conversationID)
}

// Schedule has a text message sent later by the server, at a time of this
// machine's clock. It works offline; once the time is past, it goes out as soon
// as there is a connection.
func (e *Engine) Schedule(ctx context.Context, t Text, atMS int64) error {
	send, err := t.send()
	if err != nil {
		return err
	}
	return e.store.Schedule(ctx, send, atMS)
}

// Reschedule changes a message that is to be sent later, as store.Reschedule.
func (e *Engine) Reschedule(ctx context.Context, id string, atMS int64, text string) error {
	return e.store.Reschedule(ctx, id, atMS, text)
}

// Unschedule gives a message up that is to be sent later.
func (e *Engine) Unschedule(ctx context.Context, id string) error {
	return e.store.Unschedule(ctx, id)
}

// Scheduled returns the messages that are to be sent later, by time.
func (e *Engine) Scheduled(ctx context.Context) ([]store.Scheduled, error) {
	return e.store.Scheduled(ctx)
}

// Retry queues a failed message again, in its place. A message that is not
// failed stays as it is.
func (e *Engine) Retry(ctx context.Context, conversationID, messageID string) error {
	return e.store.Retry(ctx, conversationID, messageID)
}

// RetryAll queues every failed message of a conversation again.
func (e *Engine) RetryAll(ctx context.Context, conversationID string) error {
	return e.store.RetryAll(ctx, conversationID)
}

// Discard removes a failed message for good.
func (e *Engine) Discard(ctx context.Context, conversationID, messageID string) error {
	return e.store.Discard(ctx, conversationID, messageID)
}

// Recall takes an own message back for everybody, here at once. One that the
// server does not have yet, as far as is known, goes without a trace.
// Its words are remembered for againFor.
func (e *Engine) Recall(ctx context.Context, conversationID, messageID string) error {
	said, err := e.store.Messages(ctx, conversationID, []string{messageID})
	if err != nil {
		return err
	}
	if len(said) == 1 && said[0].Mine && said[0].Kind == protocol.KindText && said[0].Seq > 0 {
		e.again.keep(said[0].ID, said[0].Text, e.now())
	}
	return e.store.Recall(ctx, conversationID, messageID)
}

// DismissRefusal takes away why the last change to a message was refused.
func (e *Engine) DismissRefusal(ctx context.Context, conversationID, messageID string) error {
	return e.store.DismissRefusal(ctx, conversationID, messageID)
}

// Edit gives an own text other words, here at once.
func (e *Engine) Edit(ctx context.Context, conversationID, messageID, text string) error {
	return e.store.Edit(ctx, conversationID, messageID, text)
}

// React puts an emoji of the user's to a message, or takes it away, here at once.
func (e *Engine) React(ctx context.Context, conversationID, messageID, emoji string, on bool) error {
	return e.store.React(ctx, conversationID, messageID, emoji, on)
}

// Pin puts a message above its conversation for all members, or takes it off,
// here at once.
func (e *Engine) Pin(ctx context.Context, conversationID, messageID string, on bool) error {
	return e.store.Pin(ctx, conversationID, messageID, on)
}

// Pinned returns those of the pinned messages of a conversation that are here,
// oldest first.
func (e *Engine) Pinned(ctx context.Context, conversationID string) ([]store.Message, error) {
	return e.store.Pinned(ctx, conversationID)
}

// Forward queues messages again, in other conversations, as store.Forward.
func (e *Engine) Forward(ctx context.Context, f store.Forward) error {
	return e.store.Forward(ctx, f)
}

// Record returns what a record holds, as store.Record.
func (e *Engine) Record(ctx context.Context, conversationID, messageID string, path []int) (store.Record, error) {
	return e.store.Record(ctx, conversationID, messageID, path)
}

// Clear takes a conversation's messages away from the user's own view, here at
// once and on their other devices when the server can be reached.
func (e *Engine) Clear(ctx context.Context, conversationID string) error {
	return e.store.Clear(ctx, conversationID)
}

// ClearForAll deletes a conversation's messages for both of its members, here
// at once and elsewhere when the server can be reached.
func (e *Engine) ClearForAll(ctx context.Context, conversationID string) error {
	return e.store.ClearForAll(ctx, conversationID)
}

// Versions returns all that a text ever said, the present words last.
func (e *Engine) Versions(ctx context.Context, conversationID string, seq int64) ([]store.Version, error) {
	return e.store.Versions(ctx, conversationID, seq)
}

// MarkRead moves the read position, never back, here at once and on the server
// when it can be reached.
func (e *Engine) MarkRead(ctx context.Context, conversationID string, seq int64) error {
	return e.store.MarkRead(ctx, conversationID, seq)
}

// UpdateChat changes how a conversation stands in the user's list, here at once
// and on their other devices when the server can be reached.
func (e *Engine) UpdateChat(ctx context.Context, conversationID string, c store.ChatChange) error {
	return e.store.UpdateChat(ctx, conversationID, c)
}

// Folders returns the user's own folders in their order.
func (e *Engine) Folders(ctx context.Context) ([]protocol.Folder, error) {
	return e.store.Folders(ctx)
}

// PutFolder makes a folder or changes it, as store.PutFolder.
func (e *Engine) PutFolder(ctx context.Context, f protocol.Folder, at int) (protocol.Folder, error) {
	return e.store.PutFolder(ctx, f, at)
}

// RemoveFolder takes a folder away. Its conversations stay where else they are.
func (e *Engine) RemoveFolder(ctx context.Context, id string) error {
	return e.store.RemoveFolder(ctx, id)
}

// SaveDraft keeps what is not sent, here at once and on the user's other
// devices soon; an empty draft removes it. done says that the user left the
// conversation: then the others get it without a pause. A draft that is too
// long to be sent stays on this device.
func (e *Engine) SaveDraft(ctx context.Context, conversationID string, d protocol.Draft, done bool) error {
	if err := e.store.SaveDraft(ctx, conversationID, d); err != nil {
		return err
	}
	if done {
		e.outbox.DraftDone(conversationID)
	}
	return nil
}

// SaveEdit keeps what the message with a seq is to say instead, on this device
// alone and until it is sent; 0 ends the edit that was kept.
func (e *Engine) SaveEdit(ctx context.Context, conversationID string, seq int64, text string) error {
	return e.store.SaveEdit(ctx, conversationID, seq, text)
}

const (
	// fetchWithin bounds how long Page waits for the server before it shows
	// what is here.
	fetchWithin = 10 * time.Second

	// fetchRounds bounds how often one Page asks the server: each round fills
	// the hole nearest to where the page begins.
	fetchRounds = 4
)

// Page returns part of a conversation, oldest first: from the local store, and
// from the server first where the local store lacks it. What cannot be fetched
// now is left out, and the page says Missing.
func (e *Engine) Page(ctx context.Context, q store.PageQuery) (store.Page, error) {
	page, asks, err := e.store.Page(ctx, q)
	defer func() { e.again.fill(page.Messages, e.now()) }()
	if err != nil || len(asks) == 0 || !e.connected() {
		return page, err
	}
	limit := max(q.Limit, protocol.DefaultPage)
	fetching, cancel := context.WithTimeout(ctx, fetchWithin)
	defer cancel()
	for range fetchRounds {
		for _, ask := range asks {
			if err := e.inbox.Fetch(fetching, q.ConversationID, ask, limit); err != nil {
				e.log.Info("page is shown with a hole", "conversation", q.ConversationID, "error", err)
				return page, nil
			}
		}
		page, asks, err = e.store.Page(ctx, q)
		if err != nil || len(asks) == 0 {
			return page, err
		}
	}
	return page, nil
}

func (e *Engine) connected() bool {
	s := e.Connection().State
	return s == ConnectionSyncing || s == ConnectionOnline
}

// Messages returns the named messages that exist, in the order of the page.
func (e *Engine) Messages(ctx context.Context, conversationID string, ids []string) ([]store.Message, error) {
	list, err := e.store.Messages(ctx, conversationID, ids)
	e.again.fill(list, e.now())
	return list, err
}
