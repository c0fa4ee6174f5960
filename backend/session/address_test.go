package session

import (
	"testing"

	"mychat/protocol"
)

func TestAddress(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"chat.example", "https://chat.example:9999"},
		{" Chat.Example. ", "https://chat.example:9999"},
		{"chat.example:443", "https://chat.example"},
		{"chat.example:8443", "https://chat.example:8443"},
		{"https://chat.example", "https://chat.example"},
		{"https://chat.example/", "https://chat.example"},
		{"https://chat.example:443/team/", "https://chat.example/team"},
		{"HTTP://chat.example:80", "http://chat.example"},
		{"http://192.168.1.2:9999", "http://192.168.1.2:9999"},
		{"192.168.1.2", "https://192.168.1.2:9999"},
		{"localhost", "http://localhost:9999"},
		{"127.0.0.1:8080", "http://127.0.0.1:8080"},
		{"https://127.0.0.1:8080", "https://127.0.0.1:8080"},
		{"::1", "http://[::1]:9999"},
		{"[::1]:80", "http://[::1]"},
		{"2001:db8::1", "https://[2001:db8::1]:9999"},
		{"my_server:9999", "https://my_server:9999"},
		{"聊天.example", "https://xn--rss932g.example:9999"},
	} {
		got, err := Address(tt.in)
		if err != nil || got != tt.want {
			t.Errorf("Address(%q) = %q, %v, want %q", tt.in, got, err, tt.want)
		}
	}
}

func TestAddressRefuses(t *testing.T) {
	for _, in := range []string{
		"", "   ", "a b", "ftp://chat.example", "file:///etc/passwd", "javascript://x",
		"https://", "https://user:pw@chat.example", "https://chat.example?q=1", "https://chat.example?",
		"https://chat.example#x", "chat.example:0", "chat.example:70000", "chat.example:x",
		"https://[::1", "..", ".example", "a..b", `chat\example`, "chat\x00.example",
	} {
		if got, err := Address(in); protocol.AsError(err) == nil || protocol.AsError(err).Field != "server" {
			t.Errorf("Address(%q) = %q, %v, want a refusal of the field server", in, got, err)
		}
	}
}

// What Address returns is in its kept form: it returns itself.
func FuzzAddress(f *testing.F) {
	for _, s := range []string{"chat.example", "https://[::1]:80/x/", "聊天.example:1", "//x", "http://%41"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		got, err := Address(typed)
		if err != nil {
			return
		}
		again, err := Address(got)
		if err != nil || again != got {
			t.Errorf("Address(%q) = %q, but Address of that = %q, %v", typed, got, again, err)
		}
	})
}
