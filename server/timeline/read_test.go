package timeline_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"mychat/protocol"
	"mychat/server/bus"
	"mychat/server/store"
	"mychat/server/store/storetest"
	"mychat/server/timeline"
)

func TestPages(t *testing.T) {
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := running(t, st)
		u := people(t, st, 3)
		conv := direct(t, st, u[0], u[1])
		for i := range 7 {
			w.append(u[i%2], text(conv, fmt.Sprint(i)))
		}
		for _, tt := range []struct {
			dir   string
			seq   int64
			limit int
			want  []int64
			more  bool
		}{
			{"after", 0, 3, []int64{1, 2, 3}, true},
			{"after", 3, 4, []int64{4, 5, 6, 7}, false},
			{"after", 7, 5, nil, false},
			{"after", 0, 0, []int64{1, 2, 3, 4, 5, 6, 7}, false},
			{"after", -5, 1, []int64{1}, true},
			{"before", 0, 2, []int64{6, 7}, true},
			{"before", 3, 5, []int64{1, 2}, false},
			{"before", 1, 5, nil, false},
			{"before", 100, 1, []int64{7}, true},
		} {
			read := w.After
			if tt.dir == "before" {
				read = w.Before
			}
			p, err := read(t.Context(), u[0], conv, tt.seq, tt.limit)
			if err != nil {
				t.Fatal(err)
			}
			var got []int64
			for _, e := range p.Entries {
				got = append(got, e.Seq)
			}
			if !slices.Equal(got, tt.want) || p.More != tt.more || p.AsOf != 7 || p.ConversationID != conv || p.Entries == nil {
				t.Errorf("%s %d limit %d: %v more %v as of %d, want %v more %v", tt.dir, tt.seq, tt.limit, got, p.More, p.AsOf, tt.want, tt.more)
			}
		}
		for _, c := range []string{conv, "77", ""} {
			if _, err := w.After(t.Context(), u[2], c, 0, 0); !errors.Is(err, protocol.ErrNotMember) {
				t.Errorf("a stranger reads %q: %v", c, err)
			}
			if _, err := w.Head(t.Context(), u[2], c); !errors.Is(err, protocol.ErrNotMember) {
				t.Errorf("a stranger sees the head of %q: %v", c, err)
			}
		}
		members, err := w.Members(t.Context(), conv)
		if err != nil || len(members) != 2 || !slices.Contains(members, u[0]) || !slices.Contains(members, u[1]) {
			t.Errorf("members %v, %v", members, err)
		}
		places, err := w.Places(t.Context(), u[0])
		if err != nil || !slices.Equal(places, []timeline.Place{{ConversationID: conv, LastSeq: 7}}) {
			t.Errorf("places %v, %v", places, err)
		}
	})
}

