package test

import (
	"fmt"
	"slices"
	"testing"
)

// put waits until exactly these emoji, each with its user, are at message seq on
// every device.
func put(t *testing.T, conv string, seq int64, want []string, devices ...*device) {
	t.Helper()
	slices.Sort(want)
	for i, d := range devices {
		eventually(t, fmt.Sprintf("device %d has %v at %d", i, want, seq), func() error {
			m, err := found(t, d, conv, seq)
			if err != nil {
				return err
			}
			var got []string
			for _, r := range m.Reactions {
				for _, user := range r.Users {
					got = append(got, r.Emoji+user)
				}
			}
			if slices.Sort(got); !slices.Equal(got, want) {
				return fmt.Errorf("it has %v", got)
			}
			return nil
		})
	}
}

// TestReactionsAreTheSameEverywhere reacts online and offline, on several
// devices of both, and recalls.
func TestReactionsAreTheSameEverywhere(t *testing.T) {
	t.Parallel()
	onEveryStage(t, func(t *testing.T, s *stage) {
		ana, ben := s.register(t, 0, "ana_lind"), s.register(t, len(s.nodes)-1, "ben_2026")
		conv := befriend(t, ana, ben)
		second := s.signIn(t, len(s.nodes)-1, "ana_lind")
		ana.say(t, conv, "one", "two")
		agree(t, conv, []string{"one", "two"}, ana, ben, second)
		react := func(d *device, seq int64, emoji string, on bool) {
			t.Helper()
			m, err := found(t, d, conv, seq)
			if err == nil {
				err = d.React(t.Context(), conv, m.ID, emoji, on)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		byAna, byBen := func(e string) string { return e + ana.me.ID }, func(e string) string { return e + ben.me.ID }
		react(ben, 2, "👍", true)
		react(ana, 2, "❤️", true)
		put(t, conv, 2, []string{byBen("👍"), byAna("❤️")}, ana, ben, second)

		ana.online(t)
		for _, n := range s.nodes {
			n.proxy.SetDown(true)
		}
		react(ana, 2, "👍", true)
		react(ana, 2, "❤️", false)
		react(ana, 3, "🎉", true)
		put(t, conv, 2, []string{byBen("👍"), byAna("👍")}, ana)
		ana.reopen(t)
		put(t, conv, 2, []string{byBen("👍"), byAna("👍")}, ana)
		put(t, conv, 2, []string{byBen("👍"), byAna("❤️")}, ben)
		for _, n := range s.nodes {
			n.proxy.SetDown(false)
		}
		all := []*device{ana, ben, second}
		put(t, conv, 2, []string{byBen("👍"), byAna("👍")}, all...)
		put(t, conv, 3, []string{byAna("🎉")}, all...)
		late := s.signIn(t, 0, "ben_2026")
		put(t, conv, 3, []string{byAna("🎉")}, late)

		m, err := found(t, ana, conv, 3)
		if err == nil {
			err = ana.Recall(t.Context(), conv, m.ID)
		}
		if err != nil {
			t.Fatal(err)
		}
		put(t, conv, 3, nil, append(all, late)...)
	})
}
