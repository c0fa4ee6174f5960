package chat_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/oklog/ulid/v2"
	"golang.org/x/sync/errgroup"

	"mychat/protocol"
	"mychat/server/chat"
	"mychat/server/store"
	"mychat/server/store/storetest"
	"mychat/server/timeline"
)

// clock is a time that a test moves.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// node is a Chat on the database of a world, as on another machine, by a clock
// of the test. It looks for what is due as often as it can.
func (w *world) node(t *testing.T, c *clock) (n *chat.Chat, run func()) {
	t.Helper()
	n = chat.New(w.st, w.bus, w.tl, w.jr, chat.Options{Now: c.Now, Look: time.Millisecond})
	return n, func() {
		ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
		var g errgroup.Group
		g.Go(func() error { return n.Run(ctx) })
		t.Cleanup(func() {
			cancel()
			if err := g.Wait(); err != nil {
				t.Error(err)
			}
		})
	}
}

func (w *world) log(t *testing.T) []string {
	t.Helper()
	p, err := w.tl.After(t.Context(), w.users[0], w.conv, 0, protocol.MaxPage)
	if err != nil {
		t.Fatal(err)
	}
	out := []string{}
	for _, e := range p.Entries {
		out = append(out, string(e.Body))
	}
	return out
}

func eventually(t *testing.T, what string, cond func() bool) {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	deadline := time.After(time.Minute)
	for !cond() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("%s: not within a minute", what)
		}
	}
}

func schedule(t *testing.T, n *chat.Chat, user string, s protocol.Send, at time.Time) protocol.ScheduleUpdated {
	t.Helper()
	got, err := n.Schedule(t.Context(), user, protocol.Schedule{Send: s, AtMS: at.UnixMilli()})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// told returns what a user's journal says of scheduled messages now.
func (w *world) told(t *testing.T, user string) []protocol.Scheduled {
	t.Helper()
	s, err := w.jr.Sync(t.Context(), user, 0)
	if err != nil {
		t.Fatal(err)
	}
	var out []protocol.Scheduled
	for _, r := range s.Rows {
		if r.Kind == protocol.JournalScheduled {
			out = append(out, decode[protocol.Scheduled](t, r.Body))
		}
	}
	return out
}

func TestScheduledMessagesAreSentInTheirTime(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := &clock{now: time.Now()}
		n, run := w.node(t, c)
		second := schedule(t, n, w.users[0], w.text("second"), c.Now().Add(2*time.Hour))
		schedule(t, n, w.users[0], w.text("first"), c.Now().Add(time.Hour))
		if list, err := n.Scheduled(t.Context(), w.users[0]); err != nil || len(list) != 2 || list[1].ClientID != second.Scheduled.ClientID {
			t.Fatalf("%+v, %v", list, err)
		}
		if got := w.told(t, w.users[0]); len(got) != 2 {
			t.Errorf("a new device hears of %+v", got)
		}
		if list, err := n.Scheduled(t.Context(), w.users[1]); err != nil || len(list) != 0 {
			t.Errorf("the other one sees %+v, %v", list, err)
		}
		run()
		c.advance(time.Hour - time.Second)
		schedule(t, n, w.users[1], w.text("at once"), time.UnixMilli(0))
		eventually(t, "what is past goes at once", func() bool { return len(w.log(t)) == 1 })
		c.advance(2 * time.Second)
		eventually(t, "the first goes", func() bool { return len(w.log(t)) == 2 })
		c.advance(time.Hour)
		want := []string{`{"text":"at once"}`, `{"text":"first"}`, `{"text":"second"}`}
		eventually(t, "the second goes", func() bool { return slices.Equal(w.log(t), want) })
		eventually(t, "nothing is told to a new device", func() bool { return len(w.told(t, w.users[0])) == 0 })
		state, err := w.jr.Sync(t.Context(), w.users[0], second.Useq)
		if err != nil || len(state.Rows) == 0 {
			t.Fatalf("%+v, %v", state, err)
		}
		last := decode[protocol.Scheduled](t, state.Rows[len(state.Rows)-1].Body)
		if last.State != protocol.ScheduledSent || last.ClientID != second.Scheduled.ClientID || last.Send != nil {
			t.Errorf("the journal ends with %+v", last)
		}
	})
}

