package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"
	"mychat/protocol"
)

// acting are the kinds that are no messages: those for which protocol.Acts holds,
// which change another one, and what the user deleted for themselves.
func acting() []string {
	return append(hidden(), protocol.KindPin)
}

// hidden are those of them that show nothing in their own place. That a message
// was pinned shows as a line, once the server has given it its place.
func hidden() []string {
	return []string{protocol.KindRecall, protocol.KindEdit, protocol.KindReaction, protocol.KindUnpin, protocol.KindDeleted}
}

// placed reports whether r is shown in its own place.
func (r messageRow) placed() bool {
	return !slices.Contains(hidden(), r.Kind) && (r.Kind != protocol.KindPin || r.Seq > 0)
}

// changing are those of them that give a message other words, of which only
// the last one counts.
func changing() []string { return []string{protocol.KindRecall, protocol.KindEdit} }

// act changes r as an entry that acts on it says. It reports whether anything
// came of it. A recalled message stays recalled, and only who sent a message
// changes its words.
func (r *messageRow) act(a messageRow) bool {
	switch {
	case r.RecalledMS > 0, r.Kind == protocol.KindDeleted:
		return false
	case a.Kind == protocol.KindReaction:
		return r.react(a)
	case a.Sender != r.Sender:
		return false
	}
	switch a.Kind {
	case protocol.KindRecall:
		r.Body, r.Mentions, r.FileIDs, r.Fallback = []byte(`{}`), "", "", ""
		r.EditedMS, r.RecalledMS, r.Countable, r.Reactions = 0, a.CreatedMS, false, ""
		r.Refused, r.RefusedAct, r.RefusedText = "", "", ""
		return true
	case protocol.KindEdit:
		var e protocol.Edit
		if json.Unmarshal(a.Body, &e) != nil || e.Text == "" || r.Kind != protocol.KindText {
			return false // Blanked: the message is recalled further on.
		}
		body, err := protocol.Encode(protocol.Text{Text: e.Text})
		if err != nil {
			return false // A string always encodes.
		}
		r.Body, r.EditedMS = body, a.CreatedMS
		return true
	}
	return false
}

// after returns r as it is once acts on it have happened.
func (r messageRow) after(acts []messageRow) messageRow {
	for _, a := range acts {
		if a.RefSeq == r.Seq && r.Seq > 0 {
			r.act(a)
		}
	}
	return r
}

// waiting returns what is shown of r and the server has not confirmed: the kind of
// the last of acts that changes its words, or "".
func (r messageRow) waiting(acts []messageRow) string {
	kind := ""
	for _, a := range acts {
		if a.RefSeq == r.Seq && r.Seq > 0 && r.RecalledMS == 0 && slices.Contains(changing(), a.Kind) {
			kind = a.Kind
		}
	}
	return kind
}

// changeable returns until when, by this machine's clock, the user may recall
// and edit a message.
func (a accountRow) changeable(r messageRow) (recallMS, editMS int64) {
	if !r.Mine || r.Seq == 0 || r.RecalledMS > 0 || !protocol.Countable(r.Kind) {
		return 0, 0
	}
	if a.RecallWithinMS > 0 {
		recallMS = r.CreatedMS + a.RecallWithinMS - a.ClockMS
	}
	if a.EditWithinMS > 0 && r.Kind == protocol.KindText {
		editMS = r.CreatedMS + a.EditWithinMS - a.ClockMS
	}
	return recallMS, editMS
}

// pendingActs returns what the user did to messages of c and the server has
// not confirmed, in order.
func pendingActs(db *gorm.DB, c conversationRow) ([]messageRow, error) {
	var rows []messageRow
	err := db.Where("conv = ? AND seq = 0 AND kind IN ?", c.Key, acting()).Order("id").Find(&rows).Error
	return rows, err
}

