package sqlite

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"
	"time"

	"golang.org/x/sync/errgroup"
	"gorm.io/gorm"
)

// items are the migrations of these tests.
func items(more string) fstest.MapFS {
	return fstest.MapFS{"0001_items.sql": {Data: []byte("-- +goose Up\nCREATE TABLE item (id INTEGER PRIMARY KEY);" + more)}}
}

func open(t *testing.T, migrations fstest.MapFS) *gorm.DB {
	t.Helper()
	db, err := OpenAt(t.Context(), filepath.Join(t.TempDir(), "a #1%.db"), migrations, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := Close(db); err != nil {
			t.Error(err)
		}
	})
	return db
}

// leaving is a context that ends while a statement runs: as soon as anybody
// begins to wait for its end.
type leaving struct {
	context.Context
	cancel  context.CancelFunc
	watched bool // Guarded by nothing: the statement's own goroutine asks.
}

func (c *leaving) Done() <-chan struct{} {
	c.watched = true
	c.cancel()
	return c.Context.Done()
}

// TestAnEndedContextDoesNotReachTheDriver holds what keeps one caller's end
// from another's statement: the driver does not interrupt at all.
func TestAnEndedContextDoesNotReachTheDriver(t *testing.T) {
	db := open(t, items(""))
	pool, err := db.DB()
	if err != nil {
		t.Fatal(err)
	}
	opened, err := pool.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer opened.Close()
	err = opened.Raw(func(raw any) error {
		c := raw.(*conn)
		inner, cancel := context.WithCancel(t.Context())
		defer cancel()
		ctx := &leaving{Context: inner, cancel: cancel}
		// Long enough for an interrupt to find it running.
		const long = `INSERT INTO item WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) SELECT i FROM n`
		if _, err := c.ExecContext(ctx, long, nil); err != nil {
			t.Errorf("a statement whose caller leaves: %v", err)
		}
		rows, err := c.QueryContext(ctx, "SELECT count(*) FROM item", nil)
		if err != nil {
			t.Errorf("a query whose caller leaves: %v", err)
			return nil
		}
		if err := rows.Close(); err != nil {
			t.Error(err)
		}
		if ctx.watched {
			t.Error("the driver watches its callers' contexts")
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// TestTheContextStillEndsTransactions: no statement is begun for a caller who
// left, and nothing of theirs stays.
func TestTheContextStillEndsTransactions(t *testing.T) {
	db := open(t, items(""))
	ctx, cancel := context.WithCancel(t.Context())
	err := db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		if err := tx.Exec("INSERT INTO item VALUES (1)").Error; err != nil {
			return err
		}
		cancel()
		return tx.Exec("INSERT INTO item VALUES (2)").Error
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want context.Canceled", err)
	}
	var n int
	if err := db.Raw("SELECT count(*) FROM item").Scan(&n).Error; err != nil || n != 0 {
		t.Errorf("%d rows stayed (%v)", n, err)
	}
}

// TestARefusedCommitEndsItsTransaction: the connection can begin another one.
func TestARefusedCommitEndsItsTransaction(t *testing.T) {
	db := open(t, items(`CREATE TABLE part (item INTEGER REFERENCES item (id) DEFERRABLE INITIALLY DEFERRED);`))
	err := db.Transaction(func(tx *gorm.DB) error { return tx.Exec("INSERT INTO part VALUES (7)").Error })
	if code, _ := Codes(err); code != Constraint {
		t.Fatalf("commit with a missing item: %v", err)
	}
	err = db.Transaction(func(tx *gorm.DB) error { return tx.Exec("INSERT INTO item VALUES (1)").Error })
	if err != nil {
		t.Errorf("the next transaction: %v", err)
	}
}

// TestCallersWhoLeaveDisturbNobody puts callers whose contexts end while their
// statements run beside callers who stay.
func TestCallersWhoLeaveDisturbNobody(t *testing.T) {
	db := open(t, items(""))
	uses := []func(ctx context.Context) error{
		func(ctx context.Context) error {
			var n int
			return db.WithContext(ctx).Raw("SELECT count(*) FROM item").Scan(&n).Error
		},
		func(ctx context.Context) error {
			return db.WithContext(ctx).Transaction(func(tx *gorm.DB) error { return tx.Exec("UPDATE item SET id = id").Error })
		},
	}
	stay, done := context.WithCancel(t.Context())
	var leavers, stayers errgroup.Group
	for _, use := range uses {
		for range 4 {
			leavers.Go(func() error {
				for n := 0; stay.Err() == nil; n++ {
					ctx, cancel := context.WithTimeout(stay, time.Duration(n%300)*time.Microsecond)
					_ = use(ctx) // What becomes of it does not matter.
					cancel()
				}
				return nil
			})
			stayers.Go(func() error {
				for range 200 {
					if err := use(t.Context()); err != nil {
						return err
					}
				}
				return nil
			})
		}
	}
	if err := stayers.Wait(); err != nil {
		t.Error(err)
	}
	done()
	_ = leavers.Wait()
}

func TestOpenAt(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	two := items("")
	two["0002_parts.sql"] = &fstest.MapFile{Data: []byte("-- +goose Up\nCREATE TABLE part (id INTEGER);")}
	for _, step := range []struct {
		name       string
		migrations fstest.MapFS
		tables     int
	}{{"missing", items(""), 1}, {"current", items(""), 1}, {"older", two, 2}} {
		db, err := OpenAt(t.Context(), path, step.migrations, Options{})
		if err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		var n int
		err = db.Raw("SELECT count(*) FROM sqlite_master WHERE name IN ('item', 'part')").Scan(&n).Error
		if err = errors.Join(err, Close(db)); err != nil || n != step.tables {
			t.Errorf("%s: %d tables (%v), want %d", step.name, n, err, step.tables)
		}
	}
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = OpenAt(t.Context(), path, items(""), Options{})
	var newer *NewerError
	if !errors.As(err, &newer) || newer.Found != 2 || newer.Known != 1 || !errors.Is(err, ErrNewer) {
		t.Errorf("from the future: %v", err)
	}
	if after, err := os.ReadFile(path); err != nil || string(after) != string(before) {
		t.Errorf("the file from the future changed (%v)", err)
	}
}
