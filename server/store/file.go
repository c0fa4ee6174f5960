package store

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/oklog/ulid/v2"
)

// File is a file that a user announced, whether its bytes are there or not.
// Rows are locked in this order: file, content, part.
type File struct {
	ID        ID
	OwnerID   ID
	ClientID  ulid.ULID // The owner's own id of it.
	Content   []byte    // Names what is in it.
	Name      string
	Type      string // The media type that its owner says.
	Class     string // What of it matters for how long it is kept.
	Complete  bool
	CreatedMS int64
	LookMS    int64 // When to look whether it still serves; 0 means when something lets go of it.
	Bytes     int64 // The size of its content.
}

type fileRow struct {
	ID        ID
	OwnerID   ID
	ClientID  []byte
	Content   []byte
	Name      string
	Type      string
	Class     string
	Complete  bool
	CreatedMS int64 `gorm:"column:created_ms"`
	LookMS    int64 `gorm:"column:look_ms"`
	SizeBytes int64
}

const fileColumns = `SELECT f.id, f.owner_id, f.client_id, f.content, f.name, f.type, f.class, f.complete,
	f.created_ms, f.look_ms, c.size_bytes FROM file f JOIN content c ON c.sum = f.content `

func (tx *Tx) fileWhere(where string, args ...any) (File, error) {
	r, err := one[fileRow](tx, fileColumns+where, args...)
	if err == nil && len(r.ClientID) != len(ulid.ULID{}) {
		err = fmt.Errorf("file %d: client id of %d bytes", r.ID, len(r.ClientID))
	}
	if err != nil {
		return File{}, err
	}
	return File{
		ID: r.ID, OwnerID: r.OwnerID, ClientID: ulid.ULID(r.ClientID), Content: r.Content, Name: r.Name, Type: r.Type,
		Class: r.Class, Complete: r.Complete, CreatedMS: r.CreatedMS, LookMS: r.LookMS, Bytes: r.SizeBytes,
	}, nil
}

// File returns a file, or ErrNoRow.
func (tx *Tx) File(id ID) (File, error) { return tx.fileWhere(`WHERE f.id = ?`, id) }

// FileOf returns the file that its owner knows by an id, or ErrNoRow.
func (tx *Tx) FileOf(owner ID, clientID ulid.ULID) (File, error) {
	return tx.fileWhere(`WHERE f.owner_id = ? AND f.client_id = ?`, owner, clientID.Bytes())
}

// LockFile returns a file and keeps other transactions from changing it, or
// ErrNoRow.
func (tx *Tx) LockFile(id ID) (File, error) {
	if tx.pg {
		return tx.fileWhere(`WHERE f.id = ? FOR UPDATE OF f`, id)
	}
	return tx.File(id)
}

