package protocol

import (
	"encoding/json"
	"strings"
)

// Words returns everything that an entry says in words, to be found by; "" for
// a kind that is not found, and for a body that breaks the rules of its kind.
func Words(kind string, body []byte) string {
	switch kind {
	case KindText:
		var t Text
		if json.Unmarshal(body, &t) != nil {
			return ""
		}
		return t.Text
	case KindRecord:
		var r Record
		if CheckRecord(body) != nil || json.Unmarshal(body, &r) != nil {
			return ""
		}
		return r.words()
	}
	return ""
}

func (r Record) words() string {
	lines := make([]string, 0, len(r.Items))
	for _, i := range r.Items {
		if words := Words(i.Kind, i.Body); words != "" {
			lines = append(lines, words)
		}
	}
	return strings.Join(lines, "\n")
}
