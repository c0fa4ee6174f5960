package test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"github.com/oklog/ulid/v2"

	"mychat/backend/store"
	"mychat/protocol"
)

// change changes how a conversation stands in the device's list.
func (d *device) change(t *testing.T, conv string, c store.ChatChange) {
	t.Helper()
	if err := d.UpdateChat(t.Context(), conv, c); err != nil {
		t.Fatal(err)
	}
}

// draft keeps a draft, as a page does whose user left the conversation.
func (d *device) draft(t *testing.T, conv string, draft protocol.Draft) {
	t.Helper()
	if err := d.SaveDraft(t.Context(), conv, draft, true); err != nil {
		t.Fatal(err)
	}
}

// lists waits until each device shows a conversation as the user wants it.
func lists(t *testing.T, what, conv string, ok func(store.Conversation) bool, devices ...*device) {
	t.Helper()
	for i, d := range devices {
		eventually(t, fmt.Sprintf("device %d: %s", i, what), func() error {
			if c := d.conversation(t, conv); !ok(c) {
				return fmt.Errorf("it shows %+v", c)
			}
			return nil
		})
	}
}

func TestTheListFollowsOnOwnDevices(t *testing.T) {
	t.Parallel()
	onEveryStage(t, func(t *testing.T, s *stage) {
		last := len(s.nodes) - 1
		ana, ben, eve := s.register(t, 0, "ana_lind"), s.register(t, 0, "ben_2026"), s.register(t, last, "eve_2026")
		conv, other := befriend(t, ana, ben), befriend(t, ben, eve)
		ana.say(t, conv, "hi Ben")
		second := s.signIn(t, last, "ben_2026")
		agree(t, conv, []string{"hi Ben"}, ana, ben, second)
		both := []*device{ben, second}
		yes, no := true, false

		ben.change(t, conv, store.ChatChange{Pinned: &yes})
		second.change(t, conv, store.ChatChange{Muted: &yes})
		lists(t, "pinned and muted", conv, func(c store.Conversation) bool { return c.PinnedMS > 0 && c.Muted }, both...)
		ben.change(t, other, store.ChatChange{Pinned: &yes})
		lists(t, "pinned too", other, func(c store.Conversation) bool { return c.PinnedMS > 0 }, both...)
		for _, d := range both {
			eventually(t, "the last pinned stands first", func() error {
				list, err := d.Conversations(t.Context())
				if err != nil || list[0].ID != other || list[1].ID != conv {
					return fmt.Errorf("listed %+v, %w", list, err)
				}
				return nil
			})
			if n, err := d.Unread(t.Context()); n != 0 || err != nil {
				t.Errorf("%d unread, %v: what is muted counts", n, err)
			}
		}

		t.Run("archive and back", func(t *testing.T) {
			second.change(t, conv, store.ChatChange{Archived: &yes})
			lists(t, "archived", conv, func(c store.Conversation) bool { return c.Archived }, both...)
			ben.change(t, conv, store.ChatChange{Archived: &no, Pinned: &no})
			lists(t, "back", conv, func(c store.Conversation) bool { return !c.Archived && c.PinnedMS == 0 && c.Muted }, both...)
		})

		t.Run("hidden until somebody else writes", func(t *testing.T) {
			ben.change(t, conv, store.ChatChange{Hidden: &yes})
			lists(t, "hidden", conv, func(c store.Conversation) bool { return c.Hidden }, both...)
			ana.say(t, conv, "still there?")
			lists(t, "shown again", conv, func(c store.Conversation) bool { return !c.Hidden }, both...)
		})

		t.Run("marked unread until it is read elsewhere", func(t *testing.T) {
			seq := ben.conversation(t, conv).LastSeq
			if err := ben.MarkRead(t.Context(), conv, seq); err != nil {
				t.Fatal(err)
			}
			ben.change(t, conv, store.ChatChange{Unread: &yes})
			lists(t, "marked", conv, func(c store.Conversation) bool { return c.MarkedUnread && c.Unread == 0 }, both...)
			if err := second.MarkRead(t.Context(), conv, seq); err != nil {
				t.Fatal(err)
			}
			lists(t, "the mark is gone", conv, func(c store.Conversation) bool { return !c.MarkedUnread }, both...)
			second.change(t, conv, store.ChatChange{Unread: &yes})
			lists(t, "marked again", conv, func(c store.Conversation) bool { return c.MarkedUnread }, both...)
			ben.say(t, conv, "yes")
			lists(t, "gone by writing", conv, func(c store.Conversation) bool { return !c.MarkedUnread }, both...)
		})

		t.Run("drafts, the last one wins", func(t *testing.T) {
			answer := protocol.Draft{Text: "about that", RefSeq: 2, Mentions: []string{ana.me.ID}}
			ben.draft(t, conv, answer)
			lists(t, "the draft", conv, func(c store.Conversation) bool {
				return c.Draft == answer.Text && c.DraftRefSeq == 2 && len(c.DraftMentions) == 1
			}, both...)
			second.draft(t, conv, protocol.Draft{Text: "something else"})
			lists(t, "the later draft", conv, func(c store.Conversation) bool {
				return c.Draft == "something else" && c.DraftRefSeq == 0
			}, both...)
			second.draft(t, conv, protocol.Draft{})
			lists(t, "no draft", conv, func(c store.Conversation) bool { return c.Draft == "" }, both...)
		})

		t.Run("a new device starts with all of it", func(t *testing.T) {
			ben.draft(t, conv, protocol.Draft{Text: "for later"})
			third := s.signIn(t, 0, "ben_2026")
			third.online(t)
			lists(t, "muted, with a draft", conv, func(c store.Conversation) bool { return c.Muted && c.Draft == "for later" }, third)
			lists(t, "pinned", other, func(c store.Conversation) bool { return c.PinnedMS > 0 }, third)
		})

		t.Run("nobody else sees any of it", func(t *testing.T) {
			if c := ana.conversation(t, conv); c.Muted || c.Draft != "" || c.PinnedMS != 0 {
				t.Errorf("Ana's list shows %+v", c)
			}
		})
	})
}

