package store

import (
	"errors"
	"slices"
	"testing"
	"time"

	"mychat/protocol"
)

// later schedules a text in c1.
func later(t testing.TB, s *Store, words string, atMS int64) {
	t.Helper()
	send := protocol.Send{ConversationID: "c1", Kind: protocol.KindText, Body: text(1, self, words).Body, Silent: true}
	if err := s.Schedule(t.Context(), send, atMS); err != nil {
		t.Fatal(err)
	}
}

func waiting(t testing.TB, s *Store) []Scheduled {
	t.Helper()
	list, err := s.Scheduled(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// due returns what the server is to be told next.
func due(t testing.TB, s *Store) []ScheduleChange {
	t.Helper()
	list, err := s.OutgoingScheduled(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// keep answers a change as a server that keeps the message.
func keep(t testing.TB, s *Store, c ScheduleChange, useq int64) protocol.Scheduled {
	t.Helper()
	got := protocol.Scheduled{ClientID: c.ClientID, ConversationID: "c1", State: protocol.ScheduledDeleted}
	if c.Schedule != nil {
		got.State, got.AtMS, got.Send = protocol.ScheduledWaiting, c.Schedule.AtMS, &c.Schedule.Send
	}
	if err := s.ConfirmScheduled(t.Context(), c, protocol.ScheduleUpdated{Useq: useq, Scheduled: got}); err != nil {
		t.Fatal(err)
	}
	return got
}

func journalScheduled(t testing.TB, s *Store, useq int64, v protocol.Scheduled) {
	t.Helper()
	body, err := protocol.Encode(v)
	if err != nil {
		t.Fatal(err)
	}
	row := protocol.JournalRow{Useq: useq, Kind: protocol.JournalScheduled, Body: body}
	if err := s.ApplyJournal(t.Context(), []protocol.JournalRow{row}); err != nil {
		t.Fatal(err)
	}
}

func TestWhatIsScheduledShowsAtOnceAndIsTold(t *testing.T) {
	s := open(t)
	welcome(t, s, head("c1", 0))
	now := s.now().UnixMilli()
	feed := s.Subscribe()
	defer feed.Close()
	later(t, s, "second", now+2_000_000)
	later(t, s, "first", now+1_000_000)
	if c := feed.Take(); !c.Scheduled || !c.Outgoing {
		t.Errorf("announced %+v", c)
	}
	list := waiting(t, s)
	if len(list) != 2 || list[0].Text != "first" || !list[0].Waiting || !list[0].Silent || list[0].AtMS != now+1_000_000 {
		t.Fatalf("shown %+v", list)
	}
	told := due(t, s)
	if len(told) != 2 || told[0].ClientID != list[1].ID || told[0].Schedule.Check() != nil {
		t.Fatalf("told %+v", told)
	}
	kept := keep(t, s, told[0], 1)
	if list := waiting(t, s); len(list) != 2 || list[1].Waiting || list[1].Text != "second" || len(due(t, s)) != 1 {
		t.Errorf("confirmed: %+v", list)
	}
	journalScheduled(t, s, 1, kept) // The row that says the same.

	// Another device changes it; this one has changed it too and was not heard.
	if err := s.Reschedule(t.Context(), kept.ClientID, 0, "mine"); err != nil {
		t.Fatal(err)
	}
	theirs := kept
	theirs.Send = &protocol.Send{ConversationID: "c1", ClientID: kept.ClientID, Kind: protocol.KindText, Body: text(1, self, "theirs").Body}
	journalScheduled(t, s, 2, theirs)
	mine := func(w Scheduled) bool { return w.Text == "mine" && w.Waiting && w.AtMS == 0 }
	if list := waiting(t, s); len(list) != 2 || !slices.ContainsFunc(list, mine) {
		t.Errorf("what was done here gave way: %+v", list)
	}
	told = due(t, s)
	keep(t, s, told[1], 3)
	keep(t, s, told[0], 4)

	// It is sent.
	journalScheduled(t, s, 3, protocol.Scheduled{ClientID: kept.ClientID, State: protocol.ScheduledSent})
	if list := waiting(t, s); len(list) != 2 {
		t.Errorf("an older row than the answer took it: %+v", list)
	}
}

// TestALateAnswerBringsNothingBack has the journal tell that a message was sent
// before the answer comes that it waits.
func TestALateAnswerBringsNothingBack(t *testing.T) {
	s := open(t)
	welcome(t, s, head("c1", 0))
	later(t, s, "at once", 0)
	told := due(t, s)[0]
	waits := protocol.Scheduled{ConversationID: "c1", ClientID: told.ClientID, State: protocol.ScheduledWaiting, Send: &told.Schedule.Send}
	journalScheduled(t, s, 1, waits)
	journalScheduled(t, s, 2, protocol.Scheduled{ConversationID: "c1", ClientID: told.ClientID, State: protocol.ScheduledSent})
	keep(t, s, told, 1)
	if list := waiting(t, s); len(list) != 0 {
		t.Errorf("still waits: %+v", list)
	}
	var rows int64
	if err := s.writer.Model(&scheduledRow{}).Count(&rows).Error; err != nil || rows != 0 {
		t.Errorf("%d rows are left, %v", rows, err)
	}
}

func TestAScheduledMessageIsGivenUp(t *testing.T) {
	s := open(t)
	welcome(t, s, head("c1", 0))
	later(t, s, "never", s.now().UnixMilli()+1_000_000)
	id := waiting(t, s)[0].ID
	keep(t, s, due(t, s)[0], 1)
	for range 2 {
		if err := s.Unschedule(t.Context(), id); err != nil {
			t.Fatal(err)
		}
	}
	if list := waiting(t, s); len(list) != 0 {
		t.Errorf("still shown: %+v", list)
	}
	told := due(t, s)
	if len(told) != 1 || told[0].Schedule != nil || told[0].ClientID != id {
		t.Fatalf("told %+v", told)
	}
	keep(t, s, told[0], 2)
	if err := s.Reschedule(t.Context(), id, 0, ""); !errors.Is(err, ErrNotFound) || len(due(t, s)) != 0 {
		t.Errorf("it comes back: %v", err)
	}
}

func TestRefusedWordsAreKept(t *testing.T) {
	for _, code := range []protocol.Code{protocol.CodeNotFriend, protocol.CodeTooMany, protocol.CodeTooLate, protocol.CodeNotFound} {
		t.Run(string(code), func(t *testing.T) {
			s := open(t)
			welcome(t, s, head("c1", 0))
			later(t, s, "precious words", s.now().UnixMilli()+1_000_000)
			first := due(t, s)[0]
			if err := s.RefuseScheduled(t.Context(), first, code); err != nil {
				t.Fatal(err)
			}
			list := waiting(t, s)
			if len(list) != 1 || list[0].Text != "precious words" || list[0].ErrorCode != string(code) || len(due(t, s)) != 0 {
				t.Fatalf("kept %+v", list)
			}
			// What only this device knows outlives a reset of the journal.
			reset := protocol.Welcome{ServerMS: s.now().UnixMilli(), Me: me, Reset: true}
			if err := s.ApplyWelcome(t.Context(), reset); err != nil {
				t.Fatal(err)
			}
			if err := s.Reschedule(t.Context(), list[0].ID, 0, ""); err != nil {
				t.Fatal(err)
			}
			again := due(t, s)[0]
			past := code == protocol.CodeTooLate || code == protocol.CodeNotFound
			if (again.ClientID != first.ClientID) != past {
				t.Errorf("sent again under %q, before under %q", again.ClientID, first.ClientID)
			}
		})
	}
}

func TestWhatIsChangedWhileItIsToldIsToldAgain(t *testing.T) {
	s := open(t)
	welcome(t, s, head("c1", 0))
	later(t, s, "one", s.now().UnixMilli()+1_000_000)
	first := due(t, s)[0]
	if err := s.Reschedule(t.Context(), first.ClientID, s.now().UnixMilli()+2_000_000, "two"); err != nil {
		t.Fatal(err)
	}
	keep(t, s, first, 1)
	if list := waiting(t, s); len(list) != 1 || list[0].Text != "two" || len(due(t, s)) != 1 {
		t.Errorf("after the answer to the first: %+v", list)
	}
	if err := s.RefuseScheduled(t.Context(), first, protocol.CodeTooMany); err != nil {
		t.Fatal(err)
	}
	if list := waiting(t, s); len(list) != 1 || list[0].Text != "two" || list[0].ErrorCode != "" {
		t.Errorf("after a late refusal of the first: %+v", list)
	}
}

// TestAMinuteStaysOne: an answer that took a moment makes no message go out
// before the minute that was chosen.
func TestAMinuteStaysOne(t *testing.T) {
	for _, ahead := range []time.Duration{-29 * time.Second, -7 * time.Millisecond, 0, 7 * time.Millisecond, 29 * time.Second} {
		s := open(t)
		w := protocol.Welcome{ServerMS: s.now().Add(ahead).UnixMilli(), Me: me, Heads: []protocol.Head{head("c1", 0)}}
		if err := s.ApplyWelcome(t.Context(), w); err != nil {
			t.Fatal(err)
		}
		at := s.now().Truncate(time.Minute).Add(time.Hour).UnixMilli()
		later(t, s, "x", at)
		if told, shown := due(t, s)[0].Schedule.AtMS, waiting(t, s)[0].AtMS; told != at || shown != at {
			t.Errorf("server's clock %v ahead: it is told %d and the list shows %d, want %d", ahead, told, shown, at)
		}
	}
}

func TestTimesAreThoseOfTheServersClock(t *testing.T) {
	s := open(t)
	w := protocol.Welcome{ServerMS: s.now().Add(-48 * time.Hour).UnixMilli(), Me: me, Heads: []protocol.Head{head("c1", 0)}}
	if err := s.ApplyWelcome(t.Context(), w); err != nil {
		t.Fatal(err)
	}
	at := s.now().Truncate(time.Minute).Add(time.Hour).UnixMilli()
	later(t, s, "x", at)
	if got := due(t, s)[0].Schedule.AtMS; got%60_000 != 0 {
		t.Errorf("the server is told a time that is %d ms past its minute", got%60_000)
	}
	hour, slack := time.Hour.Milliseconds(), int64(60_000)
	if got := due(t, s)[0].Schedule.AtMS - w.ServerMS; got < hour-slack || got > hour+slack {
		t.Errorf("the server is told %d ms from its now", got)
	}
	if got := waiting(t, s)[0].AtMS; got != at {
		t.Errorf("shown at %d, want %d", got, at)
	}
	send := protocol.Send{ConversationID: "c1", Kind: protocol.KindText, Body: text(1, self, "x").Body}
	if err := s.Schedule(t.Context(), send, at+protocol.MaxScheduleAheadMS); !errors.Is(err, &protocol.Error{Code: protocol.CodeInvalid}) {
		t.Errorf("more than a year ahead: %v", err)
	}
}
