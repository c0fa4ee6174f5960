package markup

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
)

// cases reads a table that the tests of the page read too.
func cases[T any](t testing.TB, name string) []T {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	var list []T
	if err := json.Unmarshal(data, &list); err != nil {
		t.Fatal(err)
	}
	return list
}

// drawn is a text's pieces in a short notation: marks as tags.
func drawn(text string) string {
	var piece func(p Piece) string
	inner := func(list []Piece) string {
		var b strings.Builder
		for _, p := range list {
			b.WriteString(piece(p))
		}
		return b.String()
	}
	tag := func(name, words string) string { return "<" + name + ">" + words + "</" + name + ">" }
	piece = func(p Piece) string {
		switch p.Kind {
		case Text:
			return p.Text
		case Link:
			return tag("a", p.Text)
		case Code:
			return tag("c", p.Text)
		}
		return tag(string(p.Kind), inner(p.Pieces))
	}
	var blocks []string
	for _, b := range Parse(text) {
		switch b.Kind {
		case Code:
			blocks = append(blocks, "<pre "+b.Lang+">"+b.Text+"</pre>")
		case Quote:
			blocks = append(blocks, tag("q", inner(b.Pieces)))
		default:
			blocks = append(blocks, inner(b.Pieces))
		}
	}
	return strings.Join(blocks, "\n")
}

func TestMarks(t *testing.T) {
	for _, c := range cases[[3]*string](t, "markup.json") {
		if got := drawn(*c[0]); got != *c[1] {
			t.Errorf("%q is drawn as %q, want %q", *c[0], got, *c[1])
		}
		if c[2] == nil {
			continue
		}
		if got := Plain(*c[0]); got != *c[2] {
			t.Errorf("%q says %q, want %q", *c[0], got, *c[2])
		}
	}
}

func TestLinks(t *testing.T) {
	for _, c := range cases[[2]json.RawMessage](t, "links.json") {
		var text string
		var want []string
		if err := json.Unmarshal(c[0], &text); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(c[1], &want); err != nil {
			t.Fatal(err)
		}
		got := []string{}
		for _, s := range Links(text) {
			if s.Href != "" {
				got = append(got, s.Href)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("links in %q: %q, want %q", text, got, want)
		}
	}
}

// Whatever is written, the parts of a line are all of it.
func FuzzMarks(f *testing.F) {
	for _, c := range cases[[3]*string](f, "markup.json") {
		f.Add(*c[0])
	}
	f.Add("看https://a.example/wiki/西湖）**")
	f.Fuzz(func(t *testing.T, text string) {
		joined := ""
		for _, s := range Links(text) {
			joined += s.Text
		}
		if joined != text {
			t.Errorf("the parts of %q are %q", text, joined)
		}
		if got := Plain(text); len(got) > len(text) {
			t.Errorf("%q says more than it has: %q", text, got)
		}
		if !strings.ContainsAny(text, "*_~`>") && Plain(text) != text {
			t.Errorf("%q has no marks and says %q", text, Plain(text))
		}
	})
}

// Long texts of nothing but marks are read in proportion to their length.
func BenchmarkMarks(b *testing.B) {
	for _, mark := range []string{"*", "_a ", "`a``b", "> ", "*a_b~~"} {
		text := strings.Repeat(mark, 10_000/len(mark))
		b.Run(mark, func(b *testing.B) {
			for b.Loop() {
				Parse(text)
			}
		})
	}
}
