// Package file keeps what users send that is no text: files of any type and
// size, in parts. A file is announced with the hashes of its parts; each part is
// taken by number, beginning at any byte of it, checked, and kept once, whoever
// sends it. It decides who may read which bytes, how much room one user has, and
// what can go.
//
// Half a part waits in the staging folder of the node that took it, and goes on
// from there after a cut connection or a restart. Everything runs on the
// caller's goroutine. What lies where nothing refers to it any more is removed by
// Tidy.
package file

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/oklog/ulid/v2"

	"mychat/protocol"
	"mychat/server/blob"
	"mychat/server/store"
)

// Options configures New. Staging is required.
type Options struct {
	Staging  string                   // Folder for parts that are not whole yet, of this node alone.
	MaxBytes int64                    // Size of one file. 0 means protocol.MaxFileBytes.
	Quota    int64                    // Bytes that the files of one user may take. 0 means no bound.
	Keep     map[string]time.Duration // How long files are kept, by class. 0 means as long as something refers to them.
	Now      func() time.Time         // Nil means time.Now. For times that are stored.
	Log      *slog.Logger             // Nil means slog.Default.
}

// Classes of files that Options.Keep tells apart.
const (
	ClassPicture = "picture"
	ClassSound   = "sound"
	ClassFilm    = "film"
	ClassOther   = "other"
)

// classOf returns the class of a media type.
func classOf(mediaType string) string {
	kind, _, _ := strings.Cut(mediaType, "/")
	switch strings.ToLower(kind) {
	case "image":
		return ClassPicture
	case "audio":
		return ClassSound
	case "video":
		return ClassFilm
	}
	return ClassOther
}

const (
	// openFor is how long a file waits for its next part.
	openFor = 7 * 24 * time.Hour

	// looseFor is how long a complete file waits for something to refer to it.
	looseFor = 24 * time.Hour
)

// Files is safe for concurrent use.
type Files struct {
	st    *store.Store
	blobs blob.Store
	opt   Options
	node  string // Tells this one from others that tidy.
	key   []byte // Signs addresses; the same on all nodes.

	mu    sync.Mutex
	takes map[partKey]*take // Parts that are being taken.
}

// New returns a Files that keeps bytes in blobs.
func New(ctx context.Context, st *store.Store, blobs blob.Store, opt Options) (*Files, error) {
	if opt.MaxBytes == 0 || opt.MaxBytes > protocol.MaxFileBytes {
		opt.MaxBytes = protocol.MaxFileBytes
	}
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if opt.Log == nil {
		opt.Log = slog.Default()
	}
	if err := os.MkdirAll(opt.Staging, 0o700); err != nil {
		return nil, fmt.Errorf("staging folder: %w", err)
	}
	f := &Files{st: st, blobs: blobs, opt: opt, node: ulid.Make().String(), takes: map[partKey]*take{}}
	var err error
	if f.key, err = signingKey(ctx, st); err != nil {
		return nil, fmt.Errorf("key of file addresses: %w", err)
	}
	return f, nil
}

// MaxBytes returns the size that no file exceeds.
func (f *Files) MaxBytes() int64 { return f.opt.MaxBytes }

