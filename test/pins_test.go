package test

import (
	"fmt"
	"slices"
	"testing"
)

// pinned waits until exactly these messages are pinned on every device.
func pinned(t *testing.T, conv string, want []int64, devices ...*device) {
	t.Helper()
	for i, d := range devices {
		eventually(t, fmt.Sprintf("%v are pinned on device %d", want, i), func() error {
			list, err := d.ConversationsByID(t.Context(), []string{conv})
			if err != nil {
				return err
			}
			if len(list) != 1 || !slices.Equal(list[0].Pins, want) {
				return fmt.Errorf("it is %+v", list)
			}
			messages, err := d.Pinned(t.Context(), conv)
			if err == nil && len(messages) != len(want) {
				err = fmt.Errorf("%d of them are here", len(messages))
			}
			return err
		})
	}
}

// TestPinsAreTheSameEverywhere pins online and offline, on several devices of
// both, and recalls.
func TestPinsAreTheSameEverywhere(t *testing.T) {
	t.Parallel()
	onEveryStage(t, func(t *testing.T, s *stage) {
		ana, ben := s.register(t, 0, "ana_lind"), s.register(t, len(s.nodes)-1, "ben_2026")
		conv := befriend(t, ana, ben)
		second := s.signIn(t, len(s.nodes)-1, "ana_lind")
		ana.say(t, conv, "one", "two", "three")
		agree(t, conv, []string{"one", "two", "three"}, ana, ben, second)
		pin := func(d *device, seq int64, on bool) {
			t.Helper()
			m, err := found(t, d, conv, seq)
			if err == nil {
				err = d.Pin(t.Context(), conv, m.ID, on)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		pin(ben, 3, true)
		pinned(t, conv, []int64{3}, ana, ben, second)
		pin(ana, 2, true)
		pinned(t, conv, []int64{2, 3}, ana, ben, second)

		ana.online(t)
		for _, n := range s.nodes {
			n.proxy.SetDown(true)
		}
		pin(ana, 3, false)
		pin(ana, 4, true)
		pinned(t, conv, []int64{2, 4}, ana)
		pinned(t, conv, []int64{2, 3}, ben)
		ana.reopen(t)
		pinned(t, conv, []int64{2, 4}, ana)
		for _, n := range s.nodes {
			n.proxy.SetDown(false)
		}
		all := []*device{ana, ben, second}
		pinned(t, conv, []int64{2, 4}, all...)
		all = append(all, s.signIn(t, 0, "ben_2026"))
		pinned(t, conv, []int64{2, 4}, all...)
		m, err := found(t, ana, conv, 4)
		if err == nil {
			err = ana.Recall(t.Context(), conv, m.ID)
		}
		if err != nil {
			t.Fatal(err)
		}
		pinned(t, conv, []int64{2}, all...)
	})
}
