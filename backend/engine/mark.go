package engine

import (
	"context"

	"golang.org/x/sync/errgroup"

	"mychat/backend/store"
	"mychat/protocol"
)

// Star gives messages a star that only the user sees, or takes it away, here at
// once and on their other devices when the server can be reached.
func (e *Engine) Star(ctx context.Context, conversationID string, messageIDs []string, on bool) error {
	return e.store.Star(ctx, conversationID, messageIDs, on)
}

// starredAtOnce bounds the messages that Starred fetches at the same time.
const starredAtOnce = 4

// Starred returns messages with a star, the one that got it last first: from the
// local store, and those that it lacks from the server first, as far as that can
// be reached.
func (e *Engine) Starred(ctx context.Context, q store.StarredQuery) (store.StarredPage, error) {
	page, err := e.store.Starred(ctx, q)
	if err != nil || !e.connected() {
		return page, err
	}
	fetching, cancel := context.WithTimeout(ctx, fetchWithin)
	defer cancel()
	var g errgroup.Group
	g.SetLimit(starredAtOnce)
	lacking := false
	covered := make(map[string]int64) // By conversation, down to where a page that is asked for reaches.
	for _, item := range page.Items {
		low, asked := covered[item.ConversationID]
		if item.Message != nil || asked && item.Seq >= low && item.Seq < low+protocol.DefaultPage {
			continue
		}
		lacking = true
		covered[item.ConversationID] = item.Seq - protocol.DefaultPage + 1
		g.Go(func() error {
			ask := store.Ask{BeforeSeq: item.Seq + 1}
			if err := e.inbox.Fetch(fetching, item.ConversationID, ask, protocol.DefaultPage); err != nil {
				e.log.Info("a starred message is not shown", "conversation", item.ConversationID, "error", err)
			}
			return nil
		})
	}
	if !lacking {
		return page, nil
	}
	_ = g.Wait() // Each said what went wrong: what came is shown.
	return e.store.Starred(ctx, q)
}

// DeleteForMe deletes messages for the user alone, for good: here at once, and on
// their other devices when the server can be reached.
func (e *Engine) DeleteForMe(ctx context.Context, conversationID string, messageIDs []string) error {
	return e.store.DeleteForMe(ctx, conversationID, messageIDs)
}
