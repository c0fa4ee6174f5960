package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"testing"

	native "zombiezen.com/go/sqlite"
)

// dial opens a new file.
func dial(t *testing.T) *sql.DB {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a.db")
	if err := Create(path); err != nil {
		t.Fatal(err)
	}
	pool := sql.OpenDB(connector{name: address(path, "rw")})
	pool.SetMaxOpenConns(1)
	t.Cleanup(func() {
		if err := pool.Close(); err != nil {
			t.Error(err)
		}
	})
	return pool
}

// connection returns the connection of such a pool.
func connection(t *testing.T, pool *sql.DB) (c *conn) {
	t.Helper()
	taken, err := pool.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	if err := taken.Raw(func(raw any) error { c = raw.(*conn); return nil }); err != nil {
		t.Fatal(err)
	}
	return c
}

func exec(t *testing.T, pool *sql.DB, text string, args ...any) {
	t.Helper()
	if _, err := pool.ExecContext(t.Context(), text, args...); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
}

func TestValuesComeBackAsTheyWere(t *testing.T) {
	pool := dial(t)
	exec(t, pool, "CREATE TABLE item (v)")
	for _, v := range []any{
		nil, int64(0), int64(math.MinInt64), int64(math.MaxInt64), 0.5, math.Inf(1), "", "a\x00b", "你好 👋", "\xff", []byte{}, []byte{0, 255},
	} {
		exec(t, pool, "DELETE FROM item")
		exec(t, pool, "INSERT INTO item VALUES (?)", v)
		var got any
		if err := pool.QueryRowContext(t.Context(), "SELECT v FROM item").Scan(&got); err != nil {
			t.Fatal(err)
		}
		if b, ok := v.([]byte); ok {
			if g, ok := got.([]byte); !ok || g == nil || !bytes.Equal(g, b) {
				t.Errorf("%v came back as %T %v", v, got, got)
			}
		} else if got != v {
			t.Errorf("%T %v came back as %T %v", v, v, got, got)
		}
	}
	exec(t, pool, "DELETE FROM item")
	exec(t, pool, "INSERT INTO item VALUES (?), (?), (?)", []byte(nil), true, false)
	var null, one, zero any
	err := pool.QueryRowContext(t.Context(), "SELECT max(v) FILTER (WHERE v IS NULL), max(v), min(v) FROM item").Scan(&null, &one, &zero)
	if err != nil || null != nil || one != int64(1) || zero != int64(0) {
		t.Errorf("no bytes, true and false are %v, %v and %v (%v)", null, one, zero, err)
	}
}

func TestTextsOfSeveralStatements(t *testing.T) {
	pool := dial(t)
	exec(t, pool, `
		-- What comes first.
		CREATE TABLE item (v); /* And then; */ ; INSERT INTO item VALUES ('a; b -- c');
		INSERT INTO item VALUES (?); -- The end.
		/* without an end`, "last")
	exec(t, pool, "")
	exec(t, pool, " -- nothing")
	var got string
	if err := pool.QueryRowContext(t.Context(), "/* one */ SELECT group_concat(v, '|') FROM item;\n").Scan(&got); err != nil || got != "a; b -- c|last" {
		t.Errorf("there is %q (%v)", got, err)
	}
	for _, text := range []string{"SELECT 1; SELECT 2", "SELECT ?", "SELEKT 1", ""} {
		if err := pool.QueryRowContext(t.Context(), text).Err(); err == nil {
			t.Errorf("%q is a query", text)
		}
	}
	if _, err := pool.ExecContext(t.Context(), "INSERT INTO item VALUES (?)", 1, 2); err == nil {
		t.Error("an argument too many is taken")
	}
}

// TestStatementsStayCompiled counts how often SQLite compiles: its authorizer
// is asked then, and only then.
func TestStatementsStayCompiled(t *testing.T) {
	pool := dial(t)
	exec(t, pool, "CREATE TABLE item (a INTEGER, b INTEGER, PRIMARY KEY (a, b)) WITHOUT ROWID; CREATE TABLE part (a INTEGER, b INTEGER); CREATE INDEX parts ON part (b) WHERE a > 0")
	asked := 0
	err := connection(t, pool).native.SetAuthorizer(native.AuthorizeFunc(func(native.Action) native.AuthResult {
		asked++
		return native.AuthResultOK
	}))
	if err != nil {
		t.Fatal(err)
	}
	for _, query := range []string{
		"SELECT b FROM item WHERE a = ? AND b > ? ORDER BY b",
		"SELECT b FROM item WHERE a = ? LIMIT ?",
		"SELECT item.b FROM item JOIN part ON part.b = item.a WHERE item.b = ? AND part.a = ? ORDER BY part.a",
		"INSERT INTO item VALUES (?, ?)",
	} {
		for n := range 3 {
			before := asked
			exec(t, pool, query, n, n)
			switch now := asked - before; {
			case n == 0 && now == 0:
				t.Errorf("%s: nobody saw that it was compiled", query)
			case n > 0 && now > 0:
				t.Errorf("%s: was compiled once more", query)
			}
		}
	}
	exec(t, pool, "ALTER TABLE item ADD c TEXT DEFAULT 'new'")
	var c string
	if err := pool.QueryRowContext(t.Context(), "SELECT c FROM item WHERE a = ?", 1).Scan(&c); err != nil || c != "new" {
		t.Errorf("after the table changed: %q (%v)", c, err)
	}
}

