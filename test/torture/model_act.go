package main

import (
	"fmt"
	"slices"

	"mychat/backend/store"
	"mychat/protocol"
)

// emojis are those that people put to messages: as many as one person may.
var emojis = [protocol.MaxOwnReactions]string{"👍", "❤️", "🎉"}

// state is what came of a message by what acts on it.
type state struct {
	edited, recalled bool
	text             string // If it was edited, its words.
	pinned           bool
	puts             []put
	reactions        []protocol.Reactions // What the puts make.
}

// put is an emoji that somebody put to a message.
type put struct{ emoji, user string }

// states are those of the lines of a ledger.
type states []state

// act lets line p of a log act on the one that it names, and says what is wrong
// with that.
func (m *model) act(log ledger, present states, p place) string {
	target, now := log.at(p.acts), &present[p.acts-log.first]
	switch {
	case target.acts > 0 || target.kind == protocol.KindClear:
		return fmt.Sprintf("acts on %+v", *target)
	case p.kind == protocol.KindReaction:
		if p.emoji != "" {
			now.react(p)
		}
		return ""
	case p.kind == protocol.KindPin && now.recalled:
		return "pins what was recalled before"
	case p.kind == protocol.KindPin, p.kind == protocol.KindUnpin:
		now.pinned = p.kind == protocol.KindPin
		return ""
	case target.sender != p.sender:
		return fmt.Sprintf("acts on %+v", *target)
	case p.kind == protocol.KindRecall:
		now.recalled, now.pinned = true, false
	case now.recalled:
		return "edits what was recalled before"
	case p.text == "": // Blank, because of a recall further on.
	case now.edited && p.was != now.text:
		return fmt.Sprintf("should replace %.60q", now.text)
	case !now.edited && (m.said[p.was] == nil || m.said[p.was].target != "" || m.said[p.was].id != "" && m.said[p.was].id != target.id):
		return "replaces what the message never said"
	default:
		now.edited, now.text = true, p.text
	}
	return ""
}

// react takes the sender's emoji away, and puts it at the end if that was what they
// wanted. An emoji stands where the first of its people does.
func (s *state) react(p place) {
	s.puts = slices.DeleteFunc(s.puts, func(o put) bool { return o.emoji == p.emoji && o.user == p.sender })
	if !p.off {
		s.puts = append(s.puts, put{p.emoji, p.sender})
	}
	s.reactions = nil
	for _, o := range s.puts {
		i := slices.IndexFunc(s.reactions, func(r protocol.Reactions) bool { return r.Emoji == o.emoji })
		if i < 0 {
			i = len(s.reactions)
			s.reactions = append(s.reactions, protocol.Reactions{Emoji: o.emoji})
		}
		s.reactions[i].Users = append(s.reactions[i].Users, o.user)
	}
}

// touched holds what a device shows of what people did to a message against what
// anybody wanted.
func (m *model) touched(device, user, conversation string, msg store.Message) error {
	if msg.Kind == protocol.KindRecall && (len(msg.Reactions) > 0 || msg.StarredMS > 0) {
		return fmt.Errorf("%s: %+v is recalled", device, msg)
	}
	for _, r := range msg.Reactions {
		for _, who := range r.Users {
			if !m.wanted(setting{who, conversation, msg.ID + r.Emoji, reacted}, "true") {
				return fmt.Errorf("%s: %+v has a %s that %s did not want", device, msg, r.Emoji, who)
			}
		}
	}
	if msg.StarredMS > 0 && !m.wanted(setting{user, conversation, msg.ID, starred}, "true") {
		return fmt.Errorf("%s: %+v has a star that its user did not want", device, msg)
	}
	return nil
}

// pinsWanted holds what a device shows above a conversation against what either
// of its members wanted.
func (m *model) pinsWanted(device string, c store.Conversation) error {
	for _, seq := range c.Pins {
		if id := m.log[c.ID][seq].id; id != "" && !m.wanted(setting{"", c.ID, id, atop}, "true") {
			return fmt.Errorf("%s: seq %d of conversation %s is pinned, which nobody wanted", device, seq, c.ID)
		}
	}
	return nil
}

// done holds what came of the messages of a settled conversation against what
// people wanted to do to them.
func (m *model) done(conversation string, log ledger, present states) error {
	for i, p := range log.lines {
		now := present[i]
		if p.acts > 0 || now.recalled {
			continue
		}
		if !m.mayBe(setting{"", conversation, p.id, atop}, fmt.Sprint(now.pinned)) {
			return fmt.Errorf("the server: whether %+v is pinned is what no device wanted last", p)
		}
		for user := range log.of {
			for _, emoji := range emojis {
				on := slices.ContainsFunc(now.reactions, func(r protocol.Reactions) bool {
					return r.Emoji == emoji && slices.Contains(r.Users, user)
				})
				if !m.mayBe(setting{user, conversation, p.id + emoji, reacted}, fmt.Sprint(on)) {
					return fmt.Errorf("the server: whether %s put %s to %+v is what no device of theirs wanted last", user, emoji, p)
				}
			}
		}
	}
	return nil
}
