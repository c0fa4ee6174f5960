package store

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"mychat/protocol"
	txt "mychat/text"
)

// The index of what entries say follows the logs: a conversation is indexed up
// to its row of search_position, and an entry that acts on another has that one
// indexed again. It only proposes; Search compares the words that stand in the
// log now.

// SearchPlace is a conversation that is not indexed to its end.
type SearchPlace struct {
	ConversationID ID
	Seq            int64 // Up to here it is.
	LastSeq        int64
}

const searchLag = `SELECT c.id AS conversation_id, coalesce(p.seq, 0) AS seq, c.last_seq FROM conversation c
	LEFT JOIN search_position p ON p.conv_id = c.id WHERE c.last_seq > coalesce(p.seq, 0) AND `

// SearchLag returns up to limit conversations with an id greater than after
// that are not indexed to their end, ascending.
func (tx *Tx) SearchLag(after ID, limit int) ([]SearchPlace, error) {
	return many[SearchPlace](tx, searchLag+`c.id > ? ORDER BY c.id LIMIT ?`, after, limit)
}

// SearchLagOf returns which of some conversations are not indexed to their end.
func (tx *Tx) SearchLagOf(convs []ID) ([]SearchPlace, error) {
	return many[SearchPlace](tx, searchLag+`c.id IN `+tx.set()+` ORDER BY c.id`, tx.ids(convs))
}

// SearchBatch is a part of the index to be written.
type SearchBatch struct {
	Entries int // How many were read for it.

	places  []SearchPlace // With the new position in LastSeq.
	add     []searchEntry
	removed []EntryKey
}

// searchEntry is an entry on its way into the index.
type searchEntry struct {
	EntryKey
	createdMS int64
	tokens    string
	id        int64 // On SQLite, the row in search_fts.
}

type searchSource struct {
	ConvID    ID
	Seq       int64
	SenderID  ID
	Kind      string
	RefSeq    int64
	CreatedMS int64 `gorm:"column:created_ms"`
	Body      string
}

const searchSources = `SELECT e.conv_id, e.seq, e.sender_id, e.kind, e.ref_seq, e.created_ms, e.body FROM `

// ReadForSearch reads up to about limit entries after the positions of places,
// and those that they act on, and makes their tokens.
func (tx *Tx) ReadForSearch(places []SearchPlace, limit int) (SearchBatch, error) {
	var b SearchBatch
	var cells [][]int64
	for _, p := range places {
		if limit <= 0 {
			break
		}
		p.LastSeq = min(p.LastSeq, p.Seq+int64(limit))
		limit -= int(p.LastSeq - p.Seq)
		b.places = append(b.places, p)
		cells = append(cells, []int64{int64(p.ConversationID), p.Seq, p.LastSeq})
	}
	rows, err := many[searchSource](tx, searchSources+tx.table("k", "conv_id", "lo", "hi")+`
		JOIN entry e ON e.conv_id = k.conv_id AND e.seq > k.lo AND e.seq <= k.hi`, tx.rows(3, cells)...)
	if err != nil {
		return b, err
	}
	b.Entries = len(rows)
	fresh := make(map[EntryKey]bool, len(rows))
	for _, r := range rows {
		fresh[EntryKey{r.ConvID, r.Seq}] = true
	}
	for _, r := range rows {
		if key := (EntryKey{r.ConvID, r.RefSeq}); protocol.Acts(r.Kind) && !fresh[key] {
			fresh[key] = true
			b.removed = append(b.removed, key)
		}
	}
	if len(b.removed) > 0 {
		again, err := many[searchSource](tx, searchSources+tx.table("k", "conv_id", "seq")+`
			JOIN entry e ON e.conv_id = k.conv_id AND e.seq = k.seq`, tx.rows(2, keyCells(b.removed))...)
		if err != nil {
			return b, err
		}
		rows = append(rows, again...)
	}
	for _, r := range rows {
		if tokens := r.tokens(); tokens != "" {
			b.add = append(b.add, searchEntry{EntryKey: EntryKey{r.ConvID, r.Seq}, createdMS: r.CreatedMS, tokens: tokens})
		}
	}
	return b, nil
}

// searchWords returns the folded text that an entry is found by; "" means that
// it is not found.
func searchWords(kind, body string) string { return txt.Fold(protocol.Words(kind, []byte(body))) }

func (r searchSource) tokens() string {
	words := searchWords(r.Kind, r.Body)
	if words == "" {
		return ""
	}
	tokens := []string{txt.Tokens(words), txt.ConversationToken(int64(r.ConvID)), txt.SenderToken(r.SenderID.String())}
	if txt.HasLink(words) {
		tokens = append(tokens, txt.LinkToken())
	}
	return strings.TrimPrefix(strings.Join(tokens, " "), " ")
}

