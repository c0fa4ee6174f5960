package session

import (
	"context"
	"database/sql"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"

	"github.com/glebarez/sqlite"
	"github.com/pressly/goose/v3"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
	"gorm.io/gorm/logger"

	"mychat/backend/store"
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
	names, err := fs.Glob(files, "*.sql")
	if err != nil {
		return nil, fmt.Errorf("read migrations: %w", err)
	}
	known, err := goose.NumericComponent(names[len(names)-1])
	if err != nil {
		return nil, fmt.Errorf("read migrations: %w", err)
	}
	found, err := versionOf(ctx, path)
	if err != nil {
		return nil, err
	}
	if found > known {
		return nil, &store.NewerError{Path: path, Found: found, Known: known}
	}

	// SQLite gives the files beside it the same mode.
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	if err := f.Close(); err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	db, err := gorm.Open(sqlite.Open(dsn(path, "_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)"+
		"&_pragma=busy_timeout(5000)&_pragma=foreign_keys(1)&_pragma=cache_size(-512)&_txlock=immediate")),
		&gorm.Config{SkipDefaultTransaction: true, Logger: logger.Discard})
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	pool, err := db.DB()
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	pool.SetMaxOpenConns(1)
	m := &machine{db: db}
	if found == known {
		return m, nil
	}
	provider, err := goose.NewProvider(goose.DialectSQLite3, pool, files, goose.WithDisableGlobalRegistry(true))
	if err == nil {
		_, err = provider.Up(ctx)
	}
	if err != nil {
		_ = pool.Close()
		return nil, fmt.Errorf("migrate %s: %w", path, store.Explain(err))
	}
	return m, nil
}

func dsn(path, options string) string {
	return "file:" + (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath() + "?" + options
}

// versionOf returns the schema version of the database at path; 0 for a file
// that is missing or new. It only reads.
func versionOf(ctx context.Context, path string) (int64, error) {
	if info, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) || err == nil && info.Size() == 0 {
		return 0, nil
	}
	db, err := sql.Open("sqlite", dsn(path, "mode=ro&_pragma=busy_timeout(5000)&_pragma=query_only(1)"))
	if err != nil {
		return 0, fmt.Errorf("open %s: %w", path, err)
	}
	defer db.Close()
	var tables, version int64
	err = db.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_master WHERE name = 'goose_db_version'`).Scan(&tables)
	if err == nil && tables > 0 {
		err = db.QueryRowContext(ctx, `SELECT coalesce(max(version_id), 0) FROM goose_db_version`).Scan(&version)
	}
	if err != nil {
		return 0, fmt.Errorf("read the version of %s: %w", path, store.Explain(err))
	}
	return version, nil
}

func (m *machine) close() error {
	pool, err := m.db.DB()
	if err != nil {
		return err
	}
	return pool.Close()
}

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

func (m *machine) setChoice(ctx context.Context, name string, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return store.Explain(m.db.WithContext(ctx).Clauses(clause.OnConflict{UpdateAll: true}).
		Create(&choiceRow{Name: name, Value: string(data)}).Error)
}
