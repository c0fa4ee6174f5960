package bridge

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"mychat/backend/engine"
	"mychat/backend/session"
	"mychat/backend/store"
	"mychat/protocol"
)

// chatServer lets everybody in and has nothing to tell, as docs/PROTOCOL.md
// says.
type chatServer struct {
	*httptest.Server

	mu      sync.Mutex
	count   int
	tokens  map[string]bool
	sockets map[*websocket.Conn]string // Token by socket.
}

func newChatServer(t *testing.T) *chatServer {
	t.Helper()
	c := &chatServer{tokens: map[string]bool{}, sockets: map[*websocket.Conn]string{}}
	mux := http.NewServeMux()
	admit := func(w http.ResponseWriter, r *http.Request) {
		var in protocol.SignIn
		_ = json.NewDecoder(r.Body).Decode(&in)
		c.mu.Lock()
		c.count++
		token := fmt.Sprintf("token-%d", c.count)
		c.tokens[token] = true
		c.mu.Unlock()
		reply(w, http.StatusCreated, protocol.Session{Token: token, DeviceID: "d", Me: me(in.Username)})
	}
	mux.HandleFunc("POST "+protocol.PathRegister, admit)
	mux.HandleFunc("POST "+protocol.PathSession, admit)
	mux.HandleFunc("DELETE "+protocol.PathSession, func(w http.ResponseWriter, r *http.Request) {
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.tokens, strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "))
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("GET "+protocol.PathSocket, c.socket)
	c.Server = httptest.NewServer(mux)
	t.Cleanup(func() {
		c.endSockets(websocket.CloseGoingAway)
		c.Close()
	})
	return c
}

func (c *chatServer) socket(w http.ResponseWriter, r *http.Request) {
	upgrader := websocket.Upgrader{}
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer conn.Close()
	var frame protocol.Frame
	var hello protocol.Hello
	if conn.ReadJSON(&frame) != nil || json.Unmarshal(frame.Body, &hello) != nil {
		return
	}
	c.mu.Lock()
	known := c.tokens[hello.Token]
	c.sockets[conn] = hello.Token
	c.mu.Unlock()
	if !known {
		_ = conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(protocol.CloseUnauthorized, ""), time.Now().Add(time.Second))
		return
	}
	welcome, err := protocol.Encode(protocol.Welcome{
		ServerMS: 1, DeviceID: "d", Me: me("alice"), Journal: []protocol.JournalRow{}, Heads: []protocol.Head{}, Presence: []protocol.Presence{},
	})
	if err != nil || conn.WriteJSON(protocol.Frame{Op: protocol.OpReply, ID: frame.ID, Body: welcome}) != nil {
		return
	}
	for {
		if _, _, err := conn.ReadMessage(); err != nil {
			return
		}
	}
}

// endSockets closes every socket with a code.
func (c *chatServer) endSockets(code int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for conn := range c.sockets {
		_ = conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, ""), time.Now().Add(time.Second))
		delete(c.sockets, conn)
	}
}

// signedIn returns how many tokens are worth something.
func (c *chatServer) signedIn() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.tokens)
}

func me(username string) protocol.Me {
	return protocol.Me{Profile: protocol.Profile{ID: "id-" + username, Username: username, Nickname: username}}
}

func reply(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

// page is a running App as a page sees it.
type page struct {
	*App
	auth     *Auth
	chat     *Chat
	friends  *Friends
	history  *History
	settings *Settings
	storage  *Storage
	events   *Subscription
	end      func() // Ends the App; it may be called more than once.
}

func openPage(t *testing.T, dir string) page {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("this system always has a keyring, which tests leave alone")
	}
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+t.TempDir()+"/nobody")
	ctx, cancel := context.WithCancel(context.Background())
	a := New(ctx, Options{Dir: dir, Host: HostBrowser, Quit: cancel, Log: slog.New(slog.NewTextHandler(t.Output(), nil))})
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx) }()
	end := sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run = %v, want nil", err)
		}
	})
	t.Cleanup(end)
	_, events := a.Subscribe(0)
	return page{App: a, auth: &Auth{a}, chat: &Chat{a}, friends: &Friends{a}, history: &History{a}, settings: &Settings{a}, storage: &Storage{a}, events: events, end: end}
}

