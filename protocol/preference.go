package protocol

import (
	"encoding/json"
	"unicode/utf8"
)

// Names of preferences: choices that a user takes along to all of their
// devices. What belongs to one machine, such as its language and its look, is
// none. The value null means that the user chose nothing.
const (
	PreferenceCtrlEnter     = "ctrl_enter"     // bool: Ctrl+Enter sends and Enter breaks the line.
	PreferenceNotifyPreview = "notify_preview" // bool: notices show who wrote and what.
	PreferenceSound         = "sound"          // bool: notices make a sound.
)

// Preference is one choice. It is the body of OpSetPreference and JournalPreference;
// of two that set the same name, the one that the server commits last wins.
type Preference struct {
	Name  string  `json:"name"`
	Value RawJSON `json:"value" format:"json"` // The shape that the name says. Keys that it does not know are kept.
}

// Unset reports whether p says that the user chose nothing.
func (p Preference) Unset() bool { return string(p.Value) == "null" }

// Check returns an Error if p could never be accepted, whoever asks.
func (p Preference) Check() error {
	check := preferenceCheck(p.Name)
	switch {
	case check == nil:
		return Invalid("name", "there is no preference %.40q", p.Name)
	case len(p.Value) > MaxPreference:
		return Invalid("value", "is larger than %d bytes", MaxPreference)
	case !utf8.Valid(p.Value) || !json.Valid(p.Value):
		return Invalid("value", "is not JSON")
	case p.Unset():
		return nil
	}
	return check(p.Value)
}

// preferenceCheck returns the rules for the value of a name, or nil if there is
// no such name.
func preferenceCheck(name string) func(value []byte) error {
	switch name {
	case PreferenceCtrlEnter, PreferenceNotifyPreview, PreferenceSound:
		return checkSwitch
	}
	return nil
}

func checkSwitch(value []byte) error {
	var on bool
	if err := json.Unmarshal(value, &on); err != nil {
		return Invalid("value", "is neither true nor false")
	}
	return nil
}

// PreferenceUpdated answers OpSetPreference. Useq is the journal row that says the
// same, or that a later row for this name replaced; 0 means that it never was
// set. A client that applied a later row for it knows better already.
type PreferenceUpdated struct {
	Useq       int64      `json:"useq"`
	Preference Preference `json:"preference"`
}
