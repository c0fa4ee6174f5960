package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"mychat/protocol"
	txt "mychat/text"
)

// PersonHit is a contact that a search found by name.
type PersonHit struct {
	Contact protocol.Contact `json:"contact"`
	Name    []txt.Part       `json:"name"`   // What the user calls them.
	Detail  []txt.Part       `json:"detail"` // Another of their names, where that was found; else empty.
}

// ConversationHit is a conversation that a search found by name.
type ConversationHit struct {
	Conversation Conversation `json:"conversation"`
	Name         []txt.Part   `json:"name"`
	Detail       []txt.Part   `json:"detail"` // As in PersonHit.
}

// FindPeople returns the contacts whose remark, nickname or username matches
// what the user typed (text.MatchName): friends first, then those whose name
// begins with it. At most limit.
func (s *Store) FindPeople(ctx context.Context, typed string, limit int) ([]PersonHit, error) {
	contacts, err := s.Contacts(ctx)
	if err != nil {
		return []PersonHit{}, err
	}
	found := []PersonHit{}
	for _, c := range contacts {
		if name, detail, ok := matchNames(typed, c.Remark, c.Profile); ok {
			found = append(found, PersonHit{Contact: c, Name: name, Detail: detail})
		}
	}
	slices.SortStableFunc(found, func(a, b PersonHit) int {
		if a.Contact.Friend != b.Contact.Friend {
			return compareBool(a.Contact.Friend, b.Contact.Friend)
		}
		return compareBool(a.Name[0].Hit, b.Name[0].Hit)
	})
	return found[:min(limit, len(found))], nil
}

// FindConversations returns the conversations, newest activity first, whose
// name matches and whose other side is no contact: contacts are found as
// people. At most limit.
func (s *Store) FindConversations(ctx context.Context, typed string, limit int) ([]ConversationHit, error) {
	found := []ConversationHit{}
	all, err := s.Conversations(ctx)
	if err != nil {
		return found, err
	}
	contacts, err := s.Contacts(ctx)
	if err != nil {
		return found, fmt.Errorf("find conversations: %w", err)
	}
	known := make(map[string]bool, len(contacts))
	for _, c := range contacts {
		known[c.Profile.ID] = true
	}
	for _, c := range all {
		if len(found) == limit {
			break
		}
		if known[c.Peer.ID] {
			continue
		}
		if name, detail, ok := matchNames(typed, c.Remark, c.Peer); ok {
			found = append(found, ConversationHit{Conversation: c, Name: name, Detail: detail})
		}
	}
	return found, nil
}

// compareBool sorts true before false.
func compareBool(a, b bool) int {
	rank := map[bool]int{true: 0, false: 1}
	return cmp.Compare(rank[a], rank[b])
}

// matchNames compares what was typed with the names of somebody: the one they
// are shown by first.
func matchNames(typed, remark string, p protocol.Profile) (name, detail []txt.Part, ok bool) {
	names := slices.DeleteFunc([]string{remark, p.Nickname, p.Username}, func(n string) bool { return n == "" })
	if len(names) == 0 {
		return nil, nil, false
	}
	name, detail = []txt.Part{{Text: names[0]}}, []txt.Part{}
	for i, n := range names {
		parts, found := txt.MatchName(n, typed)
		switch {
		case found && i == 0:
			return parts, detail, true
		case found:
			return name, parts, true
		}
	}
	return nil, nil, false
}
