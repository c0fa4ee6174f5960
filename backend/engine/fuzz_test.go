package engine

import (
	"encoding/json"
	"testing"

	"mychat/protocol"
)

// FuzzFromServer hands the engine what a server may say, as a welcome and as an
// event. It may be refused; the engine goes on reading what it has.
func FuzzFromServer(f *testing.F) {
	for _, seed := range []struct{ op, body string }{
		{protocol.OpTyping, `{"conversation_id":"c1","user_id":"u-peer","on":true}`},
		{protocol.OpTyping, `{"on":true}`},
		{protocol.OpPresence, `{"user_id":"u-peer","online":true,"last_seen_ms":-9223372036854775808}`},
		{protocol.OpPresence, `{"user_id":""}`},
		{protocol.OpHello, `{"server_ms":-1,"reset":true,"journal":[{"useq":9}],"journal_pos":3,"heads":[{"id":"c1","last_seq":5,"ranges":null}],"presence":[{"user_id":"u-peer","online":true}]}`},
		{protocol.OpHello, `{"me":{"profile":{"id":"somebody else"}},"heads":[{"id":""},{"id":"c1","peer":null,"unread":-7,"read_seq":9223372036854775807}]}`},
		{protocol.OpEntries, `{"conversation_id":"c1","entries":[null]}`},
		{protocol.OpPositions, `null`}, {protocol.OpJournal, `{"rows":[{}]}`}, {"unheard", `{}`}, {protocol.OpTyping, ``},
	} {
		f.Add(seed.op, []byte(seed.body))
	}
	e, err := Open(f.Context(), options(f.TempDir(), nowhere))
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() {
		if err := e.Close(); err != nil {
			f.Error(err)
		}
	})
	f.Fuzz(func(t *testing.T, op string, body []byte) {
		ctx := t.Context()
		// Refusing is right as well.
		if op == protocol.OpHello {
			var w protocol.Welcome
			if json.Unmarshal(body, &w) == nil {
				_ = e.onWelcome(ctx, w)
			}
		} else {
			_ = e.onEvent(ctx, op, body)
		}
		if _, err := e.Conversations(ctx); err != nil {
			t.Errorf("conversations: %v", err)
		}
		if n, err := e.Unread(ctx); err != nil || n < 0 {
			t.Errorf("%d unread, %v", n, err)
		}
		if _, err := e.Contacts(ctx); err != nil {
			t.Errorf("contacts: %v", err)
		}
		if e.Presence() == nil {
			t.Error("presence is nil")
		}
		e.everybodyLeft()
	})
}
