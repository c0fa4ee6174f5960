// Package markup reads the little markup that a text may have, as
// docs/PROTOCOL.md describes it, and finds the links in it. The page draws texts
// by the same rules; what both must agree on is in testdata, which the tests of
// both read.
package markup

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A Kind says what a Piece or a Block is.
type Kind string

// The kinds of pieces, then those of blocks. Code is both.
const (
	Text   Kind = "text"
	Link   Kind = "link"
	Code   Kind = "code"
	Strong Kind = "strong"
	Em     Kind = "em"
	Strike Kind = "strike"

	Lines Kind = "lines"
	Quote Kind = "quote"
)

// Piece is a part of a line. Strong, Em and Strike have pieces, the others a
// text; Link has an address.
type Piece struct {
	Kind   Kind
	Text   string
	Href   string
	Pieces []Piece
}

// Block is a part of a text that stands for itself: Lines and Quote have pieces
// and no marks before their lines, Code has a text and perhaps a language.
type Block struct {
	Kind   Kind
	Pieces []Piece
	Text   string
	Lang   string
}

var (
	fence = regexp.MustCompile("^```([\\w+#.-]*)[ \t]*$")
	quote = regexp.MustCompile(`^> ?`)
)

// Parse reads a text. It takes time in proportion to its length.
func Parse(text string) []Block { return parse(text, Links) }

// Plain returns what a text says, without its marks.
func Plain(text string) string {
	if !strings.ContainsAny(text, "*_~`>") {
		return text
	}
	var b strings.Builder
	for i, block := range parse(text, func(part string) []Segment { return []Segment{{Text: part}} }) {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(block.Text)
		for _, p := range block.Pieces {
			p.write(&b)
		}
	}
	return b.String()
}

func (p Piece) write(b *strings.Builder) {
	b.WriteString(p.Text)
	for _, inner := range p.Pieces {
		inner.write(b)
	}
}

func parse(text string, links func(string) []Segment) []Block {
	var blocks []Block
	lines := strings.Split(text, "\n")
	for i := 0; i < len(lines); {
		from := i
		if start := fence.FindStringSubmatch(lines[i]); start != nil {
			for i++; i < len(lines) && strings.TrimRightFunc(lines[i], unicode.IsSpace) != "```"; i++ {
			}
			blocks = append(blocks, Block{Kind: Code, Lang: start[1], Text: strings.Join(lines[from+1:i], "\n")})
			i++
			continue
		}
		quoted := quote.MatchString(lines[i])
		for i++; i < len(lines) && quote.MatchString(lines[i]) == quoted && !fence.MatchString(lines[i]); i++ {
		}
		part, kind := slices.Clone(lines[from:i]), Lines
		if quoted {
			kind = Quote
			for n := range part {
				part[n] = quote.ReplaceAllString(part[n], "")
			}
		}
		blocks = append(blocks, Block{Kind: kind, Pieces: inline(strings.Join(part, "\n"), links)})
	}
	return blocks
}

var ticks = regexp.MustCompile("`+|\n")

// span is a piece of code: from its first mark to behind its last.
type span struct{ from, to, mark int }

// codes returns where pieces of code begin and end: a run of ticks, and the next
// one as long in its line.
func codes(text string) []span {
	if !strings.Contains(text, "`") {
		return nil
	}
	runs := ticks.FindAllStringIndex(text, -1)
	partner := make([]int, len(runs)) // 0 means none: no run ends at the first.
	next := map[int]int{}             // The next run of a length.
	for i, r := range slices.Backward(runs) {
		if text[r[0]] == '\n' {
			clear(next)
			continue
		}
		length := r[1] - r[0]
		partner[i] = next[length]
		next[length] = i
	}
	var out []span
	for i := 0; i < len(runs); i++ {
		if end := partner[i]; end > 0 {
			out = append(out, span{runs[i][0], runs[end][1], runs[i][1] - runs[i][0]})
			i = end
		}
	}
	return out
}

