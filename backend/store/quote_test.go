package store

import (
	"slices"
	"strings"
	"testing"

	"mychat/protocol"
)

// answer is a text of peer that answers the entry ref.
func answer(seq, ref int64, words string) protocol.Entry {
	e := text(seq, peer, words)
	e.RefSeq = ref
	return e
}

func TestQuoteShowsWhatIsHere(t *testing.T) {
	s := open(t)
	welcome(t, s, head("c1", 9))
	answers := protocol.Page{ConversationID: "c1", AsOf: 9, More: true, Entries: []protocol.Entry{answer(9, 2, "yes")}}
	if err := s.ApplyPage(t.Context(), PageAnswer{Page: answers}); err != nil {
		t.Fatal(err)
	}
	p, _ := page(t, s, PageQuery{ConversationID: "c1"})
	if got := p.Messages[0].Quote; got == nil || *got != (Quote{Seq: 2}) {
		t.Fatalf("before the original came, the quote is %+v", got)
	}

	feed := s.Subscribe()
	defer feed.Close()
	older := texts(1, 8, self)
	older[1] = text(2, self, "shall we?\n"+strings.Repeat("very ", 100))
	rest := protocol.Page{ConversationID: "c1", AsOf: 9, Entries: older}
	if err := s.ApplyPage(t.Context(), PageAnswer{Page: rest, BeforeSeq: 9}); err != nil {
		t.Fatal(err)
	}
	if ids := feed.Take().Messages["c1"]; !slices.Contains(ids, p.Messages[0].ID) {
		t.Errorf("the page is not told that the quote changed: %v", ids)
	}
	p, _ = page(t, s, PageQuery{ConversationID: "c1"})
	got := p.Messages[len(p.Messages)-1].Quote
	if got == nil || !got.Here || !got.Mine || got.Kind != protocol.KindText || !strings.HasPrefix(got.Text, "shall we? very") {
		t.Errorf("the quote is %+v", got)
	}
	if n := len([]rune(got.Text)); n > quoteRunes {
		t.Errorf("the quote has %d runes", n)
	}
}

func TestQuoteSurvivesTheOutbox(t *testing.T) {
	s := open(t)
	welcome(t, s, head("c1", 0))
	apply(t, s, "c1", text(1, peer, "a question"))
	send := protocol.Send{ConversationID: "c1", Kind: protocol.KindText, RefSeq: 1, Body: text(0, self, "an answer").Body}
	m, err := s.Queue(t.Context(), send)
	if err != nil {
		t.Fatal(err)
	}
	if m.Quote == nil || m.Quote.Text != "a question" {
		t.Errorf("at once, the quote is %+v", m.Quote)
	}
	step, err := s.TakeOutgoing(t.Context(), "c1")
	if err != nil || step.Next.Send.RefSeq != 1 {
		t.Fatalf("to be sent: %+v, %v", step.Next.Send, err)
	}
	sent := protocol.Sent{ConversationID: "c1", ClientID: step.Next.Send.ClientID, Seq: 2, CreatedMS: 5}
	if _, err := s.Confirm(t.Context(), step.Next, sent); err != nil {
		t.Fatal(err)
	}
	p, _ := page(t, s, PageQuery{ConversationID: "c1"})
	if last := p.Messages[1]; last.Seq != 2 || last.Quote == nil || last.Quote.Seq != 1 {
		t.Errorf("sent, the message is %+v", last)
	}
}
