package main

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"time"

	"github.com/oklog/ulid/v2"

	"mychat/backend/remote"
	"mychat/protocol"
)

const password = "correct horse battery"

// Sizes of a world. All pairs of people are friends. The last conversation is one
// that is deleted now and then.
const (
	people      = 4
	devicesEach = 2 // At the beginning.
	devicesMost = 4
	unsteady    = 2 // Conversations of friends who may fall out. Everybody has others.
)

// world is one server with its people and their devices. One goroutine plays
// it; what happens meanwhile is in the servers and apps.
type world struct {
	stage   stage
	seed    uint64
	folder  string
	servers []*server
	people  []*person
	devices []*device
	chats   []*conversation
	model   *model
	words   *rand.Rand // For texts; drawn from the seed.
	said    int

	serverDisk, appDisk *disk // Nil where there is none.

	mends  []mend
	counts map[kind]int // Faults that came true.
	done   []string     // The last steps.
	close  []func() error
}

// mend is what ends a fault, or goes on after it, at some step.
type mend struct {
	at int
	do func(context.Context) error
}

// remembered is how many steps a report tells of.
const remembered = 40

// newWorld starts everything. Call end in any case.
func newWorld(ctx context.Context, st stage, seed uint64, folder string) (*world, error) {
	w := &world{
		stage: st, seed: seed, folder: folder, model: newModel(), counts: map[kind]int{},
		words: rand.New(rand.NewPCG(seed, 1)),
	}
	data := filepath.Join(folder, "servers")
	var err error
	if st.postgres == "" {
		if w.serverDisk, err = w.mount(data); err != nil {
			return w, err
		} else if w.serverDisk != nil {
			data = w.serverDisk.data()
		}
	}
	if w.appDisk, err = w.mount(filepath.Join(folder, "small")); err != nil {
		return w, err
	}
	database := ""
	if st.postgres != "" {
		address, drop, err := schema(ctx, st.postgres)
		if err != nil {
			return w, err
		}
		w.close = append(w.close, drop)
		database = address
	}
	if w.servers, err = newServers(folder, data, database, st.nodes); err != nil {
		return w, err
	}
	for _, s := range w.servers {
		if err := s.start(); err != nil {
			return w, err
		}
	}
	return w, w.populate(ctx)
}

// mount makes a small disk, or none where that is not allowed.
func (w *world) mount(dir string) (*disk, error) {
	d, err := mountDisk(dir, 128)
	if errors.Is(err, errNoDisk) {
		return nil, nil
	}
	if err == nil {
		w.close = append(w.close, d.unmount)
	}
	return d, err
}

// populate makes the accounts, the friendships and the first devices.
func (w *world) populate(ctx context.Context) error {
	for i := range people {
		p := &person{name: fmt.Sprintf("user_%c", 'a'+i), folder: ulid.Make().String()}
		err := script(w.servers[0], "", func(c *remote.Client) error {
			s, err := c.Register(ctx, protocol.Register{Username: p.name, Nickname: p.name, Password: password, Device: deviceInfo()})
			p.id, p.token = s.Me.Profile.ID, s.Token
			return err
		})
		if err != nil {
			return fmt.Errorf("register: %w", err)
		}
		for _, other := range w.people {
			id, err := w.befriend(ctx, w.servers[0], p, other)
			if err != nil {
				return err
			}
			n := len(w.chats)
			w.chats = append(w.chats, &conversation{id: id, a: other, b: p, steady: n >= unsteady, cleared: n == people*(people-1)/2-1})
		}
		w.people = append(w.people, p)
	}
	for range devicesEach {
		for _, p := range w.people {
			if err := w.addDevice(ctx, w.servers[0], p); err != nil {
				return err
			}
		}
	}
	return nil
}

func deviceInfo() protocol.DeviceInfo {
	public, _, err := ed25519.GenerateKey(nil)
	if err != nil {
		panic(err) // The system has no random numbers.
	}
	return protocol.DeviceInfo{Name: "torture", Platform: protocol.PlatformLinux, PublicKey: base64.StdEncoding.EncodeToString(public)}
}

