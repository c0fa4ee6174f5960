package notify

import (
	"strings"
	"testing"

	"mychat/backend/store"
	"mychat/protocol"
)

// situation is one in which a message disturbs, with a preview.
func situation() Situation {
	return Situation{
		Settings: Settings{Notify: true, Preview: true},
		Live:     true,
		Conversation: store.Conversation{
			ID: "c1", ReadSeq: 4, Peer: protocol.Profile{ID: "u2", Username: "peter", Nickname: "Peter"},
		},
		Message: store.Message{ID: "u2/x", ConversationID: "c1", Seq: 5, Kind: protocol.KindText, Text: "hello\nthere"},
	}
}

func TestDecide(t *testing.T) {
	for _, tt := range []struct {
		name    string
		change  func(*Situation)
		disturb bool
	}{
		{"a message from somebody", func(*Situation) {}, true},
		{"of a kind not known here", func(s *Situation) { s.Message.Kind = "x.sticker" }, true},
		{"notices are off", func(s *Situation) { s.Settings.Notify = false }, false},
		{"the user looks at the app", func(s *Situation) { s.Focused = true }, false},
		{"my own, from another device", func(s *Situation) { s.Message.Mine = true }, false},
		{"read already, on another device", func(s *Situation) { s.Conversation.ReadSeq = 5 }, false},
		{"missed while away", func(s *Situation) { s.Live = false }, false},
		{"in a muted conversation", func(s *Situation) { s.Conversation.Muted = true }, false},
		{"nothing that counts", func(s *Situation) { s.Message.Kind = protocol.KindReaction }, false},
		{"the beginning of a friendship", func(s *Situation) { s.Message.Kind = protocol.KindFriended }, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := situation()
			tt.change(&s)
			if _, got := Decide(s); got != tt.disturb {
				t.Errorf("Decide = %v, want %v", got, tt.disturb)
			}
		})
	}
}

func TestWords(t *testing.T) {
	s := situation()
	n, _ := Decide(s)
	if want := (Notice{ConversationID: "c1", MessageID: "u2/x", Seq: 5, Title: "Peter", Body: "hello there"}); n != want {
		t.Errorf("Decide = %+v, want %+v", n, want)
	}
	s.Conversation.Remark = "Pete"
	s.Message.Text = strings.Repeat("é", 500)
	if n, _ := Decide(s); n.Title != "Pete" || n.Body != strings.Repeat("é", maxBody) {
		t.Errorf("Decide = %+v, want the remark and %d runes", n, maxBody)
	}
	s.Conversation.Remark, s.Conversation.Peer.Nickname = " ", ""
	if n, _ := Decide(s); n.Title != "peter" {
		t.Errorf("title = %q, want the username", n.Title)
	}
	s.Settings.Preview = false
	if n, _ := Decide(s); n != (Notice{ConversationID: "c1", MessageID: "u2/x", Seq: 5}) {
		t.Errorf("Decide = %+v, want neither who nor what", n)
	}
}
