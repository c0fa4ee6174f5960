package store

import (
	"fmt"
	"reflect"
	"slices"
	"testing"

	"mychat/protocol"
)

// TestWhatIsDeletedForMeStaysGone has the server's words of deleted messages come
// late, as it read them before: of one that is here, and of one that is not.
func TestWhatIsDeletedForMeStaysGone(t *testing.T) {
	s := open(t)
	welcome(t, s, head("c1", 0))
	journal(t, s, row(1, protocol.JournalMarks, marked("c1", protocol.Mark{Seq: 2, DeletedMS: 9})))
	apply(t, s, "c1", text(1, peer, "secret"))
	if err := s.DeleteForMe(t.Context(), "c1", idsAt(t, s, 1)); err != nil {
		t.Fatal(err)
	}
	apply(t, s, "c1", text(2, peer, "secret too"), editOf(3, 2, peer, "secret still"), editOf(4, 1, peer, "secret again"),
		reactionOf(5, 1, peer, "👍", false), text(6, peer, "here"))
	late := protocol.Page{ConversationID: "c1", AsOf: 9, FloorSeq: 1, Entries: []protocol.Entry{text(1, peer, "secret"), text(2, peer, "secret too")}}
	if err := s.ApplyPage(t.Context(), PageAnswer{Page: late, BeforeSeq: 3}); err != nil {
		t.Fatal(err)
	}
	if p, _ := page(t, s, PageQuery{ConversationID: "c1"}); !slices.Equal(shown(p), seqs(6, 6)) {
		t.Errorf("the page shows %v", shown(p))
	}
	var left int
	err := s.writer.Raw("SELECT count(*) FROM message WHERE body LIKE '%secret%' OR body LIKE '%emoji%' OR reactions <> ''").Scan(&left).Error
	if err != nil || left != 0 {
		t.Errorf("%d rows still hold what was said (%v)", left, err)
	}
}

func TestAnAnswerOlderThanTheJournalChangesNoPreference(t *testing.T) {
	s := open(t)
	welcome(t, s)
	prefer(t, s, protocol.PreferenceSound, "false")
	sent := outgoingPreferences(t, s)[0]
	journal(t, s, row(1, protocol.JournalPreference, sent), row(2, protocol.JournalPreference, preference(protocol.PreferenceSound, "true")))
	if err := s.ConfirmPreference(t.Context(), sent, protocol.PreferenceUpdated{Useq: 1, Preference: sent}); err != nil {
		t.Fatal(err)
	}
	if got := preferences(t, s)[protocol.PreferenceSound]; got != "true" {
		t.Errorf("shown: %q", got)
	}
}

// TestAnAnswerLeavesWhatIsNewer has the user choose otherwise while the server is
// told, which then confirms or refuses what it was told.
func TestAnAnswerLeavesWhatIsNewer(t *testing.T) {
	for _, refused := range []bool{false, true} {
		t.Run(fmt.Sprint("refused ", refused), func(t *testing.T) {
			s := open(t)
			welcome(t, s, head("c1", 1))
			prefer(t, s, protocol.PreferenceSound, "false")
			update(t, s, "c1", ChatChange{Muted: ptr(true), Archived: ptr(true)})
			sent, chat := outgoingPreferences(t, s)[0], waitingChats(t, s)[0]
			prefer(t, s, protocol.PreferenceSound, "true")
			update(t, s, "c1", ChatChange{Muted: ptr(false)})
			var err, chatErr error
			if refused {
				err, chatErr = s.RefusePreference(t.Context(), sent), s.RefuseChat(t.Context(), chat)
			} else {
				err = s.ConfirmPreference(t.Context(), sent, protocol.PreferenceUpdated{Useq: 1, Preference: sent})
				chatErr = s.ConfirmChat(t.Context(), chat, protocol.ChatUpdated{
					Useq: 2, Chat: protocol.ChatSettings{ConversationID: "c1", Muted: true, Archived: true},
				})
			}
			if err != nil || chatErr != nil {
				t.Fatal(err, chatErr)
			}
			if got := preferences(t, s)[protocol.PreferenceSound]; got != "true" {
				t.Errorf("the preference is %q", got)
			}
			if left := outgoingPreferences(t, s); len(left) != 1 || string(left[0].Value) != "true" {
				t.Errorf("preferences that wait: %+v", left)
			}
			if c := conversation(t, s, "c1"); c.Muted || c.Archived == refused {
				t.Errorf("the conversation is %+v", c)
			}
			if left := waitingChats(t, s); len(left) != 1 || left[0].Muted == nil || *left[0].Muted || left[0].Archived != nil {
				t.Errorf("settings that wait: %+v", left)
			}
		})
	}
}

