package store

import (
	"context"
	"fmt"
	"path/filepath"

	"mychat/sqlite"
)

// pageBytes is SQLite's page size, which Options.MaxBytes is counted in.
const pageBytes = 4096

// readers is how many connections read a SQLite file at once.
const readers = 4

func (s *Store) openSQLite(ctx context.Context, path string, opt Options) error {
	path, err := filepath.Abs(path)
	if err != nil {
		return fmt.Errorf("open database: %w", err)
	}
	if err := sqlite.Create(path); err != nil {
		return fmt.Errorf("open database: %w", err)
	}
	common := []string{"synchronous(FULL)", "cache_size(-16000)", "journal_size_limit(67108864)"}
	write := sqlite.Options{Pragmas: common}
	if opt.MaxBytes > 0 {
		write.Pragmas = append(write.Pragmas, fmt.Sprintf("max_page_count(%d)", max(opt.MaxBytes/pageBytes, 1)))
	}
	if s.writer, err = sqlite.Open(path, write); err != nil {
		return fmt.Errorf("open database: %w", err)
	}
	if s.reader, err = sqlite.Open(path, sqlite.Options{Conns: readers, ReadOnly: true, Pragmas: common}); err != nil {
		return fmt.Errorf("open database: %w", err)
	}
	return s.migrate(ctx, path)
}
