package session

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"mychat/backend/desktop"
	"mychat/backend/remote"
	"mychat/backend/store"
	"mychat/protocol"
)

// chatServer answers the few requests of a sign-in as docs/PROTOCOL.md says.
type chatServer struct {
	*httptest.Server

	mu     sync.Mutex
	users  map[string]string          // Password by folded username.
	tokens map[string]string          // Username by token.
	keys   map[string]map[string]bool // Device keys by username.
	count  int
}

func newChatServer(t *testing.T, start func(http.Handler) *httptest.Server) *chatServer {
	t.Helper()
	c := &chatServer{users: map[string]string{}, tokens: map[string]string{}, keys: map[string]map[string]bool{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+protocol.PathServer, func(w http.ResponseWriter, _ *http.Request) {
		reply(w, http.StatusOK, protocol.ServerInfo{Product: protocol.Product, Name: "Here", Protocol: protocol.Version, MinProtocol: protocol.MinVersion})
	})
	mux.HandleFunc("POST "+protocol.PathRegister, func(w http.ResponseWriter, r *http.Request) {
		var in protocol.Register
		_ = json.NewDecoder(r.Body).Decode(&in)
		c.admit(w, in.Username, in.Password, in.Device, true)
	})
	mux.HandleFunc("POST "+protocol.PathSession, func(w http.ResponseWriter, r *http.Request) {
		var in protocol.SignIn
		_ = json.NewDecoder(r.Body).Decode(&in)
		c.admit(w, in.Username, in.Password, in.Device, false)
	})
	mux.HandleFunc("DELETE "+protocol.PathSession, func(w http.ResponseWriter, r *http.Request) {
		token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
		c.mu.Lock()
		defer c.mu.Unlock()
		if _, ok := c.tokens[token]; !ok {
			reply(w, http.StatusUnauthorized, protocol.Errorf(protocol.CodeUnauthorized, "unknown"))
			return
		}
		delete(c.tokens, token)
		w.WriteHeader(http.StatusNoContent)
	})
	c.Server = start(mux)
	t.Cleanup(c.Close)
	return c
}

func (c *chatServer) admit(w http.ResponseWriter, username, password string, device protocol.DeviceInfo, register bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	folded := protocol.FoldUsername(username)
	kept, known := c.users[folded]
	switch {
	case register && known:
		reply(w, http.StatusConflict, protocol.Errorf(protocol.CodeTaken, "taken"))
		return
	case register:
		c.users[folded] = password
	case !known || kept != password:
		reply(w, http.StatusUnauthorized, protocol.Errorf(protocol.CodeBadCredentials, "no"))
		return
	}
	c.count++
	token := fmt.Sprintf("token-%d", c.count)
	c.tokens[token] = folded
	if c.keys[folded] == nil {
		c.keys[folded] = map[string]bool{}
	}
	c.keys[folded][device.PublicKey] = true
	reply(w, http.StatusCreated, protocol.Session{Token: token, DeviceID: "d", Me: protocol.Me{
		Profile: protocol.Profile{ID: "id-" + folded, Username: username, Nickname: "Nick " + username},
	}})
}

// signedIn returns the usernames of the tokens that are worth something.
func (c *chatServer) signedIn() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	names := []string{}
	for _, name := range c.tokens {
		names = append(names, name)
	}
	return names
}

func reply(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

// noKeyring makes sure that no keyring answers in this test.
func noKeyring(t testing.TB) {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("this system always has a keyring, which tests leave alone")
	}
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+t.TempDir()+"/nobody")
}

