package store

import (
	"database/sql"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"gorm.io/gorm/schema"
)

// The statements of this package are whole as they are written, so they go to
// the database without gorm in between: to copy each and to look up its columns
// again for each row was a third of what a returning device cost. What gorm
// knows of a struct's columns is asked once.

// query runs a statement that returns rows. Errors are not classified.
func (tx *Tx) query(text string, args ...any) (*sql.Rows, error) {
	on := tx.db.Statement
	return on.ConnPool.QueryContext(on.Context, tx.placed(text), args...)
}

// exec runs a statement and returns how many rows it changed.
func (tx *Tx) exec(text string, args ...any) (int64, error) {
	on := tx.db.Statement
	res, err := on.ConnPool.ExecContext(on.Context, tx.placed(text), args...)
	if err != nil {
		return 0, classify(err)
	}
	n, err := res.RowsAffected()
	return n, classify(err)
}

// placed returns a statement with its parameters, written as ?, as the database
// wants them. None of the statements has a ? in a string or an operator.
func (tx *Tx) placed(text string) string {
	if !tx.pg {
		return text
	}
	var b strings.Builder
	b.Grow(len(text) + 16)
	for n := 1; ; n++ {
		before, after, found := strings.Cut(text, "?")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		b.WriteByte('$')
		b.WriteString(strconv.Itoa(n))
		text = after
	}
}

// one scans a query that asks for at most one row, and returns ErrNoRow for
// none.
func one[T any](tx *Tx, text string, args ...any) (T, error) {
	list, err := many[T](tx, text, args...)
	if err != nil || len(list) == 0 {
		var zero T
		return zero, firstError(err, ErrNoRow)
	}
	return list[0], nil
}

// many scans any number of rows into values, or into structs by the names of
// the columns. NULL is the zero value. The slice is never nil.
func many[T any](tx *Tx, text string, args ...any) (list []T, err error) {
	list = []T{}
	rows, err := tx.query(text, args...)
	if err != nil {
		return list, classify(err)
	}
	defer func() { err = classify(firstError(err, rows.Close())) }()
	cells, fields, err := tx.cells(reflect.TypeFor[T](), rows)
	if err != nil {
		return list, err
	}
	for rows.Next() {
		var zero T
		list = append(list, zero)
		row := reflect.ValueOf(&list[len(list)-1]).Elem()
		for i, at := range fields {
			cell := cells[i].(*cell)
			cell.to = row
			if at != nil {
				cell.to = row.FieldByIndex(at)
			}
		}
		if err := rows.Scan(cells...); err != nil {
			return []T{}, err
		}
	}
	return list, rows.Err()
}

// cells returns a *cell for each column of rows, and the field of t that it
// belongs to; nil means t itself.
func (tx *Tx) cells(t reflect.Type, rows *sql.Rows) (cells []any, fields [][]int, err error) {
	columns, err := rows.Columns()
	if err != nil {
		return nil, nil, err
	}
	fields = make([][]int, len(columns))
	if t.Kind() == reflect.Struct {
		known, err := schema.Parse(reflect.New(t).Interface(), tx.schemas, tx.db.NamingStrategy)
		if err != nil {
			return nil, nil, fmt.Errorf("read %s: %w", t, err)
		}
		for i, c := range columns {
			f := known.FieldsByDBName[c]
			if f == nil {
				return nil, nil, fmt.Errorf("read %s: it has no field for %s", t, c)
			}
			fields[i] = f.StructField.Index
		}
	} else if len(columns) != 1 {
		return nil, nil, fmt.Errorf("read %s: there are %d columns", t, len(columns))
	}
	cells = make([]any, len(columns))
	all := make([]cell, len(columns))
	for i := range all {
		cells[i] = &all[i]
	}
	return cells, fields, nil
}

// cell is a value of a row. Unlike a pointer to it, it takes NULL.
type cell struct {
	to reflect.Value
}

// Scan implements sql.Scanner.
func (c *cell) Scan(from any) error {
	if from == nil {
		c.to.SetZero()
		return nil
	}
	if own, ok := c.to.Addr().Interface().(sql.Scanner); ok {
		return own.Scan(from)
	}
	switch v := from.(type) {
	case int64:
		switch c.to.Kind() {
		case reflect.Int, reflect.Int64:
			c.to.SetInt(v)
			return nil
		case reflect.Bool: // SQLite has no other.
			c.to.SetBool(v != 0)
			return nil
		}
	case bool:
		if c.to.Kind() == reflect.Bool {
			c.to.SetBool(v)
			return nil
		}
	case string:
		return c.text(v)
	case []byte:
		if c.to.Kind() == reflect.Slice && c.to.Type().Elem().Kind() == reflect.Uint8 {
			c.to.SetBytes(append([]byte{}, v...)) // The driver's are its own.
			return nil
		}
		return c.text(string(v))
	}
	return c.mismatch(from)
}

func (c *cell) text(v string) error {
	switch c.to.Kind() {
	case reflect.String:
		c.to.SetString(v)
		return nil
	case reflect.Slice:
		if c.to.Type().Elem().Kind() == reflect.Uint8 {
			c.to.SetBytes([]byte(v))
			return nil
		}
	case reflect.Int, reflect.Int64: // PostgreSQL's sums are of a type that has no other form.
		n, err := strconv.ParseInt(v, 10, 64)
		if err == nil {
			c.to.SetInt(n)
		}
		return err
	}
	return c.mismatch(v)
}

func (c *cell) mismatch(from any) error {
	return fmt.Errorf("%T is not read into %s", from, c.to.Type())
}
