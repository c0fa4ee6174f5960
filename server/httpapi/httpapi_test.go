package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"mychat/protocol"
)

// newHandler returns the edge without services: what it answers by itself.
func newHandler(t *testing.T, opt Options) http.Handler {
	t.Helper()
	opt.Info = protocol.ServerInfo{Product: protocol.Product, Name: "Test", Version: "1.2.3"}
	if opt.Log == nil {
		opt.Log = slog.New(slog.DiscardHandler)
	}
	socket := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })
	h, err := New(Services{Socket: socket, Ready: func(context.Context) error { return nil }}, opt)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func do(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// wantProblem checks that an answer is problem+json in the protocol's shape
// and returns it.
func wantProblem(t *testing.T, w *httptest.ResponseRecorder, status int, code protocol.Code) protocol.Error {
	t.Helper()
	if w.Code != status {
		t.Errorf("status = %d, want %d; body %s", w.Code, status, w.Body)
	}
	if ct := w.Header().Get("Content-Type"); ct != "application/problem+json" {
		t.Errorf("content type = %q, want problem+json", ct)
	}
	dec := json.NewDecoder(bytes.NewReader(w.Body.Bytes()))
	dec.DisallowUnknownFields()
	var e protocol.Error
	if err := dec.Decode(&e); err != nil {
		t.Fatalf("body %q: %v", w.Body, err)
	}
	if e.Code != code || e.Status != status || e.Title == "" {
		t.Errorf("problem = %+v, want code %s, status %d and a title", e, code, status)
	}
	return e
}

func TestServerSaysWhatItIs(t *testing.T) {
	w := do(newHandler(t, Options{}), httptest.NewRequest(http.MethodGet, protocol.PathServer, nil))
	var info protocol.ServerInfo
	if err := json.Unmarshal(w.Body.Bytes(), &info); err != nil || info.Product != protocol.Product || info.Name != "Test" {
		t.Errorf("info = %+v, error %v", info, err)
	}
}

// TestABrowserIsToldWhereItIs holds that the bare address says what it is for.
func TestABrowserIsToldWhereItIs(t *testing.T) {
	h := newHandler(t, Options{})
	w := do(h, httptest.NewRequest(http.MethodGet, "/", nil))
	if w.Code != 200 || !strings.HasPrefix(w.Body.String(), "Test\n") || !strings.Contains(w.Body.String(), "MyChat 应用") {
		t.Errorf("answer = %d %q", w.Code, w.Body)
	}
	wantProblem(t, do(h, httptest.NewRequest(http.MethodGet, "/elsewhere", nil)), 404, protocol.CodeNotFound)
}

func TestRequestsThatAreRefusedBeforeAnyService(t *testing.T) {
	json := func(method, path, body string) *http.Request {
		r := httptest.NewRequest(method, path, strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		return r
	}
	credentials := `{"username":"somebody","password":"correct horse","device":{"name":"n","platform":"linux","public_key":"k"}}`
	for _, tt := range []struct {
		name    string
		request *http.Request
		status  int
		code    protocol.Code
		field   string
	}{
		{"no such path", httptest.NewRequest(http.MethodGet, "/v1/nothing", nil), 404, protocol.CodeNotFound, ""},
		{"no such method", httptest.NewRequest(http.MethodPut, protocol.PathServer, nil), 405, protocol.CodeInvalid, ""},
		{"no token", httptest.NewRequest(http.MethodGet, protocol.PathMe, nil), 401, protocol.CodeUnauthorized, ""},
		{"another scheme", func() *http.Request {
			r := httptest.NewRequest(http.MethodGet, protocol.PathMe, nil)
			r.SetBasicAuth("somebody", "secret")
			return r
		}(), 401, protocol.CodeUnauthorized, ""},
		{"a token in the query", httptest.NewRequest(http.MethodGet, protocol.PathMe+"?token=abc", nil), 422, protocol.CodeInvalid, "token"},
		{"a token in the query of a socket", httptest.NewRequest(http.MethodGet, protocol.PathSocket+"?token=abc", nil), 422, protocol.CodeInvalid, "token"},
		{"an access_token in the query", httptest.NewRequest(http.MethodGet, protocol.PathMe+"?access_token=abc", nil), 422, protocol.CodeInvalid, "access_token"},
		{"no body", json("POST", protocol.PathSession, ""), 400, protocol.CodeInvalid, ""},
		{"not JSON", json("POST", protocol.PathSession, "username=x"), 400, protocol.CodeInvalid, ""},
		{"JSON of another shape", json("POST", protocol.PathSession, `[1]`), 422, protocol.CodeInvalid, ""},
		{"a field is missing", json("POST", protocol.PathSession, `{"username":"somebody","device":{"name":"n","platform":"linux","public_key":"k"}}`), 422, protocol.CodeInvalid, ""},
		{"a field has the wrong type", json("POST", protocol.PathSession, strings.Replace(credentials, `"correct horse"`, `12345`, 1)), 422, protocol.CodeInvalid, "password"},
		{"too large", json("POST", protocol.PathSession, `{"username":"`+strings.Repeat("x", protocol.MaxClientFrame)+`"}`), 413, protocol.CodeTooLarge, ""},
		{"another content type", func() *http.Request {
			r := json("POST", protocol.PathSession, "<x/>")
			r.Header.Set("Content-Type", "application/xml")
			return r
		}(), 415, protocol.CodeInvalid, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := do(newHandler(t, Options{}), tt.request)
			e := wantProblem(t, w, tt.status, tt.code)
			if tt.field != "" && e.Field != tt.field {
				t.Errorf("field = %q, want %q", e.Field, tt.field)
			}
			if strings.Contains(w.Body.String(), "correct horse") || strings.Contains(w.Body.String(), "12345") {
				t.Errorf("the answer repeats the password: %s", w.Body)
			}
		})
	}
}

func TestEveryCodeHasAStatusAndATitle(t *testing.T) {
	for _, code := range []protocol.Code{
		protocol.CodeInvalid, protocol.CodeUnauthorized, protocol.CodeBadCredentials, protocol.CodeDisabled,
		protocol.CodeForbidden, protocol.CodeNotMember, protocol.CodeNotFriend, protocol.CodeNotFound,
		protocol.CodeTaken, protocol.CodeClosed, protocol.CodeInvite, protocol.CodeIDReused, protocol.CodeUnknownKind,
		protocol.CodeAlreadyFriends, protocol.CodePending, protocol.CodeAskedRecently, protocol.CodeSelf,
		protocol.CodeExpired, protocol.CodeTooLarge, protocol.CodeQuota, protocol.CodeFull, protocol.CodeChanged, protocol.CodeOffset, protocol.CodeRateLimited, protocol.CodeUnavailable,
		protocol.CodeVersion, protocol.CodeInternal,
	} {
		a, ok := answers[code]
		if !ok || a.status < 400 || a.title == "" {
			t.Errorf("code %s: %+v", code, a)
		}
	}
}

func TestInternalErrorsTellNothing(t *testing.T) {
	w := httptest.NewRecorder()
	Refuse(w, nil, errors.New("pq: password authentication for user root"))
	e := wantProblem(t, w, 500, protocol.CodeInternal)
	if e.Detail != "" || strings.Contains(w.Body.String(), "root") {
		t.Errorf("problem = %+v", e)
	}
}

func TestWaitingTimeIsInTheHeaderToo(t *testing.T) {
	w := httptest.NewRecorder()
	Refuse(w, nil, protocol.RetryAfter(protocol.CodeRateLimited, 1200*time.Millisecond, "slow down"))
	if got := w.Header().Get("Retry-After"); got != "2" {
		t.Errorf("Retry-After = %q, want 2", got)
	}
	if e := wantProblem(t, w, 429, protocol.CodeRateLimited); e.RetryAfterMS != 1200 {
		t.Errorf("retry_after_ms = %d, want 1200", e.RetryAfterMS)
	}
}

func TestRequestsPerAddress(t *testing.T) {
	h := newHandler(t, Options{RequestsPerAddress: 8})
	from := func(addr, path string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		r.RemoteAddr = addr
		return do(h, r)
	}
	for i := range 2 {
		if w := from("192.0.2.1:1", protocol.PathServer); w.Code != 200 {
			t.Fatalf("request %d: status %d", i, w.Code)
		}
	}
	w := from("192.0.2.1:2", protocol.PathServer)
	if e := wantProblem(t, w, 429, protocol.CodeRateLimited); e.RetryAfterMS == 0 || w.Header().Get("Retry-After") == "" {
		t.Errorf("no time to wait: %+v, %v", e, w.Header())
	}
	if w := from("192.0.2.2:1", protocol.PathServer); w.Code != 200 {
		t.Errorf("another address: status %d", w.Code)
	}
	if w := from("192.0.2.1:3", "/healthz"); w.Code != 200 {
		t.Errorf("health: status %d", w.Code)
	}
}

func TestHeadersForSafety(t *testing.T) {
	h := newHandler(t, Options{})
	for _, path := range []string{protocol.PathServer, "/v1/nothing", "/docs"} {
		w := do(h, httptest.NewRequest(http.MethodGet, path, nil))
		for _, name := range []string{"X-Content-Type-Options", "Content-Security-Policy", "Referrer-Policy", "X-Request-Id", "X-Frame-Options"} {
			if w.Header().Get(name) == "" {
				t.Errorf("%s: no %s", path, name)
			}
		}
	}
}

func TestCrossOriginRequestsAreClosedByDefault(t *testing.T) {
	preflight := func(h http.Handler, origin string) http.Header {
		r := httptest.NewRequest(http.MethodOptions, protocol.PathMe, nil)
		r.Header.Set("Origin", origin)
		r.Header.Set("Access-Control-Request-Method", "GET")
		return do(h, r).Header()
	}
	if h := preflight(newHandler(t, Options{}), "https://evil.example"); h.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("headers = %v", h)
	}
	some := newHandler(t, Options{Origins: []string{"https://chat.example"}})
	if h := preflight(some, "https://evil.example"); h.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("headers for another origin = %v", h)
	}
	h := preflight(some, "https://chat.example")
	if h.Get("Access-Control-Allow-Origin") != "https://chat.example" || !strings.Contains(h.Get("Access-Control-Allow-Headers"), "Authorization") || h.Get("Access-Control-Allow-Credentials") != "" {
		t.Errorf("headers for the configured origin = %v", h)
	}
}

