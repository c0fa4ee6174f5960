package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"gorm.io/gorm"
	"mychat/protocol"
)

const listed = `SELECT c.*, coalesce(k.remark, '') AS remark, coalesce(k.friend, 0) AS friend,
	(SELECT clear_for_all FROM account) AS clear_for_all
	FROM conversation c LEFT JOIN contact k ON k.user_id = c.peer_id AND c.peer_id <> ''`

// Conversations returns the whole list, hidden and archived ones too: what is
// pinned first, the last pinned on top, then the newest activity.
func (s *Store) Conversations(ctx context.Context) ([]Conversation, error) {
	var out []Conversation
	err := s.read(ctx, func(db *gorm.DB) (err error) {
		out, err = listedViews(db, db.Raw(listed+" ORDER BY c.pinned_ms DESC, c.sort_ms DESC, c.key DESC"))
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list conversations: %w", err)
	}
	return out, nil
}

// maxBound is how many values one statement is given: binding is quadratic.
const maxBound = 100

// ConversationsByID returns the named ones that exist, in no order.
func (s *Store) ConversationsByID(ctx context.Context, ids []string) ([]Conversation, error) {
	out := []Conversation{}
	for part := range slices.Chunk(ids, maxBound) {
		err := s.read(ctx, func(db *gorm.DB) error {
			some, err := listedViews(db, db.Raw(listed+" WHERE c.id IN ?", part))
			out = append(out, some...)
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("read conversations: %w", err)
		}
	}
	return out, nil
}

// listedViews returns the rows of a query as they are shown: with what the user
// pinned and the server has not confirmed.
func listedViews(db, query *gorm.DB) ([]Conversation, error) {
	var rows []listedRow
	if err := query.Scan(&rows).Error; err != nil {
		return nil, err
	}
	pending, err := pendingPins(db)
	if err != nil {
		return nil, err
	}
	deleted, err := deletedAmongPins(db)
	if err != nil {
		return nil, err
	}
	out := make([]Conversation, len(rows))
	for i, r := range rows {
		out[i] = r.view()
		out[i].Pins = slices.DeleteFunc(r.Row.pinned(pending[r.Row.Key]), func(seq int64) bool {
			return deleted[r.Row.ID][seq] // The others still see it.
		})
	}
	return out, nil
}

// deletedAmongPins returns the seqs of what the user deleted for themselves, in
// conversations that have something pinned, by their ids.
func deletedAmongPins(db *gorm.DB) (map[string]map[int64]bool, error) {
	var rows []ownMarkRow
	// The few conversations first, and not all marks.
	err := db.Raw(`SELECT k.id, k.seq FROM conversation c CROSS JOIN own_mark k ON k.id = c.id
		WHERE c.pins <> '' AND k.deleted = 1`).Scan(&rows).Error
	out := make(map[string]map[int64]bool)
	for _, r := range rows {
		if out[r.ID] == nil {
			out[r.ID] = make(map[int64]bool)
		}
		out[r.ID][r.Seq] = true
	}
	return out, err
}

// Unread returns how many messages are unread in all conversations together
// that are neither muted nor hidden.
func (s *Store) Unread(ctx context.Context) (int, error) {
	var n int
	err := s.read(ctx, func(db *gorm.DB) error {
		return db.Raw("SELECT coalesce(sum(unread), 0) FROM conversation WHERE NOT muted AND NOT hidden").Scan(&n).Error
	})
	if err != nil {
		return 0, fmt.Errorf("count unread: %w", err)
	}
	return n, nil
}

// findConversation returns the row with an id, or ErrNotFound.
func findConversation(db *gorm.DB, id string) (conversationRow, error) {
	var row conversationRow
	err := db.Where("id = ?", id).Take(&row).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return row, fmt.Errorf("conversation %q: %w", id, ErrNotFound)
	}
	return row, err
}

// held returns the seqs of a conversation whose entries are here.
func held(db *gorm.DB, conv int64) (intervals, error) {
	var rows []spanRow
	if err := db.Where("conv = ?", conv).Order("from_seq").Find(&rows).Error; err != nil {
		return nil, err
	}
	out := make(intervals, len(rows))
	for i, r := range rows {
		out[i] = interval{r.FromSeq, r.ToSeq}
	}
	return out, nil
}

// missing returns the seqs of a conversation that the user may see and that
// are not here.
func missing(db *gorm.DB, c conversationRow) (intervals, error) {
	here, err := held(db, c.Key)
	if err != nil {
		return nil, err
	}
	return c.visible().without(here), nil
}

// hold notes that the entries of iv are here.
func (tx *tx) hold(conv int64, iv interval) error {
	if iv.from > iv.to {
		return nil
	}
	var rows []spanRow
	touching := tx.db.Where("conv = ? AND to_seq >= ? AND from_seq <= ?", conv, iv.from-1, iv.to+1)
	if err := touching.Order("from_seq").Find(&rows).Error; err != nil {
		return err
	}
	if len(rows) == 1 && rows[0].FromSeq <= iv.from && rows[0].ToSeq >= iv.to {
		return nil
	}
	var touched intervals
	for _, r := range rows {
		touched = append(touched, interval{r.FromSeq, r.ToSeq})
	}
	joined := touched.add(iv)[0]
	if len(rows) > 0 && rows[0].FromSeq == joined.from {
		grown := tx.db.Model(&rows[0]).Update("to_seq", joined.to)
		if grown.Error != nil {
			return grown.Error
		}
		rows = rows[1:]
	} else if err := tx.db.Create(&spanRow{Conv: conv, FromSeq: joined.from, ToSeq: joined.to}).Error; err != nil {
		return err
	}
	for _, r := range rows {
		if err := tx.db.Delete(&r).Error; err != nil {
			return err
		}
	}
	return nil
}

// upsertHead brings a conversation to what a head says. Positions only grow,
// and a head older than what is here takes nothing back.
func (tx *tx) upsertHead(h protocol.Head) error {
	if h.ID == "" {
		return protocol.Invalid("id", "a conversation has none")
	}
	c, err := findConversation(tx.db, h.ID)
	switch {
	case errors.Is(err, ErrNotFound):
		c = conversationRow{ID: h.ID, Kind: h.Kind}
		if err := tx.db.Create(&c).Error; err != nil {
			return err
		}
		if err := tx.overlay(&c); err != nil {
			return err
		}
	case err != nil:
		return err
	}
	c.Kind = h.Kind
	if h.Peer != nil {
		c.PeerID, c.PeerUsername, c.PeerNickname = h.Peer.ID, h.Peer.Username, h.Peer.Nickname
	}
	if h.LastSeq >= c.LastSeq {
		c.Ranges = ""
		if len(h.Ranges) > 0 {
			b, err := json.Marshal(h.Ranges)
			if err != nil {
				return fmt.Errorf("encode ranges: %w", err)
			}
			c.Ranges = string(b)
		}
		c.BaseUnread, c.BaseReadSeq, c.BaseLastSeq, c.BaseMentionSeq = h.Unread, h.ReadSeq, h.LastSeq, h.MentionSeq
	}
	c.LastSeq = max(c.LastSeq, h.LastSeq)
	c.FloorSeq = max(c.FloorSeq, h.FloorSeq)
	c.ReadSeq = max(c.ReadSeq, h.ReadSeq)
	c.PeerReadSeq = max(c.PeerReadSeq, h.PeerReadSeq)
	c.PeerDeliveredSeq = max(c.PeerDeliveredSeq, h.PeerDeliveredSeq, h.PeerReadSeq)
	c.notePins(h.Pins, h.LastSeq)
	if h.Last != nil {
		if _, err := tx.putEntries(&c, []protocol.Entry{*h.Last}, h.LastSeq); err != nil {
			return err
		}
	}
	return tx.refresh(c)
}

// refresh derives the preview, the unread count and the place in the list from
// the messages, and writes the row.
func (tx *tx) refresh(c conversationRow) error {
	if err := tx.derive(&c); err != nil {
		return err
	}
	tx.change.conversation(c.ID)
	return tx.db.Save(&c).Error
}

// refreshFrom is refresh for a row that was as before: if that is what comes
// out, as with most of older history, nothing is written and nobody is told.
func (tx *tx) refreshFrom(before, c conversationRow) error {
	if err := tx.derive(&c); err != nil || c == before {
		return err
	}
	tx.change.conversation(c.ID)
	return tx.db.Save(&c).Error
}

// derive sets in c what follows from the messages.
func (tx *tx) derive(c *conversationRow) error {
	if err := tx.refreshClearing(c); err != nil {
		return fmt.Errorf("look for what is being deleted: %w", err)
	}
	if err := tx.sink(*c); err != nil {
		return fmt.Errorf("remove what is gone: %w", err)
	}
	if c.EditSeq < c.low() {
		c.EditSeq, c.EditText = 0, ""
	}
	if err := tx.refreshPreview(c); err != nil {
		return fmt.Errorf("refresh preview: %w", err)
	}
	unread, err := tx.unread(*c)
	if err != nil {
		return fmt.Errorf("count unread: %w", err)
	}
	c.Unread = unread
	if c.MentionSeq, err = tx.mention(*c); err != nil {
		return fmt.Errorf("look for mentions: %w", err)
	}
	if err := tx.refreshMarks(c); err != nil {
		return fmt.Errorf("refresh marks: %w", err)
	}
	return nil
}

// refreshPreview shows the newest message: the last one that waits to be sent,
// or else the countable one with the greatest seq, so that late history
// changes nothing. A message that failed gives way to what came after it.
func (tx *tx) refreshPreview(c *conversationRow) error {
	unsent, err := tx.newestMessage("conv = ? AND seq = 0 AND countable", "id DESC", c.Key)
	if err != nil {
		return err
	}
	last, err := tx.newestMessage("conv = ? AND seq > 0 AND (countable OR recalled_ms > 0)", "seq DESC", c.Key)
	if err != nil {
		return err
	}
	shown := unsent
	if unsent == nil || unsent.Status == StatusFailed && last != nil && last.ID > unsent.ID {
		shown = last
	}
	if shown == nil {
		return tx.sortEmpty(c)
	}
	acts, err := pendingActs(tx.db, *c)
	if err != nil {
		return err
	}
	now := shown.after(acts).view(c.ID)
	c.PreviewKind = now.Kind
	c.PreviewText = Glance(now.Kind, now.Text, previewRunes)
	c.PreviewMine = shown.Mine
	c.PreviewStatus = shown.Status
	c.PreviewMS = shown.CreatedMS
	c.SortMS = shown.CreatedMS
	if last != nil {
		c.SortMS = max(c.SortMS, last.CreatedMS)
	}
	return nil
}

// sortEmpty places a conversation in which nothing was said: by its newest
// entry of any kind, such as the one that began it.
func (tx *tx) sortEmpty(c *conversationRow) error {
	c.PreviewKind, c.PreviewText, c.PreviewMine, c.PreviewStatus, c.PreviewMS = "", "", false, "", 0
	last, err := tx.newestMessage("conv = ? AND seq > 0", "seq DESC", c.Key)
	if err != nil || last == nil {
		return err
	}
	c.SortMS = last.CreatedMS
	return nil
}

func (tx *tx) newestMessage(where, order string, args ...any) (*messageRow, error) {
	var rows []messageRow
	if err := tx.db.Where(where, args...).Order(order).Limit(1).Find(&rows).Error; err != nil || len(rows) == 0 {
		return nil, err
	}
	return &rows[0], nil
}

// unread counts the countable entries after the read position that are not
// the user's, up to protocol.MaxUnread. While some of them are missing here,
// the server's count stands in for those up to where it was made.
func (tx *tx) unread(c conversationRow) (int, error) {
	lacking, err := missing(tx.db, c)
	if err != nil {
		return 0, err
	}
	if len(lacking.within(c.ReadSeq+1, c.LastSeq)) == 0 {
		return tx.countable(c.Key, c.ReadSeq, c.LastSeq)
	}
	read, err := tx.countable(c.Key, c.BaseReadSeq, min(c.ReadSeq, c.BaseLastSeq))
	if err != nil {
		return 0, err
	}
	since, err := tx.countable(c.Key, max(c.ReadSeq, c.BaseLastSeq), c.LastSeq)
	if err != nil {
		return 0, err
	}
	atBase := c.BaseUnread - read
	if c.BaseUnread >= protocol.MaxUnread { // It says "at least": what was read since is not known to lower it.
		atBase = c.BaseUnread
	}
	if c.ReadSeq >= c.BaseLastSeq {
		atBase = 0
	}
	bound := min(protocol.MaxUnread, int(c.LastSeq-max(c.ReadSeq, c.low()-1)))
	return min(max(atBase, 0)+since, bound), nil
}

// mention returns the last unread entry that mentions the user, or 0. For one
// that is missing here the server's word stands.
func (tx *tx) mention(c conversationRow) (int64, error) {
	var last int64
	err := tx.db.Raw(`SELECT coalesce(max(seq), 0) FROM message
		WHERE conv = ? AND seq > ? AND seq > 0 AND mentions <> '' AND countable AND NOT mine AND instr(mentions, ?) > 0`,
		c.Key, c.ReadSeq, `"`+tx.store.self+`"`).Scan(&last).Error
	if err != nil || c.BaseMentionSeq <= max(last, c.ReadSeq, c.low()-1) {
		return last, err
	}
	here, err := held(tx.db, c.Key)
	if err != nil || len(here.within(c.BaseMentionSeq, c.BaseMentionSeq)) > 0 {
		return last, err
	}
	return c.BaseMentionSeq, nil
}

// countable counts the entries here after one seq up to another that count as
// unread, up to protocol.MaxUnread.
func (tx *tx) countable(conv, after, upTo int64) (int, error) {
	var n int
	err := tx.db.Raw(`SELECT count(*) FROM (SELECT 1 FROM message
		WHERE conv = ? AND seq > ? AND seq <= ? AND seq > 0 AND countable AND NOT mine LIMIT ?)`,
		conv, after, upTo, protocol.MaxUnread).Scan(&n).Error
	return n, err
}
