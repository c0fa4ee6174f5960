package httpapi

import (
	"sync"
	"time"
)

// maxKeys bounds what one limiter remembers.
const maxKeys = 100_000

// limiter allows so many calls per key and minute, in bursts of a quarter of
// that. It is safe for concurrent use. It keeps one time per key: when the
// calls made so far would have ended, had they come evenly. A nil limiter
// allows everything.
type limiter struct {
	every time.Duration // Between two calls in a long run.
	burst time.Duration // How far ahead of its pace a key may be.

	mu   sync.Mutex
	ends map[string]time.Time
}

// newLimiter returns nil, no limit, for 0 per minute.
func newLimiter(perMinute int) *limiter {
	if perMinute == 0 {
		return nil
	}
	return &limiter{
		every: time.Minute / time.Duration(perMinute),
		burst: max(time.Minute/4, time.Minute/time.Duration(perMinute)),
		ends:  map[string]time.Time{},
	}
}

// take counts one call of key. It returns how long to wait before the next can
// succeed; 0 means this one may go on.
func (l *limiter) take(key string, now time.Time) time.Duration {
	if l == nil {
		return 0
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	end, known := l.ends[key]
	if end.Before(now) {
		end = now
	}
	end = end.Add(l.every)
	if wait := end.Sub(now) - l.burst; wait > 0 {
		return wait
	}
	if !known && len(l.ends) >= maxKeys {
		l.forget(now)
	}
	l.ends[key] = end
	return 0
}

// forget drops every key that is back at its pace, which is the same as never
// seen. If all are busy, it drops them all: an attack from that many addresses
// is not one that a limit per address can stop.
func (l *limiter) forget(now time.Time) {
	for k, end := range l.ends {
		if !end.After(now) {
			delete(l.ends, k)
		}
	}
	if len(l.ends) >= maxKeys {
		clear(l.ends)
	}
}
