package file

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"mychat/protocol"
	"mychat/server/blob"
	"mychat/server/store"
)

// chunkBytes is how much of a part is read, hashed and written at a time.
const chunkBytes = 128 << 10

var chunks = sync.Pool{New: func() any { return new([chunkBytes]byte) }}

// partKey names a part of a file.
type partKey struct {
	file store.ID
	n    int
}

// take is a part that is being taken, by one caller or by several: when a
// connection hangs, its client comes again on another one. The last to come
// goes on; the others notice at their next chunk.
type take struct {
	users int // Under Files.mu.

	mu   sync.Mutex // Held while the staged file is changed, never while a client is waited for.
	turn int        // Of the last that came.
}

// enter returns the take of a part; leave it when done.
func (f *Files) enter(key partKey) *take {
	f.mu.Lock()
	defer f.mu.Unlock()
	t := f.takes[key]
	if t == nil {
		t = &take{}
		f.takes[key] = t
	}
	t.users++
	return t
}

func (f *Files) leave(key partKey, t *take) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if t.users--; t.users == 0 {
		delete(f.takes, key)
	}
}

// errOvertaken is the answer to a client that came again elsewhere.
var errOvertaken = &protocol.Error{Code: protocol.CodeOffset, Detail: "the part goes on over another connection"}

// Put takes the bytes of a part of the user's own open file from body, which
// begin at an offset of the part, and returns how far the part is there then.
// Whatever came before body failed stays, and the part can go on behind it.
//
// ErrNotFound if the user has no such file or it no such part; ErrOffset if the
// beginning is not here; ErrChanged if the part is not the announced one, which
// is dropped then; ErrFull without room; invalid if body goes on beyond the
// part. A part that is there already is a success without reading body.
func (f *Files) Put(ctx context.Context, userID, id string, n int, offset int64, body io.Reader) (protocol.Part, error) {
	user, okUser := store.ParseID(userID)
	key, okFile := store.ParseID(id)
	if !okUser || !okFile {
		return protocol.Part{}, protocol.ErrNotFound
	}
	tx := f.st.Reader(ctx)
	file, err := tx.File(key)
	if errors.Is(err, store.ErrNoRow) || err == nil && file.OwnerID != user {
		return protocol.Part{}, protocol.ErrNotFound
	}
	if err != nil {
		return protocol.Part{}, fmt.Errorf("read file %s: %w", id, err)
	}
	m := protocol.Manifest{Size: file.Bytes}
	if n < 0 || n >= protocol.PartsOf(file.Bytes) {
		return protocol.Part{}, protocol.ErrNotFound
	}
	size := m.PartSize(n)
	there, err := f.there(tx, file, n)
	if err != nil {
		return protocol.Part{}, fmt.Errorf("read file %s: %w", id, err)
	}
	if there {
		return protocol.Part{Part: n, Bytes: size}, nil
	}
	sum, _, err := tx.PartBlob(file.Content, n)
	if err != nil {
		return protocol.Part{}, fmt.Errorf("read file %s: %w", id, err)
	}
	if offset < 0 || offset >= size {
		return protocol.Part{}, protocol.Errorf(protocol.CodeOffset, "the part has %d bytes", size)
	}
	part := partKey{key, n}
	t := f.enter(part)
	defer f.leave(part, t)
	p := &putting{files: f, take: t, part: part, size: size, sum: sum, path: f.staged(part)}
	defer p.close()
	if err := p.begin(offset); err != nil {
		return protocol.Part{}, err
	}
	if err := p.fill(body); err != nil {
		return protocol.Part{}, err
	}
	if p.at < size {
		return protocol.Part{Part: n, Bytes: p.at}, nil
	}
	return protocol.Part{Part: n, Bytes: size}, p.finish(ctx, file)
}

// there reports whether a part of a file is here as a whole.
func (f *Files) there(tx *store.Tx, file store.File, n int) (bool, error) {
	if file.Complete {
		return true, nil
	}
	have, err := tx.FileParts(file.ID)
	return slices.Contains(have, n), err
}

func (f *Files) staged(key partKey) string {
	return filepath.Join(f.opt.Staging, key.file.String(), strconv.Itoa(key.n))
}

// begun returns which parts of a file were begun on this node, ascending.
func (f *Files) begun(file store.ID) ([]protocol.Part, error) {
	entries, err := os.ReadDir(filepath.Join(f.opt.Staging, file.String()))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("staging folder: %w", err)
	}
	var parts []protocol.Part
	for _, e := range entries {
		n, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		if info, err := e.Info(); err == nil && info.Size() > 0 { // Else it was finished meanwhile.
			parts = append(parts, protocol.Part{Part: n, Bytes: info.Size()})
		}
	}
	slices.SortFunc(parts, func(a, b protocol.Part) int { return a.Part - b.Part })
	return parts, nil
}

