package store

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"mychat/protocol"
)

// backedUp returns what a backup of s becomes on another machine.
func backedUp(t testing.TB, s *Store) *Store {
	t.Helper()
	path, err := s.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	data, err := os.ReadFile(path)
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, FileName), data, 0o600)
	}
	if err == nil {
		err = s.RemoveSnapshot()
	}
	if err != nil {
		t.Fatal(err)
	}
	out := openIn(t, dir)
	if err := out.Settle(t.Context(), 77); err != nil {
		t.Fatal(err)
	}
	return out
}

func merge(t testing.TB, to, from *Store) Merged {
	t.Helper()
	m, err := to.Merge(t.Context(), from, nil)
	if err != nil {
		t.Fatalf("Merge: %v", err)
	}
	return m
}

// words returns what is shown of a conversation: each text, with what is odd
// about it.
func words(t testing.TB, s *Store, id string) []string {
	t.Helper()
	p, _ := page(t, s, PageQuery{ConversationID: id, Limit: protocol.MaxPage})
	out := []string{}
	for _, m := range p.Messages {
		switch {
		case m.Kind == protocol.KindRecall:
			out = append(out, "(recalled)")
		case m.Status != StatusSent:
			out = append(out, m.Text+" ("+m.Status+" "+m.ErrorCode+")")
		default:
			out = append(out, m.Text)
		}
	}
	return out
}

func wantWords(t testing.TB, what string, s *Store, want ...string) {
	t.Helper()
	if got := words(t, s, "c1"); !slices.Equal(got, want) {
		t.Errorf("%s: %q, want %q", what, got, want)
	}
}

