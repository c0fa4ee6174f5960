package test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"mychat/backend/engine"
	"mychat/backend/store"
	"mychat/protocol"
)

func TestTwoPeopleChat(t *testing.T) {
	t.Parallel()
	onEveryStage(t, func(t *testing.T, s *stage) {
		ana, ben := s.register(t, 0, "ana_lind"), s.register(t, len(s.nodes)-1, "ben_2026")
		conv := befriend(t, ana, ben)

		ana.say(t, conv, "hi Ben", "how are you?")
		agree(t, conv, []string{"hi Ben", "how are you?"}, ana, ben)
		ben.say(t, conv, "很好 👋🏽")
		agree(t, conv, []string{"hi Ben", "how are you?", "很好 👋🏽"}, ana, ben)

		t.Run("delivered and read move", func(t *testing.T) {
			last := ana.conversation(t, conv).LastSeq
			eventually(t, "Ana knows that Ben has it", func() error {
				if got := ana.conversation(t, conv).PeerDeliveredSeq; got < last-1 {
					return fmt.Errorf("delivered to %d of %d", got, last)
				}
				return nil
			})
			if got := ben.conversation(t, conv).Unread; got != 2 {
				t.Errorf("Ben has %d unread, want 2", got)
			}
			if err := ben.MarkRead(t.Context(), conv, last); err != nil {
				t.Fatal(err)
			}
			eventually(t, "Ana knows that Ben read it", func() error {
				if got := ana.conversation(t, conv).PeerReadSeq; got != last {
					return fmt.Errorf("read to %d of %d", got, last)
				}
				return nil
			})
			if got := ben.conversation(t, conv).Unread; got != 0 {
				t.Errorf("Ben has %d unread after reading, want 0", got)
			}
		})

		t.Run("history opens offline", func(t *testing.T) {
			for _, n := range s.nodes {
				n.proxy.SetDown(true)
			}
			ana.reopen(t)
			got, err := ana.texts(t.Context(), conv)
			if err != nil || len(got) != 3 {
				t.Errorf("offline: got %q, %v; want all three texts", got, err)
			}
		})
	})
}

