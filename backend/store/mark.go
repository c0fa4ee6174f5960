package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"gorm.io/gorm"
	"mychat/protocol"
)

// What the user wants of a message, as outgoing_mark has it.
const (
	wantStar   = "star"
	wantUnstar = "unstar"
	wantDelete = "delete"
)

type ownMarkRow struct {
	ID        string `gorm:"primaryKey"`
	Seq       int64  `gorm:"primaryKey"`
	Useq      int64
	StarredMS int64 `gorm:"column:starred_ms"`
	Deleted   bool
	ShownMS   int64 `gorm:"column:shown_ms"`
}

func (ownMarkRow) TableName() string { return "own_mark" }

type outgoingMarkRow struct {
	Rank int64 `gorm:"primaryKey"`
	ID   string
	Seq  int64
	Want string
	AtMS int64 `gorm:"column:at_ms"`
}

func (outgoingMarkRow) TableName() string { return "outgoing_mark" }

// Star gives messages that the server has a star, or takes it away, here at
// once, and notes that the server is to be told. What already is so stays as it
// is; what can have no star is passed over, unless that is all of them.
func (s *Store) Star(ctx context.Context, conversationID string, ids []string, on bool) error {
	want := wantUnstar
	if on {
		want = wantStar
	}
	err := s.write(ctx, func(tx *tx) error {
		c, rows, err := named(tx.db, conversationID, ids)
		if err != nil {
			return err
		}
		shown, err := views(tx.db, c, rows)
		if err != nil {
			return err
		}
		var seqs []int64
		able := false
		for _, m := range shown {
			if m.Seq == 0 || !m.Countable() {
				continue
			}
			able = true
			if (m.StarredMS > 0) != on {
				seqs = append(seqs, m.Seq)
			}
		}
		if !able {
			return protocol.Errorf(protocol.CodeForbidden, "only a message that was sent can have a star")
		}
		return tx.wantMarks(c, want, seqs)
	})
	if err != nil {
		return fmt.Errorf("star messages: %w", err)
	}
	return nil
}

// DeleteForMe deletes messages that the server has for the user alone, here at
// once, and notes that the server is to be told. It is never taken back. What is
// not sent is passed over, unless that is all of them.
func (s *Store) DeleteForMe(ctx context.Context, conversationID string, ids []string) error {
	err := s.write(ctx, func(tx *tx) error {
		c, rows, err := named(tx.db, conversationID, ids)
		if err != nil {
			return err
		}
		var seqs []int64
		for _, r := range rows {
			if r.Seq > 0 && protocol.Countable(r.Kind) {
				seqs = append(seqs, r.Seq)
			}
		}
		if len(seqs) == 0 {
			return protocol.Errorf(protocol.CodeForbidden, "only a message that was sent can be deleted in this way")
		}
		return tx.wantMarks(c, wantDelete, seqs)
	})
	if err != nil {
		return fmt.Errorf("delete messages: %w", err)
	}
	return nil
}

// removeDeleted takes out of what is here the messages among some of a
// conversation that the user deleted for themselves, and what was said of them.
// Their rows stay, so that nothing that comes late brings them back.
func (tx *tx) removeDeleted(id string, seqs []int64) error {
	list := jsonOf(seqs)
	err := tx.db.Exec(`UPDATE own_mark SET deleted = 1 WHERE id = ? AND seq IN (SELECT value FROM json_each(?))
		AND EXISTS (SELECT 1 FROM outgoing_mark o WHERE o.id = own_mark.id AND o.seq = own_mark.seq AND o.want = '`+wantDelete+`')`, id, list).Error
	if err != nil {
		return err
	}
	c, err := findConversation(tx.db, id)
	if errors.Is(err, ErrNotFound) {
		return nil // Its messages are left out when they come.
	}
	if err != nil {
		return err
	}
	var rows []messageRow
	err = tx.db.Raw(`SELECT m.* FROM message m JOIN own_mark k ON k.id = ? AND k.seq = m.seq AND k.deleted = 1
		WHERE m.conv = ? AND m.seq > 0 AND m.kind <> ? AND m.seq IN (SELECT value FROM json_each(?))`,
		id, c.Key, protocol.KindDeleted, list).Scan(&rows).Error
	if err != nil || len(rows) == 0 {
		return err
	}
	for _, r := range rows {
		if err := tx.rewrite(&c, r, r.deleted()); err != nil {
			return err
		}
	}
	return tx.refresh(c)
}

