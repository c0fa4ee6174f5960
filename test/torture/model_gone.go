package main

import (
	"fmt"

	"mychat/backend/store"
	"mychat/protocol"
)

// clearing is that somebody deleted all of a conversation.
type clearing struct {
	conversation string
	user         string
	device       string
	forAll       bool
	least, most  int64 // What their device knew: its last seq before and after.
	fate         fate
}

func (m *model) clearWanted(conversation, user string) bool {
	for _, c := range m.clears {
		if c.conversation == conversation && c.user == user && c.forAll && c.fate != refused {
			return true
		}
	}
	return false
}

// notGone holds that nothing that a device deleted comes back to it.
func (m *model) notGone(device, user, conversation string, msg store.Message) error {
	for _, w := range m.deleted[setting{user: user, conversation: conversation, about: msg.ID}] {
		if w.device == device && w.fate == certain {
			return fmt.Errorf("%s: %+v came back after it was deleted", device, msg)
		}
	}
	for _, c := range m.clears {
		if c.conversation == conversation && c.device == device && c.fate == certain && msg.Seq <= c.least {
			return fmt.Errorf("%s: %+v came back after the conversation was deleted", device, msg)
		}
	}
	return nil
}

// cleared holds what there is of a settled conversation for its members against
// what they deleted.
func (m *model) cleared(conversation string, log ledger) error {
	for user, l := range log.of {
		least, most := int64(0), int64(0)
		for _, c := range m.clears {
			if c.conversation != conversation || !c.forAll && c.user != user || c.fate == refused {
				continue
			}
			most = max(most, c.most)
			if c.fate == certain {
				least = max(least, c.least)
			}
		}
		if l.low > most+1 {
			return broken{fmt.Errorf("the server: conversation %s begins with %d for %s, who deleted nothing after %d", conversation, l.low, user, most)}
		}
		if l.low <= least {
			return fmt.Errorf("the server: conversation %s begins with %d for %s, who deleted all up to %d", conversation, l.low, user, least)
		}
		for seq := l.low; seq <= l.last; seq++ {
			p := l.lines[seq]
			wishes := m.deleted[setting{user: user, conversation: conversation, about: p.id}]
			if p.kind == protocol.KindDeleted && !stands(wishes) {
				return broken{fmt.Errorf("the server: seq %d of conversation %s is deleted for %s, who did not want that", seq, conversation, user)}
			}
			if p.kind != protocol.KindDeleted && p.acts == 0 && holding(wishes) {
				return fmt.Errorf("the server: %+v of conversation %s is there for %s, who deleted it", p, conversation, user)
			}
		}
	}
	return nil
}
