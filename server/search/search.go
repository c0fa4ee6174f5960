// Package search finds entries by what they say, for devices that do not hold
// all of their history. Run keeps the index: in the background, from where each
// conversation is indexed to where its log ends, resting in between so that
// writing messages stays what the server does first. So a message is found a
// moment after it was written, and one that was edited or recalled is compared
// with what it says now before it is found.
//
// Each node indexes what it wrote; what a node left behind when it ended is
// found by a look at all conversations at the start and every few minutes. Two
// nodes that index the same conversation find out when they write.
package search

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"mychat/protocol"
	"mychat/server/store"
	"mychat/text"
)

// Options configures New. The zero value is ready to use.
type Options struct {
	Off   bool          // Nothing is indexed or found.
	Batch int           // Entries that one transaction indexes. 0 means 200.
	Sweep time.Duration // How often all conversations are looked at. 0 means 5 min.
	Log   *slog.Logger  // Nil means slog.Default.
}

// Search is safe for concurrent use; call Run once.
type Search struct {
	st     *store.Store
	opt    Options
	wake   chan struct{} // Holds a token while there is something to index.
	behind atomic.Bool   // Not everything that is in the logs since the last look was indexed.

	sweeping bool     // Run's own: conversations with an id beyond after are still to be looked at.
	after    store.ID // Run's own.

	mu    sync.Mutex
	fresh map[store.ID]struct{} // Conversations that may not be indexed to their end.
	lost  bool                  // There were too many of them to remember.
}

// maxFresh bounds how many conversations wait by name. With more, all
// conversations are looked at.
const maxFresh = 20_000

// New returns a Search on st. Nothing is indexed until Run runs.
func New(st *store.Store, opt Options) *Search {
	if opt.Batch == 0 {
		opt.Batch = 200
	}
	if opt.Sweep == 0 {
		opt.Sweep = 5 * time.Minute
	}
	if opt.Log == nil {
		opt.Log = slog.Default()
	}
	s := &Search{st: st, opt: opt, wake: make(chan struct{}, 1), fresh: make(map[store.ID]struct{})}
	s.behind.Store(true)
	return s
}