func openSession(t *testing.T, dir string, opt Options) *Session {
	t.Helper()
	opt.Log = testLog(t)
	s, err := New(t.Context(), dir, opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func testLog(t *testing.T) *slog.Logger { return slog.New(slog.NewTextHandler(t.Output(), nil)) }

func register(t *testing.T, s *Session, server, username string, remember, auto bool) Opened {
	t.Helper()
	o, err := s.Register(t.Context(), Registration{Server: server, Username: username, Nickname: "x", Password: "password", Remember: remember, Auto: auto})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func TestRememberedAccountOpensWithoutNetwork(t *testing.T) {
	noKeyring(t)
	server := newChatServer(t, httptest.NewServer)
	dir := t.TempDir()
	s := openSession(t, dir, Options{})
	o := register(t, s, server.URL, "alice", true, false)
	s.Left(t.Context(), o)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	server.Close()

	s = openSession(t, dir, Options{})
	got, err := s.Resume(t.Context(), o.Account.ID, true, true)
	if err != nil {
		t.Fatal(err)
	}
	if got.Token != o.Token || got.Dir != o.Dir || got.Me.Profile != o.Me.Profile {
		t.Errorf("Resume = %+v, want what the sign-in gave: %+v", got, o)
	}
	if auto, err := s.Auto(t.Context()); err != nil || auto != o.Account.ID {
		t.Errorf("Auto = %q, %v, want the account", auto, err)
	}
	if !s.SecretsInFile() {
		t.Error("SecretsInFile = false without a keyring")
	}
	if server, err := s.OfferedServer(t.Context()); err != nil || server != o.Account.Server {
		t.Errorf("OfferedServer = %q, %v, want the last one", server, err)
	}
}

func TestAccountThatIsNotRemembered(t *testing.T) {
	noKeyring(t)
	server := newChatServer(t, httptest.NewServer)
	dir := t.TempDir()
	s := openSession(t, dir, Options{})
	o := register(t, s, server.URL, "alice", false, false)
	if strings.Contains(readAll(t, dir), o.Token) {
		t.Error("the token is on the disk")
	}
	if _, err := s.Resume(t.Context(), o.Account.ID, true, false); !errors.Is(err, ErrNoToken) {
		t.Errorf("Resume = %v, want ErrNoToken", err)
	}
	s.Left(t.Context(), o)
	if got := server.signedIn(); len(got) != 0 {
		t.Errorf("signed in after leaving: %v, want nobody", got)
	}
	accounts, err := s.Accounts(t.Context())
	if err != nil || len(accounts) != 1 || accounts[0].Remember {
		t.Errorf("Accounts = %+v, %v, want the one, not remembered", accounts, err)
	}
}

func TestRememberedAccountIsForgottenWithoutItsPassword(t *testing.T) {
	noKeyring(t)
	server := newChatServer(t, httptest.NewServer)
	dir := t.TempDir()
	s := openSession(t, dir, Options{})
	o := register(t, s, server.URL, "alice", true, true)
	got, err := s.Resume(t.Context(), o.Account.ID, false, false)
	if err != nil || got.Token != o.Token || got.Account.Remember || got.Account.Auto {
		t.Fatalf("Resume = %+v, %v, want the account with its token, remembered no longer", got.Account, err)
	}
	if _, err := s.Resume(t.Context(), o.Account.ID, true, false); !errors.Is(err, ErrNoToken) {
		t.Errorf("the next Resume = %v, want ErrNoToken", err)
	}
	if auto, err := s.Auto(t.Context()); err != nil || auto != "" {
		t.Errorf("Auto = %q, %v, want none", auto, err)
	}
	s.Left(t.Context(), got)
	if in := server.signedIn(); len(in) != 0 {
		t.Errorf("signed in after leaving: %v, want nobody", in)
	}
}

func TestAutoImpliesRememberAndIsOfOneAccount(t *testing.T) {
	noKeyring(t)
	server := newChatServer(t, httptest.NewServer)
	now := time.UnixMilli(1000)
	s := openSession(t, t.TempDir(), Options{Now: func() time.Time { now = now.Add(time.Second); return now }})
	first := register(t, s, server.URL, "alice", false, true)
	second := register(t, s, server.URL, "bobby", false, true)
	accounts, err := s.Accounts(t.Context())
	if err != nil || len(accounts) != 2 {
		t.Fatalf("Accounts = %+v, %v", accounts, err)
	}
	if accounts[0].ID != second.Account.ID || !accounts[0].Auto || !accounts[0].Remember {
		t.Errorf("first in the list = %+v, want the last used, automatic", accounts[0])
	}
	if accounts[1].ID != first.Account.ID || accounts[1].Auto || !accounts[1].Remember {
		t.Errorf("second in the list = %+v, want the other, no longer automatic", accounts[1])
	}
}

func TestSigningInAgainKeepsFolderAndKey(t *testing.T) {
	noKeyring(t)
	server := newChatServer(t, httptest.NewServer)
	s := openSession(t, t.TempDir(), Options{})
	o := register(t, s, server.URL, "alice", true, false)
	for _, before := range []func() error{
		func() error { return nil }, // Its token is ended.
		func() error { return s.SignOut(t.Context(), o) },
		func() error { return s.Remove(t.Context(), o.Account.ID, false) },
	} {
		if err := before(); err != nil {
			t.Fatal(err)
		}
		again, err := s.SignIn(t.Context(), Credentials{Server: server.URL, Username: " ALICE ", Password: "password", Remember: true})
		if err != nil {
			t.Fatal(err)
		}
		if again.Dir != o.Dir {
			t.Errorf("folder = %s, want %s as before", again.Dir, o.Dir)
		}
		if got := server.signedIn(); len(got) != 1 {
			t.Errorf("tokens that are worth something: %v, want one", got)
		}
		o = again
	}
	if n := len(server.keys["alice"]); n != 1 {
		t.Errorf("%d device keys were shown, want one", n)
	}
	for key := range server.keys["alice"] {
		if raw, err := base64.StdEncoding.DecodeString(key); err != nil || len(raw) != 32 {
			t.Errorf("device key %q is no base64 of 32 bytes", key)
		}
	}
}

func TestRemovedWithItsData(t *testing.T) {
	noKeyring(t)
	server := newChatServer(t, httptest.NewServer)
	s := openSession(t, t.TempDir(), Options{})
	o := register(t, s, server.URL, "alice", true, false)
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := s.Remove(t.Context(), o.Account.ID, true); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(o.Dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the folder is still there: %v", err)
	}
	if got := server.signedIn(); len(got) != 0 {
		t.Errorf("signed in: %v, want nobody", got)
	}
	if err := s.Remove(t.Context(), o.Account.ID, true); !errors.Is(err, ErrNoAccount) {
		t.Errorf("Remove again = %v, want ErrNoAccount", err)
	}
	if s.SecretsInFile() {
		t.Error("a secret of it is still kept")
	}
}

func TestRefusedSignInLeavesNothing(t *testing.T) {
	noKeyring(t)
	server := newChatServer(t, httptest.NewServer)
	s := openSession(t, t.TempDir(), Options{})
	_, err := s.SignIn(t.Context(), Credentials{Server: server.URL, Username: "alice", Password: "wrong one", Remember: true})
	if !errors.Is(err, protocol.ErrBadCredentials) {
		t.Errorf("SignIn = %v, want bad_credentials", err)
	}
	if accounts, err := s.Accounts(t.Context()); err != nil || len(accounts) != 0 {
		t.Errorf("Accounts = %+v, %v, want none", accounts, err)
	}
}

func TestLostSecretsAskForThePassword(t *testing.T) {
	noKeyring(t)
	for name, lose := range map[string]func(dir string) error{
		"key gone":       func(dir string) error { return os.Remove(filepath.Join(dir, keyName)) },
		"key changed":    func(dir string) error { return os.WriteFile(filepath.Join(dir, keyName), make([]byte, 32), 0o600) },
		"key damaged":    func(dir string) error { return os.WriteFile(filepath.Join(dir, keyName), []byte("x"), 0o600) },
		"secrets gone":   func(dir string) error { return os.Remove(filepath.Join(dir, secretsName)) },
		"secrets broken": func(dir string) error { return os.WriteFile(filepath.Join(dir, secretsName), []byte("{"), 0o600) },
	} {
		t.Run(name, func(t *testing.T) {
			server := newChatServer(t, httptest.NewServer)
			dir := t.TempDir()
			s := openSession(t, dir, Options{})
			o := register(t, s, server.URL, "alice", true, true)
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			if err := lose(dir); err != nil {
				t.Fatal(err)
			}
			s = openSession(t, dir, Options{})
			if _, err := s.Resume(t.Context(), o.Account.ID, true, false); !errors.Is(err, ErrNoToken) {
				t.Errorf("Resume = %v, want ErrNoToken", err)
			}
			again, err := s.SignIn(t.Context(), Credentials{Server: server.URL, Username: "alice", Password: "password", Remember: true})
			if err != nil {
				t.Fatal(err)
			}
			if got, err := s.Resume(t.Context(), again.Account.ID, true, false); err != nil || got.Token != again.Token {
				t.Errorf("Resume after signing in = %v, want the token", err)
			}
		})
	}
}

func TestSecretsAreSealedAndPrivate(t *testing.T) {
	noKeyring(t)
	dir := t.TempDir()
	v := openVault(dir, desktop.Keyring{Service: "MyChat test"}, testLog(t))
	if err := v.put(t.Context(), "one", "very secret"); err != nil {
		t.Fatal(err)
	}
	if all := readAll(t, dir); strings.Contains(all, "very secret") || strings.Contains(all, base64.StdEncoding.EncodeToString([]byte("very secret"))) {
		t.Error("the secret is readable on the disk")
	}
	for _, name := range []string{secretsName, keyName} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v, want mode 600", name, info.Mode(), err)
		}
	}
	// A sealed secret opens under its own name alone.
	v.items["two"] = v.items["one"]
	if got, ok := v.get(t.Context(), "two"); ok {
		t.Errorf("a secret opened under another name: %q", got)
	}
	if got, ok := v.get(t.Context(), "one"); !ok || got != "very secret" {
		t.Errorf("get = %q, %v", got, ok)
	}
}

// keyringEnv tells the test program that it runs inside a private session with
// a keyring of its own.
const keyringEnv = "MYCHAT_TEST_KEYRING"

func TestSecretsInTheKeyring(t *testing.T) {
	if os.Getenv(keyringEnv) == "" {
		inKeyringSession(t)
		return
	}
	server := newChatServer(t, httptest.NewServer)
	dir := t.TempDir()
	bus := os.Getenv("DBUS_SESSION_BUS_ADDRESS")

	// The first sign-in finds no keyring; the second does, and takes all there.
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+dir+"/nobody")
	s := openSession(t, dir, Options{})
	register(t, s, server.URL, "alice", true, false)
	if !s.SecretsInFile() {
		t.Error("SecretsInFile = false without a keyring")
	}
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", bus)
	o, err := s.SignIn(t.Context(), Credentials{Server: server.URL, Username: "alice", Password: "password", Remember: true})
	if err != nil {
		t.Fatal(err)
	}
	if s.SecretsInFile() {
		t.Error("SecretsInFile = true with a keyring")
	}
	if strings.Contains(readAll(t, dir), o.Token) {
		t.Error("the token is on the disk")
	}
	if got, err := s.Resume(t.Context(), o.Account.ID, true, false); err != nil || got.Token != o.Token {
		t.Errorf("Resume = %v, want the token from the keyring", err)
	}

	// Somebody empties the keyring.
	if err := (desktop.Keyring{Service: "MyChat"}).Delete(t.Context(), o.Account.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Resume(t.Context(), o.Account.ID, true, false); !errors.Is(err, ErrNoToken) {
		t.Errorf("Resume without its secret = %v, want ErrNoToken", err)
	}
	if _, err := s.SignIn(t.Context(), Credentials{Server: server.URL, Username: "alice", Password: "password"}); err != nil {
		t.Errorf("SignIn after the keyring lost its secrets: %v", err)
	}
}

// inKeyringSession runs the calling test again in a private D-Bus session with
// a fresh, unlocked gnome-keyring, whose files are in a temporary folder.
func inKeyringSession(t *testing.T) {
	t.Helper()
	for _, program := range []string{"dbus-run-session", "gnome-keyring-daemon"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("%s is not installed", program)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	home := t.TempDir()
	script := `printf test | gnome-keyring-daemon --unlock --components=secrets --daemonize >/dev/null && exec "$0" -test.run "$1" -test.v`
	cmd := exec.CommandContext(ctx, "dbus-run-session", "--", "sh", "-c", script, os.Args[0], "^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), keyringEnv+"=1", "HOME="+home,
		"XDG_DATA_HOME="+home, "XDG_RUNTIME_DIR="+home, "XDG_CONFIG_HOME="+home, "XDG_CACHE_HOME="+home)
	out, err := cmd.CombinedOutput()
	t.Logf("%s", out)
	if err != nil {
		t.Fatalf("in a private session: %v", err)
	}
}

func TestNewerDatabaseIsLeftAlone(t *testing.T) {
	noKeyring(t)
	dir := t.TempDir()
	s := openSession(t, dir, Options{})
	if err := s.machine.db.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, 1)").Error; err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "machine.db")
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = New(t.Context(), dir, Options{})
	var newer *store.NewerError
	if !errors.Is(err, store.ErrNewer) || !errors.As(err, &newer) || newer.Found != 99 || newer.Path != path {
		t.Errorf("New = %v, want a NewerError of version 99 that names the file", err)
	}
	if after, err := os.ReadFile(path); err != nil || !bytes.Equal(before, after) {
		t.Errorf("the file changed: %v", err)
	}
}

func TestSettings(t *testing.T) {
	noKeyring(t)
	dir := t.TempDir()
	s := openSession(t, dir, Options{})
	got, err := s.Settings(t.Context())
	if want := (Settings{Notify: true, NotifyPreview: true, Sound: true, LinkPreviews: true, RecentEmoji: []string{}}); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("Settings = %+v, %v, want the defaults %+v", got, err, want)
	}
	want := Settings{Language: "zh-CN", Theme: "dark", Accent: "pine", MessageSize: 16, Compact: true, CtrlEnter: true, CloseToBackground: true,
		ListWidth: 320, RecentEmoji: []string{"👩‍🚀", "🎉"}}
	if err := s.ChangeSettings(t.Context(), func(now *Settings) error { *now = want; return nil }); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = openSession(t, dir, Options{})
	if got, err := s.Settings(t.Context()); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("Settings = %+v, %v, want %+v", got, err, want)
	}
	refused := map[string][]Settings{
		"language": {{Language: "xx"}}, "theme": {{Theme: "pink"}}, "accent": {{Accent: "x"}}, "message_size": {{MessageSize: 99}},
		"list_width": {{ListWidth: -1}, {ListWidth: 239}, {ListWidth: 401}},
		"recent_emoji": {
			{RecentEmoji: []string{""}}, {RecentEmoji: []string{strings.Repeat("x", 65)}}, {RecentEmoji: []string{"\xff"}},
			{RecentEmoji: slices.Repeat([]string{"🎉"}, MaxRecentEmoji+1)},
		},
	}
	for field, values := range refused {
		for _, v := range values {
			if err := s.ChangeSettings(t.Context(), func(now *Settings) error { *now = v; return nil }); protocol.AsError(err) == nil || protocol.AsError(err).Field != field {
				t.Errorf("ChangeSettings(%+v) = %v, want a refusal of %s", v, err, field)
			}
		}
	}
}