// deleted returns the row of an entry that the user deleted for themselves.
func (r messageRow) deleted() messageRow {
	return messageRow{
		ID: r.ID, Conv: r.Conv, Seq: r.Seq, Sender: r.Sender, ClientID: r.ClientID, Mine: r.Mine,
		Kind: protocol.KindDeleted, Body: []byte(`{}`), CreatedMS: r.CreatedMS, Status: StatusSent,
		StateSeq: r.StateSeq, ReactedSeq: r.ReactedSeq,
	}
}

// withoutDeleted returns entries of c as the user sees them who deleted some for
// themselves, whenever the server read them.
func (tx *tx) withoutDeleted(c *conversationRow, entries []protocol.Entry) ([]protocol.Entry, error) {
	subjects := make([]int64, len(entries))
	for i, e := range entries {
		subjects[i] = subject(e)
	}
	var gone []int64
	err := tx.db.Raw(`SELECT seq FROM own_mark WHERE id = ? AND deleted = 1 AND seq IN (SELECT value FROM json_each(?))
		UNION SELECT seq FROM message WHERE conv = ? AND seq > 0 AND kind = ? AND seq IN (SELECT value FROM json_each(?))`,
		c.ID, jsonOf(subjects), c.Key, protocol.KindDeleted, jsonOf(subjects)).Scan(&gone).Error
	if err != nil || len(gone) == 0 {
		return entries, err
	}
	out := slices.Clone(entries)
	for i, e := range out {
		switch {
		case !slices.Contains(gone, subjects[i]):
		case subjects[i] == e.Seq:
			out[i] = e.DeletedForReader()
		default:
			out[i].Body = protocol.RawJSON(`{}`)
		}
	}
	return out, nil
}

// subject is the seq of the message whose words an entry says.
func subject(e protocol.Entry) int64 {
	if e.Kind == protocol.KindEdit || e.Kind == protocol.KindReaction {
		return e.RefSeq
	}
	return e.Seq
}

// wantMarks notes what the server is to be told of messages of c, and shows it.
func (tx *tx) wantMarks(c conversationRow, want string, seqs []int64) error {
	if len(seqs) == 0 {
		return nil
	}
	at, _, err := tx.presentTime()
	if err != nil {
		return err
	}
	var last int64 // A clock that is behind must not hide what the user just did.
	if err := tx.db.Raw("SELECT coalesce(max(shown_ms), 0) FROM own_mark WHERE shown_ms > 0").Scan(&last).Error; err != nil {
		return err
	}
	at = max(at, last+1)
	list := jsonOf(seqs)
	// A row that replaces another goes out in its own turn.
	if err := tx.db.Exec(`DELETE FROM outgoing_mark WHERE id = ? AND seq IN (SELECT value FROM json_each(?))`, c.ID, list).Error; err != nil {
		return err
	}
	err = tx.db.Exec(`INSERT INTO outgoing_mark (id, seq, want, at_ms) SELECT ?, value, ?, ? FROM json_each(?)`, c.ID, want, at, list).Error
	if err != nil {
		return err
	}
	tx.change.Outgoing = true
	return tx.showMarks(c.ID, seqs)
}

// jsonOf writes numbers as one parameter: binding many is slow.
func jsonOf(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic("store: encode numbers: " + err.Error()) // They always encode.
	}
	return string(b)
}

// showMarks derives which of some messages of a conversation have a star: those
// to which the server said so, and over that what the user did here.
func (tx *tx) showMarks(id string, seqs []int64) error {
	list := jsonOf(seqs)
	const these = `id = ? AND seq IN (SELECT value FROM json_each(?))`
	err := tx.db.Exec(`INSERT INTO own_mark (id, seq) SELECT ?, value FROM json_each(?) WHERE TRUE ON CONFLICT (id, seq) DO NOTHING`, id, list).Error
	if err != nil {
		return err
	}
	err = tx.db.Exec(`UPDATE own_mark SET shown_ms = CASE WHEN deleted THEN 0 ELSE coalesce((SELECT CASE WHEN o.want <> '`+wantStar+`' THEN 0
			WHEN own_mark.starred_ms > 0 THEN own_mark.starred_ms ELSE o.at_ms END
			FROM outgoing_mark o WHERE o.id = own_mark.id AND o.seq = own_mark.seq), starred_ms) END WHERE `+these, id, list).Error
	if err != nil {
		return err
	}
	tx.change.Stars = true
	if err := tx.removeDeleted(id, seqs); err != nil {
		return err
	}
	var here []messageRow
	err = tx.db.Raw(`SELECT m.sender, m.client_id FROM message m JOIN conversation c ON c.key = m.conv
		WHERE c.id = ? AND m.seq > 0 AND m.seq IN (SELECT value FROM json_each(?))`, id, list).Scan(&here).Error
	for _, m := range here {
		tx.change.messages(id, m.messageID())
	}
	return err
}

