package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"mychat/backend/store"
	"mychat/protocol"
)

// field is a thing of which the last word that anybody said stands.
type field int

const (
	// What people keep of a conversation for themselves.
	pinned field = iota
	muted
	archived
	draft
	hidden
	markedUnread
	filed // In the one folder that each person has.

	fields // How many of these there are.

	// What they keep of a message.
	starred

	// What all members see of a message.
	reacted
	atop // It stands above its conversation.

	// What follows them to all of their devices.
	preferred
)

// setting is one of those things.
type setting struct {
	user         string // "" for what either member says.
	conversation string
	about        string // The id of a message, with the emoji; the name of a preference.
	field        field
}

// initial is what it is before anybody said anything.
func (s setting) initial() string {
	switch s.field {
	case draft:
		return ""
	case preferred:
		return "null"
	}
	return "false"
}

// wants notes that a device is about to be told to set something.
func (m *model) wants(key setting, device, value string) *wish {
	w := &wish{device: device, value: value, fate: uncertain}
	m.wishes[key] = append(m.wishes[key], w)
	return w
}

// mayBe reports whether a thing may stand at a value once all is quiet: it was
// the last one of some device.
func (m *model) mayBe(key setting, value string) bool {
	wishes := m.wishes[key]
	if n := len(wishes); n > 0 && wishes[n-1].last {
		return wishes[n-1].value == value
	}
	if (key.field == hidden || key.field == markedUnread) && value == "false" {
		return true // It ends by itself, when somebody writes or reads.
	}
	decided := false
	over := map[string]bool{} // Devices of which an earlier value cannot have come later.
	for _, w := range slices.Backward(wishes) {
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
	return !decided && value == key.initial()
}

// wanted reports whether anybody ever asked for a value.
func (m *model) wanted(key setting, value string) bool {
	return slices.ContainsFunc(m.wishes[key], func(w *wish) bool { return w.fate != refused && w.value == value })
}

// kept holds what a device shows of what its user keeps of a conversation
// against what was wanted.
func (m *model) kept(device, user string, c store.Conversation) error {
	for f, value := range []string{
		pinned: fmt.Sprint(c.PinnedMS > 0), muted: fmt.Sprint(c.Muted), archived: fmt.Sprint(c.Archived), draft: c.Draft,
		hidden: fmt.Sprint(c.Hidden), markedUnread: fmt.Sprint(c.MarkedUnread), filed: fmt.Sprint(len(c.Folders) > 0),
	} {
		if !m.mayBe(setting{user, c.ID, "", field(f)}, value) {
			return fmt.Errorf("%s: setting %d of conversation %s is %.60q, which was not what any device wanted last", device, f, c.ID, value)
		}
	}
	return nil
}

// arranged is what a device shows of what its user keeps of a conversation.
type arranged struct {
	pinnedMS                              int64
	muted, archived, hidden, markedUnread bool
	draft, folders                        string
}

func arrangedIn(c store.Conversation) arranged {
	return arranged{c.PinnedMS, c.Muted, c.Archived, c.Hidden, c.MarkedUnread, c.Draft, strings.Join(c.Folders, " ")}
}

// names of the preferences that the plan changes. Folders have a value of their
// own; the others are switches.
var preferences = [...]string{
	protocol.PreferenceFolders, protocol.PreferenceCtrlEnter, protocol.PreferenceNotifyPreview, protocol.PreferenceSound,
}

// foldersNamed is the value of the preference with the one folder of a person,
// or with none.
func foldersNamed(id, name string, on bool) string {
	list := []protocol.Folder{}
	if on {
		list = append(list, protocol.Folder{ID: id, Name: name})
	}
	b, err := json.Marshal(list)
	if err != nil {
		panic(err) // It always encodes.
	}
	return string(b)
}

// prefers holds the preferences that a device shows against what was wanted.
func (m *model) prefers(device, user string, list []protocol.Preference) error {
	for _, name := range preferences {
		value := "null"
		if i := slices.IndexFunc(list, func(p protocol.Preference) bool { return p.Name == name }); i >= 0 {
			value = string(list[i].Value)
		}
		if !m.mayBe(setting{user, "", name, preferred}, value) {
			return fmt.Errorf("%s: the preference %s is %s, which was not what any device wanted last", device, name, value)
		}
	}
	return nil
}

// later is what was asked of a message that the server sends later.
type later struct {
	far     bool // Not in the time of this world.
	hurried []*wish
	givenUp []*wish
}

// farAhead is when that is.
const farAhead = time.Hour

// kept holds what became of it against that: it is sent once its time is there,
// unless somebody gave it up, and never before.
func (l *later) kept(text string, f fate, sent bool) error {
	switch {
	case sent && l.far && !stands(l.hurried):
		return broken{fmt.Errorf("the server: %.60q was sent long before its time", text)}
	case !sent && f == certain && !stands(l.givenUp) && (!l.far || holding(l.hurried)):
		return fmt.Errorf("the server: %.60q was to be sent later, and was not", text)
	}
	return nil
}
