package file

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"mychat/server/store"
)

const (
	// tidyLease is the name of the lease of the node that tidies.
	tidyLease = "files"

	// leaseFor is how long it holds: a node that stops leaves the work to
	// another one then.
	leaseFor = 2 * time.Minute

	// tidyAtOnce is how many files or keys are looked at in one query.
	tidyAtOnce = 200
)

// Tidied is what Tidy removed.
type Tidied struct {
	Files int // Nothing referred to them, nobody finished them, or their time was over.
	Blobs int // Bytes that belonged to no file.
}

// Tidy removes files that nothing refers to any more, that nobody finished, or
// whose class is not kept so long, and bytes that belong to none. One node at a
// time looks at what they share; each tidies its own staging folder.
func (f *Files) Tidy(ctx context.Context) (Tidied, error) {
	var t Tidied
	if err := f.tidyStaging(ctx); err != nil {
		return t, fmt.Errorf("tidy staging folder: %w", err)
	}
	for _, step := range []func(context.Context, *Tidied) error{f.tidyDue, f.tidyOld, f.tidyBlobs} {
		if ours, err := f.lease(ctx); err != nil || !ours {
			return t, err
		}
		if err := step(ctx, &t); err != nil {
			return t, fmt.Errorf("tidy files: %w", err)
		}
	}
	return t, nil
}

// lease reports whether this node is the one that tidies for a while.
func (f *Files) lease(ctx context.Context) (ours bool, err error) {
	err = f.st.Write(ctx, func(tx *store.Tx) error {
		now := f.opt.Now()
		ours, err = tx.TakeLease(tidyLease, f.node, now.UnixMilli(), now.Add(leaseFor).UnixMilli())
		return err
	})
	return ours, err
}

// tidyDue looks at the files whose time to be looked at has come.
func (f *Files) tidyDue(ctx context.Context, t *Tidied) error {
	for {
		nowMS := f.opt.Now().UnixMilli()
		ids, err := f.st.Reader(ctx).FilesToLook(nowMS, tidyAtOnce)
		if err != nil || len(ids) == 0 {
			return err
		}
		for _, id := range ids {
			gone := false
			err := f.remove(ctx, id, func(tx *store.Tx, file store.File) (bool, error) {
				gone = false
				if file.LookMS == 0 || file.LookMS > nowMS {
					return false, nil // Something happened to it since.
				}
				serves, err := tx.FileServes(id)
				if err != nil {
					return false, err
				}
				if serves {
					return false, tx.SetFileLook(id, file.Complete, 0)
				}
				gone = true
				return true, nil
			})
			if err != nil {
				return err
			}
			if gone {
				t.Files++
			}
		}
		if ours, err := f.lease(ctx); err != nil || !ours {
			return err
		}
	}
}

// tidyOld removes the files of classes that are kept for a time only.
func (f *Files) tidyOld(ctx context.Context, t *Tidied) error {
	for class, keep := range f.opt.Keep {
		if keep <= 0 {
			continue
		}
		below := store.FirstID(f.opt.Now().Add(-keep))
		for {
			ids, err := f.st.Reader(ctx).FilesOfClass(class, below, tidyAtOnce)
			if err != nil {
				return err
			}
			if len(ids) == 0 {
				break
			}
			for _, id := range ids {
				if err := f.remove(ctx, id, func(*store.Tx, store.File) (bool, error) { return true, nil }); err != nil {
					return err
				}
				t.Files++
			}
			if ours, err := f.lease(ctx); err != nil || !ours {
				return err
			}
		}
	}
	return nil
}

// tidyBlobs removes bytes that a crash or a failed commit left behind.
func (f *Files) tidyBlobs(ctx context.Context, t *Tidied) error {
	old := f.opt.Now().Add(-staleAfter)
	var keys []string
	ask := func() error {
		unknown, err := f.st.Reader(ctx).UnknownBlobs(keys)
		keys = keys[:0]
		if err != nil {
			return err
		}
		for _, key := range unknown {
			if err := f.blobs.Delete(ctx, key); err != nil {
				return err
			}
			t.Blobs++
		}
		return nil
	}
	for info, err := range f.blobs.List(ctx) {
		if err != nil {
			return err
		}
		if info.Written.After(old) {
			continue
		}
		if keys = append(keys, info.Key); len(keys) == tidyAtOnce {
			if err := ask(); err != nil {
				return err
			}
		}
	}
	return ask()
}

// tidyStaging removes what was staged of files that are complete or gone.
func (f *Files) tidyStaging(ctx context.Context) error {
	folders, err := os.ReadDir(f.opt.Staging)
	if err != nil {
		return err
	}
	for _, e := range folders {
		if err := ctx.Err(); err != nil {
			return err
		}
		id, ok := store.ParseID(e.Name())
		if !ok {
			continue
		}
		file, err := f.st.Reader(ctx).File(id)
		if err != nil && !errors.Is(err, store.ErrNoRow) {
			return err
		}
		if err == nil && !file.Complete {
			continue
		}
		if err := os.RemoveAll(filepath.Join(f.opt.Staging, e.Name())); err != nil {
			return err
		}
	}
	return nil
}
