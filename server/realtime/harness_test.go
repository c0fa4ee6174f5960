package realtime_test

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/oklog/ulid/v2"
	"golang.org/x/sync/errgroup"

	"mychat/protocol"
	"mychat/server/account"
	"mychat/server/bus"
	"mychat/server/chat"
	"mychat/server/journal"
	"mychat/server/realtime"
	"mychat/server/store"
	"mychat/server/store/storetest"
	"mychat/server/timeline"
)

// patience is how long a test waits for what must happen. It is long because
// the machine may be busy; what must not happen is not waited for.
const patience = time.Minute

// server is a hub on real services, without the REST side.
type server struct {
	t        *testing.T
	url      string
	store    *store.Store
	bus      *bus.Bus
	accounts *account.Service
	chat     *chat.Chat
	timeline *timeline.Timeline
	hub      *realtime.Hub
	stopHub  func()
	hubDone  chan struct{}
}

// each runs test on a server of its own on every database.
func each(t *testing.T, opt realtime.Options, test func(t *testing.T, s *server)) {
	storetest.Each(t, func(t *testing.T, st *store.Store) { test(t, start(t, st, bus.Options{}, opt)) })
}

// start runs a server on st until t ends.
func start(t *testing.T, st *store.Store, busOpt bus.Options, opt realtime.Options) *server {
	t.Helper()
	b, err := bus.Open(t.Context(), busOpt)
	if err != nil {
		t.Fatal(err)
	}
	if opt.Spread == 0 {
		opt.Spread = 10 * time.Millisecond
	}
	opt.Log = slog.New(slog.DiscardHandler)
	tl := timeline.New(st, b, timeline.Options{})
	jr := journal.New(st, b, journal.Options{})
	s := &server{
		t: t, store: st, bus: b, timeline: tl, chat: chat.New(st, b, tl, jr, chat.Options{}),
		accounts: account.New(st, b, tl, jr, account.Options{
			Hash: account.HashOptions{MemoryKiB: 64, Time: 1}, SweepEvery: 50 * time.Millisecond, AddressTries: 10_000,
		}),
		hubDone: make(chan struct{}),
	}
	s.hub, err = realtime.New(realtime.Services{
		Accounts: s.accounts, Chat: s.chat, Timeline: tl, Journal: jr, Bus: b,
	}, opt)
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewUnstartedServer(s.hub)
	// Little is on the way in the network, so that a slow reader is soon seen.
	web.Config.ConnContext = func(ctx context.Context, c net.Conn) context.Context {
		if err := c.(*net.TCPConn).SetWriteBuffer(32 << 10); err != nil {
			t.Errorf("set write buffer: %v", err)
		}
		return ctx
	}
	web.Start()
	s.url = "ws" + strings.TrimPrefix(web.URL, "http")

	back, stopBack := context.WithCancel(context.Background())
	front, stopFront := context.WithCancel(context.Background())
	var group errgroup.Group
	for _, run := range []func(context.Context) error{b.Run, tl.Run, s.accounts.Run} {
		group.Go(func() error { return run(back) })
	}
	group.Go(func() error {
		defer close(s.hubDone)
		return s.hub.Run(front)
	})
	s.stopHub = stopFront
	t.Cleanup(func() {
		stopFront()
		<-s.hubDone
		stopBack()
		if err := group.Wait(); err != nil {
			t.Errorf("run: %v", err)
		}
		web.Close()
		if err := b.Close(); err != nil {
			t.Errorf("close bus: %v", err)
		}
	})
	return s
}

// person is somebody signed in.
type person struct {
	protocol.Session
	caller account.Caller
}

func (p person) id() string { return p.Me.Profile.ID }

func device() protocol.DeviceInfo {
	return protocol.DeviceInfo{
		Name: "test", Platform: protocol.PlatformLinux,
		PublicKey: base64.StdEncoding.EncodeToString(make([]byte, ed25519.PublicKeySize)),
	}
}

const password = "correct horse"

func (s *server) register(name string) person {
	s.t.Helper()
	sess, err := s.accounts.Register(s.t.Context(), protocol.Register{
		Username: name, Nickname: name, Password: password, Device: device(),
	}, "127.0.0.1")
	if err != nil {
		s.t.Fatal(err)
	}
	return person{sess, account.Caller{UserID: sess.Me.Profile.ID, DeviceID: sess.DeviceID}}
}

// another signs p in on one more device.
func (s *server) another(p person) person {
	s.t.Helper()
	sess, err := s.accounts.SignIn(s.t.Context(), protocol.SignIn{
		Username: p.Me.Profile.Username, Password: password, Device: device(),
	}, "127.0.0.1")
	if err != nil {
		s.t.Fatal(err)
	}
	return person{sess, account.Caller{UserID: sess.Me.Profile.ID, DeviceID: sess.DeviceID}}
}

// befriend makes a and b friends and returns their conversation.
func (s *server) befriend(a, b person) string {
	s.t.Helper()
	asked, err := s.accounts.Ask(s.t.Context(), a.caller, protocol.AskFriend{UserID: b.id()})
	if err != nil {
		s.t.Fatal(err)
	}
	answered, err := s.accounts.Answer(s.t.Context(), b.caller, asked.Request.ID, protocol.AnswerAccept)
	if err != nil {
		s.t.Fatal(err)
	}
	return answered.Contact.ConversationID
}

// friends returns two people who are friends, and their conversation.
func (s *server) friends() (ana, ben person, conversation string) {
	s.t.Helper()
	ana, ben = s.register("ana_01"), s.register("ben_01")
	return ana, ben, s.befriend(ana, ben)
}

