// Package node makes one running server of a configuration: it opens the data
// folder, the database and the bus, builds the services on them, listens, and
// runs and stops everything together. Several nodes may run in one process;
// they share nothing.
//
// Node.Run owns every goroutine, each being the Run of a part. It stops them
// in the order in which they need each other: the listener and the sockets
// first, then what writes, then what that writes to.
package node

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"golang.org/x/sync/errgroup"

	"mychat/protocol"
	"mychat/server/account"
	"mychat/server/bus"
	"mychat/server/chat"
	"mychat/server/config"
	"mychat/server/httpapi"
	"mychat/server/journal"
	"mychat/server/preview"
	"mychat/server/realtime"
	"mychat/server/search"
	"mychat/server/store"
	"mychat/server/timeline"
)

// databaseName is the SQLite file in the data folder.
const databaseName = "mychat.db"

// Bounds of how long requests may take to end when the node stops. With the
// time that the hub takes to say goodbye they stay below the ten seconds that
// supervisors wait.
const (
	shutdownWithin   = 5 * time.Second
	operationsWithin = time.Second
)

// Options configures Open. The zero value is ready to use.
type Options struct {
	Version  string           // Of the build. "" means "dev".
	Log      *slog.Logger     // Nil means slog.Default.
	Now      func() time.Time // Nil means time.Now. For times that are stored.
	Realtime realtime.Options // Times of the hub; what config decides is overwritten.
	TrimAt   time.Duration    // How often the journals are trimmed. 0 means 1 h.
	Previews preview.Options  // Bounds of looking at links; what config decides is overwritten.
	Chat     chat.Options     // Times of messages that are sent later; Now and Log are overwritten.
}

// Node is one server. Its methods are safe for concurrent use; call Run once.
type Node struct {
	cfg     config.Config
	log     *slog.Logger
	trimAt  time.Duration
	lock    *folderLock
	parts   parts
	hub     *realtime.Hub
	metrics *prometheus.Registry
	handler http.Handler

	listener   net.Listener
	operations net.Listener // Nil without config.Metrics.Listen.
	draining   atomic.Bool
	closeOnce  sync.Once
	closeErr   error
}

// parts are the services and what they stand on.
type parts struct {
	store    *store.Store
	bus      *bus.Bus
	timeline *timeline.Timeline
	journal  *journal.Journal
	accounts *account.Service
	chat     *chat.Chat
	search   *search.Search
	previews *preview.Previews
}

// Open opens everything that cfg names and listens; requests wait until Run.
// cfg must come from config.Load, or be config.Default with changes that Load
// would accept. Call Run or Close.
func Open(ctx context.Context, cfg config.Config, opt Options) (*Node, error) {
	if opt.Log == nil {
		opt.Log = slog.Default()
	}
	if opt.Version == "" {
		opt.Version = "dev"
	}
	if opt.TrimAt == 0 {
		opt.TrimAt = time.Hour
	}
	n := &Node{cfg: cfg, log: opt.Log, trimAt: opt.TrimAt, metrics: prometheus.NewRegistry()}
	if err := n.open(ctx, opt); err != nil {
		return nil, errors.Join(err, n.Close())
	}
	return n, nil
}

