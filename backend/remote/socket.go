package remote

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/websocket"
	"golang.org/x/sync/errgroup"
	"mychat/protocol"
)

// States of a Socket.
const (
	StateOff        = "off"        // Waiting for the next attempt.
	StateConnecting = "connecting" // An attempt is being made.
	StateOpen       = "open"       // Hello was answered and the answer was handled.
)

// State is what a Socket does now.
type State struct {
	State string
	Next  time.Time // With StateOff: when it tries again; zero means not by itself.
	Err   error     // With StateOff: why.
}

// Handler receives what arrives. Its functions are called one at a time, in
// order of arrival, and must not wait for the network: nothing else is read
// until they return. An error from one ends the connection; it is made again
// after a pause, with the hello of that time.
type Handler struct {
	Hello   func(ctx context.Context) (protocol.Hello, error) // Token and Protocol are filled in afterwards.
	Welcome func(ctx context.Context, w protocol.Welcome) error
	Event   func(ctx context.Context, op string, body protocol.RawJSON) error
	State   func(State)
}

// SocketOptions configures NewSocket. The zero value is ready to use.
type SocketOptions struct {
	FirstPause time.Duration // Bound of the pause after the first failure. 0 means 1 s.
	LongPause  time.Duration // Bound of any pause. 0 means 60 s.
	Silence    time.Duration // Give up on a connection that is silent for this long. 0 means protocol.SilenceMS.
	Answer     time.Duration // Give up on a request after this. 0 means 20 s.
}

// Socket keeps one WebSocket to the server alive while Run runs. Requests may
// be made concurrently; without a connection they fail with ErrDisconnected.
type Socket struct {
	client  *Client
	handler Handler
	opt     SocketOptions
	log     *slog.Logger

	retry chan struct{} // Holds at most one wish to connect now.

	mu   sync.Mutex
	conn *conn // Nil while there is none that is open.
}

// NewSocket returns a Socket that reaches the server as c does.
func NewSocket(c *Client, h Handler, opt SocketOptions) *Socket {
	if opt.FirstPause == 0 {
		opt.FirstPause = time.Second
	}
	if opt.LongPause == 0 {
		opt.LongPause = time.Minute
	}
	if opt.Silence == 0 {
		opt.Silence = protocol.SilenceMS * time.Millisecond
	}
	if opt.Answer == 0 {
		opt.Answer = 20 * time.Second
	}
	return &Socket{client: c, handler: h, opt: opt, log: c.log, retry: make(chan struct{}, 1)}
}

// EndedError says that the server closed the connection with a code that asks
// not to come back.
type EndedError struct {
	Code   int // A close code of protocol, 4500 or above.
	Reason string
	Ended  *protocol.Ended // Why the session is over; nil means that the server did not say.
}

// Error implements error.
func (e *EndedError) Error() string {
	return fmt.Sprintf("the server ended the connection: %d %s", e.Code, e.Reason)
}

// Final reports whether the session is over for good: its token is worth
// nothing any more, or the account is disabled.
func (e *EndedError) Final() bool {
	switch e.Code {
	case protocol.CloseUnauthorized, protocol.CloseSignedOut, protocol.CloseDisabled:
		return true
	}
	return false
}

// Run connects, and connects again after a pause whenever the connection ends,
// until ctx ends or the server ends the session. It returns ctx's error or a
// final *EndedError. After any other code that asks not to come back it waits
// for Retry.
func (s *Socket) Run(ctx context.Context) error {
	pause := Backoff{First: s.opt.FirstPause, Longest: s.opt.LongPause}
	for {
		s.handler.State(State{State: StateConnecting})
		begun := time.Now()
		opened, err := s.once(ctx)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		var ended *EndedError
		if errors.As(err, &ended) && ended.Final() {
			s.handler.State(State{State: StateOff, Err: err})
			return err
		}
		// A connection that ends at once is no success: something here or there
		// keeps breaking it.
		if opened && time.Since(begun) > 10*s.opt.FirstPause {
			pause.Reset()
		}
		if err := s.wait(ctx, &pause, err, ended != nil); err != nil {
			return err
		}
	}
}

