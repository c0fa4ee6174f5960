package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/oklog/ulid/v2"

	"mychat/protocol"
)

// Entry is one line of a conversation's log as it is written.
type Entry struct {
	ConversationID ID
	SenderID       ID
	ClientID       ulid.ULID
	Digest         []byte // Of what was sent, to tell a repeat from a reused id.
	Wire           protocol.Entry
}

// entryCells are the columns of entry in the order InsertEntries writes them.
const entryCells = `conv_id, seq, sender_id, client_id, digest, kind, countable, ref_seq, mentions, file_ids, fallback, created_ms, body, silent`

// entryRows is how many rows one statement inserts on SQLite, whose cost of
// binding grows with the square of the parameters.
const entryRows = 15

// InsertEntries adds entries to locked conversations, and gives who sees them a
// right to their files. ErrConflict means that a client id was used meanwhile.
func (tx *Tx) InsertEntries(list []Entry) error {
	insert := tx.insertEntriesSQLite
	if tx.pg {
		insert = tx.insertEntriesPG
	}
	if len(list) == 0 {
		return nil
	}
	if err := insert(list); err != nil {
		return err
	}
	return tx.insertEntryFiles(list)
}

func (tx *Tx) insertEntriesSQLite(list []Entry) error {
	const row = "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
	for len(list) > 0 {
		n := min(len(list), entryRows)
		args := make([]any, 0, n*14)
		for _, e := range list[:n] {
			w := e.Wire
			args = append(args, e.ConversationID, w.Seq, e.SenderID, e.ClientID.Bytes(), e.Digest, w.Kind, protocol.Countable(w.Kind),
				w.RefSeq, listOf(w.Mentions), listOf(w.FileIDs), w.Fallback, w.CreatedMS, string(w.Body), w.Silent)
		}
		sql := "INSERT INTO entry (" + entryCells + ") VALUES " + row + strings.Repeat(", "+row, n-1)
		if _, err := tx.exec(sql, args...); err != nil {
			return err
		}
		list = list[n:]
	}
	return nil
}

func (tx *Tx) insertEntriesPG(list []Entry) error {
	n := len(list)
	conv, sender := make([]ID, n), make([]ID, n)
	seq, ref, created := make([]int64, n), make([]int64, n), make([]int64, n)
	client, digest := make([][]byte, n), make([][]byte, n)
	kind, mentions, files, fallback, body := make([]string, n), make([]string, n), make([]string, n), make([]string, n), make([]string, n)
	countable, silent := make([]bool, n), make([]bool, n)
	for i, e := range list {
		w := e.Wire
		conv[i], sender[i], client[i], digest[i] = e.ConversationID, e.SenderID, e.ClientID.Bytes(), e.Digest
		silent[i] = w.Silent
		seq[i], ref[i], created[i], countable[i] = w.Seq, w.RefSeq, w.CreatedMS, protocol.Countable(w.Kind)
		kind[i], mentions[i], files[i], fallback[i], body[i] = w.Kind, listOf(w.Mentions), listOf(w.FileIDs), w.Fallback, string(w.Body)
	}
	_, err := tx.exec(`INSERT INTO entry (`+entryCells+`) SELECT * FROM unnest(?::bigint[], ?::bigint[], ?::bigint[],
		?::bytea[], ?::bytea[], ?::text[], ?::boolean[], ?::bigint[], ?::text[], ?::text[], ?::text[], ?::bigint[], ?::text[], ?::boolean[])`,
		int64s(conv), int64s(seq), int64s(sender), blobs(client), blobs(digest), texts(kind), bools(countable), int64s(ref),
		texts(mentions), texts(files), texts(fallback), int64s(created), texts(body), bools(silent))
	return err
}

// listOf writes a list as a JSON array, or "" for none.
func listOf[T any](list []T) string {
	if len(list) == 0 {
		return ""
	}
	return jsonOf(list)
}

// parseList reads what listOf wrote.
func parseList[T any](text string, list *[]T) error {
	if text == "" {
		return nil
	}
	return json.Unmarshal([]byte(text), list)
}

// ClientKey is what makes an entry unique for its sender.
type ClientKey struct {
	SenderID ID
	ClientID ulid.ULID
}

// Stored is what was answered for an entry, and what tells whether it is the
// same.
type Stored struct {
	ConversationID ID
	Seq            int64
	CreatedMS      int64
	Digest         []byte
}

// StoredEntries returns those of the named entries that exist, or were deleted
// a short while ago.
func (tx *Tx) StoredEntries(keys []ClientKey) (map[ClientKey]Stored, error) {
	type row struct {
		SenderID  ID
		ClientID  []byte
		ConvID    ID
		Seq       int64
		CreatedMS int64 `gorm:"column:created_ms"`
		Digest    []byte
	}
	const columns = `SELECT e.sender_id, e.client_id, e.conv_id, e.seq, e.created_ms, e.digest FROM k `
	const on = ` e ON e.sender_id = k.sender_id AND e.client_id = k.client_id `
	const look = columns + `JOIN entry` + on + `UNION ALL ` + columns + `JOIN gone_entry` + on
	var rows []row
	var err error
	if tx.pg {
		senders, clients := make([]ID, len(keys)), make([][]byte, len(keys))
		for i, k := range keys {
			senders[i], clients[i] = k.SenderID, k.ClientID.Bytes()
		}
		rows, err = many[row](tx, `WITH k (sender_id, client_id) AS (SELECT * FROM unnest(?::bigint[], ?::bytea[])) `+look,
			int64s(senders), blobs(clients))
	} else {
		cells := make([][2]any, len(keys))
		for i, k := range keys {
			cells[i] = [2]any{k.SenderID, fmt.Sprintf("%X", k.ClientID.Bytes())}
		}
		rows, err = many[row](tx, `WITH k AS (SELECT value ->> 0 AS sender_id, unhex(value ->> 1) AS client_id FROM json_each(?)) `+look,
			jsonOf(cells))
	}
	if err != nil {
		return nil, err
	}
	stored := make(map[ClientKey]Stored, len(rows))
	for _, r := range rows {
		stored[ClientKey{r.SenderID, ulid.ULID(r.ClientID)}] = Stored{r.ConvID, r.Seq, r.CreatedMS, r.Digest}
	}
	return stored, nil
}

