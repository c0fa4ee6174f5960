package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"
	"mychat/protocol"
)

// Record is messages that were passed on as one. It is decoded from a body
// that others wrote.
type Record struct {
	Names []string     `json:"names"` // Of those whose conversation it was.
	Items []RecordItem `json:"items"`
}

// RecordItem is one message of a Record.
type RecordItem struct {
	Name      string      `json:"name"` // Of who wrote it.
	CreatedMS int64       `json:"created_ms"`
	Kind      string      `json:"kind"`
	Text      string      `json:"text"`           // As Message.Text.
	Forwarded string      `json:"forwarded"`      // As Message.Forwarded.
	Card      *RecordCard `json:"card,omitempty"` // As Message.Card.
}

// RecordCard is a Record at a glance.
type RecordCard struct {
	Names []string     `json:"names"` // Of those whose conversation it was.
	Lines []RecordLine `json:"lines"` // The first of its messages.
	Count int          `json:"count"` // Of all its messages.
}

// RecordLine is the beginning of one message.
type RecordLine struct {
	Name string `json:"name"`
	Text string `json:"text"` // One line.
}

// Bounds of a RecordCard.
const (
	cardLines = 4
	cardRunes = 80 // Of a line.
)

// readRecord returns what the body of a record holds; ok is false for one that
// breaks the rules, of which the fallback is shown.
func readRecord(kind string, body []byte) (r protocol.Record, ok bool) {
	if kind != protocol.KindRecord || protocol.CheckRecord(body) != nil {
		return r, false
	}
	return r, json.Unmarshal(body, &r) == nil
}

// cardOf returns a record at a glance, or nil for any other message.
func cardOf(kind string, body []byte) *RecordCard {
	r, ok := readRecord(kind, body)
	if !ok {
		return nil
	}
	card := &RecordCard{Names: r.Names, Lines: []RecordLine{}, Count: len(r.Items)}
	for _, i := range r.Items[:min(len(r.Items), cardLines)] {
		card.Lines = append(card.Lines, RecordLine{i.Name, Glance(i.Kind, shownText(i.Kind, i.Fallback, i.Body), cardRunes)})
	}
	return card
}

// forwardedFrom returns whose words a text repeats; "" for the sender's own.
func forwardedFrom(kind string, body []byte) string {
	var t protocol.Text
	if kind != protocol.KindText || json.Unmarshal(body, &t) != nil || t.Forwarded == nil {
		return ""
	}
	return OneLine(t.Forwarded.Name, protocol.MaxNickname)
}

// Record returns what a message holds that is a record, or, along path, the
// places of records in each other, what one in it holds.
func (s *Store) Record(ctx context.Context, conversationID, id string, path []int) (Record, error) {
	out := Record{Names: []string{}, Items: []RecordItem{}}
	err := s.snapshot(ctx, func(db *gorm.DB) error {
		_, rows, err := named(db, conversationID, []string{id})
		if err != nil {
			return err
		}
		if len(rows) == 0 || rows[0].RecalledMS > 0 {
			return fmt.Errorf("message %q: %w", id, ErrNotFound)
		}
		r, ok := readRecord(rows[0].Kind, rows[0].Body)
		for _, i := range path {
			if !ok || i < 0 || i >= len(r.Items) {
				return fmt.Errorf("record %v of message %q: %w", path, id, ErrNotFound)
			}
			r, ok = readRecord(r.Items[i].Kind, r.Items[i].Body)
		}
		if !ok {
			return fmt.Errorf("message %q is no record: %w", id, ErrNotFound)
		}
		out = Record{Names: r.Names, Items: make([]RecordItem, len(r.Items))}
		for i, item := range r.Items {
			out.Items[i] = RecordItem{
				Name: item.Name, CreatedMS: item.CreatedMS, Kind: item.Kind,
				Text:      shownText(item.Kind, item.Fallback, item.Body),
				Forwarded: forwardedFrom(item.Kind, item.Body), Card: cardOf(item.Kind, item.Body),
			}
		}
		return nil
	})
	if err != nil {
		return Record{Names: []string{}, Items: []RecordItem{}}, fmt.Errorf("read record: %w", err)
	}
	return out, nil
}

// Forward names messages of one conversation and where they go.
type Forward struct {
	From     string   // The conversation that they are in.
	Messages []string // Ids of messages; they go in the order of the conversation.
	To       []string // Ids of conversations.
	Note     string   // The user's own words, sent after them; "" means none.

	// Title makes one record of them. It says what that is, in the user's
	// language, to those whose app cannot show it. "" sends them one by one.
	Title string
}

// MaxForwardTargets is to how many conversations one Forward may go.
const MaxForwardTargets = 20

