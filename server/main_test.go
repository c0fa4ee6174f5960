package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"mychat/protocol"
)

// mainEnv makes the test binary mychat-server itself, with its signals and exit
// codes. It holds the arguments, each in a line of its own.
const mainEnv = "MYCHAT_SERVER_TEST_MAIN"

func TestMain(m *testing.M) {
	if args := os.Getenv(mainEnv); args != "" {
		os.Args = append(os.Args[:1], strings.Split(args, "\n")...)
		os.Unsetenv(mainEnv) // A setting that the server does not know.
		main()
		return
	}
	os.Exit(m.Run())
}

// program is mychat-server as a process of its own.
func program(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), mainEnv+"="+strings.Join(args, "\n"))
	return cmd
}

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

// await returns the first group of a pattern once it is there.
func (l *lines) await(t *testing.T, pattern string) string {
	t.Helper()
	timeout := time.After(time.Minute)
	for {
		if m := regexp.MustCompile(pattern).FindStringSubmatch(l.String()); m != nil {
			return m[1]
		}
		select {
		case <-l.more:
		case <-timeout:
			t.Fatalf("%s does not appear:\n%s", pattern, l)
		}
	}
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
	timeout := time.After(time.Minute)
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
		if err != nil || !strings.HasPrefix(out, "ana_01 ") || !strings.Contains(out, tt.want) {
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

// TestSignalsDrain ends the program as a supervisor does, while a client that
// does not listen any more holds a socket and another is slow to ask.
func TestSignalsDrain(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there are no such signals")
	}
	for _, signal := range []os.Signal{syscall.SIGTERM, os.Interrupt} {
		t.Run(signal.String(), func(t *testing.T) {
			t.Parallel()
			log := newLines()
			cmd := program(t, "--listen", "127.0.0.1:0", "--data", filepath.Join(t.TempDir(), "data"))
			cmd.Stderr = log
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			exited := make(chan error, 1)
			go func() { exited <- cmd.Wait() }()
			t.Cleanup(func() { _ = cmd.Process.Kill() }) // It is gone already when all is well.
			url := log.await(t, `url=(http\S+)`)
			register(t, url, "ana_01")
			address := strings.TrimPrefix(url, "http://")
			for _, says := range []string{
				"GET " + protocol.PathSocket + " HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
				"POST " + protocol.PathSession + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{",
			} {
				conn, err := net.Dial("tcp", address)
				if err != nil {
					t.Fatal(err)
				}
				defer conn.Close()
				if _, err := io.WriteString(conn, says); err != nil {
					t.Fatal(err)
				}
			}
			began := time.Now()
			if err := cmd.Process.Signal(signal); err != nil {
				t.Fatal(err)
			}
			select {
			case err := <-exited:
				if err != nil {
					t.Errorf("it ended with %v, want exit code 0\n%s", err, log)
				}
				t.Logf("ended after %v", time.Since(began).Round(time.Millisecond))
			case <-time.After(10 * time.Second):
				t.Errorf("it did not end within ten seconds\n%s", log)
			}
			if !strings.Contains(log.String(), "msg=stopped") {
				t.Errorf("log:\n%s", log)
			}
		})
	}
}

func TestExitCodes(t *testing.T) {
	for _, tt := range []struct {
		name string
		args []string
		code int
	}{
		{"help", []string{"--help"}, 0},
		{"version", []string{"version"}, 0},
		{"usage", []string{"dance"}, 2},
		{"settings", []string{"--database", "mysql://x"}, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			cmd := program(t, tt.args...)
			out, err := cmd.CombinedOutput()
			if got := cmd.ProcessState.ExitCode(); got != tt.code {
				t.Errorf("exit code %d, %v, want %d\n%s", got, err, tt.code, out)
			}
		})
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
		{"unknown option", []string{"--dance"}, nil, true, "--dance"},
		{"no value", []string{"--data"}, nil, true, "--data"},
		{"no number", []string{"invite", "--uses", "many"}, nil, true, "--uses"},
		{"user alone", []string{"user"}, nil, true, "user needs"},
		{"unknown user command", []string{"user", "dance"}, nil, true, "user dance"},
		{"no name", []string{"user", "disable"}, nil, true, "one username"},
		{"two names", []string{"user", "disable", "a", "b"}, nil, true, "one username"},
		{"a word too many", []string{"report", "now"}, nil, true, `"now"`},
		{"an option of another command", []string{"user", "list", "--uses", "3"}, nil, true, "--uses is an option of invite"},
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
	for _, arg := range []string{"--help", "-h", "help"} {
		out, _, err := command(t, nil, arg)
		if err != nil {
			t.Errorf("%s: %v", arg, err)
		}
		for _, want := range []string{
			"Usage: mychat-server", "\n  user reset-password NAME", " --data FOLDER ", "mychat-data.", "MYCHAT_DATA",
			" --config FILE ", " --uses N ", " --expires DAYS ", " --version ", "-h, --help ",
		} {
			if !strings.Contains(out, want) {
				t.Errorf("%s does not say %q:\n%s", arg, want, out)
			}
		}
		for line := range strings.Lines(out) {
			if len(line) > helpWidth+1 {
				t.Errorf("%s: line %q", arg, line)
			}
		}
	}
	if out, _, err := command(t, nil, "config"); err != nil || !strings.Contains(out, "MYCHAT_LISTEN") {
		t.Errorf("config: %v\n%s", err, out)
	}
	for _, arg := range []string{"version", "--version"} {
		if out, _, err := command(t, nil, arg); err != nil || !strings.HasPrefix(out, "mychat-server ") {
			t.Errorf("%s: %v, %q", arg, err, out)
		}
	}
}