// WriteSearch writes what ReadForSearch read. ErrConflict means that another
// node was faster, and nothing is to be kept of it.
func (tx *Tx) WriteSearch(b SearchBatch) error {
	if len(b.places) == 0 {
		return nil
	}
	cells := make([][]int64, len(b.places))
	for i, p := range b.places {
		cells[i] = []int64{int64(p.ConversationID), p.Seq, p.LastSeq}
	}
	// The rows that are not there yet have the position 0.
	_, err := tx.exec(`INSERT INTO search_position (conv_id, seq) SELECT k.conv_id, 0 FROM `+tx.table("k", "conv_id", "was", "now")+`
		WHERE TRUE ORDER BY k.conv_id ON CONFLICT (conv_id) DO NOTHING`, tx.rows(3, cells)...)
	if err != nil {
		return err
	}
	moved, err := tx.exec(`UPDATE search_position SET seq = k.now FROM `+tx.table("k", "conv_id", "was", "now")+`
		WHERE search_position.conv_id = k.conv_id AND search_position.seq = k.was`, tx.rows(3, cells)...)
	if err != nil {
		return err
	}
	if moved != int64(len(cells)) {
		return ErrConflict
	}
	if tx.pg {
		return tx.writeSearchPG(b)
	}
	return tx.writeSearchSQLite(b)
}

func (tx *Tx) writeSearchPG(b SearchBatch) error {
	if len(b.removed) > 0 {
		_, err := tx.exec(`DELETE FROM search_entry USING `+tx.table("k", "conv_id", "seq")+`
			WHERE search_entry.conv_id = k.conv_id AND search_entry.seq = k.seq`, tx.rows(2, keyCells(b.removed))...)
		if err != nil {
			return err
		}
	}
	n := len(b.add)
	conv, seq, created, tokens := make([]ID, n), make([]int64, n), make([]int64, n), make([]string, n)
	for i, e := range b.add {
		conv[i], seq[i], created[i], tokens[i] = e.ConversationID, e.Seq, e.createdMS, e.tokens
	}
	_, err := tx.exec(`INSERT INTO search_entry (conv_id, seq, created_ms, tok)
		SELECT k.conv_id, k.seq, k.created_ms, array_to_tsvector(string_to_array(k.tok, ' '))
		FROM unnest(?::bigint[], ?::bigint[], ?::bigint[], ?::text[]) AS k (conv_id, seq, created_ms, tok)`,
		int64s(conv), int64s(seq), int64s(created), texts(tokens))
	return err
}

func (tx *Tx) writeSearchSQLite(b SearchBatch) error {
	if len(b.removed) > 0 {
		const which = ` FROM search_row r JOIN `
		cells := tx.rows(2, keyCells(b.removed))
		table := tx.table("k", "conv_id", "seq") + ` ON r.conv_id = k.conv_id AND r.seq = k.seq)`
		if _, err := tx.exec(`DELETE FROM search_fts WHERE rowid IN (SELECT r.id`+which+table, cells...); err != nil {
			return err
		}
		if _, err := tx.exec(`DELETE FROM search_row WHERE id IN (SELECT r.id`+which+table, cells...); err != nil {
			return err
		}
	}
	if len(b.add) == 0 {
		return nil
	}
	if err := tx.numberForSearch(b.add); err != nil {
		return err
	}
	// An index grows fastest at its end.
	slices.SortFunc(b.add, func(x, y searchEntry) int { return int(x.id - y.id) })
	rows, tokens := make([][3]int64, len(b.add)), make([][2]any, len(b.add))
	for i, e := range b.add {
		rows[i], tokens[i] = [3]int64{e.id, int64(e.ConversationID), e.Seq}, [2]any{e.id, e.tokens}
	}
	_, err := tx.exec(`INSERT INTO search_row (id, conv_id, seq) SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?)`, jsonOf(rows))
	if err == nil {
		_, err = tx.exec(`INSERT INTO search_fts (rowid, tok) SELECT value ->> 0, value ->> 1 FROM json_each(?)`, jsonOf(tokens))
	}
	return err
}

const (
	// searchEpoch is where the milliseconds in the ids of search_fts begin:
	// small numbers make a small index.
	searchEpoch = 1_700_000_000_000

	// searchSlots is how many entries of one millisecond have ids of it. More
	// than that take those of the next ones.
	searchSlots = 64

	// spillMS is how far beyond their own millisecond ids are looked for.
	spillMS = 60_000
)