// putting is one caller's way through a part.
type putting struct {
	files *Files
	take  *take
	part  partKey
	size  int64
	sum   []byte
	path  string

	turn   int
	staged *os.File
	hash   hash.Hash // Of the part's first at bytes.
	at     int64
}

// begin opens the staged file behind its first offset bytes.
func (p *putting) begin(offset int64) error {
	p.take.mu.Lock()
	defer p.take.mu.Unlock()
	p.take.turn++
	p.turn = p.take.turn
	if err := os.MkdirAll(filepath.Dir(p.path), 0o700); err != nil {
		return staging(err)
	}
	var err error
	if p.staged, err = os.OpenFile(p.path, os.O_RDWR|os.O_CREATE, 0o600); err != nil {
		return staging(err)
	}
	info, err := p.staged.Stat()
	if err != nil {
		return staging(err)
	}
	if info.Size() < offset {
		return protocol.Errorf(protocol.CodeOffset, "of the part there are %d bytes here", info.Size())
	}
	if err := p.staged.Truncate(offset); err != nil {
		return staging(err)
	}
	p.hash, p.at = sha256.New(), offset
	if _, err := io.Copy(p.hash, p.staged); err != nil {
		return staging(err)
	}
	return nil
}

// fill takes what body has.
func (p *putting) fill(body io.Reader) error {
	buffer := chunks.Get().(*[chunkBytes]byte)
	defer chunks.Put(buffer)
	for {
		n, err := body.Read(buffer[:])
		if n > 0 {
			if err := p.write(buffer[:n]); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil { // The client is gone, or takes too long; what came is kept.
			return fmt.Errorf("%w: take part: %w", protocol.ErrUnavailable, err)
		}
	}
}

func (p *putting) write(chunk []byte) error {
	if p.at+int64(len(chunk)) > p.size {
		return protocol.Invalid("body", "goes on beyond the part, which has %d bytes", p.size)
	}
	p.hash.Write(chunk)
	p.take.mu.Lock()
	defer p.take.mu.Unlock()
	if p.take.turn != p.turn {
		return errOvertaken
	}
	n, err := p.staged.Write(chunk)
	p.at += int64(n)
	if err != nil {
		return staging(err)
	}
	return nil
}

// staging is the answer where a staged file cannot be written or read.
func staging(err error) error {
	if blob.Full(err) {
		return fmt.Errorf("%w: %w", protocol.ErrFull, err)
	}
	return fmt.Errorf("staging folder: %w", err)
}

func (p *putting) close() {
	if p.staged != nil {
		// What was written is in the file; nothing else hangs on it.
		_ = p.staged.Close()
	}
}

// finish keeps the part if it is the announced one.
func (p *putting) finish(ctx context.Context, file store.File) error {
	p.take.mu.Lock()
	defer p.take.mu.Unlock()
	if p.take.turn != p.turn {
		return errOvertaken
	}
	if !slices.Equal(p.hash.Sum(nil), p.sum) {
		if err := os.Remove(p.path); err != nil {
			return staging(err)
		}
		return protocol.Errorf(protocol.CodeChanged, "part %d is not the one that was announced", p.part.n)
	}
	f := p.files
	key := strings.ToLower(rand.Text())
	if err := f.blobs.Take(ctx, key, p.path); err != nil {
		if errors.Is(err, fs.ErrNotExist) { // The file became complete by another way, and the folder went.
			if now, again := f.st.Reader(ctx).File(file.ID); again == nil && now.Complete {
				return nil
			}
		}
		if errors.Is(err, blob.ErrFull) {
			err = fmt.Errorf("%w: %w", protocol.ErrFull, err)
		}
		return err
	}
	kept, whole := "", false
	err := f.st.Write(ctx, func(tx *store.Tx) error {
		kept, whole = "", false
		now, err := tx.LockFile(file.ID)
		if errors.Is(err, store.ErrNoRow) {
			return protocol.ErrNotFound
		}
		if err != nil || now.Complete {
			return err
		}
		if kept, err = tx.AddPart(file.ID, p.part.n, p.sum, key); err != nil {
			return err
		}
		n, err := tx.CountFileParts(file.ID)
		if err != nil {
			return err
		}
		whole = n == protocol.PartsOf(file.Bytes)
		return tx.SetFileLook(file.ID, whole, f.lookMS(whole))
	})
	if kept != key && (err == nil || errors.Is(err, protocol.ErrNotFound)) {
		f.dropBlobs(ctx, []string{key}) // It was there, or nobody wants it. After a failed commit only Tidy knows.
	}
	if err == nil && whole {
		if err := os.RemoveAll(filepath.Dir(p.path)); err != nil {
			f.opt.Log.Warn("staging folder stays for now", "error", err)
		}
	}
	return err
}

// staleAfter is how long something lies before Tidy asks whether it is needed:
// longer than anything is on its way.
const staleAfter = 24 * time.Hour
