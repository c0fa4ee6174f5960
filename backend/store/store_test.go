package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"
	"mychat/protocol"
)

const (
	self = "u-self"
	peer = "u-peer"
)

var me = protocol.Me{Profile: protocol.Profile{ID: self, Username: "selma", Nickname: "Selma"}}

func openIn(t testing.TB, dir string) *Store {
	t.Helper()
	s, err := Open(t.Context(), Options{Dir: dir, Me: me})
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	t.Cleanup(func() { s.Close() })
	note(t, s.reader)
	note(t, s.writer)
	return s
}

func open(t testing.TB) *Store { return openIn(t, filepath.Join(t.TempDir(), "account")) }

// text is an entry as the server would give it.
func text(seq int64, sender, words string) protocol.Entry {
	body, err := protocol.Encode(protocol.Text{Text: words})
	if err != nil {
		panic(err)
	}
	return protocol.Entry{
		Seq: seq, Kind: protocol.KindText, Sender: sender,
		ClientID: fmt.Sprintf("c%s%d", sender, seq), CreatedMS: 1_000 + seq, Body: body,
	}
}

func texts(from, to int64, sender string) []protocol.Entry {
	var out []protocol.Entry
	for seq := from; seq <= to; seq++ {
		out = append(out, text(seq, sender, fmt.Sprintf("message %d", seq)))
	}
	return out
}

// head is a direct conversation with peer that has entries up to last.
func head(id string, last int64) protocol.Head {
	return protocol.Head{
		ID: id, Kind: protocol.ConversationDirect, LastSeq: last,
		Peer:   &protocol.Profile{ID: peer, Username: "peter", Nickname: "Peter"},
		Ranges: []protocol.Range{{FromSeq: 1}},
	}
}

func welcome(t testing.TB, s *Store, heads ...protocol.Head) {
	t.Helper()
	w := protocol.Welcome{ServerMS: s.now().UnixMilli(), Me: me, Heads: heads}
	if err := s.ApplyWelcome(t.Context(), w); err != nil {
		t.Fatalf("ApplyWelcome: %v", err)
	}
}

func apply(t testing.TB, s *Store, id string, entries ...protocol.Entry) Applied {
	t.Helper()
	a, err := s.ApplyEntries(t.Context(), id, entries)
	if err != nil {
		t.Fatalf("ApplyEntries: %v", err)
	}
	return a
}

func conversation(t testing.TB, s *Store, id string) Conversation {
	t.Helper()
	found, err := s.ConversationsByID(t.Context(), []string{id})
	if err != nil || len(found) != 1 {
		t.Fatalf("ConversationsByID(%q) = %v, %v", id, found, err)
	}
	return found[0]
}

func page(t testing.TB, s *Store, q PageQuery) (Page, []Ask) {
	t.Helper()
	p, asks, err := s.Page(t.Context(), q)
	if err != nil {
		t.Fatalf("Page: %v", err)
	}
	return p, asks
}

// shown is a page as seqs, with 0 for what has none.
func shown(p Page) []int64 {
	out := []int64{}
	for _, m := range p.Messages {
		out = append(out, m.Seq)
	}
	return out
}

func seqs(from, to int64) []int64 {
	out := []int64{}
	for ; from <= to; from++ {
		out = append(out, from)
	}
	return out
}

func queue(t testing.TB, s *Store, id, words string) Message {
	t.Helper()
	m, err := s.Queue(t.Context(), protocol.Send{ConversationID: id, Kind: protocol.KindText, Body: text(1, self, words).Body})
	if err != nil {
		t.Fatalf("Queue: %v", err)
	}
	return m
}

func take(t testing.TB, s *Store, id string) Outgoing {
	t.Helper()
	step, err := s.TakeOutgoing(t.Context(), id)
	if err != nil || !step.More {
		t.Fatalf("TakeOutgoing = %+v, %v", step, err)
	}
	return step.Next
}

func TestDriverIsThePinnedOne(t *testing.T) {
	s := open(t)
	var version string
	if err := s.writer.Raw("SELECT sqlite_version()").Scan(&version).Error; err != nil || version != "3.54.1" {
		t.Errorf("sqlite_version() = %q, %v, want 3.54.1", version, err)
	}
	// A driver older than its SQLite stores an empty blob instead.
	var kind string
	if err := s.writer.Raw("SELECT typeof(?)", []byte(nil)).Scan(&kind).Error; err != nil || kind != "null" {
		t.Errorf("a nil []byte is stored as %q, %v, want null", kind, err)
	}
}

func TestPragmas(t *testing.T) {
	s := open(t)
	for _, tt := range []struct{ pragma, writer, reader string }{
		{"journal_mode", "wal", "wal"},
		{"synchronous", "1", "2"},
		{"foreign_keys", "1", "1"},
		{"secure_delete", "1", "0"},
		{"cache_size", "-16000", "-2000"},
		{"query_only", "0", "1"},
		{"busy_timeout", "5000", "5000"},
	} {
		var w, r string
		if err := s.writer.Raw("PRAGMA " + tt.pragma).Scan(&w).Error; err != nil {
			t.Fatal(err)
		}
		if err := s.reader.Raw("PRAGMA " + tt.pragma).Scan(&r).Error; err != nil {
			t.Fatal(err)
		}
		if w != tt.writer || r != tt.reader {
			t.Errorf("%s = %s and %s, want %s and %s", tt.pragma, w, r, tt.writer, tt.reader)
		}
	}
}

