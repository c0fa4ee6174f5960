package timeline

import (
	"encoding/json"
	"slices"

	"mychat/protocol"
	"mychat/server/store"
)

// react puts an emoji to a message, or takes the sender's own away. What
// already is so stays as it is. The body that is stored says only that, whatever
// else was in what came.
func (w *write) react(a *appending, t *store.Target) (protocol.RawJSON, error) {
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
	now, err := reacted(t.Reactions, a.key.SenderID.String(), r)
	if err != nil {
		return nil, err
	}
	t.Reactions = now
	w.changed[t.EntryKey] = t
	return protocol.Encode(r)
}

// reacted returns what is at a message once a user has put or taken away one
// emoji. It leaves list as it is.
func reacted(list []protocol.Reactions, user string, r protocol.Reaction) ([]protocol.Reactions, error) {
	var out []protocol.Reactions
	own, here := 0, false
	for _, e := range list {
		mine := slices.Contains(e.Users, user)
		if e.Emoji == r.Emoji {
			if here = true; mine != r.Off {
				return list, nil // So it is already.
			}
			users := slices.DeleteFunc(slices.Clone(e.Users), func(id string) bool { return id == user })
			if !r.Off {
				users = append(users, user)
			}
			e.Users = users
		} else if mine {
			own++
		}
		if len(e.Users) > 0 {
			out = append(out, e)
		}
	}
	switch {
	case r.Off:
		return out, nil
	case own >= protocol.MaxOwnReactions:
		return nil, protocol.Errorf(protocol.CodeTooMany, "one person may put %d emoji to a message", protocol.MaxOwnReactions)
	case here:
		return out, nil
	case len(list) >= protocol.MaxReactions:
		return nil, protocol.Errorf(protocol.CodeTooMany, "a message may have %d different emoji", protocol.MaxReactions)
	}
	return append(out, protocol.Reactions{Emoji: r.Emoji, Users: []string{user}}), nil
}
