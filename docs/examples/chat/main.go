// Command chat is a whole MyChat client in one short file: it signs in, says
// hello, sends what its arguments say to a friend, and prints what friends
// write. docs/PROTOCOL.md explains each step.
//
//	CHAT_PASSWORD=... go run ./docs/examples/chat -server http://127.0.0.1:9999 -user ana_lind -to ben_2026 hello there
package main

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"slices"
	"strings"

	"github.com/gorilla/websocket"
	"github.com/oklog/ulid/v2"

	"mychat/protocol"
)

func main() {
	server := flag.String("server", "http://127.0.0.1:9999", "address of the server")
	user := flag.String("user", "", "username; its password is in CHAT_PASSWORD")
	to := flag.String("to", "", "username of the friend to write to")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := chat(ctx, os.Stdout, *server, *user, os.Getenv("CHAT_PASSWORD"), *to, strings.Join(flag.Args(), " ")); err != nil {
		fmt.Fprintln(os.Stderr, "chat:", err)
		os.Exit(1)
	}
}

// chat sends one text and prints entries until ctx ends or the socket closes.
func chat(ctx context.Context, out io.Writer, server, user, password, to, text string) error {
	// A real client keeps the private half of its key, and its token.
	key, _, err := ed25519.GenerateKey(nil)
	if err != nil {
		return err
	}
	session, err := signIn(ctx, server, protocol.SignIn{Username: user, Password: password, Device: protocol.DeviceInfo{
		Name: "example", Platform: protocol.PlatformOther, PublicKey: base64.StdEncoding.EncodeToString(key),
	}})
	if err != nil {
		return fmt.Errorf("sign in: %w", err)
	}

	address := "ws" + strings.TrimPrefix(server, "http") + protocol.PathSocket // https becomes wss.
	ws, _, err := websocket.DefaultDialer.DialContext(ctx, address, nil)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer ws.Close()
	defer context.AfterFunc(ctx, func() { ws.Close() })()
	request := func(id uint64, op string, body any) error {
		data, err := protocol.Encode(body)
		if err != nil {
			return err
		}
		return ws.WriteJSON(protocol.Frame{Op: op, ID: id, Body: data})
	}

	const helloID, sendID = 1, 2
	if err := request(helloID, protocol.OpHello, protocol.Hello{Token: session.Token, Protocol: protocol.Version}); err != nil {
		return err
	}
	for {
		var frame protocol.Frame
		if err := ws.ReadJSON(&frame); err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return fmt.Errorf("read: %w", err) // A real client connects again with its positions.
		}
		switch {
		case frame.Error != nil:
			return frame.Error
		case frame.Op == protocol.OpReply && frame.ID == helloID:
			var welcome protocol.Welcome
			if err := json.Unmarshal(frame.Body, &welcome); err != nil {
				return err
			}
			body, err := protocol.Encode(protocol.Text{Text: text})
			if err != nil {
				return err
			}
			i := slices.IndexFunc(welcome.Heads, func(h protocol.Head) bool {
				return h.Peer != nil && protocol.FoldUsername(h.Peer.Username) == protocol.FoldUsername(to)
			})
			if i < 0 {
				return fmt.Errorf("no conversation with %q", to)
			}
			if err := request(sendID, protocol.OpSend, protocol.Send{
				ConversationID: welcome.Heads[i].ID, ClientID: ulid.Make().String(), Kind: protocol.KindText, Body: body,
			}); err != nil {
				return err
			}
		case frame.Op == protocol.OpEntries:
			var event protocol.Entries
			if err := json.Unmarshal(frame.Body, &event); err != nil {
				return err
			}
			for _, entry := range event.Entries {
				line := protocol.Text{Text: entry.Fallback} // For a kind that is not known here.
				if entry.Kind == protocol.KindText {
					if err := json.Unmarshal(entry.Body, &line); err != nil {
						return err
					}
				}
				fmt.Fprintf(out, "%d %s: %s\n", entry.Seq, entry.Sender, line.Text)
			}
		}
	}
}

func signIn(ctx context.Context, server string, s protocol.SignIn) (protocol.Session, error) {
	var session protocol.Session
	body, err := protocol.Encode(s)
	if err != nil {
		return session, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, server+protocol.PathSession, bytes.NewReader(body))
	if err != nil {
		return session, err
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return session, err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusCreated {
		refusal := protocol.Error{}
		if err := json.NewDecoder(res.Body).Decode(&refusal); err != nil {
			return session, fmt.Errorf("the server answered %s", res.Status)
		}
		return session, &refusal
	}
	return session, json.NewDecoder(res.Body).Decode(&session)
}