type entryRow struct {
	ConvID    ID
	Seq       int64
	SenderID  ID
	ClientID  []byte
	Kind      string
	RefSeq    int64
	Mentions  string
	FileIDs   string `gorm:"column:file_ids"`
	Fallback  string
	CreatedMS int64 `gorm:"column:created_ms"`
	Body      string
	Silent    bool

	EditedMS   int64 `gorm:"column:edited_ms"`
	RecalledMS int64 `gorm:"column:recalled_ms"`
	Reactions  string
}

const entryColumns = `SELECT e.conv_id, e.seq, e.sender_id, e.client_id, e.kind, e.ref_seq, e.mentions, e.file_ids,
	e.fallback, e.created_ms, e.body, e.silent, e.edited_ms, e.recalled_ms, e.reactions `

func (r *entryRow) wire() (protocol.Entry, error) {
	e := protocol.Entry{
		Seq: r.Seq, Kind: r.Kind, Sender: r.SenderID.String(), RefSeq: r.RefSeq,
		Fallback: r.Fallback, CreatedMS: r.CreatedMS, Body: protocol.RawJSON(r.Body),
		EditedMS: r.EditedMS, RecalledMS: r.RecalledMS, Silent: r.Silent,
	}
	if len(r.ClientID) != len(ulid.ULID{}) {
		return e, fmt.Errorf("entry %d of conversation %d: client id of %d bytes", r.Seq, r.ConvID, len(r.ClientID))
	}
	e.ClientID = ulid.ULID(r.ClientID).String()
	err := errors.Join(parseList(r.Mentions, &e.Mentions), parseList(r.FileIDs, &e.FileIDs), parseList(r.Reactions, &e.Reactions))
	if err != nil {
		return e, fmt.Errorf("entry %d of conversation %d: %w", r.Seq, r.ConvID, err)
	}
	return e, nil
}

// EntriesAfter returns up to limit entries after seq that v allows, ascending and
// as its user sees them,
// stopping early once their bodies exceed maxBytes; at least one if there is
// any. more says that v allows further ones.
func (tx *Tx) EntriesAfter(conv ID, v View, seq int64, limit, maxBytes int) (entries []protocol.Entry, more bool, err error) {
	return tx.entries(conv, v, "e.seq > ?", seq, "ASC", limit, maxBytes)
}

// EntriesBefore is EntriesAfter downwards: its entries are descending.
func (tx *Tx) EntriesBefore(conv ID, v View, seq int64, limit, maxBytes int) (entries []protocol.Entry, more bool, err error) {
	return tx.entries(conv, v, "e.seq < ?", seq, "DESC", limit, maxBytes)
}

func (tx *Tx) entries(conv ID, v View, bound string, seq int64, order string, limit, maxBytes int) (list []protocol.Entry, more bool, err error) {
	sql := entryColumns + `, d.seq IS NOT NULL AS deleted FROM entry e` + deletedMark +
		`WHERE e.conv_id = ? AND ` + bound + ` AND e.seq >= ? AND (FALSE`
	args := []any{v.UserID, conv, seq, v.FloorSeq}
	for _, r := range v.Ranges {
		sql += " OR e.seq >= ?"
		args = append(args, r.FromSeq)
		if r.ToSeq != 0 {
			sql += " AND e.seq <= ?"
			args = append(args, r.ToSeq)
		}
	}
	sql += ") ORDER BY e.seq " + order + " LIMIT ?"
	rows, err := tx.query(sql, append(args, limit+1)...)
	if err != nil {
		return nil, false, classify(err)
	}
	defer func() { err = classify(firstError(err, rows.Close())) }()
	list = make([]protocol.Entry, 0, min(limit, 64))
	size := 0
	for rows.Next() {
		if len(list) == limit || size > maxBytes {
			return list, true, nil
		}
		var r entryRow
		var deleted bool
		if err := rows.Scan(&r.ConvID, &r.Seq, &r.SenderID, &r.ClientID, &r.Kind, &r.RefSeq, &r.Mentions, &r.FileIDs,
			&r.Fallback, &r.CreatedMS, &r.Body, &r.Silent, &r.EditedMS, &r.RecalledMS, &r.Reactions, &deleted); err != nil {
			return nil, false, err
		}
		e, err := r.wire()
		if err != nil {
			return nil, false, err
		}
		if deleted {
			e = forReader(e)
		}
		size += len(e.Body)
		list = append(list, e)
	}
	return list, false, rows.Err()
}

func firstError(a, b error) error {
	if a != nil {
		return a
	}
	return b
}
