package timeline_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"mychat/protocol"
	"mychat/server/store"
	"mychat/server/store/storetest"
)

// fill appends entries of about 4 kB until one is refused, and returns how
// many were stored.
func fill(t *testing.T, w *world, sender, conv string) (stored int, refused protocol.Send) {
	t.Helper()
	for range 10_000 {
		s := text(conv, strings.Repeat("x", 4000))
		_, err := w.Append(t.Context(), sender, s)
		switch {
		case err == nil:
			stored++
		case errors.Is(err, protocol.ErrUnavailable):
			return stored, s
		default:
			t.Fatalf("a full disk gives %v, want unavailable", err)
		}
	}
	t.Fatal("the disk does not fill")
	return 0, protocol.Send{}
}

// afterFull checks that what was stored before the disk was full is whole, that
// nothing of the refused entry is there, and that all goes on once there is
// room.
func afterFull(t *testing.T, w *world, u []string, conv string, stored int, refused protocol.Send, room func()) {
	t.Helper()
	if n := len(w.all(u[1], conv)); n != stored {
		t.Errorf("%d entries, %d were answered", n, stored)
	}
	if err := w.Read(t.Context(), u[1], conv, 1); err != nil && !errors.Is(err, protocol.ErrUnavailable) {
		t.Errorf("a position on a full disk: %v", err)
	}
	room()
	sent := w.append(u[0], refused)
	if sent.Seq != int64(stored+1) {
		t.Errorf("the repeat got %d, want %d", sent.Seq, stored+1)
	}
	list := w.all(u[1], conv)
	for i, e := range list {
		if e.Seq != int64(i+1) {
			t.Fatalf("entry %d has seq %d", i, e.Seq)
		}
	}
	if len(list) != stored+1 {
		t.Errorf("%d entries, want %d", len(list), stored+1)
	}
	if err := w.Read(t.Context(), u[1], conv, sent.Seq); err != nil {
		t.Error(err)
	}
}

func TestDatabaseAtItsLimit(t *testing.T) {
	path := storetest.SQLite(t)
	limited, err := store.Open(t.Context(), path, store.Options{MaxBytes: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = limited.Close() })
	w := running(t, limited)
	u := people(t, limited, 2)
	conv := direct(t, limited, u[0], u[1])
	user := id(u[0])
	// Something to delete later.
	notes := make([]store.Note, 40)
	for i := range notes {
		notes[i] = store.Note{UserID: user, Kind: "old", Body: []byte(`"` + strings.Repeat("x", 4000) + `"`)}
	}
	if err := limited.Write(t.Context(), func(tx *store.Tx) error { _, err := tx.AppendJournal(notes, 1); return err }); err != nil {
		t.Fatal(err)
	}
	stored, refused := fill(t, w, u[0], conv)
	afterFull(t, w, u, conv, stored, refused, func() {
		// Deleting needs no room here: freed pages are used again.
		err := limited.Write(t.Context(), func(tx *store.Tx) error { _, err := tx.TrimJournal(2, 1000); return err })
		if err != nil {
			t.Fatal(err)
		}
	})
}

// TestFullDisk fills a real file system of 2 MiB.
func TestFullDisk(t *testing.T) {
	dir := smallDisk(t)
	st := storetest.OpenDSN(t, filepath.Join(dir, "server.db"))
	w := running(t, st)
	u := people(t, st, 2)
	conv := direct(t, st, u[0], u[1])
	ballast := filepath.Join(dir, "ballast")
	if err := os.WriteFile(ballast, make([]byte, 512<<10), 0o600); err != nil {
		t.Fatal(err)
	}
	stored, refused := fill(t, w, u[0], conv)
	afterFull(t, w, u, conv, stored, refused, func() {
		if err := os.Remove(ballast); err != nil {
			t.Fatal(err)
		}
	})
}