// InsertFile adds a file of a content that InsertContent locked. ErrConflict
// means that its owner uses the client id already.
func (tx *Tx) InsertFile(f File) error {
	_, err := tx.exec(`INSERT INTO file (id, owner_id, client_id, content, name, type, class, complete, created_ms, look_ms)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		f.ID, f.OwnerID, f.ClientID.Bytes(), f.Content, f.Name, f.Type, f.Class, f.Complete, f.CreatedMS, f.LookMS)
	return err
}

// InsertContent makes sure that a content is known, and locks it. sums are the
// SHA-256 of its parts, one after the other, and sum is theirs.
func (tx *Tx) InsertContent(sum []byte, size int64, sums []byte) error {
	// Whoever comes second waits here for the first, or for who removes it.
	if _, err := tx.exec(`INSERT INTO content (sum, size_bytes) VALUES (?, ?)
		ON CONFLICT (sum) DO UPDATE SET size_bytes = content.size_bytes`, sum, size); err != nil {
		return err
	}
	known, err := one[bool](tx, `SELECT EXISTS (SELECT 1 FROM content_part WHERE content = ?)`, sum)
	if err != nil || known || len(sums) == 0 {
		return err
	}
	if tx.pg {
		_, err = tx.exec(`INSERT INTO content_part (content, n, part) SELECT ?::bytea, k.n - 1, k.part
			FROM unnest(?::bytea[]) WITH ORDINALITY AS k (part, n)`, sum, blobs(split(sums)))
	} else {
		_, err = tx.exec(`INSERT INTO content_part (content, n, part) SELECT ?, key, unhex(value) FROM json_each(?)`, sum, jsonOf(hexes(split(sums))))
	}
	return err
}

// split cuts sums into one for each part.
func split(sums []byte) [][]byte {
	list := make([][]byte, 0, len(sums)/sha256.Size)
	for ; len(sums) >= sha256.Size; sums = sums[sha256.Size:] {
		list = append(list, sums[:sha256.Size])
	}
	return list
}

// hexes writes bytes for a statement of SQLite, which reads them by unhex.
func hexes(list [][]byte) []string {
	texts := make([]string, len(list))
	for i, b := range list {
		texts[i] = hex.EncodeToString(b)
	}
	return texts
}

// ContentSums returns the SHA-256 of the parts of a content, one after the
// other.
func (tx *Tx) ContentSums(content []byte) ([]byte, error) {
	parts, err := many[[]byte](tx, `SELECT part FROM content_part WHERE content = ? ORDER BY n`, content)
	sums := make([]byte, 0, len(parts)*sha256.Size)
	for _, p := range parts {
		sums = append(sums, p...)
	}
	return sums, err
}

// FileRoom returns how many bytes the files of a user take: equal ones count
// once.
func (tx *Tx) FileRoom(owner ID) (int64, error) {
	return one[int64](tx, `SELECT coalesce(sum(c.size_bytes), 0) FROM content c
		WHERE c.sum IN (SELECT f.content FROM file f WHERE f.owner_id = ?)`, owner)
}

// FileRoomWith is FileRoom as it would be with one more file.
func (tx *Tx) FileRoomWith(owner ID, content []byte, size int64) (int64, error) {
	used, err := tx.FileRoom(owner)
	if err != nil {
		return 0, err
	}
	has, err := one[bool](tx, `SELECT EXISTS (SELECT 1 FROM file WHERE owner_id = ? AND content = ?)`, owner, content)
	if !has {
		used += size
	}
	return used, err
}

// readableFile is SQL that is true for files f that a user may read: their own,
// and those of entries that they see.
const readableFile = `(f.owner_id = %[1]s OR EXISTS (SELECT 1 FROM entry_file x
	JOIN entry e ON e.conv_id = x.conv_id AND e.seq = x.seq JOIN conversation c ON c.id = x.conv_id
	JOIN member m ON m.conv_id = x.conv_id AND m.user_id = %[1]s
	WHERE x.file_id = f.id AND ` + shown + `))`

// HasContent reports whether a complete file that a user may read has a
// content.
func (tx *Tx) HasContent(user ID, content []byte) (bool, error) {
	return one[bool](tx, `SELECT EXISTS (SELECT 1 FROM file f WHERE f.content = ? AND f.complete AND `+
		fmt.Sprintf(readableFile, "?")+`)`, content, user, user)
}

// MayReadFile reports whether a file is one that a user may read. An incomplete
// one is its owner's alone.
func (tx *Tx) MayReadFile(user, file ID) (bool, error) {
	return one[bool](tx, `SELECT EXISTS (SELECT 1 FROM file f WHERE f.id = ? AND `+fmt.Sprintf(readableFile, "?")+`)`, file, user, user)
}

// Handed is a file that a user gives others a right to.
type Handed struct{ UserID, FileID ID }

// MayHand returns which of some files are complete and may be read by whom they
// stand with, and keeps those from being removed until the transaction ends.
func (tx *Tx) MayHand(list []Handed) (map[Handed]bool, error) {
	cells := make([][]int64, len(list))
	for i, h := range list {
		cells[i] = []int64{int64(h.UserID), int64(h.FileID)}
	}
	sql := `SELECT k.user_id, k.file_id FROM ` + tx.table("k", "user_id", "file_id") + `
		JOIN file f ON f.id = k.file_id WHERE f.complete AND ` + fmt.Sprintf(readableFile, "k.user_id")
	if tx.pg {
		sql += ` FOR KEY SHARE OF f`
	}
	rows, err := many[Handed](tx, sql, tx.rows(2, cells)...)
	may := make(map[Handed]bool, len(rows))
	for _, h := range rows {
		may[h] = true
	}
	return may, err
}

// insertEntryFiles writes which files the readers of entries may read.
func (tx *Tx) insertEntryFiles(list []Entry) error {
	var cells [][]int64
	for _, e := range list {
		for _, text := range e.Wire.FileIDs {
			id, ok := ParseID(text)
			if !ok {
				return fmt.Errorf("entry %d of conversation %s: %q names no file", e.Wire.Seq, e.ConversationID, text)
			}
			cells = append(cells, []int64{int64(id), int64(e.ConversationID), e.Wire.Seq})
		}
	}
	if len(cells) == 0 {
		return nil
	}
	_, err := tx.exec(`INSERT INTO entry_file (file_id, conv_id, seq) SELECT k.file_id, k.conv_id, k.seq
		FROM `+tx.table("k", "file_id", "conv_id", "seq")+` WHERE TRUE ON CONFLICT DO NOTHING`, tx.rows(3, cells)...)
	return err
}

// dropEntryFiles takes the right to files from those entries of entry_file x
// that a condition names, and has those files looked at.
func (tx *Tx) dropEntryFiles(where string, args ...any) error {
	_, err := tx.exec(`UPDATE file SET look_ms = 1 WHERE id IN (SELECT x.file_id FROM entry_file x WHERE `+where+`)`, args...)
	if err == nil {
		_, err = tx.exec(`DELETE FROM entry_file AS x WHERE `+where, args...)
	}
	return err
}

// KeepFiles keeps complete files until a time at least, even if nothing refers
// to them.
func (tx *Tx) KeepFiles(ids []ID, untilMS int64) error {
	_, err := tx.exec(`UPDATE file SET look_ms = CASE WHEN look_ms > ? THEN look_ms ELSE ? END
		WHERE complete AND id IN `+tx.set(), untilMS, untilMS, tx.ids(ids))
	return err
}

// FileParts returns which parts of an incomplete file are there, ascending.
func (tx *Tx) FileParts(file ID) ([]int, error) {
	return many[int](tx, `SELECT n FROM file_part WHERE file_id = ? ORDER BY n`, file)
}

// PartBlob returns the SHA-256 of a part of a content and the key of its bytes,
// which is "" while those are not there. ErrNoRow if it has no such part.
func (tx *Tx) PartBlob(content []byte, n int) (sum []byte, blob string, err error) {
	r, err := one[struct {
		Part []byte
		Blob string
	}](tx, `SELECT k.part, p.blob FROM content_part k LEFT JOIN part p ON p.sum = k.part WHERE k.content = ? AND k.n = ?`, content, n)
	return r.Part, r.Blob, err
}

// ContentBlobs returns the keys of the bytes of a complete content's parts, in
// their order.
func (tx *Tx) ContentBlobs(content []byte) ([]string, error) {
	return many[string](tx, `SELECT p.blob FROM content_part k JOIN part p ON p.sum = k.part WHERE k.content = ? ORDER BY k.n`, content)
}

// AddPart notes that a part of a locked file is there, with its bytes under a
// key, unless they are already under another. It returns the key that counts.
func (tx *Tx) AddPart(file ID, n int, sum []byte, blob string) (string, error) {
	kept, err := one[string](tx, `INSERT INTO part (sum, blob) VALUES (?, ?)
		ON CONFLICT (sum) DO UPDATE SET blob = part.blob RETURNING blob`, sum, blob)
	if err == nil {
		_, err = tx.exec(`INSERT INTO file_part (file_id, n) VALUES (?, ?) ON CONFLICT DO NOTHING`, file, n)
	}
	return kept, err
}

// CountFileParts returns how many parts of an incomplete file are there.
func (tx *Tx) CountFileParts(file ID) (int, error) {
	return one[int](tx, `SELECT count(*) FROM file_part WHERE file_id = ?`, file)
}

// SetFileLook says when to look at a locked file again, and, if all of its
// parts are there, that it is complete.
func (tx *Tx) SetFileLook(file ID, complete bool, lookMS int64) error {
	if complete {
		if _, err := tx.exec(`DELETE FROM file_part WHERE file_id = ?`, file); err != nil {
			return err
		}
	}
	_, err := tx.exec(`UPDATE file SET complete = ?, look_ms = ? WHERE id = ?`, complete, lookMS, file)
	return err
}

// FilesToLook returns up to limit files that are to be looked at by a time.
func (tx *Tx) FilesToLook(nowMS int64, limit int) ([]ID, error) {
	return many[ID](tx, `SELECT id FROM file WHERE look_ms > 0 AND look_ms <= ? ORDER BY look_ms LIMIT ?`, nowMS, limit)
}

// FilesOfClass returns up to limit files of a class with ids below one.
func (tx *Tx) FilesOfClass(class string, below ID, limit int) ([]ID, error) {
	return many[ID](tx, `SELECT id FROM file WHERE class = ? AND id < ? ORDER BY id LIMIT ?`, class, below, limit)
}

// FileServes reports whether something but its owner refers to a file.
func (tx *Tx) FileServes(file ID) (bool, error) {
	return one[bool](tx, `SELECT EXISTS (SELECT 1 FROM entry_file WHERE file_id = ?)`, file)
}

// DeleteFile removes a locked file, with the rights that entries give to it,
// and returns the keys of the bytes that nothing needs any more. They are to be
// removed once the transaction is committed.
func (tx *Tx) DeleteFile(f File) ([]string, error) {
	for _, table := range []string{"file_part WHERE file_id", "entry_file WHERE file_id", "file WHERE id"} {
		if _, err := tx.exec(`DELETE FROM `+table+` = ?`, f.ID); err != nil {
			return nil, err
		}
	}
	lock := ""
	if tx.pg {
		lock = " FOR UPDATE"
	}
	// The lock is one statement and the question another: what was committed
	// while the first one waited, the second one sees.
	if _, err := many[[]byte](tx, `SELECT sum FROM content WHERE sum = ?`+lock, f.Content); err != nil {
		return nil, err
	}
	used, err := one[bool](tx, `SELECT EXISTS (SELECT 1 FROM file WHERE content = ?)`, f.Content)
	if err != nil || used {
		return nil, err
	}
	parts, err := many[[]byte](tx, `SELECT p.sum FROM part p WHERE p.sum IN (SELECT k.part FROM content_part k WHERE k.content = ?)
		ORDER BY p.sum`+lock, f.Content)
	if err != nil {
		return nil, err
	}
	for _, from := range []string{"content_part WHERE content", "content WHERE sum"} {
		if _, err := tx.exec(`DELETE FROM `+from+` = ?`, f.Content); err != nil {
			return nil, err
		}
	}
	const idle = ` AND NOT EXISTS (SELECT 1 FROM content_part k WHERE k.part = part.sum) RETURNING blob`
	if tx.pg {
		return many[string](tx, `DELETE FROM part WHERE sum IN (SELECT unnest(?::bytea[]))`+idle, blobs(parts))
	}
	return many[string](tx, `DELETE FROM part WHERE sum IN (SELECT unhex(value) FROM json_each(?))`+idle, jsonOf(hexes(parts)))
}

// UnknownBlobs returns which of some keys belong to no part.
func (tx *Tx) UnknownBlobs(keys []string) ([]string, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	if tx.pg {
		return many[string](tx, `SELECT k FROM unnest(?::text[]) AS k WHERE NOT EXISTS (SELECT 1 FROM part WHERE blob = k)`, texts(keys))
	}
	return many[string](tx, `SELECT value FROM json_each(?) WHERE NOT EXISTS (SELECT 1 FROM part WHERE blob = value)`, jsonOf(keys))
}

// Secret returns what the nodes keep secret together under a name; fresh
// becomes it if there is nothing yet.
func (tx *Tx) Secret(name string, fresh []byte) ([]byte, error) {
	return one[[]byte](tx, `INSERT INTO secret (name, value) VALUES (?, ?)
		ON CONFLICT (name) DO UPDATE SET value = secret.value RETURNING value`, name, fresh)
}
