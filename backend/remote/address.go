package remote

import (
	"net/url"
	"strings"

	"mychat/protocol"
)

// parseServer reads a base URL: scheme, host, port if any, and a path whose
// last slash does not count. What a person types becomes one in session.
func parseServer(s string) (*url.URL, error) {
	u, err := url.Parse(s)
	switch {
	case err != nil:
		return nil, protocol.Invalid("server", "is not an address")
	case u.Scheme != "https" && u.Scheme != "http":
		return nil, protocol.Invalid("server", "begins with https:// or http://")
	case u.Hostname() == "" || strings.ContainsAny(u.Hostname(), " \t"):
		return nil, protocol.Invalid("server", "names no host")
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return nil, protocol.Invalid("server", "has more than a host, a port and a path")
	}
	return &url.URL{
		Scheme: u.Scheme,
		Host:   strings.ToLower(u.Host),
		Path:   strings.TrimRight(u.Path, "/"),
	}, nil
}