func TestLogHasNoSecretsAndNoPaths(t *testing.T) {
	var log bytes.Buffer
	h := newHandler(t, Options{Log: slog.New(slog.NewTextHandler(&log, nil))})
	r := httptest.NewRequest(http.MethodDelete, protocol.PathDevices+"/dev-123?token=tok-456", nil)
	do(h, r)
	r = httptest.NewRequest(http.MethodPost, protocol.PathSession, strings.NewReader(`{"password":"hunter22"}`))
	do(h, r)
	for _, secret := range []string{"dev-123", "tok-456", "hunter22"} {
		if strings.Contains(log.String(), secret) {
			t.Errorf("log tells %q: %s", secret, log.String())
		}
	}
	for _, want := range []string{`route="DELETE /v1/devices/{id}"`, "status=422", "request_id=", "address=192.0.2.1"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("log lacks %q: %s", want, log.String())
		}
	}
}

func TestPanicsBecomeInternalErrors(t *testing.T) {
	var log bytes.Buffer
	h := newHandler(t, Options{Log: slog.New(slog.NewTextHandler(&log, nil))})
	r := httptest.NewRequest(http.MethodGet, protocol.PathMe, nil)
	r.Header.Set("Authorization", "Bearer x") // There is no account service to ask.
	w := do(h, r)
	wantProblem(t, w, 500, protocol.CodeInternal)
	if !strings.Contains(log.String(), "request panicked") {
		t.Errorf("log = %s", log.String())
	}
}

