package store

import (
	"errors"
	"fmt"

	gosqlite "github.com/glebarez/go-sqlite"
)

// Sentinels for errors.Is.
var (
	// ErrNewer says that a newer version of the program wrote the database. It
	// was not touched. The error is a *NewerError.
	ErrNewer = errors.New("the local data was written by a newer version")

	// ErrOtherUser says that the database belongs to another account.
	ErrOtherUser = errors.New("the local data belongs to another account")

	// ErrDiskFull says that a write found no room. Nothing of it was kept, and
	// it may be repeated when there is room.
	ErrDiskFull = errors.New("the disk is full")

	// ErrLocked says that another program holds the database.
	ErrLocked = errors.New("the database is locked")

	// ErrNotFound says that there is no such conversation or message here.
	ErrNotFound = errors.New("not found")
)

// NewerError says which version was found and which is known.
type NewerError struct {
	Path  string
	Found int64 // The schema version of the database.
	Known int64 // The newest schema version of this build.
}

// Error implements error.
func (e *NewerError) Error() string {
	return fmt.Sprintf("%s has schema version %d, this version knows up to %d", e.Path, e.Found, e.Known)
}

// Is makes errors.Is(err, ErrNewer) hold.
func (e *NewerError) Is(target error) bool { return target == ErrNewer }

// SQLite's result codes that callers tell apart. The low byte of an extended
// code is the primary one.
const (
	sqliteBusy         = 5
	sqliteLocked       = 6
	sqliteInterrupt    = 9
	sqliteFull         = 13
	sqliteIOErrShmSize = 4874 // The shared memory file of the log cannot grow.
)

// Explain adds to err the sentinel that its SQLite code stands for: ErrDiskFull
// or ErrLocked. Any other error, and nil, it returns as they are. It serves every
// SQLite database of this machine.
func Explain(err error) error {
	var e *gosqlite.Error
	if !errors.As(err, &e) {
		return err
	}
	switch code := e.Code(); {
	case code&0xff == sqliteFull, code == sqliteIOErrShmSize:
		return fmt.Errorf("%w: %w", ErrDiskFull, err)
	case code&0xff == sqliteBusy, code&0xff == sqliteLocked:
		return fmt.Errorf("%w: %w", ErrLocked, err)
	}
	return err
}

// interrupted reports whether SQLite was told to stop.
func interrupted(err error) bool {
	var e *gosqlite.Error
	return errors.As(err, &e) && e.Code()&0xff == sqliteInterrupt
}
