package store

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"
	"pgregory.net/rapid"

	"mychat/protocol"
)

// The package storetest imports this one, so these tests of what is not
// exported find their databases themselves.

func eachDSN(t *testing.T, test func(t *testing.T, dsn string)) {
	t.Run("sqlite", func(t *testing.T) { test(t, filepath.Join(t.TempDir(), "server #1%.db")) })
	base := os.Getenv("MYCHAT_TEST_POSTGRES")
	if base == "" {
		return
	}
	t.Run("postgres", func(t *testing.T) {
		st, err := Open(t.Context(), base, Options{})
		if err != nil {
			t.Fatal(err)
		}
		schema := fmt.Sprintf("test_%d", NewID(time.Now()))
		if err := st.writer.Exec("CREATE SCHEMA " + schema).Error; err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := errors.Join(st.writer.Exec("DROP SCHEMA "+schema+" CASCADE").Error, st.Close()); err != nil {
				t.Error(err)
			}
		})
		u, err := url.Parse(base)
		if err != nil {
			t.Fatal(err)
		}
		q := u.Query()
		q.Set("search_path", schema)
		u.RawQuery = q.Encode()
		test(t, u.String())
	})
}

func open(t *testing.T, dsn string) *Store {
	t.Helper()
	st, err := Open(t.Context(), dsn, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	return st
}

func each(t *testing.T, test func(t *testing.T, st *Store)) {
	eachDSN(t, func(t *testing.T, dsn string) { test(t, open(t, dsn)) })
}

// TestSQLiteIsThePinnedOne fails when the two modules that make up the driver
// no longer fit each other: then a nil []byte is stored as an empty blob.
func TestSQLiteIsThePinnedOne(t *testing.T) {
	st := open(t, filepath.Join(t.TempDir(), "server.db"))
	var version string
	if err := st.writer.Raw("SELECT sqlite_version()").Scan(&version).Error; err != nil {
		t.Fatal(err)
	}
	part := strings.Split(version, ".")
	major, _ := strconv.Atoi(part[0])
	minor, _ := strconv.Atoi(part[1])
	if major != 3 || minor < 54 {
		t.Errorf("SQLite is %s, want 3.54 or later", version)
	}
	var null bool
	err := st.writer.Exec("CREATE TABLE probe (b BLOB)").Error
	err = errors.Join(err, st.writer.Exec("INSERT INTO probe VALUES (?)", []byte(nil)).Error)
	err = errors.Join(err, st.writer.Raw("SELECT b IS NULL FROM probe").Scan(&null).Error)
	if err != nil || !null {
		t.Errorf("a nil []byte is not NULL (%v)", err)
	}
	for name, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "busy_timeout": "5000"} {
		var got string
		if err := st.writer.Raw("PRAGMA " + name).Scan(&got).Error; err != nil || got != want {
			t.Errorf("%s is %q (%v), want %q", name, got, err, want)
		}
	}
	if err := st.reader.Exec("DELETE FROM probe").Error; err == nil {
		t.Error("a reader can write")
	}
}

func TestTheFileIsPrivate(t *testing.T) {
	dir := t.TempDir()
	st := open(t, filepath.Join(dir, "server.db"))
	if err := st.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) < 2 {
		t.Fatalf("%v, %v", files, err)
	}
	for _, f := range files {
		if info, err := f.Info(); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v", f.Name(), info.Mode())
		}
	}
}

func TestMigrations(t *testing.T) {
	eachDSN(t, func(t *testing.T, dsn string) {
		// Several processes open an empty database at once.
		stores := make([]*Store, 4)
		g, ctx := errgroup.WithContext(t.Context())
		for i := range stores {
			g.Go(func() error {
				var err error
				stores[i], err = Open(ctx, dsn, Options{})
				return err
			})
		}
		if err := g.Wait(); err != nil {
			t.Fatal(err)
		}
		addUser(t, stores[0], "ana_1")
		for _, st := range stores {
			if err := st.Close(); err != nil {
				t.Error(err)
			}
		}
		st := open(t, dsn) // And again, with nothing to do.
		if u, err := st.Reader(t.Context()).UserByName("ana_1"); err != nil || u.Username != "ana_1" {
			t.Errorf("%+v, %v", u, err)
		}
	})
}

func TestADatabaseFromTheFutureIsRefused(t *testing.T) {
	eachDSN(t, func(t *testing.T, dsn string) {
		st := open(t, dsn)
		if err := st.writer.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, TRUE)").Error; err != nil {
			t.Fatal(err)
		}
		_, err := Open(t.Context(), dsn, Options{})
		if !errors.Is(err, ErrNewer) || !strings.Contains(err.Error(), "9999") || strings.Contains(err.Error(), "password") {
			t.Errorf("got %v", err)
		}
	})
}

