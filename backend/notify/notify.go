// Package notify decides whether a message disturbs the user, and with which
// words. It starts nothing, keeps nothing, and never shows anything itself.
package notify

import (
	"strings"

	"mychat/backend/store"
)

// Settings are the user's choices. The zero value disturbs nobody.
type Settings struct {
	Notify  bool // Notices for messages while the window is not focused.
	Preview bool // Notices show who wrote and what.
}

// Situation is what surrounds a message that came in.
type Situation struct {
	Settings Settings
	Focused  bool // The user is looking at the app.
	Live     bool // The message came as it was written; false for what was missed.

	Conversation store.Conversation
	Message      store.Message
}

// Notice is a message that should disturb the user. Title and Body are empty
// where the user wants no preview: the host then says only that there is one.
type Notice struct {
	ConversationID string
	MessageID      string
	Seq            int64  // Of the message: the notice stands until it is read.
	Title          string // Who wrote.
	Body           string // At most 120 runes, one line.
}

// maxBody bounds Notice.Body in runes.
const maxBody = 120

// Decide reports whether the message of s should disturb the user, and how.
func Decide(s Situation) (Notice, bool) {
	m := s.Message
	switch {
	case !s.Settings.Notify, s.Focused, !s.Live, m.Mine:
		return Notice{}, false
	case m.Seq <= s.Conversation.ReadSeq: // Read already, on another device.
		return Notice{}, false
	case s.Conversation.Muted, m.Silent, !m.Countable():
		return Notice{}, false
	}
	n := Notice{ConversationID: m.ConversationID, MessageID: m.ID, Seq: m.Seq}
	if s.Settings.Preview {
		n.Title = name(s.Conversation)
		n.Body = store.Glance(m.Kind, m.Text, maxBody)
	}
	return n, true
}

// name is what the user calls the other side.
func name(c store.Conversation) string {
	for _, s := range []string{c.Remark, c.Peer.Nickname, c.Peer.Username} {
		if strings.TrimSpace(s) != "" {
			return s
		}
	}
	return c.ID
}
