//go:build linux

package desktop

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"testing"

	"mychat/backend/engine"
	"mychat/backend/remote"
	"mychat/backend/store"
	"mychat/protocol"
)

// friend is somebody with an engine and no window.
type friend struct{ *engine.Engine }

// newFriend registers Ben, who asks the person with the username to be friends.
func newFriend(ctx context.Context, t testing.TB, server, username, other string) friend {
	t.Helper()
	f := newPerson(ctx, t, server, username, "Ben")
	people, err := f.SearchPeople(ctx, other)
	if err != nil || len(people) != 1 {
		t.Fatalf("search %s: %d found, %v", other, len(people), err)
	}
	if _, err := f.AskFriend(ctx, people[0].Profile.ID, "It is me"); err != nil {
		t.Fatal(err)
	}
	return f
}

// newPerson registers somebody.
func newPerson(ctx context.Context, t testing.TB, server, username, nickname string) friend {
	t.Helper()
	public, _, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	direct := remote.Transport{Proxy: remote.Proxy{Kind: remote.ProxyNone}}
	client, err := remote.New(remote.Options{Server: server, Transport: direct, Log: quiet(t)})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	session, err := client.Register(ctx, protocol.Register{
		Username: username, Nickname: nickname, Password: password,
		Device: protocol.DeviceInfo{Name: "test", Platform: protocol.PlatformLinux, PublicKey: base64.StdEncoding.EncodeToString(public)},
	})
	if err != nil {
		t.Fatal(err)
	}
	e, err := engine.Open(ctx, engine.Options{
		Dir: t.TempDir(), Server: server, Token: session.Token, Me: session.Me, Transport: direct, Log: quiet(t),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	untilEnd(t, e.Run)
	return friend{e}
}

// accept waits for a friend request and accepts it.
func (f friend) accept(ctx context.Context, t testing.TB) {
	t.Helper()
	await(ctx, t, "somebody asks to be friends", func() error {
		list, err := f.Requests(ctx)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			return errors.New("no request")
		}
		return f.AnswerFriend(ctx, list[0].ID, protocol.AnswerAccept)
	})
}

// conversation waits for the friend's first conversation and returns its id.
func (f friend) conversation(ctx context.Context, t testing.TB) string {
	t.Helper()
	var id string
	await(ctx, t, "the conversation is there", func() error {
		list, err := f.Conversations(ctx)
		if err == nil && len(list) == 0 {
			err = errors.New("no conversation")
		}
		if err == nil {
			id = list[0].ID
		}
		return err
	})
	return id
}

func (f friend) say(ctx context.Context, t testing.TB, conv, text string) {
	t.Helper()
	if _, err := f.Send(ctx, conv, text); err != nil {
		t.Fatal(err)
	}
}

// hears waits until the friend has a message.
func (f friend) hears(ctx context.Context, t testing.TB, conv, text string) {
	t.Helper()
	await(ctx, t, "the friend hears "+text, func() error {
		page, err := f.Page(ctx, store.PageQuery{ConversationID: conv})
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(page.Messages, func(m store.Message) bool { return m.Text == text }) {
			return fmt.Errorf("%d other messages", len(page.Messages))
		}
		return nil
	})
}

// readAll waits until the friend has n messages of the conversation and read
// them all, as far as the other side can tell.
func (f friend) readAll(ctx context.Context, t testing.TB, other friend, conv string, n int64) {
	t.Helper()
	await(ctx, t, "all is read", func() error {
		mine, err := f.Conversations(ctx)
		if err != nil {
			return err
		}
		if err := f.MarkRead(ctx, conv, mine[0].LastSeq); err != nil {
			return err
		}
		theirs, err := other.Conversations(ctx)
		if err == nil && theirs[0].PeerReadSeq < max(n, theirs[0].LastSeq) {
			err = fmt.Errorf("read up to %d of %d", theirs[0].PeerReadSeq, theirs[0].LastSeq)
		}
		return err
	})
}
