package store

import (
	"fmt"
	"slices"
	"testing"

	"mychat/protocol"
	"pgregory.net/rapid"
)

// TestIntervalsAreSets compares intervals with a map of every seq.
func TestIntervalsAreSets(t *testing.T) {
	const top = 40
	seq := rapid.Int64Range(1, top)
	rapid.Check(t, func(t *rapid.T) {
		build := func(name string) (intervals, map[int64]bool) {
			var set intervals
			model := make(map[int64]bool)
			for range rapid.IntRange(0, 12).Draw(t, name) {
				from, to := seq.Draw(t, "from"), seq.Draw(t, "to")
				set = set.add(interval{from, to})
				for s := from; s <= to; s++ {
					model[s] = true
				}
			}
			return set, model
		}
		check := func(what string, got intervals, in func(int64) bool) {
			for i, iv := range got {
				if iv.from > iv.to || i > 0 && iv.from <= got[i-1].to+1 {
					t.Fatalf("%s = %v: not sorted and apart", what, got)
				}
			}
			for s := int64(1); s <= top; s++ {
				if has := len(got.within(s, s)) > 0; has != in(s) {
					t.Fatalf("%s = %v: has %d: %v, want %v", what, got, s, has, in(s))
				}
			}
		}
		a, inA := build("a")
		b, inB := build("b")
		check("a", a, func(s int64) bool { return inA[s] })
		check("a without b", a.without(b), func(s int64) bool { return inA[s] && !inB[s] })
		at := seq.Draw(t, "at")
		below, above := int64(0), int64(0)
		for s := int64(1); s <= top; s++ {
			if inA[s] && s < at {
				below = s
			}
			if inA[s] && s > at && above == 0 {
				above = s
			}
		}
		if got := a.below(at); got != below {
			t.Fatalf("%v.below(%d) = %d, want %d", a, at, got, below)
		}
		if got := a.above(at); got != above {
			t.Fatalf("%v.above(%d) = %d, want %d", a, at, got, above)
		}
	})
}

// model is a conversation as the server has it.
type model struct {
	id   string
	log  []protocol.Entry
	read int64 // The furthest of what the server and this device know.
}

func (m *model) unread(after int64) int {
	n := 0
	for _, e := range m.log {
		if e.Seq > after && e.Sender != self && protocol.Countable(e.Kind) {
			n++
		}
	}
	return min(n, protocol.MaxUnread)
}

func (m *model) append(t *rapid.T) []protocol.Entry {
	from := len(m.log)
	for range rapid.IntRange(1, 6).Draw(t, "entries") {
		e := text(int64(len(m.log)+1), rapid.SampledFrom([]string{self, peer}).Draw(t, "sender"), "hi")
		if rapid.IntRange(0, 4).Draw(t, "kind") == 0 {
			e.Kind = "vote"
		}
		m.log = append(m.log, e)
	}
	return m.log[from:]
}

func (m *model) head() protocol.Head {
	h := head(m.id, int64(len(m.log)))
	h.ReadSeq, h.Unread = m.read, m.unread(m.read)
	for _, e := range m.log {
		if protocol.Countable(e.Kind) {
			h.Last = &e
		}
	}
	return h
}

func (m *model) page(ask Ask, limit int) protocol.Page {
	n := int64(len(m.log))
	p := protocol.Page{ConversationID: m.id, AsOf: n}
	var from int64
	to := n
	switch {
	case ask.AfterSeq > 0:
		from = ask.AfterSeq + 1
		to = min(n, ask.AfterSeq+int64(limit))
		p.More = to < n
	case ask.BeforeSeq > 0:
		to = min(n, ask.BeforeSeq-1)
		fallthrough
	default:
		from = max(1, to-int64(limit)+1)
		p.More = from > 1
	}
	if from <= to {
		p.Entries = slices.Clone(m.log[from-1 : to])
	}
	return p
}

