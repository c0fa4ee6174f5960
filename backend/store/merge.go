package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"mychat/protocol"
)

// mergeBatch is how many seqs one transaction of Merge looks at, so that others
// get their turn to write.
const mergeBatch = 500

// Merged says what Merge added.
type Merged struct {
	Messages int64 // Entries that the server had.
	Unsent   int64 // Own messages that were not sent, for the user to decide about.
}

// Merge adds what another database of the same account has and s has not. It
// takes nothing away: where both know something, what s knows stands, and what
// either knows to be gone does not come back. So it may be cut short and begun
// again. from is settled, and nobody else uses it; s may be in use. progress
// hears of seqs of all conversations; it may be nil.
func (s *Store) Merge(ctx context.Context, from *Store, progress func(done, total int64)) (Merged, error) {
	var out Merged
	if from.self != s.self {
		return out, ErrOtherUser
	}
	if progress == nil {
		progress = func(int64, int64) {}
	}
	var theirs []conversationRow
	if err := from.read(ctx, func(db *gorm.DB) error { return db.Order("key").Find(&theirs).Error }); err != nil {
		return out, fmt.Errorf("merge: %w", err)
	}
	m := merging{Store: s, from: from, out: &out, progress: progress}
	for _, c := range theirs {
		m.total += c.LastSeq
	}
	for _, c := range theirs {
		if err := m.conversation(ctx, c); err != nil {
			return out, fmt.Errorf("merge conversation %s: %w", c.ID, err)
		}
	}
	return out, nil
}

// merging is one run of Merge.
type merging struct {
	*Store
	from *Store
	out  *Merged

	progress    func(done, total int64)
	done, total int64
}

func (m *merging) conversation(ctx context.Context, theirs conversationRow) error {
	var (
		chats   []chatRow
		contact []contactRow
		spans   intervals
		unsent  []messageRow
	)
	err := m.from.snapshot(ctx, func(db *gorm.DB) (err error) {
		if err := db.Where("id = ?", theirs.ID).Find(&chats).Error; err != nil {
			return err
		}
		if err := db.Where("user_id = ?", theirs.PeerID).Find(&contact).Error; err != nil {
			return err
		}
		if err := db.Where("conv = ? AND seq = 0", theirs.Key).Order("id").Find(&unsent).Error; err != nil {
			return err
		}
		spans, err = held(db, theirs.Key)
		return err
	})
	if err != nil {
		return err
	}
	var lacks intervals
	err = m.write(ctx, func(tx *tx) error {
		c, err := tx.mergeHead(theirs, chats, contact)
		if err != nil {
			return err
		}
		missing, err := missing(tx.db, c)
		lacks = missing.without(missing.without(spans))
		return err
	})
	if err != nil {
		return err
	}
	base := m.done
	for _, iv := range lacks {
		for from := iv.from; from <= iv.to; from += mergeBatch {
			part := interval{from, min(from+mergeBatch-1, iv.to)}
			if err := m.part(ctx, theirs, part); err != nil {
				return err
			}
			m.progress(base+part.to, m.total)
		}
	}
	m.done = base + theirs.LastSeq
	m.progress(m.done, m.total)
	return m.unsent(ctx, theirs, unsent)
}

// mergeHead brings what is known of a conversation to what either side knows,
// and makes one that is not here.
func (tx *tx) mergeHead(theirs conversationRow, chats []chatRow, contact []contactRow) (conversationRow, error) {
	c, err := findConversation(tx.db, theirs.ID)
	if errors.Is(err, ErrNotFound) {
		c = theirs
		c.Key = 0
		if err := tx.db.Create(&c).Error; err != nil {
			return c, err
		}
		// The list says whom it is with. Whether they are friends now, the server says.
		for _, k := range contact {
			k.Friend = false
			if err := tx.db.Clauses(clause.OnConflict{DoNothing: true}).Create(&k).Error; err != nil {
				return c, err
			}
			tx.change.Contacts = true
		}
	} else if err != nil {
		return c, err
	}
	c.LastSeq = max(c.LastSeq, theirs.LastSeq)
	c.FloorSeq = max(c.FloorSeq, theirs.FloorSeq)
	c.ReadSeq = max(c.ReadSeq, theirs.ReadSeq)
	c.PeerReadSeq = max(c.PeerReadSeq, theirs.PeerReadSeq)
	c.PeerDeliveredSeq = max(c.PeerDeliveredSeq, theirs.PeerDeliveredSeq)
	if err := tx.refresh(c); err != nil {
		return c, err
	}
	for _, row := range chats {
		var said protocol.ChatSettings
		if err := json.Unmarshal([]byte(row.Body), &said); err != nil {
			return c, fmt.Errorf("decode settings: %w", err)
		}
		if err := tx.saveChat(row.Useq, said); err != nil {
			return c, err
		}
	}
	if theirs.ClearedSeq > 0 {
		// Also one that the server was not told of when the backup was made.
		now, err := findConversation(tx.db, c.ID)
		if err != nil {
			return c, err
		}
		if now.ClearedSeq < theirs.ClearedSeq {
			if err := tx.keep(&now, protocol.UpdateChat{ClearedSeq: &theirs.ClearedSeq}); err != nil {
				return c, err
			}
			if err := tx.refresh(now); err != nil {
				return c, err
			}
		}
	}
	return findConversation(tx.db, c.ID)
}