// Announce makes a file known that its user is about to send, or returns the
// one that has the same client id. If the user may already read a complete file
// with the same bytes, nothing needs to be sent. What others have on the server
// changes no answer.
//
// Errors are those of NewFile.Check, too_large, quota, and ErrIDReused for
// another file under the same client id.
func (f *Files) Announce(ctx context.Context, userID string, n protocol.NewFile) (protocol.File, error) {
	if err := n.Check(); err != nil {
		return protocol.File{}, err
	}
	if n.Manifest.Size > f.opt.MaxBytes {
		return protocol.File{}, protocol.Errorf(protocol.CodeTooLarge, "this server takes files of up to %d bytes", f.opt.MaxBytes)
	}
	user, ok := store.ParseID(userID)
	if !ok {
		return protocol.File{}, protocol.ErrUnauthorized
	}
	client, err := ulid.ParseStrict(n.ClientID)
	if err != nil {
		return protocol.File{}, protocol.Invalid("client_id", "is not a ULID")
	}
	now := f.opt.Now()
	want := store.File{
		ID: store.NewID(now), OwnerID: user, ClientID: client, Content: n.Manifest.Sum(),
		Name: n.Manifest.Name, Type: n.Manifest.Type, Class: classOf(n.Manifest.Type), CreatedMS: now.UnixMilli(), Bytes: n.Manifest.Size,
	}
	var got store.File
	err = f.st.Write(ctx, func(tx *store.Tx) error {
		got, err = f.announce(tx, want, n.Manifest.Sums)
		return err
	})
	if err != nil {
		return protocol.File{}, err
	}
	return f.describe(ctx, got, n.Manifest.Sums)
}

// announce returns the file that its owner knows under want's client id, made
// of want if there is none.
func (f *Files) announce(tx *store.Tx, want store.File, sums []byte) (store.File, error) {
	// One at a time of each user: the second sees the room that the first took.
	if users, err := tx.LockUsers(want.OwnerID); err != nil || len(users) == 0 {
		return want, errors.Join(err, protocol.ErrUnauthorized)
	}
	had, err := tx.FileOf(want.OwnerID, want.ClientID)
	switch {
	case errors.Is(err, store.ErrNoRow):
	case err != nil:
		return want, err
	case !bytes.Equal(had.Content, want.Content) || had.Name != want.Name || had.Type != want.Type:
		return want, protocol.ErrIDReused
	default:
		return had, nil
	}
	if f.opt.Quota > 0 {
		if err := f.checkRoom(tx, want); err != nil {
			return want, err
		}
	}
	if err := tx.InsertContent(want.Content, want.Bytes, sums); err != nil {
		return want, err
	}
	want.Complete = len(sums) == 0
	if !want.Complete {
		if want.Complete, err = tx.HasContent(want.OwnerID, want.Content); err != nil {
			return want, err
		}
	}
	want.LookMS = f.lookMS(want.Complete)
	return want, tx.InsertFile(want)
}

// checkRoom returns a quota Error if want does not fit into what is left to its
// owner.
func (f *Files) checkRoom(tx *store.Tx, want store.File) error {
	used, err := tx.FileRoomWith(want.OwnerID, want.Content, want.Bytes)
	if err == nil && used > f.opt.Quota {
		err = protocol.Errorf(protocol.CodeQuota, "with this file yours would take %d bytes, and %d is what you have", used, f.opt.Quota)
	}
	return err
}

// lookMS is when a file is to be looked at again that something just happened to.
func (f *Files) lookMS(complete bool) int64 {
	if complete {
		return f.opt.Now().Add(looseFor).UnixMilli()
	}
	return f.opt.Now().Add(openFor).UnixMilli()
}

// File returns what is here of a file that the user may read, or ErrNotFound.
func (f *Files) File(ctx context.Context, userID, id string) (protocol.File, error) {
	file, err := f.readable(ctx, userID, id)
	if err != nil {
		return protocol.File{}, err
	}
	sums, err := f.st.Reader(ctx).ContentSums(file.Content)
	if err != nil {
		return protocol.File{}, fmt.Errorf("read file %s: %w", id, err)
	}
	return f.describe(ctx, file, sums)
}

// readable returns a file that the user may read, or ErrNotFound: whether there
// are others is nobody's business.
func (f *Files) readable(ctx context.Context, userID, id string) (store.File, error) {
	user, okUser := store.ParseID(userID)
	key, okFile := store.ParseID(id)
	if !okUser || !okFile {
		return store.File{}, protocol.ErrNotFound
	}
	tx := f.st.Reader(ctx)
	file, err := tx.File(key)
	if err == nil && file.OwnerID != user {
		var may bool
		may, err = tx.MayReadFile(user, key)
		if err == nil && !may {
			return store.File{}, protocol.ErrNotFound
		}
	}
	if errors.Is(err, store.ErrNoRow) {
		return store.File{}, protocol.ErrNotFound
	}
	if err != nil {
		return store.File{}, fmt.Errorf("read file %s: %w", id, err)
	}
	return file, nil
}

