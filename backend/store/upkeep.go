package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"gorm.io/gorm"

	"mychat/sqlite"
)

type upkeepRow struct {
	ID            int64  `gorm:"primaryKey"`
	CheckedMS     int64  `gorm:"column:checked_ms"`
	CopiedMS      int64  `gorm:"column:copied_ms"`
	CopySkipped   string // One of the Skipped constants, or "".
	Healed        string
	HistoryPaused bool
	BackedUpMS    int64 `gorm:"column:backed_up_ms"`
}

func (upkeepRow) TableName() string { return "upkeep" }

func (s *Store) upkeep(ctx context.Context) (row upkeepRow, err error) {
	err = s.read(ctx, func(db *gorm.DB) error { return db.Take(&row, 1).Error })
	if err != nil {
		return row, fmt.Errorf("read upkeep: %w", err)
	}
	return row, nil
}

// damage is the first sign that the file is not sound.
type damage struct {
	once sync.Once
	seen chan struct{} // Closed at the first sign.
}

func newDamage() damage { return damage{seen: make(chan struct{})} }

// explain is Explain, and notes a sign of damage.
func (s *Store) explain(err error) error {
	err = Explain(err)
	if errors.Is(err, ErrDamaged) {
		s.damage.once.Do(func() { close(s.damage.seen) })
	}
	return err
}

// Suspect returns a channel that is closed once a statement found the file
// damaged. Then Check tells how far.
func (s *Store) Suspect() <-chan struct{} { return s.damage.seen }

// Unclean reports whether the program ended without closing the database the
// last time, so that Check is due.
func (s *Store) Unclean() bool { return s.unclean }

// Quiet returns for how long nothing was written.
func (s *Store) Quiet() time.Duration { return time.Since(time.Unix(0, s.wrote.Load())) }

// Check reads the whole file beside everything else that happens: quickly
// first, then thoroughly. It returns ErrDamaged if it is not sound; the next
// Open then mends it, only the search index if nothing else is damaged. An
// ended context stops it within a moment.
func (s *Store) Check(ctx context.Context) error {
	path := s.file(FileName)
	for _, thorough := range []bool{false, true} {
		fault, err := sqlite.Check(ctx, path, thorough)
		if err != nil {
			return fmt.Errorf("check the local data: %w", Explain(err))
		}
		if fault == nil {
			continue
		}
		search, err := onlySearch(ctx, path, thorough)
		if err != nil {
			return fmt.Errorf("check the local data: %w", Explain(err))
		}
		why := strings.Join(fault.Lines, "; ")
		if err := s.writeOrder(order{Search: search, Why: why, AtMS: s.now().UnixMilli()}); err != nil {
			return fmt.Errorf("order to mend the local data: %w", err)
		}
		return fmt.Errorf("%w: %s", ErrDamaged, why)
	}
	s.unclean = false
	return s.noteUpkeep(ctx, map[string]any{"checked_ms": s.now().UnixMilli()})
}

