// Package blob keeps the bytes of files: in a folder, or in a bucket of an
// S3-compatible service. A blob is a run of bytes, one or more, under a key
// that its owner chose, written once and never changed. What the bytes are, who may read them
// and when they can go is decided elsewhere.
//
// A Store is safe for concurrent use and starts no goroutine.
package blob

import (
	"context"
	"errors"
	"io"
	"iter"
	"strings"
	"time"
)

// Store keeps blobs. Folder and Bucket are the two; package blobtest holds both
// to what is said here.
type Store interface {
	// Take keeps the file at path as the blob of key, and the file is gone
	// then. After it returns, the blob outlives the process and, in a folder,
	// the machine. A second blob under the same key takes the place of the
	// first. On an error there is no new blob, and the file may be gone.
	Take(ctx context.Context, key, path string) error

	// Open returns n bytes of a blob from an offset on; the caller closes it.
	// It returns ErrNotFound, and ErrRange for bytes that the blob does not
	// have.
	Open(ctx context.Context, key string, offset, n int64) (io.ReadCloser, error)

	// Delete removes a blob. One that is not there is no error.
	Delete(ctx context.Context, key string) error

	// List yields all blobs, in no order, and ends with the first error. What
	// comes or goes meanwhile may be among them or not.
	List(ctx context.Context) iter.Seq2[Info, error]
}

// Info is what a Store knows of a blob without reading it.
type Info struct {
	Key     string
	Bytes   int64
	Written time.Time
}

var (
	// ErrNotFound is returned for a key without a blob.
	ErrNotFound = errors.New("there is no such blob")

	// ErrRange is returned for bytes before the beginning of a blob or after
	// its end.
	ErrRange = errors.New("the blob does not have these bytes")

	// ErrFull is returned when there is no room for another blob. There may be
	// later.
	ErrFull = errors.New("there is no room for the blob")

	// ErrKey is returned for what cannot be a key.
	ErrKey = errors.New("a key has 4 to 64 of a-z and 0-9")
)

// checkKey returns ErrKey for what is no key. Keys become names of files, so
// nothing else may stand in them.
func checkKey(key string) error {
	if !isKey(key) {
		return ErrKey
	}
	return nil
}

func isKey(s string) bool {
	return len(s) >= 4 && len(s) <= 64 && !strings.ContainsFunc(s, func(c rune) bool {
		return (c < 'a' || c > 'z') && (c < '0' || c > '9')
	})
}