// TestSchemasAgree compares the tables and columns of both databases, apart
// from the index of words, which each has in its own way.
func TestSchemasAgree(t *testing.T) {
	files := make(map[string][]string)
	for _, dialect := range []string{"sqlite", "postgres"} {
		entries, err := migrations.ReadDir("migrations/" + dialect)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			data, err := migrations.ReadFile("migrations/" + dialect + "/" + e.Name())
			if err != nil {
				t.Fatal(err)
			}
			files[dialect] = append(files[dialect], e.Name())
			if e.Name() == "0011_search_index.sql" {
				continue
			}
			for line := range strings.Lines(string(data)) {
				line, _, _ = strings.Cut(line, "--")
				line = strings.NewReplacer(`COLLATE "C"`, "", `"`, "", "BIGINT", "INTEGER", "BYTEA", "BLOB", " WITHOUT ROWID", "").Replace(line)
				if line = strings.Join(strings.Fields(line), " "); line != "" {
					files[dialect] = append(files[dialect], line)
				}
			}
		}
	}
	lite, pg := files["sqlite"], files["postgres"]
	for i := range min(len(lite), len(pg)) {
		if lite[i] != pg[i] {
			t.Fatalf("the schemas differ: %q, %q", lite[i], pg[i])
		}
	}
	if len(lite) != len(pg) {
		t.Errorf("the schemas have %d and %d lines", len(lite), len(pg))
	}
}

func TestIDs(t *testing.T) {
	now := time.Now()
	seen := make(map[ID]bool)
	for range 1000 {
		id := NewID(now)
		if id <= 0 || seen[id] && len(seen) < 100 {
			t.Fatalf("id %d", id)
		}
		seen[id] = true
		if got, ok := ParseID(id.String()); !ok || got != id {
			t.Errorf("ParseID(%s) = %d, %v", id, got, ok)
		}
	}
	if a, b := NewID(now), NewID(now.Add(time.Millisecond)); a >= b {
		t.Errorf("%d is not before %d", a, b)
	}
	for _, s := range []string{"", "0", "-1", "+1", "01", "1x", " 1", "99999999999999999999", "1e3"} {
		if id, ok := ParseID(s); ok {
			t.Errorf("ParseID(%q) = %d", s, id)
		}
	}
}

func addUser(t *testing.T, st *Store, name string) ID {
	t.Helper()
	u := User{ID: NewID(time.Now()), Username: name, UsernameFold: strings.ToLower(name)}
	if err := st.Write(t.Context(), func(tx *Tx) error { return tx.InsertUser(u) }); err != nil {
		t.Fatal(err)
	}
	return u.ID
}

