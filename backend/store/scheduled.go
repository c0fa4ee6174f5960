package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
	"mychat/protocol"
)

// Scheduled is a message that the server is to send later.
type Scheduled struct {
	ID             string      `json:"id"` // Of this message among those of the account.
	ConversationID string      `json:"conversation_id"`
	Kind           string      `json:"kind"`
	Text           string      `json:"text"` // As Message.Text.
	Card           *RecordCard `json:"card,omitempty"`
	RefSeq         int64       `json:"ref_seq"` // The message that it answers; 0 means none.
	Silent         bool        `json:"silent"`
	AtMS           int64       `json:"at_ms"`      // By this machine's clock; 0 means as soon as there is a connection.
	Waiting        bool        `json:"waiting"`    // The server has not confirmed it as it is here.
	ErrorCode      string      `json:"error_code"` // A protocol.Code: why it could not be sent, or not kept; else "".
}

// ScheduleChange is what the server is to be told of a message.
type ScheduleChange struct {
	id       int64
	ClientID string
	Schedule *protocol.Schedule // Nil gives the message up.
}

// Schedule notes that a message is to be sent later, at a time of this
// machine's clock, and that the server is to be told.
func (s *Store) Schedule(ctx context.Context, send protocol.Send, atMS int64) error {
	err := s.write(ctx, func(tx *tx) error {
		if _, err := findConversation(tx.db, send.ConversationID); err != nil {
			return err
		}
		send.ClientID = NewClientID(s.now())
		return tx.schedule(protocol.Schedule{Send: send, AtMS: atMS})
	})
	if err != nil {
		return fmt.Errorf("schedule message: %w", err)
	}
	return nil
}

// schedule queues what the server is to keep. AtMS is by this machine's clock.
func (tx *tx) schedule(s protocol.Schedule) error {
	var account accountRow
	if err := tx.db.Take(&account, 1).Error; err != nil {
		return err
	}
	if s.AtMS > tx.store.now().UnixMilli()+protocol.MaxScheduleAheadMS {
		return protocol.Invalid("at_ms", "is more than 365 days ahead")
	}
	if s.AtMS > 0 {
		s.AtMS = max(s.AtMS+account.minutesAhead(), 0)
	}
	if err := s.Check(); err != nil {
		return err
	}
	body, err := protocol.Encode(s)
	if err != nil {
		return fmt.Errorf("encode schedule: %w", err)
	}
	return tx.queueScheduled(s.Send.ClientID, string(body))
}

// minutesAhead is how far the server's clock is ahead, in milliseconds of whole
// minutes. People choose minutes: what is known of the two clocks is wrong by
// the time that an answer took, and to correct by that would send a message in
// the minute before the chosen one.
func (a accountRow) minutesAhead() int64 {
	return time.Duration(a.ClockMS * int64(time.Millisecond)).Round(time.Minute).Milliseconds()
}

func (tx *tx) queueScheduled(clientID, body string) error {
	if err := tx.db.Where("client_id = ?", clientID).Delete(&outgoingScheduledRow{}).Error; err != nil {
		return err
	}
	tx.change.Scheduled, tx.change.Outgoing = true, true
	return tx.db.Create(&outgoingScheduledRow{ClientID: clientID, Body: body}).Error
}

// Reschedule changes when a message is sent, and for a text what it says; ""
// leaves that. A time of 0 sends it as soon as there is a connection.
func (s *Store) Reschedule(ctx context.Context, id string, atMS int64, text string) error {
	err := s.write(ctx, func(tx *tx) error {
		all, err := scheduled(tx.db)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(all, func(k keptSchedule) bool { return k.ClientID == id })
		if i < 0 {
			return fmt.Errorf("scheduled message %q: %w", id, ErrNotFound)
		}
		send := *all[i].Send
		if text != "" {
			if send.Kind != protocol.KindText {
				return protocol.Errorf(protocol.CodeForbidden, "only texts can be edited")
			}
			if send.Body, err = protocol.Encode(protocol.Text{Text: text}); err != nil {
				return fmt.Errorf("encode text: %w", err)
			}
		}
		return tx.schedule(protocol.Schedule{Send: send, AtMS: atMS})
	})
	if err != nil {
		return fmt.Errorf("reschedule message: %w", err)
	}
	return nil
}