// await returns the next event that has what is looked for.
func (p page) await(t *testing.T, what string, has func(Event) bool) Event {
	t.Helper()
	late := time.After(time.Minute)
	for {
		select {
		case batch, ok := <-p.events.C:
			if !ok {
				t.Fatalf("the subscription ended before %s", what)
			}
			for _, e := range batch {
				if has(e) {
					return e
				}
			}
		case <-late:
			t.Fatalf("%s did not happen", what)
		}
	}
}

func (p page) awaitConnection(t *testing.T, state string) {
	t.Helper()
	p.await(t, "connection "+state, func(e Event) bool { return e.Kind == EventConnection && e.Connection.State == state })
}

func (p page) state(t *testing.T) AuthState {
	t.Helper()
	s, err := p.auth.State()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// must fails the test for an error of a bound method.
func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func codeOf(err error) string {
	if err == nil {
		return ""
	}
	return AsError(err).Code
}

func TestAccountFromRegistrationToOfflineStart(t *testing.T) {
	server := newChatServer(t)
	dir := t.TempDir()
	p := openPage(t, dir)
	if s := p.state(t); s.Phase != PhaseSignedOut || len(s.Accounts) != 0 || s.AutoID != "" {
		t.Errorf("State = %+v, want nobody", s)
	}
	must(t, p.auth.Register(RegisterRequest{Server: server.URL, Username: "alice", Nickname: "alice", Password: "password", Auto: true}))
	p.awaitConnection(t, ConnectionOnline)
	s := p.state(t)
	if s.Phase != PhaseOpen || s.Account.Username != "alice" || !s.Account.Auto || s.AutoID != "" || !s.SecretsInFile {
		t.Errorf("State = %+v, want alice open, her secrets in a file", s)
	}
	if got, err := p.chat.Conversations(); err != nil || got == nil || len(got) != 0 {
		t.Errorf("Conversations = %v, %v, want [] and not null", got, err)
	}
	if got, err := p.settings.Me(); err != nil || got.Profile.Username != "alice" {
		t.Errorf("Me = %+v, %v", got, err)
	}
	p.end()
	if n := server.signedIn(); n != 1 {
		t.Errorf("%d tokens are worth something after the end, want the remembered one", n)
	}
	if err := p.auth.Open(OpenRequest{AccountID: s.Account.ID, Remember: true}); err == nil {
		t.Error("an account opened after the end")
	}

	server.endSockets(websocket.CloseGoingAway)
	server.Close()
	p = openPage(t, dir)
	if got := p.state(t); got.AutoID != s.Account.ID || got.Phase != PhaseSignedOut {
		t.Errorf("State at start = %+v, want the account to open by itself", got)
	}
	must(t, p.auth.Open(OpenRequest{AccountID: s.Account.ID, Auto: true}))
	must(t, p.auth.Open(OpenRequest{AccountID: s.Account.ID, Auto: true})) // A second page does the same.
	if got := p.state(t); got.Phase != PhaseOpen || got.AutoID != "" {
		t.Errorf("State = %+v, want it open without a network", got)
	}
	p.awaitConnection(t, ConnectionOff)
	if _, err := p.friends.Search(SearchRequest{Query: "bobby"}); codeOf(err) != CodeOffline && codeOf(err) != CodeUnreachable {
		t.Errorf("Search offline = %v, want offline or unreachable", err)
	}
}

func TestLeaving(t *testing.T) {
	for _, tt := range []struct {
		name     string
		remember bool
		leave    LeaveRequest
		tokens   int  // Worth something afterwards.
		opens    bool // Without a password.
		data     bool // Still there.
	}{
		{"switch account", true, LeaveRequest{}, 1, true, true},
		{"sign out", true, LeaveRequest{SignOut: true}, 0, false, true},
		{"not remembered", false, LeaveRequest{}, 0, false, true},
		{"delete the data", true, LeaveRequest{DeleteData: true}, 1, true, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			server := newChatServer(t)
			dir := t.TempDir()
			p := openPage(t, dir)
			must(t, p.auth.SignIn(SignInRequest{Server: server.URL, Username: "alice", Password: "password", Remember: tt.remember}))
			p.awaitConnection(t, ConnectionOnline)
			id := p.state(t).Account.ID
			must(t, p.auth.Leave(tt.leave))
			p.await(t, "auth", func(e Event) bool { return e.Kind == EventAuth && p.state(t).Phase == PhaseSignedOut })
			if s := p.state(t); s.Phase != PhaseSignedOut || len(s.Accounts) != 1 {
				t.Errorf("State = %+v, want signed out and the account listed", s)
			}
			if _, err := p.chat.Conversations(); codeOf(err) != CodeNoAccount {
				t.Errorf("Conversations = %v, want no_account", err)
			}
			if err := p.auth.Leave(LeaveRequest{}); codeOf(err) != CodeNoAccount {
				t.Errorf("Leave again = %v, want no_account", err)
			}
			if n := server.signedIn(); n != tt.tokens {
				t.Errorf("%d tokens are worth something, want %d", n, tt.tokens)
			}
			_, err := os.Stat(filepath.Join(dir, "accounts", id))
			if got := err == nil; got != tt.data {
				t.Errorf("data is there: %v, want %v", got, tt.data)
			}
			err = p.auth.Open(OpenRequest{AccountID: id, Remember: true})
			if tt.opens && err != nil || !tt.opens && codeOf(err) != string(protocol.CodeUnauthorized) {
				t.Errorf("Open = %v, opens without a password: %v", err, tt.opens)
			}
		})
	}
}

