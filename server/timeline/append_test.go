package timeline_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"sync"
	"testing"

	"golang.org/x/sync/errgroup"

	"mychat/protocol"
	"mychat/server/bus"
	"mychat/server/store"
	"mychat/server/store/storetest"
	"mychat/server/timeline"
)

func TestAnEntryIsStoredWholeAndPublished(t *testing.T) {
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := running(t, st)
		u := people(t, st, 2)
		conv := direct(t, st, u[0], u[1])
		events := w.events()
		first := w.append(u[0], text(conv, "hello"))
		files := []string{stored(t, st, u[1]), stored(t, st, u[1])}
		rich := protocol.Send{
			ConversationID: conv, ClientID: "01HZZZZZZZZZZZZZZZZZZZZZZZ", Kind: "sticker.v2", RefSeq: 1,
			Mentions: []string{u[0], u[1]}, FileIDs: files, Fallback: "[sticker] <b>'\"\\ 贴纸",
			Body: json.RawMessage(`{"z":1,"a":[ 1.0, "\u0000\\" , {"n":null}]}`),
		}
		second := w.append(u[1], rich)
		if first.Seq != 1 || second.Seq != 2 || second.ClientID != rich.ClientID || second.ConversationID != conv || second.CreatedMS == 0 {
			t.Errorf("answers %+v, %+v", first, second)
		}
		list := w.all(u[0], conv)
		want := protocol.Entry{
			Seq: 2, Kind: rich.Kind, Sender: u[1], ClientID: rich.ClientID, RefSeq: 1, Mentions: rich.Mentions,
			FileIDs: rich.FileIDs, Fallback: rich.Fallback, CreatedMS: second.CreatedMS, Body: rich.Body,
		}
		if len(list) != 2 || !reflect.DeepEqual(list[1], want) {
			t.Errorf("read %+v, want %+v", list, want)
		}
		for seq := int64(1); seq <= 2; seq++ {
			e := wait(t, events)
			if e.Kind != bus.KindEntries || e.ConversationID != conv || e.First != seq || e.Last != seq {
				t.Errorf("event %+v", e)
			}
			var f protocol.Frame
			var body protocol.Entries
			if err := errors.Join(json.Unmarshal(e.Frame, &f), json.Unmarshal(f.Body, &body)); err != nil {
				t.Fatal(err)
			}
			again, err := protocol.Encode(f)
			if err != nil || string(again) != string(e.Frame) {
				t.Errorf("the frame is not in the protocol's form: %s", e.Frame)
			}
			if f.Op != protocol.OpEntries || body.ConversationID != conv || len(body.Entries) != 1 || body.Entries[0].Seq != seq {
				t.Errorf("frame %s", e.Frame)
			}
		}
	})
}

func TestARepeatGetsTheFirstAnswer(t *testing.T) {
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := running(t, st)
		u := people(t, st, 3)
		conv, other := direct(t, st, u[0], u[1]), direct(t, st, u[0], u[2])
		s := text(conv, "once")
		first := w.append(u[0], s)
		w.append(u[1], text(conv, "between"))
		if again := w.append(u[0], s); again != first {
			t.Errorf("got %+v, want %+v", again, first)
		}
		for name, change := range map[string]func(*protocol.Send){
			"another text":         func(s *protocol.Send) { s.Body = json.RawMessage(`{"text":"twice"}`) },
			"another kind":         func(s *protocol.Send) { s.Kind, s.Fallback = "other", "x" },
			"another reference":    func(s *protocol.Send) { s.RefSeq = 1 },
			"mentions":             func(s *protocol.Send) { s.Mentions = []string{u[1]} },
			"files":                func(s *protocol.Send) { s.FileIDs = []string{u[1]} },
			"another conversation": func(s *protocol.Send) { s.ConversationID = other },
		} {
			reused := s
			change(&reused)
			if _, err := w.Append(t.Context(), u[0], reused); !errors.Is(err, protocol.ErrIDReused) {
				t.Errorf("%s: %v, want id_reused", name, err)
			}
		}
		if mine, err := w.Append(t.Context(), u[1], s); err != nil || mine.Seq != 3 {
			t.Errorf("the same id of another sender: %+v, %v", mine, err)
		}
		closed(t, st, conv, true)
		if again := w.append(u[0], s); again != first {
			t.Errorf("after the friendship ended: got %+v, want %+v", again, first)
		}
		if n := len(w.all(u[0], conv)); n != 3 {
			t.Errorf("%d entries, want 3", n)
		}
	})
}

