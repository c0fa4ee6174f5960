// Package text is what search knows of writing: which spellings are the same
// word, which tokens a message is found by, whether a query is in a text and
// where, and by what a name can be typed.
//
// It holds pure functions and tables, keeps nothing and does no I/O.
package text

import (
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Fold returns s in the form in which it is compared: full and half width,
// compatible forms (NFKC), upper and lower case, and traditional and simplified
// characters are one. Folding works character by character: words that the two
// ways of writing spell with other characters stay different.
func Fold(s string) string {
	if isASCII(s) {
		return strings.ToLower(s)
	}
	var b strings.Builder
	b.Grow(len(s))
	var it norm.Iter
	it.InitString(norm.NFKC, s)
	for !it.Done() {
		for _, r := range string(it.Next()) {
			b.WriteRune(foldRune(r))
		}
	}
	return b.String()
}

// folded is a folded text that knows where each of its bytes comes from.
type folded struct {
	text     string
	from, to []int // For each byte of text, the bytes of the original that made it.
}

func foldAt(s string) folded {
	var f folded
	var b strings.Builder
	var it norm.Iter
	it.InitString(norm.NFKC, s)
	for !it.Done() {
		from := it.Pos()
		segment := it.Next()
		to := it.Pos()
		for _, r := range string(segment) {
			n := b.Len()
			b.WriteRune(foldRune(r))
			for range b.Len() - n {
				f.from, f.to = append(f.from, from), append(f.to, to)
			}
		}
	}
	f.text = b.String()
	return f
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// foldRune folds one character that is in NFKC.
func foldRune(r rune) rune {
	if r < 0x3400 || r > 0xffff {
		return unicode.ToLower(r)
	}
	const pair = 6
	i := sort.Search(len(traditional)/pair, func(i int) bool {
		at, _ := utf8.DecodeRuneInString(traditional[i*pair:])
		return at >= r
	})
	if i < len(traditional)/pair {
		at, n := utf8.DecodeRuneInString(traditional[i*pair:])
		if at == r {
			to, _ := utf8.DecodeRuneInString(traditional[i*pair+n:])
			return to
		}
	}
	return unicode.ToLower(r)
}

// class is how a character takes part in search.
type class int

const (
	space  class = iota // Separates.
	symbol              // Punctuation, emoji and the like: a token of its own.
	word                // Part of a word that spaces or symbols bound.
	dense               // Of a script without spaces between words: found from one character up.
)

func classOf(r rune) class {
	switch {
	case r < utf8.RuneSelf:
		switch {
		case 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9':
			return word
		case r <= ' ' || r == 0x7f:
			return space
		}
		return symbol
	case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Bopomofo,
		unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar), r == 'ー':
		return dense
	case unicode.IsLetter(r), unicode.IsNumber(r), unicode.IsMark(r):
		return word
	case unicode.IsSpace(r), unicode.IsControl(r):
		return space
	}
	return symbol
}

// run is a part of a folded text whose characters have one class.
type run struct {
	class class
	text  string
}

// runs cuts a folded text where the class changes.
func runs(s string) []run {
	var out []run
	start := 0
	last := space
	for i, r := range s {
		if c := classOf(r); c != last {
			if i > start {
				out = append(out, run{last, s[start:i]})
			}
			start, last = i, c
		}
	}
	if start < len(s) {
		out = append(out, run{last, s[start:]})
	}
	return out
}
