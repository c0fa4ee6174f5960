package test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"mychat/backend/archive"
	"mychat/backend/engine"
	"mychat/backend/store"
	"mychat/protocol"
	"mychat/server/node"
)

const passphrase = "seven small stars"

// backUp makes a backup of a device, as its user does.
func (d *device) backUp(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	place := func(context.Context) (string, error) { return dir, nil }
	if _, err := d.Backup(place, passphrase, "1.0"); err != nil {
		t.Fatal(err)
	}
	var job engine.Job
	eventually(t, "the backup is made", func() error {
		if job = d.Job(); job.State != engine.JobDone {
			return fmt.Errorf("the job is %+v", job)
		}
		return nil
	})
	return job.Path
}

// unpack opens a backup beside where its data is to go.
func unpack(t *testing.T, file string) *engine.Unpacked {
	t.Helper()
	u, err := engine.Unpack(t.Context(), file, passphrase, filepath.Join(t.TempDir(), "unpacked"), nil)
	if err != nil {
		t.Fatalf("unpack: %v", err)
	}
	t.Cleanup(func() {
		if err := u.Close(); err != nil {
			t.Error(err)
		}
	})
	return u
}

// restoreElsewhere puts a backup on a machine where nothing is, and signs in
// there.
func (s *stage) restoreElsewhere(t *testing.T, file, username string) *device {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "account")
	if _, err := unpack(t, file).PutInto(t.Context(), dir, nil); err != nil {
		t.Fatalf("restore: %v", err)
	}
	return s.signInAt(t, username, dir)
}

func (s *stage) signInAt(t *testing.T, username, dir string) *device {
	t.Helper()
	client := newClient(t, s.nodes[0].url(), "")
	session, err := client.SignIn(t.Context(), protocol.SignIn{Username: username, Password: password, Device: deviceInfo(t, "restored")})
	if err != nil {
		t.Fatalf("sign %s in: %v", username, err)
	}
	return openDevice(t, s.nodes[0].url(), session, dir)
}

// everything is all that a device shows, in words that can be compared.
func (d *device) everything(ctx context.Context) (string, error) {
	list, err := d.Conversations(ctx)
	if err != nil {
		return "", err
	}
	var b bytes.Buffer
	slices.SortFunc(list, func(a, b store.Conversation) int { return bytes.Compare([]byte(a.ID), []byte(b.ID)) })
	for _, c := range list {
		fmt.Fprintf(&b, "%s with %s, friend %v, up to %d, read %d and %d, unread %d, pinned %v %v, muted %v, hidden %v, draft %q, last %+v\n",
			c.Kind, c.Peer.Nickname, c.Friend, c.LastSeq, c.ReadSeq, c.PeerReadSeq, c.Unread, c.PinnedMS > 0, c.Pins, c.Muted, c.Hidden, c.Draft, c.Preview)
		messages, err := d.history(ctx, c.ID)
		if err != nil {
			return "", err
		}
		for _, m := range messages {
			fmt.Fprintf(&b, "  %d %s %s %q %s%s edited %v, reactions %v\n", m.Seq, m.Sender, m.Kind, m.Text, m.Status, m.ErrorCode, m.EditedMS > 0, m.Reactions)
		}
	}
	contacts, err := d.Contacts(ctx)
	if err != nil {
		return "", err
	}
	for _, c := range contacts {
		fmt.Fprintf(&b, "%+v\n", c)
	}
	return b.String(), nil
}

// same waits until each device shows what the first does.
func same(t *testing.T, first *device, others ...*device) {
	t.Helper()
	for _, d := range others {
		eventually(t, "a restored device is as one that was never away", func() error {
			want, err := first.everything(t.Context())
			if err != nil {
				return err
			}
			got, err := d.everything(t.Context())
			if err == nil && got != want {
				err = fmt.Errorf("got\n%s\nwant\n%s", got, want)
			}
			return err
		})
	}
}

// say1 sends a text and returns the message once the server has it.
func (d *device) say1(t *testing.T, conv, text string) store.Message {
	t.Helper()
	m, err := d.Send(t.Context(), conv, text)
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "it is sent", func() error {
		list, err := d.Messages(t.Context(), conv, []string{m.ID})
		if err != nil || len(list) != 1 || list[0].Seq == 0 {
			return fmt.Errorf("%+v, %w", list, err)
		}
		m = list[0]
		return nil
	})
	return m
}

