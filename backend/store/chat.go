package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
	"mychat/protocol"
)

// ChatChange is what the user changes of how a conversation stands in their
// list. Nil leaves a thing as it is.
type ChatChange struct {
	Pinned   *bool
	Muted    *bool
	Archived *bool
	Hidden   *bool // Until somebody else writes, or it is opened.
	Unread   *bool // Marked unread.

	Join, Leave string // Ids of folders that it is put in and taken out of; "" means none.
}

// UpdateChat changes what the user keeps of a conversation, here at once, and
// notes that the server is to be told.
func (s *Store) UpdateChat(ctx context.Context, conversationID string, ch ChatChange) error {
	err := s.changeChat(ctx, conversationID, func(tx *tx, c conversationRow) (protocol.UpdateChat, error) {
		u := protocol.UpdateChat{Pinned: ch.Pinned, Muted: ch.Muted, Archived: ch.Archived}
		place := func(on *bool) *int64 {
			if on == nil {
				return nil
			}
			seq := int64(0)
			if *on {
				seq = c.LastSeq
			}
			return &seq
		}
		u.HiddenSeq, u.UnreadSeq = place(ch.Hidden), place(ch.Unread)
		if ch.Join == "" && ch.Leave == "" {
			return u, nil
		}
		folders, err := folders(tx.db)
		if err != nil {
			return u, err
		}
		u.Folders = refiled(unlist(c.Folders), ch, folders)
		return u, nil
	})
	if err != nil {
		return fmt.Errorf("update settings of conversation: %w", err)
	}
	return nil
}

// refiled returns the folders of a conversation after a change, or nil if that
// changes nothing. Of those that are gone, it keeps what there is room for: they
// may be known here later, or come back.
func refiled(in []string, ch ChatChange, known []protocol.Folder) *[]string {
	now := slices.DeleteFunc(slices.Clone(in), func(id string) bool { return id == ch.Leave })
	if ch.Join != "" && !slices.Contains(now, ch.Join) {
		now = append(now, ch.Join)
	}
	if len(now) > protocol.MaxFolders {
		now = slices.DeleteFunc(now, func(id string) bool { return !holdsFolder(known, id) })
	}
	if slices.Equal(now, in) {
		return nil
	}
	if now == nil {
		now = []string{}
	}
	return &now
}

// SaveDraft keeps what is not sent; an empty draft removes it.
func (s *Store) SaveDraft(ctx context.Context, conversationID string, d protocol.Draft) error {
	err := s.changeChat(ctx, conversationID, func(_ *tx, c conversationRow) (u protocol.UpdateChat, err error) {
		if !sameDraft(&d, c.draft()) {
			u.Draft = &d
		}
		return u, nil
	})
	if err != nil {
		return fmt.Errorf("save draft: %w", err)
	}
	return nil
}

// SaveEdit keeps what the message with a seq is to say instead, on this device
// alone; 0 ends the edit that was kept.
func (s *Store) SaveEdit(ctx context.Context, conversationID string, seq int64, text string) error {
	err := s.write(ctx, func(tx *tx) error {
		c, err := findConversation(tx.db, conversationID)
		if err != nil {
			return err
		}
		if seq == 0 {
			text = ""
		}
		if c.EditSeq == seq && c.EditText == text {
			return nil
		}
		tx.change.conversation(c.ID)
		return tx.db.Model(&c).Updates(map[string]any{"edit_seq": seq, "edit_text": text}).Error
	})
	if err != nil {
		return fmt.Errorf("save edit: %w", err)
	}
	return nil
}

// changeChat makes the change that do wants of a conversation as it is.
func (s *Store) changeChat(ctx context.Context, conversationID string, do func(*tx, conversationRow) (protocol.UpdateChat, error)) error {
	return s.write(ctx, func(tx *tx) error {
		c, err := findConversation(tx.db, conversationID)
		if err != nil {
			return err
		}
		u, err := do(tx, c)
		if err != nil || changesNothing(u) {
			return err
		}
		if err := tx.keep(&c, u); err != nil {
			return err
		}
		return tx.refresh(c)
	})
}

// changesNothing reports whether u names no field.
func changesNothing(u protocol.UpdateChat) bool {
	u.ConversationID = ""
	return u == protocol.UpdateChat{}
}

// keep adds a change to what the server is to be told of c, over what waits,
// and brings c up to date. c is not written.
func (tx *tx) keep(c *conversationRow, u protocol.UpdateChat) error {
	row, err := findOutgoingChat(tx.db, c.ID)
	if err != nil {
		return err
	}
	waiting, err := row.update()
	if err != nil {
		return err
	}
	if u.Pinned != nil {
		row.PinnedMS = 0
		if *u.Pinned {
			if row.PinnedMS, err = tx.pinTime(); err != nil {
				return err
			}
		}
	}
	over(&waiting.Pinned, u.Pinned)
	over(&waiting.Muted, u.Muted)
	over(&waiting.Archived, u.Archived)
	over(&waiting.HiddenSeq, u.HiddenSeq)
	over(&waiting.UnreadSeq, u.UnreadSeq)
	over(&waiting.ClearedSeq, u.ClearedSeq)
	over(&waiting.Folders, u.Folders)
	over(&waiting.Draft, u.Draft)
	if err := tx.saveOutgoingChat(row, waiting); err != nil {
		return err
	}
	tx.change.Outgoing = true
	return tx.overlay(c)
}

