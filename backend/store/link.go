package store

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"mychat/protocol"
)

// firstLink returns the first address with http or https in a text, as it may be
// asked about; "" if there is none, or the first one is no such address. What is
// marked as code says no links.
func firstLink(text string) string {
	if !strings.Contains(text, "://") {
		return ""
	}
	fenced := false
	for line := range strings.Lines(text) {
		if mark := strings.TrimRight(line, " \t\r\n"); strings.HasPrefix(line, "```") && (fenced && mark == "```" || !fenced && !strings.ContainsAny(mark[3:], "` \t")) {
			fenced = !fenced
			continue
		}
		if fenced {
			continue
		}
		if at, ok := linkIn(withoutCode(line)); ok {
			return checkedLink(at)
		}
	}
	return ""
}

// withoutCode returns a line with blanks in place of what stands between two
// runs of as many ticks.
func withoutCode(line string) string {
	var b strings.Builder
	for rest := line; ; {
		from := strings.IndexByte(rest, '`')
		if from < 0 {
			return b.String() + rest
		}
		ticks := len(rest[from:]) - len(strings.TrimLeft(rest[from:], "`"))
		mark, after := rest[from:from+ticks], rest[from+ticks:]
		to := indexRun(after, mark)
		if to < 0 {
			b.WriteString(rest[:from+ticks])
			rest = after
			continue
		}
		b.WriteString(rest[:from] + " ")
		rest = after[to+ticks:]
	}
}

// indexRun returns where a run of ticks as long as mark begins in s, or -1.
func indexRun(s, mark string) int {
	for at := 0; at < len(s); {
		i := strings.IndexByte(s[at:], '`')
		if i < 0 {
			return -1
		}
		at += i
		n := len(s[at:]) - len(strings.TrimLeft(s[at:], "`"))
		if n == len(mark) {
			return at
		}
		at += n
	}
	return -1
}

// linkIn returns the first address of a line.
func linkIn(line string) (string, bool) {
	for at := 0; ; {
		i := strings.Index(line[at:], "://")
		if i < 0 {
			return "", false
		}
		at += i
		from := at
		for from > 0 && isLetter(line[from-1]) {
			from--
		}
		after := at + len("://")
		switch scheme := strings.ToLower(line[from:at]); {
		case scheme != "http" && scheme != "https", from > 0 && line[from-1] >= '0' && line[from-1] <= '9':
			at = after
			continue
		}
		end := after + linkEnd(line[after:])
		if end > after {
			return trimLink(line[from:end], line[:from]), true
		}
		at = after
	}
}

func isLetter(b byte) bool { return b|0x20 >= 'a' && b|0x20 <= 'z' }

// linkEnd returns how much of s may be part of an address. Han text and marks of
// full width touch addresses without a space and are written percent-encoded
// inside them.
func linkEnd(s string) int {
	for i, r := range s {
		switch {
		case unicode.IsSpace(r), unicode.IsControl(r), strings.ContainsRune("<>\"`|\\^{}“”‘’…", r),
			r >= 0x2e80 && r <= 0x30ff, r >= 0x3400 && r <= 0x9fff, r >= 0xf900 && r <= 0xfaff, r >= 0xff00 && r <= 0xffef:
			return i
		}
	}
	return len(s)
}

// trimLink takes off the end of an address what belongs to the sentence around
// it: punctuation, a bracket that was opened before, the marks of emphasis.
func trimLink(link, before string) string {
	for {
		last, size := utf8.DecodeLastRuneInString(link)
		cut := false
		switch last {
		case '.', ',', ';', ':', '!', '?', '\'':
			cut = true
		case ')':
			cut = strings.Count(link, "(") < strings.Count(link, ")")
		case ']':
			cut = strings.Count(link, "[") < strings.Count(link, "]")
		case '*', '_', '~':
			cut = strings.HasSuffix(before, string(last))
		}
		if !cut {
			return link
		}
		link = link[:len(link)-size]
	}
}

// checkedLink returns an address if a server may be asked about it, or "".
func checkedLink(link string) string {
	u, err := url.Parse(link)
	if err != nil || u.Hostname() == "" || u.User != nil || len(link) > protocol.MaxLink {
		return ""
	}
	return link
}
