package store

import "mychat/protocol"

// Mark is what a user marked of one message.
type Mark struct {
	EntryKey  `gorm:"embedded"`
	StarredMS int64 `gorm:"column:starred_ms"` // 0 means that it has no star.
	DeletedMS int64 `gorm:"column:deleted_ms"` // 0 means that they did not delete it for themselves.
}

// Wire returns m as its owner sees it.
func (m Mark) Wire() protocol.Mark {
	return protocol.Mark{Seq: m.Seq, StarredMS: m.StarredMS, DeletedMS: m.DeletedMS}
}

// Markable is a message that a user may mark.
type Markable struct {
	Seq      int64
	Recalled bool
}

// Markable returns which of some entries of a conversation are messages that v
// allows, ascending.
func (tx *Tx) Markable(conv ID, v View, seqs []int64) ([]Markable, error) {
	list, err := many[Markable](tx, `SELECT e.seq, e.recalled_ms > 0 AS recalled FROM `+tx.table("k", "seq")+`
		JOIN entry e ON e.conv_id = ? AND e.seq = k.seq WHERE e.countable OR e.recalled_ms > 0 ORDER BY e.seq`,
		append(tx.rows(1, column(seqs)), conv)...)
	seen := make([]Markable, 0, len(list))
	for _, m := range list {
		if v.Sees(m.Seq) {
			seen = append(seen, m)
		}
	}
	return seen, err
}

// column is rows of one cell, for table.
func column(list []int64) [][]int64 {
	cells := make([][]int64, len(list))
	for i, v := range list {
		cells[i] = []int64{v}
	}
	return cells
}

// Marks returns what a user marked of some messages of a conversation, by seq.
func (tx *Tx) Marks(userID, conv ID, seqs []int64) (map[int64]Mark, error) {
	rows, err := many[Mark](tx, `SELECT m.conv_id AS conversation_id, m.seq, m.starred_ms, m.deleted_ms FROM `+tx.table("k", "seq")+`
		JOIN mark m ON m.user_id = ? AND m.conv_id = ? AND m.seq = k.seq`, append(tx.rows(1, column(seqs)), userID, conv)...)
	marks := make(map[int64]Mark, len(rows))
	for _, m := range rows {
		marks[m.Seq] = m
	}
	return marks, err
}

// SetMarks writes marks of a locked user.
func (tx *Tx) SetMarks(userID ID, list []Mark) error {
	var set [][]int64
	var none []EntryKey
	for _, m := range list {
		if m.StarredMS == 0 && m.DeletedMS == 0 {
			none = append(none, m.EntryKey)
			continue
		}
		set = append(set, []int64{int64(userID), int64(m.ConversationID), m.Seq, m.StarredMS, m.DeletedMS})
	}
	if len(none) > 0 {
		_, err := tx.exec(`DELETE FROM mark WHERE user_id = ? AND (conv_id, seq) IN
			(SELECT k.conv_id, k.seq FROM `+tx.table("k", "conv_id", "seq")+`)`, append([]any{userID}, tx.rows(2, keyCells(none))...)...)
		if err != nil {
			return err
		}
	}
	if len(set) == 0 {
		return nil
	}
	_, err := tx.exec(`INSERT INTO mark (user_id, conv_id, seq, starred_ms, deleted_ms)
		SELECT k.user_id, k.conv_id, k.seq, k.starred_ms, k.deleted_ms FROM `+tx.table("k", "user_id", "conv_id", "seq", "starred_ms", "deleted_ms")+`
		WHERE TRUE ON CONFLICT (user_id, conv_id, seq) DO UPDATE SET starred_ms = excluded.starred_ms, deleted_ms = excluded.deleted_ms`,
		tx.rows(5, set)...)
	return err
}

// MarksAfter returns up to limit marks of a user that follow an entry, in order
// of conversation and seq; the zero key is before all. What they may not see any
// more, and stars of recalled messages, are left out.
func (tx *Tx) MarksAfter(userID ID, after EntryKey, limit int) ([]Mark, error) {
	return many[Mark](tx, `SELECT k.conv_id AS conversation_id, k.seq, k.starred_ms, k.deleted_ms FROM mark k
		JOIN member m ON m.conv_id = k.conv_id AND m.user_id = k.user_id
		JOIN conversation c ON c.id = k.conv_id JOIN entry e ON e.conv_id = k.conv_id AND e.seq = k.seq
		WHERE k.user_id = ? AND (k.conv_id, k.seq) > (?, ?) AND (k.deleted_ms > 0 OR k.starred_ms > 0 AND e.recalled_ms = 0) AND `+visible+`
		ORDER BY k.conv_id, k.seq LIMIT ?`, userID, after.ConversationID, after.Seq, limit)
}

// deletedMark is SQL that joins the mark d by which a user deleted for
// themselves an entry e, or the one that an edit or a reaction e is about.
const deletedMark = ` LEFT JOIN mark d ON d.user_id = ? AND d.conv_id = e.conv_id AND d.deleted_ms > 0
	AND d.seq = CASE WHEN e.kind IN ('` + protocol.KindEdit + `', '` + protocol.KindReaction + `') THEN e.ref_seq ELSE e.seq END `

// forReader returns e as somebody sees it who deleted a message for themselves:
// that message, or one that this one is about.
func forReader(e protocol.Entry) protocol.Entry {
	if protocol.Acts(e.Kind) {
		e.Body = protocol.RawJSON(`{}`)
		return e
	}
	return e.DeletedForReader()
}
