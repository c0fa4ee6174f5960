package remote

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"mychat/protocol"
)

func quiet() *log.Logger { return log.New(io.Discard, "", 0) }

func logTo(w io.Writer) *slog.Logger {
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// far is the other end of the wire: it hands each connection, once upgraded,
// to the test.
type far struct {
	*httptest.Server
	conns chan *websocket.Conn
}

func newFar(t *testing.T) *far {
	t.Helper()
	f := &far{conns: make(chan *websocket.Conn)}
	f.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != protocol.PathSocket || r.URL.RawQuery != "" || r.Header.Get("Authorization") != "" {
			t.Errorf("a socket to %s with Authorization %q", r.URL, r.Header.Get("Authorization"))
		}
		up := websocket.Upgrader{}
		ws, err := up.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		select {
		case f.conns <- ws:
		case <-t.Context().Done():
			ws.Close()
		}
	}))
	t.Cleanup(f.CloseClientConnections)
	return f
}

// accept returns the next connection.
func (f *far) accept(t *testing.T) *websocket.Conn {
	t.Helper()
	select {
	case ws := <-f.conns:
		t.Cleanup(func() { ws.Close() })
		return ws
	case <-time.After(10 * time.Second):
		t.Fatal("nobody connects")
		return nil
	}
}

func readFrame(t *testing.T, ws *websocket.Conn) protocol.Frame {
	t.Helper()
	ws.SetReadDeadline(time.Now().Add(10 * time.Second))
	var f protocol.Frame
	if err := ws.ReadJSON(&f); err != nil {
		t.Fatalf("read frame: %v", err)
	}
	return f
}

func writeFrame(t *testing.T, ws *websocket.Conn, op string, id uint64, body any) {
	t.Helper()
	b, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	if err := ws.WriteJSON(protocol.Frame{Op: op, ID: id, Body: b}); err != nil {
		t.Fatalf("write frame: %v", err)
	}
}

func closeWith(t *testing.T, ws *websocket.Conn, code int) {
	t.Helper()
	msg := websocket.FormatCloseMessage(code, "why")
	if err := ws.WriteControl(websocket.CloseMessage, msg, time.Now().Add(time.Second)); err != nil {
		t.Fatalf("close: %v", err)
	}
	ws.Close()
}

// near is a Socket with what its handler heard.
type near struct {
	*Socket
	states chan State
	events chan string
	ended  chan error

	mu    sync.Mutex
	apply func(op string) error // What handling an event returns; nil means nil.
}

func (f *far) connect(t *testing.T, opt SocketOptions) *near {
	t.Helper()
	if opt.FirstPause == 0 {
		opt.FirstPause = time.Millisecond
	}
	c := newClient(t, Options{Server: f.URL, Token: "tok", Log: slog.New(slog.DiscardHandler)})
	n := &near{states: make(chan State, 100), events: make(chan string, 100), ended: make(chan error, 1)}
	n.Socket = NewSocket(c, Handler{
		Hello:   func(context.Context) (protocol.Hello, error) { return protocol.Hello{JournalPos: 7, SinceMS: 9}, nil },
		Welcome: func(context.Context, protocol.Welcome) error { return nil },
		Event: func(_ context.Context, op string, _ protocol.RawJSON) error {
			n.events <- op
			n.mu.Lock()
			defer n.mu.Unlock()
			if n.apply != nil {
				return n.apply(op)
			}
			return nil
		},
		State: func(s State) { n.states <- s },
	}, opt)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		n.ended <- n.Run(ctx)
	}()
	t.Cleanup(func() { cancel(); <-done })
	return n
}

// await returns the next state of a kind.
func (n *near) await(t *testing.T, state string) State {
	t.Helper()
	for {
		select {
		case s := <-n.states:
			if s.State == state {
				return s
			}
		case <-time.After(10 * time.Second):
			t.Fatalf("the state never becomes %q", state)
		}
	}
}

