package store

import (
	"fmt"
	"path/filepath"
	"reflect"
	"testing"

	"mychat/protocol"
	"pgregory.net/rapid"
)

func ptr[T any](v T) *T { return &v }

func update(t testing.TB, s *Store, id string, ch ChatChange) {
	t.Helper()
	if err := s.UpdateChat(t.Context(), id, ch); err != nil {
		t.Fatal(err)
	}
}

// waitingChats returns what the server is to be told, in order.
func waitingChats(t testing.TB, s *Store) []protocol.UpdateChat {
	t.Helper()
	list, err := s.OutgoingChats(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func journal(t testing.TB, s *Store, rows ...protocol.JournalRow) {
	t.Helper()
	if err := s.ApplyJournal(t.Context(), rows); err != nil {
		t.Fatal(err)
	}
}

func listedIDs(t testing.TB, s *Store) []string {
	t.Helper()
	list, err := s.Conversations(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, c := range list {
		ids = append(ids, c.ID)
	}
	return ids
}

func TestChangesAreShownAtOnceAndWaitAsOne(t *testing.T) {
	s := open(t)
	welcome(t, s, head("c1", 0))
	apply(t, s, "c1", texts(1, 3, "peer")...)
	update(t, s, "c1", ChatChange{Pinned: ptr(true)})
	update(t, s, "c1", ChatChange{Muted: ptr(true)})
	update(t, s, "c1", ChatChange{Muted: ptr(false), Archived: ptr(true)})
	update(t, s, "c1", ChatChange{Unread: ptr(true)})
	if c := conversation(t, s, "c1"); c.PinnedMS == 0 || c.Muted || !c.Archived || !c.MarkedUnread {
		t.Errorf("shown: %+v", c)
	}
	want := []protocol.UpdateChat{{
		ConversationID: "c1", Pinned: ptr(true), Muted: ptr(false), Archived: ptr(true), UnreadSeq: ptr(int64(3)),
	}}
	if got := waitingChats(t, s); !reflect.DeepEqual(got, want) {
		t.Errorf("waiting: %+v, want %+v", got, want)
	}
}

func TestChangesOutliveTheProgram(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "account")
	s := openIn(t, dir)
	welcome(t, s, head("c1", 1))
	update(t, s, "c1", ChatChange{Pinned: ptr(true), Muted: ptr(true)})
	before, waits := conversation(t, s, "c1"), waitingChats(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = openIn(t, dir)
	if got := conversation(t, s, "c1"); !reflect.DeepEqual(got, before) {
		t.Errorf("got %+v, want %+v", got, before)
	}
	if got := waitingChats(t, s); !reflect.DeepEqual(got, waits) {
		t.Errorf("waiting: %+v, want %+v", got, waits)
	}
}

func TestPinnedStandFirstTheLastOnTop(t *testing.T) {
	s := open(t)
	welcome(t, s, head("c1", 0), head("c2", 0), head("c3", 0))
	for _, id := range []string{"c1", "c2", "c3"} {
		queue(t, s, id, "hi")
	}
	update(t, s, "c1", ChatChange{Pinned: ptr(true)})
	update(t, s, "c2", ChatChange{Muted: ptr(true), Pinned: ptr(true)})
	update(t, s, "c1", ChatChange{Muted: ptr(true)})
	if got, want := listedIDs(t, s), []string{"c2", "c1", "c3"}; !reflect.DeepEqual(got, want) {
		t.Errorf("listed %v, want %v", got, want)
	}
	if got := waitingChats(t, s); len(got) != 2 || got[0].ConversationID != "c1" || got[1].ConversationID != "c2" {
		t.Errorf("told in order %+v, want the first pinned first", got)
	}
	update(t, s, "c2", ChatChange{Pinned: ptr(false)})
	if got, want := listedIDs(t, s), []string{"c1", "c3", "c2"}; !reflect.DeepEqual(got, want) {
		t.Errorf("after unpinning: %v, want %v", got, want)
	}
}

// TestWhatIsDoneHereWinsUntilItIsTold is why rows from elsewhere take nothing
// back that the user just did.
func TestWhatIsDoneHereWinsUntilItIsTold(t *testing.T) {
	s := open(t)
	welcome(t, s, head("c1", 1))
	if err := s.SaveDraft(t.Context(), "c1", protocol.Draft{Text: "mine"}); err != nil {
		t.Fatal(err)
	}
	update(t, s, "c1", ChatChange{Muted: ptr(true)})
	theirs := protocol.ChatSettings{ConversationID: "c1", PinnedMS: 77, Archived: true, Draft: &protocol.Draft{Text: "from the phone", EditedMS: 9}}
	journal(t, s, row(1, protocol.JournalChat, theirs))
	if c := conversation(t, s, "c1"); c.Draft != "mine" || !c.Muted || !c.Archived || c.PinnedMS != 77 {
		t.Errorf("shown: %+v", c)
	}
	sent := waitingChats(t, s)[0]
	if err := s.SaveDraft(t.Context(), "c1", protocol.Draft{Text: "mine, longer"}); err != nil { // While it is on its way.
		t.Fatal(err)
	}
	said := theirs
	said.Muted, said.Draft = true, sent.Draft
	if err := s.ConfirmChat(t.Context(), sent, protocol.ChatUpdated{Useq: 2, Chat: said}); err != nil {
		t.Fatal(err)
	}
	if c := conversation(t, s, "c1"); c.Draft != "mine, longer" || !c.Muted {
		t.Errorf("after the answer: %+v", c)
	}
	if got := waitingChats(t, s); len(got) != 1 || got[0].Muted != nil || got[0].Draft.Text != "mine, longer" {
		t.Errorf("waiting: %+v", got)
	}
}

func TestAnswerOlderThanTheJournalChangesNothing(t *testing.T) {
	s := open(t)
	welcome(t, s, head("c1", 1))
	update(t, s, "c1", ChatChange{Muted: ptr(true)})
	sent := waitingChats(t, s)[0]
	journal(t, s,
		row(1, protocol.JournalChat, protocol.ChatSettings{ConversationID: "c1", Muted: true}),
		row(2, protocol.JournalChat, protocol.ChatSettings{ConversationID: "c1", Archived: true}))
	err := s.ConfirmChat(t.Context(), sent, protocol.ChatUpdated{Useq: 1, Chat: protocol.ChatSettings{ConversationID: "c1", Muted: true}})
	if err != nil {
		t.Fatal(err)
	}
	if c := conversation(t, s, "c1"); c.Muted || !c.Archived {
		t.Errorf("shown: %+v", c)
	}
}

func TestRefusedChangeIsUndone(t *testing.T) {
	s := open(t)
	welcome(t, s, head("c1", 1))
	journal(t, s, row(1, protocol.JournalChat, protocol.ChatSettings{ConversationID: "c1", PinnedMS: 5}))
	update(t, s, "c1", ChatChange{Pinned: ptr(false), Muted: ptr(true)})
	sent := waitingChats(t, s)[0]
	update(t, s, "c1", ChatChange{Archived: ptr(true)})
	if err := s.RefuseChat(t.Context(), sent); err != nil {
		t.Fatal(err)
	}
	if c := conversation(t, s, "c1"); c.PinnedMS != 5 || c.Muted || !c.Archived {
		t.Errorf("shown: %+v", c)
	}
}

func TestDraftThatIsTooLongStaysHere(t *testing.T) {
	s := open(t)
	welcome(t, s, head("c1", 1))
	long := protocol.Draft{Text: fmt.Sprintf("%*d", protocol.MaxTextRunes+1, 1)}
	if err := s.SaveDraft(t.Context(), "c1", long); err != nil {
		t.Fatal(err)
	}
	if got := waitingChats(t, s); len(got) != 0 {
		t.Errorf("it is told: %d", len(got))
	}
	if c := conversation(t, s, "c1"); c.Draft != long.Text {
		t.Error("it is not kept")
	}
}

func TestHiddenUntilSomebodyElseWrites(t *testing.T) {
	s := open(t)
	welcome(t, s, head("c1", 0))
	apply(t, s, "c1", texts(1, 2, "peer")...)
	update(t, s, "c1", ChatChange{Hidden: ptr(true)})
	hidden := func(want bool, when string) {
		t.Helper()
		if c := conversation(t, s, "c1"); c.Hidden != want {
			t.Errorf("%s: hidden is %t", when, c.Hidden)
		}
	}
	hidden(true, "at once")
	if n, err := s.Unread(t.Context()); n != 0 || err != nil {
		t.Errorf("total %d, %v; what is hidden counts", n, err)
	}
	apply(t, s, "c1", text(3, self, "mine, from elsewhere"))
	hidden(true, "after an own message")
	apply(t, s, "c1", protocol.Entry{Seq: 4, Kind: "reaction", Sender: "peer", ClientID: "r4", Body: protocol.RawJSON(`{}`)})
	hidden(true, "after what does not count")
	apply(t, s, "c1", text(5, "peer", "are you there?"))
	hidden(false, "after a message")
	update(t, s, "c1", ChatChange{Hidden: ptr(true)})
	queue(t, s, "c1", "I am")
	hidden(false, "after writing there")
}

func TestMarkedUnread(t *testing.T) {
	for _, tt := range []struct {
		name string
		ends func(t *testing.T, s *Store)
	}{
		{"read here", func(t *testing.T, s *Store) {
			if err := s.MarkRead(t.Context(), "c1", 2); err != nil {
				t.Fatal(err)
			}
		}},
		{"written in", func(t *testing.T, s *Store) { queue(t, s, "c1", "hi") }},
		{"written in elsewhere", func(t *testing.T, s *Store) { apply(t, s, "c1", text(3, self, "hi")) }},
		{"read on elsewhere", func(t *testing.T, s *Store) {
			apply(t, s, "c1", text(3, "peer", "hi"))
			if err := s.ApplyPosition(t.Context(), protocol.Position{ConversationID: "c1", UserID: self, ReadSeq: 3}); err != nil {
				t.Fatal(err)
			}
		}},
		{"opened elsewhere", func(t *testing.T, s *Store) {
			sent := waitingChats(t, s)[0]
			if err := s.ConfirmChat(t.Context(), sent, protocol.ChatUpdated{Useq: 1, Chat: protocol.ChatSettings{ConversationID: "c1", UnreadSeq: 2}}); err != nil {
				t.Fatal(err)
			}
			journal(t, s, row(1, protocol.JournalChat, protocol.ChatSettings{ConversationID: "c1", UnreadSeq: 2}),
				row(2, protocol.JournalChat, protocol.ChatSettings{ConversationID: "c1"}))
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := open(t)
			welcome(t, s, head("c1", 0))
			apply(t, s, "c1", texts(1, 2, "peer")...)
			if err := s.MarkRead(t.Context(), "c1", 2); err != nil {
				t.Fatal(err)
			}
			update(t, s, "c1", ChatChange{Unread: ptr(true)})
			if c := conversation(t, s, "c1"); !c.MarkedUnread || c.Unread != 0 {
				t.Fatalf("marked: %+v", c)
			}
			tt.ends(t, s)
			if c := conversation(t, s, "c1"); c.MarkedUnread {
				t.Error("the mark stays")
			}
		})
	}
}

func TestMutedCountsInNoTotal(t *testing.T) {
	s := open(t)
	welcome(t, s, head("c1", 0), head("c2", 0))
	apply(t, s, "c1", texts(1, 2, "peer")...)
	apply(t, s, "c2", texts(1, 3, "peer")...)
	update(t, s, "c1", ChatChange{Muted: ptr(true)})
	if n, err := s.Unread(t.Context()); n != 3 || err != nil {
		t.Errorf("total %d, %v; want 3", n, err)
	}
	if c := conversation(t, s, "c1"); c.Unread != 2 {
		t.Errorf("its own count is %d", c.Unread)
	}
}

func TestSettingsMayComeBeforeTheirConversation(t *testing.T) {
	s := open(t)
	w := protocol.Welcome{
		Me: me, Reset: true, JournalPos: 9,
		Journal: []protocol.JournalRow{row(9, protocol.JournalChat, protocol.ChatSettings{ConversationID: "c1", PinnedMS: 5, Muted: true})},
		Heads:   []protocol.Head{head("c1", 1), head("c2", 1)},
	}
	if err := s.ApplyWelcome(t.Context(), w); err != nil {
		t.Fatal(err)
	}
	if c := conversation(t, s, "c1"); c.PinnedMS != 5 || !c.Muted {
		t.Errorf("shown: %+v", c)
	}
	t.Run("a reset takes back what it does not say", func(t *testing.T) {
		w.Journal[0] = row(9, protocol.JournalChat, protocol.ChatSettings{ConversationID: "c2", Archived: true})
		if err := s.ApplyWelcome(t.Context(), w); err != nil {
			t.Fatal(err)
		}
		if c := conversation(t, s, "c1"); c.PinnedMS != 0 || c.Muted {
			t.Errorf("shown: %+v", c)
		}
		if c := conversation(t, s, "c2"); !c.Archived {
			t.Errorf("shown: %+v", c)
		}
	})
}

// TestCoalescingLosesNoChange lets a user change things while answers come,
// come late, or never, and another device does the same. When all is told, the
// device shows what the server has, and of each thing the last that anybody
// told.
func TestCoalescingLosesNoChange(t *testing.T) {
	s := open(t)
	useq, run := int64(0), 0 // Rows of earlier runs, and how many those were.
	rapid.Check(t, func(rt *rapid.T) {
		run++
		id := fmt.Sprintf("c%d", run)
		w := protocol.Welcome{Me: me, JournalPos: useq, Heads: []protocol.Head{head(id, 4)}}
		if err := s.ApplyWelcome(t.Context(), w); err != nil {
			rt.Fatal(err)
		}
		server := protocol.ChatSettings{ConversationID: id}
		var rows []protocol.JournalRow
		commit := func(u protocol.UpdateChat) protocol.ChatUpdated {
			if u.Pinned != nil && *u.Pinned != (server.PinnedMS > 0) {
				server.PinnedMS = 0
				if *u.Pinned {
					server.PinnedMS = int64(100 + len(rows))
				}
			}
			set(&server.Muted, u.Muted)
			set(&server.Archived, u.Archived)
			if u.Draft != nil {
				server.Draft = u.Draft
			}
			rows = append(rows, row(useq+int64(len(rows)+1), protocol.JournalChat, server))
			return protocol.ChatUpdated{Useq: useq + int64(len(rows)), Chat: server}
		}
		here := protocol.UpdateChat{} // The last that this user did, of each thing, until it is told.
		flag := rapid.Bool()
		for range rapid.IntRange(1, 25).Draw(rt, "steps") {
			switch rapid.SampledFrom([]string{"pin", "mute", "archive", "draft", "tell", "lose", "other", "hear"}).Draw(rt, "step") {
			case "pin":
				here.Pinned = ptr(flag.Draw(rt, "pinned"))
				update(t, s, id, ChatChange{Pinned: here.Pinned})
			case "mute":
				here.Muted = ptr(flag.Draw(rt, "muted"))
				update(t, s, id, ChatChange{Muted: here.Muted})
			case "archive":
				here.Archived = ptr(flag.Draw(rt, "archived"))
				update(t, s, id, ChatChange{Archived: here.Archived})
			case "draft":
				d := protocol.Draft{Text: rapid.SampledFrom([]string{"a", "ab", "abc"}).Draw(rt, "text")}
				if conversation(t, s, id).Draft != d.Text {
					here.Draft = &d
				}
				if err := s.SaveDraft(t.Context(), id, d); err != nil {
					rt.Fatal(err)
				}
			case "tell":
				for _, u := range waitingChats(t, s) {
					if err := s.ConfirmChat(t.Context(), u, commit(u)); err != nil {
						rt.Fatal(err)
					}
				}
				here = protocol.UpdateChat{}
			case "lose": // The server has it, and the answer is lost.
				for _, u := range waitingChats(t, s) {
					commit(u)
				}
			case "other":
				commit(protocol.UpdateChat{Muted: ptr(flag.Draw(rt, "their muted")), Draft: &protocol.Draft{Text: "theirs"}})
			case "hear":
				journal(t, s, rows...)
			}
			c := conversation(t, s, id)
			if here.Pinned != nil && *here.Pinned != (c.PinnedMS > 0) || here.Muted != nil && *here.Muted != c.Muted ||
				here.Archived != nil && *here.Archived != c.Archived || here.Draft != nil && here.Draft.Text != c.Draft {
				rt.Fatalf("the user did %+v and sees %+v", here, c)
			}
		}
		for _, u := range waitingChats(t, s) {
			if err := s.ConfirmChat(t.Context(), u, commit(u)); err != nil {
				rt.Fatal(err)
			}
		}
		journal(t, s, rows...)
		c := conversation(t, s, id)
		draft := ""
		if server.Draft != nil {
			draft = server.Draft.Text
		}
		if c.PinnedMS != server.PinnedMS || c.Muted != server.Muted || c.Archived != server.Archived || c.Draft != draft {
			rt.Fatalf("shown %+v, the server has %+v", c, server)
		}
		if left := waitingChats(t, s); len(left) != 0 {
			rt.Fatalf("still waiting: %+v", left)
		}
		useq += int64(len(rows))
	})
}

func set[T any](v *T, to *T) {
	if to != nil {
		*v = *to
	}
}

// TestAnEditIsKeptHereAlone is what lets the user leave a conversation in the
// middle of an edit.
func TestAnEditIsKeptHereAlone(t *testing.T) {
	s := open(t)
	welcome(t, s, head("c1", 5))
	if err := s.SaveDraft(t.Context(), "c1", protocol.Draft{Text: "a draft"}); err != nil {
		t.Fatal(err)
	}
	told := len(waitingChats(t, s))
	save := func(seq int64, text string) {
		t.Helper()
		if err := s.SaveEdit(t.Context(), "c1", seq, text); err != nil {
			t.Fatal(err)
		}
	}
	kept := func(seq int64, text string) {
		t.Helper()
		if c := conversation(t, s, "c1"); c.EditSeq != seq || c.EditText != text || c.Draft != "a draft" {
			t.Errorf("kept: edit of %d %q, draft %q, want %d %q and the draft", c.EditSeq, c.EditText, c.Draft, seq, text)
		}
	}
	save(3, "half an edit")
	kept(3, "half an edit")
	if got := len(waitingChats(t, s)); got != told {
		t.Errorf("the server is told of %d changes, want %d", got, told)
	}
	save(0, "left over")
	kept(0, "")
	save(3, "half an edit")
	h := head("c1", 6)
	h.FloorSeq = 5 // Everything before was deleted.
	welcome(t, s, h)
	kept(0, "")
}