// TestARestoredDeviceIsAsOneThatWasNeverAway makes a backup with messages that
// wait, lets everything go on, and restores it: on a machine where nothing is,
// over the data of another device while that is in use, and over data that
// nobody has open. All show the same as the device that went on, and what
// waited is there once.
func TestARestoredDeviceIsAsOneThatWasNeverAway(t *testing.T) {
	onEveryDatabase(t, func(t *testing.T, s *stage) {
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		ana, ben, cai := s.register(t, 0, "ana_lind"), s.register(t, 0, "ben_2026"), s.register(t, 0, "cai_2026")
		conv, other := befriend(t, ana, ben), befriend(t, ana, cai)
		secret := ben.say1(t, conv, "to be recalled")
		own := ana.say1(t, conv, "to be edited")
		ben.say(t, conv, numbered("before", 30)...)
		cai.say(t, other, numbered("to be cleared", 10)...)
		eventually(t, "all is there", func() error {
			if got, err := ana.texts(t.Context(), conv); err != nil || len(got) != 32 {
				return fmt.Errorf("%d, %w", len(got), err)
			}
			got, err := ana.texts(t.Context(), other)
			if err == nil && len(got) != 10 {
				err = fmt.Errorf("%d", len(got))
			}
			return err
		})
		s.nodes[0].proxy.SetDown(true)
		eventually(t, "ana is offline", func() error {
			if ana.Connection().State == engine.ConnectionOnline {
				return fmt.Errorf("still online")
			}
			return nil
		})
		ana.say(t, conv, "waits 1", "waits 2")
		must(ana.React(t.Context(), conv, secret.ID, "👍", true))
		file := ana.backUp(t)
		s.nodes[0].proxy.SetDown(false)
		ana.online(t)
		ben.online(t)

		// Life goes on.
		must(ben.Recall(t.Context(), conv, secret.ID))
		must(ana.Edit(t.Context(), conv, own.ID, "edited since"))
		must(ana.Clear(t.Context(), other))
		muted := true
		must(ana.UpdateChat(t.Context(), other, store.ChatChange{Muted: &muted}))
		ben.say(t, conv, numbered("after", 20)...)
		cai.say(t, other, "after the clearing")
		second := s.signIn(t, 0, "ana_lind")
		same(t, ana, second)

		elsewhere := s.restoreElsewhere(t, file, "ana_lind")
		same(t, ana, elsewhere)
		over, err := second.Restore(t.Context(), unpack(t, file), nil)
		if err != nil || over.Messages != 0 || over.Unsent != 0 {
			t.Errorf("over data that has everything: %+v, %v", over, err)
		}
		same(t, ana, second)

		// A device that signed in and got nothing yet, then is closed.
		dir := filepath.Join(t.TempDir(), "third")
		third := s.signInAt(t, "ana_lind", dir)
		third.online(t)
		third.stop()
		if _, err := unpack(t, file).PutInto(t.Context(), dir, nil); err != nil {
			t.Fatal(err)
		}
		third.reopen(t)
		same(t, ana, third)
		// Each message that waited is there once, for everybody.
		texts, err := ben.texts(t.Context(), conv)
		if err != nil || len(texts) != 1+30+2+20 {
			t.Errorf("ben has %q, %v", texts, err)
		}
		elsewhere.say(t, conv, "from the restored one")
		eventually(t, "ben has it", func() error {
			got, err := ben.texts(t.Context(), conv)
			if err != nil || got[len(got)-1] != "from the restored one" {
				return fmt.Errorf("%q, %w", got, err)
			}
			return nil
		})
		same(t, ana, elsewhere, second, third)
	})
}

