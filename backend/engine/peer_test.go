package engine

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/gorilla/websocket"
	"mychat/protocol"
)

const (
	self = "u-self"
	peer = "u-peer"
	conv = "c1"
)

var me = protocol.Me{Profile: protocol.Profile{ID: self, Username: "selma", Nickname: "Selma"}}

// far is the other end of the wire: a server with one direct conversation that
// speaks the protocol, as slowly and as badly as a test wants.
type far struct {
	*httptest.Server

	mu       sync.Mutex
	log      []protocol.Entry
	read     int64 // The device's read position.
	sockets  []*link
	hellos   []protocol.Hello
	acks     []protocol.Ack
	typing   []protocol.Typing
	presence []protocol.Presence
	refuse   protocol.Code // Hello is refused with it, if set.

	// before and after are called around storing a message, with mu; false means
	// that it goes no further: as if the network lost the request or the answer.
	before, after func() bool
}

// link is one socket of a device.
type link struct {
	mu sync.Mutex
	ws *websocket.Conn
}

func (l *link) write(f protocol.Frame) {
	l.mu.Lock()
	defer l.mu.Unlock()
	_ = l.ws.WriteJSON(f) // A device that is gone is met by reading.
}

func newFar(t testing.TB) *far {
	t.Helper()
	f := &far{}
	f.Server = httptest.NewServer(http.HandlerFunc(f.serve))
	t.Cleanup(func() {
		f.cut()
		f.CloseClientConnections()
		f.Close()
	})
	return f
}

func (f *far) serve(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.URL.Path == protocol.PathSocket:
		up := websocket.Upgrader{}
		ws, err := up.Upgrade(w, r, nil)
		if err == nil {
			f.socket(&link{ws: ws})
		}
	case strings.HasPrefix(r.URL.Path, protocol.PathConversations+"/"+conv):
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(f.page(r))
	default:
		http.NotFound(w, r)
	}
}

func (f *far) page(r *http.Request) protocol.Page {
	f.mu.Lock()
	defer f.mu.Unlock()
	number := func(name string) int { n, _ := strconv.Atoi(r.URL.Query().Get(name)); return n }
	limit := number("limit")
	if limit == 0 {
		limit = protocol.DefaultPage
	}
	n := len(f.log)
	p := protocol.Page{ConversationID: conv, AsOf: int64(n)}
	if after := number("after"); after > 0 {
		to := min(n, after+limit)
		p.Entries, p.More = slices.Clone(f.log[min(after, n):to]), to < n
		return p
	}
	to := n
	if before := number("before"); before > 0 {
		to = min(n, before-1)
	}
	from := max(0, to-limit)
	p.Entries, p.More = slices.Clone(f.log[from:to]), from > 0
	return p
}

func (f *far) socket(l *link) {
	defer l.ws.Close()
	for {
		var frame protocol.Frame
		if err := l.ws.ReadJSON(&frame); err != nil {
			return
		}
		answer, ok := f.handle(l, frame)
		if ok && frame.ID != 0 {
			answer.Op, answer.ID = protocol.OpReply, frame.ID
			l.write(answer)
		}
	}
}

func body[T any](f protocol.Frame) T {
	var v T
	if err := json.Unmarshal(f.Body, &v); err != nil {
		panic(err)
	}
	return v
}

func encoded(v any) protocol.RawJSON {
	b, err := protocol.Encode(v)
	if err != nil {
		panic(err)
	}
	return b
}

