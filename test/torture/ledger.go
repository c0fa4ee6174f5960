package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"mychat/backend/remote"
	"mychat/backend/store"
	"mychat/protocol"
)

// place is one line of a conversation's log in its present state. The kind of a
// message that was recalled is protocol.KindRecall.
type place struct {
	id, sender, kind, text string

	from      string // Whose words a copy repeats.
	card      string // What a record holds, at a glance.
	reactions string // Who put which emoji, as reactionsOf writes it.

	acts  int64  // The line that it acts on; 0 for a message.
	was   string // What an edit replaced.
	emoji string // Of a reaction.
	off   bool   // It takes the emoji away.
}

// hides reports whether a line shows nothing in its own place.
func (p place) hides() bool {
	switch p.kind {
	case protocol.KindEdit, protocol.KindReaction, protocol.KindUnpin, protocol.KindDeleted:
		return true
	}
	return p.kind == protocol.KindRecall && p.acts > 0
}

// shown is what a device shows of a line in its own place.
func (p place) shown() place {
	p.acts, p.was, p.emoji, p.off = 0, "", "", false
	return p
}

// said is the text by which the model knows a line: a record goes by its title.
func (p place) said() string {
	if p.kind != protocol.KindRecord {
		return p.text
	}
	title, _, _ := strings.Cut(strings.TrimPrefix(p.text, "["), "]")
	return title
}

// identity is what of a line never changes.
type identity struct {
	id, sender string
	acts       int64
}

// placeOf is a message as a line of the log.
func placeOf(m store.Message) place {
	p := place{id: m.ID, sender: m.Sender, kind: m.Kind, text: m.Text, from: m.Forwarded, reactions: reactionsOf(m.Reactions)}
	if m.Card != nil && m.Kind == protocol.KindRecord {
		p.card = cardOf(m.Card.Count, m.Card.Lines)
	}
	if m.Kind == protocol.KindPin && m.Quote != nil {
		p.acts = m.Quote.Seq
	}
	return p
}

// entryPlace is an entry as a line of the log.
func entryPlace(e protocol.Entry) (place, error) {
	p := place{id: e.Sender + "/" + e.ClientID, sender: e.Sender, kind: e.Kind, text: e.Fallback, reactions: reactionsOf(e.Reactions)}
	if e.RecalledMS > 0 {
		p.kind = protocol.KindRecall
	} else if protocol.Acts(e.Kind) {
		p.acts = e.RefSeq
	}
	var body struct { // Their fields have no name in common with another meaning.
		protocol.Text
		Was   string                `json:"was"`
		Emoji string                `json:"emoji"`
		Off   bool                  `json:"off"`
		Items []protocol.RecordItem `json:"items"`
	}
	if err := json.Unmarshal(e.Body, &body); err != nil {
		return p, fmt.Errorf("the server: entry %d has the body %q: %w", e.Seq, e.Body, err)
	}
	switch {
	case e.RecalledMS > 0:
		p.text += strings.TrimSuffix(string(e.Body), "{}") // "", as everything of it.
	case e.Kind == protocol.KindText, e.Kind == protocol.KindEdit:
		p.text, p.was = body.Text.Text, body.Was
		if body.Forwarded != nil {
			p.from = body.Forwarded.Name
		}
	case e.Kind == protocol.KindReaction:
		p.emoji, p.off = body.Emoji, body.Off
	case e.Kind == protocol.KindRecord:
		var lines []store.RecordLine
		for _, item := range body.Items {
			var t protocol.Text
			if err := json.Unmarshal(item.Body, &t); err != nil {
				return p, err
			}
			if item.Kind == protocol.KindRecord {
				t.Text = item.Fallback
			}
			lines = append(lines, store.RecordLine{Name: item.Name, Text: store.Glance(item.Kind, t.Text, 80)})
		}
		p.card = cardOf(len(lines), lines[:min(len(lines), 4)])
	}
	return p, nil
}

func reactionsOf(list []protocol.Reactions) string {
	var b strings.Builder
	for _, r := range list {
		fmt.Fprintf(&b, "%s by %s; ", r.Emoji, strings.Join(r.Users, " and "))
	}
	return b.String()
}

func cardOf(count int, lines []store.RecordLine) string { return fmt.Sprint(count, " ", lines) }

// lens is what of a conversation is there for one of its members.
type lens struct {
	low, last int64           // The first and the last seq.
	lines     map[int64]place // As the server shows them to this member.
}

