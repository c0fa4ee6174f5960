package store

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"strings"
	"sync"

	"gorm.io/gorm"

	"mychat/sqlite"
)

// ErrNewer is returned by Open for a database that a later version of the
// server has written.
var ErrNewer = errors.New("the database was written by a newer version of MyChat")

// Options configures Open. The zero value is ready to use.
type Options struct {
	// MaxBytes is how far a SQLite file may grow; beyond it writes fail with
	// protocol.ErrUnavailable until something is deleted. 0 means no limit.
	MaxBytes int64

	Log *slog.Logger // Nil means slog.Default.
}

// Store is an open database. All methods are safe for concurrent use.
type Store struct {
	writer *gorm.DB // On SQLite one connection, whose transactions begin as writers.
	reader *gorm.DB // On SQLite read-only connections; on PostgreSQL the same as writer.
	pg     bool
	log    *slog.Logger

	schemas sync.Map // What gorm knows of the structs that rows are read into.
}

// pgConns bounds the connections of one node to PostgreSQL.
const pgConns = 16

// Open opens the database that dsn names and brings its schema up to date. A
// dsn beginning with postgres:// or postgresql:// is PostgreSQL; anything else
// is the path of a SQLite file, made if missing. A database written by a later
// version of the server is refused with ErrNewer and left as it is.
func Open(ctx context.Context, dsn string, opt Options) (*Store, error) {
	if opt.Log == nil {
		opt.Log = slog.Default()
	}
	s := &Store{pg: IsPostgres(dsn), log: opt.Log}
	open := s.openSQLite
	if s.pg {
		open = s.openPostgres
	}
	if err := open(ctx, dsn, opt); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// IsPostgres reports whether Open takes dsn for PostgreSQL.
func IsPostgres(dsn string) bool {
	return strings.HasPrefix(dsn, "postgres://") || strings.HasPrefix(dsn, "postgresql://")
}

// Close closes all connections.
func (s *Store) Close() error {
	if s.reader == s.writer {
		return sqlite.Close(s.writer)
	}
	return sqlite.Close(s.writer, s.reader)
}

// Ping reports whether the database can be read and locked for writing now. It
// waits for the transaction in hand, if there is one.
func (s *Store) Ping(ctx context.Context) error {
	return s.Write(ctx, func(tx *Tx) error {
		_, err := many[int](tx, `SELECT 1 FROM journal_counter LIMIT 1`)
		return err
	})
}

// Tx answers questions and, inside Store.Write, changes rows. It is not safe
// for concurrent use and not valid after its function returned.
type Tx struct {
	db      *gorm.DB
	pg      bool
	schemas *sync.Map // See cells.
	commit  []func()
}

// OnCommit makes f run after the transaction is committed, before Store.Write
// returns; never if it is rolled back. Functions run in the order given.
func (tx *Tx) OnCommit(f func()) { tx.commit = append(tx.commit, f) }

// attempts is how often Write runs a transaction that PostgreSQL gave up for
// the sake of another one.
const attempts = 5

// Write runs fn in a transaction and commits it if fn returns nil. fn may run
// several times and must keep no result of a run that was not the last.
//
// An error of fn is returned as it is, unless the database is to blame: that
// it is locked, full or gone becomes protocol.ErrUnavailable, and a row that
// exists already ErrConflict. After an error of the commit itself, the
// transaction may be there or not.
func (s *Store) Write(ctx context.Context, fn func(tx *Tx) error) error {
	var err error
	for range attempts {
		tx := &Tx{pg: s.pg, schemas: &s.schemas}
		err = s.writer.WithContext(ctx).Transaction(func(db *gorm.DB) error {
			tx.db = db
			return fn(tx)
		})
		if err == nil {
			for _, f := range tx.commit {
				f()
			}
			return nil
		}
		if !contended(err) {
			break
		}
	}
	return classify(err)
}

// Snapshot runs fn on one unchanging state of the database.
func (s *Store) Snapshot(ctx context.Context, fn func(tx *Tx) error) error {
	opt := &sql.TxOptions{ReadOnly: true}
	if s.pg {
		opt.Isolation = sql.LevelRepeatableRead
	}
	return classify(s.reader.WithContext(ctx).Transaction(func(db *gorm.DB) error {
		return fn(&Tx{db: db, pg: s.pg, schemas: &s.schemas})
	}, opt))
}

// Reader returns a Tx that reads outside any transaction.
func (s *Store) Reader(ctx context.Context) *Tx {
	return &Tx{db: s.reader.WithContext(ctx), pg: s.pg, schemas: &s.schemas}
}