// befriend makes two people friends and returns their conversation.
func (w *world) befriend(ctx context.Context, s *server, a, b *person) (id string, err error) {
	var asked protocol.Asked
	err = script(s, a.token, func(c *remote.Client) (err error) {
		asked, err = c.AskFriend(ctx, protocol.AskFriend{UserID: b.id})
		return err
	})
	// What an earlier attempt began is finished: one may have asked, or both
	// may be friends, with the answer lost.
	var refusal *protocol.Error
	if errors.As(err, &refusal) && refusal.Code == protocol.CodeAlreadyFriends {
		return "", nil
	}
	if err != nil && !(errors.As(err, &refusal) && refusal.Code == protocol.CodePending) {
		return "", fmt.Errorf("ask: %w", err)
	}
	err = script(s, b.token, func(c *remote.Client) error {
		if asked.Contact == nil {
			// Asking back answers a question that waits.
			asked, err = c.AskFriend(ctx, protocol.AskFriend{UserID: a.id})
		}
		return err
	})
	if err != nil {
		return "", fmt.Errorf("ask back: %w", err)
	}
	if asked.Contact == nil {
		return "", errors.New("two who asked each other are no friends")
	}
	return asked.Contact.ConversationID, nil
}

// addDevice signs a person in on one more device and opens its app. The first
// device of each person is an app that can be killed; that of the first person
// is on a small disk.
func (w *world) addDevice(ctx context.Context, s *server, p *person) error {
	n := len(w.devicesOf(p))
	d := &device{
		name: fmt.Sprintf("%s.%d", p.name, n+1), person: p, apart: n%2 == 0,
		node: len(w.devices) % len(w.servers),
	}
	d.dir, d.log = filepath.Join(w.folder, d.name), filepath.Join(w.folder, d.name+".log")
	if len(w.devices) == 0 && w.appDisk != nil {
		d.dir = w.appDisk.data()
	}
	err := script(s, "", func(c *remote.Client) error {
		session, err := c.SignIn(ctx, protocol.SignIn{Username: p.name, Password: password, Device: deviceInfo()})
		d.token = session.Token
		return err
	})
	if err != nil {
		return fmt.Errorf("sign in: %w", err)
	}
	if d.proxy, d.end, err = newProxy(ctx, w.servers[d.node].cfg.Listen); err != nil {
		return err
	}
	w.devices = append(w.devices, d)
	return d.start(ctx)
}

func (w *world) devicesOf(p *person) (all []*device) {
	for _, d := range w.devices {
		if d.person == p {
			all = append(all, d)
		}
	}
	return all
}

// end ends everything that newWorld and what followed started.
func (w *world) end() error {
	var errs []error
	for _, d := range w.devices {
		errs = append(errs, d.kill(), d.end())
	}
	for _, s := range w.servers {
		s.kill()
	}
	for _, c := range w.close {
		errs = append(errs, c())
	}
	return errors.Join(errs...)
}

// play carries out a plan, or what of it fits into a time. It returns how many
// steps it took.
func (w *world) play(ctx context.Context, plan []step, within time.Duration) (steps int, err error) {
	began := time.Now()
	for i, s := range plan {
		if time.Since(began) > within {
			return i, nil
		}
		if err := w.mend(ctx, i); err != nil {
			return i, err
		}
		note := ""
		did, err := w.take(ctx, i, s)
		if !did {
			note = ": nothing to do"
		}
		w.remember(fmt.Sprintf("%d. %v%s", i+1, s, note))
		if err != nil {
			return i, err
		}
		if err := pause(ctx, s.pause); err != nil {
			return i, err
		}
	}
	return len(plan), nil
}

func (w *world) remember(line string) {
	w.done = append(w.done, line)
	w.done = w.done[max(0, len(w.done)-remembered):]
}

// mend does what is due at a step.
func (w *world) mend(ctx context.Context, at int) error {
	var later []mend
	due := w.mends
	w.mends = nil
	for _, m := range due {
		if m.at > at {
			later = append(later, m)
		} else if err := m.do(ctx); err != nil {
			return err
		}
	}
	w.mends = append(w.mends, later...)
	return nil
}

// pause gives what is under way some time. It is the pace of the plan; nothing
// relies on it.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
