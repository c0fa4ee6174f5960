// Package realtime holds the open sockets of this node: it takes requests from
// them, passes on what the bus says was committed, and knows who is online.
//
// The hub routes: conversation -> sockets, user -> sockets. Each socket's
// writer knows how far that socket is in each conversation. An event that is
// the next is written as the bytes it came in, encoded once for everybody; for
// anything else the timeline is read. So a lost, doubled or late event costs
// time, never an entry.
//
// Hub.Run owns the goroutines that handle bus events, look after presence and
// ping. Each socket has a goroutine from its handshake on, which leaves the HTTP
// handler behind with all that it holds, and up to two more while there is
// something to say; Hub.Run returns after the last of them. Hub.mu is held for
// map work only, never while writing, publishing or asking the database; no lock
// is taken under it but a queue's and a conn's.
package realtime

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/errgroup"
	"golang.org/x/time/rate"

	"mychat/protocol"
	"mychat/server/account"
	"mychat/server/bus"
	"mychat/server/chat"
	"mychat/server/journal"
	"mychat/server/timeline"
)

// Services are what a Hub asks. All are required.
type Services struct {
	Accounts *account.Service
	Chat     *chat.Chat
	Timeline *timeline.Timeline
	Journal  *journal.Journal
	Bus      *bus.Bus
}

// Options configures New. The zero value is ready to use.
type Options struct {
	Origins           []string // Origins besides the server's own whose pages may connect.
	QueueBytes        int      // What may wait for one socket to read it. 0 means 4 MiB.
	FramesPerSecond   int      // Frames read from one socket, in a long run. 0 means no limit.
	SocketsPerAccount int      // 0 means no limit.
	SocketsPerAddress int      // 0 means no limit.

	Previews bool // Said in the welcome.

	HelloWithin time.Duration // 0 means protocol.HelloWithinMS.
	Ping        time.Duration // 0 means protocol.PingEveryMS.
	Silence     time.Duration // 0 means protocol.SilenceMS.
	SlowAfter   time.Duration // A peer that takes nothing for so long while half its queue is full is cut. 0 means 2 s.
	WriteWithin time.Duration // A frame that takes longer to write ends its socket. 0 means 10 s.
	Linger      time.Duration // A user whose last socket closed counts as online this long. 0 means 3 s.
	Active      time.Duration // How often connected devices are noted as active. 0 means account.ActiveEvery.
	Beat        time.Duration // How often nodes tell each other that they live. 0 means 5 s.
	Spread      time.Duration // Over how long a draining node closes its sockets. 0 means 1.5 s.
	DrainWithin time.Duration // Sockets that then have not ended are cut. 0 means 5 s.

	// Client returns the network address of a request's client. Nil means the
	// peer's.
	Client func(*http.Request) netip.Addr

	// Refuse answers a request that becomes no socket. Nil means plain text.
	Refuse func(http.ResponseWriter, *http.Request, error)

	Now     func() time.Time      // Nil means time.Now. Times on the wire; time-outs do not use it.
	Metrics prometheus.Registerer // Nil means none.
	Log     *slog.Logger          // Nil means slog.Default.
}

