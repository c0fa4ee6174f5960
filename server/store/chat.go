package store

import (
	"encoding/json"
	"fmt"

	"mychat/protocol"
)

// Chat is what a user keeps of a conversation for themselves.
type Chat struct {
	UserID         ID
	ConversationID ID
	Useq           int64 // The journal row that says the same.
	PinnedMS       int64 `gorm:"column:pinned_ms"`
	Muted          bool
	Archived       bool
	HiddenSeq      int64
	UnreadSeq      int64
	ClearedSeq     int64
	Folders        string // A JSON array of ids; "" means none.
	Draft          string // A protocol.Draft as JSON; "" means none.
}

// PutIn returns c in these folders and no others.
func (c Chat) PutIn(folders []string) Chat {
	c.Folders = listOf(folders)
	return c
}

// Plain reports whether c says nothing that differs from never having been set.
func (c Chat) Plain() bool {
	return c == Chat{UserID: c.UserID, ConversationID: c.ConversationID, Useq: c.Useq}
}

// Wire returns c as its owner sees it.
func (c Chat) Wire() (protocol.ChatSettings, error) {
	w := protocol.ChatSettings{
		ConversationID: c.ConversationID.String(), PinnedMS: c.PinnedMS, Muted: c.Muted,
		Archived: c.Archived, HiddenSeq: c.HiddenSeq, UnreadSeq: c.UnreadSeq, ClearedSeq: c.ClearedSeq,
	}
	if err := parseList(c.Folders, &w.Folders); err != nil {
		return w, fmt.Errorf("decode folders: %w", err)
	}
	if c.Draft != "" {
		if err := json.Unmarshal([]byte(c.Draft), &w.Draft); err != nil {
			return w, fmt.Errorf("decode draft: %w", err)
		}
	}
	return w, nil
}

const chatColumns = `SELECT user_id, conv_id AS conversation_id, useq, pinned_ms, muted, archived, hidden_seq, unread_seq, cleared_seq, folders, draft
	FROM chat `

// Chat returns what a user keeps of a conversation, or ErrNoRow.
func (tx *Tx) Chat(userID, conv ID) (Chat, error) {
	return one[Chat](tx, chatColumns+`WHERE user_id = ? AND conv_id = ?`, userID, conv)
}

// Chats returns what a user keeps of all conversations, in order of their ids.
func (tx *Tx) Chats(userID ID) ([]Chat, error) {
	return many[Chat](tx, chatColumns+`WHERE user_id = ? ORDER BY conv_id`, userID)
}

// LastPinned returns when a user last pinned a conversation that still is
// pinned; 0 means none.
func (tx *Tx) LastPinned(userID ID) (int64, error) {
	return one[int64](tx, `SELECT coalesce(max(pinned_ms), 0) FROM chat WHERE user_id = ?`, userID)
}

// SetChat writes what a locked user keeps of a conversation.
func (tx *Tx) SetChat(c Chat) error {
	_, err := tx.exec(`INSERT INTO chat (user_id, conv_id, useq, pinned_ms, muted, archived, hidden_seq, unread_seq, cleared_seq, folders, draft)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (user_id, conv_id) DO UPDATE SET useq = excluded.useq, pinned_ms = excluded.pinned_ms,
			muted = excluded.muted, archived = excluded.archived, hidden_seq = excluded.hidden_seq,
			unread_seq = excluded.unread_seq, cleared_seq = excluded.cleared_seq, folders = excluded.folders, draft = excluded.draft`,
		c.UserID, c.ConversationID, c.Useq, c.PinnedMS, c.Muted, c.Archived, c.HiddenSeq, c.UnreadSeq, c.ClearedSeq, c.Folders, c.Draft)
	return err
}

// VoidJournal empties a row of a user's journal that a later one replaces. Its
// number stays, so that the journal has no hole.
func (tx *Tx) VoidJournal(userID ID, useq int64) error {
	_, err := tx.exec(`UPDATE journal SET kind = ?, body = '{}' WHERE user_id = ? AND useq = ?`,
		protocol.JournalVoid, userID, useq)
	return err
}
