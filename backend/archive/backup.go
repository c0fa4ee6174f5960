package archive

import (
	"archive/tar"
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"time"
	"unicode/utf8"

	"filippo.io/age"
	"golang.org/x/text/unicode/norm"

	"mychat/backend/desktop"
	"mychat/backend/store"
	"mychat/protocol"
)

// A backup is one file: an age file that a passphrase opens, with a tar in it
// that gzip packed. Its first member is the manifest, then come the parts that
// the manifest names, in its order. So "age -d FILE | tar xz" unpacks it too.
// No name in it is ever used as a name on the disk.

// BackupSuffix ends the name of every backup.
const BackupSuffix = ".mychatbackup"

const (
	backupFormat  = "mychat-backup"
	backupVersion = 1 // Of the container. A higher one is of a newer build.

	manifestName = "manifest.json"
	databaseName = "account.db"

	maxManifest = 1 << 20 // Bytes.
	maxDatabase = 1 << 40 // Bytes.

	// What guessing a passphrase costs, as the logarithm of scrypt's N: 256 MiB
	// and about a second. A file that asks for four times that is refused.
	workFactor    = 18
	maxWorkFactor = 20

	// MinPassphrase is the fewest characters of a passphrase.
	MinPassphrase = 8
	maxPassphrase = 1024 // Characters.
)

// What can be wrong with a backup.
var (
	ErrPassphrase  = errors.New("the passphrase does not open this backup")
	ErrNotBackup   = errors.New("the file is no MyChat backup")
	ErrBadBackup   = errors.New("the backup is damaged or incomplete")
	ErrNewerBackup = errors.New("the backup was made by a newer version")

	// ErrUnwritable says that nothing can be written where the user wants it.
	ErrUnwritable = errors.New("nothing can be written there")
)

// Manifest is what a backup says of itself.
type Manifest struct {
	Format  string `json:"format"`  // "mychat-backup".
	Version int    `json:"version"` // Of the container.
	Schema  int64  `json:"schema"`  // Of the database in it.
	App     string `json:"app"`     // The version that made it.
	MadeMS  int64  `json:"made_ms"`

	Server string           `json:"server"` // Base URL.
	User   protocol.Profile `json:"user"`

	Conversations int64 `json:"conversations"`
	Messages      int64 `json:"messages"`
	OldestMS      int64 `json:"oldest_ms"` // Of the messages; 0 without any.
	NewestMS      int64 `json:"newest_ms"`

	Parts []Part `json:"parts"`
}

