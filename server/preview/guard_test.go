package preview

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"golang.org/x/net/dns/dnsmessage"
)

func TestPublic(t *testing.T) {
	for _, tt := range []struct {
		address string
		want    bool
	}{
		{"8.8.8.8", true},
		{"100.63.255.255", true},
		{"100.128.0.1", true},
		{"172.15.0.1", true},
		{"172.32.0.1", true},
		{"198.17.0.1", true},
		{"2606:4700:4700::1111", true},
		{"2a00:1450:4001::1", true},

		{"0.0.0.0", false},
		{"0.1.2.3", false},
		{"10.0.0.1", false},
		{"100.64.0.1", false},
		{"100.100.100.200", false}, // Metadata.
		{"127.0.0.1", false},
		{"127.255.0.9", false},
		{"168.63.129.16", false},   // Metadata.
		{"169.254.169.254", false}, // Metadata.
		{"172.16.0.1", false},
		{"172.31.255.255", false},
		{"192.0.0.192", false}, // Metadata.
		{"192.0.2.1", false},
		{"192.88.99.1", false},
		{"192.168.1.1", false},
		{"198.18.0.1", false},
		{"198.19.255.255", false},
		{"198.51.100.1", false},
		{"203.0.113.1", false},
		{"224.0.0.1", false},
		{"239.255.255.255", false},
		{"240.0.0.1", false},
		{"255.255.255.255", false},
		{"::", false},
		{"::1", false},
		{"::ffff:127.0.0.1", false},
		{"::ffff:8.8.8.8", false},
		{"::127.0.0.1", false},
		{"64:ff9b::7f00:1", false},
		{"64:ff9b:1::a00:1", false},
		{"100::1", false},
		{"2001::1", false},                 // Teredo.
		{"2001:0:7f00:1::", false},         // Teredo.
		{"2001:db8::1", false},             // Documentation.
		{"2002:7f00:1::", false},           // 6to4 of 127.0.0.1.
		{"3fff::1", false},                 // Documentation.
		{"5f00::1", false},                 // Segment routing.
		{"fc00::1", false},                 //
		{"fd00:ec2::254", false},           // Metadata.
		{"fe80::1", false},                 //
		{"fe80::1%lo", false},              //
		{"fec0::1", false},                 // Site-local.
		{"ff02::1", false},                 //
		{"2606:4700:4700::1111%lo", false}, // A zone.
	} {
		if got := public(netip.MustParseAddr(tt.address)); got != tt.want {
			t.Errorf("public(%s) = %t, want %t", tt.address, got, tt.want)
		}
	}
	if public(netip.Addr{}) {
		t.Error("no address is public")
	}
}

func TestControl(t *testing.T) {
	deny, err := ParseHosts([]string{"9.9.9.0/24"})
	if err != nil {
		t.Fatal(err)
	}
	g := guard{deny: deny}
	for _, tt := range []struct {
		network, address string
		want             bool
	}{
		{"tcp4", "8.8.8.8:80", true},
		{"tcp4", "8.8.8.8:443", true},
		{"tcp6", "[2606:4700::1]:443", true},
		{"tcp4", "8.8.8.8:22", false},
		{"tcp4", "8.8.8.8:0", false},
		{"tcp4", "9.9.9.9:443", false},
		{"tcp4", "127.0.0.1:80", false},
		{"udp4", "8.8.8.8:443", false},
		{"tcp6", "[::1]:80", false},
		{"unix", "/run/docker.sock", false},
	} {
		if got := g.control(tt.network, tt.address, nil) == nil; got != tt.want {
			t.Errorf("connect to %s %s: %t, want %t", tt.network, tt.address, got, tt.want)
		}
	}
}