// TestWhatWaitedIsSentAgainOnce restores a backup with a message that never went
// out, because the machine was lost; the user sends it from the restored one.
// On another restored machine the same message takes its place by itself.
func TestWhatWaitedIsSentAgainOnce(t *testing.T) {
	t.Parallel()
	s := newStage(t, "", 1)
	ana, ben := s.register(t, 0, "ana_lind"), s.register(t, 0, "ben_2026")
	conv := befriend(t, ana, ben)
	s.nodes[0].proxy.SetDown(true)
	ana.say(t, conv, "never sent")
	file := ana.backUp(t)
	ana.stop() // And is lost.
	s.nodes[0].proxy.SetDown(false)
	one, two := s.restoreElsewhere(t, file, "ana_lind"), s.restoreElsewhere(t, file, "ana_lind")
	for _, d := range []*device{one, two} {
		d.online(t)
		list, err := d.history(t.Context(), conv)
		if last := list[len(list)-1]; err != nil || last.Status != store.StatusFailed || last.ErrorCode != store.CodeRestored {
			t.Fatalf("the last message is %+v, %v", last, err)
		}
	}
	if got, err := ben.texts(t.Context(), conv); err != nil || len(got) > 0 {
		t.Fatalf("ben has %q, %v", got, err)
	}
	if err := one.RetryAll(t.Context(), conv); err != nil {
		t.Fatal(err)
	}
	agree(t, conv, []string{"never sent"}, one, two, ben)
	// Asked again, the other has nothing to send.
	if err := two.RetryAll(t.Context(), conv); err != nil {
		t.Fatal(err)
	}
	ben.say(t, conv, "got it")
	agree(t, conv, []string{"never sent", "got it"}, one, two, ben)
}

// TestABackupOfLongAgo is restored when the server's journals no longer reach
// back to it, and when it no longer keeps the messages of then.
func TestABackupOfLongAgo(t *testing.T) {
	t.Parallel()
	var ahead clock
	cfg := serverConfig(t.TempDir(), "")
	cfg.Messages.KeepDirectDays = 20
	n := startNodeWith(t, cfg, node.Options{Log: testLog(t), Now: ahead.now, TrimAt: 20 * time.Millisecond})
	s := &stage{nodes: []*playedNode{n}, config: cfg}
	ana, ben := s.register(t, 0, "ana_lind"), s.register(t, 0, "ben_2026")
	conv := befriend(t, ana, ben)
	ben.say(t, conv, "long ago")
	agree(t, conv, []string{"long ago"}, ana)
	pinned := true
	if err := ana.UpdateChat(t.Context(), conv, store.ChatChange{Pinned: &pinned}); err != nil {
		t.Fatal(err)
	}
	lists(t, "pinned", conv, func(c store.Conversation) bool { return c.PinnedMS > 0 }, ana)
	file := ana.backUp(t)
	pinned = false
	if err := ana.UpdateChat(t.Context(), conv, store.ChatChange{Pinned: &pinned}); err != nil {
		t.Fatal(err)
	}
	ahead.add(45 * 24 * time.Hour)
	ben.say(t, conv, "today")
	agree(t, conv, []string{"today"}, ana)
	restored := s.restoreElsewhere(t, file, "ana_lind")
	agree(t, conv, []string{"today"}, restored)
	same(t, ana, restored)
}

// TestABackupHoldsNoSecret looks for what opens the account in what a backup
// holds once it is opened.
func TestABackupHoldsNoSecret(t *testing.T) {
	t.Parallel()
	s := newStage(t, "", 1)
	ana := s.register(t, 0, "ana_lind")
	ana.online(t)
	file := ana.backUp(t)
	b, err := archive.OpenBackup(file, passphrase)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	db := filepath.Join(t.TempDir(), "db")
	if err := b.Extract(t.Context(), db, nil); err != nil {
		t.Fatal(err)
	}
	manifest, err := json.Marshal(b.Manifest)
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(db)
	if err != nil {
		t.Fatal(err)
	}
	for what, held := range map[string][]byte{"the manifest": manifest, "the database": data} {
		for name, secret := range map[string]string{"the session's token": ana.token, "the password": password, "the passphrase": passphrase} {
			if bytes.Contains(held, []byte(secret)) {
				t.Errorf("%s holds %s", what, name)
			}
		}
	}
	if !bytes.Contains(data, []byte(ana.me.ID)) {
		t.Error("the database does not say whose it is: the search found nothing because there is nothing")
	}
}
