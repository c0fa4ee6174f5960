// Package account knows who people are and whom they know: registration,
// sign-in, devices, profiles, friend requests and contacts, and what the
// administrator may do to them.
//
// What changes for a user is written to their journal, and to that of whoever
// sees it, in the transaction of the change. Run owns the only goroutine; the
// other methods are safe for concurrent use and run on the caller's.
package account

import (
	"context"
	"errors"
	"log/slog"
	"runtime"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"mychat/protocol"
	"mychat/server/bus"
	"mychat/server/journal"
	"mychat/server/store"
	"mychat/server/timeline"
)

// Options configures New. The zero value is ready to use.
type Options struct {
	// Registration is the policy: one of protocol.RegistrationOpen,
	// RegistrationInvite and RegistrationClosed. "" means open.
	Registration string

	// Devices is how many devices an account may have signed in: one of DevicesAny,
	// DevicesPerClass and DevicesOne. "" means any number.
	Devices string

	RequestLives time.Duration // A friend request can be answered this long. 0 means 7 days.
	AskAgain     time.Duration // Pause after a refusal. 0 means 30 days.
	AsksPerDay   int           // Friend requests one user may make in 24 hours. 0 means 50.

	Hash   HashOptions
	Hashes int // Password hashes computed at once. 0 means the number of CPUs.

	// Wrong passwords that an account, and a network address (a /64 of IPv6),
	// may collect before it must wait, and how long each takes to be forgiven.
	AccountTries   int           // 0 means 10.
	AccountForgive time.Duration // 0 means 30 s.
	AddressTries   int           // 0 means 50. Registrations count as well.
	AddressForgive time.Duration // 0 means 10 s.

	// Requests of a network address to be signed in by another device: how many it
	// may make at once, how long each takes to be forgiven, and how many may wait.
	LinkTries   int           // 0 means 30.
	LinkForgive time.Duration // 0 means 5 s.
	LinksOpen   int           // 0 means 20.
	LinkWait    time.Duration // How long an answer to one that waits is put off. 0 means 15 s.

	SweepEvery time.Duration    // How often Run looks for sessions that another process ended. 0 means 500 ms.
	Now        func() time.Time // Nil means time.Now.
	Log        *slog.Logger     // Nil means slog.Default.
}

// HashOptions are the cost of argon2id. A change takes effect for each user at
// their next sign-in.
type HashOptions struct {
	MemoryKiB uint32 // 0 means 19,456 (19 MiB).
	Time      uint32 // 0 means 2.
	Threads   uint8  // 0 means 1.
}

// Service is safe for concurrent use.
type Service struct {
	st       *store.Store
	bus      *bus.Bus
	timeline *timeline.Timeline
	journal  *journal.Journal
	opt      Options

	hasher    *hasher
	byAccount *throttle
	byAddress *throttle
	byLinks   *throttle // Requests for links, per address.
	byClaims  *throttle // Codes that were named, per account.
	sessions  *sessions
	links     links

	mu   sync.Mutex
	told map[string]int64 // Ended devices that the bus knows of, and when they ended.
}

// New returns a Service.
func New(st *store.Store, b *bus.Bus, tl *timeline.Timeline, jr *journal.Journal, opt Options) *Service {
	orElse(&opt.Registration, protocol.RegistrationOpen)
	orElse(&opt.RequestLives, 7*24*time.Hour)
	orElse(&opt.AskAgain, 30*24*time.Hour)
	orElse(&opt.AsksPerDay, 50)
	orElse(&opt.Hash.MemoryKiB, 19_456)
	orElse(&opt.Hash.Time, 2)
	orElse(&opt.Hash.Threads, 1)
	orElse(&opt.Hashes, runtime.NumCPU())
	orElse(&opt.AccountTries, 10)
	orElse(&opt.AccountForgive, 30*time.Second)
	orElse(&opt.AddressTries, 50)
	orElse(&opt.AddressForgive, 10*time.Second)
	orElse(&opt.LinkTries, 30)
	orElse(&opt.LinkForgive, 5*time.Second)
	orElse(&opt.LinksOpen, 20)
	orElse(&opt.LinkWait, 15*time.Second)
	orElse(&opt.SweepEvery, 500*time.Millisecond)
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if opt.Log == nil {
		opt.Log = slog.Default()
	}
	return &Service{
		st: st, bus: b, timeline: tl, journal: jr, opt: opt,
		hasher:    newHasher(opt.Hash, opt.Hashes),
		byAccount: newThrottle(opt.AccountTries, opt.AccountForgive, opt.Now),
		byAddress: newThrottle(opt.AddressTries, opt.AddressForgive, opt.Now),
		byLinks:   newThrottle(opt.LinkTries, opt.LinkForgive, opt.Now),
		byClaims:  newThrottle(opt.AccountTries, opt.AccountForgive, opt.Now),
		sessions:  newSessions(opt.Now),
		links:     newLinks(),
		told:      make(map[string]int64),
	}
}

