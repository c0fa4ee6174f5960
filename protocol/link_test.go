package protocol_test

import (
	"strings"
	"testing"

	"mychat/protocol"
)

func TestCleanLinkCode(t *testing.T) {
	for _, tt := range []struct {
		name, in, want string
	}{
		{"as it is shown", "K7QF-2MXD", "K7QF2MXD"},
		{"in lower case with spaces", " k7qf 2mxd ", "K7QF2MXD"},
		{"too short", "K7QF-2MX", ""},
		{"too long", "K7QF-2MXDA", ""},
		{"a letter that looks like a digit", "K7QF-2MXO", ""},
		{"another script", "К7QF2MXD", ""},
		{"nothing", "", ""},
	} {
		got, ok := protocol.CleanLinkCode(tt.in)
		if got != tt.want || ok != (tt.want != "") {
			t.Errorf("%s: got %q, %t", tt.name, got, ok)
		}
	}
}

func TestLinkAddress(t *testing.T) {
	address := protocol.LinkAddress("https://chat.example:8443", "K7QF2MXD")
	if server, code, ok := protocol.ParseLinkAddress(" " + address + "\n"); !ok || server != "https://chat.example:8443" || code != "K7QF2MXD" {
		t.Errorf("%s is read as %q, %q, %t", address, server, code, ok)
	}
	for _, bad := range []string{
		"", "K7QF2MXD", "https://chat.example/?code=K7QF2MXD", "mychat:link?code=K7QF2MXD", "mychat:call?server=x&code=K7QF2MXD",
		strings.Replace(address, "K7QF", "K7Q", 1), "mychat:link?%zz",
	} {
		if _, _, ok := protocol.ParseLinkAddress(bad); ok {
			t.Errorf("%q is taken for the address of a link", bad)
		}
	}
}

func FuzzLinkAddress(f *testing.F) {
	f.Add(protocol.LinkAddress("https://chat.example", "K7QF2MXD"))
	f.Add("mychat:link?code=K7QF-2MXD&server=%00")
	f.Fuzz(func(t *testing.T, s string) {
		server, code, ok := protocol.ParseLinkAddress(s)
		if !ok {
			return
		}
		if again, c, ok := protocol.ParseLinkAddress(protocol.LinkAddress(server, code)); !ok || again != server || c != code {
			t.Errorf("%q is read as %q, %q, and that is written as another", s, server, code)
		}
	})
}
