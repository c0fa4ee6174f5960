package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"time"

	"mychat/backend/remote"
	"mychat/backend/store"
	"mychat/protocol"
)

// patience bounds how long a world may take to become quiet once all is mended.
const patience = 2 * time.Minute

// reconcile mends everything, waits until the devices agree with each other, the
// server and the model, and looks at what is on the disks. It returns how long
// agreement took.
func (w *world) reconcile(ctx context.Context) (time.Duration, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, patience, fmt.Errorf("after %v all is not quiet", patience))
	defer cancel()
	began := time.Now()
	if err := w.heal(ctx); err != nil {
		return 0, err
	}
	if err := eventually(ctx, w.agree); err != nil {
		return 0, err
	}
	took := time.Since(began)
	if err := w.lastWords(ctx); err != nil {
		return took, fmt.Errorf("after the last words: %w", err)
	}
	if err := w.serversKept(ctx); err != nil {
		return took, fmt.Errorf("after the servers were killed: %w", err)
	}
	if err := w.newcomers(ctx); err != nil {
		return took, fmt.Errorf("after new devices came: %w", err)
	}
	if err := w.devicesKept(ctx); err != nil {
		return took, fmt.Errorf("after the apps were closed: %w", err)
	}
	return took, nil
}

// broken is an error that no waiting mends.
type broken struct{ error }

// eventually waits until check returns nil or a broken error.
func eventually(ctx context.Context, check func(context.Context) error) error {
	var last error
	for {
		err := check(ctx)
		var b broken
		if err == nil || errors.As(err, &b) && ctx.Err() == nil {
			return err
		}
		if ctx.Err() == nil || last == nil {
			last = err // What the end of the time makes of a request or a look tells nothing.
		}
		if pause(ctx, 50*time.Millisecond) != nil {
			return fmt.Errorf("%w: %w", context.Cause(ctx), last)
		}
	}
}

// heal ends every fault.
func (w *world) heal(ctx context.Context) error {
	for _, d := range []*disk{w.serverDisk, w.appDisk} {
		if d != nil {
			if err := d.free(); err != nil {
				return err
			}
		}
	}
	if err := w.mend(ctx, math.MaxInt); err != nil {
		return err
	}
	if err := eventually(ctx, w.startServers); err != nil {
		return err
	}
	for _, d := range w.devices {
		d.proxy.Mend()
		d.down = false
		w.harvest(d)
		if err := d.start(ctx); err != nil {
			return err
		}
	}
	return eventually(ctx, func(ctx context.Context) error {
		for _, c := range w.chats {
			if c.out {
				if _, err := w.befriend(ctx, w.servers[0], c.a, c.b); err != nil {
					return err
				}
				c.out = false
			}
		}
		return nil
	})
}

// startServers starts the nodes that are down.
func (w *world) startServers(context.Context) error {
	for i := range w.servers {
		if err := w.startServer(i); err != nil {
			return err
		}
	}
	return nil
}

// truth is what the server has when nothing is under way.
type truth struct {
	ledgers map[string]ledger
	pins    map[string][]int64
	marks   map[string]map[string]map[int64]protocol.Mark // By person, conversation and seq.
}

// stars are those that a person gave to messages of a conversation, by seq.
func (t truth) stars(user, conversation string) map[int64]int64 {
	stars := map[int64]int64{}
	for seq, m := range t.marks[user][conversation] {
		stars[seq] = m.StarredMS
	}
	return stars
}

// truth asks the servers, and holds what they say against the model.
func (w *world) truth(ctx context.Context) (truth, error) {
	t := truth{map[string]ledger{}, map[string][]int64{}, map[string]map[string]map[int64]protocol.Mark{}}
	var err error
	for i, c := range w.chats {
		if t.ledgers[c.id], err = w.ledger(ctx, w.servers[i%len(w.servers)], c); err != nil {
			return t, err
		}
		if t.pins[c.id], err = w.model.settled(c.id, t.ledgers[c.id]); err != nil {
			return t, err
		}
	}
	for i, p := range w.people {
		err := script(w.servers[i%len(w.servers)], p.token, func(r *remote.Client) (err error) {
			t.marks[p.id], err = marks(ctx, r)
			return err
		})
		if err != nil {
			return t, err
		}
	}
	for id, l := range t.ledgers {
		for user, lens := range l.of {
			for seq := lens.low; seq <= lens.last; seq++ {
				gone, marked := lens.lines[seq].kind == protocol.KindDeleted, t.marks[user][id][seq].DeletedMS > 0
				if gone != marked {
					return t, fmt.Errorf("the server: that seq %d of conversation %s is deleted for %s is %v in the log and %v among the marks", seq, id, user, gone, marked)
				}
			}
		}
	}
	return t, nil
}