func TestFilesAreForTheUserOnly(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("windows has no such modes")
	}
	dir := filepath.Join(t.TempDir(), "a", "account")
	s := openIn(t, dir)
	welcome(t, s, head("c1", 0))
	info, err := os.Stat(dir)
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("folder: %v, %v, want 0700", info.Mode(), err)
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) < 2 {
		t.Fatalf("files: %v, %v", files, err)
	}
	for _, f := range files {
		if info, err := f.Info(); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v, want 0600", f.Name(), info.Mode(), err)
		}
	}
}

func TestPathMayHoldAnything(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a b?c#d%41 é中")
	if runtime.GOOS == "windows" {
		dir = filepath.Join(t.TempDir(), "a b#d%41 é中")
	}
	s := openIn(t, dir)
	welcome(t, s, head("c1", 0))
	if _, err := os.Stat(filepath.Join(dir, FileName)); err != nil {
		t.Error(err)
	}
}

func TestNewerDatabaseIsLeftAlone(t *testing.T) {
	dir := t.TempDir()
	s := openIn(t, dir)
	if err := s.writer.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (4711, 1)").Error; err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, FileName)
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = Open(t.Context(), Options{Dir: dir, Me: me})
	var newer *NewerError
	if !errors.Is(err, ErrNewer) || !errors.As(err, &newer) {
		t.Fatalf("Open = %v, want ErrNewer", err)
	}
	if newer.Found != 4711 || newer.Known < 4 || newer.Known >= newer.Found || newer.Path != path {
		t.Errorf("NewerError = %+v", newer)
	}
	after, err := os.ReadFile(path)
	if err != nil || !slices.Equal(before, after) {
		t.Errorf("the file changed (%v)", err)
	}
}

func TestForeignDatabaseIsRefused(t *testing.T) {
	dir := t.TempDir()
	openIn(t, dir).Close()
	_, err := Open(t.Context(), Options{Dir: dir, Me: protocol.Me{Profile: protocol.Profile{ID: "somebody"}}})
	if !errors.Is(err, ErrOtherUser) {
		t.Errorf("Open = %v, want ErrOtherUser", err)
	}
}

func TestReopenKeepsMe(t *testing.T) {
	dir := t.TempDir()
	openIn(t, dir).Close()
	s, err := Open(t.Context(), Options{Dir: dir, Me: protocol.Me{Profile: protocol.Profile{ID: self}}})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if got, err := s.Me(t.Context()); err != nil || got != me {
		t.Errorf("Me = %+v, %v, want %+v", got, err, me)
	}
}

func TestBodyIsKeptByteForByte(t *testing.T) {
	s := open(t)
	welcome(t, s, head("c1", 0))
	odd := protocol.Entry{
		Seq: 1, Kind: "x.sticker", Sender: peer, ClientID: "c1", CreatedMS: 5,
		Fallback: "[a sticker]", Body: protocol.RawJSON(`{ "b":1e400,"b":"\u00e9<&>", "a":[ ] }`),
	}
	apply(t, s, "c1", odd)
	var body []byte
	if err := s.reader.Raw("SELECT body FROM message").Row().Scan(&body); err != nil || string(body) != string(odd.Body) {
		t.Errorf("body = %s, %v, want %s", body, err, odd.Body)
	}
	p, _ := page(t, s, PageQuery{ConversationID: "c1"})
	if len(p.Messages) != 1 || p.Messages[0].Text != "[a sticker]" || p.Messages[0].Kind != "x.sticker" {
		t.Errorf("messages = %+v, want the fallback", p.Messages)
	}
	if c := conversation(t, s, "c1"); c.Preview.Text != "[a sticker]" || c.Unread != 1 {
		t.Errorf("conversation = %+v, want the fallback as preview and 1 unread", c)
	}
}

func TestQueuedMessageIsShownAtOnce(t *testing.T) {
	s := open(t)
	welcome(t, s, head("c1", 0), head("c2", 0))
	apply(t, s, "c2", text(1, peer, "later by the server's clock"))
	m := queue(t, s, "c1", "hello")
	want := Message{ID: m.ID, ConversationID: "c1", Kind: "text", Sender: self, Mine: true, Text: "hello", CreatedMS: m.CreatedMS, Status: StatusQueued, Reactions: []protocol.Reactions{}}
	if !reflect.DeepEqual(m, want) || m.ID[:len(self)+1] != self+"/" {
		t.Errorf("Queue = %+v, want %+v", m, want)
	}
	p, _ := page(t, s, PageQuery{ConversationID: "c1"})
	if len(p.Messages) != 1 || !reflect.DeepEqual(p.Messages[0], m) {
		t.Errorf("page = %+v, want the message", p.Messages)
	}
	list, err := s.Conversations(t.Context())
	if err != nil || list[0].ID != "c1" || list[0].Preview.Text != "hello" || list[0].Preview.Status != StatusQueued {
		t.Errorf("list = %+v, %v, want c1 first with the message as preview", list, err)
	}
}

func TestClockADayBehindHidesNothing(t *testing.T) {
	behind := func() time.Time { return time.Now().Add(-24 * time.Hour) }
	s, err := Open(t.Context(), Options{Dir: t.TempDir(), Me: me, Now: behind})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	server := time.Now().UnixMilli()
	w := protocol.Welcome{ServerMS: server, Me: me, Heads: []protocol.Head{head("c1", 0), head("c2", 0)}}
	if err := s.ApplyWelcome(t.Context(), w); err != nil {
		t.Fatal(err)
	}
	e := text(1, peer, "now")
	e.CreatedMS = server
	apply(t, s, "c2", e)
	m := queue(t, s, "c1", "hello")
	if m.CreatedMS < server || m.CreatedMS > server+60_000 {
		t.Errorf("CreatedMS = %d, want the server's time, about %d", m.CreatedMS, server)
	}
	if list, err := s.Conversations(t.Context()); err != nil || list[0].ID != "c1" {
		t.Errorf("list = %+v, %v, want c1 first", list, err)
	}
}

