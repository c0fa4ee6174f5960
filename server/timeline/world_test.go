package timeline_test

import (
	"context"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/oklog/ulid/v2"

	"mychat/protocol"
	"mychat/server/bus"
	"mychat/server/store"
	"mychat/server/store/storetest"
	"mychat/server/timeline"
)

// world is a timeline on a database, with its bus.
type world struct {
	*timeline.Timeline
	t   testing.TB
	st  *store.Store
	bus *bus.Bus
}

// newWorld returns a world whose writer does not run yet.
func newWorld(t testing.TB, st *store.Store, opt timeline.Options) *world {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	b, err := bus.Open(t.Context(), bus.Options{Log: log})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	opt.Log = log
	return &world{timeline.New(st, b, opt), t, st, b}
}

// running is newWorld with its writer.
func running(t testing.TB, st *store.Store) *world {
	t.Helper()
	w := newWorld(t, st, timeline.Options{})
	storetest.Background(t, w.Run)
	return w
}

// events returns what the bus carries from now on.
func (w *world) events() <-chan bus.Event {
	w.t.Helper()
	sub, err := w.bus.Subscribe()
	if err != nil {
		w.t.Fatal(err)
	}
	events := make(chan bus.Event, 10_000)
	storetest.Background(w.t, func(ctx context.Context) error { return sub.Run(ctx, func(e bus.Event) { events <- e }) })
	return events
}

func wait(t testing.TB, events <-chan bus.Event) bus.Event {
	t.Helper()
	select {
	case e := <-events:
		return e
	case <-time.After(time.Minute):
		t.Fatal("no event came")
		return bus.Event{}
	}
}

// eventually waits until cond holds.
func eventually(t testing.TB, what string, cond func() bool) {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	deadline := time.After(time.Minute)
	for !cond() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("%s: not within 20 s", what)
		}
	}
}

// people adds n users.
func people(t testing.TB, st *store.Store, n int) []string {
	t.Helper()
	ids := make([]string, n)
	err := st.Write(t.Context(), func(tx *store.Tx) error {
		for i := range ids {
			id := store.NewID(time.Now())
			name := fmt.Sprintf("user_%d", id)
			if err := tx.InsertUser(store.User{ID: id, Username: name, UsernameFold: name, Nickname: name, NicknameFold: name}); err != nil {
				return err
			}
			ids[i] = id.String()
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return ids
}

// direct makes a conversation of two users.
func direct(t testing.TB, st *store.Store, a, b string) string {
	t.Helper()
	var conv store.ID
	err := st.Write(t.Context(), func(tx *store.Tx) error {
		var err error
		conv, _, err = tx.DirectConversation(id(a), id(b), store.NewID(time.Now()), time.Now().UnixMilli())
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return conv.String()
}

// stored adds a complete file, without bytes, of a user.
func stored(t testing.TB, st *store.Store, owner string) string {
	t.Helper()
	f := store.File{
		ID: store.NewID(time.Now()), OwnerID: id(owner), ClientID: ulid.Make(), Content: []byte("none"),
		Name: "a", Type: "text/plain", Class: "other", Complete: true,
	}
	err := st.Write(t.Context(), func(tx *store.Tx) error {
		if err := tx.InsertContent(f.Content, 0, nil); err != nil {
			return err
		}
		return tx.InsertFile(f)
	})
	if err != nil {
		t.Fatal(err)
	}
	return f.ID.String()
}

// closed opens or closes a conversation, as ending a friendship does.
func closed(t testing.TB, st *store.Store, conv string, closed bool) {
	t.Helper()
	err := st.Write(t.Context(), func(tx *store.Tx) error { return tx.SetClosed(id(conv), closed, time.Now().UnixMilli()) })
	if err != nil {
		t.Fatal(err)
	}
}

func id(s string) store.ID {
	id, ok := store.ParseID(s)
	if !ok {
		panic("not an id: " + s)
	}
	return id
}

func text(conv, s string) protocol.Send {
	body, err := protocol.Encode(protocol.Text{Text: s})
	if err != nil {
		panic(err)
	}
	return protocol.Send{ConversationID: conv, ClientID: ulid.Make().String(), Kind: protocol.KindText, Body: body}
}

func (w *world) append(sender string, s protocol.Send) protocol.Sent {
	w.t.Helper()
	sent, err := w.Append(w.t.Context(), sender, s)
	if err != nil {
		w.t.Fatalf("append: %v", err)
	}
	return sent
}

// all returns a conversation's whole log as one of its members reads it.
func (w *world) all(user, conv string) []protocol.Entry {
	w.t.Helper()
	var list []protocol.Entry
	for seq := int64(0); ; {
		p, err := w.After(w.t.Context(), user, conv, seq, protocol.MaxPage)
		if err != nil {
			w.t.Fatalf("read: %v", err)
		}
		list = append(list, p.Entries...)
		if !p.More {
			return list
		}
		seq = list[len(list)-1].Seq
	}
}