// part adds what is lacking of some seqs that the other database holds.
func (m *merging) part(ctx context.Context, theirs conversationRow, part interval) error {
	var rows []messageRow
	err := m.from.read(ctx, func(db *gorm.DB) error {
		return db.Where("conv = ? AND seq > 0 AND seq BETWEEN ? AND ?", theirs.Key, part.from, part.to).Order("seq").Find(&rows).Error
	})
	if err != nil {
		return err
	}
	added := int64(0)
	err = m.write(ctx, func(tx *tx) error {
		c, err := findConversation(tx.db, theirs.ID)
		if err != nil {
			return err
		}
		before := c
		lacks, err := missing(tx.db, c) // The server may have brought some meanwhile.
		if err != nil {
			return err
		}
		lacks = lacks.within(part.from, part.to)
		var add []messageRow
		for _, r := range rows {
			if len(lacks.within(r.Seq, r.Seq)) > 0 {
				add = append(add, r)
			}
		}
		if err := tx.graft(&c, add); err != nil {
			return err
		}
		for _, iv := range lacks {
			if err := tx.hold(c.Key, iv); err != nil {
				return err
			}
		}
		added = int64(len(add))
		return tx.refreshFrom(before, c)
	})
	m.out.Messages += added
	return err
}

// graft adds messages of another database to c, ascending, none of which is
// here. Each keeps up to where its state is known; what is known here to have
// become of it later follows.
func (tx *tx) graft(c *conversationRow, rows []messageRow) error {
	if len(rows) == 0 {
		return nil
	}
	var (
		add   []messageRow
		seqs  = make([]int64, len(rows))
		light = make([]protocol.Entry, len(rows))
	)
	for i, r := range rows {
		r.ID, r.Conv, seqs[i] = 0, c.Key, r.Seq
		light[i] = protocol.Entry{Seq: r.Seq, Kind: r.Kind, RefSeq: r.RefSeq}
		if !r.Mine {
			add = append(add, r)
			continue
		}
		if err := tx.putOwn(c, r, &add); err != nil {
			return err
		}
	}
	if err := tx.insertMessages(c, add); err != nil {
		return err
	}
	if err := tx.settleAfter(c, light); err != nil {
		return err
	}
	if err := tx.removeDeleted(c.ID, seqs); err != nil {
		return err
	}
	return tx.changedQuotes(c, rows[0].Seq, rows[len(rows)-1].Seq)
}

// unsent adds own messages that were not sent when the backup was made, unless
// the server has them, the user took them back, or they may be among what is
// gone.
func (m *merging) unsent(ctx context.Context, theirs conversationRow, rows []messageRow) error {
	if len(rows) == 0 {
		return nil
	}
	added := int64(0)
	err := m.write(ctx, func(tx *tx) error {
		added = 0
		c, err := findConversation(tx.db, theirs.ID)
		if err != nil {
			return err
		}
		for _, r := range rows {
			var known int64
			err := tx.db.Raw(`SELECT (SELECT count(*) FROM message WHERE conv = ? AND client_id = ? AND sender = ?)
				+ (SELECT count(*) FROM withdrawn WHERE conv = ? AND client_id = ?)`,
				c.Key, r.ClientID, r.Sender, c.Key, r.ClientID).Scan(&known).Error
			if err != nil {
				return err
			}
			if known > 0 || r.StateSeq+1 < c.low() {
				continue
			}
			r.ID, r.Conv = 0, c.Key
			if err := tx.db.Create(&r).Error; err != nil {
				return err
			}
			if err := tx.index(r); err != nil {
				return err
			}
			tx.change.messages(c.ID, r.messageID())
			added++
		}
		return tx.refresh(c)
	})
	m.out.Unsent += added
	return err
}
