package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"gorm.io/gorm"

	"mychat/protocol"
	"mychat/sqlite"
)

// ErrConflict is returned by Store.Write when a row with the same key exists.
var ErrConflict = errors.New("such a row exists already")

// ErrNoRow is returned by methods that ask for one row when there is none.
var ErrNoRow = errors.New("no such row")

// classify wraps err in the error that says what a caller can do about it:
// wait (protocol.ErrUnavailable) or read what is there (ErrConflict). What a
// caller said itself, and the end of its context, stays as it is.
func classify(err error) error {
	var refused *protocol.Error
	switch {
	case err == nil, errors.As(err, &refused), errors.Is(err, ErrConflict), errors.Is(err, ErrNoRow),
		errors.Is(err, context.Canceled):
		return err
	case conflict(err):
		return fmt.Errorf("%w: %w", ErrConflict, err)
	case gone(err):
		return fmt.Errorf("%w: %w", protocol.ErrUnavailable, err)
	}
	return err
}

func conflict(err error) bool {
	if code, _ := sqlite.Codes(err); code != 0 {
		return code == sqlite.Constraint && (strings.Contains(err.Error(), "UNIQUE") || strings.Contains(err.Error(), "PRIMARY"))
	}
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Code == "23505" || errors.Is(err, gorm.ErrDuplicatedKey)
}

// contended reports that PostgreSQL ended a transaction for another's sake: it
// can be run again at once.
func contended(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "40001" || pg.Code == "40P01")
}

// gone reports that the database cannot do its work now: locked, full, out of
// reach or shutting down.
func gone(err error) bool {
	switch code, _ := sqlite.Codes(err); code {
	case 0:
	case sqlite.Busy, sqlite.Locked, sqlite.ReadOnly, sqlite.IOErr, sqlite.Full, sqlite.CantOpen:
		return true
	default:
		return false
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		switch {
		case pg.Code == "25006", pg.Code == "55P03": // Read only, lock not available.
			return true
		case len(pg.Code) == 5:
			switch pg.Code[:2] {
			case "08", "40", "53", "57", "58": // Connection, rollback, resources, shutdown, system.
				return true
			}
		}
		return false
	}
	var connect *pgconn.ConnectError
	var network net.Error
	return errors.As(err, &connect) || errors.As(err, &network) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) ||
		errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) || errors.Is(err, sql.ErrTxDone) ||
		errors.Is(err, context.DeadlineExceeded) || pgconn.Timeout(err) || pgconn.SafeToRetry(err) ||
		strings.Contains(err.Error(), "conn closed") || strings.Contains(err.Error(), "database is closed")
}