func TestHeads(t *testing.T) {
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
		w := newWorld(t, st, timeline.Options{Now: func() time.Time { return now }})
		u := people(t, st, 4)
		a, b, c := direct(t, st, u[0], u[1]), direct(t, st, u[0], u[2]), direct(t, st, u[0], u[3])
		ids := func(since time.Time) []string {
			t.Helper()
			heads, err := w.Heads(t.Context(), u[0], since.UnixMilli())
			if err != nil {
				t.Fatal(err)
			}
			var list []string
			for _, h := range heads {
				list = append(list, h.ID)
			}
			return list
		}
		step := func(d time.Duration, f func(*store.Tx) error) {
			t.Helper()
			now = now.Add(d)
			if err := st.Write(t.Context(), f); err != nil {
				t.Fatal(err)
			}
		}
		say := func(conv, sender string) func(*store.Tx) error {
			return func(tx *store.Tx) error {
				return w.AppendIn(tx, id(conv), timeline.Draft{SenderID: id(sender), Kind: protocol.KindText, Body: protocol.Text{Text: "hi"}})
			}
		}
		step(0, say(c, u[3]))
		step(time.Hour, say(a, u[1]))
		step(time.Hour, say(b, u[0]))
		if got := ids(time.UnixMilli(0)); !slices.Equal(got, []string{b, a, c}) {
			t.Errorf("all heads: %v", got)
		}
		if got := ids(now.Add(-time.Hour)); !slices.Equal(got, []string{b, a}) {
			t.Errorf("within the hour: %v", got)
		}
		if got := ids(now.Add(timeline.Lookback)); !slices.Equal(got, []string{b}) {
			t.Errorf("within the look back: %v", got)
		}
		if got := ids(now.Add(timeline.Lookback + time.Millisecond)); len(got) != 0 {
			t.Errorf("later: %v", got)
		}
		// A position is a change, for both sides.
		now = now.Add(time.Hour)
		storetest.Background(t, w.Run)
		if err := w.Read(t.Context(), u[3], c, 1); err != nil {
			t.Fatal(err)
		}
		if got := ids(now); !slices.Equal(got, []string{c}) {
			t.Errorf("after the other read: %v", got)
		}
		h, err := w.Head(t.Context(), u[0], c)
		if err != nil || h.PeerReadSeq != 1 || h.PeerDeliveredSeq != 1 || h.ReadSeq != 0 || h.Unread != 1 ||
			h.Peer.ID != u[3] || h.Last.Seq != 1 || h.Kind != protocol.ConversationDirect ||
			!slices.Equal(h.Ranges, []protocol.Range{{FromSeq: 1}}) {
			t.Errorf("head %+v, %v", h, err)
		}
	})
}

func TestPositions(t *testing.T) {
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := running(t, st)
		u := people(t, st, 3)
		conv := direct(t, st, u[0], u[1])
		for range 5 {
			w.append(u[0], text(conv, "x"))
		}
		events := w.events()
		position := func() protocol.Position {
			t.Helper()
			e := wait(t, events)
			var f protocol.Frame
			var p protocol.Position
			if err := errors.Join(json.Unmarshal(e.Frame, &f), json.Unmarshal(f.Body, &p)); err != nil {
				t.Fatal(err)
			}
			if e.Kind != bus.KindPositions || e.ConversationID != conv || e.UserID != p.UserID || f.Op != protocol.OpPositions {
				t.Errorf("event %+v with %s", e, e.Frame)
			}
			return p
		}
		if err := w.Delivered(u[1], []protocol.Read{{ConversationID: conv, Seq: 3}, {ConversationID: "no", Seq: 1}, {ConversationID: "7", Seq: 1}}); err != nil {
			t.Fatal(err)
		}
		if p := position(); p.DeliveredSeq != 3 || p.ReadSeq != 0 || p.UserID != u[1] {
			t.Errorf("delivered: %+v", p)
		}
		for _, seq := range []int64{2, 1, -4, 0, 99, 3} { // Forwards only, and no further than there is.
			if err := w.Read(t.Context(), u[1], conv, seq); err != nil {
				t.Fatal(err)
			}
		}
		if p := position(); p.ReadSeq != 2 || p.DeliveredSeq != 3 {
			t.Errorf("read 2: %+v", p)
		}
		if p := position(); p.ReadSeq != 5 || p.DeliveredSeq != 5 {
			t.Errorf("read 99: %+v", p)
		}
		w.append(u[0], text(conv, "y"))
		if e := wait(t, events); e.Kind != bus.KindEntries {
			t.Errorf("a position that did not move was published: %+v", e)
		}
		for _, c := range []string{conv, "77", ""} {
			if err := w.Read(t.Context(), u[2], c, 1); !errors.Is(err, protocol.ErrNotMember) {
				t.Errorf("a stranger reads %q: %v", c, err)
			}
		}
	})
}

