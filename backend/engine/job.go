package engine

import (
	"context"
	"errors"
	"log/slog"
	"sync"

	"mychat/backend/archive"
)

// Kinds of Job.
const (
	JobExport  = "export"
	JobBackup  = "backup"
	JobRestore = "restore"
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
var ErrBusy = errors.New("another export, backup or restore is running")

// Place asks the user for the place of a file or a folder. "" means that they
// want none. It may take as long as it takes.
type Place func(ctx context.Context) (string, error)

// errNoPlace says that the user chose no place.
var errNoPlace = errors.New("no place was chosen")

// Jobs runs one Job at a time in the background. Its methods are safe for
// concurrent use. Run owns its goroutine's work.
type Jobs struct {
	start chan func(context.Context)
	log   *slog.Logger
	touch func() // Hears that the Job changed.

	mu     sync.Mutex
	now    Job
	cancel context.CancelFunc // Nil while nothing runs.
}

// NewJobs returns Jobs without one. touch hears of each change, from any
// goroutine, with no lock held.
func NewJobs(log *slog.Logger, touch func()) *Jobs {
	return &Jobs{start: make(chan func(context.Context), 1), log: log, touch: touch}
}

// Run runs jobs until ctx ends, which cancels the one that runs, and returns
// ctx's error.
func (j *Jobs) Run(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case do := <-j.start:
			do(ctx)
		}
	}
}

// Job returns the job that runs, or the last one that did.
func (j *Jobs) Job() Job {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.now
}

// Cancel stops the job with an id, if it runs.
func (j *Jobs) Cancel(id int64) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.now.ID == id && j.cancel != nil {
		j.cancel()
	}
}

// Begin lets do run in the background: first it asks for a place, then it
// works and returns the path of what it made.
func (j *Jobs) Begin(kind string, place Place, do func(ctx context.Context, at string, progress func(done, total int64)) (string, error)) (Job, error) {
	now, err := j.begin(kind, place, do)
	if err == nil {
		j.touch()
	}
	return now, err
}

func (j *Jobs) begin(kind string, place Place, do func(ctx context.Context, at string, progress func(done, total int64)) (string, error)) (Job, error) {
	ctx, cancel := context.WithCancel(context.Background())
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.cancel != nil {
		cancel()
		return Job{}, ErrBusy
	}
	j.now = Job{ID: j.now.ID + 1, Kind: kind, State: JobChoosing}
	j.cancel = cancel
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
			j.report(func(job *Job) { job.State = JobRunning })
			return do(ctx, at, func(done, total int64) { j.report(func(job *Job) { job.Done, job.Total = done, total }) })
		}()
		j.settle(path, err, ctx.Err() != nil)
	}
	select {
	case j.start <- run:
	default: // There is room for one, and one at a time is begun.
		panic("engine: a job waits although none runs")
	}
	return j.now, nil
}

// report changes what is told of the job that runs.
func (j *Jobs) report(change func(*Job)) {
	j.mu.Lock()
	change(&j.now)
	j.mu.Unlock()
	j.touch()
}

// settle notes how the job ended.
func (j *Jobs) settle(path string, err error, cancelled bool) {
	j.report(func(job *Job) {
		j.cancel()
		j.cancel = nil
		switch {
		case err == nil:
			job.State, job.Path = JobDone, path
		case cancelled, errors.Is(err, errNoPlace):
			job.State = JobCancelled
		default:
			j.log.Warn("a job failed", "kind", job.Kind, "error", err)
			job.State, job.Problem = JobFailed, ProblemOf(err)
		}
	})
}

// Job returns the engine's job that runs, or the last one that did.
func (e *Engine) Job() Job { return e.jobs.Job() }

// CancelJob stops the engine's job with an id, if it runs.
func (e *Engine) CancelJob(id int64) { e.jobs.Cancel(id) }

// ExportOptions says what Export writes and how.
type ExportOptions = archive.ExportOptions

// Export writes a conversation, or all of them where its id is "", as pages for
// people and JSON for programs into the folder that place returns: as files in
// a folder of their own, or packed into one.
func (e *Engine) Export(place Place, opt ExportOptions) (Job, error) {
	return e.jobs.Begin(JobExport, place, func(ctx context.Context, dir string, progress func(done, total int64)) (string, error) {
		opt.Progress = progress
		return archive.Export(ctx, e.store, dir, opt)
	})
}
