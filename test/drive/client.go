package drive

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
	"golang.org/x/sync/errgroup"

	"mychat/protocol"
)

const password = "load-password"

// User is one account with one signed-in device.
type User struct {
	server  *Server
	session protocol.Session
	came    atomic.Pointer[protocol.Hello] // With the positions of the last welcome; nil before the first.
}

// newWeb returns what makes REST calls, with enough kept connections that none
// is dialled while something is measured.
func newWeb() *http.Client {
	return &http.Client{
		Timeout:   time.Minute,
		Transport: &http.Transport{MaxIdleConns: 256, MaxIdleConnsPerHost: 256, DisableCompression: true},
	}
}

func deviceInfo() protocol.DeviceInfo {
	key, _, err := ed25519.GenerateKey(nil)
	if err != nil {
		panic(err) // The system has no random numbers.
	}
	return protocol.DeviceInfo{
		Name: "load", Platform: protocol.PlatformOther, PublicKey: base64.StdEncoding.EncodeToString(key),
	}
}

func (s *Server) register(ctx context.Context, name string) (*User, error) {
	u := &User{server: s}
	return u, u.call(ctx, http.MethodPost, protocol.PathRegister, protocol.Register{
		Username: name, Nickname: name, Password: password, Invite: s.Invite, Device: deviceInfo(),
	}, &u.session)
}

func (s *Server) signIn(ctx context.Context, name string) (*User, error) {
	u := &User{server: s}
	return u, u.call(ctx, http.MethodPost, protocol.PathSession, protocol.SignIn{
		Username: name, Password: password, Device: deviceInfo(),
	}, &u.session)
}

// befriend makes two users friends and returns their conversation.
func befriend(ctx context.Context, a, b *User) (string, error) {
	var asked protocol.Asked
	if err := a.call(ctx, http.MethodPost, protocol.PathRequests,
		protocol.AskFriend{UserID: b.session.Me.Profile.ID}, &asked); err != nil {
		return "", err
	}
	path := protocol.PathRequests + "/" + asked.Request.ID + "/" + protocol.AnswerAccept
	if err := b.call(ctx, http.MethodPost, path, nil, &asked); err != nil {
		return "", err
	}
	if asked.Contact == nil {
		return "", errors.New("an accepted request made no contact")
	}
	return asked.Contact.ConversationID, nil
}

// Pair is two friends.
type Pair struct {
	sender, receiver *User
	conversation     string
}