// Forward queues messages again, as the user's own, in other conversations: all
// of them or none. What was recalled cannot be forwarded.
func (s *Store) Forward(ctx context.Context, f Forward) error {
	err := s.write(ctx, func(tx *tx) error {
		sends, err := tx.forwards(f)
		if err != nil {
			return err
		}
		for _, id := range f.To {
			c, err := findConversation(tx.db, id)
			if err != nil {
				return err
			}
			for _, send := range sends {
				send.ConversationID = c.ID
				if _, err := tx.queue(&c, send); err != nil {
					return err
				}
				if c, err = findConversation(tx.db, id); err != nil { // queue writes more of it than it tells.
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("forward messages: %w", err)
	}
	return nil
}

// forwards returns what f sends to each conversation.
func (tx *tx) forwards(f Forward) ([]protocol.Send, error) {
	switch {
	case len(f.Messages) == 0 || len(f.Messages) > protocol.MaxRecordItems:
		return nil, protocol.Invalid("messages", "names 1 to %d", protocol.MaxRecordItems)
	case len(f.To) == 0 || len(f.To) > MaxForwardTargets:
		return nil, protocol.Invalid("to", "names 1 to %d conversations", MaxForwardTargets)
	}
	c, rows, err := named(tx.db, f.From, f.Messages)
	if err != nil {
		return nil, err
	}
	acts, err := pendingActs(tx.db, c)
	if err != nil {
		return nil, err
	}
	names, err := tx.names(c)
	if err != nil {
		return nil, err
	}
	for i, r := range rows {
		if rows[i] = r.after(acts); !rows[i].Countable || rows[i].RecalledMS > 0 {
			return nil, protocol.Errorf(protocol.CodeNotFound, "a message was recalled")
		}
	}
	if len(rows) != len(f.Messages) {
		return nil, protocol.Errorf(protocol.CodeNotFound, "a message is gone")
	}
	var sends []protocol.Send
	if f.Title != "" {
		send, err := asRecord(rows, names, f.Title)
		if err != nil {
			return nil, err
		}
		sends = append(sends, send)
	} else {
		for _, r := range rows {
			send, err := r.passedOn(names[r.Sender])
			if err != nil {
				return nil, err
			}
			sends = append(sends, send)
		}
	}
	if f.Note == "" {
		return sends, nil
	}
	if err := protocol.CheckText(f.Note); err != nil {
		return nil, err
	}
	body, err := protocol.Encode(protocol.Text{Text: f.Note})
	return append(sends, protocol.Send{Kind: protocol.KindText, Body: body}), err
}

// names returns what those in a conversation call themselves, by user id.
func (tx *tx) names(c conversationRow) (map[string]string, error) {
	var account accountRow
	if err := tx.db.Take(&account, 1).Error; err != nil {
		return nil, err
	}
	var me protocol.Me
	if err := json.Unmarshal([]byte(account.Me), &me); err != nil {
		return nil, fmt.Errorf("decode account: %w", err)
	}
	return map[string]string{
		tx.store.self: lineOr(me.Profile.Nickname, me.Profile.Username),
		c.PeerID:      lineOr(c.PeerNickname, c.PeerUsername),
	}, nil
}

// lineOr returns the first of some names that can stand in a message.
func lineOr(names ...string) string {
	for _, n := range names {
		if line, err := protocol.CleanLine("name", n, 1, protocol.MaxNickname); err == nil {
			return line
		}
	}
	return "?"
}

// passedOn returns a message as the user's own. A text by somebody else says
// whose words it repeats; any other kind goes byte for byte.
func (r messageRow) passedOn(name string) (protocol.Send, error) {
	send := protocol.Send{Kind: r.Kind, Fallback: r.Fallback, FileIDs: unlist(r.FileIDs), Body: slices.Clone(r.Body)}
	if r.Kind != protocol.KindText || r.Mine {
		return send, nil
	}
	var t protocol.Text
	if err := json.Unmarshal(r.Body, &t); err != nil {
		return send, fmt.Errorf("decode text: %w", err)
	}
	if t.Forwarded == nil {
		t.Forwarded = &protocol.Forwarded{Name: lineOr(name)}
	}
	body, err := protocol.Encode(t)
	send.Body = body
	return send, err
}

// asRecord returns messages of c as one.
func asRecord(rows []messageRow, names map[string]string, title string) (protocol.Send, error) {
	record := protocol.Record{Names: peopleOf(rows[0].Sender, names)}
	fallback := []string{"[" + OneLine(title, previewRunes) + "]"}
	for _, r := range rows {
		name := lineOr(names[r.Sender])
		record.Items = append(record.Items, protocol.RecordItem{
			Name: name, CreatedMS: r.CreatedMS, Kind: r.Kind, Fallback: r.Fallback, Body: slices.Clone(r.Body),
		})
		fallback = append(fallback, name+": "+Glance(r.Kind, shownText(r.Kind, r.Fallback, r.Body), cardRunes))
	}
	body, err := protocol.Encode(record)
	if err != nil {
		return protocol.Send{}, fmt.Errorf("encode record: %w", err)
	}
	send := protocol.Send{Kind: protocol.KindRecord, Body: body, Fallback: cutRunes(strings.Join(fallback, "\n"), protocol.MaxFallback)}
	if len(body) > protocol.MaxBody {
		return send, protocol.Errorf(protocol.CodeTooLarge, "the record is larger than %d bytes", protocol.MaxBody)
	}
	return send, protocol.CheckRecord(body)
}

// peopleOf names those in a conversation: who wrote first, then the others.
func peopleOf(first string, names map[string]string) []string {
	ids := []string{first}
	for id := range names {
		if id != first {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids[1:])
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = lineOr(names[id])
	}
	return out
}

// cutRunes returns at most the first limit runes of s.
func cutRunes(s string, limit int) string {
	n := 0
	for i := range s {
		if n == limit {
			return s[:i]
		}
		n++
	}
	return s
}