// saveMarks keeps what the server says of messages as of a place in the journal,
// unless something later is known of one.
func (tx *tx) saveMarks(useq int64, m protocol.Marks) error {
	if len(m.Marks) == 0 {
		return nil
	}
	cells, seqs := make([][3]int64, len(m.Marks)), make([]int64, len(m.Marks))
	for i, mark := range m.Marks {
		cells[i], seqs[i] = [3]int64{mark.Seq, mark.StarredMS, min(mark.DeletedMS, 1)}, mark.Seq
	}
	err := tx.db.Exec(`INSERT INTO own_mark (id, seq, useq, starred_ms, deleted) SELECT ?, value ->> 0, ?, value ->> 1, value ->> 2 FROM json_each(?)
		WHERE TRUE ON CONFLICT (id, seq) DO UPDATE SET useq = excluded.useq, starred_ms = excluded.starred_ms,
			deleted = max(deleted, excluded.deleted) WHERE own_mark.useq < excluded.useq`, m.ConversationID, useq, jsonOf(cells)).Error
	if err != nil {
		return err
	}
	return tx.showMarks(m.ConversationID, seqs)
}

// forgetMarks notes that what the server said of messages is to be read anew,
// as of a place in the journal or later. What is known stays until that is done.
func (tx *tx) forgetMarks(journalPos int64) error {
	return tx.db.Model(&accountRow{ID: 1}).Updates(map[string]any{
		"marks_whole": false, "marks_cursor": "", "marks_from": journalPos,
	}).Error
}

// LackingMarks returns from where the pages of what the server knows of the
// user's marks are to be read; ok is false once all of them were.
func (s *Store) LackingMarks(ctx context.Context) (cursor string, ok bool, err error) {
	row, err := s.account(ctx)
	if err != nil {
		return "", false, fmt.Errorf("look for marks: %w", err)
	}
	return row.MarksCursor, !row.MarksWhole, nil
}

// ApplyMarks applies the page that a cursor asked for. One that is older than a
// reset of the journal is passed over.
func (s *Store) ApplyMarks(ctx context.Context, cursor string, page protocol.MarksPage) error {
	err := s.write(ctx, func(tx *tx) error {
		var account accountRow
		if err := tx.db.Take(&account, 1).Error; err != nil {
			return err
		}
		if account.MarksWhole || account.MarksCursor != cursor || page.JournalPos < account.MarksFrom {
			return nil
		}
		for _, m := range page.Marks {
			if err := tx.saveMarks(page.JournalPos, m); err != nil {
				return err
			}
		}
		whole := page.Cursor == ""
		if whole {
			if err := tx.dropMarks(account.MarksFrom); err != nil {
				return err
			}
		}
		return tx.db.Model(&account).Updates(map[string]any{"marks_whole": whole, "marks_cursor": page.Cursor}).Error
	})
	if err != nil {
		return fmt.Errorf("apply marks: %w", err)
	}
	return nil
}

// dropMarks forgets what was known of messages before a place in the journal
// and was not said again since; what was deleted stays so.
func (tx *tx) dropMarks(before int64) error {
	var rows []ownMarkRow
	if err := tx.db.Where("useq < ? AND starred_ms > 0", before).Find(&rows).Error; err != nil {
		return err
	}
	if err := tx.db.Exec(`UPDATE own_mark SET starred_ms = 0 WHERE useq < ?`, before).Error; err != nil {
		return err
	}
	gone := make(map[string][]int64)
	for _, r := range rows {
		gone[r.ID] = append(gone[r.ID], r.Seq)
	}
	for id, seqs := range gone {
		if err := tx.showMarks(id, seqs); err != nil {
			return err
		}
	}
	return tx.db.Exec(`DELETE FROM own_mark WHERE useq < ? AND shown_ms = 0 AND deleted = 0`, before).Error
}

// outgoingMarksAtOnce bounds what one look at the outbox reads.
const outgoingMarksAtOnce = 1000

