package engine

import (
	"context"
	"errors"
	"log/slog"
	"testing"
)

// TestOneJobAtATime begins an export whose place is not chosen, which keeps
// another from beginning, and cancels it.
func TestOneJobAtATime(t *testing.T) {
	e := &Engine{mail: newMailbox()}
	e.jobs = NewJobs(slog.Default(), e.mail.touchStorage)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- e.jobs.Run(ctx) }()
	defer func() {
		stop()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("Run = %v", err)
		}
	}()
	asked := make(chan struct{})
	waits := func(ctx context.Context) (string, error) {
		close(asked)
		<-ctx.Done()
		return "", ctx.Err()
	}
	first, err := e.Export(waits, ExportOptions{})
	if err != nil || first.ID != 1 || first.State != JobChoosing {
		t.Fatalf("Export = %+v, %v", first, err)
	}
	<-asked
	if _, err := e.Export(waits, ExportOptions{}); !errors.Is(err, ErrBusy) {
		t.Errorf("Export while one runs = %v, want ErrBusy", err)
	}
	e.CancelJob(7) // Nobody's.
	if j := e.Job(); j.State != JobChoosing {
		t.Errorf("another's cancelling made it %+v", j)
	}
	e.CancelJob(first.ID)
	for e.Job().State == JobChoosing {
		<-e.mail.ready
	}
	if j := e.Job(); j.State != JobCancelled {
		t.Errorf("Job = %+v, want it cancelled", j)
	}
	// The user wants no folder.
	none := func(context.Context) (string, error) { return "", nil }
	if _, err := e.Export(none, ExportOptions{}); err != nil {
		t.Fatal(err)
	}
	for e.Job().State == JobChoosing {
		<-e.mail.ready
	}
	if j := e.Job(); j.ID != 2 || j.State != JobCancelled {
		t.Errorf("Job = %+v, want it cancelled", j)
	}
}
