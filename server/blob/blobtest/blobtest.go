// Package blobtest holds a blob.Store to what the interface says, and runs an
// S3 service in the test's own process.
package blobtest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"

	"mychat/server/blob"
)

// Each runs test on a Folder and on a Bucket, both empty.
func Each(t *testing.T, test func(t *testing.T, st blob.Store)) {
	t.Run("folder", func(t *testing.T) {
		st, err := blob.OpenFolder(filepath.Join(t.TempDir(), "files"))
		if err != nil {
			t.Fatal(err)
		}
		test(t, st)
	})
	t.Run("bucket", func(t *testing.T) {
		st, err := blob.OpenBucket(t.Context(), Service(t, "files"))
		if err != nil {
			t.Fatal(err)
		}
		test(t, st)
	})
}

// Service runs an S3 service with one empty bucket until t ends, and returns how
// to open it.
func Service(t testing.TB, bucket string) blob.BucketOptions {
	t.Helper()
	backend := s3mem.New()
	if err := backend.CreateBucket(bucket); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(gofakes3.New(backend).Server())
	t.Cleanup(server.Close)
	return blob.BucketOptions{
		URL: server.URL, Region: "us-east-1", Name: bucket, Prefix: "mychat/", AccessKey: "key", SecretKey: "secret of the test",
	}
}

// File writes bytes to a new file and returns its path.
func File(t testing.TB, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "part")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// Bytes returns n bytes that look like none before.
func Bytes(seed uint64, n int) []byte {
	var key [32]byte
	key[0], key[1] = byte(seed), byte(seed>>8)
	out := make([]byte, n)
	_, _ = rand.NewChaCha8(key).Read(out) // Never fails.
	return out
}

// Test holds an empty store to the interface.
func Test(t *testing.T, st blob.Store) {
	t.Run("bytes come back", func(t *testing.T) { testBytes(t, st) })
	t.Run("a second blob takes the first one's place", func(t *testing.T) { testReplace(t, st) })
	t.Run("what is not there", func(t *testing.T) { testMissing(t, st) })
	t.Run("no key", func(t *testing.T) { testKeys(t, st) })
	t.Run("many at once", func(t *testing.T) { testMany(t, st) })
	t.Run("an ended context", func(t *testing.T) { testEnded(t, st) })
}

func take(t *testing.T, st blob.Store, key string, content []byte) {
	t.Helper()
	path := File(t, content)
	if err := st.Take(t.Context(), key, path); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the file that was taken is still there: %v", err)
	}
}

func read(t *testing.T, st blob.Store, key string, offset, n int64) ([]byte, error) {
	t.Helper()
	r, err := st.Open(t.Context(), key, offset, n)
	if err != nil {
		return nil, err
	}
	content, err := io.ReadAll(r)
	return content, errors.Join(err, r.Close())
}

func testBytes(t *testing.T, st blob.Store) {
	for _, size := range []int{1, 1000, 4<<20 - 1, 4 << 20} {
		content := Bytes(uint64(size), size)
		key := "bytes" + string(rune('a'+size%7))
		take(t, st, key, content)
		for _, tt := range []struct{ offset, n int }{{0, size}, {0, size / 2}, {size / 3, size / 2}, {size / 3, size - size/3}, {size, 0}, {0, 0}} {
			got, err := read(t, st, key, int64(tt.offset), int64(tt.n))
			if err != nil || !bytes.Equal(got, content[tt.offset:tt.offset+tt.n]) {
				t.Errorf("%d bytes from %d of %d: got %d, %v", tt.n, tt.offset, size, len(got), err)
			}
		}
		for _, tt := range []struct{ offset, n int }{{0, size + 1}, {size, 1}, {size + 1, 0}, {size + 1, 1}, {-1, 1}, {0, -1}} {
			if got, err := read(t, st, key, int64(tt.offset), int64(tt.n)); !errors.Is(err, blob.ErrRange) {
				t.Errorf("%d bytes from %d of %d: got %d, %v, want ErrRange", tt.n, tt.offset, size, len(got), err)
			}
		}
	}
}

