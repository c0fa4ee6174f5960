package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"mychat/backend/store"
	"mychat/protocol"
)

// tell has a device do something of which a wish is in the model already, and
// notes whether it was granted.
func (w *world) tell(ctx context.Context, d *device, wish *wish, do command) error {
	a, err := d.do(ctx, do)
	if err == nil {
		wish.fate, err = w.fateOf(d, a)
	}
	return err
}

// arrange changes one thing that a person keeps of a conversation for
// themselves.
func (w *world) arrange(ctx context.Context, d *device, c *conversation, s step) error {
	f := field(s.n % int(fields))
	return w.set(ctx, d, c, f, s.n/int(fields)%2 == 0)
}

// set gives a thing that a person keeps of a conversation a value.
func (w *world) set(ctx context.Context, d *device, c *conversation, f field, on bool) error {
	do, value := command{Op: "arrange", ConversationID: c.id}, fmt.Sprint(on)
	switch f {
	case pinned:
		do.Change.Pinned = &on
	case muted:
		do.Change.Muted = &on
	case archived:
		do.Change.Archived = &on
	case hidden:
		do.Change.Hidden = &on
	case markedUnread:
		do.Change.Unread = &on
	case filed:
		if on {
			do.Change.Join = d.person.folder
		} else {
			do.Change.Leave = d.person.folder
		}
	default:
		value = ""
		if on {
			value = w.text(d, 60)
		}
		do.Draft = &protocol.Draft{Text: value}
	}
	return w.tell(ctx, d, w.model.wants(setting{d.person.id, c.id, "", f}, d.name, value), do)
}

// prefer changes one choice that follows a person.
func (w *world) prefer(ctx context.Context, d *device, s step) error {
	name, on := preferences[s.n%len(preferences)], s.b%3 > 0
	do := command{Op: "prefer", Message: d.person.folder, On: on}
	value := []string{"null", "true", "false"}[s.b%3]
	if name == protocol.PreferenceFolders {
		w.said++
		do.Text = fmt.Sprint("folder ", w.said)
		value = foldersNamed(d.person.folder, do.Text, on)
	} else {
		do.Preference = &protocol.Preference{Name: name, Value: protocol.RawJSON(value)}
	}
	return w.tell(ctx, d, w.model.wants(setting{d.person.id, "", name, preferred}, d.name, value), do)
}

// counted reports whether the model counts on a message being there as it is: one
// that the server sent later, one that was forwarded, or what was said with that.
func (w *world) counted(m store.Message) bool {
	p := placeOf(m)
	s := w.model.said[p.said()]
	return s == nil || s.unnamed || s.later != nil || s.copied(p)
}

// touch does something to one of the newest messages that a device shows.
func (w *world) touch(ctx context.Context, d *device, c *conversation, s step) (bool, error) {
	list, err := w.page(ctx, d, c)
	if err != nil {
		return false, err
	}
	do, wish := w.touching(d, c, list, s)
	if wish == nil {
		return false, nil
	}
	return true, w.tell(ctx, d, wish, do)
}

// touching notes that a device is about to be told to do something to one of some
// messages, and returns with what words; a nil wish says that there is none.
func (w *world) touching(d *device, c *conversation, list []store.Message, s step) (command, *wish) {
	list = slices.DeleteFunc(slices.Clone(list), func(m store.Message) bool {
		return m.Seq == 0 || !protocol.Countable(m.Kind) || s.kind == deleteMine && !c.mayDelete(d.person, m.Seq)
	})
	if len(list) == 0 {
		return command{}, nil
	}
	target := list[len(list)-1-s.n%min(len(list), 8)] // Several people and devices are to meet at one.
	do := command{ConversationID: c.id, Message: target.ID, On: s.n/8%5 > 1}
	key := setting{user: d.person.id, conversation: c.id, about: target.ID}
	switch s.kind {
	case react:
		do.Op, do.Text = "react", emojis[s.a/7%len(emojis)]
		key.about, key.field = target.ID+do.Text, reacted
	case pin:
		do.Op, key.user, key.field = "pin", "", atop
	case star:
		do.Op, key.field = "star", starred
	default:
		do.Op = "delete"
		wish := &wish{device: d.name, fate: uncertain}
		w.model.deleted[key] = append(w.model.deleted[key], wish)
		return do, wish
	}
	return do, w.model.wants(key, d.name, fmt.Sprint(do.On))
}

