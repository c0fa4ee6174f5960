package bridge

import (
	"context"

	"mychat/backend/engine"
	"mychat/backend/store"
)

// Search finds people, conversations and messages in what is on this device.
// All of it but OnServer works offline.
type Search struct{ app *App }

// maxFound bounds the people and the conversations of one search.
const maxFound = 50

// FindRequest looks for messages. Times are Unix milliseconds; 0 means no
// bound.
type FindRequest struct {
	Query          string `json:"query"`
	ConversationID string `json:"conversation_id"` // "" means any.
	Sender         string `json:"sender"`          // A user id; "" means anybody.
	Links          bool   `json:"links"`           // Only messages with a link.
	FromMS         int64  `json:"from_ms"`         // Not before.
	ToMS           int64  `json:"to_ms"`           // Before.
	Cursor         string `json:"cursor"`          // Of the hits that are to be continued; "" means the newest.
	Limit          int    `json:"limit"`           // 0 means 50; at most 200.
}

func (r FindRequest) query() store.SearchQuery {
	return store.SearchQuery{
		Words: r.Query, ConversationID: r.ConversationID, Sender: r.Sender, Links: r.Links,
		FromMS: r.FromMS, ToMS: r.ToMS, Cursor: r.Cursor, Limit: r.Limit,
	}
}

// ServerHits are messages that the server found and that are not here. State
// is "complete" where all of the history that was asked about is here and nobody
// was asked, "found" where the server was asked, "offline" where it could not be
// and "off" where it keeps no index.
type ServerHits struct {
	State    string      `json:"state"`
	Hits     []store.Hit `json:"hits"`
	Cursor   string      `json:"cursor"`   // Asks for those that follow, also where there is no hit; "" means that there are none.
	Indexing bool        `json:"indexing"` // The server does not find all of them yet.
}

// NamesRequest looks for people and conversations by name.
type NamesRequest struct {
	Query string `json:"query"`
}

// Found is what a search found by name.
type Found struct {
	People        []store.PersonHit       `json:"people"`
	Conversations []store.ConversationHit `json:"conversations"` // Those with nobody of the contacts.
}

// DaysRequest asks which days have messages: where each begins, ascending, and
// where the last one ends, in Unix milliseconds. At most 45 days.
type DaysRequest struct {
	ConversationID string  `json:"conversation_id"`
	StartsMS       []int64 `json:"starts_ms"`
}

// DateRequest names a moment in a conversation, such as where a day begins.
type DateRequest struct {
	ConversationID string `json:"conversation_id"`
	MS             int64  `json:"ms"`
}

// Names finds people by remark, nickname, username, pinyin and initials, and
// conversations by name.
func (s *Search) Names(r NamesRequest) (Found, error) {
	return onEngine(s.app, func(ctx context.Context, e *engine.Engine) (Found, error) {
		people, err := e.FindPeople(ctx, r.Query, maxFound)
		if err != nil {
			return Found{}, err
		}
		conversations, err := e.FindConversations(ctx, r.Query, maxFound)
		return Found{People: people, Conversations: conversations}, err
	})
}

// Messages finds messages, newest first.
func (s *Search) Messages(r FindRequest) (store.Hits, error) {
	return onEngine(s.app, func(ctx context.Context, e *engine.Engine) (store.Hits, error) {
		return e.Search(ctx, r.query())
	})
}

// OnServer finds messages that the server has and this device lacks, newest
// first. Only the cursor of an answer of OnServer continues it.
func (s *Search) OnServer(r FindRequest) (ServerHits, error) {
	return onEngine(s.app, func(ctx context.Context, e *engine.Engine) (ServerHits, error) {
		found, err := e.SearchBeyond(ctx, r.query())
		return ServerHits(found), err
	})
}

// Days returns the beginnings of those days that have messages.
func (s *Search) Days(r DaysRequest) ([]int64, error) {
	return list(onEngine(s.app, func(ctx context.Context, e *engine.Engine) ([]int64, error) {
		return e.Days(ctx, r.ConversationID, r.StartsMS)
	}))
}

// AtDate returns the seq of the first message at or after a moment, or of the
// last one before it; 0 means that there is none here.
func (s *Search) AtDate(r DateRequest) (int64, error) {
	return onEngine(s.app, func(ctx context.Context, e *engine.Engine) (int64, error) {
		return e.AtTime(ctx, r.ConversationID, r.MS)
	})
}
