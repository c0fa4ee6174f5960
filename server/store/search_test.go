package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"mychat/protocol"
	txt "mychat/text"
)

// searchWorld is a few users and conversations whose logs a test writes itself.
type searchWorld struct {
	st    *Store
	users []ID
	convs []ID
	logs  map[ID][]*searchSaid // By conversation, the entry with seq i+1.
	nowMS int64
	n     int
}

// searchSaid is an entry as the obvious model has it.
type searchSaid struct {
	sender    ID
	kind      string
	createdMS int64
	text      string // What it says now; "" where it says nothing.
	gone      bool   // Recalled.
}

// say appends an entry and, if it acts on another, changes that one, as the
// timeline does.
func (w *searchWorld) say(conv, sender ID, kind, text string, ref int64) error {
	w.n++
	seq := int64(len(w.logs[conv]) + 1)
	body, err := protocol.Encode(protocol.Text{Text: text})
	if kind == protocol.KindRecall {
		body = protocol.RawJSON(`{}`)
	}
	if err != nil {
		return err
	}
	e := Entry{
		ConversationID: conv, SenderID: sender, Digest: []byte{1},
		Wire: protocol.Entry{Seq: seq, Kind: kind, RefSeq: ref, CreatedMS: w.nowMS, Body: body},
	}
	e.ClientID[14], e.ClientID[15] = byte(w.n>>8), byte(w.n)
	err = w.st.Write(context.Background(), func(tx *Tx) error {
		if err := tx.InsertEntries([]Entry{e}); err != nil {
			return err
		}
		if _, err := tx.exec(`UPDATE conversation SET last_seq = ? WHERE id = ?`, seq, conv); err != nil || ref == 0 {
			return err
		}
		t := &Target{EntryKey: EntryKey{conv, ref}, Body: body, EditedMS: w.nowMS}
		if kind == protocol.KindRecall {
			t.EditedMS, t.RecalledMS = 0, w.nowMS
		}
		return tx.SetTargets([]*Target{t})
	})
	said := &searchSaid{sender: sender, kind: kind, createdMS: w.nowMS}
	if kind == protocol.KindText {
		said.text = text
	}
	w.logs[conv] = append(w.logs[conv], said)
	if ref > 0 {
		target := w.logs[conv][ref-1]
		target.text = text
		if kind == protocol.KindRecall {
			target.text, target.gone = "", true
		}
	}
	return err
}

// index indexes up to about limit entries and reports whether any are left.
func (w *searchWorld) index(limit int) (bool, error) {
	tx := w.st.Reader(context.Background())
	places, err := tx.SearchLag(0, 100)
	if err != nil || len(places) == 0 {
		return false, err
	}
	batch, err := tx.ReadForSearch(places, limit)
	if err != nil {
		return false, err
	}
	return true, w.st.Write(context.Background(), func(tx *Tx) error { return tx.WriteSearch(batch) })
}

// searchKey names a hit in a way that can be compared.
type searchKey struct {
	conv ID
	seq  int64
}

// oracle looks at every entry.
func (w *searchWorld) oracle(q SearchQuery) map[searchKey]int64 {
	found := map[searchKey]int64{}
	for conv, log := range w.logs {
		view, ok := q.Views[conv]
		if !ok {
			continue
		}
		for i, e := range log {
			seq := int64(i + 1)
			visible := seq >= view.FloorSeq && slices.ContainsFunc(view.Ranges, func(r protocol.Range) bool {
				return seq >= r.FromSeq && (r.ToSeq == 0 || seq <= r.ToSeq)
			})
			words := txt.Fold(e.text)
			if visible && e.kind == protocol.KindText && !e.gone && words != "" && q.Words.Matches(words) &&
				(q.Sender == 0 || e.sender == q.Sender) && (q.Kind == "" || e.kind == q.Kind) &&
				(!q.Links || txt.HasLink(words)) && e.createdMS >= q.FromMS && (q.ToMS == 0 || e.createdMS < q.ToMS) {
				found[searchKey{conv, seq}] = e.createdMS
			}
		}
	}
	return found
}

// pages follows the cursors of a search to its end.
func (w *searchWorld) pages(q SearchQuery) (keys []searchKey, times []int64, err error) {
	for {
		hits, cursor, err := w.st.Reader(context.Background()).Search(q)
		if err != nil || len(hits) > q.Limit {
			return nil, nil, errors.Join(err, fmt.Errorf("%d hits where %d were asked for", len(hits), q.Limit))
		}
		for _, h := range hits {
			keys, times = append(keys, searchKey{h.ConversationID, h.Entry.Seq}), append(times, h.Entry.CreatedMS)
		}
		if cursor == "" {
			return keys, times, nil
		}
		q.Cursor = cursor
	}
}

