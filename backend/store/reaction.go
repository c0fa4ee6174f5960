package store

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"

	"mychat/protocol"
)

// mark is the last that is known of one emoji by one user: that it is there, or
// that it is not. The seq of a mark decides which of two is later, so that
// entries may come in any order, with holes between them.
type mark struct {
	Emoji string `json:"e"`
	User  string `json:"u"`
	Seq   int64  `json:"s"`
	Off   bool   `json:"o,omitempty"`
}

// marks holds at most one mark for each emoji and user.
type marks []mark

// marksOf returns what the server's list says.
func marksOf(list []protocol.Reactions) marks {
	var m marks
	for _, p := range protocol.Puts(list) {
		m = append(m, mark{Emoji: p.Emoji, User: p.User, Seq: p.Seq})
	}
	return m
}

// with returns m with one that is not older than what m knows, and whether that
// changed m.
func (m marks) with(n mark) (marks, bool) {
	i := slices.IndexFunc(m, func(o mark) bool { return o.Emoji == n.Emoji && o.User == n.User })
	if i < 0 {
		return append(m, n), true
	}
	if m[i].Seq > n.Seq || m[i] == n {
		return m, false
	}
	return append(slices.Delete(slices.Clone(m), i, i+1), n), true
}

// shown returns who put which emoji, as protocol.ReactionsOf orders them.
func (m marks) shown() []protocol.Reactions {
	var puts []protocol.Put
	for _, o := range m {
		if !o.Off {
			puts = append(puts, protocol.Put{Emoji: o.Emoji, User: o.User, Seq: o.Seq})
		}
	}
	out := protocol.ReactionsOf(puts)
	for i := range out {
		out[i].Seqs = nil // The order says it all.
	}
	return out
}

// reactions returns who put which emoji to a message; never nil.
func (r messageRow) reactions() []protocol.Reactions {
	if r.RecalledMS > 0 {
		return []protocol.Reactions{}
	}
	return marks(unpack[mark](r.Reactions)).shown()
}

// react puts to r what an entry says, or takes it away. One that waits to be
// sent is later than all that the server has.
func (r *messageRow) react(a messageRow) bool {
	var e protocol.Reaction
	if json.Unmarshal(a.Body, &e) != nil || e.Emoji == "" {
		return false // Blanked: the message is recalled further on.
	}
	n := mark{Emoji: e.Emoji, User: a.Sender, Seq: a.Seq, Off: e.Off}
	if a.Seq == 0 {
		n.Seq = math.MaxInt64
	}
	m, changed := marks(unpack[mark](r.Reactions)).with(n)
	if changed {
		r.Reactions = pack(m)
	}
	return changed
}

// mergeReactions leaves in r, which the server says, the list of the later state
// of what it has and of what is known here. What came after that is settled.
func (r *messageRow) mergeReactions(here messageRow) {
	if r.RecalledMS > 0 {
		r.Reactions = ""
		return
	}
	if r.ReactedSeq <= here.ReactedSeq {
		r.Reactions, r.ReactedSeq = here.Reactions, here.ReactedSeq
	}
}

// saveReactions writes the reactions of a message that is here.
func (tx *tx) saveReactions(c *conversationRow, here, now messageRow) error {
	if here.Reactions == now.Reactions && here.ReactedSeq == now.ReactedSeq || here.RecalledMS > 0 {
		return nil
	}
	if here.Reactions != now.Reactions {
		tx.change.messages(c.ID, here.messageID())
	}
	return tx.db.Model(&messageRow{}).Where("id = ?", here.ID).
		Updates(map[string]any{"reactions": now.Reactions, "reacted_seq": now.ReactedSeq}).Error
}

