package chat

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/oklog/ulid/v2"

	"mychat/protocol"
	"mychat/server/journal"
	"mychat/server/store"
	"mychat/server/timeline"
)

// Messages that are sent later are rows that any node may take in hand when
// their time comes. A node that claimed one in a transaction has it for
// Options.Claim; then another one may. It is sent under its own client id, so
// that it becomes one entry, however many nodes began to send it, and cannot be
// changed from the first claim on.

const (
	// claimedAtOnce is how many messages a node takes in hand at a time.
	claimedAtOnce = 64

	// remembered is for how long it is known that a message was sent or deleted,
	// so that a device that was away does not bring it back.
	remembered = 30 * 24 * time.Hour

	// filesKeptMS is for how long after the time of a message its files are kept
	// though it was not sent.
	filesKeptMS = int64(7 * 24 * time.Hour / time.Millisecond)

	trimEvery  = time.Hour
	trimAtOnce = 1000
)

// errInHand is the answer while a node is sending a message.
var errInHand = protocol.RetryAfter(protocol.CodeUnavailable, time.Second, "the message is being sent")

// Schedule keeps a message of userID to be sent later, or changes it, and tells
// their devices. Errors are those of Schedule.Check and of Send; too_late if it
// was sent already, not_found if it was deleted, too_many, and unavailable
// while it is being sent.
func (c *Chat) Schedule(ctx context.Context, userID string, s protocol.Schedule) (protocol.ScheduleUpdated, error) {
	if err := s.Check(); err != nil {
		return protocol.ScheduleUpdated{}, err
	}
	if err := check(s.Send); err != nil {
		return protocol.ScheduleUpdated{}, err
	}
	if s.AtMS > c.opt.Now().UnixMilli()+protocol.MaxScheduleAheadMS {
		return protocol.ScheduleUpdated{}, protocol.Invalid("at_ms", "is more than 365 days ahead")
	}
	user, okUser := store.ParseID(userID)
	conv, okConv := store.ParseID(s.Send.ConversationID)
	if !okUser || !okConv {
		return protocol.ScheduleUpdated{}, protocol.ErrNotMember
	}
	client, err := ulid.ParseStrict(s.Send.ClientID)
	if err != nil {
		return protocol.ScheduleUpdated{}, protocol.Invalid("client_id", "is not a ULID")
	}
	send, err := protocol.Encode(s.Send)
	if err != nil {
		return protocol.ScheduleUpdated{}, fmt.Errorf("encode message: %w", err)
	}
	want := store.Scheduled{
		Key: store.ClientKey{SenderID: user, ClientID: client}, ConversationID: conv,
		AtMS: s.AtMS, State: protocol.ScheduledWaiting, Send: string(send),
	}
	return c.update(ctx, want.Key, func(tx *store.Tx, was *store.Scheduled) (store.Scheduled, error) {
		if was != nil && was.State == want.State && was.Send == want.Send && was.AtMS == want.AtMS {
			return *was, nil
		}
		stored, err := tx.StoredEntries([]store.ClientKey{want.Key})
		if err != nil {
			return want, err
		}
		entry, sent := stored[want.Key]
		switch {
		case sent && was == nil:
			return want, protocol.ErrIDReused
		case sent && was.State == protocol.ScheduledSent && timeline.Repeats(entry, s.Send):
			return *was, nil
		}
		if err := mayReplace(was); err != nil {
			return want, err
		}
		view, err := tx.View(conv, user)
		switch {
		case errors.Is(err, store.ErrNoRow):
			return want, protocol.ErrNotMember
		case err != nil:
			return want, err
		case !view.Present():
			return want, protocol.ErrNotMember
		case view.Closed:
			return want, protocol.ErrNotFriend
		}
		if err := holdFiles(tx, user, s); err != nil {
			return want, err
		}
		if was != nil {
			want.Useq = was.Useq
			return want, nil
		}
		kept, err := tx.ScheduledOf(user)
		if err == nil && len(kept) >= protocol.MaxScheduled {
			err = protocol.Errorf(protocol.CodeTooMany, "at most %d messages can wait", protocol.MaxScheduled)
		}
		return want, err
	})
}

// holdFiles keeps the files of a message until it is sent, and for a while after
// that for who must try again. ErrNoFile if one is not here.
func holdFiles(tx *store.Tx, user store.ID, s protocol.Schedule) error {
	var ids []store.ID
	var hands []store.Handed
	for _, text := range s.Send.FileIDs {
		id, ok := store.ParseID(text)
		if !ok {
			return timeline.ErrNoFile
		}
		ids, hands = append(ids, id), append(hands, store.Handed{UserID: user, FileID: id})
	}
	if len(ids) == 0 {
		return nil
	}
	may, err := tx.MayHand(hands)
	if err != nil {
		return err
	}
	for _, h := range hands {
		if !may[h] {
			return timeline.ErrNoFile
		}
	}
	return tx.KeepFiles(ids, s.AtMS+filesKeptMS)
}

