package store

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"mychat/protocol"
)

// marksCloud is a server with one conversation, as obvious as can be: its log,
// what one user marked, and what their journal says of that.
type marksCloud struct {
	id      string
	log     []protocol.Entry
	starred map[int64]int64
	deleted map[int64]bool
	cleared int64
	journal []protocol.JournalRow
	clock   int64
}

func (c *marksCloud) tell(kind string, v any) {
	c.journal = append(c.journal, row(int64(len(c.journal)+1), kind, v))
}

// message reports what a message is now: its words, and whether it was recalled.
func (c *marksCloud) message(seq int64) (words string, recalled bool) {
	for _, e := range c.log {
		var body protocol.Text
		switch {
		case e.Seq != seq && e.RefSeq != seq:
		case e.Kind == protocol.KindRecall:
			return "", true
		case e.Kind == protocol.KindText || e.Kind == protocol.KindEdit:
			if json.Unmarshal(e.Body, &body) == nil {
				words = body.Text
			}
		}
	}
	return words, false
}

// entry is an entry of the log in its present state, as the user sees it.
func (c *marksCloud) entry(e protocol.Entry) protocol.Entry {
	_, recalled := c.message(subject(e))
	switch {
	case e.Kind == protocol.KindText && c.deleted[e.Seq]:
		return e.DeletedForReader()
	case e.Kind == protocol.KindEdit && (recalled || c.deleted[e.RefSeq]):
		e.Body = protocol.RawJSON(`{}`)
	case e.Kind == protocol.KindText && recalled:
		e.Body, e.RecalledMS = protocol.RawJSON(`{}`), 9_000
	case e.Kind == protocol.KindText:
		words, _ := c.message(e.Seq)
		if body := text(0, "", words).Body; string(body) != string(e.Body) {
			e.Body, e.EditedMS = body, 9_000
		}
	}
	return e
}

func (c *marksCloud) page(before int64, limit int) PageAnswer {
	p := protocol.Page{ConversationID: c.id, AsOf: int64(len(c.log)), FloorSeq: 1}
	for seq := before - 1; seq > c.cleared; seq-- {
		if len(p.Entries) == limit {
			p.More = true
			break
		}
		p.Entries = append(p.Entries, c.entry(c.log[seq-1]))
	}
	slices.Reverse(p.Entries)
	return PageAnswer{Page: p, BeforeSeq: before}
}

func (c *marksCloud) head() protocol.Head {
	h := head(c.id, int64(len(c.log)))
	h.Ranges = []protocol.Range{{FromSeq: c.cleared + 1}}
	for _, e := range c.log {
		if now := c.entry(e); e.Kind == protocol.KindText && !c.deleted[e.Seq] && e.Seq > c.cleared {
			h.Last = &now
			if e.Sender != self && now.RecalledMS == 0 {
				h.Unread++
			}
		}
	}
	return h
}

// mark does what the server does with a command.
func (c *marksCloud) mark(u protocol.UpdateMarks) protocol.MarksUpdated {
	c.clock++
	now, changed := protocol.Marks{ConversationID: c.id}, protocol.Marks{ConversationID: c.id}
	for _, seq := range slices.Sorted(slices.Values(u.Seqs)) {
		_, recalled := c.message(seq)
		was := protocol.Mark{Seq: seq, StarredMS: c.starred[seq]}
		is := was
		switch {
		case seq <= c.cleared, recalled && !u.Deleted && !c.deleted[seq]:
			continue
		case c.deleted[seq]:
			is.DeletedMS, was.DeletedMS = 1, 1
		case u.Deleted:
			is.StarredMS, is.DeletedMS = 0, c.clock
		case !*u.Starred:
			is.StarredMS = 0
		case is.StarredMS == 0:
			is.StarredMS = c.clock
		}
		now.Marks = append(now.Marks, is)
		if is != was {
			c.starred[seq], c.deleted[seq] = is.StarredMS, is.DeletedMS > 0
			changed.Marks = append(changed.Marks, is)
		}
	}
	if len(changed.Marks) > 0 {
		c.tell(protocol.JournalMarks, changed)
		if u.Deleted {
			c.tell(protocol.JournalConversation, c.head())
		}
	}
	return protocol.MarksUpdated{Useq: int64(len(c.journal)), Marks: now}
}

// marks is a page of all that is marked, two at a time.
func (c *marksCloud) marks(cursor string) protocol.MarksPage {
	after := int64(0)
	_, _ = fmt.Sscan(cursor, &after)
	p := protocol.MarksPage{JournalPos: int64(len(c.journal)), Marks: []protocol.Marks{{ConversationID: c.id}}}
	for seq := max(after, c.cleared) + 1; seq <= int64(len(c.log)); seq++ {
		_, recalled := c.message(seq)
		m := protocol.Mark{Seq: seq, StarredMS: c.starred[seq]}
		if c.deleted[seq] {
			m = protocol.Mark{Seq: seq, DeletedMS: 1}
		} else if m.StarredMS == 0 || recalled {
			continue
		}
		if p.Marks[0].Marks = append(p.Marks[0].Marks, m); len(p.Marks[0].Marks) == 2 {
			p.Cursor = fmt.Sprint(seq)
			break
		}
	}
	return p
}