// settle brings messages up to date with the recalls and edits that are here and
// that they do not know of yet: those that act on a message between two seqs,
// and on those of refs.
func (tx *tx) settle(c *conversationRow, from, to int64, refs []int64) error {
	var acts []messageRow
	err := tx.db.Raw(`SELECT a.* FROM message a JOIN message t ON t.conv = a.conv AND t.seq = a.ref_seq AND t.seq > 0
		WHERE a.conv = ? AND a.ref_seq > 0 AND (a.ref_seq BETWEEN ? AND ? OR a.ref_seq IN ?)
		AND a.seq > t.state_seq AND a.kind IN ? ORDER BY a.seq`, c.Key, from, to, append([]int64{0}, refs...), changing()).
		Scan(&acts).Error
	if err != nil {
		return err
	}
	for _, a := range acts {
		var target messageRow
		if err := tx.db.Where("conv = ? AND seq > 0 AND seq = ?", c.Key, a.RefSeq).Take(&target).Error; err != nil {
			return err
		}
		now := target
		changed := now.act(a)
		now.StateSeq = a.Seq
		if changed {
			err = tx.rewrite(c, target, now)
		} else if err = tx.touch(c, target); err == nil { // It may have shown what waited.
			err = tx.db.Model(&target).Update("state_seq", a.Seq).Error
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// rewrite gives a message other content: its present state, in the same place.
// Everything that changes what a message that is here says goes through it.
func (tx *tx) rewrite(c *conversationRow, old, row messageRow) error {
	row.ID, row.Sender, row.ClientID, row.Mine = old.ID, old.Sender, old.ClientID, old.Mine
	if err := tx.touch(c, old); err != nil {
		return err
	}
	if row.RecalledMS > 0 || row.Kind == protocol.KindDeleted {
		// Its edits hold its words too.
		err := tx.db.Model(&messageRow{}).Where("conv = ? AND ref_seq > 0 AND ref_seq = ? AND kind IN ? AND seq > 0",
			c.Key, old.Seq, []string{protocol.KindEdit, protocol.KindReaction}).
			Update("body", []byte(`{}`)).Error
		if err != nil {
			return err
		}
	}
	if err := tx.db.Save(&row).Error; err != nil {
		return err
	}
	if err := tx.dropPreview(row); err != nil {
		return err
	}
	return tx.reindex(row)
}

// touch notes that a message is shown in another way, and so are its quotes.
func (tx *tx) touch(c *conversationRow, m messageRow) error {
	tx.change.messages(c.ID, m.messageID())
	return tx.changedQuotes(c, m.Seq, m.Seq)
}

// touchTarget is touch for the message that an acting one acts on.
func (tx *tx) touchTarget(c *conversationRow, a messageRow) error {
	var rows []messageRow
	err := tx.db.Where("conv = ? AND seq > 0 AND seq = ?", c.Key, a.RefSeq).Find(&rows).Error
	if err != nil || len(rows) == 0 {
		return err
	}
	return tx.touch(c, rows[0])
}

// settleConfirmed brings the target of an own act up to date, to which the
// server gave a seq. An edit that came back by its answer only lacks what it replaced.
func (tx *tx) settleConfirmed(c *conversationRow, a messageRow, seq int64) error {
	if !protocol.Acts(a.Kind) {
		return nil
	}
	switch a.Kind {
	case protocol.KindReaction:
		return tx.settleReactions(c, 0, 0, []int64{seq})
	case protocol.KindPin, protocol.KindUnpin, protocol.KindRecall:
		c.notePin(a.Kind, a.RefSeq, seq)
		if err := tx.db.Model(c).Update("pins", c.Pins).Error; err != nil {
			return err
		}
	}
	if a.Kind == protocol.KindEdit {
		var targets []messageRow
		err := tx.db.Where("conv = ? AND seq > 0 AND seq = ?", c.Key, a.RefSeq).Find(&targets).Error
		if err != nil {
			return err
		}
		var e protocol.Edit
		if len(targets) > 0 && targets[0].Kind == protocol.KindDeleted {
			return tx.db.Model(&a).Update("body", []byte(`{}`)).Error // Its words are gone here.
		}
		if len(targets) > 0 && json.Unmarshal(a.Body, &e) == nil {
			e.Was = shownText(targets[0].Kind, targets[0].Fallback, targets[0].Body)
			body, err := protocol.Encode(e)
			if err != nil {
				return err
			}
			if err := tx.db.Model(&a).Update("body", body).Error; err != nil {
				return err
			}
		}
	}
	if err := tx.settle(c, a.RefSeq, a.RefSeq, nil); err != nil {
		return err
	}
	return tx.touchTarget(c, a)
}

// refuse removes an own act that the server refused, and notes why with its
// target, which shows what it was again. What is gone keeps no words.
func (tx *tx) refuse(c *conversationRow, a messageRow, code string) error {
	words := ""
	if a.Kind == protocol.KindEdit {
		var e protocol.Edit
		if err := json.Unmarshal(a.Body, &e); err != nil {
			return fmt.Errorf("decode edit: %w", err)
		}
		words = e.Text
	}
	err := tx.db.Model(&messageRow{}).
		Where("conv = ? AND seq > 0 AND seq = ? AND recalled_ms = 0 AND kind <> ?", c.Key, a.RefSeq, protocol.KindDeleted).
		Updates(refusal(code, a.Kind, words)).Error
	if err != nil {
		return err
	}
	if err := tx.db.Delete(&a).Error; err != nil {
		return err
	}
	if err := tx.touchTarget(c, a); err != nil {
		return err
	}
	return tx.refresh(*c)
}

type withdrawnRow struct {
	Conv     int64  `gorm:"primaryKey"`
	ClientID string `gorm:"primaryKey"`
}

func (withdrawnRow) TableName() string { return "withdrawn" }

// Recall takes an own message back: one that the server has by a command in
// the outbox, one that it has not, as far as is known, at once. If it turns out
// to have that one after all, the command follows.
func (s *Store) Recall(ctx context.Context, conversationID, id string) error {
	err := s.write(ctx, func(tx *tx) error {
		c, err := findConversation(tx.db, conversationID)
		if err != nil {
			return err
		}
		m, err := tx.own(c, id)
		if err != nil {
			return err
		}
		if m.Seq > 0 {
			return tx.queueRecall(&c, m)
		}
		if err := tx.db.Create(&withdrawnRow{Conv: c.Key, ClientID: m.ClientID}).Error; err != nil {
			return err
		}
		if err := tx.db.Where("message = ?", m.ID).Delete(&outgoingRow{}).Error; err != nil {
			return err
		}
		return tx.erase(c, m)
	})
	if err != nil {
		return fmt.Errorf("recall message: %w", err)
	}
	return nil
}

// erase takes a message away that the server does not have.
func (tx *tx) erase(c conversationRow, m messageRow) error {
	tx.change.messages(c.ID, m.messageID())
	if err := tx.unindex(m.ID); err != nil {
		return err
	}
	if err := tx.db.Delete(&m).Error; err != nil {
		return err
	}
	return tx.refresh(c)
}

func (tx *tx) queueRecall(c *conversationRow, m messageRow) error {
	send := protocol.Send{ConversationID: c.ID, Kind: protocol.KindRecall, RefSeq: m.Seq, Body: protocol.RawJSON(`{}`)}
	_, err := tx.queue(c, send)
	return err
}

// Edit gives an own text other words. The same words change nothing.
func (s *Store) Edit(ctx context.Context, conversationID, id, text string) error {
	if err := protocol.CheckText(text); err != nil {
		return err
	}
	body, err := protocol.Encode(protocol.Edit{Text: text})
	if err != nil {
		return fmt.Errorf("encode edit: %w", err)
	}
	err = s.write(ctx, func(tx *tx) error {
		c, err := findConversation(tx.db, conversationID)
		if err != nil {
			return err
		}
		m, err := tx.own(c, id)
		if err != nil {
			return err
		}
		acts, err := pendingActs(tx.db, c)
		if err != nil {
			return err
		}
		now := m.after(acts)
		switch {
		case m.Seq == 0 || m.Kind != protocol.KindText:
			return protocol.Errorf(protocol.CodeForbidden, "only a text that was sent can be edited")
		case now.RecalledMS > 0:
			return protocol.Errorf(protocol.CodeNotFound, "the message was recalled")
		case shownText(now.Kind, now.Fallback, now.Body) == text:
			return nil
		}
		_, err = tx.queue(&c, protocol.Send{ConversationID: c.ID, Kind: protocol.KindEdit, RefSeq: m.Seq, Body: body})
		return err
	})
	if err != nil {
		return fmt.Errorf("edit message: %w", err)
	}
	return nil
}

// DismissRefusal takes away why the last change to a message was refused.
func (s *Store) DismissRefusal(ctx context.Context, conversationID, id string) error {
	err := s.write(ctx, func(tx *tx) error {
		c, err := findConversation(tx.db, conversationID)
		if err != nil {
			return err
		}
		m, err := tx.own(c, id)
		if err != nil || m.Refused == "" {
			return err
		}
		tx.change.messages(c.ID, id)
		return tx.db.Model(&m).Updates(refusal("", "", "")).Error
	})
	if err != nil {
		return fmt.Errorf("dismiss refusal: %w", err)
	}
	return nil
}

// own returns an own message, or ErrNotFound.
func (tx *tx) own(c conversationRow, id string) (messageRow, error) {
	var rows []messageRow
	clientID, ok := strings.CutPrefix(id, messageID(tx.store.self, ""))
	if ok {
		err := tx.db.Where("conv = ? AND client_id = ? AND sender = ?", c.Key, clientID, tx.store.self).Find(&rows).Error
		if err != nil {
			return messageRow{}, err
		}
	}
	if len(rows) == 0 {
		return messageRow{}, fmt.Errorf("message %q: %w", id, ErrNotFound)
	}
	return rows[0], nil
}

// Version is what a message said for a while.
type Version struct {
	Text    string `json:"text"`
	SinceMS int64  `json:"since_ms"`
}

// Versions returns all that a text ever said, the present words last, as far
// as its edits are here.
func (s *Store) Versions(ctx context.Context, conversationID string, seq int64) ([]Version, error) {
	out := []Version{}
	err := s.snapshot(ctx, func(db *gorm.DB) error {
		out = out[:0]
		c, err := findConversation(db, conversationID)
		if err != nil {
			return err
		}
		var rows []messageRow
		err = db.Where("conv = ? AND (seq > 0 AND seq = ? OR ref_seq > 0 AND ref_seq = ? AND kind = ?)",
			c.Key, seq, seq, protocol.KindEdit).Order("seq = 0, seq, id").Find(&rows).Error
		if err != nil || len(rows) == 0 || rows[0].RecalledMS > 0 || rows[0].Seq != seq {
			return err
		}
		since, now := rows[0].CreatedMS, shownText(rows[0].Kind, rows[0].Fallback, rows[0].Body)
		for _, r := range rows[1:] {
			var e protocol.Edit
			if json.Unmarshal(r.Body, &e) != nil || e.Text == "" {
				continue
			}
			if r.Seq > 0 {
				out = append(out, Version{e.Was, since})
			} else {
				out = append(out, Version{now, since})
				now = e.Text
			}
			since = r.CreatedMS
		}
		out = append(out, Version{now, since})
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read versions: %w", err)
	}
	return out, nil
}

// recallWithdrawn queues the recall of an own message that was taken back
// before it was known that the server has it.
func (tx *tx) recallWithdrawn(c *conversationRow, m messageRow) error {
	gone := tx.db.Delete(&withdrawnRow{Conv: c.Key, ClientID: m.ClientID})
	if gone.Error != nil || gone.RowsAffected == 0 {
		return gone.Error
	}
	return tx.queueRecall(c, m)
}
