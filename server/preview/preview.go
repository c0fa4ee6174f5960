// Package preview finds out what stands behind a link: the title, the
// description and the site that a page names in its head. Members ask for it, so
// that a page's own server never hears of their devices, and nobody can make up
// what others see of a link.
//
// Links come from anybody, so what they name is guarded against: only http and
// https on their own ports, and only addresses of the public internet, looked at
// when a connection is about to be made, behind every look-up of a name and
// every redirect. A page is read for some seconds and for some hundred kilobytes
// only, carries no cookie or referrer away, and none of it is run. No link is
// ever logged.
//
// Run owns the goroutines that fetch. What waits for them is bounded: the oldest
// is dropped when there is too much. Each link is fetched once at a time, and
// not again while its answer is young.
package preview

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"mychat/protocol"
)

// Options configures New. The zero value is ready to use.
type Options struct {
	Off       bool          // Nothing is fetched; Get answers not_found.
	Allow     Hosts         // Only these hosts are asked. Empty means all.
	Deny      Hosts         // These hosts and networks are not asked.
	UserAgent string        // "" means "MyChat".
	Within    time.Duration // Bound of one fetch, redirects and all. 0 means 5 s.
	AtOnce    int           // Fetches at the same time. 0 means 8.
	Waiting   int           // Links that may wait for one. 0 means 64.
	Kept      int           // Answers that are remembered. 0 means 5,000.
	Keep      time.Duration // For how long what was found is good. 0 means 24 h.
	KeepNone  time.Duration // For how long it is good that nothing was. 0 means 1 h.

	// Reach names addresses that are reached although they are none of the
	// public internet, and lets links name any port. For tests alone: no
	// setting leads here. Nil means none.
	Reach    func(netip.AddrPort) bool
	Resolver *net.Resolver    // Nil means the system's.
	Now      func() time.Time // Nil means time.Now.
	Log      *slog.Logger     // Nil means slog.Default.
}

// Previews is safe for concurrent use; call Run once.
type Previews struct {
	opt       Options
	guard     *guard
	transport *http.Transport
	work      chan *flight
	stopped   chan struct{} // Closed when Run ends.

	mu      sync.Mutex
	flights map[string]*flight // By link: what waits or is being fetched.
	kept    map[string]answer  // By link.
	order   []string           // The links in kept, the oldest answer first.
}

// flight is one link on its way to an answer.
type flight struct {
	key    string
	url    *url.URL
	done   chan struct{} // Closed when answer or err is set.
	answer protocol.Preview
	err    error
}

type answer struct {
	preview protocol.Preview
	until   time.Time
}

// New returns a Previews. Nothing is fetched until Run runs.
func New(opt Options) *Previews {
	if opt.UserAgent == "" {
		opt.UserAgent = "MyChat"
	}
	if opt.Within == 0 {
		opt.Within = 5 * time.Second
	}
	if opt.AtOnce == 0 {
		opt.AtOnce = 8
	}
	if opt.Waiting == 0 {
		opt.Waiting = 64
	}
	if opt.Kept == 0 {
		opt.Kept = 5_000
	}
	if opt.Keep == 0 {
		opt.Keep = 24 * time.Hour
	}
	if opt.KeepNone == 0 {
		opt.KeepNone = time.Hour
	}
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if opt.Log == nil {
		opt.Log = slog.Default()
	}
	g := &guard{allow: opt.Allow, deny: opt.Deny, reach: opt.Reach}
	return &Previews{
		opt: opt, guard: g, transport: newTransport(g, opt),
		work: make(chan *flight, opt.Waiting), stopped: make(chan struct{}),
		flights: map[string]*flight{}, kept: map[string]answer{},
	}
}

// On reports whether links are looked at.
func (p *Previews) On() bool { return !p.opt.Off }

// Run fetches until ctx ends and then returns nil.
func (p *Previews) Run(ctx context.Context) error {
	defer close(p.stopped)
	var group errgroup.Group
	for range p.opt.AtOnce {
		group.Go(func() error {
			for {
				select {
				case <-ctx.Done():
					return nil
				case f := <-p.work:
					p.carryOut(ctx, f)
				}
			}
		})
	}
	return group.Wait()
}

