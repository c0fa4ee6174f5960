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
	"sync/atomic"
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
	dir    string // The account's folder.
	now    func() time.Time
	writer *gorm.DB
	reader *gorm.DB
	watch  *gorm.DB // One connection that tells whether the database changed; see commit.
	feeds  feeds

	owedBehind atomic.Bool // The second file lacks what the database has.

	unclean bool // It was not closed the last time.
	marked  bool // The mark that says so next time is set.
	damage  damage
	wrote   atomic.Int64 // When the last transaction was committed, in Unix nanoseconds.
}

// Open opens the database, makes it if it is missing, and brings its schema up
// to date. What was on its way to the server when the program last ended is
// queued again. A database that is damaged is set aside by name and replaced by
// the last good copy, or a new one; Healed tells of it. The error is a
// *NewerError when a newer version wrote it, and ErrOtherUser when it is not of
// Me; then nothing was changed.
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
	s := &Store{self: opt.Me.Profile.ID, dir: opt.Dir, now: opt.Now, damage: newDamage()}
	const attempts = 3 // The database, the copy, a new one.
	for attempt := 1; ; attempt++ {
		err := Explain(s.begin(ctx, opt.Me))
		if err == nil {
			return s, nil
		}
		err = errors.Join(fmt.Errorf("open %s: %w", s.file(FileName), err), s.close())
		if !errors.Is(err, ErrDamaged) || attempt == attempts {
			return nil, err
		}
		if err := s.writeOrder(order{Why: err.Error(), AtMS: s.now().UnixMilli()}); err != nil {
			return nil, fmt.Errorf("order to mend the local data: %w", Explain(err))
		}
	}
}

// begin opens the database once, after doing what an order says.
func (s *Store) begin(ctx context.Context, me protocol.Me) error {
	o, err := s.readOrder()
	if err != nil {
		return err
	}
	if o != nil {
		if err := s.heal(ctx, o); err != nil {
			return fmt.Errorf("mend it: %w", err)
		}
	}
	s.unclean = exists(s.file(markName))
	if err := s.open(ctx, s.file(FileName)); err != nil {
		return err
	}
	if err := s.adopt(ctx, me); err != nil {
		return err
	}
	if err := s.keepOwed(ctx, o != nil && o.How != HealedSearch, s.unclean); err != nil {
		return fmt.Errorf("keep what is owed: %w", err)
	}
	if err := s.requeue(ctx); err != nil {
		return err
	}
	if o != nil {
		if err := s.finishHeal(ctx, o); err != nil {
			return err
		}
	}
	s.marked = true
	return os.WriteFile(s.file(markName), nil, 0o600)
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
	if err != nil {
		return err
	}
	s.watch, err = sqlite.Open(path, sqlite.Options{ReadOnly: true})
	return err
}

// Close closes the database. No other method may run or be called afterwards.
func (s *Store) Close() error {
	if err := s.close(); err != nil || !s.marked {
		return err
	}
	s.marked = false
	return os.Remove(s.file(markName))
}

func (s *Store) close() error {
	err := sqlite.Close(s.watch, s.reader, s.writer)
	s.watch, s.reader, s.writer = nil, nil, nil
	return err
}

// Subscribe returns a Feed of every commit from now on.
func (s *Store) Subscribe() *Feed { return s.feeds.subscribe() }

// Self returns the account's user id.
func (s *Store) Self() string { return s.self }

// adopt writes whose database this is.
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
		return err
	})
}

// requeue takes back what was on its way.
func (s *Store) requeue(ctx context.Context) error {
	return s.write(ctx, func(tx *tx) error {
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
	err := s.commit(ctx, func(db *gorm.DB) error {
		t.db = db
		return do(t)
	})
	if err != nil {
		return s.explain(err)
	}
	s.wrote.Store(time.Now().UnixNano())
	if !t.change.empty() {
		s.feeds.announce(t.change)
	}
	return nil
}

// commit runs do in a transaction. A transaction of two files, as what is owed
// takes, is one of each file, the database first: where the disk is full, the
// database may have it and the second file not. Then it happened, and the second
// file catches up with the next transaction; or else somebody would be told that
// a message was not kept, and it would be sent.
func (s *Store) commit(ctx context.Context, do func(*gorm.DB) error) error {
	return s.writer.WithContext(ctx).Connection(func(db *gorm.DB) error { // Nobody else writes meanwhile.
		var before int64
		behind, decided := s.owedBehind.Load(), false
		err := db.Transaction(func(db *gorm.DB) error {
			if err := do(db); err != nil {
				return err
			}
			if behind {
				if err := fillOwed(db); err != nil {
					return fmt.Errorf("catch up with what is owed: %w", err)
				}
			}
			var err error
			before, err = s.version(ctx)
			decided = err == nil
			return err
		})
		switch {
		case err == nil && behind:
			s.owedBehind.Store(false)
		case err != nil && decided:
			after, unknown := s.version(context.WithoutCancel(ctx))
			if unknown != nil {
				return errors.Join(err, unknown)
			}
			if after != before {
				s.owedBehind.Store(true)
				return nil
			}
		}
		return err
	})
}

// version is a number that changes with each transaction of the database.
func (s *Store) version(ctx context.Context) (n int64, err error) {
	return n, s.watch.WithContext(ctx).Raw("PRAGMA data_version").Scan(&n).Error
}

// read runs do on the readers' connections.
func (s *Store) read(ctx context.Context, do func(*gorm.DB) error) error {
	return s.explain(do(s.reader.WithContext(ctx)))
}

// snapshot runs do on one state of the database, whatever is written meanwhile.
func (s *Store) snapshot(ctx context.Context, do func(*gorm.DB) error) error {
	return s.explain(s.reader.WithContext(ctx).Transaction(do, &sql.TxOptions{ReadOnly: true}))
}
