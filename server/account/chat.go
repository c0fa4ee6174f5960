package account

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"mychat/protocol"
	"mychat/server/journal"
	"mychat/server/store"
)

// UpdateChat changes what the caller keeps of a conversation for themselves
// and tells their devices. Repeating it is a success and tells nobody.
// ErrNotMember if the caller never was a member.
func (s *Service) UpdateChat(ctx context.Context, c Caller, u protocol.UpdateChat) (protocol.ChatUpdated, error) {
	me, err := c.user()
	if err != nil {
		return protocol.ChatUpdated{}, err
	}
	if err := checkChat(u); err != nil {
		return protocol.ChatUpdated{}, err
	}
	conv, ok := store.ParseID(u.ConversationID)
	if !ok {
		return protocol.ChatUpdated{}, protocol.ErrNotMember
	}
	var updated protocol.ChatUpdated
	err = s.st.Write(ctx, func(tx *store.Tx) error {
		view, err := viewOf(tx, conv, me)
		if err != nil {
			return err
		}
		was, err := tx.Chat(me, conv)
		if errors.Is(err, store.ErrNoRow) {
			was, err = store.Chat{UserID: me, ConversationID: conv}, nil
		}
		if err != nil {
			return err
		}
		updated, err = s.updateChat(tx, was, view.LastSeq, u)
		return err
	})
	if err != nil {
		return protocol.ChatUpdated{}, fmt.Errorf("update settings of conversation %s: %w", u.ConversationID, err)
	}
	return updated, nil
}

// viewOf locks a user and returns what they see of a conversation.
// ErrNotMember if they never were a member.
func viewOf(tx *store.Tx, conv, user store.ID) (store.View, error) {
	if _, err := tx.LockUsers(user); err != nil {
		return store.View{}, err
	}
	view, err := tx.View(conv, user)
	if errors.Is(err, store.ErrNoRow) {
		err = protocol.ErrNotMember
	}
	return view, err
}

// checkChat returns an Error for what could never be kept, whoever asks.
func checkChat(u protocol.UpdateChat) error {
	if err := u.Check(); err != nil {
		return err
	}
	if u.Draft == nil {
		return nil
	}
	for _, id := range u.Draft.Mentions {
		if _, ok := store.ParseID(id); !ok {
			return protocol.Invalid("mentions", "names somebody who is no user")
		}
	}
	return nil
}

// updateChat writes what u makes of was, whose user is locked.
func (s *Service) updateChat(tx *store.Tx, was store.Chat, lastSeq int64, u protocol.UpdateChat) (protocol.ChatUpdated, error) {
	chat, err := s.changed(tx, was, lastSeq, u)
	if err != nil {
		return protocol.ChatUpdated{}, err
	}
	wire, err := chat.Wire()
	if err != nil || chat == was {
		return protocol.ChatUpdated{Useq: was.Useq, Chat: wire}, err
	}
	if chat.ClearedSeq > was.ClearedSeq {
		if _, err := tx.LockConversations([]store.ID{chat.ConversationID}); err != nil {
			return protocol.ChatUpdated{}, err
		}
		if err := tx.ClearFor(chat.ConversationID, chat.UserID, chat.ClearedSeq); err != nil {
			return protocol.ChatUpdated{}, err
		}
	}
	note := journal.Note{UserID: chat.UserID, Kind: protocol.JournalChat, Body: wire}
	if chat.Useq, err = s.journal.Replace(tx, was.Useq, note); err != nil {
		return protocol.ChatUpdated{}, err
	}
	return protocol.ChatUpdated{Useq: chat.Useq, Chat: wire}, tx.SetChat(chat)
}

// changed returns chat as u wants it.
func (s *Service) changed(tx *store.Tx, chat store.Chat, lastSeq int64, u protocol.UpdateChat) (store.Chat, error) {
	now := s.opt.Now().UnixMilli()
	switch {
	case u.Pinned == nil:
	case !*u.Pinned:
		chat.PinnedMS = 0
	case chat.PinnedMS == 0:
		last, err := tx.LastPinned(chat.UserID)
		if err != nil {
			return chat, err
		}
		chat.PinnedMS = max(now, last+1)
	}
	if u.Muted != nil {
		chat.Muted = *u.Muted
	}
	if u.Archived != nil {
		chat.Archived = *u.Archived
	}
	if u.HiddenSeq != nil {
		chat.HiddenSeq = min(*u.HiddenSeq, lastSeq)
	}
	if u.UnreadSeq != nil {
		chat.UnreadSeq = min(*u.UnreadSeq, lastSeq)
	}
	if u.ClearedSeq != nil {
		chat.ClearedSeq = max(chat.ClearedSeq, min(*u.ClearedSeq, lastSeq))
	}
	if u.Folders != nil {
		chat = chat.PutIn(*u.Folders)
	}
	if u.Draft == nil {
		return chat, nil
	}
	return withDraft(chat, *u.Draft, now)
}

// withDraft returns chat with a draft, or without one if it is empty. The same
// words again keep the time of the first.
func withDraft(chat store.Chat, d protocol.Draft, nowMS int64) (store.Chat, error) {
	if d.Empty() {
		chat.Draft = ""
		return chat, nil
	}
	wire, err := chat.Wire()
	if err != nil {
		return chat, err
	}
	if old := wire.Draft; old != nil && old.Text == d.Text && old.RefSeq == d.RefSeq && slices.Equal(old.Mentions, d.Mentions) {
		return chat, nil
	}
	d.EditedMS = nowMS
	body, err := protocol.Encode(d)
	if err != nil {
		return chat, fmt.Errorf("encode draft: %w", err)
	}
	chat.Draft = string(body)
	return chat, nil
}
