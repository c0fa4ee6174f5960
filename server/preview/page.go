package preview

import (
	"io"
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"mychat/protocol"
)

// about is what a page says of itself.
type about struct{ title, description, site string }

// sources names what a page may say of itself, the best first. "" is its
// <title>.
var (
	titles       = []string{"og:title", "twitter:title", ""}
	descriptions = []string{"og:description", "twitter:description", "description"}
	sites        = []string{"og:site_name", "application-name"}
)

// read returns what the HTML of a page, in UTF-8, says of it. It reads no
// further than to the page's body, if there was a title before.
func read(r io.Reader) about {
	said := map[string]string{}
	z := html.NewTokenizer(r)
	for done := false; !done; {
		done = over(z, said)
	}
	return about{
		title:       first(said, titles, protocol.MaxPreviewTitle),
		description: first(said, descriptions, protocol.MaxPreviewDescription),
		site:        first(said, sites, protocol.MaxPreviewSite),
	}
}

// over takes the next token in and reports whether it was the last of interest.
func over(z *html.Tokenizer, said map[string]string) bool {
	switch z.Next() {
	case html.ErrorToken: // The end, or what cannot be read further.
		return true
	case html.EndTagToken:
		name, _ := z.TagName()
		return atom.Lookup(name) == atom.Head && titled(said)
	case html.StartTagToken, html.SelfClosingTagToken:
		name, more := z.TagName()
		switch atom.Lookup(name) {
		case atom.Body:
			return titled(said)
		case atom.Title:
			if z.Next() == html.TextToken {
				keep(said, "", string(z.Text()))
			}
		case atom.Meta:
			if more {
				readMeta(z, said)
			}
		}
	}
	return false
}

func readMeta(z *html.Tokenizer, said map[string]string) {
	var name, property, content string
	for more := true; more; {
		var key, value []byte
		key, value, more = z.TagAttr()
		switch string(key) {
		case "name":
			name = string(value)
		case "property":
			property = string(value)
		case "content":
			content = string(value)
		}
	}
	for _, n := range []string{property, name} {
		if n = strings.ToLower(strings.TrimSpace(n)); n != "" {
			keep(said, n, content)
		}
	}
}

// maxSaid is how many different things are taken from one page.
const maxSaid = 200

// keep notes what was said first under a name.
func keep(said map[string]string, name, words string) {
	if said[name] == "" && len(said) < maxSaid {
		said[name] = words
	}
}

func titled(said map[string]string) bool { return first(said, titles, 1) != "" }

func first(said map[string]string, names []string, limit int) string {
	for _, name := range names {
		if s := oneLine(said[name], limit); s != "" {
			return s
		}
	}
	return ""
}

// maxMarks is how many combining marks one character may carry.
const maxMarks = 4

// oneLine returns text as one line of at most limit runes, without what cannot
// be seen or turns the direction of what stands around it. Joiners stay where
// scripts and emoji need them.
func oneLine(s string, limit int) string {
	var b strings.Builder
	var before rune
	runes, marks, gap := 0, 0, false
	for _, r := range s {
		switch {
		case unicode.IsSpace(r), unicode.Is(unicode.Cc, r), unicode.In(r, unicode.Zl, unicode.Zp):
			gap = true
			continue
		case invisible(r), joiner(r) && (before < 0x80 || gap):
			continue
		}
		if unicode.Is(unicode.M, r) {
			if marks++; marks > maxMarks || before == 0 {
				continue
			}
		} else {
			marks = 0
		}
		if gap && before != 0 {
			b.WriteByte(' ')
			runes++
		}
		gap = false
		if runes >= limit {
			return strings.TrimSpace(cut(b.String(), limit-1)) + "…"
		}
		b.WriteRune(r)
		before = r
		runes++
	}
	return b.String()
}

// cut returns the first n runes of s.
func cut(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}

func joiner(r rune) bool { return r == '\u200c' || r == '\u200d' }

// invisible reports whether r shows nothing and is no joiner.
func invisible(r rune) bool {
	switch r {
	case '\u034f', '\u115f', '\u1160', '\u17b4', '\u17b5', '\u2800', '\u3164', '\uffa0', unicode.ReplacementChar:
		return true
	}
	return !joiner(r) && unicode.In(r, unicode.Cf, unicode.Co, unicode.Cs)
}
