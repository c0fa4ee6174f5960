package text

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// Tokens are words for an index that splits at blanks and compares them byte
// for byte, apart from the case of a-z. Every character that is not a-z or 0-9
// in them is beyond ASCII, so no tokenizer with a table of characters, which
// would be of some year, has a say.
//
// A text has as tokens: every character of a dense script and every two that
// stand together; every word, cut at wordRunes, and the first one, two and
// three characters of it; every symbol.

// wordRunes is the most of a word that is a token, in characters.
const wordRunes = 40

// Tokens returns the tokens of a folded text, each once, divided by blanks.
func Tokens(folded string) string {
	t := tokens{seen: make(map[string]struct{})}
	for _, r := range runs(folded) {
		switch r.class {
		case dense:
			before := 0
			for i, c := range r.text {
				end := i + utf8.RuneLen(c)
				t.add(r.text[i:end])
				if i > 0 {
					t.add(r.text[before:end])
				}
				before = i
			}
		case word:
			t.add(cut(r.text, wordRunes))
			for n := 1; n <= prefixes; n++ {
				if p, ok := first(r.text, n); ok {
					t.add(prefixToken(p, n))
				}
			}
		case symbol:
			for _, c := range r.text {
				t.add(symbolToken(c))
			}
		case space:
		}
	}
	return t.b.String()
}

type tokens struct {
	b    strings.Builder
	seen map[string]struct{}
}

func (t *tokens) add(token string) {
	if _, ok := t.seen[token]; ok {
		return
	}
	t.seen[token] = struct{}{}
	if t.b.Len() > 0 {
		t.b.WriteByte(' ')
	}
	t.b.WriteString(token)
}

// prefixes is the longest beginning of a word that has a token of its own. An
// index finds longer ones among its words fast enough.
const prefixes = 3

func prefixToken(p string, runes int) string { return "q" + strconv.Itoa(runes) + p }

// symbolToken is the symbol itself, or a name for one of ASCII.
func symbolToken(r rune) string {
	if r < utf8.RuneSelf {
		return "p" + strconv.FormatInt(int64(r), 16)
	}
	return string(r)
}

// cut returns at most n characters of s.
func cut(s string, n int) string {
	if p, ok := first(s, n); ok {
		return p
	}
	return s
}

// first returns the first n characters of s; ok is false when it has fewer.
func first(s string, n int) (p string, ok bool) {
	for i := range s {
		if n == 0 {
			return s[:i], true
		}
		n--
	}
	return s, n == 0
}

// Tokens of what is not in the words. They begin with a character for private
// use and go on with others, which no token of a text does.

// ConversationToken is the token of every message in a conversation.
func ConversationToken(key int64) string { return "\ue000" + strconv.FormatInt(key, 36) }

// SenderToken is the token of every message by a user. Two users may share one.
func SenderToken(id string) string {
	return "\ue001" + strings.Map(func(r rune) rune {
		if classOf(r) == word && r < utf8.RuneSelf {
			return r
		}
		return -1
	}, id) + "s"
}

// LinkToken is the token of every message with a link.
func LinkToken() string { return "\ue002link" }

// HasLink reports whether a folded text has an address in it: one with a
// scheme, or one that begins with www.
func HasLink(folded string) bool {
	for rest := folded; ; {
		i := strings.Index(rest, "://")
		if i < 0 {
			break
		}
		if i > 0 && classAt(rest[:i]) == word && rest[i+3:] != "" && classOf(firstRune(rest[i+3:])) != space {
			return true
		}
		rest = rest[i+3:]
	}
	for rest, base := folded, 0; ; {
		i := strings.Index(rest, "www.")
		if i < 0 {
			return false
		}
		at := base + i
		after := folded[at+4:]
		if (at == 0 || classAt(folded[:at]) != word) && after != "" && classOf(firstRune(after)) == word {
			return true
		}
		base = at + 4
		rest = folded[base:]
	}
}

// classAt is the class of the last character of s.
func classAt(s string) class {
	r, _ := utf8.DecodeLastRuneInString(s)
	return classOf(r)
}

func firstRune(s string) rune {
	r, _ := utf8.DecodeRuneInString(s)
	return r
}
