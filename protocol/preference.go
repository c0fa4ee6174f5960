package protocol

import (
	"encoding/json"
	"slices"
	"unicode/utf8"
)

// Names of preferences: choices that a user takes along to all of their
// devices. What belongs to one machine, such as its language and its look, is
// none. The value null means that the user chose nothing.
const (
	PreferenceCtrlEnter     = "ctrl_enter"     // bool: Ctrl+Enter sends and Enter breaks the line.
	PreferenceNotifyPreview = "notify_preview" // bool: notices show who wrote and what.
	PreferenceSound         = "sound"          // bool: notices make a sound.
	PreferenceLinkPreviews  = "link_previews"  // bool: messages show what stands behind their first link.
	PreferenceFolders       = "folders"        // []Folder: the user's own folders, in their order.

	// Shortcuts: the keys that the user chose, for each kind of device one, since
	// the keyboard, and what the system or the browser takes of it, differ.
	PreferenceShortcutsMac = "shortcuts_mac"
	PreferenceShortcutsPC  = "shortcuts_pc"
	PreferenceShortcutsWeb = "shortcuts_web"
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
	case PreferenceCtrlEnter, PreferenceNotifyPreview, PreferenceSound, PreferenceLinkPreviews:
		return checkSwitch
	case PreferenceFolders:
		return checkFolders
	case PreferenceShortcutsMac, PreferenceShortcutsPC, PreferenceShortcutsWeb:
		return checkShortcuts
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

// Shortcuts are keys by what they do: the actions that differ from what is usual.
// "" takes an action's key away. Which actions there are is the clients' matter.
type Shortcuts map[string]string

func checkShortcuts(value []byte) error {
	var keys Shortcuts
	if err := json.Unmarshal(value, &keys); err != nil {
		return Invalid("value", "is no list of shortcuts")
	}
	if len(keys) > MaxShortcuts {
		return Invalid("value", "has more than %d shortcuts", MaxShortcuts)
	}
	for action, chord := range keys {
		if !validKind(action) {
			return Invalid("value", "use 1 to %d of a-z, 0-9, '_', '.', '-' for an action", MaxKind)
		}
		if _, err := CleanLine("value", chord, 0, MaxChord); err != nil {
			return err
		}
	}
	return nil
}

// Folder is a part of a user's conversations that they put together. Which ones
// are in it is said with each of them, in ChatSettings.Folders.
type Folder struct {
	ID   string `json:"id"` // A ULID that a client makes once per folder.
	Name string `json:"name"`
}

func checkFolders(value []byte) error {
	var list []Folder
	if err := json.Unmarshal(value, &list); err != nil {
		return Invalid("value", "is no list of folders")
	}
	ids := make([]string, len(list))
	for i, f := range list {
		ids[i] = f.ID
		name, err := CleanFolderName(f.Name)
		if err != nil {
			return err
		}
		if name != f.Name {
			return Invalid("name", "has white space around it")
		}
	}
	return checkFolderIDs("value", ids)
}

// checkFolderIDs holds what is true of any list of folders: as many as there may
// be, each once.
func checkFolderIDs(field string, ids []string) error {
	if len(ids) > MaxFolders {
		return Invalid(field, "names more than %d folders", MaxFolders)
	}
	for i, id := range ids {
		if !validULID(id) {
			return Invalid(field, "has a folder whose id is not a ULID")
		}
		if slices.Contains(ids[:i], id) {
			return Invalid(field, "names a folder twice")
		}
	}
	return nil
}

// CleanFolderName returns a folder's name without surrounding white space, or an
// Error if it can be none: it stands on a small button, so its width counts.
func CleanFolderName(s string) (string, error) {
	s, err := CleanLine("name", s, 1, MaxFolderName)
	if err != nil {
		return "", err
	}
	width := 0
	for _, r := range s {
		width++
		if r >= firstWide {
			width++
		}
	}
	if width > MaxFolderName {
		return "", Invalid("name", "use at most %d letters, or half as many Chinese characters", MaxFolderName)
	}
	return s, nil
}

// firstWide is the code point from which on characters are counted as two
// letters wide: those of East Asia, and emoji.
const firstWide = '\u2e80'

// PreferenceUpdated answers OpSetPreference. Useq is the journal row that says the
// same, or that a later row for this name replaced; 0 means that it never was
// set. A client that applied a later row for it knows better already.
type PreferenceUpdated struct {
	Useq       int64      `json:"useq"`
	Preference Preference `json:"preference"`
}