func TestEndSignsOutWhoIsNotRemembered(t *testing.T) {
	server := newChatServer(t)
	p := openPage(t, t.TempDir())
	must(t, p.auth.SignIn(SignInRequest{Server: server.URL, Username: "alice", Password: "password"}))
	p.end()
	if n := server.signedIn(); n != 0 {
		t.Errorf("%d tokens are worth something, want none", n)
	}
}

func TestServerEndsTheSession(t *testing.T) {
	for code, reason := range map[int]string{
		protocol.CloseSignedOut: protocol.EndedSignedOut,
		protocol.CloseDisabled:  protocol.EndedDisabled,
	} {
		t.Run(reason, func(t *testing.T) {
			server := newChatServer(t)
			p := openPage(t, t.TempDir())
			must(t, p.auth.SignIn(SignInRequest{Server: server.URL, Username: "alice", Password: "password", Auto: true}))
			p.awaitConnection(t, ConnectionOnline)
			server.endSockets(code)
			p.await(t, "auth", func(e Event) bool { return e.Kind == EventAuth && p.state(t).Phase == PhaseSignedOut })
			s := p.state(t)
			if len(s.Endings) != 1 || s.Endings[0].Reason != reason || s.Endings[0].Account.Username != "alice" {
				t.Errorf("Endings = %+v, want that of alice, %s", s.Endings, reason)
			}
			if s.Phase != PhaseSignedOut || len(s.Accounts) != 1 || s.Accounts[0].Remember || s.Accounts[0].Auto {
				t.Errorf("State = %+v, want signed out, listed, nothing remembered", s)
			}
			// Signing in again works at once.
			must(t, p.auth.SignIn(SignInRequest{Server: server.URL, Username: "alice", Password: "password", Remember: true}))
			if s := p.state(t); s.Phase != PhaseOpen || !s.Account.Remember || len(s.Endings) != 0 {
				t.Errorf("State = %+v, want open and remembered, and nothing more to tell", s)
			}
		})
	}
}

func TestSwitchingAndRemoving(t *testing.T) {
	server := newChatServer(t)
	p := openPage(t, t.TempDir())
	must(t, p.auth.SignIn(SignInRequest{Server: server.URL, Username: "alice", Password: "password", Remember: true}))
	alice := p.state(t).Account.ID
	must(t, p.auth.SignIn(SignInRequest{Server: server.URL, Username: "bobby", Password: "password", Remember: true}))
	s := p.state(t)
	if s.Account.Username != "bobby" || len(s.Accounts) != 2 || server.signedIn() != 2 {
		t.Errorf("State = %+v with %d tokens, want bobby open and both remembered", s, server.signedIn())
	}
	if err := p.auth.Remove(RemoveRequest{AccountID: s.Account.ID}); codeOf(err) != string(protocol.CodeInvalid) {
		t.Errorf("Remove of the open account = %v, want a refusal", err)
	}
	must(t, p.auth.Open(OpenRequest{AccountID: alice, Remember: true}))
	if got := p.state(t).Account.Username; got != "alice" {
		t.Errorf("open account = %s, want alice", got)
	}
	must(t, p.auth.Remove(RemoveRequest{AccountID: s.Account.ID, DeleteData: true}))
	if s := p.state(t); len(s.Accounts) != 1 || s.Account.Username != "alice" {
		t.Errorf("State = %+v, want alice alone", s)
	}
	if err := p.auth.Open(OpenRequest{AccountID: "nobody", Remember: true}); codeOf(err) != string(protocol.CodeNotFound) {
		t.Errorf("Open of nobody = %v, want not_found", err)
	}
}

