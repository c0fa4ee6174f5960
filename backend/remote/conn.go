package remote

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/gorilla/websocket"
	"mychat/protocol"
)

// maxQueued bounds the frames that wait to be written. When full, whoever
// wants to send waits.
const maxQueued = 64

// conn is one WebSocket connection. write, watch and read run in goroutines
// that Socket.once owns; the rest may be called by anybody.
type conn struct {
	ws  *websocket.Conn
	opt SocketOptions
	out chan []byte

	ended chan struct{} // Closed once by fail: nothing more is answered.
	dropc chan error    // Holds at most one wish to end.

	mu      sync.Mutex
	lastID  uint64
	waiting map[uint64]chan protocol.Frame // One buffered channel per unanswered request.
}

func newConn(ws *websocket.Conn, opt SocketOptions) *conn {
	c := &conn{
		ws:      ws,
		opt:     opt,
		out:     make(chan []byte, maxQueued),
		ended:   make(chan struct{}),
		dropc:   make(chan error, 1),
		lastID:  1, // Hello took it.
		waiting: make(map[uint64]chan protocol.Frame),
	}
	ws.SetReadLimit(protocol.MaxServerFrame)
	alive := func(string) error { return ws.SetReadDeadline(time.Now().Add(opt.Silence)) }
	ws.SetPongHandler(alive)
	ws.SetPingHandler(func(data string) error {
		err := ws.WriteControl(websocket.PongMessage, []byte(data), time.Now().Add(writeWithin))
		if err != nil && !errors.Is(err, websocket.ErrCloseSent) {
			return err
		}
		return alive("")
	})
	_ = alive("") // A closed connection shows at the first read.
	return c
}

// writeWithin bounds the writing of one frame.
const writeWithin = 10 * time.Second

// write sends what is queued until ctx ends.
func (c *conn) write(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case frame := <-c.out:
			if err := c.ws.SetWriteDeadline(time.Now().Add(writeWithin)); err != nil {
				return fmt.Errorf("set write deadline: %w", err)
			}
			if err := c.ws.WriteMessage(websocket.TextMessage, frame); err != nil {
				return fmt.Errorf("write frame: %w", err)
			}
		}
	}
}

// watch returns why somebody wants the connection dropped.
func (c *conn) watch(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case why := <-c.dropc:
		return why
	}
}

// close says goodbye and closes the connection, which makes a blocked read or
// write return.
func (c *conn) close() {
	bye := websocket.FormatCloseMessage(websocket.CloseGoingAway, "")
	// The peer may be gone; then closing is all there is to do.
	_ = c.ws.WriteControl(websocket.CloseMessage, bye, time.Now().Add(time.Second))
	c.ws.Close()
}

// drop ends the connection, with a reason.
func (c *conn) drop(why error) {
	select {
	case c.dropc <- why:
	default:
	}
}

// read hands events to handle and answers to whoever waits, until the
// connection ends.
func (c *conn) read(ctx context.Context, handle func(context.Context, string, protocol.RawJSON) error) error {
	var last *protocol.Ended
	for {
		f, err := c.next()
		if err != nil {
			return withEnd(err, last)
		}
		switch f.Op {
		case protocol.OpReply:
			c.answer(f)
			continue
		case protocol.OpEnded:
			if err := json.Unmarshal(f.Body, &last); err != nil {
				return fmt.Errorf("decode %q: %w", f.Op, err)
			}
			continue
		}
		if err := handle(ctx, f.Op, f.Body); err != nil {
			return fmt.Errorf("apply %q: %w", f.Op, err)
		}
	}
}

// withEnd adds to the close of a session what the server said just before.
func withEnd(err error, last *protocol.Ended) error {
	var ended *EndedError
	if last != nil && errors.As(err, &ended) {
		return &EndedError{Code: ended.Code, Reason: ended.Reason, Ended: last}
	}
	return err
}

// next reads one frame.
func (c *conn) next() (protocol.Frame, error) {
	kind, data, err := c.ws.ReadMessage()
	if err != nil {
		return protocol.Frame{}, closed(err)
	}
	if err := c.ws.SetReadDeadline(time.Now().Add(c.opt.Silence)); err != nil {
		return protocol.Frame{}, fmt.Errorf("set read deadline: %w", err)
	}
	if kind != websocket.TextMessage {
		return protocol.Frame{}, errors.New("a frame is not text")
	}
	return decodeFrame(data)
}