func TestProxyPasswordIsForItsProxyAlone(t *testing.T) {
	noKeyring(t)
	dir := t.TempDir()
	s := openSession(t, dir, Options{})
	kept := Proxy{Kind: ProxyHTTP, Address: "proxy.example:3128", Username: "ana", Password: "pw-of-ana"}
	if err := s.SetProxy(t.Context(), kept); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(readAll(t, dir), kept.Password) {
		t.Error("the password is readable on the disk")
	}
	if got, err := s.Proxy(t.Context()); err != nil || got != (Proxy{Kind: ProxyHTTP, Address: kept.Address, Username: "ana"}) {
		t.Errorf("Proxy = %+v, %v, want it without the password", got, err)
	}
	password := func(try *Proxy) string {
		t.Helper()
		transport, err := s.Transport(t.Context(), "https://chat.example", try)
		if err != nil {
			t.Fatal(err)
		}
		return transport.Proxy.Password
	}
	same := Proxy{Kind: ProxySOCKS5, Address: kept.Address, Username: "ana"}
	other := Proxy{Kind: ProxyHTTP, Address: "elsewhere.example:3128", Username: "ana"}
	if got := password(nil); got != kept.Password {
		t.Errorf("password = %q, want the kept one", got)
	}
	if got := password(&same); got != kept.Password {
		t.Errorf("password of the same proxy = %q, want the kept one", got)
	}
	if got := password(&other); got != "" {
		t.Errorf("password of another proxy = %q, want none", got)
	}
	if err := s.SetProxy(t.Context(), same); err != nil {
		t.Fatal(err)
	}
	if got := password(nil); got != kept.Password {
		t.Errorf("password after an empty one = %q, want the kept one", got)
	}
	if err := s.SetProxy(t.Context(), other); err != nil {
		t.Fatal(err)
	}
	if got := password(nil); got != "" {
		t.Errorf("password after the proxy changed = %q, want none", got)
	}
	for field, p := range map[string]Proxy{"kind": {Kind: "x"}, "address": {Kind: ProxyHTTP, Address: "proxy"}} {
		if err := s.SetProxy(t.Context(), p); protocol.AsError(err) == nil || protocol.AsError(err).Field != field {
			t.Errorf("SetProxy(%+v) = %v, want a refusal of %s", p, err, field)
		}
	}
}

