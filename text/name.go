package text

import (
	"slices"
	"strings"
	"unicode"

	"github.com/mozillazg/go-pinyin"
)

// maxNameQuery is the most of a query that a name is compared with, in bytes.
const maxNameQuery = 64

// MatchName reports whether what the user typed names somebody, and which part
// of the name it is. What was typed is in the name, folded, or is the pinyin of
// characters in it: whole syllables without tones, their initials, or a mix,
// the last one possibly unfinished. Blanks count for nothing. A character that
// is read in several ways is found by each.
func MatchName(name, typed string) ([]Part, bool) {
	q := strings.Map(func(r rune) rune {
		if classOf(r) == space || r == '\'' {
			return -1
		}
		return r
	}, Fold(typed))
	if q == "" || len(q) > maxNameQuery {
		return nil, false
	}
	f := foldAt(name)
	m := nameMatch{failed: make(map[[2]int]bool)}
	for i, r := range f.text {
		m.runes, m.at = append(m.runes, r), append(m.at, i)
	}
	m.at = append(m.at, len(f.text))
	for i, r := range m.runes {
		if classOf(r) == space {
			continue
		}
		end := m.match(i, q)
		if end < 0 {
			continue
		}
		hit := make([]bool, len(name))
		for b := m.at[i]; b < m.at[end]; b++ {
			for j := f.from[b]; j < f.to[b]; j++ {
				hit[j] = true
			}
		}
		return cutParts(name, hit), true
	}
	return nil, false
}

type nameMatch struct {
	runes  []rune
	at     []int           // Where each begins in the folded name, and the end.
	failed map[[2]int]bool // By character and length of the rest of the query.
}

// match returns the end of what the query is from the i-th character on, or -1.
func (m *nameMatch) match(i int, q string) int {
	if q == "" {
		return i
	}
	key := [2]int{i, len(q)}
	if i == len(m.runes) || m.failed[key] {
		return -1
	}
	r := m.runes[i]
	if rest, ok := strings.CutPrefix(q, string(r)); ok {
		if end := m.match(i+1, rest); end >= 0 {
			return end
		}
	}
	if classOf(r) == space {
		if end := m.match(i+1, q); end >= 0 {
			return end
		}
	}
	for _, syllable := range readings(r) {
		if strings.HasPrefix(syllable, q) {
			return i + 1
		}
		if rest, ok := strings.CutPrefix(q, syllable); ok {
			if end := m.match(i+1, rest); end >= 0 {
				return end
			}
		}
		if q[0] == syllable[0] {
			if end := m.match(i+1, q[1:]); end >= 0 {
				return end
			}
		}
	}
	m.failed[key] = true
	return -1
}

// readings returns the syllables that a Han character is read as, without
// tones and with v for ü, each once.
func readings(r rune) []string {
	if !unicode.Is(unicode.Han, r) {
		return nil
	}
	args := pinyin.NewArgs()
	args.Heteronym = true
	var out []string
	for _, s := range pinyin.SinglePinyin(r, args) {
		if s != "" && isASCII(s) && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}
