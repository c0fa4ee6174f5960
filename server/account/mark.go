package account

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"mychat/protocol"
	"mychat/server/journal"
	"mychat/server/store"
)

// UpdateMarks marks messages for the caller alone and tells their devices.
// Messages that are not there for them are passed over. Repeating it is a
// success and tells nobody. ErrNotMember if the caller never was a member.
func (s *Service) UpdateMarks(ctx context.Context, c Caller, u protocol.UpdateMarks) (protocol.MarksUpdated, error) {
	me, err := c.user()
	if err != nil {
		return protocol.MarksUpdated{}, err
	}
	if err := u.Check(); err != nil {
		return protocol.MarksUpdated{}, err
	}
	conv, ok := store.ParseID(u.ConversationID)
	if !ok {
		return protocol.MarksUpdated{}, protocol.ErrNotMember
	}
	var updated protocol.MarksUpdated
	err = s.st.Write(ctx, func(tx *store.Tx) error {
		view, err := viewOf(tx, conv, me)
		if err != nil {
			return err
		}
		now, changed, err := s.marked(tx, me, conv, view, u)
		if err != nil {
			return err
		}
		if len(changed) > 0 {
			if err := tx.SetMarks(me, changed); err != nil {
				return err
			}
			notes := []journal.Note{{UserID: me, Kind: protocol.JournalMarks, Body: wireMarks(conv, changed)}}
			if u.Deleted { // It may have been the last one, or unread.
				head, err := tx.Head(me, conv)
				if err != nil {
					return err
				}
				notes = append(notes, journal.Note{UserID: me, Kind: protocol.JournalConversation, Body: head})
			}
			if err := s.journal.Append(tx, notes...); err != nil {
				return err
			}
		}
		// The user is locked, so nothing of theirs was marked since up to here.
		span, err := tx.JournalSpan(me)
		updated = protocol.MarksUpdated{Useq: span.Useq, Marks: wireMarks(conv, now)}
		return err
	})
	if err != nil {
		return protocol.MarksUpdated{}, fmt.Errorf("mark messages of conversation %s: %w", u.ConversationID, err)
	}
	return updated, nil
}

// marked returns the marks of the messages of u that there are for the user,
// ascending, as u wants them, and those of them that differ from before.
func (s *Service) marked(tx *store.Tx, me, conv store.ID, view store.View, u protocol.UpdateMarks) (now, changed []store.Mark, err error) {
	list, err := tx.Markable(conv, view, slices.Compact(slices.Sorted(slices.Values(u.Seqs))))
	if err != nil {
		return nil, nil, err
	}
	were, err := tx.Marks(me, conv, u.Seqs)
	if err != nil {
		return nil, nil, err
	}
	nowMS := s.opt.Now().UnixMilli()
	for _, t := range list {
		m := were[t.Seq]
		m.EntryKey = store.EntryKey{ConversationID: conv, Seq: t.Seq}
		switch {
		case m.DeletedMS > 0: // For good.
		case u.Deleted:
			m.StarredMS, m.DeletedMS = 0, nowMS
		case t.Recalled:
			continue
		case !*u.Starred:
			m.StarredMS = 0
		case m.StarredMS == 0:
			m.StarredMS = nowMS
		}
		now = append(now, m)
		if was := were[t.Seq]; m.StarredMS != was.StarredMS || m.DeletedMS != was.DeletedMS {
			changed = append(changed, m)
		}
	}
	return now, changed, nil
}

// wireMarks are marks of one conversation as their owner sees them.
func wireMarks(conv store.ID, list []store.Mark) protocol.Marks {
	w := protocol.Marks{ConversationID: conv.String(), Marks: make([]protocol.Mark, len(list))}
	for i, m := range list {
		w.Marks[i] = m.Wire()
	}
	return w
}

// Marks returns a page of all that the caller marked. An empty cursor asks for
// the first; limit is at most protocol.MaxMarksPage, which 0 means.
func (s *Service) Marks(ctx context.Context, c Caller, cursor string, limit int) (protocol.MarksPage, error) {
	page := protocol.MarksPage{Marks: []protocol.Marks{}}
	me, err := c.user()
	if err != nil {
		return page, err
	}
	after, err := parseMarkCursor(cursor)
	if err != nil {
		return page, err
	}
	if limit <= 0 || limit > protocol.MaxMarksPage {
		limit = protocol.MaxMarksPage
	}
	err = s.st.Snapshot(ctx, func(tx *store.Tx) error {
		span, err := tx.JournalSpan(me)
		if err != nil {
			return err
		}
		page.JournalPos = span.Useq
		list, err := tx.MarksAfter(me, after, limit)
		if err != nil {
			return err
		}
		if len(list) == limit {
			last := list[limit-1].EntryKey
			page.Cursor = last.ConversationID.String() + "." + strconv.FormatInt(last.Seq, 10)
		}
		for len(list) > 0 {
			conv := list[0].ConversationID
			n := slices.IndexFunc(list, func(m store.Mark) bool { return m.ConversationID != conv })
			if n < 0 {
				n = len(list)
			}
			page.Marks = append(page.Marks, wireMarks(conv, list[:n]))
			list = list[n:]
		}
		return nil
	})
	if err != nil {
		return protocol.MarksPage{Marks: []protocol.Marks{}}, fmt.Errorf("read marks: %w", err)
	}
	return page, nil
}

// parseMarkCursor reads what Marks made.
func parseMarkCursor(cursor string) (store.EntryKey, error) {
	if cursor == "" {
		return store.EntryKey{}, nil
	}
	id, seq, _ := strings.Cut(cursor, ".")
	conv, ok := store.ParseID(id)
	n, err := strconv.ParseInt(seq, 10, 64)
	if !ok || err != nil {
		return store.EntryKey{}, protocol.Invalid("cursor", "is not one that a page of marks gave")
	}
	return store.EntryKey{ConversationID: conv, Seq: n}, nil
}
