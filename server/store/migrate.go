package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"

	"mychat/sqlite"
)

//go:embed migrations
var migrations embed.FS

// migrationTries covers two processes that open one new SQLite file at the
// same moment: the second finds the tables of the first and looks again.
const migrationTries = 3

// migrate brings the schema up to date. On PostgreSQL an advisory lock makes
// nodes that start together wait for the first.
func (s *Store) migrate(ctx context.Context, name string) error {
	folder := "sqlite"
	if s.pg {
		folder = "postgres"
	}
	files, err := fs.Sub(migrations, "migrations/"+folder)
	if err != nil {
		return err
	}
	pool, err := s.writer.DB()
	if err != nil {
		return err
	}
	opts := []goose.ProviderOption{goose.WithDisableGlobalRegistry(true), goose.WithLogger(goose.NopLogger())}
	dialect, tries := goose.DialectPostgres, 1
	if s.pg {
		opts = append(opts, goose.WithSessionLocker(migrationLock{}))
	} else {
		had, err := sqlite.Versions()
		if err != nil {
			return err
		}
		opts = append(opts, goose.WithStore(had))
		dialect, tries = goose.DialectCustom, migrationTries
	}
	p, err := goose.NewProvider(dialect, pool, files, opts...)
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	sources := p.ListSources()
	known := sources[len(sources)-1].Version
	for range tries {
		var current int64
		if current, err = p.GetDBVersion(ctx); err != nil {
			continue
		}
		if current > known {
			return fmt.Errorf("open database %s: schema %d, this build knows %d: %w", name, current, known, ErrNewer)
		}
		if _, err = p.Up(ctx); err == nil {
			return nil
		}
	}
	return classify(fmt.Errorf("migrate database %s: %w", name, err))
}

// migrationLock is an advisory lock of PostgreSQL, one for each schema, that is
// waited for and not polled. It implements goose's lock.SessionLocker.
type migrationLock struct{}

// migrationLockClass tells this lock from others that share the database.
const migrationLockClass = 0x6d796368

func (migrationLock) SessionLock(ctx context.Context, conn *sql.Conn) error {
	_, err := conn.ExecContext(ctx, `SELECT pg_advisory_lock($1, hashtext(current_schema()))`, migrationLockClass)
	return err
}

func (migrationLock) SessionUnlock(ctx context.Context, conn *sql.Conn) error {
	_, err := conn.ExecContext(ctx, `SELECT pg_advisory_unlock($1, hashtext(current_schema()))`, migrationLockClass)
	return err
}