func TestAScheduledMessageIsChangedAndGivenUp(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := &clock{now: time.Now()}
		n, run := w.node(t, c)
		s := w.text("wrods")
		at := c.Now().Add(time.Hour)
		first := schedule(t, n, w.users[0], s, at)
		if again := schedule(t, n, w.users[0], s, at); again.Useq != first.Useq {
			t.Errorf("a repeat made row %d, after %d", again.Useq, first.Useq)
		}
		s.Body = w.text("words").Body
		if changed := schedule(t, n, w.users[0], s, at); changed.Useq <= first.Useq || string(changed.Scheduled.Send.Body) != `{"text":"words"}` {
			t.Errorf("changed: %+v", changed)
		}
		given := w.text("never")
		schedule(t, n, w.users[0], given, at)
		for range 2 { // A repeat is a success.
			got, err := n.Unschedule(t.Context(), w.users[0], given.ClientID)
			if err != nil || got.Scheduled.State != protocol.ScheduledDeleted {
				t.Errorf("given up: %+v, %v", got, err)
			}
		}
		if got, err := n.Unschedule(t.Context(), w.users[1], s.ClientID); err != nil || got.Useq != 0 {
			t.Errorf("somebody else's is given up: %+v, %v", got, err)
		}
		if _, err := n.Schedule(t.Context(), w.users[0], protocol.Schedule{Send: given, AtMS: 1}); !errors.Is(err, protocol.ErrNotFound) {
			t.Errorf("what was given up comes back: %v", err)
		}
		run()
		c.advance(2 * time.Hour)
		eventually(t, "it goes", func() bool { return slices.Equal(w.log(t), []string{`{"text":"words"}`}) })
		eventually(t, "it is over", func() bool {
			got, err := n.Unschedule(t.Context(), w.users[0], s.ClientID)
			return err == nil && got.Scheduled.State == protocol.ScheduledSent
		})
		if got := schedule(t, n, w.users[0], s, at); got.Scheduled.State != protocol.ScheduledSent {
			t.Errorf("a late repeat: %+v", got)
		}
		s.Body = w.text("too late").Body
		if _, err := n.Schedule(t.Context(), w.users[0], protocol.Schedule{Send: s, AtMS: 1}); !errors.Is(err, protocol.ErrTooLate) {
			t.Errorf("a late change: %v", err)
		}
		sent := w.text("sent at once")
		if _, err := n.Send(t.Context(), w.users[0], sent); err != nil {
			t.Fatal(err)
		}
		if _, err := n.Schedule(t.Context(), w.users[0], protocol.Schedule{Send: sent, AtMS: 1}); !errors.Is(err, protocol.ErrIDReused) {
			t.Errorf("what was sent at once is scheduled: %v", err)
		}
	})
}

func TestWhatCannotBeScheduled(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := &clock{now: time.Now()}
		n, _ := w.node(t, c)
		year := protocol.MaxScheduleAheadMS * time.Millisecond
		recall := protocol.Send{ConversationID: w.conv, ClientID: ulid.Make().String(), Kind: protocol.KindRecall, RefSeq: 1, Body: protocol.RawJSON(`{}`)}
		nowhere := w.text("x")
		nowhere.ConversationID = "1"
		for name, tt := range map[string]struct {
			user int
			s    protocol.Send
			at   time.Time
			want protocol.Code
		}{
			"a year ahead":     {0, w.text("x"), c.Now().Add(year), ""},
			"more than a year": {0, w.text("x"), c.Now().Add(year + time.Millisecond), protocol.CodeInvalid},
			"a recall":         {0, recall, c.Now(), protocol.CodeInvalid},
			"an empty text":    {0, w.text(" "), c.Now(), protocol.CodeInvalid},
			"by a stranger":    {2, w.text("x"), c.Now(), protocol.CodeNotMember},
			"nowhere":          {0, nowhere, c.Now(), protocol.CodeNotMember},
		} {
			_, err := n.Schedule(t.Context(), w.users[tt.user], protocol.Schedule{Send: tt.s, AtMS: tt.at.UnixMilli()})
			if got := protocol.AsError(err); (err == nil) != (tt.want == "") || err != nil && got.Code != tt.want {
				t.Errorf("%s: %v, want %q", name, err, tt.want)
			}
		}
		for i := 1; i < protocol.MaxScheduled; i++ { // One waits already.
			schedule(t, n, w.users[0], w.text(fmt.Sprint(i)), c.Now().Add(time.Hour))
		}
		if _, err := n.Schedule(t.Context(), w.users[0], protocol.Schedule{Send: w.text("one more")}); !errors.Is(err, protocol.ErrTooMany) {
			t.Errorf("one more: %v", err)
		}
		schedule(t, n, w.users[1], w.text("the other's first"), c.Now().Add(time.Hour))
	})
}