func TestClientAddress(t *testing.T) {
	proxies, err := NewProxies([]string{"10.0.0.0/8", "192.0.2.9"})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, peer, forwarded, want string
		proxies                     Proxies
	}{
		{"no proxy", "203.0.113.5:9", "", "203.0.113.5", proxies},
		{"a stranger claims an address", "203.0.113.5:9", "198.51.100.1", "203.0.113.5", proxies},
		{"nobody is trusted", "10.0.0.1:9", "198.51.100.1", "10.0.0.1", nil},
		{"through a proxy", "10.0.0.1:9", "198.51.100.1", "198.51.100.1", proxies},
		{"through two, with a lie in front", "10.0.0.1:9", "6.6.6.6, 198.51.100.1, 192.0.2.9", "198.51.100.1", proxies},
		{"nonsense", "10.0.0.1:9", "unknown", "10.0.0.1", proxies},
		{"IPv4 in IPv6", "[::ffff:203.0.113.5]:9", "", "203.0.113.5", proxies},
		{"no address", "@", "", "invalid IP", proxies},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := httptest.NewRequest(http.MethodGet, "/", nil)
			r.RemoteAddr = tt.peer
			if tt.forwarded != "" {
				r.Header.Set("X-Forwarded-For", tt.forwarded)
			}
			if got := tt.proxies.Client(r).String(); got != tt.want {
				t.Errorf("Client = %s, want %s", got, tt.want)
			}
		})
	}
}