func TestConfirmAndEntryInEitherOrder(t *testing.T) {
	for _, entryFirst := range []bool{true, false} {
		t.Run(fmt.Sprintf("entry first %v", entryFirst), func(t *testing.T) {
			s := open(t)
			welcome(t, s, head("c1", 0))
			m := queue(t, s, "c1", "hello")
			o := take(t, s, "c1")
			e := text(1, self, "hello")
			e.ClientID = o.Send.ClientID
			sent := protocol.Sent{ConversationID: "c1", ClientID: e.ClientID, Seq: 1, CreatedMS: e.CreatedMS}
			steps := []func(){
				func() { apply(t, s, "c1", e) },
				func() {
					if step, err := s.Confirm(t.Context(), o, sent); err != nil || step.Gap || step.More {
						t.Errorf("Confirm = %+v, %v", step, err)
					}
				},
			}
			if !entryFirst {
				slices.Reverse(steps)
			}
			for _, step := range steps {
				step()
			}
			p, asks := page(t, s, PageQuery{ConversationID: "c1"})
			if len(p.Messages) != 1 || len(asks) != 0 {
				t.Fatalf("page = %+v, %v, want one message", p, asks)
			}
			got := p.Messages[0]
			if got.ID != m.ID || got.Seq != 1 || got.Status != StatusSent || got.CreatedMS != e.CreatedMS {
				t.Errorf("message = %+v", got)
			}
			if step, err := s.TakeOutgoing(t.Context(), "c1"); step.More || err != nil {
				t.Errorf("TakeOutgoing = %+v, %v, want nothing left", step, err)
			}
			if c := conversation(t, s, "c1"); c.Unread != 0 || c.LastSeq != 1 || c.Preview.Status != StatusSent {
				t.Errorf("conversation = %+v", c)
			}
		})
	}
}

func TestOwnMessageFromAnotherDevice(t *testing.T) {
	s := open(t)
	welcome(t, s, head("c1", 0))
	apply(t, s, "c1", text(1, self, "from my phone"))
	p, _ := page(t, s, PageQuery{ConversationID: "c1"})
	if len(p.Messages) != 1 || !p.Messages[0].Mine || p.Messages[0].Status != StatusSent {
		t.Errorf("messages = %+v, want one of mine", p.Messages)
	}
	if c := conversation(t, s, "c1"); c.Unread != 0 || !c.Preview.Mine {
		t.Errorf("conversation = %+v, want mine and nothing unread", c)
	}
}

func TestReusedIDNeverLosesOrDoublesWords(t *testing.T) {
	s := open(t)
	welcome(t, s, head("c1", 0))
	first := queue(t, s, "c1", "mine")
	o := take(t, s, "c1")
	// The server has other words under the same id.
	e := text(1, self, "other")
	e.ClientID = o.Send.ClientID
	apply(t, s, "c1", e)
	if _, err := s.Fail(t.Context(), o, protocol.CodeIDReused); err != nil {
		t.Fatal(err)
	}
	p, _ := page(t, s, PageQuery{ConversationID: "c1"})
	if len(p.Messages) != 2 || p.Messages[0].Text != "other" || p.Messages[1].Text != "mine" {
		t.Fatalf("messages = %+v, want both words once", p.Messages)
	}
	if p.Messages[0].ID != first.ID || p.Messages[1].ID == first.ID || p.Messages[1].Status != StatusSending {
		t.Errorf("messages = %+v: the server's words take the id, ours wait under another", p.Messages)
	}
}

func TestRetryAfterReusedIDTakesAFreshOne(t *testing.T) {
	s := open(t)
	welcome(t, s, head("c1", 0))
	m := queue(t, s, "c1", "mine")
	if _, err := s.Fail(t.Context(), take(t, s, "c1"), protocol.CodeIDReused); err != nil {
		t.Fatal(err)
	}
	if err := s.Retry(t.Context(), "c1", m.ID); err != nil {
		t.Fatal(err)
	}
	p, _ := page(t, s, PageQuery{ConversationID: "c1"})
	if len(p.Messages) != 1 || p.Messages[0].ID == m.ID || p.Messages[0].Status != StatusQueued || p.Messages[0].ErrorCode != "" {
		t.Errorf("messages = %+v, want one queued under another id", p.Messages)
	}
	if o := take(t, s, "c1"); o.Send.ClientID == m.ID[len(self)+1:] {
		t.Error("it is sent under the id that was reused")
	}
}

func TestFailedMessageKeepsItsPlaceOnRetry(t *testing.T) {
	s := open(t)
	welcome(t, s, head("c1", 0))
	first, second := queue(t, s, "c1", "first"), queue(t, s, "c1", "second")
	if _, err := s.Fail(t.Context(), take(t, s, "c1"), protocol.CodeNotFriend); err != nil {
		t.Fatal(err)
	}
	got, err := s.Messages(t.Context(), "c1", []string{second.ID, first.ID, "nobody/none", "no slash"})
	if err != nil || len(got) != 2 || got[0].ID != first.ID || got[0].Status != StatusFailed || got[0].ErrorCode != "not_friend" {
		t.Fatalf("Messages = %+v, %v", got, err)
	}
	if err := s.Retry(t.Context(), "c1", first.ID); err != nil {
		t.Fatal(err)
	}
	if o := take(t, s, "c1"); messageID(self, o.Send.ClientID) != first.ID {
		t.Error("the second is sent before the first")
	}
}

