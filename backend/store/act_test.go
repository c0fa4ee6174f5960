package store

import (
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"mychat/protocol"
	"pgregory.net/rapid"
)

func recallOf(seq, ref int64, sender string) protocol.Entry {
	return protocol.Entry{
		Seq: seq, Kind: protocol.KindRecall, Sender: sender, ClientID: fmt.Sprintf("c%s%d", sender, seq),
		RefSeq: ref, CreatedMS: 1_000 + seq, Body: protocol.RawJSON(`{}`),
	}
}

func editOf(seq, ref int64, sender, words string) protocol.Entry {
	e := text(seq, sender, words)
	e.Kind, e.RefSeq = protocol.KindEdit, ref
	return e
}

func only(t testing.TB, s *Store, seq int64) Message {
	t.Helper()
	p, _ := page(t, s, PageQuery{ConversationID: "c1", AroundSeq: seq})
	for _, m := range p.Messages {
		if m.Seq == seq {
			return m
		}
	}
	t.Fatalf("message %d is not in %v", seq, shown(p))
	return Message{}
}

func limits(t testing.TB, s *Store, heads ...protocol.Head) {
	t.Helper()
	w := protocol.Welcome{
		ServerMS: s.now().UnixMilli(), Me: me, Heads: heads, RecallWithinMS: 120_000, EditWithinMS: 1_000_000,
	}
	if err := s.ApplyWelcome(t.Context(), w); err != nil {
		t.Fatal(err)
	}
}

func TestALiveRecallLeavesNothing(t *testing.T) {
	s := open(t)
	welcome(t, s, head("c1", 0))
	apply(t, s, "c1", text(1, peer, "secret"), answer(2, 1, "what?"), editOf(3, 1, peer, "secreter"))
	if m := only(t, s, 1); m.Text != "secreter" || m.EditedMS == 0 {
		t.Errorf("edited: %+v", m)
	}
	if c := conversation(t, s, "c1"); c.Unread != 2 || c.LastSeq != 3 || c.Preview.Text != "what?" {
		t.Errorf("before: %+v", c)
	}
	feed := s.Subscribe()
	defer feed.Close()
	apply(t, s, "c1", recallOf(4, 1, peer))
	m, quote := only(t, s, 1), only(t, s, 2)
	if m.Kind != protocol.KindRecall || m.Text != "" || m.EditedMS != 0 {
		t.Errorf("recalled: %+v", m)
	}
	if quote.Quote == nil || quote.Quote.Kind != protocol.KindRecall || quote.Quote.Text != "" {
		t.Errorf("its quote: %+v", quote.Quote)
	}
	if ids := feed.Take().Messages["c1"]; !slices.Contains(ids, m.ID) || !slices.Contains(ids, quote.ID) {
		t.Errorf("the page hears of %v", ids)
	}
	if c := conversation(t, s, "c1"); c.Unread != 1 {
		t.Errorf("unread: %d", c.Unread)
	}
	var bodies int
	if err := s.writer.Raw("SELECT count(*) FROM message WHERE body LIKE '%secret%'").Scan(&bodies).Error; err != nil || bodies != 0 {
		t.Errorf("%d rows still hold the words (%v)", bodies, err)
	}
	if p, _ := page(t, s, PageQuery{ConversationID: "c1"}); !slices.Equal(shown(p), seqs(1, 2)) {
		t.Errorf("the page shows %v", shown(p))
	}
}

func TestOnlyTheSenderChangesAMessage(t *testing.T) {
	s := open(t)
	welcome(t, s, head("c1", 0))
	apply(t, s, "c1", text(1, self, "mine"), recallOf(2, 1, peer), editOf(3, 1, peer, "theirs"))
	if m := only(t, s, 1); m.Text != "mine" || m.Kind != protocol.KindText {
		t.Errorf("got %+v", m)
	}
}