func TestMetricsAccess(t *testing.T) {
	get := func(opt Options, peer, forwarded string) int {
		opt.Metrics = prometheus.NewRegistry()
		r := httptest.NewRequest(http.MethodGet, "/metrics", nil)
		r.RemoteAddr = peer
		if forwarded != "" {
			r.Header.Set("X-Forwarded-For", forwarded)
		}
		return do(newHandler(t, opt), r).Code
	}
	for _, tt := range []struct {
		name, access, peer, forwarded string
		want                          int
	}{
		{"off", MetricsOff, "127.0.0.1:1", "", 404},
		{"not set", "", "127.0.0.1:1", "", 404},
		{"this machine", MetricsLoopback, "127.0.0.1:1", "", 200},
		{"another machine", MetricsLoopback, "192.0.2.1:1", "", 404},
		{"a proxy on this machine that nobody told us of", MetricsLoopback, "127.0.0.1:1", "192.0.2.1", 404},
		{"anyone", MetricsAnyone, "192.0.2.1:1", "", 200},
	} {
		if got := get(Options{MetricsAccess: tt.access}, tt.peer, tt.forwarded); got != tt.want {
			t.Errorf("%s: status %d, want %d", tt.name, got, tt.want)
		}
	}
}

func TestReadiness(t *testing.T) {
	h := Operations(func(context.Context) error { return errors.New("draining") }, prometheus.NewRegistry())
	if w := do(h, httptest.NewRequest(http.MethodGet, "/readyz", nil)); w.Code != 503 || !strings.Contains(w.Body.String(), "draining") {
		t.Errorf("readyz = %d %s", w.Code, w.Body)
	}
	if w := do(h, httptest.NewRequest(http.MethodGet, "/healthz", nil)); w.Code != 200 {
		t.Errorf("healthz = %d", w.Code)
	}
}

func TestLimiterForgetsKeysThatAreBackAtTheirPace(t *testing.T) {
	l := newLimiter(60)
	now := time.Unix(1000, 0)
	for range 15 {
		if wait := l.take("k", now); wait != 0 {
			t.Fatalf("within the burst: wait %v", wait)
		}
	}
	if wait := l.take("k", now); wait != time.Second {
		t.Errorf("over the burst: wait %v, want 1s", wait)
	}
	if wait := l.take("k", now.Add(time.Second)); wait != 0 {
		t.Errorf("after the wait: wait %v", wait)
	}
	l.forget(now.Add(time.Hour))
	if len(l.ends) != 0 {
		t.Errorf("%d keys remembered an hour later", len(l.ends))
	}
}

