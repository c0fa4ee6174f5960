package timeline_test

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/oklog/ulid/v2"
	"golang.org/x/sync/errgroup"

	"mychat/protocol"
	"mychat/server/store"
	"mychat/server/store/storetest"
	"mychat/server/timeline"
)

// clock is a time that a test sets.
type clock struct{ ms atomic.Int64 }

func (c *clock) now() time.Time          { return time.UnixMilli(c.ms.Load()) }
func (c *clock) advance(d time.Duration) { c.ms.Add(d.Milliseconds()) }

// changeable is running with limits on changing messages, and its clock.
func changeable(t *testing.T, st *store.Store) (*world, *clock) {
	t.Helper()
	c := &clock{}
	c.ms.Store(time.Now().UnixMilli())
	w := newWorld(t, st, timeline.Options{Now: c.now, RecallWithin: 2 * time.Minute, EditWithin: 48 * time.Hour})
	storetest.Background(t, w.Run)
	return w, c
}

func recall(conv string, seq int64) protocol.Send {
	return protocol.Send{
		ConversationID: conv, ClientID: ulid.Make().String(), Kind: protocol.KindRecall, RefSeq: seq, Body: json.RawMessage(`{}`),
	}
}

func edit(conv string, seq int64, words string) protocol.Send {
	s := text(conv, words)
	s.Kind, s.RefSeq = protocol.KindEdit, seq
	return s
}

func refusal(err error) protocol.Code {
	if err == nil {
		return ""
	}
	return protocol.AsError(err).Code
}

func TestWhoMayRecallAndEdit(t *testing.T) {
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w, now := changeable(t, st)
		u := people(t, st, 4)
		conv, former := direct(t, st, u[0], u[1]), direct(t, st, u[0], u[2])
		inFormer := w.append(u[2], text(former, "from a former friend")).Seq
		closed(t, st, former, true)
		old := w.append(u[0], text(conv, "old")).Seq
		now.advance(2*time.Minute + time.Second)
		stale := w.append(u[0], text(conv, "stale")).Seq
		now.advance(2 * time.Minute)
		fresh := w.append(u[0], text(conv, "fresh")).Seq
		other := w.append(u[0], protocol.Send{
			ConversationID: conv, ClientID: ulid.Make().String(), Kind: "acme.weather", Fallback: "rain", Body: json.RawMessage(`{"mm":3}`),
		}).Seq
		act := w.append(u[0], edit(conv, fresh, "fresher")).Seq
		for _, tt := range []struct {
			name   string
			by     string
			send   protocol.Send
			refuse protocol.Code
		}{
			{"a stranger recalls", u[3], recall(conv, fresh), protocol.CodeNotMember},
			{"a former friend recalls", u[2], recall(former, inFormer), protocol.CodeNotFriend},
			{"the other side recalls", u[1], recall(conv, fresh), protocol.CodeForbidden},
			{"the other side edits", u[1], edit(conv, fresh, "mine"), protocol.CodeForbidden},
			{"a seq that was not given", u[0], recall(conv, 99), protocol.CodeInvalid},
			{"a seq of another log", u[0], recall(former, inFormer), protocol.CodeNotFriend},
			{"an entry that acts", u[0], recall(conv, act), protocol.CodeNotFound},
			{"a kind that is no text, edited", u[0], edit(conv, other, "sun"), protocol.CodeForbidden},
			{"too late to recall", u[0], recall(conv, old), protocol.CodeTooLate},
			{"late, yet not too late to edit", u[0], edit(conv, old, "older"), ""},
			{"the last moment", u[0], recall(conv, stale), ""},
			{"a kind that nobody knows", u[0], recall(conv, other), ""},
			{"in time", u[0], recall(conv, fresh), ""},
			{"again, by another device", u[0], recall(conv, fresh), ""},
			{"edited after the recall", u[0], edit(conv, fresh, "back"), protocol.CodeNotFound},
		} {
			_, err := w.Append(t.Context(), tt.by, tt.send)
			if refusal(err) != tt.refuse {
				t.Errorf("%s: got %v, want %q", tt.name, err, tt.refuse)
			}
		}
		now.advance(48 * time.Hour)
		if _, err := w.Append(t.Context(), u[0], edit(conv, old, "much later")); refusal(err) != protocol.CodeTooLate {
			t.Errorf("an edit after two days: %v", err)
		}
	})
}

