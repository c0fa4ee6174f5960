package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
	"mychat/protocol"
)

// Contacts returns all contacts, friends and former ones, by name.
func (s *Store) Contacts(ctx context.Context) ([]protocol.Contact, error) {
	var rows []contactRow
	err := s.read(ctx, func(db *gorm.DB) error { return db.Order("username").Find(&rows).Error })
	if err != nil {
		return nil, fmt.Errorf("list contacts: %w", err)
	}
	out := make([]protocol.Contact, len(rows))
	for i, r := range rows {
		out[i] = r.view()
	}
	return out, nil
}

// Requests returns friend requests in both directions, newest first. One whose
// time is over, by the server's clock as far as it is known, is expired.
func (s *Store) Requests(ctx context.Context) ([]protocol.FriendRequest, error) {
	var rows []requestRow
	err := s.read(ctx, func(db *gorm.DB) error { return db.Order("created_ms DESC, id").Find(&rows).Error })
	if err != nil {
		return nil, fmt.Errorf("list requests: %w", err)
	}
	now, err := s.serverTime(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]protocol.FriendRequest, len(rows))
	for i, r := range rows {
		if err := json.Unmarshal([]byte(r.Body), &out[i]); err != nil {
			return nil, fmt.Errorf("decode request %s: %w", r.ID, err)
		}
		if out[i].State == protocol.RequestPending && out[i].ExpiresMS > 0 && now.UnixMilli() >= out[i].ExpiresMS {
			out[i].State = protocol.RequestExpired
		}
	}
	return out, nil
}

// serverTime returns the server's time as far as it is known.
func (s *Store) serverTime(ctx context.Context) (time.Time, error) {
	row, err := s.account(ctx)
	if err != nil {
		return time.Time{}, fmt.Errorf("read clock: %w", err)
	}
	return s.now().Add(time.Duration(row.ClockMS) * time.Millisecond), nil
}

func (tx *tx) saveContact(c protocol.Contact) error {
	row := contactRow{
		UserID:         c.Profile.ID,
		Username:       c.Profile.Username,
		Nickname:       c.Profile.Nickname,
		Remark:         c.Remark,
		Friend:         c.Friend,
		ConversationID: c.ConversationID,
		SinceMS:        c.SinceMS,
	}
	tx.change.Contacts = true
	if err := tx.db.Clauses(clause.OnConflict{UpdateAll: true}).Create(&row).Error; err != nil {
		return err
	}
	var theirs []conversationRow
	if err := tx.db.Where("peer_id = ?", row.UserID).Find(&theirs).Error; err != nil {
		return err
	}
	for _, conv := range theirs {
		tx.change.conversation(conv.ID)
	}
	return tx.db.Model(&conversationRow{}).Where("peer_id = ?", row.UserID).Updates(map[string]any{
		"peer_username": row.Username, "peer_nickname": row.Nickname,
	}).Error
}

func (tx *tx) saveRequest(r protocol.FriendRequest) error {
	b, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("encode request: %w", err)
	}
	tx.change.Requests = true
	row := requestRow{ID: r.ID, CreatedMS: r.CreatedMS, Body: string(b)}
	return tx.db.Clauses(clause.OnConflict{UpdateAll: true}).Create(&row).Error
}
