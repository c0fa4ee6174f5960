package test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"mychat/backend/store"
	"mychat/protocol"
	"mychat/server/node"
)

// sees waits until a device shows exactly these texts, finds no others, and
// lists the last of them.
func sees(t *testing.T, d *device, conv string, want ...string) {
	t.Helper()
	eventually(t, fmt.Sprintf("%s sees %v", d.me.Username, want), func() error {
		got, err := d.texts(t.Context(), conv)
		if err != nil {
			return err
		}
		if !slices.Equal(got, append([]string{}, want...)) {
			return fmt.Errorf("it shows %q", got)
		}
		list, err := d.ConversationsByID(t.Context(), []string{conv})
		if err != nil || len(list) != 1 {
			return fmt.Errorf("%d conversations, %w", len(list), err)
		}
		last := ""
		if len(want) > 0 {
			last = want[len(want)-1]
		}
		if list[0].Preview.Text != last {
			return fmt.Errorf("the list shows %q", list[0].Preview.Text)
		}
		if len(want) == 0 && list[0].Unread != 0 {
			return fmt.Errorf("%d unread of nothing", list[0].Unread)
		}
		hits, err := d.Search(t.Context(), store.SearchQuery{Words: "words"})
		if err != nil {
			return err
		}
		if len(hits.Hits) != len(want) {
			return fmt.Errorf("a search finds %d, want %d", len(hits.Hits), len(want))
		}
		return nil
	})
}

// lines returns the kinds of what is no text in a conversation.
func lines(t *testing.T, d *device, conv string) []string {
	t.Helper()
	messages, err := d.history(t.Context(), conv)
	if err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for _, m := range messages {
		if m.Kind != protocol.KindText {
			kinds = append(kinds, m.Kind)
		}
	}
	return kinds
}

// TestClearedForOneself clears a conversation for one of two, with and without
// a network, and looks for what would bring it back.
func TestClearedForOneself(t *testing.T) {
	t.Parallel()
	onEveryStage(t, func(t *testing.T, s *stage) {
		last := len(s.nodes) - 1
		ana, ben := s.register(t, 0, "ana_lind"), s.register(t, last, "ben_2026")
		conv := befriend(t, ana, ben)
		ana.say(t, conv, "words one", "words two")
		sees(t, ben, conv, "words one", "words two")
		ben.say(t, conv, "words three")
		sees(t, ana, conv, "words one", "words two", "words three")
		other := s.signIn(t, last, "ana_lind")
		sees(t, other, conv, "words one", "words two", "words three")

		s.nodes[0].proxy.SetDown(true) // Offline it is gone at once.
		if err := ana.Clear(t.Context(), conv); err != nil {
			t.Fatal(err)
		}
		sees(t, ana, conv)
		s.nodes[0].proxy.SetDown(false)
		sees(t, other, conv)
		sees(t, ben, conv, "words one", "words two", "words three")

		for name, d := range map[string]*device{"a restart": ana, "a new device": s.signIn(t, 0, "ana_lind")} {
			if name == "a restart" {
				d.reopen(t)
			}
			d.online(t)
			sees(t, d, conv)
		}
		ben.say(t, conv, "words four")
		for _, d := range []*device{ana, other} {
			sees(t, d, conv, "words four")
		}
		eventually(t, "one is unread", func() error {
			if c := other.conversation(t, conv); c.Unread != 1 {
				return fmt.Errorf("%d are", c.Unread)
			}
			return nil
		})
	})
}

