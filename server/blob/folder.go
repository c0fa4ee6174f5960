package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
)

// Folder keeps blobs as files, in up to 1,296 folders by the first two letters
// of their keys.
type Folder struct {
	root string
}

var _ Store = (*Folder)(nil)

// OpenFolder returns the Folder at root, which is made if it is not there.
func OpenFolder(root string) (*Folder, error) {
	if err := os.MkdirAll(root, 0o700); err != nil {
		return nil, fmt.Errorf("folder for files: %w", err)
	}
	return &Folder{root: root}, nil
}

func (f *Folder) path(key string) string { return filepath.Join(f.root, key[:2], key) }

// Take implements Store. A file on the same file system is moved, not copied.
func (f *Folder) Take(ctx context.Context, key, path string) error {
	if err := checkKey(key); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := f.take(key, path); err != nil {
		if Full(err) {
			err = fmt.Errorf("%w: %w", ErrFull, err)
		}
		return fmt.Errorf("keep blob %s: %w", key, err)
	}
	return nil
}

func (f *Folder) take(key, path string) error {
	if err := flush(path); err != nil {
		return err
	}
	to := f.path(key)
	err := os.Rename(path, to)
	if errors.Is(err, fs.ErrNotExist) { // The first of its folder, or no file at path.
		if err := f.makeFolder(filepath.Dir(to)); err != nil {
			return err
		}
		err = os.Rename(path, to)
	}
	if crossing(err) {
		err = f.copy(path, to)
	}
	if err != nil {
		return err
	}
	return flushFolder(filepath.Dir(to))
}

func (f *Folder) makeFolder(dir string) error {
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return flushFolder(f.root)
}

// copy moves a file to another file system.
func (f *Folder) copy(from, to string) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	out, err := os.CreateTemp(filepath.Dir(to), ".moving-*")
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	err = errors.Join(err, out.Sync(), out.Close())
	if err == nil {
		err = os.Rename(out.Name(), to)
	}
	if err != nil {
		return errors.Join(err, os.Remove(out.Name()))
	}
	return os.Remove(from)
}

// flush brings what is in a file to the disk.
func flush(path string) error {
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(file.Sync(), file.Close())
}

// Open implements Store. What it returns for a whole blob, or its end, the
// kernel can copy into a connection by itself.
func (f *Folder) Open(ctx context.Context, key string, offset, n int64) (io.ReadCloser, error) {
	if err := checkKey(key); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	file, err := os.Open(f.path(key))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("blob %s: %w", key, ErrNotFound)
	}
	if err != nil {
		return nil, fmt.Errorf("open blob: %w", err)
	}
	info, err := file.Stat()
	if err == nil && (offset < 0 || n < 0 || offset+n > info.Size()) {
		err = ErrRange
	}
	if err == nil {
		_, err = file.Seek(offset, io.SeekStart)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("blob %s: %w", key, err), file.Close())
	}
	return &part{LimitedReader: io.LimitedReader{R: file, N: n}, file: file}, nil
}

// part is some bytes of an open file.
type part struct {
	io.LimitedReader
	file *os.File
}

// WriteTo implements io.WriterTo, so that a connection sees the file itself.
func (p *part) WriteTo(w io.Writer) (int64, error) {
	return io.Copy(w, &p.LimitedReader)
}

// Close implements io.Closer.
func (p *part) Close() error { return p.file.Close() }

// Delete implements Store.
func (f *Folder) Delete(ctx context.Context, key string) error {
	if err := checkKey(key); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := os.Remove(f.path(key)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("delete blob: %w", err)
	}
	return nil
}

// List implements Store.
func (f *Folder) List(ctx context.Context) iter.Seq2[Info, error] {
	return func(yield func(Info, error) bool) {
		err := filepath.WalkDir(f.root, func(_ string, d fs.DirEntry, err error) error {
			switch {
			case errors.Is(err, fs.ErrNotExist):
				return nil // It went meanwhile.
			case err != nil:
				return err
			case ctx.Err() != nil:
				return ctx.Err()
			case d.IsDir() || !isKey(d.Name()):
				return nil
			}
			info, err := d.Info()
			if err == nil && !yield(Info{Key: d.Name(), Bytes: info.Size(), Written: info.ModTime()}, nil) {
				return fs.SkipAll
			}
			if errors.Is(err, fs.ErrNotExist) {
				err = nil
			}
			return err
		})
		if err != nil {
			yield(Info{}, fmt.Errorf("list blobs: %w", err))
		}
	}
}
