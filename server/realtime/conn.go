package realtime

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
	"golang.org/x/sync/errgroup"
	"golang.org/x/time/rate"

	"mychat/protocol"
	"mychat/server/account"
)

const (
	// maxInFlight is how many requests of one socket wait for their answer
	// before the next frame is read.
	maxInFlight = 64

	// requestWithin bounds what one request may take.
	requestWithin = 30 * time.Second

	// lingerWithin is how long a peer may take to answer a close frame.
	lingerWithin = time.Second
)

// closing is why the server ends a socket.
type closing struct {
	code   int
	reason string // For people who read logs; crosses the wire.
}

// Error implements error.
func (c *closing) Error() string { return fmt.Sprintf("close %d: %s", c.code, c.reason) }

// past wakes a blocked read when it is set as a deadline.
var past = time.Unix(1, 0)

// pending is a request whose answer is not written yet.
type pending struct {
	id     uint64 // 0 means that no answer is wanted.
	answer func(ctx context.Context) (any, error)
}

// conn is one socket. Three goroutines serve it once it has said hello: the
// reader (the HTTP handler's own), the replier, which waits for answers in the
// order of the requests, and the writer, the only one that writes and that
// knows the positions.
type conn struct {
	hub     *Hub
	log     *slog.Logger
	address string
	caller  account.Caller // Set by hello, before anything else may see the conn.
	queue   *queue
	pending chan pending
	frames  *rate.Limiter // Nil means no limit.
	hints   *rate.Limiter // Typing hints.

	mu sync.Mutex
	ws *websocket.Conn // Nil before the upgrade; set once.

	// ended is closed with the first reason to end; endReason is set before.
	ended     chan struct{}
	endOnce   sync.Once
	endReason *closing

	writing atomic.Pointer[time.Time] // Since when the frame in hand is being written; nil while none is.

	// Guarded by Hub.mu.
	entered bool                // The hub counts it as the caller's.
	routed  map[string]struct{} // Conversations whose events come here.

	// Only the writer uses these after hello.
	places map[string]int64 // Conversation -> the last seq that was written or need not be.
	useq   int64            // The same for the journal.
}

// end asks the socket's goroutines to close it for reason. Only the first
// reason counts. Safe for concurrent use; it does not wait.
func (c *conn) end(code int, reason string) {
	c.endOnce.Do(func() {
		c.endReason = &closing{code, reason}
		close(c.ended)
		c.wake()
	})
}

// attach gives the conn its connection.
func (c *conn) attach(ws *websocket.Conn) {
	ws.SetPongHandler(func(string) error { return c.heard() })
	c.mu.Lock()
	c.ws = ws
	c.mu.Unlock()
	if c.reason() != nil {
		c.wake()
	}
}

// wake makes a blocked read return.
func (c *conn) wake() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ws != nil {
		// An error means that the connection is closed already.
		_ = c.ws.SetReadDeadline(past)
	}
}

// cut drops the connection without a word, for one that does not end.
func (c *conn) cut() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ws != nil {
		// Closing what is closed is no error worth a word.
		_ = c.ws.UnderlyingConn().Close()
	}
}

// offer queues i. While the queue is crowded, entries and journal rows only
// leave word that they are there; the writer reads them when it gets to them.
// So a peer that reads may fall behind, as one does whose own many words come
// back to it, and one that takes nothing is ended.
func (c *conn) offer(i item) {
	if !c.queue.crowded() && c.queue.put(i) {
		return
	}
	if c.stuck() || !c.queue.put(i.bare()) {
		c.end(protocol.CloseSlow, "slow")
	}
}

// stuck reports whether the peer has let the writer wait with one frame for
// longer than Options.SlowAfter.
func (c *conn) stuck() bool {
	since := c.writing.Load()
	return since != nil && time.Since(*since) > c.hub.opt.SlowAfter
}

// offerLossy queues a frame that may be lost, unless there is little room.
func (c *conn) offerLossy(frame []byte) {
	if !c.queue.crowded() {
		c.offer(item{frame: frame})
	}
}

// reason returns why the socket is to end, or nil while it is not.
func (c *conn) reason() *closing {
	select {
	case <-c.ended:
		return c.endReason
	default:
		return nil
	}
}

// serve runs the socket from hello to the last close frame.
func (c *conn) serve(ctx context.Context) {
	err := c.run(ctx)
	if reason := c.reason(); reason != nil {
		err = reason
	}
	c.finish(err)
}