func TestDiscardTakesOnlyFailedMessages(t *testing.T) {
	s := open(t)
	welcome(t, s, head("c1", 0))
	first, second := queue(t, s, "c1", "first"), queue(t, s, "c1", "second")
	if _, err := s.Fail(t.Context(), take(t, s, "c1"), protocol.CodeInvalid); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{first.ID, second.ID} {
		if err := s.Discard(t.Context(), "c1", id); err != nil {
			t.Fatal(err)
		}
	}
	p, _ := page(t, s, PageQuery{ConversationID: "c1"})
	if len(p.Messages) != 1 || p.Messages[0].ID != second.ID {
		t.Errorf("messages = %+v, want the second only", p.Messages)
	}
}

func TestSettlingAMessageTakesTheNext(t *testing.T) {
	s := open(t)
	welcome(t, s, head("c1", 0))
	var ids []string
	for _, w := range []string{"a", "b", "c"} {
		ids = append(ids, queue(t, s, "c1", w).ID)
	}
	first := take(t, s, "c1")
	step, err := s.Confirm(t.Context(), first, protocol.Sent{Seq: 1, CreatedMS: 5})
	if err != nil || !step.More || messageID(self, step.Next.Send.ClientID) != ids[1] {
		t.Fatalf("Confirm = %+v, %v, want the second", step, err)
	}
	if c := conversation(t, s, "c1"); c.LastSeq != 1 || c.Preview.Text != "c" || c.Preview.Status != StatusQueued {
		t.Errorf("conversation = %+v, want the last one queued as preview", c)
	}
	step, err = s.Fail(t.Context(), step.Next, protocol.CodeInvalid)
	if err != nil || !step.More || messageID(self, step.Next.Send.ClientID) != ids[2] {
		t.Fatalf("Fail = %+v, %v, want the third", step, err)
	}
	// Others wrote meanwhile.
	step, err = s.Confirm(t.Context(), step.Next, protocol.Sent{Seq: 4, CreatedMS: 9})
	if err != nil || step.More || !step.Gap {
		t.Errorf("Confirm = %+v, %v, want a gap and nothing more", step, err)
	}
	got, err := s.Messages(t.Context(), "c1", ids)
	if err != nil || len(got) != 3 || got[0].Seq != 1 || got[1].Seq != 4 || got[2].Status != StatusFailed {
		t.Errorf("Messages = %+v, %v", got, err)
	}
	if c := conversation(t, s, "c1"); c.LastSeq != 4 {
		t.Errorf("conversation = %+v, want it to reach 4", c)
	}
}

func TestFailedMessageGivesWayInTheList(t *testing.T) {
	s := open(t)
	welcome(t, s, head("c1", 0), head("c2", 0))
	queue(t, s, "c1", "refused")
	if _, err := s.Fail(t.Context(), take(t, s, "c1"), protocol.CodeNotFriend); err != nil {
		t.Fatal(err)
	}
	if c := conversation(t, s, "c1"); c.Preview.Status != StatusFailed {
		t.Errorf("preview = %+v, want the failed message", c.Preview)
	}
	e := text(1, peer, "we are friends again")
	e.CreatedMS = s.now().UnixMilli() + 60_000
	apply(t, s, "c1", e)
	if c := conversation(t, s, "c1"); c.Preview.Text != "we are friends again" || c.SortMS != e.CreatedMS {
		t.Errorf("conversation = %+v, want what came after it", c)
	}
}

func TestCrashWhileSendingQueuesAgain(t *testing.T) {
	dir := t.TempDir()
	s := openIn(t, dir)
	welcome(t, s, head("c1", 0))
	m := queue(t, s, "c1", "hello")
	before := take(t, s, "c1")
	s.Close()
	s = openIn(t, dir)
	got, err := s.Messages(t.Context(), "c1", []string{m.ID})
	if err != nil || len(got) != 1 || got[0].Status != StatusQueued {
		t.Fatalf("Messages = %+v, %v, want it queued", got, err)
	}
	if o := take(t, s, "c1"); o.Send.ClientID != before.Send.ClientID || string(o.Send.Body) != string(before.Send.Body) {
		t.Errorf("sent again as %+v, want %+v", o.Send, before.Send)
	}
}

func TestLiveEntries(t *testing.T) {
	s := open(t)
	welcome(t, s, head("c1", 0))
	apply(t, s, "c1", texts(1, 2, peer)...)
	if a := apply(t, s, "c1", texts(1, 2, peer)...); len(a.Fresh) != 0 || a.Gap {
		t.Errorf("a repeat gave %+v, want nothing", a)
	}
	if a := apply(t, s, "c1", texts(2, 3, peer)...); len(a.Fresh) != 1 || a.Fresh[0].Seq != 3 {
		t.Errorf("an overlap gave %+v, want 3 only", a)
	}
	if a := apply(t, s, "c1", text(5, peer, "early")); !a.Gap || a.Last != 3 {
		t.Errorf("an early entry gave %+v, want a gap after 3", a)
	}
	p, asks := page(t, s, PageQuery{ConversationID: "c1"})
	if !slices.Equal(shown(p), seqs(1, 3)) || len(asks) != 0 {
		t.Errorf("page = %v, %v, want 1 to 3", shown(p), asks)
	}
	if _, err := s.ApplyEntries(t.Context(), "unknown", texts(1, 1, peer)); !errors.Is(err, ErrNotFound) {
		t.Errorf("entries of an unknown conversation: %v, want ErrNotFound", err)
	}
}

