package session

import (
	"errors"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"mychat/protocol"
)

// defaultPort is where a MyChat server listens when nobody says otherwise.
const defaultPort = "9999"

// Address returns what a person typed as a server's address (a host, host:port
// or URL) in the one form that is kept: scheme://host[:port][/path].
//
// Without a scheme it is https, or http on this machine itself, and the port is
// 9999 where none is given; a URL means the usual port of its scheme.
func Address(typed string) (string, error) {
	refuse := protocol.Invalid("server", "is no address of a server")
	s := strings.TrimSpace(typed)
	if s == "" || strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r == '\\' }) {
		return "", refuse
	}
	scheme := ""
	if before, _, ok := strings.Cut(s, "://"); ok {
		scheme = strings.ToLower(before)
	} else {
		if ip, err := netip.ParseAddr(s); err == nil && ip.Is6() {
			s = "[" + s + "]"
		}
		s = "//" + s
	}
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" {
		return "", refuse
	}
	host, err := cleanHost(u.Hostname())
	if err != nil {
		return "", refuse
	}
	port := u.Port()
	if port != "" {
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
			return "", refuse
		}
	}
	switch scheme {
	case "":
		scheme = "https"
		if loopback(host) {
			scheme = "http"
		}
		if port == "" {
			port = defaultPort
		}
	case "http", "https":
	default:
		return "", protocol.Invalid("server", "use an address that begins with https:// or http://")
	}
	if scheme == "https" && port == "443" || scheme == "http" && port == "80" {
		port = ""
	}
	base := url.URL{Scheme: scheme, Host: host, Path: strings.TrimRight(u.Path, "/")}
	switch {
	case port != "":
		base.Host = net.JoinHostPort(host, port)
	case strings.Contains(host, ":"):
		base.Host = "[" + host + "]"
	}
	return base.String(), nil
}

// cleanHost returns host in lower case, in the ASCII form of international
// names, without the root's dot; or an IPv6 address without brackets.
func cleanHost(host string) (string, error) {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if strings.ContainsFunc(host, func(r rune) bool { return r >= utf8.RuneSelf }) {
		var err error
		if host, err = idna.Lookup.ToASCII(host); err != nil {
			return "", err
		}
	}
	if strings.Contains(host, ":") {
		ip, err := netip.ParseAddr(host)
		return ip.String(), err
	}
	for label := range strings.SplitSeq(host, ".") {
		if label == "" || strings.ContainsFunc(label, func(r rune) bool {
			return !('a' <= r && r <= 'z' || '0' <= r && r <= '9' || r == '-' || r == '_')
		}) {
			return "", errors.New("no name of a host")
		}
	}
	return host, nil
}

// loopback reports whether host is this machine itself.
func loopback(host string) bool {
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}
