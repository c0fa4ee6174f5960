package remote

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"
	"mychat/protocol"
)

var info = protocol.ServerInfo{
	Product: protocol.Product, Name: "Test", Version: "1", Protocol: protocol.Version,
	MinProtocol: protocol.MinVersion, Registration: protocol.RegistrationOpen,
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(v); err != nil {
		panic(err)
	}
}

func serveInfo(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != protocol.PathServer {
		http.NotFound(w, r)
		return
	}
	answer(w, http.StatusOK, info)
}

// direct is a transport that no environment of the test run can bend.
func direct() Transport { return Transport{Proxy: Proxy{Kind: ProxyNone}} }

func newClient(t *testing.T, opt Options) *Client {
	t.Helper()
	if opt.Transport.Proxy.Kind == "" {
		opt.Transport.Proxy.Kind = ProxyNone
	}
	c, err := New(opt)
	if err != nil {
		t.Fatalf("New: %v", err)
	}
	t.Cleanup(c.Close)
	return c
}

func code(err error) string {
	var e *Error
	var refusal *protocol.Error
	switch {
	case errors.As(err, &e):
		return e.Code
	case errors.As(err, &refusal):
		return string(refusal.Code)
	}
	return ""
}

func TestServerAddresses(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"https://Chat.Example:9999/", "https://chat.example:9999"},
		{"http://127.0.0.1:9999", "http://127.0.0.1:9999"},
		{"https://host/chat/", "https://host/chat"},
		{"https://[::1]:9999", "https://[::1]:9999"},
	} {
		if got := newClient(t, Options{Server: tt.in}).server.String(); got != tt.want {
			t.Errorf("a client of %q reaches %q, want %q", tt.in, got, tt.want)
		}
	}
	for _, in := range []string{"", "host", "ftp://host", "https://", "https://user:pw@host", "https://host?x=1", "https://a b", "http://%zz"} {
		if _, err := New(Options{Server: in}); code(err) != string(protocol.CodeInvalid) {
			t.Errorf("New for %q = %v, want invalid", in, err)
		}
	}
}

// certificate returns a self-signed certificate for 127.0.0.1.
func certificate(t *testing.T, from, to time.Time) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: from, NotAfter: to,
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, BasicConstraintsValid: true, IsCA: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
}

func startTLS(t *testing.T, cert tls.Certificate) string {
	t.Helper()
	s := httptest.NewUnstartedServer(http.HandlerFunc(serveInfo))
	s.Config.ErrorLog = quiet()
	s.TLS = &tls.Config{Certificates: []tls.Certificate{cert}}
	s.StartTLS()
	t.Cleanup(s.Close)
	return s.URL
}

func TestCertificates(t *testing.T) {
	now := time.Now()
	good := certificate(t, now.Add(-time.Hour), now.Add(time.Hour))
	expired := certificate(t, now.Add(-2*time.Hour), now.Add(-time.Hour))
	mark := Fingerprint(good.Leaf)
	for _, tt := range []struct {
		name, pin, code, fingerprint string
		cert                         tls.Certificate
	}{
		{"nobody vouches for it", "", CodeCertificateUnknown, mark, good},
		{"expired", "", CodeCertificateExpired, Fingerprint(expired.Leaf), expired},
		{"pinned", mark, "", "", good},
		{"pinned, written otherwise", strings.ToLower(strings.ReplaceAll(mark, ":", "")), "", "", good},
		{"not the pinned one", Fingerprint(expired.Leaf), CodeCertificateChanged, mark, good},
		{"pinned and past its time", Fingerprint(expired.Leaf), "", "", expired},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tr := direct()
			tr.Pin = tt.pin
			got, err := newClient(t, Options{Server: startTLS(t, tt.cert), Transport: tr}).Info(t.Context())
			var e *Error
			if tt.code == "" {
				if err != nil || got != info {
					t.Errorf("Info = %+v, %v", got, err)
				}
				return
			}
			if !errors.As(err, &e) || e.Code != tt.code || e.Fingerprint != tt.fingerprint {
				t.Errorf("Info = %v, want %s with fingerprint %s", err, tt.code, tt.fingerprint)
			}
		})
	}
	if _, err := New(Options{Server: "https://host", Transport: Transport{Pin: "12"}}); err == nil {
		t.Error("New accepted a pin that is no SHA-256")
	}
}