func welcomed(t *testing.T, ws *websocket.Conn) {
	t.Helper()
	f := readFrame(t, ws)
	var h protocol.Hello
	if err := json.Unmarshal(f.Body, &h); err != nil || f.Op != protocol.OpHello || f.ID == 0 {
		t.Fatalf("first frame = %+v, %v", f, err)
	}
	if want := (protocol.Hello{Token: "tok", Protocol: protocol.Version, JournalPos: 7, SinceMS: 9}); h != want {
		t.Errorf("hello = %+v, want %+v", h, want)
	}
	writeFrame(t, ws, protocol.OpReply, f.ID, protocol.Welcome{})
}

func TestHelloIsTheFirstFrameAndAnswersFindTheirRequest(t *testing.T) {
	f := newFar(t)
	n := f.connect(t, SocketOptions{})
	ws := f.accept(t)
	welcomed(t, ws)
	n.await(t, StateOpen)

	type result struct {
		sent protocol.Sent
		err  error
	}
	results := make(chan result, 2)
	for _, id := range []string{"a", "b"} {
		go func() {
			sent, err := n.Send(t.Context(), protocol.Send{ClientID: id, Body: protocol.RawJSON(`{"t":"<&>"}`)})
			results <- result{sent, err}
		}()
	}
	var asked []protocol.Frame
	var ids []string
	for range 2 {
		fr := readFrame(t, ws)
		var s protocol.Send
		if err := json.Unmarshal(fr.Body, &s); err != nil || string(s.Body) != `{"t":"<&>"}` {
			t.Errorf("send = %+v, %v", s, err)
		}
		asked, ids = append(asked, fr), append(ids, s.ClientID)
	}
	writeFrame(t, ws, protocol.OpEntries, 0, protocol.Entries{})
	writeFrame(t, ws, protocol.OpReply, 4711, nil) // Nobody asked.
	for i := len(asked) - 1; i >= 0; i-- {         // In the other order.
		writeFrame(t, ws, protocol.OpReply, asked[i].ID, protocol.Sent{ClientID: ids[i], Seq: int64(i) + 1})
		writeFrame(t, ws, protocol.OpReply, asked[i].ID, protocol.Sent{ClientID: "twice"})
	}
	for range 2 {
		r := <-results
		if r.err != nil || r.sent.ClientID != ids[r.sent.Seq-1] {
			t.Errorf("Send = %+v, %v", r.sent, r.err)
		}
	}
	if op := <-n.events; op != protocol.OpEntries {
		t.Errorf("event %q, want entries", op)
	}
}

func TestRefusalReachesTheCaller(t *testing.T) {
	f := newFar(t)
	n := f.connect(t, SocketOptions{})
	ws := f.accept(t)
	welcomed(t, ws)
	n.await(t, StateOpen)
	errs := make(chan error)
	go func() { errs <- n.Read(t.Context(), protocol.Read{ConversationID: "c", Seq: 1}) }()
	fr := readFrame(t, ws)
	if err := ws.WriteJSON(protocol.Frame{Op: protocol.OpReply, ID: fr.ID, Error: protocol.Errorf(protocol.CodeNotMember, "x")}); err != nil {
		t.Fatal(err)
	}
	if err := <-errs; !errors.Is(err, protocol.ErrNotMember) {
		t.Errorf("Read = %v, want not_member", err)
	}
}

func TestLostConnectionFailsWhatWaitsAndComesBack(t *testing.T) {
	f := newFar(t)
	n := f.connect(t, SocketOptions{})
	if _, err := n.Send(t.Context(), protocol.Send{}); !errors.Is(err, ErrDisconnected) {
		t.Errorf("Send before there is a connection: %v, want ErrDisconnected", err)
	}
	ws := f.accept(t)
	welcomed(t, ws)
	n.await(t, StateOpen)
	errs := make(chan error)
	go func() {
		_, err := n.Send(t.Context(), protocol.Send{})
		errs <- err
	}()
	readFrame(t, ws)
	ws.Close()
	if err := <-errs; !errors.Is(err, ErrDisconnected) {
		t.Errorf("Send = %v, want ErrDisconnected", err)
	}
	if s := n.await(t, StateOff); !errors.Is(s.Err, ErrUnreachable) || s.Next.IsZero() {
		t.Errorf("state = %+v, want unreachable and another try", s)
	}
	welcomed(t, f.accept(t))
	n.await(t, StateOpen)
}