// marksDevice is a device of the user, and what is on its way to it.
type marksDevice struct {
	*Store
	journal, log int // How much of each it was given.
	late         []PageAnswer
	marks        []func() error // Pages of marks that were read and did not come yet.
}

// TestMarksAreTheSameEverywhere has two devices of one user star and delete
// while messages are edited, recalled and cleared, with pages that come late and
// journals that are reset, and compares what both show with the cloud.
func TestMarksAreTheSameEverywhere(t *testing.T) {
	devices := []*marksDevice{{Store: open(t)}, {Store: open(t)}}
	checks := 0
	rapid.Check(t, func(t *rapid.T) {
		// One check is some hundred transactions, slow under the race detector.
		if checks++; checks > 25 {
			return
		}
		ctx := t.Context()
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		c := &marksCloud{id: fmt.Sprint("c", checks), starred: map[int64]int64{}, deleted: map[int64]bool{}, clock: int64(checks) * 1e6}
		chat := func() protocol.ChatSettings {
			return protocol.ChatSettings{ConversationID: c.id, ClearedSeq: c.cleared}
		}
		reset := func(d *marksDevice) {
			w := protocol.Welcome{Me: me, Reset: true, JournalPos: int64(len(c.journal)), Heads: []protocol.Head{c.head()}}
			w.Journal = []protocol.JournalRow{row(w.JournalPos, protocol.JournalChat, chat())}
			must(d.ApplyWelcome(ctx, w))
			d.journal = len(c.journal)
			d.log = len(c.log) // Live entries go on from here; pages bring the others.
		}
		deliver := func(d *marksDevice) {
			must(d.ApplyJournal(ctx, c.journal[d.journal:]))
			d.journal = len(c.journal)
		}
		live := func(d *marksDevice) {
			_, err := d.ApplyEntries(ctx, c.id, c.log[d.log:])
			must(err)
			d.log = len(c.log)
		}
		send := func(d *marksDevice) {
			due, err := d.OutgoingMarks(ctx)
			must(err)
			for _, u := range due {
				must(d.ConfirmMarks(ctx, u, c.mark(u)))
			}
		}
		readMarks := func(d *marksDevice) (func() error, bool) {
			cursor, lacking, err := d.LackingMarks(ctx)
			must(err)
			page := c.marks(cursor)
			return func() error { return d.ApplyMarks(ctx, cursor, page) }, lacking
		}
		add := func(kind, sender string, ref int64, words string) {
			e := text(int64(len(c.log)+1), sender, words)
			e.Kind, e.RefSeq = kind, ref
			if kind == protocol.KindRecall {
				e.Body = protocol.RawJSON(`{}`)
			}
			c.log = append(c.log, e)
		}
		for range 3 {
			add(protocol.KindText, peer, 0, "first words")
		}
		for _, d := range devices {
			d.late, d.marks = nil, nil
			reset(d)
		}
		device := func(t *rapid.T) *marksDevice { return devices[rapid.IntRange(0, 1).Draw(t, "device")] }
		anyText := func(t *rapid.T) protocol.Entry {
			for {
				if e := c.log[rapid.IntRange(0, len(c.log)-1).Draw(t, "entry")]; e.Kind == protocol.KindText {
					return e
				}
			}
		}
		here := func(d *marksDevice, seq int64) []string {
			e := c.log[seq-1]
			return []string{messageID(e.Sender, e.ClientID)}
		}
		t.Repeat(map[string]func(*rapid.T){
			"say": func(t *rapid.T) {
				sender := rapid.SampledFrom([]string{self, peer}).Draw(t, "sender")
				add(protocol.KindText, sender, 0, fmt.Sprint("words ", len(c.log)))
			},
			"edit": func(t *rapid.T) {
				if e := anyText(t); e.Seq > c.cleared {
					if _, recalled := c.message(e.Seq); !recalled {
						add(protocol.KindEdit, e.Sender, e.Seq, fmt.Sprint("other words ", len(c.log)))
					}
				}
			},
			"recall": func(t *rapid.T) {
				if e := anyText(t); rapid.IntRange(0, 2).Draw(t, "often") == 0 {
					add(protocol.KindRecall, e.Sender, e.Seq, "")
				}
			},
			"clear": func(t *rapid.T) {
				if rapid.IntRange(0, 9).Draw(t, "often") == 0 {
					c.cleared = max(c.cleared, rapid.Int64Range(0, int64(len(c.log)/2)).Draw(t, "to"))
					c.tell(protocol.JournalChat, chat())
				}
			},
			"star": func(t *rapid.T) {
				d := device(t)
				_ = d.Star(ctx, c.id, here(d, anyText(t).Seq), rapid.Bool().Draw(t, "on")) // It may not be here.
			},
			"delete": func(t *rapid.T) {
				d := device(t)
				_ = d.DeleteForMe(ctx, c.id, here(d, anyText(t).Seq)) // It may not be here.
			},
			"send":    func(t *rapid.T) { send(device(t)) },
			"journal": func(t *rapid.T) { deliver(device(t)) },
			"live":    func(t *rapid.T) { live(device(t)) },
			"reset": func(t *rapid.T) {
				if rapid.IntRange(0, 3).Draw(t, "often") == 0 {
					reset(device(t))
				}
			},
			"page": func(t *rapid.T) {
				d := device(t)
				before := rapid.Int64Range(c.cleared+1, int64(len(c.log))+1).Draw(t, "before")
				d.late = append(d.late, c.page(before, rapid.IntRange(1, 5).Draw(t, "limit")))
			},
			"late page": func(t *rapid.T) {
				if d := device(t); len(d.late) > 0 {
					i := rapid.IntRange(0, len(d.late)-1).Draw(t, "page")
					must(d.ApplyPage(ctx, d.late[i]))
					d.late = slices.Delete(d.late, i, i+1)
				}
			},
			"marks": func(t *rapid.T) {
				d := device(t)
				if page, lacking := readMarks(d); lacking {
					d.marks = append(d.marks, page)
				}
			},
			"late marks": func(t *rapid.T) {
				if d := device(t); len(d.marks) > 0 {
					must(d.marks[0]())
					d.marks = d.marks[1:]
				}
			},
		})

		for range 2 { // What one sends the other hears of.
			for _, d := range devices {
				send(d)
				deliver(d)
				live(d)
				must(d.ApplyWelcome(ctx, protocol.Welcome{Me: me, JournalPos: int64(d.journal), Heads: []protocol.Head{c.head()}}))
				for _, p := range d.late {
					must(d.ApplyPage(ctx, p))
				}
				for _, page := range d.marks {
					must(page())
				}
				d.late, d.marks = nil, nil
				for page, lacking := readMarks(d); lacking; page, lacking = readMarks(d) {
					must(page())
				}
				for {
					l, lacks, err := d.Lack(ctx, c.id)
					must(err)
					if !lacks {
						break
					}
					before := l.Ask.BeforeSeq
					if before == 0 {
						before = int64(len(c.log)) + 1
					}
					answer := c.page(before, 7)
					answer.BeforeSeq = l.Ask.BeforeSeq
					must(d.ApplyPage(ctx, answer))
				}
			}
		}
		var want, stars []string
		byStar := []int64{}
		for _, e := range c.log {
			words, recalled := c.message(e.Seq)
			if e.Kind != protocol.KindText || e.Seq <= c.cleared || c.deleted[e.Seq] {
				continue
			}
			star := c.starred[e.Seq]
			if recalled {
				star = 0
			}
			want = append(want, fmt.Sprintf("%d %q recalled %t star %d", e.Seq, words, recalled, star))
			if star > 0 {
				byStar = append(byStar, e.Seq)
			}
		}
		slices.SortFunc(byStar, func(a, b int64) int { return cmp.Or(cmp.Compare(c.starred[b], c.starred[a]), cmp.Compare(b, a)) })
		for _, seq := range byStar {
			stars = append(stars, fmt.Sprint(seq))
		}
		h := c.head()
		for i, d := range devices {
			p, _, err := d.Page(ctx, PageQuery{ConversationID: c.id, Limit: protocol.MaxPage})
			must(err)
			var got []string
			for _, m := range p.Messages {
				got = append(got, fmt.Sprintf("%d %q recalled %t star %d", m.Seq, m.Text, m.Kind == protocol.KindRecall, m.StarredMS))
			}
			if !slices.Equal(got, want) {
				t.Fatalf("device %d shows\n%q, want\n%q", i, got, want)
			}
			listed, err := d.Starred(ctx, StarredQuery{ConversationID: c.id, Limit: protocol.MaxPage})
			must(err)
			got = nil
			for _, item := range listed.Items {
				got = append(got, fmt.Sprint(item.Seq))
			}
			if !slices.Equal(got, stars) || listed.Reading {
				t.Fatalf("device %d lists the stars %v, want %v; reading %t", i, got, stars, listed.Reading)
			}
			found, err := d.ConversationsByID(ctx, []string{c.id})
			must(err)
			preview := ""
			if h.Last != nil {
				preview, _ = c.message(h.Last.Seq)
			}
			if found[0].Unread != h.Unread || found[0].Preview.Text != preview {
				t.Fatalf("device %d: %d unread and the preview %q, want %d and %q", i, found[0].Unread, found[0].Preview.Text, h.Unread, preview)
			}
			hits, err := d.Search(ctx, SearchQuery{Words: "words", ConversationID: c.id, Limit: protocol.MaxPage})
			must(err)
			said := 0
			for _, w := range p.Messages {
				if w.Text != "" {
					said++
				}
			}
			if len(hits.Hits) != said {
				t.Fatalf("device %d finds %d messages, want %d", i, len(hits.Hits), said)
			}
		}
	})
}