// forward passes messages of one conversation on to another: those that never
// change, so that it is known what the copies say.
func (w *world) forward(ctx context.Context, d *device, from *conversation, s step) (bool, error) {
	to := w.chatOf(d.person, s.n, true)
	if to.cleared {
		return false, nil
	}
	list, err := w.page(ctx, d, from)
	if err != nil {
		return false, err
	}
	list = slices.DeleteFunc(list, func(m store.Message) bool {
		return m.Seq == 0 || m.Kind != protocol.KindText || from.steady && !w.counted(m)
	})
	if len(list) == 0 {
		return false, nil
	}
	list = list[max(0, len(list)-1-s.n%3):]
	words := strings.Join(strings.Fields(w.text(d, 40)), " ")
	note := w.note(d, to, words)
	note.unnamed = true
	do := command{Op: "forward", ConversationID: from.id, To: to.id, Text: words, On: s.b%3 == 0}
	var lines []store.RecordLine
	for _, m := range list {
		do.Messages = append(do.Messages, m.ID)
		source := w.model.said[m.Text]
		if source == nil {
			return true, fmt.Errorf("%s: nobody said %+v", d.name, m)
		}
		if source.id == "" {
			source.id = m.ID // No app told it, and this is no copy: there is none yet.
		}
		lines = append(lines, store.RecordLine{Name: from.nameOf(m.Sender), Text: store.OneLine(m.Text, 80)})
		k := copied{d.person.id, m.Forwarded, m.Text}
		if !m.Mine && k.from == "" {
			k.from = from.nameOf(m.Sender)
		}
		note.copies = append(note.copies, k)
	}
	if do.On {
		note.copies, note.card = nil, cardOf(len(lines), lines[:min(len(lines), 4)])
	}
	a, err := d.do(ctx, do)
	if err == nil {
		note.fate, err = w.fateOf(d, a)
	}
	return true, err
}

// schedule has the server say something later: soon, or not in the time of this
// world. An app that was not online since it was started may have a wrong idea of
// the time, and says it as soon as can be.
func (w *world) schedule(ctx context.Context, d *device, c *conversation, s step) (bool, error) {
	if c.cleared {
		return false, nil
	}
	_, a, err := w.list(ctx, d)
	if err != nil {
		return false, err
	}
	text := w.text(d, 60)
	m := w.note(d, c, text)
	m.loose, m.later = true, &later{far: a.Online && s.n%3 > 0}
	do := command{Op: "schedule", ConversationID: c.id, Text: text}
	switch {
	case m.later.far:
		do.After = farAhead
	case a.Online:
		do.After = time.Duration(1+s.b%3000) * time.Millisecond
	}
	if a, err = d.do(ctx, do); err == nil {
		m.fate, err = w.fateOf(d, a)
	}
	return true, err
}

// reschedule has something said now that was to be said later, or never.
func (w *world) reschedule(ctx context.Context, d *device, s step) (bool, error) {
	_, a, err := w.list(ctx, d)
	if err != nil || len(a.Scheduled) == 0 {
		return false, err
	}
	return true, w.hasten(ctx, d, a.Scheduled[s.n%len(a.Scheduled)], s.b%2 == 0)
}

// hasten has one of them said now, or never. What could not be kept, such as
// other words for what was said already, is given up.
func (w *world) hasten(ctx context.Context, d *device, m store.Scheduled, now bool) error {
	s := w.model.said[m.Text]
	if s == nil || s.later == nil || s.sender != d.person.id || s.conversation != m.ConversationID {
		return fmt.Errorf("%s: is to say %+v, which nobody wanted", d.name, m)
	}
	wish, do := &wish{device: d.name, fate: uncertain}, command{Op: "unschedule", Message: m.ID}
	switch {
	case m.ErrorCode != "":
	case now:
		do.Op = "reschedule"
		s.later.hurried = append(s.later.hurried, wish)
	default:
		s.later.givenUp = append(s.later.givenUp, wish)
	}
	return w.tell(ctx, d, wish, do)
}

// wipe deletes the conversation that may be: a of its members for themselves and
// b for both. Who did the one has nothing left to see and is not offered the other.
func (w *world) wipe(ctx context.Context, d *device) (bool, error) {
	c := w.chats[len(w.chats)-1]
	if d.person != c.a && d.person != c.b {
		return false, nil
	}
	forAll := d.person == c.b
	before, _, err := w.list(ctx, d)
	if err != nil {
		return false, err
	}
	deed := &clearing{
		conversation: c.id, user: d.person.id, device: d.name, forAll: forAll,
		least: before[c.id].LastSeq, most: 1 << 62, fate: uncertain,
	}
	w.model.clears = append(w.model.clears, deed)
	do := command{Op: "clear", ConversationID: c.id}
	if forAll {
		do.Op = "clear for all"
	}
	a, err := d.do(ctx, do)
	if err != nil {
		return true, err
	}
	if deed.fate, err = w.fateOf(d, a); err != nil {
		return true, err
	}
	after, _, err := w.list(ctx, d)
	deed.most = after[c.id].LastSeq
	return true, err
}
