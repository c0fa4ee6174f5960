package engine

import (
	"mychat/backend/notify"
	"mychat/protocol"
)

// Event is one thing that happened: one of the types below. An event about
// stored things comes after they are committed.
type Event interface{ event() }

// ConversationsChanged names conversations that changed, appeared or vanished.
type ConversationsChanged struct {
	IDs []string // Empty means: any of them; read the whole list.
}

// MessagesChanged names messages of one conversation that changed, appeared or
// vanished.
type MessagesChanged struct {
	ConversationID string
	IDs            []string // Empty means: any of them; read the page again.
}

// EverythingChanged says that so much changed that it is not told apart.
type EverythingChanged struct{}

// ContactsChanged says that contacts or friend requests changed.
type ContactsChanged struct{}

// ProfileChanged says that Me changed.
type ProfileChanged struct{}

// ScheduledChanged says that messages which are to be sent later changed.
type ScheduledChanged struct{}

// PreferencesChanged says that what the user chose for all of their devices
// changed, here or on another one.
type PreferencesChanged struct{}

// StarsChanged says that other messages have a star of the user's now.
type StarsChanged struct{}

// ConnectionChanged holds the state of the connection.
type ConnectionChanged struct{ Connection Connection }

// PresenceChanged says that a friend came or went.
type PresenceChanged struct{ Presence protocol.Presence }

// TypingChanged says that UserID is writing in ConversationID until UntilMS by
// this machine's clock, or stopped when it is 0.
type TypingChanged struct {
	ConversationID string
	UserID         string
	UntilMS        int64
}

// DevicesChanged says that the account's devices changed. SignedIn are those
// that just signed in elsewhere.
type DevicesChanged struct{ SignedIn []protocol.Device }

// UnreadChanged holds how many messages are unread in all conversations.
type UnreadChanged struct{ Total int }

// NoticeRaised holds a message that should disturb the user.
type NoticeRaised struct{ Notice notify.Notice }

// NoticesOver names messages whose notices have nothing more to say: they were
// read, here or elsewhere, or recalled.
type NoticesOver struct {
	ConversationID string
	MessageIDs     []string
}

// SignedOut says that the server ended this device's session. Run returns, and
// the token is worth nothing any more.
type SignedOut struct{ Ended protocol.Ended }

// StorageChanged says that what Storage, Healed or History return changed.
type StorageChanged struct{}

// Damaged says that the local store is damaged: Run returns ErrDamaged, and
// opening the account again mends it.
type Damaged struct{}

func (ConversationsChanged) event() {}
func (MessagesChanged) event()      {}
func (EverythingChanged) event()    {}
func (ContactsChanged) event()      {}
func (ProfileChanged) event()       {}
func (ScheduledChanged) event()     {}
func (PreferencesChanged) event()   {}
func (StarsChanged) event()         {}
func (ConnectionChanged) event()    {}
func (PresenceChanged) event()      {}
func (TypingChanged) event()        {}
func (DevicesChanged) event()       {}
func (UnreadChanged) event()        {}
func (NoticeRaised) event()         {}
func (NoticesOver) event()          {}
func (SignedOut) event()            {}
func (StorageChanged) event()       {}
func (Damaged) event()              {}

// States of the connection.
const (
	ConnectionOff        = "off"        // No network or no server; NextTryMS says when it is tried again.
	ConnectionConnecting = "connecting" // Being made.
	ConnectionSyncing    = "syncing"    // Made; what was missed is coming in.
	ConnectionOnline     = "online"     // Up to date.
)

// Connection is the state of the connection.
type Connection struct {
	State     string
	NextTryMS int64  // With ConnectionOff, by this machine's clock; 0 means that it is not tried again by itself.
	ErrorCode string // Why it is off, as in Problem.Code; "" means not known.
}
