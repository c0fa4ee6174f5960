package store

import (
	"fmt"
	"path/filepath"
	"slices"
	"testing"

	"mychat/protocol"
)

// star gives messages of c1 a star or takes it away, by their seqs.
func star(t testing.TB, s *Store, on bool, seqs ...int64) {
	t.Helper()
	if err := s.Star(t.Context(), "c1", idsAt(t, s, seqs...), on); err != nil {
		t.Fatal(err)
	}
}

// idsAt returns the ids of messages of c1 by their seqs.
func idsAt(t testing.TB, s *Store, seqs ...int64) []string {
	t.Helper()
	var ids []string
	for _, seq := range seqs {
		p, _ := page(t, s, PageQuery{ConversationID: "c1", AroundSeq: seq, Limit: 3})
		for _, m := range p.Messages {
			if m.Seq == seq {
				ids = append(ids, m.ID)
			}
		}
	}
	return ids
}

// starred returns which messages of all conversations have a star, the one that
// got it last first, and holds that every page and the messages say the same.
func starred(t testing.TB, s *Store) []string {
	t.Helper()
	whole := []string{}
	for limit := 1; limit <= 3; limit++ {
		got := []string{}
		for q := (StarredQuery{Limit: limit}); ; {
			p, err := s.Starred(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			for _, item := range p.Items {
				got = append(got, fmt.Sprintf("%s/%d", item.ConversationID, item.Seq))
				if m := item.Message; m != nil && (m.StarredMS != item.StarredMS || m.Seq != item.Seq) {
					t.Errorf("the list says %+v, the message %+v", item, *m)
				}
			}
			if q.Cursor = p.Cursor; q.Cursor == "" {
				break
			}
		}
		if limit > 1 && !slices.Equal(got, whole) {
			t.Errorf("in pages of %d: %v, want %v", limit, got, whole)
		}
		whole = got
	}
	return whole
}

func wantStarred(t testing.TB, s *Store, want ...string) {
	t.Helper()
	if got := starred(t, s); !slices.Equal(got, want) {
		t.Errorf("starred are %v, want %v", got, want)
	}
}

// waitingMarks returns what the server is to be told.
func waitingMarks(t testing.TB, s *Store) []protocol.UpdateMarks {
	t.Helper()
	list, err := s.OutgoingMarks(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// marked is a page of what the server knows, or a row of the journal.
func marked(id string, marks ...protocol.Mark) protocol.Marks {
	return protocol.Marks{ConversationID: id, Marks: marks}
}

func TestAStarIsShownAtOnceAndWaits(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "account")
	s := openIn(t, dir)
	welcome(t, s, head("c1", 0))
	apply(t, s, "c1", texts(1, 5, "peer")...)
	feed := s.Subscribe()
	defer feed.Close()
	star(t, s, true, 2, 4)
	if c := feed.Take(); !c.Stars || !c.Outgoing || len(c.Messages["c1"]) != 2 {
		t.Errorf("told %+v", c)
	}
	star(t, s, true, 4, 5) // 4 has one.
	star(t, s, false, 2, 1)
	wantStarred(t, s, "c1/5", "c1/4")
	waits := waitingMarks(t, s)
	if len(waits) != 2 || !slices.Equal(waits[0].Seqs, []int64{4, 5}) || !*waits[0].Starred || !slices.Equal(waits[1].Seqs, []int64{2}) || *waits[1].Starred {
		t.Errorf("waiting: %+v", waits)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = openIn(t, dir)
	wantStarred(t, s, "c1/5", "c1/4")

	// What is wanted otherwise since it was sent still waits.
	star(t, s, false, 5)
	got := protocol.MarksUpdated{Useq: 9, Marks: marked("c1", protocol.Mark{Seq: 4, StarredMS: 70}, protocol.Mark{Seq: 5, StarredMS: 70})}
	if err := s.ConfirmMarks(t.Context(), waits[0], got); err != nil {
		t.Fatal(err)
	}
	wantStarred(t, s, "c1/4")
	if left := waitingMarks(t, s); len(left) != 1 || len(left[0].Seqs) != 2 {
		t.Errorf("left: %+v", left)
	}
	if err := s.RefuseMarks(t.Context(), waitingMarks(t, s)[0]); err != nil {
		t.Fatal(err)
	}
	wantStarred(t, s, "c1/5", "c1/4")
	if left := waitingMarks(t, s); len(left) != 0 {
		t.Errorf("left: %+v", left)
	}
}

// TestStarsOfOtherDevices applies rows of the journal and what is later than
// they are, in any order.
func TestStarsOfOtherDevices(t *testing.T) {
	s := open(t)
	welcome(t, s, head("c1", 0))
	journal(t, s, row(1, protocol.JournalMarks, marked("c2", protocol.Mark{Seq: 8, StarredMS: 40})), // Not known yet.
		row(2, protocol.JournalMarks, marked("c1", protocol.Mark{Seq: 2, StarredMS: 50}, protocol.Mark{Seq: 3, StarredMS: 60})))
	if p, err := s.Starred(t.Context(), StarredQuery{}); err != nil || len(p.Items) != 2 || p.Items[0].Message != nil || !p.Reading {
		t.Errorf("before the messages are here: %+v, %v", p, err)
	}
	apply(t, s, "c1", texts(1, 4, "peer")...)
	wantStarred(t, s, "c1/3", "c1/2")
	star(t, s, false, 3) // Stands over what is heard until it is told.
	journal(t, s, row(3, protocol.JournalMarks, marked("c1", protocol.Mark{Seq: 3}, protocol.Mark{Seq: 4, StarredMS: 70})),
		row(4, protocol.JournalMarks, marked("c1", protocol.Mark{Seq: 3, StarredMS: 80})))
	wantStarred(t, s, "c1/4", "c1/2")
	if err := s.ConfirmMarks(t.Context(), waitingMarks(t, s)[0], protocol.MarksUpdated{Useq: 6, Marks: marked("c1", protocol.Mark{Seq: 3})}); err != nil {
		t.Fatal(err)
	}
	journal(t, s, row(5, protocol.JournalMarks, marked("c1", protocol.Mark{Seq: 3, StarredMS: 90}))) // Older than the answer.
	wantStarred(t, s, "c1/4", "c1/2")
	if p, _ := s.Starred(t.Context(), StarredQuery{ConversationID: "c2"}); len(p.Items) != 0 {
		t.Errorf("of a conversation that is not here: %+v", p)
	}
	welcome(t, s, head("c2", 9))
	wantStarred(t, s, "c1/4", "c1/2", "c2/8")
	if p, err := s.Starred(t.Context(), StarredQuery{ConversationID: "c2"}); err != nil || len(p.Items) != 1 {
		t.Errorf("of one conversation: %+v, %v", p, err)
	}
	if _, err := s.Starred(t.Context(), StarredQuery{Cursor: "1.x.c1"}); err == nil {
		t.Error("a cursor that no page gave passes")
	}
}

func TestWhatIsRecalledOrClearedHasNoStar(t *testing.T) {
	s := open(t)
	welcome(t, s, head("c1", 0))
	apply(t, s, "c1", texts(1, 3, "peer")...)
	apply(t, s, "c1", texts(4, 5, self)...)
	star(t, s, true, 1, 2, 3, 4, 5)
	recall := text(6, "peer", "")
	recall.Kind, recall.RefSeq, recall.Body = protocol.KindRecall, 3, protocol.RawJSON(`{}`)
	apply(t, s, "c1", recall)
	if err := s.Recall(t.Context(), "c1", idsAt(t, s, 4)[0]); err != nil { // Waits.
		t.Fatal(err)
	}
	wantStarred(t, s, "c1/5", "c1/2", "c1/1")
	journal(t, s, row(1, protocol.JournalChat, protocol.ChatSettings{ConversationID: "c1", ClearedSeq: 1}))
	wantStarred(t, s, "c1/5", "c1/2")
	if err := s.ApplyFloor(t.Context(), protocol.Floor{ConversationID: "c1", FloorSeq: 3}); err != nil {
		t.Fatal(err)
	}
	wantStarred(t, s, "c1/5")
	if err := s.Star(t.Context(), "c1", []string{queue(t, s, "c1", "unsent").ID}, true); err == nil {
		t.Error("a message that was not sent gets a star")
	}
}

// TestAllStarsAreReadAnew reads what the server knows, page by page, while rows
// come in, and again after a reset.
func TestAllStarsAreReadAnew(t *testing.T) {
	s := open(t)
	reset := protocol.Welcome{Me: me, Reset: true, JournalPos: 10, Heads: []protocol.Head{head("c1", 0)}}
	if err := s.ApplyWelcome(t.Context(), reset); err != nil {
		t.Fatal(err)
	}
	apply(t, s, "c1", texts(1, 9, "peer")...)
	lacks := func(want string, ok bool) {
		t.Helper()
		if cursor, lacking, err := s.LackingMarks(t.Context()); err != nil || cursor != want || lacking != ok {
			t.Fatalf("it lacks %q, %t, %v, want %q, %t", cursor, lacking, err, want, ok)
		}
	}
	read := func(cursor string, p protocol.MarksPage) {
		t.Helper()
		if err := s.ApplyMarks(t.Context(), cursor, p); err != nil {
			t.Fatal(err)
		}
	}
	lacks("", true)
	read("", protocol.MarksPage{JournalPos: 9, Marks: []protocol.Marks{marked("c1", protocol.Mark{Seq: 9, StarredMS: 1})}}) // Of before the reset.
	lacks("", true)
	read("", protocol.MarksPage{JournalPos: 10, Cursor: "x", Marks: []protocol.Marks{marked("c1", protocol.Mark{Seq: 1, StarredMS: 1}, protocol.Mark{Seq: 2, StarredMS: 2})}})
	lacks("x", true)
	journal(t, s, row(11, protocol.JournalMarks, marked("c1", protocol.Mark{Seq: 2}, protocol.Mark{Seq: 8, StarredMS: 8})))
	read("y", protocol.MarksPage{JournalPos: 11}) // Answers another question.
	lacks("x", true)
	read("x", protocol.MarksPage{JournalPos: 11, Marks: []protocol.Marks{marked("c1", protocol.Mark{Seq: 3, StarredMS: 3})}})
	lacks("", false)
	wantStarred(t, s, "c1/8", "c1/3", "c1/1")

	// It is back after a long time: 3 and 8 lost their stars meanwhile, 5 gets one here.
	star(t, s, true, 5)
	star(t, s, true, 8) // Has one; nothing waits.
	reset.JournalPos = 2000
	if err := s.ApplyWelcome(t.Context(), reset); err != nil {
		t.Fatal(err)
	}
	lacks("", true)
	wantStarred(t, s, "c1/5", "c1/8", "c1/3", "c1/1") // Until it is known better.
	read("", protocol.MarksPage{JournalPos: 2000, Marks: []protocol.Marks{marked("c1", protocol.Mark{Seq: 1, StarredMS: 1})}})
	lacks("", false)
	wantStarred(t, s, "c1/5", "c1/1")
}
