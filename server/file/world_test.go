package file_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/oklog/ulid/v2"

	"mychat/protocol"
	"mychat/server/blob"
	"mychat/server/blob/blobtest"
	"mychat/server/bus"
	"mychat/server/file"
	"mychat/server/store"
	"mychat/server/store/storetest"
	"mychat/server/timeline"
)

// world is a Files on a database and a blob store, with a clock to move and a
// timeline to send messages with.
type world struct {
	*file.Files
	t        testing.TB
	st       *store.Store
	blobs    blob.Store
	opt      file.Options
	timeline *timeline.Timeline
	ahead    atomic.Int64 // How far the clock is, in nanoseconds.
}

// each is eachDatabase, and once more with bytes in a bucket.
func each(t *testing.T, opt file.Options, test func(t *testing.T, w *world)) {
	eachDatabase(t, opt, test)
	t.Run("bucket", func(t *testing.T) {
		blobs, err := blob.OpenBucket(t.Context(), blobtest.Service(t, "files"))
		if err != nil {
			t.Fatal(err)
		}
		test(t, newWorld(t, storetest.Open(t), blobs, opt))
	})
}

func folder(t *testing.T) blob.Store {
	t.Helper()
	blobs, err := blob.OpenFolder(filepath.Join(t.TempDir(), "files"))
	if err != nil {
		t.Fatal(err)
	}
	return blobs
}

// eachDatabase is each with bytes in a folder.
func eachDatabase(t *testing.T, opt file.Options, test func(t *testing.T, w *world)) {
	storetest.Each(t, func(t *testing.T, st *store.Store) { test(t, newWorld(t, st, folder(t), opt)) })
}

func newWorld(t testing.TB, st *store.Store, blobs blob.Store, opt file.Options) *world {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	b, err := bus.Open(t.Context(), bus.Options{Log: log})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	w := &world{t: t, st: st, blobs: blobs}
	now := func() time.Time { return time.Now().Add(time.Duration(w.ahead.Load())) }
	w.timeline = timeline.New(st, b, timeline.Options{Log: log, RecallWithin: time.Hour, ClearForAll: true})
	storetest.Background(t, w.timeline.Run)
	opt.Staging, opt.Now, opt.Log = filepath.Join(t.TempDir(), "staging"), now, log
	w.opt = opt
	w.restart()
	return w
}

// restart makes a new Files of what is on the disk, as a restart does.
func (w *world) restart() {
	w.t.Helper()
	var err error
	if w.Files, err = file.New(w.t.Context(), w.st, w.blobs, w.opt); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) later(d time.Duration) { w.ahead.Add(int64(d)) }

func people(t testing.TB, st *store.Store, n int) []string {
	t.Helper()
	ids := make([]string, n)
	err := st.Write(t.Context(), func(tx *store.Tx) error {
		for i := range ids {
			id := store.NewID(time.Now())
			name := fmt.Sprintf("user_%d", id)
			if err := tx.InsertUser(store.User{ID: id, Username: name, UsernameFold: name, Nickname: name, NicknameFold: name}); err != nil {
				return err
			}
			ids[i] = id.String()
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return ids
}

func direct(t testing.TB, st *store.Store, a, b string) string {
	t.Helper()
	var conv store.ID
	err := st.Write(t.Context(), func(tx *store.Tx) error {
		var err error
		conv, _, err = tx.DirectConversation(id(a), id(b), store.NewID(time.Now()), time.Now().UnixMilli())
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return conv.String()
}

func id(s string) store.ID {
	id, ok := store.ParseID(s)
	if !ok {
		panic("not an id: " + s)
	}
	return id
}

// announcement is what a client says of content.
func announcement(name string, content []byte) protocol.NewFile {
	m := protocol.Manifest{Name: name, Type: "application/octet-stream", Size: int64(len(content))}
	for rest := content; len(rest) > 0; rest = rest[min(len(rest), protocol.PartBytes):] {
		sum := sha256.Sum256(rest[:min(len(rest), protocol.PartBytes)])
		m.Sums = append(m.Sums, sum[:]...)
	}
	return protocol.NewFile{ClientID: ulid.Make().String(), Manifest: m}
}

func (w *world) announce(user string, n protocol.NewFile) protocol.File {
	w.t.Helper()
	f, err := w.Announce(w.t.Context(), user, n)
	if err != nil {
		w.t.Fatal(err)
	}
	return f
}

// part returns the bytes of a part of content.
func part(content []byte, n int) []byte {
	return content[n*protocol.PartBytes : min(len(content), (n+1)*protocol.PartBytes)]
}

// put sends a whole part.
func (w *world) put(user string, f protocol.File, n int, content []byte) {
	w.t.Helper()
	want := part(content, n)
	p, err := w.Put(w.t.Context(), user, f.ID, n, 0, bytes.NewReader(want))
	if err != nil || p != (protocol.Part{Part: n, Bytes: int64(len(want))}) {
		w.t.Fatalf("part %d: %+v, %v", n, p, err)
	}
}

// send announces content and sends what is asked for.
func (w *world) send(user string, n protocol.NewFile, content []byte) protocol.File {
	w.t.Helper()
	f := w.announce(user, n)
	for i := 0; f.State == protocol.FileOpen && i < protocol.PartsOf(int64(len(content))); i++ {
		w.put(user, f, i, content)
	}
	f, err := w.File(w.t.Context(), user, f.ID)
	if err != nil || f.State != protocol.FileComplete {
		w.t.Fatalf("%+v, %v", f, err)
	}
	return f
}

// message sends a message with files and returns it with its seq.
func (w *world) message(user, conv string, files ...string) (protocol.Sent, error) {
	return w.timeline.Append(w.t.Context(), user, protocol.Send{
		ConversationID: conv, ClientID: ulid.Make().String(), Kind: "file", FileIDs: files, Body: protocol.RawJSON(`{}`),
	})
}

func (w *world) act(user, conv, kind string, seq int64) {
	w.t.Helper()
	_, err := w.timeline.Append(w.t.Context(), user, protocol.Send{
		ConversationID: conv, ClientID: ulid.Make().String(), Kind: kind, RefSeq: seq, Body: protocol.RawJSON(`{}`),
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// read returns a part from an offset on.
func (w *world) read(user, id string, n int, offset int64) ([]byte, error) {
	r, size, err := w.Open(w.t.Context(), user, id, n, offset)
	if err != nil {
		return nil, err
	}
	content, err := io.ReadAll(r)
	if err == nil && int64(len(content)) != size {
		err = fmt.Errorf("%d bytes came of %d", len(content), size)
	}
	return content, errors.Join(err, r.Close())
}

// blobCount returns how many blobs there are.
func (w *world) blobCount() int {
	w.t.Helper()
	n := 0
	for _, err := range w.blobs.List(context.WithoutCancel(w.t.Context())) {
		if err != nil {
			w.t.Fatal(err)
		}
		n++
	}
	return n
}

func (w *world) tidy() file.Tidied {
	w.t.Helper()
	tidied, err := w.Tidy(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	return tidied
}