// socket is a client that understands just enough.
type socket struct {
	t       *testing.T
	ws      *websocket.Conn
	frames  chan protocol.Frame // Closed after the last.
	kept    []protocol.Frame    // Came before something that was asked for.
	closed  error               // Why; valid once frames is closed.
	nextID  uint64
	welcome protocol.Welcome
}

// dial opens a socket and says nothing.
func (s *server) dial(header http.Header) *socket {
	s.t.Helper()
	ws, resp, err := websocket.DefaultDialer.DialContext(s.t.Context(), s.url, header)
	if err != nil {
		s.t.Fatalf("dial: %v", err)
	}
	resp.Body.Close()
	c := &socket{t: s.t, ws: ws, frames: make(chan protocol.Frame, 100_000)}
	s.t.Cleanup(func() { ws.Close() })
	return c
}

// listen starts to receive.
func (c *socket) listen() *socket {
	go func() {
		defer close(c.frames)
		for {
			_, data, err := c.ws.ReadMessage()
			if err != nil {
				c.closed = err
				return
			}
			var f protocol.Frame
			if err := json.Unmarshal(data, &f); err != nil {
				c.closed = fmt.Errorf("frame %q: %w", data, err)
				return
			}
			c.frames <- f
		}
	}()
	return c
}

// connect opens a socket for p and says hello as a new device would.
func (s *server) connect(p person) *socket {
	s.t.Helper()
	return s.connectWith(protocol.Hello{Token: p.Token, Protocol: protocol.Version})
}

func (s *server) connectWith(h protocol.Hello) *socket {
	s.t.Helper()
	c := s.dial(nil).listen()
	reply := c.answer(c.request(protocol.OpHello, h))
	if reply.Error != nil {
		s.t.Fatalf("hello: %v", reply.Error)
	}
	c.decode(reply, &c.welcome)
	return c
}

func (c *socket) write(text string) {
	c.t.Helper()
	err := c.ws.WriteMessage(websocket.TextMessage, []byte(text))
	// After the server's close frame the end of the frames says it all.
	if err != nil && !errors.Is(err, websocket.ErrCloseSent) {
		c.t.Fatalf("write: %v", err)
	}
}

func (c *socket) frame(op string, id uint64, body any) {
	c.t.Helper()
	raw, err := protocol.Encode(body)
	if err != nil {
		c.t.Fatal(err)
	}
	data, err := protocol.Encode(protocol.Frame{Op: op, ID: id, Body: raw})
	if err != nil {
		c.t.Fatal(err)
	}
	c.write(string(data))
}

// request sends a request and returns its id.
func (c *socket) request(op string, body any) uint64 {
	c.t.Helper()
	c.nextID++
	c.frame(op, c.nextID, body)
	return c.nextID
}

// next returns the first frame that want says yes to. Others are kept for later.
func (c *socket) next(what string, want func(protocol.Frame) bool) protocol.Frame {
	c.t.Helper()
	for i, f := range c.kept {
		if want(f) {
			c.kept = slices.Delete(c.kept, i, i+1)
			return f
		}
	}
	timeout := time.After(patience)
	for {
		select {
		case f, ok := <-c.frames:
			if !ok {
				c.t.Fatalf("the socket ended before %s: %v", what, c.closed)
			}
			if want(f) {
				return f
			}
			c.kept = append(c.kept, f)
		case <-timeout:
			c.t.Fatalf("no %s in %v", what, patience)
		}
	}
}

// answer returns the reply to a request.
func (c *socket) answer(id uint64) protocol.Frame {
	c.t.Helper()
	return c.next("reply", func(f protocol.Frame) bool { return f.Op == protocol.OpReply && f.ID == id })
}

// event decodes the next event of op into body.
func (c *socket) event(op string, body any) {
	c.t.Helper()
	c.decode(c.next(op, func(f protocol.Frame) bool { return f.Op == op }), body)
}

func (c *socket) decode(f protocol.Frame, body any) {
	c.t.Helper()
	if err := json.Unmarshal(f.Body, body); err != nil {
		c.t.Fatalf("%s body %q: %v", f.Op, f.Body, err)
	}
}

// entries receives entries until last and checks that none is missing.
func (c *socket) entries(conversation string, first, last int64) []protocol.Entry {
	c.t.Helper()
	var all []protocol.Entry
	for seq := first; seq <= last; {
		var e protocol.Entries
		c.event(protocol.OpEntries, &e)
		if e.ConversationID != conversation {
			continue
		}
		for _, entry := range e.Entries {
			if entry.Seq < seq {
				c.t.Fatalf("entry %d came twice", entry.Seq)
			}
			if entry.Seq != seq {
				c.t.Fatalf("entry %d came where %d is next", entry.Seq, seq)
			}
			all = append(all, entry)
			seq++
		}
	}
	return all
}

// wantClose waits for the end of the socket and checks its code.
func (c *socket) wantClose(code int) {
	c.t.Helper()
	timeout := time.After(patience)
	for {
		select {
		case _, ok := <-c.frames:
			if ok {
				continue
			}
		case <-timeout:
			c.t.Fatalf("the socket was not closed in %v", patience)
		}
		var e *websocket.CloseError
		if !errors.As(c.closed, &e) || e.Code != code {
			c.t.Errorf("closed with %v, want code %d", c.closed, code)
		}
		return
	}
}

// text returns a text message.
func text(conversation, s string) protocol.Send {
	body, err := protocol.Encode(protocol.Text{Text: s})
	if err != nil {
		panic(err)
	}
	return protocol.Send{ConversationID: conversation, ClientID: ulid.Make().String(), Kind: protocol.KindText, Body: body}
}

// eventually waits until cond holds.
func eventually(t *testing.T, what string, cond func() bool) {
	t.Helper()
	deadline := time.After(patience)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !cond() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("not in %v: %s", patience, what)
		}
	}
}
