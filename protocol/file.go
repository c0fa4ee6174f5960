package protocol

import (
	"crypto/sha256"
	"mime"
	"strings"
	"unicode/utf8"
)

// PathFiles keeps files of any type. A file is announced with the hashes of its
// parts, and its parts come and go by number, beginning at a byte of them:
//
//	GET    PathFiles                            -> Room
//	POST   PathFiles                    NewFile -> File
//	GET    PathFiles/{id}                       -> File
//	DELETE PathFiles/{id}                       -> -
//	PUT    PathFiles/{id}/parts/{n}?offset=     bytes -> Part
//	GET    PathFiles/{id}/parts/{n}?offset=     -> bytes
//	POST   PathFiles/{id}/address               -> FileAddress
//	GET    PathFiles/{id}/content?for=&until=&sign= -> the whole file (no token)
//
// Bytes of parts are of type application/octet-stream. A part that was begun and broke
// off goes on at the offset that File names.
const PathFiles = "/v1/files"

// Sizes of files.
const (
	PartBytes    = 4 << 20  // Bytes of each part but the last, which has at least one.
	MaxParts     = 4096     // Parts of one file.
	MaxFileBytes = 16 << 30 // MaxParts of PartBytes.
	MaxFileName  = 255      // UTF-8 bytes.
	MaxMediaType = 100      // Bytes.
)

// Manifest says what a file is, before and after its bytes are there.
type Manifest struct {
	Name string `json:"name"`           // As its sender named it, without folders.
	Type string `json:"type"`           // Its media type, as its sender knows it.
	Size int64  `json:"size"`           // Bytes.
	Sums []byte `json:"sums,omitempty"` // The SHA-256 of each part, one after the other.
}

// PartsOf returns how many parts a file of so many bytes has.
func PartsOf(size int64) int { return int((size + PartBytes - 1) / PartBytes) }

// PartSize returns the bytes of a part, counted from 0.
func (m *Manifest) PartSize(n int) int64 { return min(PartBytes, m.Size-int64(n)*PartBytes) }

// PartSum returns the SHA-256 of a part, counted from 0.
func (m *Manifest) PartSum(n int) []byte { return m.Sums[n*sha256.Size : (n+1)*sha256.Size] }

// Sum names what is in the file: the SHA-256 of Sums.
func (m *Manifest) Sum() []byte {
	sum := sha256.Sum256(m.Sums)
	return sum[:]
}

// Check returns an Error if m says of no file what it is.
func (m *Manifest) Check() error {
	if err := CheckFileName(m.Name); err != nil {
		return err
	}
	switch kind, _, err := mime.ParseMediaType(m.Type); {
	case len(m.Type) > MaxMediaType || err != nil || !strings.Contains(kind, "/"):
		return Invalid("type", "is no media type of at most %d bytes", MaxMediaType)
	case m.Size < 0:
		return Invalid("size", "is negative")
	case m.Size > MaxFileBytes:
		return Errorf(CodeTooLarge, "no file is larger than %d bytes", int64(MaxFileBytes))
	case len(m.Sums) != PartsOf(m.Size)*sha256.Size:
		return Invalid("sums", "are not the SHA-256 of %d parts", PartsOf(m.Size))
	}
	return nil
}

// CheckFileName returns an Error if s could not be a file's name everywhere, or
// pretends to be another. What a system keeps for itself, as Windows does CON,
// is for who saves it.
func CheckFileName(s string) error {
	switch {
	case !utf8.ValidString(s):
		return Invalid("name", "is not valid UTF-8")
	case Blank(s) || s == "." || s == "..":
		return Invalid("name", "is empty")
	case len(s) > MaxFileName:
		return Invalid("name", "is longer than %d bytes", MaxFileName)
	case strings.ContainsAny(s, `/\`):
		return Invalid("name", "names a folder")
	case strings.ContainsFunc(s, deceptive):
		return Invalid("name", "has characters that cannot be seen")
	}
	return nil
}

// NewFile announces a file, under an id that its sender chose: saying it again
// is answered as before.
type NewFile struct {
	ClientID string   `json:"client_id"` // A ULID.
	Manifest Manifest `json:"manifest"`
}

// Check returns an Error if f could never be accepted, whoever asks.
func (f *NewFile) Check() error {
	if !validULID(f.ClientID) {
		return Invalid("client_id", "is not a ULID")
	}
	return f.Manifest.Check()
}

// States of a File.
const (
	FileOpen     = "open"     // Parts are missing.
	FileComplete = "complete" // It is there as a whole.
)

// File is what the server holds of a file.
type File struct {
	ID       string      `json:"id"`
	State    string      `json:"state"` // A File constant.
	Manifest Manifest    `json:"manifest"`
	Have     []PartRange `json:"have,omitempty"`  // With FileOpen: the parts that are there.
	Begun    []Part      `json:"begun,omitempty"` // With FileOpen: parts of which a beginning is there.
}

// PartRange names parts, counted from 0: From and those after it, up to To
// and without it.
type PartRange struct {
	From int `json:"from"`
	To   int `json:"to"`
}

// Part is what is there of one part.
type Part struct {
	Part  int   `json:"part"`  // Counted from 0.
	Bytes int64 `json:"bytes"` // From its beginning.
}

// Room is how much room one user's files take. Equal ones count once.
type Room struct {
	UsedBytes    int64 `json:"used_bytes"`
	QuotaBytes   int64 `json:"quota_bytes,omitempty"` // What they may take; 0 means that there is no bound.
	MaxFileBytes int64 `json:"max_file_bytes"`        // What one may have.
}

// FileAddress opens a file without a token, for a while.
type FileAddress struct {
	Path      string `json:"path"` // With a query, on the server that gave it.
	ExpiresMS int64  `json:"expires_ms"`
}