func TestWhoAnswers(t *testing.T) {
	for _, tt := range []struct {
		name, code string
		handler    http.HandlerFunc
	}{
		{"a MyChat server", "", serveInfo},
		{"a web page", CodeNotMyChat, func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "<html>hello") }},
		{"nothing there", CodeNotMyChat, http.NotFound},
		{"another JSON", CodeNotMyChat, func(w http.ResponseWriter, r *http.Request) { answer(w, 200, map[string]int{"a": 1}) }},
		{"JSON that is none", CodeNotMyChat, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			io.WriteString(w, "{")
		}},
		{"a redirect", CodeNotMyChat, func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://elsewhere.example/", http.StatusFound)
		}},
		{"a proxy whose server is away", string(protocol.CodeUnavailable), func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusBadGateway) }},
		{"a newer server", CodeVersion, func(w http.ResponseWriter, r *http.Request) {
			newer := info
			newer.MinProtocol, newer.Protocol = protocol.Version+1, protocol.Version+2
			answer(w, 200, newer)
		}},
		{"an older server", CodeVersion, func(w http.ResponseWriter, r *http.Request) {
			older := info
			older.MinProtocol, older.Protocol = 0, protocol.MinVersion-1
			answer(w, 200, older)
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := httptest.NewServer(tt.handler)
			defer s.Close()
			_, err := newClient(t, Options{Server: s.URL}).Info(t.Context())
			if code(err) != tt.code || tt.code == "" && err != nil {
				t.Errorf("Info = %v, want code %q", err, tt.code)
			}
		})
	}
}

func TestNotEvenHTTP(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			io.WriteString(c, "220 mail.example ESMTP\r\n")
			c.Close()
		}
	}()
	for _, scheme := range []string{"http://", "https://"} {
		_, err := newClient(t, Options{Server: scheme + l.Addr().String()}).Info(t.Context())
		if code(err) != CodeNotMyChat {
			t.Errorf("%s: Info = %v, want not_mychat", scheme, err)
		}
	}
}

func TestUnreachable(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	l.Close()
	c := newClient(t, Options{Server: "http://" + addr})
	if _, err := c.Info(t.Context()); !errors.Is(err, ErrUnreachable) {
		t.Errorf("Info = %v, want unreachable", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Info(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("Info = %v, want Canceled", err)
	}
}

func TestRefusalKeepsItsCode(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/problem+json")
		w.WriteHeader(http.StatusTooManyRequests)
		io.WriteString(w, `{"code":"rate_limited","detail":"slow down","retry_after_ms":1500}`)
	}))
	defer s.Close()
	_, err := newClient(t, Options{Server: s.URL}).SignIn(t.Context(), protocol.SignIn{})
	var refusal *protocol.Error
	if !errors.As(err, &refusal) || refusal.Code != protocol.CodeRateLimited || refusal.RetryAfterMS != 1500 || refusal.Status != 429 {
		t.Errorf("SignIn = %#v", err)
	}
}

