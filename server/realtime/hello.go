package realtime

import (
	"context"
	"errors"
	"fmt"
	"net"

	"github.com/gorilla/websocket"

	"mychat/protocol"
)

// hello reads the first frame and returns the encoded answer. From the moment
// the caller is known, the socket is registered and events wait in its queue;
// what the answer says is read after that, so nothing falls between: an event
// that the answer covers already is recognised by its number and left out.
func (c *conn) hello(ctx context.Context) ([]byte, error) {
	f, body, err := c.readHello()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, requestWithin)
	defer cancel()
	if body.Protocol < protocol.MinVersion {
		return nil, c.refuse(f.ID, protocol.CloseVersion,
			protocol.Errorf(protocol.CodeVersion, "this server speaks protocol %d to %d; update the app", protocol.MinVersion, protocol.Version))
	}
	caller, err := c.hub.accounts.Authenticate(ctx, body.Token, c.address.String())
	if err != nil {
		return nil, c.refuse(f.ID, refusalCode(err), err)
	}
	c.caller = caller
	if err := c.hub.enter(c); err != nil {
		return nil, c.refuse(f.ID, websocket.CloseTryAgainLater, err)
	}
	welcome, err := c.welcome(ctx, body)
	if err != nil {
		c.log().Error("answer a hello", "error", err)
		return nil, c.refuse(f.ID, websocket.CloseTryAgainLater, err)
	}
	return encodeReply(f.ID, welcome, nil)
}

// readHello waits for the first frame, which must be a hello with an id.
func (c *conn) readHello() (protocol.Frame, protocol.Hello, error) {
	var none protocol.Hello
	if err := c.deadline(c.hub.opt.HelloWithin); err != nil {
		return protocol.Frame{}, none, err
	}
	data, err := c.readFrame()
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		return protocol.Frame{}, none, &closing{code: protocol.CloseNoHello, reason: "no hello in time"}
	}
	if err != nil {
		return protocol.Frame{}, none, err
	}
	f, err := decodeFrame(data)
	if err != nil {
		return f, none, &closing{code: protocol.CloseBadFrame, reason: err.Error()}
	}
	if f.Op != protocol.OpHello || f.ID == 0 {
		return f, none, &closing{code: protocol.CloseBadFrame, reason: "the first frame is a hello with an id"}
	}
	c.hub.figures.frameIn(f.Op)
	body, err := decodeBody[protocol.Hello](f)
	if err != nil || body.JournalPos < 0 || body.SinceMS < 0 {
		return f, none, c.refuse(f.ID, protocol.CloseBadFrame, protocol.Invalid("body", "is not a hello"))
	}
	return f, body, nil
}

// refuse answers a hello with err and returns why the socket ends.
func (c *conn) refuse(id uint64, code int, err error) error {
	frame, encodeErr := encodeReply(id, nil, err)
	if encodeErr != nil {
		return encodeErr
	}
	if writeErr := c.write(frame); writeErr != nil {
		return writeErr
	}
	return &closing{code: code, reason: string(protocol.AsError(err).Code)}
}

// refusalCode is the close code for what Authenticate said.
func refusalCode(err error) int {
	switch {
	case errors.Is(err, protocol.ErrUnauthorized):
		return protocol.CloseUnauthorized
	case errors.Is(err, protocol.ErrDisabled):
		return protocol.CloseDisabled
	}
	return websocket.CloseTryAgainLater
}

// welcome reads all that changed. The order matters: positions before routes,
// routes before heads, the journal before the friends.
func (c *conn) welcome(ctx context.Context, h protocol.Hello) (protocol.Welcome, error) {
	userID := c.caller.UserID
	w := protocol.Welcome{ServerMS: c.hub.opt.Now().UnixMilli(), DeviceID: c.caller.DeviceID}
	recall, edit := c.hub.timeline.ChangeWithin()
	w.RecallWithinMS, w.EditWithinMS = recall.Milliseconds(), edit.Milliseconds()
	w.ClearForAll = c.hub.timeline.ClearForAll()
	w.Previews = c.hub.opt.Previews

	places, err := c.hub.timeline.Places(ctx, userID)
	if err != nil {
		return w, fmt.Errorf("places: %w", err)
	}
	ids := make([]string, len(places))
	for i, p := range places {
		ids[i] = p.ConversationID
		c.places[p.ConversationID] = p.LastSeq
	}
	c.hub.route(c, ids...)

	state, err := c.hub.journal.Sync(ctx, userID, h.JournalPos)
	if err != nil {
		return w, fmt.Errorf("journal: %w", err)
	}
	w.Reset, w.Journal, w.JournalPos = state.Reset, state.Rows, state.Pos
	c.useq = state.Pos

	// Entries committed after the positions were read and before the routes were
	// there had nowhere to go. They changed their conversations since this began,
	// so the heads are past them.
	since := min(h.SinceMS, w.ServerMS)
	if state.Reset {
		since = 0
	}
	if w.Heads, err = c.hub.timeline.Heads(ctx, userID, since); err != nil {
		return w, fmt.Errorf("heads: %w", err)
	}
	for _, head := range w.Heads {
		if _, member := c.places[head.ID]; member {
			c.join(head.ID, head.LastSeq)
		}
	}
	if w.Me, err = c.hub.accounts.Me(ctx, userID); err != nil {
		return w, fmt.Errorf("me: %w", err)
	}
	friends, err := c.hub.accounts.Friends(ctx, userID)
	if err != nil {
		return w, fmt.Errorf("friends: %w", err)
	}
	w.Presence = c.hub.follow(userID, friends)
	return w, nil
}
