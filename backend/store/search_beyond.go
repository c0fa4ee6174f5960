package store

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"
	"mychat/protocol"
	txt "mychat/text"
)

// Beyond returns as hits those of some entries that the server found which are
// in holes of what is here, in their order. Those that are here are found here,
// and those of conversations that are not known here cannot be opened.
func (s *Store) Beyond(ctx context.Context, words string, found []protocol.FoundEntry) ([]Hit, error) {
	out := []Hit{}
	query := txt.ParseQuery(words)
	err := s.snapshot(ctx, func(db *gorm.DB) error {
		out = out[:0]
		type place struct {
			c       conversationRow
			lacking intervals
		}
		known := make(map[string]*place)
		for _, f := range found {
			p, ok := known[f.ConversationID]
			if !ok {
				c, err := findConversation(db, f.ConversationID)
				if err != nil && !errors.Is(err, ErrNotFound) {
					return err
				}
				if err == nil {
					lacking, err := missing(db, c)
					if err != nil {
						return err
					}
					p = &place{c, lacking}
				}
				known[f.ConversationID] = p
			}
			if p == nil || len(p.lacking.within(f.Entry.Seq, f.Entry.Seq)) == 0 {
				continue
			}
			m := entryRow(p.c.Key, s.self, f.Entry, f.AsOf)
			out = append(out, Hit{Message: m.view(f.ConversationID), Snippet: snippet(query, m.Kind, m.Body)})
		}
		return nil
	})
	if err != nil {
		return []Hit{}, fmt.Errorf("look for what is not here: %w", err)
	}
	return out, nil
}
