package store

import (
	"context"
	"fmt"
	"slices"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
	"mychat/protocol"
)

// Queue writes an own message, in state StatusQueued, and that it is to be
// sent. The client id is made here; send.ClientID is not looked at.
func (s *Store) Queue(ctx context.Context, send protocol.Send) (Message, error) {
	var out Message
	err := s.write(ctx, func(tx *tx) error {
		c, err := findConversation(tx.db, send.ConversationID)
		if err != nil {
			return err
		}
		row, err := tx.queue(&c, send)
		if err != nil {
			return err
		}
		shown, err := views(tx.db, c, []messageRow{row})
		if err != nil {
			return err
		}
		out = shown[0]
		return nil
	})
	if err != nil {
		return Message{}, fmt.Errorf("queue message: %w", err)
	}
	return out, nil
}

// queue is Queue in a transaction. What acts on another message shows in that
// one, and moves its conversation nowhere.
func (tx *tx) queue(c *conversationRow, send protocol.Send) (messageRow, error) {
	created, top, err := tx.presentTime()
	if err != nil {
		return messageRow{}, err
	}
	row := messageRow{
		Conv:      c.Key,
		Sender:    tx.store.self,
		ClientID:  NewClientID(tx.store.now()),
		Kind:      send.Kind,
		Mine:      true,
		Countable: protocol.Countable(send.Kind),
		RefSeq:    send.RefSeq,
		Mentions:  list(send.Mentions),
		FileIDs:   list(send.FileIDs),
		Body:      []byte(send.Body),
		Fallback:  send.Fallback,
		Silent:    send.Silent,
		CreatedMS: created,
		Status:    StatusQueued,
	}
	if err := tx.db.Create(&row).Error; err != nil {
		return row, err
	}
	if err := tx.index(row); err != nil {
		return row, err
	}
	if err := tx.db.Create(&outgoingRow{Conv: c.Key, Message: row.ID}).Error; err != nil {
		return row, err
	}
	tx.change.Outgoing = true
	if protocol.Acts(send.Kind) {
		err := tx.db.Model(&messageRow{}).Where("conv = ? AND seq > 0 AND seq = ?", c.Key, send.RefSeq).
			Updates(refusal("", "", "")).Error
		if err != nil {
			return row, err
		}
		if err := tx.touchTarget(c, row); err != nil {
			return row, err
		}
		sort := c.SortMS
		if err := tx.refreshPreview(c); err != nil {
			return row, err
		}
		c.SortMS = sort
		tx.change.conversation(c.ID)
		return row, tx.db.Save(c).Error
	}
	if err := tx.attended(c); err != nil {
		return row, err
	}
	tx.change.messages(c.ID, row.messageID())
	if err := tx.refresh(*c); err != nil {
		return row, err
	}
	return row, tx.db.Model(&conversationRow{}).Where("key = ?", c.Key).Update("sort_ms", top).Error
}

// presentTime returns the server's time as far as it is known, and a place in
// the list above every other conversation: a clock that is behind must not
// hide what the user just wrote.
func (tx *tx) presentTime() (createdMS, sortMS int64, err error) {
	var account accountRow
	if err := tx.db.Take(&account, 1).Error; err != nil {
		return 0, 0, err
	}
	var top int64
	if err := tx.db.Raw("SELECT coalesce(max(sort_ms), 0) FROM conversation").Scan(&top).Error; err != nil {
		return 0, 0, err
	}
	createdMS = tx.store.now().UnixMilli() + account.ClockMS
	return createdMS, max(createdMS, top+1), nil
}

// Outgoing is an own message to be sent.
type Outgoing struct {
	key  int64 // Of the message.
	Send protocol.Send
}

// OutgoingConversations returns the ids of the conversations in which messages
// wait to be sent, in order of the oldest one.
func (s *Store) OutgoingConversations(ctx context.Context) ([]string, error) {
	var ids []string
	err := s.read(ctx, func(db *gorm.DB) error {
		return db.Raw(`SELECT c.id FROM conversation c
			JOIN (SELECT conv, min(message) AS first FROM outgoing GROUP BY conv) o ON o.conv = c.key
			ORDER BY o.first`).Scan(&ids).Error
	})
	if err != nil {
		return nil, fmt.Errorf("list outgoing conversations: %w", err)
	}
	return ids, nil
}

