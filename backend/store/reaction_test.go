package store

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"

	"mychat/protocol"
)

var emoji = []string{"👍", "❤️", "😂"}

func reactionOf(seq, ref int64, sender, emoji string, off bool) protocol.Entry {
	body, err := protocol.Encode(protocol.Reaction{Emoji: emoji, Off: off})
	if err != nil {
		panic(err)
	}
	return protocol.Entry{
		Seq: seq, Kind: protocol.KindReaction, Sender: sender, ClientID: fmt.Sprintf("c%s%d", sender, seq),
		RefSeq: ref, CreatedMS: 1_000 + seq, Body: body,
	}
}

// pairs lists who put which emoji, sorted.
func pairs(list []protocol.Reactions) []string {
	var out []string
	for _, r := range list {
		for _, user := range r.Users {
			out = append(out, r.Emoji+" "+user)
		}
	}
	slices.Sort(out)
	return out
}

// putReaction is the obvious way to apply a reaction to the state of a message:
// it takes the pair out of all that there are, puts it at their end, and lists them
// anew.
func putReaction(target *protocol.Entry, a protocol.Entry) {
	var r protocol.Reaction
	if err := decodeThen(a.Body, func(v protocol.Reaction) error { r = v; return nil }); err != nil {
		panic(err)
	}
	puts := slices.DeleteFunc(protocol.Puts(target.Reactions), func(p protocol.Put) bool {
		return p.Emoji == r.Emoji && p.User == a.Sender
	})
	if !r.Off {
		puts = append(puts, protocol.Put{Emoji: r.Emoji, User: a.Sender, Seq: a.Seq})
	}
	target.Reactions = protocol.ReactionsOf(puts)
}

func put(t testing.TB, s *Store, seq int64) []string {
	t.Helper()
	return pairs(only(t, s, seq).Reactions)
}

func react(t testing.TB, s *Store, seq int64, emoji string, on bool) error {
	t.Helper()
	return s.React(t.Context(), "c1", only(t, s, seq).ID, emoji, on)
}

func TestALiveReactionShowsAndMovesNothing(t *testing.T) {
	s := open(t)
	welcome(t, s, head("c1", 0))
	apply(t, s, "c1", text(1, self, "mine"), text(2, peer, "theirs"))
	before := conversation(t, s, "c1")
	feed := s.Subscribe()
	defer feed.Close()
	apply(t, s, "c1", reactionOf(3, 1, peer, "👍", false), reactionOf(4, 1, self, "👍", false), reactionOf(5, 1, peer, "❤️", false))
	if got := put(t, s, 1); !slices.Equal(got, []string{"❤️ " + peer, "👍 " + peer, "👍 " + self}) {
		t.Errorf("put: %v", got)
	}
	if ids := feed.Take().Messages["c1"]; !slices.Contains(ids, only(t, s, 1).ID) {
		t.Errorf("the page hears of %v", ids)
	}
	apply(t, s, "c1", reactionOf(6, 1, peer, "👍", true))
	if got := put(t, s, 1); !slices.Equal(got, []string{"❤️ " + peer, "👍 " + self}) {
		t.Errorf("after one was taken away: %v", got)
	}
	after := conversation(t, s, "c1")
	if after.Unread != before.Unread || after.Preview != before.Preview || after.SortMS != before.SortMS {
		t.Errorf("the row became %+v", after)
	}
	if p, _ := page(t, s, PageQuery{ConversationID: "c1"}); !slices.Equal(shown(p), seqs(1, 2)) {
		t.Errorf("the page shows %v", shown(p))
	}
	apply(t, s, "c1", recallOf(7, 1, self))
	if got := put(t, s, 1); len(got) != 0 {
		t.Errorf("to a recalled one: %v", got)
	}
	var left int
	if err := s.writer.Raw("SELECT count(*) FROM message WHERE body LIKE '%emoji%' OR reactions <> ''").Scan(&left).Error; err != nil || left != 0 {
		t.Errorf("%d rows still hold an emoji (%v)", left, err)
	}
}

