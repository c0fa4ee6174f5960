package bridge

import (
	"context"
	"os"
	"path/filepath"

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
	BackedUpMS  int64         `json:"backed_up_ms"` // When the user last made a backup; 0 means never.
	History     HistoryState  `json:"history"`
	Healed      *store.Healed `json:"healed,omitempty"` // What was mended, until ForgetHealed.
	Job         *JobState     `json:"job,omitempty"`    // What runs, or ran last.
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
		backedUp, err := e.BackedUp(ctx)
		if err != nil {
			return StorageState{}, err
		}
		healed, err := e.Healed(ctx)
		return StorageState{
			Dir: e.Dir(), DataBytes: on.DataBytes, CopyBytes: on.CopyBytes, AsideBytes: on.AsideBytes, FreeBytes: free,
			CopiedMS: on.CopiedMS, CopySkipped: on.CopySkipped, BackedUpMS: backedUp,
			History: HistoryState(h), Healed: healed, Job: s.app.job(e.Job()),
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

// JobState is a piece of work that takes a while, such as an export.
type JobState struct {
	ID       int64  `json:"id"`
	Kind     string `json:"kind"`  // export or backup.
	State    string `json:"state"` // choosing, running, done, cancelled or failed.
	Done     int64  `json:"done"`
	Total    int64  `json:"total"`
	Path     string `json:"path"`     // What was made, when it is done.
	Download bool   `json:"download"` // The page takes it from where the host serves it.
	Error    *Error `json:"error,omitempty"`
}

// ExportRequest asks for an export.
type ExportRequest struct {
	ConversationID string `json:"conversation_id"` // "" means all.
	Language       string `json:"language"`        // Of what the export says itself.
}

// JobRequest names a piece of work.
type JobRequest struct {
	ID int64 `json:"id"`
}

// downloads is the folder, in the data folder, of what the page takes.
const downloads = "downloads"

// job is a job as the page sees it; nil where there was none.
func (a *App) job(j engine.Job) *JobState {
	if j.ID == 0 {
		return nil
	}
	out := &JobState{ID: j.ID, Kind: j.Kind, State: j.State, Done: j.Done, Total: j.Total, Path: j.Path}
	out.Download = a.opt.Folder == nil && j.State == engine.JobDone
	if j.State == engine.JobFailed {
		p := j.Problem
		out.Error = &Error{Code: p.Code, Message: p.Message}
	}
	return out
}

// StartExport begins to write a conversation, or all, for people and programs
// to read. It asks the user for a folder where the host can; what comes of it
// is the State's job.
func (s *Storage) StartExport(r ExportRequest) (JobState, error) {
	return onEngine(s.app, func(_ context.Context, e *engine.Engine) (JobState, error) {
		j, err := e.Export(s.app.place, engine.ExportOptions{
			ConversationID: r.ConversationID, Language: r.Language, Zip: s.app.opt.Folder == nil,
		})
		if err != nil {
			return JobState{}, err
		}
		return *s.app.job(j), nil
	})
}

// BackupRequest asks for a backup.
type BackupRequest struct {
	Passphrase string `json:"passphrase"` // Without it nobody opens the backup.
}

// StartBackup begins to write all that is here into one file that only the
// passphrase opens. It asks the user for a folder where the host can; what
// comes of it is the State's job.
func (s *Storage) StartBackup(r BackupRequest) (JobState, error) {
	return onEngine(s.app, func(_ context.Context, e *engine.Engine) (JobState, error) {
		j, err := e.Backup(s.app.place, r.Passphrase, s.app.opt.Version)
		if err != nil {
			return JobState{}, err
		}
		return *s.app.job(j), nil
	})
}

// place asks the user where to write, or takes the folder that the host serves.
func (a *App) place(ctx context.Context) (string, error) {
	if a.opt.Folder != nil {
		return a.opt.Folder(ctx)
	}
	dir := filepath.Join(a.opt.Dir, downloads)
	return dir, os.MkdirAll(dir, 0o700)
}

// CancelJob stops the State's job if it is the named one.
func (s *Storage) CancelJob(r JobRequest) error {
	return doEngine(s.app, func(_ context.Context, e *engine.Engine) error {
		e.CancelJob(r.ID)
		return nil
	})
}

// Download opens what a job made for the page to take, and returns its name.
func (a *App) Download(id int64) (f *os.File, name string, err error) {
	if a.opt.Folder != nil {
		return nil, "", os.ErrNotExist
	}
	err = os.ErrNotExist
	a.withCurrent(func(e *engine.Engine) {
		if j := e.Job(); j.ID == id && j.State == engine.JobDone {
			f, err = os.Open(j.Path)
			name = filepath.Base(j.Path)
		}
	})
	return f, name, err
}
