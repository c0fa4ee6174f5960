package account

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"sync"
	"time"

	"mychat/protocol"
	"mychat/server/bus"
	"mychat/server/store"
)

const (
	// linkLives is how long a code can be named.
	linkLives = time.Minute

	// linkAnswer is how long the answer may take once it was, and how long the
	// device may take to fetch its session after that.
	linkAnswer = 2 * time.Minute

	// linkWaiters bounds the answers that are put off in this process.
	linkWaiters = 10_000

	// challengeBytes is the size of a challenge before it is written in base64.
	challengeBytes = 32
)

// errLinkOver answers whoever waits for a link that is none, is over, was
// served, or is another device's: nobody learns which.
var errLinkOver = protocol.Errorf(protocol.CodeExpired, "this request is over; ask for another code")

// AskLink lets a device ask to be signed in by another one, and returns the
// code that it shows. address is the client's network address without a port.
func (s *Service) AskLink(ctx context.Context, r protocol.AskLink, address string) (protocol.Link, error) {
	device, err := checkDevice(r.Device)
	if err != nil {
		return protocol.Link{}, err
	}
	place := network(address)
	if err := s.byLinks.take(place); err != nil {
		return protocol.Link{}, err
	}
	now := s.opt.Now()
	code := linkCode()
	link := store.Link{
		ID: store.NewID(now), CodeHash: linkHash(code), Challenge: base64.StdEncoding.EncodeToString(random(challengeBytes)),
		PublicKey: device.PublicKey, Name: device.Name, Platform: device.Platform, AppVersion: device.AppVersion,
		Address: address, Network: place, State: protocol.LinkAsked,
		CreatedMS: now.UnixMilli(), ExpiresMS: now.Add(linkLives).UnixMilli(),
	}
	err = s.st.Write(ctx, func(tx *store.Tx) error {
		if err := tx.DropLinks(now.UnixMilli()); err != nil {
			return err
		}
		n, err := tx.CountLinks(place, now.UnixMilli())
		if err != nil {
			return err
		}
		if n >= s.opt.LinksOpen {
			return protocol.RetryAfter(protocol.CodeRateLimited, linkLives, "too many devices of this address wait to be signed in")
		}
		return tx.InsertLink(link)
	})
	if err != nil {
		return protocol.Link{}, fmt.Errorf("ask for a link: %w", err)
	}
	return protocol.Link{
		ID: link.ID.String(), Code: code, Challenge: link.Challenge, LivesMS: linkLives.Milliseconds(),
	}, nil
}

// linkCode returns a new code.
func linkCode() string {
	const most = 256 / len(protocol.LinkAlphabet) * len(protocol.LinkAlphabet)
	code := make([]byte, 0, protocol.LinkCodeLength)
	for len(code) < protocol.LinkCodeLength {
		var b [1]byte
		_, _ = rand.Read(b[:]) // Never fails: the runtime ends the process instead.
		if int(b[0]) < most {  // Beyond it some characters would come more often.
			code = append(code, protocol.LinkAlphabet[int(b[0])%len(protocol.LinkAlphabet)])
		}
	}
	return string(code)
}

// linkHash returns what is stored of a clean code.
func linkHash(code string) []byte {
	h := sha256.Sum256([]byte("link " + code))
	return h[:]
}

// AwaitLink tells the device that asked for a link what became of it, once that
// is another state than it knows or a while has passed. A link that was
// confirmed is served once: the answer holds the session. Only who has the
// device's key gets any answer but one.
func (s *Service) AwaitLink(ctx context.Context, id string, r protocol.AwaitLink) (protocol.LinkState, error) {
	link, ok := store.ParseID(id)
	signature, err := base64.StdEncoding.DecodeString(r.Signature)
	if !ok || err != nil {
		return protocol.LinkState{}, errLinkOver
	}
	woken, done, err := s.links.wait(id)
	if err != nil {
		return protocol.LinkState{}, err
	}
	defer done()
	late := time.NewTimer(s.opt.LinkWait)
	defer late.Stop()
	patient := true
	for {
		l, err := s.provenLink(ctx, link, signature)
		if err != nil {
			return protocol.LinkState{}, fmt.Errorf("await a link: %w", err)
		}
		if l.State == protocol.LinkGranted {
			return s.serveLink(ctx, l)
		}
		if l.State != r.Known || !patient {
			return s.linkState(ctx, l)
		}
		select {
		case <-woken:
		case <-late.C:
			patient = false
		case <-s.links.stopped:
			patient = false
		case <-ctx.Done():
			return protocol.LinkState{}, ctx.Err()
		}
	}
}

