package sqlite

import native "zombiezen.com/go/sqlite"

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

// Codes returns SQLite's primary and extended result code of an error, or zeros
// for one that is not SQLite's or of which SQLite says no more than that it is
// one.
func Codes(err error) (primary, extended int) {
	code := native.ErrCode(err)
	if code == native.ResultError {
		return 0, 0
	}
	return int(code.ToPrimary()), int(code)
}
