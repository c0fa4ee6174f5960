package remote

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/net/proxy"
)

// dialer makes the connections of one server, for REST and for the WebSocket
// alike, so that both meet a proxy or a certificate in the same way.
type dialer struct {
	server  *url.URL
	proxy   Proxy
	system  func(*http.Request) (*url.URL, error)
	timeout time.Duration
	tls     *tls.Config
}

func newDialer(server *url.URL, t Transport) (*dialer, error) {
	d := &dialer{server: server, proxy: t.Proxy, system: t.SystemProxy, timeout: t.ConnectTimeout}
	if d.system == nil {
		d.system = http.ProxyFromEnvironment
	}
	if d.timeout == 0 {
		d.timeout = 15 * time.Second
	}
	switch d.proxy.Kind {
	case "", ProxySystem, ProxyNone:
	case ProxyHTTP, ProxySOCKS5:
		if _, _, err := net.SplitHostPort(d.proxy.Address); err != nil {
			return nil, &Error{Code: CodeProxy, Err: fmt.Errorf("proxy address: %w", err)}
		}
	default:
		return nil, &Error{Code: CodeProxy, Err: fmt.Errorf("unknown kind of proxy %q", d.proxy.Kind)}
	}
	d.tls = &tls.Config{MinVersion: tls.VersionTLS12}
	if t.Pin != "" {
		pin, err := parseFingerprint(t.Pin)
		if err != nil {
			return nil, err
		}
		// The pin replaces every other check, its dates too: the user vouched
		// for exactly this certificate.
		d.tls.InsecureSkipVerify = true
		d.tls.VerifyConnection = func(s tls.ConnectionState) error { return verifyPin(s, pin) }
	}
	return d, nil
}

func verifyPin(s tls.ConnectionState, pin []byte) error {
	leaf := s.PeerCertificates[0]
	if sum := sha256.Sum256(leaf.Raw); !bytes.Equal(sum[:], pin) {
		return &Error{
			Code:        CodeCertificateChanged,
			Fingerprint: Fingerprint(leaf),
			Err:         errors.New("the certificate is not the pinned one"),
		}
	}
	return nil
}

// dial connects to addr, through the proxy where there is one.
func (d *dialer) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, d.timeout)
	defer cancel()
	via, err := d.via()
	if err != nil {
		return nil, &Error{Code: CodeProxy, Err: err}
	}
	if via == nil {
		return new(net.Dialer).DialContext(ctx, network, addr)
	}
	switch via.Scheme {
	case "http", "https":
		return connectHTTP(ctx, via, addr)
	case "socks5", "socks5h":
		return connectSOCKS5(ctx, via, addr)
	}
	return nil, &Error{Code: CodeProxy, Err: fmt.Errorf("unknown proxy scheme %q", via.Scheme)}
}

// via returns the proxy to use, or nil for none.
func (d *dialer) via() (*url.URL, error) {
	u := &url.URL{Scheme: "http", Host: d.proxy.Address}
	switch d.proxy.Kind {
	case ProxyNone:
		return nil, nil
	case "", ProxySystem:
		return d.system(&http.Request{URL: d.server})
	case ProxySOCKS5:
		u.Scheme = "socks5"
	}
	if d.proxy.Username != "" {
		u.User = url.UserPassword(d.proxy.Username, d.proxy.Password)
	}
	return u, nil
}

// connectHTTP asks an HTTP proxy for a tunnel to addr.
func connectHTTP(ctx context.Context, via *url.URL, addr string) (net.Conn, error) {
	conn, err := dialProxy(ctx, via)
	if err != nil {
		return nil, &Error{Code: CodeProxy, Err: err}
	}
	if err := tunnel(ctx, conn, via, addr); err != nil {
		conn.Close()
		return nil, err
	}
	return conn, nil
}

func dialProxy(ctx context.Context, via *url.URL) (net.Conn, error) {
	port := map[string]string{"http": "80", "https": "443"}[via.Scheme]
	if via.Port() != "" {
		port = via.Port()
	}
	addr := net.JoinHostPort(via.Hostname(), port)
	if via.Scheme == "https" {
		return new(tls.Dialer).DialContext(ctx, "tcp", addr)
	}
	return new(net.Dialer).DialContext(ctx, "tcp", addr)
}

func tunnel(ctx context.Context, conn net.Conn, via *url.URL, addr string) error {
	stop := context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	req := &http.Request{Method: http.MethodConnect, URL: &url.URL{Opaque: addr}, Host: addr, Header: http.Header{}}
	if u := via.User; u != nil {
		password, _ := u.Password()
		req.Header.Set("Proxy-Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(u.Username()+":"+password)))
	}
	if err := req.Write(conn); err != nil {
		return &Error{Code: CodeProxy, Err: err}
	}
	in := bufio.NewReader(conn)
	res, err := http.ReadResponse(in, req)
	if err != nil {
		return &Error{Code: CodeProxy, Err: err}
	}
	res.Body.Close()
	switch {
	case res.StatusCode == http.StatusOK && in.Buffered() == 0:
		return nil
	case res.StatusCode == http.StatusOK:
		return &Error{Code: CodeProxy, Err: errors.New("the proxy spoke inside the tunnel")}
	case res.StatusCode >= 502 && res.StatusCode <= 504:
		return &Error{Code: CodeUnreachable, Err: fmt.Errorf("the proxy answers %s", res.Status)}
	}
	return &Error{Code: CodeProxy, Err: fmt.Errorf("the proxy answers %s", res.Status)}
}

// connectSOCKS5 asks a SOCKS5 proxy for a connection to addr. The proxy looks
// the name up.
func connectSOCKS5(ctx context.Context, via *url.URL, addr string) (net.Conn, error) {
	var auth *proxy.Auth
	if u := via.User; u != nil {
		password, _ := u.Password()
		auth = &proxy.Auth{User: u.Username(), Password: password}
	}
	d, err := proxy.SOCKS5("tcp", via.Host, auth, proxy.Direct)
	if err != nil {
		return nil, &Error{Code: CodeProxy, Err: err}
	}
	conn, err := d.(proxy.ContextDialer).DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, &Error{Code: socksCode(err), Err: err}
	}
	return conn, nil
}

// socksCode tells a target that the proxy cannot reach from a proxy that does
// not serve. The library has words for the difference, not types; a refused
// connection to the proxy itself comes as an operation of its own.
func socksCode(err error) string {
	var op *net.OpError
	if errors.As(err, &op) && op.Op == "socks connect" {
		var inner *net.OpError
		if errors.As(op.Err, &inner) {
			return CodeProxy
		}
	}
	for _, s := range []string{"host unreachable", "network unreachable", "connection refused", "TTL expired"} {
		if strings.HasSuffix(err.Error(), s) {
			return CodeUnreachable
		}
	}
	return CodeProxy
}
