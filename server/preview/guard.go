package preview

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"syscall"
	"unicode"

	"golang.org/x/net/idna"

	"mychat/protocol"
)

// errRefused is why the guard lets a request go no further.
var errRefused = errors.New("refused by the guard")

// reserved are the networks among global unicast addresses that are not of the
// public internet, or that carry the address of another network in theirs. Of
// IPv6 only 2000::/3 is public, so what lies outside is not listed.
var reserved = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),        // This network.
	netip.MustParsePrefix("10.0.0.0/8"),       // Private.
	netip.MustParsePrefix("100.64.0.0/10"),    // Carrier-grade NAT; metadata of a cloud.
	netip.MustParsePrefix("127.0.0.0/8"),      // Loopback.
	netip.MustParsePrefix("168.63.129.16/32"), // Metadata of a cloud, at a public address.
	netip.MustParsePrefix("169.254.0.0/16"),   // Link-local; metadata of most clouds.
	netip.MustParsePrefix("172.16.0.0/12"),    // Private.
	netip.MustParsePrefix("192.0.0.0/24"),     // IETF protocols; metadata of a cloud.
	netip.MustParsePrefix("192.0.2.0/24"),     // Documentation.
	netip.MustParsePrefix("192.88.99.0/24"),   // Relays of 6to4.
	netip.MustParsePrefix("192.168.0.0/16"),   // Private.
	netip.MustParsePrefix("198.18.0.0/15"),    // Benchmarks.
	netip.MustParsePrefix("198.51.100.0/24"),  // Documentation.
	netip.MustParsePrefix("203.0.113.0/24"),   // Documentation.
	netip.MustParsePrefix("224.0.0.0/4"),      // Multicast.
	netip.MustParsePrefix("240.0.0.0/4"),      // Reserved; broadcast.
	netip.MustParsePrefix("2001::/23"),        // IETF protocols, Teredo among them.
	netip.MustParsePrefix("2001:db8::/32"),    // Documentation.
	netip.MustParsePrefix("2002::/16"),        // 6to4: holds an IPv4 address.
	netip.MustParsePrefix("3fff::/20"),        // Documentation.
}

// globalIPv6 is all of IPv6 that is given out for the public internet. Outside
// of it lie loopback, unique local and link-local addresses, multicast, NAT64
// and IPv4 addresses in IPv6 clothes.
var globalIPv6 = netip.MustParsePrefix("2000::/3")

// public reports whether an address is one of the public internet.
func public(a netip.Addr) bool {
	if !a.IsValid() || a.Zone() != "" || !a.IsGlobalUnicast() {
		return false
	}
	if a.Is6() && !globalIPv6.Contains(a) {
		return false
	}
	return !slices.ContainsFunc(reserved, func(p netip.Prefix) bool { return p.Contains(a) })
}

// Hosts is a list of host names, each of which stands for its subdomains too,
// and of networks. The zero value is empty.
type Hosts struct {
	names    []string // In ASCII, lower case.
	networks []netip.Prefix
}

// ParseHosts returns the list that names and networks (CIDR) make.
func ParseHosts(list []string) (Hosts, error) {
	var h Hosts
	for _, s := range list {
		if strings.Contains(s, "/") {
			p, err := netip.ParsePrefix(s)
			if err != nil {
				return Hosts{}, fmt.Errorf("%q is no network", s)
			}
			h.networks = append(h.networks, p.Masked())
			continue
		}
		name, err := asciiHost(s)
		if err != nil {
			return Hosts{}, fmt.Errorf("%q is no host name", s)
		}
		h.names = append(h.names, name)
	}
	return h, nil
}

func (h Hosts) empty() bool { return len(h.names) == 0 && len(h.networks) == 0 }

// named reports whether a host, in ASCII, is one of the names or below one.
func (h Hosts) named(host string) bool {
	return slices.ContainsFunc(h.names, func(n string) bool { return host == n || strings.HasSuffix(host, "."+n) })
}

func (h Hosts) holds(a netip.Addr) bool {
	return slices.ContainsFunc(h.networks, func(p netip.Prefix) bool { return p.Contains(a) })
}

