package bridge

import (
	"errors"

	"mychat/protocol"
)

// Kinds of event. An event names what changed; the page pulls the rest, so
// that events stay small.
const (
	EventAuth          = "auth"          // Ask Auth.State again. Reason says why an account closed by itself.
	EventConnection    = "connection"    // Connection holds the new state.
	EventConversations = "conversations" // IDs changed, appeared or vanished.
	EventMessages      = "messages"      // IDs of ConversationID changed, appeared or vanished.
	EventContacts      = "contacts"      // Ask Friends.List and Requests again.
	EventPresence      = "presence"      // Presence holds who came or went.
	EventTyping        = "typing"        // UserID is writing in ConversationID until UntilMS, or stopped (0).
	EventSettings      = "settings"      // Ask Settings.Get again.
	EventProfile       = "profile"       // Ask Settings.Me again.
	EventNotice        = "notice"        // Notice should disturb the user, if the window is not focused.
	EventShow          = "show"          // Show ConversationID: a notice was clicked.
)

// States of the connection.
const (
	ConnectionOff        = "off"        // No network or no server; NextTryMS says when it is tried again.
	ConnectionConnecting = "connecting" // Being made.
	ConnectionSyncing    = "syncing"    // Made; what was missed is coming in.
	ConnectionOnline     = "online"     // Up to date.
)

// Connection is the state of the open account's connection.
type Connection struct {
	State     string `json:"state"`
	NextTryMS int64  `json:"next_try_ms"` // With ConnectionOff; 0 means now.
	ErrorCode string `json:"error_code"`  // Why it is off, as in Error.Code; "" means not known.
}

// Notice is a message that may disturb the user.
type Notice struct {
	ConversationID string `json:"conversation_id"`
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
	Reason         string             `json:"reason,omitempty"` // With EventAuth: signed_out, disabled, or "".
	Connection     *Connection        `json:"connection,omitempty"`
	Presence       *protocol.Presence `json:"presence,omitempty"`
	Notice         *Notice            `json:"notice,omitempty"`
}

// Backlog is what a page missed.
type Backlog struct {
	Events     []Event    `json:"events"`
	Reset      bool       `json:"reset"` // Too old to say: ask for everything again.
	Seq        int64      `json:"seq"`   // The newest event there is.
	Connection Connection `json:"connection"`
}

// SinceRequest names the last event that a page heard; 0 means none.
type SinceRequest struct {
	Seq int64 `json:"seq"`
}

// Events is how a page catches up after a gap, a reload or a reconnect.
type Events struct{ app *App }

// Since returns the events after one.
func (e *Events) Since(r SinceRequest) (Backlog, error) { return Backlog{}, errNotYet }

// Error is how an error crosses to the page.
type Error struct {
	Code         string `json:"code"` // A protocol.Code, or one of the codes below.
	Message      string `json:"message"`
	Field        string `json:"field,omitempty"`
	Fingerprint  string `json:"fingerprint,omitempty"`    // With CodeCertificateUnknown.
	RetryAfterMS int64  `json:"retry_after_ms,omitempty"` // 0 means not known.
}

// Codes that arise on this machine, beside those of the protocol.
const (
	CodeUnreachable        = "unreachable"         // No answer from that address.
	CodeNotMyChat          = "not_mychat"          // Something else answers there.
	CodeCertificateUnknown = "certificate_unknown" // No authority vouches for it; the user may.
	CodeCertificateExpired = "certificate_expired"
	CodeCertificateChanged = "certificate_changed" // Not the one that was pinned.
	CodeProxy              = "proxy"               // The proxy does not answer or refuses.
	CodeOffline            = "offline"             // This needs the network, and there is none.
	CodeNewerData          = "newer_data"          // The local data was written by a newer version.
	CodeDiskFull           = "disk_full"
	CodeNoAccount          = "no_account" // No account is open.
)

// App holds what the bound structs share.
type App struct{}

var errNotYet = errors.New("not yet")
