package archive

import (
	"archive/zip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"mychat/backend/store"
	"mychat/protocol"
)

const (
	self = "u-self"
	peer = "u-peer"
)

var me = protocol.Me{Profile: protocol.Profile{ID: self, Username: "selma", Nickname: "Selma"}}

func text(seq int64, sender, words string) protocol.Entry {
	body, err := protocol.Encode(protocol.Text{Text: words})
	if err != nil {
		panic(err)
	}
	return protocol.Entry{
		Seq: seq, Kind: protocol.KindText, Sender: sender, ClientID: fmt.Sprintf("c%s%d", sender, seq),
		CreatedMS: 1_790_000_000_000 + seq*3_600_000, Body: body,
	}
}

// fill returns a store with a conversation c1 with somebody of that nickname.
func fill(t testing.TB, nickname string, entries ...protocol.Entry) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), store.Options{Dir: t.TempDir(), Me: me})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	err = s.ApplyWelcome(t.Context(), protocol.Welcome{Me: me, Heads: []protocol.Head{{
		ID: "c1", Kind: protocol.ConversationDirect, Ranges: []protocol.Range{{FromSeq: 1}},
		Peer: &protocol.Profile{ID: peer, Username: "peter", Nickname: nickname},
	}}})
	if err == nil && len(entries) > 0 {
		_, err = s.ApplyEntries(t.Context(), "c1", entries)
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func read(t testing.TB, elem ...string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(elem...))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func act(seq int64, kind, sender string, ref int64, body string) protocol.Entry {
	e := text(seq, sender, "")
	e.Kind, e.RefSeq, e.Body = kind, ref, protocol.RawJSON(body)
	return e
}

func TestExport(t *testing.T) {
	answer := text(3, self, "一个回答")
	answer.RefSeq = 1
	s := fill(t, "沈知夏", text(1, peer, "a question\nin two lines"), text(2, self, "first words"), answer, text(4, peer, "taken back"),
		act(5, protocol.KindEdit, self, 2, `{"text":"second words","was":"first words"}`), act(6, protocol.KindRecall, peer, 4, `{}`))
	if _, err := s.Queue(t.Context(), protocol.Send{ConversationID: "c1", Kind: protocol.KindText, Body: text(9, self, "on its way").Body}); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		language string
		want     []string
	}{
		{"en", []string{`lang="en"`, "edited", "not sent", "沈知夏 recalled a message", "Monday 21 September 2026"}},
		{"zh-CN", []string{`lang="zh-CN"`, "已编辑", "未发送", "沈知夏撤回了一条消息", "2026年9月21日 星期一"}},
	} {
		t.Run(tt.language, func(t *testing.T) {
			var last, total int64
			path, err := Export(t.Context(), s, t.TempDir(), ExportOptions{
				Language: tt.language, Location: time.UTC, Progress: func(d, n int64) { last, total = d, n },
			})
			if err != nil {
				t.Fatal(err)
			}
			page := read(t, path, "conversations", "0001 沈知夏.html")
			want := append(tt.want, "a question\nin two lines", "second words", "first words", "on its way", "<blockquote>", "prefers-color-scheme: dark")
			at := -1
			for _, w := range want {
				if !strings.Contains(page, w) {
					t.Errorf("the page has no %q", w)
				}
			}
			for _, w := range []string{"a question", "second words", "一个回答", "on its way"} {
				if i := strings.Index(page, `dir="auto">`+w); i < at {
					t.Errorf("%q is out of order", w)
				} else {
					at = i
				}
			}
			if strings.Contains(page, "taken back") || strings.Contains(page, "<script") {
				t.Error("it tells what was recalled, or runs something")
			}
			if !strings.Contains(read(t, path, "index.html"), `href="conversations/0001%20`) {
				t.Error("the index leads nowhere")
			}
			var got struct {
				Version      int
				Conversation struct{ Name string }
				Messages     []Said
			}
			if err := json.Unmarshal([]byte(read(t, path, "conversations", "0001 沈知夏.json")), &got); err != nil {
				t.Fatal(err)
			}
			if got.Version != 1 || got.Conversation.Name != "沈知夏" || len(got.Messages) != 5 {
				t.Fatalf("the JSON holds %+v", got)
			}
			if m := got.Messages[1]; m.Text != "second words" || len(m.Versions) != 2 || m.Versions[0].Text != "first words" || m.Name != "Selma" {
				t.Errorf("the edited message is %+v", m)
			}
			if m := got.Messages[2]; m.Answers == nil || m.Answers.Seq != 1 || m.Time != "2026-09-21T17:13:20Z" {
				t.Errorf("the answer is %+v", m)
			}
			if m := got.Messages[3]; !m.Recalled || m.Text != "" {
				t.Errorf("the recalled message is %+v", m)
			}
			if m := got.Messages[4]; !m.Unsent || m.Text != "on its way" {
				t.Errorf("the unsent message is %+v", m)
			}
			if last != total || total != 6 {
				t.Errorf("progress ends at %d of %d", last, total)
			}
			if !strings.Contains(read(t, path, "account.json"), `"mychat-export"`) {
				t.Error("the account is not told")
			}
		})
	}
}

