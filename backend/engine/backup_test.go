package engine

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mychat/backend/store"
)

const passphrase = "seven small stars"

// talked is a device with a conversation of some size, and its server.
func talked(t *testing.T, messages int) (*far, *device) {
	t.Helper()
	f := newFar(t)
	for i := range messages {
		f.say(fmt.Sprintf("%d %s", i, strings.Repeat("word ", 400)))
	}
	d := start(t, options(filepath.Join(t.TempDir(), "account"), f.URL)) // It fetches them by pages.
	d.online(t)
	until(t, "all has come", func() error {
		if got, err := d.History(t.Context()); err != nil || got.Here < int64(messages) || got.Here < got.Total {
			return fmt.Errorf("%+v, %w", got, err)
		}
		return nil
	})
	return f, d
}

// backUp makes a backup in dir and returns how that ended.
func (d *device) backUp(t *testing.T, dir string) Job {
	t.Helper()
	begun, err := d.Backup(func(context.Context) (string, error) { return dir, nil }, passphrase, "1.0")
	if err != nil {
		t.Fatal(err)
	}
	var job Job
	until(t, "the backup has ended", func() error {
		if job = d.Job(); job.ID != begun.ID || job.State == JobChoosing || job.State == JobRunning {
			return fmt.Errorf("%+v", job)
		}
		return nil
	})
	return job
}

// empty fails the test unless a folder has nothing in it but names.
func empty(t *testing.T, dir string, but ...string) {
	t.Helper()
	left, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range left {
		if !strings.Contains(strings.Join(but, " "), e.Name()) {
			t.Errorf("%s is left", e.Name())
		}
	}
}

// TestBackupWithoutRoom fills the disk that the backup is to be written to, and
// the one that it is unpacked on.
func TestBackupWithoutRoom(t *testing.T) {
	disk := t.TempDir()
	mount(t, disk)         // Two megabytes.
	f, d := talked(t, 150) // With what comes later they fit one page.
	filler := filepath.Join(disk, "filler")
	fill(t, filler)
	if job := d.backUp(t, disk); job.State != JobFailed || job.Problem.Code != CodeDiskFull {
		t.Errorf("on a full disk: %+v", job)
	}
	empty(t, disk, "filler")
	empty(t, d.Dir(), "account.db account.db-wal account.db-shm account-owed.db account-owed.db-wal account-owed.db-shm account.open")
	if job := d.backUp(t, filepath.Join(disk, "gone")); job.State != JobFailed || job.Problem.Code != CodeUnwritable {
		t.Errorf("in a folder that is gone: %+v", job)
	}
	if ms, err := d.BackedUp(t.Context()); err != nil || ms != 0 {
		t.Errorf("BackedUp = %d, %v", ms, err)
	}
	job := d.backUp(t, t.TempDir())
	if job.State != JobDone {
		t.Fatalf("where there is room: %+v", job)
	}
	place := filepath.Join(disk, "unpacked")
	_, err := Unpack(t.Context(), job.Path, passphrase, place, nil)
	if ProblemOf(err).Code != CodeDiskFull {
		t.Errorf("Unpack on a full disk = %v", err)
	}
	empty(t, disk, "filler")
	// The app still works.
	f.say("after that")
	d.agrees(t, f.texts())
}

// TestACancelledRestoreDoesNoHarm cancels it while it is unpacked, and while it
// is added to what is there; begun again it goes on.
func TestACancelledRestoreDoesNoHarm(t *testing.T) {
	_, d := talked(t, 600)
	job := d.backUp(t, t.TempDir())
	if job.State != JobDone {
		t.Fatalf("the backup: %+v", job)
	}
	dir := filepath.Join(t.TempDir(), "unpacked")
	ctx, cancel := context.WithCancel(t.Context())
	if _, err := Unpack(ctx, job.Path, passphrase, dir, func(done, total int64) { cancel() }); !errors.Is(err, context.Canceled) {
		t.Errorf("Unpack = %v, want Canceled", err)
	}
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the folder is left: %v", err)
	}
	for _, wrong := range []string{"another phrase", ""} {
		if _, err := Unpack(t.Context(), job.Path, wrong, dir, nil); ProblemOf(err).Code != CodePassphrase {
			t.Errorf("Unpack with %q = %v", wrong, err)
		}
	}
	u, err := Unpack(t.Context(), job.Path, passphrase, dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer u.Close()
	// Another device, which has nothing of that yet and is not connected.
	other := start(t, options(filepath.Join(t.TempDir(), "other"), nowhere))
	ctx, cancel = context.WithCancel(t.Context())
	defer cancel()
	if _, err := other.Restore(ctx, u, func(done, total int64) { cancel() }); !errors.Is(err, context.Canceled) {
		t.Errorf("Restore = %v, want Canceled", err)
	}
	some, err := other.History(t.Context())
	if err != nil || some.Here == 0 || some.Here >= 600 {
		t.Errorf("after a cancelled one: %+v, %v", some, err)
	}
	if _, err := other.Restore(t.Context(), u, nil); err != nil {
		t.Fatal(err)
	}
	whole, err := other.History(t.Context())
	if err != nil || whole.Here != 600 || whole.Total != 600 {
		t.Errorf("begun again: %+v, %v, want all 600", whole, err)
	}
}

// TestABackupOfAnother is not mixed with somebody else's data.
func TestABackupOfAnother(t *testing.T) {
	_, d := talked(t, 1)
	job := d.backUp(t, t.TempDir())
	u, err := Unpack(t.Context(), job.Path, passphrase, filepath.Join(t.TempDir(), "unpacked"), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer u.Close()
	opt := options(filepath.Join(t.TempDir(), "stranger"), nowhere)
	opt.Me.Profile.ID = "u-stranger"
	stranger := start(t, opt)
	if _, err := stranger.Restore(t.Context(), u, nil); !errors.Is(err, store.ErrOtherUser) {
		t.Errorf("Restore over the data of another = %v", err)
	}
}