func TestPagesKnowTheirHoles(t *testing.T) {
	s := open(t)
	h := head("c1", 100)
	last := text(100, peer, "last")
	h.Last = &last
	welcome(t, s, h)
	answer := func(ask Ask, more bool, entries ...protocol.Entry) {
		t.Helper()
		p := protocol.Page{ConversationID: "c1", Entries: entries, AsOf: 100, More: more}
		if err := s.ApplyPage(t.Context(), PageAnswer{Page: p, BeforeSeq: ask.BeforeSeq, AfterSeq: ask.AfterSeq}); err != nil {
			t.Fatal(err)
		}
	}
	p, asks := page(t, s, PageQuery{ConversationID: "c1", Limit: 10})
	if !slices.Equal(shown(p), seqs(100, 100)) || !p.Missing || !p.MoreBefore || !slices.Equal(asks, []Ask{{BeforeSeq: 100}}) {
		t.Fatalf("page = %v %+v, asks = %v", shown(p), p, asks)
	}
	answer(asks[0], true, texts(90, 99, peer)...)
	p, asks = page(t, s, PageQuery{ConversationID: "c1", Limit: 10})
	if !slices.Equal(shown(p), seqs(91, 100)) || p.Missing || !p.MoreBefore || p.MoreAfter || asks != nil {
		t.Fatalf("page = %v %+v, asks = %v", shown(p), p, asks)
	}
	// Around a place far up: nothing of it is here.
	p, asks = page(t, s, PageQuery{ConversationID: "c1", AroundSeq: 20, Limit: 10})
	if !p.Missing || !slices.Equal(asks, []Ask{{BeforeSeq: 21}, {AfterSeq: 20}}) {
		t.Fatalf("page = %v %+v, asks = %v", shown(p), p, asks)
	}
	answer(Ask{BeforeSeq: 21}, true, texts(11, 20, peer)...)
	answer(Ask{AfterSeq: 20}, true, texts(21, 30, peer)...)
	p, asks = page(t, s, PageQuery{ConversationID: "c1", AroundSeq: 20, Limit: 10})
	if !slices.Equal(shown(p), seqs(16, 25)) || p.Missing || !p.MoreBefore || !p.MoreAfter || asks != nil {
		t.Fatalf("page = %v %+v, asks = %v", shown(p), p, asks)
	}
	// Across the hole, offline: what is here is shown, and that there is a hole.
	p, asks = page(t, s, PageQuery{ConversationID: "c1", BeforeSeq: 92, Limit: 10})
	if !slices.Equal(shown(p), append(seqs(23, 30), 90, 91)) || !p.Missing || !slices.Equal(asks, []Ask{{BeforeSeq: 90}}) {
		t.Fatalf("page = %v %+v, asks = %v", shown(p), p, asks)
	}
	p, asks = page(t, s, PageQuery{ConversationID: "c1", AfterSeq: 28, Limit: 3})
	if !slices.Equal(shown(p), []int64{29, 30, 90}) || !p.Missing || !slices.Equal(asks, []Ask{{AfterSeq: 30}}) {
		t.Fatalf("page = %v %+v, asks = %v", shown(p), p, asks)
	}
	// The beginning.
	answer(Ask{BeforeSeq: 11}, false, texts(1, 10, peer)...)
	p, asks = page(t, s, PageQuery{ConversationID: "c1", BeforeSeq: 6, Limit: 10})
	if !slices.Equal(shown(p), seqs(1, 5)) || p.Missing || p.MoreBefore || !p.MoreAfter || asks != nil {
		t.Fatalf("page = %v %+v, asks = %v", shown(p), p, asks)
	}
	lacks, err := s.Lacks(t.Context())
	if err != nil || !slices.Equal(lacks, []Lack{{ConversationID: "c1", Newest: true, Ask: Ask{BeforeSeq: 90}}}) {
		t.Errorf("Lacks = %v, %v", lacks, err)
	}
}

func TestUnsentMessagesEndTheNewestPageOnly(t *testing.T) {
	s := open(t)
	welcome(t, s, head("c1", 0))
	apply(t, s, "c1", texts(1, 20, peer)...)
	queue(t, s, "c1", "a")
	queue(t, s, "c1", "b")
	for _, tt := range []struct {
		name string
		q    PageQuery
		want []int64
	}{
		{"newest", PageQuery{Limit: 3}, []int64{18, 19, 20, 0, 0}},
		{"before", PageQuery{BeforeSeq: 21, Limit: 3}, []int64{18, 19, 20}},
		{"after, to the end", PageQuery{AfterSeq: 19, Limit: 3}, []int64{20, 0, 0}},
		{"after, not to the end", PageQuery{AfterSeq: 10, Limit: 3}, []int64{11, 12, 13}},
		{"around, to the end", PageQuery{AroundSeq: 19, Limit: 4}, []int64{18, 19, 20, 0, 0}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.q.ConversationID = "c1"
			if p, _ := page(t, s, tt.q); !slices.Equal(shown(p), tt.want) {
				t.Errorf("page = %v, want %v", shown(p), tt.want)
			}
		})
	}
}

func TestHistoryThatNobodyMaySeeIsNotMissing(t *testing.T) {
	s := open(t)
	h := head("c1", 100)
	h.FloorSeq = 41
	h.Ranges = []protocol.Range{{FromSeq: 1, ToSeq: 60}, {FromSeq: 81}}
	welcome(t, s, h)
	entries := append(texts(41, 60, peer), texts(81, 100, peer)...)
	p := protocol.Page{ConversationID: "c1", Entries: entries, AsOf: 100, FloorSeq: 41}
	if err := s.ApplyPage(t.Context(), PageAnswer{Page: p}); err != nil {
		t.Fatal(err)
	}
	got, asks := page(t, s, PageQuery{ConversationID: "c1"})
	if len(got.Messages) != 40 || got.MoreBefore || got.Missing || asks != nil {
		t.Errorf("page of %d, %v, asks %v, want all 40 and no hole", len(got.Messages), got.Missing, asks)
	}
}

