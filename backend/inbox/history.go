package inbox

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"mychat/backend/remote"
	"mychat/backend/store"
	"mychat/protocol"
)

// history fetches what is older than the newest pages, once those are here: the
// conversation with the newest activity first, each downwards. One request is
// under way at a time, and the next page is fetched while one is written. What
// is done is known by the store, so it goes on from there after a restart.
func (in *Inbox) history(ctx context.Context) error {
	pause := in.opt.Retry
	for {
		rest, err := in.historyRound(ctx)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			in.log.Info("older history cannot be fetched now", "error", err)
			in.dropIfLocal(err)
			rest = pause.After(err)
		default:
			pause.Reset()
		}
		hint := in.wakeHistory
		var refusal *protocol.Error
		if errors.As(err, &refusal) {
			hint = nil // Whoever asks too often asks more slowly.
		}
		if err := sleep(ctx, rest, hint); err != nil {
			return err
		}
	}
}

// historyRound fetches all that is lacking, as far as it may, and returns how
// long to rest.
func (in *Inbox) historyRound(ctx context.Context) (time.Duration, error) {
	if !in.mayPour() {
		return idle, nil
	}
	lacks, err := in.store.Lacks(ctx)
	if err != nil {
		return 0, err
	}
	poured, now := false, time.Now()
	for _, l := range lacks {
		if in.isSpoiled(l.ConversationID, now) || l.Newest {
			continue
		}
		poured = true
		err := in.pour(ctx, l)
		if permanent(err) {
			in.log.Warn("the server gives no history", "conversation", l.ConversationID, "error", err)
			in.spoil(l.ConversationID)
			err = nil
		}
		if err != nil {
			return 0, err
		}
		if !in.mayPour() {
			return idle, nil
		}
	}
	if poured {
		in.opt.Poured(true)
	}
	return in.awaitSpoiled(now), nil
}

// mayPour reports whether history may be fetched that nobody waits for: the
// user did not pause it, and nothing more urgent is to be done.
func (in *Inbox) mayPour() bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.connected && !in.syncing && !in.paused && len(in.waiting) == 0
}

// pour fetches a conversation's history downwards until nothing lacks.
func (in *Inbox) pour(ctx context.Context, l store.Lack) error {
	page, err := in.get(ctx, l.ConversationID, l.Ask)
	if err != nil {
		return err
	}
	for {
		// Where the hole goes on below is seen in the page already.
		var (
			next store.Ask
			got  protocol.Page
		)
		if page.More && len(page.Entries) > 0 {
			next = store.Ask{BeforeSeq: page.Entries[0].Seq}
		}
		var g errgroup.Group
		if next.BeforeSeq > 0 {
			g.Go(func() (err error) {
				got, err = in.get(ctx, l.ConversationID, next)
				return err
			})
		}
		applied := in.apply(ctx, page, l.Ask)
		if err := errors.Join(applied, g.Wait()); err != nil {
			return err
		}
		in.opt.Poured(false)
		after, still, err := in.store.Lack(ctx, l.ConversationID)
		switch {
		case err != nil:
			return err
		case !still:
			return nil
		case after == l:
			in.log.Warn("the server leaves a hole in history", "conversation", l.ConversationID, "before_seq", l.Ask.BeforeSeq)
			in.spoil(l.ConversationID)
			return nil
		case !in.mayPour():
			return nil
		}
		if l, page = after, got; l.Ask != next {
			if page, err = in.get(ctx, l.ConversationID, l.Ask); err != nil {
				return err
			}
		}
		// Room for everything else between two pages.
		if err := sleep(ctx, in.opt.Rest, nil); err != nil {
			return err
		}
	}
}

// get asks the server for a whole page of history.
func (in *Inbox) get(ctx context.Context, conversationID string, ask store.Ask) (protocol.Page, error) {
	return in.request(ctx, conversationID, ask, protocol.MaxPage)
}

func (in *Inbox) request(ctx context.Context, conversationID string, ask store.Ask, limit int) (protocol.Page, error) {
	page, err := in.opt.Fetch(ctx, remote.PageRequest{
		ConversationID: conversationID,
		BeforeSeq:      ask.BeforeSeq,
		AfterSeq:       ask.AfterSeq,
		Limit:          limit,
	})
	if err != nil {
		return page, fmt.Errorf("fetch history: %w", err)
	}
	if page.ConversationID != conversationID {
		return page, fmt.Errorf("fetch history: the page is of conversation %q", page.ConversationID)
	}
	return page, nil
}

// apply writes a page of history.
func (in *Inbox) apply(ctx context.Context, page protocol.Page, ask store.Ask) error {
	answer := store.PageAnswer{Page: page, BeforeSeq: ask.BeforeSeq, AfterSeq: ask.AfterSeq}
	if err := in.store.ApplyPage(ctx, answer); err != nil {
		return fmt.Errorf("apply history: %w", err)
	}
	in.noteUnacked(page.ConversationID)
	return nil
}

// Pause stops fetching history that nobody waits for, or lets it go on. What is
// opened is fetched in either case.
func (in *Inbox) Pause(paused bool) {
	in.mu.Lock()
	in.paused = paused
	in.mu.Unlock()
	wake(in.wakeHistory)
}