// lacks reports whether a line says nothing to a member, because they deleted it
// or what it is about for themselves.
func (l lens) lacks(seq int64) bool {
	p := l.lines[seq]
	about := p.acts
	if p.kind != protocol.KindEdit && p.kind != protocol.KindReaction {
		about = seq
	}
	return l.lines[about].kind == protocol.KindDeleted
}

// hollow reports whether a line says nothing to a member and it does not show why:
// what it is about is gone, and may have been deleted by them for themselves
// before.
func (l lens) hollow(seq int64) bool {
	p := l.lines[seq]
	about := p.kind == protocol.KindEdit || p.kind == protocol.KindReaction
	return about && p.acts < l.low && p.text+p.was+p.emoji == ""
}

// ledger is a whole conversation as the server has it: what one of its members
// deleted for themselves is as the other one sees it.
type ledger struct {
	first int64 // Before it nobody has anything.
	lines []place
	of    map[string]lens // By user id.
}

func (l ledger) last() int64 { return l.first + int64(len(l.lines)) - 1 }

// at returns the line with a seq, or nil if it is gone.
func (l ledger) at(seq int64) *place {
	if seq < l.first || seq > l.last() {
		return nil
	}
	return &l.lines[seq-l.first]
}

// ledger reads a conversation from a server.
func (w *world) ledger(ctx context.Context, s *server, c *conversation) (ledger, error) {
	all := ledger{of: map[string]lens{}}
	for _, p := range []*person{c.a, c.b, c.a} {
		err := script(s, p.token, func(r *remote.Client) error {
			l, err := seen(ctx, r, c.id)
			if before, ok := all.of[p.id]; ok && err == nil && before.last != l.last {
				err = fmt.Errorf("the server: conversation %s goes on", c.id)
			}
			all.of[p.id] = l
			return err
		})
		if err != nil {
			return all, err
		}
	}
	a, b := all.of[c.a.id], all.of[c.b.id]
	if a.last != b.last || !c.cleared && (a.low != 1 || b.low != 1) {
		return all, fmt.Errorf("the server: conversation %s is there from %d to %d for the one and from %d to %d for the other", c.id, a.low, a.last, b.low, b.last)
	}
	all.first = min(a.low, b.low)
	for seq := all.first; seq <= a.last; seq++ {
		inA, inB := seq >= a.low && !a.lacks(seq), seq >= b.low && !b.lacks(seq)
		switch {
		case !inA && !inB:
			return all, fmt.Errorf("the server: neither may see seq %d of conversation %s", seq, c.id)
		case inA && inB && a.lines[seq] != b.lines[seq] && !a.hollow(seq) && !b.hollow(seq):
			return all, fmt.Errorf("the server: seq %d of conversation %s is %+v for the one and %+v for the other", seq, c.id, a.lines[seq], b.lines[seq])
		case inA && !(inB && a.hollow(seq)):
			all.lines = append(all.lines, a.lines[seq])
		default:
			all.lines = append(all.lines, b.lines[seq])
		}
	}
	return all, nil
}

// seen reads all of a conversation that a member may see.
func seen(ctx context.Context, c *remote.Client, conversation string) (lens, error) {
	l := lens{lines: map[int64]place{}}
	request := remote.PageRequest{ConversationID: conversation, Limit: protocol.MaxPage}
	for {
		page, err := c.Page(ctx, request)
		if err != nil {
			return l, err
		}
		if request.BeforeSeq == 0 {
			l.last, l.low = page.AsOf, page.AsOf+1
		}
		for _, e := range slices.Backward(page.Entries) {
			if e.Seq != l.low-1 {
				return l, fmt.Errorf("the server: seq %d of conversation %s precedes %d", e.Seq, conversation, l.low)
			}
			if l.lines[e.Seq], err = entryPlace(e); err != nil {
				return l, err
			}
			l.low = e.Seq
		}
		if !page.More || len(page.Entries) == 0 {
			break
		}
		request.BeforeSeq = l.low
	}
	for seq, p := range l.lines {
		if l.lacks(seq) && p.text+p.was+p.emoji+p.reactions+p.card != "" {
			return l, fmt.Errorf("the server: seq %d of conversation %s was deleted for its reader and says %+v", seq, conversation, p)
		}
	}
	return l, nil
}