// TestUnreadAndPositionsMatchTheObvious compares heads with a count by hand,
// after any sequence of messages, reads and acks.
func TestUnreadAndPositionsMatchTheObvious(t *testing.T) {
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := running(t, st)
		rapid.Check(t, func(r *rapid.T) {
			u := people(t, st, 2)
			conv := direct(t, st, u[0], u[1])
			var senders []int
			mentions := map[int64]bool{} // Entries that mention the other.
			var read, delivered [2]int64
			for range rapid.IntRange(1, 12).Draw(r, "steps") {
				who := rapid.IntRange(0, 1).Draw(r, "who")
				last := int64(len(senders))
				switch rapid.SampledFrom([]string{"send", "send", "silent", "read", "ack"}).Draw(r, "does") {
				case "send":
					words := text(conv, "x")
					if mentions[last+1] = rapid.Bool().Draw(r, "mentions"); mentions[last+1] {
						words.Mentions = []string{u[who], u[1-who]}
					}
					if got := w.append(u[who], words).Seq; got != last+1 {
						r.Fatalf("seq %d, want %d", got, last+1)
					}
					senders = append(senders, who)
				case "silent": // An entry that does not count.
					err := st.Write(t.Context(), func(tx *store.Tx) error {
						return w.AppendIn(tx, id(conv), timeline.Draft{SenderID: id(u[who]), Kind: protocol.KindFriended, Body: struct{}{}})
					})
					if err != nil {
						r.Fatal(err)
					}
					senders = append(senders, -1)
				case "read":
					seq := rapid.Int64Range(-1, last+2).Draw(r, "seq")
					if err := w.Read(t.Context(), u[who], conv, seq); err != nil {
						r.Fatal(err)
					}
					read[who] = max(read[who], min(seq, last))
					delivered[who] = max(delivered[who], read[who])
				case "ack":
					seq := rapid.Int64Range(-1, last+2).Draw(r, "seq")
					if err := w.Delivered(u[who], []protocol.Read{{ConversationID: conv, Seq: seq}}); err != nil {
						r.Fatal(err)
					}
					// Reading nothing waits for the commit that the ack rides.
					if err := w.Read(t.Context(), u[who], conv, 0); err != nil {
						r.Fatal(err)
					}
					delivered[who] = max(delivered[who], min(seq, last))
				}
			}
			for me := range u {
				unread, preview, mention := 0, int64(0), int64(0)
				for i, sender := range senders {
					if sender >= 0 {
						preview = int64(i + 1)
					}
					if int64(i+1) > read[me] && sender == 1-me {
						unread++
						if mentions[int64(i+1)] {
							mention = int64(i + 1)
						}
					}
				}
				h, err := w.Head(t.Context(), u[me], conv)
				if err != nil {
					r.Fatal(err)
				}
				if h.LastSeq != int64(len(senders)) || h.Unread != unread || h.MentionSeq != mention || h.ReadSeq != read[me] ||
					h.PeerReadSeq != read[1-me] || h.PeerDeliveredSeq != delivered[1-me] {
					r.Fatalf("head %+v, want unread %d, a mention at %d, positions %v %v", h, unread, mention, read, delivered)
				}
				if (h.Last == nil) != (preview == 0) || h.Last != nil && h.Last.Seq != preview {
					r.Fatalf("preview %+v, want %d", h.Last, preview)
				}
			}
		})
	})
}

func TestUnreadStops(t *testing.T) {
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := running(t, st)
		u := people(t, st, 2)
		conv := direct(t, st, u[0], u[1])
		drafts := make([]timeline.Draft, protocol.MaxUnread+10)
		for i := range drafts {
			drafts[i] = timeline.Draft{SenderID: id(u[0]), Kind: protocol.KindText, Body: protocol.Text{Text: "x"}}
		}
		if err := st.Write(t.Context(), func(tx *store.Tx) error { return w.AppendIn(tx, id(conv), drafts...) }); err != nil {
			t.Fatal(err)
		}
		for _, tt := range []struct {
			read int64
			want int
		}{{0, protocol.MaxUnread}, {10, protocol.MaxUnread}, {11, protocol.MaxUnread - 1}, {5000, 0}} {
			if err := w.Read(t.Context(), u[1], conv, tt.read); err != nil {
				t.Fatal(err)
			}
			if h, err := w.Head(t.Context(), u[1], conv); err != nil || h.Unread != tt.want {
				t.Errorf("read %d: %d unread (%v), want %d", tt.read, h.Unread, err, tt.want)
			}
		}
	})
}
