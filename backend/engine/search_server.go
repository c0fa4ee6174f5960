package engine

import (
	"context"
	"errors"
	"slices"

	"mychat/backend/remote"
	"mychat/backend/store"
	"mychat/protocol"
)

// What a search beyond this device came to.
const (
	BeyondComplete = "complete" // All of the history that is asked about is here; nobody was asked.
	BeyondFound    = "found"    // The server was asked.
	BeyondOffline  = "offline"  // It could not be.
	BeyondOff      = "off"      // It keeps no index.
)

// Beyond is what the server found of what is not here, newest first.
type Beyond struct {
	State    string // One of the Beyond constants.
	Hits     []store.Hit
	Cursor   string // Asks for those that follow, also where there is no hit; "" means that there are none.
	Indexing bool   // The server does not find all of them yet.
}

// SearchBeyond asks the server for messages that match and are not here,
// because this device has not fetched them yet. It asks about the conversations
// that have holes alone; where there is none it asks nothing.
func (e *Engine) SearchBeyond(ctx context.Context, q store.SearchQuery) (Beyond, error) {
	out := Beyond{State: BeyondComplete, Hits: []store.Hit{}}
	lacking, err := e.lacking(ctx, q.ConversationID)
	if err != nil || len(lacking) == 0 {
		return out, err
	}
	if e.Connection().State == ConnectionOff {
		out.State = BeyondOffline
		return out, nil
	}
	if len(lacking) > protocol.MaxFindConversations {
		lacking = nil // All of them; what is here is left out of the answer.
	}
	found, err := e.client.Search(ctx, protocol.SearchQuery{
		Words: q.Words, Conversations: lacking, Sender: q.Sender, Links: q.Links,
		FromMS: q.FromMS, ToMS: q.ToMS, Cursor: q.Cursor, Limit: q.Limit,
	})
	var unreachable *remote.Error
	switch {
	case errors.Is(err, protocol.ErrNotFound):
		out.State = BeyondOff
		return out, nil
	case errors.As(err, &unreachable):
		out.State = BeyondOffline
		return out, nil
	case err != nil:
		return out, err
	}
	out.State, out.Cursor, out.Indexing = BeyondFound, found.Cursor, found.Indexing
	out.Hits, err = e.store.Beyond(ctx, q.Words, found.Hits)
	return out, err
}

// lacking returns the conversations with holes, or the one that is named if it
// has some.
func (e *Engine) lacking(ctx context.Context, conversationID string) ([]string, error) {
	lacks, err := e.store.Lacks(ctx)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, l := range lacks {
		if conversationID == "" || l.ConversationID == conversationID {
			ids = append(ids, l.ConversationID)
		}
	}
	slices.Sort(ids)
	return ids, nil
}
