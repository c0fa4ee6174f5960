package archive

import (
	"archive/zip"
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"mychat/backend/store"
	"mychat/protocol"
)

// ExportOptions configures Export. The zero value exports everything in
// English.
type ExportOptions struct {
	ConversationID string                  // "" means all of them.
	Language       string                  // A BCP 47 tag; Chinese or English comes of it.
	Zip            bool                    // One file, instead of a folder with files.
	Location       *time.Location          // Of days and times. Nil means time.Local.
	Now            time.Time               // When it is made. The zero value means now.
	Progress       func(done, total int64) // Hears of messages. May be nil.
}

// perFile is how many messages one page of HTML holds: a browser opens it at
// once.
const perFile = 5000

// Export writes conversations as pages of HTML that stand for themselves and as
// JSON into dir, and returns the path of the folder, or of the file with
// ExportOptions.Zip, that it made there. It never writes over anything. One
// that was cut short is removed. The error is store.ErrDiskFull, wrapped, where
// there is no room.
func Export(ctx context.Context, s *store.Store, dir string, opt ExportOptions) (path string, err error) {
	if opt.Location == nil {
		opt.Location = time.Local
	}
	if opt.Now.IsZero() {
		opt.Now = time.Now()
	}
	if opt.Progress == nil {
		opt.Progress = func(int64, int64) {}
	}
	defer func() { err = ExplainWrite(err) }()
	list, err := listed(ctx, s, opt.ConversationID)
	if err != nil {
		return "", err
	}
	me, err := s.Me(ctx)
	if err != nil {
		return "", err
	}
	w := wordsFor(opt.Language)
	name := w.Export
	if opt.ConversationID != "" {
		name += " " + nameOf(list[0])
	}
	to, err := makeSink(dir, SafeName(name+" "+opt.Now.In(opt.Location).Format("2006-01-02")), opt.Zip)
	if err != nil {
		return "", fmt.Errorf("begin the export: %w", err)
	}
	x := &export{ctx: ctx, store: s, to: to, opt: opt, words: w, me: me.Profile}
	for _, c := range list {
		x.total += c.LastSeq
	}
	if err := x.all(list); err != nil {
		return "", errors.Join(fmt.Errorf("export: %w", err), to.discard())
	}
	return to.finish()
}

// listed returns the conversations to export.
func listed(ctx context.Context, s *store.Store, id string) ([]store.Conversation, error) {
	if id == "" {
		return s.Conversations(ctx)
	}
	list, err := s.ConversationsByID(ctx, []string{id})
	if err == nil && len(list) == 0 {
		err = fmt.Errorf("conversation %q: %w", id, store.ErrNotFound)
	}
	return list, err
}

// nameOf is what the user calls a conversation.
func nameOf(c store.Conversation) string {
	for _, name := range []string{c.Remark, c.Peer.Nickname, c.Peer.Username} {
		if name != "" {
			return name
		}
	}
	return c.ID
}

// export is one run of Export.
type export struct {
	ctx   context.Context //nolint:containedctx // It is as long as the run.
	store *store.Store
	to    sink
	opt   ExportOptions
	words words
	me    protocol.Profile

	done, total int64
}

// entry is a conversation in the index.
type entry struct {
	Name, File string
	Count      int64
	Last       string
}

func (x *export) all(list []store.Conversation) error {
	var index []entry
	for i, c := range list {
		stem := fmt.Sprintf("%04d %s", i+1, SafeName(nameOf(c)))
		e, err := x.conversation(c, stem)
		if err != nil {
			return err
		}
		index = append(index, e)
	}
	if err := x.account(list); err != nil {
		return err
	}
	return x.page("index.html", func(w io.Writer) error {
		return pages.ExecuteTemplate(w, "index", map[string]any{
			"W": x.words, "Me": x.me, "Made": x.time(x.opt.Now.UnixMilli()), "List": index, "Style": style,
		})
	})
}