// decodeFrame reads one frame of the server's.
func decodeFrame(data []byte) (protocol.Frame, error) {
	var f protocol.Frame
	if err := json.Unmarshal(data, &f); err != nil {
		return protocol.Frame{}, fmt.Errorf("decode frame: %w", err)
	}
	if f.Op == "" {
		return protocol.Frame{}, errors.New("a frame has no op")
	}
	return f, nil
}

// closed gives a close by the server its meaning.
func closed(err error) error {
	var c *websocket.CloseError
	if !errors.As(err, &c) {
		return &Error{Code: CodeUnreachable, Err: fmt.Errorf("read frame: %w", err)}
	}
	if c.Code >= 4500 && c.Code < 5000 {
		return &EndedError{Code: c.Code, Reason: c.Text}
	}
	return &Error{Code: CodeUnreachable, Err: c}
}

// request sends a frame and waits for its answer.
func (c *conn) request(ctx context.Context, op string, in, out any) error {
	ctx, cancel := context.WithTimeoutCause(ctx, c.opt.Answer, ErrDisconnected)
	defer cancel()
	id, answer := c.expect()
	defer c.forget(id)
	if err := c.post(ctx, op, id, in); err != nil {
		return err
	}
	select {
	case <-c.ended:
		return ErrDisconnected
	case <-ctx.Done():
		return context.Cause(ctx)
	case f := <-answer:
		switch {
		case f.Error != nil:
			return f.Error
		case out == nil:
			return nil
		}
		if err := json.Unmarshal(f.Body, out); err != nil {
			return fmt.Errorf("decode answer to %q: %w", op, err)
		}
		return nil
	}
}

// probeWithin is how long a connection has to prove that it still answers.
const probeWithin = 5 * time.Second

// probe pings; a connection that says nothing then is given up soon.
func (c *conn) probe() {
	_ = c.ws.SetReadDeadline(time.Now().Add(probeWithin))
	err := c.ws.WriteControl(websocket.PingMessage, nil, time.Now().Add(time.Second))
	if err != nil {
		c.drop(fmt.Errorf("ping: %w", err))
	}
}

// encodeFrame returns a frame as it is sent. id 0 means that it is not answered.
func encodeFrame(op string, id uint64, in any) ([]byte, error) {
	body, err := protocol.Encode(in)
	if err != nil {
		return nil, fmt.Errorf("encode %q: %w", op, err)
	}
	frame, err := protocol.Encode(protocol.Frame{Op: op, ID: id, Body: body})
	if err != nil {
		return nil, fmt.Errorf("encode %q frame: %w", op, err)
	}
	return frame, nil
}

// hint queues a frame if there is room.
func (c *conn) hint(op string, in any) {
	frame, err := encodeFrame(op, 0, in)
	if err != nil {
		return
	}
	select {
	case c.out <- frame:
	default:
	}
}

// post queues a frame, and waits for room. id 0 means that it is not answered.
func (c *conn) post(ctx context.Context, op string, id uint64, in any) error {
	frame, err := encodeFrame(op, id, in)
	if err != nil {
		return err
	}
	select {
	case <-c.ended:
		return ErrDisconnected
	case <-ctx.Done():
		return context.Cause(ctx)
	case c.out <- frame:
		return nil
	}
}

func (c *conn) expect() (uint64, <-chan protocol.Frame) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lastID++
	answer := make(chan protocol.Frame, 1)
	c.waiting[c.lastID] = answer
	return c.lastID, answer
}

func (c *conn) forget(id uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.waiting, id)
}

// answer hands a reply to whoever waits for it. One that nobody waits for any
// more, or a second one, is dropped.
func (c *conn) answer(f protocol.Frame) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if ch, ok := c.waiting[f.ID]; ok {
		ch <- f
		delete(c.waiting, f.ID)
	}
}

// fail ends every wait for an answer. Call it once, after the goroutines of
// the connection have returned.
func (c *conn) fail() { close(c.ended) }