func TestPinnedCertificate(t *testing.T) {
	noKeyring(t)
	server := newChatServer(t, func(h http.Handler) *httptest.Server {
		s := httptest.NewUnstartedServer(h)
		s.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug) // Refused handshakes are the point.
		s.StartTLS()
		return s
	})
	s := openSession(t, t.TempDir(), Options{})
	_, _, err := s.CheckServer(t.Context(), server.URL, nil)
	var wire *remote.Error
	if !errors.As(err, &wire) || wire.Code != remote.CodeCertificateUnknown || wire.Fingerprint == "" {
		t.Fatalf("CheckServer = %v, want certificate_unknown with a fingerprint", err)
	}
	sum := sha256.Sum256(server.Certificate().Raw)
	if got := strings.ReplaceAll(wire.Fingerprint, ":", ""); !strings.EqualFold(got, hex.EncodeToString(sum[:])) {
		t.Errorf("fingerprint = %s, want the certificate's", wire.Fingerprint)
	}
	if err := s.Trust(t.Context(), server.URL, "12:34"); protocol.AsError(err).Field != "fingerprint" {
		t.Errorf("Trust of nonsense = %v, want a refusal", err)
	}
	if err := s.Trust(t.Context(), server.URL, wire.Fingerprint); err != nil {
		t.Fatal(err)
	}
	at, info, err := s.CheckServer(t.Context(), server.URL+"/", nil)
	if err != nil || at != server.URL || info.Product != protocol.Product {
		t.Errorf("CheckServer of a pinned server = %q, %+v, %v", at, info, err)
	}
	other := strings.Repeat("00", 32)
	if err := s.Trust(t.Context(), server.URL, other); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.CheckServer(t.Context(), server.URL, nil); !errors.As(err, &wire) || wire.Code != remote.CodeCertificateChanged {
		t.Errorf("CheckServer with another pin = %v, want certificate_changed", err)
	}
}

func TestOfferedServer(t *testing.T) {
	noKeyring(t)
	s := openSession(t, t.TempDir(), Options{Server: "127.0.0.1:9999"})
	if got, err := s.OfferedServer(t.Context()); err != nil || got != "http://127.0.0.1:9999" {
		t.Errorf("OfferedServer = %q, %v, want what was given", got, err)
	}
	if _, err := New(t.Context(), t.TempDir(), Options{Server: "a b"}); err == nil {
		t.Error("New took a server that is no address")
	}
}

// A secret in a log line would outlive its purpose.
func TestOpenedPrintsNoToken(t *testing.T) {
	o := Opened{Account: Account{ID: "a"}, Token: "sesame"}
	for _, text := range []string{fmt.Sprint(o), fmt.Sprintf("%+v", o), fmt.Sprintf("%v", &o)} {
		if strings.Contains(text, o.Token) {
			t.Errorf("printed as %s", text)
		}
	}
}

// readAll returns all that is written in a folder.
func readAll(t *testing.T, dir string) string {
	t.Helper()
	var all strings.Builder
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		_, err = io.Copy(&all, f)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all.String()
}
