package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"mychat/protocol"
)

// command runs mychat-server with args and returns what it printed.
func command(t *testing.T, environ []string, args ...string) (stdout, stderr string, err error) {
	t.Helper()
	var out, warn bytes.Buffer
	err = run(t.Context(), args, environ, &out, &warn)
	return out.String(), warn.String(), err
}

// lines is a writer that others wait on.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
	more chan struct{}
}

func newLines() *lines { return &lines{more: make(chan struct{}, 1)} }

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	select {
	case l.more <- struct{}{}:
	default:
	}
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// serving starts a server on data and returns its URL and how to stop it,
// which returns what it logged.
func serving(t *testing.T, data string, args ...string) (url string, stop func() string) {
	t.Helper()
	log := newLines()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() {
		done <- run(ctx, append([]string{"--data", data, "--listen", "127.0.0.1:0"}, args...), nil, io.Discard, log)
	}()
	end := sync.OnceValue(func() string {
		cancel()
		select {
		case err := <-done:
			if err != nil {
				t.Errorf("serve: %v", err)
			}
		case <-time.After(10 * time.Second):
			t.Error("the server did not stop within ten seconds")
		}
		return log.String()
	})
	t.Cleanup(func() { end() })
	timeout := time.After(20 * time.Second)
	for {
		if m := regexp.MustCompile(`url=(http\S+)`).FindStringSubmatch(log.String()); m != nil {
			return m[1], end
		}
		select {
		case <-log.more:
		case err := <-done:
			done <- err
			t.Fatalf("serve: %v\n%s", err, log)
		case <-timeout:
			t.Fatalf("the server does not say where it is:\n%s", log)
		}
	}
}

func register(t *testing.T, url, name string) {
	t.Helper()
	body := `{"username":"` + name + `","nickname":"` + name + `","password":"correct horse","device":{"name":"d","platform":"linux","public_key":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}}`
	resp, err := http.Post(url+protocol.PathRegister, "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusCreated {
		text, _ := io.ReadAll(resp.Body)
		t.Fatalf("register: status %d, %s", resp.StatusCode, text)
	}
}

func TestServeAndAdministrate(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	url, stop := serving(t, data)
	register(t, url, "ana_01")

	out, _, err := command(t, nil, "--data", data, "report")
	if err != nil || !strings.Contains(out, "users") || !regexp.MustCompile(`users\s+1 \(0 disabled\)`).MatchString(out) || !strings.Contains(out, "SQLite 3.") {
		t.Errorf("report: %v\n%s", err, out)
	}
	out, _, err = command(t, nil, "user", "list", "--data", data)
	if err != nil || !regexp.MustCompile(`ana_01\s+ana_01\s+active\s+1`).MatchString(out) {
		t.Errorf("list: %v\n%s", err, out)
	}
	for _, tt := range []struct{ what, want string }{
		{"disable", "is disabled"}, {"enable", "is enabled"}, {"sign-out", "signed out"}, {"reset-password", "new password"},
	} {
		out, _, err := command(t, nil, "user", tt.what, "ANA_01", "--data", data)
		if err != nil || !strings.Contains(out, tt.want) {
			t.Errorf("user %s: %v, %s", tt.what, err, out)
		}
	}
	out, warning, err := command(t, nil, "invite", "--uses", "3", "--expires", "2", "--data", data)
	if err != nil || len(strings.TrimSpace(out)) < 8 || !strings.Contains(warning, "registration") {
		t.Errorf("invite: %v, %q, %q", err, out, warning)
	}
	if _, _, err := command(t, nil, "user", "disable", "nobody_1", "--data", data); err == nil || !strings.Contains(err.Error(), `"nobody_1"`) {
		t.Errorf("a user who is not there: %v", err)
	}

	log := stop()
	first, _, _ := strings.Cut(log, "\n")
	if !strings.Contains(first, "msg=serving") || !strings.Contains(first, url) {
		t.Errorf("the first line is %q", first)
	}
	if !strings.Contains(log, "msg=stopped") || strings.Contains(log, "correct horse") {
		t.Errorf("log:\n%s", log)
	}
}

func TestLogFormats(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	if err := os.Mkdir(data, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(data, "conf.toml"), []byte("[log]\nlevel = \"warn\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := run(ctx, []string{"--data", data, "--listen", "127.0.0.1:0"}, []string{"MYCHAT_LOG_FORMAT=json"}, io.Discard, &log); err != nil && !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if strings.Contains(log.String(), "serving") {
		t.Errorf("level warn logs %s", log.String())
	}
}

func TestCommandLineMistakes(t *testing.T) {
	data := t.TempDir()
	for _, tt := range []struct {
		name  string
		args  []string
		env   []string
		usage bool // Exit code 2.
		want  string
	}{
		{"unknown command", []string{"dance"}, nil, true, `"dance"`},
		{"unknown flag", []string{"--dance"}, nil, true, "-dance"},
		{"user alone", []string{"user"}, nil, true, "user needs"},
		{"unknown user command", []string{"user", "dance"}, nil, true, "user dance"},
		{"no name", []string{"user", "disable"}, nil, true, "one username"},
		{"two names", []string{"user", "disable", "a", "b"}, nil, true, "one username"},
		{"a word too many", []string{"report", "now"}, nil, true, `"now"`},
		{"no uses", []string{"invite", "--uses", "0"}, nil, true, "--uses"},
		{"no database", []string{"report", "--data", data}, nil, false, "no database"},
		{"bad setting", []string{"--data", data}, []string{"MYCHAT_LOG_LEVEL=loud"}, false, "MYCHAT_LOG_LEVEL"},
		{"open to the world without TLS", []string{"--data", data, "--listen", ":0"}, nil, false, "plain_http"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, _, err := command(t, tt.env, tt.args...)
			if err == nil || !strings.Contains(err.Error(), tt.want) || errors.Is(err, errUsage) != tt.usage {
				t.Errorf("error = %v, want one that says %q", err, tt.want)
			}
		})
	}
}

func TestHelpConfigAndVersion(t *testing.T) {
	if out, _, err := command(t, nil, "--help"); !errors.Is(err, flag.ErrHelp) || !strings.Contains(out, "reset-password") || !strings.Contains(out, "-database") {
		t.Errorf("help: %v\n%s", err, out)
	}
	if out, _, err := command(t, nil, "config"); err != nil || !strings.Contains(out, "MYCHAT_LISTEN") {
		t.Errorf("config: %v\n%s", err, out)
	}
	if out, _, err := command(t, nil, "version"); err != nil || !strings.HasPrefix(out, "mychat-server ") {
		t.Errorf("version: %v, %q", err, out)
	}
}
