package test

import (
	"fmt"
	"slices"
	"testing"

	"mychat/backend/store"
	"mychat/protocol"
)

// found returns the message of a device that has a seq.
func found(t *testing.T, d *device, conv string, seq int64) (store.Message, error) {
	t.Helper()
	list, err := d.history(t.Context(), conv)
	if err != nil {
		return store.Message{}, err
	}
	i := slices.IndexFunc(list, func(m store.Message) bool { return m.Seq == seq })
	if i < 0 {
		return store.Message{}, fmt.Errorf("no message %d", seq)
	}
	return list[i], nil
}

// seen waits until message seq is of a kind and says words on every device.
func seen(t *testing.T, conv string, seq int64, kind, words string, devices ...*device) {
	t.Helper()
	for i, d := range devices {
		eventually(t, fmt.Sprintf("device %d has %q at %d", i, words, seq), func() error {
			m, err := found(t, d, conv, seq)
			if err == nil && (m.Kind != kind || m.Text != words) {
				err = fmt.Errorf("it is %+v", m)
			}
			return err
		})
	}
}

// TestAMessageIsAnsweredEditedAndRecalledEverywhere does so online, and offline
// with what waits in the outbox in between, on several devices of both.
func TestAMessageIsAnsweredEditedAndRecalledEverywhere(t *testing.T) {
	t.Parallel()
	onEveryStage(t, func(t *testing.T, s *stage) {
		ana, ben := s.register(t, 0, "ana_lind"), s.register(t, len(s.nodes)-1, "ben_2026")
		conv := befriend(t, ana, ben)
		second := s.signIn(t, len(s.nodes)-1, "ana_lind")
		ana.say(t, conv, "helo", "to be recalled")
		agree(t, conv, []string{"helo", "to be recalled"}, ana, ben, second)
		if _, err := ben.Reply(t.Context(), conv, "you mean hello", 2); err != nil {
			t.Fatal(err)
		}
		seen(t, conv, 4, protocol.KindText, "you mean hello", ana, ben, second)

		// The other device edits while this one is away, edits too and recalls.
		ana.online(t)
		for _, n := range s.nodes {
			n.proxy.SetDown(true)
		}
		first, err := found(t, ana, conv, 2)
		if err != nil {
			t.Fatal(err)
		}
		other, err := found(t, ana, conv, 3)
		if err != nil {
			t.Fatal(err)
		}
		if err := ana.Edit(t.Context(), conv, first.ID, "hello"); err != nil {
			t.Fatal(err)
		}
		ana.say(t, conv, "in between")
		if err := ana.Recall(t.Context(), conv, other.ID); err != nil {
			t.Fatal(err)
		}
		seen(t, conv, 2, protocol.KindText, "hello", ana)
		seen(t, conv, 3, protocol.KindRecall, "", ana)
		seen(t, conv, 3, protocol.KindText, "to be recalled", ben)
		ana.reopen(t)
		for _, n := range s.nodes {
			n.proxy.SetDown(false)
		}
		all := []*device{ana, ben, second}
		seen(t, conv, 2, protocol.KindText, "hello", all...)
		seen(t, conv, 3, protocol.KindRecall, "", all...)
		for _, d := range all {
			eventually(t, "the answer quotes the present words", func() error {
				m, err := found(t, d, conv, 4)
				if err == nil && (m.Quote == nil || m.Quote.Text != "hello") {
					err = fmt.Errorf("it quotes %+v", m.Quote)
				}
				return err
			})
			got, err := d.Versions(t.Context(), conv, 2)
			if err != nil || len(got) != 2 || got[0].Text != "helo" || got[1].Text != "hello" {
				t.Errorf("versions %+v, %v", got, err)
			}
		}

		// A device that comes later reads pages in their present state.
		late := s.signIn(t, 0, "ben_2026")
		seen(t, conv, 2, protocol.KindText, "hello", late)
		seen(t, conv, 3, protocol.KindRecall, "", late)
	})
}
