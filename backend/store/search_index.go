package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"
	"mychat/protocol"
	txt "mychat/text"
)

// The index that messages are found by follows the messages: whatever writes,
// changes or removes one calls index, reindex or unindex in its transaction.

const (
	// searchEpoch is where the seconds in a searchRow's id begin: small numbers
	// make a small index.
	searchEpoch = 1_700_000_000

	// searchSlots is how many messages of one second have ids of that second.
	// More than that take those of the next ones.
	searchSlots = 256

	// spillSeconds is how far beyond their own second ids are looked for.
	spillSeconds = 60
)

// searchID is the first id of the second that a time is in.
func searchID(ms int64) int64 { return (ms/1000 - searchEpoch) * searchSlots }

type searchRow struct {
	ID      int64 `gorm:"primaryKey"`
	Message int64
}

func (searchRow) TableName() string { return "search_row" }

type searchStateRow struct {
	ID     int64 `gorm:"primaryKey"`
	Before int64
}

func (searchStateRow) TableName() string { return "search_state" }

// words returns the folded text that a message is found by; "" means that it
// is not found.
func (r messageRow) words() string {
	return txt.Fold(protocol.Words(r.Kind, r.Body))
}

// searchTokens are the tokens of a message with words.
func (r messageRow) searchTokens(words string) string {
	tokens := []string{txt.Tokens(words), txt.ConversationToken(r.Conv), txt.SenderToken(r.Sender)}
	if txt.HasLink(words) {
		tokens = append(tokens, txt.LinkToken())
	}
	return strings.Join(tokens, " ")
}

// indexed is a message on its way into the index.
type indexed struct {
	row    searchRow
	tokens string
}

// index makes messages found. They are in the database, and none is in the
// index.
func (tx *tx) index(rows ...messageRow) error {
	var add []indexed
	slices.SortFunc(rows, func(a, b messageRow) int { return int(a.CreatedMS - b.CreatedMS) })
	var spoken []messageRow
	for _, m := range rows {
		if words := m.words(); words != "" {
			spoken = append(spoken, m)
			add = append(add, indexed{row: searchRow{Message: m.ID}, tokens: m.searchTokens(words)})
		}
	}
	ids, err := tx.freeSearchIDs(spoken)
	if err != nil {
		return fmt.Errorf("number messages for search: %w", err)
	}
	for i := range add {
		add[i].row.ID = ids[i]
	}
	slices.SortFunc(add, func(a, b indexed) int { return int(a.row.ID - b.row.ID) }) // The index grows fastest at its end.
	const batch = 25
	for part := range slices.Chunk(add, batch) {
		var rowValues, tokenValues []any
		for _, a := range part {
			rowValues = append(rowValues, a.row.ID, a.row.Message)
			tokenValues = append(tokenValues, a.row.ID, a.tokens)
		}
		values := strings.Repeat(", (?, ?)", len(part))[2:]
		if err := tx.db.Exec("INSERT INTO search_row (id, message) VALUES "+values, rowValues...).Error; err != nil {
			return fmt.Errorf("number messages for search: %w", err)
		}
		if err := tx.db.Exec("INSERT INTO message_fts (rowid, tok) VALUES "+values, tokenValues...).Error; err != nil {
			return fmt.Errorf("index messages: %w", err)
		}
	}
	return nil
}

// freeSearchIDs returns an id that no row has for each of some messages.
func (tx *tx) freeSearchIDs(rows []messageRow) ([]int64, error) {
	next := make(map[int64]int64) // By second, the first free id in it.
	for part := range slices.Chunk(rows, maxBound) {
		var seconds []any
		for _, m := range part {
			if base := searchID(m.CreatedMS); next[base] == 0 && !slices.Contains(seconds, any(base)) {
				seconds = append(seconds, base)
			}
		}
		if err := tx.freeIn(next, seconds...); err != nil {
			return nil, err
		}
	}
	ids := make([]int64, len(rows))
	for i, m := range rows {
		base := searchID(m.CreatedMS)
		for next[base] >= base+searchSlots {
			base += searchSlots
			if _, known := next[base]; !known {
				if err := tx.freeIn(next, base); err != nil {
					return nil, err
				}
			}
		}
		ids[i] = next[base]
		next[base]++
	}
	return ids, nil
}

