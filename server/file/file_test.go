package file_test

import (
	"bytes"
	"errors"
	"io"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"testing"
	"testing/iotest"
	"time"

	"github.com/oklog/ulid/v2"
	"golang.org/x/sync/errgroup"

	"mychat/protocol"
	"mychat/server/blob/blobtest"
	"mychat/server/file"
)

func TestAFileComesInPartsAndGoesAsItCame(t *testing.T) {
	each(t, file.Options{}, func(t *testing.T, w *world) {
		user := people(t, w.st, 1)[0]
		content := blobtest.Bytes(1, 3*protocol.PartBytes+77)
		n := announcement("旅行 photos.zip", content)
		f := w.announce(user, n)
		if f.State != protocol.FileOpen || f.Have != nil || f.Begun != nil || !reflect.DeepEqual(f.Manifest, n.Manifest) {
			t.Fatalf("announced: %+v", f)
		}
		if again := w.announce(user, n); !reflect.DeepEqual(again, f) {
			t.Errorf("announced again: %+v, want %+v", again, f)
		}
		for _, i := range []int{3, 0, 1} {
			w.put(user, f, i, content)
			w.put(user, f, i, content) // A repeat, whose answer was lost.
			if _, err := w.read(user, f.ID, i, 0); !errors.Is(err, protocol.ErrNotFound) {
				t.Errorf("part %d of an open file is read: %v", i, err)
			}
		}
		w.restart()
		now, err := w.File(t.Context(), user, f.ID)
		if want := []protocol.PartRange{{From: 0, To: 2}, {From: 3, To: 4}}; err != nil || now.State != protocol.FileOpen || !reflect.DeepEqual(now.Have, want) {
			t.Errorf("before the last part: %+v, %v", now, err)
		}
		w.put(user, f, 2, content)
		w.put(user, f, 2, content)
		now, err = w.File(t.Context(), user, f.ID)
		if err != nil || now.State != protocol.FileComplete || now.Have != nil || !reflect.DeepEqual(now.Manifest, n.Manifest) {
			t.Errorf("complete: %+v, %v", now, err)
		}
		for i := range 4 {
			for _, offset := range []int{0, 1, 76, 77} {
				if got, err := w.read(user, f.ID, i, int64(offset)); err != nil || !bytes.Equal(got, part(content, i)[offset:]) {
					t.Errorf("part %d from %d: %d bytes, %v", i, offset, len(got), err)
				}
			}
		}
		if _, err := w.read(user, f.ID, 3, 78); !errors.Is(err, protocol.ErrOffset) {
			t.Errorf("beyond the end: %v", err)
		}
		for _, i := range []int{-1, 4} {
			if _, err := w.read(user, f.ID, i, 0); !errors.Is(err, protocol.ErrNotFound) {
				t.Errorf("part %d: %v", i, err)
			}
		}
		c, err := w.Content(t.Context(), user, f.ID)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = c.Close() }()
		for _, at := range []int64{protocol.PartBytes - 10, 0, 2*protocol.PartBytes + 5, int64(len(content))} {
			if _, err := c.Seek(at, io.SeekStart); err != nil {
				t.Fatal(err)
			}
			if got, err := io.ReadAll(c); err != nil || !bytes.Equal(got, content[at:]) {
				t.Errorf("from %d: %d bytes, %v", at, len(got), err)
			}
		}
	})
}

