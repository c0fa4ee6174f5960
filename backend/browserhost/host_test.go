package browserhost

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/gorilla/websocket"

	"mychat/backend/bridge"
	"mychat/protocol"
)

// served is a Host that is served until its test ends.
type served struct {
	host *Host
	app  *bridge.App
	url  string // With the token and a last slash.
	addr string
}

func serve(t *testing.T) served {
	t.Helper()
	log := slog.New(slog.NewTextHandler(t.Output(), nil))
	ctx, cancel := context.WithCancel(context.Background())
	app := bridge.New(ctx, bridge.Options{Dir: t.TempDir(), Host: bridge.HostBrowser, Locale: "zh-CN", Quit: cancel, Log: log})
	page := fstest.MapFS{
		"index.html":    {Data: []byte("<title>page</title>")},
		"assets/app.js": {Data: []byte("run()")},
		"logo.svg":      {Data: []byte("<svg/>")},
	}
	h := New(Options{App: app, Page: page, Locale: "zh-CN", Log: log})
	l, err := Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 2)
	go func() { done <- app.Run(ctx) }()
	go func() { done <- h.Serve(ctx, l) }()
	t.Cleanup(func() {
		cancel()
		for range 2 {
			if err := <-done; err != nil {
				t.Errorf("ended with %v, want nil", err)
			}
		}
	})
	return served{host: h, app: app, url: h.URL(l), addr: l.Addr().String()}
}

// do makes a request and returns the answer with its body.
func do(t *testing.T, method, address string, body io.Reader, set func(*http.Request)) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, address, body)
	if err != nil {
		t.Fatal(err)
	}
	if set != nil {
		set(r)
	}
	res, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(data)
}

// call calls a method as the page does.
func (s served) call(t *testing.T, method, args string) (status int, body string) {
	t.Helper()
	res, body := do(t, http.MethodPost, s.url+"call/"+method, strings.NewReader(args), s.fromPage)
	return res.StatusCode, body
}

func (s served) fromPage(r *http.Request) { r.Header.Set("Origin", "http://"+s.addr) }

func TestPage(t *testing.T) {
	s := serve(t)
	for _, tt := range []struct{ path, kind, body string }{
		{"", "text/html; charset=utf-8", "<title>page</title>"},
		{"index.html", "text/html; charset=utf-8", "<title>page</title>"},
		{"assets/app.js", "text/javascript; charset=utf-8", "run()"},
		{"logo.svg", "image/svg+xml", "<svg/>"},
		{"host.json", "application/json", `{"host":"browser","locale":"zh-CN"}`},
	} {
		res, body := do(t, http.MethodGet, s.url+tt.path, nil, nil)
		if res.StatusCode != http.StatusOK || body != tt.body || res.Header.Get("Content-Type") != tt.kind {
			t.Errorf("GET %q = %d, %s, %q", tt.path, res.StatusCode, res.Header.Get("Content-Type"), body)
		}
	}
	for _, path := range []string{"none.js", "assets", "assets/", "../host.go", "%2e%2e/host.go", "assets/..%2f..%2fgo.mod"} {
		if res, _ := do(t, http.MethodGet, s.url+path, nil, nil); res.StatusCode == http.StatusOK {
			t.Errorf("GET %q = %d", path, res.StatusCode)
		}
	}
}

func TestEveryAnswerIsProtected(t *testing.T) {
	s := serve(t)
	for _, address := range []string{s.url, s.url + "none", "http://" + s.addr + "/"} {
		res, _ := do(t, http.MethodGet, address, nil, nil)
		for key, want := range map[string]string{
			"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
		} {
			if got := res.Header.Get(key); got != want {
				t.Errorf("GET %s: %s = %q, want %q", address, key, got, want)
			}
		}
		policy := res.Header.Get("Content-Security-Policy")
		if !strings.Contains(policy, "default-src 'none'") || !strings.Contains(policy, "connect-src 'self' ws://"+s.addr) {
			t.Errorf("GET %s: policy = %q", address, policy)
		}
	}
}