// Pairs registers count pairs of friends whose names nobody has yet.
func (s *Server) Pairs(ctx context.Context, count int) ([]Pair, error) {
	pairs := make([]Pair, count)
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(8)
	for i := range pairs {
		group.Go(func() (err error) {
			p := &pairs[i]
			if p.sender, err = s.register(ctx, s.name()); err != nil {
				return err
			}
			if p.receiver, err = s.register(ctx, s.name()); err != nil {
				return err
			}
			p.conversation, err = befriend(ctx, p.sender, p.receiver)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, fmt.Errorf("register: %w", s.explain(err))
	}
	return pairs, nil
}

// Circle registers somebody with count friends, none of whom anybody has yet, and
// returns the somebody's name and password, who receives in every pair.
func (s *Server) Circle(ctx context.Context, count int) (name, secret string, pairs []Pair, err error) {
	name = s.name()
	middle, err := s.register(ctx, name)
	if err != nil {
		return "", "", nil, fmt.Errorf("register: %w", s.explain(err))
	}
	pairs = make([]Pair, count)
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(8)
	for i := range pairs {
		group.Go(func() (err error) {
			p := &pairs[i]
			p.receiver = middle
			if p.sender, err = s.register(ctx, s.name()); err != nil {
				return err
			}
			p.conversation, err = befriend(ctx, p.sender, p.receiver)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return "", "", nil, fmt.Errorf("register: %w", s.explain(err))
	}
	return name, password, pairs, nil
}

// Users returns everybody in pairs.
func Users(pairs []Pair) []*User {
	users := make([]*User, 0, 2*len(pairs))
	for _, p := range pairs {
		users = append(users, p.sender, p.receiver)
	}
	return users
}

func (u *User) request(ctx context.Context, method, path string, body []byte) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, method, u.server.URL+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	req.Header.Set("Authorization", "Bearer "+u.session.Token)
	res, err := u.server.web.Do(req)
	if err != nil {
		return nil, err
	}
	if res.StatusCode < http.StatusBadRequest {
		return res, nil
	}
	defer res.Body.Close()
	refusal := &protocol.Error{}
	if err := json.NewDecoder(res.Body).Decode(refusal); err != nil {
		return nil, fmt.Errorf("%s %s: %s", method, path, res.Status)
	}
	return nil, fmt.Errorf("%s %s: %w", method, path, refusal)
}

func (u *User) call(ctx context.Context, method, path string, in, out any) error {
	var body []byte
	if in != nil {
		var err error
		if body, err = protocol.Encode(in); err != nil {
			return err
		}
	}
	res, err := u.request(ctx, method, path, body)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	return json.NewDecoder(res.Body).Decode(out)
}

// get makes a call and looks at no more than the length of the answer: the
// driver should leave the processors to the server.
func (u *User) get(ctx context.Context, path string) error {
	res, err := u.request(ctx, http.MethodGet, path, nil)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	n, err := io.Copy(io.Discard, res.Body)
	if err == nil && n == 0 {
		return fmt.Errorf("%s answered nothing", path)
	}
	return err
}

// dialer keeps its buffers small: a driver has thousands of sockets.
var dialer = &websocket.Dialer{ReadBufferSize: 1 << 10, WriteBufferSize: 1 << 10, HandshakeTimeout: time.Minute}

// connect opens the user's socket and says hello as the app does: from where the
// last welcome ended.
func (u *User) connect(ctx context.Context) (*websocket.Conn, error) {
	address := "ws" + strings.TrimPrefix(u.server.URL, "http") + protocol.PathSocket
	ws, _, err := dialer.DialContext(ctx, address, nil)
	if err != nil {
		return nil, err
	}
	if err := u.hello(ws); err != nil {
		ws.Close()
		return nil, fmt.Errorf("hello: %w", err)
	}
	return ws, nil
}

func (u *User) hello(ws *websocket.Conn) error {
	hello := u.came.Load()
	if hello == nil {
		hello = &protocol.Hello{Token: u.session.Token, Protocol: protocol.Version}
	}
	if err := post(ws, protocol.OpHello, 1, hello); err != nil {
		return err
	}
	data, err := await(ws, `{"op":"reply","id":1`, "")
	if err != nil || hello.SinceMS > 0 && !bytes.HasPrefix(data, []byte(`{"op":"reply","id":1,"error"`)) {
		return err // Later welcomes are not looked at: the driver should leave the processors to the server.
	}
	var frame protocol.Frame
	if err := json.Unmarshal(data, &frame); err != nil {
		return err
	}
	if frame.Error != nil {
		return frame.Error
	}
	var welcome protocol.Welcome
	if err := json.Unmarshal(frame.Body, &welcome); err != nil {
		return err
	}
	for _, h := range welcome.Heads { // Who comes back has read most of what there is.
		if err := post(ws, protocol.OpRead, 2, protocol.Read{ConversationID: h.ID, Seq: h.LastSeq}); err != nil {
			return err
		}
		if _, err := await(ws, `{"op":"reply","id":2`, ""); err != nil {
			return err
		}
	}
	u.came.Store(&protocol.Hello{
		Token: u.session.Token, Protocol: protocol.Version, JournalPos: welcome.JournalPos, SinceMS: welcome.ServerMS,
	})
	return nil
}

// hangUp closes a socket without leaving its port behind in TIME_WAIT, of which
// a driver that connects thousands of times would run out.
func hangUp(ws *websocket.Conn) {
	if c, ok := ws.NetConn().(*net.TCPConn); ok {
		// If it is closed already there is no port to give back.
		_ = c.SetLinger(0)
	}
	ws.Close()
}

func post(ws *websocket.Conn, op string, id uint64, body any) error {
	data, err := protocol.Encode(body)
	if err != nil {
		return err
	}
	frame, err := protocol.Encode(protocol.Frame{Op: op, ID: id, Body: data})
	if err != nil {
		return err
	}
	return ws.WriteMessage(websocket.TextMessage, frame)
}
