package blob

import (
	"errors"

	"golang.org/x/sys/windows"
)

// flushFolder does nothing: the file system keeps a journal of its names, and a
// folder cannot be flushed.
func flushFolder(string) error { return nil }

// Full reports that the disk, or the user's share of it, is used up.
func Full(err error) bool {
	return errors.Is(err, windows.ERROR_DISK_FULL) || errors.Is(err, windows.ERROR_HANDLE_DISK_FULL) ||
		errors.Is(err, windows.ERROR_DISK_QUOTA_EXCEEDED)
}

// crossing reports that a file cannot be moved because it is on another volume.
func crossing(err error) bool { return errors.Is(err, windows.ERROR_NOT_SAME_DEVICE) }
