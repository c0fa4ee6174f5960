package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	gosqlite "github.com/glebarez/go-sqlite"
)

// interruptible opens connections of the driver as it is: an ended context
// stops the statement that runs, which nothing else may follow on that
// connection. It is for what takes seconds and has its connection to itself.
type interruptible struct{ name string }

// Driver implements driver.Connector.
func (interruptible) Driver() driver.Driver { return &gosqlite.Driver{} }

// Connect implements driver.Connector.
func (c interruptible) Connect(context.Context) (driver.Conn, error) { return c.Driver().Open(c.name) }

// alone runs do on a connection of its own, which an ended context stops.
func alone(ctx context.Context, path string, pragmas []string, do func(*sql.Conn) error) (err error) {
	pool := sql.OpenDB(interruptible{address(path, url.Values{"mode": {"rw"}, "_pragma": append([]string{"busy_timeout(5000)"}, pragmas...)})})
	defer func() { err = errors.Join(err, pool.Close()) }()
	conn, err := pool.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	return do(conn)
}

// Fault is what a check found wrong with a file.
type Fault struct {
	Lines []string // SQLite's own words, the first few.
}

// Check reads the file at path, which others may be writing to, and returns
// what is wrong with it, or nil. A thorough one also compares every index with
// its table. With tables, it looks at these alone. An ended context stops it
// within a moment.
func Check(ctx context.Context, path string, thorough bool, tables ...string) (*Fault, error) {
	pragma := "quick_check"
	if thorough {
		pragma = "integrity_check"
	}
	queries := []string{"PRAGMA " + pragma}
	if len(tables) > 0 {
		queries = nil
		for _, t := range tables {
			queries = append(queries, "PRAGMA "+pragma+"("+Quote(t)+")")
		}
	}
	var lines []string
	err := alone(ctx, path, []string{"query_only(1)"}, func(c *sql.Conn) error {
		for _, q := range queries {
			found, err := column(ctx, c, q)
			if err != nil {
				return err
			}
			lines = append(lines, found...)
		}
		return nil
	})
	var wrong []string
	for _, l := range lines {
		if l != "ok" {
			wrong = append(wrong, l)
		}
	}
	switch {
	case Broken(err):
		return &Fault{Lines: append(wrong, err.Error())}, nil
	case err != nil:
		return nil, fmt.Errorf("check %s: %w", path, err)
	case len(wrong) > 0:
		return &Fault{Lines: wrong[:min(len(wrong), 5)]}, nil
	}
	return nil, nil
}

// Tables returns the names of the file's ordinary tables, without those that
// begin with one of some prefixes.
func Tables(ctx context.Context, path string, without ...string) (names []string, err error) {
	err = alone(ctx, path, []string{"query_only(1)"}, func(c *sql.Conn) error {
		found, err := column(ctx, c, "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name")
		for _, name := range found {
			if !hasPrefix(name, without) {
				names = append(names, name)
			}
		}
		return err
	})
	return names, err
}

func hasPrefix(s string, prefixes []string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}

// column returns the first column of a query's rows.
func column(ctx context.Context, c *sql.Conn, query string) (out []string, err error) {
	rows, err := c.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return out, err
		}
		out = append(out, s)
	}
	return out, rows.Err()
}

// Copy writes what is committed in the file at path, which others may be
// writing to, to a new file that must not exist: compact, on the disk when Copy
// returns, and readable by its owner alone. One that could not be finished is
// removed.
func Copy(ctx context.Context, path, to string) (err error) {
	if err := Create(to); err != nil { // It takes an empty file, whose mode it keeps.
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(to))
		}
	}()
	err = alone(ctx, path, nil, func(c *sql.Conn) error {
		_, err := c.ExecContext(ctx, "VACUUM INTO ?", to)
		return err
	})
	if err != nil {
		return fmt.Errorf("copy %s: %w", path, err)
	}
	return Sync(to)
}

// Sync waits until a file is on the disk, and its name in its folder.
func Sync(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

// Exec runs statements on the file at path, on a connection of its own that an
// ended context stops.
func Exec(ctx context.Context, path string, statements ...string) error {
	return alone(ctx, path, nil, func(c *sql.Conn) error {
		for _, s := range statements {
			if _, err := c.ExecContext(ctx, s); err != nil {
				return err
			}
		}
		return nil
	})
}

// Suffixes are what SQLite adds to a file's name for the files beside it, and
// "" for the file itself, which is last.
func Suffixes() []string { return []string{"-wal", "-shm", "-journal", ""} }

// Broken reports whether err says that a file is no sound database.
func Broken(err error) bool {
	primary, _ := Codes(err)
	return primary == Corrupt || primary == NotADB
}

// Quote returns a name as SQL takes it.
func Quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }
