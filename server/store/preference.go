package store

import "mychat/protocol"

// Preference is a choice that follows a user.
type Preference struct {
	UserID ID
	Name   string
	Useq   int64  // The journal row that says the same.
	Value  string // JSON.
}

// Wire returns p as its owner sees it.
func (p Preference) Wire() protocol.Preference {
	return protocol.Preference{Name: p.Name, Value: protocol.RawJSON(p.Value)}
}

const preferenceColumns = `SELECT user_id, name, useq, value FROM preference `

// Preference returns a user's choice by its name, or ErrNoRow.
func (tx *Tx) Preference(userID ID, name string) (Preference, error) {
	return one[Preference](tx, preferenceColumns+`WHERE user_id = ? AND name = ?`, userID, name)
}

// Preferences returns a user's choices by name, without those that are unset.
func (tx *Tx) Preferences(userID ID) ([]Preference, error) {
	return many[Preference](tx, preferenceColumns+`WHERE user_id = ? AND value <> 'null' ORDER BY name`, userID)
}

// SetPreference writes a choice of a locked user.
func (tx *Tx) SetPreference(p Preference) error {
	_, err := tx.exec(`INSERT INTO preference (user_id, name, useq, value) VALUES (?, ?, ?, ?)
		ON CONFLICT (user_id, name) DO UPDATE SET useq = excluded.useq, value = excluded.value`,
		p.UserID, p.Name, p.Useq, p.Value)
	return err
}