// Wrote notes that a conversation's log grew. It never waits.
func (s *Search) Wrote(conversation store.ID) {
	if s.opt.Off {
		return
	}
	s.mu.Lock()
	if len(s.fresh) < maxFresh {
		s.fresh[conversation] = struct{}{}
	} else {
		s.lost = true
	}
	s.mu.Unlock()
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// Rests between two batches, as multiples of the time that the first took: an
// index that lags costs nobody anything, one that hurries slows down messages.
const (
	restIdle = 9  // Nothing was written meanwhile.
	restBusy = 19 // Something was.
)

// retryAfter is how long Run leaves a database alone that refused it.
const retryAfter = 5 * time.Second

// Run indexes until ctx ends and then returns nil.
func (s *Search) Run(ctx context.Context) error {
	if s.opt.Off {
		<-ctx.Done()
		return nil
	}
	sweep := time.NewTicker(s.opt.Sweep)
	defer sweep.Stop()
	s.sweeping = true
	for {
		began := time.Now()
		done, err := s.index(ctx)
		if ctx.Err() != nil {
			return nil
		}
		rest := retryAfter
		switch {
		case errors.Is(err, store.ErrConflict): // Another node is at it.
			rest = 100 * time.Millisecond
		case err != nil:
			s.opt.Log.Warn("messages cannot be indexed now", "error", err)
		case done:
			s.behind.Store(false)
			select {
			case <-ctx.Done():
				return nil
			case <-sweep.C:
				s.sweeping = true
			case <-s.wake:
			}
			continue
		case s.busy():
			rest = restBusy * time.Since(began)
		default:
			rest = restIdle * time.Since(began)
		}
		pause := time.NewTimer(rest)
		select {
		case <-ctx.Done():
			pause.Stop()
			return nil
		case <-pause.C:
		}
	}
}

// busy reports whether something was written since the last time that it was
// asked.
func (s *Search) busy() bool {
	select {
	case <-s.wake:
		return true
	default:
		return false
	}
}

// placesAtOnce is how many conversations one batch is gathered from.
const placesAtOnce = 500

// index writes one batch and reports whether there was nothing left to write.
func (s *Search) index(ctx context.Context) (done bool, err error) {
	tx := s.st.Reader(ctx)
	if err := s.look(tx); err != nil {
		return false, err
	}
	taken := s.take()
	if len(taken) == 0 {
		return !s.sweeping, nil
	}
	places, err := tx.SearchLagOf(taken)
	if err == nil && len(places) == 0 {
		return false, nil
	}
	var batch store.SearchBatch
	if err == nil {
		batch, err = tx.ReadForSearch(places, s.opt.Batch)
	}
	if err == nil {
		err = s.st.Write(ctx, func(tx *store.Tx) error { return tx.WriteSearch(batch) })
	}
	if err != nil {
		s.add(taken...)
		return false, fmt.Errorf("index messages: %w", err)
	}
	for _, p := range places { // Some may go on beyond the batch.
		s.add(p.ConversationID)
	}
	return false, nil
}

// look goes on with the look at all conversations, if there is one.
func (s *Search) look(tx *store.Tx) error {
	s.mu.Lock()
	if s.lost {
		s.lost, s.sweeping, s.after = false, true, 0
	}
	waiting := len(s.fresh)
	s.mu.Unlock()
	if !s.sweeping || waiting > placesAtOnce {
		return nil
	}
	places, err := tx.SearchLag(s.after, placesAtOnce)
	if err != nil {
		return fmt.Errorf("look for messages to index: %w", err)
	}
	for _, p := range places {
		s.add(p.ConversationID)
		s.after = p.ConversationID
	}
	if len(places) < placesAtOnce {
		s.sweeping, s.after = false, 0
	}
	return nil
}

func (s *Search) add(conversations ...store.ID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, id := range conversations {
		s.fresh[id] = struct{}{}
	}
}

// take returns some of the conversations that may not be indexed to their end.
func (s *Search) take() []store.ID {
	s.mu.Lock()
	defer s.mu.Unlock()
	var taken []store.ID
	for id := range s.fresh {
		if len(taken) == placesAtOnce {
			break
		}
		taken = append(taken, id)
		delete(s.fresh, id)
	}
	return taken
}

// Bounds of one search.
const (
	findWithin = 10 * time.Second
	examine    = 20_000
)

// Find returns the newest entries that match q and that the user may see.
// ErrNotMember if q names a conversation that the user never was in.
func (s *Search) Find(ctx context.Context, userID string, q protocol.SearchQuery) (protocol.Found, error) {
	out := protocol.Found{Hits: []protocol.FoundEntry{}}
	if s.opt.Off {
		return out, protocol.Errorf(protocol.CodeNotFound, "this server keeps no index of messages")
	}
	query := store.SearchQuery{
		Words: text.ParseQuery(q.Words), Kind: q.Kind, Links: q.Links, FromMS: q.FromMS, ToMS: q.ToMS,
		Cursor: q.Cursor, Limit: q.Limit, Examine: examine,
	}
	if query.Limit <= 0 {
		query.Limit = protocol.DefaultPage
	}
	query.Limit = min(query.Limit, protocol.MaxPage)
	if query.Words.Empty() && q.Sender == "" && !q.Links && q.FromMS == 0 && q.ToMS == 0 {
		return out, protocol.Invalid("q", "say what to look for, or whose, or of when")
	}
	user, ok := store.ParseID(userID)
	if !ok {
		return out, nil
	}
	query.User = user
	if q.Sender != "" {
		if query.Sender, ok = store.ParseID(q.Sender); !ok {
			return out, nil
		}
	}
	ctx, cancel := context.WithTimeout(ctx, findWithin)
	defer cancel()
	out.Indexing = s.behind.Load()
	err := s.st.Snapshot(ctx, func(tx *store.Tx) error {
		views, err := tx.Views(user)
		if err != nil {
			return err
		}
		if query.Views, err = only(views, q.Conversations); err != nil {
			return err
		}
		hits, cursor, err := tx.Search(query)
		if err != nil {
			return err
		}
		out.Cursor = cursor
		for _, h := range hits {
			out.Hits = append(out.Hits, protocol.FoundEntry{
				ConversationID: h.ConversationID.String(), AsOf: views[h.ConversationID].LastSeq, Entry: h.Entry,
			})
		}
		return nil
	})
	if errors.Is(err, store.ErrCursor) {
		return out, protocol.Invalid("cursor", "is not one that a search gave")
	}
	if err != nil {
		return protocol.Found{Hits: []protocol.FoundEntry{}}, fmt.Errorf("search for %s: %w", userID, err)
	}
	return out, nil
}

// only returns the views of the named conversations, or all for none.
func only(views map[store.ID]store.View, conversations []string) (map[store.ID]store.View, error) {
	if len(conversations) == 0 {
		return views, nil
	}
	some := make(map[store.ID]store.View, len(conversations))
	for _, c := range slices.Compact(conversations) {
		id, ok := store.ParseID(c)
		view, member := views[id]
		if !ok || !member {
			return nil, protocol.ErrNotMember
		}
		some[id] = view
	}
	return some, nil
}
