package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"

	gosqlite "github.com/glebarez/go-sqlite" // Pinned here: an older one than its SQLite stores a nil []byte as an empty blob.
)

// connector opens connections whose statements run to their end.
//
// The driver watches the context of each statement from a goroutine, which
// interrupts the connection when the context ends. It marks the statement as
// interrupted first and interrupts then, and nothing waits for it between the
// two: if the statement ends just there, the next one on the connection is hit,
// which may be somebody else's. A COMMIT that is hit leaves its transaction
// open on a connection that goes back to the pool, where none can begin again.
// So no context of a caller's comes as far as the driver. That costs little:
// database/sql looks at it before a statement, between two of a transaction and
// between rows, and the driver itself does not watch it while rows are read.
type connector struct{ name string }

// Driver implements driver.Connector.
func (connector) Driver() driver.Driver { return &gosqlite.Driver{} }

// Connect implements driver.Connector.
func (c connector) Connect(context.Context) (driver.Conn, error) {
	opened, err := c.Driver().Open(c.name)
	if err != nil {
		return nil, err
	}
	n, ok := opened.(native)
	if !ok {
		return nil, errors.Join(fmt.Errorf("the driver's %T lacks methods", opened), opened.Close())
	}
	return conn{n}, nil
}

// native is what the driver's connection can do.
type native interface {
	driver.Conn
	driver.Pinger
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
}

type conn struct{ native }

// Ping implements driver.Pinger.
func (c conn) Ping(ctx context.Context) error {
	return c.native.Ping(context.WithoutCancel(ctx))
}

// ExecContext implements driver.ExecerContext.
func (c conn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	return c.native.ExecContext(context.WithoutCancel(ctx), query, args)
}

// QueryContext implements driver.QueryerContext.
func (c conn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	return c.native.QueryContext(context.WithoutCancel(ctx), query, args)
}

// PrepareContext implements driver.ConnPrepareContext.
func (c conn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	s, err := c.native.PrepareContext(context.WithoutCancel(ctx), query)
	if err != nil {
		return nil, err
	}
	return stmt{s}, nil
}

// BeginTx implements driver.ConnBeginTx.
func (c conn) BeginTx(ctx context.Context, opt driver.TxOptions) (driver.Tx, error) {
	t, err := c.native.BeginTx(context.WithoutCancel(ctx), opt)
	if err != nil {
		return nil, err
	}
	return tx{t}, nil
}

// stmt has only the methods that take no context.
type stmt struct{ driver.Stmt }

type tx struct{ driver.Tx }

// Commit implements driver.Tx. SQLite keeps a transaction open whose commit it
// refuses, while for database/sql every commit ends one.
func (t tx) Commit() error {
	err := t.Tx.Commit()
	if err != nil {
		// An error means that SQLite did end the transaction.
		_ = t.Rollback()
	}
	return err
}