func TestOwnActsShowAtOnceAndGoOutInOrder(t *testing.T) {
	s := open(t)
	limits(t, s, head("c1", 0))
	apply(t, s, "c1", text(1, peer, "hi"), text(2, self, "helo"))
	m := only(t, s, 2)
	if err := s.Edit(t.Context(), "c1", m.ID, "hello"); err != nil {
		t.Fatal(err)
	}
	queue(t, s, "c1", "after the edit")
	if got := only(t, s, 2); got.Text != "hello" || got.EditedMS == 0 || got.RecallUntilMS == 0 || got.EditUntilMS == 0 {
		t.Errorf("at once: %+v", got)
	}
	if p, _ := page(t, s, PageQuery{ConversationID: "c1"}); !slices.Equal(shown(p), []int64{1, 2, 0}) {
		t.Errorf("the page shows %v", shown(p))
	}
	if err := s.Recall(t.Context(), "c1", m.ID); err != nil {
		t.Fatal(err)
	}
	if got := only(t, s, 2); got.Kind != protocol.KindRecall || got.Text != "" {
		t.Errorf("recalled at once: %+v", got)
	}
	step, err := s.TakeOutgoing(t.Context(), "c1")
	var kinds []string
	for seq := int64(3); err == nil && step.More; seq++ {
		kinds = append(kinds, step.Next.Send.Kind)
		step, err = s.Confirm(t.Context(), step.Next, protocol.Sent{Seq: seq, CreatedMS: 5_000})
	}
	if err != nil || !slices.Equal(kinds, []string{protocol.KindEdit, protocol.KindText, protocol.KindRecall}) {
		t.Errorf("sent %v, %v", kinds, err)
	}
	if got := only(t, s, 2); got.Kind != protocol.KindRecall {
		t.Errorf("confirmed: %+v", got)
	}
}

func TestARefusedActShowsWhatItWas(t *testing.T) {
	s := open(t)
	limits(t, s, head("c1", 0))
	apply(t, s, "c1", text(1, self, "stays"))
	m := only(t, s, 1)
	if err := s.Recall(t.Context(), "c1", m.ID); err != nil {
		t.Fatal(err)
	}
	if c := conversation(t, s, "c1"); c.Preview.Kind != protocol.KindRecall || c.Preview.Text != "" {
		t.Errorf("the preview is %+v", c.Preview)
	}
	step, err := s.TakeOutgoing(t.Context(), "c1")
	if err != nil || !step.More {
		t.Fatal(step, err)
	}
	if step, err = s.Fail(t.Context(), step.Next, protocol.CodeTooLate); err != nil || step.More {
		t.Fatal(step, err)
	}
	if got := only(t, s, 1); got.Text != "stays" || got.Refused != string(protocol.CodeTooLate) ||
		got.RefusedAct != protocol.KindRecall || got.Waiting != "" {
		t.Errorf("refused: %+v", got)
	}
	if c := conversation(t, s, "c1"); c.Preview.Text != "stays" {
		t.Errorf("the preview is %+v", c.Preview)
	}
}

func TestTakenBackBeforeTheServerConfirmed(t *testing.T) {
	s := open(t)
	limits(t, s, head("c1", 0))
	m := queue(t, s, "c1", "never mind")
	step, err := s.TakeOutgoing(t.Context(), "c1")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Recall(t.Context(), "c1", m.ID); err != nil {
		t.Fatal(err)
	}
	if p, _ := page(t, s, PageQuery{ConversationID: "c1"}); len(p.Messages) != 0 {
		t.Errorf("the page shows %+v", p.Messages)
	}
	if c := conversation(t, s, "c1"); c.Preview.Text != "" {
		t.Errorf("the preview is %+v", c.Preview)
	}
	if _, err := s.Confirm(t.Context(), step.Next, protocol.Sent{Seq: 1, CreatedMS: 5}); err != nil {
		t.Fatal(err)
	}
	// It was on its way, and comes as a live entry: now it must be recalled.
	e := text(1, self, "never mind")
	e.ClientID = step.Next.Send.ClientID
	apply(t, s, "c1", e)
	if got := only(t, s, 1); got.Kind != protocol.KindRecall {
		t.Errorf("it shows as %+v", got)
	}
	step, err = s.TakeOutgoing(t.Context(), "c1")
	if err != nil || !step.More || step.Next.Send.Kind != protocol.KindRecall || step.Next.Send.RefSeq != 1 {
		t.Errorf("to be sent: %+v, %v", step.Next.Send, err)
	}
}

