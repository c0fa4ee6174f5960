package test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"mychat/backend/store"
	"mychat/protocol"
)

// talk has a send n messages to each of some conversations over REST, some at a
// time.
func talk(t testing.TB, server string, d *device, n int, conversations ...string) {
	t.Helper()
	g, ctx := errgroup.WithContext(t.Context())
	g.SetLimit(8)
	for _, conv := range conversations {
		g.Go(func() error {
			for i := range n {
				body, err := protocol.Encode(protocol.Text{Text: fmt.Sprintf("第 %d 条消息, number %d of this conversation", i, i)})
				if err != nil {
					return err
				}
				send := protocol.Send{ConversationID: conv, ClientID: store.NewClientID(time.Now()), Kind: protocol.KindText, Body: body}
				if err := postMessage(ctx, server, d.token, send); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
}

// postMessage sends a message over REST.
func postMessage(ctx context.Context, server, token string, send protocol.Send) error {
	data, err := protocol.Encode(send)
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, server+protocol.PathMessages, bytes.NewReader(data))
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if _, err := io.Copy(io.Discard, answer.Body); err != nil || answer.StatusCode >= http.StatusBadRequest {
		return errors.Join(fmt.Errorf("send: %s", answer.Status), err)
	}
	return nil
}

// hasAll reports an error unless a device holds all that the server holds for
// it.
func hasAll(ctx context.Context, d *device, atLeast int64) error {
	h, err := d.History(ctx)
	if err == nil && (h.Here < h.Total || h.Total < atLeast) {
		err = fmt.Errorf("%d of %d are here", h.Here, h.Total)
	}
	return err
}

// TestNewDeviceGetsAllHistory signs another device in: its list is whole at
// once, its history stays away while it is paused, also over a restart, and
// then comes by itself, from where it was, also over another restart.
func TestNewDeviceGetsAllHistory(t *testing.T) {
	onEveryStage(t, func(t *testing.T, s *stage) {
		const each = 40
		ana := s.register(t, 0, "ana_lind")
		var conversations []string
		for i := range 3 {
			conversations = append(conversations, befriend(t, ana, s.register(t, 0, fmt.Sprintf("friend_%d", i))))
		}
		talk(t, s.nodes[0].url(), ana, each, conversations...)
		other := s.signIn(t, len(s.nodes)-1, "ana_lind")
		if err := other.PauseHistory(t.Context(), true); err != nil {
			t.Fatal(err)
		}
		other.online(t)
		for _, id := range conversations {
			if c := other.conversation(t, id); c.LastSeq < each || c.Preview.Text == "" {
				t.Errorf("the list shows %+v", c)
			}
		}
		other.reopen(t)
		other.online(t)
		h, err := other.History(t.Context())
		if err != nil || !h.Paused {
			t.Fatalf("History = %+v, %v, want it paused still", h, err)
		}
		if err := other.PauseHistory(t.Context(), false); err != nil {
			t.Fatal(err)
		}
		eventually(t, "some history is there", func() error {
			now, err := other.History(t.Context())
			if err == nil && now.Here == h.Here && now.Here < now.Total {
				err = errors.New("nothing came")
			}
			return err
		})
		other.reopen(t)
		eventually(t, "all history is there", func() error { return hasAll(t.Context(), other, 3*each) })
		eventually(t, "the device that said it has nearly all too", func() error { return hasAll(t.Context(), ana, 3*each) })
		for _, id := range conversations {
			var mine []string
			eventually(t, "it has all", func() (err error) {
				mine, err = ana.texts(t.Context(), id)
				if err == nil && len(mine) < each {
					err = fmt.Errorf("%d texts", len(mine))
				}
				return err
			})
			agree(t, id, mine, other)
		}
	})
}

// TestFirstSyncFigures measures what a new device makes of as many messages, in
// 20 conversations, as MYCHAT_BENCH_HISTORY says: until its list is shown, how
// fast history comes with its search index, and how long opening a conversation
// takes meanwhile.
func TestFirstSyncFigures(t *testing.T) {
	total := 0
	if _, err := fmt.Sscan(os.Getenv("MYCHAT_BENCH_HISTORY"), &total); err != nil {
		t.Skip("MYCHAT_BENCH_HISTORY names no number of messages")
	}
	const chats = 20
	s := newStage(t, "", 1)
	ana := s.register(t, 0, "ana_lind")
	var conversations []string
	for i := range chats {
		friend := s.register(t, 0, fmt.Sprintf("friend_%d", i))
		conversations = append(conversations, befriend(t, ana, friend))
		friend.stop()
	}
	ana.stop()
	talk(t, s.nodes[0].url(), ana, total/chats, conversations...)
	begin := time.Now()
	other := s.signIn(t, 0, "ana_lind")
	eventually(t, "the list is there", func() error {
		list, err := other.Conversations(t.Context())
		if err == nil && len(list) < chats {
			err = fmt.Errorf("%d conversations", len(list))
		}
		return err
	})
	t.Logf("list of %d conversations, sign-in included: %v", chats, time.Since(begin))
	other.online(t)
	t.Logf("newest pages: %v", time.Since(begin))
	first, err := other.History(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	poured := time.Now()
	var slowest time.Duration
	for n := 0; ; n++ {
		h, err := other.History(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if h.Here == h.Total {
			took := time.Since(poured)
			t.Logf("%d messages in %v: %.0f a second", h.Total-first.Here, took, float64(h.Total-first.Here)/took.Seconds())
			break
		}
		asked := time.Now()
		if _, err := other.Page(t.Context(), store.PageQuery{ConversationID: conversations[n%chats]}); err != nil {
			t.Fatal(err)
		}
		slowest = max(slowest, time.Since(asked))
		select { // As often as a quick reader opens something.
		case <-time.After(100 * time.Millisecond):
		case <-t.Context().Done():
		}
	}
	t.Logf("slowest opening of a conversation meanwhile: %v", slowest)
}