// TestExportEscapes puts markup wherever a user can put words.
func TestExportEscapes(t *testing.T) {
	const evil = `</style></title>**<script>alert(1)</script>** https://a.example/"<img src=x onerror=alert(1)>"'&`
	answer := text(2, self, evil)
	answer.RefSeq = 1
	unknown := text(3, peer, "")
	unknown.Kind, unknown.Fallback = `x"><script>`, evil
	s := fill(t, evil, text(1, peer, evil), answer, unknown)
	path, err := Export(t.Context(), s, t.TempDir(), ExportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	pages := 0
	err = filepath.WalkDir(path, func(name string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".html") {
			return err
		}
		pages++
		page := read(t, name)
		for _, bad := range []string{"<script", "<img", "onerror=alert(1)>"} {
			if strings.Contains(page, bad) {
				t.Errorf("%s holds %s", name, bad)
			}
		}
		if strings.Count(page, "</style>") != 1 || strings.Count(page, "</title>") != 1 {
			t.Errorf("%s ends its style or title twice", name)
		}
		return nil
	})
	if err != nil || pages != 2 {
		t.Errorf("%d pages, %v", pages, err)
	}
}

// TestExportOfMarks looks at what the user marked, at the marks of texts, at who
// deleted the history, and at messages that one message passes on.
func TestExportOfMarks(t *testing.T) {
	encode := func(v any) protocol.RawJSON {
		body, err := protocol.Encode(v)
		if err != nil {
			t.Fatal(err)
		}
		return body
	}
	inner := encode(protocol.Record{Names: []string{"Zoe"}, Items: []protocol.RecordItem{
		{Name: "Zoe", CreatedMS: 1_790_000_000_000, Kind: protocol.KindText, Body: encode(protocol.Text{Text: "**deep** down"})},
	}})
	record := text(6, self, "")
	record.Kind, record.Fallback = protocol.KindRecord, "[…]"
	record.Body = encode(protocol.Record{Names: []string{"Ana", "Bo", "Cy"}, Items: []protocol.RecordItem{
		{Name: "Ana", CreatedMS: 1_790_000_060_000, Kind: protocol.KindText, Body: encode(protocol.Text{Text: "first"})},
		{Name: "Bo", CreatedMS: 1_790_000_120_000, Kind: protocol.KindRecord, Fallback: "[…]", Body: inner},
	}})
	s := fill(t, "Peter", text(1, peer, "deleted by both"), act(2, protocol.KindClear, peer, 1, `{}`), text(3, peer, "with a star"), text(4, self, "deleted for me"),
		text(5, peer, "a **b<i>** `c&` https://a.example/x?y=1&z=2 ~~d~~\n```js\n<e>\n```\n> f"), record)
	err := s.ApplyMarks(t.Context(), "", protocol.MarksPage{JournalPos: 1, Marks: []protocol.Marks{{
		ConversationID: "c1", Marks: []protocol.Mark{{Seq: 3, StarredMS: 1_790_000_000_000}, {Seq: 4, DeletedMS: 1}},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	path, err := Export(t.Context(), s, t.TempDir(), ExportOptions{Location: time.UTC})
	if err != nil {
		t.Fatal(err)
	}
	page, data := read(t, path, "conversations", "0001 Peter.html"), read(t, path, "conversations", "0001 Peter.json")
	for _, want := range []string{
		"Peter deleted the earlier history for both",
		`a <strong>b&lt;i&gt;</strong> <code>c&amp;</code> <a rel="noopener noreferrer" href="https://a.example/x?y=1&amp;z=2">https://a.example/x?y=1&amp;z=2</a> <s>d</s>`,
		"<pre><code>&lt;e&gt;</code></pre>", "<blockquote>f</blockquote>",
		"Chat of Ana, Bo and others (3)", "Messages of Zoe", "<strong>deep</strong> down", "2026-09-21 14:14",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page has no %s", want)
		}
	}
	if star := strings.Index(page, "★"); star < strings.Index(page, "with a star") || strings.Count(page, "★") != 1 {
		t.Error("the star is not at its message")
	}
	for _, gone := range []string{"deleted by both", "deleted for me"} {
		if strings.Contains(page, gone) || strings.Contains(data, gone) {
			t.Errorf("it tells what was %s", gone)
		}
	}
	var got struct{ Messages []Said }
	if err := json.Unmarshal([]byte(data), &got); err != nil {
		t.Fatal(err)
	}
	kinds := map[string]Said{}
	for _, m := range got.Messages {
		if m.Answers != nil {
			t.Errorf("message %d answers %+v", m.Seq, m.Answers)
		}
		kinds[m.Kind] = m
	}
	if r := kinds[protocol.KindRecord].Record; r == nil || len(r.Items) != 2 || r.Items[1].Record == nil ||
		r.Items[0].Time != "2026-09-21T14:14:20Z" || r.Items[1].Record.Items[0].Text != "**deep** down" {
		t.Errorf("the record is %+v", r)
	}
	if _, ok := kinds[protocol.KindClear]; !ok {
		t.Error("nobody deleted the history")
	}
}

func TestExportInPages(t *testing.T) {
	var entries []protocol.Entry
	for seq := int64(1); seq <= perFile+7; seq++ {
		entries = append(entries, text(seq, peer, fmt.Sprint("message ", seq)))
	}
	s := fill(t, "Peter", entries...)
	path, err := Export(t.Context(), s, t.TempDir(), ExportOptions{ConversationID: "c1"})
	if err != nil {
		t.Fatal(err)
	}
	first, second := read(t, path, "conversations", "0001 Peter.html"), read(t, path, "conversations", "0001 Peter (2).html")
	if strings.Count(first, "<article") != perFile || strings.Count(second, "<article") != 7 {
		t.Errorf("the pages hold %d and %d messages", strings.Count(first, "<article"), strings.Count(second, "<article"))
	}
	if !strings.Contains(first, `href="0001%20Peter%20%282%29.html"`) || !strings.Contains(second, `href="0001%20Peter.html"`) {
		t.Error("the pages do not lead to each other")
	}
}

func TestExportAsOneFile(t *testing.T) {
	s := fill(t, "Peter", text(1, peer, "hello"))
	dir := t.TempDir()
	for range 2 { // The second one takes another name.
		if _, err := Export(t.Context(), s, dir, ExportOptions{Zip: true, Language: "zh"}); err != nil {
			t.Fatal(err)
		}
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.zip"))
	if err != nil || len(files) != 2 {
		t.Fatalf("files: %q, %v", files, err)
	}
	z, err := zip.OpenReader(files[0])
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	found := ""
	for _, f := range z.File {
		if strings.HasSuffix(f.Name, "Peter.html") {
			r, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			data, err := io.ReadAll(r)
			if err != nil {
				t.Fatal(err)
			}
			found = string(data)
		}
	}
	if !strings.Contains(found, "hello") {
		t.Error("the file has no page with the message")
	}
}

func TestCancelledExportLeavesNothing(t *testing.T) {
	var entries []protocol.Entry
	for seq := int64(1); seq <= 1000; seq++ {
		entries = append(entries, text(seq, peer, "x"))
	}
	s := fill(t, "Peter", entries...)
	for _, packed := range []bool{false, true} {
		dir := t.TempDir()
		ctx, cancel := context.WithCancel(t.Context())
		_, err := Export(ctx, s, dir, ExportOptions{Zip: packed, Progress: func(done, _ int64) { cancel() }})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("Export = %v, want Canceled", err)
		}
		if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
			t.Errorf("left: %v, %v", left, err)
		}
	}
}

func TestExportOfNoConversation(t *testing.T) {
	if _, err := Export(t.Context(), fill(t, "Peter"), t.TempDir(), ExportOptions{ConversationID: "c9"}); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("Export = %v, want ErrNotFound", err)
	}
}

func TestSafeName(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"沈知夏 Peter", "沈知夏 Peter"},
		{`a<b>c:d"e/f\g|h?i*j`, "a_b_c_d_e_f_g_h_i_j"},
		{"../../etc/passwd", "_.._etc_passwd"},
		{"con", "_con"},
		{"LPT1.txt", "_LPT1.txt"},
		{"com¹", "_com¹"},
		{"communist", "communist"},
		{" . ", "-"},
		{"", "-"},
		{"ends with dots...", "ends with dots"},
		{"a\x00b\nc\u202ed\u200b", "abcd"},
		{"tab\tand\u3000space", "taband space"},
	} {
		if got := SafeName(tt.in); got != tt.want {
			t.Errorf("SafeName(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
	if got := SafeName(strings.Repeat("漢", 200)); len(got) > maxName || !utf8.ValidString(got) {
		t.Errorf("a long name becomes %d bytes", len(got))
	}
}

func FuzzSafeName(f *testing.F) {
	f.Add("a/b")
	f.Add("NUL .x")
	f.Fuzz(func(t *testing.T, s string) {
		got := SafeName(s)
		switch {
		case got == "", len(got) > maxName+1, strings.ContainsAny(got, "<>:\"/\\|?*\x00\n"), strings.HasSuffix(got, "."), strings.HasSuffix(got, " "), reserved(got), !utf8.ValidString(got):
			t.Errorf("SafeName(%q) = %q", s, got)
		}
	})
}
