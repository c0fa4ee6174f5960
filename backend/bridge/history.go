package bridge

import (
	"context"

	"mychat/backend/engine"
	"mychat/backend/store"
)

// History reads what was said, from the local store first and from the server
// where the local store lacks it.
type History struct{ app *App }

// PageRequest asks for a part of a conversation. With neither BeforeSeq nor
// AfterSeq it is the newest part; Around asks for both sides of a seq.
type PageRequest struct {
	ConversationID string `json:"conversation_id"`
	BeforeSeq      int64  `json:"before_seq"`
	AfterSeq       int64  `json:"after_seq"`
	AroundSeq      int64  `json:"around_seq"`
	Limit          int    `json:"limit"` // 0 means 50; at most 200.
}

// MessagesRequest names messages of one conversation.
type MessagesRequest struct {
	ConversationID string   `json:"conversation_id"`
	IDs            []string `json:"ids"`
}

// VersionsRequest names a text by its place.
type VersionsRequest struct {
	ConversationID string `json:"conversation_id"`
	Seq            int64  `json:"seq"`
}

// RecordRequest names a message that is a record, and along Path one that is in
// it: the places of records in each other.
type RecordRequest struct {
	ConversationID string `json:"conversation_id"`
	MessageID      string `json:"message_id"`
	Path           []int  `json:"path"`
}

// Pinned returns those of the pinned messages of a conversation that are here,
// oldest first.
func (h *History) Pinned(r ConversationRequest) ([]store.Message, error) {
	return list(onEngine(h.app, func(ctx context.Context, e *engine.Engine) ([]store.Message, error) {
		return e.Pinned(ctx, r.ConversationID)
	}))
}

// Record returns what a record holds.
func (h *History) Record(r RecordRequest) (store.Record, error) {
	return onEngine(h.app, func(ctx context.Context, e *engine.Engine) (store.Record, error) {
		return e.Record(ctx, r.ConversationID, r.MessageID, r.Path)
	})
}

// Versions returns all that a text ever said, the present words last.
func (h *History) Versions(r VersionsRequest) ([]store.Version, error) {
	return list(onEngine(h.app, func(ctx context.Context, e *engine.Engine) ([]store.Version, error) {
		return e.Versions(ctx, r.ConversationID, r.Seq)
	}))
}

// Page returns part of a conversation, oldest first.
func (h *History) Page(r PageRequest) (store.Page, error) {
	return onEngine(h.app, func(ctx context.Context, e *engine.Engine) (store.Page, error) {
		page, err := e.Page(ctx, store.PageQuery{
			ConversationID: r.ConversationID, BeforeSeq: r.BeforeSeq, AfterSeq: r.AfterSeq, AroundSeq: r.AroundSeq, Limit: r.Limit,
		})
		page.Messages, err = list(page.Messages, err)
		return page, err
	})
}

// Messages returns the named messages that exist, in the order of the page.
func (h *History) Messages(r MessagesRequest) ([]store.Message, error) {
	return list(onEngine(h.app, func(ctx context.Context, e *engine.Engine) ([]store.Message, error) {
		return e.Messages(ctx, r.ConversationID, r.IDs)
	}))
}