// TestWhatWaitedInABackup is sent by nobody unless the user asks.
func TestWhatWaitedInABackup(t *testing.T) {
	s := open(t)
	welcome(t, s, head("c1", 2))
	apply(t, s, "c1", text(3, peer, "three"))
	if err := s.ApplyPage(t.Context(), PageAnswer{Page: protocol.Page{ConversationID: "c1", AsOf: 3, Entries: texts(1, 2, self)}, BeforeSeq: 3}); err != nil {
		t.Fatal(err)
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	own := queue(t, s, "c1", "mine")
	must(s.Edit(t.Context(), "c1", messageID(self, "cu-self2"), "edited"))
	must(s.SaveDraft(t.Context(), "c1", protocol.Draft{Text: "a draft"}))
	must(s.Schedule(t.Context(), protocol.Send{ConversationID: "c1", Kind: protocol.KindText, Body: text(1, self, "later").Body}, time.Now().Add(time.Hour).UnixMilli()))
	must(s.MarkRead(t.Context(), "c1", 3))
	b := backedUp(t, s)
	wantWords(t, "at first", b, "message 1", "message 2", "three", "mine (failed restored)")
	if ids, err := b.OutgoingConversations(t.Context()); err != nil || len(ids) > 0 {
		t.Errorf("to be sent: %v, %v", ids, err)
	}
	if chats, err := b.OutgoingChats(t.Context()); err != nil || len(chats) > 0 {
		t.Errorf("settings to be told: %v, %v", chats, err)
	}
	if c := conversation(t, b, "c1"); c.Draft != "" || c.ReadSeq != 3 {
		t.Errorf("the conversation is %+v", c)
	}
	if out, err := b.OutgoingScheduled(t.Context()); err != nil || len(out) > 0 {
		t.Errorf("to be scheduled: %v, %v", out, err)
	}
	if list, err := b.Scheduled(t.Context()); err != nil || len(list) != 1 || list[0].ErrorCode != CodeRestored || list[0].Text != "later" {
		t.Errorf("scheduled: %+v, %v", list, err)
	}
	if ms, err := b.BackedUp(t.Context()); err != nil || ms != 77 {
		t.Errorf("BackedUp = %d, %v", ms, err)
	}
	// It went out after the backup was made: it takes its place, once.
	sent := text(4, self, "mine")
	sent.ClientID = own.ID[len(self)+1:]
	apply(t, b, "c1", sent)
	wantWords(t, "once the server says so", b, "message 1", "message 2", "three", "mine")
	// The original still owes it.
	if ids, err := s.OutgoingConversations(t.Context()); err != nil || len(ids) != 1 {
		t.Errorf("the original has to send: %v, %v", ids, err)
	}
}

// TestClearedBeforeTheServerHeard stays cleared by what a backup brings.
func TestClearedBeforeTheServerHeard(t *testing.T) {
	s := open(t)
	welcome(t, s, head("c1", 0))
	apply(t, s, "c1", texts(1, 4, peer)...)
	if err := s.Clear(t.Context(), "c1"); err != nil {
		t.Fatal(err)
	}
	b := backedUp(t, s)
	wantWords(t, "in its place", b)
	if chats, err := b.OutgoingChats(t.Context()); err != nil || len(chats) != 1 || chats[0].ClearedSeq == nil || *chats[0].ClearedSeq != 4 {
		t.Errorf("settings to be told: %+v, %v", chats, err)
	}
	into := open(t)
	welcome(t, into, head("c1", 0))
	apply(t, into, "c1", texts(1, 5, peer)...)
	merge(t, into, b)
	wantWords(t, "added", into, "message 5")
}

// TestGoneDoesNotComeBack adds a backup from before to data that knows that
// things are gone.
func TestGoneDoesNotComeBack(t *testing.T) {
	old := open(t)
	welcome(t, old, head("c1", 0))
	apply(t, old, "c1", texts(1, 8, peer)...)
	queue(t, old, "c1", "unsent")
	b := backedUp(t, old)
	for _, tt := range []struct {
		name string
		make func(s *Store) error
		want []string
	}{
		{"cleared by the user", func(s *Store) error { return s.Clear(t.Context(), "c1") }, []string{}},
		{"cleared on another device", func(s *Store) error {
			return s.ApplyJournal(t.Context(), []protocol.JournalRow{row(1, protocol.JournalChat, protocol.ChatSettings{ConversationID: "c1", ClearedSeq: 6})})
		}, []string{"message 7", "message 8", "unsent (failed restored)"}},
		{"deleted for both", func(s *Store) error {
			return s.ApplyFloor(t.Context(), protocol.Floor{ConversationID: "c1", FloorSeq: 8})
		}, []string{"message 8", "unsent (failed restored)"}},
		{"deleted with what came after", func(s *Store) error {
			return s.ApplyFloor(t.Context(), protocol.Floor{ConversationID: "c1", FloorSeq: 10})
		}, []string{}},
		{"recalled", func(s *Store) error {
			_, err := s.ApplyEntries(t.Context(), "c1", []protocol.Entry{recallOf(10, 3, peer)})
			return err
		}, []string{"message 1", "message 2", "(recalled)", "message 4", "message 5", "message 6", "message 7", "message 8", "unsent (failed restored)"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := open(t)
			welcome(t, s, head("c1", 9)) // It knows how long the log is, and has nothing of it.
			if err := tt.make(s); err != nil {
				t.Fatal(err)
			}
			merge(t, s, b)
			wantWords(t, "after merging", s, tt.want...)
			if again := merge(t, s, b); again != (Merged{}) {
				t.Errorf("merged again: %+v", again)
			}
			wantWords(t, "after merging again", s, tt.want...)
			if hits, err := s.Search(t.Context(), SearchQuery{Words: "message"}); err != nil || len(hits.Hits) != countWords(tt.want) {
				t.Errorf("found %d of %q (%v)", len(hits.Hits), tt.want, err)
			}
		})
	}
}

func countWords(list []string) (n int) {
	for _, w := range list {
		if w != "(recalled)" && w[0] == 'm' {
			n++
		}
	}
	return n
}

// TestUnsentWordsOfABackup are taken over unless they are here, or were taken
// back here.
func TestUnsentWordsOfABackup(t *testing.T) {
	s := open(t)
	welcome(t, s, head("c1", 0))
	queue(t, s, "c1", "still waits")
	back := queue(t, s, "c1", "taken back")
	went := queue(t, s, "c1", "went out")
	b := backedUp(t, s)
	if err := s.Recall(t.Context(), "c1", back.ID); err != nil {
		t.Fatal(err)
	}
	sent := text(1, self, "went out")
	sent.ClientID = went.ID[len(self)+1:]
	apply(t, s, "c1", sent)
	if got := merge(t, s, b); got.Unsent != 0 {
		t.Errorf("merged %+v", got)
	}
	wantWords(t, "the same device", s, "went out", "still waits (queued )")
	other := open(t)
	welcome(t, other, head("c1", 0))
	apply(t, other, "c1", sent)
	if got := merge(t, other, b); got.Unsent != 2 {
		t.Errorf("merged %+v", got)
	}
	wantWords(t, "another device", other, "went out", "still waits (failed restored)", "taken back (failed restored)")
	// The server deletes all that was said, also what may have been those.
	if err := other.ApplyFloor(t.Context(), protocol.Floor{ConversationID: "c1", FloorSeq: 2}); err != nil {
		t.Fatal(err)
	}
	wantWords(t, "when all is deleted", other)
}

// TestAConversationThatOnlyTheBackupHas comes back, and nobody is made a friend
// by it.
func TestAConversationThatOnlyTheBackupHas(t *testing.T) {
	old := open(t)
	welcome(t, old, head("c1", 0), head("c2", 0))
	apply(t, old, "c1", texts(1, 3, peer)...)
	err := old.ApplyJournal(t.Context(), []protocol.JournalRow{row(1, protocol.JournalContact, protocol.Contact{
		Profile: protocol.Profile{ID: peer, Username: "peter", Nickname: "Peter"}, Friend: true, ConversationID: "c1",
	})})
	if err != nil {
		t.Fatal(err)
	}
	s := open(t)
	welcome(t, s)
	if got := merge(t, s, backedUp(t, old)); got.Messages != 3 {
		t.Errorf("merged %+v", got)
	}
	wantWords(t, "after merging", s, "message 1", "message 2", "message 3")
	if c := conversation(t, s, "c1"); c.Friend || c.Peer.Nickname != "Peter" || c.Unread != 3 {
		t.Errorf("the conversation is %+v", c)
	}
}

// TestMergingMissesNothing lets two devices see a conversation grow, each in its
// own way, adds the one's backup to the other, and lets the server fill what is
// left: the other is then as if it had always been there.
func TestMergingMissesNothing(t *testing.T) {
	devices := []*Store{open(t), open(t)}
	outer := t
	checks := 0
	rapid.Check(t, func(t *rapid.T) {
		if checks++; checks > 12 { // One is some hundred transactions.
			return
		}
		ctx := t.Context()
		m := &model{id: fmt.Sprint("c", checks)}
		must := func(err error) {
			if err != nil {
				t.Fatal(err)
			}
		}
		ask := func(a Ask, limit int) PageAnswer {
			return PageAnswer{Page: (&model{id: m.id, log: m.present()}).page(a, limit), BeforeSeq: a.BeforeSeq, AfterSeq: a.AfterSeq}
		}
		welcome := func(s *Store) {
			h := head(m.id, int64(len(m.log)))
			h.Pins = m.pinned()
			for _, e := range m.present() {
				if protocol.Countable(e.Kind) {
					h.Last = &e
				}
				if protocol.Countable(e.Kind) && e.RecalledMS == 0 && e.Sender != self {
					h.Unread++
				}
			}
			must(s.ApplyWelcome(ctx, protocol.Welcome{Me: me, Heads: []protocol.Head{h}}))
		}
		anywhere := func() int64 { return 1 + rapid.Int64Range(0, int64(len(m.log))).Draw(t, "where") }
		one := func() *Store { return devices[rapid.IntRange(0, 1).Draw(t, "device")] }
		live := func(s *Store, entries []protocol.Entry) {
			_, err := s.ApplyEntries(ctx, m.id, slices.Clone(entries)) // A gap applies nothing.
			must(err)
		}
		for _, s := range devices {
			welcome(s)
		}
		t.Repeat(map[string]func(*rapid.T){
			"live on both": func(t *rapid.T) {
				entries := m.grow(t)
				live(devices[0], entries)
				live(devices[1], entries)
			},
			"live on one": func(t *rapid.T) { live(one(), m.grow(t)) },
			"connect":     func(*rapid.T) { welcome(one()) },
			"page": func(t *rapid.T) {
				must(one().ApplyPage(ctx, ask(Ask{BeforeSeq: anywhere()}, rapid.IntRange(1, 8).Draw(t, "limit"))))
			},
		})
		heldBy := func(s *Store) intervals {
			c, err := findConversation(s.reader, m.id)
			must(err)
			h, err := held(s.reader, c.Key)
			must(err)
			return h
		}
		theirs, ours := heldBy(devices[0]), heldBy(devices[1])
		b := backedUp(outer, devices[0])
		merge(outer, devices[1], b)
		all := heldBy(devices[1])
		if lost := append(ours.without(all), theirs.without(all)...); len(lost) > 0 {
			t.Fatalf("of %v and %v there is %v", theirs, ours, all)
		}
		must(b.Close())
		welcome(devices[1])
		for {
			lack, ok, err := devices[1].Lack(ctx, m.id)
			must(err)
			if !ok {
				break
			}
			must(devices[1].ApplyPage(ctx, ask(lack.Ask, 7)))
		}
		m.compare(t, devices[1])
	})
}

// TestMarksOfABackup has stars and a deletion wait in a backup, and holds that
// what is deleted for oneself does not come back from one.
func TestMarksOfABackup(t *testing.T) {
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	s := open(t)
	welcome(t, s, head("c1", 3))
	must(s.ApplyPage(t.Context(), PageAnswer{Page: protocol.Page{ConversationID: "c1", AsOf: 3, Entries: texts(1, 3, peer)}}))
	whole := backedUp(t, s)
	star(t, s, true, 1)
	must(s.DeleteForMe(t.Context(), "c1", idsAt(t, s, 2)))
	b := backedUp(t, s)
	if got := starred(t, b); len(got) != 0 {
		t.Errorf("a star that the server was not told of is kept: %v", got)
	}
	wantWords(t, "after a backup", b, "message 1", "message 3")
	waiting, err := b.OutgoingMarks(t.Context())
	if err != nil || len(waiting) != 1 || !waiting[0].Deleted {
		t.Errorf("the server is to be told %+v, %v, want of the deletion alone", waiting, err)
	}

	// Another device knows of the deletion, and has not fetched the message.
	fresh := open(t)
	welcome(t, fresh, head("c1", 3))
	journal(t, fresh, row(1, protocol.JournalMarks, marked("c1", protocol.Mark{Seq: 2, DeletedMS: 9})))
	merge(t, fresh, whole)
	wantWords(t, "after a merge", fresh, "message 1", "message 3")
}
