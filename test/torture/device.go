package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"mychat/backend/remote"
	"mychat/test"
)

// person is one account.
type person struct {
	name  string
	id    string
	token string // Of a device without an app, for what a script does.

	folder string // Id of their only one.
}

// conversation is that of two people.
type conversation struct {
	id   string
	a, b *person

	// Messages are edited and recalled only where the friendship never ends:
	// an act that the server refuses leaves nothing to find it by.
	steady bool
	out    bool // Their friendship is ended for now.

	// It is deleted now and then, by a for themselves and by b for both.
	// Of a message that is gone nobody can be asked, so that less can be said of
	// this conversation than of the others.
	cleared bool
}

// mayDelete reports whether a person deletes a message for themselves. Never do
// both of them, so that what the one lacks is found with the other.
func (c *conversation) mayDelete(p *person, seq int64) bool {
	if c.cleared {
		return p == c.a
	}
	return (seq%2 == 0) == (p == c.a)
}

func (c conversation) peer(p *person) *person {
	if p == c.a {
		return c.b
	}
	return c.a
}

// nameOf is what the member with a user id calls themselves.
func (c *conversation) nameOf(id string) string {
	if id == c.a.id {
		return c.a.name
	}
	return c.b.name
}

// device is one signed-in device of a person: its folder, its app while that
// runs, and its own way to the server.
type device struct {
	name   string
	person *person
	token  string
	dir    string
	log    string
	apart  bool // The app runs in a process of its own.
	skew   time.Duration

	node   int // Which of the nodes it reaches.
	proxy  *test.Proxy
	end    func() error // Ends the proxy.
	down   bool
	trap   kind // What the proxy was last told to break.
	sprung int  // Traps of the proxy that were counted.

	player player // Nil while the app is closed.
}

// start opens the device's app.
func (d *device) start(ctx context.Context) error {
	if d.player != nil {
		return nil
	}
	opt := appOptions{Dir: d.dir, Server: "http://" + d.proxy.Addr(), Token: d.token, UserID: d.person.id, Skew: d.skew}
	if d.apart {
		c, err := startChild(order{App: &opt}, d.log)
		if err != nil {
			return err
		}
		d.player = apart{c}
		return nil
	}
	log, err := os.OpenFile(d.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	a, err := openApp(ctx, opt, log)
	if err != nil {
		return errors.Join(err, log.Close())
	}
	d.player = here{a, log}
	return nil
}

// stop closes the app as a user does.
func (d *device) stop() error {
	if d.player == nil {
		return nil
	}
	p := d.player
	d.player = nil
	return p.stop()
}

// kill ends the app with SIGKILL, where it is a process of its own, and else
// closes it.
func (d *device) kill() error {
	if p, ok := d.player.(apart); ok {
		p.child.kill()
		d.player = nil
	}
	return d.stop()
}

// do carries out a command. An app that is gone without having been killed is
// a fault.
func (d *device) do(ctx context.Context, c command) (answer, error) {
	a, err := d.player.do(ctx, c)
	if err != nil {
		return a, fmt.Errorf("%s: its app is gone: %w", d.name, err)
	}
	return a, nil
}

// newProxy puts a way to a server in front of a device.
func newProxy(ctx context.Context, target string) (p *test.Proxy, end func() error, err error) {
	if p, err = test.NewProxy(target); err != nil {
		return nil, nil, err
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(ctx))
	ended := make(chan error, 1)
	go func() { ended <- p.Run(ctx) }() // Ends in end.
	return p, func() error { stop(); return <-ended }, nil
}

// client returns a REST client that reaches a server directly.
func client(s *server, token string) (*remote.Client, error) {
	return remote.New(remote.Options{
		Server: "http://" + s.cfg.Listen, Token: token,
		Transport: remote.Transport{Proxy: remote.Proxy{Kind: remote.ProxyNone}},
	})
}

// script runs do with a REST client of a person on a server.
func script(s *server, token string, do func(*remote.Client) error) error {
	c, err := client(s, token)
	if err != nil {
		return err
	}
	defer c.Close()
	return do(c)
}
