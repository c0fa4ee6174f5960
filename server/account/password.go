package account

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"golang.org/x/crypto/argon2"

	"mychat/protocol"
)

// hasher computes argon2id hashes, few at once: each takes its memory and a
// CPU for some tens of milliseconds.
type hasher struct {
	opt     HashOptions
	slots   chan struct{} // One token for each hash being computed.
	waiting atomic.Int64
	dummy   string // Stands in for the hash of a user who does not exist.
}

const (
	saltBytes   = 16
	hashBytes   = 32
	hashWaiting = 1024 // Hashes that may wait for a slot.
)

func newHasher(opt HashOptions, atOnce int) *hasher {
	h := &hasher{opt: opt, slots: make(chan struct{}, atOnce)}
	h.dummy = h.encode(random(saltBytes), random(hashBytes))
	return h
}

// random returns n bytes that nobody can guess.
func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // Never fails: the runtime ends the process instead.
	return b
}

// encode writes a hash in the usual form, with the parameters that made it.
func (h *hasher) encode(salt, hash []byte) string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version,
		h.opt.MemoryKiB, h.opt.Time, h.opt.Threads, b64.EncodeToString(salt), b64.EncodeToString(hash))
}

// enter waits for a slot; call leave after.
func (h *hasher) enter(ctx context.Context) error {
	if h.waiting.Add(1) > hashWaiting {
		h.waiting.Add(-1)
		return protocol.RetryAfter(protocol.CodeRateLimited, 5*time.Second, "too many people sign in at once; try again in 5 s")
	}
	defer h.waiting.Add(-1)
	select {
	case h.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (h *hasher) leave() { <-h.slots }

// hash returns a new hash of password.
func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	if err := h.enter(ctx); err != nil {
		return "", err
	}
	defer h.leave()
	salt := random(saltBytes)
	return h.encode(salt, argon2.IDKey([]byte(password), salt, h.opt.Time, h.opt.MemoryKiB, h.opt.Threads, hashBytes)), nil
}

// verify reports whether password has the hash encoded, and whether encoded
// was made with other parameters than these. "" stands for a user who does not
// exist: it takes as long and is always wrong.
func (h *hasher) verify(ctx context.Context, password, encoded string) (ok, old bool, err error) {
	exists := encoded != ""
	if !exists {
		encoded = h.dummy
	}
	opt, salt, want, err := parseHash(encoded)
	if err != nil {
		return false, false, err
	}
	if err := h.enter(ctx); err != nil {
		return false, false, err
	}
	defer h.leave()
	got := argon2.IDKey([]byte(password), salt, opt.Time, opt.MemoryKiB, opt.Threads, uint32(len(want)))
	same := subtle.ConstantTimeCompare(got, want) == 1
	return same && exists, opt != h.opt, nil
}

func parseHash(encoded string) (opt HashOptions, salt, hash []byte, err error) {
	var version int
	var rest string
	n, err := fmt.Sscanf(encoded, "$argon2id$v=%d$m=%d,t=%d,p=%d$%s", &version, &opt.MemoryKiB, &opt.Time, &opt.Threads, &rest)
	if err != nil || n != 5 || version != argon2.Version || opt.Time == 0 || opt.Threads == 0 {
		return opt, nil, nil, errors.New("a password hash is not understood")
	}
	for i := range len(rest) {
		if rest[i] != '$' {
			continue
		}
		salt, err = base64.RawStdEncoding.DecodeString(rest[:i])
		if err == nil {
			hash, err = base64.RawStdEncoding.DecodeString(rest[i+1:])
		}
		break
	}
	if err != nil || len(salt) == 0 || len(hash) == 0 {
		return opt, nil, nil, errors.New("a password hash is not understood")
	}
	return opt, salt, hash, nil
}
