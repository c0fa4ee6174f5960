package main

import (
	"context"
	"errors"
	"fmt"
	"math"
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
	if err := w.serversKept(ctx); err != nil {
		return took, fmt.Errorf("after the servers were killed: %w", err)
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
	for {
		err := check(ctx)
		var b broken
		if err == nil || errors.As(err, &b) {
			return err
		}
		if pause(ctx, 50*time.Millisecond) != nil {
			return fmt.Errorf("%w: %w", context.Cause(ctx), err)
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

// logs returns every conversation as the server has it.
func (w *world) logs(ctx context.Context) (map[string][]place, error) {
	all := map[string][]place{}
	for _, c := range w.chats {
		err := script(w.servers[len(all)%len(w.servers)], c.a.token, func(r *remote.Client) (err error) {
			all[c.id], err = entries(ctx, r, c.id)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// agree holds all devices against the server and the model. It is what
// reconcile waits for; what waiting cannot mend is broken.
func (w *world) agree(ctx context.Context) error {
	for _, d := range w.devices {
		if err := w.unsent(ctx, d); err != nil {
			return err
		}
	}
	logs, err := w.logs(ctx)
	if err != nil {
		return err
	}
	for _, c := range w.chats {
		if err := w.model.settled(c.id, logs[c.id]); err != nil {
			return err
		}
	}
	same := map[string]arranged{} // By person and conversation: devices agree with each other too.
	for _, d := range w.devices {
		all, _, err := w.list(ctx, d)
		if err != nil {
			return broken{err}
		}
		for id, c := range all {
			first, ok := same[d.person.id+id]
			if ok && first != arrangedIn(c) {
				return fmt.Errorf("%s: keeps %+v of conversation %s, another device %+v", d.name, arrangedIn(c), id, first)
			}
			same[d.person.id+id] = arrangedIn(c)
		}
		err = w.holds(d, logs, func(c *conversation) (view, error) {
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

// holds holds one device's conversations against the server's logs and the
// model.
func (w *world) holds(d *device, logs map[string][]place, look func(*conversation) (view, error)) error {
	for _, c := range w.chats {
		if c.a != d.person && c.b != d.person {
			continue
		}
		v, err := look(c)
		if err != nil {
			return fmt.Errorf("%s: %w", d.name, err)
		}
		if err := w.model.agrees(d.name, d.person.id, c.peer(d.person).id, logs[c.id], v); err != nil {
			return err
		}
	}
	return nil
}

// serversKept kills every node at once and looks whether the log is the same
// on the disk.
func (w *world) serversKept(ctx context.Context) error {
	before, err := w.logs(ctx)
	if err != nil {
		return err
	}
	for _, s := range w.servers {
		s.kill()
	}
	if err := eventually(ctx, w.startServers); err != nil {
		return err
	}
	after, err := w.logs(ctx)
	if err != nil {
		return err
	}
	for id, log := range before {
		if !slices.Equal(log, after[id]) {
			return fmt.Errorf("the server: conversation %s had %d lines and has %d", id, len(log), len(after[id]))
		}
	}
	return nil
}

// devicesKept closes the apps and reads their databases: they hold everything,
// owe nothing and lack nothing. The apps stay closed.
func (w *world) devicesKept(ctx context.Context) error {
	logs, err := w.logs(ctx)
	if err != nil {
		return err
	}
	for _, d := range w.devices {
		if err := d.stop(); err != nil {
			return fmt.Errorf("%s: %w", d.name, err)
		}
		if err := w.kept(ctx, d, logs); err != nil {
			return err
		}
	}
	return nil
}

func (w *world) kept(ctx context.Context, d *device, logs map[string][]place) (err error) {
	s, err := store.Open(ctx, store.Options{Dir: d.dir, Me: protocol.Me{Profile: protocol.Profile{ID: d.person.id}}})
	if err != nil {
		return fmt.Errorf("%s: %w", d.name, err)
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	messages, err := s.OutgoingConversations(ctx)
	if err != nil {
		return err
	}
	reads, err := s.OutgoingReads(ctx)
	if err != nil {
		return err
	}
	lacks, err := s.Lacks(ctx)
	if err != nil {
		return err
	}
	if len(messages)+len(reads)+len(lacks) > 0 {
		return fmt.Errorf("%s: owes messages in %v and positions %v, lacks %v", d.name, messages, reads, lacks)
	}
	return w.holds(d, logs, func(c *conversation) (view, error) {
		list, err := s.ConversationsByID(ctx, []string{c.id})
		if err != nil || len(list) != 1 {
			return view{}, fmt.Errorf("conversation %s is there %d times: %w", c.id, len(list), err)
		}
		messages, err := history(c.id, func(q store.PageQuery) (store.Page, error) {
			page, _, err := s.Page(ctx, q)
			return page, err
		})
		return view{list[0], messages}, err
	})
}