func TestAPartGoesOnWhereItBroke(t *testing.T) {
	eachDatabase(t, file.Options{}, func(t *testing.T, w *world) {
		user := people(t, w.st, 1)[0]
		content := blobtest.Bytes(2, protocol.PartBytes+1_000_000)
		f := w.announce(user, announcement("a", content))
		broken := errors.New("connection reset")
		_, err := w.Put(t.Context(), user, f.ID, 1, 0, io.MultiReader(bytes.NewReader(part(content, 1)[:700_000]), iotest.ErrReader(broken)))
		if !errors.Is(err, protocol.ErrUnavailable) || !errors.Is(err, broken) {
			t.Errorf("the connection broke: %v", err)
		}
		w.restart()
		now, err := w.File(t.Context(), user, f.ID)
		if want := []protocol.Part{{Part: 1, Bytes: 700_000}}; err != nil || !reflect.DeepEqual(now.Begun, want) {
			t.Errorf("begun: %+v, %v", now, err)
		}
		for _, offset := range []int64{700_001, 1_000_000, -1} {
			if _, err := w.Put(t.Context(), user, f.ID, 1, offset, bytes.NewReader(nil)); !errors.Is(err, protocol.ErrOffset) {
				t.Errorf("from %d: %v", offset, err)
			}
		}
		p, err := w.Put(t.Context(), user, f.ID, 1, 700_000, bytes.NewReader(part(content, 1)[700_000:900_000]))
		if err != nil || p.Bytes != 900_000 {
			t.Errorf("a further piece: %+v, %v", p, err)
		}
		// The client knows less than there is: it may go on from there.
		p, err = w.Put(t.Context(), user, f.ID, 1, 650_000, bytes.NewReader(part(content, 1)[650_000:]))
		if err != nil || p.Bytes != 1_000_000 {
			t.Errorf("the rest: %+v, %v", p, err)
		}
		w.put(user, f, 0, content)
		for i := range 2 {
			if got, err := w.read(user, f.ID, i, 0); err != nil || !bytes.Equal(got, part(content, i)) {
				t.Errorf("part %d: %d bytes, %v", i, len(got), err)
			}
		}
		if left, err := os.ReadDir(w.opt.Staging); err != nil || len(left) > 0 {
			t.Errorf("left in the staging folder: %v, %v", left, err)
		}
	})
}

func TestWrongBytesAreNotKept(t *testing.T) {
	eachDatabase(t, file.Options{}, func(t *testing.T, w *world) {
		user := people(t, w.st, 1)[0]
		content := blobtest.Bytes(3, 100_000)
		f := w.announce(user, announcement("a", content))
		other := bytes.Clone(content)
		other[50_000]++
		if _, err := w.Put(t.Context(), user, f.ID, 0, 0, bytes.NewReader(other)); !errors.Is(err, protocol.ErrChanged) {
			t.Errorf("other bytes: %v", err)
		}
		if _, err := w.Put(t.Context(), user, f.ID, 0, 0, bytes.NewReader(append(bytes.Clone(content), 1))); protocol.AsError(err).Code != protocol.CodeInvalid {
			t.Errorf("more bytes: %v", err)
		}
		now, err := w.File(t.Context(), user, f.ID)
		if err != nil || now.State != protocol.FileOpen || now.Have != nil || w.blobCount() != 0 {
			t.Errorf("%+v, %v, %d blobs", now, err, w.blobCount())
		}
		w.put(user, f, 0, content)
	})
}

// TestWhoComesAgainGoesOn has a connection hang in the middle of a part while
// its client comes again on another one.
func TestWhoComesAgainGoesOn(t *testing.T) {
	eachDatabase(t, file.Options{}, func(t *testing.T, w *world) {
		user := people(t, w.st, 1)[0]
		content := blobtest.Bytes(4, 1_000_000)
		f := w.announce(user, announcement("a", content))
		out, in := io.Pipe()
		first := make(chan error, 1)
		go func() {
			_, err := w.Put(t.Context(), user, f.ID, 0, 0, out)
			first <- err
		}()
		if _, err := in.Write(content[:300_000]); err != nil { // Returns when it was read.
			t.Fatal(err)
		}
		p, err := w.Put(t.Context(), user, f.ID, 0, 100_000, bytes.NewReader(content[100_000:600_000]))
		if err != nil || p.Bytes != 600_000 {
			t.Fatalf("the second: %+v, %v", p, err)
		}
		go func() { _, _ = in.Write(content[300_000:300_100]) }() // Nobody takes it if the first has noticed already.
		defer func() { _ = out.Close() }()
		if err := <-first; !errors.Is(err, protocol.ErrOffset) {
			t.Errorf("the first: %v", err)
		}
		p, err = w.Put(t.Context(), user, f.ID, 0, 600_000, bytes.NewReader(content[600_000:]))
		if err != nil || p.Bytes != 1_000_000 {
			t.Fatalf("the rest: %+v, %v", p, err)
		}
		if got, err := w.read(user, f.ID, 0, 0); err != nil || !bytes.Equal(got, content) {
			t.Errorf("%d bytes, %v", len(got), err)
		}
	})
}

