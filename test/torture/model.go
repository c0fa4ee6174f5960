package main

import (
	"fmt"
	"slices"
	"strings"

	"mychat/backend/store"
	"mychat/protocol"
)

// fate is what is known of a message that somebody said.
type fate int

const (
	certain   fate = iota // The app said that it is queued, or the server that it has it.
	uncertain             // The app or the server was gone before it answered: there once, or not at all.
	refused               // The app said that it was not kept.
)

// said is one message as its sender knows it. Its text is unlike any other's.
type said struct {
	conversation string
	sender       string // User id.
	device       string
	order        int // Rises with each message of the world.
	fate         fate

	// loose is set for what has no place in the order of its device: it was
	// refused once and sent again later, or was not said through an app.
	loose bool
}

// place is one line of a conversation's log.
type place struct {
	id, sender, kind, text string
}

// model is what must be true, kept as simply as that can be.
type model struct {
	said  map[string]*said           // By text.
	log   map[string]map[int64]place // By conversation and seq: what anybody was ever shown.
	read  map[string]map[string]int64
	shown map[string]store.Conversation // By device and conversation: what was last shown of it.
}

func newModel() *model {
	return &model{
		said: map[string]*said{}, log: map[string]map[int64]place{},
		read: map[string]map[string]int64{}, shown: map[string]store.Conversation{},
	}
}

// reads notes that a user read up to seq.
func (m *model) reads(conversation, user string, seq int64) {
	if m.read[conversation] == nil {
		m.read[conversation] = map[string]int64{}
	}
	m.read[conversation][user] = max(m.read[conversation][user], seq)
}

// sees holds what a device shows of a conversation against what it showed
// before: no position ever moves back.
func (m *model) sees(device string, c store.Conversation) error {
	key := device + " " + c.ID
	before := m.shown[key]
	m.shown[key] = c
	for _, p := range []struct {
		name      string
		was, this int64
	}{
		{"last seq", before.LastSeq, c.LastSeq},
		{"own read position", before.ReadSeq, c.ReadSeq},
		{"peer's read position", before.PeerReadSeq, c.PeerReadSeq},
		{"peer's delivered position", before.PeerDeliveredSeq, c.PeerDeliveredSeq},
	} {
		if p.this < p.was {
			return fmt.Errorf("%s: the %s of conversation %s moved back from %d to %d", device, p.name, c.ID, p.was, p.this)
		}
	}
	return nil
}

// holds notes a line that somebody was shown, and holds it against what others
// were: what once had a place keeps it.
func (m *model) holds(who, conversation string, seq int64, p place) error {
	log := m.log[conversation]
	if log == nil {
		log = map[int64]place{}
		m.log[conversation] = log
	}
	if was, ok := log[seq]; ok && was != p {
		return fmt.Errorf("%s: seq %d of conversation %s is %v, and was shown as %v", who, seq, conversation, p, was)
	}
	log[seq] = p
	if p.kind != protocol.KindText {
		return nil
	}
	s := m.said[p.text]
	switch {
	case s == nil:
		return fmt.Errorf("%s: nobody said %.60q, seq %d of conversation %s", who, p.text, seq, conversation)
	case s.fate == refused:
		return fmt.Errorf("%s: %.60q was not kept, says its app, and is seq %d of conversation %s", who, p.text, seq, conversation)
	case s.sender != p.sender || s.conversation != conversation:
		return fmt.Errorf("%s: seq %d of conversation %s is %v, and was said by %s in %s", who, seq, conversation, p, s.sender, s.conversation)
	}
	return nil
}

// page holds the newest page that a device shows against the model, and
// returns the ids of its messages that the server refused.
func (m *model) page(device, conversation string, messages []store.Message) (failed []string, err error) {
	for _, msg := range messages {
		if msg.Seq > 0 {
			if err := m.holds(device, conversation, msg.Seq, placeOf(msg)); err != nil {
				return nil, err
			}
		}
		if msg.Status != store.StatusFailed {
			continue
		}
		s := m.said[msg.Text]
		if s == nil || msg.ErrorCode != string(protocol.CodeNotFriend) {
			return nil, fmt.Errorf("%s: %.60q is refused with %q", device, msg.Text, msg.ErrorCode)
		}
		s.loose = true
		failed = append(failed, msg.ID)
	}
	return failed, nil
}

