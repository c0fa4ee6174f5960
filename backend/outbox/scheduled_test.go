package outbox

import (
	"context"
	"errors"
	"testing"

	"mychat/backend/remote"
	"mychat/backend/store"
	"mychat/protocol"
)

func scheduleText(t *testing.T, s *store.Store, words string) {
	t.Helper()
	body, err := protocol.Encode(protocol.Text{Text: words})
	if err != nil {
		t.Fatal(err)
	}
	send := protocol.Send{ConversationID: "c1", Kind: protocol.KindText, Body: body}
	if err := s.Schedule(t.Context(), send, 0); err != nil {
		t.Fatal(err)
	}
}

func TestSchedulesAreToldInOrderUntilThereIsAnAnswer(t *testing.T) {
	s := openStore(t, "c1")
	o := newOutbox(s, newFar())
	var told []string
	tries := 0
	o.opt.Schedule = func(_ context.Context, c protocol.Schedule) (protocol.ScheduleUpdated, error) {
		if tries++; tries < 4 {
			return protocol.ScheduleUpdated{}, []error{remote.ErrDisconnected, protocol.ErrUnavailable, errors.New("odd")}[tries-1]
		}
		told = append(told, string(c.Send.Body))
		if len(told) == 2 {
			return protocol.ScheduleUpdated{}, protocol.ErrNotFriend
		}
		return protocol.ScheduleUpdated{Useq: int64(tries), Scheduled: protocol.Scheduled{
			ConversationID: "c1", ClientID: c.Send.ClientID, State: protocol.ScheduledWaiting, Send: &c.Send,
		}}, nil
	}
	var gone []string
	o.opt.Unschedule = func(_ context.Context, u protocol.Unschedule) (protocol.ScheduleUpdated, error) {
		gone = append(gone, u.ClientID)
		return protocol.ScheduleUpdated{Scheduled: protocol.Scheduled{ClientID: u.ClientID, State: protocol.ScheduledDeleted}}, nil
	}
	scheduleText(t, s, "first")
	scheduleText(t, s, "second")
	scheduleText(t, s, "third")
	before, err := s.Scheduled(t.Context())
	if err != nil || len(before) != 3 {
		t.Fatalf("%+v, %v", before, err)
	}
	stop := run(t, o)
	o.SetOnline(true)
	until(t, "all is told", func() bool {
		due, err := s.OutgoingScheduled(t.Context())
		return err == nil && len(due) == 0
	})
	if err := s.Unschedule(t.Context(), before[0].ID); err != nil {
		t.Fatal(err)
	}
	until(t, "the first is given up", func() bool {
		list, err := s.Scheduled(t.Context())
		due, dueErr := s.OutgoingScheduled(t.Context())
		return err == nil && dueErr == nil && len(list) == 2 && len(due) == 0
	})
	stop()
	if len(told) != 3 || told[0] != `{"text":"first"}` || told[2] != `{"text":"third"}` || len(gone) != 1 || gone[0] != before[0].ID {
		t.Errorf("told %v, gave up %v", told, gone)
	}
	list, err := s.Scheduled(t.Context())
	if err != nil || len(list) != 2 {
		t.Fatalf("%+v, %v", list, err)
	}
	for _, m := range list {
		if want := map[string]string{"second": "not_friend", "third": ""}[m.Text]; m.ErrorCode != want {
			t.Errorf("%q has code %q, want %q", m.Text, m.ErrorCode, want)
		}
	}
}
