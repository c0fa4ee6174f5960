//go:build unix

package desktop

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// lockFile takes the whole file for this process without waiting. The system
// lets it go when the process ends, however it ends.
func lockFile(f *os.File) error {
	err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	if errors.Is(err, unix.EWOULDBLOCK) {
		return ErrInUse
	}
	return err
}

// DiskFull reports whether err says that there is no room, or none left for
// this user.
func DiskFull(err error) bool {
	return errors.Is(err, unix.ENOSPC) || errors.Is(err, unix.EDQUOT)
}
