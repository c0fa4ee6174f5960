package store

import (
	"slices"
	"sync"

	"mychat/protocol"
)

// Change says what one or more committed transactions changed. The zero value
// says nothing.
type Change struct {
	All           bool                // So much that it is not told apart; the rest is empty then.
	Conversations []string            // Ids of conversations that changed or appeared.
	Messages      map[string][]string // By conversation, ids of messages that changed, appeared or vanished; empty means any.
	Contacts      bool
	Requests      bool
	Profile       bool
	Scheduled     bool // Messages that are to be sent later.
	Preferences   bool // What the user chose for all of their devices.
	Stars         bool // Which messages have a star.
	Outgoing      bool // Something waits to be sent that did not before.

	// Devices changed: one signed in, was renamed or was signed out. SignedIn
	// are those that just signed in, other than this one.
	Devices  bool
	SignedIn []protocol.Device
}

// Bounds of a Change; past them it says less.
const (
	maxChangedMessages      = 512 // Per conversation; past it, any message of it.
	maxChangedConversations = 512 // Past it, everything.
	maxSignedIn             = 8   // Past it, the newest.
)

func (c *Change) empty() bool {
	return !c.All && len(c.Conversations) == 0 && len(c.Messages) == 0 &&
		!c.Contacts && !c.Requests && !c.Profile && !c.Scheduled && !c.Preferences && !c.Stars && !c.Outgoing && !c.Devices
}

func (c *Change) conversation(id string) {
	if !slices.Contains(c.Conversations, id) {
		c.Conversations = append(c.Conversations, id)
	}
}

// messages notes ids of one conversation; none means any.
func (c *Change) messages(conversationID string, ids ...string) {
	if c.Messages == nil {
		c.Messages = make(map[string][]string)
	}
	known, noted := c.Messages[conversationID]
	if len(ids) == 0 || noted && len(known) == 0 || len(known)+len(ids) > maxChangedMessages {
		c.Messages[conversationID] = nil
		return
	}
	for _, id := range ids {
		if !slices.Contains(known, id) {
			known = append(known, id)
		}
	}
	c.Messages[conversationID] = known
}

// merge adds what o says to c.
func (c *Change) merge(o Change) {
	outgoing, devices := c.Outgoing || o.Outgoing, c.Devices || o.Devices
	signedIn := append(c.SignedIn, o.SignedIn...)
	if !c.All && !o.All {
		for _, id := range o.Conversations {
			c.conversation(id)
		}
		for id, messages := range o.Messages {
			c.messages(id, messages...)
		}
		c.Contacts = c.Contacts || o.Contacts
		c.Requests = c.Requests || o.Requests
		c.Profile = c.Profile || o.Profile
		c.Scheduled = c.Scheduled || o.Scheduled
		c.Preferences = c.Preferences || o.Preferences
		c.Stars = c.Stars || o.Stars
	}
	if c.All || o.All || len(c.Conversations) > maxChangedConversations || len(c.Messages) > maxChangedConversations {
		*c = Change{All: true}
	}
	c.Outgoing, c.Devices = outgoing, devices
	c.SignedIn = signedIn[max(0, len(signedIn)-maxSignedIn):]
}

// Feed hears of every commit after Subscribe. A slow reader gets fewer, larger
// changes; the writer never waits for it, and nothing is lost. One goroutine
// may read it.
type Feed struct {
	ready chan struct{}
	leave func()

	mu      sync.Mutex
	pending Change
}

// Ready has a value when Take has something to return.
func (f *Feed) Ready() <-chan struct{} { return f.ready }

// Take returns all that changed since the last Take, merged.
func (f *Feed) Take() Change {
	f.mu.Lock()
	defer f.mu.Unlock()
	c := f.pending
	f.pending = Change{}
	return c
}

// Close ends the subscription.
func (f *Feed) Close() { f.leave() }

func (f *Feed) put(c Change) {
	f.mu.Lock()
	f.pending.merge(c)
	f.mu.Unlock()
	select {
	case f.ready <- struct{}{}:
	default:
	}
}

// feeds is the set of subscriptions.
type feeds struct {
	mu  sync.Mutex
	set map[*Feed]struct{}
}

func (s *feeds) subscribe() *Feed {
	f := &Feed{ready: make(chan struct{}, 1)}
	f.leave = func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.set, f)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.set == nil {
		s.set = make(map[*Feed]struct{})
	}
	s.set[f] = struct{}{}
	return f
}

// announce hands c to every subscription. Two commits may be announced in
// either order: a Change says what to read again, not what it became.
func (s *feeds) announce(c Change) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for f := range s.set {
		f.put(c)
	}
}
