package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"mychat/backend/remote"
	"mychat/protocol"
	"mychat/test"
)

// person is one account.
type person struct {
	name  string
	id    string
	token string // Of a device without an app, for what a script does.
}

// conversation is that of two people.
type conversation struct {
	id   string
	a, b *person

	// Messages are edited and recalled only where the friendship never ends:
	// an act that the server refuses leaves nothing to find it by.
	steady bool
	out    bool // Their friendship is ended for now.
}

func (c conversation) peer(p *person) *person {
	if p == c.a {
		return c.b
	}
	return c.a
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

// entries returns the whole log of a conversation as the server has it.
func entries(ctx context.Context, c *remote.Client, conversation string) ([]place, error) {
	var all []place
	request := remote.PageRequest{ConversationID: conversation, Limit: protocol.MaxPage}
	for {
		page, err := c.Page(ctx, request)
		if err != nil {
			return nil, err
		}
		for _, e := range slices.Backward(page.Entries) {
			all = append(all, entryPlace(e))
			if request.BeforeSeq > 0 && e.Seq != request.BeforeSeq-1 {
				return nil, fmt.Errorf("the server: seq %d of conversation %s precedes %d", e.Seq, conversation, request.BeforeSeq)
			}
			request.BeforeSeq = e.Seq
		}
		if !page.More || len(page.Entries) == 0 {
			break
		}
	}
	if request.BeforeSeq != 1 {
		return nil, fmt.Errorf("the server: conversation %s begins with seq %d", conversation, request.BeforeSeq)
	}
	slices.Reverse(all)
	return all, nil
}

// entryPlace is an entry as a line of the log.
func entryPlace(e protocol.Entry) place {
	p := place{id: e.Sender + "/" + e.ClientID, sender: e.Sender, kind: e.Kind, text: e.Fallback}
	switch {
	case e.RecalledMS > 0:
		p.kind = protocol.KindRecall
	case protocol.Acts(e.Kind):
		p.acts = e.RefSeq
	}
	var body protocol.Edit // A text has its words in the same place.
	if (e.Kind == protocol.KindText || e.Kind == protocol.KindEdit) && json.Unmarshal(e.Body, &body) == nil {
		p.text, p.was = body.Text, body.Was
	}
	return p
}