func testReplace(t *testing.T, st blob.Store) {
	take(t, st, "twice", []byte("the first, which is longer"))
	take(t, st, "twice", []byte("the second"))
	if got, err := read(t, st, "twice", 0, 10); err != nil || string(got) != "the second" {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := read(t, st, "twice", 0, 11); !errors.Is(err, blob.ErrRange) {
		t.Errorf("after its end: %v", err)
	}
}

func testMissing(t *testing.T, st blob.Store) {
	for _, n := range []int64{0, 1} {
		if _, err := st.Open(t.Context(), "missing", 0, n); !errors.Is(err, blob.ErrNotFound) {
			t.Errorf("open %d bytes: %v", n, err)
		}
	}
	if err := st.Delete(t.Context(), "missing"); err != nil {
		t.Errorf("delete: %v", err)
	}
	if err := st.Take(t.Context(), "missing", filepath.Join(t.TempDir(), "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("take: %v", err)
	}
	take(t, st, "gone", []byte("soon"))
	if err := st.Delete(t.Context(), "gone"); err != nil {
		t.Fatal(err)
	}
	if _, err := st.Open(t.Context(), "gone", 0, 4); !errors.Is(err, blob.ErrNotFound) {
		t.Errorf("open what is deleted: %v", err)
	}
}

func testKeys(t *testing.T, st blob.Store) {
	path := File(t, []byte("x"))
	for _, key := range []string{"", "abc", "../../etc/passwd", "ab/cdef", "ab..", "ABCD", "ab cd", "ab\x00cd", "äbcd", string(bytes.Repeat([]byte("a"), 65))} {
		_, err := st.Open(t.Context(), key, 0, 1)
		for what, err := range map[string]error{"take": st.Take(t.Context(), key, path), "open": err, "delete": st.Delete(t.Context(), key)} {
			if !errors.Is(err, blob.ErrKey) {
				t.Errorf("%s %q: %v, want ErrKey", what, key, err)
			}
		}
	}
	if _, err := os.Stat(path); err != nil {
		t.Errorf("the file of a key that is none: %v", err)
	}
}

func testMany(t *testing.T, st blob.Store) {
	const many = 40
	began := time.Now()
	var all sync.WaitGroup
	for i := range many {
		all.Go(func() {
			key := "many" + string(rune('a'+i%26)) + string(rune('a'+i/26))
			content := Bytes(uint64(i), 10_000+i)
			take(t, st, key, content)
			if got, err := read(t, st, key, 0, int64(len(content))); err != nil || !bytes.Equal(got, content) {
				t.Errorf("%s: %d bytes, %v", key, len(got), err)
			}
		})
	}
	all.Wait()
	var found []string
	for info, err := range st.List(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if len(info.Key) != 6 || info.Key[:4] != "many" {
			continue
		}
		found = append(found, info.Key)
		if info.Bytes < 10_000 || info.Bytes >= 10_000+many || info.Written.Before(began.Add(-time.Minute)) || info.Written.After(time.Now().Add(time.Minute)) {
			t.Errorf("listed as %+v", info)
		}
	}
	slices.Sort(found)
	if len(slices.Compact(found)) != many {
		t.Errorf("%d of %d are listed", len(found), many)
	}
	for _, err := range st.List(t.Context()) {
		if err != nil {
			t.Error(err)
		}
		break // Whoever looks for one need not see all.
	}
}

func testEnded(t *testing.T, st blob.Store) {
	take(t, st, "ended", []byte("here"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	path := File(t, []byte("x"))
	_, err := st.Open(ctx, "ended", 0, 4)
	for what, err := range map[string]error{"take": st.Take(ctx, "after", path), "open": err, "delete": st.Delete(ctx, "ended")} {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if got, err := read(t, st, "ended", 0, 4); err != nil || string(got) != "here" {
		t.Errorf("afterwards: %q, %v", got, err)
	}
}