func TestARecallBlanksEveryCopyOfTheWords(t *testing.T) {
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w, _ := changeable(t, st)
		u := people(t, st, 2)
		conv := direct(t, st, u[0], u[1])
		w.append(u[1], text(conv, "before"))
		s := text(conv, "secret one")
		s.Mentions = []string{u[1]}
		seq := w.append(u[0], s).Seq
		w.append(u[0], edit(conv, seq, "secret two"))
		if got := unread(t, w, u[1], conv); got != 1 {
			t.Errorf("unread before: %d", got)
		}
		r := recall(conv, seq)
		first := w.append(u[0], r)
		if again := w.append(u[0], r); again != first {
			t.Errorf("the repeat got %+v, want %+v", again, first)
		}
		for _, e := range w.all(u[1], conv)[1:] {
			if string(e.Body) != "{}" || len(e.Mentions) > 0 {
				t.Errorf("entry %d still says %s", e.Seq, e.Body)
			}
		}
		head, err := w.Head(t.Context(), u[1], conv)
		if err != nil {
			t.Fatal(err)
		}
		if head.Unread != 0 || head.Last == nil || head.Last.Seq != seq || head.Last.RecalledMS == 0 || head.LastSeq != first.Seq {
			t.Errorf("the head is %+v, last %+v", head, head.Last)
		}
	})
}

func unread(t *testing.T, w *world, user, conv string) int {
	t.Helper()
	head, err := w.Head(t.Context(), user, conv)
	if err != nil {
		t.Fatal(err)
	}
	return head.Unread
}

func TestAnEditKeepsWhatWasSaid(t *testing.T) {
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w, now := changeable(t, st)
		u := people(t, st, 2)
		conv := direct(t, st, u[0], u[1])
		seq := w.append(u[0], text(conv, "<one>")).Seq
		now.advance(time.Second)
		w.append(u[0], edit(conv, seq, "two"))
		now.advance(time.Second)
		last := w.append(u[0], edit(conv, seq, "three"))
		list := w.all(u[1], conv)
		for i, want := range []string{`{"text":"three"}`, `{"text":"two","was":"<one>"}`, `{"text":"three","was":"two"}`} {
			if string(list[i].Body) != want {
				t.Errorf("entry %d is %s, want %s", i+1, list[i].Body, want)
			}
		}
		if list[0].EditedMS != last.CreatedMS || list[0].RecalledMS != 0 {
			t.Errorf("the message is %+v", list[0])
		}
		if got := unread(t, w, u[1], conv); got != 1 {
			t.Errorf("unread: %d", got)
		}
	})
}

// act applies one acting entry to the entries before it, the way that
// docs/PROTOCOL.md tells clients.
func act(state []protocol.Entry, e protocol.Entry) {
	target := &state[e.RefSeq-1]
	switch {
	case target.RecalledMS > 0:
	case e.Kind == protocol.KindReaction && string(e.Body) != "{}":
		putReaction(target, e)
	case e.Kind == protocol.KindEdit && string(e.Body) != "{}":
		var now protocol.Edit
		if err := json.Unmarshal(e.Body, &now); err != nil {
			panic(err)
		}
		target.Body, target.EditedMS = text("", now.Text).Body, e.CreatedMS
	case e.Kind == protocol.KindRecall:
		target.Body, target.EditedMS, target.RecalledMS, target.Reactions = protocol.RawJSON(`{}`), 0, e.CreatedMS, nil
		for i := range state {
			if (state[i].Kind == protocol.KindEdit || state[i].Kind == protocol.KindReaction) && state[i].RefSeq == e.RefSeq {
				state[i].Body = protocol.RawJSON(`{}`)
			}
		}
	}
}

