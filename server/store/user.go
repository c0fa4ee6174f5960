package store

import "mychat/protocol"

// User is one account.
type User struct {
	ID                 ID
	Username           string
	UsernameFold       string // Unique.
	Nickname           string
	NicknameFold       string
	PasswordHash       string
	FindableByNickname bool
	Disabled           bool
	CreatedMS          int64 `gorm:"column:created_ms"`
	LastSeenMS         int64 `gorm:"column:last_seen_ms"` // 0 means not known.
}

// TableName implements gorm's Tabler.
func (User) TableName() string { return "user" }

// Profile returns what others may know of u.
func (u User) Profile() protocol.Profile {
	return protocol.Profile{ID: u.ID.String(), Username: u.Username, Nickname: u.Nickname}
}

// Me returns u as its owner sees it.
func (u User) Me() protocol.Me {
	return protocol.Me{Profile: u.Profile(), FindableByNickname: u.FindableByNickname, CreatedMS: u.CreatedMS}
}

// InsertUser adds a user and the counter of their journal. ErrConflict means
// that the username is taken.
func (tx *Tx) InsertUser(u User) error {
	if err := tx.db.Create(&u).Error; err != nil {
		return classify(err)
	}
	_, err := tx.exec(`INSERT INTO journal_counter (user_id, useq, floor_useq) VALUES (?, 0, 0)`, u.ID)
	return err
}

// User returns a user by id, or ErrNoRow.
func (tx *Tx) User(id ID) (User, error) {
	return one[User](tx, `SELECT * FROM "user" WHERE id = ?`, id)
}

// UserByName returns a user by folded username, or ErrNoRow.
func (tx *Tx) UserByName(fold string) (User, error) {
	return one[User](tx, `SELECT * FROM "user" WHERE username_fold = ?`, fold)
}

// LockUsers returns the users with these ids, in order of id, and keeps other
// transactions that lock one of them waiting. Who is missing is left out.
func (tx *Tx) LockUsers(ids ...ID) ([]User, error) {
	sql := `SELECT * FROM "user" WHERE id IN ` + tx.set() + ` ORDER BY id`
	if tx.pg {
		sql += " FOR NO KEY UPDATE"
	}
	return many[User](tx, sql, tx.ids(ids))
}

// UsersByNickname returns enabled users who allow it and whose folded nickname
// begins with fold, in the order of nicknames.
func (tx *Tx) UsersByNickname(fold string, limit int) ([]User, error) {
	return many[User](tx, `SELECT * FROM "user"
		WHERE nickname_fold >= ? AND nickname_fold < ? AND findable_by_nickname AND NOT disabled
		ORDER BY nickname_fold, id LIMIT ?`, fold, fold+"\U0010FFFF", limit)
}

// UsersAfter returns users in order of their folded username, beginning after
// one of them.
func (tx *Tx) UsersAfter(fold string, limit int) ([]User, error) {
	return many[User](tx, `SELECT * FROM "user" WHERE username_fold > ? ORDER BY username_fold LIMIT ?`, fold, limit)
}

// SetPassword replaces a user's password hash.
func (tx *Tx) SetPassword(id ID, hash string) error {
	_, err := tx.exec(`UPDATE "user" SET password_hash = ? WHERE id = ?`, hash, id)
	return err
}

// SwapPassword replaces a user's password hash if it still is old.
func (tx *Tx) SwapPassword(id ID, old, hash string) error {
	_, err := tx.exec(`UPDATE "user" SET password_hash = ? WHERE id = ? AND password_hash = ?`, hash, id, old)
	return err
}

// SetProfile replaces what a user may change of themselves.
func (tx *Tx) SetProfile(u User) error {
	_, err := tx.exec(`UPDATE "user" SET nickname = ?, nickname_fold = ?, findable_by_nickname = ? WHERE id = ?`,
		u.Nickname, u.NicknameFold, u.FindableByNickname, u.ID)
	return err
}

// SetDisabled disables or enables a user.
func (tx *Tx) SetDisabled(id ID, disabled bool) error {
	_, err := tx.exec(`UPDATE "user" SET disabled = ? WHERE id = ?`, disabled, id)
	return err
}

// SetLastSeen moves the time a user was last seen, never back.
func (tx *Tx) SetLastSeen(id ID, atMS int64) error {
	_, err := tx.exec(`UPDATE "user" SET last_seen_ms = ? WHERE id = ? AND last_seen_ms < ?`, atMS, id, atMS)
	return err
}
