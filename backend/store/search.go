package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"gorm.io/gorm"
	"mychat/backend/markup"
	"mychat/protocol"
	txt "mychat/text"
)

// SearchQuery asks for messages. With no words it asks for all that the rest
// lets through; the zero value finds nothing.
type SearchQuery struct {
	Words          string // As the user typed them; see text.Query for what matches.
	ConversationID string // "" means any.
	Sender         string // A user id; "" means anybody.
	Links          bool   // Only messages with a link.
	FromMS, ToMS   int64  // Not before, and before; 0 means no bound.
	Cursor         string // Of the Hits that these follow; "" means from the newest.
	Limit          int    // 0 means protocol.DefaultPage; at most protocol.MaxPage.
}

// Hits are messages that a search found, newest first.
type Hits struct {
	Hits     []Hit  `json:"hits"`
	Cursor   string `json:"cursor"`   // Asks for those that follow; "" means that there are none.
	Indexing bool   `json:"indexing"` // Older messages are here and not all found yet.
}

// Hit is one message and what of it was looked for.
type Hit struct {
	Message Message    `json:"message"`
	Snippet []txt.Part `json:"snippet"` // One line around the first hit.
}

// maxExamined bounds how many messages one search looks at. Past it, it
// answers with what it found and a cursor.
const maxExamined = 20_000

// Search returns the newest messages that are here and match.
func (s *Store) Search(ctx context.Context, q SearchQuery) (Hits, error) {
	out := Hits{Hits: []Hit{}}
	indexing, err := s.Indexing(ctx)
	if err != nil {
		return out, err
	}
	err = s.snapshot(ctx, func(db *gorm.DB) error {
		out = Hits{Hits: []Hit{}, Indexing: indexing}
		r := searcher{db: db, q: q, words: txt.ParseQuery(q.Words), limit: PageQuery{Limit: q.Limit}.limit()}
		if q.ConversationID != "" {
			if r.c, err = findConversation(db, q.ConversationID); err != nil {
				return err
			}
		}
		ids, err := r.find(ctx)
		if err != nil {
			return err
		}
		out.Cursor = r.cursor
		out.Hits, err = r.hits(ids)
		return err
	})
	if err != nil {
		return Hits{Hits: []Hit{}}, fmt.Errorf("search messages: %w", err)
	}
	return out, nil
}

// searcher runs one search on one state of the database.
type searcher struct {
	db     *gorm.DB
	q      SearchQuery
	words  txt.Query
	c      conversationRow // Where q names one.
	limit  int
	cursor string
}

// find returns the keys of the messages that match, and notes the cursor.
func (r *searcher) find(ctx context.Context) (keys []int64, err error) {
	rows, err := r.candidates()
	if err != nil || rows == nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	var id int64
	for examined := 0; rows.Next(); examined++ {
		if len(keys) == r.limit || examined == maxExamined {
			r.cursor = strconv.FormatInt(id, 10)
			return keys, ctx.Err()
		}
		var (
			m     messageRow
			floor int64
		)
		if err := rows.Scan(&id, &m.ID, &m.Seq, &m.Kind, &m.Sender, &m.Body, &m.Fallback, &m.CreatedMS, &m.Conv, &floor); err != nil {
			return nil, err
		}
		if (m.Seq == 0 || m.Seq >= floor) && r.matches(m) {
			keys = append(keys, m.ID)
		}
	}
	return keys, rows.Err()
}

// candidates returns the messages that may match, newest first, or nil when
// nothing is asked.
func (r *searcher) candidates() (*sql.Rows, error) {
	const columns = `SELECT r.id, m.id, m.seq, m.kind, m.sender, m.body, m.fallback, m.created_ms, m.conv, c.floor_seq FROM `
	const messages = ` CROSS JOIN message m ON m.id = r.message CROSS JOIN conversation c ON c.key = m.conv WHERE `
	from, before := int64(math.MinInt64), int64(math.MaxInt64)
	if r.q.FromMS > 0 {
		from = searchID(r.q.FromMS)
	}
	if r.q.ToMS > 0 {
		before = searchID(r.q.ToMS) + spillSeconds*searchSlots
	}
	if r.q.Cursor != "" {
		at, err := strconv.ParseInt(r.q.Cursor, 10, 64)
		if err != nil {
			return nil, protocol.Invalid("cursor", "not one that a search gave")
		}
		before = min(before, at)
	}
	lookup := r.lookup()
	switch {
	case lookup != "":
		return r.db.Raw(columns+"message_fts CROSS JOIN search_row r ON r.id = message_fts.rowid"+messages+
			"message_fts MATCH ? AND message_fts.rowid >= ? AND message_fts.rowid < ? ORDER BY message_fts.rowid DESC",
			lookup, from, before).Rows()
	case r.q.FromMS > 0 || r.q.ToMS > 0:
		return r.db.Raw(columns+"search_row r"+messages+"r.id >= ? AND r.id < ? ORDER BY r.id DESC", from, before).Rows()
	}
	return nil, nil
}

// lookup is what the index is asked.
func (r *searcher) lookup() string {
	var extra []string
	if r.q.ConversationID != "" {
		extra = append(extra, txt.ConversationToken(r.c.Key))
	}
	if r.q.Sender != "" {
		extra = append(extra, txt.SenderToken(r.q.Sender))
	}
	if r.q.Links {
		extra = append(extra, txt.LinkToken())
	}
	return r.words.Lookup(extra...)
}

// matches decides on a candidate.
func (r *searcher) matches(m messageRow) bool {
	q := r.q
	switch {
	case q.Sender != "" && m.Sender != q.Sender,
		q.ConversationID != "" && m.Conv != r.c.Key,
		q.FromMS > 0 && m.CreatedMS < q.FromMS,
		q.ToMS > 0 && m.CreatedMS >= q.ToMS:
		return false
	}
	if r.words.Empty() && !q.Links {
		return true
	}
	words := m.words()
	return r.words.Matches(words) && (!q.Links || txt.HasLink(words))
}

// hits reads messages by their keys, in that order.
func (r *searcher) hits(keys []int64) ([]Hit, error) {
	out := []Hit{}
	if len(keys) == 0 {
		return out, nil
	}
	var rows []struct {
		Row            messageRow `gorm:"embedded"`
		ConversationID string
	}
	err := r.db.Raw(`SELECT m.*, c.id AS conversation_id FROM message m JOIN conversation c ON c.key = m.conv
		WHERE m.id IN (` + numbers(keys) + `)`).Scan(&rows).Error
	if err != nil {
		return nil, err
	}
	byKey := make(map[int64]Hit, len(rows))
	for _, row := range rows {
		m := row.Row.view(row.ConversationID)
		byKey[row.Row.ID] = Hit{Message: m, Snippet: snippet(r.words, row.Row.Kind, row.Row.Body)}
	}
	for _, key := range keys {
		out = append(out, byKey[key])
	}
	return out, nil
}

// snippet returns a message around the first hit of a query, without the marks
// of a text.
func snippet(q txt.Query, kind string, body []byte) []txt.Part {
	words := protocol.Words(kind, body)
	if kind == protocol.KindText {
		words = markup.Plain(words)
	}
	return q.Snippet(words)
}

// numbers writes keys as SQL: binding many values is slow.
func numbers(keys []int64) string {
	var b strings.Builder
	for i, key := range keys {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(strconv.FormatInt(key, 10))
	}
	return b.String()
}