func TestMayPutTheSamePartAtOnce(t *testing.T) {
	eachDatabase(t, file.Options{}, func(t *testing.T, w *world) {
		u := people(t, w.st, 2)
		content := blobtest.Bytes(5, 2*protocol.PartBytes)
		var g errgroup.Group
		for _, user := range u {
			f := w.announce(user, announcement("a", content))
			for i := range 4 {
				g.Go(func() error {
					_, err := w.Put(t.Context(), user, f.ID, i%2, 0, bytes.NewReader(part(content, i%2)))
					if errors.Is(err, protocol.ErrOffset) { // Overtaken by its twin.
						err = nil
					}
					return err
				})
			}
		}
		if err := g.Wait(); err != nil {
			t.Fatal(err)
		}
		for _, user := range u {
			f := w.send(user, announcement("again", content), content)
			if got, err := w.read(user, f.ID, 1, 0); err != nil || !bytes.Equal(got, part(content, 1)) {
				t.Errorf("%d bytes, %v", len(got), err)
			}
		}
		if n := w.blobCount(); n != 2 {
			t.Errorf("%d blobs for two different parts", n)
		}
	})
}

// TestWhatOthersHaveChangesNoAnswer asks with the hashes of a file that is
// somebody else's: the answers are those for one that nobody has.
func TestWhatOthersHaveChangesNoAnswer(t *testing.T) {
	each(t, file.Options{}, func(t *testing.T, w *world) {
		u := people(t, w.st, 3)
		conv := direct(t, w.st, u[0], u[1])
		content := blobtest.Bytes(6, protocol.PartBytes+5)
		n := announcement("plan.pdf", content)
		f := w.send(u[0], n, content)
		// The owner, under another id and name: nothing needs to be sent.
		if again := w.announce(u[0], announcement("copy.pdf", content)); again.State != protocol.FileComplete || again.ID == f.ID {
			t.Errorf("the owner: %+v", again)
		}
		for _, user := range u[1:] {
			got := w.announce(user, announcement("guess.pdf", content))
			if got.State != protocol.FileOpen || got.Have != nil {
				t.Errorf("a stranger: %+v", got)
			}
			if _, err := w.File(t.Context(), user, f.ID); !errors.Is(err, protocol.ErrNotFound) {
				t.Errorf("a stranger sees it: %v", err)
			}
			if _, err := w.Put(t.Context(), user, f.ID, 0, 0, bytes.NewReader(part(content, 0))); !errors.Is(err, protocol.ErrNotFound) {
				t.Errorf("a stranger writes it: %v", err)
			}
			if _, err := w.read(user, f.ID, 0, 0); !errors.Is(err, protocol.ErrNotFound) {
				t.Errorf("a stranger reads it: %v", err)
			}
			if _, err := w.message(user, conv, f.ID); user == u[1] && protocol.AsError(err).Code != protocol.CodeNotFound {
				t.Errorf("a stranger hands it on: %v", err)
			}
		}
		if _, err := w.message(u[0], conv, f.ID); err != nil {
			t.Fatal(err)
		}
		if got := w.announce(u[1], announcement("mine.pdf", content)); got.State != protocol.FileComplete {
			t.Errorf("who got it in a message: %+v", got)
		}
		if got := w.announce(u[2], announcement("guess2.pdf", content)); got.State != protocol.FileOpen {
			t.Errorf("who got none: %+v", got)
		}
	})
}

