package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
	"mychat/protocol"
)

// Positions are from where the next hello continues.
type Positions struct {
	Journal int64 // The last Useq applied; 0 means none.
	SinceMS int64 // The server's time of the last welcome; 0 means never.
}

// Positions returns from where the next hello continues.
func (s *Store) Positions(ctx context.Context) (Positions, error) {
	row, err := s.account(ctx)
	if err != nil {
		return Positions{}, fmt.Errorf("read positions: %w", err)
	}
	return Positions{Journal: row.JournalPos, SinceMS: row.SinceMS}, nil
}

func (s *Store) account(ctx context.Context) (row accountRow, err error) {
	err = s.read(ctx, func(db *gorm.DB) error { return db.Take(&row, 1).Error })
	return row, err
}

// ApplyWelcome applies all that a welcome says and moves both positions, in
// one transaction.
func (s *Store) ApplyWelcome(ctx context.Context, w protocol.Welcome) error {
	return s.write(ctx, func(tx *tx) error {
		if w.Me.Profile.ID != s.self {
			return ErrOtherUser
		}
		if w.Reset {
			if err := tx.forgetJournal(); err != nil {
				return fmt.Errorf("reset: %w", err)
			}
			if err := tx.forgetMarks(w.JournalPos); err != nil {
				return fmt.Errorf("reset: %w", err)
			}
		}
		for _, row := range w.Journal {
			if err := tx.applyJournalRow(row); err != nil {
				return err
			}
		}
		// This one's own sign-in is no news here.
		tx.change.SignedIn = slices.DeleteFunc(tx.change.SignedIn, func(d protocol.Device) bool { return d.ID == w.DeviceID })
		if err := tx.saveMe(w.Me); err != nil {
			return err
		}
		for _, h := range w.Heads {
			if err := tx.upsertHead(h); err != nil {
				return fmt.Errorf("apply head: %w", err)
			}
		}
		return tx.db.Model(&accountRow{ID: 1}).Updates(map[string]any{
			"journal_pos": w.JournalPos,
			"since_ms":    w.ServerMS,
			"clock_ms":    w.ServerMS - s.now().UnixMilli(),

			"recall_within_ms": w.RecallWithinMS,
			"edit_within_ms":   w.EditWithinMS,
			"clear_for_all":    w.ClearForAll,
			"previews":         w.Previews,
		}).Error
	})
}

// ErrJournalGap says that rows between the journal position and a row that
// came are missing. A new hello brings them.
var ErrJournalGap = fmt.Errorf("rows of the journal are missing")

// ApplyJournal applies the rows after the journal position and moves it, in
// one transaction. Rows that were applied before are passed over.
func (s *Store) ApplyJournal(ctx context.Context, rows []protocol.JournalRow) error {
	return s.write(ctx, func(tx *tx) error {
		var account accountRow
		if err := tx.db.Take(&account, 1).Error; err != nil {
			return err
		}
		pos := account.JournalPos
		for _, row := range rows {
			switch {
			case row.Useq <= pos:
				continue
			case row.Useq > pos+1:
				return ErrJournalGap
			}
			if err := tx.applyJournalRow(row); err != nil {
				return err
			}
			pos = row.Useq
		}
		if pos == account.JournalPos {
			return nil
		}
		return tx.db.Model(&account).Update("journal_pos", pos).Error
	})
}

// forgetJournal removes what only the journal told, apart from marks, which are
// read anew first. What was said in conversations stays.
func (tx *tx) forgetJournal() error {
	tx.change.merge(Change{All: true})
	if err := tx.db.Where("1 = 1").Delete(&contactRow{}).Error; err != nil {
		return err
	}
	if err := tx.db.Where("1 = 1").Delete(&requestRow{}).Error; err != nil {
		return err
	}
	if err := tx.forgetScheduled(); err != nil {
		return err
	}
	if err := tx.forgetPreferences(); err != nil {
		return err
	}
	return tx.forgetChats()
}

// applyJournalRow applies one row. A kind that is not known here changes
// nothing: a build that knows it asks for the journal anew.
func (tx *tx) applyJournalRow(row protocol.JournalRow) error {
	var err error
	switch row.Kind {
	case protocol.JournalProfile:
		err = decodeThen(row.Body, tx.saveMe)
	case protocol.JournalContact:
		err = decodeThen(row.Body, tx.saveContact)
	case protocol.JournalRequest:
		err = decodeThen(row.Body, tx.saveRequest)
	case protocol.JournalConversation:
		err = decodeThen(row.Body, tx.upsertHead)
	case protocol.JournalDevice:
		err = decodeThen(row.Body, tx.noteDevice)
	case protocol.JournalChat:
		err = decodeThen(row.Body, func(s protocol.ChatSettings) error { return tx.saveChat(row.Useq, s) })
	case protocol.JournalPreference:
		err = decodeThen(row.Body, func(p protocol.Preference) error { return tx.savePreference(row.Useq, p) })
	case protocol.JournalMarks:
		err = decodeThen(row.Body, func(m protocol.Marks) error { return tx.saveMarks(row.Useq, m) })
	case protocol.JournalScheduled:
		err = decodeThen(row.Body, func(s protocol.Scheduled) error { return tx.saveScheduled(row.Useq, s) })
	}
	if err != nil {
		return fmt.Errorf("apply journal row %d (%s): %w", row.Useq, row.Kind, err)
	}
	return nil
}