// searchID is the first id of a millisecond.
func searchID(ms int64) int64 { return (ms - searchEpoch) * searchSlots }

// numberForSearch gives each entry an id that no row has.
func (tx *Tx) numberForSearch(list []searchEntry) error {
	next := make(map[int64]int64) // By the first id of a millisecond, the first free one.
	ask := func(bases []int64) error {
		rows, err := many[struct{ Base, Free int64 }](tx, `SELECT k.value AS base, coalesce((SELECT max(id) + 1 FROM search_row
			WHERE id >= k.value AND id < k.value + `+strconv.Itoa(searchSlots)+`), k.value) AS free FROM json_each(?) k`, jsonOf(bases))
		for _, r := range rows {
			next[r.Base] = r.Free
		}
		return err
	}
	var bases []int64
	for _, e := range list {
		bases = append(bases, searchID(e.createdMS))
	}
	slices.Sort(bases)
	if err := ask(slices.Compact(bases)); err != nil {
		return err
	}
	for i := range list {
		base := searchID(list[i].createdMS)
		for next[base] >= base+searchSlots {
			base += searchSlots
			if _, known := next[base]; !known {
				if err := ask([]int64{base}); err != nil {
					return err
				}
			}
		}
		list[i].id = next[base]
		next[base]++
	}
	return nil
}

// SearchQuery asks for entries of the conversations in Views, within what those
// allow.
type SearchQuery struct {
	User    ID // Whose Views they are; what they deleted for themselves is not found.
	Views   map[ID]View
	Words   txt.Query
	Sender  ID     // 0 means anybody.
	Kind    string // "" means any.
	Links   bool   // Only those with a link.
	FromMS  int64  // Not before; 0 means no bound.
	ToMS    int64  // Before; 0 means no bound.
	Cursor  string // Of the hits that these follow; "" means from the newest.
	Limit   int    // Most hits.
	Examine int    // Most entries looked at.
}

// ErrCursor is the answer to a cursor that no search gave.
var ErrCursor = errors.New("not a cursor")

// SearchHit is an entry that matches.
type SearchHit struct {
	ConversationID ID
	Entry          protocol.Entry
}

// manyConversations is from how many on their tokens are left out of what the
// index is asked, and each candidate is asked for its conversation instead.
const manyConversations = 200

// Search returns the newest entries that match, and a cursor for those that
// follow; "" means that there are none.
func (tx *Tx) Search(q SearchQuery) (hits []SearchHit, cursor string, err error) {
	hits = []SearchHit{}
	if len(q.Views) == 0 || q.Limit <= 0 {
		return hits, "", nil
	}
	find := tx.candidatesSQLite
	if tx.pg {
		find = tx.candidatesPG
	}
	rows, err := find(q)
	if err != nil {
		return hits, "", err
	}
	defer func() { err = classify(firstError(err, rows.Close())) }()
	for examined := 0; rows.Next(); examined++ {
		if len(hits) == q.Limit || examined == q.Examine {
			return hits, cursor, nil
		}
		var r entryRow
		if err := rows.Scan(&cursor, &r.ConvID, &r.Seq, &r.SenderID, &r.ClientID, &r.Kind, &r.RefSeq, &r.Mentions, &r.FileIDs,
			&r.Fallback, &r.CreatedMS, &r.Body, &r.EditedMS, &r.RecalledMS); err != nil {
			return hits, "", err
		}
		if !q.matches(r) {
			continue
		}
		e, err := r.wire()
		if err != nil {
			return hits, "", err
		}
		hits = append(hits, SearchHit{r.ConvID, e})
	}
	return hits, "", rows.Err()
}

// matches decides on a candidate.
func (q SearchQuery) matches(r entryRow) bool {
	switch v, ok := q.Views[r.ConvID]; {
	case !ok || !v.Sees(r.Seq),
		q.Sender != 0 && r.SenderID != q.Sender,
		q.Kind != "" && r.Kind != q.Kind,
		q.FromMS > 0 && r.CreatedMS < q.FromMS,
		q.ToMS > 0 && r.CreatedMS >= q.ToMS:
		return false
	}
	words := searchWords(r.Kind, r.Body)
	return words != "" && q.Words.Matches(words) && (!q.Links || txt.HasLink(words))
}

