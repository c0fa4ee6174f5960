package timeline

import (
	"context"
	"fmt"

	"mychat/protocol"
	"mychat/server/bus"
	"mychat/server/store"
)

// moving is where a member's positions are to go: the furthest that anybody
// asked for since the last transaction.
type moving struct {
	read, delivered int64
	waiting         []chan error // Each takes one without a reader.
	err             error        // What the transaction in hand decided; the writer's own.
}

// maxMoving bounds the members whose positions wait.
const maxMoving = 100_000

// Read moves a member's read position to seq, never back and never beyond the
// last entry, and the delivered position with it. It returns once committed.
func (t *Timeline) Read(ctx context.Context, userID, conversationID string, seq int64) error {
	user, okUser := store.ParseID(userID)
	conv, okConv := store.ParseID(conversationID)
	if !okUser || !okConv {
		return protocol.ErrNotMember
	}
	done := make(chan error, 1)
	if err := t.move(store.Member{ConversationID: conv, UserID: user}, seq, seq, done); err != nil {
		return err
	}
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return fmt.Errorf("move read position in %s: %w", conversationID, ctx.Err())
	}
}

// Delivered moves a member's delivered positions, never back and never beyond
// the last entry. It does not wait for the commit; what names no conversation
// of the user is dropped. ErrUnavailable means too much waits: the device acks
// again with its next entry.
func (t *Timeline) Delivered(userID string, positions []protocol.Read) error {
	user, ok := store.ParseID(userID)
	if !ok {
		return nil
	}
	for _, p := range positions {
		conv, ok := store.ParseID(p.ConversationID)
		if !ok || p.Seq <= 0 {
			continue
		}
		if err := t.move(store.Member{ConversationID: conv, UserID: user}, 0, p.Seq, nil); err != nil {
			return err
		}
	}
	return nil
}

// move notes where m's positions are to go and wakes the writer.
func (t *Timeline) move(m store.Member, read, delivered int64, done chan error) error {
	t.mu.Lock()
	p := t.positions[m]
	if p == nil {
		if len(t.positions) >= maxMoving {
			t.mu.Unlock()
			return protocol.ErrUnavailable
		}
		p = &moving{}
		t.positions[m] = p
	}
	p.read, p.delivered = max(p.read, read), max(p.delivered, delivered)
	if done != nil {
		p.waiting = append(p.waiting, done)
	}
	t.mu.Unlock()
	select {
	case t.moved <- struct{}{}:
	default:
	}
	return nil
}

// maxMovingBatch bounds the members whose positions one transaction moves.
const maxMovingBatch = 512

// takeMoves removes some of the positions that wait, and keeps the writer
// awake if others stay.
func (t *Timeline) takeMoves() map[store.Member]*moving {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.positions) <= maxMovingBatch {
		taken := t.positions
		t.positions = make(map[store.Member]*moving)
		return taken
	}
	taken := make(map[store.Member]*moving, maxMovingBatch)
	for m, p := range t.positions {
		if len(taken) == maxMovingBatch {
			break
		}
		taken[m] = p
		delete(t.positions, m)
	}
	select {
	case t.moved <- struct{}{}:
	default:
	}
	return taken
}

func (t *Timeline) publishPositions(list []store.Standing) {
	for _, s := range list {
		p := protocol.Position{
			ConversationID: s.ConversationID.String(), UserID: s.UserID.String(),
			ReadSeq: s.ReadSeq, DeliveredSeq: s.DeliveredSeq,
		}
		frame, err := bus.Frame(protocol.OpPositions, p)
		if err != nil {
			t.opt.Log.Error("position not published", "conversation", p.ConversationID, "error", err)
			continue
		}
		t.bus.Publish(bus.Event{
			Kind: bus.KindPositions, ConversationID: p.ConversationID, UserID: p.UserID, Frame: frame,
		})
	}
}
