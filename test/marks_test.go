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
