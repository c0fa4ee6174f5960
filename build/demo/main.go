// Command demo fills a server with three people who know each other and have
// chatted in two languages, and has two app folders remember two of them, so
// that their windows open signed in. A second run finds all of it there and
// changes nothing.
//
//	demo --server http://127.0.0.1:9999 --data .mychat/demo
//
// Everything goes through the public REST API: docs/PROTOCOL.md.
package main

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"mychat/backend/desktop"
	"mychat/backend/session"
	"mychat/protocol"
)

// password is everybody's: the server is a toy on loopback.
const password = "mychat-demo"

// A person of the demo. Whoever has a window has an app folder, which is named
// like them.
type person struct {
	username, nickname string
	window             bool
}

var (
	linWan = person{"lin_wan", "林晚", true}
	alex   = person{"alex_reed", "Alex Reed", true}
	zhixia = person{"zhi_xia", "知夏", false}
)

// A line is one message of a chat.
type line struct {
	by   person
	text string
}

// A chat is what two people said. The last unread lines, which are by the
// second, wait for the first.
type chat struct {
	first, second person
	lines         []line
	unread        int
}

// chats are in the order of their last words: the one between the two windows
// is the newest in both.
var chats = []chat{
	{linWan, zhixia, []line{
		{linWan, "知夏，周末一起去爬山吗？"},
		{zhixia, "好呀！去哪座山？"},
		{linWan, "香山吧，听说红叶正好 🍁"},
		{zhixia, "那我带相机，再带一壶热茶。"},
		{linWan, "我带点心。早上八点在地铁口见？"},
		{zhixia, "八点半好不好，我想多睡一会儿 😴"},
		{linWan, "行，八点半。"},
		{zhixia, "对了，别忘了带身份证，门口要查。"},
		{zhixia, "Alex 也想来，我把集合地点发给他了。"},
	}, 2},
	{alex, zhixia, []line{
		{alex, "Hi 知夏, Lin Wan said you know where we meet on Saturday?"},
		{zhixia, "地铁口 B, 8:30. It's the exit next to the bakery."},
		{alex, "Perfect, I can find a bakery anywhere."},
		{zhixia, "哈哈哈 😂"},
	}, 0},
	{linWan, alex, []line{
		{linWan, "Hi Alex! I put MyChat on the little server under my desk 🎉"},
		{alex, "Nice, it took me two minutes to sign up."},
		{linWan, "And nobody else has our messages: no cloud, just that box."},
		{alex, "What happens when you pull its plug?"},
		{linWan, "You keep your history, and what you write goes out when it's back."},
		{alex, "Trying that tonight 😄 Are you coming to the climbing hall on Saturday?"},
		{linWan, "周六见 — see you Saturday!"},
		{alex, "Great. Now write me something in the other window."},
	}, 1},
}

func main() {
	server := flag.String("server", "http://127.0.0.1:9999", "the server to fill")
	data := flag.String("data", ".mychat/demo", "the folder that holds the app folders")
	screen := flag.Int("screen", 0, "width of the screen to put the windows side by side on, in `pixels`; 0 leaves them")
	flag.Parse()

	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := fill(ctx, *server, *data, *screen); err != nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(1)
	}
	fmt.Printf("\nThe sample people, all with the password %s:\n", password)
	for _, p := range []person{linWan, alex, zhixia} {
		where := "in no window: sign in as this one where you like"
		if p.window {
			where = "signed in, with data in " + filepath.Join(*data, p.username)
		}
		fmt.Printf("  %-10s (%s), %s\n", p.username, p.nickname, where)
	}
}

func fill(ctx context.Context, server, data string, screen int) error {
	people := map[person]*client{}
	for _, p := range []person{linWan, alex, zhixia} {
		c, err := enter(ctx, server, p)
		if err != nil {
			return fmt.Errorf("sign %s in: %w", p.username, err)
		}
		defer c.leave()
		people[p] = c
	}
	for i, talk := range chats {
		if err := talk.hold(ctx, i, people); err != nil {
			return fmt.Errorf("chat of %s and %s: %w", talk.first.username, talk.second.username, err)
		}
	}
	for i, p := range []person{linWan, alex} {
		folder, err := desktop.MakeDataDir(filepath.Join(data, p.username))
		if err != nil {
			return err
		}
		if err := remember(ctx, server, folder, p); err != nil {
			return fmt.Errorf("remember %s: %w", p.username, err)
		}
		if screen == 0 {
			continue
		}
		if err := placeWindow(folder, i*screen/2, screen/2); err != nil {
			return fmt.Errorf("place the window of %s: %w", p.username, err)
		}
	}
	return nil
}

