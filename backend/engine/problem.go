package engine

import (
	"errors"

	"mychat/backend/archive"
	"mychat/backend/remote"
	"mychat/backend/store"
	"mychat/protocol"
)

// Codes of Problem that arise on this machine, beside those of protocol and
// remote.
const (
	CodeOffline   = "offline"    // This needs the network, and there is none.
	CodeNewerData = "newer_data" // The local data was written by a newer version.
	CodeDiskFull  = "disk_full"  // This machine's disk is full.
	CodeLocked    = "locked"     // Another program holds the local database.
	CodeBusy      = "busy"       // Another job is running.
	CodeDamaged   = "damaged"    // The local data is damaged and about to be mended.

	CodeUnwritable  = "unwritable"   // Nothing can be written to the place that was chosen.
	CodePassphrase  = "passphrase"   // It does not open this backup.
	CodeNotBackup   = "not_backup"   // The file is none.
	CodeBadBackup   = "bad_backup"   // The backup is damaged or incomplete.
	CodeNewerBackup = "newer_backup" // A newer version made the backup.
)

// Problem is an error in the form that a user interface needs.
type Problem struct {
	Code         string // A protocol.Code, one of remote's codes, or one of the codes above.
	Message      string // English, for logs and for codes that the page does not know.
	Field        string // The field that broke a rule, with code invalid.
	Fingerprint  string // Of the certificate, with remote's certificate codes.
	RetryAfterMS int64  // 0 means not known.
}

// ErrOffline is returned by methods that need the server while it cannot be
// reached.
var ErrOffline = errors.New("offline")

// ProblemOf describes an error of this package, or of archive, store, remote or
// protocol. Anything else is protocol.CodeInternal.
func ProblemOf(err error) Problem {
	var (
		refusal *protocol.Error
		wire    *remote.Error
	)
	switch {
	case err == nil:
		return Problem{}
	case errors.Is(err, ErrOffline), errors.Is(err, remote.ErrDisconnected):
		return Problem{Code: CodeOffline, Message: err.Error()}
	case errors.As(err, &refusal):
		return Problem{Code: string(refusal.Code), Message: refusal.Error(), Field: refusal.Field, RetryAfterMS: refusal.RetryAfterMS}
	case errors.As(err, &wire):
		return Problem{Code: wire.Code, Message: wire.Error(), Fingerprint: wire.Fingerprint}
	case errors.Is(err, archive.ErrUnwritable):
		return Problem{Code: CodeUnwritable, Message: err.Error()}
	case errors.Is(err, archive.ErrPassphrase):
		return Problem{Code: CodePassphrase, Message: err.Error()}
	case errors.Is(err, archive.ErrNotBackup):
		return Problem{Code: CodeNotBackup, Message: err.Error()}
	case errors.Is(err, archive.ErrBadBackup):
		return Problem{Code: CodeBadBackup, Message: err.Error()}
	case errors.Is(err, archive.ErrNewerBackup):
		return Problem{Code: CodeNewerBackup, Message: err.Error()}
	case errors.Is(err, store.ErrNewer):
		return Problem{Code: CodeNewerData, Message: err.Error()}
	case errors.Is(err, store.ErrDiskFull):
		return Problem{Code: CodeDiskFull, Message: err.Error()}
	case errors.Is(err, store.ErrLocked):
		return Problem{Code: CodeLocked, Message: err.Error()}
	case errors.Is(err, store.ErrDamaged):
		return Problem{Code: CodeDamaged, Message: err.Error()}
	case errors.Is(err, ErrBusy):
		return Problem{Code: CodeBusy, Message: err.Error()}
	case errors.Is(err, store.ErrNotFound):
		return Problem{Code: string(protocol.CodeNotFound), Message: err.Error()}
	}
	return Problem{Code: string(protocol.CodeInternal), Message: err.Error()}
}
