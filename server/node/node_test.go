package node

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/oklog/ulid/v2"

	"mychat/protocol"
	"mychat/server/config"
	"mychat/server/realtime"
	"mychat/server/store"
	"mychat/server/store/storetest"
)

// patience is how long a test waits for what must happen.
const patience = time.Minute

// settings are a configuration for tests: any free port, cheap hashes.
func settings(t *testing.T, dsn string) config.Config {
	t.Helper()
	cfg := config.Default()
	cfg.Listen = "127.0.0.1:0"
	cfg.Data = t.TempDir()
	cfg.Limits.Argon2MemoryKiB, cfg.Limits.Argon2Time = 8192, 1
	if store.IsPostgres(dsn) {
		cfg.Database = dsn
	}
	return cfg
}

// running is a node that runs until stop or the end of the test.
type running struct {
	*Node
	t    *testing.T
	stop context.CancelFunc
	done chan error
}

func run(t *testing.T, cfg config.Config) *running {
	t.Helper()
	n, err := Open(t.Context(), cfg, Options{
		Version: "1.2.3", Log: slog.New(slog.DiscardHandler),
		Realtime: realtime.Options{Spread: 10 * time.Millisecond, Linger: 100 * time.Millisecond, Beat: 100 * time.Millisecond},
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	r := &running{Node: n, t: t, stop: stop, done: make(chan error, 1)}
	go func() { r.done <- n.Run(ctx) }()
	t.Cleanup(r.end)
	return r
}

// end stops the node and checks that it stops well and in time. It may be
// called again.
func (r *running) end() {
	r.t.Helper()
	if r.done == nil {
		return
	}
	r.stop()
	select {
	case err := <-r.done:
		if err != nil {
			r.t.Errorf("Run: %v", err)
		}
	case <-time.After(10 * time.Second):
		r.t.Error("the node did not stop within ten seconds")
	}
	r.done = nil
}

// call makes a REST call and decodes the answer into out, unless it is nil.
func (r *running) call(method, path, token string, in, out any) (int, *protocol.Error) {
	r.t.Helper()
	var body io.Reader
	if in != nil {
		b, err := protocol.Encode(in)
		if err != nil {
			r.t.Fatal(err)
		}
		body = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(r.t.Context(), method, r.URL()+path, body)
	if err != nil {
		r.t.Fatal(err)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		r.t.Fatalf("%s %s: %v", method, path, err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	if resp.StatusCode >= 400 {
		var e protocol.Error
		if err := json.Unmarshal(data, &e); err != nil || e.Status != resp.StatusCode || e.Code == "" {
			r.t.Fatalf("%s %s: status %d, no problem: %s", method, path, resp.StatusCode, data)
		}
		return resp.StatusCode, &e
	}
	if out != nil {
		if err := json.Unmarshal(data, out); err != nil {
			r.t.Fatalf("%s %s: %s: %v", method, path, data, err)
		}
	}
	return resp.StatusCode, nil
}

// want makes a call that must succeed with status.
func (r *running) want(status int, method, path, token string, in, out any) {
	r.t.Helper()
	if got, e := r.call(method, path, token, in, out); got != status {
		r.t.Fatalf("%s %s: status %d, %v, want %d", method, path, got, e, status)
	}
}

// refused makes a call that must be refused with status and code.
func (r *running) refused(status int, code protocol.Code, method, path, token string, in any) *protocol.Error {
	r.t.Helper()
	got, e := r.call(method, path, token, in, nil)
	if e == nil || got != status || e.Code != code {
		r.t.Fatalf("%s %s: status %d, %v, want %d %s", method, path, got, e, status, code)
	}
	return e
}

const password = "correct horse"

func device(name string) protocol.DeviceInfo {
	return protocol.DeviceInfo{Name: name, Platform: protocol.PlatformLinux, PublicKey: base64.StdEncoding.EncodeToString(make([]byte, 32))}
}

func (r *running) register(name string) protocol.Session {
	r.t.Helper()
	var s protocol.Session
	r.want(http.StatusCreated, "POST", protocol.PathRegister, "", protocol.Register{
		Username: name, Nickname: strings.ToUpper(name), Password: password, Device: device("first"),
	}, &s)
	return s
}

// befriend makes a and b friends over REST and returns their conversation.
func (r *running) befriend(a, b protocol.Session) string {
	r.t.Helper()
	var asked, answered protocol.Asked
	r.want(http.StatusOK, "POST", protocol.PathRequests, a.Token, protocol.AskFriend{UserID: b.Me.Profile.ID, Message: "it's me"}, &asked)
	r.want(http.StatusOK, "POST", protocol.PathRequests+"/"+asked.Request.ID+"/accept", b.Token, nil, &answered)
	if answered.Contact == nil || !answered.Contact.Friend {
		r.t.Fatalf("answered = %+v", answered)
	}
	return answered.Contact.ConversationID
}

// socket opens a socket and says hello.
func (r *running) socket(s protocol.Session) *websocket.Conn {
	r.t.Helper()
	ws, resp, err := websocket.DefaultDialer.DialContext(r.t.Context(), "ws"+strings.TrimPrefix(r.URL(), "http")+protocol.PathSocket, nil)
	if err != nil {
		r.t.Fatalf("dial: %v", err)
	}
	resp.Body.Close()
	r.t.Cleanup(func() { ws.Close() })
	if err := ws.SetReadDeadline(time.Now().Add(patience)); err != nil {
		r.t.Fatal(err)
	}
	hello := map[string]any{"op": protocol.OpHello, "id": 1, "body": protocol.Hello{Token: s.Token, Protocol: protocol.Version}}
	if err := ws.WriteJSON(hello); err != nil {
		r.t.Fatal(err)
	}
	var f protocol.Frame
	if err := ws.ReadJSON(&f); err != nil || f.Op != protocol.OpReply || f.Error != nil {
		r.t.Fatalf("hello: %+v, %v", f, err)
	}
	return ws
}

// until reads frames until one has op, and returns it.
func until(t *testing.T, ws *websocket.Conn, op string) protocol.Frame {
	t.Helper()
	for {
		var f protocol.Frame
		if err := ws.ReadJSON(&f); err != nil {
			t.Fatalf("waiting for %s: %v", op, err)
		}
		if f.Op == op {
			return f
		}
	}
}

// wantClose reads until the socket ends and checks the code.
func wantClose(t *testing.T, ws *websocket.Conn, code int) {
	t.Helper()
	for {
		_, _, err := ws.ReadMessage()
		if err == nil {
			continue
		}
		var e *websocket.CloseError
		if !errors.As(err, &e) || e.Code != code {
			t.Errorf("closed with %v, want %d", err, code)
		}
		return
	}
}

func text(conversation, s string) protocol.Send {
	body, err := protocol.Encode(protocol.Text{Text: s})
	if err != nil {
		panic(err)
	}
	return protocol.Send{ConversationID: conversation, ClientID: ulid.Make().String(), Kind: protocol.KindText, Body: body}
}

func TestTheWholeRESTRoad(t *testing.T) {
	storetest.EachDSN(t, func(t *testing.T, dsn string) {
		n := run(t, settings(t, dsn))
		var info protocol.ServerInfo
		n.want(200, "GET", protocol.PathServer, "", nil, &info)
		if info.Product != protocol.Product || info.Version != "1.2.3" || info.Registration != protocol.RegistrationOpen {
			t.Errorf("info = %+v", info)
		}
		ana, ben := n.register("ana_01"), n.register("ben_01")
		n.refused(409, protocol.CodeTaken, "POST", protocol.PathRegister, "", protocol.Register{
			Username: "ANA_01", Nickname: "x", Password: password, Device: device("d"),
		})
		n.refused(401, protocol.CodeBadCredentials, "POST", protocol.PathSession, "", protocol.SignIn{
			Username: "ana_01", Password: "wrong password", Device: device("d"),
		})
		n.refused(401, protocol.CodeUnauthorized, "GET", protocol.PathMe, "nonsense", nil)

		var me protocol.Me
		n.want(200, "PATCH", protocol.PathMe, ana.Token, map[string]any{"nickname": "Ana 你好", "findable_by_nickname": true, "from_the_future": 1}, &me)
		if me.Profile.Nickname != "Ana 你好" || !me.FindableByNickname {
			t.Errorf("me = %+v", me)
		}
		for query, want := range map[string]int{"username=ANA_01": 1, "username=ana_0": 0, "nickname=" + url.QueryEscape("Ana 你"): 1, "nickname=ana_01": 1} {
			var cards []protocol.UserCard
			n.want(200, "GET", protocol.PathUsers+"?"+query, ben.Token, nil, &cards)
			if len(cards) != want || cards == nil {
				t.Errorf("search for %s found %+v, want %d", query, cards, want)
			}
		}
		n.refused(422, protocol.CodeInvalid, "GET", protocol.PathUsers, ben.Token, nil)
		var card protocol.UserCard
		n.want(200, "GET", protocol.PathUsers+"/"+ana.Me.Profile.ID, ben.Token, nil, &card)
		if card.Relation != protocol.RelationNone {
			t.Errorf("card = %+v", card)
		}

		n.refused(422, protocol.CodeSelf, "POST", protocol.PathRequests, ana.Token, protocol.AskFriend{UserID: ana.Me.Profile.ID})
		n.refused(422, protocol.CodeInvalid, "POST", protocol.PathRequests+"/1/marry", ben.Token, nil)
		conv := n.befriend(ana, ben)
		var requests []protocol.FriendRequest
		n.want(200, "GET", protocol.PathRequests, ana.Token, nil, &requests)
		if len(requests) != 1 || requests[0].State != protocol.RequestAccepted {
			t.Errorf("requests = %+v", requests)
		}
		var contact protocol.Contact
		n.want(200, "PATCH", protocol.PathContacts+"/"+ben.Me.Profile.ID, ana.Token, map[string]string{"remark": "Benny"}, &contact)
		var contacts []protocol.Contact
		n.want(200, "GET", protocol.PathContacts, ana.Token, nil, &contacts)
		if len(contacts) != 1 || contacts[0].Remark != "Benny" || contact.Remark != "Benny" {
			t.Errorf("contacts = %+v", contacts)
		}

		var sent protocol.Sent
		msg := text(conv, "hi")
		n.want(200, "POST", protocol.PathMessages, ana.Token, msg, &sent)
		msg.Body = text(conv, "changed").Body
		n.refused(409, protocol.CodeIDReused, "POST", protocol.PathMessages, ana.Token, msg)
		n.refused(403, protocol.CodeNotMember, "POST", protocol.PathMessages, ana.Token, text("999", "x"))
		for range 3 {
			n.want(200, "POST", protocol.PathMessages, ben.Token, text(conv, "again"), &sent)
		}
		var heads []protocol.Head
		n.want(200, "GET", protocol.PathConversations, ana.Token, nil, &heads)
		if len(heads) != 1 || heads[0].Unread != 3 || heads[0].LastSeq != sent.Seq {
			t.Errorf("heads = %+v", heads)
		}
		page := func(query string) (p protocol.Page) {
			t.Helper()
			n.want(200, "GET", protocol.PathConversations+"/"+conv+"/entries"+query, ana.Token, nil, &p)
			return p
		}
		if p := page("?limit=2"); len(p.Entries) != 2 || p.Entries[1].Seq != sent.Seq || !p.More {
			t.Errorf("last page = %+v", p)
		}
		if p := page(fmt.Sprintf("?before=%d&limit=1", sent.Seq)); len(p.Entries) != 1 || p.Entries[0].Seq != sent.Seq-1 {
			t.Errorf("page before = %+v", p)
		}
		if p := page("?after=0&limit=1"); len(p.Entries) != 1 || p.Entries[0].Seq != 1 {
			t.Errorf("first page = %+v", p)
		}
		n.refused(422, protocol.CodeInvalid, "GET", protocol.PathConversations+"/"+conv+"/entries?before=2&after=1", ana.Token, nil)
		n.refused(422, protocol.CodeInvalid, "GET", protocol.PathConversations+"/"+conv+"/entries?limit=201", ana.Token, nil)
		n.refused(422, protocol.CodeInvalid, "GET", protocol.PathConversations+"/"+conv+"/entries?after=x", ana.Token, nil)
		n.want(204, "POST", protocol.PathConversations+"/"+conv+"/read", ana.Token, protocol.Read{ConversationID: conv, Seq: sent.Seq}, nil)
		n.refused(422, protocol.CodeInvalid, "POST", protocol.PathConversations+"/"+conv+"/read", ana.Token, protocol.Read{ConversationID: "7", Seq: 1})
		n.want(200, "GET", protocol.PathConversations, ana.Token, nil, &heads)
		if heads[0].Unread != 0 {
			t.Errorf("unread after reading = %d", heads[0].Unread)
		}
		var state protocol.JournalState
		n.want(200, "GET", protocol.PathJournal, ana.Token, nil, &state)
		if !state.Reset || len(state.Journal) == 0 || state.JournalPos == 0 {
			t.Errorf("journal = %+v", state)
		}

		var second protocol.Session
		n.want(201, "POST", protocol.PathSession, "", protocol.SignIn{Username: "Ana_01", Password: password, Device: device("second")}, &second)
		var devices []protocol.Device
		n.want(200, "GET", protocol.PathDevices, ana.Token, nil, &devices)
		if len(devices) != 2 {
			t.Errorf("devices = %+v", devices)
		}
		var renamed protocol.Device
		n.want(200, "PATCH", protocol.PathDevices+"/"+second.DeviceID, ana.Token, protocol.RenameDevice{Name: "Kitchen"}, &renamed)
		if renamed.ID != second.DeviceID || renamed.Name != "Kitchen" {
			t.Errorf("renamed = %+v", renamed)
		}
		n.want(204, "DELETE", protocol.PathDevices+"/"+second.DeviceID, ana.Token, nil, nil)
		n.refused(401, protocol.CodeUnauthorized, "GET", protocol.PathMe, second.Token, nil)
		n.refused(404, protocol.CodeNotFound, "DELETE", protocol.PathDevices+"/"+second.DeviceID, ana.Token, nil)
		n.want(204, "POST", protocol.PathPassword, ana.Token, protocol.ChangePassword{Old: password, New: "battery staple", EndOthers: true}, nil)
		n.want(204, "DELETE", protocol.PathContacts+"/"+ben.Me.Profile.ID, ana.Token, nil, nil)
		n.refused(403, protocol.CodeNotFriend, "POST", protocol.PathMessages, ben.Token, text(conv, "why?"))
		n.want(204, "DELETE", protocol.PathSession, ana.Token, nil, nil)
		n.refused(401, protocol.CodeUnauthorized, "GET", protocol.PathMe, ana.Token, nil)
	})
}

func TestRegistrationPolicies(t *testing.T) {
	register := protocol.Register{Username: "ana_01", Nickname: "Ana", Password: password, Device: device("d")}
	closed := settings(t, "")
	closed.Registration = protocol.RegistrationClosed
	run(t, closed).refused(403, protocol.CodeClosed, "POST", protocol.PathRegister, "", register)

	invite := settings(t, "")
	invite.Registration = protocol.RegistrationInvite
	n := run(t, invite)
	n.refused(403, protocol.CodeInvite, "POST", protocol.PathRegister, "", register)
	admin, err := OpenAdmin(t.Context(), invite, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close()
	if register.Invite, err = admin.Accounts.CreateInvite(t.Context(), 1, time.Hour); err != nil {
		t.Fatal(err)
	}
	n.want(201, "POST", protocol.PathRegister, "", register, nil)
	register.Username = "ben_01"
	n.refused(403, protocol.CodeInvite, "POST", protocol.PathRegister, "", register)
}

func TestANodeStopsAndStartsAgain(t *testing.T) {
	storetest.EachDSN(t, func(t *testing.T, dsn string) {
		cfg := settings(t, dsn)
		n := run(t, cfg)
		ana, ben := n.register("ana_01"), n.register("ben_01")
		conv := n.befriend(ana, ben)
		n.want(200, "POST", protocol.PathMessages, ana.Token, text(conv, "before the stop"), nil)
		ws := n.socket(ben)
		if status := n.probe("/readyz"); status != 200 {
			t.Errorf("readyz = %d", status)
		}
		n.stop()
		wantClose(t, ws, protocol.CloseDraining)
		n.end()

		n = run(t, cfg)
		var heads []protocol.Head
		n.want(200, "GET", protocol.PathConversations, ben.Token, nil, &heads)
		if len(heads) != 1 || heads[0].Unread != 2 {
			t.Errorf("heads after a restart = %+v", heads)
		}
	})
}

// probe asks for a path outside the API and returns the status.
func (r *running) probe(path string) int {
	r.t.Helper()
	resp, err := http.Get(r.URL() + path)
	if err != nil {
		r.t.Fatal(err)
	}
	defer resp.Body.Close()
	return resp.StatusCode
}

func TestNotReadyWhileDrainingOrWithoutItsDatabase(t *testing.T) {
	n := run(t, settings(t, ""))
	if err := n.ready(t.Context()); err != nil {
		t.Errorf("ready: %v", err)
	}
	if status := n.probe("/readyz"); status != 200 {
		t.Errorf("readyz = %d", status)
	}
	n.draining.Store(true)
	if status := n.probe("/readyz"); status != 503 {
		t.Errorf("readyz while draining = %d", status)
	}
	n.draining.Store(false)
	if err := n.parts.store.Close(); err != nil {
		t.Fatal(err)
	}
	if status := n.probe("/readyz"); status != 503 {
		t.Errorf("readyz without the database = %d", status)
	}
	if status := n.probe("/healthz"); status != 200 {
		t.Errorf("healthz = %d", status)
	}
	n.stop()
	<-n.done // The database that is gone is an error here, which is no news.
	n.done = nil
}

// TestSupervisorsSeeThatItDrains asks the operations listener while the last
// sockets end.
func TestSupervisorsSeeThatItDrains(t *testing.T) {
	cfg := settings(t, "")
	cfg.Metrics.Listen = "127.0.0.1:0"
	n := run(t, cfg)
	ws := n.socket(n.register("ana_01")) // It never answers the goodbye, so it takes a second to end.
	probe := func() int {
		resp, err := http.Get("http://" + n.OperationsAddr() + "/readyz")
		if err != nil {
			t.Fatalf("while it drains: %v", err)
		}
		defer resp.Body.Close()
		return resp.StatusCode
	}
	if status := probe(); status != 200 {
		t.Errorf("readyz = %d", status)
	}
	n.stop()
	deadline := time.Now().Add(patience)
	for probe() != 503 {
		if time.Now().After(deadline) {
			t.Fatal("it never says that it drains")
		}
	}
	ws.Close()
	n.end()
}

// FuzzRequests asks a server anything, with a session. It may refuse; it is
// never at fault.
func FuzzRequests(f *testing.F) {
	cfg := config.Default()
	cfg.Listen, cfg.Data = "127.0.0.1:0", f.TempDir()
	cfg.Limits.Argon2MemoryKiB, cfg.Limits.Argon2Time = 8192, 1
	cfg.Limits.RequestsPerAccount, cfg.Limits.RequestsPerAddress, cfg.Limits.AddressTries = 0, 0, 1_000_000
	if err := os.Chmod(cfg.Data, 0o700); err != nil {
		f.Fatal(err)
	}
	cfg.Previews.Allow = []string{"nowhere.invalid"} // No other host is asked for.
	n, err := Open(f.Context(), cfg, Options{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		f.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(f.Context()))
	done := make(chan error, 1)
	go func() { done <- n.Run(ctx) }()
	f.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			f.Errorf("Run: %v", err)
		}
	})
	ask := func(ctx context.Context, method, target, token string, body []byte) (*httptest.ResponseRecorder, error) {
		r, err := http.NewRequestWithContext(ctx, method, "http://"+n.Addr()+target, bytes.NewReader(body))
		if err != nil {
			return nil, err
		}
		r.RemoteAddr = "127.0.0.1:9"
		r.Header.Set("Authorization", "Bearer "+token)
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		n.handler.ServeHTTP(w, r)
		return w, nil
	}
	register, err := protocol.Encode(protocol.Register{Username: "ana_01", Nickname: "Ana", Password: password, Device: device("d")})
	if err != nil {
		f.Fatal(err)
	}
	w, err := ask(f.Context(), "POST", protocol.PathRegister, "", register)
	var ana protocol.Session
	if err != nil || json.Unmarshal(w.Body.Bytes(), &ana) != nil || ana.Token == "" {
		f.Fatalf("register: %v, %s", err, w.Body)
	}
	for _, seed := range []struct{ method, target, body string }{
		{"POST", protocol.PathRegister, string(register)},
		{"POST", protocol.PathSession, `{"username":"ana_01","password":"x","device":{"name":"d","platform":"linux","public_key":""}}`},
		{"PATCH", protocol.PathMe, `{"nickname":"x","findable_by_nickname":null}`},
		{"POST", protocol.PathPassword, `{"old":"a","new":"b","end_others":1}`},
		{"DELETE", protocol.PathDevices + "/1", ""},
		{"GET", protocol.PathUsers + "?nickname=%00&username=", ""},
		{"POST", protocol.PathRequests, `{"user_id":"1","message":"\u0000"}`},
		{"POST", protocol.PathRequests + "/9223372036854775807/accept", "null"},
		{"PATCH", protocol.PathContacts + "/-1", `{"remark":[]}`},
		{"GET", protocol.PathConversations + "?since=1e9", ""},
		{"GET", protocol.PathConversations + "/1/entries?before=-9223372036854775809&after=&limit=0x1", ""},
		{"POST", protocol.PathConversations + "/1/read", `{"seq":-1}`},
		{"POST", protocol.PathMessages, `{"conversation_id":"1","client_id":"01ARZ3NDEKTSV4RRFFQ69G5FAV","kind":"text","mentions":[null],"ref_seq":9223372036854775807,"body":{"text":"hi"}}`},
		{"GET", protocol.PathJournal + "?after=1", ""},
		{"GET", protocol.PathSearch + "?q=%22+%27&links=true&from=1&cursor=1.2.3", ""},
		{"POST", protocol.PathPreviews, `{"url":"http://ana@[::1]:70000/%00"}`},
		{"GET", protocol.PathSocket, ""},
		{"OPTIONS", "/../v1//me", ""},
	} {
		f.Add(seed.method, seed.target, []byte(seed.body))
	}
	f.Fuzz(func(t *testing.T, method, target string, body []byte) {
		if !strings.HasPrefix(target, "/") {
			return
		}
		w, err := ask(t.Context(), method, target, ana.Token, body)
		if err != nil {
			return // Not HTTP.
		}
		if w.Code >= 500 {
			t.Errorf("%s %q with %q: status %d, %s", method, target, body, w.Code, w.Body)
		}
		if w.Code >= 400 && w.Header().Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s %q: status %d is no problem: %s", method, target, w.Code, w.Body)
		}
	})
}

func TestTwoNodesServeTogether(t *testing.T) {
	dsn := storetest.Postgres(t)
	first := settings(t, dsn)
	first.Cluster.Listen = "127.0.0.1:0"
	one := run(t, first)
	second := settings(t, dsn)
	second.Cluster = config.Cluster{
		Listen: "127.0.0.1:0", Routes: []string{one.ClusterAddr()}, SecretFile: filepath.Join(first.Data, secretName),
	}
	two := run(t, second)
	ana, ben := one.register("ana_01"), two.register("ben_01")
	conv := two.befriend(ana, ben)

	// A node that hears another for the first time asks its sockets to come
	// back once, as clients do by themselves.
	deadline := time.Now().Add(patience)
	for {
		ws := two.socket(ben)
		one.want(200, "POST", protocol.PathMessages, ana.Token, text(conv, "across"), nil)
		var f protocol.Frame
		var err error
		for f.Op != protocol.OpEntries && err == nil {
			err = ws.ReadJSON(&f)
		}
		if err == nil {
			break
		}
		if !websocket.IsCloseError(err, protocol.CloseResync) || time.Now().After(deadline) {
			t.Fatalf("waiting for the message: %v", err)
		}
	}
}

func TestOneServerPerDataFolder(t *testing.T) {
	cfg := settings(t, "")
	n := run(t, cfg)
	_, err := Open(t.Context(), cfg, Options{Log: slog.New(slog.DiscardHandler)})
	if err == nil || !strings.Contains(err.Error(), "used by another server") {
		t.Errorf("second server: %v", err)
	}
	n.end()
	again, err := Open(t.Context(), cfg, Options{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatalf("after the first stopped: %v", err)
	}
	if err := again.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
}

func TestAddressInUse(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	cfg := settings(t, "")
	cfg.Listen = l.Addr().String()
	n, err := Open(t.Context(), cfg, Options{Log: slog.New(slog.DiscardHandler)})
	if err == nil {
		t.Fatal("a node opened on an address in use: ", n.Close())
	}
	for _, part := range []string{l.Addr().String() + " is in use", "--listen"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("Open = %v, want %q in it", err, part)
		}
	}
}

func TestDataFolderIsClosedToOthers(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("a folder there inherits who may enter")
	}
	cfg := settings(t, "")
	cfg.Data = filepath.Join(t.TempDir(), "made", "here")
	cfg.Cluster.Listen = "127.0.0.1:0"
	n := run(t, cfg)
	n.end()
	for _, name := range []string{".", databaseName, secretName} {
		info, err := os.Stat(filepath.Join(cfg.Data, name))
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v", name, info.Mode())
		}
	}

	for _, tt := range []struct {
		name, file string
		mode       os.FileMode
	}{
		{"full of other things", "thesis.txt", 0o755},
		{"shared", databaseName, 0o777 | os.ModeSticky},
		{"shared and empty", "", 0o777 | os.ModeSticky},
	} {
		cfg.Data = t.TempDir()
		if tt.file != "" {
			if err := os.WriteFile(filepath.Join(cfg.Data, tt.file), nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.Chmod(cfg.Data, tt.mode); err != nil {
			t.Fatal(err)
		}
		_, err := Open(t.Context(), cfg, Options{})
		if err == nil || !strings.Contains(err.Error(), filepath.Join(cfg.Data, "mychat-data")) || strings.Contains(err.Error(), "chmod") {
			t.Errorf("a folder that is %s: %v", tt.name, err)
		}
		if info, err := os.Stat(cfg.Data); err != nil || info.Mode()&(os.ModePerm|os.ModeSticky) != tt.mode {
			t.Errorf("the mode of a folder that is %s was changed to %v (%v)", tt.name, info.Mode(), err)
		}
	}
}

func TestAdministratorWhileTheServerRuns(t *testing.T) {
	storetest.EachDSN(t, func(t *testing.T, dsn string) {
		cfg := settings(t, dsn)
		n := run(t, cfg)
		ana := n.register("ana_01")
		ws := n.socket(ana)
		admin, err := OpenAdmin(t.Context(), cfg, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		defer admin.Close()
		stats, err := admin.Stats(t.Context())
		if err != nil || stats.Users != 1 || stats.Devices != 1 || stats.Bytes == 0 || stats.Schema == 0 || stats.Engine == "" {
			t.Errorf("stats = %+v, error %v", stats, err)
		}
		if err := admin.Accounts.SetDisabled(t.Context(), "ana_01", true); err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		wantClose(t, ws, protocol.CloseDisabled)
		t.Logf("the socket ended %v after the command", time.Since(began).Round(time.Millisecond))
		// Whether the account or the session is looked at first, no request passes.
		if status, _ := n.call("GET", protocol.PathMe, ana.Token, nil, nil); status != 401 && status != 403 {
			t.Errorf("a disabled account's request: status %d", status)
		}
	})
}

func TestAdministratorNeedsADatabase(t *testing.T) {
	cfg := settings(t, "")
	if _, err := OpenAdmin(t.Context(), cfg, slog.New(slog.DiscardHandler)); err == nil || !strings.Contains(err.Error(), "--data") {
		t.Errorf("error = %v", err)
	}
}

// selfSigned writes a certificate for 127.0.0.1 and its key.
func selfSigned(t *testing.T, dir, name string) *x509.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for file, block := range map[string]*pem.Block{
		"cert.pem": {Type: "CERTIFICATE", Bytes: der}, "key.pem": {Type: "PRIVATE KEY", Bytes: keyDER},
	} {
		if err := os.WriteFile(filepath.Join(dir, file), pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return cert
}

func TestTLSFromFiles(t *testing.T) {
	cfg := settings(t, "")
	if err := os.Chmod(cfg.Data, 0o700); err != nil {
		t.Fatal(err)
	}
	cert := selfSigned(t, cfg.Data, "first")
	cfg.TLS.CertFile, cfg.TLS.KeyFile = "cert.pem", "key.pem"
	n := run(t, cfg)
	pool := x509.NewCertPool()
	pool.AddCert(cert)
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}}
	defer client.CloseIdleConnections()
	resp, err := client.Get(n.URL() + protocol.PathServer)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if !strings.HasPrefix(n.URL(), "https://") || resp.Header.Get("Strict-Transport-Security") == "" {
		t.Errorf("%s, headers %v", n.URL(), resp.Header)
	}
	dialer := websocket.Dialer{TLSClientConfig: &tls.Config{RootCAs: pool}}
	ws, resp2, err := dialer.DialContext(t.Context(), "wss"+strings.TrimPrefix(n.URL(), "https")+protocol.PathSocket, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp2.Body.Close()
	ws.Close()
}

func TestRenewedCertificatesAreReadAgain(t *testing.T) {
	dir := t.TempDir()
	selfSigned(t, dir, "first")
	c := &certificate{cert: filepath.Join(dir, "cert.pem"), key: filepath.Join(dir, "key.pem"), log: slog.New(slog.DiscardHandler)}
	if err := c.load(); err != nil {
		t.Fatal(err)
	}
	name := func() string {
		t.Helper()
		pair, err := c.get(nil)
		if err != nil {
			t.Fatal(err)
		}
		return pair.Leaf.Subject.CommonName
	}
	selfSigned(t, dir, "second")
	if got := name(); got != "first" {
		t.Errorf("at once: %s", got)
	}
	c.looked, c.changed = time.Time{}, time.Time{}
	if got := name(); got != "second" {
		t.Errorf("after a look: %s", got)
	}
	if err := os.WriteFile(c.cert, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	c.looked, c.changed = time.Time{}, time.Time{}
	if got := name(); got != "second" {
		t.Errorf("with a broken file: %s", got)
	}
}

func TestWrongCertificateStopsTheStart(t *testing.T) {
	cfg := settings(t, "")
	cfg.TLS.CertFile, cfg.TLS.KeyFile = "missing.pem", "missing.pem"
	n, err := Open(t.Context(), cfg, Options{Log: slog.New(slog.DiscardHandler)})
	if err == nil {
		err = n.Run(t.Context())
	}
	if err == nil || !strings.Contains(err.Error(), "missing.pem") {
		t.Errorf("error = %v", err)
	}
}

func TestOperationsListener(t *testing.T) {
	cfg := settings(t, "")
	cfg.Metrics = config.Metrics{Access: "off", Listen: "127.0.0.1:0"}
	n := run(t, cfg)
	n.register("ana_01")
	resp, err := http.Get("http://" + n.OperationsAddr() + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`mychat_http_requests_total{route="POST /v1/register",status="2xx"} 1`, "mychat_sockets 0", "go_goroutines"} {
		if !strings.Contains(string(body), want) {
			t.Errorf("metrics lack %s", want)
		}
	}
	if status := n.probe("/metrics"); status != 404 {
		t.Errorf("metrics on the clients' address: %d", status)
	}
}

func TestRequestLimitPerAccount(t *testing.T) {
	cfg := settings(t, "")
	cfg.Limits.RequestsPerAccount = 8
	n := run(t, cfg)
	ana := n.register("ana_01")
	n.want(200, "GET", protocol.PathMe, ana.Token, nil, nil)
	n.want(200, "GET", protocol.PathMe, ana.Token, nil, nil)
	if e := n.refused(429, protocol.CodeRateLimited, "GET", protocol.PathMe, ana.Token, nil); e.RetryAfterMS == 0 {
		t.Errorf("problem = %+v", e)
	}
	n.want(200, "GET", protocol.PathMe, n.register("ben_01").Token, nil, nil)
}

func TestSocketThroughTheWholeNode(t *testing.T) {
	n := run(t, settings(t, ""))
	ana, ben := n.register("ana_01"), n.register("ben_01")
	conv := n.befriend(ana, ben)
	ws := n.socket(ben)
	n.want(200, "POST", protocol.PathMessages, ana.Token, text(conv, "live"), nil)
	until(t, ws, protocol.OpEntries)
	n.want(204, "DELETE", protocol.PathSession, ben.Token, nil, nil)
	wantClose(t, ws, protocol.CloseSignedOut)

	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, n.URL()+protocol.PathSocket, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusUnprocessableEntity || resp.Header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("no upgrade: status %d, %s", resp.StatusCode, resp.Header.Get("Content-Type"))
	}
}