// run returns why the socket ends.
func (c *conn) run(ctx context.Context) error {
	defer c.hub.leave(c)
	// Reading the database grows a goroutine's stack, which is given back only
	// by and by. Hello's goes with its goroutine, so an idle socket has small ones.
	var group errgroup.Group
	group.Go(func() error {
		welcome, err := c.hello(ctx)
		if err != nil {
			return err
		}
		return c.write(welcome)
	})
	if err := group.Wait(); err != nil {
		return err
	}
	answered := make(chan struct{})
	group.Go(func() error {
		defer close(answered)
		c.reply(ctx)
		return nil
	})
	group.Go(func() error {
		err := c.pump(ctx, answered)
		if err != nil {
			c.end(closeGone, "write")
		}
		return err
	})
	err := c.read(ctx)
	close(c.pending)
	var bad *closing
	if errors.As(err, &bad) {
		c.end(bad.code, bad.reason)
	} else {
		c.end(closeGone, "read")
	}
	return errors.Join(err, group.Wait())
}

// closeGone is the reason where the peer is gone: there is nobody to tell.
const closeGone = 0

// finish tells the peer why and closes. It waits a little for the peer's own
// close frame: closing at once would let the network drop ours where data of
// the peer's is still unread.
func (c *conn) finish(err error) {
	defer c.ws.Close()
	code := closeGone
	var why *closing
	if errors.As(err, &why) {
		code = why.code
	}
	c.hub.figures.closed(code)
	c.log.Info("socket closed", "code", code, "reason", err)
	if code == closeGone {
		return
	}
	frame := websocket.FormatCloseMessage(code, why.reason)
	if c.ws.WriteControl(websocket.CloseMessage, frame, time.Now().Add(c.hub.opt.WriteWithin)) != nil {
		return
	}
	if c.ws.SetReadDeadline(time.Now().Add(lingerWithin)) != nil {
		return
	}
	for {
		if _, _, err := c.ws.NextReader(); err != nil {
			return
		}
	}
}

// write writes one text frame. Only one goroutine at a time may call it.
func (c *conn) write(frame []byte) error {
	now := time.Now()
	if err := c.ws.SetWriteDeadline(now.Add(c.hub.opt.WriteWithin)); err != nil {
		return err
	}
	c.writing.Store(&now)
	defer c.writing.Store(nil)
	c.hub.figures.frameOut(len(frame))
	return c.ws.WriteMessage(websocket.TextMessage, frame)
}

// heard notes a sign of life: the peer has until Options.Silence for the next.
func (c *conn) heard() error { return c.deadline(c.hub.opt.Silence) }

// deadline bounds the next read.
func (c *conn) deadline(within time.Duration) error {
	if err := c.ws.SetReadDeadline(time.Now().Add(within)); err != nil {
		return err
	}
	if c.reason() != nil {
		// end may have set its deadline just before this one replaced it.
		return c.ws.SetReadDeadline(past)
	}
	return nil
}

// readFrame returns the next frame's bytes. A frame over the limit, and one
// that is not text, is a reason to close.
func (c *conn) readFrame() ([]byte, error) {
	kind, r, err := c.ws.NextReader()
	if err != nil {
		return nil, err
	}
	if kind != websocket.TextMessage {
		return nil, &closing{protocol.CloseBadFrame, "frames are text"}
	}
	data, err := io.ReadAll(io.LimitReader(r, protocol.MaxClientFrame+1))
	if err != nil {
		return nil, err
	}
	if len(data) > protocol.MaxClientFrame {
		return nil, &closing{protocol.CloseBadFrame, "the frame is too large"}
	}
	return data, nil
}

// read receives frames until the socket ends.
func (c *conn) read(ctx context.Context) error {
	for {
		if err := c.catchUp(); err != nil {
			return err
		}
		if err := c.heard(); err != nil {
			return err
		}
		data, err := c.readFrame()
		if err != nil {
			return err
		}
		if err := c.pace(); err != nil {
			return err
		}
		f, err := decodeFrame(data)
		if err != nil {
			return &closing{protocol.CloseBadFrame, err.Error()}
		}
		c.hub.figures.frameIn(f.Op)
		if err := c.receive(ctx, f); err != nil {
			return err
		}
	}
}

// catchUp makes a socket whose queue is crowded wait with further frames until
// it has read what it caused. One that reads nothing waits until the writer's
// time for a frame is over, which ends it.
func (c *conn) catchUp() error {
	for c.queue.crowded() {
		select {
		case <-c.queue.eased:
		case <-c.ended:
			return c.endReason
		}
	}
	return nil
}

// pace makes a socket that sends faster than it may wait; what it sends
// meanwhile waits in the network, in order.
func (c *conn) pace() error {
	if c.frames == nil {
		return nil
	}
	wait := c.frames.Reserve().Delay()
	if wait == 0 {
		return nil
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-c.ended:
		return c.endReason
	}
}

