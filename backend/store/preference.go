package store

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
	"mychat/protocol"
)

// Preferences returns what the user chose on any of their devices, by name. What
// they chose here stands until the server has confirmed it.
func (s *Store) Preferences(ctx context.Context) ([]protocol.Preference, error) {
	var rows []preferenceRow
	err := s.read(ctx, func(db *gorm.DB) error {
		return db.Raw(`SELECT name, value FROM outgoing_preference
			UNION ALL SELECT name, value FROM preference WHERE name NOT IN (SELECT name FROM outgoing_preference)
			ORDER BY name`).Scan(&rows).Error
	})
	if err != nil {
		return nil, fmt.Errorf("list preferences: %w", err)
	}
	out := []protocol.Preference{}
	for _, r := range rows {
		if p := r.preference(); !p.Unset() {
			out = append(out, p)
		}
	}
	return out, nil
}

// SetPreference keeps what the user chose, here at once, and notes that the
// server is to be told.
func (s *Store) SetPreference(ctx context.Context, p protocol.Preference) error {
	err := p.Check()
	if err == nil {
		err = s.write(ctx, func(tx *tx) error { return tx.prefer(p) })
	}
	if err != nil {
		return fmt.Errorf("set preference: %w", err)
	}
	return nil
}

// prefer queues a preference, unless it is as wanted already.
func (tx *tx) prefer(p protocol.Preference) error {
	var value bytes.Buffer
	if err := json.Compact(&value, p.Value); err != nil {
		return fmt.Errorf("encode preference: %w", err)
	}
	before, err := preferred(tx.db, p.Name)
	if err != nil || string(before) == value.String() {
		return err
	}
	tx.change.Preferences, tx.change.Outgoing = true, true
	row := outgoingPreferenceRow{Name: p.Name, Value: value.String()}
	return tx.db.Clauses(clause.OnConflict{UpdateAll: true}).Create(&row).Error
}

// preferred returns the present value of a preference; "null" for none.
func preferred(db *gorm.DB, name string) (protocol.RawJSON, error) {
	var value string
	err := db.Raw(`SELECT coalesce((SELECT value FROM outgoing_preference WHERE name = ?),
		(SELECT value FROM preference WHERE name = ?), 'null')`, name, name).Scan(&value).Error
	return protocol.RawJSON(value), err
}

// savePreference keeps what the server says, unless something later is known.
func (tx *tx) savePreference(useq int64, p protocol.Preference) error {
	row := preferenceRow{Name: p.Name, Useq: useq, Value: string(p.Value)}
	saved := tx.db.Clauses(clause.OnConflict{
		UpdateAll: true,
		Where:     clause.Where{Exprs: []clause.Expression{clause.Expr{SQL: "preference.useq < excluded.useq"}}},
	}).Create(&row)
	tx.change.Preferences = tx.change.Preferences || saved.RowsAffected > 0
	return saved.Error
}

// forgetPreferences forgets what the server said of all of them.
func (tx *tx) forgetPreferences() error {
	tx.change.Preferences = true
	return tx.db.Where("1 = 1").Delete(&preferenceRow{}).Error
}

// OutgoingPreferences returns what the server is to be told of preferences.
func (s *Store) OutgoingPreferences(ctx context.Context) ([]protocol.Preference, error) {
	var rows []outgoingPreferenceRow
	err := s.read(ctx, func(db *gorm.DB) error { return db.Order("rowid").Find(&rows).Error })
	if err != nil {
		return nil, fmt.Errorf("list outgoing preferences: %w", err)
	}
	out := make([]protocol.Preference, len(rows))
	for i, r := range rows {
		out[i] = protocol.Preference{Name: r.Name, Value: protocol.RawJSON(r.Value)}
	}
	return out, nil
}

// ConfirmPreference notes what the server made of a preference. What the user
// chose since it was sent still waits.
func (s *Store) ConfirmPreference(ctx context.Context, sent protocol.Preference, got protocol.PreferenceUpdated) error {
	err := s.settlePreference(ctx, sent, func(tx *tx) error {
		if got.Useq == 0 { // Nothing was ever kept under that name.
			return nil
		}
		return tx.savePreference(got.Useq, got.Preference)
	})
	if err != nil {
		return fmt.Errorf("confirm preference: %w", err)
	}
	return nil
}

// RefusePreference notes that the server refused a preference: it is undone here.
func (s *Store) RefusePreference(ctx context.Context, sent protocol.Preference) error {
	err := s.settlePreference(ctx, sent, func(*tx) error { return nil })
	if err != nil {
		return fmt.Errorf("undo preference: %w", err)
	}
	return nil
}

// settlePreference takes what was sent from what waits, if that is still the
// same, and runs do.
func (s *Store) settlePreference(ctx context.Context, sent protocol.Preference, do func(*tx) error) error {
	return s.write(ctx, func(tx *tx) error {
		tx.change.Preferences = true
		err := tx.db.Where("name = ? AND value = ?", sent.Name, string(sent.Value)).Delete(&outgoingPreferenceRow{}).Error
		if err != nil {
			return err
		}
		return do(tx)
	})
}
