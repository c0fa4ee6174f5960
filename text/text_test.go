package text

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestFold(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"case", "Hello ÉTÉ", "hello été"},
		{"full width", "ＡＢＣ１２３，！", "abc123,!"},
		{"half width", "ｶﾞ", "ガ"},
		{"traditional", "雲海開會後發現頭髮", "云海开会后发现头发"},
		{"composed", "e\u0301", "é"},
		{"compatible", "①㈱", "1(株)"},
		{"nothing", "", ""},
		{"not UTF-8", "a\xffb", "a\ufffdb"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := Fold(tt.in); got != tt.want {
				t.Errorf("Fold(%q) = %q, want %q", tt.in, got, tt.want)
			}
		})
	}
}

func TestTraditionalIsSorted(t *testing.T) {
	last := rune(0)
	for s := traditional; s != ""; {
		from, n := utf8.DecodeRuneInString(s)
		to, m := utf8.DecodeRuneInString(s[n:])
		if n != 3 || m != 3 || from <= last || from == to {
			t.Fatalf("%c%c after %c", from, to, last)
		}
		if Fold(string(from)) != string(to) || Fold(string(to)) != string(to) {
			t.Errorf("%c folds to %s, and %c to %s", from, Fold(string(from)), to, Fold(string(to)))
		}
		last, s = from, s[n+m:]
	}
}

