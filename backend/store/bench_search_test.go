package store

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"mychat/protocol"
)

// The size of the store that BenchmarkMillion measures.
const (
	millionConversations = 500
	millionMessages      = 2_000 // In each.
)

// writer makes up chat in two languages. How often a word comes follows Zipf.
type writer struct {
	rnd    *rand.Rand
	zipf   *rand.Zipf
	zh, en []string
}

func newWriter(seed uint64) *writer {
	rnd := rand.New(rand.NewPCG(seed, 7))
	w := &writer{rnd: rnd}
	const vocabulary = 8_000
	char := rand.NewZipf(rnd, 1.1, 20, 2_999) // Among 3,000 characters, a few are in every sentence.
	for range vocabulary {
		var b strings.Builder
		for range 1 + rnd.IntN(3) {
			b.WriteRune(rune(0x4e00 + (char.Uint64()*7919)%20_000))
		}
		w.zh = append(w.zh, b.String())
		b.Reset()
		for range 1 + rnd.IntN(4) {
			b.WriteByte("bcdfghjklmnprstvwz"[rnd.IntN(18)])
			b.WriteByte("aeiou"[rnd.IntN(5)])
		}
		w.en = append(w.en, b.String())
	}
	w.zipf = rand.NewZipf(rnd, 1.1, 8, vocabulary-1)
	return w
}

func (w *writer) line() string {
	var b strings.Builder
	english := w.rnd.IntN(10) < 3
	for i := range 2 + w.rnd.IntN(14) {
		switch {
		case english:
			if i > 0 {
				b.WriteByte(' ')
			}
			b.WriteString(w.en[w.zipf.Uint64()])
		case w.rnd.IntN(12) == 0:
			b.WriteString(" " + w.en[w.zipf.Uint64()] + " ")
		case w.rnd.IntN(7) == 0:
			b.WriteString("，")
		default:
			b.WriteString(w.zh[w.zipf.Uint64()])
		}
	}
	return b.String()
}

// millionStore returns the folder of a store with a million messages, made
// once for the machine: MYCHAT_BENCH_STORE names it.
func millionStore(b *testing.B) string {
	b.Helper()
	dir := os.Getenv("MYCHAT_BENCH_STORE")
	if dir == "" {
		dir = filepath.Join(os.TempDir(), "mychat-bench-store")
	}
	whole := filepath.Join(dir, "whole")
	if _, err := os.Stat(whole); err == nil {
		return dir
	}
	if err := os.RemoveAll(dir); err != nil {
		b.Fatal(err)
	}
	start := time.Now()
	s := openIn(b, dir)
	var heads []protocol.Head
	for i := range millionConversations {
		h := head(fmt.Sprintf("c%026d", i), 0)
		h.Peer = &protocol.Profile{ID: fmt.Sprintf("u%026d", i), Username: fmt.Sprint("user", i)}
		heads = append(heads, h)
	}
	welcome(b, s, heads...)
	w := newWriter(1)
	const page = 200
	for from := int64(1); from <= millionMessages; from += page {
		for c, h := range heads {
			entries := make([]protocol.Entry, page)
			for i := range entries {
				seq := from + int64(i)
				sender := h.Peer.ID
				if w.rnd.IntN(2) == 0 {
					sender = self
				}
				entries[i] = said(seq, sender, w.line(), noon+seq*50_000+int64(c)*97)
			}
			apply(b, s, h.ID, entries...)
		}
	}
	took := time.Since(start)
	b.Logf("%d messages in %v, %.0f a second, with their index", millionConversations*millionMessages, took,
		millionConversations*millionMessages/took.Seconds())
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(whole, nil, 0o600); err != nil {
		b.Fatal(err)
	}
	return dir
}

