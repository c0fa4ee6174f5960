package chat_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/oklog/ulid/v2"
	"golang.org/x/sync/errgroup"

	"mychat/protocol"
	"mychat/server/bus"
	"mychat/server/chat"
	"mychat/server/journal"
	"mychat/server/store"
	"mychat/server/store/storetest"
	"mychat/server/timeline"
)

type world struct {
	*chat.Chat
	st     *store.Store
	tl     *timeline.Timeline
	jr     *journal.Journal
	bus    *bus.Bus
	users  []string
	conv   string
	convID store.ID
	events <-chan bus.Event
}

func each(t *testing.T, test func(t *testing.T, w *world)) {
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		b, err := bus.Open(t.Context(), bus.Options{Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		sub, err := b.Subscribe()
		if err != nil {
			t.Fatal(err)
		}
		events := make(chan bus.Event, 1000)
		w := &world{
			st: st, bus: b, tl: timeline.New(st, b, timeline.Options{}), jr: journal.New(st, b, journal.Options{}), events: events,
		}
		w.Chat = chat.New(st, b, w.tl, w.jr, chat.Options{})
		err = st.Write(t.Context(), func(tx *store.Tx) error {
			var ids []store.ID
			for _, name := range []string{"ana_1", "bob_1", "eve_1"} {
				u := store.User{ID: store.NewID(time.Now()), Username: name, UsernameFold: name}
				if err := tx.InsertUser(u); err != nil {
					return err
				}
				ids, w.users = append(ids, u.ID), append(w.users, u.ID.String())
			}
			w.convID, _, err = tx.DirectConversation(ids[0], ids[1], store.NewID(time.Now()), 1)
			w.conv = w.convID.String()
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
		var g errgroup.Group
		g.Go(func() error { return w.tl.Run(ctx) })
		g.Go(func() error { return sub.Run(ctx, func(e bus.Event) { events <- e }) })
		t.Cleanup(func() {
			cancel()
			if err := errors.Join(g.Wait(), b.Close()); err != nil {
				t.Error(err)
			}
		})
		test(t, w)
	})
}

func decode[T any](t *testing.T, body []byte) T {
	t.Helper()
	var v T
	if err := json.Unmarshal(body, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// close ends the friendship of the two, or begins it anew.
func (w *world) close(t *testing.T, closed bool) {
	t.Helper()
	if err := w.st.Write(t.Context(), func(tx *store.Tx) error { return tx.SetClosed(w.convID, closed, 1) }); err != nil {
		t.Fatal(err)
	}
}

func (w *world) text(s string) protocol.Send {
	body, err := protocol.Encode(protocol.Text{Text: s})
	if err != nil {
		panic(err)
	}
	return protocol.Send{ConversationID: w.conv, ClientID: ulid.Make().String(), Kind: protocol.KindText, Body: body}
}

func TestSend(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for _, tt := range []struct {
			name   string
			change func(*protocol.Send)
			want   protocol.Code
		}{
			{"a text", func(*protocol.Send) {}, ""},
			{"the longest text", func(s *protocol.Send) { *s = w.text(strings.Repeat("字", protocol.MaxTextRunes)) }, ""},
			{"a longer text", func(s *protocol.Send) { *s = w.text(strings.Repeat("字", protocol.MaxTextRunes+1)) }, protocol.CodeInvalid},
			{"an unknown kind", func(s *protocol.Send) {
				s.Kind, s.Fallback, s.Body = "hologram", "[hologram]", json.RawMessage(`{"w": 1}`)
			}, ""},
			{"an unknown kind without fallback", func(s *protocol.Send) { s.Kind = "hologram" }, protocol.CodeInvalid},
			{"a reserved kind", func(s *protocol.Send) { s.Kind = protocol.KindFriended }, protocol.CodeUnknownKind},
			{"no client id", func(s *protocol.Send) { s.ClientID = "" }, protocol.CodeInvalid},
			{"a mention of nobody", func(s *protocol.Send) { s.Mentions = []string{"\x00"} }, protocol.CodeInvalid},
			{"a mention", func(s *protocol.Send) { s.Mentions = []string{w.users[1]} }, ""},
			{"a file that is not here", func(s *protocol.Send) { s.FileIDs = []string{"1"} }, protocol.CodeNotFound},
			{"another's conversation", func(s *protocol.Send) { s.ConversationID = "77" }, protocol.CodeNotMember},
		} {
			s := w.text("hello")
			tt.change(&s)
			_, err := w.Send(t.Context(), w.users[0], s)
			var got protocol.Code
			if err != nil {
				got = protocol.AsError(err).Code
			}
			if got != tt.want {
				t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
			}
		}
		if _, err := w.Send(t.Context(), w.users[2], w.text("x")); !errors.Is(err, protocol.ErrNotMember) {
			t.Errorf("a stranger: %v", err)
		}
		page, err := w.tl.After(t.Context(), w.users[1], w.conv, 0, 0)
		if err != nil || len(page.Entries) != 4 || string(page.Entries[2].Body) != `{"w": 1}` {
			t.Errorf("stored %+v, %v", page, err)
		}
	})
}

func TestTypingIsPassedOnAndNotStored(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ty := protocol.Typing{ConversationID: w.conv, UserID: w.users[2], On: true} // The user is not theirs to say.
		if err := w.Typing(t.Context(), w.users[0], ty); err != nil {
			t.Fatal(err)
		}
		select {
		case e := <-w.events:
			want := `{"op":"typing","body":{"conversation_id":"` + w.conv + `","user_id":"` + w.users[0] + `","on":true}}`
			if e.Kind != bus.KindTyping || e.ConversationID != w.conv || e.UserID != w.users[0] || string(e.Frame) != want {
				t.Errorf("event %+v with %s", e, e.Frame)
			}
		case <-time.After(10 * time.Second):
			t.Fatal("no event came")
		}
		if err := w.Typing(t.Context(), w.users[2], ty); !errors.Is(err, protocol.ErrNotMember) {
			t.Errorf("a stranger types: %v", err)
		}
		err := w.st.Write(t.Context(), func(tx *store.Tx) error { return tx.SetClosed(w.convID, true, 1) })
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Typing(t.Context(), w.users[0], ty); !errors.Is(err, protocol.ErrNotFriend) {
			t.Errorf("a former friend types: %v", err)
		}
		if p, err := w.tl.Before(t.Context(), w.users[0], w.conv, 0, 0); err != nil || len(p.Entries) != 0 {
			t.Errorf("stored %+v, %v", p, err)
		}
	})
}
