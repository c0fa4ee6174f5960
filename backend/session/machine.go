package session

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"mychat/backend/store"
	"mychat/sqlite"
)

//go:embed migrations/*.sql
var migrations embed.FS

// machine is the database of what this machine knows before any account is
// open. It is small and seldom written: one connection serves all.
type machine struct {
	db *gorm.DB
}

// accountRow is a row of table account.
type accountRow struct {
	ID         string `gorm:"primaryKey"`
	Server     string
	UserID     string
	Username   string
	Nickname   string
	LastUsedMS int64
	Remember   bool
	Auto       bool
	Hidden     bool
}

// TableName implements gorm's Tabler.
func (accountRow) TableName() string { return "account" }

func (r accountRow) account() Account {
	return Account{
		ID: r.ID, Server: r.Server, UserID: r.UserID, Username: r.Username, Nickname: r.Nickname,
		LastUsedMS: r.LastUsedMS, Remember: r.Remember, Auto: r.Auto,
	}
}

// pinRow is a row of table pin.
type pinRow struct {
	Server      string `gorm:"primaryKey"`
	Fingerprint string
}

// TableName implements gorm's Tabler.
func (pinRow) TableName() string { return "pin" }

// choiceRow is a row of table choice.
type choiceRow struct {
	Name  string `gorm:"primaryKey"`
	Value string
}

// TableName implements gorm's Tabler.
func (choiceRow) TableName() string { return "choice" }

// openMachine opens the database at path, making or migrating it. One that a
// newer version wrote is left untouched and reported as store.ErrNewer.
func openMachine(ctx context.Context, path string) (*machine, error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, fmt.Errorf("read migrations: %w", err)
	}
	db, err := sqlite.OpenAt(ctx, path, files, sqlite.Options{Pragmas: []string{"synchronous(FULL)", "cache_size(-512)"}})
	if err != nil {
		return nil, store.Explain(err)
	}
	return &machine{db: db}, nil
}

func (m *machine) close() error { return sqlite.Close(m.db) }

// accounts returns the listed accounts, the last used first.
func (m *machine) accounts(ctx context.Context) ([]accountRow, error) {
	var rows []accountRow
	err := m.db.WithContext(ctx).Where("hidden = 0").Order("last_used_ms DESC, id DESC").Find(&rows).Error
	return rows, store.Explain(err)
}

// account returns a listed account. It reports gorm.ErrRecordNotFound.
func (m *machine) account(ctx context.Context, id string) (accountRow, error) {
	var row accountRow
	err := m.db.WithContext(ctx).Where("id = ? AND hidden = 0", id).Take(&row).Error
	return row, store.Explain(err)
}

// accountNamed returns the account of a server with this username, whatever
// its case, also a hidden one. It reports gorm.ErrRecordNotFound.
func (m *machine) accountNamed(ctx context.Context, server, username string) (accountRow, error) {
	var row accountRow
	err := m.db.WithContext(ctx).Where("server = ? AND username = ? COLLATE NOCASE", server, username).
		Order("last_used_ms DESC").Take(&row).Error
	return row, store.Explain(err)
}

// accountOf returns the account of a server's user, also a hidden one. It
// reports gorm.ErrRecordNotFound.
func (m *machine) accountOf(ctx context.Context, server, userID string) (accountRow, error) {
	var row accountRow
	err := m.db.WithContext(ctx).Where("server = ? AND user_id = ?", server, userID).Take(&row).Error
	return row, store.Explain(err)
}

// saveAccount writes row. Its server and user keep the id they have, also a
// hidden one's, so that they find their folder again; the row as it then is
// comes back. An automatic account takes that from any other.
func (m *machine) saveAccount(ctx context.Context, row accountRow) (accountRow, error) {
	err := m.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		if row.Auto {
			if err := tx.Model(&accountRow{}).Where("auto = 1").Update("auto", false).Error; err != nil {
				return err
			}
		}
		var kept accountRow
		switch err := tx.Where("server = ? AND user_id = ?", row.Server, row.UserID).Take(&kept).Error; {
		case err == nil:
			row.ID = kept.ID
		case !errors.Is(err, gorm.ErrRecordNotFound):
			return err
		}
		return tx.Clauses(clause.OnConflict{UpdateAll: true}).Create(&row).Error
	})
	return row, store.Explain(err)
}

// updateAccount changes columns of an account.
func (m *machine) updateAccount(ctx context.Context, id string, columns map[string]any) error {
	return store.Explain(m.db.WithContext(ctx).Model(&accountRow{}).Where("id = ?", id).Updates(columns).Error)
}

// deleteAccount forgets that an account was ever here.
func (m *machine) deleteAccount(ctx context.Context, id string) error {
	return store.Explain(m.db.WithContext(ctx).Where("id = ?", id).Delete(&accountRow{}).Error)
}

// pin returns the certificate that is trusted for a server; "" means none.
func (m *machine) pin(ctx context.Context, server string) (string, error) {
	var rows []pinRow
	if err := m.db.WithContext(ctx).Where("server = ?", server).Find(&rows).Error; err != nil || len(rows) == 0 {
		return "", store.Explain(err)
	}
	return rows[0].Fingerprint, nil
}

func (m *machine) setPin(ctx context.Context, server, fingerprint string) error {
	return store.Explain(m.db.WithContext(ctx).Clauses(clause.OnConflict{UpdateAll: true}).
		Create(&pinRow{Server: server, Fingerprint: fingerprint}).Error)
}

// errUnreadable says that what is kept under a choice's name is something else.
var errUnreadable = errors.New("the choice is unreadable")

// choice reads the choice of that name over what v holds; v stays as it is
// where nothing was ever chosen. It reports errUnreadable.
func (m *machine) choice(ctx context.Context, name string, v any) error {
	var rows []choiceRow
	if err := m.db.WithContext(ctx).Where("name = ?", name).Find(&rows).Error; err != nil || len(rows) == 0 {
		return store.Explain(err)
	}
	if err := json.Unmarshal([]byte(rows[0].Value), v); err != nil {
		return fmt.Errorf("%w: %w", errUnreadable, err)
	}
	return nil
}

// atOnce runs do on one state of the database, which nobody else changes
// meanwhile.
func (m *machine) atOnce(ctx context.Context, do func(*machine) error) error {
	return store.Explain(m.db.WithContext(ctx).Transaction(func(db *gorm.DB) error { return do(&machine{db: db}) }))
}

func (m *machine) setChoice(ctx context.Context, name string, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return store.Explain(m.db.WithContext(ctx).Clauses(clause.OnConflict{UpdateAll: true}).
		Create(&choiceRow{Name: name, Value: string(data)}).Error)
}
