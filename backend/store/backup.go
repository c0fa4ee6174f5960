package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"gorm.io/gorm"

	"mychat/protocol"
	"mychat/sqlite"
)

// snapshotName is the copy in the account's folder that a backup is made of.
const snapshotName = "account-backup.db"

// ErrForeign says that a file is no database that this program made.
var ErrForeign = errors.New("the file is no MyChat database")

// CodeRestored is the ErrorCode of an own message that was not sent when the
// backup was made that it came from. Nobody sends it unless the user asks: the
// server may have got it since, and then it takes its place by itself.
const CodeRestored = "restored"

// Contents is what a database file holds, at a glance.
type Contents struct {
	UserID        string
	Schema        int64 // The version that its schema has.
	Conversations int64
	Messages      int64 // Those that were sent and are not recalled.
	OldestMS      int64 // When the first of them was sent; 0 without any.
	NewestMS      int64
}

// SchemaVersion is the newest schema version of this build.
func SchemaVersion() (int64, error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return 0, err
	}
	return sqlite.Newest(files)
}

// Snapshot checks the database, writes a sound copy of what is committed to a
// file in the account's folder, and returns its path. Whoever asks for one
// removes it with RemoveSnapshot. It returns what Check returns, and
// ErrDiskFull.
func (s *Store) Snapshot(ctx context.Context) (path string, err error) {
	if err := s.RemoveSnapshot(); err != nil { // Of a backup that was cut short.
		return "", err
	}
	if err := s.Check(ctx); err != nil {
		return "", err
	}
	path = s.file(snapshotName)
	err = sqlite.Copy(ctx, s.file(FileName), path)
	if err == nil {
		err = sound(ctx, path)
	}
	if err != nil {
		return "", errors.Join(fmt.Errorf("copy the database: %w", Explain(err)), s.RemoveSnapshot())
	}
	return path, nil
}

// RemoveSnapshot removes what Snapshot made.
func (s *Store) RemoveSnapshot() error { return removeDatabase(s.file(snapshotName)) }

// BackedUp returns when the last backup was made; 0 means never.
func (s *Store) BackedUp(ctx context.Context) (int64, error) {
	u, err := s.upkeep(ctx)
	return u.BackedUpMS, err
}

// NoteBackup notes when a backup was made.
func (s *Store) NoteBackup(ctx context.Context, ms int64) error {
	return s.noteUpkeep(ctx, map[string]any{"backed_up_ms": ms})
}

// ReadContents looks into a database file that nobody has open. It changes
// nothing there. The error is ErrForeign for one that no build of this program
// can have made, and a *NewerError for one that a newer build made.
func ReadContents(ctx context.Context, path string) (Contents, error) {
	known, err := SchemaVersion()
	if err != nil {
		return Contents{}, err
	}
	fault, err := sqlite.Check(ctx, path, false)
	if err != nil {
		return Contents{}, err
	}
	if fault != nil {
		return Contents{}, fmt.Errorf("%w: %v", ErrForeign, fault.Lines)
	}
	db, err := sqlite.Open(path, sqlite.Options{ReadOnly: true})
	if err != nil {
		return Contents{}, err
	}
	c, err := readContents(db.WithContext(ctx), path, known)
	return c, errors.Join(err, sqlite.Close(db))
}

func readContents(db *gorm.DB, path string, known int64) (c Contents, err error) {
	// Triggers and views of ours live in connections, never in the file: those
	// of a file would run with every statement.
	var own, foreign int64
	err = db.Raw(`SELECT count(*) FILTER (WHERE type = 'table' AND name IN ('account', 'conversation', 'message', 'goose_db_version')),
		count(*) FILTER (WHERE type IN ('trigger', 'view')) FROM sqlite_master`).Row().Scan(&own, &foreign)
	if err != nil {
		return c, err
	}
	if own != 4 || foreign > 0 {
		return c, ErrForeign
	}
	if err := db.Raw("SELECT coalesce(max(version_id), 0) FROM goose_db_version").Scan(&c.Schema).Error; err != nil {
		return c, err
	}
	if c.Schema > known {
		return c, &NewerError{Path: path, Found: c.Schema, Known: known}
	}
	var account accountRow
	if err := db.Select("id, user_id").Take(&account, 1).Error; err != nil {
		return c, fmt.Errorf("%w: %w", ErrForeign, err)
	}
	c.UserID = account.UserID
	if err := db.Model(&conversationRow{}).Count(&c.Conversations).Error; err != nil {
		return c, err
	}
	err = db.Raw(`SELECT count(*), coalesce(min(created_ms), 0), coalesce(max(created_ms), 0)
		FROM message WHERE countable AND seq > 0`).Row().Scan(&c.Messages, &c.OldestMS, &c.NewestMS)
	return c, err
}