func TestLateHistoryNeverMovesThePreviewBack(t *testing.T) {
	s := open(t)
	welcome(t, s, head("c1", 10))
	newest := protocol.Page{ConversationID: "c1", Entries: texts(8, 10, peer), AsOf: 10, More: true}
	if err := s.ApplyPage(t.Context(), PageAnswer{Page: newest}); err != nil {
		t.Fatal(err)
	}
	want := conversation(t, s, "c1")
	if want.Preview.Text != "message 10" {
		t.Fatalf("preview = %+v", want.Preview)
	}
	older := protocol.Page{ConversationID: "c1", Entries: texts(1, 7, peer), AsOf: 10}
	if err := s.ApplyPage(t.Context(), PageAnswer{Page: older, BeforeSeq: 8}); err != nil {
		t.Fatal(err)
	}
	if got := conversation(t, s, "c1"); got.Preview != want.Preview || got.SortMS != want.SortMS {
		t.Errorf("conversation = %+v, want as before %+v", got, want)
	}
}

func TestServersCountStandsInForMissingBodies(t *testing.T) {
	s := open(t)
	h := head("c1", 300)
	h.ReadSeq, h.Unread = 100, 150 // 50 of them are mine.
	welcome(t, s, h)
	if got := conversation(t, s, "c1").Unread; got != 150 {
		t.Errorf("unread = %d, want the server's 150", got)
	}
	apply(t, s, "c1", texts(301, 303, peer)...)
	if got := conversation(t, s, "c1").Unread; got != 153 {
		t.Errorf("unread = %d, want 153", got)
	}
	if err := s.MarkRead(t.Context(), "c1", 302); err != nil {
		t.Fatal(err)
	}
	if got := conversation(t, s, "c1").Unread; got != 1 {
		t.Errorf("unread = %d, want 1", got)
	}
}

func TestMarkRead(t *testing.T) {
	s := open(t)
	welcome(t, s, head("c1", 0))
	apply(t, s, "c1", texts(1, 5, peer)...)
	for _, tt := range []struct {
		seq, read int64
		unread    int
	}{{3, 3, 2}, {2, 3, 2}, {99, 5, 0}} {
		if err := s.MarkRead(t.Context(), "c1", tt.seq); err != nil {
			t.Fatal(err)
		}
		if c := conversation(t, s, "c1"); c.ReadSeq != tt.read || c.Unread != tt.unread {
			t.Errorf("after MarkRead(%d): read %d, unread %d, want %d, %d", tt.seq, c.ReadSeq, c.Unread, tt.read, tt.unread)
		}
	}
	reads, err := s.OutgoingReads(t.Context())
	if err != nil || !slices.Equal(reads, []protocol.Read{{ConversationID: "c1", Seq: 5}}) {
		t.Errorf("OutgoingReads = %v, %v, want the last only", reads, err)
	}
	if err := s.ConfirmRead(t.Context(), protocol.Read{ConversationID: "c1", Seq: 4}); err != nil {
		t.Fatal(err)
	}
	if reads, _ := s.OutgoingReads(t.Context()); len(reads) != 1 {
		t.Error("confirming an older position took a newer one")
	}
	// A head that is older than what was read here takes nothing back.
	welcome(t, s, head("c1", 5))
	if c := conversation(t, s, "c1"); c.ReadSeq != 5 || c.Unread != 0 {
		t.Errorf("conversation = %+v, want read up to 5", c)
	}
}

func TestPositions(t *testing.T) {
	s := open(t)
	welcome(t, s, head("c1", 0))
	apply(t, s, "c1", texts(1, 5, peer)...)
	for _, p := range []protocol.Position{
		{ConversationID: "c1", UserID: peer, DeliveredSeq: 4, ReadSeq: 2},
		{ConversationID: "c1", UserID: peer, DeliveredSeq: 3, ReadSeq: 1},
		{ConversationID: "c1", UserID: self, ReadSeq: 5},
	} {
		if err := s.ApplyPosition(t.Context(), p); err != nil {
			t.Fatal(err)
		}
	}
	if c := conversation(t, s, "c1"); c.PeerDeliveredSeq != 4 || c.PeerReadSeq != 2 || c.ReadSeq != 5 || c.Unread != 0 {
		t.Errorf("conversation = %+v", c)
	}
}

func row(useq int64, kind string, v any) protocol.JournalRow {
	body, err := protocol.Encode(v)
	if err != nil {
		panic(err)
	}
	return protocol.JournalRow{Useq: useq, Kind: kind, Body: body}
}