func inline(text string, links func(string) []Segment) []Piece {
	var atoms []Piece
	rest := func(part string) {
		if part == "" {
			return
		}
		for _, s := range links(part) {
			kind := Text
			if s.Href != "" {
				kind = Link
			}
			atoms = append(atoms, Piece{Kind: kind, Text: s.Text, Href: s.Href})
		}
	}
	at := 0
	for _, c := range codes(text) {
		rest(text[at:c.from])
		atoms = append(atoms, Piece{Kind: Code, Text: text[c.from+c.mark : c.to-c.mark]})
		at = c.to
	}
	rest(text[at:])
	return emphasised(atoms)
}

// deepest is how deep marks may stand in each other.
const deepest = 8

var (
	marks = regexp.MustCompile(`\*+|_+|~+|\n`)
	kinds = map[string]Kind{"**": Strong, "*": Em, "_": Em, "~~": Strike}
)

// apart are what may stand outside a mark of one character, beside white space:
// so many of them mean nothing.
const apart = "*_~.,;:!?()[]{}\"'“”‘’（），。；：！？、…—-"

func dense(c rune) bool {
	return unicode.In(c, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul)
}

// outside reports whether c may stand outside a mark: a letter or digit of a
// script that puts spaces between words may not.
func outside(single bool, c rune) bool {
	if single {
		return space(c) || strings.ContainsRune(apart, c) || dense(c)
	}
	return dense(c) || c != '_' && !unicode.IsLetter(c) && !unicode.IsNumber(c)
}

// space is what the page takes for white space.
func space(c rune) bool { return unicode.IsSpace(c) && c != '\u0085' || c == '\ufeff' }

// opened is a mark that stands in the result as a text of its own.
type opened struct {
	mark string
	at   int
}

// emphasised finds the marks in plain pieces; none reaches beyond its line.
func emphasised(atoms []Piece) []Piece {
	var out []Piece
	var open []opened
	for i, atom := range atoms {
		if atom.Kind != Text {
			out = append(out, atom)
			continue
		}
		// What stands beside the piece counts as a letter: code and links are words.
		before, after := ' ', ' '
		if i > 0 {
			before = 'x'
		}
		if i < len(atoms)-1 {
			after = 'x'
		}
		text, at := atom.Text, 0
		literal := func(to int) {
			if to > at {
				out = append(out, Piece{Kind: Text, Text: text[at:to]})
			}
			at = to
		}
		for _, m := range marks.FindAllStringIndex(text, -1) {
			from, end := m[0], m[1]
			mark := text[from:end]
			if mark == "\n" {
				open = open[:0]
				continue
			}
			kind, ok := kinds[mark]
			if !ok {
				continue
			}
			left, right := before, after
			if from > 0 {
				left, _ = utf8.DecodeLastRuneInString(text[:from])
			}
			if end < len(text) {
				right, _ = utf8.DecodeRuneInString(text[end:])
			}
			single := kind == Em
			if !space(left) && outside(single, right) {
				if n := lastOf(open, mark); n >= 0 {
					literal(from)
					if inner := out[open[n].at+1:]; slices.ContainsFunc(inner, speaks) {
						out = append(out[:open[n].at], Piece{Kind: kind, Pieces: slices.Clone(inner)})
						open = open[:n]
						at = end
						continue
					}
				}
			}
			if !space(right) && outside(single, left) && len(open) < deepest {
				literal(from)
				open = append(open, opened{mark, len(out)})
				literal(end)
			}
		}
		literal(len(text))
	}
	return joined(out)
}

func lastOf(open []opened, mark string) int {
	for i, o := range slices.Backward(open) {
		if o.mark == mark {
			return i
		}
	}
	return -1
}

// speaks reports whether there is a letter or digit in a piece: *_* is a face.
func speaks(p Piece) bool {
	return p.Kind == Link || slices.ContainsFunc(p.Pieces, speaks) ||
		strings.ContainsFunc(p.Text, func(c rune) bool { return unicode.IsLetter(c) || unicode.IsNumber(c) })
}

// joined makes one of neighbouring texts: marks that nothing closed are text.
func joined(pieces []Piece) []Piece {
	var out []Piece
	for _, p := range pieces {
		if n := len(out); n > 0 && p.Kind == Text && out[n-1].Kind == Text {
			out[n-1].Text += p.Text
			continue
		}
		p.Pieces = joined(p.Pieces)
		out = append(out, p)
	}
	return out
}
