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

// said is one message as its sender knows it. Its text is unlike any other's,
// apart from those of its copies.
type said struct {
	id           string // As its app says, once that answered; "" for the words of an edit.
	conversation string
	sender       string // User id.
	device       string
	target       string // The message whose words it replaces; "" for a message.
	order        int    // Rises with each message of the world.
	fate         fate

	// loose is set for what has no place in the order of its device: it was
	// refused once and sent again later, or was not said through an app.
	loose bool

	unnamed bool     // The app that keeps it did not tell the id.
	copies  []copied // What was forwarded before these words.
	card    string   // If it is the title of a record, what that holds.
	later   *later   // What is known of it if the server was to send it later.
}

// wish is what a device was told to do to what is there already.
type wish struct {
	device string
	value  string // Of a setting.
	fate   fate
	last   bool // Nothing was done after it that could change or end it.
}

// stands reports whether any of some wishes was not refused.
func stands(wishes []*wish) bool {
	return slices.ContainsFunc(wishes, func(w *wish) bool { return w.fate != refused })
}

// holding reports whether one of some wishes was granted for certain.
func holding(wishes []*wish) bool {
	return slices.ContainsFunc(wishes, func(w *wish) bool { return w.fate == certain })
}

// model is what must be true, kept as simply as that can be. What is known of
// settings, of what people do to messages, of copies and of what is gone has
// files of its own.
type model struct {
	said    map[string]*said              // By text.
	recalls map[string][]*wish            // By the message's id.
	log     map[string]map[int64]identity // By conversation and seq: what anybody was ever shown.
	read    map[string]map[string]int64
	shown   map[string]store.Conversation // By device and conversation: what was last shown of it.
	gone    map[string]bool               // By device, conversation and id: another's message that was shown as recalled.
	wishes  map[setting][]*wish           // In order.
	deleted map[setting][]*wish           // Of users, for themselves.
	clears  []*clearing
}

