package store

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"mychat/protocol"
)

func putFolder(t testing.TB, s *Store, id, name string, at int) protocol.Folder {
	t.Helper()
	f, err := s.PutFolder(t.Context(), protocol.Folder{ID: id, Name: name}, at)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// folderNames are the names of the folders in their order.
func folderNames(t testing.TB, s *Store) []string {
	t.Helper()
	list, err := s.Folders(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	names := []string{}
	for _, f := range list {
		names = append(names, f.Name)
	}
	return names
}

func TestFolders(t *testing.T) {
	s := open(t)
	welcome(t, s, head("c1", 1))
	work := putFolder(t, s, "", " Work ", 99)
	family := putFolder(t, s, "", "家人", 0)
	if got := folderNames(t, s); !slices.Equal(got, []string{"家人", "Work"}) {
		t.Fatalf("got %q", got)
	}
	putFolder(t, s, work.ID, "Office", 0)
	if got := folderNames(t, s); !slices.Equal(got, []string{"Office", "家人"}) {
		t.Errorf("renamed and moved: %q", got)
	}
	for _, name := range []string{"", "a name that is much too long", strings.Repeat("长", 13)} {
		if _, err := s.PutFolder(t.Context(), protocol.Folder{Name: name}, 0); protocol.AsError(err).Field != "name" {
			t.Errorf("%q: %v", name, err)
		}
	}
	update(t, s, "c1", ChatChange{Join: work.ID})
	update(t, s, "c1", ChatChange{Join: family.ID, Leave: "01K9F0DER00000000000000000"})
	if got := conversation(t, s, "c1").Folders; !slices.Equal(got, []string{work.ID, family.ID}) {
		t.Errorf("in %q", got)
	}

	t.Run("removing one leaves the conversation, and brings it back", func(t *testing.T) {
		if err := s.RemoveFolder(t.Context(), work.ID); err != nil {
			t.Fatal(err)
		}
		if got := folderNames(t, s); !slices.Equal(got, []string{"家人"}) {
			t.Errorf("got %q", got)
		}
		putFolder(t, s, work.ID, "Work", 1)
		if got := conversation(t, s, "c1").Folders; !slices.Contains(got, work.ID) {
			t.Errorf("in %q", got)
		}
	})

	t.Run("as many as there may be", func(t *testing.T) {
		for i := range protocol.MaxFolders - 2 {
			putFolder(t, s, "", fmt.Sprint("Folder ", i), 99)
		}
		if _, err := s.PutFolder(t.Context(), protocol.Folder{Name: "one more"}, 0); protocol.AsError(err).Code != protocol.CodeTooMany {
			t.Errorf("one more: %v", err)
		}
		list, err := s.Folders(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range list {
			update(t, s, "c1", ChatChange{Join: f.ID})
		}
		if err := s.RemoveFolder(t.Context(), family.ID); err != nil {
			t.Fatal(err)
		}
		fresh := putFolder(t, s, "", "Fresh", 0)
		update(t, s, "c1", ChatChange{Join: fresh.ID})
		got := conversation(t, s, "c1").Folders
		if len(got) != protocol.MaxFolders || !slices.Contains(got, fresh.ID) || slices.Contains(got, family.ID) {
			t.Errorf("in %d: %q", len(got), got)
		}
	})
}

// TestFoldersOfAConversationStandUntilConfirmed: what was done here stands over
// what is heard, and a confirmation of an earlier change takes nothing back.
func TestFoldersOfAConversationStandUntilConfirmed(t *testing.T) {
	const a, b = "01K9F0DER00000000000000000", "01K9F0DER00000000000000001"
	s := open(t)
	welcome(t, s, head("c1", 1))
	in := func() []string { return conversation(t, s, "c1").Folders }
	update(t, s, "c1", ChatChange{Join: a})
	journal(t, s, row(1, protocol.JournalChat, protocol.ChatSettings{ConversationID: "c1", Muted: true, Folders: []string{b}}))
	if !slices.Equal(in(), []string{a}) || !conversation(t, s, "c1").Muted {
		t.Errorf("heard of others: in %q", in())
	}
	sent := waitingChats(t, s)[0]
	update(t, s, "c1", ChatChange{Join: b})
	answer := protocol.ChatUpdated{Useq: 2, Chat: protocol.ChatSettings{ConversationID: "c1", Folders: []string{a}}}
	if err := s.ConfirmChat(t.Context(), sent, answer); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(in(), []string{a, b}) {
		t.Errorf("after a late answer: in %q", in())
	}
	update(t, s, "c1", ChatChange{Leave: a})
	update(t, s, "c1", ChatChange{Leave: b})
	if u := waitingChats(t, s)[0]; len(in()) != 0 || u.Folders == nil || len(*u.Folders) != 0 {
		t.Errorf("out of both: in %q, told %+v", in(), u)
	}
}

// mentioning returns entries like texts, of which some mention people.
func mentioning(entries []protocol.Entry, who map[int64][]string) []protocol.Entry {
	for i := range entries {
		entries[i].Mentions = who[entries[i].Seq]
	}
	return entries
}

// TestMentionMatchesTheObvious applies entries in any pieces, with holes, and
// holds the place of the last unread mention to a look at the whole log.
func TestMentionMatchesTheObvious(t *testing.T) {
	s := open(t)
	run := 0
	rapid.Check(t, func(rt *rapid.T) {
		run++
		id := fmt.Sprintf("c%d", run)
		n := rapid.Int64Range(1, 30).Draw(rt, "entries")
		log := texts(1, n, peer)
		who := map[int64][]string{}
		for i := range log {
			log[i].ClientID = NewClientID(s.now())
			if rapid.IntRange(0, 3).Draw(rt, "mentions") == 0 {
				who[log[i].Seq] = []string{peer, rapid.SampledFrom([]string{self, self + "X", "X" + self}).Draw(rt, "whom")}
			}
		}
		log = mentioning(log, who)
		obvious := func(read, upTo int64) int64 {
			last := int64(0)
			for _, e := range log[:upTo] {
				if e.Seq > read && slices.Contains(e.Mentions, self) {
					last = e.Seq
				}
			}
			return last
		}
		known := rapid.Int64Range(0, n).Draw(rt, "head")
		read := rapid.Int64Range(0, known).Draw(rt, "read")
		h := head(id, known)
		h.ReadSeq, h.MentionSeq = read, obvious(read, known)
		welcome(t, s, h)
		check := func(upTo int64) {
			if got, want := conversation(t, s, id).MentionSeq, obvious(read, upTo); got != want {
				rt.Fatalf("mention at %d, want %d (read %d, known %d of %v)", got, want, read, upTo, who)
			}
		}
		check(known)
		for range 3 {
			from := rapid.Int64Range(1, n).Draw(rt, "from")
			to := rapid.Int64Range(from, n).Draw(rt, "to")
			if from <= known && to <= known {
				page := protocol.Page{ConversationID: id, Entries: slices.Clone(log[from-1 : to]), AsOf: known, More: true}
				if err := s.ApplyPage(t.Context(), PageAnswer{Page: page, BeforeSeq: to + 1}); err != nil {
					rt.Fatal(err)
				}
			}
			check(known)
			if read < known {
				read = rapid.Int64Range(read, known).Draw(rt, "reads")
				if err := s.MarkRead(t.Context(), id, read); err != nil {
					rt.Fatal(err)
				}
			}
			check(known)
		}
		if known < n {
			apply(t, s, id, log[known:]...)
			check(n)
		}
	})
}
