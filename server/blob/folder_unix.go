//go:build unix

package blob

import (
	"errors"
	"os"
	"syscall"
)

// flushFolder brings the names in a folder to the disk.
func flushFolder(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// Full reports that the disk, or the user's share of it, is used up.
func Full(err error) bool { return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) }

// crossing reports that a file cannot be moved because it is on another file
// system.
func crossing(err error) bool { return errors.Is(err, syscall.EXDEV) }