func TestAMessageThatMayNotBeSentAnyMoreIsKept(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := &clock{now: time.Now()}
		n, run := w.node(t, c)
		s := w.text("happy birthday")
		schedule(t, n, w.users[0], s, c.Now().Add(time.Hour))
		w.close(t, true)
		run()
		c.advance(2 * time.Hour)
		eventually(t, "it has failed", func() bool {
			list, err := n.Scheduled(t.Context(), w.users[0])
			return err == nil && len(list) == 1 && list[0].State == protocol.ScheduledFailed &&
				list[0].Code == protocol.CodeNotFriend && string(list[0].Send.Body) == `{"text":"happy birthday"}`
		})
		if _, err := n.Schedule(t.Context(), w.users[0], protocol.Schedule{Send: s}); !errors.Is(err, protocol.ErrNotFriend) {
			t.Errorf("again: %v", err)
		}
		w.close(t, false)
		if got := schedule(t, n, w.users[0], s, c.Now()); got.Scheduled.Code != "" {
			t.Errorf("again as friends: %+v", got)
		}
		eventually(t, "it goes", func() bool { return len(w.log(t)) == 1 })
	})
}

// TestWhatCannotGoForNowGoesLater has a node take a message in hand while its
// timeline cannot write. That refuses no message: another node sends it.
func TestWhatCannotGoForNowGoesLater(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := &clock{now: time.Now()}
		schedule(t, w.Chat, w.users[0], w.text("soon"), c.Now().Add(time.Hour))
		c.advance(2 * time.Hour)

		gone := storetest.OpenDSN(t, storetest.SQLite(t))
		if err := gone.Close(); err != nil {
			t.Fatal(err)
		}
		tl := timeline.New(gone, w.bus, timeline.Options{Log: slog.New(slog.DiscardHandler)})
		said := make(lines, 10)
		n := chat.New(w.st, w.bus, tl, w.jr, chat.Options{Now: c.Now, Log: slog.New(slog.NewTextHandler(said, nil))})
		ctx, cancel := context.WithCancel(t.Context())
		var g errgroup.Group
		g.Go(func() error { return tl.Run(ctx) })
		g.Go(func() error { return n.Run(ctx) })
		eventually(t, "the node has tried it", func() bool {
			list, err := n.Scheduled(t.Context(), w.users[0])
			return len(said) > 0 || err != nil || list[0].State != protocol.ScheduledWaiting
		})
		cancel()
		if err := g.Wait(); err != nil {
			t.Error(err)
		}
		list, err := n.Scheduled(t.Context(), w.users[0])
		if err != nil || len(list) != 1 || list[0].State != protocol.ScheduledWaiting || list[0].Code != "" {
			t.Fatalf("after a try that failed for now: %+v, %v", list, err)
		}

		_, run := w.node(t, c)
		c.advance(31 * time.Second)
		run()
		eventually(t, "it goes", func() bool { return slices.Contains(w.log(t), `{"text":"soon"}`) })
	})
}

// lines is a log of which it matters only how many lines it has.
type lines chan string

func (l lines) Write(p []byte) (int, error) {
	l <- string(p)
	return len(p), nil
}

