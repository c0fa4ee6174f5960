package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"

	_ "github.com/glebarez/go-sqlite" // Pinned here: an older one than its SQLite stores a nil []byte as an empty blob.
	"github.com/glebarez/sqlite"
	"github.com/pressly/goose/v3"
	"gorm.io/gorm"
)

// pageBytes is SQLite's page size, which Options.MaxBytes is counted in.
const pageBytes = 4096

// readers is how many connections read a SQLite file at once.
const readers = 4

func (s *Store) openSQLite(ctx context.Context, path string, opt Options) error {
	path, err := filepath.Abs(path)
	if err != nil {
		return fmt.Errorf("open database: %w", err)
	}
	if err := createPrivate(path); err != nil {
		return fmt.Errorf("open database: %w", err)
	}
	write := "&_txlock=immediate"
	if opt.MaxBytes > 0 {
		write += fmt.Sprintf("&_pragma=max_page_count(%d)", max(opt.MaxBytes/pageBytes, 1))
	}
	if s.writer, err = dialSQLite(path, 1, write); err != nil {
		return err
	}
	if s.reader, err = dialSQLite(path, readers, "&_pragma=query_only(1)"); err != nil {
		return err
	}
	return s.migrate(ctx, path, goose.DialectSQLite3, "migrations/sqlite")
}

// createPrivate makes the file if it is missing, readable by its owner alone.
// SQLite gives the files beside it the same mode.
func createPrivate(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return f.Close()
}

func dialSQLite(path string, conns int, more string) (*gorm.DB, error) {
	dsn := "file:" + (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath() +
		"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=busy_timeout(5000)" +
		"&_pragma=foreign_keys(1)&_pragma=cache_size(-16000)&_pragma=mmap_size(268435456)" +
		"&_pragma=temp_store(2)&_pragma=journal_size_limit(67108864)" + more
	db, err := gorm.Open(sqlite.Open(dsn), gormConfig())
	if err != nil {
		return nil, fmt.Errorf("open database %s: %w", path, err)
	}
	pool, err := db.DB()
	if err != nil {
		return nil, fmt.Errorf("open database %s: %w", path, err)
	}
	pool.SetMaxOpenConns(conns)
	pool.SetMaxIdleConns(conns)
	return db, nil
}
