package timeline

import (
	"slices"

	"mychat/protocol"
	"mychat/server/store"
)

// pin puts a message above its conversation, or takes it off. What already is
// so stays as it is.
func (w *write) pin(a *appending, t *store.Target) error {
	c := w.convs[a.conv]
	c.sinkPins()
	switch {
	case !protocol.Countable(t.Kind):
		return protocol.Errorf(protocol.CodeNotFound, "ref_seq names no message")
	case a.send.Kind == protocol.KindUnpin:
		c.unpin(t.Seq)
		return nil
	case t.RecalledMS > 0:
		return protocol.Errorf(protocol.CodeNotFound, "the message was recalled")
	case slices.Contains(c.Pins, t.Seq):
		return nil
	case len(c.Pins) >= protocol.MaxPins:
		return protocol.Errorf(protocol.CodeTooMany, "a conversation may have %d pinned messages", protocol.MaxPins)
	}
	c.Pins, c.pinned = append(c.Pins, t.Seq), true
	return nil
}

// sinkPins takes off what is below the floor.
func (c *progress) sinkPins() {
	before := len(c.Pins)
	c.Pins = slices.DeleteFunc(c.Pins, func(seq int64) bool { return seq < c.FloorSeq })
	c.pinned = c.pinned || len(c.Pins) < before
}

// unpin takes a message off, if it is pinned.
func (c *progress) unpin(seq int64) {
	if i := slices.Index(c.Pins, seq); i >= 0 {
		c.Pins, c.pinned = slices.Delete(c.Pins, i, i+1), true
	}
}
