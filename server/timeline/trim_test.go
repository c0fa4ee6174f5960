package timeline_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/oklog/ulid/v2"
	"golang.org/x/sync/errgroup"
	"pgregory.net/rapid"

	"mychat/protocol"
	"mychat/server/store"
	"mychat/server/store/storetest"
	"mychat/server/timeline"
)

// aging is a world whose clock a test moves and that keeps entries for a while.
type aging struct {
	*world
	now *time.Time
}

// newAging returns nodes that share one database and one clock.
func newAging(t *testing.T, st *store.Store, keep time.Duration, nodes int) []aging {
	t.Helper()
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	list := make([]aging, nodes)
	for i := range list {
		list[i] = aging{newWorld(t, st, timeline.Options{
			Now: func() time.Time { return now }, ClearForAll: true, RecallWithin: time.Hour, EditWithin: time.Hour,
			Keep: map[string]time.Duration{protocol.ConversationDirect: keep},
		}), &now}
	}
	return list
}

// say writes a text as the server would, at the present time.
func (a aging) say(t testing.TB, conv, sender, words string) {
	t.Helper()
	err := a.st.Write(t.Context(), func(tx *store.Tx) error {
		return a.AppendIn(tx, id(conv), timeline.Draft{SenderID: id(sender), Kind: protocol.KindText, Body: protocol.Text{Text: words}})
	})
	if err != nil {
		t.Fatal(err)
	}
}

// seqs returns what a user sees of a conversation.
func (a aging) seqs(t testing.TB, user, conv string) []int64 {
	t.Helper()
	p, err := a.After(t.Context(), user, conv, 0, protocol.MaxPage)
	if err != nil {
		t.Fatal(err)
	}
	list := []int64{}
	for _, e := range p.Entries {
		list = append(list, e.Seq)
	}
	return list
}

func clearing(conv string, seq int64) protocol.Send {
	return protocol.Send{
		ConversationID: conv, ClientID: ulid.Make().String(), Kind: protocol.KindClear, RefSeq: seq, Body: protocol.RawJSON(`{}`),
	}
}

// TestRetention is a property: whatever is said when, and whenever which nodes
// trim, exactly the entries that are too old are gone once a node trimmed, all
// at the low end, and nothing else is.
func TestRetention(t *testing.T) {
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		const keep = 24 * time.Hour
		nodes := newAging(t, st, keep, 2)
		rapid.Check(t, func(rt *rapid.T) {
			u := people(t, st, 2)
			conv := direct(t, st, u[0], u[1])
			var said []time.Time // When the entry with seq i+1 was said.
			for range rapid.IntRange(1, 12).Draw(rt, "steps") {
				switch rapid.IntRange(0, 2).Draw(rt, "step") {
				case 0:
					for range rapid.IntRange(1, 5).Draw(rt, "words") {
						nodes[0].say(t, conv, u[len(said)%2], "words")
						said = append(said, *nodes[0].now)
					}
				case 1:
					*nodes[0].now = nodes[0].now.Add(time.Duration(rapid.IntRange(1, 20).Draw(rt, "hours")) * time.Hour)
				case 2:
					for _, n := range nodes {
						if _, err := n.Trim(t.Context()); err != nil {
							rt.Fatal(err)
						}
					}
					*nodes[0].now = nodes[0].now.Add(2 * time.Minute) // The next may be of either node.
					want := []int64{}
					for i, at := range said {
						if nodes[0].now.Add(-2*time.Minute).Sub(at) <= keep {
							want = append(want, int64(i+1))
						}
					}
					if got := nodes[1].seqs(t, u[0], conv); !slices.Equal(got, want) {
						rt.Fatalf("left are %v, want %v", got, want)
					}
					head, err := nodes[1].Head(t.Context(), u[1], conv)
					if err != nil {
						rt.Fatal(err)
					}
					if (head.Last == nil) != (len(want) == 0) || head.LastSeq != int64(len(said)) {
						rt.Fatalf("the head is %+v with %v left", head, want)
					}
				}
			}
		})
	})
}

// TestTrimmingIsBoundedAndSafe has two nodes trim many entries at once.
func TestTrimmingIsBoundedAndSafe(t *testing.T) {
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		nodes := newAging(t, st, time.Hour, 2)
		u := people(t, st, 2)
		conv := direct(t, st, u[0], u[1])
		drafts := make([]timeline.Draft, 2500)
		for i := range drafts {
			drafts[i] = timeline.Draft{SenderID: id(u[0]), Kind: protocol.KindText, Body: protocol.Text{Text: "old"}}
		}
		if err := st.Write(t.Context(), func(tx *store.Tx) error { return nodes[0].AppendIn(tx, id(conv), drafts...) }); err != nil {
			t.Fatal(err)
		}
		*nodes[0].now = nodes[0].now.Add(2 * time.Hour)
		nodes[0].say(t, conv, u[1], "new")
		events := nodes[0].events()
		var group errgroup.Group
		total := make([]int64, 2)
		for i, n := range nodes {
			group.Go(func() error {
				var err error
				total[i], err = n.Trim(t.Context())
				return err
			})
		}
		if err := group.Wait(); err != nil {
			t.Fatal(err)
		}
		// The one that had no lease leaves the rest to the other.
		if total[0]+total[1] != 2500 || total[0] != 0 && total[1] != 0 {
			t.Errorf("deleted %v", total)
		}
		if got := nodes[0].seqs(t, u[0], conv); !slices.Equal(got, []int64{2501}) {
			t.Errorf("left %v", got)
		}
		if total[0] > 0 {
			if e := wait(t, events); e.ConversationID != conv || len(e.Frame) == 0 {
				t.Errorf("the members' devices are told %+v", e)
			}
		}
		ever := newAging(t, st, 0, 1)[0]
		*ever.now = ever.now.Add(365 * 24 * time.Hour)
		if total, err := ever.Trim(t.Context()); err != nil || total != 0 {
			t.Errorf("without a limit %d were deleted, %v", total, err)
		}
	})
}

