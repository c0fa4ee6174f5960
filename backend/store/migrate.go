package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"

	"github.com/pressly/goose/v3"
	"gorm.io/gorm"
)

//go:embed migrations/*.sql
var migrations embed.FS

// newProvider returns the migrations of this build for a database.
func newProvider(db *sql.DB) (*goose.Provider, error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(goose.DialectSQLite3, db, files, goose.WithDisableGlobalRegistry(true))
}

// migrate brings the schema up to date.
func migrate(ctx context.Context, db *gorm.DB) error {
	pool, err := db.DB()
	if err != nil {
		return err
	}
	p, err := newProvider(pool)
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

// newest is the schema version of this build.
func newest() (int64, error) {
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return 0, err
	}
	var known int64
	for _, name := range names {
		v, err := goose.NumericComponent(name)
		if err != nil {
			return 0, err
		}
		known = max(known, v)
	}
	return known, nil
}

// checkVersion reports whether the database at path has this build's schema.
// It reads only, so that a database from a newer version stays as it is.
func checkVersion(ctx context.Context, path string) (current bool, err error) {
	known, err := newest()
	if err != nil {
		return false, err
	}
	if info, err := os.Stat(path); err != nil || info.Size() == 0 {
		return false, err
	}
	dsn := "file:" + (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath() + "?mode=ro&_pragma=busy_timeout(5000)&_pragma=query_only(1)"
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	var tables int
	const exists = "SELECT count(*) FROM sqlite_master WHERE name = 'goose_db_version'"
	if err := db.QueryRowContext(ctx, exists).Scan(&tables); err != nil || tables == 0 {
		return false, err
	}
	var found int64
	const version = "SELECT coalesce(max(version_id), 0) FROM goose_db_version"
	if err := db.QueryRowContext(ctx, version).Scan(&found); err != nil {
		return false, err
	}
	if found > known {
		return false, &NewerError{Path: path, Found: found, Known: known}
	}
	return found == known, nil
}