// orElse sets a value that was left zero.
func orElse[T comparable](v *T, other T) {
	var zero T
	if *v == zero {
		*v = other
	}
}

// sweepBack is how far back Run looks for ended sessions: the clocks of the
// processes that end them may differ by this much.
const sweepBack = 10 * time.Second

// Run forgets cached sessions as the bus and the database tell of their end,
// and publishes the end of those that another process (a command of the
// administrator) ended, until ctx ends. Then it returns nil.
func (s *Service) Run(ctx context.Context) error {
	sub, err := s.bus.Subscribe()
	if err != nil {
		return err
	}
	g, ctx := errgroup.WithContext(ctx)
	defer s.links.stop() // Nobody would wake those who wait.
	g.Go(func() error { return sub.Run(ctx, s.hear) })
	g.Go(func() error {
		tick := time.NewTicker(s.opt.SweepEvery)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return nil
			case <-tick.C:
				if err := s.sweep(ctx); err != nil && ctx.Err() == nil {
					s.opt.Log.Warn("look for ended sessions", "error", err)
				}
			}
		}
	})
	return g.Wait()
}

func (s *Service) hear(e bus.Event) {
	switch e.Kind {
	case bus.KindEnded:
		s.tell(e.DeviceID)
		s.sessions.forget(e.DeviceID)
	case bus.KindLink:
		s.links.wake(e.DeviceID)
	case bus.KindGap:
		s.sessions.forgetAll()
		s.links.wakeAll()
	}
}

// tell notes that the bus knows of a device's end, and reports whether that is
// new.
func (s *Service) tell(deviceID string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.told[deviceID]; ok {
		return false
	}
	now := s.opt.Now()
	for id, atMS := range s.told {
		if atMS < now.Add(-3*sweepBack).UnixMilli() {
			delete(s.told, id)
		}
	}
	s.told[deviceID] = now.UnixMilli()
	return true
}

// sweep publishes the end of sessions that the bus has not heard of.
func (s *Service) sweep(ctx context.Context) error {
	ended, err := s.st.Reader(ctx).Ended(s.opt.Now().Add(-sweepBack).UnixMilli())
	if err != nil {
		return err
	}
	for _, d := range ended {
		if s.tell(d.ID.String()) {
			s.publishEnded(d)
		}
	}
	return nil
}

// publishEnded has every node close the sockets of a device.
func (s *Service) publishEnded(d store.Device) {
	s.sessions.forget(d.ID.String())
	frame, err := bus.Frame(protocol.OpEnded, d.End())
	if err != nil { // The device is told when it comes back.
		s.opt.Log.Error("encode the end of a session", "error", err)
	}
	s.bus.Publish(bus.Event{
		Kind: bus.KindEnded, UserID: d.UserID.String(), DeviceID: d.ID.String(), Code: d.EndedCode, Frame: frame,
	})
}

// Caller is who makes a request: what a token stands for.
type Caller struct {
	UserID   string
	DeviceID string
}

// user returns the caller's id.
func (c Caller) user() (store.ID, error) {
	id, ok := store.ParseID(c.UserID)
	if !ok {
		return 0, protocol.ErrUnauthorized
	}
	return id, nil
}

// notFound turns a missing row into the answer for one who asked for it.
func notFound(err error) error {
	if errors.Is(err, store.ErrNoRow) {
		return protocol.ErrNotFound
	}
	return err
}