func TestTokenHostAndOrigin(t *testing.T) {
	s := serve(t)
	_, port, err := net.SplitHostPort(s.addr)
	if err != nil {
		t.Fatal(err)
	}
	wrong := "http://" + s.addr + "/" + strings.Repeat("a", len(s.host.token)) + "/"
	for _, tt := range []struct {
		name   string
		method string
		url    string
		host   string
		origin string
		want   int
	}{
		{"the page", "GET", s.url, "", "", 200},
		{"without the slash", "GET", strings.TrimSuffix(s.url, "/"), "", "", http.StatusTemporaryRedirect},
		{"a call", "POST", s.url + "call/Auth/State", "", "http://" + s.addr, 200},
		{"by name", "POST", s.url + "call/Auth/State", "localhost:" + port, "http://localhost:" + port, 200},
		{"by IPv6", "GET", s.url, "[::1]:" + port, "", 200},
		{"no token", "GET", "http://" + s.addr + "/", "", "", 404},
		{"a wrong token", "GET", wrong, "", "", 404},
		{"a call with a wrong token", "POST", wrong + "call/Auth/State", "", "http://" + s.addr, 404},
		{"half a token", "GET", "http://" + s.addr + "/" + s.host.token[:10] + "/", "", "", 404},
		{"a foreign name", "GET", s.url, "evil.example:" + port, "", 421},
		{"another port", "GET", s.url, "127.0.0.1:1", "", 421},
		{"no port", "GET", s.url, "127.0.0.1", "", 421},
		{"a foreign page", "POST", s.url + "call/Auth/State", "", "https://evil.example", 403},
		{"another local page", "POST", s.url + "call/Auth/State", "", "http://127.0.0.1:1", 403},
		{"a sandboxed page", "POST", s.url + "call/Auth/State", "", "null", 403},
		{"a call without an origin", "POST", s.url + "call/Auth/State", "", "", 403},
		{"a foreign reader", "GET", s.url + "host.json", "", "https://evil.example", 403},
		{"another name of this machine", "POST", s.url + "call/Auth/State", "", "http://localhost:" + port, 403},
		{"a call by GET", "GET", s.url + "call/Auth/State", "", "http://" + s.addr, 404},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var body io.Reader
			if tt.method == http.MethodPost {
				body = strings.NewReader("[]")
			}
			res, _ := do(t, tt.method, tt.url, body, func(r *http.Request) {
				r.Host = tt.host
				if tt.origin != "" {
					r.Header.Set("Origin", tt.origin)
				}
			})
			if res.StatusCode != tt.want {
				t.Errorf("status = %d, want %d", res.StatusCode, tt.want)
			}
		})
	}
}

func TestListenOnLoopbackOnly(t *testing.T) {
	for _, address := range []string{"0.0.0.0:0", ":0", "[::]:0"} {
		if l, err := Listen(address); err == nil {
			_ = l.Close()
			t.Errorf("Listen(%q) = nil, want a refusal", address)
		}
	}
	for _, address := range []string{"127.0.0.1:0", "localhost:0"} {
		l, err := Listen(address)
		if err != nil {
			t.Errorf("Listen(%q) = %v", address, err)
			continue
		}
		_ = l.Close()
	}
}

