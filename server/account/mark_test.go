package account_test

import (
	"reflect"
	"testing"
	"time"

	"github.com/oklog/ulid/v2"

	"mychat/protocol"
	"mychat/server/account"
	"mychat/server/store"
)

// write appends a text by p and returns its seq.
func (p person) write(conv, text string) int64 {
	p.w.t.Helper()
	body, err := protocol.Encode(protocol.Text{Text: text})
	if err != nil {
		p.w.t.Fatal(err)
	}
	return p.append(protocol.Send{ConversationID: conv, ClientID: ulid.Make().String(), Kind: protocol.KindText, Body: body})
}

func (p person) append(s protocol.Send) int64 {
	p.w.t.Helper()
	sent, err := p.w.timeline.Append(p.w.t.Context(), p.UserID, s)
	if err != nil {
		p.w.t.Fatalf("append %s: %v", s.Kind, err)
	}
	return sent.Seq
}

// star gives messages a star or takes it away, which must be accepted.
func (p person) star(conv string, on bool, seqs ...int64) protocol.MarksUpdated {
	p.w.t.Helper()
	got, err := p.w.UpdateMarks(p.w.t.Context(), p.Caller, protocol.UpdateMarks{ConversationID: conv, Seqs: seqs, Starred: &on})
	if err != nil {
		p.w.t.Fatalf("star: %v", err)
	}
	return got
}

// allMarks reads p's marks in pages of some size.
func (p person) allMarks(limit int) []protocol.Marks {
	p.w.t.Helper()
	out := []protocol.Marks{}
	for cursor := ""; ; {
		page, err := p.w.Marks(p.w.t.Context(), p.Caller, cursor, limit)
		if err != nil {
			p.w.t.Fatal(err)
		}
		for _, m := range page.Marks {
			if n := len(out); n > 0 && out[n-1].ConversationID == m.ConversationID {
				out[n-1].Marks = append(out[n-1].Marks, m.Marks...)
			} else {
				out = append(out, m)
			}
		}
		if cursor = page.Cursor; cursor == "" {
			return out
		}
	}
}

