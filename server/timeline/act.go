package timeline

import (
	"encoding/json"
	"time"

	"mychat/protocol"
	"mychat/server/store"
)

// ChangeWithin returns for how long a message may be recalled and edited.
func (t *Timeline) ChangeWithin() (recall, edit time.Duration) {
	return t.opt.RecallWithin, t.opt.EditWithin
}

// ClearForAll reports whether either member may delete a direct conversation
// for both.
func (t *Timeline) ClearForAll() bool { return t.opt.ClearForAll }

// targets names the entries that the members of g act on.
func (g group) targets() []store.EntryKey {
	keys := make(map[store.EntryKey]bool)
	for _, a := range g.appends {
		if protocol.Acts(a.send.Kind) {
			keys[a.target()] = true
		}
	}
	return keysOf(keys)
}

// target names the entry that a acts on.
func (a *appending) target() store.EntryKey {
	return store.EntryKey{ConversationID: a.conv, Seq: a.send.RefSeq}
}

// act changes the target of a and returns the body that the acting entry gets,
// or why the sender may not. Every member may react to a message and pin it;
// only its sender may recall or edit it, and only for a while. What was recalled
// stays so: recalling it again changes nothing, and there is nothing left to
// edit.
func (w *write) act(a *appending, c *progress) (protocol.RawJSON, error) {
	t, ok := w.targets[a.target()]
	switch {
	case !ok || protocol.Acts(t.Kind) || a.send.RefSeq < c.FloorSeq:
		return nil, protocol.Errorf(protocol.CodeNotFound, "ref_seq names no message")
	case a.send.Kind == protocol.KindReaction:
		return w.react(a, c.LastSeq+1, t)
	case a.send.Kind == protocol.KindPin || a.send.Kind == protocol.KindUnpin:
		return a.send.Body, w.pin(a, t)
	case t.SenderID != a.key.SenderID || protocol.Reserved(t.Kind) || t.Kind == protocol.KindClear:
		return nil, protocol.Errorf(protocol.CodeForbidden, "only who sent a message may change it")
	}
	if a.send.Kind == protocol.KindEdit {
		return w.edit(a, t)
	}
	if t.RecalledMS > 0 {
		return a.send.Body, nil
	}
	if w.late(t, w.recallWithin) {
		return nil, protocol.Errorf(protocol.CodeTooLate, "a message may be recalled for %v", w.recallWithin)
	}
	t.Body, t.EditedMS, t.RecalledMS, t.Reactions = protocol.RawJSON(`{}`), 0, w.nowMS, nil
	w.changed[t.EntryKey] = t
	w.convs[a.conv].unpin(t.Seq)
	return a.send.Body, nil
}

func (w *write) edit(a *appending, t *store.Target) (protocol.RawJSON, error) {
	var old protocol.Text
	var now protocol.Edit
	switch {
	case t.RecalledMS > 0:
		return nil, protocol.Errorf(protocol.CodeNotFound, "the message was recalled")
	case t.Kind != protocol.KindText:
		return nil, protocol.Errorf(protocol.CodeForbidden, "only texts can be edited")
	case w.late(t, w.editWithin):
		return nil, protocol.Errorf(protocol.CodeTooLate, "a message may be edited for %v", w.editWithin)
	}
	if err := json.Unmarshal(t.Body, &old); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(a.send.Body, &now); err != nil {
		return nil, err
	}
	text, err := protocol.Encode(protocol.Text{Text: now.Text})
	if err != nil {
		return nil, err
	}
	body, err := protocol.Encode(protocol.Edit{Text: now.Text, Was: old.Text})
	if err != nil {
		return nil, err
	}
	t.Body, t.EditedMS = text, w.nowMS
	w.changed[t.EntryKey] = t
	return body, nil
}

// late reports whether more time than within passed since t was committed.
func (w *write) late(t *store.Target, within time.Duration) bool {
	return w.nowMS-t.CreatedMS > within.Milliseconds()
}

// remember makes an entry that was just decided a target for those that come
// after it in the same transaction.
func (w *write) remember(a *appending, e protocol.Entry) {
	key := store.EntryKey{ConversationID: a.conv, Seq: e.Seq}
	w.targets[key] = &store.Target{
		EntryKey: key, SenderID: a.key.SenderID, Kind: e.Kind, CreatedMS: e.CreatedMS, Body: e.Body,
	}
}
