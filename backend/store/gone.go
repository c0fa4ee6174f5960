package store

import (
	"context"
	"errors"
	"fmt"

	"mychat/protocol"
)

// low returns the first seq that may be here: what is below was cleared by the
// user for themselves, deleted for all, or is no longer kept by the server.
func (r conversationRow) low() int64 {
	return max(r.FloorSeq, r.ClearedSeq+1, r.ClearingSeq+1, 1)
}

// sink removes what is here below c's low, and forgets that it was here, so
// that it is fetched again should it not be gone after all.
func (tx *tx) sink(c conversationRow) error {
	low := c.low()
	if low == 1 {
		return nil
	}
	const below = "conv = ? AND seq > 0 AND seq < ?"
	var here []int64
	if err := tx.db.Model(&messageRow{}).Where(below, c.Key, low).Limit(1).Pluck("id", &here).Error; err != nil {
		return err
	}
	if len(here) > 0 {
		tx.change.messages(c.ID) // Any of them.
		err := tx.db.Exec(`DELETE FROM message_fts WHERE rowid IN (SELECT r.id FROM search_row r
			JOIN message m ON m.id = r.message WHERE m.conv = ? AND m.seq > 0 AND m.seq < ?)`, c.Key, low).Error
		if err != nil {
			return fmt.Errorf("remove messages from the index: %w", err)
		}
		if err := tx.db.Where(below, c.Key, low).Delete(&messageRow{}).Error; err != nil { // search_row follows.
			return err
		}
		// Answers that stay show that what they answer is gone.
		if err := tx.changedQuotes(&c, 1, low-1); err != nil {
			return err
		}
	}
	if err := tx.sinkRestored(c, low); err != nil {
		return fmt.Errorf("remove restored messages: %w", err)
	}
	if err := tx.db.Where("conv = ? AND to_seq < ?", c.Key, low).Delete(&spanRow{}).Error; err != nil {
		return err
	}
	return tx.db.Model(&spanRow{}).Where("conv = ? AND from_seq < ?", c.Key, low).Update("from_seq", low).Error
}

// afloat returns the entries that are not below r's low, which an entry of kind
// clear among them raises.
func (r *conversationRow) afloat(entries []protocol.Entry) []protocol.Entry {
	for _, e := range entries {
		if e.Kind == protocol.KindClear {
			r.FloorSeq = max(r.FloorSeq, e.RefSeq+1)
		}
	}
	for i, e := range entries {
		if e.Seq >= r.low() {
			return entries[i:]
		}
	}
	return nil
}

// refreshClearing derives up to where the user is deleting c for both.
func (tx *tx) refreshClearing(c *conversationRow) error {
	return tx.db.Raw(`SELECT coalesce(max(ref_seq), 0) FROM message WHERE conv = ? AND seq = 0 AND kind = ? AND status <> ?`,
		c.Key, protocol.KindClear, StatusFailed).Scan(&c.ClearingSeq).Error
}

// ApplyFloor notes that the entries of a conversation below a seq are gone for
// everybody, and removes them here.
func (s *Store) ApplyFloor(ctx context.Context, f protocol.Floor) error {
	err := s.write(ctx, func(tx *tx) error {
		c, err := findConversation(tx.db, f.ConversationID)
		if errors.Is(err, ErrNotFound) {
			return nil // Its head says so too, when it comes.
		}
		if err != nil || f.FloorSeq <= c.FloorSeq {
			return err
		}
		c.FloorSeq = f.FloorSeq
		return tx.refresh(c)
	})
	if err != nil {
		return fmt.Errorf("apply floor: %w", err)
	}
	return nil
}

// Clear takes all that is known of a conversation away from the user's own view
// of it, here at once. What waits to be sent stays.
func (s *Store) Clear(ctx context.Context, conversationID string) error {
	err := s.changeChat(ctx, conversationID, func(_ *tx, c conversationRow) (u protocol.UpdateChat, err error) {
		if seq := c.LastSeq; seq > c.ClearedSeq {
			u.ClearedSeq = &seq
		}
		return u, nil
	})
	if err != nil {
		return fmt.Errorf("clear conversation: %w", err)
	}
	return nil
}

// ClearForAll queues that all that is known of a conversation is deleted for
// both of its members; here it is at once.
func (s *Store) ClearForAll(ctx context.Context, conversationID string) error {
	err := s.write(ctx, func(tx *tx) error {
		c, err := findConversation(tx.db, conversationID)
		if err != nil || c.LastSeq < c.low() {
			return err
		}
		_, err = tx.queue(&c, protocol.Send{
			ConversationID: conversationID, Kind: protocol.KindClear, RefSeq: c.LastSeq, Body: protocol.RawJSON(`{}`),
		})
		return err
	})
	if err != nil {
		return fmt.Errorf("delete conversation for all: %w", err)
	}
	return nil
}