// Settle makes a database that comes from a backup ready for use. What waited
// in it must not go out by itself: the server may have got it since, or
// something newer. So words wait for the user, as failed with CodeRestored;
// other acts are let go, and what the user cleared from their own view stays
// cleared. madeMS is when the backup was made.
func (s *Store) Settle(ctx context.Context, madeMS int64) error {
	err := s.write(ctx, func(tx *tx) error {
		var changed []string
		err := tx.db.Raw(`SELECT id FROM conversation WHERE key IN (SELECT conv FROM message WHERE seq = 0)
			UNION SELECT id FROM outgoing_chat`).Scan(&changed).Error
		if err != nil {
			return err
		}
		if err := tx.settleChats(); err != nil {
			return err
		}
		if err := tx.settleSchedules(); err != nil {
			return err
		}
		if err := tx.settleUnsent(); err != nil {
			return err
		}
		if err := tx.dropUntoldStars(); err != nil {
			return err
		}
		// Whatever else is owed is let go, also what a later version adds. A
		// read position only grows, so telling it once more does no harm.
		tables, err := owedTables(tx.db, "main", "")
		if err != nil {
			return err
		}
		kept := []string{"message", "withdrawn", "outgoing_read", "outgoing_chat", "outgoing_mark"}
		for _, t := range tables {
			if slices.Contains(kept, t.name) {
				continue
			}
			if err := tx.db.Exec("DELETE FROM main." + sqlite.Quote(t.name)).Error; err != nil {
				return err
			}
		}
		for _, id := range changed {
			if err := tx.arrange(id); err != nil {
				return err
			}
		}
		if err := tx.db.Model(&accountRow{ID: 1}).Update("clock_ms", 0).Error; err != nil { // Of another machine.
			return err
		}
		return tx.db.Model(&upkeepRow{ID: 1}).Updates(map[string]any{
			"checked_ms": 0, "copied_ms": 0, "copy_skipped": "", "healed": "", "history_paused": false, "backed_up_ms": madeMS,
		}).Error
	})
	if err != nil {
		return fmt.Errorf("settle what was restored: %w", err)
	}
	return nil
}

// settleUnsent lets the user decide about words that were not sent, and lets
// acts on other messages go. state_seq keeps how far the conversation was then:
// had the server got the words, they would have come after it.
func (tx *tx) settleUnsent() error {
	acts := append(acting(), protocol.KindClear)
	if err := tx.db.Where("seq = 0 AND kind IN ?", acts).Delete(&messageRow{}).Error; err != nil {
		return err
	}
	return tx.db.Exec(`UPDATE message SET status = ?, error_code = ?,
		state_seq = (SELECT last_seq FROM conversation c WHERE c.key = message.conv) WHERE seq = 0`,
		StatusFailed, CodeRestored).Error
}

// dropUntoldStars lets stars go that the server was not told of. What the user
// deleted for themselves stays deleted, and the server is told.
func (tx *tx) dropUntoldStars() error {
	err := tx.db.Exec(`UPDATE own_mark SET shown_ms = starred_ms
		WHERE (id, seq) IN (SELECT id, seq FROM outgoing_mark WHERE want <> ?)`, wantDelete).Error
	if err != nil {
		return err
	}
	return tx.db.Exec("DELETE FROM outgoing_mark WHERE want <> ?", wantDelete).Error
}

// settleChats keeps of each conversation's changes that the server was not told
// only up to where the user cleared it: that never comes back.
func (tx *tx) settleChats() error {
	var rows []outgoingChatRow
	if err := tx.db.Find(&rows).Error; err != nil {
		return err
	}
	for _, row := range rows {
		waiting, err := row.update()
		if err != nil {
			return err
		}
		row.PinnedMS = 0
		if err := tx.saveOutgoingChat(row, protocol.UpdateChat{ClearedSeq: waiting.ClearedSeq}); err != nil {
			return err
		}
	}
	return nil
}

// settleSchedules lets the user decide about words for later that the server
// was not told of.
func (tx *tx) settleSchedules() error {
	var rows []outgoingScheduledRow
	if err := tx.db.Find(&rows).Error; err != nil {
		return err
	}
	for _, row := range rows {
		change, err := row.change()
		if err != nil {
			return err
		}
		if change.Schedule == nil {
			continue
		}
		err = tx.keepScheduled(0, protocol.Scheduled{
			ConversationID: change.Schedule.Send.ConversationID, ClientID: row.ClientID, State: protocol.ScheduledFailed,
			AtMS: change.Schedule.AtMS, Code: CodeRestored, Send: &change.Schedule.Send,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// sinkRestored removes the words of a backup that were perhaps sent since, into
// what is gone by now: below low is what followed on how far the conversation
// was then.
func (tx *tx) sinkRestored(c conversationRow, low int64) error {
	var rows []messageRow
	err := tx.db.Where("conv = ? AND seq = 0 AND error_code = ? AND state_seq + 1 < ?", c.Key, CodeRestored, low).Find(&rows).Error
	if err != nil {
		return err
	}
	for _, m := range rows {
		tx.change.messages(c.ID, m.messageID())
		if err := tx.unindex(m.ID); err != nil {
			return err
		}
		if err := tx.db.Delete(&m).Error; err != nil {
			return err
		}
	}
	return nil
}

// Unsent returns how many own messages wait for the server or for the user.
func (s *Store) Unsent(ctx context.Context) (int64, error) {
	var n int64
	err := s.read(ctx, func(db *gorm.DB) error {
		return db.Model(&messageRow{}).Where("seq = 0 AND kind NOT IN ?", acting()).Count(&n).Error
	})
	if err != nil {
		return 0, fmt.Errorf("count unsent messages: %w", err)
	}
	return n, nil
}
