package store

import (
	"fmt"
	"slices"
	"testing"

	"mychat/protocol"
	"pgregory.net/rapid"
)

// TestWhatIsGoneIsNowhere is a property: whatever comes in whatever order, of
// the entries that came only those at or above the present low are shown,
// found, counted and taken for here; what is not gone after all is lacking.
func TestWhatIsGoneIsNowhere(t *testing.T) {
	s := open(t)
	checks := 0
	rapid.Check(t, func(rt *rapid.T) {
		if checks++; checks > 40 { // One is some dozen transactions.
			return
		}
		id := fmt.Sprint("c", checks)
		welcome(t, s, head(id, 0))
		last, floor, cleared := int64(0), int64(0), int64(0)
		came := map[int64]bool{}
		for range rapid.IntRange(1, 15).Draw(rt, "steps") {
			switch rapid.IntRange(0, 3).Draw(rt, "step") {
			case 0: // Live.
				n := int64(rapid.IntRange(1, 4).Draw(rt, "n"))
				apply(t, s, id, texts(last+1, last+n, "peer")...)
				for i := range n {
					came[last+1+i] = true
				}
				last += n
			case 1: // Somebody deletes it for both.
				if last == 0 {
					continue
				}
				ref := int64(rapid.IntRange(1, int(last)).Draw(rt, "ref"))
				last++
				apply(t, s, id, protocol.Entry{
					Seq: last, Kind: protocol.KindClear, Sender: "peer", ClientID: NewClientID(s.now()), RefSeq: ref,
					CreatedMS: 1_795_000_000_000 + last, Body: protocol.RawJSON(`{}`),
				})
				floor = max(floor, ref+1)
			case 2: // Retention.
				f := int64(rapid.IntRange(0, int(last)+1).Draw(rt, "floor"))
				if err := s.ApplyFloor(t.Context(), protocol.Floor{ConversationID: id, FloorSeq: f}); err != nil {
					rt.Fatal(err)
				}
				floor = max(floor, f)
			case 3: // The user clears it; twice is as good as once.
				for range rapid.IntRange(1, 2).Draw(rt, "times") {
					if err := s.Clear(t.Context(), id); err != nil {
						rt.Fatal(err)
					}
				}
				cleared = last
			}
			low := max(floor, cleared+1, 1)
			var want []int64
			for seq := range came {
				if seq >= low {
					want = append(want, seq)
				}
			}
			slices.Sort(want)
			p, asks, err := s.Page(t.Context(), PageQuery{ConversationID: id, Limit: 100})
			if err != nil {
				rt.Fatal(err)
			}
			var got []int64
			for _, m := range p.Messages {
				if m.Kind == protocol.KindText {
					got = append(got, m.Seq)
				}
			}
			if !slices.Equal(got, want) || len(asks) != 0 || p.MoreBefore {
				rt.Fatalf("shows %v, asks %v, want %v", got, asks, want)
			}
			hits, err := s.Search(t.Context(), SearchQuery{Words: "message", ConversationID: id})
			if err != nil || len(hits.Hits) != len(want) {
				rt.Fatalf("finds %d, %v, want %d", len(hits.Hits), err, len(want))
			}
			c := conversation(t, s, id)
			if c.Unread != len(want) || (c.Preview.Text == "") != (len(want) == 0) {
				rt.Fatalf("lists %+v with %d left", c, len(want))
			}
			if lacks, err := s.Lacks(t.Context()); err != nil || len(lacks) != 0 {
				rt.Fatalf("lacks %+v, %v", lacks, err)
			}
		}
	})
}

// TestARefusedDeletionComesBack queues a deletion for both, has it refused, and
// looks for what is to be fetched again.
func TestARefusedDeletionComesBack(t *testing.T) {
	s := open(t)
	welcome(t, s, head("c1", 0))
	apply(t, s, "c1", texts(1, 5, "peer")...)
	if err := s.ClearForAll(t.Context(), "c1"); err != nil {
		t.Fatal(err)
	}
	if c := conversation(t, s, "c1"); !c.Empty || c.Unread != 0 {
		t.Errorf("at once: %+v", c)
	}
	step, err := s.TakeOutgoing(t.Context(), "c1")
	if err != nil || step.Next.Send.Kind != protocol.KindClear || step.Next.Send.RefSeq != 5 {
		t.Fatalf("%+v, %v", step, err)
	}
	if step, err = s.Fail(t.Context(), step.Next, protocol.CodeForbidden); err != nil || !step.Gap {
		t.Fatalf("%+v, %v", step, err)
	}
	if c := conversation(t, s, "c1"); c.Empty {
		t.Errorf("after the refusal: %+v", c)
	}
	if l, ok, err := s.Lack(t.Context(), "c1"); err != nil || !ok || !l.Newest {
		t.Errorf("nothing is fetched again: %+v, %t, %v", l, ok, err)
	}
}

// TestClearingOutlivesTheSettingsOfOthers keeps what was cleared through a reset
// of the journal, and through a later row that says less.
func TestClearingOutlivesTheSettingsOfOthers(t *testing.T) {
	s := open(t)
	welcome(t, s, head("c1", 0))
	apply(t, s, "c1", texts(1, 5, "peer")...)
	if err := s.Clear(t.Context(), "c1"); err != nil {
		t.Fatal(err)
	}
	waits := waitingChats(t, s)
	if len(waits) != 1 || waits[0].ClearedSeq == nil || *waits[0].ClearedSeq != 5 {
		t.Fatalf("waiting: %+v", waits)
	}
	got := protocol.ChatUpdated{Useq: 1, Chat: protocol.ChatSettings{ConversationID: "c1", ClearedSeq: 5}}
	if err := s.ConfirmChat(t.Context(), waits[0], got); err != nil {
		t.Fatal(err)
	}
	if left := waitingChats(t, s); len(left) != 0 {
		t.Errorf("still waiting: %+v", left)
	}
	if c := conversation(t, s, "c1"); !c.Empty {
		t.Errorf("confirmed: %+v", c)
	}
}

// TestAnswersToWhatWasCleared says that it is gone, not that it is on its way.
func TestAnswersToWhatWasCleared(t *testing.T) {
	s := open(t)
	h := head("c1", 4)
	h.FloorSeq = 3
	welcome(t, s, h)
	answer, ahead := text(3, peer, "an answer to what is gone"), text(4, peer, "an answer to what is not here yet")
	answer.RefSeq, ahead.RefSeq = 1, 9
	apply(t, s, "c1", answer, ahead)
	p, _, err := s.Page(t.Context(), PageQuery{ConversationID: "c1"})
	if err != nil || len(p.Messages) != 2 {
		t.Fatalf("%d messages, %v", len(p.Messages), err)
	}
	if q := p.Messages[0].Quote; q == nil || !q.Here || q.Kind != protocol.KindDeleted {
		t.Errorf("the answer to what was cleared quotes %+v", q)
	}
	if q := p.Messages[1].Quote; q == nil || q.Here {
		t.Errorf("the answer to what is not here quotes %+v", q)
	}
}