func (n *Node) open(ctx context.Context, opt Options) error {
	var err error
	if err = prepareFolder(n.cfg.Data); err != nil {
		return err
	}
	if n.lock, err = lockFolder(n.cfg.Data); err != nil {
		return err
	}
	busOptions := bus.Options{URL: n.cfg.NATS, Log: n.log}
	if n.cfg.Cluster.Listen != "" {
		busOptions.ClusterListen, busOptions.Routes = n.cfg.Cluster.Listen, n.cfg.Cluster.Routes
		if busOptions.ClusterSecret, err = clusterSecret(n.cfg); err != nil {
			return err
		}
	}
	if n.parts, err = openParts(ctx, n.cfg, busOptions, opt); err != nil {
		return err
	}
	if err := n.awaitRoutes(ctx); err != nil {
		return err
	}
	n.metrics.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	proxies, err := httpapi.NewProxies(n.cfg.TrustedProxies)
	if err != nil {
		return fmt.Errorf("trusted_proxies: %w", err)
	}
	if err := n.openHub(opt, proxies); err != nil {
		return err
	}
	n.handler, err = httpapi.New(httpapi.Services{
		Accounts: n.parts.accounts, Chat: n.parts.chat, Timeline: n.parts.timeline, Journal: n.parts.journal,
		Search: n.parts.search, Previews: n.parts.previews, Socket: n.hub, Ready: n.ready,
	}, httpapi.Options{
		Info: protocol.ServerInfo{
			Product: protocol.Product, Name: n.cfg.Name, Version: opt.Version,
			Protocol: protocol.Version, MinProtocol: protocol.MinVersion, Registration: n.cfg.Registration,
		},
		Proxies: proxies, Origins: n.cfg.Origins,
		RequestsPerAddress: n.cfg.Limits.RequestsPerAddress, RequestsPerAccount: n.cfg.Limits.RequestsPerAccount,
		SearchesPerAccount: n.cfg.Limits.SearchesPerAccount, PreviewsPerAccount: n.cfg.Limits.PreviewsPerAccount,
		Metrics: n.metrics, MetricsAccess: n.cfg.Metrics.Access, Log: n.log,
	})
	if err != nil {
		return err
	}
	return n.listen(ctx)
}

func (n *Node) openHub(opt Options, proxies httpapi.Proxies) error {
	r := opt.Realtime
	r.Origins = n.cfg.Origins
	r.QueueBytes = n.cfg.Limits.QueueKiB << 10
	r.FramesPerSecond = n.cfg.Limits.FramesPerSecond
	r.SocketsPerAccount = n.cfg.Limits.SocketsPerAccount
	r.SocketsPerAddress = n.cfg.Limits.SocketsPerAddress
	r.Client = func(req *http.Request) netip.Addr { return proxies.Client(req) }
	r.Refuse = httpapi.Refuse
	r.Previews = n.parts.previews.On()
	r.Now, r.Metrics, r.Log = opt.Now, n.metrics, n.log
	var err error
	n.hub, err = realtime.New(realtime.Services{
		Accounts: n.parts.accounts, Chat: n.parts.chat, Timeline: n.parts.timeline, Journal: n.parts.journal, Bus: n.parts.bus,
	}, r)
	return err
}

// openParts opens the database and the bus and builds the services on them. On
// an error, what it returns still needs closing.
func openParts(ctx context.Context, cfg config.Config, busOptions bus.Options, opt Options) (parts, error) {
	var p parts
	var err error
	if p.previews, err = openPreviews(cfg.Previews, opt); err != nil {
		return p, err
	}
	if p.store, err = store.Open(ctx, database(cfg), store.Options{Log: opt.Log}); err != nil {
		return p, fmt.Errorf("open database: %w", err)
	}
	if p.bus, err = bus.Open(ctx, busOptions); err != nil {
		return p, fmt.Errorf("open bus: %w", err)
	}
	p.search = search.New(p.store, search.Options{Off: !cfg.Search.Enabled, Log: opt.Log})
	p.timeline = timeline.New(p.store, p.bus, timeline.Options{
		Wrote:        p.search.Wrote,
		RecallWithin: time.Duration(cfg.Messages.RecallWithinSeconds) * time.Second,
		EditWithin:   time.Duration(cfg.Messages.EditWithinSeconds) * time.Second,
		ClearForAll:  cfg.Messages.ClearForAll,
		Keep:         map[string]time.Duration{protocol.ConversationDirect: days(cfg.Messages.KeepDirectDays)},
		Now:          opt.Now, Log: opt.Log,
	})
	p.journal = journal.New(p.store, p.bus, journal.Options{
		Keep: days(cfg.Limits.JournalDays), Now: opt.Now, Log: opt.Log,
	})
	p.accounts = account.New(p.store, p.bus, p.timeline, p.journal, account.Options{
		Registration: cfg.Registration,
		Devices:      cfg.Devices,
		RequestLives: days(cfg.Limits.RequestExpiryDays),
		AskAgain:     days(cfg.Limits.ReaskDays),
		AsksPerDay:   cfg.Limits.AsksPerDay,
		Hash: account.HashOptions{
			MemoryKiB: uint32(cfg.Limits.Argon2MemoryKiB), //nolint:gosec // config bounds it.
			Time:      uint32(cfg.Limits.Argon2Time),      //nolint:gosec // config bounds it.
		},
		Hashes:         cfg.Limits.Argon2Parallel,
		AccountTries:   cfg.Limits.AccountTries,
		AccountForgive: time.Duration(cfg.Limits.AccountForgiveSeconds) * time.Second,
		AddressTries:   cfg.Limits.AddressTries,
		AddressForgive: time.Duration(cfg.Limits.AddressForgiveSeconds) * time.Second,
		Now:            opt.Now,
		Log:            opt.Log,
	})
	opt.Chat.Now, opt.Chat.Log = opt.Now, opt.Log
	p.chat = chat.New(p.store, p.bus, p.timeline, p.journal, opt.Chat)
	return p, nil
}

