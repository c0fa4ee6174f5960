package text

import (
	"strings"
	"unicode/utf8"
)

// Query is what somebody looks for: terms that spaces divide, all of which are
// in a text that matches, in any order. A term is in a text where it stands
// there folded, letter for letter; one that begins with a letter or digit of a
// script with words only where a word begins. The zero value matches
// every text.
type Query struct{ terms []string }

// maxTerms bounds a query; what goes beyond it is not looked at.
const maxTerms = 16

// ParseQuery reads what the user typed.
func ParseQuery(s string) Query {
	terms := strings.FieldsFunc(Fold(s), func(r rune) bool { return classOf(r) == space })
	return Query{terms[:min(len(terms), maxTerms)]}
}

// Empty reports whether nothing is looked for.
func (q Query) Empty() bool { return len(q.terms) == 0 }

// maxTokens bounds how many tokens a query is looked up by: with some of them
// missing it finds more, and Matches still decides.
const maxTokens = 32

// Term is a token that a text which matches has, or one that such a token
// begins with.
type Term struct {
	Token  string
	Prefix bool // Token begins it.
}

// Terms returns what the tokens of every text that q matches have, and those of
// few others. There are none when there is nothing to look up.
func (q Query) Terms() []Term {
	var all []Term
	for _, term := range q.terms {
		all = append(all, lookup(term)...)
	}
	return all[:min(len(all), maxTokens)]
}

// Lookup returns Terms, with extra tokens that must be there too, as an
// expression in the language of FTS5. It is "" when there is nothing to look up.
func (q Query) Lookup(extra ...string) string {
	terms := q.Terms()
	all := make([]string, 0, len(terms)+len(extra))
	for _, token := range extra {
		all = append(all, quote(token))
	}
	for _, t := range terms {
		s := quote(t.Token)
		if t.Prefix {
			s += "*"
		}
		all = append(all, s)
	}
	return strings.Join(all, " AND ")
}

func quote(token string) string { return `"` + token + `"` }

// lookup returns the tokens of every text that a term is in.
func lookup(term string) []Term {
	var out, symbols []Term
	parts := runs(term)
	for i, r := range parts {
		switch r.class {
		case dense:
			if pair := pairs(r.text); len(pair) > 0 {
				out = append(out, pair...)
			} else {
				out = append(out, Term{Token: r.text})
			}
		case word:
			n := utf8.RuneCountInString(r.text)
			switch {
			case i < len(parts)-1: // Something ends it, so the word is whole.
				out = append(out, Term{Token: cut(r.text, wordRunes)})
			case n <= prefixes:
				out = append(out, Term{Token: prefixToken(r.text, n)})
			default:
				out = append(out, Term{Token: cut(r.text, wordRunes), Prefix: true})
			}
		case symbol:
			for _, c := range r.text {
				symbols = append(symbols, Term{Token: symbolToken(c)})
			}
		case space:
		}
	}
	if len(out) == 0 { // Symbols are in most texts: they are looked up only where there is nothing else.
		return symbols
	}
	return out
}

func pairs(s string) []Term {
	var out []Term
	before := -1
	for i, c := range s {
		if before >= 0 {
			out = append(out, Term{Token: s[before : i+utf8.RuneLen(c)]})
		}
		before = i
	}
	return out
}

// Matches reports whether every term is in a folded text.
func (q Query) Matches(folded string) bool {
	for _, term := range q.terms {
		if index(folded, term, 0) < 0 {
			return false
		}
	}
	return true
}

// index returns where a term is in a folded text, not before from, or -1.
func index(folded, term string, from int) int {
	begins := classOf(firstRune(term)) == word
	for at := from; ; {
		i := strings.Index(folded[at:], term)
		if i < 0 {
			return -1
		}
		at += i
		if !begins || at == 0 || classAt(folded[:at]) != word {
			return at
		}
		at += utf8.RuneLen(firstRune(term))
	}
}

// Part is a piece of a text, and whether the user looked for it.
type Part struct {
	Text string `json:"text"`
	Hit  bool   `json:"hit"`
}

// Bounds of a snippet, in characters.
const (
	snippetBefore = 16 // Before the first hit.
	snippetRunes  = 100
)

// Snippet returns the part of a text around the first hit of q, with white
// space as single blanks and an ellipsis where it leaves something out.
func (q Query) Snippet(s string) []Part {
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return classOf(r) == space }), " ")
	parts := q.Mark(s)
	if len(parts) == 0 {
		return []Part{}
	}
	if !parts[0].Hit && len(parts) > 1 {
		if skip := utf8.RuneCountInString(parts[0].Text) - snippetBefore; skip > 1 {
			kept, _ := first(parts[0].Text, skip)
			parts[0].Text = "…" + fromWord(parts[0].Text, len(kept))
		}
	}
	left := snippetRunes
	for i, p := range parts {
		n := utf8.RuneCountInString(p.Text)
		if n > left {
			parts[i].Text = toWord(p.Text, len(cut(p.Text, left)))
			return append(parts[:i+1], Part{Text: "…"})
		}
		left -= n
	}
	return parts
}

// longWord is the longest word, in bytes, that a snippet drops rather than cut.
const longWord = 24

// fromWord returns s from the first word that begins at or after a place. What
// has no end nearby, an address say, is cut.
func fromWord(s string, at int) string {
	for i := at; i < len(s) && i <= at+longWord; i++ {
		if utf8.RuneStart(s[i]) && !inWord(s, i) {
			return strings.TrimPrefix(s[i:], " ")
		}
	}
	return s[at:]
}

// toWord returns s to the last word that ends at or before a place.
func toWord(s string, at int) string {
	for i := at; i > 0 && i >= at-longWord; i-- {
		if (i == len(s) || utf8.RuneStart(s[i])) && !inWord(s, i) {
			return strings.TrimSuffix(s[:i], " ")
		}
	}
	return s[:at]
}

// inWord reports whether a place lies inside a word, between two of its
// characters.
func inWord(s string, at int) bool {
	return at > 0 && at < len(s) && classAt(s[:at]) == word && classOf(firstRune(s[at:])) == word
}

// Mark cuts a text into what is a hit of q and what is not. The parts together
// are the text.
func (q Query) Mark(s string) []Part {
	f := foldAt(s)
	hit := make([]bool, len(s))
	for _, term := range q.terms {
		for at := index(f.text, term, 0); at >= 0; at = index(f.text, term, at+len(term)) {
			for i := at; i < at+len(term); i++ {
				for j := f.from[i]; j < f.to[i]; j++ {
					hit[j] = true
				}
			}
			if at+len(term) >= len(f.text) {
				break
			}
		}
	}
	return cutParts(s, hit)
}

// cutParts cuts s where hit changes.
func cutParts(s string, hit []bool) []Part {
	out := []Part{}
	start := 0
	for i := range s {
		if i > 0 && hit[i] != hit[start] {
			out = append(out, Part{s[start:i], hit[start]})
			start = i
		}
	}
	if start < len(s) {
		out = append(out, Part{s[start:], hit[start]})
	}
	return out
}
