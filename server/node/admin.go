package node

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"

	"mychat/server/account"
	"mychat/server/bus"
	"mychat/server/config"
	"mychat/server/store"
)

// Admin is what the administrator's commands work with: the database of a
// server that may be running at the same time, whose nodes notice the ends of
// sessions there within a second.
type Admin struct {
	Accounts *account.Service
	parts    parts
}

// OpenAdmin opens the database that cfg names. Where that is a file, it must
// be there. Call Close.
func OpenAdmin(ctx context.Context, cfg config.Config, log *slog.Logger) (*Admin, error) {
	if !store.IsPostgres(database(cfg)) {
		if _, err := os.Stat(database(cfg)); errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("there is no database at %s; start the server once, or name its folder with --data", database(cfg))
		}
	}
	p, err := openParts(ctx, cfg, bus.Options{Log: log}, Options{Log: log})
	if err != nil {
		return nil, errors.Join(err, p.close())
	}
	return &Admin{Accounts: p.accounts, parts: p}, nil
}

// Stats counts what the database holds.
func (a *Admin) Stats(ctx context.Context) (store.Stats, error) {
	return a.parts.store.Reader(ctx).Stats()
}

// Close closes the database.
func (a *Admin) Close() error { return a.parts.close() }