// OutgoingMarks returns what the server is to be told of messages, in as few
// commands as it takes, the oldest first.
func (s *Store) OutgoingMarks(ctx context.Context) ([]protocol.UpdateMarks, error) {
	var rows []outgoingMarkRow
	err := s.read(ctx, func(db *gorm.DB) error {
		return db.Order("rank").Limit(outgoingMarksAtOnce).Find(&rows).Error
	})
	if err != nil {
		return nil, fmt.Errorf("list outgoing marks: %w", err)
	}
	type batch struct{ id, want string }
	var out []protocol.UpdateMarks
	open := make(map[batch]int) // Where in out a batch is that has room.
	for _, r := range rows {
		b := batch{r.ID, r.Want}
		i, ok := open[b]
		if !ok || len(out[i].Seqs) == protocol.MaxMarks {
			i = len(out)
			open[b] = i
			out = append(out, markUpdate(r))
		}
		out[i].Seqs = append(out[i].Seqs, r.Seq)
	}
	return out, nil
}

// markUpdate is the command for what r wants, without its message.
func markUpdate(r outgoingMarkRow) protocol.UpdateMarks {
	if r.Want == wantDelete {
		return protocol.UpdateMarks{ConversationID: r.ID, Deleted: true}
	}
	on := r.Want == wantStar
	return protocol.UpdateMarks{ConversationID: r.ID, Starred: &on}
}

// wantOf is the reverse of markUpdate.
func wantOf(u protocol.UpdateMarks) string {
	switch {
	case u.Deleted:
		return wantDelete
	case *u.Starred:
		return wantStar
	}
	return wantUnstar
}

// ConfirmMarks notes what the server made of a command. What the user wants
// otherwise since it was sent still waits.
func (s *Store) ConfirmMarks(ctx context.Context, sent protocol.UpdateMarks, got protocol.MarksUpdated) error {
	// What the answer leaves out is not there for the user: it has no marks.
	said := protocol.Marks{ConversationID: sent.ConversationID}
	for _, seq := range sent.Seqs {
		i := slices.IndexFunc(got.Marks.Marks, func(m protocol.Mark) bool { return m.Seq == seq })
		if i < 0 {
			said.Marks = append(said.Marks, protocol.Mark{Seq: seq})
		} else {
			said.Marks = append(said.Marks, got.Marks.Marks[i])
		}
	}
	if err := s.settleMarks(ctx, sent, func(tx *tx) error { return tx.saveMarks(got.Useq, said) }); err != nil {
		return fmt.Errorf("confirm marks: %w", err)
	}
	return nil
}

// RefuseMarks notes that the server refused a command: it is undone here, apart
// from deleting.
func (s *Store) RefuseMarks(ctx context.Context, sent protocol.UpdateMarks) error {
	if err := s.settleMarks(ctx, sent, func(*tx) error { return nil }); err != nil {
		return fmt.Errorf("undo marks: %w", err)
	}
	return nil
}

// settleMarks takes what was sent from what waits, as far as it is still the
// same, and runs do.
func (s *Store) settleMarks(ctx context.Context, sent protocol.UpdateMarks, do func(*tx) error) error {
	return s.write(ctx, func(tx *tx) error {
		err := tx.db.Exec(`DELETE FROM outgoing_mark WHERE id = ? AND want = ? AND seq IN (SELECT value FROM json_each(?))`,
			sent.ConversationID, wantOf(sent), jsonOf(sent.Seqs)).Error
		if err != nil {
			return err
		}
		if err := do(tx); err != nil {
			return err
		}
		return tx.showMarks(sent.ConversationID, sent.Seqs)
	})
}

// starredTimes returns since when those of some messages of a conversation have
// a star that have one, by seq.
func starredTimes(db *gorm.DB, id string, rows []messageRow) (map[int64]int64, error) {
	seqs := make([]int64, 0, len(rows))
	for _, r := range rows {
		if r.Seq > 0 {
			seqs = append(seqs, r.Seq)
		}
	}
	if len(seqs) == 0 {
		return nil, nil
	}
	var found []ownMarkRow
	err := db.Raw(`SELECT seq, shown_ms FROM own_mark WHERE id = ? AND seq IN (SELECT value FROM json_each(?)) AND shown_ms > 0`,
		id, jsonOf(seqs)).Scan(&found).Error
	times := make(map[int64]int64, len(found))
	for _, f := range found {
		times[f.Seq] = f.ShownMS
	}
	return times, err
}

// StarredQuery asks for messages with a star. The zero value asks for the newest
// of all conversations.
type StarredQuery struct {
	ConversationID string // "" means any.
	Cursor         string // Of the page that these follow; "" means from the newest.
	Limit          int    // 0 means protocol.DefaultPage; at most protocol.MaxPage.
}

