package engine

import (
	"context"
	"time"

	"mychat/backend/store"
)

// Search returns the newest messages that are here and match.
func (e *Engine) Search(ctx context.Context, q store.SearchQuery) (store.Hits, error) {
	return e.store.Search(ctx, q)
}

// FindPeople returns the contacts whose names match what the user typed.
func (e *Engine) FindPeople(ctx context.Context, typed string, limit int) ([]store.PersonHit, error) {
	return e.store.FindPeople(ctx, typed, limit)
}

// FindConversations returns the conversations whose names match what the user
// typed, other than those with contacts.
func (e *Engine) FindConversations(ctx context.Context, typed string, limit int) ([]store.ConversationHit, error) {
	return e.store.FindConversations(ctx, typed, limit)
}

// Days returns which of some days have messages, as store.Days.
func (e *Engine) Days(ctx context.Context, conversationID string, startsMS []int64) ([]int64, error) {
	return e.store.Days(ctx, conversationID, startsMS)
}

// AtTime returns the seq of the first message not older than a time, as
// store.AtTime.
func (e *Engine) AtTime(ctx context.Context, conversationID string, ms int64) (int64, error) {
	return e.store.AtTime(ctx, conversationID, ms)
}

// indexHistory makes messages found that were here before there was an index,
// a few at a time between other writes. It returns when all are.
func (e *Engine) indexHistory(ctx context.Context) error {
	retry := e.retry
	for {
		more, err := e.store.IndexMore(ctx)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err == nil && !more:
			return nil
		case err == nil:
			retry.Reset()
			continue
		}
		e.log.Warn("history cannot be indexed now", "error", err)
		timer := time.NewTimer(retry.Next())
		select {
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		case <-timer.C:
		}
	}
}