// noteDevice tells what happened to a device. The list of them is the server's.
func (tx *tx) noteDevice(d protocol.DeviceChange) error {
	tx.change.Devices = true
	if d.New && !d.Ended {
		tx.change.SignedIn = append(tx.change.SignedIn, d.Device)
	}
	return nil
}

func decodeThen[T any](body []byte, do func(T) error) error {
	var v T
	if err := json.Unmarshal(body, &v); err != nil {
		return err
	}
	return do(v)
}

// ApplyPosition applies a member's read and delivered position. Positions only
// grow.
func (s *Store) ApplyPosition(ctx context.Context, p protocol.Position) error {
	return s.write(ctx, func(tx *tx) error {
		c, err := findConversation(tx.db, p.ConversationID)
		if err != nil {
			return err
		}
		old := c
		switch p.UserID {
		case s.self:
			c.ReadSeq = max(c.ReadSeq, p.ReadSeq)
		case c.PeerID:
			c.PeerReadSeq = max(c.PeerReadSeq, p.ReadSeq)
			c.PeerDeliveredSeq = max(c.PeerDeliveredSeq, p.DeliveredSeq, p.ReadSeq)
		}
		if c == old {
			return nil
		}
		return tx.refresh(c)
	})
}

// Applied is what came of live entries.
type Applied struct {
	Last  int64 // The last seq that is here or known now.
	Gap   bool  // The entries do not follow Last: nothing was applied; what lies between must be fetched first.
	Fresh []Message
}

// ApplyEntries applies live entries of one conversation, ascending and without
// a hole between them. Entries that are here already are passed over. Fresh
// holds the messages that were not here before.
func (s *Store) ApplyEntries(ctx context.Context, conversationID string, entries []protocol.Entry) (Applied, error) {
	var out Applied
	err := s.write(ctx, func(tx *tx) error {
		out = Applied{}
		c, err := findConversation(tx.db, conversationID)
		if err != nil || len(entries) == 0 {
			return err
		}
		out.Last = c.LastSeq
		if entries[0].Seq > c.LastSeq+1 {
			out.Gap = true
			return nil
		}
		here, err := held(tx.db, c.Key)
		if err != nil {
			return err
		}
		fresh := notIn(here, entries)
		if len(fresh) == 0 {
			return nil
		}
		c.LastSeq = max(c.LastSeq, entries[len(entries)-1].Seq)
		if fresh, err = tx.putEntries(&c, fresh, 0); err != nil {
			return err
		}
		out.Last = c.LastSeq
		for _, e := range fresh {
			out.Fresh = append(out.Fresh, entryRow(c.Key, s.self, e, 0).view(c.ID))
		}
		return tx.refresh(c)
	})
	return out, err
}

// notIn returns the entries whose seq is not in a set.
func notIn(here intervals, entries []protocol.Entry) []protocol.Entry {
	var out []protocol.Entry
	for _, e := range entries {
		if len(here.within(e.Seq, e.Seq)) == 0 {
			out = append(out, e)
		}
	}
	return out
}

// PageAnswer is a page of history and what it answers.
type PageAnswer struct {
	Page      protocol.Page
	BeforeSeq int64 // As it was asked; 0 means from the newest.
	AfterSeq  int64 // As it was asked; 0 means downwards.
}

// ApplyPage applies a page of history in its present state.
func (s *Store) ApplyPage(ctx context.Context, a PageAnswer) error {
	return s.write(ctx, func(tx *tx) error {
		c, err := findConversation(tx.db, a.Page.ConversationID)
		if err != nil {
			return err
		}
		before := c
		if n := len(a.Page.Entries); n > 0 {
			c.LastSeq = max(c.LastSeq, a.Page.Entries[n-1].Seq)
		}
		c.FloorSeq = max(c.FloorSeq, a.Page.FloorSeq)
		if _, err := tx.putEntries(&c, a.Page.Entries, a.Page.AsOf); err != nil {
			return err
		}
		// Beyond the last page in a direction there is nothing for this user,
		// whatever the numbers say: nothing of that is missing.
		if iv, ok := a.empty(c); ok {
			if err := tx.hold(c.Key, iv); err != nil {
				return err
			}
		}
		return tx.refreshFrom(before, c)
	})
}

