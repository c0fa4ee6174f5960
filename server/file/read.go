package file

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"mychat/protocol"
	"mychat/server/blob"
	"mychat/server/store"
)

// Open returns the bytes of a part, from an offset of it on, of a complete file
// that the user may read, and how many they are. The caller closes it.
// ErrNotFound, or ErrOffset beyond the end.
func (f *Files) Open(ctx context.Context, userID, id string, n int, offset int64) (io.ReadCloser, int64, error) {
	file, err := f.readable(ctx, userID, id)
	if err != nil {
		return nil, 0, err
	}
	if !file.Complete || n < 0 || n >= protocol.PartsOf(file.Bytes) {
		return nil, 0, protocol.ErrNotFound
	}
	m := protocol.Manifest{Size: file.Bytes}
	size := m.PartSize(n)
	if offset < 0 || offset > size {
		return nil, 0, protocol.Errorf(protocol.CodeOffset, "the part has %d bytes", size)
	}
	_, key, err := f.st.Reader(ctx).PartBlob(file.Content, n)
	if errors.Is(err, store.ErrNoRow) || err == nil && key == "" { // Removed just now.
		return nil, 0, protocol.ErrNotFound
	}
	if err != nil {
		return nil, 0, fmt.Errorf("read file %s: %w", id, err)
	}
	r, err := f.openBlob(ctx, key, offset, size-offset)
	return r, size - offset, err
}

func (f *Files) openBlob(ctx context.Context, key string, offset, n int64) (io.ReadCloser, error) {
	r, err := f.blobs.Open(ctx, key, offset, n)
	if errors.Is(err, blob.ErrNotFound) || errors.Is(err, blob.ErrRange) {
		f.opt.Log.Error("bytes of a file are lost", "blob", key, "error", err)
		err = fmt.Errorf("%w: %w", protocol.ErrNotFound, err)
	}
	return r, err
}

// Content is a complete file to be read from any place on. It is not safe for
// concurrent use; close it.
type Content struct {
	Name string
	Type string // The media type that its owner says.
	Size int64
	Made time.Time

	ctx   context.Context
	files *Files
	blobs []string
	at    int64
	open  io.ReadCloser // At at; nil means that nothing is open.
}

var _ io.ReadSeekCloser = (*Content)(nil)

// Content opens a complete file that the user may read, for as long as ctx
// lasts, or returns ErrNotFound.
func (f *Files) Content(ctx context.Context, userID, id string) (*Content, error) {
	file, err := f.readable(ctx, userID, id)
	if err != nil {
		return nil, err
	}
	blobs, err := f.st.Reader(ctx).ContentBlobs(file.Content)
	if err != nil {
		return nil, fmt.Errorf("read file %s: %w", id, err)
	}
	if !file.Complete || len(blobs) != protocol.PartsOf(file.Bytes) {
		return nil, protocol.ErrNotFound
	}
	return &Content{
		Name: file.Name, Type: file.Type, Size: file.Bytes, Made: time.UnixMilli(file.CreatedMS),
		ctx: ctx, files: f, blobs: blobs,
	}, nil
}

// Read implements io.Reader.
func (c *Content) Read(b []byte) (int, error) {
	for c.at < c.Size {
		if c.open == nil {
			n := int(c.at / protocol.PartBytes)
			m := protocol.Manifest{Size: c.Size}
			offset := c.at % protocol.PartBytes
			var err error
			if c.open, err = c.files.openBlob(c.ctx, c.blobs[n], offset, m.PartSize(n)-offset); err != nil {
				return 0, err
			}
		}
		n, err := c.open.Read(b)
		c.at += int64(n)
		if errors.Is(err, io.EOF) { // Of the part.
			err = c.Close()
			if n == 0 && err == nil && c.at%protocol.PartBytes != 0 && c.at < c.Size {
				err = io.ErrUnexpectedEOF
			}
		}
		if n > 0 || err != nil {
			return n, err
		}
	}
	return 0, io.EOF
}

// Seek implements io.Seeker.
func (c *Content) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += c.at
	case io.SeekEnd:
		offset += c.Size
	}
	if offset < 0 {
		return 0, errors.New("seek before the beginning of a file")
	}
	var err error
	if offset != c.at {
		err = c.Close()
	}
	c.at = offset
	return offset, err
}

// Close implements io.Closer. Reading goes on after it by opening again.
func (c *Content) Close() error {
	if c.open == nil {
		return nil
	}
	err := c.open.Close()
	c.open = nil
	return err
}

// AddressLives is how long an address serves.
const AddressLives = time.Hour

// signingKey returns the secret that addresses are signed with.
func signingKey(ctx context.Context, st *store.Store) ([]byte, error) {
	fresh := make([]byte, sha256.Size)
	_, _ = rand.Read(fresh) // Never fails: the runtime ends the process instead.
	var key []byte
	err := st.Write(ctx, func(tx *store.Tx) error {
		var err error
		key, err = tx.Secret("file_address", fresh)
		return err
	})
	return key, err
}

// Address returns for a file that the user may read an address that serves
// without a token for AddressLives, or ErrNotFound. It opens the file as long
// as the user may read it, and nothing else.
func (f *Files) Address(ctx context.Context, userID, id string) (protocol.FileAddress, error) {
	file, err := f.readable(ctx, userID, id)
	if err != nil {
		return protocol.FileAddress{}, err
	}
	if !file.Complete {
		return protocol.FileAddress{}, protocol.ErrNotFound
	}
	until := f.opt.Now().Add(AddressLives).UnixMilli()
	return protocol.FileAddress{
		Path: fmt.Sprintf("%s/%s/content?for=%s&until=%d&sign=%s", protocol.PathFiles, id, userID, until, f.sign(userID, id, until)), ExpiresMS: until,
	}, nil
}

func (f *Files) sign(userID, id string, until int64) string {
	h := hmac.New(sha256.New, f.key)
	fmt.Fprintf(h, "%d:%s%d:%s%d", len(userID), userID, len(id), id, until)
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil))
}

// Signed opens the file of an address that Address gave, or returns
// ErrNotFound, also for one whose time is over.
func (f *Files) Signed(ctx context.Context, userID, id, until, sign string) (*Content, error) {
	ms, err := strconv.ParseInt(until, 10, 64)
	if err != nil || !hmac.Equal([]byte(sign), []byte(f.sign(userID, id, ms))) || ms < f.opt.Now().UnixMilli() {
		return nil, protocol.Errorf(protocol.CodeNotFound, "this address does not serve, or not any more; ask for another")
	}
	return f.Content(ctx, userID, id)
}
