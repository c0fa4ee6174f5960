package archive

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"mychat/backend/store"
	"mychat/protocol"
)

const (
	phrase = "七颗星星 and a horse"

	// quick makes a passphrase cheap to try.
	quick = 4
)

func backupOptions() BackupOptions {
	return BackupOptions{
		Passphrase: phrase, Server: "https://chat.example", App: "1.2.3", Location: time.UTC,
		Now: time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC), work: quick,
	}
}

// backUp makes a backup of s.
func backUp(t testing.TB, s *store.Store) string {
	t.Helper()
	path, err := Backup(t.Context(), s, t.TempDir(), backupOptions())
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// restore opens a backup and writes its database to a file.
func restore(t testing.TB, path, passphrase string) (Manifest, string, error) {
	t.Helper()
	b, err := OpenBackup(path, passphrase)
	if err != nil {
		return Manifest{}, "", err
	}
	defer b.Close()
	to := filepath.Join(t.TempDir(), "out.db")
	err = b.Extract(t.Context(), to, nil)
	if _, left := os.Stat(to); err != nil && left == nil {
		t.Error("a database is there although it was refused")
	}
	return b.Manifest, to, err
}

func TestBackup(t *testing.T) {
	s := fill(t, "Pétér", text(1, peer, "早上好"), text(2, self, "morning"))
	path := backUp(t, s)
	if got := filepath.Base(path); got != "MyChat Selma 2026-03-04.mychatbackup" {
		t.Errorf("it is called %q", got)
	}
	sealed := read(t, path)
	for _, said := range []string{"早上好", "morning", "Selma", "chat.example"} {
		if strings.Contains(sealed, said) {
			t.Errorf("%q is readable in it", said)
		}
	}
	m, db, err := restore(t, path, phrase)
	if err != nil {
		t.Fatal(err)
	}
	schema, err := store.SchemaVersion()
	if err != nil {
		t.Fatal(err)
	}
	want := Manifest{
		Format: "mychat-backup", Version: 1, Schema: schema, App: "1.2.3", MadeMS: backupOptions().Now.UnixMilli(),
		Server: "https://chat.example", User: me.Profile, Conversations: 1, Messages: 2,
		OldestMS: text(1, peer, "").CreatedMS, NewestMS: text(2, self, "").CreatedMS, Parts: m.Parts,
	}
	if fmt.Sprint(m) != fmt.Sprint(want) {
		t.Errorf("manifest:\n%+v, want\n%+v", m, want)
	}
	c, err := store.ReadContents(t.Context(), db)
	if err != nil || c.UserID != self || c.Messages != 2 {
		t.Errorf("the database in it holds %+v, %v", c, err)
	}
	if ms, err := s.BackedUp(t.Context()); err != nil || ms != want.MadeMS {
		t.Errorf("BackedUp = %d, %v", ms, err)
	}
	again, err := Backup(t.Context(), s, filepath.Dir(path), backupOptions())
	if err != nil || filepath.Base(again) != "MyChat Selma 2026-03-04 (2).mychatbackup" {
		t.Errorf("another one on that day = %q, %v", again, err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("its mode is %v, %v", info.Mode(), err)
	}
}

// TestPassphraseTypedElsewhere types é as one character on one system and as
// two on another.
func TestPassphraseTypedElsewhere(t *testing.T) {
	opt := backupOptions()
	opt.Passphrase = "cafe\u0301 au lait"
	path, err := Backup(t.Context(), fill(t, "Peter"), t.TempDir(), opt)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := restore(t, path, "caf\u00e9 au lait"); err != nil {
		t.Error(err)
	}
}

func TestBackupRefusals(t *testing.T) {
	s := fill(t, "Peter", text(1, peer, strings.Repeat("words ", 1000)))
	path := backUp(t, s)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	put := func(data []byte) string {
		name := filepath.Join(t.TempDir(), "some"+BackupSuffix)
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	flipped := func(at int) []byte {
		data := bytes.Clone(whole)
		data[at] ^= 1
		return data
	}
	for _, p := range []string{"wrong passphrase", "", phrase + " "} {
		if _, _, err := restore(t, path, p); !errors.Is(err, ErrPassphrase) {
			t.Errorf("with %q: %v, want ErrPassphrase", p, err)
		}
	}
	for name, data := range map[string][]byte{
		"nothing": {}, "a picture": []byte("\x89PNG\r\n\x1a\n" + strings.Repeat("x", 500)), "its beginning": whole[:20],
		"an age file for a key": []byte("age-encryption.org/v1\n-> X25519 abc\n"),
	} {
		if _, _, err := restore(t, put(data), phrase); !errors.Is(err, ErrNotBackup) {
			t.Errorf("%s: %v, want ErrNotBackup", name, err)
		}
	}
	body := bytes.Index(whole, []byte("\n--- ")) + 5
	for at := body; at < len(whole); at += max(1, (len(whole)-body)/60) {
		if _, _, err := restore(t, put(whole[:at]), phrase); !errors.Is(err, ErrBadBackup) {
			t.Errorf("cut after %d of %d bytes: %v, want ErrBadBackup", at, len(whole), err)
		}
		if _, _, err := restore(t, put(flipped(at)), phrase); !errors.Is(err, ErrBadBackup) {
			t.Errorf("byte %d of %d flipped: %v, want ErrBadBackup", at, len(whole), err)
		}
	}
	for name, data := range map[string][]byte{
		"the last byte is missing": whole[:len(whole)-1], "the last byte is flipped": flipped(len(whole) - 1), "more follows": append(bytes.Clone(whole), 0),
		"too much work": bytes.Replace(whole, fmt.Appendf(nil, " %d\n", quick), []byte(" 28\n"), 1),
	} {
		if _, _, err := restore(t, put(data), phrase); !errors.Is(err, ErrBadBackup) {
			t.Errorf("%s: %v, want ErrBadBackup", name, err)
		}
	}
	if _, err := OpenBackup(filepath.Join(t.TempDir(), "none"), phrase); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a file that is not there: %v", err)
	}
}

// member is one of a tar.
type member struct {
	name string
	kind byte
	data string
	size int64 // What the header says; 0 means the truth.
}

// crafted seals members as somebody could who knows the passphrase.
func crafted(t testing.TB, after []byte, members ...member) string {
	t.Helper()
	var plain bytes.Buffer
	packed := gzip.NewWriter(&plain)
	if _, err := packed.Write(tarOf(t, members...)); err != nil {
		t.Fatal(err)
	}
	packed.Close()
	plain.Write(after)
	var sealed bytes.Buffer
	r, err := age.NewScryptRecipient(phrase)
	if err != nil {
		t.Fatal(err)
	}
	r.SetWorkFactor(quick)
	w, err := age.Encrypt(&sealed, r)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(plain.Bytes()); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "crafted"+BackupSuffix)
	if err := os.WriteFile(name, sealed.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func tarOf(t testing.TB, members ...member) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, m := range members {
		size := int64(len(m.data))
		if m.size > 0 {
			size = m.size
		}
		if err := w.WriteHeader(&tar.Header{Typeflag: m.kind, Name: m.name, Size: size, Linkname: linkOf(m.kind), Mode: 0o600}); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, m.data); err != nil {
			t.Fatal(err)
		}
	}
	_ = w.Close() // Fails where a member is shorter than its header says.
	return b.Bytes()
}

func linkOf(kind byte) string {
	if kind == tar.TypeSymlink {
		return "/etc/passwd"
	}
	return ""
}

// manifestFor is one of a backup of data, changed.
func manifestFor(t testing.TB, data string, change func(*Manifest)) member {
	t.Helper()
	schema, err := store.SchemaVersion()
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte(data))
	m := Manifest{
		Format: backupFormat, Version: 1, Schema: schema, Server: "https://chat.example", User: me.Profile,
		Parts: []Part{{Name: databaseName, Bytes: int64(len(data)), SHA256: hex.EncodeToString(sum[:])}},
	}
	change(&m)
	encoded, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return member{manifestName, tar.TypeReg, string(encoded), 0}
}

