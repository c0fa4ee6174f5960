package remote

import (
	"errors"
	"math/rand/v2"
	"time"

	"mychat/protocol"
)

// Backoff spaces attempts: a random part of an upper bound that doubles with
// every failure ("full jitter"), so that many devices that lost one server do
// not come back in step. First and Longest must be set. It is not safe for
// concurrent use.
type Backoff struct {
	First   time.Duration // Upper bound of the first pause.
	Longest time.Duration // Upper bound of any pause.

	failures int
}

// Next returns the pause before the next attempt.
func (b *Backoff) Next() time.Duration {
	bound := b.Longest
	if b.failures < 16 {
		bound = min(b.Longest, b.First<<b.failures)
	}
	b.failures++
	return rand.N(bound) + time.Millisecond
}

// After returns the pause after an attempt that ended with err: at least as long
// as the server asked for.
func (b *Backoff) After(err error) time.Duration {
	pause := b.Next()
	var refusal *protocol.Error
	if errors.As(err, &refusal) {
		pause = max(pause, time.Duration(refusal.RetryAfterMS)*time.Millisecond)
	}
	return pause
}

// Reset makes the next pause a short one again.
func (b *Backoff) Reset() { b.failures = 0 }
