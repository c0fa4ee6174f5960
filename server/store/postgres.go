package store

import (
	"context"
	"encoding/hex"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"gorm.io/driver/postgres"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"
)

func (s *Store) openPostgres(ctx context.Context, dsn string, _ Options) error {
	name := "postgres"
	if u, err := url.Parse(dsn); err == nil {
		name = u.Redacted() // Without the password, for messages.
	}
	db, err := gorm.Open(postgres.New(postgres.Config{DSN: dsn}),
		&gorm.Config{SkipDefaultTransaction: true, DisableAutomaticPing: true, Logger: logger.Discard})
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
	return s.migrate(ctx, name)
}

// pgArray is a PostgreSQL array literal. It is one parameter, where gorm would
// expand a slice into many.
type pgArray string

// array writes a list with what write makes of each element.
func array[T any](list []T, write func(b *strings.Builder, v T)) pgArray {
	var b strings.Builder
	b.WriteByte('{')
	for i, v := range list {
		if i > 0 {
			b.WriteByte(',')
		}
		write(&b, v)
	}
	b.WriteByte('}')
	return pgArray(b.String())
}

func int64s[T ~int64](list []T) pgArray {
	return array(list, func(b *strings.Builder, n T) { b.WriteString(strconv.FormatInt(int64(n), 10)) })
}

func bools(list []bool) pgArray {
	return array(list, func(b *strings.Builder, v bool) { b.WriteString(strconv.FormatBool(v)) })
}

func blobs(list [][]byte) pgArray {
	return array(list, func(b *strings.Builder, v []byte) { b.WriteString(`"\\x` + hex.EncodeToString(v) + `"`) })
}

var pgQuote = strings.NewReplacer(`\`, `\\`, `"`, `\"`)

func texts(list []string) pgArray {
	return array(list, func(b *strings.Builder, v string) { b.WriteString(`"` + pgQuote.Replace(v) + `"`) })
}