// TestSearchMatchesTheObvious compares what the index finds, page by page, with
// a look at every entry: mixed text, all filters, members who came late, left
// and returned, edits and recalls, and an index that lags.
func TestSearchMatchesTheObvious(t *testing.T) {
	words := []string{"云海", "雲海", "的", "画册", "v3", "Hello", "help", "ＡＢＣ", "c++", "https://a.example/x", "海", "👍", "it's", `back\slash`, "the", "then"}
	each(t, func(t *testing.T, st *Store) {
		rapid.Check(t, func(r *rapid.T) {
			w := newSearchWorld(t, st, r)
			for range rapid.IntRange(1, 40).Draw(r, "steps") {
				conv := rapid.SampledFrom(w.convs).Draw(r, "conv")
				sender := rapid.SampledFrom(w.users).Draw(r, "sender")
				w.nowMS += rapid.SampledFrom([]int64{0, 0, 1, 5000}).Draw(r, "pause")
				text := strings.Join(rapid.SliceOfN(rapid.SampledFrom(words), 1, 5).Draw(r, "text"), rapid.SampledFrom([]string{"", " "}).Draw(r, "glue"))
				kind, ref := protocol.KindText, int64(0)
				if n := len(w.logs[conv]); n > 0 {
					kind = rapid.SampledFrom([]string{protocol.KindText, protocol.KindText, "acme.note", protocol.KindEdit, protocol.KindRecall}).Draw(r, "kind")
					if protocol.Acts(kind) {
						ref = rapid.Int64Range(1, int64(n)).Draw(r, "ref")
						if target := w.logs[conv][ref-1]; target.kind != protocol.KindText || target.gone {
							kind, ref = protocol.KindText, 0
						}
					}
				}
				if err := w.say(conv, sender, kind, text, ref); err != nil {
					r.Fatal(err)
				}
				if rapid.IntRange(0, 3).Draw(r, "index") == 0 {
					if _, err := w.index(rapid.IntRange(1, 7).Draw(r, "limit")); err != nil {
						r.Fatal(err)
					}
				}
			}
			q := w.query(r, words)
			lagging, _, err := w.pages(q)
			if err != nil {
				r.Fatal(err)
			}
			want := w.oracle(q)
			for _, key := range lagging {
				if _, ok := want[key]; !ok {
					r.Fatalf("entry %d, which does not match or is not for them, is found while the index lags", key.seq)
				}
			}
			for more := true; more; {
				if more, err = w.index(rapid.IntRange(1, 50).Draw(r, "limit")); err != nil {
					r.Fatal(err)
				}
			}
			got, times, err := w.pages(q)
			if err != nil {
				r.Fatal(err)
			}
			for _, key := range got {
				if _, ok := want[key]; !ok {
					r.Fatalf("entry %d of %d is found twice or is none to be found", key.seq, key.conv)
				}
				delete(want, key)
			}
			if len(want) > 0 {
				r.Fatalf("not found: %v", want)
			}
			if !slices.IsSortedFunc(times, func(a, b int64) int { return cmp.Compare(b, a) }) {
				r.Fatalf("not newest first: %v", times)
			}
		})
	})
}

// newSearchWorld makes conversations of three users with any memberships.
func newSearchWorld(t *testing.T, st *Store, r *rapid.T) *searchWorld {
	w := &searchWorld{st: st, logs: map[ID][]*searchSaid{}, nowMS: 1_800_000_000_000}
	for i := range 3 {
		w.users = append(w.users, addUser(t, st, fmt.Sprintf("u%d_%d", i, NewID(time.Now()))))
	}
	me := w.users[0]
	for _, pair := range [][2]ID{{w.users[0], w.users[1]}, {w.users[0], w.users[2]}, {w.users[1], w.users[2]}} {
		err := st.Write(t.Context(), func(tx *Tx) error {
			conv, _, err := tx.DirectConversation(pair[0], pair[1], NewID(time.Now()), 1)
			if err != nil {
				return err
			}
			w.convs = append(w.convs, conv)
			if pair[0] != me {
				return nil
			}
			_, err = tx.exec(`UPDATE conversation SET floor_seq = ? WHERE id = ?`, rapid.Int64Range(0, 4).Draw(r, "floor"), conv)
			borders := rapid.SliceOfNDistinct(rapid.Int64Range(1, 14), 0, 4, rapid.ID[int64]).Draw(r, "borders")
			if len(borders) == 0 || err != nil {
				return err // A member from the beginning.
			}
			if _, err = tx.exec(`DELETE FROM membership WHERE conv_id = ? AND user_id = ?`, conv, me); err != nil {
				return err
			}
			slices.Sort(borders)
			for i := 0; i < len(borders); i += 2 {
				to := int64(0)
				if i+1 < len(borders) {
					to = borders[i+1]
				}
				_, e := tx.exec(`INSERT INTO membership (conv_id, user_id, from_seq, to_seq) VALUES (?, ?, ?, ?)`, conv, me, borders[i], to)
				err = errors.Join(err, e)
			}
			return err
		})
		if err != nil {
			r.Fatal(err)
		}
	}
	return w
}