func TestTokens(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"画册 v3", "画 册 画册 v3 q1v q2v3"},
		{"the then", "the q1t q2th q3the then"},
		{"好，好", "好 p2c"},
		{"😀", "😀"},
		{"", ""},
	} {
		if got := Tokens(Fold(tt.in)); got != tt.want {
			t.Errorf("Tokens(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestQueryMatches(t *testing.T) {
	for _, tt := range []struct {
		query, in string
		want      bool
	}{
		{"海", "上次的云海真好", true},
		{"雲海", "上次的云海真好", true},
		{"云海", "上次的雲海真好", true},
		{"hel", "say Hello", true},
		{"ell", "say Hello", false},
		{"hello说", "Hello说", true},
		{"hell说", "Hello说", false},
		{"册 v3", "v3 那版画册", true},
		{"册 v4", "v3 那版画册", false},
		{"example.com/pa", "see https://Example.com/path", true},
		{"c++", "C++ 很难", true},
		{"++", "C++ 很难", true},
		{"２０２６", "2026年", true},
		{"", "anything", true},
	} {
		q := ParseQuery(tt.query)
		if got := q.Matches(Fold(tt.in)); got != tt.want {
			t.Errorf("%q in %q: %v, want %v", tt.query, tt.in, got, tt.want)
		}
	}
}

func TestHasLink(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want bool
	}{
		{"see https://example.com", true},
		{"看https://example.com吧", true},
		{"www.example.com", true},
		{"awww.example.com", false},
		{"a:// b", false},
		{"no link. www", false},
		{":// http://x", true},
	} {
		if got := HasLink(Fold(tt.in)); got != tt.want {
			t.Errorf("HasLink(%q) = %v, want %v", tt.in, got, tt.want)
		}
	}
}

func marked(parts []Part) string {
	var b strings.Builder
	for _, p := range parts {
		if p.Hit {
			b.WriteString("[" + p.Text + "]")
		} else {
			b.WriteString(p.Text)
		}
	}
	return b.String()
}

func TestMark(t *testing.T) {
	for _, tt := range []struct{ query, in, want string }{
		{"云海", "上次的雲海，云海", "上次的[雲海]，[云海]"},
		{"abc", "ＡＢＣd Abc", "[ＡＢＣ]d [Abc]"},
		{"a b", "b a", "[b] [a]"},
		{"no", "yes", "yes"},
	} {
		if got := marked(ParseQuery(tt.query).Mark(tt.in)); got != tt.want {
			t.Errorf("%q in %q: %q, want %q", tt.query, tt.in, got, tt.want)
		}
	}
}

func TestSnippetStandsAroundTheHit(t *testing.T) {
	long := strings.Repeat("前", 60) + "云海" + strings.Repeat("后", 200)
	got := marked(ParseQuery("云海").Snippet(long))
	want := "…" + strings.Repeat("前", 16) + "[云海]" + strings.Repeat("后", 81) + "…"
	if got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	words := strings.Repeat("several ", 8) + "needle" + strings.Repeat(" elsewhere", 20)
	want = "…several several [needle] elsewhere elsewhere elsewhere elsewhere elsewhere elsewhere elsewhere…"
	if got := marked(ParseQuery("needle").Snippet(words)); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	address := strings.Repeat("a", 60) + " needle " + strings.Repeat("b", 200)
	want = "…[needle] " + strings.Repeat("b", 92) + "…"
	if got := marked(ParseQuery("needle").Snippet(address)); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := marked(ParseQuery("x").Snippet("a\n\n  b x")); got != "a b [x]" {
		t.Errorf("got %q", got)
	}
}

func TestMatchName(t *testing.T) {
	for _, tt := range []struct{ typed, name, want string }{
		{"szx", "沈知夏", "[沈知夏]"},
		{"shenzhixia", "沈知夏", "[沈知夏]"},
		{"Shen Zhi", "沈知夏", "[沈知]夏"},
		{"zhix", "沈知夏", "沈[知夏]"},
		{"知", "沈知夏", "沈[知]夏"},
		{"chen", "沈知夏", "[沈]知夏"}, // 沈 is read chen too.
		{"沈zx", "沈知夏", "[沈知夏]"},
		{"林晩", "林晚", ""},
		{"alex m", "Alex Moreau", "[Alex M]oreau"},
		{"xa", "沈知夏", ""},
		{"lv", "吕布", "[吕]布"},
		{"張", "张三", "[张]三"},
		{"", "张三", ""},
	} {
		parts, ok := MatchName(tt.name, tt.typed)
		if ok != (tt.want != "") || marked(parts) != tt.want {
			t.Errorf("%q in %q: %q, %v, want %q", tt.typed, tt.name, marked(parts), ok, tt.want)
		}
	}
}

// mixedRunes are few, so that queries hit by chance.
var mixedRunes = []rune("云雲海册冊的好ab3éÉＡ１ ，,.+-/:😀ー가ไท\n")

// TestLookupFindsWhatMatches compares looking tokens up with looking at texts.
func TestLookupFindsWhatMatches(t *testing.T) {
	mixed := rapid.StringOfN(rapid.SampledFrom(mixedRunes), 0, 60, -1)
	rapid.Check(t, func(t *rapid.T) {
		s := mixed.Draw(t, "text")
		typed := rapid.StringOfN(rapid.SampledFrom(mixedRunes), 1, 5, -1).Draw(t, "query")
		if runes := []rune(s); len(runes) > 0 && rapid.Bool().Draw(t, "taken from the text") {
			from := rapid.IntRange(0, len(runes)-1).Draw(t, "from")
			typed = string(runes[from:min(len(runes), from+rapid.IntRange(1, 6).Draw(t, "length"))])
		}
		q := ParseQuery(typed)
		if !q.Matches(Fold(s)) {
			return
		}
		have := strings.Fields(Tokens(Fold(s)))
		for clause := range strings.SplitSeq(q.Lookup(), " AND ") {
			if clause == "" {
				continue
			}
			want, prefix := strings.CutSuffix(clause, "*")
			want = strings.Trim(want, `"`)
			if !slices.ContainsFunc(have, func(h string) bool { return h == want || prefix && strings.HasPrefix(h, want) }) {
				t.Fatalf("%q matches %q, and its tokens %q lack %s", typed, s, have, clause)
			}
		}
	})
}

func FuzzText(f *testing.F) {
	f.Add("上次的雲海 ＡＢＣ", "云海")
	f.Add("沈知夏", "szx")
	f.Add("a\xff\u0301", "A")
	f.Fuzz(func(t *testing.T, s, typed string) {
		folded := Fold(s)
		if at := foldAt(s); at.text != folded || len(at.from) != len(folded) {
			t.Errorf("foldAt(%q) = %q, Fold %q", s, at.text, folded)
		}
		Tokens(folded)
		HasLink(folded)
		MatchName(s, typed)
		q := ParseQuery(typed)
		q.Snippet(s)
		var joined strings.Builder
		hits := 0
		for _, p := range q.Mark(s) {
			joined.WriteString(p.Text)
			if p.Hit {
				hits++
			}
		}
		if joined.String() != s {
			t.Errorf("the parts of %q are %q", s, joined.String())
		}
		if q.Matches(folded) && !q.Empty() && hits == 0 {
			t.Errorf("%q is in %q, and nothing is marked", typed, s)
		}
	})
}
