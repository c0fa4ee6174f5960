package inbox

import (
	"context"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"mychat/backend/remote"
	"mychat/backend/store"
	"mychat/protocol"
)

// TestPausedHistoryIsFetchedWhereItIsOpened lets the newest pages come and
// nothing else, until it is told to go on.
func TestPausedHistoryIsFetchedWhereItIsOpened(t *testing.T) {
	s, f := openStore(t, t.TempDir()), newFar()
	f.say("c1", 900)
	n := newNear(t, s, f, func(opt *Options) { opt.Paused = true })
	n.connect(t, f.welcome("c1"))
	receive(t, "end of syncing", n.synced)
	lack, _, err := s.Lack(t.Context(), "c1")
	if err != nil || lack.Ask.BeforeSeq != 850 {
		t.Fatalf("it lacks %+v, %v, want all before the newest page", lack, err)
	}
	if err := n.Fetch(t.Context(), "c1", lack.Ask, 100); err != nil {
		t.Fatal(err)
	}
	if asked := len(f.requests()); asked != 2 {
		t.Errorf("%d requests, want the newest page and the one that was opened", asked)
	}
	n.Pause(false)
	whole(t, s, "c1", 900)
}

// TestPauseStopsBetweenTwoPages pauses while a page is under way.
func TestPauseStopsBetweenTwoPages(t *testing.T) {
	s, f := openStore(t, t.TempDir()), newFar()
	f.say("c1", 5000)
	asked, release := make(chan struct{}), make(chan struct{})
	f.fail = func(remote.PageRequest) error {
		if len(f.fetched) == 5 {
			close(asked)
			f.hold(t, release)
		}
		return nil
	}
	n := newNear(t, s, f)
	n.connect(t, f.welcome("c1"))
	receive(t, "fifth request", asked)
	n.Pause(true)
	close(release)
	n.stop() // Whatever was under way has ended.
	if got := len(f.requests()); got > 6 {
		t.Errorf("%d requests, want none after the one that was under way", got)
	}
}

// TestHistoryKeepsTheServersPause asks once, is told to wait, and is woken by
// all that happens meanwhile.
func TestHistoryKeepsTheServersPause(t *testing.T) {
	s, f := openStore(t, t.TempDir()), newFar()
	f.say("c1", 900)
	const pause = 300 * time.Millisecond
	var refused, again atomic.Int64 // Unix nanoseconds.
	f.fail = func(r remote.PageRequest) error {
		switch now := time.Now().UnixNano(); {
		case r.Limit != protocol.MaxPage:
		case refused.Load() == 0:
			refused.Store(now)
			return &protocol.Error{Code: protocol.CodeRateLimited, RetryAfterMS: pause.Milliseconds()}
		case again.Load() == 0:
			again.Store(now)
		}
		return nil
	}
	n := newNear(t, s, f)
	n.connect(t, f.welcome("c1"))
	receive(t, "end of syncing", n.synced)
	for range 20 {
		n.Pause(false)
		n.live(t, "c1", f.say("c1", 1)...)
	}
	whole(t, s, "c1", 920)
	if waited := time.Duration(again.Load() - refused.Load()); waited < pause {
		t.Errorf("it asked again after %v, want at least %v", waited, pause)
	}
}

// TestOneRequestAtATime counts the requests for older history that are under
// way together.
func TestOneRequestAtATime(t *testing.T) {
	s, f := openStore(t, t.TempDir()), newFar()
	for _, id := range []string{"c1", "c2", "c3"} {
		f.say(id, 1500)
	}
	var under, most atomic.Int64
	n := newNear(t, s, f, func(opt *Options) {
		opt.Fetch = func(ctx context.Context, r remote.PageRequest) (protocol.Page, error) {
			if r.Limit == protocol.MaxPage {
				most.Store(max(most.Load(), under.Add(1)))
				defer under.Add(-1)
			}
			return f.page(ctx, r)
		}
	})
	n.connect(t, f.welcome("c1", "c2", "c3"))
	for _, id := range []string{"c1", "c2", "c3"} {
		whole(t, s, id, 1500)
		if got := seqs(t, s, id); !slices.Equal(got, upTo(1500)) {
			t.Errorf("%s holds %d entries", id, len(got))
		}
	}
	if most.Load() != 1 {
		t.Errorf("%d requests at a time, want 1", most.Load())
	}
}

// TestHistoryOfADeviceThatWasAway fills the hole and asks for nothing that is
// here below it.
func TestHistoryOfADeviceThatWasAway(t *testing.T) {
	s, f := openStore(t, t.TempDir()), newFar()
	f.say("c1", 3000)
	n := newNear(t, s, f)
	n.connect(t, f.welcome("c1"))
	whole(t, s, "c1", 3000)
	n.Disconnected()
	f.say("c1", 1000)
	before := len(f.requests())
	n.connect(t, f.welcome("c1"))
	whole(t, s, "c1", 4000)
	n.stop()
	// The newest page, five for the hole, and one that was asked for before it
	// was seen that the hole ends.
	if asked := len(f.requests()) - before; asked > 7 {
		t.Errorf("%d requests for 1,000 entries", asked)
	}
	if got := seqs(t, s, "c1"); !slices.Equal(got, upTo(4000)) {
		t.Errorf("c1 holds %d entries", len(got))
	}
}

// TestLiveEntriesDoNotWaitForHistory delivers while a page of history takes for
// ever.
func TestLiveEntriesDoNotWaitForHistory(t *testing.T) {
	s, f := openStore(t, t.TempDir()), newFar()
	f.say("c1", 900)
	asked := make(chan struct{})
	f.fail = func(r remote.PageRequest) error {
		if r.Limit == protocol.MaxPage && r.BeforeSeq > 0 { // What closes a gap begins at the end.
			if len(f.fetched) == 2 {
				close(asked)
			}
			f.hold(t, nil)
		}
		return nil
	}
	n := newNear(t, s, f)
	n.connect(t, f.welcome("c1"))
	receive(t, "request for older history", asked)
	n.live(t, "c1", f.say("c1", 1)...)
	if got := receive(t, "live message", n.fresh); got[0].Seq != 901 {
		t.Errorf("got %+v", got)
	}
	// A gap too: its page comes on a road of its own.
	missed := f.say("c1", 30)
	n.live(t, "c1", missed[29])
	feed := s.Subscribe()
	defer feed.Close()
	for last := int64(0); last < 931; {
		p, _, err := s.Page(t.Context(), store.PageQuery{ConversationID: "c1"})
		if err != nil {
			t.Fatal(err)
		}
		if last = p.Messages[len(p.Messages)-1].Seq; last < 931 {
			receive(t, "change of the store", feed.Ready())
			feed.Take()
		}
	}
}