// Step is what to do next in a conversation.
type Step struct {
	Next Outgoing // To be sent, when More.
	More bool
	Gap  bool // Entries before the one just confirmed are missing here.
}

// TakeOutgoing returns the message of a conversation that is to be sent next
// and notes it as on its way.
func (s *Store) TakeOutgoing(ctx context.Context, conversationID string) (Step, error) {
	var step Step
	err := s.write(ctx, func(tx *tx) error {
		step = Step{}
		c, err := findConversation(tx.db, conversationID)
		if err != nil {
			return err
		}
		return tx.takeNext(c, &step)
	})
	if err != nil {
		return Step{}, fmt.Errorf("take outgoing: %w", err)
	}
	return step, nil
}

func (tx *tx) takeNext(c conversationRow, step *Step) error {
	var rows []messageRow
	err := tx.db.Raw(`SELECT m.* FROM outgoing o JOIN message m ON m.id = o.message
		WHERE o.conv = ? ORDER BY o.message LIMIT 1`, c.Key).Scan(&rows).Error
	if err != nil || len(rows) == 0 {
		return err
	}
	step.Next, step.More = outgoing(c.ID, rows[0]), true
	return tx.setStatus(c, rows[0], StatusSending, "")
}

func outgoing(conversationID string, r messageRow) Outgoing {
	return Outgoing{key: r.ID, Send: protocol.Send{
		ConversationID: conversationID,
		ClientID:       r.ClientID,
		Kind:           r.Kind,
		RefSeq:         r.RefSeq,
		Mentions:       unlist(r.Mentions),
		FileIDs:        unlist(r.FileIDs),
		Fallback:       r.Fallback,
		Silent:         r.Silent,
		Body:           slices.Clone(r.Body),
	}}
}

// setStatus changes the state of an unsent message and what follows from it.
func (tx *tx) setStatus(c conversationRow, m messageRow, status, code string) error {
	if m.Status == status && m.ErrorCode == code {
		return nil
	}
	tx.change.messages(c.ID, m.messageID())
	err := tx.db.Model(&m).Updates(map[string]any{"status": status, "error_code": code}).Error
	if err != nil {
		return err
	}
	return tx.refreshStatus(c, m)
}

// refreshStatus brings the preview's state up to date and leaves the place in
// the list as it is. Only the newest unsent message can be the preview.
func (tx *tx) refreshStatus(c conversationRow, m messageRow) error {
	newest, err := tx.newestMessage("conv = ? AND seq = 0 AND countable", "id DESC", c.Key)
	if err != nil || newest == nil || newest.ID != m.ID {
		return err
	}
	sort := c.SortMS
	if err := tx.refreshPreview(&c); err != nil {
		return err
	}
	c.SortMS = sort
	tx.change.conversation(c.ID)
	return tx.db.Save(&c).Error
}

// unsent runs do with the conversation of an outgoing message, and with the
// message if the server has given it no seq yet. It is nil when an entry
// confirmed it meanwhile, or when it is gone.
func (s *Store) unsent(ctx context.Context, o Outgoing, do func(*tx, *conversationRow, *messageRow) error) error {
	return s.write(ctx, func(tx *tx) error {
		c, err := findConversation(tx.db, o.Send.ConversationID)
		if err != nil {
			return err
		}
		var rows []messageRow
		err = tx.db.Where("id = ? AND seq = 0 AND client_id = ?", o.key, o.Send.ClientID).Find(&rows).Error
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			return do(tx, &c, nil)
		}
		return do(tx, &c, &rows[0])
	})
}

// Confirm gives a message the place that the server gave it, and takes the
// next one as TakeOutgoing does.
func (s *Store) Confirm(ctx context.Context, o Outgoing, sent protocol.Sent) (Step, error) {
	var step Step
	err := s.unsent(ctx, o, func(tx *tx, c *conversationRow, m *messageRow) error {
		step = Step{}
		if m != nil {
			step.Gap = sent.Seq > c.LastSeq+1
			if err := tx.place(c, *m, sent); err != nil {
				return err
			}
		}
		return tx.takeNext(*c, &step)
	})
	if err != nil {
		return Step{}, fmt.Errorf("confirm message: %w", err)
	}
	return step, nil
}