func TestStars(t *testing.T) {
	each(t, account.Options{}, func(t *testing.T, w *world) {
		ana, bob, eve := w.register("ana_lind"), w.register("bob_2026"), w.register("eve_2026")
		conv, other := w.befriend(ana, bob), w.befriend(ana, eve)
		for _, text := range []string{"two", "three", "four"} { // 1 is how it began.
			bob.write(conv, text)
		}
		hers := ana.write(other, "two")
		first := w.clock.Now().UnixMilli()

		got := ana.star(conv, true, 4, 2, 2, 1, 99) // 1 is no message, 99 is none yet.
		want := []protocol.Mark{{Seq: 2, StarredMS: first}, {Seq: 4, StarredMS: first}}
		if !reflect.DeepEqual(got.Marks, protocol.Marks{ConversationID: conv, Marks: want}) {
			t.Fatalf("the answer is %+v", got)
		}
		if row := last[protocol.Marks](ana, protocol.JournalMarks); !reflect.DeepEqual(row, got.Marks) {
			t.Errorf("the journal says %+v, the answer %+v", row, got.Marks)
		}

		t.Run("a repeat is a success, keeps the time and makes no row", func(t *testing.T) {
			w.clock.add(time.Minute)
			before := rows[protocol.Marks](ana, protocol.JournalMarks)
			again := ana.star(conv, true, 2, 4)
			if !reflect.DeepEqual(again.Marks.Marks, want) || again.Useq != got.Useq {
				t.Errorf("got %+v", again)
			}
			if after := rows[protocol.Marks](ana, protocol.JournalMarks); !reflect.DeepEqual(after, before) {
				t.Errorf("rows %+v became %+v", before, after)
			}
		})

		t.Run("a row names only what changed", func(t *testing.T) {
			ana.star(conv, true, 2, 3)
			if row := last[protocol.Marks](ana, protocol.JournalMarks); len(row.Marks) != 1 || row.Marks[0].Seq != 3 {
				t.Errorf("the journal says %+v", row)
			}
			ana.star(conv, false, 3, 99)
			if row := last[protocol.Marks](ana, protocol.JournalMarks); !reflect.DeepEqual(row.Marks, []protocol.Mark{{Seq: 3}}) {
				t.Errorf("the journal says %+v", row)
			}
		})

		t.Run("all of them come in pages of any size", func(t *testing.T) {
			ana.star(other, true, hers)
			ana.star(conv, true, 3)
			whole := ana.allMarks(0)
			total := 0
			for _, m := range whole {
				total += len(m.Marks)
			}
			if total != 4 || len(whole) != 2 {
				t.Fatalf("got %+v", whole)
			}
			for limit := 1; limit <= 5; limit++ {
				if got := ana.allMarks(limit); !reflect.DeepEqual(got, whole) {
					t.Errorf("in pages of %d: %+v, want %+v", limit, got, whole)
				}
			}
			_, err := w.Marks(t.Context(), ana.Caller, "x.1", 0)
			wantCode(t, "a cursor that nobody gave", err, protocol.CodeInvalid)
		})

		t.Run("what is recalled or cleared has none", func(t *testing.T) {
			bob.append(protocol.Send{ConversationID: conv, ClientID: ulid.Make().String(), Kind: protocol.KindRecall, RefSeq: 3, Body: []byte(`{}`)})
			ana.chat(protocol.UpdateChat{ConversationID: conv, ClearedSeq: ptr(int64(2))})
			want := []protocol.Marks{{ConversationID: conv, Marks: []protocol.Mark{{Seq: 4, StarredMS: first}}}}
			var got []protocol.Marks
			for _, m := range ana.allMarks(0) {
				if m.ConversationID == conv {
					got = append(got, m)
				}
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("got %+v, want %+v", got, want)
			}
			if got := ana.star(conv, true, 2, 3); len(got.Marks.Marks) != 0 {
				t.Errorf("got %+v", got)
			}
		})

		t.Run("it is nobody else's", func(t *testing.T) {
			if got := rows[protocol.Marks](bob, protocol.JournalMarks); len(got) != 0 {
				t.Errorf("Bob's journal has %+v", got)
			}
			if got := bob.allMarks(0); len(got) != 0 {
				t.Errorf("Bob marked %+v", got)
			}
			if got := bob.star(conv, true, 2); len(got.Marks.Marks) != 1 {
				t.Errorf("Bob sees what Ana cleared: got %+v", got)
			}
		})

		many := make([]int64, protocol.MaxMarks+1)
		for i := range many {
			many[i] = int64(i + 1)
		}
		for _, tt := range []struct {
			name string
			who  person
			u    protocol.UpdateMarks
			want protocol.Code
		}{
			{"a stranger", eve, protocol.UpdateMarks{ConversationID: conv, Seqs: []int64{2}, Starred: ptr(true)}, protocol.CodeNotMember},
			{"no conversation", ana, protocol.UpdateMarks{Seqs: []int64{2}, Starred: ptr(true)}, protocol.CodeInvalid},
			{"one that is not there", ana, protocol.UpdateMarks{ConversationID: "nowhere", Seqs: []int64{2}, Starred: ptr(true)}, protocol.CodeNotMember},
			{"no messages", ana, protocol.UpdateMarks{ConversationID: conv, Starred: ptr(true)}, protocol.CodeInvalid},
			{"too many", ana, protocol.UpdateMarks{ConversationID: conv, Seqs: many, Starred: ptr(true)}, protocol.CodeInvalid},
			{"before the log", ana, protocol.UpdateMarks{ConversationID: conv, Seqs: []int64{0}, Starred: ptr(true)}, protocol.CodeInvalid},
			{"nothing to do", ana, protocol.UpdateMarks{ConversationID: conv, Seqs: []int64{2}}, protocol.CodeInvalid},
		} {
			t.Run(tt.name, func(t *testing.T) {
				_, err := w.UpdateMarks(t.Context(), tt.who.Caller, tt.u)
				wantCode(t, "mark", err, tt.want)
			})
		}

		t.Run("a former friend may still mark", func(t *testing.T) {
			if err := w.RemoveFriend(t.Context(), ana.Caller, bob.UserID); err != nil {
				t.Fatal(err)
			}
			if got := bob.star(conv, true, 4); len(got.Marks.Marks) != 1 {
				t.Errorf("got %+v", got)
			}
		})
	})
}