// TestDeletedForBoth deletes a conversation for both of its members: online, on
// a device that was away, and where the server allows it to nobody.
func TestDeletedForBoth(t *testing.T) {
	t.Parallel()
	onEveryStage(t, func(t *testing.T, s *stage) {
		last := len(s.nodes) - 1
		ana, ben := s.register(t, 0, "ana_lind"), s.register(t, last, "ben_2026")
		conv := befriend(t, ana, ben)
		ana.say(t, conv, "words one", "words two")
		sees(t, ben, conv, "words one", "words two")
		away := s.signIn(t, last, "ben_2026")
		sees(t, away, conv, "words one", "words two")
		away.stop()

		s.nodes[0].proxy.SetDown(true)
		if err := ana.ClearForAll(t.Context(), conv); err != nil {
			t.Fatal(err)
		}
		sees(t, ana, conv)
		if c := ana.conversation(t, conv); !c.ClearForAll {
			t.Error("it is not offered")
		}
		s.nodes[0].proxy.SetDown(false)
		sees(t, ben, conv)
		for _, d := range []*device{ana, ben} {
			eventually(t, "both are told", func() error {
				if got := lines(t, d, conv); !slices.Equal(got, []string{protocol.KindClear}) {
					return fmt.Errorf("it shows %v", got)
				}
				return nil
			})
		}
		away.reopen(t)
		away.online(t)
		sees(t, away, conv)
		ben.say(t, conv, "words three")
		fresh := s.signIn(t, 0, "ana_lind")
		for _, d := range []*device{ana, ben, away, fresh} {
			sees(t, d, conv, "words three")
		}

		t.Run("after the friendship it is refused, and nothing is lost", func(t *testing.T) {
			if err := ana.RemoveFriend(t.Context(), ben.me.ID); err != nil {
				t.Fatal(err)
			}
			if err := ben.ClearForAll(t.Context(), conv); err != nil {
				t.Fatal(err)
			}
			sees(t, ben, conv, "words three")
			messages, err := ben.history(t.Context(), conv)
			if err != nil {
				t.Fatal(err)
			}
			failed := messages[len(messages)-1]
			if failed.Kind != protocol.KindClear || failed.Status != store.StatusFailed || failed.ErrorCode != string(protocol.CodeNotFriend) {
				t.Errorf("the line says %+v", failed)
			}
			if err := ben.Discard(t.Context(), conv, failed.ID); err != nil {
				t.Fatal(err)
			}
			sees(t, ben, conv, "words three")
			sees(t, ana, conv, "words three")
		})
	})
}

// TestRetentionReachesTheDevices lets a server keep messages for a day: devices
// that are online, were away, or are new show the same.
func TestRetentionReachesTheDevices(t *testing.T) {
	t.Parallel()
	var ahead clock
	cfg := serverConfig(t.TempDir(), "")
	cfg.Messages.KeepDirectDays = 1
	n := startNodeWith(t, cfg, node.Options{Log: testLog(t), Now: ahead.now, TrimAt: 20 * time.Millisecond})
	s := &stage{nodes: []*playedNode{n}, config: cfg}
	ana, ben := s.register(t, 0, "ana_lind"), s.register(t, 0, "ben_2026")
	conv := befriend(t, ana, ben)
	ana.say(t, conv, "words one", "words two")
	sees(t, ben, conv, "words one", "words two")
	away := s.signIn(t, 0, "ben_2026")
	sees(t, away, conv, "words one", "words two")
	away.stop()

	ahead.add(20 * time.Hour)
	messages, err := ben.history(t.Context(), conv)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ben.Reply(t.Context(), conv, "words three", messages[len(messages)-1].Seq); err != nil {
		t.Fatal(err)
	}
	sees(t, ana, conv, "words one", "words two", "words three")
	ahead.add(10 * time.Hour)
	for _, d := range []*device{ana, ben} {
		sees(t, d, conv, "words three")
	}
	away.reopen(t)
	away.online(t)
	fresh := s.signIn(t, 0, "ana_lind")
	for _, d := range []*device{ana, away, fresh} {
		sees(t, d, conv, "words three")
		eventually(t, "the answer shows that what it answers is gone", func() error {
			messages, err := d.history(t.Context(), conv)
			if err != nil {
				return err
			}
			if q := messages[len(messages)-1].Quote; q == nil || q.Kind != protocol.KindDeleted || q.Text != "" {
				return fmt.Errorf("it quotes %+v", q)
			}
			return nil
		})
	}
}
