package inbox

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"
	"mychat/backend/remote"
	"mychat/backend/store"
	"mychat/protocol"
)

// fill fetches what is urgent whenever there is a connection: first what live
// entries wait for, then the newest page of each conversation, most recent
// activity first. What is done is known by the store, so closing at any moment
// loses nothing.
func (in *Inbox) fill(ctx context.Context) error {
	pause := in.opt.Retry
	for {
		rest, err := in.step(ctx)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			in.log.Info("history cannot be fetched now", "error", err)
			in.dropIfLocal(err)
			rest = pause.After(err)
		default:
			pause.Reset()
		}
		if err := sleep(ctx, rest, in.wakeFill); err != nil {
			return err
		}
	}
}

// idle is a rest that only a wake-up ends.
const idle = time.Duration(-1)

// sleep waits for d, or until hint says that there is something to do at once.
func sleep(ctx context.Context, d time.Duration, hint <-chan struct{}) error {
	if d == 0 {
		return ctx.Err()
	}
	var due <-chan time.Time
	if d > 0 {
		timer := time.NewTimer(d)
		defer timer.Stop()
		due = timer.C
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-hint:
	case <-due:
	}
	return nil
}

// dropIfLocal ends the connection when the store refuses: what came live was
// perhaps not kept either, and the next hello brings all of it again.
func (in *Inbox) dropIfLocal(err error) {
	if errors.Is(err, store.ErrDiskFull) || errors.Is(err, store.ErrLocked) {
		in.opt.Drop(err)
	}
}

// step does the most urgent piece of work and returns how long to rest after
// it.
func (in *Inbox) step(ctx context.Context) (rest time.Duration, err error) {
	if !in.isConnected() {
		return idle, nil
	}
	if id, ok := in.nextWaiting(); ok {
		return 0, in.closeGap(ctx, id)
	}
	lacks, err := in.store.Lacks(ctx)
	if err != nil {
		return 0, err
	}
	now := time.Now()
	newest := slices.DeleteFunc(lacks, func(l store.Lack) bool { return !l.Newest || in.isSpoiled(l.ConversationID, now) })
	if len(newest) > 0 {
		return 0, in.mendNewest(ctx, newest)
	}
	in.noteSynced()
	wake(in.wakeHistory)
	if more, err := in.readMarks(ctx); more || err != nil {
		return 0, err
	}
	return sooner(in.awaitStrangers(), in.awaitSpoiled(now)), nil
}

// readMarks reads a page of what the user marked, where that is not all here,
// and reports whether there may be more.
func (in *Inbox) readMarks(ctx context.Context) (more bool, err error) {
	in.mu.Lock()
	none := in.unmarked || in.opt.Marks == nil
	in.mu.Unlock()
	if none {
		return false, nil
	}
	cursor, lacking, err := in.store.LackingMarks(ctx)
	if err != nil || !lacking {
		return false, err
	}
	page, err := in.opt.Marks(ctx, cursor)
	if permanent(err) || errors.Is(err, remote.ErrNotMyChat) { // It may be older than they are.
		in.log.Warn("the server gives no marks", "error", err)
		in.mu.Lock()
		in.unmarked = true
		in.mu.Unlock()
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("fetch marks: %w", err)
	}
	if err := in.store.ApplyMarks(ctx, cursor, page); err != nil {
		return false, err
	}
	next, lacking, err := in.store.LackingMarks(ctx)
	if err == nil && lacking && next == cursor { // It is of another time, or leads nowhere: ask again after a pause.
		err = errors.New("a page of marks brought nothing further")
	}
	return lacking, err
}

// newestAtOnce bounds the newest pages that are fetched at the same time.
const newestAtOnce = 4

// mendNewest fetches the newest page of each conversation. It stops early when
// live entries wait: those are more urgent.
func (in *Inbox) mendNewest(ctx context.Context, lacks []store.Lack) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(newestAtOnce)
	for _, l := range lacks {
		if _, urgent := in.nextWaiting(); urgent || ctx.Err() != nil {
			break
		}
		g.Go(func() error { return in.mend(ctx, l) })
	}
	return g.Wait()
}

// mend fetches a conversation's newest page. One that the server gives nothing
// of is left alone for a while.
func (in *Inbox) mend(ctx context.Context, l store.Lack) error {
	err := in.Fetch(ctx, l.ConversationID, l.Ask, protocol.DefaultPage)
	if permanent(err) {
		in.log.Warn("the server gives no history", "conversation", l.ConversationID, "error", err)
		in.spoil(l.ConversationID)
		return nil
	}
	if err != nil {
		return err
	}
	after, still, err := in.store.Lack(ctx, l.ConversationID)
	if err != nil {
		return err
	}
	if still && after == l {
		in.log.Warn("the server leaves a hole in history", "conversation", l.ConversationID, "before_seq", l.Ask.BeforeSeq)
		in.spoil(l.ConversationID)
	}
	return nil
}