// tokens are the tokens that every hit has, beside those of the words.
func (q SearchQuery) tokens() (all, conversations []string) {
	if q.Sender != 0 {
		all = append(all, txt.SenderToken(q.Sender.String()))
	}
	if q.Links {
		all = append(all, txt.LinkToken())
	}
	if len(q.Views) < manyConversations {
		for id := range q.Views {
			conversations = append(conversations, txt.ConversationToken(int64(id)))
		}
	}
	return all, conversations
}

const searchColumns = `e.conv_id, e.seq, e.sender_id, e.client_id, e.kind, e.ref_seq, e.mentions, e.file_ids,
	e.fallback, e.created_ms, e.body, e.edited_ms, e.recalled_ms `

// notDeleted is SQL that is true for entries e that a user did not delete for
// themselves.
const notDeleted = `NOT EXISTS (SELECT 1 FROM mark d WHERE d.user_id = ? AND d.conv_id = e.conv_id AND d.seq = e.seq AND d.deleted_ms > 0)`

func (tx *Tx) candidatesSQLite(q SearchQuery) (*sql.Rows, error) {
	from, before := int64(-1<<62), int64(1<<62)
	if q.FromMS > 0 {
		from = searchID(q.FromMS)
	}
	if q.ToMS > 0 {
		before = searchID(q.ToMS + spillMS)
	}
	if q.Cursor != "" {
		at, err := strconv.ParseInt(q.Cursor, 10, 64)
		if err != nil {
			return nil, ErrCursor
		}
		before = min(before, at)
	}
	extra, conversations := q.tokens()
	match := q.Words.Lookup(extra...)
	if len(conversations) > 0 {
		if match != "" {
			match += " AND "
		}
		match += `("` + strings.Join(conversations, `" OR "`) + `")`
	}
	const entries = ` CROSS JOIN entry e ON e.conv_id = r.conv_id AND e.seq = r.seq WHERE `
	if match == "" {
		return tx.query(`SELECT r.id, `+searchColumns+`FROM search_row r`+entries+``+notDeleted+` AND r.id >= ? AND r.id < ? ORDER BY r.id DESC`, q.User, from, before)
	}
	return tx.query(`SELECT r.id, `+searchColumns+`FROM search_fts CROSS JOIN search_row r ON r.id = search_fts.rowid`+entries+
		notDeleted+` AND search_fts MATCH ? AND search_fts.rowid >= ? AND search_fts.rowid < ? ORDER BY search_fts.rowid DESC`, q.User, match, from, before)
}

func (tx *Tx) candidatesPG(q SearchQuery) (*sql.Rows, error) {
	where, args := notDeleted, []any{q.User}
	add := func(cond string, values ...any) {
		where += ` AND ` + cond
		args = append(args, values...)
	}
	extra, conversations := q.tokens()
	var match []string
	for _, t := range q.Words.Terms() {
		lexeme := lexeme(t.Token)
		if t.Prefix {
			lexeme += ":*"
		}
		match = append(match, lexeme)
	}
	for _, token := range extra {
		match = append(match, lexeme(token))
	}
	if len(conversations) > 0 {
		for i, token := range conversations {
			conversations[i] = lexeme(token)
		}
		match = append(match, "("+strings.Join(conversations, " | ")+")")
	} else {
		ids := make([]ID, 0, len(q.Views))
		for id := range q.Views {
			ids = append(ids, id)
		}
		add(`s.conv_id IN `+tx.set(), tx.ids(ids))
	}
	if len(match) > 0 {
		add(`s.tok @@ ?::tsquery`, strings.Join(match, " & "))
	}
	if q.FromMS > 0 {
		add(`s.created_ms >= ?`, q.FromMS)
	}
	if q.ToMS > 0 {
		add(`s.created_ms < ?`, q.ToMS)
	}
	if q.Cursor != "" {
		var ms, conv, seq int64
		if n, err := fmt.Sscanf(q.Cursor, "%d.%d.%d", &ms, &conv, &seq); n != 3 || err != nil {
			return nil, ErrCursor
		}
		add(`(s.created_ms, s.conv_id, s.seq) < (?, ?, ?)`, ms, conv, seq)
	}
	return tx.query(`SELECT s.created_ms || '.' || s.conv_id || '.' || s.seq, `+searchColumns+`
		FROM search_entry s JOIN entry e ON e.conv_id = s.conv_id AND e.seq = s.seq WHERE `+where+`
		ORDER BY s.created_ms DESC, s.conv_id DESC, s.seq DESC LIMIT ?`, append(args, q.Examine+1)...)
}

var lexemeQuote = strings.NewReplacer(`\`, `\\`, `'`, `''`)

// lexeme writes a token for a tsquery.
func lexeme(token string) string { return `'` + lexemeQuote.Replace(token) + `'` }
