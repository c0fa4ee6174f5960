package store

import "mychat/protocol"

// Device is one sign-in of a user.
type Device struct {
	ID         ID
	UserID     ID
	TokenHash  []byte // Unique.
	PublicKey  []byte
	Name       string
	Platform   string
	AppVersion string
	Address    string
	CreatedMS  int64 `gorm:"column:created_ms"`
	ActiveMS   int64 `gorm:"column:active_ms"`
	EndedMS    int64 `gorm:"column:ended_ms"` // 0 while signed in.
	EndedCode  int   // A protocol.Close code.

	EndedReason string // One of protocol.Ended*.
	EndedBy     string // The name of the device that ended it; "" means none.
	Wipe        bool   // It is to delete its local data.
}

// TableName implements gorm's Tabler.
func (Device) TableName() string { return "device" }

// Wire returns d as its owner sees it, from another device.
func (d Device) Wire() protocol.Device {
	return protocol.Device{
		ID: d.ID.String(), Name: d.Name, Platform: d.Platform, AppVersion: d.AppVersion,
		Address: d.Address, CreatedMS: d.CreatedMS, ActiveMS: d.ActiveMS,
	}
}

// End returns what a device that is signed out is to learn of that.
func (d Device) End() protocol.Ended {
	return ended(d.EndedReason, d.EndedBy, d.EndedMS, d.Wipe)
}

func ended(reason, by string, atMS int64, wipe bool) protocol.Ended {
	if reason == "" { // Ended by a build that kept none.
		reason = protocol.EndedSignedOut
	}
	return protocol.Ended{Reason: reason, By: by, AtMS: atMS, Wipe: wipe}
}

// InsertDevice adds a device.
func (tx *Tx) InsertDevice(d Device) error { return classify(tx.db.Create(&d).Error) }

// Session is a device, signed in or out, and what its owner's account says of it.
type Session struct {
	DeviceID ID
	UserID   ID
	ActiveMS int64 `gorm:"column:active_ms"`
	EndedMS  int64 `gorm:"column:ended_ms"` // 0 while signed in.
	Disabled bool

	EndedReason string
	EndedBy     string
	Wipe        bool
}

// End returns what the device is to learn of the end of its session.
func (s Session) End() protocol.Ended {
	return ended(s.EndedReason, s.EndedBy, s.EndedMS, s.Wipe)
}

// Session returns whom a token stands or stood for, or ErrNoRow.
func (tx *Tx) Session(tokenHash []byte) (Session, error) {
	return one[Session](tx, `SELECT d.id AS device_id, d.user_id, d.active_ms, d.ended_ms, d.ended_reason, d.ended_by, d.wipe, u.disabled
		FROM device d JOIN "user" u ON u.id = d.user_id WHERE d.token_hash = ?`, tokenHash)
}

// TouchDevice notes that a device was active.
func (tx *Tx) TouchDevice(id ID, address string, atMS int64) error {
	_, err := tx.exec(`UPDATE device SET active_ms = ?, address = ? WHERE id = ? AND active_ms < ?`, atMS, address, id, atMS)
	return err
}

// TouchDevices notes that devices were active.
func (tx *Tx) TouchDevices(ids []ID, atMS int64) error {
	_, err := tx.exec(`UPDATE device SET active_ms = ? WHERE active_ms < ? AND ended_ms = 0 AND id IN `+tx.set(),
		atMS, atMS, tx.ids(ids))
	return err
}

// RenameDevice gives a device another name.
func (tx *Tx) RenameDevice(id ID, name string) error {
	_, err := tx.exec(`UPDATE device SET name = ? WHERE id = ?`, name, id)
	return err
}

// Devices returns a user's signed-in devices, most recently active first.
func (tx *Tx) Devices(userID ID) ([]Device, error) {
	return many[Device](tx, `SELECT * FROM device WHERE user_id = ? AND ended_ms = 0
		ORDER BY active_ms DESC, id DESC`, userID)
}

// DeviceCounts returns how many signed-in devices each of the users has.
func (tx *Tx) DeviceCounts(userIDs []ID) (map[ID]int, error) {
	list, err := many[struct {
		UserID ID
		N      int
	}](tx, `SELECT user_id, count(*) AS n FROM device
		WHERE ended_ms = 0 AND user_id IN `+tx.set()+` GROUP BY user_id`, tx.ids(userIDs))
	counts := make(map[ID]int, len(list))
	for _, row := range list {
		counts[row.UserID] = row.N
	}
	return counts, err
}

// EndDevices signs devices out, with code and what end says. One that is signed
// out already keeps what it was told.
func (tx *Tx) EndDevices(ids []ID, code int, end protocol.Ended) error {
	_, err := tx.exec(`UPDATE device SET ended_ms = ?, ended_code = ?, ended_reason = ?, ended_by = ?, wipe = ?
		WHERE ended_ms = 0 AND id IN `+tx.set(), end.AtMS, code, end.Reason, end.By, end.Wipe, tx.ids(ids))
	return err
}

// Ended returns devices that were signed out at or after sinceMS.
func (tx *Tx) Ended(sinceMS int64) ([]Device, error) {
	return many[Device](tx, `SELECT * FROM device WHERE ended_ms >= ? ORDER BY ended_ms, id`, max(sinceMS, 1))
}

// InsertInvite adds an invitation.
func (tx *Tx) InsertInvite(codeHash []byte, uses int, createdMS, expiresMS int64) error {
	_, err := tx.exec(`INSERT INTO invite (code_hash, uses_left, created_ms, expires_ms) VALUES (?, ?, ?, ?)`,
		codeHash, uses, createdMS, expiresMS)
	return err
}

// SpendInvite takes one use of an invitation, and reports whether there was one.
func (tx *Tx) SpendInvite(codeHash []byte, nowMS int64) (bool, error) {
	n, err := tx.exec(`UPDATE invite SET uses_left = uses_left - 1
		WHERE code_hash = ? AND uses_left > 0 AND expires_ms > ?`, codeHash, nowMS)
	return n == 1, err
}