// TestTheJournalPositionIsThatOfItsRows has a row that cannot be applied: those
// before it in the same transaction, and the position, stay as they were.
func TestTheJournalPositionIsThatOfItsRows(t *testing.T) {
	s := open(t)
	welcome(t, s)
	rows := []protocol.JournalRow{
		row(1, protocol.JournalPreference, preference(protocol.PreferenceSound, "false")),
		{Useq: 2, Kind: protocol.JournalPreference, Body: protocol.RawJSON(`[]`)},
	}
	if err := s.ApplyJournal(t.Context(), rows); err == nil {
		t.Fatal("a row that is none was applied")
	}
	if p, err := s.Positions(t.Context()); err != nil || p.Journal != 0 || len(preferences(t, s)) != 0 {
		t.Errorf("at %+v with %v (%v)", p, preferences(t, s), err)
	}
	if err := s.ApplyJournal(t.Context(), rows[:1]); err != nil {
		t.Fatal(err)
	}
	if p, err := s.Positions(t.Context()); err != nil || p.Journal != 1 || len(preferences(t, s)) != 1 {
		t.Errorf("at %+v with %v (%v)", p, preferences(t, s), err)
	}
}

// TestAPageLeavesLaterReactions has a page that the server read before the last
// reactions come after them, when these came live and by a later page.
func TestAPageLeavesLaterReactions(t *testing.T) {
	early := text(1, peer, "hi")
	acts := []protocol.Entry{
		reactionOf(2, 1, peer, "👍", false), reactionOf(3, 1, self, "❤️", false),
		reactionOf(4, 1, peer, "👍", true), reactionOf(5, 1, peer, "😂", false),
	}
	present := early
	for _, a := range acts {
		putReaction(&present, a)
	}
	putReaction(&early, acts[0])
	for name, learn := range map[string]func(*Store){
		"live": func(s *Store) { apply(t, s, "c1", append([]protocol.Entry{text(1, peer, "hi")}, acts...)...) },
		"by a page": func(s *Store) {
			p := protocol.Page{ConversationID: "c1", AsOf: 5, FloorSeq: 1, Entries: []protocol.Entry{present}}
			if err := s.ApplyPage(t.Context(), PageAnswer{Page: p, BeforeSeq: 2}); err != nil {
				t.Fatal(err)
			}
		},
	} {
		s := open(t)
		welcome(t, s, head("c1", 0))
		learn(s)
		p := protocol.Page{ConversationID: "c1", AsOf: 2, FloorSeq: 1, Entries: []protocol.Entry{early}}
		if err := s.ApplyPage(t.Context(), PageAnswer{Page: p, BeforeSeq: 2}); err != nil {
			t.Fatal(err)
		}
		want := []protocol.Reactions{{Emoji: "❤️", Users: []string{self}}, {Emoji: "😂", Users: []string{peer}}}
		if got := only(t, s, 1).Reactions; !reflect.DeepEqual(got, want) {
			t.Errorf("known %s: %v, want %v", name, got, want)
		}
	}
}

// TestAReactionIsNotAppliedAgain has an entry come that the list of a page knew:
// what it put was taken away since.
func TestAReactionIsNotAppliedAgain(t *testing.T) {
	s := open(t)
	welcome(t, s, head("c1", 4))
	for _, p := range []protocol.Page{
		{Entries: []protocol.Entry{text(1, peer, "hi")}},
		{Entries: []protocol.Entry{reactionOf(2, 1, peer, "👍", false)}},
	} {
		p.ConversationID, p.AsOf, p.FloorSeq, p.More = "c1", 4, 1, true
		if err := s.ApplyPage(t.Context(), PageAnswer{Page: p, AfterSeq: p.Entries[0].Seq - 1}); err != nil {
			t.Fatal(err)
		}
		if got := put(t, s, 1); len(got) != 0 {
			t.Errorf("after entry %d of a later page: %v", p.Entries[0].Seq, got)
		}
	}
}
