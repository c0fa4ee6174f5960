package timeline

import (
	"encoding/json"
	"slices"

	"mychat/protocol"
	"mychat/server/store"
)

// react has entry seq put an emoji to a message, or take the sender's own away.
// The body that is stored says only that, whatever else was in what came.
func (w *write) react(a *appending, seq int64, t *store.Target) (protocol.RawJSON, error) {
	var r protocol.Reaction
	if err := json.Unmarshal(a.send.Body, &r); err != nil {
		return nil, err
	}
	switch {
	case !protocol.Countable(t.Kind):
		return nil, protocol.Errorf(protocol.CodeNotFound, "ref_seq names no message")
	case t.RecalledMS > 0:
		return nil, protocol.Errorf(protocol.CodeNotFound, "the message was recalled")
	}
	now, err := reacted(t.Reactions, a.key.SenderID.String(), seq, r)
	if err != nil {
		return nil, err
	}
	t.Reactions = now
	w.changed[t.EntryKey] = t
	return protocol.Encode(r)
}

// reacted returns what is at a message once entry seq put or took away one emoji
// of a user's. It leaves list as it is.
func reacted(list []protocol.Reactions, user string, seq int64, r protocol.Reaction) ([]protocol.Reactions, error) {
	puts := protocol.Puts(list)
	own, here := 0, false
	for _, p := range puts {
		if p.User == user {
			own++
		}
		here = here || p.Emoji == r.Emoji
	}
	before := len(puts)
	puts = slices.DeleteFunc(puts, func(p protocol.Put) bool { return p.Emoji == r.Emoji && p.User == user })
	again := len(puts) < before
	switch {
	case r.Off:
		return protocol.ReactionsOf(puts), nil
	case !again && own >= protocol.MaxOwnReactions:
		return nil, protocol.Errorf(protocol.CodeTooMany, "one person may put %d emoji to a message", protocol.MaxOwnReactions)
	case !here && len(list) >= protocol.MaxReactions:
		return nil, protocol.Errorf(protocol.CodeTooMany, "a message may have %d different emoji", protocol.MaxReactions)
	}
	return protocol.ReactionsOf(append(puts, protocol.Put{Emoji: r.Emoji, User: user, Seq: seq})), nil
}
