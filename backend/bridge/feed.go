package bridge

import (
	"sync"
	"time"
)

const (
	// flushEvery is the shortest pause between two batches: a page draws no
	// faster.
	flushEvery = 16 * time.Millisecond

	// keptEvents is how many events a page can miss and still catch up.
	keptEvents = 1024

	// maxEventIDs and maxEventIDBytes bound the ids in one event. A page that
	// is told of more reads everything, which is then cheaper, and no event
	// exceeds 8 kB, above which the web view of Linux keeps the memory.
	maxEventIDs     = 100
	maxEventIDBytes = 6000

	// maxBatchBytes bounds one batch, for the same reason.
	maxBatchBytes = 7000

	// queuedBatches is how far a listener may fall behind before it is cut.
	queuedBatches = 64
)

// feed numbers events, keeps the last ones, and hands them to listeners in
// batches. Pushing never waits: events that only say that something changed
// are merged until the next batch, and a listener that does not keep up is cut.
type feed struct {
	mu         sync.Mutex
	seq        int64
	kept       []Event // The last ones, ascending, without a hole.
	connection Connection
	listeners  map[*Subscription]struct{}

	pending []Event
	ids     map[mergeKey]map[string]struct{} // The ids of pending events.
	at      map[mergeKey]int                 // Where in pending an event to merge with is.
	timer   *time.Timer                      // Nil unless it is set.
	flushed time.Time
}

// mergeKey is the same for events of which the later says all that the earlier
// did, ids apart.
type mergeKey struct{ kind, conversation, user string }

// Subscription hears events until it is closed, or cut because its reader fell
// behind.
type Subscription struct {
	// C carries batches of events, ascending and without a hole. It is closed
	// when the subscription ends; the reader may subscribe again from the last
	// event it heard.
	C <-chan []Event

	feed *feed
	c    chan []Event
}

func newFeed() *feed {
	return &feed{
		connection: Connection{State: ConnectionOff},
		listeners:  map[*Subscription]struct{}{},
		ids:        map[mergeKey]map[string]struct{}{},
		at:         map[mergeKey]int{},
	}
}

// push announces events. It merges what can be merged, and hands the rest on at
// once unless it just did.
func (f *feed) push(events ...Event) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, e := range events {
		f.add(e)
	}
	if len(f.pending) == 0 || f.timer != nil {
		return
	}
	wait := flushEvery - time.Since(f.flushed)
	if wait <= 0 {
		f.flush()
		return
	}
	f.timer = time.AfterFunc(wait, func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.timer = nil
		f.flush()
	})
}

// add puts e in the pending batch, or merges it into what is there. f.mu is
// held.
func (f *feed) add(e Event) {
	if e.Connection != nil {
		f.connection = *e.Connection
	}
	key := mergeKey{e.Kind, e.ConversationID, e.UserID}
	if e.Presence != nil {
		key.user = e.Presence.UserID
	}
	i, merges := f.at[key]
	switch e.Kind {
	case EventNotice, EventNoticesOver, EventShow, EventAuth: // Each stands for itself.
		merges = false
	case EventConversations, EventMessages:
		e.IDs = f.mergeIDs(key, merges, e.IDs)
	}
	if merges {
		f.pending[i] = e
		return
	}
	f.at[key] = len(f.pending)
	f.pending = append(f.pending, e)
}

// mergeIDs adds ids to those already pending under key, and returns them all,
// or nil if they are too many to name: then any may have changed.
func (f *feed) mergeIDs(key mergeKey, merges bool, ids []string) []string {
	known := f.ids[key]
	if merges && known == nil || len(ids) == 0 {
		delete(f.ids, key)
		return nil
	}
	var all []string
	if merges {
		all = f.pending[f.at[key]].IDs
	} else {
		known = make(map[string]struct{}, len(ids))
		f.ids[key] = known
	}
	for _, id := range ids {
		if _, ok := known[id]; !ok {
			known[id] = struct{}{}
			all = append(all, id)
		}
	}
	if len(all) > maxEventIDs || sizeOf(all) > maxEventIDBytes {
		delete(f.ids, key)
		return nil
	}
	return all
}

// flush numbers the pending events and hands them out. f.mu is held.
func (f *feed) flush() {
	var batch []Event
	size := 0
	for _, e := range f.pending {
		f.seq++
		e.Seq = f.seq
		if s := e.size(); size+s > maxBatchBytes && len(batch) > 0 {
			f.deliver(batch)
			batch, size = nil, 0
		}
		batch, size = append(batch, e), size+e.size()
	}
	if len(batch) > 0 {
		f.deliver(batch)
	}
	f.pending = nil
	clear(f.ids)
	clear(f.at)
	f.flushed = time.Now()
}

// deliver keeps a batch and queues it for every listener. f.mu is held.
func (f *feed) deliver(batch []Event) {
	f.kept = append(f.kept, batch...)
	if extra := len(f.kept) - keptEvents; extra > 0 {
		f.kept = append([]Event(nil), f.kept[extra:]...)
	}
	for s := range f.listeners {
		select {
		case s.c <- batch:
		default:
			f.end(s)
		}
	}
}

// since returns what a page that last heard event seq missed.
func (f *feed) since(seq int64) Backlog {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.backlog(seq)
}

func (f *feed) backlog(seq int64) Backlog {
	b := Backlog{Events: []Event{}, Seq: f.seq, Connection: f.connection}
	oldest := f.seq - int64(len(f.kept)) // The last event that is not kept.
	switch {
	case seq == 0 || seq == f.seq:
	case seq < oldest || seq > f.seq:
		b.Reset = true
	default:
		b.Events = append(b.Events, f.kept[seq-oldest:]...)
	}
	return b
}

// subscribe returns what was missed since event seq, and a subscription to all
// that comes after that.
func (f *feed) subscribe(seq int64) (Backlog, *Subscription) {
	c := make(chan []Event, queuedBatches)
	s := &Subscription{C: c, feed: f, c: c}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.listeners[s] = struct{}{}
	return f.backlog(seq), s
}

// Close ends the subscription.
func (s *Subscription) Close() {
	s.feed.mu.Lock()
	defer s.feed.mu.Unlock()
	s.feed.end(s)
}

// end closes a subscription once. f.mu is held.
func (f *feed) end(s *Subscription) {
	if _, ok := f.listeners[s]; ok {
		delete(f.listeners, s)
		close(s.c)
	}
}

// size is about the number of bytes of e as JSON.
func (e Event) size() int {
	n := 200 + sizeOf(e.IDs)
	if e.Notice != nil {
		n += len(e.Notice.Title) + len(e.Notice.Body)
	}
	return n
}

func sizeOf(ids []string) int {
	n := 0
	for _, id := range ids {
		n += len(id) + len(`"",`)
	}
	return n
}
