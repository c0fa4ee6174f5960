package main

import (
	"io"
	"strings"
	"testing"
)

// What somebody may not have meant is refused before anything is done.
func TestFlagsThatAreRefused(t *testing.T) {
	for _, tt := range []struct{ name, args, want string }{
		{"another machine", "-server https://chat.example.org", "-i-run-this-server"},
		{"a name that only looks like loopback", "-server http://localhost.example.org", "-i-run-this-server"},
		{"no end", "-for 100h", "-for"},
		{"no mode", "-mode sned", "sned"},
		{"no pairs", "-pairs 0", "-pairs"},
		{"too many", "-sockets 10000000", "-sockets"},
		{"a file as database", "-database x.db", "postgres://"},
		{"two servers", "-server http://127.0.0.1:1 -database postgres://x/y", "-database"},
		{"an argument", "send", `"send"`},
	} {
		_, err := parse(strings.Fields(tt.args), io.Discard)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want a word about %s", tt.name, err, tt.want)
		}
	}
	for _, args := range []string{"", "-server http://127.0.0.1:9999", "-server http://[::1]:9999 -mode send,idle",
		"-server https://chat.example.org -i-run-this-server -invite A"} {
		if _, err := parse(strings.Fields(args), io.Discard); err != nil {
			t.Errorf("%q: %v", args, err)
		}
	}
}
