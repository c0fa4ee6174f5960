package store

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"gorm.io/gorm"
	"mychat/protocol"
)

// pin is the last that is known of whether one message is pinned, said at a
// seq. Entries may come in any order, with holes between them.
type pin struct {
	Seq int64 `json:"m"`
	At  int64 `json:"s"`
	Off bool  `json:"o,omitempty"`
}

// pins holds at most one pin for each message.
type pins []pin

// with returns p once an entry said at a seq that a message is pinned, or is
// not.
func (p pins) with(n pin) pins {
	i := slices.IndexFunc(p, func(o pin) bool { return o.Seq == n.Seq })
	switch {
	case i < 0:
		return append(p, n)
	case p[i].At <= n.At:
		p[i] = n
	}
	return p
}

// shown returns the seqs of the pinned messages, ascending; never nil.
func (p pins) shown() []int64 {
	out := []int64{}
	for _, o := range p {
		if !o.Off {
			out = append(out, o.Seq)
		}
	}
	slices.Sort(out)
	return out
}

// pinning are the kinds that change what is pinned.
func pinning() []string {
	return []string{protocol.KindPin, protocol.KindUnpin, protocol.KindRecall}
}

// notePin applies an entry that may change what is pinned in c, with its seq, or
// with 0 while it waits to be sent. c is not written.
func (c *conversationRow) notePin(kind string, refSeq, at int64) {
	if at == 0 {
		at = math.MaxInt64
	}
	if !slices.Contains(pinning(), kind) || at <= c.PinsSeq {
		return
	}
	c.Pins = pack(pins(unpack[pin](c.Pins)).with(pin{Seq: refSeq, At: at, Off: kind != protocol.KindPin}))
}

// notePins takes the list of a head, as of a seq, and keeps of what is known
// here what is later. c is not written.
func (c *conversationRow) notePins(seqs []int64, asOf int64) {
	if asOf < c.PinsSeq {
		return
	}
	var now pins
	for _, seq := range seqs {
		now = append(now, pin{Seq: seq, At: asOf})
	}
	for _, p := range unpack[pin](c.Pins) {
		if p.At > asOf {
			now = now.with(p)
		}
	}
	c.Pins, c.PinsSeq = pack(now), asOf
}

// pendingPins returns what the user did to what is pinned anywhere and the
// server has not confirmed, by key of the conversation, in order.
func pendingPins(db *gorm.DB) (map[int64][]messageRow, error) {
	var rows []messageRow
	// The order is that of the index of what is unsent: by id alone SQLite would
	// read all messages.
	err := db.Select("conv", "kind", "ref_seq").Where("seq = 0 AND kind IN ?", pinning()).Order("conv, id").Find(&rows).Error
	out := make(map[int64][]messageRow)
	for _, r := range rows {
		out[r.Conv] = append(out[r.Conv], r)
	}
	return out, err
}

// pinned returns the seqs of the pinned messages of c as they are shown,
// ascending, once acts have happened.
func (c conversationRow) pinned(acts []messageRow) []int64 {
	for _, a := range acts {
		c.notePin(a.Kind, a.RefSeq, 0)
	}
	low := c.low()
	return slices.DeleteFunc(pins(unpack[pin](c.Pins)).shown(), func(seq int64) bool { return seq < low })
}

// Pin puts a message that the server has above its conversation, for all
// members, or takes it off. What already is so stays as it is.
func (s *Store) Pin(ctx context.Context, conversationID, id string, on bool) error {
	err := s.write(ctx, func(tx *tx) error {
		c, m, err := tx.shownMessage(conversationID, id)
		if err != nil {
			return err
		}
		acts, err := pendingActs(tx.db, c)
		if err != nil {
			return err
		}
		now := c.pinned(acts)
		switch {
		case !protocol.Countable(m.Kind) || m.Seq == 0:
			return protocol.Errorf(protocol.CodeForbidden, "only a message that was sent can be pinned")
		case slices.Contains(now, m.Seq) == on:
			return nil
		case on && len(now) >= protocol.MaxPins:
			return protocol.Errorf(protocol.CodeTooMany, "a conversation takes %d pinned messages", protocol.MaxPins)
		}
		send := protocol.Send{ConversationID: c.ID, Kind: protocol.KindUnpin, RefSeq: m.Seq, Body: protocol.RawJSON(`{}`)}
		if on {
			send.Kind = protocol.KindPin
		}
		_, err = tx.queue(&c, send)
		return err
	})
	if err != nil {
		return fmt.Errorf("pin message: %w", err)
	}
	return nil
}

// Pinned returns those of the pinned messages of a conversation that are here,
// oldest first.
func (s *Store) Pinned(ctx context.Context, conversationID string) ([]Message, error) {
	out := []Message{}
	err := s.snapshot(ctx, func(db *gorm.DB) error {
		c, err := findConversation(db, conversationID)
		if err != nil {
			return err
		}
		acts, err := pendingActs(db, c)
		if err != nil {
			return err
		}
		var rows []messageRow // protocol.MaxPins fit one statement.
		err = db.Where("conv = ? AND seq > 0 AND seq IN ?", c.Key, c.pinned(acts)).Find(&rows).Error
		if err != nil {
			return err
		}
		slices.SortFunc(rows, func(a, b messageRow) int { return cmp.Compare(a.Seq, b.Seq) })
		// What the user deleted for themselves is pinned for the others.
		rows = slices.DeleteFunc(rows, func(r messageRow) bool { return r.Kind == protocol.KindDeleted })
		out, err = views(db, c, rows)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read pinned messages: %w", err)
	}
	return out, nil
}
