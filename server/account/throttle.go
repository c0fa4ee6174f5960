package account

import (
	"net/netip"
	"sync"
	"time"

	"mychat/protocol"
)

// throttle counts tries per key. Each try takes one of a fixed number, which
// come back one by one as time passes. It lives in this process: a server of
// several nodes allows each of them the same.
type throttle struct {
	tries   int
	forgive time.Duration
	now     func() time.Time

	mu   sync.Mutex
	full map[string]time.Time // By key: when it will have all its tries again.
}

// throttleKeys bounds what a throttle remembers.
const throttleKeys = 100_000

func newThrottle(tries int, forgive time.Duration, now func() time.Time) *throttle {
	return &throttle{tries: tries, forgive: forgive, now: now, full: make(map[string]time.Time)}
}

// take uses one try of key, or returns the error that says how long to wait.
func (t *throttle) take(key string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	full := t.full[key]
	if full.Before(now) {
		full = now
	}
	full = full.Add(t.forgive)
	if wait := full.Sub(now) - time.Duration(t.tries)*t.forgive; wait > 0 {
		return protocol.RetryAfter(protocol.CodeRateLimited, wait, "too many tries; try again in %d s",
			(wait+time.Second-1)/time.Second)
	}
	if len(t.full) >= throttleKeys {
		t.prune(now)
	}
	t.full[key] = full
	return nil
}

// giveBack returns a try that was taken and proved harmless.
func (t *throttle) giveBack(key string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if full, ok := t.full[key]; ok {
		t.full[key] = full.Add(-t.forgive)
	}
}

// prune drops keys that have all their tries, and if that is not enough, any.
// The caller holds t.mu.
func (t *throttle) prune(now time.Time) {
	for key, full := range t.full {
		if !full.After(now) {
			delete(t.full, key)
		}
	}
	for key := range t.full {
		if len(t.full) < throttleKeys {
			return
		}
		delete(t.full, key)
	}
}

// network is the part of an address that one person is likely to have alone:
// an IPv4 address, or the /64 of an IPv6 one.
func network(address string) string {
	a, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	a = a.Unmap().WithZone("")
	if a.Is4() {
		return a.String()
	}
	p, err := a.Prefix(64)
	if err != nil {
		return a.String()
	}
	return p.String()
}
