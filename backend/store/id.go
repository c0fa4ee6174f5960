package store

import (
	"crypto/rand"
	"time"

	"github.com/oklog/ulid/v2"
)

// NewClientID returns a ULID for a message. Its random part alone makes it
// unique; a wrong clock does no harm.
func NewClientID(now time.Time) string {
	return ulid.MustNew(ulid.Timestamp(now), rand.Reader).String()
}
