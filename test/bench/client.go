package main

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/gorilla/websocket"

	"mychat/protocol"
)

const password = "bench-password"

// user is one account with one signed-in device.
type user struct {
	server  string
	session protocol.Session
}

// web makes REST calls, with enough kept connections that none is dialled
// while something is measured.
var web = &http.Client{
	Timeout:   time.Minute,
	Transport: &http.Transport{MaxIdleConns: 64, MaxIdleConnsPerHost: 64},
}

func deviceInfo() protocol.DeviceInfo {
	key, _, err := ed25519.GenerateKey(nil)
	if err != nil {
		panic(err) // The system has no random numbers.
	}
	return protocol.DeviceInfo{
		Name: "bench", Platform: protocol.PlatformOther, PublicKey: base64.StdEncoding.EncodeToString(key),
	}
}

func register(ctx context.Context, server, name string) (*user, error) {
	u := &user{server: server}
	return u, u.call(ctx, http.MethodPost, protocol.PathRegister, protocol.Register{
		Username: name, Nickname: name, Password: password, Device: deviceInfo(),
	}, &u.session)
}

func signIn(ctx context.Context, server, name string) (*user, error) {
	u := &user{server: server}
	return u, u.call(ctx, http.MethodPost, protocol.PathSession, protocol.SignIn{
		Username: name, Password: password, Device: deviceInfo(),
	}, &u.session)
}

// befriend makes two users friends and returns their conversation.
func befriend(ctx context.Context, a, b *user) (string, error) {
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
		return "", fmt.Errorf("an accepted request made no contact")
	}
	return asked.Contact.ConversationID, nil
}

func (u *user) call(ctx context.Context, method, path string, in, out any) error {
	var body bytes.Buffer
	if in != nil {
		data, err := protocol.Encode(in)
		if err != nil {
			return err
		}
		body.Write(data)
	}
	req, err := http.NewRequestWithContext(ctx, method, u.server+path, &body)
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+u.session.Token)
	res, err := web.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode >= http.StatusBadRequest {
		refusal := &protocol.Error{}
		if err := json.NewDecoder(res.Body).Decode(refusal); err != nil {
			return fmt.Errorf("%s %s: %s", method, path, res.Status)
		}
		return fmt.Errorf("%s %s: %w", method, path, refusal)
	}
	return json.NewDecoder(res.Body).Decode(out)
}

// connect opens the user's socket and says hello.
func (u *user) connect(ctx context.Context) (*websocket.Conn, error) {
	address := "ws" + strings.TrimPrefix(u.server, "http") + protocol.PathSocket
	ws, _, err := websocket.DefaultDialer.DialContext(ctx, address, nil)
	if err != nil {
		return nil, err
	}
	err = post(ws, protocol.OpHello, 1, protocol.Hello{Token: u.session.Token, Protocol: protocol.Version})
	var frame protocol.Frame
	for err == nil && frame.ID != 1 {
		err = ws.ReadJSON(&frame)
	}
	if err == nil && frame.Error != nil {
		err = frame.Error
	}
	if err != nil {
		ws.Close()
		return nil, fmt.Errorf("hello: %w", err)
	}
	return ws, nil
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