// waitFactor is for how many times the bound of one fetch Get waits for its own:
// others may be before it.
const waitFactor = 3

// Get returns what stands behind a link; a Preview without a title if nothing
// is to be shown of it, for whichever reason. The error is invalid for what is
// no link to a page, unavailable where there is too much to do, and not_found
// where links are not looked at.
func (p *Previews) Get(ctx context.Context, link string) (protocol.Preview, error) {
	if p.opt.Off {
		return protocol.Preview{}, protocol.Errorf(protocol.CodeNotFound, "this server looks at no links")
	}
	u, err := p.guard.parse(link)
	if err != nil {
		return protocol.Preview{}, protocol.Invalid("url", "%s", err.Error())
	}
	f, known := p.begin(u)
	if f == nil {
		return known, nil
	}
	patience := time.NewTimer(waitFactor * p.opt.Within)
	defer patience.Stop()
	select {
	case <-f.done:
		return f.answer, f.err
	case <-patience.C:
	case <-p.stopped:
	case <-ctx.Done():
		return protocol.Preview{}, ctx.Err()
	}
	return protocol.Preview{}, busy()
}

func busy() error {
	return protocol.RetryAfter(protocol.CodeUnavailable, 10*time.Second, "too many links wait to be looked at")
}

// begin returns the answer that is known for u, or the flight that leads to one.
func (p *Previews) begin(u *url.URL) (*flight, protocol.Preview) {
	key := u.String()
	p.mu.Lock()
	defer p.mu.Unlock()
	if known, ok := p.kept[key]; ok && p.opt.Now().Before(known.until) {
		return nil, known.preview
	}
	if f, ok := p.flights[key]; ok {
		return f, protocol.Preview{}
	}
	f := &flight{key: key, url: u, done: make(chan struct{})}
	p.flights[key] = f
	for {
		select {
		case p.work <- f:
			return f, protocol.Preview{}
		default:
		}
		select {
		case oldest := <-p.work:
			oldest.err = busy()
			delete(p.flights, oldest.key)
			close(oldest.done)
		default:
		}
	}
}

// carryOut fetches a link and tells those who wait for it.
func (p *Previews) carryOut(ctx context.Context, f *flight) {
	said, host, err := p.fetch(ctx, f.url)
	if err != nil {
		// Why is not told: it would answer whether something is there that only
		// this machine can reach.
		p.opt.Log.Debug("nothing to show of a link", "reason", reason(err))
	}
	found := protocol.Preview{KeepMS: p.opt.KeepNone.Milliseconds()}
	keep := p.opt.KeepNone
	if err == nil && said.title != "" {
		keep = p.opt.Keep
		found = protocol.Preview{
			Title: said.title, Description: said.description, Site: said.site, Host: shownHost(host),
			KeepMS: keep.Milliseconds(),
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.flights, f.key)
	f.answer = found
	if ctx.Err() != nil { // The fetch was broken off.
		f.err = busy()
	} else {
		p.remember(f.key, answer{found, p.opt.Now().Add(keep)})
	}
	close(f.done)
}

// remember keeps an answer; the oldest goes when there are too many. The caller
// holds mu.
func (p *Previews) remember(key string, a answer) {
	if _, known := p.kept[key]; !known {
		if len(p.order) >= p.opt.Kept {
			delete(p.kept, p.order[0])
			p.order = p.order[1:]
		}
		p.order = append(p.order, key)
	}
	p.kept[key] = a
}

// reason says for the log why there is nothing to show, without naming a host.
func reason(err error) string {
	var own unfit
	switch {
	case errors.As(err, &own):
		return own.Error()
	case errors.Is(err, errRefused):
		return errRefused.Error()
	case errors.Is(err, context.DeadlineExceeded):
		return "the answer takes too long"
	}
	return "no answer"
}
