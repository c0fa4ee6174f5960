package account

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"mychat/protocol"
)

func TestHash(t *testing.T) {
	h := newHasher(HashOptions{MemoryKiB: 64, Time: 1, Threads: 1}, 2)
	one, err := h.hash(t.Context(), "pässword")
	if err != nil {
		t.Fatal(err)
	}
	two, err := h.hash(t.Context(), "pässword")
	if err != nil || one == two {
		t.Errorf("the same hash twice, or %v", err)
	}
	for _, tt := range []struct {
		password, encoded string
		want              bool
	}{
		{"pässword", one, true},
		{"pässword", two, true},
		{"password", one, false},
		{"", one, false},
		{"pässword", "", false},
	} {
		ok, old, err := h.verify(t.Context(), tt.password, tt.encoded)
		if ok != tt.want || old || err != nil {
			t.Errorf("verify(%q, %q) = %v, old %v, %v", tt.password, tt.encoded, ok, old, err)
		}
	}
	other := newHasher(HashOptions{MemoryKiB: 64, Time: 2, Threads: 1}, 1)
	if ok, old, err := other.verify(t.Context(), "pässword", one); !ok || !old || err != nil {
		t.Errorf("with other parameters: %v, old %v, %v", ok, old, err)
	}
}

func FuzzParseHash(f *testing.F) {
	h := newHasher(HashOptions{MemoryKiB: 64, Time: 1, Threads: 1}, 1)
	f.Add(h.dummy)
	f.Add("$argon2id$v=19$m=64,t=0,p=1$AAAA$AAAA")
	f.Add("$argon2id$v=19$m=64,t=1,p=1$$")
	f.Add("$2a$10$abcdefghijklmnopqrstuv")
	f.Fuzz(func(t *testing.T, encoded string) {
		opt, salt, hash, err := parseHash(encoded)
		if err != nil {
			return
		}
		if opt.Time == 0 || opt.Threads == 0 || len(salt) == 0 || len(hash) == 0 {
			t.Errorf("%q is no hash", encoded)
		}
	})
}

func TestHashesWaitForASlot(t *testing.T) {
	h := newHasher(HashOptions{MemoryKiB: 64, Time: 1, Threads: 1}, 1)
	if err := h.enter(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var g errgroup.Group
	g.Go(func() error { _, err := h.hash(ctx, "x"); return err })
	cancel()
	if err := g.Wait(); !errors.Is(err, context.Canceled) {
		t.Errorf("who gave up got %v", err)
	}
	h.waiting.Store(hashWaiting)
	if _, err := h.hash(t.Context(), "x"); protocol.AsError(err).Code != protocol.CodeRateLimited {
		t.Errorf("too many wait: %v", err)
	}
	h.waiting.Store(0)
	h.leave()
	if _, err := h.hash(t.Context(), "x"); err != nil {
		t.Error(err)
	}
}

func TestThrottleForgetsOnlyWhoHasAllTries(t *testing.T) {
	now := time.Unix(1_000_000, 0)
	th := newThrottle(1, time.Minute, func() time.Time { return now })
	for i := range throttleKeys {
		if err := th.take(fmt.Sprint(i)); err != nil {
			t.Fatal(err)
		}
	}
	now = now.Add(time.Minute)
	if err := th.take("one more"); err != nil {
		t.Fatal(err)
	}
	if n := len(th.full); n != 1 {
		t.Errorf("%d keys are remembered, want 1", n)
	}
	if err := th.take("one more"); protocol.AsError(err).Code != protocol.CodeRateLimited {
		t.Errorf("got %v", err)
	}
}

func TestNetwork(t *testing.T) {
	for in, want := range map[string]string{
		"192.0.2.1": "192.0.2.1", "::ffff:192.0.2.1": "192.0.2.1", "2001:db8:1:2:3::4": "2001:db8:1:2::/64",
		"fe80::1%eth0": "fe80::/64", "somewhere": "somewhere", "": "",
	} {
		if got := network(in); got != want {
			t.Errorf("network(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestSessionsForgetWhatEndedMeanwhile(t *testing.T) {
	now := time.Unix(1_000_000, 0)
	s := newSessions(func() time.Time { return now })
	c := Caller{UserID: "1", DeviceID: "2"}
	token := [32]byte{1}
	_, _, mark := s.get(token)
	s.forget(c.DeviceID) // Between reading the row and remembering it.
	s.put(token, c, mark)
	if _, ok, _ := s.get(token); ok {
		t.Error("an ended session is remembered")
	}
	_, _, mark = s.get(token)
	s.put(token, c, mark)
	if got, ok, _ := s.get(token); !ok || got != c {
		t.Errorf("got %+v, %v", got, ok)
	}
	now = now.Add(sessionLives)
	if _, ok, _ := s.get(token); ok {
		t.Error("remembered for too long")
	}
}