func (w *searchWorld) query(r *rapid.T, words []string) SearchQuery {
	views, err := w.st.Reader(context.Background()).Views(w.users[0])
	if err != nil {
		r.Fatal(err)
	}
	q := SearchQuery{Views: views, Limit: rapid.IntRange(1, 5).Draw(r, "page"), Examine: rapid.IntRange(1, 9).Draw(r, "examine")}
	if rapid.Bool().Draw(r, "one conversation") {
		for id := range views {
			if id == w.convs[1] {
				q.Views = map[ID]View{id: views[id]}
			}
		}
	}
	some := rapid.SliceOfN(rapid.SampledFrom(append(words, "hel", "h", "t", "th", "海开", "a.ex", "++", "'")), 0, 2).Draw(r, "words")
	q.Words = txt.ParseQuery(strings.Join(some, " "))
	if rapid.Bool().Draw(r, "sender") {
		q.Sender = rapid.SampledFrom(w.users).Draw(r, "by")
	}
	q.Links = rapid.IntRange(0, 4).Draw(r, "links") == 0
	q.Kind = rapid.SampledFrom([]string{"", "", protocol.KindText, "acme.note"}).Draw(r, "of kind")
	if rapid.Bool().Draw(r, "from") {
		q.FromMS = 1_800_000_000_000 + rapid.Int64Range(0, 20_000).Draw(r, "from ms")
	}
	if rapid.Bool().Draw(r, "to") {
		q.ToMS = 1_800_000_000_000 + rapid.Int64Range(0, 40_000).Draw(r, "to ms")
	}
	return q
}

// More entries of one millisecond than it has ids for are all found, and in
// order.
func TestSearchOfABusyMillisecond(t *testing.T) {
	each(t, func(t *testing.T, st *Store) {
		w := &searchWorld{st: st, logs: map[ID][]*searchSaid{}, nowMS: 1_800_000_000_000}
		a, b := addUser(t, st, "ana"), addUser(t, st, "ben")
		err := st.Write(t.Context(), func(tx *Tx) error {
			conv, _, err := tx.DirectConversation(a, b, NewID(time.Now()), 1)
			w.convs = []ID{conv}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		const count = 3*searchSlots + 5
		for i := range count {
			if i == count-5 {
				w.nowMS++
			}
			if err := w.say(w.convs[0], a, protocol.KindText, fmt.Sprint("same ", i), 0); err != nil {
				t.Fatal(err)
			}
		}
		for more := true; more; {
			if more, err = w.index(50); err != nil {
				t.Fatal(err)
			}
		}
		views, err := st.Reader(t.Context()).Views(b)
		if err != nil {
			t.Fatal(err)
		}
		keys, _, err := w.pages(SearchQuery{Views: views, Words: txt.ParseQuery("same"), Limit: 20, Examine: 100})
		if err != nil || len(keys) != count {
			t.Errorf("%d of %d found (%v)", len(keys), count, err)
		}
		_, err = st.Reader(t.Context()).SearchLag(0, 1)
		if err != nil {
			t.Error(err)
		}
		if _, _, err := st.Reader(t.Context()).Search(SearchQuery{Views: views, Words: txt.ParseQuery("x"), Cursor: "x", Limit: 1, Examine: 1}); !errors.Is(err, ErrCursor) {
			t.Errorf("a cursor that is none: %v", err)
		}
	})
}

// Of two that index the same, one is told that the other was faster.
func TestOneOfTwoIndexers(t *testing.T) {
	each(t, func(t *testing.T, st *Store) {
		w := &searchWorld{st: st, logs: map[ID][]*searchSaid{}, nowMS: 1_800_000_000_000}
		a, b := addUser(t, st, "ana"), addUser(t, st, "ben")
		err := st.Write(t.Context(), func(tx *Tx) error {
			conv, _, err := tx.DirectConversation(a, b, NewID(time.Now()), 1)
			w.convs = []ID{conv}
			return err
		})
		if err == nil {
			err = w.say(w.convs[0], a, protocol.KindText, "once", 0)
		}
		if err != nil {
			t.Fatal(err)
		}
		tx := st.Reader(t.Context())
		places, err := tx.SearchLagOf(w.convs)
		if err != nil || len(places) != 1 {
			t.Fatalf("%d conversations lag (%v)", len(places), err)
		}
		batch, err := tx.ReadForSearch(places, 10)
		if err != nil {
			t.Fatal(err)
		}
		write := func() error { return st.Write(t.Context(), func(tx *Tx) error { return tx.WriteSearch(batch) }) }
		if err := write(); err != nil {
			t.Fatal(err)
		}
		if err := write(); !errors.Is(err, ErrConflict) {
			t.Errorf("written twice: %v", err)
		}
	})
}