func TestOwnReactionsShowAtOnceAndGoOutInOrder(t *testing.T) {
	s := open(t)
	welcome(t, s, head("c1", 0))
	apply(t, s, "c1", text(1, peer, "hi"))
	for _, step := range []struct {
		emoji string
		on    bool
	}{{"👍", true}, {"👍", true}, {"❤️", true}, {"👍", false}, {"😂", false}} {
		if err := react(t, s, 1, step.emoji, step.on); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{"❤️ " + self}
	if got := put(t, s, 1); !slices.Equal(got, want) {
		t.Errorf("at once: %v", got)
	}
	var sent []string
	step, err := s.TakeOutgoing(t.Context(), "c1")
	for seq := int64(2); err == nil && step.More; seq++ {
		sent = append(sent, string(step.Next.Send.Body))
		step, err = s.Confirm(t.Context(), step.Next, protocol.Sent{Seq: seq, CreatedMS: 5_000})
	}
	if err != nil || !slices.Equal(sent, []string{`{"emoji":"👍"}`, `{"emoji":"❤️"}`, `{"emoji":"👍","off":true}`}) {
		t.Errorf("sent %v, %v", sent, err)
	}
	if got := put(t, s, 1); !slices.Equal(got, want) {
		t.Errorf("confirmed: %v", got)
	}
}

func TestARefusedReactionGoesAndSaysWhy(t *testing.T) {
	s := open(t)
	welcome(t, s, head("c1", 0))
	apply(t, s, "c1", text(1, peer, "hi"))
	if err := react(t, s, 1, "👍", true); err != nil {
		t.Fatal(err)
	}
	step, err := s.TakeOutgoing(t.Context(), "c1")
	if err != nil || !step.More {
		t.Fatal(step, err)
	}
	if _, err := s.Fail(t.Context(), step.Next, protocol.CodeNotFriend); err != nil {
		t.Fatal(err)
	}
	if m := only(t, s, 1); len(m.Reactions) != 0 || m.Refused != string(protocol.CodeNotFriend) {
		t.Errorf("refused: %+v", m)
	}
}

func TestWhatCannotBeReactedTo(t *testing.T) {
	s := open(t)
	welcome(t, s, head("c1", 0))
	friended := text(1, peer, "")
	friended.Kind, friended.Body = protocol.KindFriended, protocol.RawJSON(`{}`)
	apply(t, s, "c1", friended, text(2, peer, "gone"), recallOf(3, 2, peer), text(4, peer, "here"))
	unsent := queue(t, s, "c1", "not sent")
	for _, e := range []string{"😀", "😁", "😃"} {
		if err := react(t, s, 4, e, true); err != nil {
			t.Fatal(err)
		}
	}
	code := func(err error) protocol.Code { return protocol.AsError(err).Code }
	for name, tt := range map[string]struct {
		err  error
		want protocol.Code
	}{
		"a line":        {react(t, s, 1, "👍", true), protocol.CodeForbidden},
		"recalled":      {react(t, s, 2, "👍", true), protocol.CodeNotFound},
		"unsent":        {s.React(t.Context(), "c1", unsent.ID, "👍", true), protocol.CodeForbidden},
		"words":         {react(t, s, 4, "ok", true), protocol.CodeInvalid},
		"one too many":  {react(t, s, 4, "👍", true), protocol.CodeTooMany},
		"nothing known": {s.React(t.Context(), "c1", "x/y", "👍", true), protocol.CodeInternal},
	} {
		if code(tt.err) != tt.want {
			t.Errorf("%s: %v, want %q", name, tt.err, tt.want)
		}
	}
	if err := s.React(t.Context(), "c1", "x/y", "👍", true); !errors.Is(err, ErrNotFound) {
		t.Errorf("nothing known: %v", err)
	}
}

// TestReactionsStandAsOnTheServer has one emoji put twice, from devices that did
// not know of each other, and another left by the first who put it, which a device
// learns from the log and another from the server's list.
func TestReactionsStandAsOnTheServer(t *testing.T) {
	message := text(1, self, "hi")
	acts := []protocol.Entry{
		reactionOf(2, 1, peer, "👍", false), reactionOf(3, 1, self, "❤️", false), reactionOf(4, 1, self, "👍", false),
		reactionOf(5, 1, peer, "😂", false), reactionOf(6, 1, peer, "👍", true), reactionOf(7, 1, self, "❤️", false),
		reactionOf(8, 1, self, "😂", false),
	}
	want := []protocol.Reactions{
		{Emoji: "👍", Users: []string{self}},
		{Emoji: "😂", Users: []string{peer, self}},
		{Emoji: "❤️", Users: []string{self}},
	}
	for known := range len(acts) + 1 {
		s := open(t)
		now := message
		for _, a := range acts[:known] {
			putReaction(&now, a)
		}
		asOf := int64(1 + known)
		welcome(t, s, head("c1", asOf))
		page := protocol.Page{ConversationID: "c1", AsOf: asOf, FloorSeq: 1, Entries: append([]protocol.Entry{now}, acts[:known]...)}
		if err := s.ApplyPage(t.Context(), PageAnswer{Page: page}); err != nil {
			t.Fatal(err)
		}
		apply(t, s, "c1", acts[known:]...)
		if got := only(t, s, 1).Reactions; !reflect.DeepEqual(got, want) {
			t.Errorf("a list of %d entries and the rest live: %v, want %v", known, got, want)
		}
	}
}

// TestReactionsAcrossAHole has entries come later that are older than one that
// is here: each emoji and user has its own last word.
func TestReactionsAcrossAHole(t *testing.T) {
	s := open(t)
	welcome(t, s, head("c1", 0))
	apply(t, s, "c1", text(1, peer, "hi"))
	last := text(5, peer, "last")
	h := head("c1", 5)
	h.Last = &last
	welcome(t, s, h)
	apply(t, s, "c1", reactionOf(6, 1, peer, "👍", true))
	late := protocol.Page{ConversationID: "c1", AsOf: 6, FloorSeq: 1, Entries: []protocol.Entry{
		reactionOf(2, 1, peer, "👍", false), reactionOf(3, 1, peer, "❤️", false), reactionOf(4, 1, self, "👍", false), last,
	}}
	if err := s.ApplyPage(t.Context(), PageAnswer{Page: late, AfterSeq: 1}); err != nil {
		t.Fatal(err)
	}
	want := []string{"❤️ " + peer, "👍 " + self}
	if got := put(t, s, 1); !slices.Equal(got, want) {
		t.Errorf("put: %v, want %v", got, want)
	}
}