// TestMarksGoWithTheirEntries deletes what is below a floor.
func TestMarksGoWithTheirEntries(t *testing.T) {
	each(t, account.Options{}, func(t *testing.T, w *world) {
		ana, bob := w.register("ana_lind"), w.register("bob_2026")
		conv := w.befriend(ana, bob)
		bob.write(conv, "two")
		bob.write(conv, "three")
		ana.star(conv, true, 2, 3)
		id, _ := store.ParseID(conv)
		err := w.st.Write(t.Context(), func(tx *store.Tx) error {
			c, err := tx.LockConversations([]store.ID{id})
			if err == nil {
				err = tx.AdvanceConversations([]store.Advance{{ID: id, LastSeq: c[0].LastSeq, LastMS: c[0].LastMS, FloorSeq: 3, ChangedMS: 1}})
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if got := ana.allMarks(0); len(got) != 1 || len(got[0].Marks) != 1 || got[0].Marks[0].Seq != 3 {
			t.Errorf("above the floor: %+v", got)
		}
		if _, err := w.timeline.Trim(t.Context()); err != nil {
			t.Fatal(err)
		}
		me, _ := store.ParseID(ana.UserID)
		left, err := w.st.Reader(t.Context()).Marks(me, id, []int64{2, 3})
		if _, gone := left[3]; err != nil || len(left) != 1 || !gone {
			t.Errorf("left are %+v, %v", left, err)
		}
	})
}

// remove deletes messages for p alone, which must be accepted.
func (p person) remove(conv string, seqs ...int64) protocol.MarksUpdated {
	p.w.t.Helper()
	got, err := p.w.UpdateMarks(p.w.t.Context(), p.Caller, protocol.UpdateMarks{ConversationID: conv, Seqs: seqs, Deleted: true})
	if err != nil {
		p.w.t.Fatalf("delete: %v", err)
	}
	return got
}

// page reads a conversation as p sees it.
func (p person) page(conv string) []protocol.Entry {
	p.w.t.Helper()
	page, err := p.w.timeline.Before(p.w.t.Context(), p.UserID, conv, 0, 0)
	if err != nil {
		p.w.t.Fatal(err)
	}
	return page.Entries
}

// TestDeletedForOneself looks at all that the server answers to who deleted a
// message for themselves, and at what the other member still sees.
func TestDeletedForOneself(t *testing.T) {
	each(t, account.Options{}, func(t *testing.T, w *world) {
		ana, bob := w.register("ana_lind"), w.register("bob_2026")
		conv := w.befriend(ana, bob)
		bob.write(conv, "two")
		bob.write(conv, "three")
		bob.write(conv, "four")
		for _, s := range []protocol.Send{
			{Kind: protocol.KindReaction, RefSeq: 4, Body: []byte(`{"emoji":"👍"}`)},
			{Kind: protocol.KindPin, RefSeq: 4, Body: []byte(`{}`)},
		} {
			s.ConversationID, s.ClientID = conv, ulid.Make().String()
			ana.append(s)
		}
		head := func(p person) protocol.Head {
			t.Helper()
			h, err := w.timeline.Head(t.Context(), p.UserID, conv)
			if err != nil {
				t.Fatal(err)
			}
			return h
		}
		if h := head(ana); h.Unread != 3 || h.Last.Seq != 4 {
			t.Fatalf("before: %+v", h)
		}
		before := bob.page(conv)
		ana.star(conv, true, 4)
		got := ana.remove(conv, 4, 1, 6, 99)
		if len(got.Marks.Marks) != 1 || got.Marks.Marks[0].Seq != 4 || got.Marks.Marks[0].StarredMS != 0 || got.Marks.Marks[0].DeletedMS == 0 {
			t.Fatalf("the answer is %+v", got)
		}
		if row := last[protocol.Marks](ana, protocol.JournalMarks); !reflect.DeepEqual(row, got.Marks) {
			t.Errorf("the journal says %+v, the answer %+v", row, got.Marks)
		}
		if h := last[protocol.Head](ana, protocol.JournalConversation); h.Unread != 2 || h.Last == nil || h.Last.Seq != 3 {
			t.Errorf("the journal's head is %+v", h)
		}
		if h := head(ana); h.Unread != 2 || h.Last.Seq != 3 {
			t.Errorf("the head is %+v", h)
		}
		page := ana.page(conv)
		if len(page) != len(before) {
			t.Fatalf("a page of %d entries, want %d: nothing is missing", len(page), len(before))
		}
		for i, e := range page {
			switch want := before[i]; e.Kind {
			case protocol.KindDeleted:
				if !reflect.DeepEqual(e, want.DeletedForReader()) || e.Seq != 4 {
					t.Errorf("entry %d is %+v", e.Seq, e)
				}
			case protocol.KindReaction:
				if string(e.Body) != `{}` {
					t.Errorf("the reaction says %s", e.Body)
				}
			default:
				if !reflect.DeepEqual(e, want) {
					t.Errorf("entry %d is %+v, want %+v", e.Seq, e, want)
				}
			}
		}
		if after := bob.page(conv); !reflect.DeepEqual(after, before) {
			t.Errorf("Bob sees %+v, want %+v", after, before)
		}
		if h := head(bob); h.Last.Seq != 4 || len(h.Pins) != 1 {
			t.Errorf("Bob's head is %+v", h)
		}

		// It stays so, and can be nothing else.
		w.clock.add(time.Minute)
		rowsBefore := len(rows[protocol.Marks](ana, protocol.JournalMarks))
		for name, again := range map[string]protocol.MarksUpdated{"deleted again": ana.remove(conv, 4), "starred": ana.star(conv, true, 4)} {
			if !reflect.DeepEqual(again.Marks, got.Marks) {
				t.Errorf("%s: %+v, want %+v", name, again.Marks, got.Marks)
			}
		}
		if n := len(rows[protocol.Marks](ana, protocol.JournalMarks)); n != rowsBefore {
			t.Errorf("%d rows of marks, want %d", n, rowsBefore)
		}
		if all := ana.allMarks(0); len(all) != 1 || len(all[0].Marks) != 1 || all[0].Marks[0].DeletedMS == 0 {
			t.Errorf("all marks are %+v", all)
		}

		// What is recalled can be deleted too: the line that says so goes.
		bob.append(protocol.Send{ConversationID: conv, ClientID: ulid.Make().String(), Kind: protocol.KindRecall, RefSeq: 3, Body: []byte(`{}`)})
		if got := ana.remove(conv, 3, 2); len(got.Marks.Marks) != 2 {
			t.Errorf("got %+v", got)
		}
		if h := head(ana); h.Unread != 0 || h.Last != nil {
			t.Errorf("nothing is left, and the head is %+v", h)
		}
		_, err := w.UpdateMarks(t.Context(), ana.Caller, protocol.UpdateMarks{ConversationID: conv, Seqs: []int64{2}, Deleted: true, Starred: ptr(true)})
		wantCode(t, "both at once", err, protocol.CodeInvalid)
	})
}
