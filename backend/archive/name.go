package archive

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxName bounds a file's name, in bytes, so that a path stays short on every
// system.
const maxName = 80

// SafeName returns s as a file's name that every system takes: without what
// separates paths, what Windows reserves, what cannot be seen, and what turns
// the direction of writing. "" becomes "-".
func SafeName(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case strings.ContainsRune(`<>:"/\|?*`, r), r == utf8.RuneError:
			b.WriteByte('_')
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), unicode.Is(unicode.Co, r):
		case unicode.IsSpace(r):
			b.WriteByte(' ')
		default:
			b.WriteRune(r)
		}
	}
	name := b.String()
	if len(name) > maxName {
		name = name[:maxName]
		for !utf8.ValidString(name) {
			name = name[:len(name)-1]
		}
	}
	name = strings.Trim(name, " .")
	if reserved(name) {
		name = "_" + name
	}
	if name == "" {
		return "-"
	}
	return name
}

// reserved reports whether Windows takes a name, up to its first dot, for a
// device.
func reserved(name string) bool {
	stem, _, _ := strings.Cut(strings.ToUpper(name), ".")
	switch stem = strings.TrimRight(stem, " "); stem {
	case "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$":
		return true
	}
	for _, device := range []string{"COM", "LPT"} {
		if rest, ok := strings.CutPrefix(stem, device); ok && utf8.RuneCountInString(rest) == 1 && strings.Contains("0123456789¹²³", rest) {
			return true
		}
	}
	return false
}
