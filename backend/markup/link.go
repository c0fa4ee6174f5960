package markup

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Segment is a part of a text: a link if it has an address.
type Segment struct {
	Text string
	Href string
}

var (
	scheme = regexp.MustCompile(`(?i)\bhttps?://`)
	// host is a name or an IPv4 address and perhaps a port, or an IPv6 address.
	// Letters of other scripts end with the last label that can be one of theirs,
	// for Chinese sentences go on without a space.
	host = regexp.MustCompile(`(?i)^(?:localhost|\[[0-9a-f:.]+\]|(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?\.)+` +
		`(?:xn--[a-z0-9-]+|[a-z]{2,63}|[0-9]{1,3}|中国|中國|公司|网络|網絡|网址|在线|中文网|商城|集团|香港|台灣|台湾|рф|한국))(?::\d{1,5})?`)
)

// Links cuts a text into plain parts and links with http or https written out.
// Joined again, the parts are the text.
func Links(text string) []Segment {
	var out []Segment
	at := 0
	for _, m := range scheme.FindAllStringIndex(text, -1) {
		if m[0] < at {
			continue
		}
		name := host.FindString(text[m[1]:])
		if name == "" {
			continue
		}
		end := m[1] + len(name)
		end += tail(text[end:])
		if m[0] > at {
			out = append(out, Segment{Text: text[at:m[0]]})
		}
		out = append(out, Segment{Text: text[m[0]:end], Href: text[m[0]:end]})
		at = end
	}
	if at < len(text) || len(out) == 0 {
		out = append(out, Segment{Text: text[at:]})
	}
	return out
}

// tail returns how much of what follows a host belongs to the link: its path,
// query and fragment. Han letters belong to it where a part of it begins with
// them, but for the first of a path, which in Chinese is where the sentence goes
// on: so /wiki/西湖 and ?q=西湖 are whole and /这个 is not.
func tail(rest string) int {
	if rest == "" || !strings.ContainsRune("/?#", rune(rest[0])) {
		return 0
	}
	end, depth := 0, 0 // Depth counts the brackets that are open.
	inHan, hadHan := false, false
	parts := 0 // Slashes behind which something stood.
	for i := 0; i < len(rest); {
		c, size := utf8.DecodeRuneInString(rest[i:])
		if han(c) {
			before := rune(rest[max(i-1, 0)])
			if !inHan && !(strings.ContainsRune("=#_-&", before) || before == '/' && parts > 0 || before == '(' && hadHan) {
				break
			}
			inHan, hadHan = true, true
			i += size
			end = i
			continue
		}
		if c == utf8.RuneError || unicode.IsSpace(c) || unicode.IsControl(c) || wide(c) || strings.ContainsRune("<>\"`|\\^{}", c) {
			break
		}
		inHan = inHan && (unicode.IsLetter(c) || unicode.IsNumber(c) || strings.ContainsRune("_-", c))
		i += size
		switch {
		case c == '/':
			if i > 1 {
				parts++
			}
			end = i
		case c == '(' || c == '[':
			depth++
		case c == ')' || c == ']':
			if depth == 0 {
				return end
			}
			depth--
			end = i
		case strings.ContainsRune(".,;:!?'*~", c):
			// At the end they are the sentence's.
		default:
			end = i
		}
	}
	return end
}

func han(c rune) bool { return unicode.In(c, unicode.Han, unicode.Hiragana, unicode.Katakana) }

// wide are the punctuation marks and forms that Chinese and Japanese text has
// beside its letters.
func wide(c rune) bool {
	return c >= 0x2e80 && c <= 0x30ff && !han(c) || c >= 0xff00 && c <= 0xffef || strings.ContainsRune("“”‘’…—", c)
}
