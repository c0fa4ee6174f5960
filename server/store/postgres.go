package store

import (
	"context"
	"encoding/hex"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/pressly/goose/v3"
	"gorm.io/driver/postgres"
	"gorm.io/gorm"
)

func (s *Store) openPostgres(ctx context.Context, dsn string, _ Options) error {
	name := "postgres"
	if u, err := url.Parse(dsn); err == nil {
		name = u.Redacted() // Without the password, for messages.
	}
	db, err := gorm.Open(postgres.New(postgres.Config{DSN: dsn}), gormConfig())
	if err != nil {
		return fmt.Errorf("open database %s: %w", name, err)
	}
	s.writer, s.reader = db, db
	pool, err := db.DB()
	if err != nil {
		return fmt.Errorf("open database %s: %w", name, err)
	}
	pool.SetMaxOpenConns(pgConns)
	pool.SetMaxIdleConns(pgConns)
	pool.SetConnMaxIdleTime(5 * time.Minute)
	return s.migrate(ctx, name, goose.DialectPostgres, "migrations/postgres")
}

// pgArray is a PostgreSQL array literal. It is one parameter, where gorm would
// expand a slice into many.
type pgArray string

func int64s[T ~int64](list []T) pgArray {
	var b strings.Builder
	b.WriteByte('{')
	for i, n := range list {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(strconv.FormatInt(int64(n), 10))
	}
	b.WriteByte('}')
	return pgArray(b.String())
}

func bools(list []bool) pgArray {
	var b strings.Builder
	b.WriteByte('{')
	for i, v := range list {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(strconv.FormatBool(v))
	}
	b.WriteByte('}')
	return pgArray(b.String())
}

func blobs(list [][]byte) pgArray {
	var b strings.Builder
	b.WriteByte('{')
	for i, v := range list {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(`"\\x`)
		b.WriteString(hex.EncodeToString(v))
		b.WriteByte('"')
	}
	b.WriteByte('}')
	return pgArray(b.String())
}

var pgQuote = strings.NewReplacer(`\`, `\\`, `"`, `\"`)

func texts(list []string) pgArray {
	var b strings.Builder
	b.WriteByte('{')
	for i, v := range list {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('"')
		_, _ = pgQuote.WriteString(&b, v) // A strings.Builder takes everything.
		b.WriteByte('"')
	}
	b.WriteByte('}')
	return pgArray(b.String())
}