// wait returns when it is time for the next attempt.
func (s *Socket) wait(ctx context.Context, pause *Backoff, why error, stay bool) error {
	state := State{State: StateOff, Err: why}
	var due <-chan time.Time
	if !stay {
		d := pause.After(why)
		timer := time.NewTimer(d)
		defer timer.Stop()
		due, state.Next = timer.C, time.Now().Add(d)
	}
	s.log.Info("connection is off", "error", why, "next_try", state.Next)
	s.handler.State(state)
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-s.retry:
		pause.Reset()
	case <-due:
	}
	return nil
}

// Retry ends a pause: the next attempt begins at once. A connection that is
// open is asked to prove that it still answers; during an attempt Retry does
// nothing.
func (s *Socket) Retry() {
	if c := s.current(); c != nil {
		c.probe()
		return
	}
	select {
	case s.retry <- struct{}{}:
	default:
	}
}

// Drop ends the present connection, if any; Run makes a new one after a pause.
// why becomes the reason.
func (s *Socket) Drop(why error) {
	if c := s.current(); c != nil {
		c.drop(why)
	}
}

func (s *Socket) current() *conn {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.conn
}

func (s *Socket) setCurrent(c *conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.conn = c
}

// once makes one connection and serves it to its end. opened tells whether it
// came to an answered hello.
func (s *Socket) once(ctx context.Context) (opened bool, err error) {
	ws, err := s.dial(ctx)
	if err != nil {
		return false, err
	}
	c := newConn(ws, s.opt)
	defer s.setCurrent(nil)
	g, ctx := errgroup.WithContext(ctx)
	// Whoever returns first ends the others.
	g.Go(func() error {
		<-ctx.Done()
		c.close()
		return ctx.Err()
	})
	g.Go(func() error { return c.write(ctx) })
	g.Go(func() error { return c.watch(ctx) })
	g.Go(func() error {
		w, err := s.hello(ctx, c)
		if err != nil {
			return err
		}
		if err := s.handler.Welcome(ctx, w); err != nil {
			return fmt.Errorf("apply welcome: %w", err)
		}
		opened = true
		s.setCurrent(c)
		s.drainRetry()
		s.handler.State(State{State: StateOpen})
		return c.read(ctx, s.handler.Event)
	})
	err = g.Wait()
	c.fail()
	return opened, err
}

// drainRetry forgets a wish to connect that came during the attempt it wished
// for.
func (s *Socket) drainRetry() {
	select {
	case <-s.retry:
	default:
	}
}

func (s *Socket) dial(ctx context.Context) (*websocket.Conn, error) {
	d := s.client.dialer
	target := *s.client.server
	target.Scheme = map[string]string{"http": "ws", "https": "wss"}[target.Scheme]
	target.Path += protocol.PathSocket
	ctx, cancel := context.WithTimeout(ctx, d.timeout)
	defer cancel()
	ws, res, err := (&websocket.Dialer{
		NetDialContext:   d.dial,
		TLSClientConfig:  d.tls.Clone(),
		HandshakeTimeout: d.timeout,
	}).DialContext(ctx, target.String(), http.Header{"User-Agent": {s.client.opt.UserAgent}})
	switch {
	case err == nil:
		return ws, nil
	case errors.Is(err, websocket.ErrBadHandshake) && res != nil:
		return nil, refusedUpgrade(res)
	}
	return nil, fmt.Errorf("connect: %w", classify(ctx, err))
}

// refusedUpgrade says why something answered with plain HTTP.
func refusedUpgrade(res *http.Response) error {
	switch res.StatusCode {
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout, http.StatusTooManyRequests:
		return protocol.Errorf(protocol.CodeUnavailable, "the server answers %s", res.Status)
	}
	return &Error{Code: CodeNotMyChat, Err: fmt.Errorf("the answer to an upgrade is %s", res.Status)}
}