func TestVersions(t *testing.T) {
	s := open(t)
	limits(t, s, head("c1", 0))
	second := editOf(2, 1, self, "two")
	second.Body = protocol.RawJSON(`{"text":"two","was":"one"}`)
	apply(t, s, "c1", text(1, self, "one"), second)
	if err := s.Edit(t.Context(), "c1", only(t, s, 1).ID, "three"); err != nil {
		t.Fatal(err)
	}
	check := func(when string) {
		t.Helper()
		got, err := s.Versions(t.Context(), "c1", 1)
		var words []string
		for _, v := range got {
			words = append(words, v.Text)
		}
		if err != nil || !slices.Equal(words, []string{"one", "two", "three"}) {
			t.Errorf("%s: %v, %v", when, got, err)
		}
	}
	check("while it waits")
	step, err := s.TakeOutgoing(t.Context(), "c1")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Confirm(t.Context(), step.Next, protocol.Sent{Seq: 3, CreatedMS: time.Now().UnixMilli()}); err != nil {
		t.Fatal(err)
	}
	check("once it is sent")
	apply(t, s, "c1", recallOf(4, 1, self))
	if got, err := s.Versions(t.Context(), "c1", 1); err != nil || len(got) != 0 {
		t.Errorf("recalled: %v, %v", got, err)
	}
}

// present is the model's log as the server would read it.
func (m *model) present() []protocol.Entry {
	out := slices.Clone(m.log)
	for _, a := range m.log {
		if !protocol.Acts(a.Kind) || slices.Contains([]string{protocol.KindPin, protocol.KindUnpin}, a.Kind) || out[a.RefSeq-1].RecalledMS > 0 {
			continue
		}
		target := &out[a.RefSeq-1]
		if a.Kind == protocol.KindReaction {
			putReaction(target, a)
			continue
		}
		if a.Kind == protocol.KindEdit {
			target.Body, target.EditedMS = a.Body, a.CreatedMS
			continue
		}
		target.Body, target.EditedMS, target.RecalledMS, target.Reactions = protocol.RawJSON(`{}`), 0, a.CreatedMS, nil
		for i := range out {
			if (out[i].Kind == protocol.KindEdit || out[i].Kind == protocol.KindReaction) && out[i].RefSeq == a.RefSeq {
				out[i].Body = protocol.RawJSON(`{}`)
			}
		}
	}
	return out
}

// grow appends texts, answers, edits, reactions and recalls, as the server would accept them.
func (m *model) grow(t *rapid.T) []protocol.Entry {
	from := len(m.log)
	for range rapid.IntRange(1, 5).Draw(t, "entries") {
		seq := int64(len(m.log) + 1)
		e := text(seq, rapid.SampledFrom([]string{self, peer}).Draw(t, "sender"), fmt.Sprint("words ", seq))
		if seq > 1 {
			ref := rapid.Int64Range(1, seq-1).Draw(t, "ref")
			target := m.present()[ref-1]
			switch kind := rapid.IntRange(0, 12).Draw(t, "kind"); {
			case kind == 0:
				e.RefSeq = ref
			case kind < 4 && target.Kind == protocol.KindText && target.RecalledMS == 0:
				e = editOf(seq, ref, target.Sender, fmt.Sprint("edit ", seq))
			case kind == 4 && target.Kind == protocol.KindText:
				e = recallOf(seq, ref, target.Sender)
			case kind > 9 && target.Kind == protocol.KindText && target.RecalledMS == 0:
				e = pinOf(seq, ref, e.Sender, kind == 10)
			case kind > 5 && kind < 10 && target.Kind == protocol.KindText && target.RecalledMS == 0:
				e = reactionOf(seq, ref, e.Sender, rapid.SampledFrom(emoji).Draw(t, "emoji"), rapid.Bool().Draw(t, "off"))
			}
		}
		m.log = append(m.log, e)
	}
	return m.log[from:]
}

