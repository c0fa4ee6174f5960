package test

import (
	"fmt"
	"testing"

	"mychat/backend/store"
	"mychat/protocol"
)

// TestMessagesAreForwardedEverywhere does so one by one and as a record, while
// nothing can be reached, and looks at every device afterwards.
func TestMessagesAreForwardedEverywhere(t *testing.T) {
	t.Parallel()
	onEveryStage(t, func(t *testing.T, s *stage) {
		last := len(s.nodes) - 1
		ana, ben, cara := s.register(t, 0, "ana_lind"), s.register(t, last, "ben_2026"), s.register(t, last, "cara_2026")
		from, to := befriend(t, ana, ben), befriend(t, ana, cara)
		second := s.signIn(t, last, "ana_lind")
		ben.say(t, from, "theirs")
		agree(t, from, []string{"theirs"}, ana)
		ana.say(t, from, "mine")
		agree(t, from, []string{"theirs", "mine"}, ana, ben, second)
		var ids []string
		for _, seq := range []int64{2, 3} {
			m, err := found(t, ana, from, seq)
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, m.ID)
		}

		ana.online(t)
		for _, n := range s.nodes {
			n.proxy.SetDown(true)
		}
		for _, f := range []store.Forward{
			{Note: "what do you think?"},
			{Title: "Chat of Ana and Ben"},
		} {
			f.From, f.Messages, f.To = from, ids, []string{to}
			if err := ana.Forward(t.Context(), f); err != nil {
				t.Fatal(err)
			}
		}
		ana.reopen(t)
		for _, n := range s.nodes {
			n.proxy.SetDown(false)
		}
		all := []*device{ana, second, cara}
		seen(t, to, 2, protocol.KindText, "theirs", all...)
		seen(t, to, 3, protocol.KindText, "mine", all...)
		seen(t, to, 4, protocol.KindText, "what do you think?", all...)
		for i, d := range append(all, s.signIn(t, 0, "cara_2026")) {
			eventually(t, fmt.Sprintf("device %d has the record", i), func() error {
				text, err := found(t, d, to, 2)
				if err != nil {
					return err
				}
				m, err := found(t, d, to, 5)
				if err != nil {
					return err
				}
				if m.Card == nil || m.Card.Count != 2 || m.Card.Lines[0].Text != "theirs" || text.Forwarded != ben.me.Nickname {
					return fmt.Errorf("text %+v, record %+v", text, m)
				}
				r, err := d.Record(t.Context(), to, m.ID, nil)
				if err == nil && (len(r.Items) != 2 || r.Items[1].Text != "mine" || r.Items[1].Name != ana.me.Nickname) {
					err = fmt.Errorf("record %+v", r)
				}
				return err
			})
		}
	})
}
