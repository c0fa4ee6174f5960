//go:build unix

package desktop

import "golang.org/x/sys/unix"

// FreeBytes returns the room that is left for this user on the disk of a
// folder, and whether it is known.
func FreeBytes(dir string) (int64, bool) {
	var s unix.Statfs_t
	if unix.Statfs(dir, &s) != nil {
		return 0, false
	}
	return int64(s.Bavail) * int64(s.Bsize), true //nolint:unconvert // Their types differ by system.
}
