package engine

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"mychat/backend/archive"
	"mychat/backend/store"
	"mychat/protocol"
)

// Manifest is what a backup says of itself.
type Manifest = archive.Manifest

// CheckPassphrase returns an error that names the field unless p may protect a
// backup.
func CheckPassphrase(p string) error { return archive.CheckPassphrase(p) }

// Backup writes all that is here into one file in the folder that place
// returns, which the passphrase opens. app is what this build calls itself.
func (e *Engine) Backup(place Place, passphrase, app string) (Job, error) {
	if err := CheckPassphrase(passphrase); err != nil {
		return Job{}, err
	}
	return e.jobs.Begin(JobBackup, place, func(ctx context.Context, dir string, progress func(done, total int64)) (string, error) {
		return archive.Backup(ctx, e.store, dir, archive.BackupOptions{
			Passphrase: passphrase, Server: e.server, App: app, Now: e.now(), Progress: progress,
		})
	})
}

// BackedUp returns when the last backup was made; 0 means never.
func (e *Engine) BackedUp(ctx context.Context) (int64, error) { return e.store.BackedUp(ctx) }

// ExplainWrite adds to an error of writing a file what ProblemOf knows it by.
func ExplainWrite(err error) error { return archive.ExplainWrite(err) }

// ReadBackup returns what a backup says of itself.
func ReadBackup(path, passphrase string) (Manifest, error) {
	b, err := archive.OpenBackup(path, passphrase)
	if err != nil {
		return Manifest{}, err
	}
	return b.Manifest, b.Close()
}

// Restored says what a restored backup brought.
type Restored struct {
	Messages int64 // Entries that were not here before.
	Unsent   int64 // Own messages that were not sent, for the user to decide about.
}

// Unpacked is a backup whose database is ready to be put in place.
type Unpacked struct {
	Manifest Manifest
	dir      string
	store    *store.Store
}

// Unpack unpacks a backup into a folder that is made for it and brings its
// database up to date. The file is not changed. Close removes the folder.
func Unpack(ctx context.Context, path, passphrase, dir string, progress func(done, total int64)) (*Unpacked, error) {
	b, err := archive.OpenBackup(path, passphrase)
	if err != nil {
		return nil, err
	}
	u, err := unpack(ctx, b, dir, progress)
	err = errors.Join(err, b.Close())
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return u, nil
}

func unpack(ctx context.Context, b *archive.OpenedBackup, dir string, progress func(done, total int64)) (*Unpacked, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("unpack the backup: %w", err)
	}
	m := b.Manifest
	path := filepath.Join(dir, store.FileName)
	if err := b.Extract(ctx, path, progress); err != nil {
		return nil, err
	}
	contents, err := store.ReadContents(ctx, path)
	switch {
	case errors.Is(err, store.ErrNewer):
		return nil, fmt.Errorf("%w: %w", archive.ErrNewerBackup, err)
	case errors.Is(err, store.ErrForeign), err == nil && contents.UserID != m.User.ID:
		return nil, fmt.Errorf("%w: the database in it is another one (%w)", archive.ErrBadBackup, orNone(err))
	case err != nil:
		return nil, fmt.Errorf("look into the backup: %w", store.Explain(err))
	}
	s, err := store.Open(ctx, store.Options{Dir: dir, Me: protocol.Me{Profile: protocol.Profile{ID: m.User.ID}}})
	if err != nil {
		return nil, fmt.Errorf("unpack the backup: %w", err)
	}
	if err := s.Settle(ctx, m.MadeMS); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return &Unpacked{Manifest: m, dir: dir, store: s}, nil
}

func orNone(err error) error {
	if err == nil {
		return errors.New("of somebody else")
	}
	return err
}

// PutInto puts what was unpacked in place as the data of an account that is not
// open. Where the account has data already, that stays, and what it lacks is
// added. It is called once.
func (u *Unpacked) PutInto(ctx context.Context, dir string, progress func(done, total int64)) (Restored, error) {
	r, err := u.putInto(ctx, dir, progress)
	if err != nil {
		return r, fmt.Errorf("restore: %w", err)
	}
	return r, nil
}

func (u *Unpacked) putInto(ctx context.Context, dir string, progress func(done, total int64)) (Restored, error) {
	there, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return Restored{}, err
	}
	if len(there) > 0 {
		s, err := store.Open(ctx, store.Options{Dir: dir, Me: protocol.Me{Profile: protocol.Profile{ID: u.Manifest.User.ID}}})
		if err != nil {
			return Restored{}, err
		}
		merged, err := s.Merge(ctx, u.store, progress)
		return Restored(merged), errors.Join(err, s.Close())
	}
	unsent, err := u.store.Unsent(ctx)
	if err != nil {
		return Restored{}, err
	}
	err = u.store.Close()
	u.store = nil
	if err != nil {
		return Restored{}, err
	}
	if err := os.Remove(dir); err != nil && !errors.Is(err, os.ErrNotExist) {
		return Restored{}, err
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o700); err != nil {
		return Restored{}, err
	}
	// All at once: there is no account with half of its data.
	return Restored{Messages: u.Manifest.Messages, Unsent: unsent}, os.Rename(u.dir, dir)
}

// Close removes what is left of the unpacked backup.
func (u *Unpacked) Close() error {
	var err error
	if u.store != nil {
		err = u.store.Close()
		u.store = nil
	}
	return errors.Join(err, os.RemoveAll(u.dir))
}

// Restore adds to the engine's data what an unpacked backup of the same account
// has and it lacks.
func (e *Engine) Restore(ctx context.Context, u *Unpacked, progress func(done, total int64)) (Restored, error) {
	merged, err := e.store.Merge(ctx, u.store, progress)
	e.inbox.Look() // What lies between is the server's to bring.
	return Restored(merged), err
}