// over replaces a value with a newer one, if there is one.
func over[T any](old **T, newer *T) {
	if newer != nil {
		*old = newer
	}
}

// pinTime returns a time above that of every pinned conversation.
func (tx *tx) pinTime() (int64, error) {
	now, _, err := tx.presentTime()
	if err != nil {
		return 0, err
	}
	var last int64
	err = tx.db.Raw("SELECT coalesce(max(pinned_ms), 0) FROM conversation").Scan(&last).Error
	return max(now, last+1), err
}

func findOutgoingChat(db *gorm.DB, id string) (outgoingChatRow, error) {
	row := outgoingChatRow{ID: id}
	err := db.Where("id = ?", id).Take(&row).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return outgoingChatRow{ID: id}, nil
	}
	return row, err
}

// saveOutgoingChat writes what the server is to be told of a conversation, or
// that there is nothing.
func (tx *tx) saveOutgoingChat(row outgoingChatRow, u protocol.UpdateChat) error {
	if changesNothing(u) {
		return tx.db.Delete(&row).Error
	}
	u.ConversationID = row.ID
	body, err := json.Marshal(u)
	if err != nil {
		return fmt.Errorf("encode settings: %w", err)
	}
	row.Body = string(body)
	return tx.db.Clauses(clause.OnConflict{UpdateAll: true}).Create(&row).Error
}

// saveChat keeps what the server says of a conversation, unless something later
// is known.
func (tx *tx) saveChat(useq int64, s protocol.ChatSettings) error {
	var old []chatRow
	if err := tx.db.Where("id = ?", s.ConversationID).Find(&old).Error; err != nil {
		return err
	}
	if len(old) > 0 && old[0].Useq >= useq {
		return nil
	}
	body, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("encode settings: %w", err)
	}
	row := chatRow{ID: s.ConversationID, Useq: useq, Body: string(body)}
	if err := tx.db.Clauses(clause.OnConflict{UpdateAll: true}).Create(&row).Error; err != nil {
		return err
	}
	return tx.arrange(s.ConversationID)
}

// forgetChats forgets what the server said of all conversations.
func (tx *tx) forgetChats() error {
	var ids []string
	if err := tx.db.Model(&chatRow{}).Pluck("id", &ids).Error; err != nil {
		return err
	}
	if err := tx.db.Where("1 = 1").Delete(&chatRow{}).Error; err != nil {
		return err
	}
	for _, id := range ids {
		if err := tx.arrange(id); err != nil {
			return err
		}
	}
	return nil
}

// arrange brings a conversation to what the server said and what it is to be
// told. One that is not known yet is brought there when it is.
func (tx *tx) arrange(id string) error {
	c, err := findConversation(tx.db, id)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := tx.overlay(&c); err != nil {
		return err
	}
	return tx.refresh(c)
}

// overlay sets in c what the server said, and over it what it is to be told:
// what the user did here is never taken back by what was done elsewhere before
// the server heard of it. c is not written.
func (tx *tx) overlay(c *conversationRow) error {
	var rows []chatRow
	if err := tx.db.Where("id = ?", c.ID).Find(&rows).Error; err != nil {
		return err
	}
	var said protocol.ChatSettings
	if len(rows) > 0 {
		if err := json.Unmarshal([]byte(rows[0].Body), &said); err != nil {
			return fmt.Errorf("decode settings: %w", err)
		}
	}
	row, err := findOutgoingChat(tx.db, c.ID)
	if err != nil {
		return err
	}
	waiting, err := row.update()
	if err != nil {
		return err
	}
	c.PinnedMS = said.PinnedMS
	if waiting.Pinned != nil && (!*waiting.Pinned || said.PinnedMS == 0) {
		c.PinnedMS = row.PinnedMS
	}
	c.Muted = orElse(waiting.Muted, said.Muted)
	c.Archived = orElse(waiting.Archived, said.Archived)
	c.HiddenSeq = orElse(waiting.HiddenSeq, said.HiddenSeq)
	c.UnreadSeq = orElse(waiting.UnreadSeq, said.UnreadSeq)
	c.ClearedSeq = max(orElse(waiting.ClearedSeq, 0), said.ClearedSeq)
	c.Folders = list(orElse(waiting.Folders, said.Folders))
	draft := waiting.Draft
	if draft == nil {
		draft = said.Draft
	}
	if draft == nil {
		draft = &protocol.Draft{}
	}
	c.Draft, c.DraftRefSeq, c.DraftMentions = draft.Text, draft.RefSeq, list(draft.Mentions)
	return nil
}

