package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"mychat/sqlite"
)

// Names in the account's folder, beside FileName.
const (
	copyName  = "account-copy.db"  // The last good copy.
	markName  = "account.open"     // There while the database is open: one that is found there tells of an unclean end.
	orderName = "account.heal"     // What Open is to mend, and how far it came.
	asideStem = "account-damaged-" // Begins the names of damaged files.
)

// Ways in which a database was healed.
const (
	HealedSearch = "search" // Only the search index was damaged: it is made anew from the messages.
	HealedCopy   = "copy"   // The last good copy took its place.
	HealedFresh  = "fresh"  // There was no good copy: a new one took its place.
)

// Healed says what Open did with a database that was damaged. In every case
// what was not sent is still there, and the server is asked for the rest.
type Healed struct {
	How    string `json:"how"` // One of the Healed constants.
	AtMS   int64  `json:"at_ms"`
	CopyMS int64  `json:"copy_ms"` // When the good copy was made, with HealedCopy.
	Aside  string `json:"aside"`   // Where the damaged file is now, in the account's folder; "" with HealedSearch.
	Unsent int    `json:"unsent"`  // Messages that wait to be sent.
}

// order is what is to be mended. It is written before anything is done and
// removed after everything is, so that a new start goes on with it.
type order struct {
	Search bool   `json:"search"` // Only the search index; else all of it.
	Why    string `json:"why"`
	AtMS   int64  `json:"at_ms"`
	Aside  string `json:"aside"` // Set once the damaged file is set aside.
	How    string `json:"how"`   // Set once it is decided what takes its place.
	CopyMS int64  `json:"copy_ms"`
}

func (s *Store) file(name string) string { return filepath.Join(s.dir, name) }

