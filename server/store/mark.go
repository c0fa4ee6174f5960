package store

import "mychat/protocol"

// Mark is what a user marked of one message.
type Mark struct {
	EntryKey  `gorm:"embedded"`
	StarredMS int64 `gorm:"column:starred_ms"` // 0 means that it has no star.
}

// Wire returns m as its owner sees it.
func (m Mark) Wire() protocol.Mark {
	return protocol.Mark{Seq: m.Seq, StarredMS: m.StarredMS}
}

// Markable returns which of some entries of a conversation are messages that v
// allows, ascending. A recalled one is none.
func (tx *Tx) Markable(conv ID, v View, seqs []int64) ([]int64, error) {
	list, err := many[int64](tx, `SELECT e.seq FROM `+tx.table("k", "seq")+`
		JOIN entry e ON e.conv_id = ? AND e.seq = k.seq WHERE e.countable ORDER BY e.seq`, append(tx.rows(1, column(seqs)), conv)...)
	seen := make([]int64, 0, len(list))
	for _, seq := range list {
		if v.Sees(seq) {
			seen = append(seen, seq)
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
	rows, err := many[Mark](tx, `SELECT m.conv_id AS conversation_id, m.seq, m.starred_ms FROM `+tx.table("k", "seq")+`
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
		if m.StarredMS == 0 {
			none = append(none, m.EntryKey)
			continue
		}
		set = append(set, []int64{int64(userID), int64(m.ConversationID), m.Seq, m.StarredMS})
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
		SELECT k.user_id, k.conv_id, k.seq, k.starred_ms, 0 FROM `+tx.table("k", "user_id", "conv_id", "seq", "starred_ms")+`
		WHERE TRUE ON CONFLICT (user_id, conv_id, seq) DO UPDATE SET starred_ms = excluded.starred_ms`, tx.rows(4, set)...)
	return err
}

// MarksAfter returns up to limit marks of a user that follow an entry, in order
// of conversation and seq; the zero key is before all. What they may not see any more, and stars of recalled messages,
// are left out.
func (tx *Tx) MarksAfter(userID ID, after EntryKey, limit int) ([]Mark, error) {
	return many[Mark](tx, `SELECT k.conv_id AS conversation_id, k.seq, k.starred_ms FROM mark k
		JOIN member m ON m.conv_id = k.conv_id AND m.user_id = k.user_id
		JOIN conversation c ON c.id = k.conv_id JOIN entry e ON e.conv_id = k.conv_id AND e.seq = k.seq
		WHERE k.user_id = ? AND (k.conv_id, k.seq) > (?, ?) AND k.starred_ms > 0 AND e.recalled_ms = 0 AND `+visible+`
		ORDER BY k.conv_id, k.seq LIMIT ?`, userID, after.ConversationID, after.Seq, limit)
}
