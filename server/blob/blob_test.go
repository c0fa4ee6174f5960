package blob_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mychat/server/blob"
	"mychat/server/blob/blobtest"
)

func TestStores(t *testing.T) { blobtest.Each(t, blobtest.Test) }

func TestNobodyElseEntersTheFolder(t *testing.T) {
	root := filepath.Join(t.TempDir(), "files")
	st, err := blob.OpenFolder(root)
	if err != nil {
		t.Fatal(err)
	}
	if err := st.Take(t.Context(), "abcd", blobtest.File(t, []byte("x"))); err != nil {
		t.Fatal(err)
	}
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v", path, info.Mode())
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// TestFromAnotherFileSystem moves a file that cannot be renamed into the folder.
func TestFromAnotherFileSystem(t *testing.T) {
	const memory = "/dev/shm"
	dir, err := os.MkdirTemp(memory, "mychat-blob-")
	if err != nil {
		t.Skip("there is no second file system: ", err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	st, err := blob.OpenFolder(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	content := blobtest.Bytes(1, 100_000)
	path := filepath.Join(dir, "part")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := st.Take(t.Context(), "abcd", path); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("it is still there: %v", err)
	}
	r, err := st.Open(t.Context(), "abcd", 0, 100_000)
	if err != nil {
		t.Fatal(err)
	}
	var got bytes.Buffer
	if _, err := got.ReadFrom(r); err != nil || !bytes.Equal(got.Bytes(), content) {
		t.Errorf("%d bytes, %v", got.Len(), err)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
}

func TestABucketThatCannotBeUsed(t *testing.T) {
	there := blobtest.Service(t, "files")
	for _, tt := range []struct {
		name, want string
		change     func(*blob.BucketOptions)
	}{
		{"no bucket", "make it first", func(o *blob.BucketOptions) { o.Name = "others" }},
		{"no address", "https://host", func(o *blob.BucketOptions) { o.URL = "files.example" }},
		{"a path", "https://host", func(o *blob.BucketOptions) { o.URL += "/files" }},
		{"nobody there", "files", func(o *blob.BucketOptions) { o.URL = "http://127.0.0.1:1" }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			opt := there
			tt.change(&opt)
			_, err := blob.OpenBucket(t.Context(), opt)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%v", err)
			}
			if err != nil && strings.Contains(err.Error(), opt.SecretKey) {
				t.Errorf("the secret is in %v", err)
			}
		})
	}
}
