package bus

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"strconv"
	"sync"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
)

// Options configures Open. The zero value starts an embedded server that no
// other process can reach.
type Options struct {
	// URL names an external NATS server (nats:// or tls://, several separated
	// by commas). "" means an embedded one.
	URL string

	// ClusterListen is the host:port where the embedded server takes routes
	// from other nodes. "" means this node is alone.
	ClusterListen string

	// Routes are the ClusterListen addresses of other nodes, as host:port.
	Routes []string

	// ClusterSecret is what nodes of one cluster show each other. Needed when
	// ClusterListen is set. Routes are not encrypted: keep them on a private
	// network.
	ClusterSecret string

	Prefix    string        // First token of the subject used. "" means "mychat".
	Heartbeat time.Duration // How often Run lets others detect a loss. 0 means 2 s.
	Buffer    int           // Events a Subscription holds before it loses some. 0 means 16,384.
	Log       *slog.Logger  // Nil means slog.Default.
}

// Bus is one connection to NATS. All methods are safe for concurrent use.
type Bus struct {
	opt     Options
	id      string
	subject string
	node    *server.Server // The embedded server; nil with an external one.
	conn    *nats.Conn

	mu sync.Mutex
	n  uint64 // Events published. Held over the publication, so that numbers travel in order.
}

const (
	maxPayload   = 8 << 20 // Bytes of one event through an embedded server.
	readyWithin  = 10 * time.Second
	flushWithin  = 2 * time.Second
	clusterName  = "mychat"
	clusterUser  = "mychat"
	reconnectMax = 2 * time.Second
)

// Open connects, starting the embedded server if there is no Options.URL.
func Open(ctx context.Context, opt Options) (*Bus, error) {
	if opt.Prefix == "" {
		opt.Prefix = "mychat"
	}
	if opt.Heartbeat == 0 {
		opt.Heartbeat = 2 * time.Second
	}
	if opt.Buffer == 0 {
		opt.Buffer = 16_384
	}
	if opt.Log == nil {
		opt.Log = slog.Default()
	}
	b := &Bus{opt: opt, id: rand.Text(), subject: opt.Prefix + ".event"}
	if err := b.open(ctx); err != nil {
		return nil, errors.Join(err, b.Close())
	}
	return b, nil
}

func (b *Bus) open(ctx context.Context) error {
	where := b.opt.URL
	opts := []nats.Option{
		nats.Name("mychat-server"), nats.MaxReconnects(-1), nats.ReconnectWait(reconnectMax / 4),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			if err != nil {
				b.opt.Log.Warn("bus disconnected", "error", err)
			}
		}),
		nats.ReconnectHandler(func(*nats.Conn) { b.opt.Log.Info("bus connected again") }),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) {
			b.opt.Log.Warn("bus reports", "error", err)
		}),
	}
	if where == "" {
		token := rand.Text()
		if err := b.startServer(token); err != nil {
			return err
		}
		where = b.node.ClientURL()
		opts = append(opts, nats.InProcessServer(b.node), nats.Token(token))
	}
	var err error
	if b.conn, err = nats.Connect(where, opts...); err != nil {
		return fmt.Errorf("connect to bus: %w", err)
	}
	return b.Ping(ctx)
}

// startServer starts the embedded server. Only a node with routes listens, and
// then its client port is on loopback and needs a token that nobody else knows:
// a clustered server that does not listen for clients hangs when it stops.
func (b *Bus) startServer(token string) error {
	opts := &server.Options{
		ServerName: b.id, NoSigs: true, DontListen: true, MaxPayload: maxPayload, Authorization: token,
	}
	if b.opt.ClusterListen != "" {
		if b.opt.ClusterSecret == "" {
			return errors.New("start bus: a cluster needs a secret")
		}
		host, port, err := splitHostPort(b.opt.ClusterListen)
		if err != nil {
			return fmt.Errorf("start bus: %w", err)
		}
		opts.DontListen, opts.Host, opts.Port = false, "127.0.0.1", server.RANDOM_PORT
		opts.Cluster = server.ClusterOpts{
			Name: clusterName, Host: host, Port: port,
			Username: clusterUser, Password: b.opt.ClusterSecret, AuthTimeout: 2,
		}
		for _, r := range b.opt.Routes {
			opts.Routes = append(opts.Routes, &url.URL{
				Scheme: "nats-route", Host: r, User: url.UserPassword(clusterUser, b.opt.ClusterSecret),
			})
		}
	}
	ns, err := server.NewServer(opts)
	if err != nil {
		return fmt.Errorf("start bus: %w", err)
	}
	ns.SetLoggerV2(natsLog{b.opt.Log}, false, false, false)
	b.node = ns
	ns.Start()
	if !ns.ReadyForConnections(readyWithin) {
		return errors.New("start bus: the embedded server did not come up")
	}
	return nil
}

