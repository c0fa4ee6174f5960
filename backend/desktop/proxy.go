package desktop

import (
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"

	"golang.org/x/net/http/httpproxy"
)

// SystemProxy returns the proxy that a request goes through by what the
// environment says (HTTP_PROXY, HTTPS_PROXY, NO_PROXY) or, where it says
// nothing, by the user's system settings; nil means none. It looks anew each
// time. This machine itself is never reached through a proxy. Settings that
// name a script to decide are not followed.
func SystemProxy(r *http.Request) (*url.URL, error) {
	config := httpproxy.FromEnvironment()
	if config.HTTPProxy == "" && config.HTTPSProxy == "" {
		var err error
		if config, err = proxySettings(); err != nil {
			return nil, fmt.Errorf("read the system's proxy settings: %w", err)
		}
	}
	return config.ProxyFunc()(r.URL)
}

// The systems' formats are read here and not in the file of each system, so
// that tests on any system cover them.

// windowsProxies reads what Windows' internet settings hold: server is
// host:port for everything, or a list such as "https=host:port;socks=host:port";
// override is a list of hosts to reach directly.
func windowsProxies(server, override string) *httpproxy.Config {
	by := map[string]string{}
	for part := range strings.SplitSeq(server, ";") {
		scheme, address, ok := strings.Cut(strings.TrimSpace(part), "=")
		if !ok {
			scheme, address = "", scheme
		}
		by[strings.ToLower(scheme)] = address
	}
	config := &httpproxy.Config{}
	for _, c := range []struct {
		into   *string
		scheme string
	}{{&config.HTTPProxy, "http"}, {&config.HTTPSProxy, "https"}} {
		switch {
		case by[c.scheme] != "":
			*c.into = withScheme("http", by[c.scheme])
		case by[""] != "":
			*c.into = withScheme("http", by[""])
		case by["socks"] != "":
			*c.into = withScheme("socks5", by["socks"])
		}
	}
	var direct []string
	for host := range strings.SplitSeq(override, ";") {
		if host = strings.TrimSpace(host); host != "" && host != "<local>" {
			direct = append(direct, host)
		}
	}
	config.NoProxy = strings.Join(direct, ",")
	return config
}

func withScheme(scheme, address string) string {
	if strings.Contains(address, "://") {
		return address
	}
	return scheme + "://" + address
}

// macProxies reads what "scutil --proxy" prints: one "Key : value" a line, and
// the hosts to reach directly as a numbered list.
func macProxies(printed string) *httpproxy.Config {
	values := map[string]string{}
	var direct []string
	inList := false
	for line := range strings.Lines(printed) {
		key, value, ok := strings.Cut(strings.TrimSpace(line), " : ")
		switch {
		case !ok:
			inList = inList && !strings.Contains(line, "}")
		case key == "ExceptionsList":
			inList = true
		case inList:
			direct = append(direct, value)
		default:
			values[key] = value
		}
	}
	proxy := func(scheme, kind string) string {
		if values[kind+"Enable"] != "1" || values[kind+"Proxy"] == "" {
			return ""
		}
		return scheme + "://" + net.JoinHostPort(values[kind+"Proxy"], values[kind+"Port"])
	}
	socks := proxy("socks5", "SOCKS")
	config := &httpproxy.Config{HTTPProxy: proxy("http", "HTTP"), HTTPSProxy: proxy("http", "HTTPS"), NoProxy: strings.Join(direct, ",")}
	if config.HTTPProxy == "" {
		config.HTTPProxy = socks
	}
	if config.HTTPSProxy == "" {
		config.HTTPSProxy = socks
	}
	return config
}
