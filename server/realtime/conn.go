package realtime

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/netip"
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
	frame  []byte // Written before the close frame; nil means none.
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

// conn is one socket. While nothing happens one goroutine waits for it, the
// reader. Two others come when there is something to do and go when it is done:
// the replier, which waits for answers in the order of the requests, and the
// writer, the only one that writes and that knows the positions.
type conn struct {
	hub     *Hub
	address netip.Addr
	slot    int            // When it is looked after.
	caller  account.Caller // Set by hello, before anything else may see the conn.
	queue   queue
	replies sync.WaitGroup // The replier, while there is one. Only the reader adds to it.
	frames  *rate.Limiter  // Nil means no limit.
	hints   *rate.Limiter  // Typing hints. Nil before the first; the reader's own.

	mu       sync.Mutex
	ws       *websocket.Conn // Nil before the upgrade; set once.
	out      *outlet         // What ws writes to; set with it.
	pending  []pending       // Requests in their order; the first may be waited for.
	replying bool            // There is a replier.
	room     chan struct{}   // Closed once another request may wait; nil while nobody waits for that.

	// ended is closed with the first reason to end; endReason is set before.
	ended     chan struct{}
	endOnce   sync.Once
	endReason *closing

	writing atomic.Int64 // Since when the peer is waited for, by Hub.clock; 0 while it is not.

	// Guarded by Hub.mu.
	entered bool                // The hub counts it as the caller's.
	routed  map[string]struct{} // Conversations whose events come here.

	// Only the writer uses these after hello.
	places map[string]int64 // Conversation -> the last seq that was written or need not be.
	useq   int64            // The same for the journal.
}

// log returns a logger that names the socket. It is made when there is
// something to say: a thousand idle ones say nothing.
func (c *conn) log() *slog.Logger {
	l := c.hub.log.With("address", c.address)
	if c.caller.UserID != "" {
		l = l.With("user", c.caller.UserID, "device", c.caller.DeviceID)
	}
	return l
}

// end asks the socket's goroutines to close it for reason. Only the first
// reason counts. Safe for concurrent use; it does not wait.
func (c *conn) end(code int, reason string) { c.endWith(code, reason, nil) }

// endWith is end with a last frame.
func (c *conn) endWith(code int, reason string, frame []byte) {
	c.endOnce.Do(func() {
		c.endReason = &closing{code, reason, frame}
		close(c.ended)
		c.wake()
	})
}

// attach gives the conn its connection.
func (c *conn) attach(ws *websocket.Conn) {
	ws.SetPongHandler(func(string) error { return c.heard() })
	c.mu.Lock()
	c.ws = ws
	c.out = ws.NetConn().(*outlet)
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
	if !c.queue.crowded() && c.put(i) {
		return
	}
	if c.stuck() || !c.put(i.bare()) {
		c.end(protocol.CloseSlow, "slow")
	}
}

// put queues i, begins to write where nobody does, and reports whether there
// was room.
func (c *conn) put(i item) bool {
	ok, write := c.queue.put(i)
	if write {
		c.hub.serving.Go(c.pump)
	}
	return ok
}

// stuck reports whether the peer has let the writer wait for longer than
// Options.SlowAfter.
func (c *conn) stuck() bool {
	since := c.writing.Load()
	return since != 0 && c.hub.clock()-since > int64(c.hub.opt.SlowAfter)
}

// offerLossy queues a frame that may be lost, unless there is little room.
func (c *conn) offerLossy(frame []byte) {
	if !c.queue.crowded() {
		c.offer(item{frame: frame})
	}
}