// conversation writes one conversation: its pages and its JSON.
func (x *export) conversation(c store.Conversation, stem string) (entry, error) {
	e := entry{Name: nameOf(c), File: "conversations/" + stem + ".html"}
	temp, err := os.CreateTemp("", "mychat-export-*.json")
	if err != nil {
		return e, err
	}
	defer func() { _ = errors.Join(temp.Close(), os.Remove(temp.Name())) }()
	j := newListing(temp, c)
	p := &paper{x: x, c: c, stem: stem}
	for from := int64(0); ; {
		if err := x.ctx.Err(); err != nil {
			return e, err
		}
		part, err := x.store.Walk(x.ctx, c.ID, from)
		if err != nil {
			return e, err
		}
		if part.Lacking > 0 {
			if err := p.line(with(x.words.Lacking, number(part.Lacking))); err != nil {
				return e, err
			}
		}
		for _, m := range part.Messages {
			said, err := x.said(c, m)
			if err == nil {
				err = errors.Join(j.add(said), p.message(said))
			}
			if err != nil {
				return e, err
			}
			e.Count++
			e.Last = x.time(m.CreatedMS)
		}
		if part.Next == 0 {
			break
		}
		x.opt.Progress(x.done+part.Next, x.total)
		from = part.Next
	}
	x.done += c.LastSeq
	x.opt.Progress(x.done, x.total)
	if err := p.close(true); err != nil {
		return e, err
	}
	if err := j.close(); err != nil {
		return e, err
	}
	return e, x.page("conversations/"+stem+".json", func(w io.Writer) error {
		if _, err := temp.Seek(0, io.SeekStart); err != nil {
			return err
		}
		_, err := io.Copy(w, temp)
		return err
	})
}

// Said is a message as an export's JSON holds it.
type Said struct {
	Seq       int64           `json:"seq"` // 0 for one that is not sent.
	Kind      string          `json:"kind"`
	Sender    string          `json:"sender"` // User id.
	Name      string          `json:"name"`
	Mine      bool            `json:"mine"`
	Time      string          `json:"time"` // RFC 3339, UTC.
	Text      string          `json:"text"`
	EditedMS  int64           `json:"edited_ms,omitempty"`
	StarredMS int64           `json:"starred_ms,omitempty"`
	Versions  []store.Version `json:"versions,omitempty"` // What an edited message said, the present words last.
	Recalled  bool            `json:"recalled,omitempty"`
	Unsent    bool            `json:"unsent,omitempty"`
	Answers   *store.Quote    `json:"answers,omitempty"`
	Forwarded string          `json:"forwarded,omitempty"` // Whose words it repeats.
	Record    *SaidRecord     `json:"record,omitempty"`    // The messages that it passes on.
	createdMS int64
	quoted    string // Who said what is answered.
}

// SaidRecord are messages that one message passes on.
type SaidRecord struct {
	Names []string   `json:"names"` // Of those whose conversation it was.
	Items []SaidItem `json:"items"`
	Title string     `json:"-"`
}

// SaidItem is one message of a record.
type SaidItem struct {
	Name      string      `json:"name"`
	Time      string      `json:"time"` // RFC 3339, UTC.
	Kind      string      `json:"kind"`
	Text      string      `json:"text"`
	Forwarded string      `json:"forwarded,omitempty"`
	Record    *SaidRecord `json:"record,omitempty"`
	Clock     string      `json:"-"`
}

func (x *export) said(c store.Conversation, m store.Message) (Said, error) {
	out := Said{
		Seq: m.Seq, Kind: m.Kind, Sender: m.Sender, Name: x.nameIn(c, m.Sender, m.Mine), Mine: m.Mine,
		Time: time.UnixMilli(m.CreatedMS).UTC().Format(time.RFC3339), Text: m.Text, EditedMS: m.EditedMS, StarredMS: m.StarredMS,
		Recalled: m.Kind == protocol.KindRecall, Unsent: m.Seq == 0, createdMS: m.CreatedMS,
	}
	if out.Recalled {
		out.Text = ""
	}
	if m.Quote != nil && m.Countable() { // Other kinds name what they are done to.
		out.Answers, out.quoted = m.Quote, x.nameIn(c, m.Quote.Sender, m.Quote.Mine)
	}
	out.Forwarded = m.Forwarded
	if m.Card != nil && !out.Recalled {
		record, err := x.record(c.ID, m.ID, nil)
		if err != nil {
			return out, err
		}
		out.Record = record
	}
	var err error
	if m.EditedMS > 0 && !out.Recalled {
		out.Versions, err = x.store.Versions(x.ctx, c.ID, m.Seq)
	}
	return out, err
}

