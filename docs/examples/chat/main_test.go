package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"mychat/protocol"
	"mychat/server/config"
	"mychat/server/node"
)

const password = "correct horse battery"

// TestChat runs two of the example against a real server: each prints what the
// other says.
func TestChat(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	server := startServer(t)
	ana := register(t, server, "ana_lind")
	ben := register(t, server, "ben_2026")
	befriend(t, server, ana, ben)

	heardByBen := start(ctx, t, server, "ben_2026", "ANA_LIND", "hi Ana")
	await(t, heardByBen, ben.Me.Profile.ID+": hi Ana") // Ben is connected.
	heardByAna := start(ctx, t, server, "ana_lind", "ben_2026", "hello there 你好")
	await(t, heardByBen, ana.Me.Profile.ID+": hello there 你好")
	await(t, heardByAna, ana.Me.Profile.ID+": hello there 你好")
}

func TestChatSaysWhatIsWrong(t *testing.T) {
	server := startServer(t)
	ana := register(t, server, "ana_lind")
	t.Run("wrong password", func(t *testing.T) {
		err := chat(t.Context(), io.Discard, server, "ana_lind", "not the password", "ben_2026", "hi")
		if !errors.Is(err, protocol.ErrBadCredentials) {
			t.Errorf("got %v, want %v", err, protocol.ErrBadCredentials)
		}
	})
	t.Run("nobody to write to", func(t *testing.T) {
		err := chat(t.Context(), io.Discard, server, ana.Me.Profile.Username, password, "ben_2026", "hi")
		if err == nil || !strings.Contains(err.Error(), "no conversation") {
			t.Errorf("got %v, want it to say that there is no conversation", err)
		}
	})
}

// start runs the example until ctx ends and returns the lines that it prints.
func start(ctx context.Context, t *testing.T, server, user, to, text string) <-chan string {
	t.Helper()
	ctx, stop := context.WithCancel(ctx)
	read, write := io.Pipe()
	lines, ended := make(chan string, 64), make(chan error, 1)
	go func() {
		defer close(lines)
		for scanner := bufio.NewScanner(read); scanner.Scan(); {
			lines <- scanner.Text()
		}
	}()
	go func() {
		err := chat(ctx, write, server, user, password, to, text)
		write.CloseWithError(err)
		ended <- err
	}()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("%s's client: %v", user, err)
		}
	})
	return lines
}

func await(t *testing.T, lines <-chan string, want string) {
	t.Helper()
	for line := range lines {
		if strings.HasSuffix(line, want) {
			return
		}
	}
	t.Fatalf("the client ended without printing %q", want)
}

func startServer(t *testing.T) string {
	t.Helper()
	cfg := config.Default()
	cfg.Listen, cfg.Data = "127.0.0.1:0", t.TempDir()
	n, err := node.Open(t.Context(), cfg, node.Options{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- n.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("server: %v", err)
		}
	})
	return n.URL()
}

func register(t *testing.T, server, name string) protocol.Session {
	t.Helper()
	key, _, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	var s protocol.Session
	call(t, server, "", protocol.PathRegister, protocol.Register{
		Username: name, Nickname: name, Password: password, Device: protocol.DeviceInfo{
			Name: "test", Platform: protocol.PlatformOther, PublicKey: base64.StdEncoding.EncodeToString(key),
		},
	}, &s)
	return s
}

func befriend(t *testing.T, server string, a, b protocol.Session) {
	t.Helper()
	var asked protocol.Asked
	call(t, server, a.Token, protocol.PathRequests, protocol.AskFriend{UserID: b.Me.Profile.ID}, &asked)
	call(t, server, b.Token, protocol.PathRequests+"/"+asked.Request.ID+"/"+protocol.AnswerAccept, nil, &asked)
}

func call(t *testing.T, server, token, path string, in, out any) {
	t.Helper()
	var body bytes.Buffer
	if in != nil {
		data, err := protocol.Encode(in)
		if err != nil {
			t.Fatal(err)
		}
		body.Write(data)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server+path, &body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if res.StatusCode >= http.StatusBadRequest {
		t.Fatalf("POST %s: %s %s", path, res.Status, data)
	}
	if err := json.Unmarshal(data, out); err != nil {
		t.Fatal(err)
	}
}
