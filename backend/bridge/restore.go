package bridge

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"

	"mychat/backend/engine"
	"mychat/backend/session"
	"mychat/protocol"
)

// Restore brings the data of an account back from a backup, whether an account
// is open or not. One backup is chosen at a time.
type Restore struct{ app *App }

// States of RestoreState.
const (
	RestoreNone     = "none"
	RestoreChoosing = "choosing" // The user is asked for a file.
	RestoreChosen   = "chosen"   // A file is chosen: Look and Start take it.
	RestoreRunning  = "running"  // Done of Total.
	RestoreDone     = "done"     // Account has the data.
	RestoreFailed   = "failed"   // Error says why; nothing was lost.
)

// RestoreState is how far restoring has come.
type RestoreState struct {
	State string `json:"state"`
	Name  string `json:"name"`  // Of the file.
	Bytes int64  `json:"bytes"` // Its size.
	Sends bool   `json:"sends"` // The page sends the file; else the host asks for it.

	Done    int64            `json:"done"`
	Total   int64            `json:"total"`
	Account *session.Account `json:"account,omitempty"` // With done: whose data is back.
	Open    bool             `json:"open"`              // It is the account that is open.
	Added   int64            `json:"added"`             // Messages that were not here before.
	Unsent  int64            `json:"unsent"`            // Messages that wait for the user to send them again.
	Error   *Error           `json:"error,omitempty"`
}

// BackupContents is what a backup says of itself.
type BackupContents struct {
	MadeMS        int64            `json:"made_ms"`
	App           string           `json:"app"` // The version that made it.
	Server        string           `json:"server"`
	User          protocol.Profile `json:"user"`
	Conversations int64            `json:"conversations"`
	Messages      int64            `json:"messages"`
	OldestMS      int64            `json:"oldest_ms"` // Of the messages; 0 without any.
	NewestMS      int64            `json:"newest_ms"`
	Here          bool             `json:"here"` // This machine has data of that account, which stays.
}

// PassphraseRequest opens the chosen backup.
type PassphraseRequest struct {
	Passphrase string `json:"passphrase"`
}

// restores is the folder, in the data folder, of what is being restored.
const restores = "restore"

// jobChoose is the job of asking for a file.
const jobChoose = "choose"

// restoring is the backup that is chosen, and what becomes of it.
type restoring struct {
	jobs *engine.Jobs

	mu       sync.Mutex
	path     string // The chosen file; "" means none.
	name     string
	sent     bool  // The page sent it: it is removed once it is not needed.
	since    int64 // The job that was the last one when it was chosen.
	finished *RestoreState
}

// choose notes a file, in place of the one before.
func (r *restoring) choose(path, name string, sent bool) {
	last := r.jobs.Job().ID
	r.mu.Lock()
	defer r.mu.Unlock()
	r.remove()
	r.path, r.name, r.sent, r.since, r.finished = path, name, sent, last, nil
}

// remove removes a chosen file that the page sent. The caller holds mu.
func (r *restoring) remove() {
	if r.sent {
		_ = os.Remove(r.path) // If it stays, the next start removes the folder.
	}
}

// chosen returns the chosen file.
func (r *restoring) chosen() (string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.path == "" {
		return "", protocol.Invalid("file", "no backup is chosen")
	}
	return r.path, nil
}

// State returns how far restoring has come.
func (r *Restore) State() (RestoreState, error) {
	return guarded(r.app, func() (RestoreState, error) { return r.app.restoreState(), nil })
}

func (a *App) restoreState() RestoreState {
	job := a.restore.jobs.Job()
	a.restore.mu.Lock()
	defer a.restore.mu.Unlock()
	s := RestoreState{State: RestoreNone, Name: a.restore.name, Sends: a.opt.File == nil}
	if a.restore.path != "" {
		s.State = RestoreChosen
		if info, err := os.Stat(a.restore.path); err == nil {
			s.Bytes = info.Size()
		}
	}
	active := job.State == engine.JobChoosing || job.State == engine.JobRunning
	switch {
	case active && job.Kind == jobChoose:
		s.State = RestoreChoosing
	case active && job.Kind == engine.JobRestore:
		s.State, s.Done, s.Total = RestoreRunning, job.Done, job.Total
	case job.ID <= a.restore.since:
	case job.State == engine.JobFailed:
		s.State = RestoreFailed
		s.Error = &Error{Code: job.Problem.Code, Message: job.Problem.Message}
	case job.State == engine.JobDone && a.restore.finished != nil:
		f := a.restore.finished
		s.State, s.Account, s.Open, s.Added, s.Unsent = RestoreDone, f.Account, f.Open, f.Added, f.Unsent
	}
	return s
}

// Choose asks the user for a backup where the host can. It returns at once; the
// State tells what came of it.
func (r *Restore) Choose() error {
	_, err := onMachine(r.app, func(context.Context, *session.Session) (struct{}, error) {
		if r.app.opt.File == nil {
			return struct{}{}, protocol.Errorf(protocol.CodeNotFound, "this host has no window to choose a file in")
		}
		_, err := r.app.restore.jobs.Begin(jobChoose, r.app.opt.File,
			func(_ context.Context, at string, _ func(done, total int64)) (string, error) {
				r.app.restore.choose(at, filepath.Base(at), false)
				return at, nil
			})
		return struct{}{}, err
	})
	return err
}

