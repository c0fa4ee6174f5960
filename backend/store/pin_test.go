package store

import (
	"fmt"
	"slices"
	"testing"

	"mychat/protocol"
)

func pinOf(seq, ref int64, sender string, off bool) protocol.Entry {
	kind := protocol.KindPin
	if off {
		kind = protocol.KindUnpin
	}
	return protocol.Entry{
		Seq: seq, Kind: kind, Sender: sender, ClientID: fmt.Sprintf("c%s%d", sender, seq),
		RefSeq: ref, CreatedMS: 1_000 + seq, Body: protocol.RawJSON(`{}`),
	}
}

// pinned replays the model's log, the obvious way.
func (m *model) pinned() []int64 {
	on := map[int64]bool{}
	for _, e := range m.log {
		switch e.Kind {
		case protocol.KindPin:
			on[e.RefSeq] = true
		case protocol.KindUnpin, protocol.KindRecall:
			delete(on, e.RefSeq)
		}
	}
	out := []int64{}
	for seq := range on {
		out = append(out, seq)
	}
	slices.Sort(out)
	return out
}

func pinnedHere(t testing.TB, s *Store) []int64 {
	t.Helper()
	list, err := s.Pinned(t.Context(), "c1")
	if err != nil {
		t.Fatal(err)
	}
	out := []int64{}
	for _, m := range list {
		out = append(out, m.Seq)
	}
	if c := conversation(t, s, "c1"); !slices.Equal(c.Pins, out) {
		t.Errorf("the row says %v, the list %v", c.Pins, out)
	}
	return out
}

func TestALivePinShowsALineAndMovesNothing(t *testing.T) {
	s := open(t)
	welcome(t, s, head("c1", 0))
	apply(t, s, "c1", text(1, peer, "one"), text(2, peer, "two"))
	before := conversation(t, s, "c1")
	apply(t, s, "c1", pinOf(3, 2, peer, false), pinOf(4, 1, peer, false))
	if got := pinnedHere(t, s); !slices.Equal(got, []int64{1, 2}) {
		t.Errorf("pinned: %v", got)
	}
	p, _ := page(t, s, PageQuery{ConversationID: "c1"})
	if !slices.Equal(shown(p), seqs(1, 4)) || p.Messages[2].Quote == nil || p.Messages[2].Quote.Text != "two" {
		t.Errorf("the page shows %+v", p.Messages)
	}
	after := conversation(t, s, "c1")
	if after.Unread != before.Unread || after.Preview != before.Preview || after.SortMS != before.SortMS {
		t.Errorf("the row became %+v", after)
	}
	apply(t, s, "c1", pinOf(5, 2, peer, true))
	if got := pinnedHere(t, s); !slices.Equal(got, []int64{1}) {
		t.Errorf("after one was taken off: %v", got)
	}
	if p, _ := page(t, s, PageQuery{ConversationID: "c1"}); !slices.Equal(shown(p), seqs(1, 4)) {
		t.Errorf("the page shows %v", shown(p))
	}
	apply(t, s, "c1", recallOf(6, 1, peer))
	if got := pinnedHere(t, s); len(got) != 0 {
		t.Errorf("after a recall: %v", got)
	}
}

func TestOwnPinsShowAtOnceAndGoWhenRefused(t *testing.T) {
	s := open(t)
	welcome(t, s, head("c1", 0))
	apply(t, s, "c1", text(1, peer, "one"), text(2, self, "two"))
	pin := func(seq int64, on bool) {
		t.Helper()
		if err := s.Pin(t.Context(), "c1", only(t, s, seq).ID, on); err != nil {
			t.Fatal(err)
		}
	}
	for _, step := range []struct {
		seq int64
		on  bool
	}{{1, true}, {1, true}, {2, true}, {1, false}, {1, false}, {1, true}} {
		pin(step.seq, step.on)
	}
	if got := pinnedHere(t, s); !slices.Equal(got, []int64{1, 2}) {
		t.Errorf("at once: %v", got)
	}
	var kinds []string
	step, err := s.TakeOutgoing(t.Context(), "c1")
	for seq := int64(3); err == nil && step.More; {
		kinds = append(kinds, fmt.Sprint(step.Next.Send.Kind, step.Next.Send.RefSeq))
		if len(kinds) == 2 {
			step, err = s.Fail(t.Context(), step.Next, protocol.CodeTooMany)
			continue
		}
		step, err = s.Confirm(t.Context(), step.Next, protocol.Sent{Seq: seq, CreatedMS: 5_000})
		seq++
	}
	if err != nil || !slices.Equal(kinds, []string{"pin1", "pin2", "unpin1", "pin1"}) {
		t.Errorf("sent %v, %v", kinds, err)
	}
	if got := pinnedHere(t, s); !slices.Equal(got, []int64{1}) {
		t.Errorf("confirmed: %v", got)
	}
	if m := only(t, s, 2); m.Refused != string(protocol.CodeTooMany) {
		t.Errorf("the refused one says %q", m.Refused)
	}
	if err := s.Recall(t.Context(), "c1", only(t, s, 2).ID); err != nil {
		t.Fatal(err)
	}
	if got := pinnedHere(t, s); !slices.Equal(got, []int64{1}) {
		t.Errorf("with a recall that waits: %v", got)
	}
}
