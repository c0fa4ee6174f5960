package sqlite

import (
	"container/list"
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	native "zombiezen.com/go/sqlite"
)

// keptStatements is how many compiled statements a connection keeps. Compiling
// one takes longer than most of them run.
const keptStatements = 64

// busyFor is how long a statement waits for somebody else's lock.
const busyFor = 5 * time.Second

// connector opens connections to one file.
//
// Their statements run to their end: an interrupt stops whatever runs on a
// connection when it comes, so with several callers of one connection it may
// hit the statement of another, and a COMMIT that is hit leaves its transaction
// open. So no context of a caller's comes as far as a statement. That costs
// little: database/sql looks at it before a statement, between two of a
// transaction and between rows.
type connector struct {
	name      string   // The file, as address returns it.
	pragmas   []string // Run on each new connection.
	immediate bool     // Transactions begin as writers.
}

// Driver implements driver.Connector.
func (c connector) Driver() driver.Driver { return unnamed{} }

// Connect implements driver.Connector.
func (c connector) Connect(context.Context) (driver.Conn, error) { return c.open() }

// open returns a connection as a program of its own uses it.
func (c connector) open() (*conn, error) {
	if err := stablePlans(); err != nil {
		return nil, fmt.Errorf("prepare SQLite: %w", err)
	}
	n, err := native.OpenConn(c.name, native.OpenReadWrite, native.OpenURI)
	if err != nil {
		return nil, err
	}
	n.SetBusyTimeout(busyFor)
	opened := &conn{native: n, immediate: c.immediate, compiled: map[string]*list.Element{}}
	for _, p := range c.pragmas {
		if err := opened.set(p); err != nil {
			return nil, errors.Join(fmt.Errorf("PRAGMA %s: %w", p, err), opened.Close())
		}
	}
	return opened, nil
}

// set runs a pragma. SQLite does not wait for another connection that opens the
// same new file at this moment and makes it a WAL too, so it is waited for here.
func (c *conn) set(pragma string) error {
	const again = 2 * time.Millisecond
	for waited := time.Duration(0); ; waited += again {
		err := c.exec("PRAGMA "+pragma, nil)
		if code, _ := Codes(err); code != Busy || waited >= busyFor {
			return err
		}
		<-time.After(again)
	}
}

// unnamed is the driver of pools that are opened by a connector.
type unnamed struct{}

// Open implements driver.Driver.
func (unnamed) Open(string) (driver.Conn, error) {
	return nil, errors.New("a pool of SQLite connections is opened by Open")
}

// conn is a connection that keeps the statements it compiled. As database/sql
// wants it, only one goroutine uses it at a time.
type conn struct {
	native    *native.Conn
	immediate bool
	compiled  map[string]*list.Element // By text; those of order.
	order     list.List                // Of *statement that no one runs now, the last used first.
}

// statement is one that SQLite compiled.
type statement struct {
	*native.Stmt
	text string
}

// Close implements driver.Conn.
func (c *conn) Close() error {
	var errs []error
	for e := c.order.Front(); e != nil; e = e.Next() {
		errs = append(errs, e.Value.(*statement).Finalize())
	}
	return errors.Join(append(errs, c.native.Close())...)
}

// IsValid implements driver.Validator: a transaction that its owner could not
// end does not go back to the pool.
func (c *conn) IsValid() bool { return c.native.AutocommitEnabled() }

// take returns the first statement of a text, compiled, and what of the text
// follows it. The text begins with a statement, as significant leaves it. The
// statement is the caller's until it gives it to release.
func (c *conn) take(text string) (s *statement, rest string, err error) {
	if text == "" {
		return nil, "", errors.New("no statement")
	}
	if e, ok := c.compiled[text]; ok {
		delete(c.compiled, text)
		return c.order.Remove(e).(*statement), "", nil
	}
	compiled, trailing, err := c.native.PrepareTransient(text)
	if err != nil {
		return nil, "", err
	}
	at := len(text) - trailing
	return &statement{compiled, text[:at]}, significant(text[at:]), nil
}

// significant returns a text from its first statement on, "" if it has none.
func significant(text string) string {
	for {
		text = strings.TrimLeft(text, " \t\r\n\f;")
		var end string // Of a comment.
		switch {
		case strings.HasPrefix(text, "--"):
			end = "\n"
		case strings.HasPrefix(text, "/*"):
			end = "*/"
		default:
			return text
		}
		_, text, _ = strings.Cut(text[2:], end)
	}
}

// release takes a statement back, to run it again or, where there are newer
// ones enough, to forget one.
func (c *conn) release(s *statement) {
	_ = s.Reset() // Says once more what its last step said.
	_, twin := c.compiled[s.text]
	if twin || s.ClearBindings() != nil {
		_ = s.Finalize() // Likewise.
		return
	}
	c.compiled[s.text] = c.order.PushFront(s)
	if c.order.Len() > keptStatements {
		oldest := c.order.Remove(c.order.Back()).(*statement)
		delete(c.compiled, oldest.text)
		_ = oldest.Finalize()
	}
}

// exec runs all statements of a text, the last of them with args.
func (c *conn) exec(text string, args []driver.NamedValue) error {
	for text = significant(text); text != ""; {
		s, rest, err := c.take(text)
		if err != nil {
			return err
		}
		var values []driver.NamedValue
		if rest == "" {
			values = args
		}
		if err := s.run(values); err != nil {
			c.release(s)
			return err
		}
		c.release(s)
		text = rest
	}
	return nil
}

