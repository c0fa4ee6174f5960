package timeline_test

import "golang.org/x/sys/unix"

// mountTmpfs mounts a file system of the given size at dir.
func mountTmpfs(dir, size string) (unmount func() error, err error) {
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size="+size); err != nil {
		return nil, err
	}
	return func() error { return unix.Unmount(dir, 0) }, nil
}
