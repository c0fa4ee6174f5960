package realtime

import (
	"sync"

	"mychat/server/bus"
)

// maxQueued bounds how many items wait for one socket, whatever their size.
const maxQueued = 16_384

// item is one thing for a socket's writer to do. One field is set.
type item struct {
	frame []byte     // Written as it is.
	wake  *bus.Event // Entries, journal rows or a membership: compared with the socket's position first.
	ping  bool
}

// size is what an item counts for in its queue, in bytes.
func (i item) size() int {
	const overhead = 64
	if i.wake != nil {
		return overhead + len(i.wake.Frame)
	}
	return overhead + len(i.frame)
}

// bare returns i without what can be read again: a wake loses its frame.
func (i item) bare() item {
	if i.wake == nil || i.wake.Frame == nil {
		return i
	}
	e := *i.wake
	e.Frame = nil
	return item{wake: &e}
}

// queue holds what waits to be written to one socket, and knows whether
// somebody is writing it. It is bounded: when it is full, put says so. Safe for
// concurrent use by many that put, one that takes and one that waits for it to
// ease.
type queue struct {
	limit   int            // Bytes.
	writers sync.WaitGroup // Who was told to write and has not said Done.

	mu    sync.Mutex
	items []item
	bytes int           // Of items and of those taken but not done.
	state queueState    // Who writes.
	eased chan struct{} // Closed once it is no longer crowded; nil while nobody waits for that.
}

// queueState says whether a queue has a writer.
type queueState int

const (
	queueHeld    queueState = iota // What comes waits for release.
	queueIdle                      // Nobody writes.
	queueWriting                   // Somebody takes until there is nothing left.
	queueClosed                    // Nobody will.
)

// put adds i and reports whether there was room, and whether the caller must now
// have somebody write, who ends with writers.Done.
func (q *queue) put(i item) (ok, write bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.bytes+i.size() > q.limit || len(q.items) >= maxQueued {
		return false, false
	}
	q.items = append(q.items, i)
	q.bytes += i.size()
	return true, q.beginLocked()
}

// release lets what was put be written, and reports whether the caller must
// have that done.
func (q *queue) release() (write bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.state == queueHeld {
		q.state = queueIdle
	}
	return q.beginLocked()
}

func (q *queue) beginLocked() bool {
	if q.state != queueIdle || len(q.items) == 0 {
		return false
	}
	q.state = queueWriting
	q.writers.Add(1) // Under the mutex, so that close comes before or after it.
	return true
}

// close keeps put and release from asking for a writer ever again. Only after it
// may writers be waited for.
func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.state = queueClosed
}

// crowded reports whether half of the room is taken: the rest is for what can
// neither be left out nor read again.
func (q *queue) crowded() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.crowdedLocked()
}

func (q *queue) crowdedLocked() bool {
	return q.bytes > q.limit/2 || len(q.items) > maxQueued/2
}

// easing returns what is closed once the queue is no longer crowded, or nil
// while it is not.
func (q *queue) easing() <-chan struct{} {
	q.mu.Lock()
	defer q.mu.Unlock()
	if !q.crowdedLocked() {
		return nil
	}
	if q.eased == nil {
		q.eased = make(chan struct{})
	}
	return q.eased
}

// take returns everything that waits; nothing means that the one who writes is
// done. Call done for each item.
func (q *queue) take() []item {
	q.mu.Lock()
	defer q.mu.Unlock()
	items := q.items
	q.items = nil
	if len(items) == 0 && q.state == queueWriting {
		q.state = queueIdle
	}
	return items
}

// done gives back the room of items that were taken.
func (q *queue) done(items ...item) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, i := range items {
		q.bytes -= i.size()
	}
	if q.eased != nil && !q.crowdedLocked() {
		close(q.eased)
		q.eased = nil
	}
}