// StarredPage holds messages with a star, the one that got it last first.
type StarredPage struct {
	Items   []Starred `json:"items"`
	Cursor  string    `json:"cursor"`  // Asks for those that follow, also where there is no item; "" means that there are none.
	Reading bool      `json:"reading"` // Not all of them are known here yet.
}

// Starred is a message with a star.
type Starred struct {
	ConversationID string   `json:"conversation_id"`
	Seq            int64    `json:"seq"`
	StarredMS      int64    `json:"starred_ms"`
	Message        *Message `json:"message,omitempty"` // Nil while it is not on this device.
}

// starredRow is a star and the message that has it, if that is here.
type starredRow struct {
	MarkID  string
	MarkSeq int64
	ShownMS int64 `gorm:"column:shown_ms"`

	Row messageRow `gorm:"embedded"`
}

// Starred returns messages with a star that the user may see. A recalled one
// has none.
func (s *Store) Starred(ctx context.Context, q StarredQuery) (StarredPage, error) {
	out := StarredPage{Items: []Starred{}}
	limit := PageQuery{Limit: q.Limit}.limit()
	err := s.snapshot(ctx, func(db *gorm.DB) error {
		out = StarredPage{Items: []Starred{}}
		var account accountRow
		if err := db.Take(&account, 1).Error; err != nil {
			return err
		}
		out.Reading = !account.MarksWhole
		rows, err := starredRows(db, q, limit+1)
		if err != nil {
			return err
		}
		if len(rows) > limit {
			rows = rows[:limit]
			last := rows[limit-1]
			out.Cursor = fmt.Sprintf("%d.%d.%s", last.ShownMS, last.MarkSeq, last.MarkID)
		}
		out.Items, err = starredViews(db, rows)
		return err
	})
	if err != nil {
		return StarredPage{Items: []Starred{}}, fmt.Errorf("list starred messages: %w", err)
	}
	return out, nil
}

func starredRows(db *gorm.DB, q StarredQuery, limit int) ([]starredRow, error) {
	where, args := "", []any{}
	if q.ConversationID != "" {
		where += " AND k.id = ?"
		args = append(args, q.ConversationID)
	}
	if q.Cursor != "" {
		parts := strings.SplitN(q.Cursor, ".", 3)
		if len(parts) < 3 {
			return nil, protocol.Invalid("cursor", "not one that a page gave")
		}
		ms, errMS := strconv.ParseInt(parts[0], 10, 64)
		seq, errSeq := strconv.ParseInt(parts[1], 10, 64)
		if errMS != nil || errSeq != nil {
			return nil, protocol.Invalid("cursor", "not one that a page gave")
		}
		where += " AND (k.shown_ms, k.id, k.seq) < (?, ?, ?)"
		args = append(args, ms, parts[2], seq)
	}
	var rows []starredRow
	err := db.Raw(`SELECT k.id AS mark_id, k.seq AS mark_seq, k.shown_ms, m.* FROM own_mark k JOIN conversation c ON c.id = k.id
		LEFT JOIN message m ON m.conv = c.key AND m.seq = k.seq AND m.seq > 0
		WHERE k.shown_ms > 0 AND k.seq >= max(c.floor_seq, c.cleared_seq + 1, c.clearing_seq + 1) AND (m.id IS NULL OR m.recalled_ms = 0)`+where+`
		ORDER BY k.shown_ms DESC, k.id DESC, k.seq DESC LIMIT ?`, append(args, limit)...).Scan(&rows).Error
	return rows, err
}

// starredViews returns rows as they are shown, without those that the user is
// recalling.
func starredViews(db *gorm.DB, rows []starredRow) ([]Starred, error) {
	here := make(map[string][]messageRow)
	for _, r := range rows {
		if r.Row.ID != 0 {
			here[r.MarkID] = append(here[r.MarkID], r.Row)
		}
	}
	shown := make(map[string]map[int64]Message, len(here))
	for id, list := range here {
		c, err := findConversation(db, id)
		if err != nil {
			return nil, err
		}
		messages, err := views(db, c, list)
		if err != nil {
			return nil, err
		}
		shown[id] = make(map[int64]Message, len(messages))
		for _, m := range messages {
			shown[id][m.Seq] = m
		}
	}
	out := []Starred{}
	for _, r := range rows {
		item := Starred{ConversationID: r.MarkID, Seq: r.MarkSeq, StarredMS: r.ShownMS}
		if m, ok := shown[r.MarkID][r.MarkSeq]; ok {
			if m.Kind == protocol.KindRecall {
				continue
			}
			item.Message = &m
		}
		out = append(out, item)
	}
	return out, nil
}