// Unschedule gives a message up that is to be sent later. One that is not there
// is a success.
func (s *Store) Unschedule(ctx context.Context, id string) error {
	err := s.write(ctx, func(tx *tx) error {
		all, err := scheduled(tx.db)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(all, func(k keptSchedule) bool { return k.ClientID == id }) {
			return nil
		}
		return tx.queueScheduled(id, "")
	})
	if err != nil {
		return fmt.Errorf("unschedule message: %w", err)
	}
	return nil
}

// keptSchedule is what the server said of a message, or is to be told.
type keptSchedule struct {
	protocol.Scheduled
	waiting bool // To be told.
}

// scheduled returns every message that is to be sent later, as the user left
// it.
func scheduled(db *gorm.DB) ([]keptSchedule, error) {
	var said []scheduledRow
	if err := db.Order("client_id").Find(&said).Error; err != nil {
		return nil, err
	}
	var told []outgoingScheduledRow
	if err := db.Order("id").Find(&told).Error; err != nil {
		return nil, err
	}
	var out []keptSchedule
	for _, row := range said {
		var k keptSchedule
		if err := json.Unmarshal([]byte(row.Body), &k.Scheduled); err != nil {
			return nil, fmt.Errorf("decode scheduled message: %w", err)
		}
		if !slices.ContainsFunc(told, func(o outgoingScheduledRow) bool { return o.ClientID == row.ClientID }) && k.Send != nil {
			out = append(out, k)
		}
	}
	for _, row := range told {
		if row.Body == "" {
			continue
		}
		change, err := row.change()
		if err != nil {
			return nil, err
		}
		out = append(out, keptSchedule{waiting: true, Scheduled: protocol.Scheduled{
			ConversationID: change.Schedule.Send.ConversationID, ClientID: row.ClientID,
			State: protocol.ScheduledWaiting, AtMS: change.Schedule.AtMS, Send: &change.Schedule.Send,
		}})
	}
	return out, nil
}

// Scheduled returns the messages that are to be sent later, in the order of
// their times.
func (s *Store) Scheduled(ctx context.Context) ([]Scheduled, error) {
	out := []Scheduled{}
	err := s.snapshot(ctx, func(db *gorm.DB) error {
		out = out[:0]
		var account accountRow
		if err := db.Take(&account, 1).Error; err != nil {
			return err
		}
		all, err := scheduled(db)
		if err != nil {
			return err
		}
		for _, k := range all {
			at := k.AtMS
			if at > 0 {
				at = max(at-account.minutesAhead(), 1)
			}
			send := k.Send
			out = append(out, Scheduled{
				ID: k.ClientID, ConversationID: k.ConversationID, Kind: send.Kind,
				Text: shownText(send.Kind, send.Fallback, send.Body), Card: cardOf(send.Kind, send.Body),
				RefSeq: send.RefSeq, Silent: send.Silent, AtMS: at, Waiting: k.waiting, ErrorCode: string(k.Code),
			})
		}
		slices.SortStableFunc(out, func(a, b Scheduled) int { return int(a.AtMS - b.AtMS) })
		return nil
	})
	if err != nil {
		return []Scheduled{}, fmt.Errorf("read scheduled messages: %w", err)
	}
	return out, nil
}

func (r outgoingScheduledRow) change() (ScheduleChange, error) {
	c := ScheduleChange{id: r.ID, ClientID: r.ClientID}
	if r.Body == "" {
		return c, nil
	}
	if err := json.Unmarshal([]byte(r.Body), &c.Schedule); err != nil {
		return c, fmt.Errorf("decode schedule: %w", err)
	}
	return c, nil
}