func TestCraftedBackups(t *testing.T) {
	const data = "a database, as far as the container knows"
	same := func(*Manifest) {}
	good := manifestFor(t, data, same)
	part := member{databaseName, tar.TypeReg, data, 0}
	bytesAre := func(n int64) member {
		return manifestFor(t, data, func(m *Manifest) { m.Parts[0].Bytes = n })
	}
	if _, to, err := restore(t, crafted(t, nil, good, part), phrase); err != nil || read(t, to) != data {
		t.Fatalf("one that is right: %v", err)
	}
	for _, tt := range []struct {
		name    string
		members []member
		after   []byte
		want    error
	}{
		{"empty", nil, nil, ErrBadBackup},
		{"no manifest", []member{part}, nil, ErrBadBackup},
		{"the manifest is no JSON", []member{{manifestName, tar.TypeReg, "{", 0}}, nil, ErrBadBackup},
		{"the manifest is a link", []member{{name: manifestName, kind: tar.TypeSymlink}}, nil, ErrBadBackup},
		{"the manifest is huge", []member{{manifestName, tar.TypeReg, strings.Repeat(" ", maxManifest+1), 0}, part}, nil, ErrBadBackup},
		{"the manifest says it is endless", []member{{manifestName, tar.TypeReg, "{}", 1 << 40}}, nil, ErrBadBackup},
		{"another format", []member{manifestFor(t, data, func(m *Manifest) { m.Format = "zip" }), part}, nil, ErrNotBackup},
		{"a newer container", []member{manifestFor(t, data, func(m *Manifest) { m.Version, m.Parts = 2, nil }), part}, nil, ErrNewerBackup},
		{"a newer schema", []member{manifestFor(t, data, func(m *Manifest) { m.Schema++ }), part}, nil, ErrNewerBackup},
		{"nobody's", []member{manifestFor(t, data, func(m *Manifest) { m.User.ID = "" }), part}, nil, ErrBadBackup},
		{"no database", []member{good}, nil, ErrBadBackup},
		{"two parts", []member{manifestFor(t, data, func(m *Manifest) { m.Parts = append(m.Parts, m.Parts[0]) }), part, part}, nil, ErrBadBackup},
		{"a path upwards", []member{good, {"../account.db", tar.TypeReg, data, 0}}, nil, ErrBadBackup},
		{"a path from the root", []member{good, {"/tmp/account.db", tar.TypeReg, data, 0}}, nil, ErrBadBackup},
		{"the manifest names a path", []member{
			manifestFor(t, data, func(m *Manifest) { m.Parts[0].Name = "../../x" }), {"../../x", tar.TypeReg, data, 0},
		}, nil, ErrBadBackup},
		{"the database is a link", []member{good, {name: databaseName, kind: tar.TypeSymlink}}, nil, ErrBadBackup},
		{"a longer database", []member{good, {databaseName, tar.TypeReg, data + "!", 0}}, nil, ErrBadBackup},
		{"a shorter database", []member{good, {databaseName, tar.TypeReg, data[1:], 0}}, nil, ErrBadBackup},
		{"another database", []member{good, {databaseName, tar.TypeReg, "A" + data[1:], 0}}, nil, ErrBadBackup},
		{"another member", []member{good, part, {"x", tar.TypeReg, "x", 0}}, nil, ErrBadBackup},
		{"more after the tar", []member{good, part}, bytes.Repeat([]byte{0}, 1<<20), ErrBadBackup},
		{"less than nothing", []member{bytesAre(-1), part}, nil, ErrBadBackup},
		{"more than any disk", []member{bytesAre(maxDatabase + 1), part}, nil, ErrBadBackup},
		{"more than this disk", []member{bytesAre(maxDatabase), part}, nil, store.ErrDiskFull},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, _, err := restore(t, crafted(t, tt.after, tt.members...), phrase); !errors.Is(err, tt.want) {
				t.Errorf("restore = %v, want %v", err, tt.want)
			}
		})
	}
}

