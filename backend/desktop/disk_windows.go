package desktop

import "golang.org/x/sys/windows"

// FreeBytes returns the room that is left for this user on the disk of a
// folder, and whether it is known.
func FreeBytes(dir string) (int64, bool) {
	name, err := windows.UTF16PtrFromString(dir)
	if err != nil {
		return 0, false
	}
	var free uint64
	if windows.GetDiskFreeSpaceEx(name, &free, nil, nil) != nil {
		return 0, false
	}
	return int64(free), true
}