// OutgoingScheduled returns what the server is to be told of messages that are
// to be sent later, in order.
func (s *Store) OutgoingScheduled(ctx context.Context) ([]ScheduleChange, error) {
	var rows []outgoingScheduledRow
	err := s.read(ctx, func(db *gorm.DB) error { return db.Order("id").Find(&rows).Error })
	if err != nil {
		return nil, fmt.Errorf("list outgoing schedules: %w", err)
	}
	out := make([]ScheduleChange, len(rows))
	for i, r := range rows {
		if out[i], err = r.change(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// ConfirmScheduled notes what the server made of a change. What the user
// changed since still waits.
func (s *Store) ConfirmScheduled(ctx context.Context, c ScheduleChange, got protocol.ScheduleUpdated) error {
	err := s.write(ctx, func(tx *tx) error {
		if err := tx.db.Where("id = ?", c.id).Delete(&outgoingScheduledRow{}).Error; err != nil {
			return err
		}
		got.Scheduled.ClientID = c.ClientID
		if err := tx.saveScheduled(got.Useq, got.Scheduled); err != nil {
			return err
		}
		return tx.dropEnded(c.ClientID)
	})
	if err != nil {
		return fmt.Errorf("confirm schedule: %w", err)
	}
	return nil
}

// RefuseScheduled notes that the server refused a change. What the user wrote
// stays, with the reason.
func (s *Store) RefuseScheduled(ctx context.Context, c ScheduleChange, code protocol.Code) error {
	err := s.write(ctx, func(tx *tx) error {
		gone := tx.db.Where("id = ?", c.id).Delete(&outgoingScheduledRow{})
		if gone.Error != nil || gone.RowsAffected == 0 || c.Schedule == nil {
			return gone.Error // Something newer waits, or there is nothing to keep.
		}
		tx.change.Scheduled = true
		send := c.Schedule.Send
		switch code {
		case protocol.CodeTooLate, protocol.CodeNotFound, protocol.CodeIDReused:
			// The message that had this id is past: these words become another.
			if err := tx.db.Where("client_id = ?", c.ClientID).Delete(&scheduledRow{}).Error; err != nil {
				return err
			}
			send.ClientID = NewClientID(s.now())
		}
		return tx.keepScheduled(0, protocol.Scheduled{
			ConversationID: send.ConversationID, ClientID: send.ClientID, State: protocol.ScheduledFailed,
			AtMS: c.Schedule.AtMS, Code: code, Send: &send,
		})
	})
	if err != nil {
		return fmt.Errorf("note refused schedule: %w", err)
	}
	return nil
}

// saveScheduled keeps what the server says of a message, unless something later
// is known.
func (tx *tx) saveScheduled(useq int64, s protocol.Scheduled) error {
	var old scheduledRow
	err := tx.db.Where("client_id = ?", s.ClientID).Take(&old).Error
	if err != nil && !errors.Is(err, gorm.ErrRecordNotFound) {
		return err
	}
	if err == nil && useq > 0 && old.Useq >= useq {
		return nil
	}
	tx.change.Scheduled = true
	if err := tx.keepScheduled(useq, s); err != nil || s.Send != nil {
		return err
	}
	return tx.dropEnded(s.ClientID)
}

// dropEnded forgets a message that was sent or given up. While an answer about
// it may come that is older than that, it is remembered.
func (tx *tx) dropEnded(clientID string) error {
	return tx.db.Exec(`DELETE FROM scheduled WHERE client_id = ? AND body ->> 'send' IS NULL
		AND client_id NOT IN (SELECT client_id FROM outgoing_scheduled)`, clientID).Error
}

func (tx *tx) keepScheduled(useq int64, s protocol.Scheduled) error {
	body, err := protocol.Encode(s)
	if err != nil {
		return fmt.Errorf("encode scheduled message: %w", err)
	}
	row := scheduledRow{ClientID: s.ClientID, Useq: useq, Body: string(body)}
	return tx.db.Clauses(clause.OnConflict{UpdateAll: true}).Create(&row).Error
}

// forgetScheduled forgets what the server said of messages that are to be sent
// later. What only this device knows stays.
func (tx *tx) forgetScheduled() error {
	return tx.db.Where("useq > 0").Delete(&scheduledRow{}).Error
}
