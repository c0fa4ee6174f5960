package protocol

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Encode returns v as JSON the way this protocol writes it: compact, and with
// <, > and & left as they are. Compact JSON that a peer sent as a RawJSON
// comes out of Encode byte for byte.
func Encode(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// CheckUsername returns an Error if s cannot be a username: MinUsername to
// MaxUsername of a-z, A-Z, 0-9 and underscore.
func CheckUsername(s string) error {
	if len(s) < MinUsername || len(s) > MaxUsername {
		return Invalid("username", "use %d to %d letters, digits or underscores", MinUsername, MaxUsername)
	}
	for _, r := range s {
		if !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '_') {
			return Invalid("username", "use only letters a-z, digits and underscores")
		}
	}
	return nil
}

// FoldUsername returns the form of s in which usernames are compared: two that
// differ only in case are one.
func FoldUsername(s string) string { return strings.ToLower(s) }

// CleanLine returns s without surrounding white space, or an Error naming
// field if it then has more than maxRunes runes, fewer than minRunes, is not
// valid UTF-8, or holds a control or direction-override character, which could
// make a name look like another.
func CleanLine(field, s string, minRunes, maxRunes int) (string, error) {
	if !utf8.ValidString(s) {
		return "", Invalid(field, "is not valid UTF-8")
	}
	s = strings.TrimSpace(s)
	if n := utf8.RuneCountInString(s); n < minRunes || n > maxRunes {
		return "", Invalid(field, "use %d to %d characters", minRunes, maxRunes)
	}
	if strings.ContainsFunc(s, deceptive) {
		return "", Invalid(field, "leave out control and direction characters")
	}
	if minRunes > 0 && Blank(s) {
		return "", Invalid(field, "use at least one visible character")
	}
	return s, nil
}

// deceptive reports whether r has no place in a single line that names
// something: controls, line separators, and the bidi overrides and isolates.
// Joiners stay, because emoji and several scripts need them.
func deceptive(r rune) bool {
	return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' ||
		r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069'
}

// Blank reports whether nothing of s can be seen: it has only white space,
// controls, joiners and other characters without a shape, such as the fillers
// of Hangul.
func Blank(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool {
		return !unicode.In(r, unicode.White_Space, unicode.Cc, unicode.Cf, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point)
	})
}

// CheckPassword returns an Error if s cannot be a password.
func CheckPassword(field, s string) error {
	if n := utf8.RuneCountInString(s); !utf8.ValidString(s) || n < MinPassword || n > MaxPassword {
		return Invalid(field, "use %d to %d characters", MinPassword, MaxPassword)
	}
	return nil
}

// CheckText returns an Error if s cannot be the text of a message.
func CheckText(s string) error {
	switch {
	case !utf8.ValidString(s):
		return Invalid("text", "is not valid UTF-8")
	case Blank(s):
		return Invalid("text", "is empty")
	case len(s) > MaxTextBytes || utf8.RuneCountInString(s) > MaxTextRunes:
		return Invalid("text", "is longer than %d characters or %d bytes", MaxTextRunes, MaxTextBytes)
	}
	return nil
}

// Check returns an Error if the server could never accept s, whoever sends it.
// Membership is not its business.
func (s *Send) Check() error {
	switch {
	case s.ConversationID == "":
		return Invalid("conversation_id", "is missing")
	case !validULID(s.ClientID):
		return Invalid("client_id", "is not a ULID")
	case !validKind(s.Kind):
		return Invalid("kind", "use 1 to %d of a-z, 0-9, '_', '.', '-', beginning with a letter", MaxKind)
	case Reserved(s.Kind):
		return Errorf(CodeUnknownKind, "entries of kind %q are not accepted", s.Kind)
	case s.RefSeq < 0:
		return Invalid("ref_seq", "is negative")
	case len(s.Mentions) > MaxMentions:
		return Invalid("mentions", "names more than %d users", MaxMentions)
	case len(s.FileIDs) > MaxFileIDs:
		return Invalid("file_ids", "names more than %d files", MaxFileIDs)
	case len(s.Body) > MaxBody:
		return Errorf(CodeTooLarge, "the body is larger than %d bytes", MaxBody)
	case !utf8.Valid(s.Body) || !json.Valid(s.Body):
		return Invalid("body", "is not JSON")
	}
	switch s.Kind {
	case KindText:
		return checkText(s.Body, s.Fallback)
	case KindRecall, KindEdit, KindReaction, KindPin, KindUnpin, KindClear:
		return s.checkAct()
	case KindRecord:
		if err := CheckRecord(s.Body); err != nil {
			return err
		}
	}
	return checkFallback(s.Fallback)
}

// checkText holds the rules for what has a Text in its body.
func checkText(body []byte, fallback string) error {
	var t Text
	if err := json.Unmarshal(body, &t); err != nil {
		return Invalid("body", "is not a text body")
	}
	if fallback != "" {
		return Invalid("fallback", "a text needs none")
	}
	if t.Forwarded != nil {
		if _, err := CleanLine("forwarded", t.Forwarded.Name, 1, MaxNickname); err != nil {
			return err
		}
	}
	return CheckText(t.Text)
}

// checkAct holds the rules for entries that change others.
func (s *Send) checkAct() error {
	switch {
	case s.RefSeq == 0:
		return Invalid("ref_seq", "is needed to say which entry this changes")
	case len(s.Mentions)+len(s.FileIDs) > 0 || s.Fallback != "":
		return Invalid("body", "is all that an entry of kind %q has", s.Kind)
	case s.Kind == KindEdit:
		return checkText(s.Body, s.Fallback)
	case s.Kind == KindReaction:
		return s.checkReaction()
	case string(s.Body) != "{}":
		return Invalid("body", "is not {}")
	}
	return nil
}

func (s *Send) checkReaction() error {
	var r Reaction
	if err := json.Unmarshal(s.Body, &r); err != nil {
		return Invalid("body", "is not a reaction body")
	}
	return CheckEmoji(r.Emoji)
}

// checkFallback holds what a kind that this build does not know must bring: a
// line that every client can show.
func checkFallback(s string) error {
	switch {
	case Blank(s):
		return Invalid("fallback", "is needed for a kind that not every client knows")
	case !utf8.ValidString(s) || strings.ContainsRune(s, 0):
		return Invalid("fallback", "is not valid text")
	case utf8.RuneCountInString(s) > MaxFallback:
		return Invalid("fallback", "is longer than %d characters", MaxFallback)
	}
	return nil
}

func validKind(s string) bool {
	if s == "" || len(s) > MaxKind || s[0] < 'a' || s[0] > 'z' {
		return false
	}
	for _, r := range s {
		if !('a' <= r && r <= 'z' || '0' <= r && r <= '9' || r == '_' || r == '.' || r == '-') {
			return false
		}
	}
	return true
}

// validULID reports whether s is a ULID in its canonical form: 26 characters
// of Crockford's base 32 in upper case, no larger than 128 bits.
func validULID(s string) bool {
	if len(s) != 26 || s[0] > '7' {
		return false
	}
	for _, r := range s {
		if !strings.ContainsRune("0123456789ABCDEFGHJKMNPQRSTVWXYZ", r) {
			return false
		}
	}
	return true
}
