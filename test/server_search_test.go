package test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"mychat/backend/engine"
	"mychat/backend/store"
	"mychat/protocol"
)

// TestTheServerFindsWhatIsNotHere searches on a device that has fetched only
// the newer part of a history: what it lacks comes from the server, what it has
// does not, and what it opens is here afterwards.
func TestTheServerFindsWhatIsNotHere(t *testing.T) {
	t.Parallel()
	onEveryDatabase(t, func(t *testing.T, s *stage) {
		last := len(s.nodes) - 1
		ana, ben := s.register(t, 0, "ana_lind"), s.register(t, last, "ben_2026")
		conv := befriend(t, ana, ben)
		// The newest page and the one before it come by themselves; the rest of
		// the history waits for the pause between pages, which is long here.
		const lacking = 30
		var texts []string
		for i := range lacking + protocol.MaxPage + protocol.DefaultPage {
			texts = append(texts, fmt.Sprintf("第%d次看云海", i+1))
		}
		ana.say(t, conv, texts...)
		agree(t, conv, texts, ana)

		session, err := newClient(t, s.nodes[0].url(), "").SignIn(t.Context(), protocol.SignIn{
			Username: "ben_2026", Password: password, Device: deviceInfo(t, "another"),
		})
		if err != nil {
			t.Fatal(err)
		}
		d := &device{me: session.Me.Profile, server: s.nodes[0].url(), token: session.Token, dir: t.TempDir(), rest: time.Hour}
		d.open(t, session.Me, time.Now)
		d.online(t)
		query := store.SearchQuery{Words: "雲海", Limit: protocol.MaxPage}
		var here, beyond []store.Hit
		eventually(t, "all of the history is found, here or on the server", func() error {
			here, beyond = nil, nil
			for q := query; q.Cursor != "" || here == nil; {
				found, err := d.Search(t.Context(), q)
				if err != nil {
					return err
				}
				here, q.Cursor = append(here, found.Hits...), found.Cursor
			}
			for q := query; q.Cursor != "" || beyond == nil; {
				found, err := d.SearchBeyond(t.Context(), q)
				if err != nil || found.State != engine.BeyondFound {
					return fmt.Errorf("state %q, %w", found.State, err)
				}
				beyond, q.Cursor = append(beyond, found.Hits...), found.Cursor
			}
			if len(here) < protocol.MaxPage || len(here)+len(beyond) != len(texts) {
				return fmt.Errorf("%d are found here and %d on the server", len(here), len(beyond))
			}
			return nil
		})
		isHere := map[string]bool{}
		for _, h := range here {
			isHere[h.Message.Text] = true
		}
		older := slices.DeleteFunc(slices.Clone(texts), func(text string) bool { return isHere[text] })
		slices.Reverse(older)
		if len(isHere) != len(here) || len(older) != len(beyond) {
			t.Fatalf("%d found here, %d of them once, and %d on the server", len(here), len(isHere), len(beyond))
		}
		for i, h := range beyond {
			if h.Message.Text != older[i] || len(h.Snippet) != 2 || !h.Snippet[1].Hit {
				t.Errorf("hit %d on the server is %+v, want %q", i, h, older[i])
			}
		}

		d.stop()
		at := d.server
		d.server = "http://127.0.0.1:1"
		d.open(t, session.Me, time.Now)
		if found, err := d.SearchBeyond(t.Context(), query); err != nil || found.State != engine.BeyondOffline || len(found.Hits) > 0 {
			t.Errorf("without a server: %+v (%v)", found, err)
		}
		d.stop()
		d.server = at
		d.open(t, session.Me, time.Now)
		d.online(t)

		first := beyond[len(beyond)-1].Message
		page, err := d.Page(t.Context(), store.PageQuery{ConversationID: conv, AroundSeq: first.Seq})
		if err != nil || page.Missing || len(page.Messages) == 0 {
			t.Errorf("around the oldest hit: %d messages, missing %v (%v)", len(page.Messages), page.Missing, err)
		}
		eventually(t, "what was opened is here", func() error {
			found, err := d.SearchBeyond(t.Context(), query)
			if err != nil || found.State != engine.BeyondComplete {
				return fmt.Errorf("state %q, %d hits, %w", found.State, len(found.Hits), err)
			}
			return nil
		})
	})
}