// TestFoldersFollowOnOwnDevices makes a folder and puts a conversation in it, with
// and without a connection; the other device shows both.
func TestFoldersFollowOnOwnDevices(t *testing.T) {
	t.Parallel()
	onEveryStage(t, func(t *testing.T, s *stage) {
		last := len(s.nodes) - 1
		ana, ben := s.register(t, 0, "ana_lind"), s.register(t, 0, "ben_2026")
		conv := befriend(t, ana, ben)
		second := s.signIn(t, last, "ben_2026")
		second.online(t)
		both := []*device{ben, second}
		folders := func(want ...string) {
			t.Helper()
			for _, d := range both {
				eventually(t, "the folders are there", func() error {
					list, err := d.Folders(t.Context())
					names := []string{}
					for _, f := range list {
						names = append(names, f.Name)
					}
					if err != nil || !slices.Equal(names, want) {
						return fmt.Errorf("got %q, %w, want %q", names, err, want)
					}
					return nil
				})
			}
		}
		put := func(d *device, id, name string, at int) protocol.Folder {
			t.Helper()
			f, err := d.PutFolder(t.Context(), protocol.Folder{ID: id, Name: name}, at)
			if err != nil {
				t.Fatal(err)
			}
			return f
		}
		in := func(id string) func(store.Conversation) bool {
			return func(c store.Conversation) bool { return slices.Contains(c.Folders, id) }
		}

		work := put(ben, "", "Work", 0)
		ben.change(t, conv, store.ChatChange{Join: work.ID})
		folders("Work")
		lists(t, "in the folder", conv, in(work.ID), both...)

		for _, n := range s.nodes {
			n.proxy.SetDown(true)
		}
		put(ben, work.ID, "Office", 0)
		family := put(ben, "", "家人", 0)
		ben.change(t, conv, store.ChatChange{Join: family.ID, Leave: work.ID})
		yes := true
		second.change(t, conv, store.ChatChange{Muted: &yes})
		lists(t, "shown at once", conv, in(family.ID), ben)
		ben.reopen(t)
		lists(t, "kept", conv, in(family.ID), ben)
		for _, n := range s.nodes {
			n.proxy.SetDown(false)
		}
		ben.RetryNow()
		second.RetryNow()
		folders("家人", "Office")
		lists(t, "there too", conv, func(c store.Conversation) bool {
			return c.Muted && slices.Equal(c.Folders, []string{family.ID})
		}, both...)

		if err := second.RemoveFolder(t.Context(), family.ID); err != nil {
			t.Fatal(err)
		}
		folders("Office")
		lists(t, "still listed", conv, func(c store.Conversation) bool { return c.Friend && !c.Hidden && !c.Archived }, both...)
	})
}

