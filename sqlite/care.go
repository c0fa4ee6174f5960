package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// alone runs do on a connection of its own, where an ended context stops the
// statement that runs. It is for what takes seconds.
func alone(ctx context.Context, path string, pragmas []string, do func(*conn) error) (err error) {
	c, err := connector{name: address(path, "rw"), pragmas: pragmas}.open()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	c.native.SetInterrupt(ctx.Done())
	if err = do(c); ctx.Err() != nil && err != nil {
		err = fmt.Errorf("%w: %w", context.Cause(ctx), err)
	}
	return err
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
	err := alone(ctx, path, []string{"query_only(1)"}, func(c *conn) error {
		for _, q := range queries {
			found, err := column(c, q)
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
	err = alone(ctx, path, []string{"query_only(1)"}, func(c *conn) error {
		found, err := column(c, "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name")
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

// column returns the first column of a query's rows, as texts.
func column(c *conn, query string) (out []string, err error) {
	s, _, err := c.take(query)
	if err != nil {
		return nil, err
	}
	defer c.release(s)
	for {
		if row, err := s.Step(); err != nil || !row {
			return out, err
		}
		out = append(out, s.ColumnText(0))
	}
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
	err = alone(ctx, path, nil, func(c *conn) error {
		return c.exec("VACUUM INTO ?", []driver.NamedValue{{Ordinal: 1, Value: to}})
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
	return alone(ctx, path, nil, func(c *conn) error {
		for _, s := range statements {
			if err := c.exec(s, nil); err != nil {
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
