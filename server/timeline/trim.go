package timeline

import (
	"context"
	"fmt"
	"time"

	"mychat/protocol"
	"mychat/server/bus"
	"mychat/server/store"
)

const (
	// trimLease is the name of the lease of the node that removes entries.
	trimLease = "trim"

	// leaseFor is how long it holds after each batch: a node that stops leaves
	// the work to another one then.
	leaseFor = time.Minute

	// trimRows is how many entries one transaction removes, so that no writer
	// waits long for it.
	trimRows = 1000

	// trimConversations is how many conversations are looked at in one query.
	trimConversations = 200

	// RepeatsFor is for how long after its commit an entry that was removed is
	// still known, so that its sender, who may not have heard of it, can repeat it
	// and appends nothing.
	RepeatsFor = 30 * 24 * time.Hour
)

// Trim raises the floor of every conversation above the entries that are older
// than Options.Keep allows, and deletes what is below a floor, whoever raised
// it. It works in small transactions, on one node at a time, and reports how
// many entries it deleted. Readers never see anything below a floor, so nothing
// depends on when this runs.
func (t *Timeline) Trim(ctx context.Context) (int64, error) {
	for kind, keep := range t.opt.Keep {
		if keep <= 0 {
			continue
		}
		if err := t.raiseFloors(ctx, kind, t.opt.Now().Add(-keep).UnixMilli()); err != nil {
			return 0, fmt.Errorf("raise floors: %w", err)
		}
	}
	n, err := t.deleteBelow(ctx)
	if err != nil {
		return n, fmt.Errorf("delete entries: %w", err)
	}
	return n, nil
}

// errNotOurs says that another node has the lease.
var errNotOurs = fmt.Errorf("another node trims")

// trimming runs do in a transaction of the node that has the lease.
func (t *Timeline) trimming(ctx context.Context, do func(tx *store.Tx) error) error {
	return t.st.Write(ctx, func(tx *store.Tx) error {
		now := t.opt.Now()
		ours, err := tx.TakeLease(trimLease, t.node, now.UnixMilli(), now.Add(leaseFor).UnixMilli())
		if err != nil {
			return err
		}
		if !ours {
			return errNotOurs
		}
		return do(tx)
	})
}

// raiseFloors raises the floor of each conversation of a kind to its first
// entry that is not older than beforeMS.
func (t *Timeline) raiseFloors(ctx context.Context, kind string, beforeMS int64) error {
	after := store.ID(0)
	for {
		ids, err := t.st.Reader(ctx).Aged(kind, beforeMS, after, trimConversations)
		if err != nil || len(ids) == 0 {
			return err
		}
		for _, id := range ids {
			if err := t.raiseFloor(ctx, id, beforeMS); err != nil {
				return ignoreNotOurs(err)
			}
		}
		after = ids[len(ids)-1]
	}
}

// raiseFloor raises the floor of one conversation, a part at a time.
func (t *Timeline) raiseFloor(ctx context.Context, id store.ID, beforeMS int64) error {
	for more := true; more; {
		err := t.trimming(ctx, func(tx *store.Tx) error {
			more = false
			locked, err := tx.LockConversations([]store.ID{id})
			if err != nil || len(locked) == 0 {
				return err
			}
			c := locked[0]
			floor, err := tx.AgedUpTo(id, c.FloorSeq, beforeMS, trimRows)
			if err != nil || floor <= c.FloorSeq {
				return err
			}
			more = true
			now := t.opt.Now().UnixMilli()
			err = tx.AdvanceConversations([]store.Advance{
				{ID: id, LastSeq: c.LastSeq, LastMS: c.LastMS, FloorSeq: floor, ChangedMS: now},
			})
			tx.OnCommit(func() { t.publishFloor(id, floor) })
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// deleteBelow deletes the entries below the floors.
func (t *Timeline) deleteBelow(ctx context.Context) (int64, error) {
	var total int64
	now := t.opt.Now()
	young := now.Add(-RepeatsFor).UnixMilli()
	after := store.ID(0)
	for {
		ids, err := t.st.Reader(ctx).Sunken(after, trimConversations)
		if err != nil {
			return total, err
		}
		for _, id := range ids {
			for n := int64(trimRows); n == trimRows; {
				err := t.trimming(ctx, func(tx *store.Tx) error {
					n, err = tx.DeleteSunken(id, trimRows, young)
					return err
				})
				if err != nil {
					return total, ignoreNotOurs(err)
				}
				total += n
			}
		}
		if len(ids) < trimConversations {
			break
		}
		after = ids[len(ids)-1]
	}
	for n := int64(trimRows); n == trimRows; {
		err := t.trimming(ctx, func(tx *store.Tx) error {
			var err error
			n, err = tx.ForgetGone(young, trimRows)
			return err
		})
		if err != nil {
			return total, ignoreNotOurs(err)
		}
	}
	return total, nil
}

// ignoreNotOurs returns nil where another node does the work.
func ignoreNotOurs(err error) error {
	if err == errNotOurs { //nolint:errorlint // Nobody wraps it.
		return nil
	}
	return err
}

// publishFloor tells the members' devices that entries are gone.
func (t *Timeline) publishFloor(id store.ID, floor int64) {
	f := protocol.Floor{ConversationID: id.String(), FloorSeq: floor}
	frame, err := bus.Frame(protocol.OpFloor, f)
	if err != nil {
		t.opt.Log.Error("floor not published", "conversation", f.ConversationID, "error", err)
		return
	}
	t.bus.Publish(bus.Event{Kind: bus.KindPositions, ConversationID: f.ConversationID, Frame: frame})
}