// guard decides where requests may go.
type guard struct {
	allow, deny Hosts
	reach       func(netip.AddrPort) bool // May be nil.
}

// ports are those that are reached.
var ports = []string{"80", "443"}

// parse returns the address that a link names, in the form in which equal links
// are equal.
func (g *guard) parse(link string) (*url.URL, error) {
	if link == "" || len(link) > protocol.MaxLink {
		return nil, fmt.Errorf("use 1 to %d bytes", protocol.MaxLink)
	}
	u, err := url.Parse(link)
	if err != nil {
		return nil, errors.New("is no address")
	}
	return u, g.check(u)
}

// check refuses an address before anybody is asked about it, and brings it into
// the one form.
func (g *guard) check(u *url.URL) error {
	u.Scheme = strings.ToLower(u.Scheme)
	if u.Scheme != "http" && u.Scheme != "https" || u.Opaque != "" {
		return errors.New("use http or https")
	}
	if u.User != nil {
		return errors.New("leave the name and password out")
	}
	host, err := asciiHost(u.Hostname())
	if err != nil {
		return errors.New("has no host that can be reached")
	}
	port := u.Port()
	if port != "" && !slices.Contains(ports, port) && g.reach == nil {
		return errors.New("use the port of http or https")
	}
	if port == "80" && u.Scheme == "http" || port == "443" && u.Scheme == "https" {
		port = ""
	}
	u.Host = host
	if strings.Contains(host, ":") {
		u.Host = "[" + host + "]"
	}
	if port != "" {
		u.Host = net.JoinHostPort(host, port)
	}
	u.Fragment, u.RawFragment = "", ""
	if u.Path == "" {
		u.Path = "/"
	}
	return nil
}

// allowed reports whether the lists let a host be asked.
func (g *guard) allowed(u *url.URL) bool {
	host := u.Hostname()
	return (g.allow.empty() || g.allow.named(host)) && !g.deny.named(host)
}

// control is called with the address that a connection is about to be made to,
// after every look-up: a name that meant something else a moment ago changes
// nothing.
func (g *guard) control(network, address string, _ syscall.RawConn) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("%w: no address", errRefused)
	}
	if g.deny.holds(to.Addr().Unmap()) {
		return fmt.Errorf("%w: the network is denied", errRefused)
	}
	if g.reach != nil && g.reach(to) {
		return nil
	}
	if network != "tcp4" && network != "tcp6" || !slices.Contains(ports, fmt.Sprint(to.Port())) || !public(to.Addr()) {
		return fmt.Errorf("%w: not of the public internet", errRefused)
	}
	return nil
}

// asciiHost returns a host as it is looked up: an IP address, or a name of at
// least two labels in ASCII.
func asciiHost(host string) (string, error) {
	if a, err := netip.ParseAddr(host); err == nil {
		if a.Zone() != "" {
			return "", errRefused
		}
		return a.String(), nil
	}
	name, err := idna.Lookup.ToASCII(strings.TrimSuffix(host, "."))
	if err != nil {
		return "", fmt.Errorf("host name: %w", err)
	}
	// Resolvers complete a single label with the domain of this machine's own
	// network, and some read numbers as addresses.
	last := name[strings.LastIndexByte(name, '.')+1:]
	if !strings.Contains(name, ".") || last == "" || strings.Trim(last, "0123456789") == "" || strings.HasPrefix(last, "0x") {
		return "", errRefused
	}
	return name, nil
}

// shownHost returns a host as people may read it. A label is shown in its own
// script only where no letter of that script passes for one of another.
func shownHost(host string) string {
	labels := strings.Split(strings.TrimPrefix(host, "www."), ".")
	for i, label := range labels {
		own, err := idna.Punycode.ToUnicode(label)
		if err == nil && own != "" && !strings.ContainsFunc(own, func(r rune) bool { return !unmistakable(r) }) {
			labels[i] = own
		}
	}
	return strings.Join(labels, ".")
}

func unmistakable(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul) || r >= '0' && r <= '9'
}
