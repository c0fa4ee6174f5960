package remote

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"strings"

	"mychat/protocol"
)

// Normalize returns the base URL that s, as somebody typed it, stands for:
// scheme, host in lower case, port if any, and a path without its last slash.
// Without a scheme it is https.
func Normalize(s string) (string, error) {
	u, err := parseServer(s)
	if err != nil {
		return "", err
	}
	return u.String(), nil
}

func parseServer(s string) (*url.URL, error) {
	s = strings.TrimSpace(s)
	if !strings.Contains(s, "://") {
		s = "https://" + s
	}
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

// Find returns the base URL of the MyChat server at an address as somebody
// typed it, and what the server says of itself. An address without a scheme is
// tried with https; only for this very machine is plain http tried as well, so
// that nobody on the way can turn encryption off. The errors are those of
// Info. opt.Server is not looked at.
func Find(ctx context.Context, typed string, opt Options) (string, protocol.ServerInfo, error) {
	u, err := parseServer(typed)
	if err != nil {
		return "", protocol.ServerInfo{}, err
	}
	opt.Server = u.String()
	info, err := infoOf(ctx, opt)
	plain := err != nil && !strings.Contains(typed, "://") && isLoopback(u.Hostname()) &&
		(errors.Is(err, ErrNotMyChat) || errors.Is(err, ErrUnreachable))
	if plain {
		u.Scheme = "http"
		opt.Server = u.String()
		info, err = infoOf(ctx, opt)
	}
	if err != nil {
		return opt.Server, protocol.ServerInfo{}, fmt.Errorf("ask %s who it is: %w", opt.Server, err)
	}
	return opt.Server, info, nil
}

func infoOf(ctx context.Context, opt Options) (protocol.ServerInfo, error) {
	c, err := New(opt)
	if err != nil {
		return protocol.ServerInfo{}, err
	}
	defer c.Close()
	return c.Info(ctx)
}

func isLoopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}
