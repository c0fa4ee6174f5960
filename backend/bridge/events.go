package bridge

import (
	"mychat/backend/engine"
	"mychat/protocol"
)

// Kinds of event. An event names what changed; the page pulls the rest, so
// that events stay small.
const (
	EventAuth          = "auth"          // Ask Auth.State again.
	EventConnection    = "connection"    // Connection holds the new state.
	EventConversations = "conversations" // IDs changed, appeared or vanished; without IDs, any of them may have.
	EventMessages      = "messages"      // IDs of ConversationID changed, appeared or vanished; without IDs, any of them may have.
	EventContacts      = "contacts"      // Ask Friends.List and Requests again.
	EventPresence      = "presence"      // Presence holds who came or went.
	EventTyping        = "typing"        // UserID is writing in ConversationID until UntilMS, or stopped (0).
	EventSettings      = "settings"      // Ask Settings.Get again.
	EventProfile       = "profile"       // Ask Settings.Me again.
	EventScheduled     = "scheduled"     // Ask Chat.Scheduled again.
	EventStars         = "stars"         // Other messages have a star now: ask Chat.Starred again.
	EventDevices       = "devices"       // Ask Settings.Devices again. SignedIn are those that just signed in elsewhere.
	EventUnread        = "unread"        // Unread holds how many messages are unread in all conversations.
	EventStorage       = "storage"       // Ask Storage.State again.
	EventRestore       = "restore"       // Ask Restore.State again.
	EventReset         = "reset"         // So much changed that the page asks for everything again.
	EventNotice        = "notice"        // Notice should disturb the user, if the window is not focused.
	EventNoticesOver   = "notices_over"  // The notices of the messages IDs of ConversationID have nothing more to say.
	EventShow          = "show"          // Show ConversationID: a notice was clicked.
)

// States of the connection.
const (
	ConnectionOff        = engine.ConnectionOff        // No network or no server; NextTryMS says when it is tried again.
	ConnectionConnecting = engine.ConnectionConnecting // Being made.
	ConnectionSyncing    = engine.ConnectionSyncing    // Made; what was missed is coming in.
	ConnectionOnline     = engine.ConnectionOnline     // Up to date.
)

// Connection is the state of the open account's connection.
type Connection struct {
	State     string `json:"state"`
	NextTryMS int64  `json:"next_try_ms"` // With ConnectionOff; 0 means that it is not tried again by itself.
	ErrorCode string `json:"error_code"`  // Why it is off, as in Error.Code; "" means not known.
}

// Notice is a message that may disturb the user. Title and Body are empty where
// the user wants no preview: the notice then says only that there is one.
type Notice struct {
	ConversationID string `json:"conversation_id"`
	MessageID      string `json:"message_id"`
	Title          string `json:"title"`
	Body           string `json:"body"`
}

// Event is one thing that happened. Seq is dense from 1 in each run of the app.
type Event struct {
	Seq            int64              `json:"seq"`
	Kind           string             `json:"kind"`
	ConversationID string             `json:"conversation_id,omitempty"`
	IDs            []string           `json:"ids,omitempty"`
	UserID         string             `json:"user_id,omitempty"`
	UntilMS        int64              `json:"until_ms,omitempty"`
	Connection     *Connection        `json:"connection,omitempty"`
	Presence       *protocol.Presence `json:"presence,omitempty"`
	Notice         *Notice            `json:"notice,omitempty"`
	Unread         *int               `json:"unread,omitempty"`
	SignedIn       []protocol.Device  `json:"signed_in,omitempty"`
}

// Backlog is what a page missed.
type Backlog struct {
	Events     []Event    `json:"events"`
	Reset      bool       `json:"reset"` // Too old to say: ask for everything again.
	Seq        int64      `json:"seq"`   // The newest event there is.
	Connection Connection `json:"connection"`
}

// SinceRequest names the last event that a page heard. 0 means none: such a
// page has asked for nothing yet, so it gets no backlog, only where to go on
// from.
type SinceRequest struct {
	Seq int64 `json:"seq"`
}

// Events is how a page catches up after a gap, a reload or a reconnect.
type Events struct{ app *App }

// Since returns the events after one.
func (e *Events) Since(r SinceRequest) (Backlog, error) {
	return guarded(e.app, func() (Backlog, error) { return e.app.feed.since(r.Seq), nil })
}
