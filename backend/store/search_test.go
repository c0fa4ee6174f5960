package store

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"mychat/protocol"
	"mychat/sqlite"
	txt "mychat/text"
	"pgregory.net/rapid"
)

// said is an entry with a time of its own.
func said(seq int64, sender, words string, ms int64) protocol.Entry {
	e := text(seq, sender, words)
	e.CreatedMS = ms
	return e
}

const noon = int64(1_800_000_000_000)

// searchAll follows cursors to the end and returns the texts.
func searchAll(t testing.TB, s *Store, q SearchQuery) []string {
	t.Helper()
	out := []string{}
	for range 10_000 {
		got, err := s.Search(t.Context(), q)
		if err != nil {
			t.Fatalf("Search(%+v): %v", q, err)
		}
		for _, h := range got.Hits {
			out = append(out, h.Message.Text)
		}
		if got.Cursor == "" {
			return out
		}
		q.Cursor = got.Cursor
	}
	t.Fatal("the search does not end")
	return nil
}

func find(t testing.TB, s *Store, words string) []string {
	t.Helper()
	return searchAll(t, s, SearchQuery{Words: words})
}

func TestSearch(t *testing.T) {
	s := open(t)
	second := head("c2", 0)
	second.Peer = &protocol.Profile{ID: "u-other", Username: "other"}
	welcome(t, s, head("c1", 0), second)
	apply(t, s, "c1",
		said(1, peer, "上次的雲海真是我今年看过最好的日出", noon),
		said(2, self, "尤其是云海那张", noon+60_000),
		said(3, peer, "InDesign 画册 v3, see https://Example.com/path/a", noon+120_000),
		said(4, peer, "ｆｕｌｌ width 😀", noon+86_400_000),
	)
	apply(t, s, "c2", said(1, "u-other", "云海？www.example.org", noon+90_000))
	for _, tt := range []struct {
		name string
		q    SearchQuery
		want []string // How they begin, newest first.
	}{
		{"one character", SearchQuery{Words: "海"}, []string{"云海？", "尤其", "上次"}},
		{"traditional finds simplified", SearchQuery{Words: "雲海"}, []string{"云海？", "尤其", "上次"}},
		{"three characters", SearchQuery{Words: "云海那"}, []string{"尤其"}},
		{"both pairs, not the three", SearchQuery{Words: "海云海"}, []string{}},
		{"prefix of one letter", SearchQuery{Words: "i"}, []string{"InDesign"}},
		{"prefix of four letters", SearchQuery{Words: "inde"}, []string{"InDesign"}},
		{"mixed", SearchQuery{Words: "v3 画册"}, []string{"InDesign"}},
		{"an address", SearchQuery{Words: "example.com/pa"}, []string{"InDesign"}},
		{"full width", SearchQuery{Words: "FULL"}, []string{"ｆｕｌｌ"}},
		{"emoji", SearchQuery{Words: "😀"}, []string{"ｆｕｌｌ"}},
		{"symbols alone", SearchQuery{Words: "://"}, []string{"InDesign"}},
		{"quotes are no syntax", SearchQuery{Words: `" OR "`}, []string{}},
		{"conversation", SearchQuery{Words: "云", ConversationID: "c1"}, []string{"尤其", "上次"}},
		{"sender", SearchQuery{Words: "云", Sender: self}, []string{"尤其"}},
		{"links", SearchQuery{Links: true}, []string{"InDesign", "云海？"}},
		{"links with words", SearchQuery{Links: true, Words: "云"}, []string{"云海？"}},
		{"from", SearchQuery{FromMS: noon + 100_000}, []string{"ｆｕｌｌ", "InDesign"}},
		{"to", SearchQuery{ToMS: noon + 60_000}, []string{"上次"}},
		{"span and words", SearchQuery{Words: "云", FromMS: noon + 1, ToMS: noon + 90_000}, []string{"尤其"}},
		{"nothing asked", SearchQuery{}, []string{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := searchAll(t, s, tt.q)
			ok := len(got) == len(tt.want)
			for i := 0; ok && i < len(got); i++ {
				ok = strings.HasPrefix(got[i], tt.want[i])
			}
			if !ok {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
	if _, err := s.Search(t.Context(), SearchQuery{Words: "云", ConversationID: "c9"}); !errors.Is(err, ErrNotFound) {
		t.Errorf("an unknown conversation: %v", err)
	}
	if _, err := s.Search(t.Context(), SearchQuery{Words: "云", Cursor: "x"}); !errors.Is(err, &protocol.Error{Code: protocol.CodeInvalid}) {
		t.Errorf("a wrong cursor: %v", err)
	}
}

func TestHitsSayWhereTheyAre(t *testing.T) {
	s := open(t)
	welcome(t, s, head("c1", 0))
	apply(t, s, "c1", said(1, peer, "上次的\n雲海", noon))
	got, err := s.Search(t.Context(), SearchQuery{Words: "云海"})
	if err != nil || len(got.Hits) != 1 {
		t.Fatalf("Search = %+v, %v", got, err)
	}
	h := got.Hits[0]
	want := []txt.Part{{Text: "上次的 "}, {Text: "雲海", Hit: true}}
	if h.Message.ConversationID != "c1" || h.Message.Seq != 1 || !slices.Equal(h.Snippet, want) || got.Indexing {
		t.Errorf("got %+v", got)
	}
}

// TestEditsAndRemovalsLeaveNoStaleHit changes messages in every way there is.
func TestEditsAndRemovalsLeaveNoStaleHit(t *testing.T) {
	s := open(t)
	welcome(t, s, head("c1", 0))
	apply(t, s, "c1", said(1, peer, "before", noon))
	p := protocol.Page{ConversationID: "c1", AsOf: 1, Entries: []protocol.Entry{said(1, peer, "after", noon)}}
	if err := s.ApplyPage(t.Context(), PageAnswer{Page: p}); err != nil {
		t.Fatal(err)
	}
	if old, fresh := find(t, s, "before"), find(t, s, "after"); len(old) != 0 || len(fresh) != 1 {
		t.Errorf("after an edit: %q and %q", old, fresh)
	}
	p.Entries[0].Kind = "recalled"
	if err := s.ApplyPage(t.Context(), PageAnswer{Page: p}); err != nil {
		t.Fatal(err)
	}
	if got := find(t, s, "after"); len(got) != 0 {
		t.Errorf("after a recall: %q", got)
	}

	m := queue(t, s, "c1", "queued words")
	if got := find(t, s, "queued"); len(got) != 1 {
		t.Errorf("an unsent message: %q", got)
	}
	if _, err := s.Fail(t.Context(), take(t, s, "c1"), protocol.CodeInvalid); err != nil {
		t.Fatal(err)
	}
	if err := s.Discard(t.Context(), "c1", m.ID); err != nil {
		t.Fatal(err)
	}
	if got := find(t, s, "queued"); len(got) != 0 {
		t.Errorf("after it was discarded: %q", got)
	}
	var left int
	if err := s.reader.Raw("SELECT count(*) FROM search_row").Scan(&left).Error; err != nil || left != 0 {
		t.Errorf("%d rows are left, %v", left, err)
	}
}

func TestAConfirmedMessageStandsAtTheServersTime(t *testing.T) {
	s := open(t)
	welcome(t, s, head("c1", 0))
	apply(t, s, "c1", said(1, peer, "word one", noon))
	queue(t, s, "c1", "word two") // By this machine's clock, long before.
	if _, err := s.Confirm(t.Context(), take(t, s, "c1"), protocol.Sent{Seq: 2, CreatedMS: noon + 5_000}); err != nil {
		t.Fatal(err)
	}
	if got := find(t, s, "word"); !slices.Equal(got, []string{"word two", "word one"}) {
		t.Errorf("got %q", got)
	}
}

func TestManyMessagesOfOneSecond(t *testing.T) {
	s := open(t)
	welcome(t, s, head("c1", 0))
	const n = 3*searchSlots + 7
	var entries []protocol.Entry
	for i := int64(1); i <= n; i++ {
		entries = append(entries, said(i, peer, fmt.Sprintf("same second w%d", i), noon+i%1000))
	}
	for part := range slices.Chunk(entries, 100) {
		apply(t, s, "c1", part...)
	}
	if got := searchAll(t, s, SearchQuery{Words: "second", ToMS: noon + 1000}); len(got) != n {
		t.Errorf("%d found, want %d", len(got), n)
	}
}

// TestWhatWasHereBeforeIsIndexed opens a database of the first schema.
func TestWhatWasHereBeforeIsIndexed(t *testing.T) {
	dir := t.TempDir()
	first, err := fs.ReadFile(migrations, "migrations/0001_account.sql")
	if err != nil {
		t.Fatal(err)
	}
	db, err := sqlite.OpenAt(t.Context(), filepath.Join(dir, FileName),
		fstest.MapFS{"0001_account.sql": {Data: first}}, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	const n = 3*indexAtOnce + 11
	exec := func(sql string, args ...any) {
		t.Helper()
		if err := db.Exec(sql, args...).Error; err != nil {
			t.Fatal(err)
		}
	}
	exec("INSERT INTO account (id, user_id, me) VALUES (1, ?, '{}')", self)
	exec("INSERT INTO conversation (key, id, kind, last_seq) VALUES (1, 'c1', 'direct', ?)", n)
	exec("INSERT INTO span (conv, from_seq, to_seq) VALUES (1, 1, ?)", n)
	for i := 1; i <= n; i++ {
		exec(`INSERT INTO message (conv, seq, sender, client_id, kind, mine, countable, body, created_ms, status)
			VALUES (1, ?, ?, ?, 'text', 0, 1, ?, ?, 'sent')`, i, peer, fmt.Sprint(i), text(1, peer, fmt.Sprintf("old w%d", i)).Body, noon+int64(i)*1000)
	}
	if err := sqlite.Close(db); err != nil {
		t.Fatal(err)
	}

	s := openIn(t, dir)
	apply(t, s, "c1", said(n+1, peer, "old and fresh", noon+(n+1)*1000))
	steps := 0
	for more := true; more; steps++ {
		got, err := s.Search(t.Context(), SearchQuery{Words: "old", Limit: 1})
		if err != nil || !got.Indexing || len(got.Hits) != 1 {
			t.Fatalf("meanwhile: %+v, %v", got, err)
		}
		if more, err = s.IndexMore(t.Context()); err != nil {
			t.Fatal(err)
		}
		if steps == 1 { // The program ends in the middle.
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			s = openIn(t, dir)
		}
	}
	if steps != 4 {
		t.Errorf("%d steps", steps)
	}
	if got := find(t, s, "old"); len(got) != n+1 || got[0] != "old and fresh" || got[n] != "old w1" {
		t.Errorf("%d found, %q to %q", len(got), got[0], got[len(got)-1])
	}
	if indexing, err := s.Indexing(t.Context()); indexing || err != nil {
		t.Errorf("Indexing = %v, %v", indexing, err)
	}
}

// TestSearchFindsExactlyWhatIsThere compares with reading every message.
func TestSearchFindsExactlyWhatIsThere(t *testing.T) {
	s := open(t)
	heads := []protocol.Head{head("c1", 0), head("c2", 0), head("c3", 0)}
	welcome(t, s, heads...)
	rnd := rand.New(rand.NewPCG(1, 2))
	type line struct {
		conv, sender, text string
		ms                 int64
	}
	var all []line
	alphabet := []rune("云雲海册冊画發发的好我在abcdeabcé ＡＢ１2 ，,.-😀ーガ\n")
	words := []string{"云海", "雲海", "画册", "InDesign", "indigo", "https://example.com/a", "v3", "2026年", "don't", "的"}
	for c, h := range heads {
		var entries []protocol.Entry
		for seq := int64(1); seq <= 400; seq++ {
			var b strings.Builder
			for range 1 + rnd.IntN(12) {
				if rnd.IntN(3) == 0 {
					b.WriteString(words[rnd.IntN(len(words))])
				} else {
					b.WriteRune(alphabet[rnd.IntN(len(alphabet))])
				}
			}
			sender := []string{self, peer}[rnd.IntN(2)]
			ms := noon + seq*7_000 + int64(c)
			entries = append(entries, said(seq, sender, b.String(), ms))
			all = append(all, line{h.ID, sender, b.String(), ms})
		}
		for part := range slices.Chunk(entries, 100) {
			apply(t, s, h.ID, part...)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		var typed string
		from := []rune(all[rapid.IntRange(0, len(all)-1).Draw(t, "message")].text)
		switch rapid.SampledFrom([]string{"part", "words", "noise", "none"}).Draw(t, "kind") {
		case "part":
			at := rapid.IntRange(0, len(from)-1).Draw(t, "at")
			typed = string(from[at:min(len(from), at+rapid.IntRange(1, 6).Draw(t, "n"))])
		case "words":
			typed = rapid.SampledFrom(words).Draw(t, "word") + " " + rapid.SampledFrom(words).Draw(t, "word")
		case "noise":
			typed = rapid.StringOfN(rapid.SampledFrom(alphabet), 1, 4, -1).Draw(t, "noise")
		}
		q := SearchQuery{
			Words: typed, Limit: rapid.IntRange(1, 60).Draw(t, "limit"),
			ConversationID: rapid.SampledFrom([]string{"", "", "c1", "c2"}).Draw(t, "conversation"),
			Sender:         rapid.SampledFrom([]string{"", "", self, peer}).Draw(t, "sender"),
			Links:          rapid.IntRange(0, 4).Draw(t, "links") == 0,
		}
		if rapid.Bool().Draw(t, "span") {
			q.FromMS = noon + rapid.Int64Range(0, 3_000_000).Draw(t, "from")
			q.ToMS = q.FromMS + rapid.Int64Range(1, 2_000_000).Draw(t, "long")
		}
		if strings.TrimSpace(txt.Fold(typed)) == "" && q.ConversationID == "" && q.Sender == "" && !q.Links && q.FromMS == 0 {
			return
		}
		terms := strings.Fields(txt.Fold(typed))
		var want []string
		for _, l := range all {
			ok := (q.ConversationID == "" || l.conv == q.ConversationID) && (q.Sender == "" || l.sender == q.Sender) &&
				(!q.Links || strings.Contains(l.text, "https://")) &&
				(q.FromMS == 0 || l.ms >= q.FromMS && l.ms < q.ToMS)
			for _, term := range terms {
				ok = ok && oracle(txt.Fold(l.text), term)
			}
			if ok {
				want = append(want, fmt.Sprint(l.ms, l.text))
			}
		}
		got := []string{}
		last := int64(1) << 62
		for {
			hits, err := s.Search(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			for _, h := range hits.Hits {
				got = append(got, fmt.Sprint(h.Message.CreatedMS, h.Message.Text))
				if h.Message.CreatedMS/1000 > last {
					t.Fatalf("%q: not newest first", typed)
				}
				last = h.Message.CreatedMS / 1000
			}
			if hits.Cursor == "" {
				break
			}
			q.Cursor = hits.Cursor
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Fatalf("%q %+v: %d found, want %d", typed, q, len(got), len(want))
		}
	})
}

// oracle reports whether a folded term stands in a folded text: one that begins
// with a letter of an alphabet only where a word begins.
func oracle(s, term string) bool {
	alphabet := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == 'é'
	}
	hay, needle := []rune(s), []rune(term)
	for i := 0; i+len(needle) <= len(hay); i++ {
		if slices.Equal(hay[i:i+len(needle)], needle) &&
			!(alphabet(needle[0]) && i > 0 && alphabet(hay[i-1])) {
			return true
		}
	}
	return false
}

func TestDaysAndTimes(t *testing.T) {
	zone := time.FixedZone("", 8*3600)
	day := func(d int) int64 { return time.Date(2026, 11, d, 0, 0, 0, 0, zone).UnixMilli() }
	s := open(t)
	welcome(t, s, head("c1", 0), head("c2", 0))
	apply(t, s, "c1",
		said(1, peer, "first moment", day(3)), said(2, peer, "last moment", day(4)-1), said(3, self, "later", day(20)+5))
	var starts []int64
	for d := 1; d <= 31; d++ {
		starts = append(starts, day(d))
	}
	got, err := s.Days(t.Context(), "c1", starts)
	if err != nil || !slices.Equal(got, []int64{day(3), day(20)}) {
		t.Errorf("Days = %v, %v", got, err)
	}
	if got, err := s.Days(t.Context(), "c2", starts); err != nil || got == nil || len(got) != 0 {
		t.Errorf("Days of an empty conversation = %v, %v", got, err)
	}
	if _, err := s.Days(t.Context(), "c1", starts[:1]); !errors.Is(err, &protocol.Error{Code: protocol.CodeInvalid}) {
		t.Errorf("Days of no day: %v", err)
	}
	for _, tt := range []struct {
		ms, want int64
	}{{day(1), 1}, {day(3) + 1, 2}, {day(4), 3}, {day(28), 3}} {
		if got, err := s.AtTime(t.Context(), "c1", tt.ms); err != nil || got != tt.want {
			t.Errorf("AtTime(%d) = %d, %v, want %d", tt.ms, got, err, tt.want)
		}
	}
	if got, err := s.AtTime(t.Context(), "c2", day(1)); err != nil || got != 0 {
		t.Errorf("AtTime in an empty conversation = %d, %v", got, err)
	}
}

func TestPeopleAreFoundByTheirNames(t *testing.T) {
	s := open(t)
	contact := func(useq int64, c protocol.Contact) protocol.JournalRow {
		body, err := protocol.Encode(c)
		if err != nil {
			t.Fatal(err)
		}
		return protocol.JournalRow{Useq: useq, Kind: protocol.JournalContact, Body: body}
	}
	former := head("c1", 0)
	former.Peer = &protocol.Profile{ID: "u9", Username: "gone", Nickname: "沈从文"}
	welcome(t, s, former)
	if err := s.ApplyJournal(t.Context(), []protocol.JournalRow{
		contact(1, protocol.Contact{Profile: protocol.Profile{ID: "u1", Username: "zhixia", Nickname: "沈知夏"}, Remark: "画师", Friend: true}),
		contact(2, protocol.Contact{Profile: protocol.Profile{ID: "u2", Username: "alex", Nickname: "Alex Moreau"}, Friend: true}),
		contact(3, protocol.Contact{Profile: protocol.Profile{ID: "u3", Username: "old_shen", Nickname: "沈老"}}),
	}); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		typed string
		want  []string // User ids.
	}{
		{"画", []string{"u1"}}, {"huashi", []string{"u1"}}, {"hs", []string{"u1"}},
		{"shen", []string{"u1", "u3"}}, {"zhixia", []string{"u1"}}, {"ALEX", []string{"u2"}}, {"nobody", []string{}},
	} {
		got, err := s.FindPeople(t.Context(), tt.typed, 10)
		ids := []string{}
		for _, p := range got {
			ids = append(ids, p.Contact.Profile.ID)
		}
		if err != nil || !slices.Equal(ids, tt.want) {
			t.Errorf("FindPeople(%q) = %v, %v, want %v", tt.typed, ids, err, tt.want)
		}
	}
	if got, err := s.FindPeople(t.Context(), "shen", 1); err != nil || len(got) != 1 || got[0].Name[0].Text != "画师" || !got[0].Detail[0].Hit {
		t.Errorf("by another name than the shown one: %+v, %v", got, err)
	}
	got, err := s.FindConversations(t.Context(), "scw", 10)
	if err != nil || len(got) != 1 || got[0].Conversation.ID != "c1" {
		t.Errorf("FindConversations = %+v, %v", got, err)
	}
}