func TestJournalAppliesInOrderExactlyOnce(t *testing.T) {
	s := open(t)
	contact := protocol.Contact{Profile: protocol.Profile{ID: peer, Username: "peter"}, Friend: true, ConversationID: "c1"}
	request := protocol.FriendRequest{ID: "r1", State: protocol.RequestPending, CreatedMS: 5, ExpiresMS: time.Now().Add(time.Hour).UnixMilli()}
	rows := []protocol.JournalRow{
		row(1, protocol.JournalContact, contact),
		row(2, protocol.JournalConversation, head("c1", 0)),
		row(3, protocol.JournalRequest, request),
		row(4, "something.new", map[string]int{"x": 1}),
	}
	ctx := t.Context()
	if err := s.ApplyJournal(ctx, rows[1:]); !errors.Is(err, ErrJournalGap) {
		t.Errorf("rows with a hole before them: %v, want ErrJournalGap", err)
	}
	for _, part := range [][]protocol.JournalRow{rows[:2], rows[1:], rows} {
		if err := s.ApplyJournal(ctx, part); err != nil {
			t.Fatal(err)
		}
	}
	if p, err := s.Positions(ctx); err != nil || p.Journal != 4 {
		t.Errorf("Positions = %+v, %v, want 4", p, err)
	}
	if c := conversation(t, s, "c1"); !c.Friend || c.Peer.ID != peer {
		t.Errorf("conversation = %+v, want a friend's", c)
	}
	if got, err := s.Requests(ctx); err != nil || len(got) != 1 || got[0] != request {
		t.Errorf("Requests = %+v, %v", got, err)
	}
	contact.Remark, contact.Friend, contact.Profile.Nickname = "Pete", false, "P."
	if err := s.ApplyJournal(ctx, []protocol.JournalRow{row(5, protocol.JournalContact, contact)}); err != nil {
		t.Fatal(err)
	}
	if c := conversation(t, s, "c1"); c.Friend || c.Remark != "Pete" || c.Peer.Nickname != "P." {
		t.Errorf("conversation = %+v, want what the contact became", c)
	}
}

func TestResetForgetsContactsAndKeepsHistory(t *testing.T) {
	s := open(t)
	ctx := t.Context()
	gone := protocol.Contact{Profile: protocol.Profile{ID: "gone"}, Friend: true}
	if err := s.ApplyJournal(ctx, []protocol.JournalRow{row(1, protocol.JournalContact, gone)}); err != nil {
		t.Fatal(err)
	}
	welcome(t, s, head("c1", 0))
	apply(t, s, "c1", texts(1, 3, peer)...)
	w := protocol.Welcome{Me: me, Reset: true, JournalPos: 90, Journal: []protocol.JournalRow{
		row(77, protocol.JournalContact, protocol.Contact{Profile: protocol.Profile{ID: peer}, Friend: true, ConversationID: "c1"}),
	}}
	if err := s.ApplyWelcome(ctx, w); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Contacts(ctx); err != nil || len(got) != 1 || got[0].Profile.ID != peer {
		t.Errorf("Contacts = %+v, %v", got, err)
	}
	if p, _ := page(t, s, PageQuery{ConversationID: "c1"}); len(p.Messages) != 3 {
		t.Errorf("history has %d messages, want 3", len(p.Messages))
	}
	if p, err := s.Positions(ctx); err != nil || p.Journal != 90 {
		t.Errorf("Positions = %+v, %v, want 90", p, err)
	}
}

func TestWelcomeIsAllOrNothing(t *testing.T) {
	s := open(t)
	bad := protocol.Welcome{Me: me, ServerMS: 7, JournalPos: 7, Heads: []protocol.Head{head("c1", 0), {}}}
	if err := s.ApplyWelcome(t.Context(), bad); err == nil {
		t.Fatal("ApplyWelcome accepted a head without an id")
	}
	if p, err := s.Positions(t.Context()); err != nil || p != (Positions{}) {
		t.Errorf("Positions = %+v, %v, want none", p, err)
	}
	if list, err := s.Conversations(t.Context()); err != nil || len(list) != 0 {
		t.Errorf("Conversations = %v, %v, want none", list, err)
	}
	other := protocol.Welcome{Me: protocol.Me{Profile: protocol.Profile{ID: "somebody"}}}
	if err := s.ApplyWelcome(t.Context(), other); !errors.Is(err, ErrOtherUser) {
		t.Errorf("a welcome for somebody else: %v, want ErrOtherUser", err)
	}
}

func TestRequestPastItsTimeIsExpired(t *testing.T) {
	s := open(t)
	old := protocol.FriendRequest{ID: "r1", State: protocol.RequestPending, ExpiresMS: time.Now().Add(-time.Minute).UnixMilli()}
	if err := s.ApplyJournal(t.Context(), []protocol.JournalRow{row(1, protocol.JournalRequest, old)}); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Requests(t.Context()); err != nil || got[0].State != protocol.RequestExpired {
		t.Errorf("Requests = %+v, %v, want expired", got, err)
	}
}

func TestHeldUpTo(t *testing.T) {
	s := open(t)
	h := head("c1", 20)
	h.ReadSeq = 5
	welcome(t, s, h)
	check := func(want int64) {
		t.Helper()
		if got, err := s.HeldUpTo(t.Context(), "c1"); err != nil || got != want {
			t.Errorf("HeldUpTo = %d, %v, want %d", got, err, want)
		}
	}
	check(5)
	newest := protocol.Page{ConversationID: "c1", Entries: texts(15, 20, peer), AsOf: 20, More: true}
	if err := s.ApplyPage(t.Context(), PageAnswer{Page: newest}); err != nil {
		t.Fatal(err)
	}
	check(5)
	older := protocol.Page{ConversationID: "c1", Entries: texts(4, 14, peer), AsOf: 20, More: true}
	if err := s.ApplyPage(t.Context(), PageAnswer{Page: older, BeforeSeq: 15}); err != nil {
		t.Fatal(err)
	}
	check(20)
}

func TestDraft(t *testing.T) {
	s := open(t)
	welcome(t, s, head("c1", 0))
	before := conversation(t, s, "c1").SortMS
	for _, draft := range []string{"half a thou", ""} {
		if err := s.SaveDraft(t.Context(), "c1", protocol.Draft{Text: draft}); err != nil {
			t.Fatal(err)
		}
		if c := conversation(t, s, "c1"); c.Draft != draft || c.SortMS != before {
			t.Errorf("conversation = %+v, want draft %q in its place", c, draft)
		}
	}
}

