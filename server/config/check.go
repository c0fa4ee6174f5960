package config

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// maxName bounds the server's name, in runes.
const maxName = 64

// check returns what is wrong with settings that are each well formed.
func (c *Config) check() []error {
	var errs []error
	wrong := func(key, value, format string, args ...any) {
		if value != "" && value != "(hidden)" {
			value = strconv.Quote(value)
		}
		errs = append(errs, &Error{Source: "settings", Key: key, Value: value, Allowed: fmt.Sprintf(format, args...)})
	}

	if !validAddress(c.Listen) {
		wrong("listen", c.Listen, "use host:port, such as 127.0.0.1:9999 or :443")
	}
	if c.Data == "" {
		wrong("data", "", "name a folder")
	}
	if c.Database != "" && !validURL(c.Database, "postgres", "postgresql") {
		wrong("database", "(hidden)", "use a postgres:// URL, or leave it empty for SQLite")
	}
	if c.NATS != "" {
		for u := range strings.SplitSeq(c.NATS, ",") {
			if !validURL(strings.TrimSpace(u), "nats", "tls") {
				wrong("nats", "(hidden)", "use nats:// or tls:// URLs separated by commas, or leave it empty")
			}
		}
	}
	if n := utf8.RuneCountInString(c.Name); n == 0 || n > maxName || !utf8.ValidString(c.Name) {
		wrong("name", c.Name, "use 1 to %d characters", maxName)
	}
	for _, p := range c.TrustedProxies {
		if _, err := ParseNetwork(p); err != nil {
			wrong("trusted_proxies", p, "use addresses or networks such as 10.0.0.0/8")
		}
	}
	for _, o := range c.Origins {
		if u, err := url.Parse(o); err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" || u.Path != "" || u.RawQuery != "" || u.User != nil {
			wrong("origins", o, "use a scheme and a host, such as https://chat.example.org")
		}
	}
	for _, h := range c.Previews.Allow {
		if !validHost(h) {
			wrong("previews.allow", h, "use host names such as example.org")
		}
	}
	for _, h := range c.Previews.Deny {
		if _, err := netip.ParsePrefix(h); err != nil && !validHost(h) {
			wrong("previews.deny", h, "use host names such as example.org, or networks such as 198.51.100.0/24")
		}
	}
	if c.Metrics.Listen != "" && !validAddress(c.Metrics.Listen) {
		wrong("metrics.listen", c.Metrics.Listen, "use host:port, or leave it empty")
	}
	c.checkTLS(wrong)
	c.checkCluster(wrong)
	return errs
}

func (c *Config) checkTLS(wrong func(key, value, format string, args ...any)) {
	files := c.TLS.CertFile != "" || c.TLS.KeyFile != ""
	acme := len(c.TLS.ACMEDomains) > 0
	switch {
	case files && (c.TLS.CertFile == "" || c.TLS.KeyFile == ""):
		wrong("tls.cert_file", c.TLS.CertFile, "cert_file and key_file go together")
	case files && acme:
		wrong("tls.acme_domains", strings.Join(c.TLS.ACMEDomains, ","), "use either certificate files or acme_domains")
	case c.TLS.PlainHTTP && (files || acme):
		wrong("tls.plain_http", "true", "use either plain HTTP or a certificate")
	case !files && !acme && !c.TLS.PlainHTTP && validAddress(c.Listen) && !loopback(c.Listen):
		wrong("listen", c.Listen, "this address is not loopback: set tls.cert_file and tls.key_file, or tls.acme_domains, or tls.plain_http = true behind a proxy that speaks TLS")
	}
	for _, d := range c.TLS.ACMEDomains {
		if !validHost(d) {
			wrong("tls.acme_domains", d, "use full host names such as chat.example.org")
		}
	}
	if c.TLS.ACMEDirectory != "" && !validURL(c.TLS.ACMEDirectory, "https") {
		wrong("tls.acme_directory", c.TLS.ACMEDirectory, "use an https:// URL, or leave it empty")
	}
}

func (c *Config) checkCluster(wrong func(key, value, format string, args ...any)) {
	cl := c.Cluster
	if cl.Listen == "" {
		if len(cl.Routes) > 0 {
			wrong("cluster.routes", strings.Join(cl.Routes, ","), "set cluster.listen too")
		}
		return
	}
	if !validAddress(cl.Listen) {
		wrong("cluster.listen", cl.Listen, "use host:port, or leave it empty")
	}
	for _, r := range cl.Routes {
		if !validAddress(r) || strings.HasPrefix(r, ":") {
			wrong("cluster.routes", r, "use host:port")
		}
	}
	if c.NATS != "" {
		wrong("cluster.listen", cl.Listen, "use either a NATS server (nats) or a cluster of the nodes' own buses")
	}
	if c.Database == "" {
		wrong("cluster.listen", cl.Listen, "nodes of a cluster share a database: set database to a postgres:// URL")
	}
}

// ParseNetwork returns the network that an entry of trusted_proxies names.
func ParseNetwork(s string) (netip.Prefix, error) {
	if strings.Contains(s, "/") {
		p, err := netip.ParsePrefix(s)
		return p.Masked(), err
	}
	a, err := netip.ParseAddr(s)
	if err != nil {
		return netip.Prefix{}, err
	}
	return netip.PrefixFrom(a, a.BitLen()), nil
}

func validAddress(s string) bool {
	host, port, err := net.SplitHostPort(s)
	if err != nil || strings.ContainsAny(host, "/ ") {
		return false
	}
	n, err := strconv.Atoi(port)
	return err == nil && n >= 0 && n <= 65535
}

// validHost reports whether s is a full host name.
func validHost(s string) bool {
	_, err := idna.Lookup.ToASCII(s)
	return err == nil && strings.Contains(s, ".") && !strings.ContainsAny(s, "/:* ")
}

func validURL(s string, schemes ...string) bool {
	u, err := url.Parse(s)
	return err == nil && slices.Contains(schemes, u.Scheme) && u.Host != ""
}
