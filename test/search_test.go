package test_test

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"mychat/backend/engine"
	"mychat/backend/remote"
	"mychat/backend/store"
	"mychat/protocol"
	"mychat/sqlite"
)

// TestHistoryBecomesFoundOffline runs an engine with no server on a database
// whose messages came before there was an index.
func TestHistoryBecomesFoundOffline(t *testing.T) {
	const messages = 950
	dir := t.TempDir()
	me := protocol.Me{Profile: protocol.Profile{ID: "u1", Username: "lin_wan", Nickname: "林晚"}}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	s, err := store.Open(t.Context(), store.Options{Dir: dir, Me: me})
	must(err)
	peer := protocol.Profile{ID: "u2", Username: "shen", Nickname: "沈知夏"}
	must(s.ApplyWelcome(t.Context(), protocol.Welcome{Me: me, Heads: []protocol.Head{
		{ID: "c1", Kind: protocol.ConversationDirect, Peer: &peer, Ranges: []protocol.Range{{FromSeq: 1}}},
	}}))
	var entries []protocol.Entry
	for seq := int64(1); seq <= messages; seq++ {
		body, err := protocol.Encode(protocol.Text{Text: fmt.Sprintf("云海 %d", seq)})
		must(err)
		entries = append(entries, protocol.Entry{
			Seq: seq, Kind: protocol.KindText, Sender: peer.ID, ClientID: fmt.Sprint(seq),
			CreatedMS: 1_800_000_000_000 + seq*1000, Body: body,
		})
	}
	_, err = s.ApplyEntries(t.Context(), "c1", entries)
	must(err)
	must(s.Close())
	db, err := sqlite.Open(filepath.Join(dir, store.FileName), sqlite.Options{})
	must(err)
	for _, sql := range []string{
		"INSERT INTO message_fts (message_fts) VALUES ('delete-all')",
		"DELETE FROM search_row",
		"UPDATE search_state SET before = (SELECT max(id) FROM message)",
	} {
		must(db.Exec(sql).Error)
	}
	must(sqlite.Close(db))

	e, err := engine.Open(t.Context(), engine.Options{
		Dir: dir, Server: "http://127.0.0.1:1", Token: "t", Me: me, Log: slog.New(slog.DiscardHandler),
		Transport: remote.Transport{Proxy: remote.Proxy{Kind: remote.ProxyNone}},
	})
	must(err)
	ctx, stop := context.WithTimeout(t.Context(), 30*time.Second)
	ended := make(chan error, 1)
	go func() { ended <- e.Run(ctx) }()
	defer func() {
		stop()
		must(<-ended)
		must(e.Close())
	}()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		got, err := e.Search(ctx, store.SearchQuery{Words: "雲海 1", Limit: 200})
		must(err)
		if !got.Indexing {
			if len(got.Hits) != 111 || got.Hits[0].Message.Text != "云海 199" {
				t.Errorf("%d found", len(got.Hits))
			}
			break
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatal("the index is never whole")
		}
	}
	people, err := e.FindConversations(ctx, "szx", 9)
	if err != nil || len(people) != 1 || people[0].Conversation.ID != "c1" {
		t.Errorf("FindConversations = %+v, %v", people, err)
	}
}