func TestWhoMayAppend(t *testing.T) {
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := running(t, st)
		elsewhere := running(t, st) // Another node on the same database.
		u := people(t, st, 3)
		conv := direct(t, st, u[0], u[1])
		try := func(w *world, sender, conv string) error {
			_, err := w.Append(t.Context(), sender, text(conv, "x"))
			return err
		}
		for _, c := range []string{"", "nonsense", "99", conv} {
			if err := try(w, u[2], c); !errors.Is(err, protocol.ErrNotMember) {
				t.Errorf("a stranger in %q: %v", c, err)
			}
		}
		if err := errors.Join(try(w, u[0], conv), try(elsewhere, u[1], conv)); err != nil {
			t.Errorf("members: %v", err)
		}
		closed(t, st, conv, true)
		for _, w := range []*world{w, elsewhere} {
			for _, sender := range u[:2] {
				if err := try(w, sender, conv); !errors.Is(err, protocol.ErrNotFriend) {
					t.Errorf("no friends any more: %v", err)
				}
			}
		}
		closed(t, st, conv, false)
		if err := try(elsewhere, u[0], conv); err != nil {
			t.Errorf("friends again: %v", err)
		}
		s := text(conv, "x")
		s.RefSeq = 50
		if _, err := w.Append(t.Context(), u[0], s); protocol.AsError(err).Field != "ref_seq" {
			t.Errorf("an answer to nothing: %v", err)
		}
	})
}

