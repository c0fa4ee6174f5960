package test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"mychat/protocol"
)

// answer is what a server said to one REST call.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// refusal returns the code of a problem, or "" for a success.
func (a answer) refusal() protocol.Error {
	var e protocol.Error
	if a.status >= 400 && json.Unmarshal(a.body, &e) != nil {
		e.Code = "no problem+json"
	}
	return e
}

// call makes a REST call as any program might; body is sent as it is, and an
// empty token is not sent.
func call(t *testing.T, method, url, token string, body []byte) answer {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	if len(body) > 0 {
		req.Header.Set("Content-Type", "application/json")
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatalf("%s %s: %v", method, url, err)
	}
	defer res.Body.Close()
	got, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatalf("%s %s: %v", method, url, err)
	}
	return answer{res.StatusCode, res.Header, got}
}

func encoded(t *testing.T, v any) []byte {
	t.Helper()
	b, err := protocol.Encode(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// wire is a socket without an engine behind it: a client that does what it
// likes.
type wire struct {
	t      *testing.T
	ws     *websocket.Conn
	lastID uint64
	events []protocol.Frame // Those read and not yet asked for.
}

// dial opens a socket and says hello with a token.
func dial(t *testing.T, server, token string) *wire {
	t.Helper()
	ws, res, err := websocket.DefaultDialer.DialContext(t.Context(), "ws"+strings.TrimPrefix(server, "http")+protocol.PathSocket, nil)
	if err != nil {
		t.Fatalf("dial: %v", err)
	}
	res.Body.Close()
	t.Cleanup(func() { ws.Close() })
	if err := ws.SetReadDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	w := &wire{t: t, ws: ws}
	if f := w.request(protocol.OpHello, protocol.Hello{Token: token, Protocol: protocol.Version}); f.Error != nil {
		t.Fatalf("hello: %v", f.Error)
	}
	return w
}

// tell sends a frame that is not answered.
func (w *wire) tell(op string, body any) { w.frame(op, 0, body) }

func (w *wire) frame(op string, id uint64, body any) {
	w.t.Helper()
	f := protocol.Frame{Op: op, ID: id, Body: encoded(w.t, body)}
	if err := w.ws.WriteMessage(websocket.TextMessage, encoded(w.t, f)); err != nil {
		w.t.Fatalf("%s: %v", op, err)
	}
}

// request sends a frame and returns its answer; what comes before it is kept.
func (w *wire) request(op string, body any) protocol.Frame {
	w.t.Helper()
	w.lastID++
	w.frame(op, w.lastID, body)
	for {
		f := w.read()
		if f.Op == protocol.OpReply && f.ID == w.lastID {
			return f
		}
		w.events = append(w.events, f)
	}
}

// until returns all events up to and with the first that last picks.
func (w *wire) until(last func(protocol.Frame) bool) []protocol.Frame {
	w.t.Helper()
	for i := 0; ; i++ {
		if i == len(w.events) {
			w.events = append(w.events, w.read())
		}
		if last(w.events[i]) {
			seen := w.events[:i+1]
			w.events = w.events[i+1:]
			return seen
		}
	}
}

func (w *wire) read() protocol.Frame {
	w.t.Helper()
	var f protocol.Frame
	if err := w.ws.ReadJSON(&f); err != nil {
		w.t.Fatalf("read: %v", err)
	}
	return f
}

// closed reads until the server ends the socket and returns the close code.
func (w *wire) closed() int {
	w.t.Helper()
	for {
		_, _, err := w.ws.ReadMessage()
		if err == nil {
			continue
		}
		var end *websocket.CloseError
		if !errors.As(err, &end) {
			w.t.Fatalf("the socket ended with %v, not with a close frame", err)
		}
		return end.Code
	}
}

// message returns an entry of kind text with a fresh id.
func message(t *testing.T, conversation, id, text string) protocol.Send {
	t.Helper()
	return protocol.Send{ConversationID: conversation, ClientID: id, Kind: protocol.KindText, Body: encoded(t, protocol.Text{Text: text})}
}