// run carries out a statement and drops the rows that it returns.
func (s *statement) run(args []driver.NamedValue) error {
	if err := s.bind(args); err != nil {
		return err
	}
	for {
		if row, err := s.Step(); err != nil || !row {
			return err
		}
	}
}

// bind gives a statement its arguments.
func (s *statement) bind(args []driver.NamedValue) error {
	if n := s.BindParamCount(); n != len(args) {
		return fmt.Errorf("%d arguments for the %d of a statement", len(args), n)
	}
	for _, a := range args {
		switch v := a.Value.(type) {
		case nil:
			s.BindNull(a.Ordinal)
		case int64:
			s.BindInt64(a.Ordinal, v)
		case float64:
			s.BindFloat(a.Ordinal, v)
		case bool:
			s.BindBool(a.Ordinal, v)
		case string:
			s.BindText(a.Ordinal, v)
		case []byte:
			if v == nil {
				s.BindNull(a.Ordinal)
			} else {
				s.BindBytes(a.Ordinal, v)
			}
		default:
			return fmt.Errorf("argument %d is a %T, which has no form in a file", a.Ordinal, v)
		}
	}
	return nil
}

// ExecContext implements driver.ExecerContext.
func (c *conn) ExecContext(_ context.Context, text string, args []driver.NamedValue) (driver.Result, error) {
	if err := c.exec(text, args); err != nil {
		return nil, err
	}
	return result{c.native.LastInsertRowID(), int64(c.native.Changes())}, nil
}

// result is what a statement did.
type result struct{ id, rows int64 }

// LastInsertId implements driver.Result.
func (r result) LastInsertId() (int64, error) { return r.id, nil }

// RowsAffected implements driver.Result.
func (r result) RowsAffected() (int64, error) { return r.rows, nil }

// QueryContext implements driver.QueryerContext.
func (c *conn) QueryContext(_ context.Context, text string, args []driver.NamedValue) (driver.Rows, error) {
	s, rest, err := c.take(significant(text))
	if err != nil {
		return nil, err
	}
	r := &rows{conn: c, statement: s}
	if rest != "" {
		err = errors.New("a query is one statement")
	} else {
		err = s.bind(args)
	}
	if err == nil {
		r.ready, err = s.Step() // Now, so that one that fails does so here.
	}
	if err != nil {
		c.release(s)
		return nil, err
	}
	r.columns = make([]string, s.ColumnCount())
	for i := range r.columns {
		r.columns[i] = s.ColumnName(i)
	}
	return r, nil
}

// rows are those of a query.
type rows struct {
	conn      *conn
	statement *statement
	columns   []string
	ready     bool // The statement stands on a row that Next did not return yet.
}

// Columns implements driver.Rows.
func (r *rows) Columns() []string { return r.columns }

// Close implements driver.Rows.
func (r *rows) Close() error {
	r.conn.release(r.statement)
	return nil
}

// Next implements driver.Rows.
func (r *rows) Next(into []driver.Value) error {
	if !r.ready {
		row, err := r.statement.Step()
		if err != nil {
			return err
		}
		if !row {
			return io.EOF
		}
	}
	r.ready = false
	for i := range into {
		into[i] = r.statement.value(i)
	}
	return nil
}

// value returns a column of the row that a statement stands on, as a copy.
func (s *statement) value(i int) driver.Value {
	switch s.ColumnType(i) {
	case native.TypeInteger:
		return s.ColumnInt64(i)
	case native.TypeFloat:
		return s.ColumnFloat(i)
	case native.TypeText:
		return s.ColumnText(i)
	case native.TypeBlob:
		b := make([]byte, s.ColumnLen(i))
		s.ColumnBytes(i, b)
		return b
	default:
		return nil
	}
}

// Prepare implements driver.Conn. What a connection runs it keeps compiled
// anyway.
func (c *conn) Prepare(string) (driver.Stmt, error) {
	return nil, errors.New("statements are kept by their text: run them as they are")
}

// Begin implements driver.Conn.
func (c *conn) Begin() (driver.Tx, error) {
	return c.BeginTx(context.Background(), driver.TxOptions{})
}

// BeginTx implements driver.ConnBeginTx. Every transaction is serializable.
func (c *conn) BeginTx(_ context.Context, opt driver.TxOptions) (driver.Tx, error) {
	text := "BEGIN"
	if c.immediate && !opt.ReadOnly {
		text = "BEGIN IMMEDIATE"
	}
	if err := c.exec(text, nil); err != nil {
		return nil, err
	}
	return tx{c}, nil
}

// tx is the transaction of a connection.
type tx struct{ conn *conn }

// Commit implements driver.Tx. SQLite keeps a transaction open whose commit it
// refuses, while for database/sql every commit ends one.
func (t tx) Commit() error {
	err := t.conn.exec("COMMIT", nil)
	if err != nil {
		err = errors.Join(err, t.Rollback())
	}
	return err
}

// Rollback implements driver.Tx. A transaction that SQLite itself rolled back,
// as for a full disk, is over.
func (t tx) Rollback() error {
	if t.conn.native.AutocommitEnabled() {
		return nil
	}
	return t.conn.exec("ROLLBACK", nil)
}
