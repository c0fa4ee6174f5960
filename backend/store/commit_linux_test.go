package store

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"golang.org/x/sys/unix"

	"mychat/protocol"
)

// TestSecondFileFull has the disk become full at the very end of a transaction,
// when the database is written already and the second file is not: what the user
// is told and what is there agree, and the second file catches up.
func TestSecondFileFull(t *testing.T) {
	s := open(t)
	welcome(t, s, head("c1", 0))
	queue(t, s, "c1", "before")
	feed := s.Subscribe()
	defer feed.Close()
	wal, err := filepath.EvalSymlinks(s.file(owedName) + "-wal")
	if err != nil {
		t.Fatal(err)
	}
	// What it holds is read from elsewhere then: of a full disk one still can read.
	if err := s.writer.Exec("PRAGMA owed.wal_checkpoint(TRUNCATE)").Error; err != nil {
		t.Fatal(err)
	}
	free := fillFile(t, wal)
	m, err := s.Queue(t.Context(), protocol.Send{ConversationID: "c1", Kind: protocol.KindText, Body: text(1, self, "meanwhile").Body})
	if err != nil && !errors.Is(err, ErrDiskFull) {
		t.Errorf("Queue = %v, want none or ErrDiskFull", err)
	}
	p, _ := page(t, s, PageQuery{ConversationID: "c1"})
	if here := len(p.Messages) == 2; here != (err == nil) {
		t.Errorf("Queue = %+v, %v, and the page has %d messages", m, err, len(p.Messages))
	}
	if told := feed.Take().Outgoing; told != (err == nil) {
		t.Errorf("Queue = %v, and that something waits to be sent was announced: %v", err, told)
	}
	free()
	queue(t, s, "c1", "after")
	sameOwed(t, s, "the disk has room again")
}

// fillFile lets every write to a file that is open here find the disk full, until
// free is called.
func fillFile(t *testing.T, path string) (free func()) {
	t.Helper()
	full, err := unix.Open("/dev/full", unix.O_RDWR|unix.O_CLOEXEC, 0)
	if err != nil {
		t.Skip(err)
	}
	defer unix.Close(full)
	list, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Skip(err)
	}
	var open []int
	for _, e := range list {
		to, err := os.Readlink("/proc/self/fd/" + e.Name())
		fd, bad := strconv.Atoi(e.Name())
		if err == nil && bad == nil && to == path {
			open = append(open, fd)
		}
	}
	kept := make(map[int]int) // A copy of each descriptor.
	for _, fd := range open {
		if kept[fd], err = unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, 0); err != nil {
			t.Fatal(err)
		}
		if err := unix.Dup3(full, fd, unix.O_CLOEXEC); err != nil {
			t.Fatal(err)
		}
	}
	if len(kept) == 0 {
		t.Fatalf("nobody has %s open", path)
	}
	return func() {
		for fd, was := range kept {
			if err := unix.Dup3(was, fd, unix.O_CLOEXEC); err != nil {
				t.Fatal(err)
			}
			unix.Close(was)
		}
	}
}