func TestAnnouncementsThatAreRefused(t *testing.T) {
	eachDatabase(t, file.Options{MaxBytes: 1000, Quota: 2500}, func(t *testing.T, w *world) {
		u := people(t, w.st, 2)
		n := announcement("a", blobtest.Bytes(7, 1000))
		w.announce(u[0], n)
		for name, tt := range map[string]struct {
			change func(*protocol.NewFile)
			want   protocol.Code
		}{
			"another file under the id": {func(n *protocol.NewFile) { n.Manifest.Name = "b" }, protocol.CodeIDReused},
			"too large": {func(n *protocol.NewFile) {
				*n = announcement("a", blobtest.Bytes(7, 1001))
			}, protocol.CodeTooLarge},
			"no name": {func(n *protocol.NewFile) { n.Manifest.Name = "" }, protocol.CodeInvalid},
		} {
			bad := n
			tt.change(&bad)
			if _, err := w.Announce(t.Context(), u[0], bad); protocol.AsError(err).Code != tt.want {
				t.Errorf("%s: %v", name, err)
			}
		}
		w.announce(u[0], announcement("b", blobtest.Bytes(8, 1000)))
		if _, err := w.Announce(t.Context(), u[0], announcement("c", blobtest.Bytes(9, 501))); !errors.Is(err, protocol.ErrQuota) {
			t.Errorf("beyond the quota: %v", err)
		}
		w.announce(u[0], announcement("the same again", blobtest.Bytes(8, 1000)))
		c := w.announce(u[0], announcement("c", blobtest.Bytes(9, 500)))
		w.announce(u[1], announcement("another's", blobtest.Bytes(9, 501)))
		room, err := w.Room(t.Context(), u[0])
		if want := (protocol.Room{UsedBytes: 2500, QuotaBytes: 2500, MaxFileBytes: 1000}); err != nil || room != want {
			t.Errorf("%+v, %v", room, err)
		}
		for range 2 {
			if err := w.Delete(t.Context(), u[1], c.ID); err != nil { // Not theirs: nothing happens.
				t.Error(err)
			}
		}
		if _, err := w.File(t.Context(), u[0], c.ID); err != nil {
			t.Error(err)
		}
		if err := w.Delete(t.Context(), u[0], c.ID); err != nil {
			t.Error(err)
		}
		w.announce(u[0], announcement("d", blobtest.Bytes(10, 500)))
	})
}

func TestAnEmptyFileIsThereAtOnce(t *testing.T) {
	eachDatabase(t, file.Options{}, func(t *testing.T, w *world) {
		user := people(t, w.st, 1)[0]
		f := w.announce(user, announcement("empty", nil))
		if f.State != protocol.FileComplete {
			t.Errorf("%+v", f)
		}
		c, err := w.Content(t.Context(), user, f.ID)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(c); err != nil || len(got) > 0 {
			t.Errorf("%d bytes, %v", len(got), err)
		}
		if err := w.Delete(t.Context(), user, f.ID); err != nil {
			t.Error(err)
		}
		if _, err := w.File(t.Context(), user, f.ID); !errors.Is(err, protocol.ErrNotFound) {
			t.Errorf("deleted: %v", err)
		}
	})
}