// onlySearch reports whether every table but those of the search index is
// sound.
func onlySearch(ctx context.Context, path string, thorough bool) (bool, error) {
	tables, err := sqlite.Tables(ctx, path, "message_fts")
	if sqlite.Broken(err) || err == nil && len(tables) == 0 {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	fault, err := sqlite.Check(ctx, path, thorough, tables...)
	return fault == nil, err
}

func (s *Store) noteUpkeep(ctx context.Context, columns map[string]any) error {
	err := s.write(ctx, func(tx *tx) error { return tx.db.Model(&upkeepRow{ID: 1}).Updates(columns).Error })
	if err != nil {
		return fmt.Errorf("note upkeep: %w", err)
	}
	return nil
}

// Why a good copy that was due was left out.
const (
	SkippedNoRoom   = "no_room"   // The disk has too little room left.
	SkippedTooLarge = "too_large" // The database exceeds CopyOptions.Max.
)

// copyEvery is how old a good copy becomes before another is due.
const copyEvery = 24 * time.Hour

// CopyOptions configures Copy. The zero value is ready to use.
type CopyOptions struct {
	Max  int64                               // Largest database that is copied, in bytes. 0 means 4 GiB.
	Free func(dir string) (n int64, ok bool) // Room on the disk of a folder, in bytes. Nil means not known.
}

// spareBytes is the room that a copy leaves on the disk.
const spareBytes = 512 << 20

// CopyDue reports whether the good copy is missing or a day old.
func (s *Store) CopyDue(ctx context.Context) (bool, error) {
	u, err := s.upkeep(ctx)
	age := s.now().UnixMilli() - u.CopiedMS
	return err == nil && (age >= copyEvery.Milliseconds() || age < 0), err
}

// Copy checks the database and makes a good copy of it, in the place of the one
// before. Without room for both it makes none, and notes why. It returns what
// Check returns, and ErrDiskFull; then the copy before is still there.
func (s *Store) Copy(ctx context.Context, opt CopyOptions) error {
	if opt.Max == 0 {
		opt.Max = 4 << 30
	}
	size := sizeOf(s.file(FileName))
	skipped := ""
	if size > opt.Max {
		skipped = SkippedTooLarge
	} else if opt.Free != nil {
		if free, known := opt.Free(s.dir); known && free < size+spareBytes {
			skipped = SkippedNoRoom
		}
	}
	if skipped != "" {
		return s.noteUpkeep(ctx, map[string]any{"copied_ms": s.now().UnixMilli(), "copy_skipped": skipped})
	}
	if err := s.Check(ctx); err != nil {
		return err
	}
	fresh := s.file(copyName) + ".new"
	if err := removeDatabase(fresh); err != nil { // Of a copy that was cut short.
		return err
	}
	err := sqlite.Copy(ctx, s.file(FileName), fresh)
	if err == nil {
		err = sound(ctx, fresh)
	}
	if err == nil {
		err = os.Rename(fresh, s.file(copyName))
	}
	if err != nil {
		return errors.Join(fmt.Errorf("make a good copy: %w", Explain(err)), removeDatabase(fresh))
	}
	return s.noteUpkeep(ctx, map[string]any{"copied_ms": s.now().UnixMilli(), "copy_skipped": ""})
}

// sound returns an error unless a copy that was just made is sound.
func sound(ctx context.Context, path string) error {
	fault, err := sqlite.Check(ctx, path, false)
	if err == nil && fault != nil {
		err = fmt.Errorf("the copy is not sound: %s", strings.Join(fault.Lines, "; "))
	}
	return err
}

// Compact gives room that is not used back to the disk. It holds up other
// writers for as long as it takes to write the file anew.
func (s *Store) Compact(ctx context.Context) error {
	err := s.writer.WithContext(ctx).Exec("VACUUM").Error
	if err == nil {
		err = s.writer.WithContext(ctx).Exec("PRAGMA main.wal_checkpoint(TRUNCATE)").Error
	}
	if err != nil {
		return fmt.Errorf("compact: %w", s.explain(err))
	}
	return nil
}

// Storage is what the account takes on this machine's disk, and in what state
// it is.
type Storage struct {
	DataBytes  int64 // Messages, contacts and the search index.
	CopyBytes  int64 // The last good copy.
	AsideBytes int64 // Damaged files that were set aside.

	CheckedMS   int64  // When the data was found sound; 0 means never.
	CopiedMS    int64  // When the good copy was made or left out; 0 means never.
	CopySkipped string // Why it was left out: one of the Skipped constants, or "".
}

// Storage returns what the account takes on this machine's disk.
func (s *Store) Storage(ctx context.Context) (Storage, error) {
	u, err := s.upkeep(ctx)
	if err != nil {
		return Storage{}, err
	}
	out := Storage{CheckedMS: u.CheckedMS, CopiedMS: u.CopiedMS, CopySkipped: u.CopySkipped}
	err = filepath.WalkDir(s.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		switch name := d.Name(); {
		case strings.HasPrefix(name, copyName):
			out.CopyBytes += sizeOf(path)
		case strings.HasPrefix(name, asideStem):
			out.AsideBytes += sizeOf(path)
		default:
			out.DataBytes += sizeOf(path)
		}
		return nil
	})
	if err != nil {
		return Storage{}, fmt.Errorf("measure %s: %w", s.dir, err)
	}
	return out, nil
}

// sizeOf returns a file's size, 0 for one that is not there.
func sizeOf(path string) int64 {
	info, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return info.Size()
}

// History is how much of all that the server holds for the user is here.
type History struct {
	Here   int64 // Entries of all conversations that are here.
	Total  int64 // Entries that the user may see.
	Paused bool  // Older history is fetched only where it is opened.
}

// History returns how much of all that the server holds is here.
func (s *Store) History(ctx context.Context) (History, error) {
	var out History
	err := s.snapshot(ctx, func(db *gorm.DB) error {
		var u upkeepRow
		if err := db.Take(&u, 1).Error; err != nil {
			return err
		}
		out = History{Paused: u.HistoryPaused}
		var rows []conversationRow
		if err := db.Select("key, last_seq, floor_seq, ranges").Find(&rows).Error; err != nil {
			return err
		}
		spans, err := allHeld(db)
		if err != nil {
			return err
		}
		for _, c := range rows {
			visible := c.visible()
			total := visible.count()
			out.Total += total
			out.Here += total - visible.without(spans[c.Key]).count()
		}
		return nil
	})
	if err != nil {
		return History{}, fmt.Errorf("measure history: %w", err)
	}
	return out, nil
}

// HistoryPaused reports what PauseHistory kept.
func (s *Store) HistoryPaused(ctx context.Context) (bool, error) {
	u, err := s.upkeep(ctx)
	return u.HistoryPaused, err
}

// PauseHistory keeps whether older history is fetched only where it is opened.
func (s *Store) PauseHistory(ctx context.Context, paused bool) error {
	return s.noteUpkeep(ctx, map[string]any{"history_paused": paused})
}