// Part is a file in a backup.
type Part struct {
	Name   string `json:"name"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// BackupOptions configures Backup. Passphrase and Server are required.
type BackupOptions struct {
	Passphrase string
	Server     string                  // Where the account is; the store does not know it.
	App        string                  // What this build calls itself.
	Location   *time.Location          // Of the day in the file's name. Nil means time.Local.
	Now        time.Time               // When it is made. The zero value means now.
	Progress   func(done, total int64) // Hears of bytes. May be nil.

	work int // For tests: 0 means workFactor.
}

// CheckPassphrase returns an error that names the field unless p may protect a
// backup.
func CheckPassphrase(p string) error {
	if n := utf8.RuneCountInString(p); n < MinPassphrase || n > maxPassphrase || !utf8.ValidString(p) {
		return protocol.Invalid("passphrase", "use %d to %d characters", MinPassphrase, maxPassphrase)
	}
	if protocol.Blank(p) {
		return protocol.Invalid("passphrase", "use at least one visible character")
	}
	return nil
}

// composed gives the same bytes for the same characters: systems differ in how
// they type accents.
func composed(passphrase string) string { return norm.NFC.String(passphrase) }

// Backup writes all that a store holds into one file in dir, which the
// passphrase opens, and returns its path. The store may be in use. It never
// writes over anything, and the file has its name once it is whole; one that
// was cut short is removed. The error is store.ErrDiskFull or ErrUnwritable
// where that is the reason.
func Backup(ctx context.Context, s *store.Store, dir string, opt BackupOptions) (path string, err error) {
	if err := CheckPassphrase(opt.Passphrase); err != nil {
		return "", err
	}
	if opt.Location == nil {
		opt.Location = time.Local
	}
	if opt.Now.IsZero() {
		opt.Now = time.Now()
	}
	if opt.Progress == nil {
		opt.Progress = func(int64, int64) {}
	}
	if opt.work == 0 {
		opt.work = workFactor
	}
	defer func() { err = ExplainWrite(err) }()
	me, err := s.Me(ctx)
	if err != nil {
		return "", err
	}
	name := me.Profile.Nickname
	if name == "" {
		name = me.Profile.Username
	}
	// Before anything that takes long, so that a wrong place is told at once.
	stem := SafeName("MyChat " + name + " " + opt.Now.In(opt.Location).Format("2006-01-02"))
	file, path, err := createPart(dir, stem, BackupSuffix)
	if err != nil {
		return "", err
	}
	err = writeBackup(ctx, s, file, me.Profile, opt)
	err = errors.Join(err, s.RemoveSnapshot())
	if err == nil {
		err = file.Sync()
	}
	err = errors.Join(err, file.Close())
	if err == nil {
		err = ctx.Err()
	}
	if err == nil {
		err = os.Rename(path+partSuffix, path)
	}
	if err != nil {
		return "", errors.Join(fmt.Errorf("back up: %w", err), os.Remove(path+partSuffix))
	}
	return path, s.NoteBackup(ctx, opt.Now.UnixMilli())
}

// ExplainWrite adds store.ErrDiskFull to an error that a full disk caused.
func ExplainWrite(err error) error {
	if desktop.DiskFull(err) && !errors.Is(err, store.ErrDiskFull) {
		return fmt.Errorf("%w: %w", store.ErrDiskFull, err)
	}
	return err
}

// partSuffix ends the name of a file that is not whole yet.
const partSuffix = ".part"

// createPart makes a file in dir, of that name and partSuffix, under a name
// that is not taken. path is the name without partSuffix.
func createPart(dir, name, suffix string) (file *os.File, path string, err error) {
	path = freePath(dir, name, suffix)
	file, err = os.OpenFile(path+partSuffix, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil && !desktop.DiskFull(err) {
		err = fmt.Errorf("%w: %w", ErrUnwritable, err)
	}
	return file, path, err
}

// freePath returns a path in dir that nothing has, nor has while it is made.
func freePath(dir, name, suffix string) string {
	path := filepath.Join(dir, name+suffix)
	for n := 2; taken(path) || taken(path+partSuffix); n++ {
		path = filepath.Join(dir, fmt.Sprintf("%s (%d)%s", name, n, suffix))
	}
	return path
}

func writeBackup(ctx context.Context, s *store.Store, w io.Writer, who protocol.Profile, opt BackupOptions) error {
	snapshot, err := s.Snapshot(ctx)
	if err != nil {
		return err
	}
	contents, err := store.ReadContents(ctx, snapshot)
	if err != nil {
		return err
	}
	part, err := describe(ctx, snapshot)
	if err != nil {
		return err
	}
	manifest := Manifest{
		Format: backupFormat, Version: backupVersion, Schema: contents.Schema, App: opt.App, MadeMS: opt.Now.UnixMilli(),
		Server: opt.Server, User: who,
		Conversations: contents.Conversations, Messages: contents.Messages, OldestMS: contents.OldestMS, NewestMS: contents.NewestMS,
		Parts: []Part{part},
	}
	recipient, err := age.NewScryptRecipient(composed(opt.Passphrase))
	if err != nil {
		return err
	}
	recipient.SetWorkFactor(opt.work)
	buffer := bufio.NewWriterSize(w, 256<<10)
	sealed, err := age.Encrypt(buffer, recipient)
	if err != nil {
		return err
	}
	if err := writeContainer(ctx, sealed, manifest, snapshot, opt.Progress); err != nil {
		return err
	}
	return errors.Join(sealed.Close(), buffer.Flush())
}

// describe returns what the manifest says of the database.
func describe(ctx context.Context, path string) (Part, error) {
	file, err := os.Open(path)
	if err != nil {
		return Part{}, err
	}
	defer file.Close()
	sum := sha256.New()
	n, err := io.Copy(sum, reader{ctx, file})
	return Part{Name: databaseName, Bytes: n, SHA256: hex.EncodeToString(sum.Sum(nil))}, err
}

// writeContainer writes what is sealed in a backup.
func writeContainer(ctx context.Context, w io.Writer, m Manifest, database string, progress func(done, total int64)) error {
	packed, err := gzip.NewWriterLevel(w, gzip.BestSpeed)
	if err != nil {
		return err
	}
	to := tar.NewWriter(packed)
	encoded, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	if err := writeMember(to, manifestName, int64(len(encoded)), m.MadeMS, bytes.NewReader(encoded)); err != nil {
		return err
	}
	file, err := os.Open(database)
	if err != nil {
		return err
	}
	defer file.Close()
	part := m.Parts[0]
	counted := &counting{r: reader{ctx, file}, tell: func(n int64) { progress(n, part.Bytes) }}
	if err := writeMember(to, part.Name, part.Bytes, m.MadeMS, counted); err != nil {
		return err
	}
	return errors.Join(to.Close(), packed.Close())
}

func writeMember(to *tar.Writer, name string, size, madeMS int64, r io.Reader) error {
	err := to.WriteHeader(&tar.Header{
		Typeflag: tar.TypeReg, Name: name, Size: size, Mode: 0o600, ModTime: time.UnixMilli(madeMS).Truncate(time.Second),
	})
	if err != nil {
		return err
	}
	_, err = io.Copy(to, r)
	return err
}

// reader ends with its context.
type reader struct {
	ctx context.Context //nolint:containedctx // It is as long as the reading.
	r   io.Reader
}

func (r reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}

// counting tells how much was read, now and then.
type counting struct {
	r          io.Reader
	tell       func(n int64)
	done, told int64
}

// tellEvery spaces telling, in bytes.
const tellEvery = 1 << 20

func (c *counting) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.done += int64(n)
	if c.done-c.told >= tellEvery || errors.Is(err, io.EOF) {
		c.told = c.done
		c.tell(c.done)
	}
	return n, err
}

// OpenedBackup is a backup whose passphrase was right. One goroutine may use it.
type OpenedBackup struct {
	Manifest  Manifest
	file      *os.File
	container *container
}

// OpenBackup opens a backup and reads what it says of itself. It takes as long
// as the file's maker wanted guessing to take, within bounds. The error is one
// of ErrPassphrase, ErrNotBackup, ErrBadBackup and ErrNewerBackup where that is
// the reason.
func OpenBackup(path, passphrase string) (*OpenedBackup, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open the backup: %w", err)
	}
	b, err := unseal(file, passphrase)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open the backup: %w", err), file.Close())
	}
	b.file = file
	return b, nil
}

// magic begins every age file that a passphrase opens.
const magic = "age-encryption.org/v1\n-> scrypt "

func unseal(r io.Reader, passphrase string) (*OpenedBackup, error) {
	buffer := bufio.NewReaderSize(r, 256<<10)
	if head, err := buffer.Peek(len(magic)); string(head) != magic {
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		return nil, ErrNotBackup
	}
	if passphrase == "" {
		return nil, ErrPassphrase
	}
	identity, err := age.NewScryptIdentity(composed(passphrase))
	if err != nil {
		return nil, err
	}
	identity.SetMaxWorkFactor(maxWorkFactor)
	plain, err := age.Decrypt(buffer, identity)
	if err != nil {
		if errors.Is(err, age.ErrIncorrectIdentity) {
			return nil, ErrPassphrase
		}
		return nil, fmt.Errorf("%w: %w", ErrBadBackup, err)
	}
	unpacked, err := gzip.NewReader(plain)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBadBackup, err)
	}
	unpacked.Multistream(false)
	c, err := readContainer(unpacked)
	if err != nil {
		return nil, err
	}
	c.end = func() error { return atEnd(plain) }
	return &OpenedBackup{Manifest: c.manifest, container: c}, nil
}

// Close closes the file.
func (b *OpenedBackup) Close() error { return b.file.Close() }

// Extract writes the database to a new file, once. It is there only if all of
// the backup was read and is what it was when it was made.
func (b *OpenedBackup) Extract(ctx context.Context, to string, progress func(done, total int64)) error {
	if progress == nil {
		progress = func(int64, int64) {}
	}
	size := b.Manifest.Parts[0].Bytes
	if free, known := desktop.FreeBytes(filepath.Dir(to)); known && free < size {
		return fmt.Errorf("unpack the backup: %d bytes are needed: %w", size, store.ErrDiskFull)
	}
	file, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("unpack the backup: %w", ExplainWrite(err))
	}
	err = b.container.extract(ctx, file, progress)
	err = errors.Join(err, file.Close())
	if err != nil {
		return errors.Join(fmt.Errorf("unpack the backup: %w", ExplainWrite(err)), os.Remove(to))
	}
	return nil
}

// container reads what is sealed in a backup.
type container struct {
	manifest Manifest
	r        io.Reader
	tar      *tar.Reader
	end      func() error // Looks at whether what r is packed in ends with it; may be nil.
}

// readContainer reads up to the end of the manifest.
func readContainer(r io.Reader) (*container, error) {
	c := &container{r: r, tar: tar.NewReader(r)}
	if err := c.next(manifestName, maxManifest); err != nil {
		return nil, err
	}
	data, err := io.ReadAll(c.tar)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBadBackup, err)
	}
	if err := json.Unmarshal(data, &c.manifest); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBadBackup, err)
	}
	return c, c.manifest.check()
}

// check returns an error for a manifest that this build cannot go by.
func (m Manifest) check() error {
	if m.Format != backupFormat {
		return ErrNotBackup
	}
	known, err := store.SchemaVersion()
	if err != nil {
		return err
	}
	if m.Version > backupVersion || m.Schema > known {
		return fmt.Errorf("%w: container %d, schema %d", ErrNewerBackup, m.Version, m.Schema)
	}
	if m.Version != backupVersion || m.Schema < 1 || len(m.Parts) != 1 || m.User.ID == "" || m.Server == "" {
		return fmt.Errorf("%w: its manifest lacks something", ErrBadBackup)
	}
	if p := m.Parts[0]; p.Name != databaseName || p.Bytes < 1 || p.Bytes > maxDatabase {
		return fmt.Errorf("%w: its part is no database", ErrBadBackup)
	}
	return nil
}

// next goes to the next member, which must be a plain file of that name.
func (c *container) next(name string, most int64) error {
	h, err := c.tar.Next()
	if err != nil {
		return fmt.Errorf("%w: %w", ErrBadBackup, err)
	}
	if h.Typeflag != tar.TypeReg || h.Name != name || h.Size < 0 || h.Size > most {
		return fmt.Errorf("%w: an unexpected member", ErrBadBackup)
	}
	return nil
}

// extract writes the database to w and reads up to the end, whose seal says
// that nothing is missing.
func (c *container) extract(ctx context.Context, w io.Writer, progress func(done, total int64)) error {
	part := c.manifest.Parts[0]
	if err := c.next(part.Name, part.Bytes); err != nil {
		return err
	}
	sum := sha256.New()
	from := &counting{r: c.tar, tell: func(n int64) { progress(n, part.Bytes) }}
	n, err := transfer(ctx, w, from, sum)
	if err != nil {
		return err
	}
	if n != part.Bytes || hex.EncodeToString(sum.Sum(nil)) != part.SHA256 {
		return fmt.Errorf("%w: the database is not the one that was backed up", ErrBadBackup)
	}
	if _, err := c.tar.Next(); !errors.Is(err, io.EOF) {
		return fmt.Errorf("%w: more follows (%w)", ErrBadBackup, orNothing(err))
	}
	if err := atEnd(c.r); err != nil {
		return err
	}
	if c.end != nil {
		return c.end()
	}
	return nil
}

func orNothing(err error) error {
	if err == nil {
		return errors.New("another member")
	}
	return err
}

// transfer copies from r to w and sum. What goes wrong with r is ErrBadBackup.
func transfer(ctx context.Context, w io.Writer, r io.Reader, sum hash.Hash) (n int64, err error) {
	buffer := make([]byte, 256<<10)
	for {
		if err := ctx.Err(); err != nil {
			return n, err
		}
		got, broken := r.Read(buffer)
		n += int64(got)
		sum.Write(buffer[:got])
		if _, err := w.Write(buffer[:got]); err != nil {
			return n, err
		}
		switch {
		case errors.Is(broken, io.EOF):
			return n, nil
		case broken != nil:
			return n, fmt.Errorf("%w: %w", ErrBadBackup, broken)
		}
	}
}

// atEnd returns an error unless r ends after at most a little padding.
func atEnd(r io.Reader) error {
	const padding = 64 << 10
	n, err := io.Copy(io.Discard, io.LimitReader(r, padding))
	if err == nil && n == padding {
		err = errors.New("more follows")
	}
	if err != nil {
		return fmt.Errorf("%w: %w", ErrBadBackup, err)
	}
	return nil
}
