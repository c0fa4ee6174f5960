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

// queue holds what waits to be written to one socket. It is bounded: when it
// is full, put says so and the socket is closed as slow. Safe for concurrent
// use by many that put and one that takes.
type queue struct {
	limit int           // Bytes.
	ready chan struct{} // Holds a token while items wait.

	mu    sync.Mutex
	items []item
	bytes int // Of items and of those taken but not done.
}

func newQueue(limit int) *queue {
	return &queue{limit: limit, ready: make(chan struct{}, 1)}
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
	select {
	case q.ready <- struct{}{}:
	default:
	}
	return true
}

// crowded reports whether what may be lost should be left out.
func (q *queue) crowded() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.bytes > q.limit/2
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
	defer q.mu.Unlock()
	q.bytes -= i.size()
}