func (o Options) withDefaults() Options {
	set := func(d *time.Duration, v time.Duration) {
		if *d == 0 {
			*d = v
		}
	}
	set(&o.HelloWithin, protocol.HelloWithinMS*time.Millisecond)
	set(&o.Ping, protocol.PingEveryMS*time.Millisecond)
	set(&o.Silence, protocol.SilenceMS*time.Millisecond)
	set(&o.SlowAfter, 2*time.Second)
	set(&o.WriteWithin, 10*time.Second)
	set(&o.Linger, 3*time.Second)
	set(&o.Active, account.ActiveEvery)
	set(&o.Beat, 5*time.Second)
	set(&o.Spread, 1500*time.Millisecond)
	set(&o.DrainWithin, 5*time.Second)
	if o.QueueBytes == 0 {
		o.QueueBytes = 4 << 20
	}
	if o.Client == nil {
		o.Client = func(r *http.Request) netip.Addr {
			a, err := netip.ParseAddrPort(r.RemoteAddr)
			if err != nil {
				return netip.Addr{}
			}
			return a.Addr().Unmap()
		}
	}
	if o.Refuse == nil {
		o.Refuse = func(w http.ResponseWriter, _ *http.Request, err error) {
			http.Error(w, err.Error(), http.StatusBadRequest)
		}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return o
}

// Hub is safe for concurrent use.
type Hub struct {
	accounts *account.Service
	chat     *chat.Chat
	timeline *timeline.Timeline
	journal  *journal.Journal
	bus      *bus.Bus
	events   *bus.Subscription
	opt      Options
	log      *slog.Logger
	upgrader websocket.Upgrader
	held     sync.Pool // *[]byte, for outlets.
	figures  figures
	began    time.Time      // By the monotonic clock.
	notes    chan struct{}  // Holds a token while presence.outbox is not empty.
	serving  sync.WaitGroup // The sockets.

	mu        sync.Mutex
	slot      int // Of the next socket.
	draining  bool
	empty     chan struct{}                 // Closed when draining and the last of sockets ended.
	sockets   map[*conn]struct{}            // All, from before the upgrade on.
	addresses map[netip.Addr]int            // Sockets by client address.
	routes    map[string]map[*conn]struct{} // Conversation -> sockets of its members.
	ended     map[string]ending             // Devices that were signed out a moment ago.
	presence  presence
}

// ending is a sign-out that a socket which is just saying hello may have
// missed.
type ending struct {
	code  int
	frame []byte
	at    time.Time
}

// New returns a Hub that collects events from now on. Call Run to handle them.
func New(s Services, opt Options) (*Hub, error) {
	events, err := s.Bus.Subscribe()
	if err != nil {
		return nil, fmt.Errorf("subscribe: %w", err)
	}
	h := &Hub{
		accounts: s.Accounts, chat: s.Chat, timeline: s.Timeline, journal: s.Journal, bus: s.Bus,
		events:    events,
		opt:       opt.withDefaults(),
		held:      sync.Pool{New: func() any { return new([]byte) }},
		began:     time.Now(),
		notes:     make(chan struct{}, 1),
		empty:     make(chan struct{}),
		sockets:   map[*conn]struct{}{},
		addresses: map[netip.Addr]int{},
		routes:    map[string]map[*conn]struct{}{},
		ended:     map[string]ending{},
		presence:  newPresence(),
	}
	h.log = h.opt.Log
	h.figures = newFigures(h)
	if h.opt.Metrics != nil {
		if err := h.figures.register(h.opt.Metrics); err != nil {
			return nil, fmt.Errorf("register figures: %w", err)
		}
	}
	h.upgrader = websocket.Upgrader{
		HandshakeTimeout: 10 * time.Second,
		// An idle socket keeps what it reads with and nothing that it writes with.
		ReadBufferSize:  512,
		WriteBufferSize: 4 << 10,
		WriteBufferPool: &sync.Pool{},
		CheckOrigin:     h.allowed,
		Error: func(w http.ResponseWriter, r *http.Request, status int, reason error) {
			code := protocol.CodeInvalid
			if status == http.StatusForbidden {
				code = protocol.CodeForbidden
			}
			h.opt.Refuse(w, r, protocol.Errorf(code, "%s", strings.TrimPrefix(reason.Error(), "websocket: ")))
		},
	}
	return h, nil
}

// allowed reports whether a page of the request's origin may connect: any
// program that is no browser, the server's own pages, and those configured.
func (h *Hub) allowed(r *http.Request) bool {
	origin := r.Header.Get("Origin")
	if origin == "" || slices.Contains(h.opt.Origins, origin) {
		return true
	}
	u, err := url.Parse(origin)
	return err == nil && u.Host != "" && strings.EqualFold(u.Host, r.Host)
}

// clock is the time for what is compared in this process only, in nanoseconds.
// It is never 0.
func (h *Hub) clock() int64 { return int64(time.Since(h.began)) + 1 }

// ServeHTTP makes a socket of the request, which then lives on by itself.
func (h *Hub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c := &conn{
		hub:     h,
		address: h.opt.Client(r),
		queue:   queue{limit: h.opt.QueueBytes},
		ended:   make(chan struct{}),
		routed:  map[string]struct{}{},
		places:  map[string]int64{},
	}
	if n := h.opt.FramesPerSecond; n > 0 {
		c.frames = rate.NewLimiter(rate.Limit(n), 4*n)
	}
	if err := h.admit(c); err != nil {
		h.opt.Refuse(w, r, err)
		return
	}
	ws, err := h.upgrader.Upgrade(hijacker{w, &h.held}, r, nil)
	if err != nil { // The upgrader answered.
		h.dismiss(c)
		return
	}
	c.attach(ws)
	h.serving.Go(c.serve)
}

// admit counts a socket that is about to be. Call dismiss once it is no more.
func (h *Hub) admit(c *conn) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.draining {
		return protocol.RetryAfter(protocol.CodeUnavailable, time.Second, "this node is shutting down")
	}
	if limit := h.opt.SocketsPerAddress; limit > 0 && h.addresses[c.address] >= limit {
		return protocol.RetryAfter(protocol.CodeRateLimited, time.Minute, "too many sockets from this address")
	}
	h.addresses[c.address]++
	h.sockets[c] = struct{}{}
	c.slot = h.slot
	h.slot = (h.slot + 1) % slots
	return nil
}