// place confirms a message and brings its conversation up to date. An own
// message changes no unread count, and no preview while a later one waits.
func (tx *tx) place(c *conversationRow, m messageRow, sent protocol.Sent) error {
	if err := tx.confirm(c, m, sent.Seq, sent.CreatedMS); err != nil {
		return err
	}
	if err := tx.hold(c.Key, interval{sent.Seq, sent.Seq}); err != nil {
		return err
	}
	c.LastSeq = max(c.LastSeq, sent.Seq)
	tx.change.conversation(c.ID)
	var deleted int64 // On another device, before this one heard of its place.
	if err := tx.db.Raw("SELECT count(*) FROM own_mark WHERE id = ? AND seq = ? AND deleted = 1", c.ID, sent.Seq).Scan(&deleted).Error; err != nil {
		return err
	}
	if deleted > 0 {
		if err := tx.db.Save(c).Error; err != nil {
			return err
		}
		return tx.removeDeleted(c.ID, []int64{sent.Seq})
	}
	if err := tx.settleConfirmed(c, m, sent.Seq); err != nil {
		return err
	}
	if m.Kind == protocol.KindClear || sent.Seq < c.low() { // More is gone now, or it is gone itself.
		return tx.refresh(*c)
	}
	waiting, err := tx.newestMessage("conv = ? AND seq = 0 AND countable", "id DESC", c.Key)
	if err != nil {
		return err
	}
	if waiting != nil && waiting.Status != StatusFailed {
		return tx.db.Model(c).Update("last_seq", c.LastSeq).Error
	}
	if err := tx.refreshPreview(c); err != nil {
		return err
	}
	return tx.db.Save(c).Error
}

// Requeue notes that a message is not on its way any more and waits.
func (s *Store) Requeue(ctx context.Context, o Outgoing) error {
	err := s.unsent(ctx, o, func(tx *tx, c *conversationRow, m *messageRow) error {
		if m == nil {
			return nil
		}
		return tx.setStatus(*c, *m, StatusQueued, "")
	})
	if err != nil {
		return fmt.Errorf("requeue message: %w", err)
	}
	return nil
}

// Fail notes that the server refused a message: it is not sent again until the
// user asks. It takes the next one as TakeOutgoing does.
func (s *Store) Fail(ctx context.Context, o Outgoing, code protocol.Code) (Step, error) {
	var step Step
	err := s.unsent(ctx, o, func(tx *tx, c *conversationRow, m *messageRow) error {
		step = Step{}
		if m != nil {
			err := tx.db.Where("message = ?", m.ID).Delete(&outgoingRow{}).Error
			if err != nil {
				return err
			}
			if protocol.Acts(m.Kind) {
				err = tx.refuse(c, *m, string(code))
			} else {
				err = tx.setStatus(*c, *m, StatusFailed, string(code))
				if err == nil && m.Kind == protocol.KindClear {
					// Nothing is deleted: it comes back from the server.
					step.Gap = true
					err = tx.refresh(*c)
				}
			}
			if err != nil {
				return err
			}
		}
		return tx.takeNext(*c, &step)
	})
	if err != nil {
		return Step{}, fmt.Errorf("mark failed: %w", err)
	}
	return step, nil
}

// Retry queues a failed message again, in its place. One that is not failed,
// or not there, stays as it is.
func (s *Store) Retry(ctx context.Context, conversationID, id string) error {
	err := s.failed(ctx, conversationID, id, func(tx *tx, c conversationRow, m messageRow) error {
		return tx.retry(c, m)
	})
	if err != nil {
		return fmt.Errorf("retry message: %w", err)
	}
	return nil
}

// RetryAll queues every failed message of a conversation again.
func (s *Store) RetryAll(ctx context.Context, conversationID string) error {
	err := s.failed(ctx, conversationID, "", func(tx *tx, c conversationRow, m messageRow) error {
		return tx.retry(c, m)
	})
	if err != nil {
		return fmt.Errorf("retry messages: %w", err)
	}
	return nil
}

