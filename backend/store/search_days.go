package store

import (
	"context"
	"fmt"
	"strings"

	"gorm.io/gorm"
	"mychat/protocol"
)

// MaxDays is the most days that Days is asked about at once.
const MaxDays = 45

// Days returns which of some days have messages of a conversation that are
// here. startsMS are where the days begin, ascending, and where the last one
// ends: only the caller knows its time zone, and that days differ in length.
func (s *Store) Days(ctx context.Context, conversationID string, startsMS []int64) ([]int64, error) {
	days := []int64{}
	if len(startsMS) < 2 || len(startsMS) > MaxDays+1 {
		return days, protocol.Invalid("starts_ms", "from 1 to %d days may be asked about", MaxDays)
	}
	var bounds []any
	for i, start := range startsMS[:len(startsMS)-1] {
		bounds = append(bounds, start, startsMS[i+1])
	}
	err := s.snapshot(ctx, func(db *gorm.DB) error {
		c, err := findConversation(db, conversationID)
		if err != nil {
			return err
		}
		return db.Raw(`SELECT v.column1 FROM (VALUES `+strings.Repeat(", (?, ?)", len(startsMS)-1)[2:]+`) v
			WHERE EXISTS (SELECT 1 FROM message m INDEXED BY message_day WHERE m.conv = ? AND m.countable AND m.seq > 0
				AND m.created_ms >= v.column1 AND m.created_ms < v.column2 AND m.seq >= ?)
			ORDER BY v.column1`, append(bounds, c.Key, c.FloorSeq)...).Scan(&days).Error
	})
	if err != nil {
		return []int64{}, fmt.Errorf("read days: %w", err)
	}
	return days, nil
}

// AtTime returns the seq of the first message of a conversation that is here
// and not older than a time, or of the last one before it; 0 means that there
// is none.
func (s *Store) AtTime(ctx context.Context, conversationID string, ms int64) (int64, error) {
	var seq int64
	err := s.snapshot(ctx, func(db *gorm.DB) error {
		c, err := findConversation(db, conversationID)
		if err != nil {
			return err
		}
		const at = `SELECT seq FROM message INDEXED BY message_day WHERE conv = ? AND countable AND seq > 0 AND seq >= ? `
		err = db.Raw(at+"AND created_ms >= ? ORDER BY created_ms, seq LIMIT 1", c.Key, c.FloorSeq, ms).Scan(&seq).Error
		if err != nil || seq > 0 {
			return err
		}
		return db.Raw(at+"AND created_ms < ? ORDER BY created_ms DESC, seq DESC LIMIT 1", c.Key, c.FloorSeq, ms).Scan(&seq).Error
	})
	if err != nil {
		return 0, fmt.Errorf("look for a time: %w", err)
	}
	return seq, nil
}
