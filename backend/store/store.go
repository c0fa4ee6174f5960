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
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"time"

	// SQLite's driver, named so that its pinned version is part of the build.
	_ "github.com/glebarez/go-sqlite"
	"github.com/glebarez/sqlite"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"
	"mychat/protocol"
)

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
	path := filepath.Join(opt.Dir, FileName)
	if err := prepare(opt.Dir, path); err != nil {
		return nil, fmt.Errorf("prepare %s: %w", path, err)
	}
	s := &Store{self: opt.Me.Profile.ID, now: opt.Now}
	if err := s.open(ctx, path); err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", path, Explain(err)), s.Close())
	}
	if err := s.adopt(ctx, opt.Me); err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", path, err), s.Close())
	}
	return s, nil
}

// prepare makes the folder and the file, readable by nobody else. SQLite gives
// the files beside it the same mode.
func prepare(dir, path string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	if err := os.Chmod(dir, 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(f.Chmod(0o600), f.Close())
}

func (s *Store) open(ctx context.Context, path string) error {
	current, err := checkVersion(ctx, path)
	if err != nil {
		return err
	}
	s.writer, err = connect(path, 1, "&_txlock=immediate",
		"journal_mode(WAL)", "synchronous(NORMAL)", "cache_size(-16000)", "secure_delete(1)", "journal_size_limit(67108864)")
	if err != nil {
		return err
	}
	if !current {
		if err := migrate(ctx, s.writer); err != nil {
			return err
		}
	}
	s.reader, err = connect(path, 4, "", "query_only(1)", "cache_size(-2000)")
	return err
}

// connect opens a pool of connections with the given pragmas.
func connect(path string, conns int, query string, pragmas ...string) (*gorm.DB, error) {
	dsn := "file:" + (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath() +
		"?_pragma=busy_timeout(5000)&_pragma=foreign_keys(1)&_pragma=mmap_size(268435456)&_pragma=temp_store(2)"
	for _, p := range pragmas {
		dsn += "&_pragma=" + p
	}
	db, err := gorm.Open(sqlite.Open(dsn+query), &gorm.Config{
		SkipDefaultTransaction: true,
		Logger:                 logger.Discard,
	})
	if err != nil {
		return nil, err
	}
	pool, err := db.DB()
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(conns)
	pool.SetMaxIdleConns(conns)
	return db, nil
}

// Close closes the database. No other method may run or be called afterwards.
func (s *Store) Close() error {
	var errs []error
	for _, db := range []*gorm.DB{s.reader, s.writer} {
		if db == nil {
			continue
		}
		pool, err := db.DB()
		if err == nil {
			err = pool.Close()
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

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
// commit. Nothing of a failed one is kept or announced. do may run again.
func (s *Store) write(ctx context.Context, do func(*tx) error) error {
	var t *tx
	err := undisturbed(ctx, func() error {
		t = &tx{store: s}
		return s.writer.WithContext(ctx).Transaction(func(db *gorm.DB) error {
			t.db = db
			return do(t)
		})
	})
	if err != nil {
		return Explain(err)
	}
	if !t.change.empty() {
		s.feeds.announce(t.change)
	}
	return nil
}

// undisturbed runs do again when SQLite says that it was interrupted and ctx
// did not end: the driver can hit a connection's next statement when it
// interrupts one whose context ended just as it finished.
func undisturbed(ctx context.Context, do func() error) error {
	const attempts = 3
	for range attempts - 1 {
		if err := do(); !interrupted(err) || ctx.Err() != nil {
			return err
		}
	}
	return do()
}

// read runs do on the readers' connections. do may run again.
func (s *Store) read(ctx context.Context, do func(*gorm.DB) error) error {
	return Explain(undisturbed(ctx, func() error { return do(s.reader.WithContext(ctx)) }))
}

// snapshot runs do on one state of the database, whatever is written
// meanwhile. do may run again.
func (s *Store) snapshot(ctx context.Context, do func(*gorm.DB) error) error {
	return Explain(undisturbed(ctx, func() error {
		return s.reader.WithContext(ctx).Transaction(do, &sql.TxOptions{ReadOnly: true})
	}))
}
