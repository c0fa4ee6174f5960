package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"mychat/protocol"
)

// Walked is a part of a conversation on the way from its beginning to its end.
type Walked struct {
	Messages []Message
	Next     int64 // Where the next part begins; 0 after the last.
	Lacking  int64 // How many entries before and between these are not here.
}

// Walk returns the messages of a conversation from a place on, which is 0 for
// its beginning or the Next of the part before: oldest first, with their quotes
// and in their present state, those that are unsent last. Each part is of one
// state of the database.
func (s *Store) Walk(ctx context.Context, conversationID string, from int64) (Walked, error) {
	var out Walked
	err := s.snapshot(ctx, func(db *gorm.DB) error {
		out = Walked{}
		c, err := findConversation(db, conversationID)
		if err != nil {
			return err
		}
		var rows []messageRow
		err = db.Where("conv = ? AND seq > 0 AND seq > ? AND kind NOT IN ?", c.Key, from, acting()).
			Order("seq").Limit(protocol.MaxPage).Find(&rows).Error
		if err != nil {
			return err
		}
		to := c.LastSeq
		if len(rows) == protocol.MaxPage {
			to = rows[len(rows)-1].Seq
			out.Next = to
		} else {
			var unsent []messageRow
			if err := db.Where("conv = ? AND seq = 0 AND kind NOT IN ?", c.Key, acting()).Order("id").Find(&unsent).Error; err != nil {
				return err
			}
			rows = append(rows, unsent...)
		}
		lacking, err := missing(db, c)
		if err != nil {
			return err
		}
		out.Lacking = lacking.within(from+1, to).count()
		out.Messages, err = views(db, c, rows)
		return err
	})
	if err != nil {
		return Walked{}, fmt.Errorf("walk through a conversation: %w", err)
	}
	return out, nil
}