// TestCancelledBackupLeavesNothing cancels while the copy is made, while it is
// written and just before the end, and while it is unpacked.
func TestCancelledBackupLeavesNothing(t *testing.T) {
	var entries []protocol.Entry
	for seq := int64(1); seq <= 1000; seq++ {
		entries = append(entries, text(seq, peer, strings.Repeat("x", 3000)))
	}
	s := fill(t, "Peter", entries...)
	cancelled, stop := context.WithCancel(t.Context())
	stop()
	dir := t.TempDir()
	if _, err := Backup(cancelled, s, dir, backupOptions()); !errors.Is(err, context.Canceled) {
		t.Errorf("Backup = %v, want Canceled", err)
	}
	for _, part := range []int64{3, 1} {
		ctx, cancel := context.WithCancel(t.Context())
		opt := backupOptions()
		opt.Progress = func(done, total int64) {
			if done >= total/part {
				cancel()
			}
		}
		if _, err := Backup(ctx, s, dir, opt); !errors.Is(err, context.Canceled) {
			t.Errorf("Backup = %v, want Canceled", err)
		}
		cancel()
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left: %v, %v", left, err)
	}
	if ms, err := s.BackedUp(t.Context()); err != nil || ms != 0 {
		t.Errorf("BackedUp = %d, %v", ms, err)
	}
	b, err := OpenBackup(backUp(t, s), phrase)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	ctx, cancel := context.WithCancel(t.Context())
	if err := b.Extract(ctx, filepath.Join(dir, "out.db"), func(done, total int64) { cancel() }); !errors.Is(err, context.Canceled) {
		t.Errorf("Extract = %v, want Canceled", err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left: %v, %v", left, err)
	}
}

func TestBackupPlaces(t *testing.T) {
	s := fill(t, "Peter")
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{filepath.Join(t.TempDir(), "gone"), file} {
		if _, err := Backup(t.Context(), s, dir, backupOptions()); !errors.Is(err, ErrUnwritable) {
			t.Errorf("Backup to %s = %v, want ErrUnwritable", dir, err)
		}
	}
	for _, p := range []string{"          ", "", "seven77", "七个字符的口令", strings.Repeat("x", 1025), "\xff\xff\xff\xff\xff\xff\xff\xff"} {
		opt := backupOptions()
		opt.Passphrase = p
		var refused *protocol.Error
		if _, err := Backup(t.Context(), s, t.TempDir(), opt); !errors.As(err, &refused) || refused.Field != "passphrase" {
			t.Errorf("Backup with %.10q = %v, want a refusal of the passphrase", p, err)
		}
	}
}

// FuzzContainer reads what somebody who knows the passphrase could have sealed.
// It is refused, or it is what its manifest says.
func FuzzContainer(f *testing.F) {
	const data = "some bytes"
	good := manifestFor(f, data, func(*Manifest) {})
	part := member{databaseName, tar.TypeReg, data, 0}
	for _, members := range [][]member{
		{good, part}, {good}, {part}, {good, part, part}, {good, {"../" + databaseName, tar.TypeReg, data, 0}},
		{manifestFor(f, data, func(m *Manifest) { m.Parts[0].Bytes = 1 << 39 }), part},
		{manifestFor(f, data, func(m *Manifest) { m.Version = 9 }), part}, {{manifestName, tar.TypeReg, "null", 0}, part},
	} {
		f.Add(tarOf(f, members...))
	}
	f.Fuzz(func(t *testing.T, sealed []byte) {
		c, err := readContainer(bytes.NewReader(sealed))
		known := func(err error) bool {
			return slices.ContainsFunc([]error{ErrBadBackup, ErrNotBackup, ErrNewerBackup}, func(k error) bool { return errors.Is(err, k) })
		}
		if err != nil {
			if !known(err) {
				t.Errorf("readContainer = %v, which says nothing", err)
			}
			return
		}
		var out bytes.Buffer
		err = c.extract(t.Context(), &out, func(int64, int64) {})
		sum := sha256.Sum256(out.Bytes())
		p := c.manifest.Parts[0]
		if err == nil && (int64(out.Len()) != p.Bytes || hex.EncodeToString(sum[:]) != p.SHA256) {
			t.Errorf("extract wrote %d bytes that are not what the manifest says", out.Len())
		}
		if err != nil && !known(err) {
			t.Errorf("extract = %v, which says nothing", err)
		}
		if out.Len() > len(sealed) {
			t.Errorf("%d bytes came out of %d", out.Len(), len(sealed))
		}
	})
}
