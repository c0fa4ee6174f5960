package store

import (
	"slices"
	"strings"

	"mychat/protocol"
)

// Note is a row for a user's journal before it has its number.
type Note struct {
	UserID ID
	Kind   string
	Body   []byte // JSON.
}

// Noted is a row of a user's journal.
type Noted struct {
	UserID ID
	Row    protocol.JournalRow
}

// AppendJournal gives every note the next number of its user's journal and
// writes it. The rows come back in the order of the notes. A user without a
// counter, so without an account, is an ErrNoRow.
func (tx *Tx) AppendJournal(notes []Note, nowMS int64) ([]Noted, error) {
	if len(notes) == 0 {
		return nil, nil
	}
	next, err := tx.takeNumbers(notes)
	if err != nil {
		return nil, err
	}
	rows := make([]Noted, len(notes))
	for i, n := range notes {
		useq, ok := next[n.UserID]
		if !ok {
			return nil, ErrNoRow
		}
		next[n.UserID]++
		rows[i] = Noted{n.UserID, protocol.JournalRow{Useq: useq, Kind: n.Kind, CreatedMS: nowMS, Body: n.Body}}
	}
	return rows, tx.insertJournal(rows)
}

// takeNumbers locks the counters of the users of notes, raises each by the
// number of their notes, and returns the first number of each.
func (tx *Tx) takeNumbers(notes []Note) (map[ID]int64, error) {
	counts := make(map[ID]int64)
	for _, n := range notes {
		counts[n.UserID]++
	}
	users := make([]ID, 0, len(counts))
	for id := range counts {
		users = append(users, id)
	}
	slices.Sort(users)
	if tx.pg { // UPDATE alone would lock in any order.
		if _, err := many[ID](tx, `SELECT user_id FROM journal_counter WHERE user_id IN `+tx.set()+`
			ORDER BY user_id FOR NO KEY UPDATE`, tx.ids(users)); err != nil {
			return nil, err
		}
	}
	cells := make([][]int64, len(users))
	for i, id := range users {
		cells[i] = []int64{int64(id), counts[id]}
	}
	list, err := many[struct {
		UserID ID
		Useq   int64
	}](tx, `UPDATE journal_counter SET useq = useq + t.n FROM `+tx.table("t", "id", "n")+`
		WHERE user_id = t.id RETURNING user_id, useq`, tx.rows(2, cells)...)
	first := make(map[ID]int64, len(list))
	for _, r := range list {
		first[r.UserID] = r.Useq - counts[r.UserID] + 1
	}
	return first, err
}

// journalRows is for the journal what entryRows is for entries.
const journalRows = 20

func (tx *Tx) insertJournal(list []Noted) error {
	if tx.pg {
		n := len(list)
		user, useq, created := make([]ID, n), make([]int64, n), make([]int64, n)
		kind, body := make([]string, n), make([]string, n)
		for i, r := range list {
			user[i], useq[i], created[i] = r.UserID, r.Row.Useq, r.Row.CreatedMS
			kind[i], body[i] = r.Row.Kind, string(r.Row.Body)
		}
		_, err := tx.exec(`INSERT INTO journal (user_id, useq, kind, created_ms, body)
			SELECT * FROM unnest(?::bigint[], ?::bigint[], ?::text[], ?::bigint[], ?::text[])`,
			int64s(user), int64s(useq), texts(kind), int64s(created), texts(body))
		return err
	}
	for len(list) > 0 {
		n := min(len(list), journalRows)
		args := make([]any, 0, n*5)
		for _, r := range list[:n] {
			args = append(args, r.UserID, r.Row.Useq, r.Row.Kind, r.Row.CreatedMS, string(r.Row.Body))
		}
		sql := "INSERT INTO journal (user_id, useq, kind, created_ms, body) VALUES (?, ?, ?, ?, ?)" +
			strings.Repeat(", (?, ?, ?, ?, ?)", n-1)
		if _, err := tx.exec(sql, args...); err != nil {
			return err
		}
		list = list[n:]
	}
	return nil
}

// JournalSpan is how far a user's journal goes.
type JournalSpan struct {
	Useq      int64 // The last number given.
	FloorUseq int64 // Rows up to this one are trimmed.
}

// JournalSpan returns how far a user's journal goes, or ErrNoRow.
func (tx *Tx) JournalSpan(userID ID) (JournalSpan, error) {
	return one[JournalSpan](tx, `SELECT useq, floor_useq FROM journal_counter WHERE user_id = ?`, userID)
}

// JournalAfter returns up to limit rows after pos, ascending.
func (tx *Tx) JournalAfter(userID ID, pos int64, limit int) ([]protocol.JournalRow, error) {
	rows, err := many[struct {
		Useq      int64
		Kind      string
		CreatedMS int64 `gorm:"column:created_ms"`
		Body      string
	}](tx, `SELECT useq, kind, created_ms, body FROM journal WHERE user_id = ? AND useq > ?
		ORDER BY useq LIMIT ?`, userID, pos, limit)
	list := make([]protocol.JournalRow, len(rows))
	for i, r := range rows {
		list[i] = protocol.JournalRow{Useq: r.Useq, Kind: r.Kind, CreatedMS: r.CreatedMS, Body: protocol.RawJSON(r.Body)}
	}
	return list, err
}

// TrimJournal deletes rows made before beforeMS, of at most limit of the
// oldest, and returns how many. What goes of a user's journal is always its
// beginning, and the counter remembers how much.
func (tx *Tx) TrimJournal(beforeMS int64, limit int) (int64, error) {
	old, err := many[struct {
		UserID ID
		Useq   int64
	}](tx, `SELECT user_id, max(useq) AS useq FROM (SELECT user_id, useq FROM journal
		WHERE created_ms < ? ORDER BY created_ms LIMIT ?) old GROUP BY user_id ORDER BY user_id`, beforeMS, limit)
	if err != nil || len(old) == 0 {
		return 0, err
	}
	cells := make([][]int64, len(old))
	users := make([]ID, len(old))
	for i, r := range old {
		cells[i] = []int64{int64(r.UserID), r.Useq}
		users[i] = r.UserID
	}
	if tx.pg {
		if _, err := many[ID](tx, `SELECT user_id FROM journal_counter WHERE user_id IN `+tx.set()+`
			ORDER BY user_id FOR NO KEY UPDATE`, tx.ids(users)); err != nil {
			return 0, err
		}
	}
	if _, err := tx.exec(`UPDATE journal_counter SET floor_useq = t.useq FROM `+tx.table("t", "id", "useq")+`
		WHERE user_id = t.id AND floor_useq < t.useq`, tx.rows(2, cells)...); err != nil {
		return 0, err
	}
	return tx.exec(`DELETE FROM journal WHERE EXISTS (SELECT 1 FROM journal_counter c
		WHERE c.user_id = journal.user_id AND journal.useq <= c.floor_useq)
		AND user_id IN `+tx.set(), tx.ids(users))
}
