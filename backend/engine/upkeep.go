package engine

import (
	"context"
	"errors"
	"fmt"
	"time"

	"mychat/backend/desktop"
	"mychat/backend/store"
)

// ErrDamaged says that the local store's file is not sound. Opening the account
// again mends it; until then it answers what it still can.
var ErrDamaged = store.ErrDamaged

// Upkeep configures how the local store is looked after. The zero value is
// right outside tests.
type Upkeep struct {
	Look time.Duration // Pause between two looks at whether a good copy is due. 0 means 1 min.
	Idle time.Duration // How long nothing must have been written before one is made. 0 means 30 s.
	Max  int64         // Largest store that is copied, in bytes. 0 means store.CopyOptions' default.
}

// lookAfter checks the local store after an unclean end and when a statement
// finds it damaged, and makes a good copy of it once a day, when nothing is
// written. It returns ErrDamaged when the store is to be opened again.
func (e *Engine) lookAfter(ctx context.Context) error {
	suspect := e.store.Suspect()
	check := e.store.Unclean()
	for {
		err := e.lookOnce(ctx, check)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, ErrDamaged):
			e.log.Error("the local store is damaged and is opened again to be mended", "error", err)
			e.mail.damage()
			return err
		case err != nil:
			e.log.Warn("the local store cannot be looked after now", "error", err)
		default:
			check = false
		}
		timer := time.NewTimer(e.upkeep.Look)
		select {
		case <-ctx.Done():
		case <-suspect:
			check, suspect = true, nil // Once: what a check then finds sound may go on failing.
		case <-timer.C:
		}
		timer.Stop()
	}
}

func (e *Engine) lookOnce(ctx context.Context, check bool) error {
	if check {
		return e.store.Check(ctx)
	}
	due, err := e.store.CopyDue(ctx)
	if err != nil || !due || e.store.Quiet() < e.upkeep.Idle || e.Connection().State == ConnectionSyncing {
		return err
	}
	err = e.store.Copy(ctx, store.CopyOptions{Max: e.upkeep.Max, Free: desktop.FreeBytes})
	e.mail.touchStorage()
	return err
}

// Dir returns the account's folder.
func (e *Engine) Dir() string { return e.dir }

// Storage returns what the account takes on this machine's disk, and the room
// that is left there; free is -1 if that is not known.
func (e *Engine) Storage(ctx context.Context) (s store.Storage, free int64, err error) {
	s, err = e.store.Storage(ctx)
	free, ok := desktop.FreeBytes(e.dir)
	if !ok {
		free = -1
	}
	return s, free, err
}

// Healed returns what was done with a damaged local store, until the user has
// read it; nil means nothing.
func (e *Engine) Healed(ctx context.Context) (*store.Healed, error) { return e.store.Healed(ctx) }

// ForgetHealed notes that the user has read what Healed says.
func (e *Engine) ForgetHealed(ctx context.Context) error {
	err := e.store.ForgetHealed(ctx)
	e.mail.touchStorage()
	return err
}

// Compact gives room that the local store does not use back to the disk.
func (e *Engine) Compact(ctx context.Context) error {
	if s, err := e.store.Storage(ctx); err == nil {
		if free, ok := desktop.FreeBytes(e.dir); ok && free < 2*s.DataBytes { // It is written twice meanwhile.
			return fmt.Errorf("compact: %w", store.ErrDiskFull)
		}
	}
	err := e.store.Compact(ctx)
	e.mail.touchStorage()
	return err
}

// History returns how much of all that the server holds is here.
func (e *Engine) History(ctx context.Context) (store.History, error) { return e.store.History(ctx) }

// PauseHistory stops fetching history that nobody opened, or lets it go on; also
// after a restart.
func (e *Engine) PauseHistory(ctx context.Context, paused bool) error {
	if err := e.store.PauseHistory(ctx, paused); err != nil {
		return err
	}
	e.inbox.Pause(paused)
	e.mail.touchStorage()
	return nil
}

// pouredEvery spaces telling how far history has come.
const pouredEvery = time.Second

// onPoured hears of each page of history that nobody waited for, from one
// goroutine.
func (e *Engine) onPoured(done bool) {
	if done || time.Since(e.poured) >= pouredEvery {
		e.poured = time.Now()
		e.mail.touchStorage()
	}
}