// record returns what a message passes on, or what the message does that is at
// path in it.
func (x *export) record(conversationID, id string, path []int) (*SaidRecord, error) {
	r, err := x.store.Record(x.ctx, conversationID, id, path)
	if err != nil {
		return nil, err
	}
	out := &SaidRecord{Names: r.Names, Items: make([]SaidItem, len(r.Items)), Title: x.words.title(r.Names)}
	for i, item := range r.Items {
		said := SaidItem{
			Name: item.Name, Time: time.UnixMilli(item.CreatedMS).UTC().Format(time.RFC3339), Kind: item.Kind,
			Text: item.Text, Forwarded: item.Forwarded, Clock: x.time(item.CreatedMS),
		}
		if item.Card != nil {
			if said.Record, err = x.record(conversationID, id, append(slices.Clone(path), i)); err != nil {
				return nil, err
			}
		}
		out.Items[i] = said
	}
	return out, nil
}

// nameIn is what the user calls who wrote in a conversation.
func (x *export) nameIn(c store.Conversation, sender string, mine bool) string {
	switch {
	case mine && x.me.Nickname != "":
		return x.me.Nickname
	case sender == c.Peer.ID:
		return nameOf(c)
	}
	return sender
}

func (x *export) time(ms int64) string {
	return time.UnixMilli(ms).In(x.opt.Location).Format("2006-01-02 15:04")
}

// account writes who this is and whom they know.
func (x *export) account(list []store.Conversation) error {
	contacts, err := x.store.Contacts(x.ctx)
	if err != nil {
		return err
	}
	if x.opt.ConversationID != "" {
		contacts = nil
	}
	return x.page("account.json", func(w io.Writer) error {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(map[string]any{
			"format": "mychat-export", "version": 1, "made": x.opt.Now.UTC().Format(time.RFC3339),
			"me": x.me, "contacts": contacts, "conversations": len(list),
		})
	})
}

// page writes one file of the export.
func (x *export) page(name string, do func(io.Writer) error) error {
	w, err := x.to.create(name)
	if err != nil {
		return err
	}
	b := bufio.NewWriterSize(w, 64<<10)
	return errors.Join(do(b), b.Flush(), w.Close())
}

// listing writes the JSON of one conversation, message by message.
type listing struct {
	w     *bufio.Writer
	first bool
}

func newListing(w io.Writer, c store.Conversation) *listing {
	j := &listing{w: bufio.NewWriterSize(w, 64<<10), first: true}
	head, err := json.Marshal(map[string]any{"id": c.ID, "kind": c.Kind, "name": nameOf(c), "peer": c.Peer})
	if err != nil {
		panic("archive: encode a conversation: " + err.Error()) // Strings always encode.
	}
	fmt.Fprintf(j.w, "{\"format\": \"mychat-conversation\", \"version\": 1,\n\"conversation\": %s,\n\"messages\": [", head)
	return j
}

func (j *listing) add(m Said) error {
	data, err := json.Marshal(m)
	if err != nil {
		return err
	}
	sep := ",\n"
	if j.first {
		sep, j.first = "\n", false
	}
	_, err = fmt.Fprintf(j.w, "%s%s", sep, data)
	return err
}

func (j *listing) close() error {
	_, err := j.w.WriteString("\n]}\n")
	return errors.Join(err, j.w.Flush())
}

// paper writes the pages of one conversation.
type paper struct {
	x    *export
	c    store.Conversation
	stem string

	file    io.WriteCloser
	buffer  *bufio.Writer
	page    int // From 1.
	written int // Messages in this page.
	day     string
}

// name is the file of a page.
func (p *paper) name(page int) string {
	if page == 1 {
		return p.stem + ".html"
	}
	return fmt.Sprintf("%s (%d).html", p.stem, page)
}

// open begins a page where none is begun.
func (p *paper) open() error {
	if p.buffer != nil {
		return nil
	}
	p.page++
	p.written, p.day = 0, ""
	file, err := p.x.to.create("conversations/" + p.name(p.page))
	if err != nil {
		return err
	}
	p.file, p.buffer = file, bufio.NewWriterSize(file, 64<<10)
	older := ""
	if p.page > 1 {
		older = p.name(p.page - 1)
	}
	return pages.ExecuteTemplate(p.buffer, "head", map[string]any{"W": p.x.words, "Title": nameOf(p.c), "Older": older, "Style": style})
}