func TestTokenStaysInItsHeader(t *testing.T) {
	const token = "s3cret-token"
	var log strings.Builder
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if got := r.Header.Get("Authorization"); got != "Bearer "+token {
			t.Errorf("Authorization = %q", got)
		}
		if strings.Contains(r.URL.String(), token) {
			t.Errorf("the URL holds the token: %s", r.URL)
		}
		w.WriteHeader(http.StatusTeapot)
	}))
	defer s.Close()
	opt := Options{Server: s.URL, Token: token, Transport: Transport{Proxy: Proxy{Kind: ProxyNone, Password: token}}, Log: logTo(&log)}
	c := newClient(t, opt)
	_, err := c.SearchPeople(t.Context(), "who & what")
	for name, text := range map[string]string{
		"error": err.Error(), "log": log.String(),
		"options": fmt.Sprintf("%v %+v %s", opt, opt, opt), "proxy": fmt.Sprint(opt.Transport.Proxy),
	} {
		if strings.Contains(text, token) {
			t.Errorf("the %s holds the token: %s", name, text)
		}
	}
	if strings.Contains(err.Error(), "what") {
		t.Errorf("the error holds what was searched: %v", err)
	}
}

// httpProxy tunnels, and wants a password when user is set.
func httpProxy(t *testing.T, user string, tunnels *atomic.Int32) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		want := ""
		if user != "" {
			want = "Basic " + base64.StdEncoding.EncodeToString([]byte(user))
		}
		if r.Method != http.MethodConnect || r.Header.Get("Proxy-Authorization") != want {
			w.WriteHeader(http.StatusProxyAuthRequired)
			return
		}
		out, err := net.Dial("tcp", r.Host)
		if err != nil {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		in, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			panic(err)
		}
		tunnels.Add(1)
		io.WriteString(in, "HTTP/1.1 200 Connection established\r\n\r\n")
		splice(in, out)
	}))
	t.Cleanup(s.Close)
	return strings.TrimPrefix(s.URL, "http://")
}

func splice(a, b net.Conn) {
	go func() { io.Copy(a, b); a.Close() }()
	go func() { io.Copy(b, a); b.Close() }()
}

// socksProxy is a SOCKS5 proxy; with a user it wants user and password.
func socksProxy(t *testing.T, user, password string, tunnels *atomic.Int32) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go socks(c, user, password, tunnels)
		}
	}()
	return l.Addr().String()
}

func socks(c net.Conn, user, password string, tunnels *atomic.Int32) {
	in := bufio.NewReader(c)
	read := func(n int) []byte {
		b := make([]byte, n)
		if _, err := io.ReadFull(in, b); err != nil {
			c.Close()
		}
		return b
	}
	methods := read(int(read(2)[1]))
	want := byte(0)
	if user != "" {
		want = 2
	}
	if !strings.Contains(string(methods), string(want)) {
		c.Write([]byte{5, 0xff})
		c.Close()
		return
	}
	c.Write([]byte{5, want})
	if want == 2 {
		u := read(int(read(2)[1]))
		p := read(int(read(1)[0]))
		if string(u) != user || string(p) != password {
			c.Write([]byte{1, 1})
			c.Close()
			return
		}
		c.Write([]byte{1, 0})
	}
	kind := read(4)[3]
	host := ""
	switch kind {
	case 1:
		host = net.IP(read(4)).String()
	case 3:
		host = string(read(int(read(1)[0])))
	}
	port := binary.BigEndian.Uint16(read(2))
	out, err := net.Dial("tcp", net.JoinHostPort(host, fmt.Sprint(port)))
	if err != nil {
		c.Write([]byte{5, 5, 0, 1, 0, 0, 0, 0, 0, 0}) // Connection refused.
		c.Close()
		return
	}
	tunnels.Add(1)
	c.Write([]byte{5, 0, 0, 1, 0, 0, 0, 0, 0, 0})
	splice(c, out)
}