func (f *far) handle(l *link, frame protocol.Frame) (answer protocol.Frame, ok bool) {
	switch frame.Op {
	case protocol.OpSend:
		return f.send(body[protocol.Send](frame))
	case protocol.OpHello:
		return f.hello(l, body[protocol.Hello](frame)), true
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	switch frame.Op {
	case protocol.OpRead:
		f.read = max(f.read, body[protocol.Read](frame).Seq)
	case protocol.OpAck:
		f.acks = append(f.acks, body[protocol.Ack](frame))
	case protocol.OpTyping:
		f.typing = append(f.typing, body[protocol.Typing](frame))
	}
	return protocol.Frame{Body: protocol.RawJSON(`{}`)}, true
}

func (f *far) hello(l *link, h protocol.Hello) protocol.Frame {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.hellos = append(f.hellos, h)
	if f.refuse != "" {
		return protocol.Frame{Error: protocol.Errorf(f.refuse, "no")}
	}
	f.sockets = append(f.sockets, l)
	w := protocol.Welcome{ServerMS: 1_000_000, Me: me, Presence: f.presence, JournalPos: max(h.JournalPos, 1)}
	if h.JournalPos == 0 {
		w.Reset = true
		w.Journal = []protocol.JournalRow{{Useq: 1, Kind: protocol.JournalContact, Body: encoded(protocol.Contact{
			Profile: protocol.Profile{ID: peer, Username: "peter", Nickname: "Peter"}, Friend: true, ConversationID: conv,
		})}}
	}
	head := protocol.Head{
		ID: conv, Kind: protocol.ConversationDirect, LastSeq: int64(len(f.log)), ReadSeq: f.read,
		Peer: &protocol.Profile{ID: peer, Username: "peter", Nickname: "Peter"}, Ranges: []protocol.Range{{FromSeq: 1}},
	}
	for _, e := range f.log[min(f.read, int64(len(f.log))):] {
		if e.Sender != self {
			head.Unread = min(head.Unread+1, protocol.MaxUnread)
		}
	}
	if n := len(f.log); n > 0 {
		head.Last = &f.log[n-1]
	}
	w.Heads = []protocol.Head{head}
	return protocol.Frame{Body: encoded(w)}
}

func (f *far) send(m protocol.Send) (protocol.Frame, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.before != nil && !f.before() {
		return protocol.Frame{}, false
	}
	i := slices.IndexFunc(f.log, func(e protocol.Entry) bool { return e.Sender == self && e.ClientID == m.ClientID })
	if i < 0 {
		i = len(f.log)
		f.append(protocol.Entry{Kind: m.Kind, Sender: self, ClientID: m.ClientID, Body: m.Body})
	}
	if f.after != nil && !f.after() {
		return protocol.Frame{}, false
	}
	e := f.log[i]
	f.tell(e)
	return protocol.Frame{Body: encoded(protocol.Sent{ConversationID: conv, ClientID: m.ClientID, Seq: e.Seq, CreatedMS: e.CreatedMS})}, true
}

// append writes an entry. The caller holds mu.
func (f *far) append(e protocol.Entry) {
	e.Seq = int64(len(f.log)) + 1
	e.CreatedMS = 1_000_000 + e.Seq
	f.log = append(f.log, e)
}

// tell sends an entry to all devices, again if they have it. The caller holds
// mu.
func (f *far) tell(e protocol.Entry) {
	for _, l := range f.sockets {
		l.write(protocol.Frame{Op: protocol.OpEntries, Body: encoded(protocol.Entries{ConversationID: conv, Entries: []protocol.Entry{e}})})
	}
}

// say makes the other person write.
func (f *far) say(texts ...string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, text := range texts {
		f.append(protocol.Entry{
			Kind: protocol.KindText, Sender: peer, ClientID: "p" + strconv.Itoa(len(f.log)), Body: encoded(protocol.Text{Text: text}),
		})
		f.tell(f.log[len(f.log)-1])
	}
}

// push sends an event to all devices.
func (f *far) push(op string, v any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, l := range f.sockets {
		l.write(protocol.Frame{Op: op, Body: encoded(v)})
	}
}

// cut ends every connection.
func (f *far) cut() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, l := range f.sockets {
		l.ws.Close()
	}
	f.sockets = nil
}

// closeWith closes every connection with a code.
func (f *far) closeWith(code int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, l := range f.sockets {
		l.mu.Lock()
		_ = l.ws.WriteMessage(websocket.CloseMessage, websocket.FormatCloseMessage(code, ""))
		l.mu.Unlock()
	}
	f.sockets = nil
}

// texts returns what was stored, in order.
func (f *far) texts() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := []string{}
	for _, e := range f.log {
		var t protocol.Text
		if err := json.Unmarshal(e.Body, &t); err != nil {
			panic(err)
		}
		out = append(out, t.Text)
	}
	return out
}
