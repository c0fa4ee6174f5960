package journal_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"mychat/protocol"
	"mychat/server/bus"
	"mychat/server/journal"
	"mychat/server/store"
	"mychat/server/store/storetest"
)

type world struct {
	*journal.Journal
	st   *store.Store
	bus  *bus.Bus
	user store.ID
	now  time.Time
}

func each(t *testing.T, opt journal.Options, test func(t *testing.T, w *world)) {
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		b, err := bus.Open(t.Context(), bus.Options{Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = b.Close() })
		w := &world{st: st, bus: b, user: store.NewID(time.Now()), now: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)}
		err = st.Write(t.Context(), func(tx *store.Tx) error {
			return tx.InsertUser(store.User{ID: w.user, Username: "Ana_1", UsernameFold: "ana_1", Nickname: "Ana"})
		})
		if err != nil {
			t.Fatal(err)
		}
		opt.Now = func() time.Time { return w.now }
		w.Journal = journal.New(st, b, opt)
		test(t, w)
	})
}

func (w *world) append(t *testing.T, n int) {
	t.Helper()
	notes := make([]journal.Note, n)
	for i := range notes {
		notes[i] = journal.Note{UserID: w.user, Kind: protocol.JournalContact, Body: protocol.Contact{Remark: fmt.Sprint(i)}}
	}
	if err := w.st.Write(t.Context(), func(tx *store.Tx) error { return w.Append(tx, notes...) }); err != nil {
		t.Fatal(err)
	}
}

func TestSync(t *testing.T) {
	each(t, journal.Options{Replay: 20}, func(t *testing.T, w *world) {
		w.append(t, 50)
		for _, tt := range []struct {
			pos   int64
			reset bool
			rows  int
		}{
			{0, true, 1}, // The profile.
			{-3, true, 1},
			{29, true, 1}, // Too far behind.
			{30, false, 20},
			{49, false, 1},
			{50, false, 0},
			{51, true, 1}, // A position this database never gave.
		} {
			s, err := w.Sync(t.Context(), w.user.String(), tt.pos)
			if err != nil {
				t.Fatal(err)
			}
			if s.Reset != tt.reset || len(s.Rows) != tt.rows || s.Pos != 50 || s.Rows == nil {
				t.Errorf("from %d: reset %v, %d rows, at %d; want %v, %d", tt.pos, s.Reset, len(s.Rows), s.Pos, tt.reset, tt.rows)
			}
			for i, r := range s.Rows {
				if !s.Reset && (r.Useq != tt.pos+int64(i)+1 || r.CreatedMS != w.now.UnixMilli()) {
					t.Errorf("from %d: row %d is %+v", tt.pos, i, r)
				}
			}
		}
		for _, id := range []string{"", "77"} {
			if _, err := w.Sync(t.Context(), id, 0); !errors.Is(err, protocol.ErrNotFound) {
				t.Errorf("a journal of nobody: %v", err)
			}
		}
		rows, err := w.After(t.Context(), w.user.String(), 10, 5)
		if err != nil || len(rows) != 5 || rows[0].Useq != 11 {
			t.Errorf("after 10: %+v, %v", rows, err)
		}
	})
}

func TestTrim(t *testing.T) {
	each(t, journal.Options{}, func(t *testing.T, w *world) {
		w.append(t, 1500) // More than one transaction deletes.
		w.now = w.now.Add(20 * 24 * time.Hour)
		w.append(t, 3)
		w.now = w.now.Add(10*24*time.Hour + time.Millisecond)
		n, err := w.Trim(t.Context())
		if err != nil || n != 1500 {
			t.Errorf("trimmed %d, %v", n, err)
		}
		for pos, reset := range map[int64]bool{1: true, 1499: true, 1500: false, 1503: false} {
			s, err := w.Sync(t.Context(), w.user.String(), pos)
			if err != nil || s.Reset != reset {
				t.Errorf("from %d: reset %v, %v", pos, s.Reset, err)
			}
		}
		w.append(t, 1)
		if rows, err := w.After(t.Context(), w.user.String(), 1500, 10); err != nil || len(rows) != 4 || rows[3].Useq != 1504 {
			t.Errorf("numbers start again: %+v, %v", rows, err)
		}
	})
}

func TestDevicesAreWoken(t *testing.T) {
	each(t, journal.Options{}, func(t *testing.T, w *world) {
		sub, err := w.bus.Subscribe()
		if err != nil {
			t.Fatal(err)
		}
		events := make(chan bus.Event, 100)
		ctx, cancel := context.WithCancel(t.Context())
		var g errgroup.Group
		g.Go(func() error { return sub.Run(ctx, func(e bus.Event) { events <- e }) })
		defer func() {
			cancel()
			if err := g.Wait(); err != nil {
				t.Error(err)
			}
		}()
		failed := errors.New("rolled back")
		err = w.st.Write(t.Context(), func(tx *store.Tx) error {
			return errors.Join(w.Append(tx, journal.Note{UserID: w.user, Kind: "x", Body: 1}), failed)
		})
		if !errors.Is(err, failed) {
			t.Fatal(err)
		}
		big := strings.Repeat("x", 200<<10)
		err = w.st.Write(t.Context(), func(tx *store.Tx) error {
			var notes []journal.Note
			for range 10 {
				notes = append(notes, journal.Note{UserID: w.user, Kind: "x", Body: big})
			}
			return w.Append(tx, notes...)
		})
		if err != nil {
			t.Fatal(err)
		}
		for next := int64(1); next <= 10; {
			select {
			case e := <-events:
				var f protocol.Frame
				var body protocol.Journal
				if err := errors.Join(json.Unmarshal(e.Frame, &f), json.Unmarshal(f.Body, &body)); err != nil {
					t.Fatal(err)
				}
				if e.Kind != bus.KindJournal || e.UserID != w.user.String() || e.First != next || f.Op != protocol.OpJournal ||
					int64(len(body.Rows)) != e.Last-e.First+1 || body.Rows[0].Useq != next || len(e.Frame) > 1<<20 {
					t.Fatalf("event %d-%d of %d bytes, want one from %d", e.First, e.Last, len(e.Frame), next)
				}
				next = e.Last + 1
			case <-time.After(10 * time.Second):
				t.Fatal("no event came")
			}
		}
	})
}
