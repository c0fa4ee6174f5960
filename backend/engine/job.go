package engine

import (
	"context"
	"errors"
	"sync"

	"mychat/backend/archive"
)

// Kinds of Job.
const (
	JobExport = "export"
)

// States of Job.
const (
	JobChoosing  = "choosing"  // The user is asked for a place.
	JobRunning   = "running"   // Done and Total grow.
	JobDone      = "done"      // Path is what was made.
	JobCancelled = "cancelled" // Nothing is left of it.
	JobFailed    = "failed"    // Problem says why; nothing is left of it.
)

// Job is a piece of work that takes longer than anybody waits for an answer.
// One runs at a time.
type Job struct {
	ID      int64 // Grows; 0 means that there was none yet.
	Kind    string
	State   string
	Done    int64 // In pieces of any size.
	Total   int64
	Path    string
	Problem Problem
}

// ErrBusy says that another job is running.
var ErrBusy = errors.New("another export is running")

// Place asks the user for the place of a file or a folder. "" means that they
// want none. It may take as long as it takes.
type Place func(ctx context.Context) (string, error)

// errNoPlace says that the user chose no place.
var errNoPlace = errors.New("no place was chosen")

// jobs is the work of an engine.
type jobs struct {
	start chan func(context.Context)

	mu     sync.Mutex
	now    Job
	cancel context.CancelFunc // Nil while nothing runs.
}

// work runs jobs until ctx ends.
func (e *Engine) work(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case do := <-e.jobs.start:
			do(ctx)
		}
	}
}

// Job returns the job that runs, or the last one that did.
func (e *Engine) Job() Job {
	e.jobs.mu.Lock()
	defer e.jobs.mu.Unlock()
	return e.jobs.now
}

// CancelJob stops the job with an id, if it runs.
func (e *Engine) CancelJob(id int64) {
	e.jobs.mu.Lock()
	defer e.jobs.mu.Unlock()
	if e.jobs.now.ID == id && e.jobs.cancel != nil {
		e.jobs.cancel()
	}
}

// begin lets do run in the background: first it asks for a place, then it
// works and returns the path of what it made.
func (e *Engine) begin(kind string, place Place, do func(ctx context.Context, at string, progress func(done, total int64)) (string, error)) (Job, error) {
	ctx, cancel := context.WithCancel(context.Background())
	e.jobs.mu.Lock()
	defer e.jobs.mu.Unlock()
	if e.jobs.cancel != nil {
		cancel()
		return Job{}, ErrBusy
	}
	e.jobs.now = Job{ID: e.jobs.now.ID + 1, Kind: kind, State: JobChoosing}
	e.jobs.cancel = cancel
	run := func(alive context.Context) {
		stop := context.AfterFunc(alive, cancel)
		defer stop()
		path, err := func() (string, error) {
			at, err := place(ctx)
			if err != nil {
				return "", err
			}
			if at == "" {
				return "", errNoPlace
			}
			e.report(func(j *Job) { j.State = JobRunning })
			return do(ctx, at, func(done, total int64) { e.report(func(j *Job) { j.Done, j.Total = done, total }) })
		}()
		e.settleJob(path, err, ctx.Err() != nil)
	}
	select {
	case e.jobs.start <- run:
	default: // There is room for one, and one at a time is begun.
		panic("engine: a job waits although none runs")
	}
	e.mail.touchStorage()
	return e.jobs.now, nil
}

// report changes what is told of the job that runs.
func (e *Engine) report(change func(*Job)) {
	e.jobs.mu.Lock()
	change(&e.jobs.now)
	e.jobs.mu.Unlock()
	e.mail.touchStorage()
}

// settleJob notes how the job ended.
func (e *Engine) settleJob(path string, err error, cancelled bool) {
	e.report(func(j *Job) {
		e.jobs.cancel()
		e.jobs.cancel = nil
		switch {
		case err == nil:
			j.State, j.Path = JobDone, path
		case cancelled, errors.Is(err, errNoPlace):
			j.State = JobCancelled
		default:
			e.log.Warn("a job failed", "kind", j.Kind, "error", err)
			j.State, j.Problem = JobFailed, ProblemOf(err)
		}
	})
}

// ExportOptions says what Export writes and how.
type ExportOptions = archive.ExportOptions

// Export writes a conversation, or all of them where its id is "", as pages for
// people and JSON for programs into the folder that place returns: as files in
// a folder of their own, or packed into one.
func (e *Engine) Export(place Place, opt ExportOptions) (Job, error) {
	return e.begin(JobExport, place, func(ctx context.Context, dir string, progress func(done, total int64)) (string, error) {
		opt.Progress = progress
		return archive.Export(ctx, e.store, dir, opt)
	})
}
