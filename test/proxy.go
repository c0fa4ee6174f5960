package test

import (
	"context"
	"errors"
	"net"
	"sync"
	"time"
)

// Proxy stands between clients and one server and breaks what it is told to.
// It is safe for concurrent use.
type Proxy struct {
	listener net.Listener
	conns    sync.WaitGroup

	mu     sync.Mutex
	target string
	links  map[*link]bool
	down   bool
	deaf   bool          // Swallow what the server says.
	delay  time.Duration // Holds back each piece, in both directions.
	trap   trap          // Springs once.
	sprung int           // Traps that did.
}

// Direction is which way bytes go through a Proxy.
type Direction int

// The directions.
const (
	ToServer Direction = iota
	ToClient
)

// trap breaks the connection that steps into it.
type trap struct {
	set   bool
	way   Direction
	left  int  // Bytes that still pass that way. What is beyond is lost.
	asked bool // Wait for something that goes to the server first.
}

// link is one client's connection and the server's side of it.
type link struct {
	client, server net.Conn
	closed         chan struct{}
	once           sync.Once
}

func (l *link) close() {
	l.once.Do(func() {
		close(l.closed)
		l.client.Close()
		l.server.Close()
	})
}

// NewProxy listens on a free loopback port and passes connections on to
// target, a host:port. Run serves them.
func NewProxy(target string) (*Proxy, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	return &Proxy{listener: listener, target: target, links: map[*link]bool{}}, nil
}

// Addr is where clients connect.
func (p *Proxy) Addr() string { return p.listener.Addr().String() }

// Run passes bytes on until ctx ends.
func (p *Proxy) Run(ctx context.Context) error {
	stop := context.AfterFunc(ctx, func() { p.listener.Close(); p.Cut() })
	defer stop()
	defer p.conns.Wait()
	for {
		client, err := p.listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return nil
		}
		if err != nil {
			return err
		}
		p.conns.Add(1)
		go func() {
			defer p.conns.Done()
			p.serve(client)
		}()
	}
}

// Cut breaks every connection there is. Clients may connect again.
func (p *Proxy) Cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for l := range p.links {
		l.close()
	}
}

// SetDown makes the server unreachable, or reachable again.
func (p *Proxy) SetDown(down bool) {
	p.mu.Lock()
	p.down = down
	p.mu.Unlock()
	if down {
		p.Cut()
	}
}

// SetDeaf makes clients hear nothing of what the server says, while the server
// hears them: commands are carried out and their answers lost.
func (p *Proxy) SetDeaf(deaf bool) {
	p.mu.Lock()
	p.deaf = deaf
	p.mu.Unlock()
}

// SetDelay holds back each piece that passes, in both directions; 0 ends that.
func (p *Proxy) SetDelay(d time.Duration) {
	p.mu.Lock()
	p.delay = d
	p.mu.Unlock()
}

// LoseAnswer lets one more piece pass to the server, and breaks the connection
// in place of what the server says next: a command is carried out, and the
// client, which cannot know that, says it again.
func (p *Proxy) LoseAnswer() { p.setTrap(trap{set: true, way: ToClient, asked: true}) }

// Truncate breaks a connection once n more bytes have passed one way, wherever
// in a frame that is.
func (p *Proxy) Truncate(way Direction, n int) { p.setTrap(trap{set: true, way: way, left: n}) }

func (p *Proxy) setTrap(t trap) {
	p.mu.Lock()
	p.trap = t
	p.mu.Unlock()
}

// Sprung tells how many connections LoseAnswer and Truncate have broken.
func (p *Proxy) Sprung() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.sprung
}

// Mend makes the proxy pass everything on again. What it broke stays broken.
func (p *Proxy) Mend() {
	p.mu.Lock()
	p.down, p.deaf, p.delay, p.trap = false, false, 0, trap{}
	p.mu.Unlock()
}

// SetTarget sends later connections to another server.
func (p *Proxy) SetTarget(target string) {
	p.mu.Lock()
	p.target = target
	p.mu.Unlock()
}

func (p *Proxy) serve(client net.Conn) {
	defer client.Close()
	p.mu.Lock()
	target, down := p.target, p.down
	p.mu.Unlock()
	if down {
		return
	}
	server, err := net.Dial("tcp", target)
	if err != nil {
		return
	}
	l := &link{client: client, server: server, closed: make(chan struct{})}
	defer l.close()
	p.mu.Lock()
	p.links[l] = true
	if p.down {
		l.close()
	}
	p.mu.Unlock()
	defer func() {
		p.mu.Lock()
		delete(p.links, l)
		p.mu.Unlock()
	}()

	up := make(chan struct{})
	go func() {
		defer close(up)
		p.pass(l, ToServer)
	}()
	p.pass(l, ToClient)
	<-up
}

// pass hands bytes on one way until either end breaks, and then breaks both.
// Either may break at any time: that is the purpose.
func (p *Proxy) pass(l *link, way Direction) {
	defer l.close()
	from, to := l.client, l.server
	if way == ToClient {
		from, to = to, from
	}
	piece := make([]byte, 32<<10)
	for {
		n, err := from.Read(piece)
		if err != nil {
			return
		}
		keep, delay, cut := p.judge(way, n)
		if delay > 0 && !l.wait(delay) {
			return
		}
		if _, err := to.Write(piece[:keep]); err != nil || cut {
			return
		}
	}
}

// wait reports whether the link is still whole after d.
func (l *link) wait(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-l.closed:
		return false
	}
}

// judge returns how many of n bytes pass, how late, and whether they are the
// last.
func (p *Proxy) judge(way Direction, n int) (keep int, delay time.Duration, cut bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.deaf && way == ToClient {
		return 0, 0, false
	}
	if t := &p.trap; t.set {
		switch {
		case t.asked:
			t.asked = way != ToServer
		case way != t.way:
		case n <= t.left:
			t.left -= n
		default:
			p.sprung++
			t.set = false
			return t.left, 0, true
		}
	}
	return n, p.delay, false
}