// TestStateIsThatOfTheServer lets a conversation grow while its entries come
// live, by heads, and by pages that arrive late and in any order.
func TestStateIsThatOfTheServer(t *testing.T) {
	s := open(t)
	checks := 0
	rapid.Check(t, func(t *rapid.T) {
		if checks++; checks > 40 { // One is some hundred transactions.
			return
		}
		ctx := t.Context()
		m := &model{id: fmt.Sprint("c", checks)}
		must := func(err error) {
			if err != nil {
				t.Fatal(err)
			}
		}
		// A page or head of the present, to be applied now or later.
		now := func() *model { return &model{id: m.id, log: m.present()} }
		welcome := func() {
			h := head(m.id, int64(len(m.log)))
			h.Pins = m.pinned()
			for _, e := range m.present() {
				if protocol.Countable(e.Kind) {
					h.Last = &e
				}
				if protocol.Countable(e.Kind) && e.RecalledMS == 0 && e.Sender != self {
					h.Unread++
				}
			}
			must(s.ApplyWelcome(ctx, protocol.Welcome{Me: me, Heads: []protocol.Head{h}}))
		}
		var late []PageAnswer
		ask := func(a Ask, limit int) PageAnswer {
			return PageAnswer{Page: now().page(a, limit), BeforeSeq: a.BeforeSeq, AfterSeq: a.AfterSeq}
		}
		anywhere := func(name string) int64 { return 1 + rapid.Int64Range(0, int64(len(m.log))).Draw(t, name) }
		limit := func() int { return rapid.IntRange(1, 8).Draw(t, "limit") }
		welcome()
		t.Repeat(map[string]func(*rapid.T){
			"live": func(t *rapid.T) {
				a, err := s.ApplyEntries(ctx, m.id, slices.Clone(m.grow(t)))
				must(err)
				if a.Gap {
					t.Fatalf("a gap after %d", a.Last)
				}
			},
			"offline": func(t *rapid.T) {
				m.grow(t)
				welcome()
			},
			"page before": func(*rapid.T) { late = append(late, ask(Ask{BeforeSeq: anywhere("before")}, limit())) },
			"page after":  func(*rapid.T) { late = append(late, ask(Ask{AfterSeq: anywhere("after")}, limit())) },
			"newest":      func(*rapid.T) { late = append(late, ask(Ask{}, limit())) },
			"arrive": func(t *rapid.T) {
				if len(late) == 0 {
					t.Skip()
				}
				i := rapid.IntRange(0, len(late)-1).Draw(t, "which")
				must(s.ApplyPage(ctx, late[i]))
				late = slices.Delete(late, i, i+1)
			},
		})
		for {
			lack, ok, err := s.Lack(ctx, m.id)
			must(err)
			if !ok {
				break
			}
			must(s.ApplyPage(ctx, ask(lack.Ask, 7)))
		}
		m.compare(t, s)
	})
}

