package store

import (
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"mychat/protocol"
)

func TestFirstLink(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"https://example.org", "https://example.org"},
		{"see https://example.org/a?b=c#d.", "https://example.org/a?b=c#d"},
		{"HTTP://Example.org/A", "HTTP://Example.org/A"},
		{"two: https://a.example, https://b.example", "https://a.example"},
		{"(https://example.org/x)", "https://example.org/x"},
		{"https://en.example.org/wiki/Tea_(drink)", "https://en.example.org/wiki/Tea_(drink)"},
		{"[https://example.org]", "https://example.org"},
		{"http://[2606:4700::1]/", "http://[2606:4700::1]/"},
		{"**https://example.org/x**", "https://example.org/x"},
		{"https://example.org/x_", "https://example.org/x_"},
		{"看https://example.org/茶，很好", "https://example.org/"},
		{"看https://example.org。", "https://example.org"},
		{"“https://example.org/x”", "https://example.org/x"},
		{"> https://example.org", "https://example.org"},
		{"one\ntwo https://example.org\nthree", "https://example.org"},
		{"ftp://a.example https://b.example", "https://b.example"},
		{"`code` https://example.org", "https://example.org"},
		{"`open https://example.org", "https://example.org"},
		{"```\nhttps://a.example\n```\nhttps://b.example", "https://b.example"},

		{"", ""},
		{"nothing", ""},
		{"http://", ""},
		{"http:// example.org", ""},
		{"xhttps://example.org", ""},
		{"shttp://example.org", ""},
		{"`https://example.org`", ""},
		{"``a ` https://example.org``", ""},
		{"```go\nhttps://example.org\n```", ""},
		{"```\nhttps://example.org", ""},
		{"mailto:ana@example.org", ""},
		{"https://ana:secret@example.org", ""},
		{"https://例子.中国/", ""},
		{"https://exa%mple.org", ""},
		{"https://example.org/" + strings.Repeat("x", protocol.MaxLink), ""},
	} {
		if got := firstLink(tt.text); got != tt.want {
			t.Errorf("firstLink(%q) = %q, want %q", tt.text, got, tt.want)
		}
	}
}

func FuzzFirstLink(f *testing.F) {
	f.Add("see **https://example.org/(a)**, `https://b.example` and ```\nhttps://c.example")
	f.Add("http://\xff")
	f.Fuzz(func(t *testing.T, text string) {
		link := firstLink(text)
		if link == "" {
			return
		}
		u, err := url.Parse(link)
		if err != nil || u.Host == "" || len(link) > protocol.MaxLink || !strings.Contains(text, link) {
			t.Errorf("firstLink(%q) = %q, %v", text, link, err)
		}
		if utf8.ValidString(text) && !utf8.ValidString(link) {
			t.Errorf("firstLink(%q) cuts a character: %q", text, link)
		}
	})
}