// mayReplace returns why a message cannot take the place of what is there.
func mayReplace(was *store.Scheduled) error {
	switch {
	case was == nil:
		return nil
	case was.State == protocol.ScheduledDeleted:
		return protocol.Errorf(protocol.CodeNotFound, "the message was deleted")
	case was.State == protocol.ScheduledSent:
		return protocol.Errorf(protocol.CodeTooLate, "the message was sent")
	case was.State == protocol.ScheduledWaiting && was.ClaimedMS > 0:
		return errInHand
	}
	return nil
}

// Unschedule gives a message up that is to be sent later, and tells the
// sender's devices. One that was sent stays so, and one that is not known is a
// success.
func (c *Chat) Unschedule(ctx context.Context, userID, clientID string) (protocol.ScheduleUpdated, error) {
	user, ok := store.ParseID(userID)
	client, err := ulid.ParseStrict(clientID)
	if !ok || err != nil {
		return protocol.ScheduleUpdated{}, protocol.Invalid("client_id", "is not a ULID")
	}
	gone := protocol.ScheduleUpdated{Scheduled: protocol.Scheduled{ClientID: clientID, State: protocol.ScheduledDeleted}}
	updated, err := c.update(ctx, store.ClientKey{SenderID: user, ClientID: client}, func(_ *store.Tx, was *store.Scheduled) (store.Scheduled, error) {
		switch {
		case was == nil:
			return store.Scheduled{}, store.ErrNoRow
		case was.EndedMS > 0:
			return *was, nil
		case was.State == protocol.ScheduledWaiting && was.ClaimedMS > 0:
			return *was, errInHand
		}
		now := *was
		now.State, now.Code, now.Send, now.EndedMS = protocol.ScheduledDeleted, "", "", c.opt.Now().UnixMilli()
		return now, nil
	})
	if errors.Is(err, store.ErrNoRow) {
		return gone, nil
	}
	return updated, err
}