func openPreviews(cfg config.Previews, opt Options) (*preview.Previews, error) {
	o := opt.Previews
	var err error
	if o.Allow, err = preview.ParseHosts(cfg.Allow); err != nil {
		return nil, fmt.Errorf("[previews] allow: %w", err)
	}
	if o.Deny, err = preview.ParseHosts(cfg.Deny); err != nil {
		return nil, fmt.Errorf("[previews] deny: %w", err)
	}
	o.Off, o.UserAgent, o.Now, o.Log = !cfg.Enabled, "MyChat/"+opt.Version+" (link preview)", opt.Now, opt.Log
	return preview.New(o), nil
}

// close closes what openParts opened, as far as it got.
func (p parts) close() error {
	var errs []error
	if p.bus != nil {
		errs = append(errs, p.bus.Close())
	}
	if p.store != nil {
		errs = append(errs, p.store.Close())
	}
	return errors.Join(errs...)
}

// database returns what store.Open takes for cfg.
func database(cfg config.Config) string {
	if cfg.Database != "" {
		return cfg.Database
	}
	return filepath.Join(cfg.Data, databaseName)
}

func days(n int) time.Duration { return time.Duration(n) * 24 * time.Hour }

// routesWithin is how long a node waits at its start for another node of its
// cluster. The first one waits in vain.
const routesWithin = 2 * time.Second

