package protocol

import (
	"net/url"
	"strings"
)

// A link signs a device in without a password: the new device asks for one and
// shows its code; a device that is signed in names the code, sees who asks, and
// confirms or refuses; the new one, which proves that it has the key it named,
// is given its token once.

// LinkAlphabet is what codes are made of: digits and letters that are not taken
// for each other, whatever the hand or the font.
const LinkAlphabet = "23456789ABCDEFGHJKMNPQRSTVWXYZ"

// LinkCodeLength is how many of them make a code.
const LinkCodeLength = 8

// States of a link.
const (
	LinkAsked   = "asked"   // Nobody named its code yet.
	LinkClaimed = "claimed" // Somebody did, and decides.
	LinkGranted = "granted" // Confirmed; the answer that says so has the session.
	LinkRefused = "refused"
)

// AskLink asks that a device be signed in by another one.
type AskLink struct {
	Device DeviceInfo `json:"device"`
}

// Link answers AskLink. The code serves once, within LivesMS.
type Link struct {
	ID        string `json:"id"`
	Code      string `json:"code"`
	Challenge string `json:"challenge"` // What the device signs, with its id: see LinkProof.
	LivesMS   int64  `json:"lives_ms"`
}

// LinkProof returns what the key of a device that waits for a link signs.
func LinkProof(id, challenge string) []byte {
	return []byte("mychat link\n" + id + "\n" + challenge)
}

// AwaitLink asks what became of a link. The answer waits for a while if that is
// what the device knows already.
type AwaitLink struct {
	Signature string `json:"signature"`       // Of LinkProof by the device's key, standard base64.
	Known     string `json:"known,omitempty"` // The state that the device heard last; "" means none.
}

// LinkState answers AwaitLink.
type LinkState struct {
	State   string   `json:"state"`
	LivesMS int64    `json:"lives_ms"`          // How long the link still waits.
	By      *Profile `json:"by,omitempty"`      // Whose device named the code.
	Session *Session `json:"session,omitempty"` // With LinkGranted, in one answer only.
}

// ClaimLink names the code that another device shows.
type ClaimLink struct {
	Code string `json:"code"` // In any case; spaces and dashes do not matter.
}

// LinkClaim answers ClaimLink: who asks to be signed in, as far as the server
// can tell.
type LinkClaim struct {
	ID         string `json:"id"`
	Name       string `json:"name"` // As the device says.
	Platform   string `json:"platform"`
	AppVersion string `json:"app_version,omitempty"`
	Address    string `json:"address"` // Its network address.
	AskedMS    int64  `json:"asked_ms"`
	LivesMS    int64  `json:"lives_ms"` // How long the answer may take.
}

// AnswerLink confirms or refuses what a LinkClaim told.
type AnswerLink struct {
	Confirm bool `json:"confirm"`
}

// CleanLinkCode returns a code in the form in which codes are compared, however
// it was typed, and whether it can be one.
func CleanLinkCode(s string) (string, bool) {
	s = strings.Map(func(r rune) rune {
		if r == '-' || r == ' ' {
			return -1
		}
		return r
	}, strings.ToUpper(s))
	if len(s) != LinkCodeLength {
		return "", false
	}
	for _, r := range s {
		if !strings.ContainsRune(LinkAlphabet, r) {
			return "", false
		}
	}
	return s, true
}

// linkScheme and linkPlace begin every address of a link.
const (
	linkScheme = "mychat"
	linkPlace  = "link"
)

// LinkAddress returns what the QR code of a link says: the server and the code,
// as mychat:link?code=CODE&server=URL.
func LinkAddress(server, code string) string {
	q := url.Values{"server": {server}, "code": {code}}
	return linkScheme + ":" + linkPlace + "?" + q.Encode()
}

// ParseLinkAddress reads what LinkAddress wrote, and reports whether it did.
func ParseLinkAddress(s string) (server, code string, ok bool) {
	u, err := url.Parse(strings.TrimSpace(s))
	if err != nil || u.Scheme != linkScheme || u.Opaque != linkPlace {
		return "", "", false
	}
	q := u.Query()
	code, ok = CleanLinkCode(q.Get("code"))
	return q.Get("server"), code, ok && q.Get("server") != ""
}