// TakeBackup takes a backup that the page sends, in place of the chosen one.
func (a *App) TakeBackup(name string, from io.Reader) error {
	if a.broken != nil {
		return a.broken
	}
	if job := a.restore.jobs.Job(); job.State == engine.JobRunning || job.State == engine.JobChoosing {
		return engine.ErrBusy
	}
	dir := filepath.Join(a.opt.Dir, restores)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("take a backup: %w", err)
	}
	file, err := os.CreateTemp(dir, "sent-*") // Mode 0600.
	if err != nil {
		return fmt.Errorf("take a backup: %w", err)
	}
	_, err = io.Copy(file, from)
	if err = errors.Join(err, file.Close()); err != nil {
		return errors.Join(fmt.Errorf("take a backup: %w", engine.ExplainWrite(err)), os.Remove(file.Name()))
	}
	a.restore.choose(file.Name(), filepath.Base(name), true)
	a.feed.push(Event{Kind: EventRestore})
	return nil
}

// Look opens the chosen backup and says what it holds. Errors: passphrase,
// not_backup, bad_backup, newer_backup.
func (r *Restore) Look(q PassphraseRequest) (BackupContents, error) {
	return onMachine(r.app, func(ctx context.Context, s *session.Session) (BackupContents, error) {
		path, err := r.app.restore.chosen()
		if err != nil {
			return BackupContents{}, err
		}
		m, err := engine.ReadBackup(path, q.Passphrase)
		if err != nil {
			return BackupContents{}, err
		}
		here, err := s.Has(ctx, m.Server, m.User.ID)
		return BackupContents{
			MadeMS: m.MadeMS, App: m.App, Server: m.Server, User: m.User,
			Conversations: m.Conversations, Messages: m.Messages, OldestMS: m.OldestMS, NewestMS: m.NewestMS, Here: here,
		}, err
	})
}

// Start begins to restore the chosen backup. What this machine has of that
// account stays, and what it lacks is added. The State tells how it goes.
func (r *Restore) Start(q PassphraseRequest) error {
	_, err := onMachine(r.app, func(context.Context, *session.Session) (struct{}, error) {
		path, err := r.app.restore.chosen()
		if err != nil {
			return struct{}{}, err
		}
		place := func(context.Context) (string, error) { return path, nil }
		_, err = r.app.restore.jobs.Begin(engine.JobRestore, place,
			func(ctx context.Context, at string, progress func(done, total int64)) (string, error) {
				return at, r.app.bringBack(ctx, at, q.Passphrase, progress)
			})
		return struct{}{}, err
	})
	return err
}

// Drop cancels what runs and forgets the chosen backup. What was added to an
// account's data stays there.
func (r *Restore) Drop() error {
	_, err := onMachine(r.app, func(context.Context, *session.Session) (struct{}, error) {
		r.app.restore.jobs.Cancel(r.app.restore.jobs.Job().ID)
		r.app.restore.choose("", "", false)
		r.app.feed.push(Event{Kind: EventRestore})
		return struct{}{}, nil
	})
	return err
}

// half is how much of the work is unpacking, in parts of a thousand.
const half = 500

// bringBack puts the data of a backup in its account's place.
func (a *App) bringBack(ctx context.Context, path, passphrase string, progress func(done, total int64)) (err error) {
	part := func(from int64) func(done, total int64) {
		return func(done, total int64) { progress(from+half*done/max(total, 1), 2*half) }
	}
	dir := filepath.Join(a.opt.Dir, restores, "unpacked")
	if err := os.RemoveAll(dir); err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	u, err := engine.Unpack(ctx, path, passphrase, dir, part(0))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, u.Close()) }()
	account, to, err := a.session.Place(ctx, u.Manifest.Server, u.Manifest.User)
	if err != nil {
		return err
	}
	open, restored, err := a.putBack(ctx, u, account, to, part(half))
	if err != nil {
		return err
	}
	a.restore.mu.Lock()
	a.restore.remove()
	a.restore.finished = &RestoreState{Account: &account, Open: open, Added: restored.Messages, Unsent: restored.Unsent}
	a.restore.mu.Unlock()
	return nil
}

// putBack adds what was unpacked to the open account, if it is that one's, or
// puts it into an account's folder, which nobody opens meanwhile.
func (a *App) putBack(ctx context.Context, u *engine.Unpacked, account session.Account, to string, progress func(done, total int64)) (open bool, restored engine.Restored, err error) {
	release, err := a.take(ctx)
	if err != nil {
		return false, restored, err
	}
	if r, letGo := a.hold(); r != nil && r.opened.Account.ID == account.ID {
		release()
		defer letGo()
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		defer context.AfterFunc(r.alive, cancel)()
		restored, err = r.engine.Restore(ctx, u, progress)
		return true, restored, err
	} else {
		letGo()
	}
	defer release()
	if restored, err = u.PutInto(ctx, to, progress); err != nil {
		return false, restored, err
	}
	if err := a.session.Show(ctx, account.ID); err != nil {
		return false, restored, err
	}
	a.feed.push(Event{Kind: EventAuth})
	return false, restored, nil
}
