package bridge

import (
	"context"

	"mychat/backend/engine"
	"mychat/backend/store"
)

// Storage is about what the open account keeps on this machine.
type Storage struct{ app *App }

// StorageState is what the open account takes on this machine's disk, and how
// much of its history is there.
type StorageState struct {
	Dir         string        `json:"dir"`          // The account's folder.
	DataBytes   int64         `json:"data_bytes"`   // Messages and what they are found by.
	CopyBytes   int64         `json:"copy_bytes"`   // The last good copy.
	AsideBytes  int64         `json:"aside_bytes"`  // Damaged files that were set aside.
	FreeBytes   int64         `json:"free_bytes"`   // Room left on the disk; -1 if it is not known.
	CopiedMS    int64         `json:"copied_ms"`    // When the good copy was made or left out; 0 means never.
	CopySkipped string        `json:"copy_skipped"` // Why it was left out: no_room, too_large, or "".
	History     HistoryState  `json:"history"`
	Healed      *store.Healed `json:"healed,omitempty"` // What was mended, until ForgetHealed.
}

// HistoryState is how much of all that the server holds is here.
type HistoryState struct {
	Here   int64 `json:"here"`
	Total  int64 `json:"total"`
	Paused bool  `json:"paused"` // Older history is fetched only where it is opened.
}

// PauseRequest says whether history is to be fetched that nobody opened.
type PauseRequest struct {
	Paused bool `json:"paused"`
}

// State returns what the open account keeps on this machine.
func (s *Storage) State() (StorageState, error) {
	return onEngine(s.app, func(ctx context.Context, e *engine.Engine) (StorageState, error) {
		on, free, err := e.Storage(ctx)
		if err != nil {
			return StorageState{}, err
		}
		h, err := e.History(ctx)
		if err != nil {
			return StorageState{}, err
		}
		healed, err := e.Healed(ctx)
		return StorageState{
			Dir: e.Dir(), DataBytes: on.DataBytes, CopyBytes: on.CopyBytes, AsideBytes: on.AsideBytes, FreeBytes: free,
			CopiedMS: on.CopiedMS, CopySkipped: on.CopySkipped,
			History: HistoryState(h), Healed: healed,
		}, err
	})
}

// PauseHistory stops fetching history that nobody opened, or lets it go on.
func (s *Storage) PauseHistory(r PauseRequest) error {
	return doEngine(s.app, func(ctx context.Context, e *engine.Engine) error { return e.PauseHistory(ctx, r.Paused) })
}

// ForgetHealed notes that the user has read what was mended.
func (s *Storage) ForgetHealed() error {
	return doEngine(s.app, func(ctx context.Context, e *engine.Engine) error { return e.ForgetHealed(ctx) })
}

// Compact gives room that is not used back to the disk.
func (s *Storage) Compact() error {
	return doEngine(s.app, func(ctx context.Context, e *engine.Engine) error { return e.Compact(ctx) })
}
