package test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"mychat/backend/engine"
	"mychat/backend/store"
	"mychat/protocol"
)

// runHealing runs the device's engine, and opens it again whenever it says that
// its store is damaged, as the app does.
func (d *device) runHealing(t *testing.T, dir string) (stop func()) {
	t.Helper()
	d.dir = dir
	opened := make(chan *engine.Engine, 4)
	next := func() (*engine.Engine, error) {
		opt := engineOptions(d, protocol.Me{Profile: d.me})
		opt.Log = testLog(t)
		return engine.Open(context.WithoutCancel(t.Context()), opt)
	}
	e, err := next()
	if err != nil {
		t.Fatalf("open engine: %v", err)
	}
	opened <- e
	stop = inBackground(t, func(ctx context.Context) error {
		for {
			err := e.Run(ctx)
			if !errors.Is(err, engine.ErrDamaged) {
				return errors.Join(err, e.Close())
			}
			_ = e.Close() // What is damaged may not close well.
			if e, err = next(); err != nil {
				return err
			}
			opened <- e
		}
	})
	// The one that stays: its store has been mended or was found sound.
	deadline := time.After(patience)
	for {
		select {
		case d.Engine = <-opened:
		case <-deadline:
			t.Fatal("the store is not mended")
		case <-time.After(10 * time.Millisecond):
			if h, err := d.Healed(t.Context()); err == nil && h != nil {
				return stop
			}
		}
	}
}

// TestDamagedStoreIsMended damages the database of an app that was killed with
// messages in its outbox: after the next start they are sent, once and in
// order, and all that the server holds is there again.
func TestDamagedStoreIsMended(t *testing.T) {
	for _, tt := range []struct {
		name   string
		damage func(data []byte) []byte
	}{
		{"zeroed header", func(data []byte) []byte { clear(data[:100]); return data }},
		{"cut in the middle", func(data []byte) []byte { return data[:len(data)/2] }},
		{"only found by a check", func(data []byte) []byte { clear(data[len(data)*3/4:]); return data }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, "", 1)
			ana, ben := s.register(t, 0, "ana_lind"), s.register(t, 0, "ben_2026")
			conv := befriend(t, ana, ben)
			said := numbered("before", 60)
			ben.say(t, conv, said...)
			agree(t, conv, said, ana, ben)
			s.nodes[0].proxy.SetDown(true)
			unsent := numbered("unsent", 8)
			ana.say(t, conv, unsent...)
			killed := t.TempDir() // What SIGKILL would leave.
			if err := os.CopyFS(killed, os.DirFS(ana.dir)); err != nil {
				t.Fatal(err)
			}
			ana.stop()
			path := filepath.Join(killed, store.FileName)
			data, err := os.ReadFile(path)
			if err == nil {
				err = os.WriteFile(path, tt.damage(data), 0o600)
			}
			if err == nil { // Its log would hold every page that was ever written.
				err = errors.Join(os.Remove(path+"-wal"), os.Remove(path+"-shm"))
			}
			if err != nil {
				t.Fatal(err)
			}
			s.nodes[0].proxy.SetDown(false)
			ana.runHealing(t, killed)
			agree(t, conv, append(said, unsent...), ana, ben)
			if h, err := ana.Healed(t.Context()); err != nil || h == nil || h.Aside == "" {
				t.Errorf("Healed = %+v, %v", h, err)
			}
		})
	}
}