func TestWriteClassifiesErrors(t *testing.T) {
	each(t, func(t *testing.T, st *Store) {
		addUser(t, st, "ana_1")
		err := st.Write(t.Context(), func(tx *Tx) error {
			return tx.InsertUser(User{ID: NewID(time.Now()), Username: "ANA_1", UsernameFold: "ana_1"})
		})
		if !errors.Is(err, ErrConflict) {
			t.Errorf("the same name: %v", err)
		}
		if _, err := st.Reader(t.Context()).User(77); !errors.Is(err, ErrNoRow) {
			t.Errorf("nobody: %v", err)
		}
		own := protocol.Errorf(protocol.CodeSelf, "x")
		committed := false
		err = st.Write(t.Context(), func(tx *Tx) error {
			tx.OnCommit(func() { committed = true })
			return own
		})
		if !errors.Is(err, own) || errors.Is(err, protocol.ErrUnavailable) || committed {
			t.Errorf("an error of the caller's own: %v, committed %v", err, committed)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := st.Write(ctx, func(*Tx) error { return nil }); !errors.Is(err, context.Canceled) || errors.Is(err, protocol.ErrUnavailable) {
			t.Errorf("a cancelled context: %v", err)
		}
		if err := st.Close(); err != nil {
			t.Fatal(err)
		}
		if err := st.Ping(t.Context()); !errors.Is(err, protocol.ErrUnavailable) {
			t.Errorf("a closed database: %v", err)
		}
	})
}

func TestPostgresOutOfReach(t *testing.T) {
	_, err := Open(t.Context(), "postgres://u:secret@127.0.0.1:1/x?connect_timeout=2", Options{})
	if !errors.Is(err, protocol.ErrUnavailable) || strings.Contains(err.Error(), "secret") {
		t.Errorf("got %v", err)
	}
}

// TestVisibleRangesMatchTheObvious gives a member any set of intervals and
// compares pages, unread and preview with a walk over every entry.
func TestVisibleRangesMatchTheObvious(t *testing.T) {
	each(t, func(t *testing.T, st *Store) {
		n := 0
		rapid.Check(t, func(r *rapid.T) {
			n++
			me, other := addUser(t, st, fmt.Sprintf("me_%d", n)), addUser(t, st, fmt.Sprintf("other_%d", n))
			last := rapid.Int64Range(0, 12).Draw(r, "last")
			floor := rapid.Int64Range(0, 4).Draw(r, "floor")
			read := rapid.Int64Range(0, last).Draw(r, "read")
			// Ascending borders make intervals that do not overlap.
			borders := rapid.SliceOfNDistinct(rapid.Int64Range(1, 14), 0, 6, rapid.ID[int64]).Draw(r, "borders")
			slices.Sort(borders)
			var ranges []protocol.Range
			for i := 0; i < len(borders); i += 2 {
				v := protocol.Range{FromSeq: borders[i]}
				if i+1 < len(borders) {
					v.ToSeq = borders[i+1]
				}
				ranges = append(ranges, v)
			}
			mine := rapid.SliceOfN(rapid.Bool(), int(last), int(last)).Draw(r, "mine")
			silent := rapid.SliceOfN(rapid.Bool(), int(last), int(last)).Draw(r, "silent")
			var conv ID
			err := st.Write(t.Context(), func(tx *Tx) error {
				var err error
				if conv, _, err = tx.DirectConversation(me, other, NewID(time.Now()), 1); err != nil {
					return err
				}
				_, err = tx.exec(`DELETE FROM membership WHERE conv_id = ? AND user_id = ?`, conv, me)
				for _, v := range ranges {
					_, e := tx.exec(`INSERT INTO membership (conv_id, user_id, from_seq, to_seq) VALUES (?, ?, ?, ?)`, conv, me, v.FromSeq, v.ToSeq)
					err = errors.Join(err, e)
				}
				_, e := tx.exec(`UPDATE conversation SET last_seq = ?, floor_seq = ? WHERE id = ?`, last, floor, conv)
				_, e2 := tx.exec(`UPDATE member SET read_seq = ? WHERE conv_id = ? AND user_id = ?`, read, conv, me)
				var list []Entry
				for i := range last {
					e := Entry{ConversationID: conv, SenderID: other, Wire: protocol.Entry{Seq: i + 1, Kind: "text", Body: []byte("{}")}}
					e.Digest, e.ClientID[0], e.ClientID[15] = []byte{1}, byte(i), byte(n)
					if mine[i] {
						e.SenderID = me
					}
					if silent[i] {
						e.Wire.Kind = "reaction"
					}
					list = append(list, e)
				}
				return errors.Join(err, e, e2, tx.InsertEntries(list))
			})
			if err != nil {
				r.Fatal(err)
			}
			var visible []int64
			var preview int64
			unread := 0
			for i := range last {
				seq := i + 1
				if seq < floor || !slices.ContainsFunc(ranges, func(v protocol.Range) bool {
					return seq >= v.FromSeq && (v.ToSeq == 0 || seq <= v.ToSeq)
				}) {
					continue
				}
				visible = append(visible, seq)
				if silent[i] {
					continue
				}
				preview = seq
				if seq > read && !mine[i] {
					unread++
				}
			}
			tx := st.Reader(t.Context())
			view, err := tx.View(conv, me)
			if len(ranges) == 0 {
				if !errors.Is(err, ErrNoRow) {
					r.Fatalf("no range, but %+v, %v", view, err)
				}
				return
			}
			if err != nil || !slices.Equal(view.Ranges, ranges) || view.Present() != (ranges[len(ranges)-1].ToSeq == 0) {
				r.Fatalf("view %+v, %v", view, err)
			}
			limit := rapid.IntRange(1, 5).Draw(r, "limit")
			var up, down []int64
			for seq, more := int64(0), true; more; {
				var page []protocol.Entry
				if page, more, err = tx.EntriesAfter(conv, view, seq, limit, 1<<20); err != nil {
					r.Fatal(err)
				}
				for _, e := range page {
					seq = e.Seq
					up = append(up, seq)
				}
			}
			for seq, more := last+1, true; more; {
				var page []protocol.Entry
				if page, more, err = tx.EntriesBefore(conv, view, seq, limit, 1<<20); err != nil {
					r.Fatal(err)
				}
				for _, e := range page {
					seq = e.Seq
					down = append(down, seq)
				}
			}
			slices.Reverse(down)
			if !slices.Equal(up, visible) || !slices.Equal(down, visible) {
				r.Fatalf("up %v, down %v, want %v", up, down, visible)
			}
			head, err := tx.Head(me, conv)
			if err != nil || head.Unread != unread || (head.Last == nil) != (preview == 0) || head.Last != nil && head.Last.Seq != preview {
				r.Fatalf("head %+v (%v), want unread %d, preview %d", head, err, unread, preview)
			}
		})
	})
}

func TestConnectionsOfOneWriter(t *testing.T) {
	st := open(t, filepath.Join(t.TempDir(), "server.db"))
	// While one writes, others read what was there before.
	id := addUser(t, st, "ana_1")
	err := st.Write(t.Context(), func(tx *Tx) error {
		if err := tx.SetPassword(id, "new"); err != nil {
			return err
		}
		u, err := st.Reader(t.Context()).User(id)
		if err != nil || u.PasswordHash == "new" {
			t.Errorf("a reader saw %q, %v", u.PasswordHash, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