// spread reports the median and the 99th percentile of what do takes.
func spread(b *testing.B, do func()) {
	b.Helper()
	var took []time.Duration
	for b.Loop() {
		start := time.Now()
		do()
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	ms := func(p float64) float64 { return took[int(p*float64(len(took)-1))].Seconds() * 1e3 }
	b.ReportMetric(ms(0.5), "p50-ms")
	b.ReportMetric(ms(0.99), "p99-ms")
}

// BenchmarkMillion measures a store of 1,000,000 messages in 500 conversations.
// It is made at the first run, which takes some minutes.
func BenchmarkMillion(b *testing.B) {
	dir := millionStore(b)
	if info, err := os.Stat(filepath.Join(dir, FileName)); err == nil {
		b.Logf("%d MB", info.Size()>>20)
	}
	b.Run("open to list", func(b *testing.B) {
		spread(b, func() {
			s, err := Open(b.Context(), Options{Dir: dir, Me: me})
			if err != nil {
				b.Fatal(err)
			}
			if list, err := s.Conversations(b.Context()); err != nil || len(list) != millionConversations {
				b.Fatal(len(list), err)
			}
			if err := s.Close(); err != nil {
				b.Fatal(err)
			}
		})
	})
	s := openIn(b, dir)
	rnd := rand.New(rand.NewPCG(3, 4))
	b.Run("open a conversation", func(b *testing.B) {
		spread(b, func() {
			p, _, err := s.Page(b.Context(), PageQuery{ConversationID: fmt.Sprintf("c%026d", rnd.IntN(millionConversations)), Limit: 60})
			if err != nil || len(p.Messages) != 60 {
				b.Fatal(len(p.Messages), err)
			}
		})
	})
	lines := sample(b, s, rnd)
	for _, class := range []string{"1 character", "2 characters", "4 characters", "word", "prefix", "mixed", "no hit"} {
		b.Run(class, func(b *testing.B) {
			queries := make([]string, 500)
			for i := range queries {
				queries[i] = query(rnd, lines, class)
			}
			i := 0
			spread(b, func() {
				got, err := s.Search(b.Context(), SearchQuery{Words: queries[i%len(queries)]})
				if err != nil || (class == "no hit") != (len(got.Hits) == 0) {
					b.Fatal(queries[i%len(queries)], len(got.Hits), err)
				}
				i++
			})
		})
	}
	starMany(b, s)
	for _, of := range []string{"", fmt.Sprintf("c%026d", 7)} {
		name := "newest of the stars"
		if of != "" {
			name = "those of a conversation"
		}
		b.Run(name, func(b *testing.B) {
			spread(b, func() {
				p, err := s.Starred(b.Context(), StarredQuery{ConversationID: of})
				if err != nil || len(p.Items) != protocol.DefaultPage || p.Cursor == "" {
					b.Fatal(len(p.Items), err)
				}
			})
		})
	}
	b.Run("list beside them", func(b *testing.B) {
		spread(b, func() {
			if list, err := s.Conversations(b.Context()); err != nil || len(list) != millionConversations {
				b.Fatal(len(list), err)
			}
		})
	})
}

// starMany gives 100 messages of each conversation a star, as the server says
// it to a new device.
func starMany(b *testing.B, s *Store) {
	b.Helper()
	cursor, lacking, err := s.LackingMarks(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	start := time.Now()
	const each = 100
	for i := 0; lacking && i < millionConversations; i++ {
		page := protocol.MarksPage{Marks: []protocol.Marks{{ConversationID: fmt.Sprintf("c%026d", i)}}, JournalPos: 1 << 20}
		for j := range int64(each) {
			m := protocol.Mark{Seq: 1 + j*millionMessages/each, StarredMS: noon + j*1_000 + int64(i)}
			page.Marks[0].Marks = append(page.Marks[0].Marks, m)
		}
		if i+1 < millionConversations {
			page.Cursor = fmt.Sprint(i + 1)
		}
		if err := s.ApplyMarks(b.Context(), cursor, page); err != nil {
			b.Fatal(err)
		}
		cursor = page.Cursor
	}
	if lacking {
		b.Logf("%d stars in %v", each*millionConversations, time.Since(start))
	}
}

// sample returns some thousand messages of the store.
func sample(b *testing.B, s *Store, rnd *rand.Rand) []string {
	b.Helper()
	var lines []string
	for range 40 {
		p, _, err := s.Page(b.Context(), PageQuery{
			ConversationID: fmt.Sprintf("c%026d", rnd.IntN(millionConversations)),
			AroundSeq:      1 + rnd.Int64N(millionMessages), Limit: 100,
		})
		if err != nil {
			b.Fatal(err)
		}
		for _, m := range p.Messages {
			lines = append(lines, m.Text)
		}
	}
	return lines
}

// query takes what is looked for from a message.
func query(rnd *rand.Rand, lines []string, class string) string {
	for {
		line := lines[rnd.IntN(len(lines))]
		dense := func(r rune) bool { return r >= 0x4e00 && r <= 0x9fff }
		latin := func(r rune) bool { return r >= 'a' && r <= 'z' }
		zh := strings.FieldsFunc(line, func(r rune) bool { return !dense(r) })
		en := strings.FieldsFunc(line, func(r rune) bool { return !latin(r) })
		part := func(n int) string { // Of n characters that stand together.
			if len(zh) == 0 {
				return ""
			}
			runes := []rune(zh[rnd.IntN(len(zh))])
			if len(runes) < n {
				return ""
			}
			at := rnd.IntN(len(runes) - n + 1)
			return string(runes[at : at+n])
		}
		var q string
		switch class {
		case "1 character":
			q = part(1)
		case "2 characters":
			q = part(2)
		case "4 characters":
			q = part(4)
		case "word":
			if len(en) > 0 {
				q = en[rnd.IntN(len(en))]
			}
		case "prefix":
			if len(en) > 0 && len(en[0]) > 4 {
				q = en[0][:2+rnd.IntN(3)]
			}
		case "mixed":
			if q = part(1); q != "" && len(en) > 0 {
				q += " " + en[rnd.IntN(len(en))]
			} else {
				q = ""
			}
		case "no hit":
			q = "qxqx" + fmt.Sprint(rnd.IntN(1000))
			if zh := part(2); zh != "" {
				q = zh + " " + q
			}
		}
		if q != "" {
			return q
		}
	}
}
