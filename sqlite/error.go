package sqlite

import (
	"errors"

	gosqlite "github.com/glebarez/go-sqlite"
)

// Primary result codes of SQLite that callers tell apart.
const (
	Busy       = 5
	Locked     = 6
	ReadOnly   = 8
	IOErr      = 10
	Corrupt    = 11
	Full       = 13
	CantOpen   = 14
	Constraint = 19
	NotADB     = 26
)

// IOErrShmSize is the extended code for the log's shared memory file that
// cannot grow: the disk is full.
const IOErrShmSize = 4874

// Codes returns SQLite's primary and extended result code of an error, or
// zeros for one that is not SQLite's.
func Codes(err error) (primary, extended int) {
	var e *gosqlite.Error
	if !errors.As(err, &e) {
		return 0, 0
	}
	return e.Code() & 0xff, e.Code()
}