func TestParseLink(t *testing.T) {
	var g guard
	for _, tt := range []struct{ link, want string }{
		{"http://Example.org", "http://example.org/"},
		{"HTTPS://example.org:443/a?b=c#d", "https://example.org/a?b=c"},
		{"http://example.org:80", "http://example.org/"},
		{"https://example.org:80/", "https://example.org:80/"},
		{"https://例子.中国/", "https://xn--fsqu00a.xn--fiqs8s/"},
		{"https://example.org./", "https://example.org/"},
		{"http://8.8.8.8/", "http://8.8.8.8/"},
		{"http://[2606:4700:0::1]/", "http://[2606:4700::1]/"},

		{"", ""},
		{"ftp://example.org/", ""},
		{"file:///etc/passwd", ""},
		{"gopher://example.org/", ""},
		{"http:example.org", ""},
		{"//example.org", ""},
		{"http://ana:secret@example.org/", ""},
		{"http://ana@example.org/", ""},
		{"http://example.org:8080/", ""},
		{"http://example.org:22/", ""},
		{"http:///path", ""},
		{"http://localhost/", ""},
		{"http://intranet/", ""},
		{"http://127.1/", ""},
		{"http://2130706433/", ""},
		{"http://0x7f.0.0.0x1/", ""},
		{"http://0177.0.0.01/", ""},
		{"http://[fe80::1%25eth0]/", ""},
		{"http://exa mple.org/", ""},
		{"http://example.org/\x00", ""},
		{"http://-/", ""},
		{"http://example.org/" + strings.Repeat("x", 2000), ""},
	} {
		u, err := g.parse(tt.link)
		switch {
		case tt.want == "" && err == nil:
			t.Errorf("parse(%q) = %s, want an error", tt.link, u)
		case tt.want != "" && (err != nil || u.String() != tt.want):
			t.Errorf("parse(%q) = %v, %v, want %s", tt.link, u, err, tt.want)
		}
	}
}

func TestLists(t *testing.T) {
	list := func(names ...string) Hosts {
		h, err := ParseHosts(names)
		if err != nil {
			t.Fatal(err)
		}
		return h
	}
	for _, tt := range []struct {
		name string
		g    guard
		link string
		want bool
	}{
		{"no lists", guard{}, "https://example.org", true},
		{"denied", guard{deny: list("Example.org")}, "https://example.org", false},
		{"a subdomain is denied too", guard{deny: list("example.org")}, "https://a.b.example.org", false},
		{"another name that ends like it is not", guard{deny: list("example.org")}, "https://notexample.org", true},
		{"allowed", guard{allow: list("example.org")}, "https://www.example.org", true},
		{"not allowed", guard{allow: list("example.org")}, "https://example.com", false},
		{"denied within the allowed", guard{allow: list("example.org"), deny: list("bad.example.org")}, "https://bad.example.org", false},
		{"international", guard{deny: list("例子.中国")}, "https://xn--fsqu00a.xn--fiqs8s", false},
	} {
		u, err := tt.g.parse(tt.link)
		if err != nil {
			t.Fatal(err)
		}
		if got := tt.g.allowed(u); got != tt.want {
			t.Errorf("%s: got %t, want %t", tt.name, got, tt.want)
		}
	}
	for _, bad := range []string{"localhost", "10.0.0.0/33", "", "https://example.org"} {
		if _, err := ParseHosts([]string{bad}); err == nil {
			t.Errorf("ParseHosts(%q) gave no error", bad)
		}
	}
}

func TestShownHost(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"www.example.org", "example.org"},
		{"8.8.8.8", "8.8.8.8"},
		{"2606:4700::1", "2606:4700::1"},
		{"xn--fsqu00a.xn--fiqs8s", "例子.中国"},
		{"xn--80ak6aa92e.com", "xn--80ak6aa92e.com"},   // аррӏе in Cyrillic letters.
		{"xn--mnchen-3ya.de", "xn--mnchen-3ya.de"},     // ü may be taken for u.
		{"xn--google-0j4f.com", "xn--google-0j4f.com"}, // A Han character among Latin letters.
		{"xn--.com", "xn--.com"},
	} {
		if got := shownHost(tt.in); got != tt.want {
			t.Errorf("shownHost(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

// names is a resolver that asks a name server of its own, which gives each name
// its addresses in turn, the last one for ever.
func names(t *testing.T, hosts map[string][]string) *net.Resolver {
	t.Helper()
	server, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	asked := map[string]int{}
	done := make(chan struct{})
	go func() {
		defer close(done)
		buffer := make([]byte, 2048)
		for {
			n, from, err := server.ReadFrom(buffer)
			if err != nil {
				return
			}
			var m dnsmessage.Message
			if m.Unpack(buffer[:n]) != nil {
				continue
			}
			q := m.Questions[0]
			m.Response, m.RecursionAvailable, m.Additionals = true, true, nil
			name := strings.TrimSuffix(q.Name.String(), ".")
			if addresses := hosts[name]; len(addresses) > 0 && q.Type == dnsmessage.TypeA {
				a := netip.MustParseAddr(addresses[min(asked[name], len(addresses)-1)])
				asked[name]++
				m.Answers = []dnsmessage.Resource{{
					Header: dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class},
					Body:   &dnsmessage.AResource{A: a.As4()},
				}}
			}
			if packed, err := m.Pack(); err == nil {
				_, _ = server.WriteTo(packed, from)
			}
		}
	}()
	t.Cleanup(func() { server.Close(); <-done })
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "udp", server.LocalAddr().String())
	}}
}

