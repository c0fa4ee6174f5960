package remote

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"mychat/protocol"
)

// Codes of what goes wrong between here and a server. A refusal by the server
// itself is a *protocol.Error and keeps its own code.
const (
	CodeUnreachable        = "unreachable"         // No answer from that address.
	CodeNotMyChat          = "not_mychat"          // Something else answers there.
	CodeCertificateUnknown = "certificate_unknown" // No authority vouches for it; Error.Fingerprint names it.
	CodeCertificateExpired = "certificate_expired" // Its time is over, or has not begun.
	CodeCertificateChanged = "certificate_changed" // Not the one that is pinned; Error.Fingerprint names it.
	CodeProxy              = "proxy"               // The proxy does not answer or refuses.
	CodeVersion            = "version"             // Client and server have no protocol version in common.
)

// Error says why a server could not be spoken to.
type Error struct {
	Code        string // One of the codes above.
	Fingerprint string // SHA-256 of the server's certificate in upper-case hex with colons, for the certificate codes.
	Err         error  // What was met; may be nil.
}

// Error implements error.
func (e *Error) Error() string {
	if e.Err == nil {
		return e.Code
	}
	return e.Code + ": " + e.Err.Error()
}

// Unwrap returns what was met.
func (e *Error) Unwrap() error { return e.Err }

// Is reports whether target is an *Error with the same code.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Code == e.Code
}

// Sentinels for errors.Is.
var (
	ErrUnreachable = &Error{Code: CodeUnreachable}
	ErrNotMyChat   = &Error{Code: CodeNotMyChat}
	ErrVersion     = &Error{Code: CodeVersion}
)

// ErrDisconnected is why a request on the socket has no answer: the connection
// ended, or was not there. The request may have been carried out.
var ErrDisconnected = errors.New("not connected")

// Fingerprint returns the SHA-256 of a certificate as people compare it:
// upper-case hex in pairs with colons.
func Fingerprint(cert *x509.Certificate) string {
	sum := sha256.Sum256(cert.Raw)
	pairs := make([]string, len(sum))
	for i, b := range sum {
		pairs[i] = fmt.Sprintf("%02X", b)
	}
	return strings.Join(pairs, ":")
}

// parseFingerprint returns the 32 bytes that a Pin names.
func parseFingerprint(s string) ([]byte, error) {
	b, err := hex.DecodeString(strings.ReplaceAll(s, ":", ""))
	if err != nil || len(b) != sha256.Size {
		return nil, fmt.Errorf("fingerprint %q is not the hex of a SHA-256", s)
	}
	return b, nil
}

// classify turns what the network said into an *Error. Refusals by the server,
// Errors made here and the caller's own cancelling pass as they are.
func classify(ctx context.Context, err error) error {
	var (
		ours    *Error
		refusal *protocol.Error
		verify  *tls.CertificateVerificationError
		record  tls.RecordHeaderError
	)
	switch {
	case err == nil:
		return nil
	case errors.As(err, &ours):
		return ours
	case errors.As(err, &refusal):
		return err
	case errors.Is(ctx.Err(), context.Canceled):
		return ctx.Err()
	case errors.As(err, &verify):
		return classifyCertificate(verify)
	case errors.As(err, &record):
		return &Error{Code: CodeNotMyChat, Err: err}
	case isPlainAnswer(err):
		return &Error{Code: CodeNotMyChat, Err: err}
	}
	return &Error{Code: CodeUnreachable, Err: err}
}

// isPlainAnswer recognises what net/http says when the peer speaks something
// other than HTTP, perhaps before it was asked anything. It has no type for
// any of them.
func isPlainAnswer(err error) bool {
	s := err.Error()
	for _, says := range []string{"malformed HTTP", "server gave HTTP response to HTTPS client", "readLoopPeekFailLocked: %!w(<nil>)"} {
		if strings.Contains(s, says) {
			return true
		}
	}
	return false
}

func classifyCertificate(err *tls.CertificateVerificationError) error {
	e := &Error{Code: CodeCertificateUnknown, Err: err}
	if len(err.UnverifiedCertificates) > 0 {
		e.Fingerprint = Fingerprint(err.UnverifiedCertificates[0])
	}
	var invalid x509.CertificateInvalidError
	if errors.As(err, &invalid) && invalid.Reason == x509.Expired {
		e.Code = CodeCertificateExpired
	}
	return e
}