func (h *Hub) dismiss(c *conn) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.addresses[c.address]--; h.addresses[c.address] <= 0 {
		delete(h.addresses, c.address)
	}
	delete(h.sockets, c)
	if h.draining && len(h.sockets) == 0 {
		close(h.empty)
	}
}

// slots is into how many parts the sockets are divided, of which one at a time
// is looked after.
const slots = 25

// rounds calls do with every socket once per every, a part of them at a time,
// until ctx ends.
func (h *Hub) rounds(ctx context.Context, every time.Duration, do func(context.Context, []*conn)) error {
	tick := time.NewTicker(max(every/slots, time.Millisecond))
	defer tick.Stop()
	for slot := 0; ; slot = (slot + 1) % slots {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil
		}
		h.mu.Lock()
		var due []*conn
		for c := range h.sockets {
			if c.slot == slot {
				due = append(due, c)
			}
		}
		h.mu.Unlock()
		do(ctx, due)
	}
}

// ping asks sockets for a sign of life.
func (h *Hub) ping(_ context.Context, due []*conn) {
	for _, c := range due {
		c.ping()
	}
}

// noteActive writes down that the devices of sockets are connected.
func (h *Hub) noteActive(ctx context.Context, due []*conn) {
	var ids []string
	h.mu.Lock()
	for _, c := range due {
		if c.entered {
			ids = append(ids, c.caller.DeviceID)
		}
	}
	h.mu.Unlock()
	if len(ids) == 0 {
		return
	}
	if err := h.accounts.Active(ctx, ids); err != nil && ctx.Err() == nil {
		h.log.Warn("note activity", "devices", len(ids), "error", err)
	}
}

// enter registers a socket whose caller is known: from now on, what happens
// to its user waits in its queue.
func (h *Hub) enter(c *conn) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if e, ok := h.ended[c.caller.DeviceID]; ok {
		c.endWith(e.code, "signed out", e.frame)
		return protocol.ErrUnauthorized
	}
	if limit := h.opt.SocketsPerAccount; limit > 0 && h.presence.socketCount(c.caller.UserID) >= limit {
		return protocol.RetryAfter(protocol.CodeRateLimited, time.Minute, "too many sockets of this account")
	}
	h.tell(h.presence.arrive(c))
	c.entered = true
	h.wakeNotes()
	return nil
}

// leave undoes enter and route.
func (h *Hub) leave(c *conn) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for id := range c.routed {
		delete(h.routes[id], c)
		if len(h.routes[id]) == 0 {
			delete(h.routes, id)
		}
	}
	if c.entered {
		h.presence.leave(c, h.opt.Now())
	}
}

// route sends what happens in the conversations to c.
func (h *Hub) route(c *conn, conversations ...string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, id := range conversations {
		h.routeLocked(c, id)
	}
}

func (h *Hub) routeLocked(c *conn, id string) {
	if h.routes[id] == nil {
		h.routes[id] = map[*conn]struct{}{}
	}
	h.routes[id][c] = struct{}{}
	c.routed[id] = struct{}{}
}

// own returns the positions that are in conversations of c's user. One frame
// can name thousands of others, which would crowd out everybody's positions
// that wait to be written.
func (h *Hub) own(c *conn, positions []protocol.Read) []protocol.Read {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.DeleteFunc(positions, func(p protocol.Read) bool {
		_, ok := c.routed[p.ConversationID]
		return !ok
	})
}

