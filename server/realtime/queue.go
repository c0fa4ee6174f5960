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

// queue holds what waits to be written to one socket. It is bounded: when it
// is full, put says so. Safe for concurrent use by many that put, one that
// takes and one that waits for it to ease.
type queue struct {
	limit int           // Bytes.
	ready chan struct{} // Holds a token while items wait.
	eased chan struct{} // Holds a token once it is no longer crowded.

	mu    sync.Mutex
	items []item
	bytes int // Of items and of those taken but not done.
}

func newQueue(limit int) *queue {
	return &queue{limit: limit, ready: make(chan struct{}, 1), eased: make(chan struct{}, 1)}
}

// put adds i and reports whether there was room.
func (q *queue) put(i item) bool {
	q.mu.Lock()
	if q.bytes+i.size() > q.limit || len(q.items) >= maxQueued {
		q.mu.Unlock()
		return false
	}
	q.items = append(q.items, i)
	q.bytes += i.size()
	q.mu.Unlock()
	signal(q.ready)
	return true
}

// signal leaves a token in c unless there is one.
func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
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

// take returns everything that waits. Call done for each item.
func (q *queue) take() []item {
	q.mu.Lock()
	defer q.mu.Unlock()
	items := q.items
	q.items = nil
	return items
}

// done gives back the room of an item that was taken.
func (q *queue) done(i item) {
	q.mu.Lock()
	q.bytes -= i.size()
	crowded := q.crowdedLocked()
	q.mu.Unlock()
	if !crowded {
		signal(q.eased)
	}
}