// splitHostPort reads host:port; port 0 means any.
func splitHostPort(addr string) (string, int, error) {
	host, p, err := net.SplitHostPort(addr)
	if err != nil {
		return "", 0, err
	}
	port, err := strconv.ParseUint(p, 10, 16)
	if err != nil {
		return "", 0, fmt.Errorf("address %s: %w", addr, err)
	}
	if port == 0 {
		return host, server.RANDOM_PORT, nil
	}
	return host, int(port), nil
}

// ID names this process on the bus: Event.Node of what it publishes.
func (b *Bus) ID() string { return b.id }

// Ping reports whether the bus can be reached now.
func (b *Bus) Ping(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, readyWithin)
	defer cancel()
	if err := b.conn.FlushWithContext(ctx); err != nil {
		return fmt.Errorf("reach bus: %w", err)
	}
	return nil
}

// ClusterAddr returns where the embedded server takes routes, with the port it
// chose, or "" if it takes none.
func (b *Bus) ClusterAddr() string {
	if b.node == nil || b.node.ClusterAddr() == nil {
		return ""
	}
	return b.node.ClusterAddr().String()
}

// Routes returns how many other nodes the embedded server is connected to.
func (b *Bus) Routes() int {
	if b.node == nil {
		return 0
	}
	return b.node.NumRemotes()
}

// Publish hands e to every subscription of every node, this one included, in
// the order of the calls. It does not wait. A failure means that others learn
// of it late: the next event or heartbeat tells them of the gap. So it is
// logged and not returned.
func (b *Bus) Publish(e Event) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.n++
	b.publish(e)
}

// publish sends e under the number b.n; the caller holds b.mu.
func (b *Bus) publish(e Event) {
	if err := b.conn.Publish(b.subject, encode(e, b.id, b.n)); err != nil {
		b.opt.Log.Warn("event not published", "kind", e.Kind, "error", err)
	}
}

// Run publishes heartbeats until ctx ends, then returns nil.
func (b *Bus) Run(ctx context.Context) error {
	tick := time.NewTicker(b.opt.Heartbeat)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			b.mu.Lock()
			b.publish(Event{Kind: kindHeartbeat})
			b.mu.Unlock()
		}
	}
}

// Close flushes what is published, closes the connection and stops the
// embedded server.
func (b *Bus) Close() error {
	var err error
	if b.conn != nil {
		if b.conn.IsConnected() {
			err = b.conn.FlushTimeout(flushWithin)
		}
		b.conn.Close()
	}
	if b.node != nil {
		b.node.Shutdown()
		b.node.WaitForShutdown()
	}
	if err != nil {
		return fmt.Errorf("flush bus: %w", err)
	}
	return nil
}

// natsLog passes what the embedded server has to say to slog.
type natsLog struct{ log *slog.Logger }

func (l natsLog) Noticef(format string, v ...any) {
	l.log.Debug("nats", "says", fmt.Sprintf(format, v...))
}
func (l natsLog) Warnf(format string, v ...any) {
	l.log.Warn("nats", "says", fmt.Sprintf(format, v...))
}
func (l natsLog) Fatalf(format string, v ...any) {
	l.log.Error("nats", "says", fmt.Sprintf(format, v...))
}
func (l natsLog) Errorf(format string, v ...any) {
	l.log.Error("nats", "says", fmt.Sprintf(format, v...))
}
func (l natsLog) Debugf(format string, v ...any) {
	l.log.Debug("nats", "says", fmt.Sprintf(format, v...))
}
func (l natsLog) Tracef(format string, v ...any) {
	l.log.Debug("nats", "says", fmt.Sprintf(format, v...))
}