// TestAMentionIsFoundOnEveryDevice mentions somebody who is away, then in front
// of many other messages, so that a device learns of it before it has the entry.
func TestAMentionIsFoundOnEveryDevice(t *testing.T) {
	t.Parallel()
	onEveryStage(t, func(t *testing.T, s *stage) {
		last := len(s.nodes) - 1
		ana, ben := s.register(t, 0, "ana_lind"), s.register(t, 0, "ben_2026")
		conv := befriend(t, ana, ben)
		m := message(t, conv, ulid.Make().String(), "@Ben look")
		m.Mentions = []string{ben.me.ID}
		var sent protocol.Sent
		a := call(t, "POST", ana.server+protocol.PathMessages, ana.token, encoded(t, m))
		if err := json.Unmarshal(a.body, &sent); err != nil || sent.Seq == 0 {
			t.Fatalf("send: %d %s", a.status, a.body)
		}
		ana.say(t, conv, numbered("and", 60)...)
		second := s.signIn(t, last, "ben_2026")
		second.online(t)
		both := []*device{ben, second}
		lists(t, "mentioned", conv, func(c store.Conversation) bool { return c.MentionSeq == sent.Seq }, both...)
		if err := ben.MarkRead(t.Context(), conv, sent.Seq); err != nil {
			t.Fatal(err)
		}
		lists(t, "read", conv, func(c store.Conversation) bool { return c.MentionSeq == 0 && c.Unread > 0 }, both...)
	})
}

// TestTheListChangesOffline changes things on two devices that are both away.
// What each did is shown there at once, and in the end both show the same.
func TestTheListChangesOffline(t *testing.T) {
	t.Parallel()
	onEveryStage(t, func(t *testing.T, s *stage) {
		last := len(s.nodes) - 1
		ana, ben := s.register(t, 0, "ana_lind"), s.register(t, 0, "ben_2026")
		conv := befriend(t, ana, ben)
		second := s.signIn(t, last, "ben_2026")
		second.online(t)
		yes, no := true, false
		for _, n := range s.nodes {
			n.proxy.SetDown(true)
		}
		ben.change(t, conv, store.ChatChange{Pinned: &yes})
		ben.change(t, conv, store.ChatChange{Muted: &yes})
		ben.change(t, conv, store.ChatChange{Muted: &no})
		ben.draft(t, conv, protocol.Draft{Text: "from the first"})
		second.change(t, conv, store.ChatChange{Archived: &yes})
		second.draft(t, conv, protocol.Draft{Text: "from the second"})
		first := func(c store.Conversation) bool { return c.PinnedMS > 0 && !c.Muted && c.Draft == "from the first" }
		lists(t, "shown at once", conv, first, ben)
		ben.reopen(t)
		lists(t, "kept", conv, first, ben)
		lists(t, "shown at once", conv, func(c store.Conversation) bool { return c.Archived && c.Draft == "from the second" }, second)
		for _, n := range s.nodes {
			n.proxy.SetDown(false)
		}
		ben.RetryNow()
		second.RetryNow()
		both := []*device{ben, second}
		lists(t, "all of it", conv, func(c store.Conversation) bool { return c.PinnedMS > 0 && !c.Muted && c.Archived }, both...)
		eventually(t, "both have the same draft", func() error {
			a, b := ben.conversation(t, conv), second.conversation(t, conv)
			if a.Draft != b.Draft || a.Draft == "" || a.PinnedMS != b.PinnedMS {
				return fmt.Errorf("one shows %+v, the other %+v", a, b)
			}
			return nil
		})
	})
}