func TestOwnDevicesFollow(t *testing.T) {
	t.Parallel()
	onEveryStage(t, func(t *testing.T, s *stage) {
		ana, ben := s.register(t, 0, "ana_lind"), s.register(t, 0, "ben_2026")
		conv := befriend(t, ana, ben)
		ana.say(t, conv, "before")
		agree(t, conv, []string{"before"}, ana, ben)

		news := make(chan engine.DevicesChanged, 8)
		inBackground(t, func(ctx context.Context) error {
			for {
				events, err := ben.Next(ctx)
				if err != nil {
					return nil //nolint:nilerr // The test is over.
				}
				for _, e := range events {
					if changed, ok := e.(engine.DevicesChanged); ok && len(changed.SignedIn) > 0 {
						news <- changed
					}
				}
			}
		})
		second := s.signIn(t, len(s.nodes)-1, "ben_2026")
		select {
		case n := <-news:
			if len(n.SignedIn) != 1 || n.SignedIn[0].Current {
				t.Errorf("told of %+v, want the other device", n.SignedIn)
			}
		case <-time.After(10 * time.Second):
			t.Error("the first device did not hear of the second")
		}
		agree(t, conv, []string{"before"}, second)
		ben.say(t, conv, "from the first")
		second.online(t)
		agree(t, conv, []string{"before", "from the first"}, ana, ben, second)
		second.say(t, conv, "from the second")
		agree(t, conv, []string{"before", "from the first", "from the second"}, ana, ben, second)
		for _, d := range []*device{ben, second} {
			messages, err := d.history(t.Context(), conv)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range messages {
				if want := m.Sender == ben.me.ID; m.Mine != want {
					t.Errorf("%q: mine is %t, want %t", m.Text, m.Mine, want)
				}
			}
		}
		last := ben.conversation(t, conv).LastSeq
		if err := ben.MarkRead(t.Context(), conv, last); err != nil {
			t.Fatal(err)
		}
		eventually(t, "the second device follows", func() error {
			if c := second.conversation(t, conv); c.ReadSeq != last || c.Unread != 0 {
				return fmt.Errorf("read to %d of %d, %d unread", c.ReadSeq, last, c.Unread)
			}
			return nil
		})

		t.Run("one ends the other", func(t *testing.T) {
			devices, err := ben.Devices(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range devices {
				if !d.Current {
					if err := ben.EndDevice(t.Context(), d.ID, false); err != nil {
						t.Fatal(err)
					}
				}
			}
			ended := make(chan engine.SignedOut, 1)
			inBackground(t, func(ctx context.Context) error {
				for {
					events, err := second.Next(ctx)
					if err != nil {
						return nil //nolint:nilerr // The test is over.
					}
					for _, e := range events {
						if out, ok := e.(engine.SignedOut); ok {
							ended <- out
							return nil
						}
					}
				}
			})
			select {
			case got := <-ended:
				if got.Ended.Reason != protocol.EndedSignedOut {
					t.Errorf("reason %q, want %q", got.Ended.Reason, protocol.EndedSignedOut)
				}
			case <-time.After(patience):
				t.Error("the ended device was not told")
			}
		})
	})
}

func TestOfflineMessagesWaitOnBothSides(t *testing.T) {
	t.Parallel()
	onEveryStage(t, func(t *testing.T, s *stage) {
		ana, ben := s.register(t, 0, "ana_lind"), s.register(t, len(s.nodes)-1, "ben_2026")
		conv := befriend(t, ana, ben)
		ben.stop()
		want := numbered("while Ben is away", 60)
		ana.say(t, conv, want...)
		agree(t, conv, want, ana)

		for _, n := range s.nodes {
			n.proxy.SetDown(true)
		}
		queued := numbered("while the server is away", 20)
		ana.say(t, conv, queued...)
		ana.reopen(t)
		for _, n := range s.nodes {
			n.proxy.SetDown(false)
		}
		ben.open(t, protocol.Me{Profile: protocol.Profile{ID: ben.me.ID}}, time.Now)
		agree(t, conv, append(want, queued...), ana, ben)
	})
}

// TestAnswersLost loses the answers to what the server has stored, again and
// again. Every repeat must be recognised.
func TestAnswersLost(t *testing.T) {
	t.Parallel()
	onEveryStage(t, func(t *testing.T, s *stage) {
		ana, ben := s.register(t, 0, "ana_lind"), s.register(t, 0, "ben_2026")
		conv := befriend(t, ana, ben)
		last := s.nodes[len(s.nodes)-1]
		ben.stop()
		ben.server = last.url()
		ben.reopen(t)
		ben.online(t)
		first := s.nodes[0].proxy
		if len(s.nodes) == 1 {
			// Ben must hear what Ana's proxy swallows, so he has his own.
			own, err := NewProxy(s.nodes[0].Addr())
			if err != nil {
				t.Fatal(err)
			}
			inBackground(t, own.Run)
			ben.stop()
			ben.server = "http://" + own.Addr()
			ben.reopen(t)
			ben.online(t)
		}
		var want []string
		for round := range 10 {
			first.SetDeaf(true)
			text := fmt.Sprintf("round %d", round)
			want = append(want, text)
			ana.say(t, conv, text)
			eventually(t, "Ben has what Ana does not know to be sent", func() error {
				got, err := ben.texts(t.Context(), conv)
				if err == nil && len(got) != len(want) {
					err = fmt.Errorf("got %d texts, want %d", len(got), len(want))
				}
				return err
			})
			first.SetDeaf(false)
			first.Cut()
			agree(t, conv, want, ana) // And so Ana is connected again.
		}
		agree(t, conv, want, ana, ben)
	})
}

func TestClockWrongByADay(t *testing.T) {
	t.Parallel()
	onEveryStage(t, func(t *testing.T, s *stage) {
		ana, ben := s.register(t, 0, "ana_lind"), s.register(t, 0, "ben_2026")
		conv := befriend(t, ana, ben)
		for name, skew := range map[string]time.Duration{"ahead": 24 * time.Hour, "behind": -24 * time.Hour} {
			before, err := ben.texts(t.Context(), conv)
			if err != nil {
				t.Fatal(err)
			}
			ana.stop()
			ana.open(t, protocol.Me{Profile: ana.me}, func() time.Time { return time.Now().Add(skew) })
			ben.say(t, conv, "a clock is "+name)
			agree(t, conv, append(before, "a clock is "+name), ben, ana)
			ana.say(t, conv, "mine is "+name)
			agree(t, conv, append(before, "a clock is "+name, "mine is "+name), ana, ben)
			m, err := ana.history(t.Context(), conv)
			if err != nil {
				t.Fatal(err)
			}
			if off := time.Since(time.UnixMilli(m[len(m)-1].CreatedMS)).Abs(); off > time.Hour {
				t.Errorf("%s: a sent message is dated %v from now, want the server's time", name, off)
			}
		}
	})
}

func TestUnknownKindIsKeptAndShown(t *testing.T) {
	t.Parallel()
	onEveryStage(t, func(t *testing.T, s *stage) {
		ana, ben := s.register(t, 0, "ana_lind"), s.register(t, 0, "ben_2026")
		conv := befriend(t, ana, ben)
		body := `{"b":1,"a":"<&>\u2028 é","n":1.50e1}`
		send := protocol.Send{
			ConversationID: conv, ClientID: "01ARZ3NDEKTSV4RRFFQ69G5FAV", Kind: "hologram",
			Fallback: "[a hologram]", Body: json.RawMessage(body),
		}
		sent := post(t, ana, send)
		eventually(t, "Ben sees the fallback", func() error {
			m, err := ben.history(t.Context(), conv)
			if err != nil {
				return err
			}
			if got := m[len(m)-1]; got.Kind != "hologram" || got.Text != "[a hologram]" || got.Status != store.StatusSent {
				return fmt.Errorf("got %+v", got)
			}
			return nil
		})
		page, err := pageOf(t, ben, conv)
		if err != nil {
			t.Fatal(err)
		}
		if got := string(page.Entries[len(page.Entries)-1].Body); got != body {
			t.Errorf("the body came back as %s, want %s", got, body)
		}

		t.Run("white space is all that is not passed on", func(t *testing.T) {
			spaced := send
			spaced.ClientID = "01ARZ3NDEKTSV4RRFFQ69G5FAX"
			a := call(t, http.MethodPost, ana.server+protocol.PathMessages, ana.token, fmt.Appendf(nil,
				`{"conversation_id":%q,"client_id":%q,"kind":%q,"fallback":%q,"body": { "z" : [ 1.0, 1E2 ] , "z":"\u00e9\/" } }`,
				conv, spaced.ClientID, spaced.Kind, spaced.Fallback))
			if a.status != http.StatusOK {
				t.Fatalf("%d %s", a.status, a.body)
			}
			page, err := pageOf(t, ben, conv)
			if err != nil {
				t.Fatal(err)
			}
			if got, want := string(page.Entries[len(page.Entries)-1].Body), `{"z":[1.0,1E2],"z":"\u00e9\/"}`; got != want {
				t.Errorf("the body came back as %s, want %s", got, want)
			}
		})
		t.Run("sent twice", func(t *testing.T) {
			if again := post(t, ana, send); again != sent {
				t.Errorf("the repeat got %+v, want the first answer %+v", again, sent)
			}
		})
		t.Run("same id, other content", func(t *testing.T) {
			other := send
			other.Fallback = "[another hologram]"
			var got *protocol.Error
			if _, err := tryPost(t, ana, other); !errors.As(err, &got) || got.Code != protocol.CodeIDReused || got.Status != 409 {
				t.Errorf("got %v, want 409 %s", err, protocol.CodeIDReused)
			}
		})
		t.Run("a kind that only servers write", func(t *testing.T) {
			forged := send
			forged.ClientID, forged.Kind = "01ARZ3NDEKTSV4RRFFQ69G5FAW", "vote"
			if _, err := tryPost(t, ana, forged); !errors.Is(err, &protocol.Error{Code: protocol.CodeUnknownKind}) {
				t.Errorf("got %v, want %s", err, protocol.CodeUnknownKind)
			}
		})
	})
}
