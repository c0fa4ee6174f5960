// Package remote is the wire: a REST client and one WebSocket to a MyChat
// server, and how both reach it through proxies and certificates.
//
// A Client makes single calls and owns no goroutine. A Socket keeps one
// connection alive in its Run and hands what arrives to its Handler. Neither
// knows the local store. Tokens travel in the Authorization header and in the
// hello frame only; nothing here logs a token, a password or a message.
package remote

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"time"
)

// Kinds of proxy.
const (
	ProxyNone   = "none"
	ProxySystem = "system"
	ProxyHTTP   = "http"
	ProxySOCKS5 = "socks5"
)

// Proxy is how to reach a server. The zero value means ProxySystem.
type Proxy struct {
	Kind     string // One of the Proxy constants; "" means ProxySystem.
	Address  string // host:port, for ProxyHTTP and ProxySOCKS5.
	Username string // "" means that the proxy asks for none.
	Password string
}

// Transport is how bytes reach a server. The zero value verifies certificates
// with the system's authorities and asks the environment for a proxy.
type Transport struct {
	Proxy Proxy

	// Pin is the SHA-256 of the one certificate to accept, in hex of either
	// case, with or without colons. "" means what the system's authorities
	// vouch for.
	Pin string

	// SystemProxy answers for ProxySystem. Nil means the environment variables
	// HTTP_PROXY, HTTPS_PROXY and NO_PROXY.
	SystemProxy func(*http.Request) (*url.URL, error)

	// ConnectTimeout bounds making one connection, the proxy and TLS included.
	// 0 means 15 s.
	ConnectTimeout time.Duration
}

// Options configures New. Only Server is required.
type Options struct {
	Server    string        // Base URL, as Normalize or Find returned it.
	Token     string        // Of the signed-in device. "" for calls that need none.
	Transport Transport     //
	UserAgent string        // "" means "mychat".
	Timeout   time.Duration // Bound of one REST call. 0 means 20 s.
	Log       *slog.Logger  // Nil means slog.Default.
}

func (o Options) withDefaults() Options {
	if o.UserAgent == "" {
		o.UserAgent = "mychat"
	}
	if o.Timeout == 0 {
		o.Timeout = 20 * time.Second
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return o
}

// String leaves the token and the proxy's password out, so that a log line
// cannot show them by accident.
func (o Options) String() string {
	return fmt.Sprintf("remote.Options{Server: %q}", o.Server)
}

// String leaves the password out.
func (p Proxy) String() string {
	return fmt.Sprintf("remote.Proxy{Kind: %q, Address: %q}", p.Kind, p.Address)
}