// TestOneQueryInsideItself reads with one text while its rows are read.
func TestOneQueryInsideItself(t *testing.T) {
	pool := dial(t)
	exec(t, pool, "CREATE TABLE item (v INTEGER); INSERT INTO item VALUES (1), (2), (3)")
	tx, err := pool.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	read := func(each func(v int)) {
		rows, err := tx.QueryContext(t.Context(), "SELECT v FROM item WHERE v > ? ORDER BY v", 0)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		for rows.Next() {
			var v int
			if err := rows.Scan(&v); err != nil {
				t.Fatal(err)
			}
			each(v)
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
	}
	var got []string
	read(func(v int) { read(func(w int) { got = append(got, fmt.Sprint(v, w)) }) })
	if want := []string{"1 1", "1 2", "1 3", "2 1", "2 2", "2 3", "3 1", "3 2", "3 3"}; !slices.Equal(got, want) {
		t.Errorf("read %v, want %v", got, want)
	}
}

// TestStatementsAreForgotten: a connection keeps those that were used last, and
// nothing that they were given.
func TestStatementsAreForgotten(t *testing.T) {
	pool := dial(t)
	for n := range 3 * keptStatements {
		exec(t, pool, fmt.Sprintf("SELECT %d, ?", n), "secret")
	}
	c := connection(t, pool)
	if len(c.compiled) != keptStatements || c.order.Len() != keptStatements {
		t.Errorf("%d and %d statements are kept, want %d", len(c.compiled), c.order.Len(), keptStatements)
	}
	s, _, err := c.take(fmt.Sprintf("SELECT %d, ?", 3*keptStatements-1))
	if err != nil {
		t.Fatal(err)
	}
	defer c.release(s)
	if row, err := s.Step(); err != nil || !row || s.ColumnType(1) != native.TypeNull {
		t.Errorf("the argument of the last use is still there (%v)", err)
	}
}

// TestRowsLeftBehindHoldNoLock: who stops reading early lets others write.
func TestRowsLeftBehindHoldNoLock(t *testing.T) {
	db := open(t, items("\nINSERT INTO item VALUES (1), (2), (3);"))
	pool, err := db.DB()
	if err != nil {
		t.Fatal(err)
	}
	var first int
	if err := pool.QueryRowContext(t.Context(), "SELECT id FROM item ORDER BY id").Scan(&first); err != nil || first != 1 {
		t.Fatalf("read %d (%v)", first, err)
	}
	if !connection(t, pool).IsValid() {
		t.Error("a transaction is open")
	}
	exec(t, pool, "PRAGMA wal_checkpoint(TRUNCATE)")
	exec(t, pool, "DROP TABLE item") // Refused while a statement reads.
}

// TestAFullDiskEndsTheTransaction: what SQLite rolls back by itself is over for
// database/sql too, and the connection goes on.
func TestAFullDiskEndsTheTransaction(t *testing.T) {
	pool := dial(t)
	exec(t, pool, "CREATE TABLE item (v); PRAGMA max_page_count = 8")
	tx, err := pool.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	_, err = tx.ExecContext(t.Context(), "INSERT INTO item VALUES (zeroblob(1000000))")
	if code, _ := Codes(err); code != Full {
		t.Errorf("error %v, want that of a full disk", err)
	}
	if err := tx.Rollback(); err != nil {
		t.Errorf("roll back: %v", err)
	}
	exec(t, pool, "INSERT INTO item VALUES (1)")
}

// TestAloneIsStopped: what has its connection to itself ends with its context.
func TestAloneIsStopped(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	if err := Create(path); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	err := alone(ctx, path, nil, func(c *conn) error {
		cancel()
		return c.exec("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n", nil)
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("an endless query ended with %v", err)
	}
}