func TestFullDiskLosesNothing(t *testing.T) {
	s := open(t)
	welcome(t, s, head("c1", 0))
	first := queue(t, s, "c1", "before")
	limit := func(pages int) {
		t.Helper()
		if err := s.writer.Exec(fmt.Sprintf("PRAGMA max_page_count = %d", pages)).Error; err != nil {
			t.Fatal(err)
		}
	}
	limit(1) // Less than it has: it cannot grow.
	feed := s.Subscribe()
	defer feed.Close()
	var err error
	queued := []string{first.ID}
	for err == nil {
		var m Message
		m, err = s.Queue(t.Context(), protocol.Send{ConversationID: "c1", Kind: protocol.KindText, Body: text(1, self, string(make([]byte, 3000))).Body})
		if err == nil {
			queued = append(queued, m.ID)
		}
	}
	if !errors.Is(err, ErrDiskFull) {
		t.Fatalf("Queue = %v, want ErrDiskFull", err)
	}
	feed.Take()
	if _, err := s.ApplyEntries(t.Context(), "c1", texts(1, 200, peer)); !errors.Is(err, ErrDiskFull) {
		t.Errorf("ApplyEntries = %v, want ErrDiskFull", err)
	}
	if c := feed.Take(); !c.empty() {
		t.Errorf("what was not kept was announced: %+v", c)
	}
	limit(1 << 30)
	apply(t, s, "c1", texts(1, 200, peer)...)
	p, _ := page(t, s, PageQuery{ConversationID: "c1", Limit: 200})
	if len(p.Messages) != 200+len(queued) {
		t.Errorf("page has %d messages, want %d", len(p.Messages), 200+len(queued))
	}
}

func TestLockedDatabase(t *testing.T) {
	dir := t.TempDir()
	s := openIn(t, dir)
	welcome(t, s, head("c1", 0))
	if err := s.writer.Exec("PRAGMA busy_timeout = 10").Error; err != nil {
		t.Fatal(err)
	}
	other, err := sql.Open("sqlite", "file:"+filepath.Join(dir, FileName))
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	other.SetMaxOpenConns(1)
	if _, err := other.Exec("BEGIN IMMEDIATE"); err != nil {
		t.Fatal(err)
	}
	if err := s.SaveDraft(t.Context(), "c1", protocol.Draft{Text: "x"}); !errors.Is(err, ErrLocked) {
		t.Errorf("SaveDraft = %v, want ErrLocked", err)
	}
	if _, err := s.Conversations(t.Context()); err != nil {
		t.Errorf("reading while it is locked: %v", err)
	}
	if _, err := other.Exec("ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	if err := s.SaveDraft(t.Context(), "c1", protocol.Draft{Text: "x"}); err != nil {
		t.Errorf("SaveDraft afterwards: %v", err)
	}
}

func TestCancelledWriteKeepsNothing(t *testing.T) {
	s := open(t)
	welcome(t, s, head("c1", 0))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.SaveDraft(ctx, "c1", protocol.Draft{Text: "x"}); !errors.Is(err, context.Canceled) {
		t.Errorf("SaveDraft = %v, want Canceled", err)
	}
	if c := conversation(t, s, "c1"); c.Draft != "" {
		t.Errorf("draft = %q, want none", c.Draft)
	}
}

// TestManyAtOnce uses a store that was just opened from many goroutines: the
// race detector watches.
func TestManyAtOnce(t *testing.T) {
	dir := t.TempDir()
	s := openIn(t, dir)
	welcome(t, s, head("c1", 0))
	apply(t, s, "c1", texts(1, 20, peer)...)
	s.Close()
	s = openIn(t, dir)
	ctx := t.Context()
	calls := []func() error{
		func() error { _, err := s.Conversations(ctx); return err },
		func() error { _, err := s.ConversationsByID(ctx, []string{"c1"}); return err },
		func() error { _, _, err := s.Page(ctx, PageQuery{ConversationID: "c1"}); return err },
		func() error { _, err := s.Messages(ctx, "c1", []string{peer + "/c" + peer + "1"}); return err },
		func() error { _, err := s.Lacks(ctx); return err },
		func() error { _, err := s.Contacts(ctx); return err },
		func() error { _, err := s.Requests(ctx); return err },
		func() error { _, err := s.Me(ctx); return err },
		func() error { _, err := s.Unread(ctx); return err },
		func() error { _, err := s.OutgoingConversations(ctx); return err },
		func() error { _, err := s.OutgoingReads(ctx); return err },
		func() error { return s.SaveDraft(ctx, "c1", protocol.Draft{Text: "x"}) },
		func() error {
			_, err := s.Queue(ctx, protocol.Send{ConversationID: "c1", Kind: protocol.KindText, Body: text(1, self, "x").Body})
			return err
		},
		func() error { _, err := s.ApplyEntries(ctx, "c1", texts(1, 25, peer)); return err },
		func() error {
			return s.ApplyPosition(ctx, protocol.Position{ConversationID: "c1", UserID: self, ReadSeq: 3})
		},
		func() error {
			return s.ApplyWelcome(ctx, protocol.Welcome{Me: me, Heads: []protocol.Head{head("c2", 0)}})
		},
		func() error { return s.MarkRead(ctx, "c1", 20) },
		func() error { _, err := s.TakeOutgoing(ctx, "c1"); return err },
		func() error { _, err := s.HeldUpTo(ctx, "c1"); return err },
	}
	var g errgroup.Group
	for range 3 {
		for _, call := range calls {
			g.Go(call)
		}
	}
	if err := g.Wait(); err != nil {
		t.Error(err)
	}
}
