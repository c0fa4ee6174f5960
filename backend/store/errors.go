package store

import (
	"errors"
	"fmt"

	"mychat/sqlite"
)

// Sentinels for errors.Is.
var (
	// ErrNewer says that a newer version of the program wrote the database. It
	// was not touched. The error is a *NewerError.
	ErrNewer = sqlite.ErrNewer

	// ErrOtherUser says that the database belongs to another account.
	ErrOtherUser = errors.New("the local data belongs to another account")

	// ErrDiskFull says that a write found no room. Nothing of it was kept, and
	// it may be repeated when there is room.
	ErrDiskFull = errors.New("the disk is full")

	// ErrLocked says that another program holds the database.
	ErrLocked = errors.New("the database is locked")

	// ErrDamaged says that the database's file is not sound. Open heals it.
	ErrDamaged = errors.New("the local data is damaged")

	// ErrNotFound says that there is no such conversation or message here.
	ErrNotFound = errors.New("not found")
)

// NewerError says which version was found and which is known.
type NewerError = sqlite.NewerError

// Explain adds to err the sentinel that its SQLite code stands for: ErrDiskFull,
// ErrLocked or ErrDamaged. Any other error, and nil, it returns as they are. It serves every
// SQLite database of this machine.
func Explain(err error) error {
	switch primary, extended := sqlite.Codes(err); {
	case primary == sqlite.Full, extended == sqlite.IOErrShmSize:
		return fmt.Errorf("%w: %w", ErrDiskFull, err)
	case primary == sqlite.Busy, primary == sqlite.Locked:
		return fmt.Errorf("%w: %w", ErrLocked, err)
	case sqlite.Broken(err):
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return err
}