func TestDescriptionHasEveryRoute(t *testing.T) {
	w := do(newHandler(t, Options{}), httptest.NewRequest(http.MethodGet, "/openapi.json", nil))
	var spec struct {
		OpenAPI    string
		Paths      map[string]map[string]any
		Components struct {
			Schemas map[string]struct {
				Properties map[string]json.RawMessage
			}
		}
	}
	if err := json.Unmarshal(w.Body.Bytes(), &spec); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(spec.OpenAPI, "3.1") {
		t.Errorf("openapi = %q", spec.OpenAPI)
	}
	for _, route := range []string{
		"get " + protocol.PathServer, "post " + protocol.PathRegister, "post " + protocol.PathSession, "delete " + protocol.PathSession,
		"post " + protocol.PathLinks, "post " + protocol.PathLinks + "/{id}/state",
		"post " + protocol.PathLinkClaims, "post " + protocol.PathLinks + "/{id}/answer",
		"get " + protocol.PathMe, "patch " + protocol.PathMe, "post " + protocol.PathPassword,
		"get " + protocol.PathDevices, "delete " + protocol.PathDevices + "/{id}", "patch " + protocol.PathDevices + "/{id}", "delete " + protocol.PathDevices,
		"get " + protocol.PathUsers, "get " + protocol.PathUsers + "/{id}",
		"get " + protocol.PathRequests, "post " + protocol.PathRequests, "post " + protocol.PathRequests + "/{id}/{answer}",
		"get " + protocol.PathContacts, "patch " + protocol.PathContacts + "/{user_id}", "delete " + protocol.PathContacts + "/{user_id}",
		"get " + protocol.PathConversations, "get " + protocol.PathConversations + "/{id}/entries", "post " + protocol.PathConversations + "/{id}/read",
		"post " + protocol.PathMessages, "get " + protocol.PathJournal, "get " + protocol.PathPreferences, "put " + protocol.PathPreferences + "/{name}", "get " + protocol.PathSearch, "post " + protocol.PathPreviews,
	} {
		method, path, _ := strings.Cut(route, " ")
		if spec.Paths[path][method] == nil {
			t.Errorf("%s is not described", route)
		}
	}
	problem := spec.Components.Schemas["Error"].Properties
	if problem["code"] == nil || problem["retry_after_ms"] == nil || problem["errors"] != nil {
		t.Errorf("the described error has %v", problem)
	}
	if _, ok := spec.Components.Schemas["ErrorModel"]; ok {
		t.Error("another error type is described beside the protocol's")
	}
}

func TestDocsLoadNothing(t *testing.T) {
	w := do(newHandler(t, Options{}), httptest.NewRequest(http.MethodGet, "/docs", nil))
	page := w.Body.String()
	if w.Code != 200 || !strings.Contains(page, protocol.PathMessages) || !strings.Contains(page, "type-Head") {
		t.Fatalf("status %d, page %.300s", w.Code, page)
	}
	if m := regexp.MustCompile(`(?i)https?://|//cdn|<script|<link|@import|url\(|\bsrc=`).FindString(page); m != "" {
		t.Errorf("the page refers to %q", m)
	}
	policy := w.Header().Get("Content-Security-Policy")
	if !strings.Contains(policy, "default-src 'none'") || !strings.Contains(policy, "style-src 'sha256-") || strings.Contains(policy, "unsafe") {
		t.Errorf("policy = %s", policy)
	}
	for _, m := range regexp.MustCompile(`href="#(type-[^"]+)"`).FindAllStringSubmatch(page, -1) {
		if !strings.Contains(page, `id="`+m[1]+`"`) {
			t.Errorf("a link to %s leads nowhere", m[1])
		}
	}
}
