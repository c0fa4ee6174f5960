package store

import (
	"fmt"

	"mychat/protocol"
)

// EntryKey names an entry of a conversation.
type EntryKey struct {
	ConversationID ID
	Seq            int64
}

// keyCells are keys as rows of two columns.
func keyCells(keys []EntryKey) [][]int64 {
	cells := make([][]int64, len(keys))
	for i, k := range keys {
		cells[i] = []int64{int64(k.ConversationID), k.Seq}
	}
	return cells
}

// Target is an entry that another one acts on: what decides whether it may,
// and what it changes.
type Target struct {
	EntryKey
	SenderID   ID
	Kind       string
	CreatedMS  int64
	Body       protocol.RawJSON
	EditedMS   int64
	RecalledMS int64
	Reactions  []protocol.Reactions
}

// Targets returns those of the named entries of locked conversations that
// exist and that retention left.
func (tx *Tx) Targets(keys []EntryKey) (map[EntryKey]*Target, error) {
	if len(keys) == 0 {
		return map[EntryKey]*Target{}, nil
	}
	rows, err := many[struct {
		ConvID     ID
		Seq        int64
		SenderID   ID
		Kind       string
		CreatedMS  int64 `gorm:"column:created_ms"`
		Body       string
		EditedMS   int64 `gorm:"column:edited_ms"`
		RecalledMS int64 `gorm:"column:recalled_ms"`
		Reactions  string
	}](tx, `SELECT e.conv_id, e.seq, e.sender_id, e.kind, e.created_ms, e.body, e.edited_ms, e.recalled_ms, e.reactions
		FROM `+tx.table("k", "conv_id", "seq")+`
		JOIN entry e ON e.conv_id = k.conv_id AND e.seq = k.seq
		JOIN conversation c ON c.id = e.conv_id AND e.seq >= c.floor_seq`, tx.rows(2, keyCells(keys))...)
	if err != nil {
		return nil, err
	}
	targets := make(map[EntryKey]*Target, len(rows))
	for _, r := range rows {
		t := &Target{
			EntryKey: EntryKey{r.ConvID, r.Seq}, SenderID: r.SenderID, Kind: r.Kind, CreatedMS: r.CreatedMS,
			Body: protocol.RawJSON(r.Body), EditedMS: r.EditedMS, RecalledMS: r.RecalledMS,
		}
		if err := parseList(r.Reactions, &t.Reactions); err != nil {
			return nil, fmt.Errorf("reactions to entry %d of conversation %d: %w", r.Seq, r.ConvID, err)
		}
		targets[t.EntryKey] = t
	}
	return targets, nil
}

// SetTargets writes the present state of entries. Those that are recalled lose
// all that they said and every right they gave to files, and so do the edits of
// them and the reactions to them.
func (tx *Tx) SetTargets(list []*Target) error {
	if len(list) == 0 {
		return nil
	}
	var keys []EntryKey
	for _, t := range list {
		if t.RecalledMS > 0 {
			keys = append(keys, t.EntryKey)
		}
	}
	if err := tx.setBodies(list); err != nil {
		return err
	}
	if len(keys) == 0 {
		return nil
	}
	recalled := keyCells(keys)
	_, err := tx.exec(`UPDATE entry SET mentions = '', file_ids = '', fallback = '', countable = FALSE
		FROM `+tx.table("k", "conv_id", "seq")+`
		WHERE entry.conv_id = k.conv_id AND entry.seq = k.seq`, tx.rows(2, recalled)...)
	if err == nil {
		_, err = tx.exec(fmt.Sprintf(`UPDATE entry SET body = '{}' FROM `+tx.table("k", "conv_id", "seq")+`
			WHERE entry.conv_id = k.conv_id AND entry.ref_seq > 0 AND entry.ref_seq = k.seq AND entry.kind IN ('%s', '%s')`,
			protocol.KindEdit, protocol.KindReaction), tx.rows(2, recalled)...)
	}
	if err == nil {
		err = tx.dropEntryFiles(`(x.conv_id, x.seq) IN (SELECT k.conv_id, k.seq FROM `+tx.table("k", "conv_id", "seq")+`)`, tx.rows(2, recalled)...)
	}
	return err
}

func (tx *Tx) setBodies(list []*Target) error {
	const set = `UPDATE entry SET body = t.body, edited_ms = t.edited_ms, recalled_ms = t.recalled_ms, reactions = t.reactions FROM `
	const where = ` WHERE entry.conv_id = t.conv_id AND entry.seq = t.seq`
	if !tx.pg {
		cells := make([][6]any, len(list))
		for i, t := range list {
			cells[i] = [6]any{t.ConversationID, t.Seq, string(t.Body), t.EditedMS, t.RecalledMS, listOf(t.Reactions)}
		}
		_, err := tx.exec(set+`(SELECT value ->> 0 AS conv_id, value ->> 1 AS seq, value ->> 2 AS body,
			value ->> 3 AS edited_ms, value ->> 4 AS recalled_ms, value ->> 5 AS reactions FROM json_each(?)) AS t`+where, jsonOf(cells))
		return err
	}
	n := len(list)
	conv, body, reactions := make([]ID, n), make([]string, n), make([]string, n)
	seq, edited, recalled := make([]int64, n), make([]int64, n), make([]int64, n)
	for i, t := range list {
		conv[i], seq[i], body[i], edited[i], recalled[i] = t.ConversationID, t.Seq, string(t.Body), t.EditedMS, t.RecalledMS
		reactions[i] = listOf(t.Reactions)
	}
	_, err := tx.exec(set+`unnest(?::bigint[], ?::bigint[], ?::text[], ?::bigint[], ?::bigint[], ?::text[])
		AS t (conv_id, seq, body, edited_ms, recalled_ms, reactions)`+where,
		int64s(conv), int64s(seq), texts(body), int64s(edited), int64s(recalled), texts(reactions))
	return err
}