// awaitRoutes waits until the bus has met another node, so that the others
// hear this one from its first event on and need not look for lost ones.
func (n *Node) awaitRoutes(ctx context.Context) error {
	if len(n.cfg.Cluster.Routes) == 0 {
		return nil
	}
	timeout := time.NewTimer(routesWithin)
	defer timeout.Stop()
	poll := time.NewTicker(20 * time.Millisecond)
	defer poll.Stop()
	for n.parts.bus.Routes() == 0 {
		select {
		case <-poll.C:
		case <-timeout.C:
			n.log.Warn("no other node of the cluster answers yet", "routes", n.cfg.Cluster.Routes)
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

func (n *Node) listen(ctx context.Context) error {
	var lc net.ListenConfig
	var err error
	if n.listener, err = lc.Listen(ctx, "tcp", n.cfg.Listen); err != nil {
		return listenError(n.cfg.Listen, "--listen", err)
	}
	if n.cfg.Metrics.Listen == "" {
		return nil
	}
	if n.operations, err = lc.Listen(ctx, "tcp", n.cfg.Metrics.Listen); err != nil {
		return listenError(n.cfg.Metrics.Listen, "[metrics] listen", err)
	}
	return nil
}

// listenError says what to do where an address is taken, which is what mostly
// goes wrong.
func listenError(address, setting string, err error) error {
	if errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf("%s is in use by another program: stop that, or choose another address with %s: %w", address, setting, err)
	}
	return fmt.Errorf("listen on %s: %w", address, err)
}

// Addr returns the address that clients reach this node at, as host:port.
func (n *Node) Addr() string { return n.listener.Addr().String() }

// URL returns Addr as the base URL of a client.
func (n *Node) URL() string {
	if n.cfg.Encrypted() {
		return "https://" + n.Addr()
	}
	return "http://" + n.Addr()
}

// OperationsAddr returns the address of config.Metrics.Listen, or "".
func (n *Node) OperationsAddr() string {
	if n.operations == nil {
		return ""
	}
	return n.operations.Addr().String()
}

// ClusterAddr returns where the buses of other nodes reach this one, or "".
func (n *Node) ClusterAddr() string { return n.parts.bus.ClusterAddr() }

// ready reports why requests should go elsewhere, or nil.
func (n *Node) ready(ctx context.Context) error {
	if n.draining.Load() {
		return errors.New("draining")
	}
	if err := n.parts.store.Ping(ctx); err != nil {
		n.log.Warn("not ready", "error", err)
		return errors.New("the database does not answer")
	}
	if err := n.parts.bus.Ping(ctx); err != nil {
		n.log.Warn("not ready", "error", err)
		return errors.New("the bus does not answer")
	}
	return nil
}

// Run serves until ctx ends, then drains: it takes no more requests, asks the
// sockets to come back elsewhere, finishes what is under way, closes
// everything and returns nil, within ten seconds. It returns an error if a
// part fails.
func (n *Node) Run(ctx context.Context) error {
	group, gctx := errgroup.WithContext(context.WithoutCancel(ctx))
	front, stopFront := context.WithCancel(gctx)
	back, stopBack := context.WithCancel(gctx)
	defer stopFront()
	defer stopBack()
	hubDone := make(chan struct{})

	for _, run := range []func(context.Context) error{
		n.parts.bus.Run, n.parts.timeline.Run, n.parts.accounts.Run, n.parts.chat.Run, n.parts.search.Run, n.parts.previews.Run, n.janitor,
	} {
		group.Go(func() error { return run(back) })
	}
	group.Go(func() error {
		defer close(hubDone)
		return n.hub.Run(front)
	})
	server, err := n.server()
	if err != nil {
		return errors.Join(err, n.Close())
	}
	group.Go(func() error { return n.serve(server, n.listener, n.cfg.Encrypted()) })
	operations := n.httpServer(httpapi.Operations(n.ready, n.metrics))
	if n.operations != nil {
		group.Go(func() error { return n.serve(operations, n.operations, false) })
	}
	group.Go(func() error {
		select {
		case <-ctx.Done():
			n.log.Info("draining")
		case <-gctx.Done(): // A part failed; its error is the group's.
		}
		n.draining.Store(true)
		stopFront()
		shutdown(server, shutdownWithin)
		<-hubDone
		shutdown(operations, operationsWithin) // It says "draining" to the end.
		stopBack()
		return nil
	})
	n.log.Info("serving", "url", n.URL(), "data", n.cfg.Data)
	err = group.Wait()
	return errors.Join(err, n.Close())
}

// shutdown lets the requests under way end, and ends those that do not.
func shutdown(s *http.Server, within time.Duration) {
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	if s.Shutdown(ctx) != nil {
		// Closing what is closed is no error worth a word at this point.
		_ = s.Close()
	}
}

// Close releases what Open took. Run calls it; call it only instead of Run.
func (n *Node) Close() error {
	n.closeOnce.Do(func() {
		var errs []error
		for _, l := range []net.Listener{n.listener, n.operations} {
			if l == nil {
				continue
			}
			if err := l.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
				errs = append(errs, err)
			}
		}
		errs = append(errs, n.parts.close())
		if n.lock != nil {
			errs = append(errs, n.lock.release())
		}
		n.closeErr = errors.Join(errs...)
	})
	return n.closeErr
}

// janitor trims the journals and the conversations now and then.
func (n *Node) janitor(ctx context.Context) error {
	tick := time.NewTicker(n.trimAt)
	defer tick.Stop()
	for {
		trimmed, err := n.parts.journal.Trim(ctx)
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			n.log.Warn("trim journals", "error", err)
		case trimmed > 0:
			n.log.Info("journals trimmed", "rows", trimmed)
		}
		gone, err := n.parts.timeline.Trim(ctx)
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			n.log.Warn("trim conversations", "error", err)
		case gone > 0:
			n.log.Info("conversations trimmed", "entries", gone)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil
		}
	}
}