func TestUnansweredRequestEnds(t *testing.T) {
	f := newFar(t)
	n := f.connect(t, SocketOptions{Answer: 20 * time.Millisecond})
	welcomed(t, f.accept(t))
	n.await(t, StateOpen)
	if _, err := n.Send(t.Context(), protocol.Send{}); !errors.Is(err, ErrDisconnected) {
		t.Errorf("Send = %v, want ErrDisconnected", err)
	}
}

func TestCloseCodes(t *testing.T) {
	for _, tt := range []struct {
		code        int
		back, final bool
	}{
		{protocol.CloseDraining, true, false},
		{protocol.CloseSlow, true, false},
		{protocol.CloseResync, true, false},
		{websocket.CloseGoingAway, true, false},
		{protocol.CloseBadFrame, false, false},
		{protocol.CloseVersion, false, false},
		{4999, false, false},
		{protocol.CloseUnauthorized, false, true},
		{protocol.CloseSignedOut, false, true},
		{protocol.CloseDisabled, false, true},
	} {
		t.Run(http.StatusText(tt.code)+string(rune('0'+tt.code%10)), func(t *testing.T) {
			f := newFar(t)
			n := f.connect(t, SocketOptions{})
			ws := f.accept(t)
			welcomed(t, ws)
			n.await(t, StateOpen)
			closeWith(t, ws, tt.code)
			s := n.await(t, StateOff)
			if comes := !s.Next.IsZero(); comes != tt.back {
				t.Errorf("comes back by itself: %v, want %v (%v)", comes, tt.back, s.Err)
			}
			if !tt.final {
				n.Retry() // The user asks.
				welcomed(t, f.accept(t))
				return
			}
			var ended *EndedError
			if err := <-n.ended; !errors.As(err, &ended) || ended.Code != tt.code {
				t.Errorf("Run = %v, want it ended by %d", err, tt.code)
			}
			n.ended <- nil
		})
	}
}

func TestRefusedHello(t *testing.T) {
	for _, tt := range []struct {
		code  protocol.Code
		final bool
	}{{protocol.CodeUnauthorized, true}, {protocol.CodeDisabled, true}, {protocol.CodeUnavailable, false}} {
		t.Run(string(tt.code), func(t *testing.T) {
			f := newFar(t)
			n := f.connect(t, SocketOptions{})
			ws := f.accept(t)
			fr := readFrame(t, ws)
			if err := ws.WriteJSON(protocol.Frame{Op: protocol.OpReply, ID: fr.ID, Error: protocol.Errorf(tt.code, "no")}); err != nil {
				t.Fatal(err)
			}
			s := n.await(t, StateOff)
			if !tt.final {
				welcomed(t, f.accept(t))
				return
			}
			if !s.Next.IsZero() {
				t.Errorf("it comes back: %+v", s)
			}
			<-n.ended
			n.ended <- nil
		})
	}
}

func TestRetryEndsALongPause(t *testing.T) {
	f := newFar(t)
	n := f.connect(t, SocketOptions{FirstPause: time.Hour, LongPause: time.Hour})
	f.accept(t).Close()
	n.await(t, StateOff)
	n.Retry()
	welcomed(t, f.accept(t))
	n.await(t, StateOpen)
}

func TestSilentConnectionIsGivenUp(t *testing.T) {
	f := newFar(t)
	n := f.connect(t, SocketOptions{Silence: 50 * time.Millisecond})
	ws := f.accept(t)
	welcomed(t, ws)
	n.await(t, StateOpen)
	if s := n.await(t, StateOff); !errors.Is(s.Err, ErrUnreachable) {
		t.Errorf("state = %+v, want unreachable", s)
	}
}