// TestUnreadIsTheObviousCount lets a conversation grow live, offline and by
// pages in any order, and compares with counting the server's log.
func TestUnreadIsTheObviousCount(t *testing.T) {
	s := open(t)
	checks := 0
	rapid.Check(t, func(t *rapid.T) {
		// One check is some hundred transactions, slow under the race detector.
		if checks++; checks > 25 {
			return
		}
		ctx := t.Context()
		m := model{id: fmt.Sprint("c", checks)}
		must := func(err error) {
			if err != nil {
				t.Fatal(err)
			}
		}
		welcome := func() {
			must(s.ApplyWelcome(ctx, protocol.Welcome{Me: me, Heads: []protocol.Head{m.head()}}))
		}
		get := func(ask Ask, limit int) {
			must(s.ApplyPage(ctx, PageAnswer{Page: m.page(ask, limit), BeforeSeq: ask.BeforeSeq, AfterSeq: ask.AfterSeq}))
		}
		unread := func() (int, int64) {
			found, err := s.ConversationsByID(ctx, []string{m.id})
			must(err)
			return found[0].Unread, found[0].ReadSeq
		}
		welcome()
		anywhere := func(name string) int64 { return rapid.Int64Range(0, int64(len(m.log))).Draw(t, name) }
		t.Repeat(map[string]func(*rapid.T){
			"live": func(t *rapid.T) {
				a, err := s.ApplyEntries(ctx, m.id, m.append(t))
				must(err)
				if a.Gap {
					t.Fatalf("a gap after %d", a.Last)
				}
			},
			"offline": func(t *rapid.T) {
				m.append(t)
				welcome()
			},
			"page before": func(t *rapid.T) { get(Ask{BeforeSeq: anywhere("before") + 1}, rapid.IntRange(1, 8).Draw(t, "limit")) },
			"page after":  func(t *rapid.T) { get(Ask{AfterSeq: anywhere("after") + 1}, rapid.IntRange(1, 8).Draw(t, "limit")) },
			"newest":      func(t *rapid.T) { get(Ask{}, rapid.IntRange(1, 8).Draw(t, "limit")) },
			"read here": func(t *rapid.T) {
				seq := anywhere("read")
				must(s.MarkRead(ctx, m.id, seq))
				m.read = max(m.read, seq)
			},
			"read elsewhere": func(t *rapid.T) {
				seq := anywhere("read")
				must(s.ApplyPosition(ctx, protocol.Position{ConversationID: m.id, UserID: self, ReadSeq: seq}))
				m.read = max(m.read, seq)
			},
			"": func(t *rapid.T) {
				got, read := unread()
				if read != m.read {
					t.Fatalf("read_seq = %d, want %d", read, m.read)
				}
				lack, ok, err := s.Lack(ctx, m.id)
				must(err)
				whole := !ok || lack.Ask.BeforeSeq > 0 && lack.Ask.BeforeSeq <= m.read+1
				if want := m.unread(m.read); whole && got != want {
					t.Fatalf("unread = %d, want %d", got, want)
				}
				if got < 0 || int64(got) > int64(len(m.log))-m.read {
					t.Fatalf("unread = %d of %d after %d", got, len(m.log), m.read)
				}
			},
		})
		welcome()
		if got, _ := unread(); got != m.unread(m.read) {
			t.Fatalf("after a welcome, unread = %d, want the server's %d", got, m.unread(m.read))
		}
		for {
			lack, ok, err := s.Lack(ctx, m.id)
			must(err)
			if !ok {
				break
			}
			get(lack.Ask, 7)
		}
		if got, _ := unread(); got != m.unread(m.read) {
			t.Fatalf("when all is here, unread = %d, want %d", got, m.unread(m.read))
		}
		m.check(t, s)
	})
}

// check pages through the whole conversation, upwards, and compares.
func (m *model) check(t *rapid.T, s *Store) {
	var all []Message
	q := PageQuery{ConversationID: m.id, Limit: 5}
	for {
		p, asks, err := s.Page(t.Context(), q)
		if err != nil || len(asks) > 0 || p.Missing {
			t.Fatalf("page %+v = %+v, asks %v, %v", q, p, asks, err)
		}
		all = append(slices.Clone(p.Messages), all...)
		if !p.MoreBefore {
			break
		}
		q.BeforeSeq = p.Messages[0].Seq
	}
	if len(all) != len(m.log) {
		t.Fatalf("%d messages, want %d", len(all), len(m.log))
	}
	for i, e := range m.log {
		if want := messageID(e.Sender, e.ClientID); all[i].ID != want || all[i].Seq != e.Seq {
			t.Fatalf("message %d is %s at %d, want %s", i, all[i].ID, all[i].Seq, want)
		}
	}
}

// TestFeedNamesEverythingThatChanged reads a feed at random moments; whatever
// was committed is named, or covered by a wider word.
func TestFeedNamesEverythingThatChanged(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var fs feeds
		f := fs.subscribe()
		owed := make(map[string]bool)
		t.Repeat(map[string]func(*rapid.T){
			"commit": func(t *rapid.T) {
				var c Change
				for range rapid.IntRange(1, 400).Draw(t, "n") {
					conv := fmt.Sprint("c", rapid.IntRange(0, 2).Draw(t, "conv"))
					id := fmt.Sprint("m", rapid.IntRange(0, 1000).Draw(t, "message"))
					c.messages(conv, id)
					owed[conv+"/"+id] = true
				}
				fs.announce(c)
			},
			"take": func(t *rapid.T) {
				select {
				case <-f.Ready():
				default:
					if len(owed) > 0 {
						t.Fatal("something changed, and the feed is not ready")
					}
					return
				}
				c := f.Take()
				for key := range owed {
					conv, id := key[:2], key[3:]
					ids, ok := c.Messages[conv]
					if !c.All && (!ok || len(ids) > 0 && !slices.Contains(ids, id)) {
						t.Fatalf("%s is not named in %+v", key, c)
					}
					if len(ids) > maxChangedMessages {
						t.Fatalf("%d ids", len(ids))
					}
				}
				clear(owed)
			},
		})
	})
}

func TestFeedGoesWideWhenTooMuchChanged(t *testing.T) {
	var fs feeds
	f := fs.subscribe()
	for i := range maxChangedConversations + 10 {
		var c Change
		c.conversation(fmt.Sprint(i))
		c.Outgoing = i == 3
		fs.announce(c)
	}
	if c := f.Take(); !c.All || !c.Outgoing || len(c.Conversations) > maxChangedConversations {
		t.Errorf("Take = All %v, Outgoing %v, %d conversations", c.All, c.Outgoing, len(c.Conversations))
	}
	f.Close()
	fs.announce(Change{Contacts: true})
	if c := f.Take(); !c.empty() {
		t.Errorf("a closed feed heard %+v", c)
	}
}

func TestOneLine(t *testing.T) {
	for _, tt := range []struct {
		in    string
		limit int
		want  string
	}{
		{"plain", 10, "plain"},
		{"  two\r\n\tlines \x00 ", 20, "two lines"},
		{"abcdef", 3, "abc"},
		{"ab cd", 3, "ab"},
		{"日本語の文", 2, "日本"},
		{"", 5, ""},
	} {
		if got := OneLine(tt.in, tt.limit); got != tt.want {
			t.Errorf("OneLine(%q, %d) = %q, want %q", tt.in, tt.limit, got, tt.want)
		}
	}
}