// closeGap fetches the newest page of a conversation whose live entries wait,
// and applies them. A hole that is longer than a page is then known to the
// store and filled like any other.
func (in *Inbox) closeGap(ctx context.Context, id string) error {
	err := in.Fetch(ctx, id, store.Ask{}, protocol.MaxPage)
	if err != nil && !permanent(err) {
		return err
	}
	for {
		entries := in.takeWaiting(id)
		if len(entries) == 0 {
			return nil
		}
		applied, err := in.store.ApplyEntries(ctx, id, entries)
		if err != nil {
			in.opt.Drop(err) // They are in no position yet: the next hello brings them.
			return fmt.Errorf("apply entries: %w", err)
		}
		if applied.Gap {
			in.spoil(id)
			in.opt.Drop(fmt.Errorf("entries before %d are missing", entries[0].Seq))
			return nil
		}
		in.came(ctx, id, applied.Fresh)
	}
}

// permanent reports whether asking again during this connection is useless.
func permanent(err error) bool {
	var refusal *protocol.Error
	return errors.As(err, &refusal) && !refusal.Retryable() && refusal.Code != protocol.CodeUnauthorized
}

// awaitStrangers returns how long to rest for the sake of entries of unknown
// conversations, and ends the connection when they waited long enough: the
// next welcome makes the conversations known.
func (in *Inbox) awaitStrangers() time.Duration {
	in.mu.Lock()
	rest := idle
	for _, s := range in.strangers {
		rest = sooner(rest, max(in.opt.Patience-time.Since(s.since), 0))
	}
	if rest == 0 {
		in.strangers = make(map[string]stranger)
	}
	in.mu.Unlock()
	if rest == 0 {
		in.opt.Drop(errors.New("entries of an unknown conversation"))
		return idle
	}
	return rest
}

func (in *Inbox) isConnected() bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.connected
}

func (in *Inbox) nextWaiting() (string, bool) {
	in.mu.Lock()
	defer in.mu.Unlock()
	for id := range in.waiting {
		return id, true
	}
	return "", false
}

// takeWaiting returns the waiting entries of a conversation. When there are
// none any more, the conversation takes live entries directly again.
func (in *Inbox) takeWaiting(id string) []protocol.Entry {
	in.mu.Lock()
	defer in.mu.Unlock()
	entries := in.waiting[id]
	if len(entries) == 0 {
		delete(in.waiting, id)
		return nil
	}
	in.waiting[id] = nil
	return entries
}

// isSpoiled reports whether a conversation is not to be asked for at a time.
func (in *Inbox) isSpoiled(id string, at time.Time) bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	s, ok := in.spoiled[id]
	return ok && s.until.After(at)
}

func (in *Inbox) spoil(id string) {
	in.mu.Lock()
	defer in.mu.Unlock()
	s, ok := in.spoiled[id]
	if !ok {
		s = &spoil{pause: in.opt.Retry}
		in.spoiled[id] = s
	}
	s.until = time.Now().Add(s.pause.Next())
}

// awaitSpoiled returns how long to rest until a conversation may be asked for
// again that was left out because of when it was looked at. What has become due
// since then is due at once.
func (in *Inbox) awaitSpoiled(looked time.Time) time.Duration {
	in.mu.Lock()
	defer in.mu.Unlock()
	rest := idle
	for _, s := range in.spoiled {
		if s.until.After(looked) {
			rest = sooner(rest, max(time.Until(s.until), 0))
		}
	}
	return rest
}

// sooner returns the shorter of two rests.
func sooner(a, b time.Duration) time.Duration {
	if a == idle || b == idle {
		return max(a, b)
	}
	return min(a, b)
}

func (in *Inbox) noteSynced() {
	in.mu.Lock()
	done := in.connected && in.syncing
	in.syncing = false
	in.mu.Unlock()
	if done {
		in.opt.Synced()
	}
}

// Look makes Run look for holes: somebody found one.
func (in *Inbox) Look() { wake(in.wakeFill) }

// ackEvery spaces acknowledgements: what comes meanwhile rides along.
const ackEvery = 100 * time.Millisecond

// acknowledge tells the server up to where this device holds conversations.
func (in *Inbox) acknowledge(ctx context.Context) error {
	timer := time.NewTimer(0)
	defer timer.Stop()
	<-timer.C
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-in.wakeAck:
		}
		if err := in.ack(ctx); err != nil && !errors.Is(err, remote.ErrDisconnected) && ctx.Err() == nil {
			in.log.Warn("cannot acknowledge", "error", err)
		}
		timer.Reset(ackEvery)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-timer.C:
		}
	}
}

func (in *Inbox) ack(ctx context.Context) error {
	var a protocol.Ack
	for _, id := range in.takeUnacked() {
		seq, err := in.store.HeldUpTo(ctx, id)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		if in.raiseAcked(id, seq) {
			a.Positions = append(a.Positions, protocol.Read{ConversationID: id, Seq: seq})
		}
	}
	if len(a.Positions) == 0 {
		return nil
	}
	return in.opt.Ack(ctx, a)
}

func (in *Inbox) noteUnacked(id string) {
	in.mu.Lock()
	in.unacked[id] = true
	in.mu.Unlock()
	wake(in.wakeAck)
}

// maxAcks bounds the positions of one frame.
const maxAcks = 500

func (in *Inbox) takeUnacked() []string {
	in.mu.Lock()
	defer in.mu.Unlock()
	var ids []string
	for id := range in.unacked {
		if len(ids) == maxAcks {
			wake(in.wakeAck)
			break
		}
		ids = append(ids, id)
		delete(in.unacked, id)
	}
	return ids
}

func (in *Inbox) raiseAcked(id string, seq int64) bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	if !in.connected || seq <= in.acked[id] {
		return false
	}
	in.acked[id] = seq
	return true
}
