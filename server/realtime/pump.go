package realtime

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/gorilla/websocket"

	"mychat/protocol"
	"mychat/server/bus"
)

// pageSize is how many entries or journal rows are read at once to fill a hole.
const pageSize = protocol.MaxPage

// pump writes what is queued until there is nothing left, or no use in more.
func (c *conn) pump() {
	defer c.queue.writers.Done()
	if err := c.drain(context.Background()); err != nil {
		c.end(closeGone, "write")
	}
}

// drain writes what waits until nothing does. What waits together leaves in one
// piece.
func (c *conn) drain(ctx context.Context) error {
	for {
		items := c.queue.take()
		if len(items) == 0 {
			return nil
		}
		if err := c.writeAll(ctx, items); err != nil {
			return err
		}
	}
}

// errNoUse ends a writer whose socket is ending.
var errNoUse = errors.New("the socket ends")

// writeAll writes what was taken. Its room is given back once the system has
// it, so that what the peer does not take keeps the queue crowded.
func (c *conn) writeAll(ctx context.Context, items []item) error {
	if len(items) > 1 {
		c.out.hold()
	}
	written := 0 // Of items; what lies between it and n is held.
	for n, i := range items {
		if r := c.reason(); r != nil && r.code != protocol.CloseDraining {
			c.out.drop() // The close frame must not be held.
			return errNoUse
		}
		if err := c.do(ctx, i); err != nil {
			c.out.drop()
			return err
		}
		if !c.out.holding() {
			c.queue.done(items[written : n+1]...)
			written = n + 1
			if len(items)-written > 1 {
				c.out.hold()
			}
		}
	}
	c.writing.Store(c.hub.clock())
	defer c.writing.Store(0)
	err := c.out.flush()
	c.queue.done(items[written:]...)
	return err
}

func (c *conn) do(ctx context.Context, i item) error {
	switch {
	case i.frame != nil:
		return c.write(i.frame)
	case i.ping:
		return c.ws.WriteControl(websocket.PingMessage, nil, time.Now().Add(c.hub.opt.WriteWithin))
	}
	ctx, cancel := context.WithTimeout(ctx, requestWithin)
	defer cancel()
	var err error
	switch e := i.wake; e.Kind {
	case bus.KindJoined:
		c.join(e.ConversationID, e.Last)
	case bus.KindEntries:
		err = c.entries(ctx, e)
	case bus.KindJournal:
		err = c.journal(ctx, e)
	}
	if f := (fault{}); errors.As(err, &f) {
		// What the database could not give now, the device asks for again.
		c.log().Warn("fill a hole for a socket", "error", err)
		c.end(protocol.CloseResync, "the server could not read what was missing")
		return nil
	}
	return err
}

// join notes a conversation that the user gained; it never moves a position
// back.
func (c *conn) join(conversationID string, last int64) {
	if have, ok := c.places[conversationID]; !ok || have < last {
		c.places[conversationID] = last
	}
}

// entries brings the socket to e.Last: by the event itself if it is the next,
// else from the timeline.
func (c *conn) entries(ctx context.Context, e *bus.Event) error {
	have, member := c.places[e.ConversationID]
	switch {
	case !member || e.Last <= have:
		return nil
	case e.First == have+1 && len(e.Frame) > 0:
		c.places[e.ConversationID] = e.Last
		c.hub.figures.passed.Inc()
		return c.write(e.Frame)
	}
	for have < e.Last {
		page, err := c.hub.timeline.After(ctx, c.caller.UserID, e.ConversationID, have, pageSize)
		if errors.Is(err, protocol.ErrNotMember) {
			delete(c.places, e.ConversationID)
			return nil
		}
		if err != nil {
			return fault{err}
		}
		for _, run := range runs(page.Entries) {
			frame, err := encodeFrame(protocol.OpEntries, 0, protocol.Entries{ConversationID: e.ConversationID, Entries: run})
			if err != nil {
				return fault{err}
			}
			if err := c.write(frame); err != nil {
				return err
			}
			have = run[len(run)-1].Seq
		}
		if !page.More {
			// What lies between the last visible entry and AsOf is not for this
			// member. An event beyond AsOf names what is not stored: it is left
			// alone, so that what comes under that number is not taken for old.
			have = max(have, page.AsOf)
		}
		c.places[e.ConversationID] = have
		c.hub.figures.filled.Inc()
		if !page.More {
			return nil
		}
		if len(page.Entries) == 0 {
			return fault{fmt.Errorf("conversation %s: a page after %d with nothing in it and more to come", e.ConversationID, have)}
		}
	}
	return nil
}

// runBytes is about how large a frame that fills a hole may be, so that a peer
// with a slow network can take it in time.
const runBytes = 64 << 10

// runs cuts entries where a seq is missing, and where a frame would become
// long.
func runs(entries []protocol.Entry) [][]protocol.Entry {
	var all [][]protocol.Entry
	start, size := 0, 0
	for i := 1; i <= len(entries); i++ {
		size += len(entries[i-1].Body)
		if i == len(entries) || entries[i].Seq != entries[i-1].Seq+1 || size >= runBytes {
			all = append(all, entries[start:i])
			start, size = i, 0
		}
	}
	return all
}

// journal brings the socket to e.Last of the user's journal, and the hub's
// knowledge of the user's friends with it.
func (c *conn) journal(ctx context.Context, e *bus.Event) error {
	switch {
	case e.Last <= c.useq:
		return nil
	case e.First == c.useq+1 && len(e.Frame) > 0:
		c.useq = e.Last
		rows, err := journalRows(e.Frame)
		if err != nil {
			return fault{err}
		}
		c.hub.befriend(c.caller.UserID, rows)
		return c.write(e.Frame)
	}
	for c.useq < e.Last {
		rows, err := c.hub.journal.After(ctx, c.caller.UserID, c.useq, pageSize)
		if err != nil {
			return fault{err}
		}
		if len(rows) == 0 || rows[0].Useq != c.useq+1 {
			c.end(protocol.CloseResync, "the journal was trimmed")
			return nil
		}
		frame, err := encodeFrame(protocol.OpJournal, 0, protocol.Journal{Rows: rows})
		if err != nil {
			return fault{err}
		}
		c.hub.befriend(c.caller.UserID, rows)
		if err := c.write(frame); err != nil {
			return err
		}
		c.useq = rows[len(rows)-1].Useq
	}
	return nil
}

// journalRows returns what a frame made by the journal holds.
func journalRows(frame []byte) ([]protocol.JournalRow, error) {
	var f protocol.Frame
	var j protocol.Journal
	if err := json.Unmarshal(frame, &f); err != nil {
		return nil, fmt.Errorf("journal frame: %w", err)
	}
	if err := json.Unmarshal(f.Body, &j); err != nil {
		return nil, fmt.Errorf("journal frame: %w", err)
	}
	return j.Rows, nil
}

// fault is an error of the server's own, as opposed to one of the network.
type fault struct{ error }

func (f fault) Unwrap() error { return f.error }