func newModel() *model {
	return &model{
		said: map[string]*said{}, recalls: map[string][]*wish{}, log: map[string]map[int64]identity{},
		read: map[string]map[string]int64{}, shown: map[string]store.Conversation{},
		gone: map[string]bool{}, wishes: map[setting][]*wish{}, deleted: map[setting][]*wish{},
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
	return m.pinsWanted(device, c)
}

// holds notes a line that somebody was shown, and holds it against what others
// were: what once had a place keeps it, and says only what its sender said.
func (m *model) holds(who, conversation string, seq int64, p place) error {
	log := m.log[conversation]
	if log == nil {
		log = map[int64]identity{}
		m.log[conversation] = log
	}
	here := identity{p.id, p.sender, p.acts}
	if was, ok := log[seq]; ok && was != here {
		return fmt.Errorf("%s: seq %d of conversation %s is %v, and was shown as %v", who, seq, conversation, p, was)
	}
	log[seq] = here
	switch {
	case p.kind == protocol.KindRecall && p.acts == 0:
		if !stands(m.recalls[p.id]) {
			return fmt.Errorf("%s: seq %d of conversation %s is recalled, which nobody wanted", who, seq, conversation)
		}
		return nil
	case p.kind == protocol.KindClear:
		if !m.clearWanted(conversation, p.sender) {
			return fmt.Errorf("%s: conversation %s was deleted by %s, who did not want that", who, conversation, p.sender)
		}
		return nil
	case p.kind == protocol.KindEdit && p.text == "":
		return nil // settled looks at what it acts on.
	case p.kind != protocol.KindText && p.kind != protocol.KindEdit && p.kind != protocol.KindRecord:
		return nil
	}
	s := m.said[p.said()]
	switch {
	case s == nil:
		return fmt.Errorf("%s: nobody said %.60q, seq %d of conversation %s", who, p.text, seq, conversation)
	case s.copied(p):
		return nil // settled counts it.
	case s.fate == refused:
		return fmt.Errorf("%s: %.60q was not kept, says its app, and is seq %d of conversation %s", who, p.text, seq, conversation)
	case s.sender != p.sender || s.conversation != conversation || p.from != "" || s.card != p.card:
		return fmt.Errorf("%s: seq %d of conversation %s is %v, and was said by %s in %s", who, seq, conversation, p, s.sender, s.conversation)
	case p.acts == 0 && s.target != "" && s.target != p.id, p.acts > 0 && (s.target == "" || log[p.acts].id != "" && log[p.acts].id != s.target):
		return fmt.Errorf("%s: seq %d of conversation %s is %v, and its words were to be those of %q", who, seq, conversation, p, s.target)
	}
	return nil
}

// page holds the newest page that a device shows against the model, and
// returns the ids of its messages that the server refused.
func (m *model) page(device, user, conversation string, messages []store.Message) (failed []string, err error) {
	for _, msg := range messages {
		if msg.Seq > 0 {
			if err := m.holds(device, conversation, msg.Seq, placeOf(msg)); err != nil {
				return nil, err
			}
			// An own recall that waits may still be refused; that of another stands.
			key := strings.Join([]string{device, conversation, msg.ID}, " ")
			if m.gone[key] && msg.Kind != protocol.KindRecall {
				return nil, fmt.Errorf("%s: %.60q came back after it was recalled", device, msg.Text)
			}
			m.gone[key] = m.gone[key] || !msg.Mine && msg.Kind == protocol.KindRecall
			if err := m.notGone(device, user, conversation, msg); err != nil {
				return nil, err
			}
			if err := m.touched(device, user, conversation, msg); err != nil {
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

// settled holds the whole log of a conversation, as the server has it when
// nothing is under way, against what was said and done there. What it lacks may
// come; anything else that is wrong is broken. It returns what is pinned.
func (m *model) settled(conversation string, log ledger) (pins []int64, err error) {
	wrong := func(i int, format string, args ...any) error {
		return broken{fmt.Errorf("the server: seq %d of conversation %s, %.120s, %s",
			log.first+int64(i), conversation, fmt.Sprintf("%+v", log.lines[i]), fmt.Sprintf(format, args...))}
	}
	present := make(states, len(log.lines))
	seen := map[string]bool{}
	latest := map[string]*said{} // By device.
	var counts copyCount
	for i, p := range log.lines {
		if err := m.holds("the server", conversation, log.first+int64(i), p); err != nil {
			return nil, broken{err}
		}
		if p.acts >= log.first {
			if why := m.act(log, present, p); why != "" {
				return nil, wrong(i, "%s", why)
			}
		}
		// The words of a message that was edited have their place in the edit.
		s := m.said[p.said()]
		if s == nil || p.acts == 0 && s.target != "" {
			continue
		}
		if s.copied(p) {
			counts.copy(p)
			continue
		}
		if why := counts.said(s); why != "" {
			return nil, wrong(i, "%s", why)
		}
		if seen[p.said()] {
			return nil, wrong(i, "is there twice")
		}
		seen[p.said()] = true
		if s.loose {
			continue
		}
		if before := latest[s.device]; before != nil && before.order > s.order {
			return nil, wrong(i, "was said by %s before what precedes it", s.device)
		}
		latest[s.device] = s
	}
	for i, p := range log.lines {
		if p.acts > 0 && p.acts < log.first {
			continue // Gone, with all that was done to it.
		}
		switch now := present[i]; {
		case p.acts > 0 && present[p.acts-log.first].recalled && p.text+p.was+p.emoji != "":
			return nil, wrong(i, "tells what a recalled message said")
		case p.acts > 0:
		case now.recalled != (p.kind == protocol.KindRecall), now.recalled && p.text+p.reactions+p.card != "":
			return nil, wrong(i, "should be %+v", now)
		case now.edited && !now.recalled && now.text != p.text:
			return nil, wrong(i, "should say %.60q, as its last edit", now.text)
		case !now.edited && !now.recalled && m.said[p.text] != nil && m.said[p.text].target != "":
			return nil, wrong(i, "has the words of an edit that is not there")
		case !now.recalled && p.reactions != reactionsOf(now.reactions):
			return nil, wrong(i, "should have the reactions %s", reactionsOf(now.reactions))
		}
		if present[i].pinned {
			pins = append(pins, log.first+int64(i))
		}
	}
	if len(pins) > protocol.MaxPins {
		return nil, broken{fmt.Errorf("the server: conversation %s has %d pins", conversation, len(pins))}
	}
	if why := counts.wrong(); why != "" {
		return nil, broken{fmt.Errorf("the server: conversation %s %s", conversation, why)}
	}
	for seq := range m.log[conversation] {
		if seq > log.last() {
			return nil, broken{fmt.Errorf("the server: seq %d of conversation %s was shown as %v and is gone", seq, conversation, m.log[conversation][seq])}
		}
	}
	if err := m.cleared(conversation, log); err != nil {
		return nil, err
	}
	if err := m.done(conversation, log, present); err != nil {
		return nil, err
	}
	return pins, m.complete(conversation, log, present, seen)
}

// complete reports what a conversation's log lacks of what was said and done.
func (m *model) complete(conversation string, log ledger, present states, seen map[string]bool) error {
	recalled := map[string]bool{} // By id, of what is there.
	for i, p := range log.lines {
		recalled[p.id] = present[i].recalled
	}
	var lost []string
	for text, s := range m.said {
		_, here := recalled[s.id]
		if s.target != "" {
			_, there := recalled[s.target]
			here = seen[text] || recalled[s.target] || !there && log.first > 1 // Then it may have come too late.
		}
		if s.later != nil {
			if s.conversation == conversation {
				if err := s.later.kept(text, s.fate, seen[text]); err != nil {
					return err
				}
			}
			continue
		}
		if s.unnamed {
			here = seen[text]
		}
		if s.conversation == conversation && s.fate == certain && !here && log.first == 1 {
			lost = append(lost, fmt.Sprintf("%.60q of %s", text, s.device))
		}
	}
	for id, wishes := range m.recalls {
		if gone, here := recalled[id]; here && !gone && holding(wishes) {
			lost = append(lost, "the recall of "+id)
		}
	}
	if len(lost) > 0 {
		slices.Sort(lost)
		return fmt.Errorf("the server: conversation %s lacks %d things: %s", conversation, len(lost), strings.Join(lost[:min(3, len(lost))], ", "))
	}
	return nil
}

// view is what one device holds of one conversation.
type view struct {
	conversation store.Conversation
	messages     []store.Message
}

// agrees holds a device's view of a settled conversation against its log and
// against what was read and arranged. Stars are those that the server says, by
// seq.
func (m *model) agrees(device, user, peer string, log ledger, pins []int64, stars map[int64]int64, v view) error {
	c, mine := v.conversation, log.of[user]
	at, unread := 0, 0
	var last *store.Message // Of those that can be the preview.
	for i, p := range log.lines {
		seq := log.first + int64(i)
		if seq < mine.low || p.hides() || mine.lines[seq].kind == protocol.KindDeleted {
			continue // An act shows in the line that it acts on.
		}
		if at == len(v.messages) {
			return fmt.Errorf("%s: lacks seq %d of conversation %s", device, seq, c.ID)
		}
		msg := v.messages[at]
		at++
		if msg.Seq == 0 {
			return fmt.Errorf("%s: %.60q is still %s in conversation %s", device, msg.Text, msg.Status, c.ID)
		}
		if msg.Seq != seq || placeOf(msg).shown() != p.shown() || msg.Status != store.StatusSent || msg.Mine != (msg.Sender == user) {
			return fmt.Errorf("%s: line %d of conversation %s is %+v, the server's %+v", device, seq, c.ID, msg, p)
		}
		countable := protocol.Countable(p.kind)
		if countable && p.sender != user && seq > m.read[c.ID][user] {
			unread++
		}
		if countable || p.kind == protocol.KindRecall {
			last = &msg
		}
		star := stars[seq]
		if p.kind == protocol.KindRecall {
			star = 0
		}
		if msg.StarredMS != star {
			return fmt.Errorf("%s: the star of %+v is of %d, the server's of %d", device, msg, msg.StarredMS, star)
		}
		if key := (setting{user, c.ID, msg.ID, starred}); countable && !m.mayBe(key, fmt.Sprint(star > 0)) {
			return fmt.Errorf("%s: whether %+v has a star is what no device wanted last", device, msg)
		}
	}
	if at < len(v.messages) {
		return fmt.Errorf("%s: holds %+v in conversation %s beyond what the server has", device, v.messages[at], c.ID)
	}
	for _, p := range []struct {
		name      string
		got, want int64
	}{
		{"last seq", c.LastSeq, log.last()},
		{"own read position", c.ReadSeq, m.read[c.ID][user]},
		{"peer's read position", c.PeerReadSeq, m.read[c.ID][peer]},
		{"peer's delivered position", c.PeerDeliveredSeq, log.last()},
		{"unread", int64(c.Unread), min(int64(unread), protocol.MaxUnread)},
	} {
		if p.got != p.want {
			return fmt.Errorf("%s: %s of conversation %s is %d, want %d", device, p.name, c.ID, p.got, p.want)
		}
	}
	pins = slices.DeleteFunc(slices.Clone(pins), func(seq int64) bool {
		return seq < mine.low || mine.lines[seq].kind == protocol.KindDeleted
	})
	if !slices.Equal(c.Pins, pins) {
		return fmt.Errorf("%s: conversation %s has the pins %v, the server's %v", device, c.ID, c.Pins, pins)
	}
	if last != nil && (c.Preview.Kind != last.Kind || c.Preview.Text != store.OneLine(last.Text, 120)) {
		return fmt.Errorf("%s: the preview of conversation %s is %+v, its last message %+v", device, c.ID, c.Preview, *last)
	}
	return m.kept(device, user, c)
}