// TestLockedDatabase has another process hold the write lock for longer than a
// writer waits.
func TestLockedDatabase(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for SQLite's busy time-out")
	}
	path := storetest.SQLite(t)
	st := storetest.OpenDSN(t, path)
	w := running(t, st)
	u := people(t, st, 2)
	conv := direct(t, st, u[0], u[1])
	first := w.append(u[0], text(conv, "before"))
	other, err := sql.Open("sqlite", "file:"+path+"?_txlock=immediate")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = other.Close() }()
	lock, err := other.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	s := text(conv, "while locked")
	if _, err := w.Append(t.Context(), u[0], s); !errors.Is(err, protocol.ErrUnavailable) {
		t.Errorf("locked: %v, want unavailable", err)
	}
	if n := len(w.all(u[1], conv)); n != 1 {
		t.Errorf("reading while locked: %d entries", n)
	}
	if err := lock.Rollback(); err != nil {
		t.Fatal(err)
	}
	if sent := w.append(u[0], s); sent.Seq != first.Seq+1 {
		t.Errorf("after the lock: %+v", sent)
	}
}

// TestConnectionsCut ends all the server's connections to PostgreSQL after
// every few messages, while senders repeat until they are answered.
func TestConnectionsCut(t *testing.T) {
	dsn := storetest.Postgres(t)
	dsn += "&application_name=" + fmt.Sprint("cut_", store.NewID(time.Now()))
	st := storetest.OpenDSN(t, dsn)
	w := running(t, st)
	const senders, messages, every = 6, 20, 8
	u := people(t, st, senders+1)
	conv := make([]string, senders)
	for i := range conv {
		conv[i] = direct(t, st, u[i], u[senders])
	}
	answered := make(chan struct{}, senders*messages)
	g, ctx := errgroup.WithContext(t.Context())
	for i := range senders {
		g.Go(func() error {
			for m := range messages {
				s := text(conv[i], fmt.Sprint(m))
				for {
					sent, err := w.Append(ctx, u[i], s)
					if err == nil && sent.Seq != int64(m+1) {
						return fmt.Errorf("message %d got seq %d", m, sent.Seq)
					}
					if err == nil {
						break
					}
					if !errors.Is(err, protocol.ErrUnavailable) {
						return fmt.Errorf("cut off: %w, want unavailable", err)
					}
				}
				answered <- struct{}{}
			}
			return nil
		})
	}
	cuts := 0
	g.Go(func() error {
		for range senders * messages / every {
			for range every {
				select {
				case <-answered:
				case <-ctx.Done():
					return nil
				}
			}
			n, err := cut(ctx, dsn)
			if err != nil {
				return err
			}
			cuts += n
		}
		return nil
	})
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	if cuts == 0 {
		t.Error("no connection was cut")
	}
	for range cuts { // Each connection that was cut while idle costs one question.
		if w.st.Ping(t.Context()) == nil {
			break
		}
	}
	for i := range conv {
		for n, e := range w.all(u[i], conv[i]) {
			if e.Seq != int64(n+1) || string(e.Body) != fmt.Sprintf(`{"text":"%d"}`, n) {
				t.Fatalf("entry %d is %+v", n, e)
			}
		}
	}
}

// cut ends all connections that were opened with dsn, which names their
// application, and returns how many.
func cut(ctx context.Context, dsn string) (int, error) {
	db, err := sql.Open("pgx", dsn)
	if err != nil {
		return 0, err
	}
	defer func() { _ = db.Close() }()
	n := 0
	err = db.QueryRowContext(ctx, `SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
		WHERE pid <> pg_backend_pid() AND application_name = current_setting('application_name')`).Scan(&n)
	return n, err
}

// smallDisk returns a folder on a file system of 2 MiB, and skips where none
// can be made.
func smallDisk(t *testing.T) string {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("needs a small tmpfs")
	}
	dir := t.TempDir()
	unmount, err := mountTmpfs(dir, "2m")
	if err != nil {
		t.Skipf("cannot mount a small tmpfs: %v", err)
	}
	t.Cleanup(func() {
		if err := unmount(); err != nil {
			t.Errorf("unmount: %v", err)
		}
	})
	return dir
}
