package store

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"gorm.io/gorm"
)

// statements are the texts of all that the tests of this package ran.
var statements struct {
	sync.Mutex
	texts map[string]struct{}
}

// note remembers the statements that db will run.
func note(t testing.TB, db *gorm.DB) {
	t.Helper()
	keep := func(db *gorm.DB) {
		statements.Lock()
		defer statements.Unlock()
		if statements.texts == nil {
			statements.texts = map[string]struct{}{}
		}
		statements.texts[db.Statement.SQL.String()] = struct{}{}
	}
	const name = "note"
	c := db.Callback()
	for _, err := range []error{
		c.Create().After("gorm:create").Register(name, keep),
		c.Query().After("gorm:query").Register(name, keep),
		c.Update().After("gorm:update").Register(name, keep),
		c.Delete().After("gorm:delete").Register(name, keep),
		c.Row().After("gorm:row").Register(name, keep),
		c.Raw().After("gorm:raw").Register(name, keep),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
}

var (
	// scanned is a step that reads a table, or an index over all of it, from end to end.
	scanned = regexp.MustCompile(`^SCAN (\S+)(?: USING COVERING INDEX (\S+))?$`)
	// tabled is a table, and perhaps another name for it.
	tabled = regexp.MustCompile("(?i)\\b(?:from|join|update)\\s+[`\"]?(\\w+)[`\"]?(?:\\s+(?:as\\s+)?(\\w+))?")
)

// large are the tables that grow with the history.
var large = []string{"message", "search_row", "own_mark"}

// small are the indexes of a part of a large table that stays small.
var small = []string{"message_unsent"}

// wholes are what may read a large table from end to end: what begins the
// journal anew, and what only tests ask.
var wholes = []string{
	"DELETE FROM own_mark WHERE useq < ?",
	"SELECT * FROM `own_mark` WHERE useq < ?",
	"UPDATE own_mark SET starred_ms = 0 WHERE useq < ?",
	"SELECT body FROM message",
	"SELECT count(*) FROM message WHERE body LIKE",
	"SELECT count(*) FROM search_row",
}

// scans returns those of the statements that read a large table from end to end.
func scans(db *gorm.DB, texts []string) ([]string, error) {
	var found []string
	for _, text := range texts {
		if strings.Contains(text, "owed") || slices.ContainsFunc(wholes, func(w string) bool { return strings.HasPrefix(text, w) }) {
			continue // Owed is of a second file, which is small.
		}
		var plan []struct{ Detail string }
		arguments := make([]any, strings.Count(text, "?"))
		if err := db.Raw("EXPLAIN QUERY PLAN "+text, arguments...).Scan(&plan).Error; err != nil {
			return nil, fmt.Errorf("explain %s: %w", text, err)
		}
		tables := map[string]string{}
		for _, n := range tabled.FindAllStringSubmatch(text, -1) {
			tables[n[2]], tables[n[1]] = n[1], n[1]
		}
		for _, step := range plan {
			m := scanned.FindStringSubmatch(step.Detail)
			if m != nil && slices.Contains(large, tables[m[1]]) && !slices.Contains(small, m[2]) {
				found = append(found, step.Detail+": "+text)
			}
		}
	}
	return found, nil
}

func TestMain(m *testing.M) {
	code := m.Run()
	if code == 0 {
		if err := noScans(context.Background()); err != nil {
			fmt.Println(err)
			code = 1
		}
	}
	os.Exit(code)
}

// noScans returns an error that names the statements, of all that the tests
// ran, which get slower with each message that is kept.
func noScans(ctx context.Context) (err error) {
	dir, err := os.MkdirTemp("", "mychat-plan-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	s, err := Open(ctx, Options{Dir: filepath.Join(dir, "account"), Me: me})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	found, err := scans(s.reader.WithContext(ctx), slices.Sorted(maps.Keys(statements.texts)))
	if err != nil || len(found) == 0 {
		return err
	}
	return fmt.Errorf("a large table is read from end to end:\n%s", strings.Join(found, "\n"))
}