// TestManySenders has senders on two nodes write to few conversations, repeat
// what they sent, and give up early now and then. Whatever was answered must
// be in the log once, under the number answered, and no number may be missing.
func TestManySenders(t *testing.T) {
	storetest.EachDSN(t, func(t *testing.T, dsn string) {
		nodes := []*world{running(t, storetest.OpenDSN(t, dsn)), running(t, storetest.OpenDSN(t, dsn))}
		const senders, conversations, messages = 16, 5, 25
		u := people(t, nodes[0].st, senders)
		hub := people(t, nodes[0].st, conversations)
		conv := make(map[[2]int]string) // By sender and hub.
		for i := range u {
			for j := range hub {
				conv[[2]int{i, j}] = direct(t, nodes[0].st, u[i], hub[j])
			}
		}
		var mu sync.Mutex
		answers := make(map[string]protocol.Sent) // By client id.
		texts := make(map[string]protocol.Send)
		g, ctx := errgroup.WithContext(t.Context())
		send := func(ctx context.Context, w *world, sender string, s protocol.Send) error {
			sent, err := w.Append(ctx, sender, s)
			if err != nil {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			if first, ok := answers[s.ClientID]; ok && first != sent {
				return fmt.Errorf("answered %+v and then %+v", first, sent)
			}
			answers[s.ClientID], texts[s.ClientID] = sent, s
			return nil
		}
		for i := range u {
			for side := range 2 { // Both members of each conversation write.
				g.Go(func() error {
					for m := range messages {
						j := rand.IntN(conversations)
						sender := []string{u[i], hub[j]}[side]
						s := text(conv[[2]int{i, j}], fmt.Sprintf("%d %d %d", i, side, m))
						if rand.IntN(3) == 0 { // Give up at any point: it may be stored or not.
							early, cancel := context.WithCancel(ctx)
							g.Go(func() error { cancel(); return nil })
							if err := send(early, nodes[0], sender, s); err != nil && !errors.Is(err, context.Canceled) {
								return err
							}
							cancel()
						}
						var repeats errgroup.Group // The same on both nodes at once.
						for _, w := range nodes[:1+rand.IntN(2)] {
							repeats.Go(func() error { return send(ctx, w, sender, s) })
						}
						if err := repeats.Wait(); err != nil {
							return err
						}
					}
					return nil
				})
			}
		}
		if err := g.Wait(); err != nil {
			t.Fatal(err)
		}
		stored := 0
		for k, c := range conv {
			for n, e := range nodes[1].all(u[k[0]], c) {
				stored++
				if e.Seq != int64(n+1) {
					t.Fatalf("entry %d has seq %d", n, e.Seq)
				}
				if a := answers[e.ClientID]; a.Seq != e.Seq || a.CreatedMS != e.CreatedMS || string(texts[e.ClientID].Body) != string(e.Body) {
					t.Errorf("stored %+v, answered %+v", e, a)
				}
			}
		}
		if want := senders * 2 * messages; stored != want || len(answers) != want {
			t.Errorf("%d entries, %d answers, want %d of each", stored, len(answers), want)
		}
	})
}

// TestCommittedButUnanswered has the sender give up after the entry was queued
// and before it is committed: the repeat gets the answer that was not heard.
func TestCommittedButUnanswered(t *testing.T) {
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st, timeline.Options{})
		u := people(t, st, 2)
		conv := direct(t, st, u[0], u[1])
		s := text(conv, "did it arrive?")
		ctx, cancel := context.WithCancel(t.Context())
		var g errgroup.Group
		g.Go(func() error {
			_, err := w.Append(ctx, u[0], s)
			if !errors.Is(err, context.Canceled) {
				return fmt.Errorf("got %w, want the end of the context", err)
			}
			return nil
		})
		eventually(t, "queued", func() bool { return w.Queued() == 1 })
		cancel()
		if err := g.Wait(); err != nil {
			t.Fatal(err)
		}
		events := w.events()
		storetest.Background(t, w.Run)
		wait(t, events) // It is committed.
		sent := w.append(u[0], s)
		list := w.all(u[0], conv)
		if len(list) != 1 || list[0].Seq != sent.Seq || list[0].CreatedMS != sent.CreatedMS {
			t.Errorf("answered %+v, stored %+v", sent, list)
		}
	})
}

// TestOneGroup has everything that can be in one transaction in one.
func TestOneGroup(t *testing.T) {
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st, timeline.Options{})
		u := people(t, st, 3)
		conv, shut := direct(t, st, u[0], u[1]), direct(t, st, u[0], u[2])
		closed(t, st, shut, true)
		same := text(conv, "same")
		reused := same
		reused.Body = json.RawMessage(`{"text":"other"}`)
		// PostgreSQL takes no such text; Check would have refused it before.
		poison := text(conv, "")
		poison.Kind, poison.Body = "other", json.RawMessage("\"\xff\"")
		sends := []struct {
			sender string
			s      protocol.Send
			want   error
		}{
			{u[0], text(conv, "first"), nil},
			{u[0], same, nil},
			{u[0], same, nil},
			{u[0], reused, protocol.ErrIDReused},
			{u[2], text(conv, "stranger"), protocol.ErrNotMember},
			{u[2], text(shut, "not a friend"), protocol.ErrNotFriend},
			{u[1], poison, nil},
			{u[1], text(conv, "last"), nil},
		}
		results := make([]error, len(sends))
		answers := make([]protocol.Sent, len(sends))
		var g errgroup.Group
		for i, x := range sends {
			g.Go(func() error {
				answers[i], results[i] = w.Append(t.Context(), x.sender, x.s)
				return nil
			})
			eventually(t, "queued", func() bool { return w.Queued() == i+1 })
		}
		storetest.Background(t, w.Run)
		if err := g.Wait(); err != nil {
			t.Fatal(err)
		}
		for i, x := range sends {
			switch {
			case x.s.ClientID == poison.ClientID: // Stored or not: it concerns no other.
			case x.want == nil && results[i] != nil, x.want != nil && !errors.Is(results[i], x.want):
				t.Errorf("append %d: %v, want %v", i, results[i], x.want)
			}
		}
		if answers[1] != answers[2] || answers[1].Seq != 2 {
			t.Errorf("the repeat got %+v, the first %+v", answers[2], answers[1])
		}
		list := w.all(u[0], conv)
		if n := len(list); n < 3 || list[n-1].Seq != answers[7].Seq || string(list[n-1].Body) != `{"text":"last"}` {
			t.Errorf("the log is %+v", list)
		}
	})
}

