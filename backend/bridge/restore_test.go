package bridge

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mychat/backend/engine"
	"mychat/protocol"
)

// restoreOf returns the Restore of an app without an account.
func restoreOf(t *testing.T, opt Options) (*App, *Restore) {
	t.Helper()
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent") // No keyring of this machine is touched.
	opt.Dir, opt.Quit = t.TempDir(), func() {}
	a := New(t.Context(), opt)
	t.Cleanup(func() {
		if err := a.session.Close(); err != nil {
			t.Error(err)
		}
	})
	return a, &Restore{a}
}

func (r *Restore) mustState(t *testing.T) RestoreState {
	t.Helper()
	s, err := r.State()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestWhatThePageSends becomes the chosen backup, and goes when it is dropped.
func TestWhatThePageSends(t *testing.T) {
	a, r := restoreOf(t, Options{})
	if s := r.mustState(t); s.State != RestoreNone || !s.Sends {
		t.Errorf("at first: %+v", s)
	}
	for _, call := range []func() error{
		func() error { _, err := r.Look(PassphraseRequest{"x"}); return err },
		func() error { return r.Start(PassphraseRequest{"x"}) },
	} {
		var refused *Error
		if err := call(); !errors.As(err, &refused) || refused.Field != "file" {
			t.Errorf("without a file: %v", err)
		}
	}
	if err := a.TakeBackup("../up/kept.mychatbackup", strings.NewReader("no backup")); err != nil {
		t.Fatal(err)
	}
	if s := r.mustState(t); s.State != RestoreChosen || s.Name != "kept.mychatbackup" || s.Bytes != 9 {
		t.Errorf("once it is sent: %+v", s)
	}
	var refused *Error
	if _, err := r.Look(PassphraseRequest{"a passphrase"}); !errors.As(err, &refused) || refused.Code != CodeNotBackup {
		t.Errorf("Look = %v, want not_backup", err)
	}
	if err := r.Choose(); !errors.As(err, &refused) || refused.Code != string(protocol.CodeNotFound) {
		t.Errorf("Choose where the page sends = %v", err)
	}
	broken := io.MultiReader(strings.NewReader("some"), failing{})
	if err := a.TakeBackup("next", broken); err == nil {
		t.Error("a file that came in part was taken")
	}
	if s := r.mustState(t); s.Name != "kept.mychatbackup" {
		t.Errorf("after one that did not come: %+v", s)
	}
	if err := r.Drop(); err != nil {
		t.Fatal(err)
	}
	if s := r.mustState(t); s.State != RestoreNone {
		t.Errorf("once it is dropped: %+v", s)
	}
	if left, err := os.ReadDir(filepath.Join(a.opt.Dir, restores)); err != nil || len(left) > 0 {
		t.Errorf("left: %v, %v", left, err)
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// TestARestoreThatFails says why, and leaves another file to be chosen.
func TestARestoreThatFails(t *testing.T) {
	a, r := restoreOf(t, Options{})
	end := make(chan error, 1)
	ctx, stop := context.WithCancel(t.Context())
	go func() { end <- a.restore.jobs.Run(ctx) }()
	defer func() {
		stop()
		<-end
	}()
	_, events := a.Subscribe(0)
	defer events.Close()
	if err := a.TakeBackup("kept", bytes.NewReader(nil)); err != nil {
		t.Fatal(err)
	}
	if err := r.Start(PassphraseRequest{"a passphrase"}); err != nil {
		t.Fatal(err)
	}
	for a.restore.jobs.Job().State != engine.JobFailed {
		<-events.C // Each change of the job is told.
	}
	if s := r.mustState(t); s.State != RestoreFailed || s.Error == nil || s.Error.Code != CodeNotBackup {
		t.Errorf("the state is %+v", s)
	}
	if err := a.TakeBackup("another", strings.NewReader("x")); err != nil {
		t.Fatal(err)
	}
	if s := r.mustState(t); s.State != RestoreChosen || s.Error != nil {
		t.Errorf("the state is %+v", s)
	}
}