// readOrder returns the order that waits, or nil.
func (s *Store) readOrder() (*order, error) {
	data, err := os.ReadFile(s.file(orderName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var o order
	if err := json.Unmarshal(data, &o); err != nil {
		o = order{Why: "the order to mend it is unreadable"}
	}
	return &o, nil
}

// writeOrder keeps o, whatever happens next.
func (s *Store) writeOrder(o order) error {
	data, err := json.Marshal(o)
	if err != nil {
		return err
	}
	path := s.file(orderName)
	if err := os.WriteFile(path+".new", data, 0o600); err != nil {
		return err
	}
	if err := sqlite.Sync(path + ".new"); err != nil {
		return err
	}
	if err := os.Rename(path+".new", path); err != nil {
		return err
	}
	return sqlite.Sync(path)
}

// heal does what is left of an order. The database is closed.
func (s *Store) heal(ctx context.Context, o *order) error {
	path := s.file(FileName)
	if o.Search && o.Aside == "" {
		err := rebuildSearch(ctx, path)
		if err == nil {
			var fault *sqlite.Fault
			if fault, err = sqlite.Check(ctx, path, false); err == nil && fault == nil {
				o.How = HealedSearch
				return s.writeOrder(*o)
			}
		}
		if err != nil && !sqlite.Broken(err) {
			return err
		}
		o.Search = false
	}
	if o.Aside == "" && exists(path) {
		if err := saveOwed(ctx, s.dir, path); err != nil {
			return fmt.Errorf("save what is not sent: %w", err)
		}
		aside, err := s.setAside(path, o.AtMS)
		if err != nil {
			return fmt.Errorf("set the damaged file aside: %w", err)
		}
		o.Aside, o.How = aside, ""
		if err := s.writeOrder(*o); err != nil {
			return err
		}
	}
	if o.How == HealedCopy || o.How == HealedFresh {
		if o.How == HealedCopy && !exists(path) && exists(s.file(copyName)) {
			return os.Rename(s.file(copyName), path)
		}
		return nil
	}
	return s.replace(ctx, o)
}

// replace puts the good copy in the database's place, if there is a sound one.
func (s *Store) replace(ctx context.Context, o *order) error {
	good := s.file(copyName)
	o.How = HealedFresh
	if info, err := os.Stat(good); err == nil {
		fault, err := sqlite.Check(ctx, good, false)
		switch {
		case err != nil:
			return fmt.Errorf("check the copy: %w", err)
		case fault == nil:
			o.How, o.CopyMS = HealedCopy, info.ModTime().UnixMilli()
		default:
			if _, err := s.setAside(good, o.AtMS); err != nil {
				return fmt.Errorf("set the copy aside: %w", err)
			}
		}
	}
	if err := s.writeOrder(*o); err != nil {
		return err
	}
	if o.How == HealedFresh {
		return nil
	}
	return os.Rename(good, s.file(FileName))
}

// setAside gives a file and those that belong to it another name, and returns
// that. Nothing is deleted.
func (s *Store) setAside(path string, atMS int64) (string, error) {
	stem := asideStem + time.UnixMilli(atMS).UTC().Format("20060102-150405")
	name := stem + ".db"
	for n := 2; exists(s.file(name)); n++ {
		name = fmt.Sprintf("%s-%d.db", stem, n)
	}
	for _, suffix := range sqlite.Suffixes() { // The log first: it must not meet another database.
		err := os.Rename(path+suffix, s.file(name)+suffix)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
	}
	return name, nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// removeDatabase removes a database that is worth nothing.
func removeDatabase(path string) error {
	for _, suffix := range sqlite.Suffixes() {
		if err := os.Remove(path + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// createSearch is what migration 0002 makes the search index with.
const createSearch = `CREATE VIRTUAL TABLE message_fts USING fts5(
	tok, content='', contentless_delete=1, detail=none, tokenize='ascii'
)`

// rebuildSearch empties the search index of a database whose messages are
// sound; IndexMore fills it again.
func rebuildSearch(ctx context.Context, path string) error {
	fill := []string{
		createSearch,
		"INSERT INTO message_fts (message_fts, rank) VALUES ('hashsize', 16777216)",
		"DELETE FROM search_row",
		"UPDATE search_state SET before = (SELECT coalesce(max(id), 0) FROM message)",
	}
	err := sqlite.Exec(ctx, path, append(append([]string{"BEGIN IMMEDIATE", "DROP TABLE IF EXISTS message_fts"}, fill...), "COMMIT")...)
	if !sqlite.Broken(err) {
		return err
	}
	// It cannot even be dropped: its pages are let go of by forgetting its
	// tables, and taken out by writing the rest anew.
	return sqlite.Exec(ctx, path, append([]string{
		"PRAGMA writable_schema = ON",
		`DELETE FROM sqlite_master WHERE name = 'message_fts' OR name LIKE 'message\_fts\_%' ESCAPE '\'`,
		"PRAGMA writable_schema = RESET",
		"VACUUM",
	}, fill...)...)
}

// finishHeal notes in the database what was done, and that it is done.
func (s *Store) finishHeal(ctx context.Context, o *order) error {
	err := s.write(ctx, func(tx *tx) error {
		h := Healed{How: o.How, AtMS: o.AtMS, CopyMS: o.CopyMS, Aside: o.Aside}
		if err := tx.db.Raw("SELECT count(*) FROM outgoing").Scan(&h.Unsent).Error; err != nil {
			return err
		}
		encoded, err := json.Marshal(h)
		if err != nil {
			return err
		}
		return tx.db.Exec("UPDATE upkeep SET healed = ?, copied_ms = CASE WHEN ? THEN 0 ELSE copied_ms END", string(encoded), o.How != HealedSearch).Error
	})
	if err != nil {
		return err
	}
	return os.Remove(s.file(orderName))
}

// Healed returns what Open did with a damaged database, until the user has read
// it; nil means nothing.
func (s *Store) Healed(ctx context.Context) (*Healed, error) {
	u, err := s.upkeep(ctx)
	if err != nil || u.Healed == "" {
		return nil, err
	}
	var h Healed
	if err := json.Unmarshal([]byte(u.Healed), &h); err != nil {
		return nil, fmt.Errorf("read what was mended: %w", err)
	}
	return &h, nil
}

// ForgetHealed notes that the user has read what Healed says.
func (s *Store) ForgetHealed(ctx context.Context) error {
	return s.write(ctx, func(tx *tx) error { return tx.db.Exec("UPDATE upkeep SET healed = ''").Error })
}