// TestWhatANameMeansWhenConnecting is the attack in which a name means an
// address of the public internet when it is looked at, and one of this machine
// when it is connected to.
func TestWhatANameMeansWhenConnecting(t *testing.T) {
	var inside atomic.Int64
	private := serve(t, "127.0.0.1:0", func(w http.ResponseWriter, _ *http.Request) {
		inside.Add(1)
		page(w, "the secret")
	})
	_, port, err := net.SplitHostPort(private)
	if err != nil {
		t.Fatal(err)
	}
	outside := serve(t, "127.0.0.2:"+port, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/again" {
			http.Redirect(w, r, "/", http.StatusFound)
			return
		}
		page(w, "outside")
	})
	resolver := names(t, map[string][]string{
		"outside.example": {"127.0.0.2"},
		"inside.example":  {"127.0.0.1"},
		"rebound.example": {"127.0.0.2", "127.0.0.1"},
		"nowhere.example": nil,
	})
	p := running(t, Options{
		Resolver: resolver,
		Reach:    func(to netip.AddrPort) bool { return to.String() == outside }, // Stands for the internet.
	})
	for _, tt := range []struct{ link, want string }{
		{"http://outside.example:" + port + "/", "outside"},
		{"http://inside.example:" + port + "/", ""},
		{"http://rebound.example:" + port + "/again", ""},
		{"http://nowhere.example:" + port + "/", ""},
		{"http://127.0.0.1:" + port + "/", ""},
		{"http://[::1]:" + port + "/", ""},
		{"http://[::ffff:127.0.0.1]:" + port + "/", ""},
	} {
		got, err := p.Get(t.Context(), tt.link)
		if err != nil || got.Title != tt.want {
			t.Errorf("%s: got %+v, %v, want %q", tt.link, got, err, tt.want)
		}
	}
	if n := inside.Load(); n > 0 {
		t.Errorf("this machine was asked %d times", n)
	}
}

func TestRedirects(t *testing.T) {
	var inside atomic.Int64
	private := serve(t, "127.0.0.1:0", func(w http.ResponseWriter, _ *http.Request) {
		inside.Add(1)
		page(w, "the secret")
	})
	var headers []http.Header
	to := map[string]string{
		"/1": "/", "/2": "/1", "/3": "/2", "/4": "/3", "/loop": "/loop",
		"/inside": "http://" + private + "/", "/metadata": "http://169.254.169.254/latest/", "/file": "file:///etc/passwd",
		"/user": "http://ana:secret@8.8.8.8/", "/nowhere": "", "/bad": "http://%zz/", "/name": "http://localhost/", "/gopher": "gopher://8.8.8.8:70/x",
		"/denied": "http://denied.example/",
	}
	public := serve(t, "127.0.0.1:0", func(w http.ResponseWriter, r *http.Request) {
		headers = append(headers, r.Header)
		if next, ok := to[r.URL.Path]; ok {
			w.Header().Set("Set-Cookie", "who=ana")
			w.Header().Set("Location", next)
			w.WriteHeader(http.StatusFound)
			return
		}
		page(w, "arrived")
	})
	deny, err := ParseHosts([]string{"denied.example"})
	if err != nil {
		t.Fatal(err)
	}
	p := running(t, Options{Deny: deny, Reach: func(a netip.AddrPort) bool { return a.String() == public }})
	for path := range to {
		want := ""
		if slices.Contains([]string{"/1", "/2", "/3"}, path) {
			want = "arrived"
		}
		got, err := p.Get(t.Context(), "http://"+public+path)
		if err != nil || got.Title != want {
			t.Errorf("%s: got %+v, %v, want %q", path, got, err, want)
		}
	}
	if n := inside.Load(); n > 0 {
		t.Errorf("a redirect led to this machine %d times", n)
	}
	for _, h := range headers {
		if h.Get("Cookie") != "" || h.Get("Referer") != "" || h.Get("Authorization") != "" {
			t.Fatalf("the request tells more than it should: %v", h)
		}
	}
}
