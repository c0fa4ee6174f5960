package account

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"mychat/protocol"
	"mychat/server/journal"
	"mychat/server/store"
)

// SetPreference keeps a choice of the caller's and tells their devices.
// Repeating it is a success and tells nobody.
func (s *Service) SetPreference(ctx context.Context, c Caller, p protocol.Preference) (protocol.PreferenceUpdated, error) {
	me, err := c.user()
	if err != nil {
		return protocol.PreferenceUpdated{}, err
	}
	if err := p.Check(); err != nil {
		return protocol.PreferenceUpdated{}, err
	}
	var value bytes.Buffer
	if err := json.Compact(&value, p.Value); err != nil {
		return protocol.PreferenceUpdated{}, protocol.Invalid("value", "is not JSON")
	}
	now := store.Preference{UserID: me, Name: p.Name, Value: value.String()}
	err = s.st.Write(ctx, func(tx *store.Tx) error {
		if _, err := tx.LockUsers(me); err != nil {
			return err
		}
		was, err := tx.Preference(me, now.Name)
		if errors.Is(err, store.ErrNoRow) {
			was, err = store.Preference{Value: "null"}, nil
		}
		if err != nil {
			return err
		}
		now.Useq = was.Useq
		if now.Value == was.Value {
			return nil
		}
		note := journal.Note{UserID: me, Kind: protocol.JournalPreference, Body: now.Wire()}
		if now.Useq, err = s.journal.Replace(tx, was.Useq, note); err != nil {
			return err
		}
		return tx.SetPreference(now)
	})
	if err != nil {
		return protocol.PreferenceUpdated{}, fmt.Errorf("set preference %s: %w", p.Name, err)
	}
	return protocol.PreferenceUpdated{Useq: now.Useq, Preference: now.Wire()}, nil
}

// Preferences returns the caller's choices that are set, by name.
func (s *Service) Preferences(ctx context.Context, c Caller) ([]protocol.Preference, error) {
	me, err := c.user()
	if err != nil {
		return nil, err
	}
	list, err := s.st.Reader(ctx).Preferences(me)
	if err != nil {
		return nil, fmt.Errorf("list preferences: %w", err)
	}
	out := make([]protocol.Preference, len(list))
	for i, p := range list {
		out[i] = p.Wire()
	}
	return out, nil
}