func TestProxyHoldsAtOnce(t *testing.T) {
	server := newChatServer(t)
	p := openPage(t, t.TempDir())
	must(t, p.auth.SignIn(SignInRequest{Server: server.URL, Username: "alice", Password: "password"}))
	p.awaitConnection(t, ConnectionOnline)
	nobody := httptest.NewServer(nil)
	address := nobody.Listener.Addr().String()
	nobody.Close()
	must(t, p.auth.SetProxy(session.Proxy{Kind: session.ProxyHTTP, Address: address}))
	e := p.await(t, "connection off", func(e Event) bool {
		return e.Kind == EventConnection && e.Connection.State == ConnectionOff && e.Connection.ErrorCode != ""
	})
	if e.Connection.ErrorCode != CodeProxy {
		t.Errorf("connection = %+v, want the proxy to be the reason", e.Connection)
	}
	if s := p.state(t); s.Phase != PhaseOpen || s.Proxy.Address != address {
		t.Errorf("State = %+v, want the account open with the proxy", s)
	}
	must(t, p.auth.SetProxy(session.Proxy{Kind: session.ProxyNone}))
	p.awaitConnection(t, ConnectionOnline)
}

func TestSettingsAreAnnounced(t *testing.T) {
	p := openPage(t, t.TempDir())
	must(t, p.settings.Change(ChangeSettingsRequest{Names: []string{"theme"}, Settings: session.Settings{Theme: "dark"}}))
	p.await(t, "settings", func(e Event) bool { return e.Kind == EventSettings })
	if got, err := p.settings.Get(); err != nil || got.Theme != "dark" {
		t.Errorf("Get = %+v, %v", got, err)
	}
}

// TestSomeSettingsFollowTheAccount changes settings of both kinds with an account
// open and without one.
func TestSomeSettingsFollowTheAccount(t *testing.T) {
	server := newChatServer(t)
	p := openPage(t, t.TempDir())
	get := func() session.Settings {
		t.Helper()
		v, err := p.settings.Get()
		must(t, err)
		return v
	}
	for name, kept := range map[string]any{"sound": true, "notify_preview": true, "ctrl_enter": true} {
		v := session.Settings{}
		must(t, lay(&v, name, json.RawMessage(fmt.Sprint(kept))))
		if reflect.DeepEqual(v, session.Settings{}) || !slices.Contains(following(), name) {
			t.Errorf("%s is no setting that follows", name)
		}
	}
	must(t, p.settings.Change(ChangeSettingsRequest{Names: []string{"ctrl_enter", "theme"}, Settings: session.Settings{CtrlEnter: true, Theme: "dark"}}))
	must(t, p.auth.SignIn(SignInRequest{Server: server.URL, Username: "alice", Password: "password"}))
	if v := get(); !v.CtrlEnter || v.Theme != "dark" || !v.Sound {
		t.Errorf("an account that chose nothing has %+v", v)
	}
	must(t, p.settings.Change(ChangeSettingsRequest{
		Names: []string{"ctrl_enter", "sound", "compact"}, Settings: session.Settings{Compact: true, Theme: "light"},
	}))
	p.await(t, "settings", func(e Event) bool { return e.Kind == EventSettings })
	if v := get(); v.CtrlEnter || v.Sound || !v.Compact || v.Theme != "dark" || !v.NotifyPreview {
		t.Errorf("with the account open: %+v", v)
	}
	if err := p.settings.Change(ChangeSettingsRequest{Names: []string{"password"}}); codeOf(err) != string(protocol.CodeInvalid) {
		t.Errorf("a setting that there is not: %v", err)
	}
	must(t, p.auth.Leave(LeaveRequest{}))
	if v := get(); !v.CtrlEnter || !v.Sound || !v.Compact || v.Theme != "dark" {
		t.Errorf("without the account: %+v", v)
	}
}