// hold makes the two friends and says what is not said yet. The client ids are
// the same in each run, so a repeat is answered and not stored.
func (t chat) hold(ctx context.Context, number int, people map[person]*client) error {
	first, second := people[t.first], people[t.second]
	conversation, err := befriend(ctx, first, second)
	if err != nil {
		return err
	}
	var seqs []int64
	for i, line := range t.lines {
		body, err := protocol.Encode(protocol.Text{Text: line.text})
		if err != nil {
			return err
		}
		var sent protocol.Sent
		if err := people[line.by].call(ctx, http.MethodPost, protocol.PathMessages, protocol.Send{
			ConversationID: conversation,
			ClientID:       fmt.Sprintf("01K9DEM0%09d%09d", number, i),
			Kind:           protocol.KindText,
			Body:           body,
		}, &sent); err != nil {
			return err
		}
		seqs = append(seqs, sent.Seq)
	}
	last := len(seqs) - 1
	if err := first.read(ctx, conversation, seqs[last-t.unread]); err != nil {
		return err
	}
	return second.read(ctx, conversation, seqs[last])
}

// befriend returns the conversation of two people, who are friends afterwards.
func befriend(ctx context.Context, a, b *client) (string, error) {
	var asked protocol.Asked
	err := a.call(ctx, http.MethodPost, protocol.PathRequests, protocol.AskFriend{UserID: b.me.ID, Message: "Hello!"}, &asked)
	if err == nil && asked.Contact == nil {
		err = b.call(ctx, http.MethodPost, protocol.PathRequests+"/"+asked.Request.ID+"/"+protocol.AnswerAccept, nil, nil)
	}
	if err != nil && !errors.Is(err, protocol.Errorf(protocol.CodeAlreadyFriends, "")) {
		return "", err
	}
	var contacts []protocol.Contact
	if err := a.call(ctx, http.MethodGet, protocol.PathContacts, nil, &contacts); err != nil {
		return "", err
	}
	for _, c := range contacts {
		if c.Profile.ID == b.me.ID {
			return c.ConversationID, nil
		}
	}
	return "", fmt.Errorf("%s is not in the contacts of %s", b.me.Username, a.me.Username)
}

// remember signs a person in for the app that will use the folder, unless it
// remembers them already.
func remember(ctx context.Context, server, folder string, p person) error {
	s, err := session.New(ctx, folder, session.Options{Server: server, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	defer s.Close()
	accounts, err := s.Accounts(ctx)
	if err != nil {
		return err
	}
	for _, a := range accounts {
		if a.Username == p.username && a.Server == server && a.Remember {
			return nil
		}
	}
	_, err = s.SignIn(ctx, session.Credentials{
		Server: server, Username: p.username, Password: password, Remember: true, Auto: true,
	})
	return err
}

// placeWindow has the app open its window within room pixels from left on,
// unless it knows a place already. Otherwise the two windows would open in the
// middle of the screen, one behind the other.
func placeWindow(folder string, left, room int) error {
	const frame, width, height, top = 4, 900, 640, 30
	data, err := json.Marshal(map[string]int{"x": left, "y": top, "width": min(room-frame, width), "height": height})
	if err != nil {
		return err
	}
	f, err := os.OpenFile(filepath.Join(folder, "window.json"), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Close())
}

// client is one signed-in person of the REST API.
type client struct {
	server, token string
	me            protocol.Profile
}

// enter signs a person in, and registers them the first time.
func enter(ctx context.Context, server string, p person) (*client, error) {
	key, _, err := ed25519.GenerateKey(nil)
	if err != nil {
		return nil, err
	}
	device := protocol.DeviceInfo{
		Name: "make demo", Platform: protocol.PlatformOther, PublicKey: base64.StdEncoding.EncodeToString(key),
	}
	c := &client{server: server}
	var granted protocol.Session
	err = c.call(ctx, http.MethodPost, protocol.PathSession,
		protocol.SignIn{Username: p.username, Password: password, Device: device}, &granted)
	if errors.Is(err, protocol.ErrBadCredentials) {
		err = c.call(ctx, http.MethodPost, protocol.PathRegister,
			protocol.Register{Username: p.username, Nickname: p.nickname, Password: password, Device: device}, &granted)
	}
	if err != nil {
		return nil, err
	}
	c.token, c.me = granted.Token, granted.Me.Profile
	return c, nil
}

// leave signs the seeding device out again, so that it is in nobody's list. It
// takes no context: it cleans up after one that may have ended.
func (c *client) leave() {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if err := c.call(ctx, http.MethodDelete, protocol.PathSession, nil, nil); err != nil {
		fmt.Fprintln(os.Stderr, "demo: sign out:", err)
	}
}

func (c *client) read(ctx context.Context, conversation string, seq int64) error {
	return c.call(ctx, http.MethodPost, protocol.PathConversations+"/"+conversation+"/read",
		protocol.Read{ConversationID: conversation, Seq: seq}, nil)
}

// call makes one REST call. in and out may be nil. A refusal is a
// *protocol.Error.
func (c *client) call(ctx context.Context, method, path string, in, out any) error {
	var body bytes.Buffer
	if in != nil {
		data, err := protocol.Encode(in)
		if err != nil {
			return err
		}
		body.Write(data)
	}
	address, err := url.JoinPath(c.server, path)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, method, address, &body)
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode >= http.StatusBadRequest {
		var refusal protocol.Error
		if err := json.NewDecoder(res.Body).Decode(&refusal); err != nil || refusal.Code == "" {
			return fmt.Errorf("%s %s: %s", method, path, res.Status)
		}
		return &refusal
	}
	if out == nil {
		return nil
	}
	return json.NewDecoder(res.Body).Decode(out)
}