// putReaction is the obvious way: it lists every pair of emoji and user, and
// writes the list anew.
func putReaction(target *protocol.Entry, e protocol.Entry) {
	var r protocol.Reaction
	if err := json.Unmarshal(e.Body, &r); err != nil {
		panic(err)
	}
	type put struct {
		emoji, user string
		seq         int64
	}
	var puts []put
	for _, group := range target.Reactions {
		for i, user := range group.Users {
			if group.Emoji != r.Emoji || user != e.Sender {
				puts = append(puts, put{group.Emoji, user, group.Seqs[i]})
			}
		}
	}
	if !r.Off {
		puts = append(puts, put{r.Emoji, e.Sender, e.Seq})
	}
	slices.SortFunc(puts, func(a, b put) int { return cmp.Compare(a.seq, b.seq) })
	target.Reactions = nil
	for _, p := range puts {
		i := slices.IndexFunc(target.Reactions, func(g protocol.Reactions) bool { return g.Emoji == p.emoji })
		if i < 0 {
			i = len(target.Reactions)
			target.Reactions = append(target.Reactions, protocol.Reactions{Emoji: p.emoji})
		}
		group := &target.Reactions[i]
		group.Users, group.Seqs = append(group.Users, p.user), append(group.Seqs, p.seq)
	}
}

// TestPagesAndLiveEntriesAgree lets two people write, edit, react and recall at the
// same time, and compares: every entry as it came live, applied one by one; the
// log as it is read at the end; and pages read meanwhile, each with the live
// entries after it.
func TestPagesAndLiveEntriesAgree(t *testing.T) {
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w, _ := changeable(t, st)
		u := people(t, st, 2)
		conv := direct(t, st, u[0], u[1])
		events := w.events()
		seed := rand.Uint64()
		t.Logf("seed %d", seed)
		pages := make(chan protocol.Page, 1000)
		var g errgroup.Group
		for worker := range 6 {
			random := rand.New(rand.NewPCG(seed, uint64(worker))) //nolint:gosec // No secret.
			sender := u[worker%2]
			g.Go(func() error {
				last := int64(0)
				for n := range 40 {
					s := text(conv, fmt.Sprintf("%d of %d", n, worker))
					if last > 0 && random.IntN(4) > 0 {
						target := 1 + random.Int64N(last)
						s = edit(conv, target, fmt.Sprintf("edit %d of %d", n, worker))
						switch random.IntN(6) {
						case 0:
							s = recall(conv, target)
						case 1, 2, 3:
							s = reaction(conv, target, emoji[random.IntN(len(emoji))], random.IntN(3) == 0)
						}
					}
					sent, err := w.Append(t.Context(), sender, s)
					switch refusal(err) {
					case "":
						last = sent.Seq
					case protocol.CodeForbidden, protocol.CodeNotFound, protocol.CodeTooMany: // Not theirs, no message, or recalled.
					default:
						return err
					}
					if random.IntN(8) == 0 {
						p, err := w.Before(t.Context(), sender, conv, 0, protocol.MaxPage)
						if err != nil {
							return err
						}
						pages <- p
					}
				}
				return nil
			})
		}
		if err := g.Wait(); err != nil {
			t.Fatal(err)
		}
		close(pages)

		want := w.all(u[0], conv)
		var live []protocol.Entry
		for len(live) < len(want) {
			var f protocol.Frame
			var body protocol.Entries
			if err := errors.Join(json.Unmarshal(wait(t, events).Frame, &f), json.Unmarshal(f.Body, &body)); err != nil {
				t.Fatal(err)
			}
			live = append(live, body.Entries...)
		}
		check := func(what string, from []protocol.Entry, asOf int64) {
			t.Helper()
			state := slices.Clone(from)
			for _, e := range live[asOf:] {
				if e.Seq > int64(len(state)) {
					state = append(state, e)
				}
				if protocol.Acts(e.Kind) {
					act(state, e)
				}
			}
			for i := range want {
				if !reflect.DeepEqual(state[i], want[i]) {
					t.Fatalf("%s: entry %d is %+v, want %+v", what, i+1, state[i], want[i])
				}
			}
		}
		check("one by one", nil, 0)
		whole := 0
		for p := range pages {
			if len(p.Entries) > 0 && p.Entries[0].Seq == 1 {
				check(fmt.Sprintf("a page as of %d", p.AsOf), p.Entries, p.AsOf)
				whole++
			}
		}
		if whole == 0 {
			t.Error("no page was read meanwhile")
		}
	})
}