// provenLink returns a link that is not over to the device that asked for it.
func (s *Service) provenLink(ctx context.Context, id store.ID, signature []byte) (store.Link, error) {
	l, err := s.st.Reader(ctx).Link(id)
	switch {
	case errors.Is(err, store.ErrNoRow):
		return l, errLinkOver
	case err != nil:
		return l, err
	case !ed25519.Verify(l.PublicKey, protocol.LinkProof(id.String(), l.Challenge), signature), s.linkOver(l):
		return l, errLinkOver
	}
	return l, nil
}

func (s *Service) linkOver(l store.Link) bool { return l.ExpiresMS <= s.opt.Now().UnixMilli() }

// linkState returns what a device is told of its link.
func (s *Service) linkState(ctx context.Context, l store.Link) (protocol.LinkState, error) {
	state := protocol.LinkState{State: l.State, LivesMS: max(l.ExpiresMS-s.opt.Now().UnixMilli(), 0)}
	if l.UserID == 0 {
		return state, nil
	}
	user, err := s.st.Reader(ctx).User(l.UserID)
	if err != nil {
		return state, fmt.Errorf("await a link: %w", err)
	}
	by := user.Profile()
	state.By = &by
	return state, nil
}

// serveLink signs the device of a confirmed link in. What was signed in with
// the same key before is the same device, whose answer was lost: it is
// replaced.
func (s *Service) serveLink(ctx context.Context, l store.Link) (protocol.LinkState, error) {
	device, token := s.withToken(store.Device{
		UserID: l.UserID, PublicKey: l.PublicKey, Name: l.Name, Platform: l.Platform, AppVersion: l.AppVersion,
	}, l.Address)
	var user store.User
	err := s.st.Write(ctx, func(tx *store.Tx) error {
		locked, err := tx.LockUsers(l.UserID)
		if err != nil {
			return err
		}
		if len(locked) == 0 {
			return errLinkOver
		}
		user = locked[0]
		taken, err := tx.TakeLink(l.ID, protocol.LinkGranted)
		if err != nil {
			return err
		}
		// Who was signed out since has nobody's word any more.
		devices, err := tx.Devices(user.ID)
		if err != nil {
			return err
		}
		vouches := false
		for _, d := range devices {
			vouches = vouches || d.ID == l.DeviceID
		}
		if !taken || !vouches || user.Disabled {
			return errLinkOver
		}
		_, err = s.endIn(tx, user.ID, ending{reason: protocol.EndedReplaced, by: l.Name}, func(d store.Device) bool {
			return string(d.PublicKey) == string(l.PublicKey) && d.ID != l.DeviceID
		})
		if err != nil {
			return err
		}
		return s.admit(tx, device)
	})
	if err != nil {
		return protocol.LinkState{}, fmt.Errorf("sign in by a link: %w", err)
	}
	by := user.Profile()
	return protocol.LinkState{
		State: protocol.LinkGranted, By: &by,
		Session: &protocol.Session{Token: token, DeviceID: device.ID.String(), Me: user.Me()},
	}, nil
}

