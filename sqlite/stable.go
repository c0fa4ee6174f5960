package sqlite

import (
	"sync"
	"unsafe"

	"modernc.org/libc"
	lib "modernc.org/sqlite/lib"
	native "zombiezen.com/go/sqlite"
)

// stablePlans makes every connection that is opened from now on, in the whole
// process, plan a statement once, whatever its arguments are. Otherwise SQLite
// looks at those of a statement that was kept, and compiles many of them anew
// each time that one changes: those with LIMIT ?, or with ORDER BY or a join
// beside a column that equals an argument. There is no pragma for it; the call
// for each connection is what SQLite offers extensions.
var stablePlans = sync.OnceValue(func() error {
	tls := libc.NewTLS()
	defer tls.Close()
	if code := lib.Xsqlite3_auto_extension(tls, pointer(fixPlans)); code != lib.SQLITE_OK {
		return native.ResultCode(code).ToError()
	}
	return nil
})

// fixPlans is what SQLite calls with a connection that it opened, as C has it:
// with a place for a message and the functions for extensions.
func fixPlans(tls *libc.TLS, db, _, _ uintptr) int32 {
	args := libc.NewVaList(int32(1), uintptr(0))
	if args == 0 {
		return lib.SQLITE_NOMEM
	}
	defer libc.Xfree(tls, args)
	return lib.Xsqlite3_db_config(tls, db, lib.SQLITE_DBCONFIG_ENABLE_QPSG, args)
}

// pointer is a function as the translated C takes one.
func pointer(f func(tls *libc.TLS, db, message, routines uintptr) int32) uintptr {
	return *(*uintptr)(unsafe.Pointer(&struct {
		f func(*libc.TLS, uintptr, uintptr, uintptr) int32
	}{f}))
}