func TestBigEntriesAreSplit(t *testing.T) {
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st, timeline.Options{})
		u := people(t, st, 2)
		conv := direct(t, st, u[0], u[1])
		body, err := protocol.Encode(strings.Repeat("x", protocol.MaxBody-2))
		if err != nil {
			t.Fatal(err)
		}
		const n = 50 // 6.5 MB.
		var g errgroup.Group
		for range n {
			s := text(conv, "")
			s.Kind, s.Fallback, s.Body = "blob", "x", body
			g.Go(func() error { _, err := w.Append(t.Context(), u[0], s); return err })
		}
		eventually(t, "queued", func() bool { return w.Queued() == n })
		events := w.events()
		storetest.Background(t, w.Run)
		if err := g.Wait(); err != nil {
			t.Fatal(err)
		}
		for seq := int64(1); seq <= n; {
			e := wait(t, events)
			if e.First != seq || len(e.Frame) > 1<<20 {
				t.Fatalf("event %d-%d of %d bytes, want one from %d", e.First, e.Last, len(e.Frame), seq)
			}
			seq = e.Last + 1
		}
		page, err := w.After(t.Context(), u[1], conv, 0, protocol.MaxPage)
		if err != nil || !page.More || len(page.Entries) == 0 || len(page.Entries)*protocol.MaxBody > protocol.MaxServerFrame/2 {
			t.Errorf("a page of %d entries, more %v, %v", len(page.Entries), page.More, err)
		}
		if got := len(w.all(u[1], conv)); got != n {
			t.Errorf("%d entries by pages, want %d", got, n)
		}
		back, err := w.Before(t.Context(), u[1], conv, 0, protocol.MaxPage)
		if err != nil || !back.More || back.Entries[len(back.Entries)-1].Seq != n {
			t.Errorf("the last page: %d entries, more %v, %v", len(back.Entries), back.More, err)
		}
	})
}

func TestStoppingAnswersWhoWaits(t *testing.T) {
	w := newWorld(t, storetest.Open(t), timeline.Options{})
	u := people(t, w.st, 2)
	conv := direct(t, w.st, u[0], u[1])
	var g errgroup.Group
	refused := func(err error) error {
		if !errors.Is(err, protocol.ErrUnavailable) {
			return fmt.Errorf("got %w, want unavailable", err)
		}
		return nil
	}
	g.Go(func() error { _, err := w.Append(t.Context(), u[0], text(conv, "x")); return refused(err) })
	eventually(t, "queued", func() bool { return w.Queued() == 1 })
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	// An ended writer may still take what waits; then it is stored.
	if err := w.Run(ctx); err != nil {
		t.Fatal(err)
	}
	if err := g.Wait(); err != nil && len(w.all(u[0], conv)) != 1 {
		t.Error(err)
	}
}

func TestWhatIsStartedInOrderIsStoredInOrder(t *testing.T) {
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := running(t, st)
		u := people(t, st, 2)
		conv := direct(t, st, u[0], u[1])
		var waits []func(context.Context) (protocol.Sent, error)
		for i := range 300 { // More than one group.
			waits = append(waits, w.Start(t.Context(), u[i%2], text(conv, fmt.Sprint(i))))
		}
		for i, wait := range waits {
			if sent, err := wait(t.Context()); err != nil || sent.Seq != int64(i+1) {
				t.Fatalf("append %d: %+v, %v", i, sent, err)
			}
		}
	})
}