// empty returns the interval beyond the last entry of the answer, in the
// direction asked, when the answer says that nothing more is there.
func (a PageAnswer) empty(c conversationRow) (interval, bool) {
	if a.Page.More {
		return interval{}, false
	}
	n := len(a.Page.Entries)
	if a.AfterSeq > 0 {
		from := a.AfterSeq + 1
		if n > 0 {
			from = a.Page.Entries[n-1].Seq + 1
		}
		return interval{from, a.Page.AsOf}, true
	}
	to := a.Page.AsOf
	if a.BeforeSeq > 0 {
		to = min(to, a.BeforeSeq-1)
	}
	if n > 0 {
		to = a.Page.Entries[0].Seq - 1
	}
	return interval{1, to}, true
}

// putEntries writes entries of c that the server has, ascending and in their
// state as of a seq, and notes that they are here. An asOf of 0 means that of
// each is known up to itself. c.LastSeq must be up to date; c is not written.
// It returns those that are not sunk, as the user sees them.
func (tx *tx) putEntries(c *conversationRow, entries []protocol.Entry, asOf int64) ([]protocol.Entry, error) {
	if err := checkOrder(entries); err != nil {
		return nil, err
	}
	if entries = c.afloat(entries); len(entries) == 0 {
		return nil, nil
	}
	entries, err := tx.withoutDeleted(c, entries)
	if err != nil {
		return nil, fmt.Errorf("look for what was deleted: %w", err)
	}
	bySeq, err := tx.messagesBetween(c.Key, entries[0].Seq, entries[len(entries)-1].Seq)
	if err != nil {
		return nil, fmt.Errorf("read messages: %w", err)
	}
	var add []messageRow
	for _, e := range entries {
		row := entryRow(c.Key, tx.store.self, e, asOf)
		old, here := bySeq[e.Seq]
		if here {
			row.mergeReactions(old)
		}
		switch {
		case here && row.Kind == protocol.KindDeleted && old.Kind != protocol.KindDeleted:
			err = tx.rewrite(c, old, old.deleted())
		case here && old.Kind == protocol.KindDeleted:
		case here && (old.sameContent(row) || row.StateSeq < old.StateSeq || old.RecalledMS > 0):
			err = tx.saveReactions(c, old, row)
		case here:
			err = tx.rewrite(c, old, row)
		case row.Mine:
			err = tx.putOwn(c, row, &add)
		default:
			add = append(add, row)
		}
		if err != nil {
			return nil, fmt.Errorf("put entry %d: %w", e.Seq, err)
		}
	}
	if err := tx.insertMessages(c, add); err != nil {
		return nil, fmt.Errorf("insert messages: %w", err)
	}
	if len(bySeq) > 0 {
		for _, known := range []string{"state_seq", "reacted_seq"} {
			err := tx.db.Model(&messageRow{}).Where("conv = ? AND seq > 0 AND seq BETWEEN ? AND ? AND "+known+" < ?",
				c.Key, entries[0].Seq, entries[len(entries)-1].Seq, asOf).Update(known, asOf).Error
			if err != nil {
				return nil, fmt.Errorf("note state: %w", err)
			}
		}
	}
	if err := tx.settleAfter(c, entries); err != nil {
		return nil, fmt.Errorf("settle: %w", err)
	}
	if err := tx.changedQuotes(c, entries[0].Seq, entries[len(entries)-1].Seq); err != nil {
		return nil, fmt.Errorf("look for quotes: %w", err)
	}
	for _, run := range runs(entries) {
		if err := tx.hold(c.Key, run); err != nil {
			return nil, fmt.Errorf("note span: %w", err)
		}
	}
	return entries, nil
}

// settleAfter settles what entries are and what they act on.
func (tx *tx) settleAfter(c *conversationRow, entries []protocol.Entry) error {
	var refs, reactions []int64
	for _, e := range entries {
		c.notePin(e.Kind, e.RefSeq, e.Seq)
		switch {
		case e.Kind == protocol.KindReaction:
			reactions = append(reactions, e.Seq)
		case slices.Contains(changing(), e.Kind):
			refs = append(refs, e.RefSeq)
		}
	}
	from, to := entries[0].Seq, entries[len(entries)-1].Seq
	if err := tx.settle(c, from, to, refs); err != nil {
		return err
	}
	return tx.settleReactions(c, from, to, reactions)
}

// checkOrder returns an error unless entries have seqs that ascend.
func checkOrder(entries []protocol.Entry) error {
	last := int64(0)
	for _, e := range entries {
		if e.Seq <= last {
			return protocol.Invalid("seq", "entry %d comes after %d", e.Seq, last)
		}
		last = e.Seq
	}
	return nil
}

