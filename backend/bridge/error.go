package bridge

import (
	"errors"
	"fmt"

	"mychat/backend/engine"
	"mychat/protocol"
)

// Error is how an error crosses to the page.
type Error struct {
	Code         string `json:"code"` // A protocol.Code, or one of the codes below.
	Message      string `json:"message"`
	Field        string `json:"field,omitempty"`
	Fingerprint  string `json:"fingerprint,omitempty"`    // With CodeCertificateUnknown and CodeCertificateChanged.
	RetryAfterMS int64  `json:"retry_after_ms,omitempty"` // 0 means not known.
}

// Codes that arise on this machine, beside those of the protocol.
const (
	CodeUnreachable        = "unreachable"         // No answer from that address.
	CodeNotMyChat          = "not_mychat"          // Something else answers there.
	CodeCertificateUnknown = "certificate_unknown" // No authority vouches for it; the user may.
	CodeCertificateExpired = "certificate_expired" // Its time is over, or has not begun.
	CodeCertificateChanged = "certificate_changed" // Not the one that was pinned.
	CodeProxy              = "proxy"               // The proxy does not answer or refuses.
	CodeOffline            = engine.CodeOffline    // This needs the network, and there is none.
	CodeNewerData          = engine.CodeNewerData  // The local data was written by a newer version.
	CodeDiskFull           = engine.CodeDiskFull   // This machine's disk is full.
	CodeLocked             = engine.CodeLocked     // Another program holds the local database.
	CodeDamaged            = engine.CodeDamaged    // The local data is damaged and about to be mended.
	CodeBusy               = engine.CodeBusy       // Another job is running.
	CodeUnwritable         = engine.CodeUnwritable // Nothing can be written to the place that was chosen.
	CodePassphrase         = engine.CodePassphrase // It does not open this backup.
	CodeNotBackup          = engine.CodeNotBackup
	CodeBadBackup          = engine.CodeBadBackup   // It is damaged or incomplete.
	CodeNewerBackup        = engine.CodeNewerBackup // A newer version made it.
	CodeNoAccount          = "no_account"           // No account is open.
)

// errNoAccount says that a call needs an open account.
var errNoAccount = &Error{Code: CodeNoAccount, Message: "no account is open"}

// Error implements error.
func (e *Error) Error() string { return e.Code + ": " + e.Message }

// AsError returns err in the form that crosses to the page; nil for nil.
func AsError(err error) *Error {
	if err == nil {
		return nil
	}
	var ours *Error
	if errors.As(err, &ours) {
		return ours
	}
	p := engine.ProblemOf(err)
	return &Error{Code: p.Code, Message: p.Message, Field: p.Field, Fingerprint: p.Fingerprint, RetryAfterMS: p.RetryAfterMS}
}

// panicked is the error that a panic in a bound method becomes.
func panicked(v any) *Error {
	return &Error{Code: string(protocol.CodeInternal), Message: fmt.Sprintf("panic: %v", v)}
}
