// Package store is one account's local database: what this device knows of
// conversations, messages and contacts, what it owes the server, and from
// where to sync. It is the only source of what the screen shows.
//
// Rows are private; callers see the types of view.go and of protocol. Every
// write is one transaction, and after its commit a Change goes to the feeds.
// The package starts no goroutine, talks to no network and never logs text.
//
// A Store is safe for concurrent use. Writers take turns on one connection;
// readers have their own and see the last commit.
package store

import (
	"context"
	"database/sql"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"gorm.io/gorm"

	"mychat/protocol"
	"mychat/sqlite"
)

// readers is how many connections read at once.
const readers = 4

// FileName is the database's name in the account's folder.
const FileName = "account.db"

// Options configures Open. Dir and Me.Profile.ID are required.
type Options struct {
	Dir string           // The account's folder; made 0700 if it is missing.
	Me  protocol.Me      // Whose data it is. Kept when the database is made, or when it says more than an id.
	Now func() time.Time // Nil means time.Now. Orders nothing.
}

// Store is one account's local database.
type Store struct {
	self   string // The account's user id.
	now    func() time.Time
	writer *gorm.DB
	reader *gorm.DB
	feeds  feeds
}

// Open opens the database, makes it if it is missing, and brings its schema up
// to date. What was on its way to the server when the program last ended is
// queued again. The error is a *NewerError when a newer version wrote it, and
// ErrOtherUser when it is not of Me; then nothing was changed.
func Open(ctx context.Context, opt Options) (*Store, error) {
	if opt.Me.Profile.ID == "" {
		return nil, errors.New("open store: whose it is is not said")
	}
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if err := errors.Join(os.MkdirAll(opt.Dir, 0o700), os.Chmod(opt.Dir, 0o700)); err != nil {
		return nil, fmt.Errorf("prepare %s: %w", opt.Dir, err)
	}
	path := filepath.Join(opt.Dir, FileName)
	s := &Store{self: opt.Me.Profile.ID, now: opt.Now}
	if err := s.open(ctx, path); err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", path, Explain(err)), s.Close())
	}
	if err := s.adopt(ctx, opt.Me); err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", path, err), s.Close())
	}
	return s, nil
}

//go:embed migrations/*.sql
var migrations embed.FS

func (s *Store) open(ctx context.Context, path string) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	s.writer, err = sqlite.OpenAt(ctx, path, files, sqlite.Options{
		Pragmas: []string{"synchronous(NORMAL)", "cache_size(-16000)", "secure_delete(1)", "journal_size_limit(67108864)"},
	})
	if err != nil {
		return err
	}
	s.reader, err = sqlite.Open(path, sqlite.Options{Conns: readers, ReadOnly: true, Pragmas: []string{"cache_size(-2000)"}})
	return err
}

// Close closes the database. No other method may run or be called afterwards.
func (s *Store) Close() error { return sqlite.Close(s.reader, s.writer) }

// Subscribe returns a Feed of every commit from now on.
func (s *Store) Subscribe() *Feed { return s.feeds.subscribe() }

// Self returns the account's user id.
func (s *Store) Self() string { return s.self }

// adopt writes whose database this is and takes back what was on its way.
func (s *Store) adopt(ctx context.Context, me protocol.Me) error {
	encoded, err := json.Marshal(me)
	if err != nil {
		return fmt.Errorf("encode me: %w", err)
	}
	return s.write(ctx, func(tx *tx) error {
		row := accountRow{ID: 1, UserID: s.self, Me: string(encoded)}
		err := tx.db.Take(&row).Error
		switch {
		case errors.Is(err, gorm.ErrRecordNotFound):
			err = tx.db.Create(&row).Error
		case err == nil && row.UserID != s.self:
			return ErrOtherUser
		case err == nil && me.Profile.Username != "":
			err = tx.db.Model(&row).Update("me", string(encoded)).Error
		}
		if err != nil {
			return err
		}
		return tx.db.Model(&messageRow{}).Where("seq = 0 AND status = ?", StatusSending).
			Update("status", StatusQueued).Error
	})
}

// tx is one writing transaction and what it changed.
type tx struct {
	db     *gorm.DB
	store  *Store
	change Change
}

// write runs do in a transaction and announces what it changed after the
// commit. Nothing of a failed one is kept or announced.
func (s *Store) write(ctx context.Context, do func(*tx) error) error {
	t := &tx{store: s}
	err := s.writer.WithContext(ctx).Transaction(func(db *gorm.DB) error {
		t.db = db
		return do(t)
	})
	if err != nil {
		return Explain(err)
	}
	if !t.change.empty() {
		s.feeds.announce(t.change)
	}
	return nil
}

// read runs do on the readers' connections.
func (s *Store) read(ctx context.Context, do func(*gorm.DB) error) error {
	return Explain(do(s.reader.WithContext(ctx)))
}

// snapshot runs do on one state of the database, whatever is written meanwhile.
func (s *Store) snapshot(ctx context.Context, do func(*gorm.DB) error) error {
	return Explain(s.reader.WithContext(ctx).Transaction(do, &sql.TxOptions{ReadOnly: true}))
}