// describe returns a file as it is on the wire.
func (f *Files) describe(ctx context.Context, file store.File, sums []byte) (protocol.File, error) {
	w := protocol.File{
		ID: file.ID.String(), State: protocol.FileComplete,
		Manifest: protocol.Manifest{Name: file.Name, Type: file.Type, Size: file.Bytes, Sums: sums},
	}
	if file.Complete {
		return w, nil
	}
	w.State = protocol.FileOpen
	have, err := f.st.Reader(ctx).FileParts(file.ID)
	if err != nil {
		return protocol.File{}, fmt.Errorf("read file %s: %w", w.ID, err)
	}
	w.Have = ranges(have)
	w.Begun, err = f.begun(file.ID)
	w.Begun = slices.DeleteFunc(w.Begun, func(p protocol.Part) bool { return slices.Contains(have, p.Part) })
	return w, err
}

// ranges joins ascending numbers.
func ranges(list []int) []protocol.PartRange {
	var out []protocol.PartRange
	for _, n := range list {
		if last := len(out) - 1; last >= 0 && out[last].To == n {
			out[last].To++
			continue
		}
		out = append(out, protocol.PartRange{From: n, To: n + 1})
	}
	return out
}

// Room returns how much room a user's files take, and what they may.
func (f *Files) Room(ctx context.Context, userID string) (protocol.Room, error) {
	user, ok := store.ParseID(userID)
	if !ok {
		return protocol.Room{}, protocol.ErrUnauthorized
	}
	used, err := f.st.Reader(ctx).FileRoom(user)
	if err != nil {
		return protocol.Room{}, fmt.Errorf("room of %s: %w", userID, err)
	}
	return protocol.Room{UsedBytes: used, QuotaBytes: f.opt.Quota, MaxFileBytes: f.opt.MaxBytes}, nil
}

// Delete gives up a file of the user's own. One that a message still names
// stays with it; one that is not there is a success.
func (f *Files) Delete(ctx context.Context, userID, id string) error {
	user, okUser := store.ParseID(userID)
	key, okFile := store.ParseID(id)
	if !okUser || !okFile {
		return nil
	}
	err := f.remove(ctx, key, func(tx *store.Tx, file store.File) (bool, error) {
		if file.OwnerID != user {
			return false, nil
		}
		serves, err := tx.FileServes(key)
		return !serves, err
	})
	if err != nil {
		return fmt.Errorf("delete file %s: %w", id, err)
	}
	return nil
}

// remove deletes a file, and the bytes that nothing else needs, if may agrees
// once the file is locked.
func (f *Files) remove(ctx context.Context, id store.ID, may func(*store.Tx, store.File) (bool, error)) error {
	var blobs []string
	gone := false
	err := f.st.Write(ctx, func(tx *store.Tx) error {
		blobs, gone = nil, false
		file, err := tx.LockFile(id)
		if err != nil {
			if errors.Is(err, store.ErrNoRow) {
				return nil
			}
			return err
		}
		if gone, err = may(tx, file); err != nil || !gone {
			return err
		}
		blobs, err = tx.DeleteFile(file)
		return err
	})
	if err != nil || !gone {
		return err
	}
	f.dropBlobs(ctx, blobs)
	// Nobody takes parts of it any more: Put asks for the row first.
	return os.RemoveAll(filepath.Join(f.opt.Staging, id.String()))
}

// dropBlobs deletes bytes that nothing needs. Those that stay for an error are
// found by Tidy.
func (f *Files) dropBlobs(ctx context.Context, keys []string) {
	for _, key := range keys {
		if err := f.blobs.Delete(ctx, key); err != nil {
			f.opt.Log.Warn("bytes of a file stay for now", "error", err)
		}
	}
}
