package engine

import (
	"context"
	"slices"
	"sync"

	"mychat/backend/notify"
	"mychat/backend/store"
	"mychat/protocol"
)

// mailbox keeps what happened and is not stored, until Next takes it. It is
// bounded: of each thing that has a state only the newest is kept.
type mailbox struct {
	ready chan struct{} // Has a value when something is inside.

	mu         sync.Mutex
	connection *Connection
	presence   map[string]protocol.Presence
	typing     map[typist]int64
	notices    []notify.Notice
	signedOut  *protocol.Ended
	damaged    bool
	storage    bool

	unread   int             // The total that Next last told; -1 before the first.
	standing []notify.Notice // Those that may still be on the screen, the oldest first; used by Next only.
}

// maxNotices bounds the notices that wait; past it the oldest go. Nobody reads
// more than a few.
const maxNotices = 32

func newMailbox() mailbox {
	return mailbox{ready: make(chan struct{}, 1), unread: -1}
}

// put changes what is inside.
func (m *mailbox) put(change func()) {
	m.mu.Lock()
	change()
	m.mu.Unlock()
	select {
	case m.ready <- struct{}{}:
	default:
	}
}

func (m *mailbox) putConnection(c Connection) {
	m.put(func() { m.connection = &c })
}

func (m *mailbox) putPresence(p protocol.Presence) {
	m.put(func() {
		if m.presence == nil {
			m.presence = make(map[string]protocol.Presence)
		}
		m.presence[p.UserID] = p
	})
}

func (m *mailbox) putTyping(who typist, untilMS int64) {
	m.put(func() {
		if m.typing == nil {
			m.typing = make(map[typist]int64)
		}
		m.typing[who] = untilMS
	})
}

func (m *mailbox) putNotice(n notify.Notice) {
	m.put(func() {
		if len(m.notices) == maxNotices {
			m.notices = append(m.notices[:0], m.notices[1:]...)
		}
		m.notices = append(m.notices, n)
	})
}

func (m *mailbox) signOut(end protocol.Ended) {
	m.put(func() { m.signedOut = &end })
}

func (m *mailbox) damage() { m.put(func() { m.damaged = true }) }

func (m *mailbox) touchStorage() { m.put(func() { m.storage = true }) }

// take empties the mailbox.
func (m *mailbox) take() []Event {
	m.mu.Lock()
	defer m.mu.Unlock()
	var events []Event
	if m.connection != nil {
		events = append(events, ConnectionChanged{*m.connection})
	}
	for _, p := range m.presence {
		events = append(events, PresenceChanged{p})
	}
	for who, until := range m.typing {
		events = append(events, TypingChanged{ConversationID: who.conversation, UserID: who.user, UntilMS: until})
	}
	for _, n := range m.notices {
		events = append(events, NoticeRaised{n})
	}
	if m.signedOut != nil {
		events = append(events, SignedOut{*m.signedOut})
	}
	if m.storage {
		events = append(events, StorageChanged{})
	}
	if m.damaged {
		events = append(events, Damaged{})
	}
	m.connection, m.presence, m.typing, m.notices, m.signedOut = nil, nil, nil, nil, nil
	m.storage, m.damaged = false, false
	return events
}

// Next waits until something happened and returns all of it, merged so that a
// slow caller gets few large answers, never a growing queue. What is stored
// comes first. It returns ctx's error when ctx ends. One goroutine at a time
// may call it.
func (e *Engine) Next(ctx context.Context) ([]Event, error) {
	for {
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-e.feed.Ready():
		case <-e.mail.ready:
		}
		// A notice is about a message that was committed before: take what was
		// committed after what is in the mailbox.
		mail := e.mail.take()
		change := e.feed.Take()
		events := append(e.stored(ctx, change), mail...)
		if events = e.noticesOver(ctx, change, events); len(events) > 0 {
			return events, nil
		}
	}
}