func TestWhatServesNobodyGoes(t *testing.T) {
	each(t, file.Options{}, func(t *testing.T, w *world) {
		u := people(t, w.st, 2)
		conv := direct(t, w.st, u[0], u[1])
		shared := blobtest.Bytes(11, protocol.PartBytes)
		one := append(bytes.Clone(shared), 1)
		two := append(bytes.Clone(shared), 2)
		first, second := w.send(u[0], announcement("one", one), one), w.send(u[1], announcement("two", two), two)
		sent, err := w.message(u[0], conv, first.ID)
		if err != nil {
			t.Fatal(err)
		}
		open := w.announce(u[0], announcement("open", blobtest.Bytes(12, 10)))
		if err := w.Delete(t.Context(), u[0], first.ID); err != nil { // The message has it.
			t.Error(err)
		}
		if got := w.tidy(); got != (file.Tidied{}) {
			t.Errorf("at once: %+v", got)
		}
		w.later(25 * time.Hour)
		if got := w.tidy(); got != (file.Tidied{Files: 1}) { // The second: nobody sent it.
			t.Errorf("a day later: %+v", got)
		}
		if _, err := w.File(t.Context(), u[1], second.ID); !errors.Is(err, protocol.ErrNotFound) {
			t.Errorf("the second: %v", err)
		}
		if got, err := w.read(u[1], first.ID, 0, 0); err != nil || !bytes.Equal(got, shared) {
			t.Errorf("the first, of which a part was shared: %d bytes, %v", len(got), err)
		}
		if n := w.blobCount(); n != 2 {
			t.Errorf("%d blobs", n)
		}
		w.later(7 * 24 * time.Hour)
		if got := w.tidy(); got != (file.Tidied{Files: 1}) {
			t.Errorf("a week later: %+v", got)
		}
		if _, err := w.Put(t.Context(), u[0], open.ID, 0, 0, bytes.NewReader(blobtest.Bytes(12, 10))); !errors.Is(err, protocol.ErrNotFound) {
			t.Errorf("the open one: %v", err)
		}
		w.act(u[0], conv, protocol.KindRecall, sent.Seq)
		if _, err := w.read(u[1], first.ID, 0, 0); !errors.Is(err, protocol.ErrNotFound) {
			t.Errorf("recalled, and still read: %v", err)
		}
		if got := w.tidy(); got != (file.Tidied{Files: 1}) || w.blobCount() != 0 {
			t.Errorf("recalled: %+v, %d blobs", got, w.blobCount())
		}
	})
}

func TestBytesOfNobodyGo(t *testing.T) {
	each(t, file.Options{}, func(t *testing.T, w *world) {
		user := people(t, w.st, 1)[0]
		content := blobtest.Bytes(13, 1000)
		f := w.send(user, announcement("a", content), content)
		if err := w.blobs.Take(t.Context(), "leftbehind", blobtest.File(t, []byte("x"))); err != nil {
			t.Fatal(err)
		}
		stale := filepath.Join(w.opt.Staging, "123")
		if err := os.MkdirAll(stale, 0o700); err != nil {
			t.Fatal(err)
		}
		if got := w.tidy(); got != (file.Tidied{}) || w.blobCount() != 2 {
			t.Errorf("%+v, %d blobs: what is young may be on its way", got, w.blobCount())
		}
		if _, err := os.Stat(stale); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("what was staged of no file: %v", err)
		}
		w.later(25 * time.Hour)
		if _, err := w.message(user, direct(t, w.st, user, people(t, w.st, 1)[0]), f.ID); err != nil {
			t.Fatal(err)
		}
		if got := w.tidy(); got != (file.Tidied{Blobs: 1}) || w.blobCount() != 1 {
			t.Errorf("%+v, %d blobs", got, w.blobCount())
		}
		if got, err := w.read(user, f.ID, 0, 0); err != nil || !bytes.Equal(got, content) {
			t.Errorf("%d bytes, %v", len(got), err)
		}
	})
}

func TestClassesAreKeptForTheirTime(t *testing.T) {
	keep := map[string]time.Duration{file.ClassPicture: 48 * time.Hour}
	eachDatabase(t, file.Options{Keep: keep}, func(t *testing.T, w *world) {
		u := people(t, w.st, 2)
		conv := direct(t, w.st, u[0], u[1])
		ids := map[string]string{}
		for i, kind := range []string{"image/png", "audio/ogg", "video/mp4", "application/zip"} {
			content := blobtest.Bytes(uint64(20+i), 100)
			n := announcement("a", content)
			n.Manifest.Type = kind
			ids[kind] = w.send(u[0], n, content).ID
			if _, err := w.message(u[0], conv, ids[kind]); err != nil {
				t.Fatal(err)
			}
		}
		w.later(47 * time.Hour)
		if got := w.tidy(); got != (file.Tidied{}) {
			t.Errorf("before: %+v", got)
		}
		w.later(2 * time.Hour)
		if got := w.tidy(); got != (file.Tidied{Files: 1}) {
			t.Errorf("after: %+v", got)
		}
		for kind, id := range ids {
			_, err := w.File(t.Context(), u[1], id)
			if gone := errors.Is(err, protocol.ErrNotFound); gone != (kind == "image/png") {
				t.Errorf("%s: %v", kind, err)
			}
		}
	})
}

