package store

// Link is a device that asks another one to sign it in.
type Link struct {
	ID         ID
	CodeHash   []byte // Unique; nil once the code was named.
	Challenge  string
	PublicKey  []byte
	Name       string
	Platform   string
	AppVersion string
	Address    string
	Network    string
	State      string // One of protocol.Link*.
	UserID     ID     // 0 until the code was named.
	DeviceID   ID
	CreatedMS  int64 `gorm:"column:created_ms"`
	ExpiresMS  int64 `gorm:"column:expires_ms"`
}

// TableName implements gorm's Tabler.
func (Link) TableName() string { return "link" }

// InsertLink adds a link. ErrConflict means that its code is in use.
func (tx *Tx) InsertLink(l Link) error { return classify(tx.db.Create(&l).Error) }

// Link returns a link, over or not, or ErrNoRow.
func (tx *Tx) Link(id ID) (Link, error) {
	return one[Link](tx, `SELECT * FROM link WHERE id = ?`, id)
}

// CountLinks returns how many links of a network are not over.
func (tx *Tx) CountLinks(network string, nowMS int64) (int, error) {
	return one[int](tx, `SELECT count(*) FROM link WHERE network = ? AND expires_ms > ?`, network, nowMS)
}

// ClaimLink gives the link with a code to a user, once, and returns it, or
// ErrNoRow if there is no such one that still waits.
func (tx *Tx) ClaimLink(codeHash []byte, state string, user, device ID, nowMS, expiresMS int64) (Link, error) {
	return one[Link](tx, `UPDATE link SET state = ?, user_id = ?, device_id = ?, expires_ms = ?, code_hash = NULL
		WHERE code_hash = ? AND expires_ms > ? RETURNING *`, state, user, device, expiresMS, codeHash, nowMS)
}

// SetLinkState moves a link on, and reports whether it was where it had to be.
func (tx *Tx) SetLinkState(id ID, from, to string) (bool, error) {
	n, err := tx.exec(`UPDATE link SET state = ? WHERE id = ? AND state = ?`, to, id, from)
	return n == 1, err
}

// TakeLink removes a link that is in a state, and reports whether it was there.
func (tx *Tx) TakeLink(id ID, state string) (bool, error) {
	n, err := tx.exec(`DELETE FROM link WHERE id = ? AND state = ?`, id, state)
	return n == 1, err
}

// DropLinks removes the links that are over.
func (tx *Tx) DropLinks(nowMS int64) error {
	_, err := tx.exec(`DELETE FROM link WHERE expires_ms <= ?`, nowMS)
	return err
}
