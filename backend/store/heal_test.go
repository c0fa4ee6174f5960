package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gorm.io/gorm"

	"mychat/protocol"
	"mychat/sqlite"
)

// pageBytes is the size of a page of the files here.
const pageBytes = 4096

// homestead is an account with some history and something of everything that
// can be owed, and what its server holds.
type homestead struct {
	dir  string
	logs map[string][]protocol.Entry
}

func (h *homestead) heads() []protocol.Head {
	var out []protocol.Head
	for i := range len(h.logs) {
		id := fmt.Sprint("c", i+1)
		log := h.logs[id]
		head := head(id, int64(len(log)))
		head.Last = &log[len(log)-1]
		out = append(out, head)
	}
	return out
}

// settle builds it in the folder dir: history, a good copy if wanted, more
// history, and what is owed.
func settle(t testing.TB, dir string, withCopy bool) *homestead {
	t.Helper()
	h := &homestead{dir: dir, logs: make(map[string][]protocol.Entry)}
	s := openIn(t, dir)
	for i := range 3 {
		h.logs[fmt.Sprint("c", i+1)] = texts(1, 400, peer)
	}
	h.sync(t, s)
	queue(t, s, "c1", "queued before the copy, discarded after it")
	discarded := take(t, s, "c1")
	if withCopy {
		if err := s.Copy(t.Context(), CopyOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Fail(t.Context(), discarded, protocol.CodeTooLarge); err != nil {
		t.Fatal(err)
	}
	if err := s.Discard(t.Context(), "c1", messageID(self, discarded.Send.ClientID)); err != nil {
		t.Fatal(err)
	}
	for id := range h.logs {
		h.logs[id] = append(h.logs[id], texts(401, 450, peer)...)
	}
	h.sync(t, s)
	if err := s.MarkRead(t.Context(), "c2", 420); err != nil {
		t.Fatal(err)
	}
	pinned := true
	if err := s.UpdateChat(t.Context(), "c3", ChatChange{Pinned: &pinned}); err != nil {
		t.Fatal(err)
	}
	if err := s.SaveDraft(t.Context(), "c1", protocol.Draft{Text: "half a thought"}); err != nil {
		t.Fatal(err)
	}
	prefer(t, s, protocol.PreferenceSound, "false")
	queue(t, s, "c2", "refused")
	if _, err := s.Fail(t.Context(), take(t, s, "c2"), protocol.CodeTooLarge); err != nil {
		t.Fatal(err)
	}
	for i := range 5 {
		queue(t, s, "c1", fmt.Sprint("unsent ", i))
		queue(t, s, "c2", fmt.Sprint("also unsent ", i, strings.Repeat(" long", 2000*(i%2))))
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return h
}

// sync brings all that the server holds.
func (h *homestead) sync(t testing.TB, s *Store) {
	t.Helper()
	welcome(t, s, h.heads()...)
	for {
		lacks, err := s.Lacks(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if len(lacks) == 0 {
			return
		}
		l := lacks[0]
		m := model{id: l.ConversationID, log: h.logs[l.ConversationID]}
		if err := s.ApplyPage(t.Context(), PageAnswer{Page: m.page(l.Ask, protocol.MaxPage), BeforeSeq: l.Ask.BeforeSeq}); err != nil {
			t.Fatal(err)
		}
	}
}

// owed is all that a store owes, as text.
func owed(t testing.TB, s *Store) string {
	t.Helper()
	var b strings.Builder
	ids, err := s.OutgoingConversations(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(ids)
	for _, id := range []string{"c1", "c2", "c3"} {
		var rows []messageRow
		err := s.read(t.Context(), func(db *gorm.DB) error {
			return db.Raw("SELECT m.* FROM message m JOIN conversation c ON c.key = m.conv WHERE c.id = ? AND m.seq = 0 ORDER BY m.id", id).Scan(&rows).Error
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range rows {
			fmt.Fprintf(&b, "%s %s %s %s %s\n", id, m.ClientID, m.Status, m.ErrorCode, shownText(m.Kind, m.Fallback, m.Body))
		}
	}
	reads, err := s.OutgoingReads(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	chats, err := s.OutgoingChats(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(chats, func(a, b protocol.UpdateChat) int { return strings.Compare(a.ConversationID, b.ConversationID) })
	for _, p := range outgoingPreferences(t, s) {
		fmt.Fprintf(&b, "%s is %s\n", p.Name, p.Value)
	}
	for _, c := range chats {
		if c.Draft != nil {
			fmt.Fprintf(&b, "%s draft %q\n", c.ConversationID, c.Draft.Text)
		}
		if c.Pinned != nil {
			fmt.Fprintf(&b, "%s pinned %v\n", c.ConversationID, *c.Pinned)
		}
	}
	fmt.Fprintf(&b, "%v %v\n", ids, reads)
	return b.String()
}

// holds is what is in the store of what the server holds, as text.
func holds(t testing.TB, s *Store) string {
	t.Helper()
	var b strings.Builder
	for _, id := range []string{"c1", "c2", "c3"} {
		q := PageQuery{ConversationID: id, Limit: protocol.MaxPage}
		var all []Message
		for {
			p, asks := page(t, s, q)
			if len(asks) > 0 || p.Missing {
				t.Fatalf("%s has a hole", id)
			}
			all = append(slices.Clone(p.Messages), all...)
			if !p.MoreBefore {
				break
			}
			q.BeforeSeq = p.Messages[0].Seq
		}
		for _, m := range all {
			if m.Seq > 0 {
				fmt.Fprintln(&b, id, m.Seq, m.Text)
			}
		}
	}
	return b.String()
}

// nurse opens a store and does what the engine does: it looks whether the file
// is sound, and opens it again if it is not.
func nurse(t testing.TB, dir string) *Store {
	t.Helper()
	for range 3 {
		s, err := Open(t.Context(), Options{Dir: dir, Me: me})
		if err != nil {
			t.Fatalf("Open: %v", err)
		}
		err = s.Check(t.Context())
		if err == nil {
			t.Cleanup(func() { s.Close() })
			return s
		}
		if !errors.Is(err, ErrDamaged) {
			t.Fatalf("Check: %v", err)
		}
		if err := s.Close(); err != nil {
			t.Logf("a damaged store closes with %v", err)
		}
	}
	t.Fatal("it is damaged again and again")
	return nil
}

// cloneDir copies a folder, such as that of an app that was killed.
func cloneDir(t testing.TB, dir string) string {
	t.Helper()
	to := t.TempDir()
	if err := os.CopyFS(to, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	return to
}

// overwrite writes data into a file at an offset.
func overwrite(t testing.TB, path string, at int64, data []byte) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err == nil {
		_, err = f.WriteAt(data, at)
		err = errors.Join(err, f.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
}

// pagesOf returns the numbers of the pages that a table or an index takes,
// from 0.
func pagesOf(t testing.TB, path, names string) []int64 {
	t.Helper()
	db, err := sqlite.Open(path, sqlite.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer sqlite.Close(db)
	var out []int64
	if err := db.Raw("SELECT pageno - 1 FROM dbstat WHERE name LIKE ? ORDER BY pageno", names).Scan(&out).Error; err != nil {
		t.Fatal(err)
	}
	return out
}

func noise(r *rand.Rand, n int) []byte {
	out := make([]byte, n)
	for i := range out {
		out[i] = byte(r.Uint32())
	}
	return out
}

// TestHeals damages the file in every way that is known by name. Nothing that
// is owed is lost, and the server brings the rest.
func TestHeals(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	damages := []struct {
		name string
		do   func(t *testing.T, path string)
	}{
		{"truncated to a half", func(t *testing.T, path string) {
			if err := os.Truncate(path, sizeOf(path)/2/pageBytes*pageBytes); err != nil {
				t.Fatal(err)
			}
		}},
		{"truncated inside a page", func(t *testing.T, path string) {
			if err := os.Truncate(path, sizeOf(path)-20*pageBytes-pageBytes/3); err != nil {
				t.Fatal(err)
			}
		}},
		{"zeroed header", func(t *testing.T, path string) { overwrite(t, path, 0, make([]byte, 100)) }},
		{"zeroed first page", func(t *testing.T, path string) { overwrite(t, path, 0, make([]byte, pageBytes)) }},
		{"no database at all", func(t *testing.T, path string) { overwrite(t, path, 0, noise(r, int(sizeOf(path)))) }},
		{"pages flipped in the middle", func(t *testing.T, path string) {
			for _, page := range pagesOf(t, path, "message")[1:] {
				overwrite(t, path, page*pageBytes, noise(r, pageBytes))
			}
		}},
		{"an index flipped", func(t *testing.T, path string) {
			for _, page := range pagesOf(t, path, "message_seq") {
				overwrite(t, path, page*pageBytes, noise(r, pageBytes))
			}
		}},
		{"what is owed flipped", func(t *testing.T, path string) {
			for _, page := range pagesOf(t, path, "outgoing%") {
				overwrite(t, path, page*pageBytes, noise(r, pageBytes))
			}
		}},
	}
	for _, withCopy := range []bool{true, false} {
		made := settle(t, filepath.Join(t.TempDir(), "account"), withCopy)
		s := openIn(t, made.dir)
		wantOwed, wantSaid := owed(t, s), holds(t, s)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		how := HealedFresh
		if withCopy {
			how = HealedCopy
		}
		for _, tt := range damages {
			t.Run(fmt.Sprintf("%s, copy %v", tt.name, withCopy), func(t *testing.T) {
				h := homestead{dir: cloneDir(t, made.dir), logs: made.logs}
				path := filepath.Join(h.dir, FileName)
				tt.do(t, path)
				broken, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				s := nurse(t, h.dir)
				got, err := s.Healed(t.Context())
				if err != nil || got == nil || got.How != how || got.Unsent != 10 || withCopy != (got.CopyMS > 0) {
					t.Fatalf("Healed = %+v, %v, want %s", got, err, how)
				}
				if aside, err := os.ReadFile(filepath.Join(h.dir, got.Aside)); err != nil || !bytes.Equal(aside[:100], broken[:100]) {
					t.Errorf("the damaged file is not kept as %q: %v", got.Aside, err)
				}
				if got := owed(t, s); got != wantOwed {
					t.Errorf("it owes\n%s\nwant\n%s", got, wantOwed)
				}
				p, err := s.Positions(t.Context())
				if err != nil || !withCopy && p.SinceMS != 0 {
					t.Errorf("Positions = %+v, %v", p, err)
				}
				if c := conversation(t, s, "c1"); withCopy && c.LastSeq != 400 || c.Draft != "half a thought" || c.Preview.Text != "unsent 4" {
					t.Errorf("the conversation is %+v", c)
				}
				h.sync(t, s)
				if got := holds(t, s); got != wantSaid {
					t.Errorf("after syncing it holds %d bytes of text, want %d", len(got), len(wantSaid))
				}
				if got := owed(t, s); got != wantOwed {
					t.Errorf("after syncing it owes\n%s\nwant\n%s", got, wantOwed)
				}
				if err := s.ForgetHealed(t.Context()); err != nil {
					t.Fatal(err)
				}
				if got, err := s.Healed(t.Context()); err != nil || got != nil {
					t.Errorf("what was read is told again: %+v, %v", got, err)
				}
			})
		}
	}
}

// TestHealsWithoutTheSecondFile reads what is owed out of the damaged file
// itself, row by row.
func TestHealsWithoutTheSecondFile(t *testing.T) {
	h := settle(t, filepath.Join(t.TempDir(), "account"), true)
	s := openIn(t, h.dir)
	want := owed(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := removeDatabase(filepath.Join(h.dir, owedName)); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(h.dir, FileName)
	pages := pagesOf(t, path, "message")
	overwrite(t, path, pages[len(pages)/2]*pageBytes, make([]byte, pageBytes))
	s = nurse(t, h.dir)
	if got := owed(t, s); got != want {
		t.Errorf("it owes\n%s\nwant\n%s", got, want)
	}
}

// TestHealsTheSearchIndexAlone damages only the index: no message is fetched
// again, and each is found again.
func TestHealsTheSearchIndexAlone(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, tt := range []struct {
		name, pages string
		damage      []byte
	}{
		{"data", "message_fts_data", noise(r, pageBytes)},
		{"zeroed data", "message_fts_data", make([]byte, pageBytes)},
		{"its own index", "message_fts_idx", noise(r, pageBytes)},
		{"sizes", "message_fts_docsize", make([]byte, pageBytes)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := settle(t, filepath.Join(t.TempDir(), "account"), true)
			path := filepath.Join(h.dir, FileName)
			for _, page := range pagesOf(t, path, tt.pages) {
				overwrite(t, path, page*pageBytes, tt.damage)
			}
			s := nurse(t, h.dir)
			got, err := s.Healed(t.Context())
			if err != nil || got == nil || got.How != HealedSearch || got.Aside != "" {
				t.Fatalf("Healed = %+v, %v", got, err)
			}
			if lacks, err := s.Lacks(t.Context()); err != nil || len(lacks) > 0 {
				t.Errorf("it lacks %v, %v", lacks, err)
			}
			for more := true; more; {
				if more, err = s.IndexMore(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			hits, err := s.Search(t.Context(), SearchQuery{Words: "message 44", Limit: 200})
			if err != nil || len(hits.Hits) != 33 { // 44 and 440 to 449, in three conversations.
				t.Errorf("%d found, %v, want 33", len(hits.Hits), err)
			}
			if err := s.Check(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestLostLog opens what an app left that was killed, without the newest part
// of its database: what is owed is in the second file.
func TestLostLog(t *testing.T) {
	h := settle(t, filepath.Join(t.TempDir(), "account"), false)
	s := openIn(t, h.dir)
	queue(t, s, "c3", "only in the log")
	want := owed(t, s)
	dir := cloneDir(t, h.dir) // As SIGKILL leaves it.
	for _, suffix := range []string{"-wal", "-shm"} {
		if err := os.Remove(filepath.Join(dir, FileName+suffix)); err != nil {
			t.Fatal(err)
		}
	}
	if !mustUnclean(t, dir) {
		t.Fatal("the folder does not tell of an unclean end")
	}
	if got := owed(t, nurse(t, dir)); got != want {
		t.Errorf("it owes\n%s\nwant\n%s", got, want)
	}
}

// TestLostLogOfADamagedFile opens what an app left that was killed, without the
// newest part of a database that is damaged too: neither file is taken for more
// than it is.
func TestLostLogOfADamagedFile(t *testing.T) {
	made := settle(t, filepath.Join(t.TempDir(), "account"), false)
	s := openIn(t, made.dir)
	queue(t, s, "c3", "only in the log")
	want := owed(t, s)
	killed := cloneDir(t, made.dir)
	for _, suffix := range []string{"-wal", "-shm"} {
		if err := os.Remove(filepath.Join(killed, FileName+suffix)); err != nil {
			t.Fatal(err)
		}
	}
	pages := int(sizeOf(filepath.Join(killed, FileName)) / pageBytes)
	for first := 1; first < pages; first += pages / 12 {
		dir := cloneDir(t, killed)
		overwrite(t, filepath.Join(dir, FileName), int64(first)*pageBytes, make([]byte, min(pages/12, pages-first)*pageBytes))
		s := nurse(t, dir)
		if got := owed(t, s); got != want {
			t.Errorf("with pages zeroed from %d of %d it owes\n%s\nwant\n%s", first, pages, got, want)
		}
		s.Close()
	}
}

func mustUnclean(t testing.TB, dir string) bool {
	t.Helper()
	_, err := os.Stat(filepath.Join(dir, markName))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return err == nil
}

func TestAnUncleanEndIsNoticedOnce(t *testing.T) {
	h := settle(t, filepath.Join(t.TempDir(), "account"), false)
	s := openIn(t, h.dir)
	if s.Unclean() {
		t.Error("a clean end counts as unclean")
	}
	killed := openIn(t, cloneDir(t, h.dir))
	if !killed.Unclean() {
		t.Error("a kill is not noticed")
	}
	if err := killed.Check(t.Context()); err != nil || killed.Unclean() {
		t.Errorf("Check = %v, unclean %v", err, killed.Unclean())
	}
}

// TestHealsWhileRunning damages the file under an open store: a statement finds
// it, and opening the store again mends it.
func TestHealsWhileRunning(t *testing.T) {
	h := settle(t, filepath.Join(t.TempDir(), "account"), true)
	s := openIn(t, h.dir)
	want := owed(t, s)
	path := filepath.Join(h.dir, FileName)
	for _, page := range pagesOf(t, path, "message") {
		overwrite(t, path, page*pageBytes, make([]byte, pageBytes))
	}
	if _, _, err := s.Page(t.Context(), PageQuery{ConversationID: "c3", BeforeSeq: 200}); !errors.Is(err, ErrDamaged) {
		t.Fatalf("Page = %v, want ErrDamaged", err)
	}
	<-s.Suspect()
	if err := s.Check(t.Context()); !errors.Is(err, ErrDamaged) {
		t.Fatalf("Check = %v, want ErrDamaged", err)
	}
	if err := s.Close(); err != nil {
		t.Logf("a damaged store closes with %v", err)
	}
	s = nurse(t, h.dir)
	if got := owed(t, s); got != want {
		t.Errorf("it owes\n%s\nwant\n%s", got, want)
	}
	if got, err := s.Healed(t.Context()); err != nil || got == nil || got.How != HealedCopy {
		t.Errorf("Healed = %+v, %v", got, err)
	}
}

// TestHealGoesOnWhereItWasCut ends a mending after each of its steps.
func TestHealGoesOnWhereItWasCut(t *testing.T) {
	made := settle(t, filepath.Join(t.TempDir(), "account"), true)
	s := openIn(t, made.dir)
	want := owed(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	overwrite(t, filepath.Join(made.dir, FileName), 0, make([]byte, pageBytes))
	const aside = asideStem + "20260101-000000.db"
	for _, tt := range []struct {
		name string
		cut  func(s *Store) error
	}{
		{"ordered", func(s *Store) error { return s.writeOrder(order{}) }},
		{"set aside, not noted", func(s *Store) error {
			return errors.Join(s.writeOrder(order{}), os.Rename(s.file(FileName), s.file(aside)))
		}},
		{"set aside", func(s *Store) error {
			return errors.Join(s.writeOrder(order{Aside: aside}), os.Rename(s.file(FileName), s.file(aside)))
		}},
		{"decided", func(s *Store) error {
			return errors.Join(s.writeOrder(order{Aside: aside, How: HealedCopy, CopyMS: 1}), os.Rename(s.file(FileName), s.file(aside)))
		}},
		{"replaced", func(s *Store) error {
			return errors.Join(s.writeOrder(order{Aside: aside, How: HealedCopy, CopyMS: 1}), os.Rename(s.file(FileName), s.file(aside)),
				os.Rename(s.file(copyName), s.file(FileName)))
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := cloneDir(t, made.dir)
			if err := tt.cut(&Store{dir: dir}); err != nil {
				t.Fatal(err)
			}
			s := nurse(t, dir)
			if got := owed(t, s); got != want {
				t.Errorf("it owes\n%s\nwant\n%s", got, want)
			}
			if got, err := s.Healed(t.Context()); err != nil || got == nil || got.How != HealedCopy {
				t.Errorf("Healed = %+v, %v", got, err)
			}
			if exists(filepath.Join(dir, orderName)) {
				t.Error("the order is still there")
			}
		})
	}
}

// TestADamagedCopyIsSetAside falls back to a new database.
func TestADamagedCopyIsSetAside(t *testing.T) {
	h := settle(t, filepath.Join(t.TempDir(), "account"), true)
	s := openIn(t, h.dir)
	want := owed(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(5, 6))
	for _, name := range []string{FileName, copyName} {
		overwrite(t, filepath.Join(h.dir, name), 0, noise(r, 20*pageBytes))
	}
	s = nurse(t, h.dir)
	if got, err := s.Healed(t.Context()); err != nil || got == nil || got.How != HealedFresh {
		t.Errorf("Healed = %+v, %v", got, err)
	}
	if got := owed(t, s); got != want {
		t.Errorf("it owes\n%s\nwant\n%s", got, want)
	}
	aside, err := filepath.Glob(filepath.Join(h.dir, asideStem+"*.db"))
	if err != nil || len(aside) != 2 {
		t.Errorf("set aside: %v, %v", aside, err)
	}
}

// TestHealsAnything damages a file at random, again and again.
func TestHealsAnything(t *testing.T) {
	made := settle(t, filepath.Join(t.TempDir(), "account"), true)
	s := openIn(t, made.dir)
	wantOwed, wantSaid := owed(t, s), holds(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	rounds := 6
	if testing.Short() {
		rounds = 3
	}
	start := rand.Uint64()
	if seed := os.Getenv("MYCHAT_TEST_SEED"); seed != "" {
		rounds = 1
		if _, err := fmt.Sscan(seed, &start); err != nil {
			t.Fatal(err)
		}
	}
	healed := map[string]int{}
	for i := range rounds {
		seed := start + uint64(i)
		h := homestead{dir: cloneDir(t, made.dir), logs: made.logs}
		damageAtRandom(t, filepath.Join(h.dir, FileName), rand.New(rand.NewPCG(seed, 0)))
		s := nurse(t, h.dir)
		got, err := s.Healed(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if got != nil {
			healed[got.How]++
		}
		if got := owed(t, s); got != wantOwed {
			t.Errorf("MYCHAT_TEST_SEED=%d: it owes\n%s\nwant\n%s", seed, got, wantOwed)
		}
		h.sync(t, s)
		// Bytes may change within a text, which no check of the file sees.
		if got := holds(t, s); got != wantSaid && strings.Count(got, "\n") != strings.Count(wantSaid, "\n") {
			t.Errorf("MYCHAT_TEST_SEED=%d: after syncing it holds %d messages, want %d", seed, strings.Count(got, "\n"), strings.Count(wantSaid, "\n"))
		}
		if err := s.Check(t.Context()); err != nil {
			t.Errorf("MYCHAT_TEST_SEED=%d: %v", seed, err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	t.Logf("%d files, from seed %d: %v", rounds, start, healed)
	if len(healed) == 0 && rounds > 1 {
		t.Error("nothing was ever damaged")
	}
}

// damageAtRandom zeroes, scrambles or cuts some of a file, but no page with an
// unsent message: those it might change into other words.
func damageAtRandom(t testing.TB, path string, r *rand.Rand) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	pages := len(data) / pageBytes
	derived := pagesOf(t, path, "message_%")
	for range 1 + r.IntN(4) {
		first := r.IntN(pages)
		n := 1 + r.IntN(min(8, pages-first))
		part := data[first*pageBytes : (first+n)*pageBytes]
		if bytes.Contains(part, []byte("unsent")) || bytes.Contains(part, []byte(" long")) || bytes.Contains(part, []byte("half a")) {
			continue
		}
		switch r.IntN(4) {
		case 0:
			clear(part)
		case 1:
			copy(part, noise(r, len(part)))
		case 2: // Some bits of what can be made anew; elsewhere they may be another sound file.
			page := int(derived[r.IntN(len(derived))])
			if page < pages {
				for range 1 + r.IntN(20) {
					data[page*pageBytes+r.IntN(pageBytes)] ^= 1 << r.IntN(8)
				}
			}
		case 3:
			if r.IntN(4) == 0 {
				data = data[:first*pageBytes+r.IntN(pageBytes)]
				pages = max(1, len(data)/pageBytes)
			}
		}
		if len(data) < pageBytes {
			break
		}
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// sameOwed holds the second file against the database.
func sameOwed(t *testing.T, s *Store, after string) {
	t.Helper()
	tables, err := owedTables(s.writer, "main", "")
	if err != nil || len(tables) < 4 {
		t.Fatalf("owedTables = %v, %v", tables, err)
	}
	for _, table := range tables {
		where := ""
		if cond := table.where(table.name); cond != "" {
			where = " WHERE " + cond
		}
		var differ int
		q := fmt.Sprintf("SELECT count(*) FROM (SELECT * FROM (SELECT * FROM main.%[1]s%[2]s EXCEPT SELECT * FROM owed_%[1]s) UNION ALL SELECT * FROM (SELECT * FROM owed_%[1]s EXCEPT SELECT * FROM main.%[1]s%[2]s))", table.name, where)
		if err := s.writer.Raw(q).Scan(&differ).Error; err != nil || differ > 0 {
			t.Fatalf("after %s, %d rows of %s differ, %v", after, differ, table.name, err)
		}
	}
}

// TestSecondFileFollows compares the second file with the database after each
// of many changes.
func TestSecondFileFollows(t *testing.T) {
	s := open(t)
	welcome(t, s, head("c1", 0), head("c2", 0))
	apply(t, s, "c1", texts(1, 20, peer)...)
	same := func(after string) { t.Helper(); sameOwed(t, s, after) }
	must := func(after string, err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v", after, err)
		}
		same(after)
	}
	for i := range 3 {
		queue(t, s, "c1", fmt.Sprint("first ", i))
		queue(t, s, "c2", fmt.Sprint("second ", i))
	}
	same("queueing")
	o := take(t, s, "c1")
	sent := messageID(self, o.Send.ClientID)
	same("taking")
	_, err := s.Confirm(t.Context(), o, protocol.Sent{Seq: 21, CreatedMS: 99})
	must("confirming", err)
	must("requeueing", s.Requeue(t.Context(), take(t, s, "c1")))
	o = take(t, s, "c2")
	_, err = s.Fail(t.Context(), o, protocol.CodeIDReused)
	must("failing", err)
	must("retrying", s.Retry(t.Context(), "c2", messageID(self, o.Send.ClientID)))
	o = take(t, s, "c2")
	must("taking back", s.Recall(t.Context(), "c2", messageID(self, o.Send.ClientID)))
	must("editing", s.Edit(t.Context(), "c1", sent, "other words"))
	must("reading", s.MarkRead(t.Context(), "c1", 7))
	must("confirming a read", s.ConfirmRead(t.Context(), protocol.Read{ConversationID: "c1", Seq: 7}))
	on := true
	must("muting", s.UpdateChat(t.Context(), "c2", ChatChange{Muted: &on}))
	must("a draft", s.SaveDraft(t.Context(), "c2", protocol.Draft{Text: "x"}))
	must("no draft", s.SaveDraft(t.Context(), "c2", protocol.Draft{}))
}

// TestCopyIsLeftOutWithAReason holds the bounds of the good copy.
func TestCopyIsLeftOutWithAReason(t *testing.T) {
	h := settle(t, filepath.Join(t.TempDir(), "account"), false)
	s := openIn(t, h.dir)
	if due, err := s.CopyDue(t.Context()); err != nil || !due {
		t.Fatalf("CopyDue = %v, %v", due, err)
	}
	full := func(string) (int64, bool) { return spareBytes, true }
	for _, tt := range []struct {
		want string
		opt  CopyOptions
	}{
		{SkippedTooLarge, CopyOptions{Max: 1000}},
		{SkippedNoRoom, CopyOptions{Free: full}},
		{"", CopyOptions{Free: func(string) (int64, bool) { return 0, false }}},
	} {
		if err := s.Copy(t.Context(), tt.opt); err != nil {
			t.Fatal(err)
		}
		got, err := s.Storage(t.Context())
		if err != nil || got.CopySkipped != tt.want || (got.CopyBytes > 0) != (tt.want == "") {
			t.Errorf("Storage = %+v, %v, want skipped %q", got, err, tt.want)
		}
		if due, err := s.CopyDue(t.Context()); err != nil || due {
			t.Errorf("CopyDue = %v, %v", due, err)
		}
	}
}

// TestCutCopyLeavesTheOneBefore ends a copy in the middle.
func TestCutCopyLeavesTheOneBefore(t *testing.T) {
	h := settle(t, filepath.Join(t.TempDir(), "account"), true)
	before, err := os.ReadFile(filepath.Join(h.dir, copyName))
	if err != nil {
		t.Fatal(err)
	}
	s := openIn(t, h.dir)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Copy(ctx, CopyOptions{}); err == nil {
		t.Error("a cancelled copy is made")
	}
	after, err := os.ReadFile(filepath.Join(h.dir, copyName))
	if err != nil || !bytes.Equal(before, after) {
		t.Errorf("the copy before is lost: %v", err)
	}
	if exists(filepath.Join(h.dir, copyName+".new")) {
		t.Error("the cut copy is left")
	}
}
