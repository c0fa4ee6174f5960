package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// disk is a small disk of its own, so that it can be filled.
type disk struct{ dir string }

// errNoDisk says that this user or system mounts nothing.
var errNoDisk = errors.New("only root can mount a small disk")

// mountDisk makes dir a disk of some MiB of memory.
func mountDisk(dir string, mib int) (*disk, error) {
	if os.Getuid() != 0 {
		return nil, errNoDisk
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	out, err := exec.Command("mount", "-t", "tmpfs", "-o", fmt.Sprintf("size=%dm", mib), "tmpfs", dir).CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("%w: %w: %s", errNoDisk, err, out)
	}
	return &disk{dir}, nil
}

// data is the folder on the disk for what is tested.
func (d *disk) data() string { return filepath.Join(d.dir, "data") }

func (d *disk) filler() string { return filepath.Join(d.dir, "filler") }

// fill leaves no room at all.
func (d *disk) fill() error {
	f, err := os.Create(d.filler())
	if err != nil {
		return err
	}
	defer f.Close()
	for size := 1 << 20; size > 0; {
		if _, err := f.Write(make([]byte, size)); err != nil {
			size /= 2 // What does not fit whole may fit in part.
		}
	}
	return nil
}

// free gives the room back.
func (d *disk) free() error { return os.RemoveAll(d.filler()) }

// unmount ends the disk. Nothing may be open on it.
func (d *disk) unmount() error {
	if out, err := exec.Command("umount", d.dir).CombinedOutput(); err != nil {
		return fmt.Errorf("umount: %w: %s", err, out)
	}
	return nil
}
