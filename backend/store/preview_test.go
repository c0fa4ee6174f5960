package store

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"mychat/protocol"
)

// looking is an account whose server looks at links, with a conversation.
func looking(t testing.TB, s *Store) {
	t.Helper()
	w := protocol.Welcome{ServerMS: s.now().UnixMilli(), Me: me, Heads: []protocol.Head{head("c1", 0)}, EditWithinMS: 1_000_000, Previews: true}
	if err := s.ApplyWelcome(t.Context(), w); err != nil {
		t.Fatal(err)
	}
}

func savePreview(t testing.TB, s *Store, link, title string, asked ...Message) {
	t.Helper()
	var refs []MessageRef
	for _, m := range asked {
		refs = append(refs, MessageRef{"c1", m.ID})
	}
	if err := s.SavePreview(t.Context(), link, protocol.Preview{Title: title, Host: "h", KeepMS: 3_600_000}, refs); err != nil {
		t.Fatal(err)
	}
}

func previews(t testing.TB, s *Store) int {
	t.Helper()
	var n int64
	if err := s.reader.Model(&previewRow{}).Count(&n).Error; err != nil {
		t.Fatal(err)
	}
	return int(n)
}

const tea, coffee = "https://tea.example/", "https://coffee.example/"

func TestPreviews(t *testing.T) {
	s := open(t)
	looking(t, s)
	apply(t, s, "c1", text(1, "peer", "see "+tea), text(2, "peer", "no link"), text(3, "peer", "again: "+tea+"."), text(4, "peer", coffee))
	if l := only(t, s, 1).Link; l == nil || *l != (Link{URL: tea}) {
		t.Fatalf("before it was asked: %+v", l)
	}
	if l := only(t, s, 2).Link; l != nil {
		t.Errorf("without a link: %+v", l)
	}
	feed := s.Subscribe()
	defer feed.Close()
	one, three := only(t, s, 1), only(t, s, 3)
	savePreview(t, s, tea, "Tea", one, three)
	if ids := feed.Take().Messages["c1"]; !slices.Contains(ids, one.ID) || !slices.Contains(ids, three.ID) {
		t.Errorf("the page hears of %v", ids)
	}
	for _, seq := range []int64{1, 3} {
		if l := only(t, s, seq).Link; l == nil || l.Title != "Tea" || l.Host != "h" || l.UntilMS <= s.now().UnixMilli() {
			t.Errorf("message %d: %+v", seq, l)
		}
	}
	if l := only(t, s, 4).Link; l == nil || l.Title != "" {
		t.Errorf("another link: %+v", l)
	}
	savePreview(t, s, tea, "", three)
	if l := only(t, s, 1).Link; l.Title != "" || l.UntilMS == 0 {
		t.Errorf("after the page went: %+v", l)
	}
	w := protocol.Welcome{ServerMS: s.now().UnixMilli(), Me: me}
	if err := s.ApplyWelcome(t.Context(), w); err != nil {
		t.Fatal(err)
	}
	if l := only(t, s, 1).Link; l != nil {
		t.Errorf("at a server that looks at no links: %+v", l)
	}
}

// TestPreviewsGoWithTheirMessages shows that nothing tells of a link in a
// message that says it no longer.
func TestPreviewsGoWithTheirMessages(t *testing.T) {
	for name, gone := range map[string]func(s *Store){
		"recalled": func(s *Store) { apply(t, s, "c1", recallOf(3, 1, "peer")) },
		"edited":   func(s *Store) { apply(t, s, "c1", editOf(3, 1, "peer", "now "+coffee)) },
		"cleared": func(s *Store) {
			if err := s.Clear(t.Context(), "c1"); err != nil {
				t.Fatal(err)
			}
		},
		"below the floor": func(s *Store) {
			if err := s.ApplyFloor(t.Context(), protocol.Floor{ConversationID: "c1", FloorSeq: 2}); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			looking(t, s)
			apply(t, s, "c1", text(1, "peer", tea), text(2, "peer", "other"))
			m := only(t, s, 1)
			savePreview(t, s, tea, "Tea", m)
			gone(s)
			savePreview(t, s, tea, "Tea", Message{ID: "peer/nothing"})
			savePreview(t, s, tea, "Tea", m) // An answer that comes too late.
			if n := previews(t, s); n != 0 {
				t.Errorf("%d answers are still here", n)
			}
		})
	}
	t.Run("edited around it", func(t *testing.T) {
		s := open(t)
		looking(t, s)
		apply(t, s, "c1", text(1, "peer", tea))
		savePreview(t, s, tea, "Tea", only(t, s, 1))
		apply(t, s, "c1", editOf(2, 1, "peer", "this one: "+tea))
		if l := only(t, s, 1).Link; l == nil || l.Title != "Tea" {
			t.Errorf("its link is still the same: %+v", l)
		}
	})
}

func TestPreviewsAreBounded(t *testing.T) {
	now := time.UnixMilli(1_795_435_200_000)
	s, err := Open(t.Context(), Options{Dir: t.TempDir(), Me: me, Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	looking(t, s)
	apply(t, s, "c1", text(1, "peer", tea), text(2, "peer", coffee))
	rows := make([]protocol.Entry, 0, maxPreviews)
	for seq := int64(3); seq <= maxPreviews+2; seq++ {
		rows = append(rows, text(seq, "peer", fmt.Sprintf("https://example.org/%d", seq)))
	}
	apply(t, s, "c1", rows...)
	savePreview(t, s, tea, "Tea", only(t, s, 1))
	now = now.Add(time.Second)
	savePreview(t, s, coffee, "Coffee", only(t, s, 2))
	now = now.Add(time.Second)
	err = s.writer.Exec(`INSERT INTO preview SELECT id, 'https://example.org/' || seq, ?, ?, 'x', '', '', '' FROM message
		WHERE seq BETWEEN 3 AND ?`, now.UnixMilli(), now.UnixMilli(), maxPreviews).Error
	if err != nil {
		t.Fatal(err)
	}
	last := only(t, s, maxPreviews+2)
	savePreview(t, s, last.Link.URL, "Last", last)
	if n := previews(t, s); n != maxPreviews {
		t.Errorf("%d answers, want %d", n, maxPreviews)
	}
	if l := only(t, s, 1).Link; l.Title != "" {
		t.Error("the oldest answer is still here")
	}
	if l := only(t, s, 2).Link; l.Title != "Coffee" {
		t.Error("the second is not")
	}
	for ms, want := range map[int64]time.Duration{0: keepPreviewLeast, 1 << 62: keepPreviewMost, -5: keepPreviewLeast} {
		p := protocol.Preview{Title: "Last", KeepMS: ms}
		if err := s.SavePreview(t.Context(), last.Link.URL, p, []MessageRef{{"c1", last.ID}}); err != nil {
			t.Fatal(err)
		}
		if until := only(t, s, maxPreviews+2).Link.UntilMS; until != now.Add(want).UnixMilli() {
			t.Errorf("keep %d ms: until %v, want %v", ms, time.UnixMilli(until).Sub(now), want)
		}
	}
}