// stored returns the events of a change of the store.
func (e *Engine) stored(ctx context.Context, c store.Change) []Event {
	var events []Event
	if c.All {
		events = append(events, EverythingChanged{}, ContactsChanged{}, ProfileChanged{}, ScheduledChanged{}, PreferencesChanged{}, StarsChanged{})
	}
	if len(c.Conversations) > 0 {
		events = append(events, ConversationsChanged{IDs: c.Conversations})
	}
	for id, messages := range c.Messages {
		events = append(events, MessagesChanged{ConversationID: id, IDs: messages})
	}
	if c.Contacts || c.Requests {
		events = append(events, ContactsChanged{})
	}
	if c.Profile {
		events = append(events, ProfileChanged{})
	}
	if c.Scheduled && !c.All {
		events = append(events, ScheduledChanged{})
	}
	if c.Preferences && !c.All {
		events = append(events, PreferencesChanged{})
	}
	if c.Stars && !c.All {
		events = append(events, StarsChanged{})
	}
	if c.Devices {
		events = append(events, DevicesChanged{SignedIn: c.SignedIn})
	}
	if c.All || len(c.Conversations) > 0 {
		events = append(events, e.unreadChanged(ctx)...)
	}
	return events
}

// unreadChanged returns an event if the total is not the one last told.
func (e *Engine) unreadChanged(ctx context.Context) []Event {
	total, err := e.store.Unread(ctx)
	if err != nil {
		if ctx.Err() == nil {
			e.log.Warn("cannot count unread messages", "error", err)
		}
		return nil
	}
	if total == e.mail.unread {
		return nil
	}
	e.mail.unread = total
	return []Event{UnreadChanged{Total: total}}
}

// noticesOver adds to events which notices are over by a change. One that was
// over before it was raised is left out.
func (e *Engine) noticesOver(ctx context.Context, c store.Change, events []Event) []Event {
	touched := map[string]bool{}
	for _, id := range c.Conversations {
		touched[id] = true
	}
	for id := range c.Messages {
		touched[id] = true
	}
	raised := map[string]bool{}
	for _, event := range events {
		if n, ok := event.(NoticeRaised); ok {
			touched[n.Notice.ConversationID], raised[n.Notice.MessageID] = true, true
			e.mail.standing = append(e.mail.standing, n.Notice)
		}
	}
	e.mail.standing = slices.Delete(e.mail.standing, 0, max(0, len(e.mail.standing)-maxNotices))
	if len(e.mail.standing) == 0 || !c.All && len(touched) == 0 {
		return events
	}
	standing := map[string][]notify.Notice{} // By conversation.
	for _, n := range e.mail.standing {
		if c.All || touched[n.ConversationID] {
			standing[n.ConversationID] = append(standing[n.ConversationID], n)
		}
	}
	over := map[string][]string{} // Message ids by conversation.
	for id, notices := range standing {
		over[id] = e.over(ctx, id, notices)
	}
	e.mail.standing = slices.DeleteFunc(e.mail.standing, func(n notify.Notice) bool {
		return slices.Contains(over[n.ConversationID], n.MessageID)
	})
	events = slices.DeleteFunc(events, func(event Event) bool {
		n, ok := event.(NoticeRaised)
		return ok && slices.Contains(over[n.Notice.ConversationID], n.Notice.MessageID)
	})
	for id, messages := range over {
		messages = slices.DeleteFunc(messages, func(message string) bool { return raised[message] })
		if len(messages) > 0 {
			events = append(events, NoticesOver{id, messages})
		}
	}
	return events
}

// over returns those messages of the notices of a conversation that were read or
// are gone.
func (e *Engine) over(ctx context.Context, conversationID string, notices []notify.Notice) []string {
	ids := make([]string, len(notices))
	for i, n := range notices {
		ids[i] = n.MessageID
	}
	conversations, err := e.store.ConversationsByID(ctx, []string{conversationID})
	if err != nil {
		return nil // They stand, and are looked at with the next change.
	}
	if len(conversations) == 0 {
		return ids
	}
	messages, err := e.store.Messages(ctx, conversationID, ids)
	if err != nil {
		return nil
	}
	stands := map[string]bool{}
	for _, m := range messages {
		stands[m.ID] = m.Countable() && m.Seq > conversations[0].ReadSeq
	}
	return slices.DeleteFunc(ids, func(id string) bool { return stands[id] })
}
