package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"mychat/protocol"
)

// forward forwards messages of c1, named by seq, and returns what waits to be
// sent to a conversation.
func forward(t testing.TB, s *Store, f Forward, seqs ...int64) []protocol.Send {
	t.Helper()
	f.From = "c1"
	for _, seq := range seqs {
		f.Messages = append(f.Messages, only(t, s, seq).ID)
	}
	if err := s.Forward(t.Context(), f); err != nil {
		t.Fatal(err)
	}
	return outgoingOf(t, s, f.To[0])
}

// outgoingOf returns what waits to be sent to a conversation, as if it was
// confirmed one after the other.
func outgoingOf(t testing.TB, s *Store, id string) []protocol.Send {
	t.Helper()
	var out []protocol.Send
	step, err := s.TakeOutgoing(t.Context(), id)
	for seq := conversation(t, s, id).LastSeq + 1; err == nil && step.More; seq++ {
		out = append(out, step.Next.Send)
		step, err = s.Confirm(t.Context(), step.Next, protocol.Sent{Seq: seq, CreatedMS: 5_000})
	}
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func weather(seq int64) protocol.Entry {
	return protocol.Entry{
		Seq: seq, Kind: "acme.weather", Sender: peer, ClientID: fmt.Sprint("w", seq), CreatedMS: seq,
		RefSeq: 1, Mentions: []string{self}, Fallback: "[Weather] Oslo", Body: protocol.RawJSON(`{"b":4.0,"a":"A"}`),
	}
}

func TestForwardedOneByOne(t *testing.T) {
	s := open(t)
	welcome(t, s, head("c1", 0), head("c2", 0), head("c3", 0))
	apply(t, s, "c1", text(1, peer, "theirs"), text(2, self, "mine"), weather(3))
	got := forward(t, s, Forward{To: []string{"c2", "c3"}, Note: "look"}, 3, 2, 1)
	want := []string{`{"text":"theirs","forwarded":{"name":"Peter"}}`, `{"text":"mine"}`, `{"b":4.0,"a":"A"}`, `{"text":"look"}`}
	if len(got) != len(want) {
		t.Fatalf("sent %d: %+v", len(got), got)
	}
	for i, send := range got {
		if string(send.Body) != want[i] || send.RefSeq != 0 || len(send.Mentions) > 0 || send.ConversationID != "c2" {
			t.Errorf("sent %+v (%s), want %s", send, send.Body, want[i])
		}
		if err := send.Check(); err != nil {
			t.Errorf("the server refuses %s: %v", send.Body, err)
		}
	}
	if got[2].Kind != "acme.weather" || got[2].Fallback != "[Weather] Oslo" {
		t.Errorf("the unknown kind became %+v", got[2])
	}
	p, _ := page(t, s, PageQuery{ConversationID: "c3"})
	if len(p.Messages) != 4 || p.Messages[0].Forwarded != "Peter" || !p.Messages[0].Mine || p.Messages[1].Forwarded != "" {
		t.Errorf("c3 shows %+v", p.Messages)
	}

	// Forwarded once more, the words are still Peter's.
	again := Forward{From: "c2", To: []string{"c1"}, Messages: []string{}}
	list, _ := page(t, s, PageQuery{ConversationID: "c2"})
	again.Messages = append(again.Messages, list.Messages[0].ID)
	if err := s.Forward(t.Context(), again); err != nil {
		t.Fatal(err)
	}
	if got := outgoingOf(t, s, "c1"); len(got) != 1 || string(got[0].Body) != want[0] {
		t.Errorf("forwarded again as %+v", got)
	}
}

func TestForwardedAsARecord(t *testing.T) {
	s := open(t)
	welcome(t, s, head("c1", 0), head("c2", 0))
	apply(t, s, "c1", text(1, peer, "春眠不觉晓"), text(2, self, "line one\nline two"), weather(3))
	got := forward(t, s, Forward{To: []string{"c2"}, Title: "Chat of Peter and Selma"}, 1, 2, 3)
	if len(got) != 1 || got[0].Kind != protocol.KindRecord || got[0].Check() != nil {
		t.Fatalf("sent %+v: %v", got, got[0].Check())
	}
	fallback := "[Chat of Peter and Selma]\nPeter: 春眠不觉晓\nSelma: line one line two\nPeter: [Weather] Oslo"
	if got[0].Fallback != fallback {
		t.Errorf("fallback %q", got[0].Fallback)
	}
	var r protocol.Record
	if err := json.Unmarshal(got[0].Body, &r); err != nil || string(r.Items[2].Body) != `{"b":4.0,"a":"A"}` {
		t.Errorf("record %s, %v", got[0].Body, err)
	}
	p, _ := page(t, s, PageQuery{ConversationID: "c2"})
	card := p.Messages[0].Card
	if card == nil || card.Count != 3 || !slices.Equal(card.Names, []string{"Peter", "Selma"}) || card.Lines[1].Text != "line one line two" {
		t.Fatalf("card %+v", card)
	}

	// Found by its words, and opened with what it holds, also when it is in another.
	hits, err := s.Search(t.Context(), SearchQuery{Words: "不觉", ConversationID: "c2"})
	if err != nil || len(hits.Hits) != 1 || hits.Hits[0].Message.ID != p.Messages[0].ID {
		t.Errorf("found %+v, %v", hits, err)
	}
	if err := s.Forward(t.Context(), Forward{From: "c2", Messages: []string{p.Messages[0].ID}, To: []string{"c1"}, Title: "outer"}); err != nil {
		t.Fatal(err)
	}
	outgoingOf(t, s, "c1")
	outer := only(t, s, 4)
	open, err := s.Record(t.Context(), "c1", outer.ID, nil)
	if err != nil || len(open.Items) != 1 || open.Items[0].Card == nil || open.Items[0].Card.Count != 3 {
		t.Fatalf("outer record %+v, %v", open, err)
	}
	inner, err := s.Record(t.Context(), "c1", outer.ID, []int{0})
	if err != nil || len(inner.Items) != 3 || inner.Items[1].Text != "line one\nline two" || inner.Items[2].Text != "[Weather] Oslo" {
		t.Errorf("inner record %+v, %v", inner, err)
	}
	for _, path := range [][]int{{1}, {-1}, {0, 0}} {
		if _, err := s.Record(t.Context(), "c1", outer.ID, path); !errors.Is(err, ErrNotFound) {
			t.Errorf("path %v: %v", path, err)
		}
	}
	hits, err = s.Search(t.Context(), SearchQuery{Words: "春眠", ConversationID: "c1"})
	if err != nil || len(hits.Hits) != 2 {
		t.Errorf("found %d in c1, %v: the text and the record in the record", len(hits.Hits), err)
	}
}

func TestARecordThatBreaksTheRulesShowsItsFallback(t *testing.T) {
	s := open(t)
	welcome(t, s, head("c1", 0))
	bad := weather(1)
	bad.Kind, bad.Body, bad.Fallback, bad.RefSeq = protocol.KindRecord, protocol.RawJSON(`{"items":[]}`), "words", 0
	apply(t, s, "c1", bad)
	m := only(t, s, 1)
	if m.Card != nil || m.Text != "words" {
		t.Errorf("shown as %+v", m)
	}
	if _, err := s.Record(t.Context(), "c1", m.ID, nil); !errors.Is(err, ErrNotFound) {
		t.Errorf("opened: %v", err)
	}
}

func TestWhatIsRecalledIsNotForwarded(t *testing.T) {
	s := open(t)
	limits(t, s, head("c1", 0), head("c2", 0))
	apply(t, s, "c1", text(1, peer, "secret"), text(2, self, "mine"), text(3, peer, "kept"))
	ids := []string{only(t, s, 1).ID, only(t, s, 2).ID, only(t, s, 3).ID}
	apply(t, s, "c1", recallOf(4, 1, peer))
	if err := s.Recall(t.Context(), "c1", ids[1]); err != nil { // Waits in the outbox.
		t.Fatal(err)
	}
	for _, chosen := range [][]string{{ids[0]}, {ids[2], ids[1]}, {"u-peer/none"}} {
		for _, title := range []string{"", "record"} {
			err := s.Forward(t.Context(), Forward{From: "c1", Messages: chosen, To: []string{"c2"}, Title: title})
			if !errors.Is(err, &protocol.Error{Code: protocol.CodeNotFound}) {
				t.Errorf("%v: %v", chosen, err)
			}
		}
	}
	if got := outgoingOf(t, s, "c2"); len(got) != 0 {
		t.Errorf("part of it went out: %+v", got)
	}
}

func TestForwardsThatCannotBeAreRefusedWhole(t *testing.T) {
	s := open(t)
	welcome(t, s, head("c1", 0), head("c2", 0))
	long := strings.Repeat("字", protocol.MaxTextRunes)
	apply(t, s, "c1", text(1, peer, long), text(2, peer, long), text(3, peer, long), text(4, peer, long), text(5, peer, long))
	var ids []string
	for seq := range int64(5) {
		ids = append(ids, only(t, s, seq+1).ID)
	}
	many := slices.Repeat([]string{"c2"}, MaxForwardTargets+1)
	for name, tt := range map[string]struct {
		f    Forward
		code protocol.Code
	}{
		"too large":           {Forward{Messages: ids, To: []string{"c2"}, Title: "all"}, protocol.CodeTooLarge},
		"nothing":             {Forward{To: []string{"c2"}}, protocol.CodeInvalid},
		"nowhere":             {Forward{Messages: ids}, protocol.CodeInvalid},
		"everywhere":          {Forward{Messages: ids, To: many}, protocol.CodeInvalid},
		"with too many words": {Forward{Messages: ids, To: []string{"c2"}, Note: long + "x"}, protocol.CodeInvalid},
	} {
		tt.f.From = "c1"
		if err := s.Forward(t.Context(), tt.f); !errors.Is(err, &protocol.Error{Code: tt.code}) {
			t.Errorf("%s: %v, want %s", name, err, tt.code)
		}
	}
	if err := s.Forward(t.Context(), Forward{From: "c1", Messages: ids, To: []string{"c2", "c9"}}); !errors.Is(err, ErrNotFound) {
		t.Errorf("to nobody: %v", err)
	}
	if got := outgoingOf(t, s, "c2"); len(got) != 0 {
		t.Errorf("part of it went out: %d", len(got))
	}
}