// hello says who and from where, and waits for the answer.
func (s *Socket) hello(ctx context.Context, c *conn) (protocol.Welcome, error) {
	h, err := s.handler.Hello(ctx)
	if err != nil {
		return protocol.Welcome{}, fmt.Errorf("read positions: %w", err)
	}
	h.Token, h.Protocol = s.client.opt.Token, protocol.Version
	const id = 1
	if err := c.post(ctx, protocol.OpHello, id, h); err != nil {
		return protocol.Welcome{}, err
	}
	f, err := c.next()
	switch {
	case err != nil:
		return protocol.Welcome{}, err
	case f.Op != protocol.OpReply || f.ID != id:
		return protocol.Welcome{}, fmt.Errorf("the first frame is %q, not the answer to hello", f.Op)
	case f.Error != nil:
		return protocol.Welcome{}, endedBy(f.Error)
	}
	var w protocol.Welcome
	if err := json.Unmarshal(f.Body, &w); err != nil {
		return protocol.Welcome{}, fmt.Errorf("decode welcome: %w", err)
	}
	return w, nil
}

// endedBy gives a refused hello the meaning of the close that follows it.
func endedBy(refusal *protocol.Error) error {
	codes := map[protocol.Code]int{
		protocol.CodeUnauthorized: protocol.CloseUnauthorized,
		protocol.CodeDisabled:     protocol.CloseDisabled,
		protocol.CodeVersion:      protocol.CloseVersion,
	}
	if code, ok := codes[refusal.Code]; ok {
		return &EndedError{Code: code, Reason: refusal.Detail, Ended: refusal.Ended}
	}
	return refusal
}

// Send appends an entry. An ErrDisconnected leaves open whether the server has
// it: repeat with the same client id.
func (s *Socket) Send(ctx context.Context, m protocol.Send) (protocol.Sent, error) {
	var sent protocol.Sent
	err := s.request(ctx, protocol.OpSend, m, &sent)
	return sent, err
}

// Read moves the caller's read position.
func (s *Socket) Read(ctx context.Context, r protocol.Read) error {
	return s.request(ctx, protocol.OpRead, r, nil)
}

// UpdateChat changes what the caller keeps of a conversation for themselves.
func (s *Socket) UpdateChat(ctx context.Context, u protocol.UpdateChat) (protocol.ChatUpdated, error) {
	var updated protocol.ChatUpdated
	err := s.request(ctx, protocol.OpChat, u, &updated)
	return updated, err
}

// SetPreference keeps a choice that follows the caller.
func (s *Socket) SetPreference(ctx context.Context, p protocol.Preference) (protocol.PreferenceUpdated, error) {
	var updated protocol.PreferenceUpdated
	err := s.request(ctx, protocol.OpSetPreference, p, &updated)
	return updated, err
}

// Schedule has the server keep a message to be sent later, or change it.
func (s *Socket) Schedule(ctx context.Context, m protocol.Schedule) (protocol.ScheduleUpdated, error) {
	var updated protocol.ScheduleUpdated
	err := s.request(ctx, protocol.OpSchedule, m, &updated)
	return updated, err
}

// Unschedule gives a message up that the server keeps.
func (s *Socket) Unschedule(ctx context.Context, u protocol.Unschedule) (protocol.ScheduleUpdated, error) {
	var updated protocol.ScheduleUpdated
	err := s.request(ctx, protocol.OpUnschedule, u, &updated)
	return updated, err
}

// Mark marks messages for the caller alone.
func (s *Socket) Mark(ctx context.Context, u protocol.UpdateMarks) (protocol.MarksUpdated, error) {
	var updated protocol.MarksUpdated
	err := s.request(ctx, protocol.OpMark, u, &updated)
	return updated, err
}

// Ack tells the server what this device holds. It is lost when there is no
// connection: the next welcome leads to the next ack.
func (s *Socket) Ack(ctx context.Context, a protocol.Ack) error {
	return s.post(ctx, protocol.OpAck, a)
}

// Typing passes a typing hint on. It never waits: the hint is lost when there
// is no connection, or when much else is to be sent.
func (s *Socket) Typing(t protocol.Typing) {
	if c := s.current(); c != nil {
		c.hint(protocol.OpTyping, t)
	}
}

func (s *Socket) request(ctx context.Context, op string, in, out any) error {
	c := s.current()
	if c == nil {
		return ErrDisconnected
	}
	return c.request(ctx, op, in, out)
}

func (s *Socket) post(ctx context.Context, op string, in any) error {
	c := s.current()
	if c == nil {
		return ErrDisconnected
	}
	return c.post(ctx, op, 0, in)
}
