package store

import (
	"strings"

	"mychat/protocol"
)

// TakeLease makes holder the one that does what name stands for, until untilMS,
// and reports whether it is: nobody else was, or their time is over.
func (tx *Tx) TakeLease(name, holder string, nowMS, untilMS int64) (bool, error) {
	n, err := tx.exec(`INSERT INTO lease (name, holder, until_ms) VALUES (?, ?, ?)
		ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until_ms = excluded.until_ms
		WHERE lease.holder = excluded.holder OR lease.until_ms <= ?`, name, holder, untilMS, nowMS)
	return n == 1, err
}

// Aged returns up to limit conversations of a kind, in order of id and after
// one, whose oldest entry is older than beforeMS.
func (tx *Tx) Aged(kind string, beforeMS int64, after ID, limit int) ([]ID, error) {
	return many[ID](tx, `SELECT c.id FROM conversation c WHERE c.kind = ? AND c.id > ?
		AND (SELECT e.created_ms FROM entry e WHERE e.conv_id = c.id AND e.seq >= c.floor_seq ORDER BY e.seq LIMIT 1) < ?
		ORDER BY c.id LIMIT ?`, kind, after, beforeMS, limit)
}

// AgedUpTo returns the floor above the entries of a conversation, from floor on
// and at most limit of them, that are older than beforeMS.
func (tx *Tx) AgedUpTo(conv ID, floor, beforeMS int64, limit int) (int64, error) {
	return one[int64](tx, `SELECT coalesce(
		(SELECT min(o.seq) FROM (SELECT e.seq, e.created_ms FROM entry e
			WHERE e.conv_id = ? AND e.seq >= ? ORDER BY e.seq LIMIT ?) o WHERE o.created_ms >= ?),
		(SELECT max(o.seq) + 1 FROM (SELECT e.seq FROM entry e
			WHERE e.conv_id = ? AND e.seq >= ? ORDER BY e.seq LIMIT ?) o), 0)`,
		conv, floor, limit, beforeMS, conv, floor, limit)
}

// Sunken returns up to limit conversations, in order of id and after one, that
// have entries below their floor.
func (tx *Tx) Sunken(after ID, limit int) ([]ID, error) {
	return many[ID](tx, `SELECT c.id FROM conversation c WHERE c.id > ? AND c.floor_seq > 1
		AND EXISTS (SELECT 1 FROM entry e WHERE e.conv_id = c.id AND e.seq < c.floor_seq)
		ORDER BY c.id LIMIT ?`, after, limit)
}

// sunken is SQL for the first entries of a conversation below its floor.
const sunken = `SELECT e.seq FROM entry e JOIN conversation c ON c.id = e.conv_id
	WHERE e.conv_id = ? AND e.seq < c.floor_seq ORDER BY e.seq LIMIT ?`

// DeleteSunken deletes up to limit entries of a conversation that are below its
// floor, and returns how many. What makes those unique that were committed at
// or after youngMS is kept, for StoredEntries.
func (tx *Tx) DeleteSunken(conv ID, limit int, youngMS int64) (int64, error) {
	_, err := tx.exec(`INSERT INTO gone_entry (sender_id, client_id, conv_id, seq, created_ms, digest)
		SELECT sender_id, client_id, conv_id, seq, created_ms, digest FROM entry
		WHERE conv_id = ? AND created_ms >= ? AND seq IN (`+sunken+`)`, conv, youngMS, conv, limit)
	if err != nil {
		return 0, err
	}
	for _, index := range tx.searchTables() {
		if _, err := tx.exec(`DELETE FROM `+index+` IN (`+sunken+`)`+strings.Repeat(")", strings.Count(index, "(")), conv, conv, limit); err != nil {
			return 0, err
		}
	}
	if _, err := tx.exec(`DELETE FROM mark WHERE conv_id = ? AND seq IN (`+sunken+`)`, conv, conv, limit); err != nil {
		return 0, err
	}
	if err := tx.dropEntryFiles(`x.conv_id = ? AND x.seq IN (`+sunken+`)`, conv, conv, limit); err != nil {
		return 0, err
	}
	return tx.exec(`DELETE FROM entry WHERE conv_id = ? AND seq IN (`+sunken+`)`, conv, conv, limit)
}

// searchTables names what the search keeps of entries, up to a list of their
// seqs.
func (tx *Tx) searchTables() []string {
	if tx.pg {
		return []string{`search_entry WHERE conv_id = ? AND seq`}
	}
	return []string{
		`search_fts WHERE rowid IN (SELECT id FROM search_row WHERE conv_id = ? AND seq`,
		`search_row WHERE conv_id = ? AND seq`,
	}
}

// ForgetGone forgets up to limit deleted entries that were committed before
// youngMS, and returns how many.
func (tx *Tx) ForgetGone(youngMS int64, limit int) (int64, error) {
	return tx.exec(`DELETE FROM gone_entry WHERE (sender_id, client_id) IN
		(SELECT sender_id, client_id FROM gone_entry WHERE created_ms < ? LIMIT ?)`, youngMS, limit)
}

// ClearFor takes everything up to a seq out of what a user, who is locked, may
// see of a locked conversation, and what they marked of it. The last of their ranges stays, if only as an empty one: they
// are, or were, a member.
func (tx *Tx) ClearFor(conv, userID ID, seq int64) error {
	_, err := tx.exec(`DELETE FROM membership WHERE conv_id = ? AND user_id = ? AND to_seq > 0 AND to_seq <= ?
		AND EXISTS (SELECT 1 FROM membership o WHERE o.conv_id = membership.conv_id
			AND o.user_id = membership.user_id AND o.from_seq > membership.from_seq)`, conv, userID, seq)
	if err != nil {
		return err
	}
	if _, err := tx.exec(`DELETE FROM mark WHERE user_id = ? AND conv_id = ? AND seq <= ?`, userID, conv, seq); err != nil {
		return err
	}
	_, err = tx.exec(`UPDATE membership SET from_seq = CASE WHEN to_seq = 0 OR to_seq > ? THEN ? ELSE to_seq + 1 END
		WHERE conv_id = ? AND user_id = ? AND from_seq <= ?`, seq, seq+1, conv, userID, seq)
	return err
}

// BlankEdits takes the words out of the edits, from a floor on, of entries below
// it.
func (tx *Tx) BlankEdits(conv ID, floor int64) error {
	_, err := tx.exec(`UPDATE entry SET body = '{}' WHERE conv_id = ? AND ref_seq > 0 AND ref_seq < ? AND seq >= ? AND kind = ?`,
		conv, floor, floor, protocol.KindEdit)
	return err
}