// settleReactions applies reactions that are here: those to messages between
// two seqs, which just came, and those that themselves have one of some seqs.
func (tx *tx) settleReactions(c *conversationRow, from, to int64, seqs []int64) error {
	const late = `SELECT a.* FROM message a JOIN message t ON t.conv = a.conv AND t.seq = a.ref_seq AND t.seq > 0
		WHERE a.conv = ? AND a.seq > t.reacted_seq AND a.kind = ? AND a.ref_seq > 0 AND `
	var acts []messageRow
	if err := tx.db.Raw(late+"a.ref_seq BETWEEN ? AND ?", c.Key, protocol.KindReaction, from, to).Scan(&acts).Error; err != nil {
		return err
	}
	for part := range slices.Chunk(seqs, maxBound) {
		var some []messageRow
		if err := tx.db.Raw(late+"a.seq > 0 AND a.seq IN ?", c.Key, protocol.KindReaction, part).Scan(&some).Error; err != nil {
			return err
		}
		acts = append(acts, some...)
	}
	slices.SortFunc(acts, func(a, b messageRow) int { return cmp.Or(cmp.Compare(a.RefSeq, b.RefSeq), cmp.Compare(a.Seq, b.Seq)) })
	for len(acts) > 0 {
		n := 1
		for n < len(acts) && acts[n].RefSeq == acts[0].RefSeq {
			n++
		}
		var target messageRow
		if err := tx.db.Where("conv = ? AND seq > 0 AND seq = ?", c.Key, acts[0].RefSeq).Take(&target).Error; err != nil {
			return err
		}
		now := target.after(acts[:n])
		// What waits to be confirmed shows already: the row may look as before.
		tx.change.messages(c.ID, target.messageID())
		if err := tx.saveReactions(c, target, now); err != nil {
			return err
		}
		acts = acts[n:]
	}
	return nil
}

// React puts an emoji of the user's to a message that the server has, or takes
// it away. What already is so stays as it is.
func (s *Store) React(ctx context.Context, conversationID, id, emoji string, on bool) error {
	if err := protocol.CheckEmoji(emoji); err != nil {
		return err
	}
	body, err := protocol.Encode(protocol.Reaction{Emoji: emoji, Off: !on})
	if err != nil {
		return fmt.Errorf("encode reaction: %w", err)
	}
	err = s.write(ctx, func(tx *tx) error {
		c, m, err := tx.shownMessage(conversationID, id)
		if err != nil {
			return err
		}
		if !protocol.Countable(m.Kind) || m.Seq == 0 {
			return protocol.Errorf(protocol.CodeForbidden, "only a message that was sent can be reacted to")
		}
		own, here := 0, false
		now := m.reactions()
		for _, r := range now {
			mine := slices.Contains(r.Users, s.self)
			switch {
			case r.Emoji == emoji && mine == on:
				return nil
			case r.Emoji == emoji:
				here = true
			case mine:
				own++
			}
		}
		switch {
		case !on && !here:
			return nil
		case on && (own >= protocol.MaxOwnReactions || !here && len(now) >= protocol.MaxReactions):
			return protocol.Errorf(protocol.CodeTooMany, "a message takes %d emoji by one person, and %d in all",
				protocol.MaxOwnReactions, protocol.MaxReactions)
		}
		_, err = tx.queue(&c, protocol.Send{ConversationID: c.ID, Kind: protocol.KindReaction, RefSeq: m.Seq, Body: body})
		return err
	})
	if err != nil {
		return fmt.Errorf("react to message: %w", err)
	}
	return nil
}

// shownMessage returns a message by anybody as it is shown, with what the user
// did to it and waits, or ErrNotFound; CodeNotFound for a recalled one.
func (tx *tx) shownMessage(conversationID, id string) (conversationRow, messageRow, error) {
	c, err := findConversation(tx.db, conversationID)
	if err != nil {
		return c, messageRow{}, err
	}
	var rows []messageRow
	if i := strings.LastIndexByte(id, '/'); i >= 0 { // A client id has no slash; a user id may.
		err = tx.db.Where("conv = ? AND client_id = ? AND sender = ?", c.Key, id[i+1:], id[:i]).Find(&rows).Error
	}
	if err == nil && len(rows) == 0 {
		err = fmt.Errorf("message %q: %w", id, ErrNotFound)
	}
	if err != nil {
		return c, messageRow{}, err
	}
	acts, err := pendingActs(tx.db, c)
	if err != nil {
		return c, messageRow{}, err
	}
	m := rows[0].after(acts)
	if m.Kind == protocol.KindDeleted {
		return c, m, fmt.Errorf("message %q: %w", id, ErrNotFound)
	}
	if m.RecalledMS > 0 {
		return c, m, protocol.Errorf(protocol.CodeNotFound, "the message was recalled")
	}
	return c, m, nil
}
