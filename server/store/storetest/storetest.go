// Package storetest opens real databases for tests: SQLite files in the test's
// temporary folder, and schemas of a running PostgreSQL where the environment
// names one. Background runs what works on them, and ends it with the test.
package storetest

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // The driver that makes and drops schemas.

	"mychat/server/store"
)

// Env names the environment variable that holds the postgres:// URL of a
// database in which tests may make and drop schemas.
const Env = "MYCHAT_TEST_POSTGRES"

// Open returns a SQLite store in t's temporary folder, closed when t ends.
func Open(t testing.TB) *store.Store {
	t.Helper()
	return OpenDSN(t, SQLite(t))
}

// Each runs test on SQLite and, when Env is set, on PostgreSQL in a schema of
// its own that is dropped when t ends.
func Each(t *testing.T, test func(t *testing.T, st *store.Store)) {
	EachDSN(t, func(t *testing.T, dsn string) { test(t, OpenDSN(t, dsn)) })
}

// EachDSN is Each for tests that open the database themselves.
func EachDSN(t *testing.T, test func(t *testing.T, dsn string)) {
	t.Run("sqlite", func(t *testing.T) { test(t, SQLite(t)) })
	if os.Getenv(Env) != "" {
		t.Run("postgres", func(t *testing.T) { test(t, Postgres(t)) })
	}
}

// OpenDSN opens a store that is closed when t ends.
func OpenDSN(t testing.TB, dsn string) *store.Store {
	t.Helper()
	st, err := store.Open(t.Context(), dsn, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := st.Close(); err != nil {
			t.Errorf("close store: %v", err)
		}
	})
	return st
}

// Background runs a service's Run until t ends.
func Background(t testing.TB, run func(context.Context) error) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	done := make(chan error, 1)
	go func() { done <- run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("background: %v", err)
		}
	})
}

// SQLite returns the path of a database file that is not there yet.
func SQLite(t testing.TB) string { return filepath.Join(t.TempDir(), "server.db") }

// Postgres returns the URL of an empty schema that is dropped when t ends. It
// skips t when Env is not set.
func Postgres(t testing.TB) string {
	t.Helper()
	base := os.Getenv(Env)
	if base == "" {
		t.Skip(Env + " is not set")
	}
	u, err := url.Parse(base)
	if err != nil {
		t.Fatalf("%s: %v", Env, err)
	}
	db, err := sql.Open("pgx", base)
	if err != nil {
		t.Fatal(err)
	}
	schema := fmt.Sprintf("test_%d", store.NewID(time.Now()))
	if _, err := db.ExecContext(t.Context(), "CREATE SCHEMA "+schema); err != nil {
		t.Fatalf("create schema: %v", err)
	}
	t.Cleanup(func() {
		_, err := db.ExecContext(context.WithoutCancel(t.Context()), "DROP SCHEMA "+schema+" CASCADE")
		if err != nil {
			t.Errorf("drop schema: %v", err)
		}
		if err := db.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	q := u.Query()
	q.Set("search_path", schema)
	u.RawQuery = q.Encode()
	return u.String()
}