func placeOf(m store.Message) place { return place{m.ID, m.Sender, m.Kind, m.Text} }

// settled holds the whole log of a conversation, as the server has it when
// nothing is under way, against what was said there. What it lacks may come;
// anything else that is wrong is broken.
func (m *model) settled(conversation string, log []place) error {
	seen := map[string]bool{}
	latest := map[string]*said{} // By device.
	for i, p := range log {
		seq := int64(i + 1)
		if err := m.holds("the server", conversation, seq, p); err != nil {
			return broken{err}
		}
		if p.kind != protocol.KindText {
			continue
		}
		if seen[p.text] {
			return broken{fmt.Errorf("the server: %.60q is there twice, again as seq %d of conversation %s", p.text, seq, conversation)}
		}
		seen[p.text] = true
		s := m.said[p.text]
		if s.loose {
			continue
		}
		if before := latest[s.device]; before != nil && before.order > s.order {
			return broken{fmt.Errorf("the server: seq %d of conversation %s, %.60q, was said by %s before what precedes it", seq, conversation, p.text, s.device)}
		}
		latest[s.device] = s
	}
	for seq := range m.log[conversation] {
		if seq > int64(len(log)) {
			return broken{fmt.Errorf("the server: seq %d of conversation %s was shown as %v and is gone", seq, conversation, m.log[conversation][seq])}
		}
	}
	var lost []string
	for text, s := range m.said {
		if s.conversation == conversation && s.fate == certain && !seen[text] {
			lost = append(lost, fmt.Sprintf("%.60q of %s", text, s.device))
		}
	}
	if len(lost) > 0 {
		slices.Sort(lost)
		return fmt.Errorf("the server: conversation %s lacks %d messages: %s", conversation, len(lost), strings.Join(lost[:min(3, len(lost))], ", "))
	}
	return nil
}

// view is what one device holds of one conversation.
type view struct {
	conversation store.Conversation
	messages     []store.Message
}

// agrees holds a device's view of a settled conversation against its log and
// against what was read.
func (m *model) agrees(device, user, peer string, log []place, v view) error {
	c := v.conversation
	for i, msg := range v.messages {
		if msg.Seq == 0 {
			return fmt.Errorf("%s: %.60q is still %s in conversation %s", device, msg.Text, msg.Status, c.ID)
		}
		if i >= len(log) || msg.Seq != int64(i+1) || placeOf(msg) != log[i] || msg.Status != store.StatusSent || msg.Mine != (msg.Sender == user) {
			return fmt.Errorf("%s: line %d of conversation %s is %+v; the server has %d lines", device, i+1, c.ID, msg, len(log))
		}
	}
	if len(v.messages) != len(log) {
		return fmt.Errorf("%s: holds %d lines of conversation %s, the server %d", device, len(v.messages), c.ID, len(log))
	}
	unread := 0
	for _, p := range log[min(int64(len(log)), m.read[c.ID][user]):] {
		if p.sender != user && protocol.Countable(p.kind) {
			unread++
		}
	}
	for _, p := range []struct {
		name      string
		got, want int64
	}{
		{"last seq", c.LastSeq, int64(len(log))},
		{"own read position", c.ReadSeq, m.read[c.ID][user]},
		{"peer's read position", c.PeerReadSeq, m.read[c.ID][peer]},
		{"peer's delivered position", c.PeerDeliveredSeq, int64(len(log))},
		{"unread", int64(c.Unread), min(int64(unread), protocol.MaxUnread)},
	} {
		if p.got != p.want {
			return fmt.Errorf("%s: %s of conversation %s is %d, want %d", device, p.name, c.ID, p.got, p.want)
		}
	}
	return nil
}