func TestProxies(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(serveInfo))
	defer s.Close()
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	gone := closed.Addr().String()
	closed.Close()
	var n atomic.Int32
	open, locked := httpProxy(t, "", &n), httpProxy(t, "ana:pw", &n)
	sopen, slocked := socksProxy(t, "", "", &n), socksProxy(t, "ana", "pw", &n)
	for _, tt := range []struct {
		name, server string
		proxy        Proxy
		code         string
	}{
		{"http", s.URL, Proxy{Kind: ProxyHTTP, Address: open}, ""},
		{"http with password", s.URL, Proxy{Kind: ProxyHTTP, Address: locked, Username: "ana", Password: "pw"}, ""},
		{"http, wrong password", s.URL, Proxy{Kind: ProxyHTTP, Address: locked, Username: "ana", Password: "x"}, CodeProxy},
		{"http, gone", s.URL, Proxy{Kind: ProxyHTTP, Address: gone}, CodeProxy},
		{"http, server gone", "http://" + gone, Proxy{Kind: ProxyHTTP, Address: open}, CodeUnreachable},
		{"http, is a web server", s.URL, Proxy{Kind: ProxyHTTP, Address: strings.TrimPrefix(s.URL, "http://")}, CodeProxy},
		{"socks5", s.URL, Proxy{Kind: ProxySOCKS5, Address: sopen}, ""},
		{"socks5 with password", s.URL, Proxy{Kind: ProxySOCKS5, Address: slocked, Username: "ana", Password: "pw"}, ""},
		{"socks5, wrong password", s.URL, Proxy{Kind: ProxySOCKS5, Address: slocked, Username: "ana", Password: "x"}, CodeProxy},
		{"socks5, wants a password", s.URL, Proxy{Kind: ProxySOCKS5, Address: slocked}, CodeProxy},
		{"socks5, gone", s.URL, Proxy{Kind: ProxySOCKS5, Address: gone}, CodeProxy},
		{"socks5, server gone", "http://" + gone, Proxy{Kind: ProxySOCKS5, Address: sopen}, CodeUnreachable},
	} {
		t.Run(tt.name, func(t *testing.T) {
			n.Store(0)
			c := newClient(t, Options{Server: tt.server, Transport: Transport{Proxy: tt.proxy}})
			_, err := c.Info(t.Context())
			if code(err) != tt.code || tt.code == "" && (err != nil || n.Load() != 1) {
				t.Errorf("Info = %v through %d tunnels, want code %q", err, n.Load(), tt.code)
			}
		})
	}
	if _, err := New(Options{Server: s.URL, Transport: Transport{Proxy: Proxy{Kind: ProxyHTTP, Address: "no port"}}}); code(err) != CodeProxy {
		t.Errorf("New with a bad address = %v, want proxy", err)
	}
}

func TestServersPauseIsKept(t *testing.T) {
	b := Backoff{First: time.Second, Longest: time.Minute}
	err := protocol.RetryAfter(protocol.CodeRateLimited, 90*time.Second, "slow down")
	if got := b.After(fmt.Errorf("send: %w", err)); got != 90*time.Second {
		t.Errorf("after a refusal that names 90 s the pause is %v", got)
	}
	if got := b.After(ErrDisconnected); got > time.Minute {
		t.Errorf("after a lost connection the pause is %v, want at most a minute", got)
	}
}

func TestBackoffStaysWithinItsBounds(t *testing.T) {
	b := Backoff{First: time.Second, Longest: time.Minute}
	for i := range 40 {
		bound := min(time.Minute, time.Second<<min(i, 20))
		if d := b.Next(); d <= 0 || d > bound+time.Millisecond {
			t.Errorf("pause %d is %v, want at most %v", i, d, bound)
		}
	}
	b.Reset()
	if d := b.Next(); d > time.Second+time.Millisecond {
		t.Errorf("after Reset the pause is %v", d)
	}
}

// TestManyCallsAtOnce makes the first calls of a Client from many goroutines:
// the race detector watches.
func TestManyCallsAtOnce(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { answer(w, http.StatusOK, protocol.Page{}) }))
	defer s.Close()
	c := newClient(t, Options{Server: s.URL, Token: "tok"})
	var g errgroup.Group
	for i := range 20 {
		g.Go(func() error {
			_, err := c.Page(t.Context(), PageRequest{ConversationID: "c", BeforeSeq: int64(i)})
			return err
		})
	}
	if err := g.Wait(); err != nil {
		t.Error(err)
	}
}