func TestShortcutsAreOfOneKindOfDevice(t *testing.T) {
	for want, opt := range map[string]Options{
		protocol.PreferenceShortcutsWeb: {Host: HostBrowser, Platform: protocol.PlatformMacOS},
		protocol.PreferenceShortcutsMac: {Host: HostDesktop, Platform: protocol.PlatformMacOS},
		protocol.PreferenceShortcutsPC:  {Host: HostDesktop, Platform: protocol.PlatformWindows},
	} {
		if got := (&App{opt: opt}).shortcutsName(); got != want {
			t.Errorf("%+v: %s, want %s", opt, got, want)
		}
	}
	server := newChatServer(t)
	p := openPage(t, t.TempDir())
	if got, err := p.settings.Shortcuts(); err != nil || len(got) != 0 || got == nil {
		t.Errorf("without an account: %+v, %v", got, err)
	}
	if err := p.settings.SetShortcuts(ShortcutsRequest{}); codeOf(err) != CodeNoAccount {
		t.Errorf("without an account: %v", err)
	}
	must(t, p.auth.SignIn(SignInRequest{Server: server.URL, Username: "alice", Password: "password"}))
	want := []Shortcut{{Action: "find"}, {Action: "search", Chord: "Mod+Shift+K"}}
	must(t, p.settings.SetShortcuts(ShortcutsRequest{Shortcuts: want}))
	if got, err := p.settings.Shortcuts(); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v", got, err)
	}
	if err := p.settings.SetShortcuts(ShortcutsRequest{Shortcuts: []Shortcut{{Action: "no action", Chord: "K"}}}); codeOf(err) != string(protocol.CodeInvalid) {
		t.Errorf("what is no action: %v", err)
	}
}

func TestNewerDataIsToldByEveryCall(t *testing.T) {
	dir := t.TempDir()
	openPage(t, dir).end()
	db, err := sql.Open("sqlite", filepath.Join(dir, "machine.db"))
	must(t, err)
	_, err = db.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, 1)")
	must(t, err)
	must(t, db.Close())
	p := openPage(t, dir)
	for name, call := range map[string]func() error{
		"Auth.State":         func() error { _, err := p.auth.State(); return err },
		"Settings.Get":       func() error { _, err := p.settings.Get(); return err },
		"Chat.Conversations": func() error { _, err := p.chat.Conversations(); return err },
		"Auth.Leave":         func() error { return p.auth.Leave(LeaveRequest{}) },
	} {
		if err := call(); codeOf(err) != CodeNewerData {
			t.Errorf("%s = %v, want the reason why there is no data", name, err)
		}
	}
	if _, err := p.settings.About(); err != nil {
		t.Errorf("About = %v, want an answer all the same", err)
	}
}

func TestPanicBecomesAnError(t *testing.T) {
	a := New(t.Context(), Options{Dir: t.TempDir(), Quit: func() { panic("boom") }, Log: slog.New(slog.DiscardHandler)})
	if err := (&Settings{a}).Quit(); codeOf(err) != string(protocol.CodeInternal) || !strings.Contains(err.Error(), "boom") {
		t.Errorf("Quit = %v, want internal with what it panicked with", err)
	}
}

func TestErrors(t *testing.T) {
	for _, tt := range []struct {
		name string
		err  error
		want Error
	}{
		{"the protocol's", fmt.Errorf("send: %w", protocol.Invalid("text", "is empty")), Error{Code: "invalid", Field: "text"}},
		{"with a pause", protocol.RetryAfter(protocol.CodeRateLimited, 2*time.Second, "later"), Error{Code: "rate_limited", RetryAfterMS: 2000}},
		{"newer data", fmt.Errorf("open: %w", &store.NewerError{}), Error{Code: CodeNewerData}},
		{"disk full", fmt.Errorf("write: %w", store.ErrDiskFull), Error{Code: CodeDiskFull}},
		{"offline", engine.ErrOffline, Error{Code: CodeOffline}},
		{"our own", errors.Join(errors.New("x"), errNoAccount), Error{Code: CodeNoAccount}},
		{"anything", errors.New("x"), Error{Code: "internal"}},
	} {
		got := *AsError(tt.err)
		got.Message = ""
		if got != tt.want {
			t.Errorf("%s: %+v, want %+v", tt.name, got, tt.want)
		}
	}
	if AsError(nil) != nil {
		t.Error("AsError(nil) is not nil")
	}
}