func TestClearForAll(t *testing.T) {
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newAging(t, st, 0, 1)[0]
		storetest.Background(t, w.Run)
		u := people(t, st, 3)
		conv := direct(t, st, u[0], u[1])
		first := text(conv, "one")
		w.append(u[0], first)
		w.append(u[1], text(conv, "two"))
		edit := protocol.Send{
			ConversationID: conv, ClientID: ulid.Make().String(), Kind: protocol.KindEdit, RefSeq: 1, Body: protocol.RawJSON(`{"text":"one more"}`),
		}
		w.append(u[0], edit)
		send := clearing(conv, 2)
		sent := w.append(u[1], send)
		if sent.Seq != 4 {
			t.Fatalf("the line is entry %d", sent.Seq)
		}
		for _, user := range u[:2] {
			p, err := w.After(t.Context(), user, conv, 0, 0)
			if err != nil || p.FloorSeq != 3 || len(p.Entries) != 2 || p.Entries[1].Kind != protocol.KindClear || p.Entries[1].Sender != u[1] {
				t.Errorf("they see %+v, %v", p, err)
			} else if string(p.Entries[0].Body) != `{}` {
				t.Errorf("the edit of what is gone still says %s", p.Entries[0].Body)
			}
			head, err := w.Head(t.Context(), user, conv)
			if err != nil || head.Last != nil || head.Unread != 0 || head.FloorSeq != 3 {
				t.Errorf("the head is %+v, %v", head, err)
			}
		}
		if again := w.append(u[1], send); again != sent {
			t.Errorf("a repeat is %+v", again)
		}
		refuse := func(what, user string, s protocol.Send, want error) {
			t.Helper()
			if _, err := w.Append(t.Context(), user, s); !errors.Is(err, want) {
				t.Errorf("%s: got %v, want %v", what, err, want)
			}
		}
		refuse("a stranger", u[2], clearing(conv, 2), protocol.ErrNotMember)
		refuse("what was not said yet", u[0], clearing(conv, 99), protocol.Invalid("", ""))
		refuse("recalling what is gone", u[0], protocol.Send{
			ConversationID: conv, ClientID: ulid.Make().String(), Kind: protocol.KindRecall, RefSeq: 1, Body: protocol.RawJSON(`{}`),
		}, protocol.ErrNotFound)

		t.Run("what was deleted is not sent again", func(t *testing.T) {
			if n, err := w.Trim(t.Context()); err != nil || n != 2 {
				t.Fatalf("deleted %d, %v", n, err)
			}
			if again := w.append(u[0], first); again.Seq != 1 {
				t.Errorf("a repeat became entry %d", again.Seq)
			}
			reused := first
			reused.Body = protocol.RawJSON(`{"text":"something else"}`)
			refuse("its id for something else", u[0], reused, protocol.ErrIDReused)
			*w.now = w.now.Add(timeline.RepeatsFor + time.Hour)
			if _, err := w.Trim(t.Context()); err != nil {
				t.Fatal(err)
			}
			if again := w.append(u[0], first); again.Seq != 5 {
				t.Errorf("after a long while it is entry %d", again.Seq)
			}
		})
		t.Run("a former friend", func(t *testing.T) {
			if err := st.Write(t.Context(), func(tx *store.Tx) error { return tx.SetClosed(id(conv), true, 1) }); err != nil {
				t.Fatal(err)
			}
			refuse("closed", u[0], clearing(conv, 4), protocol.ErrNotFriend)
		})
		t.Run("where nobody may", func(t *testing.T) {
			strict := running(t, st)
			other := direct(t, st, u[0], u[2])
			strict.append(u[0], text(other, "stays"))
			if _, err := strict.Append(t.Context(), u[2], clearing(other, 1)); !errors.Is(err, protocol.ErrForbidden) {
				t.Errorf("got %v", err)
			}
		})
	})
}

// TestClearFor holds what a user sees of a conversation that they cleared for
// themselves against the ranges that they had.
func TestClearFor(t *testing.T) {
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newAging(t, st, 0, 1)[0]
		rapid.Check(t, func(rt *rapid.T) {
			u := people(t, st, 2)
			conv := direct(t, st, u[0], u[1])
			n := rapid.IntRange(1, 10).Draw(rt, "entries")
			for i := range n {
				w.say(t, conv, u[i%2], fmt.Sprint(i))
			}
			cleared := int64(0)
			for range rapid.IntRange(1, 3).Draw(rt, "times") {
				seq := int64(rapid.IntRange(0, n).Draw(rt, "seq"))
				cleared = max(cleared, seq)
				if err := st.Write(t.Context(), func(tx *store.Tx) error { return tx.ClearFor(id(conv), id(u[0]), seq) }); err != nil {
					rt.Fatal(err)
				}
			}
			want := []int64{}
			for seq := cleared + 1; seq <= int64(n); seq++ {
				want = append(want, seq)
			}
			if got := w.seqs(t, u[0], conv); !slices.Equal(got, want) {
				rt.Fatalf("sees %v, want %v", got, want)
			}
			if got := w.seqs(t, u[1], conv); len(got) != n {
				rt.Fatalf("the other sees %v", got)
			}
		})
	})
}
