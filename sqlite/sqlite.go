// Package sqlite opens SQLite files the way both the server and the app need
// them: private to their owner, in WAL mode, with connections that no ended
// context disturbs. It knows no table. It is the only package that imports the
// driver.
//
// The package starts no goroutine. What it returns is safe for concurrent use.
package sqlite

import (
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	dialect "github.com/glebarez/sqlite"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"
)

// Options configures Open. The zero value is one connection that writes.
type Options struct {
	Conns    int      // Most connections at a time. 0 means 1.
	ReadOnly bool     // Refuse to write. Otherwise transactions begin as writers.
	Pragmas  []string // Beyond those that every file has, such as "synchronous(FULL)".
}

// Open opens the file at path, which Create made. The pool that it returns
// runs no transaction of its own and logs nothing.
func Open(path string, opt Options) (*gorm.DB, error) {
	use := connector{
		name:      address(path, "rw"),
		pragmas:   []string{"foreign_keys(1)", "mmap_size(268435456)", "temp_store(2)"},
		immediate: !opt.ReadOnly,
	}
	if opt.ReadOnly {
		use.pragmas = append(use.pragmas, "query_only(1)")
	} else {
		use.pragmas = append(use.pragmas, "journal_mode(WAL)")
	}
	use.pragmas = append(use.pragmas, opt.Pragmas...)
	pool := sql.OpenDB(use)
	pool.SetMaxOpenConns(max(opt.Conns, 1))
	pool.SetMaxIdleConns(max(opt.Conns, 1))
	db, err := gorm.Open(dialect.Dialector{Conn: pool},
		&gorm.Config{SkipDefaultTransaction: true, DisableAutomaticPing: true, Logger: logger.Discard})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", path, err), pool.Close())
	}
	return db, nil
}

// address is the file at path as SQLite takes it, to be opened in a mode such
// as "ro".
func address(path, mode string) string {
	name := url.URL{
		Scheme: "file", Opaque: (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath(),
		RawQuery: url.Values{"mode": {mode}}.Encode(),
	}
	return name.String()
}

// Create makes the file at path if it is missing, readable by its owner alone.
// SQLite gives the files beside it the same mode.
func Create(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

// Close closes the pools; those that are nil it leaves out.
func Close(pools ...*gorm.DB) error {
	var errs []error
	for _, db := range pools {
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