// ClaimLink names the code that a device shows, and returns who asks. The code
// serves nobody else from then on. One that is wrong, over or named already
// gets ErrNotFound, and costs a try.
func (s *Service) ClaimLink(ctx context.Context, c Caller, r protocol.ClaimLink) (protocol.LinkClaim, error) {
	me, err := c.user()
	if err != nil {
		return protocol.LinkClaim{}, err
	}
	device, ok := store.ParseID(c.DeviceID)
	if !ok {
		return protocol.LinkClaim{}, protocol.ErrUnauthorized
	}
	if err := s.byClaims.take(c.UserID); err != nil {
		return protocol.LinkClaim{}, err
	}
	code, _ := protocol.CleanLinkCode(r.Code) // What can be no code has a hash of its own, and finds nothing.
	now := s.opt.Now()
	var l store.Link
	err = s.st.Write(ctx, func(tx *store.Tx) error {
		l, err = tx.ClaimLink(linkHash(code), protocol.LinkClaimed, me, device, now.UnixMilli(), now.Add(linkAnswer).UnixMilli())
		if err != nil {
			return notFound(err)
		}
		s.wakeLink(tx, l.ID)
		return nil
	})
	if err != nil {
		return protocol.LinkClaim{}, fmt.Errorf("claim a link: %w", err)
	}
	s.byClaims.giveBack(c.UserID)
	return protocol.LinkClaim{
		ID: l.ID.String(), Name: l.Name, Platform: l.Platform, AppVersion: l.AppVersion, Address: l.Address,
		AskedMS: l.CreatedMS, LivesMS: linkAnswer.Milliseconds(),
	}, nil
}

// AnswerLink confirms or refuses a link whose code the caller named. Repeating
// the answer is a success while the device has not fetched it; anything else
// gets ErrNotFound.
func (s *Service) AnswerLink(ctx context.Context, c Caller, id string, r protocol.AnswerLink) error {
	me, err := c.user()
	if err != nil {
		return err
	}
	link, ok := store.ParseID(id)
	if !ok {
		return protocol.ErrNotFound
	}
	to := protocol.LinkRefused
	if r.Confirm {
		to = protocol.LinkGranted
	}
	err = s.st.Write(ctx, func(tx *store.Tx) error {
		locked, err := tx.LockUsers(me)
		if err != nil {
			return err
		}
		if len(locked) == 0 || locked[0].Disabled {
			return protocol.ErrDisabled
		}
		l, err := tx.Link(link)
		if err != nil {
			return notFound(err)
		}
		if l.UserID != me || l.DeviceID.String() != c.DeviceID || s.linkOver(l) {
			return protocol.ErrNotFound
		}
		if l.State == to {
			return nil
		}
		moved, err := tx.SetLinkState(link, protocol.LinkClaimed, to)
		if err != nil {
			return err
		}
		if !moved {
			return protocol.ErrNotFound
		}
		s.wakeLink(tx, link)
		return nil
	})
	if err != nil {
		return fmt.Errorf("answer a link: %w", err)
	}
	return nil
}

// wakeLink tells every node that a link changed, once tx is committed.
func (s *Service) wakeLink(tx *store.Tx, id store.ID) {
	tx.OnCommit(func() {
		s.links.wake(id.String())
		s.bus.Publish(bus.Event{Kind: bus.KindLink, DeviceID: id.String()})
	})
}

// links are the answers that are put off here, by the id of their link.
type links struct {
	stopped chan struct{} // Closed when nothing is put off any more.

	mu      sync.Mutex
	n       int
	waiting map[string]map[chan struct{}]struct{} // Each channel holds a token once it is woken.
}

func newLinks() links {
	return links{stopped: make(chan struct{}), waiting: make(map[string]map[chan struct{}]struct{})}
}

// wait returns what is woken when a link changes from now on. Call done
// afterwards.
func (l *links) wait(id string) (woken <-chan struct{}, done func(), err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.n >= linkWaiters {
		return nil, nil, protocol.RetryAfter(protocol.CodeRateLimited, 5*time.Second, "too many devices wait to be signed in; try again in 5 s")
	}
	c := make(chan struct{}, 1)
	if l.waiting[id] == nil {
		l.waiting[id] = make(map[chan struct{}]struct{})
	}
	l.waiting[id][c] = struct{}{}
	l.n++
	return c, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.n--
		if delete(l.waiting[id], c); len(l.waiting[id]) == 0 {
			delete(l.waiting, id)
		}
	}, nil
}

func (l *links) wake(id string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.wakeLocked(id)
}

func (l *links) wakeAll() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for id := range l.waiting {
		l.wakeLocked(id)
	}
}

func (l *links) wakeLocked(id string) {
	for c := range l.waiting[id] {
		select {
		case c <- struct{}{}:
		default:
		}
	}
}

// stop ends all waiting, for good. Only Service.Run calls it, once.
func (l *links) stop() { close(l.stopped) }