func TestAddresses(t *testing.T) {
	eachDatabase(t, file.Options{}, func(t *testing.T, w *world) {
		u := people(t, w.st, 3)
		conv := direct(t, w.st, u[0], u[1])
		content := blobtest.Bytes(30, 1000)
		f := w.send(u[0], announcement("a", content), content)
		sent, err := w.message(u[0], conv, f.ID)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Address(t.Context(), u[2], f.ID); !errors.Is(err, protocol.ErrNotFound) {
			t.Errorf("a stranger: %v", err)
		}
		a, err := w.Address(t.Context(), u[1], f.ID)
		if err != nil {
			t.Fatal(err)
		}
		w.restart() // Another node, or this one later.
		at, err := url.Parse(a.Path)
		if err != nil {
			t.Fatal(err)
		}
		q := at.Query()
		if path.Base(path.Dir(at.Path)) != f.ID {
			t.Errorf("path %s", a.Path)
		}
		open := func(user, id, until, sign string) error {
			c, err := w.Signed(t.Context(), user, id, until, sign)
			if err == nil {
				err = c.Close()
			}
			return err
		}
		if err := open(q.Get("for"), f.ID, q.Get("until"), q.Get("sign")); err != nil {
			t.Error(err)
		}
		for name, err := range map[string]error{
			"another user":   open(u[0], f.ID, q.Get("until"), q.Get("sign")),
			"another time":   open(u[1], f.ID, q.Get("until")+"0", q.Get("sign")),
			"no time":        open(u[1], f.ID, "soon", q.Get("sign")),
			"another file":   open(u[1], f.ID[1:], q.Get("until"), q.Get("sign")),
			"another sign":   open(u[1], f.ID, q.Get("until"), "x"+q.Get("sign")[1:]),
			"without a sign": open(u[1], f.ID, q.Get("until"), ""),
		} {
			if !errors.Is(err, protocol.ErrNotFound) {
				t.Errorf("%s: %v", name, err)
			}
		}
		w.act(u[0], conv, protocol.KindRecall, sent.Seq)
		if err := open(u[1], f.ID, q.Get("until"), q.Get("sign")); !errors.Is(err, protocol.ErrNotFound) {
			t.Errorf("recalled: %v", err)
		}
		a, err = w.Address(t.Context(), u[0], f.ID)
		if err != nil {
			t.Fatal(err)
		}
		at, _ = url.Parse(a.Path)
		w.later(file.AddressLives + time.Second)
		if err := open(u[0], f.ID, at.Query().Get("until"), at.Query().Get("sign")); !errors.Is(err, protocol.ErrNotFound) {
			t.Errorf("too late: %v", err)
		}
	})
}

func TestIDsThatAreNone(t *testing.T) {
	eachDatabase(t, file.Options{}, func(t *testing.T, w *world) {
		user := people(t, w.st, 1)[0]
		for _, id := range []string{"", "0", "-1", "x", "1", "99999999999999999999", ulid.Make().String(), "../1"} {
			if _, err := w.File(t.Context(), user, id); !errors.Is(err, protocol.ErrNotFound) {
				t.Errorf("%q: %v", id, err)
			}
			if _, err := w.Put(t.Context(), user, id, 0, 0, bytes.NewReader(nil)); !errors.Is(err, protocol.ErrNotFound) {
				t.Errorf("%q: %v", id, err)
			}
			if err := w.Delete(t.Context(), user, id); err != nil {
				t.Errorf("%q: %v", id, err)
			}
		}
	})
}