// freeIn notes for each of some seconds, given by their first ids, the first
// free id after those that are taken.
func (tx *tx) freeIn(next map[int64]int64, seconds ...any) error {
	if len(seconds) == 0 {
		return nil
	}
	var found []struct{ Base, Free int64 }
	err := tx.db.Raw(`SELECT v.column1 AS base, coalesce((SELECT max(id) + 1 FROM search_row
			WHERE id >= v.column1 AND id < v.column1 + `+fmt.Sprint(searchSlots)+`), v.column1) AS free
		FROM (VALUES `+strings.Repeat(", (?)", len(seconds))[2:]+`) v`, seconds...).Scan(&found).Error
	for _, f := range found {
		next[f.Base] = f.Free
	}
	return err
}

// indexBetween makes the messages of a conversation between two seqs found,
// those that are not yet.
func (tx *tx) indexBetween(conv, from, to int64) error {
	var rows []messageRow
	err := tx.db.Raw(`SELECT m.* FROM message m LEFT JOIN search_row r ON r.message = m.id
		WHERE m.conv = ? AND m.seq > 0 AND m.seq BETWEEN ? AND ? AND r.id IS NULL`, conv, from, to).Scan(&rows).Error
	if err != nil {
		return err
	}
	return tx.index(rows...)
}

// unindex makes messages not found any more. Call it before they are deleted.
func (tx *tx) unindex(messages ...int64) error {
	for part := range slices.Chunk(messages, maxBound) {
		err := tx.db.Exec("DELETE FROM message_fts WHERE rowid IN (SELECT id FROM search_row WHERE message IN ?)", part).Error
		if err != nil {
			return fmt.Errorf("remove messages from the index: %w", err)
		}
		if err := tx.db.Where("message IN ?", part).Delete(&searchRow{}).Error; err != nil {
			return fmt.Errorf("remove messages from the index: %w", err)
		}
	}
	return nil
}

// reindex makes a message found by what it is now, and not by what it was:
// after its words, its kind or its time changed.
func (tx *tx) reindex(m messageRow) error {
	if err := tx.unindex(m.ID); err != nil {
		return err
	}
	return tx.index(m)
}

// indexAtOnce is how many messages IndexMore looks at in one transaction: it
// holds up other writers for some hundredths of a second.
const indexAtOnce = 200

// IndexMore makes some of the messages found that were here before there was
// an index, newest first, and reports whether more are left. What it did
// stays done when the program ends.
func (s *Store) IndexMore(ctx context.Context) (more bool, err error) {
	indexing, err := s.Indexing(ctx)
	if err != nil || !indexing {
		return false, err
	}
	err = s.write(ctx, func(tx *tx) error {
		var state searchStateRow
		if err := tx.db.Take(&state, 1).Error; err != nil {
			return err
		}
		var rows []messageRow
		if err := tx.db.Where("id <= ?", state.Before).Order("id DESC").Limit(indexAtOnce).Find(&rows).Error; err != nil {
			return err
		}
		more = len(rows) == indexAtOnce
		left := int64(0)
		if more {
			left = rows[len(rows)-1].ID - 1
		}
		if err := tx.indexNew(rows); err != nil {
			return err
		}
		return tx.db.Model(&state).Update("before", left).Error
	})
	if err != nil {
		return false, fmt.Errorf("index history: %w", err)
	}
	return more, nil
}

// indexNew indexes those of some messages that are not indexed.
func (tx *tx) indexNew(rows []messageRow) error {
	known := make(map[int64]bool)
	for part := range slices.Chunk(rows, maxBound) {
		ids := make([]int64, len(part))
		for i, m := range part {
			ids[i] = m.ID
		}
		var found []int64
		if err := tx.db.Model(&searchRow{}).Where("message IN ?", ids).Pluck("message", &found).Error; err != nil {
			return err
		}
		for _, id := range found {
			known[id] = true
		}
	}
	return tx.index(slices.DeleteFunc(rows, func(m messageRow) bool { return known[m.ID] })...)
}

// Indexing reports whether messages that are here are not all found yet.
func (s *Store) Indexing(ctx context.Context) (bool, error) {
	var row searchStateRow
	err := s.read(ctx, func(db *gorm.DB) error { return db.Take(&row, 1).Error })
	if err != nil {
		return false, fmt.Errorf("read the state of the index: %w", err)
	}
	return row.Before > 0, nil
}
