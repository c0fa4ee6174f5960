package test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/oklog/ulid/v2"

	"mychat/protocol"
	"mychat/server/node"
)

// pages collects what several write. It is safe for concurrent use.
type pages struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (p *pages) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.b.Write(b)
}

func (p *pages) String() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.b.String()
}

// TestSecretsStayOutOfLogsAndURLs plays a day of two people, mistakes
// included, with every log at its most talkative, and looks for what must be
// in none of them: tokens, passwords, invitation codes and words. The database
// holds words and neither tokens nor passwords nor codes.
func TestSecretsStayOutOfLogsAndURLs(t *testing.T) {
	t.Parallel()
	serverLog, appLog, urls := &pages{}, &pages{}, &pages{}
	talkative := func(w *pages) *slog.Logger {
		return slog.New(slog.NewJSONHandler(w, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
	cfg := serverConfig(t.TempDir(), "")
	cfg.Registration = protocol.RegistrationInvite
	n := startNodeWith(t, cfg, node.Options{Log: talkative(serverLog)})
	target, err := url.Parse(n.url())
	if err != nil {
		t.Fatal(err)
	}
	forward := httputil.NewSingleHostReverseProxy(target)
	forward.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug) // Cut connections are part of the day.
	between := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = urls.Write([]byte(r.Method + " " + r.RequestURI + " " + r.Referer() + "\n"))
		forward.ServeHTTP(w, r)
	}))
	t.Cleanup(between.Close)
	t.Cleanup(between.CloseClientConnections)
	admin, err := node.OpenAdmin(t.Context(), cfg, talkative(serverLog))
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close()
	code, err := admin.Accounts.CreateInvite(t.Context(), 2, time.Hour)
	if err != nil {
		t.Fatal(err)
	}

	const words, draft, search, wrong, fresh = "wisteria at dawn", "quillon unsaid", "zephyrine", "wrong-horse-77", "fresh-staple-88"
	secrets := map[string]string{"password": password, "wrong password": wrong, "new password": fresh, "invitation": code}
	said := map[string]string{"message": words, "draft": draft, "search": search}

	join := func(name string) *device {
		t.Helper()
		a := call(t, http.MethodPost, between.URL+protocol.PathRegister, "", encoded(t, protocol.Register{
			Username: name, Nickname: name, Password: password, Invite: code, Device: deviceInfo(t, "d"),
		}))
		var session protocol.Session
		if err := json.Unmarshal(a.body, &session); err != nil || session.Token == "" {
			t.Fatalf("register: %d %s", a.status, a.body)
		}
		secrets["token of "+name] = session.Token
		d := &device{me: session.Me.Profile, server: between.URL, token: session.Token, dir: t.TempDir(), log: talkative(appLog)}
		d.open(t, session.Me, time.Now)
		return d
	}
	ana, ben := join("ana_lind"), join("ben_2026")
	conv := befriend(t, ana, ben)
	ana.SetTyping(conv, true)
	ana.say(t, conv, words)
	agree(t, conv, []string{words}, ana, ben)
	if err := ana.SaveDraft(t.Context(), conv, protocol.Draft{Text: draft}, false); err != nil {
		t.Fatal(err)
	}
	if err := ana.SetRemark(t.Context(), ben.me.ID, search); err != nil {
		t.Fatal(err)
	}

	// Mistakes, which are what logs are for.
	signIn := func(name, pass string) answer {
		return call(t, http.MethodPost, between.URL+protocol.PathSession, "",
			encoded(t, protocol.SignIn{Username: name, Password: pass, Device: deviceInfo(t, "d")}))
	}
	signIn("ana_lind", wrong)
	signIn("nobody_1", password)
	signIn(password, wrong) // Typed into the wrong field.
	call(t, http.MethodPost, between.URL+protocol.PathSession, "", []byte(`{"username":"ana_lind","password":["`+password+`"]}`))
	call(t, http.MethodPost, between.URL+protocol.PathSession, "", []byte(`{"password":"`+password))
	call(t, http.MethodPost, between.URL+"/v1/"+words, ana.token, []byte(words))
	call(t, http.MethodPost, between.URL+protocol.PathMessages, ana.token, encoded(t, message(t, conv, "no id", words)))
	if err := ana.ChangePassword(t.Context(), protocol.ChangePassword{Old: wrong, New: fresh}); err == nil {
		t.Error("a wrong password was taken")
	}
	id := ulid.Make().String()
	for _, text := range []string{words, words + "!"} { // The second reuses the id.
		call(t, http.MethodPost, between.URL+protocol.PathMessages, ana.token, encoded(t, message(t, conv, id, text)))
	}
	agree(t, conv, []string{words, words}, ana, ben)
	for _, frames := range [][]string{
		{`{"op":"send","id":"` + ana.token + `"}`}, {`{"op":"hello","id":9,"body":{"token":"` + ana.token + `"}}`},
		{`{"op":"send","body":"` + words + `"`}, {ana.token},
		{`{"op":"` + ana.token + `"}`, "{"}, // An op that the server does not know ends nothing.
	} {
		w := dial(t, between.URL, ana.token)
		for _, frame := range frames {
			if err := w.ws.WriteMessage(websocket.TextMessage, []byte(frame)); err != nil {
				t.Fatal(err)
			}
		}
		w.closed()
	}
	n.proxy.Cut()
	ana.say(t, conv, words)
	agree(t, conv, []string{words, words, words}, ana, ben)
	if err := ana.RemoveFriend(t.Context(), ben.me.ID); err != nil {
		t.Fatal(err)
	}
	call(t, http.MethodPost, between.URL+protocol.PathMessages, ben.token, encoded(t, message(t, conv, ulid.Make().String(), words)))
	if err := ana.ChangePassword(t.Context(), protocol.ChangePassword{Old: password, New: fresh}); err != nil {
		t.Fatal(err)
	}
	if secrets["given password"], err = admin.Accounts.ResetPassword(t.Context(), "ana_lind"); err != nil {
		t.Fatal(err)
	}
	ana.ended(t)
	call(t, http.MethodGet, between.URL+protocol.PathMe, ana.token, nil)
	ana.stop()
	ben.stop()
	n.stop()

	for where, text := range map[string]string{"server's log": serverLog.String(), "app's log": appLog.String(), "list of URLs": urls.String()} {
		if len(text) < 200 {
			t.Errorf("the %s has only %q: is it the right one?", where, text)
		}
		for what, secret := range secrets {
			tells(t, where, text, what, secret)
		}
		for what, secret := range said {
			if where != "list of URLs" {
				tells(t, where, text, what, secret)
			}
		}
	}
	database := contents(t, cfg.Data)
	if !strings.Contains(database, words) {
		t.Error("the words are not in the database: is it the right one?")
	}
	for what, secret := range secrets {
		tells(t, "server's data folder", database, what, secret)
	}
	for what, secret := range secrets {
		tells(t, "app's folder", contents(t, ana.dir), what, secret)
	}
}

// tells reports a text that holds a secret, with the words around it.
func tells(t *testing.T, where, text, what, secret string) {
	t.Helper()
	if i := strings.Index(text, secret); i >= 0 {
		t.Errorf("the %s tells a %s: %q", where, what, text[max(0, i-200):min(len(text), i+len(secret)+50)])
	}
}

// contents returns all bytes of the files in a folder.
func contents(t *testing.T, dir string) string {
	t.Helper()
	var all strings.Builder
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		b, err := os.ReadFile(path)
		all.Write(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all.String()
}
