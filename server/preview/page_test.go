package preview

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"mychat/protocol"
)

func TestRead(t *testing.T) {
	for _, tt := range []struct {
		name, html string
		want       about
	}{
		{"title alone", `<title>A &amp; B</title>`, about{title: "A & B"}},
		{"Open Graph first", `<title>t</title><meta property="og:title" content="o"><meta name="twitter:title" content="w">`, about{title: "o"}},
		{"then Twitter", `<title>t</title><meta name="twitter:title" content="w">`, about{title: "w"}},
		{"an empty one counts for nothing", `<title>t</title><meta property="og:title" content=" ">`, about{title: "t"}},
		{"the first one counts", `<title>1</title><title>2</title>`, about{title: "1"}},
		{"descriptions", `<title>t</title><meta name="description" content="d"><meta property="og:description" content="o">`, about{"t", "o", ""}},
		{"site", `<title>t</title><meta property="og:site_name" content="S">`, about{"t", "", "S"}},
		{"names in any case", `<TITLE>t</TITLE><META NAME="Description" CONTENT="d">`, about{"t", "d", ""}},
		{"Open Graph under name", `<meta name="og:title" content="o">`, about{title: "o"}},
		{"nothing after the head", `<head><title>t</title></head><body><meta name="description" content="d">`, about{title: "t"}},
		{"a title in the body if there was none", `<body><title>t</title>`, about{title: "t"}},
		{"never closed", `<title>t`, about{title: "t"}},
		{"markup in a title is text", `<title><b>t</b></title>`, about{title: "<b>t</b>"}},
		{"a title in a comment or script is none", `<!-- <title>c</title> --><script>"<title>s</title>"</script><title>t</title>`, about{title: "t"}},
		{"broken", `<<meta <title//>="<title>t</title>`, about{title: "t"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := read(strings.NewReader(tt.html)); got != tt.want {
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
		})
	}
}

func TestOneLine(t *testing.T) {
	for _, tt := range []struct {
		name, in, want string
	}{
		{"blanks", " a \n\t b ", "a b"},
		{"control characters", "a\x00\x1bb", "a b"},
		{"direction", "a\u202egnp.exe\u2066b", "agnp.exeb"},
		{"zero width", "a\u200bb\ufeffc\u00add\u2060e", "abcde"},
		{"fillers", "\u3164\u115f\u2800", ""},
		{"a joiner between Latin letters", "pay\u200dpal", "paypal"},
		{"joiners of emoji", "👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"},
		{"joiners of Persian", "می\u200cخواهم", "می\u200cخواهم"},
		{"Chinese", "你好　世界", "你好 世界"},
		{"too many marks", "a" + strings.Repeat("\u0301", 50) + "b", "a" + strings.Repeat("\u0301", maxMarks) + "b"},
		{"marks without a letter", "\u0301a", "a"},
		{"long", strings.Repeat("字", 30), strings.Repeat("字", 19) + "…"},
		{"just fits", strings.Repeat("字", 20), strings.Repeat("字", 20)},
		{"cut at a blank", strings.Repeat("x", 18) + " yyyy", strings.Repeat("x", 18) + "…"},
		{"not UTF-8", "a\xffb", "ab"},
	} {
		if got := oneLine(tt.in, 20); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}

// FuzzRead looks for pages that break the reader, or that get past the rules of
// what is shown.
func FuzzRead(f *testing.F) {
	f.Add([]byte(`<html><head><title>t</title><meta property="og:title" content="o&#x202e;"></head>`))
	f.Add([]byte("<title>\u3164"))
	f.Add([]byte(`<meta name=description content=`))
	f.Add([]byte(`<svg><title><![CDATA[x]]></title>`))
	f.Fuzz(func(t *testing.T, data []byte) {
		got := read(strings.NewReader(string(data)))
		for _, said := range []struct {
			text  string
			limit int
		}{
			{got.title, protocol.MaxPreviewTitle}, {got.description, protocol.MaxPreviewDescription}, {got.site, protocol.MaxPreviewSite},
		} {
			s := said.text
			if n := utf8.RuneCountInString(s); n > said.limit {
				t.Errorf("%d runes, at most %d", n, said.limit)
			}
			if !utf8.ValidString(s) || strings.TrimSpace(s) != s || strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) || invisible(r) }) {
				t.Errorf("shows %q", s)
			}
		}
	})
}