// receive acts on one frame. Sends are handed to the timeline here, in the
// order they came; their answers are awaited by reply, so that many share one
// commit.
func (c *conn) receive(ctx context.Context, f protocol.Frame) error {
	switch f.Op {
	case protocol.OpSend:
		body, err := decodeBody[protocol.Send](f)
		if err != nil {
			return c.await(pending{f.ID, failed(err)})
		}
		queueing, cancel := context.WithTimeout(ctx, requestWithin)
		wait := c.hub.chat.Start(queueing, c.caller.UserID, body)
		cancel()
		return c.await(pending{f.ID, func(ctx context.Context) (any, error) { return wait(ctx) }})
	case protocol.OpRead:
		body, err := decodeBody[protocol.Read](f)
		if err != nil {
			return c.await(pending{f.ID, failed(err)})
		}
		return c.await(pending{f.ID, func(ctx context.Context) (any, error) {
			return struct{}{}, c.hub.timeline.Read(ctx, c.caller.UserID, body.ConversationID, body.Seq)
		}})
	case protocol.OpChat:
		body, err := decodeBody[protocol.UpdateChat](f)
		if err != nil {
			return c.await(pending{f.ID, failed(err)})
		}
		return c.await(pending{f.ID, func(ctx context.Context) (any, error) {
			return c.hub.accounts.UpdateChat(ctx, c.caller, body)
		}})
	case protocol.OpSchedule:
		body, err := decodeBody[protocol.Schedule](f)
		if err != nil {
			return c.await(pending{f.ID, failed(err)})
		}
		return c.await(pending{f.ID, func(ctx context.Context) (any, error) {
			return c.hub.chat.Schedule(ctx, c.caller.UserID, body)
		}})
	case protocol.OpUnschedule:
		body, err := decodeBody[protocol.Unschedule](f)
		if err != nil {
			return c.await(pending{f.ID, failed(err)})
		}
		return c.await(pending{f.ID, func(ctx context.Context) (any, error) {
			return c.hub.chat.Unschedule(ctx, c.caller.UserID, body.ClientID)
		}})
	case protocol.OpAck:
		body, err := decodeBody[protocol.Ack](f)
		if err != nil {
			return &closing{protocol.CloseBadFrame, "ack: " + err.Error()}
		}
		if err := c.hub.timeline.Delivered(c.caller.UserID, c.hub.own(c, body.Positions)); err != nil {
			// The device acks again with its next entry.
			c.log.Debug("ack dropped", "error", err)
		}
		return nil
	case protocol.OpTyping:
		body, err := decodeBody[protocol.Typing](f)
		if err != nil {
			return &closing{protocol.CloseBadFrame, "typing: " + err.Error()}
		}
		return c.typing(ctx, body)
	}
	return &closing{protocol.CloseBadFrame, "a second hello"}
}

func failed(err error) func(context.Context) (any, error) {
	return func(context.Context) (any, error) { return nil, err }
}

// typing passes a hint on. One that comes too often, or that the user may not
// give, is dropped: nothing answers it.
func (c *conn) typing(ctx context.Context, hint protocol.Typing) error {
	if !c.hints.Allow() {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, requestWithin)
	defer cancel()
	if err := c.hub.chat.Typing(ctx, c.caller.UserID, hint); err != nil {
		c.log.Debug("typing dropped", "error", err)
	}
	return nil
}

// await queues a request for its answer. While maxInFlight wait, it blocks,
// and so does the reading of further frames.
func (c *conn) await(p pending) error {
	select {
	case c.pending <- p:
		return nil
	case <-c.ended:
		return c.endReason
	}
}

// reply answers requests in their order until there are no more.
func (c *conn) reply(ctx context.Context) {
	for p := range c.pending {
		within, cancel := context.WithTimeout(ctx, requestWithin)
		body, err := p.answer(within)
		cancel()
		if errors.Is(err, context.DeadlineExceeded) {
			err = protocol.Errorf(protocol.CodeUnavailable, "the server is too busy; repeat the request")
		}
		if e := protocol.AsError(err); e != nil && e.Code == protocol.CodeInternal {
			c.log.Error("request on a socket", "error", err)
		}
		if p.id == 0 {
			continue
		}
		frame, err := encodeReply(p.id, body, err)
		if err != nil {
			c.log.Error("encode a reply", "error", err)
			c.end(protocol.CloseResync, "internal error")
			continue
		}
		c.offer(item{frame: frame})
	}
}