// Discard removes a failed message for good. One that is not failed stays.
func (s *Store) Discard(ctx context.Context, conversationID, id string) error {
	err := s.failed(ctx, conversationID, id, (*tx).erase)
	if err != nil {
		return fmt.Errorf("discard message: %w", err)
	}
	return nil
}

// failed runs do with the failed message that has an id, or with all of them
// when it is "".
func (s *Store) failed(ctx context.Context, conversationID, id string, do func(*tx, conversationRow, messageRow) error) error {
	return s.write(ctx, func(tx *tx) error {
		c, err := findConversation(tx.db, conversationID)
		if err != nil {
			return err
		}
		var rows []messageRow
		err = tx.db.Where("conv = ? AND seq = 0 AND status = ?", c.Key, StatusFailed).Order("id").Find(&rows).Error
		if err != nil {
			return err
		}
		for _, m := range rows {
			if id != "" && m.messageID() != id {
				continue
			}
			if err := do(tx, c, m); err != nil {
				return err
			}
		}
		return nil
	})
}

// retry queues a failed message again. The server has other words under an id
// that was reused, so these words were never stored: they take a fresh id, on
// the same row, and there is still one bubble.
func (tx *tx) retry(c conversationRow, m messageRow) error {
	if m.ErrorCode == string(protocol.CodeIDReused) {
		if err := tx.rename(&c, m); err != nil {
			return err
		}
		if err := tx.db.Take(&m, m.ID).Error; err != nil {
			return err
		}
	}
	row := outgoingRow{Conv: c.Key, Message: m.ID}
	if err := tx.db.Clauses(clause.OnConflict{DoNothing: true}).Create(&row).Error; err != nil {
		return err
	}
	tx.change.Outgoing = true
	return tx.setStatus(c, m, StatusQueued, "")
}

// MarkRead moves the user's read position, never back and never past what is
// known, takes a mark as unread away, and notes that the server is to be told.
func (s *Store) MarkRead(ctx context.Context, conversationID string, seq int64) error {
	err := s.write(ctx, func(tx *tx) error {
		c, err := findConversation(tx.db, conversationID)
		if err != nil {
			return err
		}
		seq := min(seq, c.LastSeq)
		marked := c.UnreadSeq > 0
		if marked {
			none := int64(0)
			if err := tx.keep(&c, protocol.UpdateChat{UnreadSeq: &none}); err != nil {
				return err
			}
		}
		if seq <= c.ReadSeq {
			if !marked {
				return nil
			}
			return tx.refresh(c)
		}
		c.ReadSeq = seq
		row := outgoingReadRow{Conv: c.Key, Seq: seq}
		if err := tx.db.Clauses(clause.OnConflict{UpdateAll: true}).Create(&row).Error; err != nil {
			return err
		}
		tx.change.Outgoing = true
		return tx.refresh(c)
	})
	if err != nil {
		return fmt.Errorf("mark read: %w", err)
	}
	return nil
}

// OutgoingReads returns the read positions that the server is to be told.
func (s *Store) OutgoingReads(ctx context.Context) ([]protocol.Read, error) {
	var rows []struct {
		ID  string
		Seq int64
	}
	err := s.read(ctx, func(db *gorm.DB) error {
		return db.Raw(`SELECT c.id, r.seq FROM outgoing_read r JOIN conversation c ON c.key = r.conv ORDER BY r.conv`).
			Scan(&rows).Error
	})
	if err != nil {
		return nil, fmt.Errorf("list outgoing reads: %w", err)
	}
	out := make([]protocol.Read, len(rows))
	for i, r := range rows {
		out[i] = protocol.Read{ConversationID: r.ID, Seq: r.Seq}
	}
	return out, nil
}

// ConfirmRead notes that the server was told a read position. A later one that
// waits stays.
func (s *Store) ConfirmRead(ctx context.Context, r protocol.Read) error {
	err := s.write(ctx, func(tx *tx) error {
		c, err := findConversation(tx.db, r.ConversationID)
		if err != nil {
			return err
		}
		return tx.db.Where("conv = ? AND seq <= ?", c.Key, r.Seq).Delete(&outgoingReadRow{}).Error
	})
	if err != nil {
		return fmt.Errorf("confirm read: %w", err)
	}
	return nil
}
