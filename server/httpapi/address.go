package httpapi

import (
	"net/http"
	"net/netip"
	"strings"

	"mychat/server/config"
)

// Proxies are the networks whose word about a client's address is believed.
type Proxies []netip.Prefix

// NewProxies returns the networks of a checked config.Config.TrustedProxies.
func NewProxies(networks []string) (Proxies, error) {
	var p Proxies
	for _, n := range networks {
		prefix, err := config.ParseNetwork(n)
		if err != nil {
			return nil, err
		}
		p = append(p, prefix)
	}
	return p, nil
}

// Client returns the address a request comes from: the peer's, or, where the
// peer is a trusted proxy, the last address in X-Forwarded-For that is not
// one. It returns the zero Addr where there is none, as on a Unix socket.
func (p Proxies) Client(r *http.Request) netip.Addr {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	addr := peer.Addr().Unmap().WithZone("")
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && p.trusts(addr); i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		addr = hop.Unmap().WithZone("")
	}
	return addr
}

func (p Proxies) trusts(a netip.Addr) bool {
	for _, n := range p {
		if n.Contains(a) {
			return true
		}
	}
	return false
}

// limitKey is what an address shares its limits with: itself, or its /64 in
// IPv6, which one household or machine usually holds as a whole.
func limitKey(a netip.Addr) string {
	if a.Is6() {
		p, err := a.Prefix(64)
		if err == nil {
			return p.String()
		}
	}
	return a.String()
}