// compare reads the whole conversation and its row, and compares with the model.
func (m *model) compare(t *rapid.T, s *Store) {
	got := map[int64]Message{}
	q := PageQuery{ConversationID: m.id, Limit: protocol.MaxPage}
	for more := true; more; {
		p, asks, err := s.Page(t.Context(), q)
		if err != nil || len(asks) > 0 {
			t.Fatalf("page %+v, asks %v, %v", p, asks, err)
		}
		for _, e := range p.Messages {
			got[e.Seq] = e
		}
		if more = p.MoreBefore && len(p.Messages) > 0; more {
			q.BeforeSeq = p.Messages[0].Seq
		}
	}
	state := m.present()
	unread, messages := 0, 0
	preview := Preview{}
	for _, e := range state {
		if e.Kind == protocol.KindPin {
			if got[e.Seq].Kind != protocol.KindPin {
				t.Fatalf("the line of a pin is %+v", got[e.Seq])
			}
			messages++
		}
		if protocol.Acts(e.Kind) {
			continue
		}
		messages++
		want := entryRow(0, self, e, 0).view(m.id)
		have := got[e.Seq]
		if have.Kind != want.Kind || have.Text != want.Text || have.EditedMS != want.EditedMS {
			t.Fatalf("message %d is %+v, want %+v", e.Seq, have, want)
		}
		if !reflect.DeepEqual(have.Reactions, want.Reactions) {
			t.Fatalf("to message %d were put %v, want %v", e.Seq, have.Reactions, want.Reactions)
		}
		if e.RefSeq > 0 && e.RecalledMS == 0 && !protocol.Acts(state[e.RefSeq-1].Kind) {
			quoted := entryRow(0, self, state[e.RefSeq-1], 0).view(m.id)
			if have.Quote == nil || have.Quote.Kind != quoted.Kind || have.Quote.Text != quoted.Text {
				t.Fatalf("the quote of %d is %+v, want %+v", e.Seq, have.Quote, quoted)
			}
		}
		if e.Sender != self && e.RecalledMS == 0 {
			unread++
		}
		preview = Preview{Kind: want.Kind, Text: want.Text, Mine: want.Mine, Status: StatusSent, CreatedMS: want.CreatedMS}
	}
	if len(got) != messages {
		t.Fatalf("%d messages, want %d", len(got), messages)
	}
	found, err := s.ConversationsByID(t.Context(), []string{m.id})
	if want := m.pinned(); err == nil && !slices.Equal(found[0].Pins, want) {
		t.Fatalf("pinned are %v, want %v", found[0].Pins, want)
	}
	if err != nil || found[0].Unread != unread || found[0].Preview != preview {
		t.Fatalf("the row is %+v (%v), want %d unread and %+v", found, err, unread, preview)
	}
}

func TestARefusalIsDismissed(t *testing.T) {
	s := open(t)
	limits(t, s, head("c1", 0))
	apply(t, s, "c1", text(1, self, "helo"))
	m := only(t, s, 1)
	if err := s.Edit(t.Context(), "c1", m.ID, "hello"); err != nil {
		t.Fatal(err)
	}
	if got := only(t, s, 1); got.Waiting != protocol.KindEdit || got.Text != "hello" {
		t.Errorf("waiting: %+v", got)
	}
	step, err := s.TakeOutgoing(t.Context(), "c1")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Fail(t.Context(), step.Next, protocol.CodeTooLate); err != nil {
		t.Fatal(err)
	}
	if got := only(t, s, 1); got.Refused != string(protocol.CodeTooLate) || got.RefusedAct != protocol.KindEdit ||
		got.RefusedText != "hello" || got.Waiting != "" {
		t.Fatalf("refused: %+v", got)
	}
	feed := s.Subscribe()
	defer feed.Close()
	if err := s.DismissRefusal(t.Context(), "c1", m.ID); err != nil {
		t.Fatal(err)
	}
	if got := only(t, s, 1); got.Refused != "" || got.RefusedAct != "" || got.RefusedText != "" || got.Text != "helo" {
		t.Errorf("dismissed: %+v", got)
	}
	if ids := feed.Take().Messages["c1"]; !slices.Contains(ids, m.ID) {
		t.Errorf("the page hears of %v", ids)
	}
}
