package store

import (
	"encoding/json"
	"fmt"

	"github.com/oklog/ulid/v2"

	"mychat/protocol"
)

// Scheduled is a message that is sent later, or what became of it.
type Scheduled struct {
	Key            ClientKey
	ConversationID ID
	Useq           int64 // The journal row that says the same.
	AtMS           int64
	State          string // A protocol.Scheduled constant.
	Code           protocol.Code
	Send           string // A protocol.Send as JSON; "" once it is sent or deleted.
	ClaimedMS      int64  // When a node last took it in hand; 0 means none did.
	EndedMS        int64  // When it was sent or deleted; 0 before.
}

// Wire returns s as its sender sees it.
func (s Scheduled) Wire() (protocol.Scheduled, error) {
	w := protocol.Scheduled{
		ConversationID: s.ConversationID.String(), ClientID: s.Key.ClientID.String(),
		State: s.State, AtMS: s.AtMS, Code: s.Code,
	}
	if s.Send != "" {
		if err := json.Unmarshal([]byte(s.Send), &w.Send); err != nil {
			return w, fmt.Errorf("decode scheduled message: %w", err)
		}
	}
	return w, nil
}

type scheduledRow struct {
	UserID    ID
	ClientID  []byte
	ConvID    ID
	Useq      int64
	AtMS      int64 `gorm:"column:at_ms"`
	State     string
	Code      string
	Send      string
	ClaimedMS int64 `gorm:"column:claimed_ms"`
	EndedMS   int64 `gorm:"column:ended_ms"`
}

const scheduledColumns = `user_id, client_id, conv_id, useq, at_ms, state, code, send, claimed_ms, ended_ms`

func (r scheduledRow) scheduled() (Scheduled, error) {
	if len(r.ClientID) != len(ulid.ULID{}) {
		return Scheduled{}, fmt.Errorf("scheduled message of user %d: client id of %d bytes", r.UserID, len(r.ClientID))
	}
	return Scheduled{
		Key: ClientKey{r.UserID, ulid.ULID(r.ClientID)}, ConversationID: r.ConvID, Useq: r.Useq, AtMS: r.AtMS,
		State: r.State, Code: protocol.Code(r.Code), Send: r.Send, ClaimedMS: r.ClaimedMS, EndedMS: r.EndedMS,
	}, nil
}

func scheduledOf(rows []scheduledRow, err error) ([]Scheduled, error) {
	if err != nil {
		return nil, err
	}
	list := make([]Scheduled, len(rows))
	for i, r := range rows {
		if list[i], err = r.scheduled(); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// LockScheduled returns a scheduled message and keeps other transactions from
// taking it in hand, or ErrNoRow.
func (tx *Tx) LockScheduled(key ClientKey) (Scheduled, error) {
	sql := `SELECT ` + scheduledColumns + ` FROM scheduled WHERE user_id = ? AND client_id = ?`
	if tx.pg {
		sql += " FOR UPDATE"
	}
	row, err := one[scheduledRow](tx, sql, key.SenderID, key.ClientID.Bytes())
	if err != nil {
		return Scheduled{}, err
	}
	return row.scheduled()
}

// ScheduledOf returns what of a user's waits and what failed, by time.
func (tx *Tx) ScheduledOf(userID ID) ([]Scheduled, error) {
	return scheduledOf(many[scheduledRow](tx, `SELECT `+scheduledColumns+` FROM scheduled
		WHERE user_id = ? AND ended_ms = 0 ORDER BY at_ms, client_id`, userID))
}

// SetScheduled writes a scheduled message.
func (tx *Tx) SetScheduled(s Scheduled) error {
	_, err := tx.exec(`INSERT INTO scheduled (`+scheduledColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (user_id, client_id) DO UPDATE SET conv_id = excluded.conv_id, useq = excluded.useq, at_ms = excluded.at_ms,
			state = excluded.state, code = excluded.code, send = excluded.send,
			claimed_ms = excluded.claimed_ms, ended_ms = excluded.ended_ms`,
		s.Key.SenderID, s.Key.ClientID.Bytes(), s.ConversationID, s.Useq, s.AtMS, s.State, string(s.Code), s.Send, s.ClaimedMS, s.EndedMS)
	return err
}

// ClaimScheduled takes up to limit messages in hand whose time has come at
// nowMS, those that were due first, and returns them. One that was taken after
// takenMS is left to who did.
func (tx *Tx) ClaimScheduled(nowMS, takenMS int64, limit int) ([]Scheduled, error) {
	due := `SELECT user_id, client_id FROM scheduled
		WHERE state = 'waiting' AND at_ms <= ? AND claimed_ms <= ? ORDER BY at_ms, user_id, client_id LIMIT ?`
	if tx.pg {
		due += " FOR UPDATE SKIP LOCKED"
	}
	return scheduledOf(many[scheduledRow](tx, `UPDATE scheduled SET claimed_ms = ?
		WHERE (user_id, client_id) IN (`+due+`) RETURNING `+scheduledColumns, nowMS, nowMS, takenMS, limit))
}

// NextScheduled returns when the next message is due, or may be taken from who
// has it in hand for keepMS; -1 means that none waits.
func (tx *Tx) NextScheduled(keepMS int64) (int64, error) {
	greatest := "max"
	if tx.pg {
		greatest = "greatest"
	}
	return one[int64](tx, `SELECT coalesce(min(`+greatest+`(at_ms, CASE WHEN claimed_ms > 0 THEN claimed_ms + ? ELSE 0 END)), -1)
		FROM scheduled WHERE state = 'waiting'`, keepMS)
}

// TrimScheduled forgets what was sent or deleted before a time, at most limit
// of it, and returns how much.
func (tx *Tx) TrimScheduled(beforeMS int64, limit int) (int64, error) {
	return tx.exec(`DELETE FROM scheduled WHERE (user_id, client_id) IN (SELECT user_id, client_id FROM scheduled
		WHERE ended_ms > 0 AND ended_ms < ? LIMIT ?)`, beforeMS, limit)
}
