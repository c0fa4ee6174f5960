package test

import (
	"fmt"
	"slices"
	"testing"

	"mychat/backend/store"
)

// ids returns the ids of messages of a conversation by what they say.
func (d *device) ids(t *testing.T, conv string, texts ...string) []string {
	t.Helper()
	messages, err := d.history(t.Context(), conv)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, m := range messages {
		if slices.Contains(texts, m.Text) {
			ids = append(ids, m.ID)
		}
	}
	return ids
}

// stars waits until each device lists exactly these texts as starred, the one
// that got its star last first, and shows the star with each.
func stars(t *testing.T, what string, want []string, devices ...*device) {
	t.Helper()
	for i, d := range devices {
		eventually(t, fmt.Sprintf("device %d: %s", i, what), func() error {
			page, err := d.Starred(t.Context(), store.StarredQuery{})
			if err != nil {
				return err
			}
			got := []string{}
			for _, item := range page.Items {
				if item.Message == nil || item.Message.StarredMS != item.StarredMS {
					return fmt.Errorf("it lists %+v", item)
				}
				got = append(got, item.Message.Text)
			}
			if !slices.Equal(got, want) || page.Reading {
				return fmt.Errorf("it lists %q, still reading: %t", got, page.Reading)
			}
			return nil
		})
	}
}

// TestStarsFollowOnOwnDevices stars messages with and without a network, and
// looks at other devices of the account, old and new.
func TestStarsFollowOnOwnDevices(t *testing.T) {
	t.Parallel()
	onEveryStage(t, func(t *testing.T, s *stage) {
		last := len(s.nodes) - 1
		ana, ben, eve := s.register(t, 0, "ana_lind"), s.register(t, last, "ben_2026"), s.register(t, last, "eve_2026")
		conv, other := befriend(t, ana, ben), befriend(t, ana, eve)
		ben.say(t, conv, numbered("note", 60)...)
		eve.say(t, other, "from Eve")
		agree(t, other, []string{"from Eve"}, ana)
		agree(t, conv, numbered("note", 60), ana)
		second := s.signIn(t, last, "ana_lind")
		agree(t, conv, numbered("note", 60), second)
		agree(t, other, []string{"from Eve"}, second)
		both := []*device{ana, second}

		star := func(d *device, on bool, conv string, texts ...string) {
			t.Helper()
			if err := d.Star(t.Context(), conv, d.ids(t, conv, texts...), on); err != nil {
				t.Fatal(err)
			}
		}
		star(ana, true, conv, "note 1")
		stars(t, "the first", []string{"note 1"}, both...)
		star(second, true, other, "from Eve")
		stars(t, "of another conversation", []string{"from Eve", "note 1"}, both...)

		s.nodes[0].proxy.SetDown(true)
		star(ana, true, conv, "note 2")
		star(ana, false, conv, "note 1")
		stars(t, "offline it shows at once", []string{"note 2", "from Eve"}, ana)
		s.nodes[0].proxy.SetDown(false)
		stars(t, "and is told later", []string{"note 2", "from Eve"}, both...)

		third := s.signIn(t, 0, "ana_lind")
		third.online(t)
		stars(t, "a new device has all", []string{"note 2", "from Eve"}, third)
		stars(t, "nobody else has any", []string{}, ben)

		if err := ben.Recall(t.Context(), conv, ben.ids(t, conv, "note 2")[0]); err != nil {
			t.Fatal(err)
		}
		stars(t, "what is recalled has none", []string{"from Eve"}, ana, second, third)
		if err := ana.Clear(t.Context(), other); err != nil {
			t.Fatal(err)
		}
		stars(t, "nor what is cleared", []string{}, ana, second, third, s.signIn(t, last, "ana_lind"))
	})
}

// TestDeletedForOneself deletes messages for one of two, with and without a
// network, and looks for what would bring them back.
func TestDeletedForOneself(t *testing.T) {
	t.Parallel()
	onEveryStage(t, func(t *testing.T, s *stage) {
		last := len(s.nodes) - 1
		ana, ben := s.register(t, 0, "ana_lind"), s.register(t, last, "ben_2026")
		conv := befriend(t, ana, ben)
		ben.say(t, conv, "words one", "words two", "words three")
		sees(t, ana, conv, "words one", "words two", "words three")
		other, away := s.signIn(t, last, "ana_lind"), s.signIn(t, 0, "ana_lind")
		for _, d := range []*device{other, away} {
			sees(t, d, conv, "words one", "words two", "words three")
		}
		away.stop()
		remove := func(d *device, texts ...string) {
			t.Helper()
			if err := d.DeleteForMe(t.Context(), conv, d.ids(t, conv, texts...)); err != nil {
				t.Fatal(err)
			}
		}
		unread := func(what string, want int, devices ...*device) {
			t.Helper()
			lists(t, what, conv, func(c store.Conversation) bool { return c.Unread == want }, devices...)
		}
		unread("all are unread", 3, ana, other)
		if _, err := ana.Reply(t.Context(), conv, "words of an answer", ana.seqOf(t, conv, "words two")); err != nil {
			t.Fatal(err)
		}
		sees(t, other, conv, "words one", "words two", "words three", "words of an answer")

		s.nodes[0].proxy.SetDown(true) // Offline it is gone at once.
		remove(ana, "words three", "words two")
		sees(t, ana, conv, "words one", "words of an answer")
		unread("what is deleted counts nowhere", 1, ana)
		s.nodes[0].proxy.SetDown(false)
		sees(t, other, conv, "words one", "words of an answer")
		unread("nor on the other device", 1, other)
		remove(other, "words of an answer")
		sees(t, ana, conv, "words one")

		if err := ben.Edit(t.Context(), conv, ben.ids(t, conv, "words two")[0], "words two again"); err != nil {
			t.Fatal(err)
		}
		ben.say(t, conv, "words four")
		sees(t, ben, conv, "words one", "words two again", "words three", "words of an answer", "words four")
		fresh := s.signIn(t, last, "ana_lind")
		away.reopen(t)
		ana.reopen(t)
		for _, d := range []*device{ana, other, away, fresh} {
			sees(t, d, conv, "words one", "words four")
		}
		unread("as many everywhere", 2, ana, other, away, fresh)
		remove(fresh, "words four")
		for _, d := range []*device{ana, other, away, fresh} {
			sees(t, d, conv, "words one")
		}
	})
}

// seqOf returns the seq of the message that says something.
func (d *device) seqOf(t *testing.T, conv, text string) int64 {
	t.Helper()
	messages, err := d.history(t.Context(), conv)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range messages {
		if m.Text == text {
			return m.Seq
		}
	}
	t.Fatalf("nothing says %q", text)
	return 0
}