// Run handles bus events and looks after presence until ctx ends. Then it
// closes every socket, spread over Options.Spread, once what each had asked is
// answered, and returns nil when the last is closed. Sockets that come
// meanwhile are refused.
func (h *Hub) Run(ctx context.Context) error {
	// Requests in hand need the wakes of their own commits no longer, but
	// presence must say goodbye after the last socket.
	inner, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	group, inner := errgroup.WithContext(inner)
	group.Go(func() error { return h.events.Run(inner, h.handle) })
	group.Go(func() error { return h.watch(inner) })
	group.Go(func() error { return h.rounds(inner, h.opt.Ping, h.ping) })
	group.Go(func() error { return h.rounds(inner, h.opt.Active, h.noteActive) })
	group.Go(func() error {
		defer stop()
		select {
		case <-ctx.Done():
		case <-inner.Done():
		}
		h.drain()
		return nil
	})
	err := group.Wait()
	h.serving.Wait()
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// drain closes all sockets and waits for their end.
func (h *Hub) drain() {
	h.mu.Lock()
	h.draining = true
	all := slices.Collect(maps.Keys(h.sockets))
	if len(all) == 0 {
		close(h.empty)
	}
	h.mu.Unlock()
	late := time.NewTimer(h.opt.DrainWithin)
	defer late.Stop()

	rand.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	// In at most 100 steps, so that a thousand clients do not come back to
	// another node in the same instant.
	const steps = 100
	size := max(1, (len(all)+steps-1)/steps)
	pause := time.NewTicker(max(h.opt.Spread/steps, time.Millisecond))
	defer pause.Stop()
	for part := range slices.Chunk(all, size) {
		for _, c := range part {
			c.end(protocol.CloseDraining, "draining")
		}
		<-pause.C
	}
	select {
	case <-h.empty:
		return
	case <-late.C:
	}
	h.log.Warn("sockets that do not end are cut")
	for _, c := range all {
		c.cut()
	}
	<-h.empty
}

// handle takes one event from the bus. It never waits.
func (h *Hub) handle(e bus.Event) {
	switch e.Kind {
	case bus.KindEntries:
		for _, c := range h.routed(e.ConversationID, "") {
			c.offer(item{wake: &e})
		}
	case bus.KindPositions:
		for _, c := range h.routed(e.ConversationID, "") {
			c.offer(item{frame: e.Frame})
		}
	case bus.KindTyping:
		for _, c := range h.routed(e.ConversationID, e.UserID) {
			c.offerLossy(e.Frame)
		}
	case bus.KindJournal:
		for _, c := range h.socketsOf(e.UserID) {
			c.offer(item{wake: &e})
		}
	case bus.KindJoined:
		for _, c := range h.socketsOf(e.UserID) {
			h.route(c, e.ConversationID)
			c.offer(item{wake: &e})
		}
	case bus.KindEnded:
		h.endDevice(e)
	case bus.KindPresence:
		h.heardNote(e)
	case bus.KindGap:
		h.log.Warn("bus events were lost; sockets are asked to come back")
		h.figures.gaps.Inc()
		for _, c := range h.socketsOf("") {
			c.end(protocol.CloseResync, "events may have been lost")
		}
	}
}

// routed returns the sockets of a conversation's members other than except.
func (h *Hub) routed(conversationID, except string) []*conn {
	h.mu.Lock()
	defer h.mu.Unlock()
	conns := make([]*conn, 0, len(h.routes[conversationID]))
	for c := range h.routes[conversationID] {
		if c.caller.UserID != except || except == "" {
			conns = append(conns, c)
		}
	}
	return conns
}

// socketsOf returns a user's sockets here, or everybody's for "".
func (h *Hub) socketsOf(userID string) []*conn {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.presence.sockets(userID)
}

// rememberEnded is how long a sign-out is remembered for sockets that were
// let in by what was known a moment before.
const rememberEnded = time.Minute

func (h *Hub) endDevice(e bus.Event) {
	h.mu.Lock()
	conns := h.presence.sockets(e.UserID)
	if e.DeviceID != "" {
		h.ended[e.DeviceID] = ending{e.Code, e.Frame, time.Now()}
	}
	h.mu.Unlock()
	for _, c := range conns {
		if e.DeviceID == "" || c.caller.DeviceID == e.DeviceID {
			c.endWith(e.Code, "signed out", e.Frame)
		}
	}
}