func TestADisabledAccountSendsNothingLater(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := &clock{now: time.Now()}
		n, run := w.node(t, c)
		schedule(t, n, w.users[0], w.text("x"), c.Now().Add(time.Hour))
		user, _ := store.ParseID(w.users[0])
		if err := w.st.Write(t.Context(), func(tx *store.Tx) error { return tx.SetDisabled(user, true) }); err != nil {
			t.Fatal(err)
		}
		run()
		c.advance(2 * time.Hour)
		eventually(t, "it has failed", func() bool {
			list, err := n.Scheduled(t.Context(), w.users[0])
			return err == nil && len(list) == 1 && list[0].Code == protocol.CodeDisabled
		})
	})
}

// TestANodeDiesBetweenClaimAndSend kills a node at both points: after it took
// the message in hand, and after it also sent it but told nobody. Nobody else
// touches the message meanwhile, nor can it be changed; then another node sends
// it, and it is there once.
func TestANodeDiesBetweenClaimAndSend(t *testing.T) {
	for _, sent := range []bool{false, true} {
		t.Run(fmt.Sprintf("sent=%v", sent), func(t *testing.T) {
			each(t, func(t *testing.T, w *world) {
				c := &clock{now: time.Now()}
				n, run := w.node(t, c)
				s := w.text("once")
				schedule(t, n, w.users[0], s, c.Now().Add(time.Hour))
				c.advance(2 * time.Hour)
				// What the node that dies does.
				now := c.Now().UnixMilli()
				err := w.st.Write(t.Context(), func(tx *store.Tx) error {
					list, err := tx.ClaimScheduled(now, now-30_000, 10)
					if err == nil && len(list) != 1 {
						err = fmt.Errorf("claimed %d", len(list))
					}
					return err
				})
				if err != nil {
					t.Fatal(err)
				}
				if sent {
					if _, err := w.tl.Append(t.Context(), w.users[0], s); err != nil {
						t.Fatal(err)
					}
				}
				changed := s
				changed.Body = w.text("twice").Body
				if _, err := n.Schedule(t.Context(), w.users[0], protocol.Schedule{Send: changed}); !errors.Is(err, protocol.ErrUnavailable) {
					t.Errorf("changed in hand: %v", err)
				}
				if _, err := n.Unschedule(t.Context(), w.users[0], s.ClientID); !errors.Is(err, protocol.ErrUnavailable) {
					t.Errorf("given up in hand: %v", err)
				}
				before := len(w.log(t))
				run()
				// Something else that goes shows that the node had a look.
				schedule(t, n, w.users[1], w.text("a look"), c.Now())
				eventually(t, "the look", func() bool { return len(w.log(t)) == before+1 })
				if slices.Contains(w.log(t), `{"text":"once"}`) != sent {
					t.Fatalf("taken from a node that has it in hand: %v", w.log(t))
				}
				c.advance(31 * time.Second)
				eventually(t, "it is over", func() bool {
					list, err := n.Scheduled(t.Context(), w.users[0])
					return err == nil && len(list) == 0
				})
				count := 0
				for _, body := range w.log(t) {
					if body == `{"text":"once"}` {
						count++
					}
				}
				if count != 1 {
					t.Errorf("sent %d times: %v", count, w.log(t))
				}
			})
		})
	}
}

// TestManyNodesSendEachMessageOnce has four nodes look for the same messages at
// the same time.
func TestManyNodesSendEachMessageOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := &clock{now: time.Now()}
		var want []string
		first, run := w.node(t, c)
		for i := range 40 {
			words := fmt.Sprint("message ", i)
			schedule(t, first, w.users[i%2], w.text(words), c.Now().Add(time.Hour))
			want = append(want, fmt.Sprintf(`{"text":%q}`, words))
		}
		run()
		for range 3 {
			_, run := w.node(t, c)
			run()
		}
		c.advance(2 * time.Hour)
		eventually(t, "all are sent", func() bool {
			a, errA := first.Scheduled(t.Context(), w.users[0])
			b, errB := first.Scheduled(t.Context(), w.users[1])
			return errA == nil && errB == nil && len(a)+len(b) == 0
		})
		got := w.log(t)
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("sent %v", got)
		}
	})
}
