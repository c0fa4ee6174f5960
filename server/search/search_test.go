package search_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/oklog/ulid/v2"

	"mychat/protocol"
	"mychat/server/bus"
	"mychat/server/search"
	"mychat/server/store"
	"mychat/server/store/storetest"
	"mychat/server/timeline"
)

// world is two friends, a stranger, and what writes and indexes.
type world struct {
	t                   *testing.T
	st                  *store.Store
	timeline            *timeline.Timeline
	search              *search.Search
	ana, ben, cem       string
	conv, other, nobody string // Ana's with Ben, Ana's with Cem, Ben's with Cem.
}

func newWorld(t *testing.T, st *store.Store, opt search.Options) *world {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	b, err := bus.Open(t.Context(), bus.Options{Log: log})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	opt.Log = log
	w := &world{t: t, st: st, search: search.New(st, opt)}
	w.timeline = timeline.New(st, b, timeline.Options{
		Log: log, Wrote: w.search.Wrote, RecallWithin: time.Hour, EditWithin: time.Hour,
	})
	storetest.Background(t, w.timeline.Run)
	users := make([]store.ID, 3)
	convs := make([]store.ID, 3)
	err = st.Write(t.Context(), func(tx *store.Tx) error {
		for i := range users {
			users[i] = store.NewID(time.Now())
			name := fmt.Sprintf("user_%d", users[i])
			if err := tx.InsertUser(store.User{ID: users[i], Username: name, UsernameFold: name, Nickname: name, NicknameFold: name}); err != nil {
				return err
			}
		}
		for i, pair := range [][2]int{{0, 1}, {0, 2}, {1, 2}} {
			var err error
			if convs[i], _, err = tx.DirectConversation(users[pair[0]], users[pair[1]], store.NewID(time.Now()), 1); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	w.ana, w.ben, w.cem = users[0].String(), users[1].String(), users[2].String()
	w.conv, w.other, w.nobody = convs[0].String(), convs[1].String(), convs[2].String()
	return w
}

// say appends an entry: a text, or one that acts on ref.
func (w *world) say(sender, conv, kind, words string, ref int64) int64 {
	w.t.Helper()
	var body any = protocol.Text{Text: words}
	if kind == protocol.KindRecall {
		body = struct{}{}
	}
	raw, err := protocol.Encode(body)
	if err != nil {
		w.t.Fatal(err)
	}
	sent, err := w.timeline.Append(w.t.Context(), sender, protocol.Send{
		ConversationID: conv, ClientID: ulid.Make().String(), Kind: kind, RefSeq: ref, Body: raw,
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return sent.Seq
}

// find returns where somebody finds words, as conversation/seq.
func (w *world) find(user string, q protocol.SearchQuery) []string {
	w.t.Helper()
	found, err := w.search.Find(w.t.Context(), user, q)
	if err != nil {
		w.t.Fatal(err)
	}
	keys := []string{}
	for _, h := range found.Hits {
		keys = append(keys, fmt.Sprintf("%s/%d", h.ConversationID, h.Entry.Seq))
	}
	return keys
}

// eventually waits until somebody finds exactly what want names.
func (w *world) eventually(user string, q protocol.SearchQuery, want ...string) {
	w.t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(time.Minute)
	for {
		got := w.find(user, q)
		if slices.Equal(got, want) || len(got)+len(want) == 0 {
			return
		}
		select {
		case <-tick.C:
		case <-deadline:
			w.t.Fatalf("%+v is found at %v, want %v", q, got, want)
		}
	}
}

func words(s string) protocol.SearchQuery { return protocol.SearchQuery{Words: s} }

func TestWhatIsWrittenIsFound(t *testing.T) {
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st, search.Options{})
		storetest.Background(t, w.search.Run)
		first := w.say(w.ana, w.conv, protocol.KindText, "上次的雲海真好", 0)
		w.eventually(w.ben, words("云海"), fmt.Sprintf("%s/%d", w.conv, first))
		second := w.say(w.ben, w.conv, protocol.KindText, "去看云海 https://a.example", 0)
		both := []string{fmt.Sprintf("%s/%d", w.conv, second), fmt.Sprintf("%s/%d", w.conv, first)}
		w.eventually(w.ana, words("海"), both...)
		w.eventually(w.ana, protocol.SearchQuery{Words: "海", Sender: w.ben}, both[0])
		w.eventually(w.ana, protocol.SearchQuery{Links: true}, both[0])
		w.eventually(w.ana, protocol.SearchQuery{Words: "海", Conversations: []string{w.other}})
		if got := w.find(w.cem, words("海")); len(got) > 0 {
			t.Errorf("a stranger finds %v", got)
		}

		w.say(w.ben, w.conv, protocol.KindEdit, "去看日出", second)
		w.eventually(w.ana, words("日出"), both[0])
		if got := w.find(w.ana, words("云海 去")); len(got) > 0 {
			t.Errorf("words that an edit took away are found at %v", got)
		}
		w.say(w.ana, w.conv, protocol.KindRecall, "", first)
		if got := w.find(w.ben, words("云海")); len(got) > 0 {
			t.Errorf("a recalled message is found at %v", got)
		}
		w.eventually(w.ana, protocol.SearchQuery{FromMS: 1, Conversations: []string{w.conv}}, both[0])

		for name, q := range map[string]protocol.SearchQuery{
			"a conversation of others": {Words: "海", Conversations: []string{w.nobody}},
			"none":                     {Words: "海", Conversations: []string{"x"}},
		} {
			if _, err := w.search.Find(t.Context(), w.ana, q); !errors.Is(err, protocol.ErrNotMember) {
				t.Errorf("%s: %v", name, err)
			}
		}
		for name, q := range map[string]protocol.SearchQuery{"nothing": {Kind: protocol.KindText}, "a wrong cursor": {Words: "a", Cursor: "y"}} {
			if _, err := w.search.Find(t.Context(), w.ana, q); protocol.AsError(err).Code != protocol.CodeInvalid {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

// What was written while nobody indexed is found once somebody does, by two at
// once too.
func TestTheIndexCatchesUp(t *testing.T) {
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st, search.Options{Batch: 7})
		const n = 40
		want := []string{}
		for i := range n {
			seq := w.say(w.ana, []string{w.conv, w.other}[i%2], protocol.KindText, "later", 0)
			want = append(want, fmt.Sprintf("%s/%d", []string{w.conv, w.other}[i%2], seq))
		}
		if found, err := w.search.Find(t.Context(), w.ana, words("later")); err != nil || len(found.Hits) > 0 || !found.Indexing {
			t.Errorf("before anything is indexed: %d hits, indexing %v (%v)", len(found.Hits), found.Indexing, err)
		}
		another := search.New(st, search.Options{Batch: 5, Log: slog.New(slog.DiscardHandler)})
		storetest.Background(t, another.Run)
		storetest.Background(t, w.search.Run)
		tick := time.NewTicker(5 * time.Millisecond)
		defer tick.Stop()
		deadline := time.After(time.Minute)
		for got := w.find(w.ana, protocol.SearchQuery{Words: "later", Limit: 100}); ; got = w.find(w.ana, protocol.SearchQuery{Words: "later", Limit: 100}) {
			slices.Sort(got)
			slices.Sort(want)
			if slices.Equal(got, want) {
				break
			}
			select {
			case <-tick.C:
			case <-deadline:
				t.Fatalf("%d of %d are found", len(got), n)
			}
		}
	})
}

func TestSearchThatIsOff(t *testing.T) {
	w := newWorld(t, storetest.Open(t), search.Options{Off: true})
	storetest.Background(t, w.search.Run)
	w.say(w.ana, w.conv, protocol.KindText, "hello", 0)
	if _, err := w.search.Find(t.Context(), w.ana, words("hello")); !errors.Is(err, protocol.ErrNotFound) {
		t.Errorf("got %v, want not found", err)
	}
	places, err := w.st.Reader(context.Background()).SearchLag(0, 10)
	if err != nil || len(places) != 1 {
		t.Errorf("%d conversations wait for a later start with search (%v)", len(places), err)
	}
}

// TestWhatOneDeletedForOneselfIsNotFound asks with words and with times alone,
// which the index answers in two ways.
func TestWhatOneDeletedForOneselfIsNotFound(t *testing.T) {
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st, search.Options{})
		storetest.Background(t, w.search.Run)
		first := fmt.Sprintf("%s/%d", w.conv, w.say(w.ben, w.conv, protocol.KindText, "tea at four", 0))
		seq := w.say(w.ben, w.conv, protocol.KindText, "tea at five", 0)
		second := fmt.Sprintf("%s/%d", w.conv, seq)
		queries := []protocol.SearchQuery{{Words: "tea"}, {FromMS: 1}}
		for _, q := range queries {
			w.eventually(w.ana, q, second, first)
		}
		ana, _ := store.ParseID(w.ana)
		conv, _ := store.ParseID(w.conv)
		err := st.Write(t.Context(), func(tx *store.Tx) error {
			return tx.SetMarks(ana, []store.Mark{{EntryKey: store.EntryKey{ConversationID: conv, Seq: seq}, DeletedMS: 1}})
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, q := range queries {
			if got := w.find(w.ana, q); !slices.Equal(got, []string{first}) {
				t.Errorf("Ana finds %v by %+v", got, q)
			}
			if got := w.find(w.ben, q); !slices.Equal(got, []string{second, first}) {
				t.Errorf("Ben finds %v by %+v", got, q)
			}
		}
	})
}
