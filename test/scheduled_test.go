package test

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"mychat/backend/engine"
	"mychat/protocol"
	"mychat/server/store/storetest"
)

// scheduled waits until what is to be sent later on every device says some
// words, in order, with some code.
func scheduled(t *testing.T, what string, words []string, code protocol.Code, devices ...*device) {
	t.Helper()
	for i, d := range devices {
		eventually(t, fmt.Sprintf("%s on device %d", what, i), func() error {
			list, err := d.Scheduled(t.Context())
			if err != nil {
				return err
			}
			got := []string{}
			for _, m := range list {
				if m.Waiting || m.ErrorCode != string(code) {
					return fmt.Errorf("%+v", m)
				}
				got = append(got, m.Text)
			}
			if !slices.Equal(got, words) {
				err = fmt.Errorf("there is %q, not %q", got, words)
			}
			return err
		})
	}
}

func (d *device) later(t *testing.T, conv, words string, in time.Duration) {
	t.Helper()
	if err := d.Schedule(t.Context(), engine.Text{ConversationID: conv, Text: words}, time.Now().Add(in).UnixMilli()); err != nil {
		t.Fatal(err)
	}
}

// TestMessagesAreSentLater leaves messages for later, offline and from several
// devices, changes and deletes some, and has the sender away when the time of
// one comes.
func TestMessagesAreSentLater(t *testing.T) {
	t.Parallel()
	onEveryStage(t, func(t *testing.T, s *stage) {
		last := len(s.nodes) - 1
		ana, ben := s.register(t, 0, "ana_lind"), s.register(t, last, "ben_2026")
		conv := befriend(t, ana, ben)
		second := s.signIn(t, last, "ana_lind")
		ana.online(t)
		for _, n := range s.nodes {
			n.proxy.SetDown(true)
		}
		ana.later(t, conv, "tomorow", 24*time.Hour)
		ana.later(t, conv, "never", 25*time.Hour)
		if err := ana.Schedule(t.Context(), engine.Text{ConversationID: conv, Text: "as soon as it can", Silent: true}, time.Now().Add(-time.Hour).UnixMilli()); err != nil {
			t.Fatal(err)
		}
		ana.reopen(t)
		for _, n := range s.nodes {
			n.proxy.SetDown(false)
		}
		seen(t, conv, 2, protocol.KindText, "as soon as it can", ana, ben, second)
		if m, err := found(t, ben, conv, 2); err != nil || !m.Silent {
			t.Errorf("it makes a sound: %+v, %v", m, err)
		}
		scheduled(t, "two wait", []string{"tomorow", "never"}, "", ana, second)

		list, err := second.Scheduled(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(
			second.Reschedule(t.Context(), list[0].ID, list[0].AtMS, "tomorrow"),
			second.Unschedule(t.Context(), list[1].ID),
		); err != nil {
			t.Fatal(err)
		}
		scheduled(t, "one is changed", []string{"tomorrow"}, "", ana, second)
		scheduled(t, "a new device hears of it", []string{"tomorrow"}, "", s.signIn(t, 0, "ana_lind"))
		scheduled(t, "nobody else does", []string{}, "", ben)

		// Nobody of hers is there when its time comes.
		if err := ana.Reschedule(t.Context(), list[0].ID, time.Now().Add(time.Second).UnixMilli(), ""); err != nil {
			t.Fatal(err)
		}
		eventually(t, "the server knows", func() error {
			list, err := ana.Scheduled(t.Context())
			if err == nil && len(list) == 1 && list[0].Waiting {
				err = errors.New("not yet")
			}
			return err
		})
		ana.stop()
		seen(t, conv, 3, protocol.KindText, "tomorrow", ben, second)
		scheduled(t, "nothing waits", []string{}, "", second)
	})
}

// TestWordsForAFormerFriendAreKept ends a friendship before the time comes.
func TestWordsForAFormerFriendAreKept(t *testing.T) {
	t.Parallel()
	onEveryStage(t, func(t *testing.T, s *stage) {
		ana, ben := s.register(t, 0, "ana_lind"), s.register(t, len(s.nodes)-1, "ben_2026")
		conv := befriend(t, ana, ben)
		second := s.signIn(t, len(s.nodes)-1, "ana_lind")
		ana.later(t, conv, "happy birthday", 3*time.Second)
		scheduled(t, "it waits", []string{"happy birthday"}, "", ana, second)
		if err := ben.RemoveFriend(t.Context(), ana.me.ID); err != nil {
			t.Fatal(err)
		}
		scheduled(t, "it has failed", []string{"happy birthday"}, protocol.CodeNotFriend, ana, second)
		list, err := ana.Scheduled(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if err := ana.Unschedule(t.Context(), list[0].ID); err != nil {
			t.Fatal(err)
		}
		scheduled(t, "it is gone", []string{}, "", ana, second)
	})
}

// TestANodeThatStopsLeavesItsMessagesToAnother stops the node on which messages
// were left, while they are being sent; each is there once.
func TestANodeThatStopsLeavesItsMessagesToAnother(t *testing.T) {
	t.Parallel()
	if os.Getenv(storetest.Env) == "" {
		t.Skip("two nodes need PostgreSQL")
	}
	s := newStage(t, storetest.Postgres(t), 2)
	ana, ben := s.register(t, 0, "ana_lind"), s.register(t, 1, "ben_2026")
	conv := befriend(t, ana, ben)
	var want []string
	at := time.Now().Add(3 * time.Second)
	for i := range 20 {
		words := fmt.Sprint("message ", i)
		if err := ana.Schedule(t.Context(), engine.Text{ConversationID: conv, Text: words}, at.UnixMilli()+100*int64(i)); err != nil {
			t.Fatal(err)
		}
		want = append(want, words)
	}
	scheduled(t, "all wait", want, "", ana)
	seen(t, conv, 2, protocol.KindText, "message 0", ben)
	s.nodes[0].stop()
	eventually(t, "all are sent", func() error {
		list, err := ben.history(t.Context(), conv)
		got := []string{}
		for _, m := range list {
			if m.Kind == protocol.KindText {
				got = append(got, m.Text)
			}
		}
		slices.Sort(got)
		sorted := slices.Sorted(slices.Values(want))
		if err == nil && !slices.Equal(got, sorted) {
			err = fmt.Errorf("there is %q", got)
		}
		return err
	})
}