// Scheduled returns what of a user's waits to be sent and what failed, by time.
// The slice is never nil.
func (c *Chat) Scheduled(ctx context.Context, userID string) ([]protocol.Scheduled, error) {
	user, ok := store.ParseID(userID)
	if !ok {
		return []protocol.Scheduled{}, nil
	}
	rows, err := c.st.Reader(ctx).ScheduledOf(user)
	if err != nil {
		return nil, fmt.Errorf("read scheduled messages of %s: %w", userID, err)
	}
	list := make([]protocol.Scheduled, len(rows))
	for i, r := range rows {
		if list[i], err = r.Wire(); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// update makes what decide wants of a scheduled message, nil for none, and
// tells its sender's devices if that is anything new.
func (c *Chat) update(ctx context.Context, key store.ClientKey, decide func(*store.Tx, *store.Scheduled) (store.Scheduled, error)) (protocol.ScheduleUpdated, error) {
	var updated protocol.ScheduleUpdated
	err := c.st.Write(ctx, func(tx *store.Tx) error {
		if _, err := tx.LockUsers(key.SenderID); err != nil {
			return err
		}
		var was *store.Scheduled
		row, err := tx.LockScheduled(key)
		if err == nil {
			was = &row
		} else if !errors.Is(err, store.ErrNoRow) {
			return err
		}
		now, err := decide(tx, was)
		if err != nil {
			return err
		}
		if was == nil || now != *was {
			if now.Useq, err = c.note(tx, now); err != nil {
				return err
			}
			if err := tx.SetScheduled(now); err != nil {
				return err
			}
			tx.OnCommit(c.nudge)
		}
		updated.Useq = now.Useq
		updated.Scheduled, err = now.Wire()
		return err
	})
	if err != nil {
		return protocol.ScheduleUpdated{}, fmt.Errorf("update scheduled message %s: %w", key.ClientID, err)
	}
	return updated, nil
}

// note writes the journal row for a scheduled message in place of the one
// before, and returns its number.
func (c *Chat) note(tx *store.Tx, s store.Scheduled) (int64, error) {
	wire, err := s.Wire()
	if err != nil {
		return 0, err
	}
	return c.journal.Replace(tx, s.Useq, journal.Note{UserID: s.Key.SenderID, Kind: protocol.JournalScheduled, Body: wire})
}

func (c *Chat) nudge() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// Run sends messages whose time has come until ctx ends, and returns nil.
func (c *Chat) Run(ctx context.Context) error {
	var trimmed time.Time
	for ctx.Err() == nil {
		wait, err := c.sendDue(ctx)
		if err == nil && time.Since(trimmed) > trimEvery {
			trimmed = time.Now()
			err = c.trim(ctx)
		}
		if err != nil && ctx.Err() == nil {
			c.opt.Log.Warn("scheduled messages wait", "error", err)
			wait = c.opt.Look
		}
		if wait <= 0 {
			continue
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-c.wake:
		case <-timer.C:
		}
		timer.Stop()
	}
	return nil
}

// sendDue sends a part of what is due, and returns how long there is nothing
// more to do. Another node may keep something for earlier, and die: so it never
// is longer than Options.Look.
func (c *Chat) sendDue(ctx context.Context) (time.Duration, error) {
	now := c.opt.Now()
	next, err := c.st.Reader(ctx).NextScheduled(c.opt.Claim.Milliseconds())
	switch {
	case err != nil:
		return 0, fmt.Errorf("look for scheduled messages: %w", err)
	case next < 0:
		return c.opt.Look, nil
	case next > now.UnixMilli():
		return min(c.opt.Look, time.UnixMilli(next).Sub(now)), nil
	}
	var claimed []store.Scheduled
	err = c.st.Write(ctx, func(tx *store.Tx) error {
		var err error
		claimed, err = tx.ClaimScheduled(now.UnixMilli(), now.Add(-c.opt.Claim).UnixMilli(), claimedAtOnce)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("claim scheduled messages: %w", err)
	}
	if len(claimed) == 0 { // Another node was faster.
		return c.opt.Look, nil
	}
	return 0, c.sendAll(ctx, claimed)
}

// sendAll sends what this node has claimed, and writes what became of it. What
// is not answered stays claimed, and is sent again under the same client id.
func (c *Chat) sendAll(ctx context.Context, claimed []store.Scheduled) error {
	slices.SortFunc(claimed, func(a, b store.Scheduled) int { return int(a.AtMS - b.AtMS) })
	waits := make([]func(context.Context) (protocol.Sent, error), len(claimed))
	for i, s := range claimed {
		waits[i] = c.begin(ctx, s)
	}
	var errs []error
	for i, s := range claimed {
		_, err := waits[i](ctx)
		refusal := protocol.AsError(err)
		if err != nil && (refusal.Retryable() || ctx.Err() != nil) {
			errs = append(errs, fmt.Errorf("send scheduled message %s: %w", s.Key.ClientID, err))
			continue
		}
		_, err = c.update(ctx, s.Key, func(_ *store.Tx, was *store.Scheduled) (store.Scheduled, error) {
			if was == nil || was.State != protocol.ScheduledWaiting {
				return s, errEnded // Another node came to the end of it.
			}
			now := *was
			if refusal != nil {
				now.State, now.Code, now.ClaimedMS = protocol.ScheduledFailed, refusal.Code, 0
			} else {
				now.State, now.Send, now.EndedMS = protocol.ScheduledSent, "", c.opt.Now().UnixMilli()
			}
			return now, nil
		})
		if err != nil && !errors.Is(err, errEnded) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

var errEnded = errors.New("ended already")

// begin hands a message to the timeline; a disabled account sends none.
func (c *Chat) begin(ctx context.Context, s store.Scheduled) func(context.Context) (protocol.Sent, error) {
	refuse := func(err error) func(context.Context) (protocol.Sent, error) {
		return func(context.Context) (protocol.Sent, error) { return protocol.Sent{}, err }
	}
	user, err := c.st.Reader(ctx).User(s.Key.SenderID)
	if err != nil {
		return refuse(err)
	}
	if user.Disabled {
		return refuse(protocol.ErrDisabled)
	}
	wire, err := s.Wire()
	if err != nil {
		return refuse(err)
	}
	return c.timeline.Start(ctx, s.Key.SenderID.String(), *wire.Send)
}

// trim forgets what ended long ago.
func (c *Chat) trim(ctx context.Context) error {
	before := c.opt.Now().Add(-remembered).UnixMilli()
	for {
		var n int64
		err := c.st.Write(ctx, func(tx *store.Tx) error {
			var err error
			n, err = tx.TrimScheduled(before, trimAtOnce)
			return err
		})
		if err != nil {
			return fmt.Errorf("trim scheduled messages: %w", err)
		}
		if n < trimAtOnce {
			return nil
		}
	}
}
