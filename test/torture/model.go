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
}

// wish is what a device was told to do to what is there already.
type wish struct {
	device string
	value  string // Of a setting.
	fate   fate
}

// place is one line of a conversation's log in its present state. The kind of a
// message that was recalled is protocol.KindRecall.
type place struct {
	id, sender, kind, text string

	acts int64  // The line that an edit or a recall acts on; 0 for a message.
	was  string // What an edit replaced.
}

// identity is what of a line never changes.
type identity struct {
	id, sender string
	acts       int64
}

// field is a thing that people keep of a conversation for themselves.
type field int

const (
	pinned field = iota
	muted
	archived
	draft
	fields // How many there are.
)

// setting is one of those things.
type setting struct {
	user, conversation string
	field              field
}

// model is what must be true, kept as simply as that can be.
type model struct {
	said    map[string]*said              // By text.
	recalls map[string][]*wish            // By the message's id.
	log     map[string]map[int64]identity // By conversation and seq: what anybody was ever shown.
	read    map[string]map[string]int64
	shown   map[string]store.Conversation // By device and conversation: what was last shown of it.
	gone    map[string]bool               // By device, conversation and id: another's message that was shown as recalled.
	wishes  map[setting][]*wish           // In order.
}

func newModel() *model {
	return &model{
		said: map[string]*said{}, recalls: map[string][]*wish{}, log: map[string]map[int64]identity{},
		read: map[string]map[string]int64{}, shown: map[string]store.Conversation{},
		gone: map[string]bool{}, wishes: map[setting][]*wish{},
	}
}

// reads notes that a user read up to seq.
func (m *model) reads(conversation, user string, seq int64) {
	if m.read[conversation] == nil {
		m.read[conversation] = map[string]int64{}
	}
	m.read[conversation][user] = max(m.read[conversation][user], seq)
}

// wants notes that a device is about to be told to set something.
func (m *model) wants(user, conversation string, f field, device, value string) *wish {
	key := setting{user, conversation, f}
	w := &wish{device: device, value: value, fate: uncertain}
	m.wishes[key] = append(m.wishes[key], w)
	return w
}

// mayBe reports whether a thing may stand at a value once all is quiet: it was
// the last one of some device.
func (m *model) mayBe(key setting, value string) bool {
	decided := false
	over := map[string]bool{} // Devices of which an earlier value cannot have come later.
	for _, w := range slices.Backward(m.wishes[key]) {
		if w.fate == refused || over[w.device] {
			continue
		}
		if w.value == value {
			return true
		}
		if w.fate == certain {
			over[w.device], decided = true, true
		}
	}
	initial := "false"
	if key.field == draft {
		initial = ""
	}
	return !decided && value == initial
}