// runs returns the intervals that entries fill without a hole.
func runs(entries []protocol.Entry) intervals {
	var out intervals
	for _, e := range entries {
		out = out.add(interval{e.Seq, e.Seq})
	}
	return out
}

func (tx *tx) messagesBetween(conv, from, to int64) (map[int64]messageRow, error) {
	var rows []messageRow
	if err := tx.db.Where("conv = ? AND seq > 0 AND seq BETWEEN ? AND ?", conv, from, to).Find(&rows).Error; err != nil {
		return nil, err
	}
	bySeq := make(map[int64]messageRow, len(rows))
	for _, r := range rows {
		bySeq[r.Seq] = r
	}
	return bySeq, nil
}

// putOwn confirms the message in the outbox that an own entry is, or adds the
// entry to those to insert: it came from another device.
func (tx *tx) putOwn(c *conversationRow, row messageRow, add *[]messageRow) error {
	var waiting []messageRow
	err := tx.db.Where("conv = ? AND client_id = ? AND sender = ? AND seq = 0", c.Key, row.ClientID, row.Sender).
		Find(&waiting).Error
	if err != nil {
		return err
	}
	if len(waiting) == 0 {
		*add = append(*add, row)
		return tx.recallWithdrawn(c, row)
	}
	if own := waiting[0]; own.sameMessage(row) {
		if err := tx.confirm(c, own, row.Seq, row.CreatedMS); err != nil {
			return err
		}
		if own.sameContent(row) {
			own.Seq, own.ReactedSeq = row.Seq, row.Seq
			return tx.saveReactions(c, own, row)
		}
		return tx.rewrite(c, messageRow{ID: own.ID, Seq: row.Seq, Sender: own.Sender, ClientID: own.ClientID, Mine: true}, row)
	}
	// The server has other words under this id. Both were written by the user:
	// the server's take the id, and ours wait under another.
	if err := tx.rename(c, waiting[0]); err != nil {
		return err
	}
	*add = append(*add, row)
	return nil
}

// confirm gives an own message the place that the server gave it.
func (tx *tx) confirm(c *conversationRow, own messageRow, seq, createdMS int64) error {
	tx.change.messages(c.ID, own.messageID())
	if err := tx.db.Where("message = ?", own.ID).Delete(&outgoingRow{}).Error; err != nil {
		return err
	}
	if own.Kind == protocol.KindClear {
		c.FloorSeq = max(c.FloorSeq, own.RefSeq+1)
	}
	sameSecond := searchID(own.CreatedMS) == searchID(createdMS)
	err := tx.db.Model(&own).Updates(map[string]any{
		"seq": seq, "state_seq": seq, "reacted_seq": seq, "created_ms": createdMS, "status": StatusSent, "error_code": "",
	}).Error
	if err != nil || sameSecond {
		return err
	}
	own.CreatedMS = createdMS
	return tx.reindex(own)
}

// rename gives an own message that the server does not have another client id.
func (tx *tx) rename(c *conversationRow, own messageRow) error {
	tx.change.messages(c.ID, own.messageID())
	own.ClientID = NewClientID(tx.store.now())
	tx.change.messages(c.ID, own.messageID())
	return tx.db.Model(&own).Update("client_id", own.ClientID).Error
}

// insertMessages adds rows in small batches: binding many values is slow. A
// row whose sender and client id are here under another seq breaks the
// protocol; the first one stays.
func (tx *tx) insertMessages(c *conversationRow, rows []messageRow) error {
	if len(rows) == 0 {
		return nil
	}
	for _, r := range rows {
		tx.change.messages(c.ID, r.messageID())
	}
	err := tx.db.Session(&gorm.Session{CreateBatchSize: 10}).
		Clauses(clause.OnConflict{DoNothing: true}).Create(&rows).Error
	if err != nil {
		return err
	}
	return tx.indexBetween(c.Key, rows[0].Seq, rows[len(rows)-1].Seq)
}

func (tx *tx) saveMe(me protocol.Me) error {
	b, err := json.Marshal(me)
	if err != nil {
		return fmt.Errorf("encode me: %w", err)
	}
	changed := tx.db.Model(&accountRow{}).Where("id = 1 AND me <> ?", string(b)).Update("me", string(b))
	tx.change.Profile = tx.change.Profile || changed.RowsAffected > 0
	return changed.Error
}

// Me returns the account as it was last heard of.
func (s *Store) Me(ctx context.Context) (protocol.Me, error) {
	row, err := s.account(ctx)
	if err != nil {
		return protocol.Me{}, fmt.Errorf("read account: %w", err)
	}
	var me protocol.Me
	if err := json.Unmarshal([]byte(row.Me), &me); err != nil {
		return protocol.Me{}, fmt.Errorf("decode account: %w", err)
	}
	return me, nil
}