func orElse[T any](v *T, other T) T {
	if v != nil {
		return *v
	}
	return other
}

// refreshMarks derives whether c is hidden and marked unread.
func (tx *tx) refreshMarks(c *conversationRow) error {
	c.Hidden, c.Marked = false, false
	if c.HiddenSeq > 0 {
		n, err := tx.countable(c.Key, c.HiddenSeq, c.LastSeq)
		if err != nil {
			return err
		}
		c.Hidden = n == 0
	}
	if c.UnreadSeq > 0 && c.ReadSeq <= c.UnreadSeq {
		var own int64
		err := tx.db.Model(&messageRow{}).Where("conv = ? AND seq > 0 AND seq > ? AND mine", c.Key, c.UnreadSeq).Limit(1).Count(&own).Error
		if err != nil {
			return err
		}
		c.Marked = own == 0
	}
	return nil
}

// attended notes that the user is in a conversation: it is no longer hidden,
// nor marked unread. c is not written.
func (tx *tx) attended(c *conversationRow) error {
	var u protocol.UpdateChat
	none := int64(0)
	if c.HiddenSeq > 0 {
		u.HiddenSeq = &none
	}
	if c.UnreadSeq > 0 {
		u.UnreadSeq = &none
	}
	if changesNothing(u) {
		return nil
	}
	return tx.keep(c, u)
}

// OutgoingChats returns what the server is to be told of conversations, those
// that were pinned in that order and last. A draft that the server could not
// take is not among it: it waits to become shorter.
func (s *Store) OutgoingChats(ctx context.Context) ([]protocol.UpdateChat, error) {
	var rows []outgoingChatRow
	err := s.read(ctx, func(db *gorm.DB) error {
		return db.Order("pinned_ms, rowid").Find(&rows).Error
	})
	if err != nil {
		return nil, fmt.Errorf("list outgoing settings: %w", err)
	}
	var out []protocol.UpdateChat
	for _, row := range rows {
		u, err := row.update()
		if err != nil {
			return nil, err
		}
		if u.Draft != nil && u.Draft.Check() != nil {
			u.Draft = nil
		}
		if !changesNothing(u) {
			out = append(out, u)
		}
	}
	return out, nil
}

// ConfirmChat notes what the server made of a change. What the user changed
// since it was sent still waits.
func (s *Store) ConfirmChat(ctx context.Context, sent protocol.UpdateChat, got protocol.ChatUpdated) error {
	if err := s.settleChat(ctx, sent, func(tx *tx) error { return tx.saveChat(got.Useq, got.Chat) }); err != nil {
		return fmt.Errorf("confirm settings: %w", err)
	}
	return nil
}

// RefuseChat notes that the server refused a change: it is undone here.
func (s *Store) RefuseChat(ctx context.Context, sent protocol.UpdateChat) error {
	if err := s.settleChat(ctx, sent, func(*tx) error { return nil }); err != nil {
		return fmt.Errorf("undo settings: %w", err)
	}
	return nil
}

// settleChat takes what was sent from what waits, as far as it is still the
// same, and runs do.
func (s *Store) settleChat(ctx context.Context, sent protocol.UpdateChat, do func(*tx) error) error {
	return s.write(ctx, func(tx *tx) error {
		row, err := findOutgoingChat(tx.db, sent.ConversationID)
		if err != nil {
			return err
		}
		waiting, err := row.update()
		if err != nil {
			return err
		}
		settled(&waiting.Pinned, sent.Pinned)
		settled(&waiting.Muted, sent.Muted)
		settled(&waiting.Archived, sent.Archived)
		settled(&waiting.HiddenSeq, sent.HiddenSeq)
		settled(&waiting.UnreadSeq, sent.UnreadSeq)
		settled(&waiting.ClearedSeq, sent.ClearedSeq)
		if sent.Folders != nil && waiting.Folders != nil && slices.Equal(*sent.Folders, *waiting.Folders) {
			waiting.Folders = nil
		}
		if sent.Draft != nil && waiting.Draft != nil && sameDraft(sent.Draft, waiting.Draft) {
			waiting.Draft = nil
		}
		if waiting.Pinned == nil {
			row.PinnedMS = 0
		}
		if err := tx.saveOutgoingChat(row, waiting); err != nil {
			return err
		}
		if err := do(tx); err != nil {
			return err
		}
		return tx.arrange(sent.ConversationID)
	})
}

// settled takes a value that was sent from what waits, unless another waits.
func settled[T comparable](waiting **T, sent *T) {
	if sent != nil && *waiting != nil && **waiting == *sent {
		*waiting = nil
	}
}

// sameDraft reports whether two drafts say the same, whenever it was.
func sameDraft(a, b *protocol.Draft) bool {
	return a.Text == b.Text && a.RefSeq == b.RefSeq && slices.Equal(a.Mentions, b.Mentions)
}