// The binding generator turns what these rules forbid into any and number[].
func TestBoundMethodsCrossTheBridge(t *testing.T) {
	fault := reflect.TypeFor[error]()
	for _, b := range new(App).Bound() {
		v := reflect.TypeOf(b)
		for i := range v.NumMethod() {
			m := v.Method(i)
			name := v.Elem().Name() + "." + m.Name
			if m.Type.NumIn() > 2 || m.Type.NumOut() < 1 || m.Type.NumOut() > 2 || m.Type.Out(m.Type.NumOut()-1) != fault {
				t.Errorf("%s is %v, want at most one request in, (Result, error) or error out", name, m.Type)
			}
			for j := 1; j < m.Type.NumIn(); j++ {
				checkCrosses(t, name, m.Type.In(j))
			}
			if m.Type.NumOut() == 2 {
				checkCrosses(t, name, m.Type.Out(0))
			}
		}
	}
}

func checkCrosses(t *testing.T, name string, typ reflect.Type) {
	t.Helper()
	bad := []reflect.Type{reflect.TypeFor[time.Time](), reflect.TypeFor[[]byte](), reflect.TypeFor[json.RawMessage](), reflect.TypeFor[context.Context]()}
	if slices.Contains(bad, typ) || typ.Kind() == reflect.Interface || typ.Kind() == reflect.Map {
		t.Errorf("%s: %v does not cross the bridge", name, typ)
		return
	}
	switch typ.Kind() {
	case reflect.Slice, reflect.Pointer:
		checkCrosses(t, name, typ.Elem())
	case reflect.Struct:
		for i := range typ.NumField() {
			f := typ.Field(i)
			tag, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			if tag == "" || tag != strings.ToLower(tag) {
				t.Errorf("%s: field %s of %v has no key in snake_case", name, f.Name, typ)
			}
			checkCrosses(t, name, f.Type)
		}
	}
}

// TestDamagedStoreIsMendedWhileItRuns damages a table that opening the account
// does not read: the check after an unclean end finds it, the page hears a
// reset, and finds the account open and told what was done.
func TestDamagedStoreIsMendedWhileItRuns(t *testing.T) {
	server := newChatServer(t)
	dir := t.TempDir()
	p := openPage(t, dir)
	must(t, p.auth.SignIn(SignInRequest{Server: server.URL, Username: "alice", Password: "password", Remember: true}))
	p.awaitConnection(t, ConnectionOnline)
	id := p.state(t).Account.ID
	must(t, p.auth.Leave(LeaveRequest{}))
	folder := filepath.Join(dir, "accounts", id)
	path := filepath.Join(folder, store.FileName)
	db, err := sql.Open("sqlite", "file:"+path)
	must(t, err)
	var at int64
	must(t, db.QueryRow("SELECT rootpage - 1 FROM sqlite_master WHERE name = 'request'").Scan(&at))
	must(t, db.Close())
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	must(t, err)
	_, err = f.WriteAt(make([]byte, 4096), at*4096)
	must(t, errors.Join(err, f.Close(), os.WriteFile(filepath.Join(folder, "account.open"), nil, 0o600)))
	must(t, p.auth.Open(OpenRequest{AccountID: id, Remember: true}))
	p.await(t, "reset", func(e Event) bool { return e.Kind == EventReset })
	if s := p.state(t); s.Phase != PhaseOpen {
		t.Fatalf("State = %+v, want it open", s)
	}
	state, err := p.storage.State()
	if err != nil || state.Healed == nil || state.Healed.How != store.HealedFresh {
		t.Fatalf("Storage.State = %+v, %v", state, err)
	}
	must(t, p.storage.ForgetHealed())
	if state, err = p.storage.State(); err != nil || state.Healed != nil {
		t.Errorf("Storage.State = %+v, %v, want it forgotten", state, err)
	}
}