// kept holds what a device shows of what its user keeps of a conversation
// against what was wanted.
func (m *model) kept(device, user string, c store.Conversation) error {
	for f, value := range []string{pinned: fmt.Sprint(c.PinnedMS > 0), muted: fmt.Sprint(c.Muted), archived: fmt.Sprint(c.Archived), draft: c.Draft} {
		if !m.mayBe(setting{user, c.ID, field(f)}, value) {
			return fmt.Errorf("%s: setting %d of conversation %s is %.60q, which was not what any device wanted last", device, f, c.ID, value)
		}
	}
	return nil
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
		if !slices.ContainsFunc(m.recalls[p.id], func(w *wish) bool { return w.fate != refused }) {
			return fmt.Errorf("%s: seq %d of conversation %s is recalled, which nobody wanted", who, seq, conversation)
		}
		return nil
	case p.kind == protocol.KindRecall, p.kind == protocol.KindEdit && p.text == "":
		return nil // settled looks at what they act on.
	case p.kind != protocol.KindText && p.kind != protocol.KindEdit:
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
	case p.acts == 0 && s.target != "" && s.target != p.id, p.acts > 0 && (s.target == "" || log[p.acts].id != "" && log[p.acts].id != s.target):
		return fmt.Errorf("%s: seq %d of conversation %s is %v, and its words were to be those of %q", who, seq, conversation, p, s.target)
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
			// An own recall that waits may still be refused; that of another stands.
			key := strings.Join([]string{device, conversation, msg.ID}, " ")
			if m.gone[key] && msg.Kind != protocol.KindRecall {
				return nil, fmt.Errorf("%s: %.60q came back after it was recalled", device, msg.Text)
			}
			m.gone[key] = m.gone[key] || !msg.Mine && msg.Kind == protocol.KindRecall
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

func placeOf(m store.Message) place {
	return place{id: m.ID, sender: m.Sender, kind: m.Kind, text: m.Text}
}

// settled holds the whole log of a conversation, as the server has it when
// nothing is under way, against what was said and done there. What it lacks may
// come; anything else that is wrong is broken.
func (m *model) settled(conversation string, log []place) error {
	wrong := func(i int, format string, args ...any) error {
		return broken{fmt.Errorf("the server: seq %d of conversation %s, %.120s, %s", i+1, conversation, fmt.Sprintf("%+v", log[i]), fmt.Sprintf(format, args...))}
	}
	present := make([]state, len(log))
	seen := map[string]bool{}
	latest := map[string]*said{} // By device.
	for i, p := range log {
		if err := m.holds("the server", conversation, int64(i+1), p); err != nil {
			return broken{err}
		}
		if p.acts > 0 {
			if why := m.act(log, present, p); why != "" {
				return wrong(i, "%s", why)
			}
		}
		// The words of a message that was edited have their place in the edit.
		s := m.said[p.text]
		if s == nil || p.acts == 0 && s.target != "" {
			continue
		}
		if seen[p.text] {
			return wrong(i, "is there twice")
		}
		seen[p.text] = true
		if s.loose {
			continue
		}
		if before := latest[s.device]; before != nil && before.order > s.order {
			return wrong(i, "was said by %s before what precedes it", s.device)
		}
		latest[s.device] = s
	}
	for i, p := range log {
		switch now := present[i]; {
		case p.acts > 0 && present[p.acts-1].recalled && p.text+p.was != "":
			return wrong(i, "tells what a recalled message said")
		case p.acts > 0:
		case now.recalled != (p.kind == protocol.KindRecall), now.recalled && p.text != "":
			return wrong(i, "should be %+v", now)
		case now.edited && !now.recalled && now.text != p.text:
			return wrong(i, "should say %.60q, as its last edit", now.text)
		case !now.edited && !now.recalled && m.said[p.text] != nil && m.said[p.text].target != "":
			return wrong(i, "has the words of an edit that is not there")
		}
	}
	for seq := range m.log[conversation] {
		if seq > int64(len(log)) {
			return broken{fmt.Errorf("the server: seq %d of conversation %s was shown as %v and is gone", seq, conversation, m.log[conversation][seq])}
		}
	}
	return m.complete(conversation, log, present, seen)
}

// state is what came of a message by what acts on it.
type state struct {
	edited, recalled bool
	text             string // If it was edited, its words.
}

// act lets line p of a log act on the one that it names, and says what is wrong
// with that.
func (m *model) act(log []place, present []state, p place) string {
	target, now := log[p.acts-1], &present[p.acts-1]
	switch {
	case target.acts > 0 || target.sender != p.sender:
		return fmt.Sprintf("acts on %+v", target)
	case p.kind == protocol.KindRecall:
		now.recalled = true
	case now.recalled:
		return "edits what was recalled before"
	case p.text == "": // Blank, because of a recall further on.
	case now.edited && p.was != now.text:
		return fmt.Sprintf("should replace %.60q", now.text)
	case !now.edited && (m.said[p.was] == nil || m.said[p.was].target != "" || m.said[p.was].id != "" && m.said[p.was].id != target.id):
		return "replaces what the message never said"
	default:
		now.edited, now.text = true, p.text
	}
	return ""
}

// complete reports what a conversation's log lacks of what was said and done.
func (m *model) complete(conversation string, log []place, present []state, seen map[string]bool) error {
	recalled := map[string]bool{} // By id, of what is there.
	for i, p := range log {
		recalled[p.id] = present[i].recalled
	}
	var lost []string
	for text, s := range m.said {
		_, here := recalled[s.id]
		if s.target != "" {
			here = seen[text] || recalled[s.target] // Then it may have come too late.
		}
		if s.conversation == conversation && s.fate == certain && !here {
			lost = append(lost, fmt.Sprintf("%.60q of %s", text, s.device))
		}
	}
	for id, wishes := range m.recalls {
		gone, here := recalled[id]
		if here && !gone && slices.ContainsFunc(wishes, func(w *wish) bool { return w.fate == certain }) {
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
// against what was read and arranged.
func (m *model) agrees(device, user, peer string, log []place, v view) error {
	c := v.conversation
	at := 0
	for i, p := range log {
		if p.acts > 0 {
			continue // It shows in the line that it acts on.
		}
		if at == len(v.messages) {
			return fmt.Errorf("%s: lacks seq %d of conversation %s", device, i+1, c.ID)
		}
		msg := v.messages[at]
		at++
		if msg.Seq == 0 {
			return fmt.Errorf("%s: %.60q is still %s in conversation %s", device, msg.Text, msg.Status, c.ID)
		}
		if msg.Seq != int64(i+1) || placeOf(msg) != p || msg.Status != store.StatusSent || msg.Mine != (msg.Sender == user) {
			return fmt.Errorf("%s: line %d of conversation %s is %+v, the server's %+v", device, i+1, c.ID, msg, p)
		}
	}
	if at < len(v.messages) {
		return fmt.Errorf("%s: holds %+v in conversation %s beyond what the server has", device, v.messages[at], c.ID)
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
	return m.kept(device, user, c)
}

// arranged is what a device shows of what its user keeps of a conversation.
type arranged struct {
	pinnedMS        int64
	muted, archived bool
	draft           string
}

func arrangedIn(c store.Conversation) arranged {
	return arranged{c.PinnedMS, c.Muted, c.Archived, c.Draft}
}