// close ends the page, the last one if so said.
func (p *paper) close(last bool) error {
	if err := p.open(); err != nil { // An empty conversation has a page too.
		return err
	}
	newer := ""
	if !last {
		newer = p.name(p.page + 1)
	}
	err := pages.ExecuteTemplate(p.buffer, "foot", map[string]any{"W": p.x.words, "Newer": newer})
	err = errors.Join(err, p.buffer.Flush(), p.file.Close())
	p.buffer = nil
	return err
}

func (p *paper) line(text string) error {
	if err := p.open(); err != nil {
		return err
	}
	return pages.ExecuteTemplate(p.buffer, "line", text)
}

func (p *paper) message(m Said) error {
	if p.written == perFile {
		if err := p.close(false); err != nil {
			return err
		}
	}
	if err := p.open(); err != nil {
		return err
	}
	p.written++
	at := time.UnixMilli(m.createdMS).In(p.x.opt.Location)
	if day := p.x.words.day(at); day != p.day {
		p.day = day
		if err := pages.ExecuteTemplate(p.buffer, "day", day); err != nil {
			return err
		}
	}
	switch {
	case m.Recalled:
		return p.line(with(p.x.words.Recalled, m.Name))
	case m.Kind == protocol.KindFriended:
		return p.line(with(p.x.words.Friended, m.Name))
	case m.Kind == protocol.KindClear:
		return p.line(with(p.x.words.Cleared, m.Name))
	}
	text := m.Text
	if text == "" {
		text = p.x.words.Unknown
	}
	var before []store.Version
	if n := len(m.Versions); n > 1 {
		before = m.Versions[:n-1]
	}
	return pages.ExecuteTemplate(p.buffer, "message", map[string]any{
		"W": p.x.words, "M": m, "Text": text, "Clock": at.Format("15:04"), "Before": before, "Quoted": m.quoted,
	})
}

// sink is where the files of an export go.
type sink interface {
	create(name string) (io.WriteCloser, error) // One file at a time.
	finish() (path string, err error)
	discard() error
}

// makeSink begins a folder, or a file of that name with .zip, in dir under a
// name that is not taken.
func makeSink(dir, name string, packed bool) (sink, error) {
	if !packed {
		f := folder(freePath(dir, name, ""))
		return f, os.MkdirAll(filepath.Join(f.part(), "conversations"), 0o700)
	}
	file, path, err := createPart(dir, name, ".zip")
	if err != nil {
		return nil, err
	}
	return &zipped{path: path, file: file, w: zip.NewWriter(file)}, nil
}

func taken(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// folder is a sink of files in a folder, which has its name once it is whole.
type folder string

func (f folder) part() string { return string(f) + partSuffix }

func (f folder) create(name string) (io.WriteCloser, error) {
	return os.OpenFile(filepath.Join(f.part(), filepath.FromSlash(name)), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
}

func (f folder) finish() (string, error) {
	if err := os.Rename(f.part(), string(f)); err != nil {
		return "", errors.Join(err, f.discard())
	}
	return string(f), nil
}

func (f folder) discard() error { return os.RemoveAll(f.part()) }

// zipped is a sink of one file.
type zipped struct {
	path string
	file *os.File
	w    *zip.Writer
}

func (z *zipped) create(name string) (io.WriteCloser, error) {
	root := strings.TrimSuffix(filepath.Base(z.path), ".zip")
	w, err := z.w.CreateHeader(&zip.FileHeader{Name: root + "/" + name, Method: zip.Deflate, Modified: time.Now()})
	return leaveOpen{w}, err
}

func (z *zipped) finish() (string, error) {
	err := errors.Join(z.w.Close(), z.file.Sync(), z.file.Close())
	if err == nil {
		err = os.Rename(z.path+partSuffix, z.path)
	}
	if err != nil {
		return "", errors.Join(err, os.Remove(z.path+partSuffix))
	}
	return z.path, nil
}

func (z *zipped) discard() error { return errors.Join(z.file.Close(), os.Remove(z.path+partSuffix)) }

type leaveOpen struct{ io.Writer }

func (leaveOpen) Close() error { return nil }
