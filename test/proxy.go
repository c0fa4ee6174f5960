package test

import (
	"context"
	"errors"
	"io"
	"net"
	"sync"
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
	deaf   bool // Swallow what the server says.
}

// link is one client's connection and the server's side of it.
type link struct{ client, server net.Conn }

func (l *link) close() {
	l.client.Close()
	l.server.Close()
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
	l := &link{client, server}
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
		_, _ = io.Copy(server, client) // Either end may break at any time: that is the purpose.
		l.close()
	}()
	_, _ = io.Copy(ear{p, client}, server)
	l.close()
	<-up
}

// ear writes to a client, unless the proxy is deaf.
type ear struct {
	proxy  *Proxy
	client io.Writer
}

func (e ear) Write(b []byte) (int, error) {
	e.proxy.mu.Lock()
	deaf := e.proxy.deaf
	e.proxy.mu.Unlock()
	if deaf {
		return len(b), nil
	}
	return e.client.Write(b)
}