func TestPingsKeepAConnectionAndAreAnswered(t *testing.T) {
	f := newFar(t)
	n := f.connect(t, SocketOptions{Silence: 400 * time.Millisecond})
	ws := f.accept(t)
	welcomed(t, ws)
	n.await(t, StateOpen)
	pong := make(chan struct{}, 100)
	ws.SetPongHandler(func(string) error { pong <- struct{}{}; return nil })
	go func() { ws.ReadMessage() }() // Handles pongs until the end.
	begun := time.Now()
	for time.Since(begun) < time.Second {
		if err := ws.WriteControl(websocket.PingMessage, nil, time.Now().Add(time.Second)); err != nil {
			t.Fatalf("ping after %v: %v", time.Since(begun), err)
		}
		select {
		case <-pong:
		case <-time.After(10 * time.Second):
			t.Fatal("a ping is not answered")
		}
	}
	if len(n.states) != 0 {
		t.Errorf("the state changed: %+v", <-n.states)
	}
}

func TestEventThatCannotBeAppliedEndsTheConnection(t *testing.T) {
	f := newFar(t)
	n := f.connect(t, SocketOptions{})
	broken := errors.New("no room")
	n.apply = func(string) error { return broken }
	ws := f.accept(t)
	welcomed(t, ws)
	writeFrame(t, ws, protocol.OpEntries, 0, protocol.Entries{})
	if s := n.await(t, StateOff); !errors.Is(s.Err, broken) {
		t.Errorf("state = %+v, want %v", s, broken)
	}
	welcomed(t, f.accept(t))
}

func TestDropComesBack(t *testing.T) {
	f := newFar(t)
	n := f.connect(t, SocketOptions{})
	welcomed(t, f.accept(t))
	n.await(t, StateOpen)
	why := errors.New("try again")
	n.Drop(why)
	if s := n.await(t, StateOff); !errors.Is(s.Err, why) {
		t.Errorf("state = %+v, want %v", s, why)
	}
	welcomed(t, f.accept(t))
}

func TestGarbageEndsTheConnection(t *testing.T) {
	for _, garbage := range []string{"", "{", "[]", `{"op":""}`, `{"op":5}`, "null"} {
		f := newFar(t)
		n := f.connect(t, SocketOptions{})
		ws := f.accept(t)
		welcomed(t, ws)
		if err := ws.WriteMessage(websocket.TextMessage, []byte(garbage)); err != nil {
			t.Fatal(err)
		}
		n.await(t, StateOff)
		welcomed(t, f.accept(t))
	}
}

func TestNoSocketThere(t *testing.T) {
	s := httptest.NewServer(http.NotFoundHandler())
	defer s.Close()
	f := &far{Server: s}
	n := f.connect(t, SocketOptions{})
	if s := n.await(t, StateOff); code(s.Err) != CodeNotMyChat {
		t.Errorf("state = %+v, want not_mychat", s)
	}
}

func FuzzDecodeFrame(f *testing.F) {
	for _, seed := range []string{
		`{"op":"reply","id":1,"body":{}}`, `{"op":"entries","body":{"conversation_id":"c","entries":[]}}`,
		`{"op":"reply","id":18446744073709551615,"error":{"code":"x"}}`, `{"op":"x","body":1e999}`, "\xff", `{"op":"\ud800"}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		frame, err := decodeFrame(data)
		if err != nil {
			return
		}
		if frame.Op == "" {
			t.Error("a frame without an op was accepted")
		}
		if frame.Body != nil && !json.Valid(frame.Body) {
			t.Errorf("the body is not JSON: %q", frame.Body)
		}
		again, err := encodeFrame(frame.Op, frame.ID, frame.Body)
		if frame.Body != nil && err != nil {
			t.Errorf("cannot be encoded again: %v", err)
		}
		if err == nil {
			if _, err := decodeFrame(again); err != nil {
				t.Errorf("what was encoded is not decoded: %v", err)
			}
		}
	})
}