func TestCalls(t *testing.T) {
	s := serve(t)
	for _, tt := range []struct {
		name, method, args string
		status             int
		want               string // Part of the body.
	}{
		{"a result", "Auth/State", `[]`, 200, `"phase":"signed_out"`},
		{"no result", "Settings/Change", `[{"names":["theme"],"settings":{"theme":"dark"}}]`, 200, `null`},
		{"it was kept", "Settings/Get", `[]`, 200, `"theme":"dark"`},
		{"an error with its code", "Chat/Send", `[{"conversation_id":"c","text":"x"}]`, 422, `"code":"no_account"`},
		{"an error with its field", "Settings/Change", `[{"names":["theme"],"settings":{"theme":"pink"}}]`, 422, `"field":"theme"`},
		{"a list is never null", "Friends/List", `[]`, 422, `"code":"no_account"`},
		{"no such struct", "Nobody/State", `[]`, 404, `"code":"not_found"`},
		{"no such method", "Auth/Nothing", `[]`, 404, `"code":"not_found"`},
		{"too few arguments", "Chat/Send", `[]`, 422, `"code":"invalid"`},
		{"too many arguments", "Auth/State", `[1]`, 422, `"code":"invalid"`},
		{"a wrong type", "Chat/Send", `[{"text":1}]`, 422, `"code":"invalid"`},
		{"no array", "Auth/State", `{}`, 422, `"code":"invalid"`},
		{"no JSON", "Auth/State", `[`, 422, `"code":"invalid"`},
		{"nothing", "Auth/State", ``, 422, `"code":"invalid"`},
		{"too much", "Chat/Send", `[{"text":"` + strings.Repeat("x", maxCall) + `"}]`, 413, `"code":"too_large"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			status, body := s.call(t, tt.method, tt.args)
			if status != tt.status || !strings.Contains(body, tt.want) {
				t.Errorf("%s(%.40s) = %d %s, want %d with %s", tt.method, tt.args, status, body, tt.status, tt.want)
			}
		})
	}
}

// odd is a bound struct whose methods misbehave.
type odd struct{}

func (odd) Panic() (int, error)    { panic("boom") }
func (odd) Wrapped() error         { return errors.Join(errors.New("context"), protocol.Invalid("name", "no")) }
func (odd) Add(n int) (int, error) { return n + 1, nil }

func TestPanicBecomesAnError(t *testing.T) {
	d := newDispatcher([]any{&odd{}}, slog.New(slog.NewTextHandler(t.Output(), nil)))
	_, err := d.call("odd/Panic", []byte("[]"))
	if got := bridge.AsError(err); got.Code != string(protocol.CodeInternal) || !strings.Contains(got.Message, "boom") {
		t.Errorf("call = %v, want internal with what it panicked with", err)
	}
	_, err = d.call("odd/Wrapped", []byte("[]"))
	if got := bridge.AsError(err); got.Code != string(protocol.CodeInvalid) || got.Field != "name" {
		t.Errorf("call = %v, want the protocol's error", err)
	}
	if got, err := d.call("odd/Add", []byte("[41]")); err != nil || got != 42 {
		t.Errorf("call = %v, %v, want 42", got, err)
	}
}

func FuzzCall(f *testing.F) {
	app := bridge.New(context.Background(), bridge.Options{Dir: f.TempDir(), Quit: func() {}, Log: slog.New(slog.DiscardHandler)})
	d := newDispatcher(app.Bound(), slog.New(slog.DiscardHandler))
	delete(d.methods, "Auth/CheckServer") // These go to the network.
	delete(d.methods, "Auth/SignIn")
	delete(d.methods, "Auth/Register")
	delete(d.methods, "Auth/SetProxy") // This asks the user's keyring.
	names := []string{"Auth/Nothing", ""}
	for name := range d.methods {
		names = append(names, name)
	}
	for _, args := range []string{`[]`, `[{}]`, `[{"seq":1e400}]`, `[{"ids":[null]}]`, `[null]`, `[[[]]]`, "[\"\xff\"]", `{"a":1}`} {
		for i := range names {
			f.Add(uint(i), []byte(args))
		}
	}
	f.Fuzz(func(t *testing.T, i uint, args []byte) {
		result, err := d.call(names[i%uint(len(names))], args)
		var ours *bridge.Error
		if err != nil && !errors.As(err, &ours) {
			t.Errorf("error %v is no bridge.Error", err)
		}
		if ours != nil && strings.HasPrefix(ours.Message, "panic") {
			t.Errorf("panicked: %v", ours)
		}
		if _, err := json.Marshal(result); err != nil {
			t.Errorf("result %v is no JSON: %v", result, err)
		}
	})
}

// dial connects to the stream of events as the page does.
func (s served) dial(t *testing.T, since string, origin string) (*websocket.Conn, *http.Response, error) {
	t.Helper()
	u, err := url.Parse(s.url + "events?since=" + since)
	if err != nil {
		t.Fatal(err)
	}
	u.Scheme = "ws"
	header := http.Header{}
	if origin != "" {
		header.Set("Origin", origin)
	}
	conn, res, err := websocket.DefaultDialer.DialContext(t.Context(), u.String(), header)
	if err == nil {
		t.Cleanup(func() { _ = conn.Close() })
		if err := conn.SetReadDeadline(time.Now().Add(20 * time.Second)); err != nil {
			t.Fatal(err)
		}
	}
	return conn, res, err
}

// read returns the next n events.
func read(t *testing.T, conn *websocket.Conn, n int) []bridge.Event {
	t.Helper()
	var events []bridge.Event
	for len(events) < n {
		var batch []bridge.Event
		if err := conn.ReadJSON(&batch); err != nil {
			t.Fatalf("after %d events: %v", len(events), err)
		}
		events = append(events, batch...)
	}
	return events
}

func TestEventsStream(t *testing.T) {
	s := serve(t)
	own := "http://" + s.addr
	conn, _, err := s.dial(t, "0", own)
	if err != nil {
		t.Fatal(err)
	}
	for i := range int64(5) {
		s.app.Show("c")
		if got := read(t, conn, 1)[0]; got.Kind != bridge.EventShow || got.ConversationID != "c" || got.Seq != i+1 {
			t.Fatalf("event = %+v, want show with seq %d", got, i+1)
		}
	}

	// Another page that heard the second gets the rest as backlog.
	second, _, err := s.dial(t, "2", own)
	if err != nil {
		t.Fatal(err)
	}
	for i, e := range read(t, second, 3) {
		if e.Seq != int64(3+i) {
			t.Errorf("backlog event %d has seq %d, want %d", i, e.Seq, 3+i)
		}
	}
	s.app.Show("d")
	for _, c := range []*websocket.Conn{conn, second} {
		if e := read(t, c, 1)[0]; e.Seq != 6 || e.ConversationID != "d" {
			t.Errorf("event = %+v, want number 6 on both", e)
		}
	}

	// A page that knows events of another run is told to begin again.
	third, _, err := s.dial(t, "1000", own)
	if err != nil {
		t.Fatal(err)
	}
	if e := read(t, third, 1)[0]; e.Kind != bridge.EventReset || e.Seq != 6 {
		t.Errorf("event = %+v, want a reset to 6", e)
	}
}

func TestEventsAreForThePageAlone(t *testing.T) {
	s := serve(t)
	for _, tt := range []struct {
		origin, since string
		want          int
	}{
		{"https://evil.example", "0", 403},
		{"", "0", 403},
		{"http://" + s.addr, "x", 400},
		{"http://" + s.addr, "-1", 400},
	} {
		_, res, err := s.dial(t, tt.since, tt.origin)
		if err == nil || res == nil || res.StatusCode != tt.want {
			t.Errorf("since %q from %q: %v, %v, want status %d", tt.since, tt.origin, res, err, tt.want)
		}
	}
}

func TestEndClosesStreams(t *testing.T) {
	log := slog.New(slog.NewTextHandler(t.Output(), nil))
	app := bridge.New(t.Context(), bridge.Options{Dir: t.TempDir(), Quit: func() {}, Log: log})
	h := New(Options{App: app, Page: fstest.MapFS{}, Log: log})
	l, err := Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- h.Serve(ctx, l) }()
	s := served{host: h, app: app, url: h.URL(l), addr: l.Addr().String()}
	conn, _, err := s.dial(t, "0", "http://"+s.addr)
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := <-done; err != nil {
		t.Errorf("Serve = %v, want nil", err)
	}
	if _, _, err := conn.ReadMessage(); !websocket.IsCloseError(err, websocket.CloseGoingAway) {
		t.Errorf("the page read %v, want a goodbye", err)
	}
}

func TestPageThatIsNotBuilt(t *testing.T) {
	log := slog.New(slog.NewTextHandler(t.Output(), nil))
	app := bridge.New(t.Context(), bridge.Options{Dir: t.TempDir(), Quit: func() {}, Log: log})
	h := New(Options{App: app, Page: fstest.MapFS{".gitkeep": {}}, Log: log})
	l, err := Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- h.Serve(ctx, l) }()
	defer func() { cancel(); <-done }()
	if res, body := do(t, http.MethodGet, h.URL(l), nil, nil); res.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("GET / = %d %q, want 503 with a reason", res.StatusCode, body)
	}
}

func TestFilesOfNoJobAreNotServed(t *testing.T) {
	s := serve(t)
	for _, path := range []string{"file/1", "file/0", "file/x", "file/..%2f..%2fmachine.db", "file/"} {
		answer, err := http.Get(s.url + path)
		if err != nil {
			t.Fatal(err)
		}
		if err := answer.Body.Close(); err != nil || answer.StatusCode != http.StatusNotFound {
			t.Errorf("%s answers %d, %v, want 404", path, answer.StatusCode, err)
		}
	}
}