// marks returns all that a person marked, by conversation and seq.
func marks(ctx context.Context, r *remote.Client) (map[string]map[int64]protocol.Mark, error) {
	all := map[string]map[int64]protocol.Mark{}
	for cursor := ""; ; {
		page, err := r.Marks(ctx, cursor)
		if err != nil {
			return nil, err
		}
		for _, list := range page.Marks {
			if all[list.ConversationID] == nil {
				all[list.ConversationID] = map[int64]protocol.Mark{}
			}
			for _, m := range list.Marks {
				all[list.ConversationID][m.Seq] = m
			}
		}
		if cursor = page.Cursor; cursor == "" {
			return all, nil
		}
	}
}

// agree holds all devices against the server and the model. It is what
// reconcile waits for; what waiting cannot mend is broken.
func (w *world) agree(ctx context.Context) error {
	for _, d := range w.devices {
		if err := w.unsent(ctx, d); err != nil {
			return err
		}
	}
	for _, d := range w.devices {
		if err := w.nothingLater(ctx, d); err != nil {
			return err
		}
	}
	t, err := w.truth(ctx)
	if err != nil {
		return err
	}
	var same alike
	for _, d := range w.devices {
		all, a, err := w.list(ctx, d)
		if err != nil {
			return broken{err}
		}
		if err := w.own(d, &same, a.Preferences, a.Conversations); err != nil {
			return err
		}
		err = w.holds(d, t, func(c *conversation) (view, error) {
			a, err := d.do(ctx, command{Op: "history", ConversationID: c.id})
			if err == nil {
				err = a.err()
			}
			return view{all[c.id], a.Messages}, err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// alike is what the first device of each person showed: the others are to show
// the same.
type alike map[string]string

// hold notes what a device shows of something, or holds it against what another
// one showed.
func (a *alike) hold(d *device, of string, shown any) error {
	if *a == nil {
		*a = alike{}
	}
	key, value := d.person.id+" "+of, fmt.Sprintf("%+v", shown)
	if first, ok := (*a)[key]; ok && first != value {
		return fmt.Errorf("%s: shows %s of %s, another device %s", d.name, value, of, first)
	}
	(*a)[key] = value
	return nil
}

// own holds what a device shows of what only its user sees against the other
// devices and the model.
func (w *world) own(d *device, same *alike, chosen []protocol.Preference, list []store.Conversation) error {
	var values []string
	for _, p := range chosen {
		values = append(values, p.Name, string(p.Value))
	}
	if err := same.hold(d, "the preferences", values); err != nil {
		return err
	}
	for _, c := range list {
		if err := same.hold(d, "conversation "+c.ID, arrangedIn(c)); err != nil {
			return err
		}
	}
	return w.model.prefers(d.name, d.person.id, chosen)
}

// nothingLater has everything said that a device shows as to be said later, and
// reports what there is of that.
func (w *world) nothingLater(ctx context.Context, d *device) error {
	_, a, err := w.list(ctx, d)
	if err != nil {
		return broken{err}
	}
	for _, m := range a.Scheduled {
		if m.Waiting {
			return fmt.Errorf("%s: %+v is not known to the server", d.name, m)
		}
		s := w.model.said[m.Text]
		if m.ErrorCode == "" && (s == nil || s.later == nil || !s.later.far || holding(s.later.givenUp) || holding(s.later.hurried)) {
			continue // It goes by itself.
		}
		if err := w.hasten(ctx, d, m, true); err != nil {
			return broken{err}
		}
	}
	if len(a.Scheduled) > 0 {
		return fmt.Errorf("%s: %+v is to be said later", d.name, a.Scheduled)
	}
	return nil
}

// lastWords has one device of each person hide a conversation and mark another as
// unread, when nothing else is done any more that would end it.
func (w *world) lastWords(ctx context.Context) error {
	for i, p := range w.people {
		all := w.devicesOf(p)
		d := all[i%len(all)]
		for f, c := range map[field]*conversation{hidden: w.chatOf(p, i, false), markedUnread: w.chatOf(p, i+1, false)} {
			if err := w.set(ctx, d, c, f, true); err != nil {
				return err
			}
			wishes := w.model.wishes[setting{p.id, c.id, "", f}]
			wishes[len(wishes)-1].last = true
		}
	}
	return eventually(ctx, w.agree)
}

// newcomers has each person sign in on one more device, which is to show what the
// others do.
func (w *world) newcomers(ctx context.Context) error {
	for i, p := range w.people {
		if err := w.addDevice(ctx, w.servers[i%len(w.servers)], p); err != nil {
			return err
		}
	}
	return eventually(ctx, w.agree)
}

// unsent reports what still waits on a device, and sends again what the server
// refused while two were no friends.
func (w *world) unsent(ctx context.Context, d *device) error {
	_, a, err := w.list(ctx, d)
	if err != nil {
		return broken{err}
	}
	if !a.Online {
		return fmt.Errorf("%s: is not online", d.name)
	}
	for _, c := range w.chats {
		if c.a != d.person && c.b != d.person {
			continue
		}
		if err := w.tryAgain(ctx, d, c); err != nil {
			return broken{err}
		}
		a, err := d.do(ctx, command{Op: "page", ConversationID: c.id})
		if err == nil {
			err = a.err()
		}
		if err != nil {
			return err
		}
		for _, m := range a.Messages {
			if m.Seq == 0 {
				return fmt.Errorf("%s: %.60q is still %s", d.name, m.Text, m.Status)
			}
		}
	}
	return nil
}

// holds holds one device's conversations against what the servers have and the
// model.
func (w *world) holds(d *device, t truth, look func(*conversation) (view, error)) error {
	for _, c := range w.chats {
		if c.a != d.person && c.b != d.person {
			continue
		}
		v, err := look(c)
		if err != nil {
			return fmt.Errorf("%s: %w", d.name, err)
		}
		user := d.person.id
		if err := w.model.agrees(d.name, user, c.peer(d.person).id, t.ledgers[c.id], t.pins[c.id], t.stars(user, c.id), v); err != nil {
			return err
		}
	}
	return nil
}

// serversKept kills every node at once and looks whether they have the same on
// the disk.
func (w *world) serversKept(ctx context.Context) error {
	before, err := w.truth(ctx)
	if err != nil {
		return err
	}
	for _, s := range w.servers {
		s.kill()
	}
	if err := eventually(ctx, w.startServers); err != nil {
		return err
	}
	after, err := w.truth(ctx)
	if err != nil {
		return err
	}
	if !reflect.DeepEqual(before, after) {
		return fmt.Errorf("the server had %+v and has %+v", before, after)
	}
	return nil
}

// devicesKept closes the apps and reads their databases: they hold everything,
// owe nothing and lack nothing. The apps stay closed.
func (w *world) devicesKept(ctx context.Context) error {
	t, err := w.truth(ctx)
	if err != nil {
		return err
	}
	var same alike
	for _, d := range w.devices {
		if err := d.stop(); err != nil {
			return fmt.Errorf("%s: %w", d.name, err)
		}
		if err := w.kept(ctx, d, &same, t); err != nil {
			return err
		}
	}
	return nil
}

func (w *world) kept(ctx context.Context, d *device, same *alike, t truth) (err error) {
	s, err := store.Open(ctx, store.Options{Dir: d.dir, Me: protocol.Me{Profile: protocol.Profile{ID: d.person.id}}})
	if err != nil {
		return fmt.Errorf("%s: %w", d.name, err)
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	for what, list := range map[string]func() (int, any, error){
		"owes messages in":       counted(ctx, s.OutgoingConversations),
		"owes positions":         counted(ctx, s.OutgoingReads),
		"owes settings":          counted(ctx, s.OutgoingChats),
		"owes marks":             counted(ctx, s.OutgoingMarks),
		"owes preferences":       counted(ctx, s.OutgoingPreferences),
		"owes messages of later": counted(ctx, s.OutgoingScheduled),
		"is to say later":        counted(ctx, s.Scheduled),
		"lacks":                  counted(ctx, s.Lacks),
	} {
		n, all, err := list()
		if err != nil {
			return err
		}
		if n > 0 {
			return fmt.Errorf("%s: %s %+v", d.name, what, all)
		}
	}
	chosen, err := s.Preferences(ctx)
	if err != nil {
		return err
	}
	list, err := s.Conversations(ctx)
	if err != nil {
		return err
	}
	if err := w.own(d, same, chosen, list); err != nil {
		return err
	}
	return w.holds(d, t, func(c *conversation) (view, error) {
		at := slices.IndexFunc(list, func(l store.Conversation) bool { return l.ID == c.id })
		if at < 0 {
			return view{}, fmt.Errorf("conversation %s is not there", c.id)
		}
		messages, err := history(c.id, func(q store.PageQuery) (store.Page, error) {
			page, _, err := s.Page(ctx, q)
			return page, err
		})
		return view{list[at], messages}, err
	})
}

// counted is a list of any kind, and how long it is.
func counted[T any](ctx context.Context, list func(context.Context) ([]T, error)) func() (int, any, error) {
	return func() (int, any, error) {
		all, err := list(ctx)
		return len(all), all, err
	}
}
