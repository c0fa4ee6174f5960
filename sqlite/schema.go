package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"
	"gorm.io/gorm"
)

// ErrNewer says that a newer version of the program wrote the file. It was not
// touched. The error is a *NewerError.
var ErrNewer = errors.New("the local data was written by a newer version")

// NewerError says which version was found and which is known.
type NewerError struct {
	Path  string
	Found int64 // The schema version of the file.
	Known int64 // The newest schema version of this build.
}

// Error implements error.
func (e *NewerError) Error() string {
	return fmt.Sprintf("%s has schema version %d, this version knows up to %d", e.Path, e.Found, e.Known)
}

// Is makes errors.Is(err, ErrNewer) hold.
func (e *NewerError) Is(target error) bool { return target == ErrNewer }

// OpenAt makes the file at path if it is missing, opens it as opt says, which
// must let it write, and brings its schema up to that of the numbered files in
// migrations. One with a schema from the future is left untouched and reported
// as a *NewerError.
func OpenAt(ctx context.Context, path string, migrations fs.FS, opt Options) (*gorm.DB, error) {
	known, err := Newest(migrations)
	if err != nil {
		return nil, fmt.Errorf("read migrations: %w", err)
	}
	found, err := version(ctx, path)
	if err != nil {
		return nil, fmt.Errorf("read the version of %s: %w", path, err)
	}
	if found > known {
		return nil, &NewerError{Path: path, Found: found, Known: known}
	}
	if err := Create(path); err != nil {
		return nil, err
	}
	db, err := Open(path, opt)
	if err != nil || found == known {
		return db, err
	}
	if err := migrate(ctx, db, migrations); err != nil {
		return nil, errors.Join(fmt.Errorf("migrate %s: %w", path, err), Close(db))
	}
	return db, nil
}

// Newest returns the number of the last of some migrations.
func Newest(migrations fs.FS) (int64, error) {
	names, err := fs.Glob(migrations, "*.sql")
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

// version returns the schema version of the file at path, 0 for one that is
// missing or new. It only reads.
func version(ctx context.Context, path string) (found int64, err error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) || err == nil && info.Size() == 0 {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	db := sql.OpenDB(connector{name: address(path, "ro"), pragmas: []string{"query_only(1)"}})
	defer func() { err = errors.Join(err, db.Close()) }()
	if exists, err := (versions{}).TableExists(ctx, db); err != nil || !exists {
		return 0, err
	}
	const number = "SELECT coalesce(max(version_id), 0) FROM goose_db_version"
	err = db.QueryRowContext(ctx, number).Scan(&found)
	return found, err
}

// versions is goose's table of the migrations that a file had.
type versions struct{ database.Store }

// Versions returns where goose finds in a file which migrations it had.
func Versions() (database.Store, error) {
	s, err := database.NewStore(database.DialectSQLite3, goose.DefaultTablename)
	return versions{s}, err
}

// TableExists implements database.StoreExtender: goose itself would look for a
// row and read its time, which is a text in the file.
func (versions) TableExists(ctx context.Context, db database.DBTxConn) (exists bool, err error) {
	const query = "SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE name = ?)"
	err = db.QueryRowContext(ctx, query, goose.DefaultTablename).Scan(&exists)
	return exists, err
}

func migrate(ctx context.Context, db *gorm.DB, migrations fs.FS) error {
	pool, err := db.DB()
	if err != nil {
		return err
	}
	had, err := Versions()
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(goose.DialectCustom, pool, migrations, goose.WithDisableGlobalRegistry(true), goose.WithStore(had))
	if err != nil {
		return err
	}
	_, err = p.Up(ctx)
	return err
}
