package store

import (
	"encoding/json"
	"strings"
	"unicode"

	"mychat/backend/markup"
	"mychat/protocol"
)

// previewRunes bounds Preview.Text.
const previewRunes = 120

// Countable reports whether m counts as unread and may be a preview.
func (m Message) Countable() bool { return protocol.Countable(m.Kind) }

// Glance returns what a message of a kind says in one line of at most limit
// runes, without the marks of a text.
func Glance(kind, words string, limit int) string {
	if kind == protocol.KindText {
		words = markup.Plain(words)
	}
	return OneLine(words, limit)
}

// OneLine returns s with every run of white space and control characters as
// one blank, cut to at most limit runes.
func OneLine(s string, limit int) string {
	var b strings.Builder
	runes, blank := 0, false
	for _, r := range s {
		if unicode.IsSpace(r) || unicode.IsControl(r) {
			blank = runes > 0
			continue
		}
		if blank {
			b.WriteByte(' ')
			runes++
		}
		if runes >= limit {
			break
		}
		b.WriteRune(r)
		runes++
		blank = false
	}
	return strings.TrimSuffix(b.String(), " ")
}

// shownText is what a message of some kind says in words: the text of a text,
// nothing for a kind that the page words itself, and the fallback of any other.
func shownText(kind, fallback string, body []byte) string {
	switch kind {
	case protocol.KindText:
		var t protocol.Text
		if json.Unmarshal(body, &t) != nil {
			return fallback
		}
		return t.Text
	case protocol.KindFriended:
		return ""
	}
	return fallback
}