// ping has the peer asked for a sign of life. With no room for that there is
// more than enough for it to answer.
func (c *conn) ping() { c.put(item{ping: true}) }

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
func (c *conn) serve() {
	// A request under way when the node drains is finished, so the socket's life
	// hangs on nobody's context; and what its handshake was is not kept with it.
	ctx := context.Background()
	defer c.hub.dismiss(c)
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
	// by and by. Hello's goes with its goroutine, so an idle socket has a small one.
	var group errgroup.Group
	group.Go(func() error {
		welcome, err := c.hello(ctx)
		if err != nil {
			return err
		}
		return c.write(welcome)
	})
	if err := group.Wait(); err != nil {
		c.queue.close()
		return err
	}
	if c.queue.release() {
		c.hub.serving.Go(c.pump)
	}
	err := c.read(ctx)
	var bad *closing
	if errors.As(err, &bad) {
		c.end(bad.code, bad.reason)
	} else {
		c.end(closeGone, "read")
	}
	c.replies.Wait()
	c.queue.close()
	c.queue.writers.Wait()
	if c.reason().code == protocol.CloseDraining { // What was asked in time is still answered.
		err = errors.Join(err, c.drain(ctx))
	}
	return err
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
	c.log().Info("socket closed", "code", code, "reason", err)
	if code == closeGone {
		return
	}
	if why.frame != nil && c.write(why.frame) != nil {
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
	if err := c.ws.SetWriteDeadline(time.Now().Add(c.hub.opt.WriteWithin)); err != nil {
		return err
	}
	c.hub.figures.frameOut(len(frame))
	c.writing.Store(c.hub.clock())
	defer c.writing.Store(0)
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
		return nil, &closing{code: protocol.CloseBadFrame, reason: "frames are text"}
	}
	data, err := io.ReadAll(io.LimitReader(r, protocol.MaxClientFrame+1))
	if err != nil {
		return nil, err
	}
	if len(data) > protocol.MaxClientFrame {
		return nil, &closing{code: protocol.CloseBadFrame, reason: "the frame is too large"}
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
			return &closing{code: protocol.CloseBadFrame, reason: err.Error()}
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
	for {
		eased := c.queue.easing()
		if eased == nil {
			return nil
		}
		select {
		case <-eased:
		case <-c.ended:
			return c.endReason
		}
	}
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
	case protocol.OpSetPreference:
		body, err := decodeBody[protocol.Preference](f)
		if err != nil {
			return c.await(pending{f.ID, failed(err)})
		}
		return c.await(pending{f.ID, func(ctx context.Context) (any, error) {
			return c.hub.accounts.SetPreference(ctx, c.caller, body)
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
	case protocol.OpMark:
		body, err := decodeBody[protocol.UpdateMarks](f)
		if err != nil {
			return c.await(pending{f.ID, failed(err)})
		}
		return c.await(pending{f.ID, func(ctx context.Context) (any, error) {
			return c.hub.accounts.UpdateMarks(ctx, c.caller, body)
		}})
	case protocol.OpAck:
		body, err := decodeBody[protocol.Ack](f)
		if err != nil {
			return &closing{code: protocol.CloseBadFrame, reason: "ack: " + err.Error()}
		}
		if err := c.hub.timeline.Delivered(c.caller.UserID, c.hub.own(c, body.Positions)); err != nil {
			// The device acks again with its next entry.
			c.log().Debug("ack dropped", "error", err)
		}
		return nil
	case protocol.OpTyping:
		body, err := decodeBody[protocol.Typing](f)
		if err != nil {
			return &closing{code: protocol.CloseBadFrame, reason: "typing: " + err.Error()}
		}
		return c.typing(ctx, body)
	case opUnknown: // The client is newer, and can do without.
		if f.ID == 0 {
			return nil
		}
		err := protocol.Errorf(protocol.CodeUnknownKind, "this server does not know the request; it is older than the client")
		return c.await(pending{f.ID, failed(err)})
	}
	return &closing{code: protocol.CloseBadFrame, reason: "a second hello"}
}

func failed(err error) func(context.Context) (any, error) {
	return func(context.Context) (any, error) { return nil, err }
}

// typing passes a hint on. One that comes too often, or that the user may not
// give, is dropped: nothing answers it.
func (c *conn) typing(ctx context.Context, hint protocol.Typing) error {
	if c.hints == nil {
		c.hints = rate.NewLimiter(rate.Every(500*time.Millisecond), 8)
	}
	if !c.hints.Allow() {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, requestWithin)
	defer cancel()
	if err := c.hub.chat.Typing(ctx, c.caller.UserID, hint); err != nil {
		c.log().Debug("typing dropped", "error", err)
	}
	return nil
}

// await queues a request for its answer. While maxInFlight wait, it blocks,
// and so does the reading of further frames.
func (c *conn) await(p pending) error {
	for {
		room, reply := c.queuePending(p)
		if reply {
			c.replies.Go(c.reply)
		}
		if room == nil {
			return nil
		}
		select {
		case <-room:
		case <-c.ended:
			return c.endReason
		}
	}
}

// queuePending adds p to what waits for answers and reports whether nobody is
// waiting for them yet. If too much waits already it adds nothing and returns
// what is closed once there is room.
func (c *conn) queuePending(p pending) (room <-chan struct{}, reply bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.pending) >= maxInFlight {
		if c.room == nil {
			c.room = make(chan struct{})
		}
		return c.room, false
	}
	c.pending = append(c.pending, p)
	reply = !c.replying
	c.replying = true
	return nil, reply
}

// nextPending returns the first request that waits; without one the replier is
// done.
func (c *conn) nextPending() (pending, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.pending) == 0 {
		c.pending, c.replying = nil, false
		return pending{}, false
	}
	return c.pending[0], true
}

// answered takes the first request away.
func (c *conn) answered() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pending[0] = pending{}
	c.pending = c.pending[1:]
	if c.room != nil {
		close(c.room)
		c.room = nil
	}
}

// reply answers requests in their order until none waits.
func (c *conn) reply() {
	for {
		p, ok := c.nextPending()
		if !ok {
			return
		}
		c.answer(p)
		c.answered()
	}
}

// answer waits for the answer of one request and queues it.
func (c *conn) answer(p pending) {
	ctx, cancel := context.WithTimeout(context.Background(), requestWithin)
	defer cancel()
	body, err := p.answer(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		err = protocol.Errorf(protocol.CodeUnavailable, "the server is too busy; repeat the request")
	}
	if e := protocol.AsError(err); e != nil && e.Code == protocol.CodeInternal {
		c.log().Error("request on a socket", "error", err)
	}
	if p.id == 0 {
		return
	}
	frame, err := encodeReply(p.id, body, err)
	if err != nil {
		c.log().Error("encode a reply", "error", err)
		c.end(protocol.CloseResync, "internal error")
		return
	}
	c.offer(item{frame: frame})
}
