package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/oklog/ulid/v2"
	"golang.org/x/sync/errgroup"

	"mychat/backend/remote"
	"mychat/backend/store"
	"mychat/protocol"
	"mychat/test"
)

// take carries out step number i. It reports false where there was nothing to
// do, such as a device to cut off that is off already. An error is a broken
// promise.
func (w *world) take(ctx context.Context, i int, s step) (did bool, err error) {
	d := w.devices[s.a%len(w.devices)]
	switch s.kind {
	case say, sayLong, sayMuch, read, look, tryAgain, edit, recall, arrange, killApp, killMidSend,
		react, pin, star, deleteMine, forward, schedule, reschedule, prefer, wipe:
		if d.player == nil {
			return false, nil
		}
	}
	chat := w.chatOf(d.person, s.b, slices.Contains(steadily[:], s.kind))
	switch s.kind {
	case say:
		return true, w.say(ctx, d, chat, w.text(d, 20))
	case sayLong:
		return true, w.say(ctx, d, chat, w.text(d, 1000+s.n%protocol.MaxTextRunes/2))
	case sayMuch:
		for range 2 + s.n%24 {
			if err := w.say(ctx, d, chat, w.text(d, 60)); err != nil {
				return true, err
			}
		}
		return true, nil
	case read:
		return true, w.read(ctx, d, chat, s.n)
	case look:
		return true, w.look(ctx, d, chat)
	case tryAgain:
		return true, w.tryAgain(ctx, d, chat)
	case edit, recall:
		return w.act(ctx, d, chat, s)
	case arrange:
		return true, w.arrange(ctx, d, chat, s)
	case react, pin, star, deleteMine:
		return w.touch(ctx, d, chat, s)
	case forward:
		return w.forward(ctx, d, chat, s)
	case schedule:
		return w.schedule(ctx, d, chat, s)
	case reschedule:
		return w.reschedule(ctx, d, s)
	case prefer:
		return true, w.prefer(ctx, d, s)
	case wipe:
		return w.wipe(ctx, d)
	case quit:
		if d.player == nil {
			return true, w.start(ctx, d)
		}
		return true, d.stop()
	case startApps:
		for _, d := range w.devices {
			if err := w.start(ctx, d); err != nil {
				return true, err
			}
		}
		return true, nil
	case goOffline:
		d.down = !d.down
		d.proxy.SetDown(d.down)
		return true, nil
	case signIn:
		up := w.anyServer(s.b)
		if up == nil || len(w.devicesOf(d.person)) >= devicesMost {
			return false, nil
		}
		// A server in trouble may refuse, but says so.
		return w.addDevice(ctx, up, d.person) == nil, nil
	case fallOut:
		return w.fallOut(ctx, i, s)
	case postDouble:
		return w.postDouble(ctx, d, chat, s)
	}
	return w.breakSomething(ctx, i, s, d, chat)
}

// steadily are the kinds for which a conversation must be that of steady friends.
var steadily = [...]kind{edit, recall, react, pin, schedule}

// chatOf picks one of the conversations of a person, or of the steady ones.
func (w *world) chatOf(p *person, n int, steady bool) *conversation {
	var mine []*conversation
	for _, c := range w.chats {
		if (c.a == p || c.b == p) && (c.steady || !steady) {
			mine = append(mine, c)
		}
	}
	return mine[n%len(mine)]
}

// anyServer picks a node that is up, or nil.
func (w *world) anyServer(n int) *server {
	for i := range w.servers {
		if s := w.servers[(n+i)%len(w.servers)]; s.child != nil {
			return s
		}
	}
	return nil
}

// text makes a text unlike any other.
func (w *world) text(d *device, runes int) string {
	w.said++
	var b strings.Builder
	fmt.Fprintf(&b, "%d %s ", w.said, d.name)
	letters := []rune("abcdefghij klmnopqrst 你好世界茶楼明天见 👋é")
	for range w.words.IntN(runes) + 1 {
		b.WriteRune(letters[w.words.IntN(len(letters))])
	}
	return b.String() + "."
}

// note enters into the model that somebody is about to say something.
func (w *world) note(d *device, c *conversation, text string) *said {
	m := &said{conversation: c.id, sender: d.person.id, device: d.name, order: w.said, fate: uncertain}
	w.model.said[text] = m
	return m
}

func (w *world) say(ctx context.Context, d *device, c *conversation, text string) error {
	m := w.note(d, c, text)
	a, err := d.do(ctx, command{Op: "send", ConversationID: c.id, Text: text})
	if err != nil {
		return err
	}
	return w.settle(d, m, a)
}

// settle enters what an app answered to a message.
func (w *world) settle(d *device, m *said, a answer) (err error) {
	m.id = a.Message.ID
	m.fate, err = w.fateOf(d, a)
	return err
}

// fateOf returns what an app's answer says of what it was told to do.
func (w *world) fateOf(d *device, a answer) (fate, error) {
	err := a.err()
	switch {
	case err == nil:
		return certain, nil
	case errors.Is(err, store.ErrDiskFull) && w.small(d):
		return refused, nil
	case errors.Is(err, store.ErrNotFound):
		return refused, nil // A fresh device does not know the conversation yet, or the message is recalled or deleted.
	}
	return uncertain, fmt.Errorf("%s: %w", d.name, err)
}

// act edits or recalls one of the newest own messages of a device.
func (w *world) act(ctx context.Context, d *device, c *conversation, s step) (bool, error) {
	list, err := w.page(ctx, d, c)
	if err != nil {
		return false, err
	}
	list = slices.DeleteFunc(list, func(m store.Message) bool {
		return !m.Mine || m.Seq == 0 || m.Kind != protocol.KindText || w.counted(m)
	})
	if len(list) == 0 {
		return false, nil
	}
	target := list[len(list)-1-s.n%min(len(list), 8)].ID
	if s.kind == recall {
		wish := &wish{device: d.name, fate: uncertain}
		w.model.recalls[target] = append(w.model.recalls[target], wish)
		a, err := d.do(ctx, command{Op: "recall", ConversationID: c.id, Message: target})
		if err == nil {
			wish.fate, err = w.fateOf(d, a)
		}
		return true, err
	}
	text := w.text(d, 40)
	m := w.note(d, c, text)
	m.target = target
	a, err := d.do(ctx, command{Op: "edit", ConversationID: c.id, Message: target, Text: text})
	if err != nil {
		return true, err
	}
	return true, w.settle(d, m, a)
}

// small reports whether a device's folder is on the small disk.
func (w *world) small(d *device) bool { return w.appDisk != nil && d.dir == w.appDisk.data() }

// list returns the conversations that a device shows, and holds them against
// those that it showed before.
func (w *world) list(ctx context.Context, d *device) (map[string]store.Conversation, answer, error) {
	a, err := d.do(ctx, command{Op: "list"})
	if err == nil {
		err = a.err()
	}
	if err != nil {
		return nil, a, err
	}
	all := map[string]store.Conversation{}
	for _, c := range a.Conversations {
		all[c.ID] = c
		if err := w.model.sees(d.name, c); err != nil {
			return nil, a, err
		}
	}
	return all, a, nil
}

// read marks part of what a device has as read.
func (w *world) read(ctx context.Context, d *device, c *conversation, n int) error {
	all, _, err := w.list(ctx, d)
	last := all[c.id].LastSeq
	if err != nil || last == 0 {
		return err
	}
	seq := max(1, last-int64(n%5))
	a, err := d.do(ctx, command{Op: "read", ConversationID: c.id, Seq: seq})
	if err != nil {
		return err
	}
	switch err := a.err(); {
	case errors.Is(err, store.ErrDiskFull) && w.small(d):
		return nil
	case err != nil:
		return fmt.Errorf("%s: read: %w", d.name, err)
	}
	w.model.reads(c.id, d.person.id, seq)
	return nil
}

// look holds what a device shows against the model.
func (w *world) look(ctx context.Context, d *device, c *conversation) error {
	if _, _, err := w.list(ctx, d); err != nil {
		return err
	}
	_, err := w.failed(ctx, d, c)
	return err
}

// page returns the newest page of a conversation, empty on a fresh device that
// does not know it yet.
func (w *world) page(ctx context.Context, d *device, c *conversation) ([]store.Message, error) {
	a, err := d.do(ctx, command{Op: "page", ConversationID: c.id})
	switch {
	case err != nil:
		return nil, err
	case errors.Is(a.err(), store.ErrNotFound):
		return nil, nil
	case a.err() != nil:
		return nil, fmt.Errorf("%s: page: %w", d.name, a.err())
	}
	return a.Messages, nil
}

// failed returns what the server refused in the newest page of a conversation.
func (w *world) failed(ctx context.Context, d *device, c *conversation) ([]string, error) {
	list, err := w.page(ctx, d, c)
	if err != nil {
		return nil, err
	}
	return w.model.page(d.name, d.person.id, c.id, list)
}

// tryAgain sends again what the server refused in a conversation.
func (w *world) tryAgain(ctx context.Context, d *device, c *conversation) error {
	failed, err := w.failed(ctx, d, c)
	if err != nil {
		return err
	}
	for _, id := range failed {
		a, err := d.do(ctx, command{Op: "retry", ConversationID: c.id, Message: id})
		if err == nil {
			err = a.err()
		}
		if err != nil && !(errors.Is(err, store.ErrDiskFull) && w.small(d)) {
			return fmt.Errorf("%s: retry: %w", d.name, err)
		}
	}
	return nil
}

// start opens an app. On a full disk that may fail.
func (w *world) start(ctx context.Context, d *device) error {
	err := d.start(ctx)
	if err != nil && w.small(d) {
		return nil
	}
	return err
}

// fallOut ends a friendship and mends it some steps later.
func (w *world) fallOut(ctx context.Context, i int, s step) (bool, error) {
	c, up := w.chats[s.a%unsteady], w.anyServer(s.b)
	if c.out || up == nil {
		return false, nil
	}
	err := script(up, c.a.token, func(r *remote.Client) error { return r.RemoveContact(ctx, c.b.id) })
	c.out = true // Even if there was no answer: it may have been done.
	w.mends = append(w.mends, mend{i + 1 + s.n%20, func(ctx context.Context) error {
		if up := w.anyServer(s.b); up != nil {
			if _, err := w.befriend(ctx, up, c.a, c.b); err == nil {
				c.out = false
			}
		}
		return nil // reconcile tries again.
	}})
	return err == nil, nil
}

// postDouble lets a script make one request twice at the same time, on
// different nodes where there are.
func (w *world) postDouble(ctx context.Context, d *device, c *conversation, s step) (bool, error) {
	first, second := w.anyServer(s.n), w.anyServer(s.n+1)
	if first == nil {
		return false, nil
	}
	text := w.text(d, 30)
	m := w.note(d, c, text)
	m.loose = true
	body, err := protocol.Encode(protocol.Text{Text: text})
	if err != nil {
		return true, err
	}
	send := protocol.Send{ConversationID: c.id, ClientID: ulid.Make().String(), Kind: protocol.KindText, Body: body}
	var sent [2]protocol.Sent
	var errs [2]error
	var g errgroup.Group
	for i, up := range []*server{first, second} {
		g.Go(func() error {
			sent[i], errs[i] = post(ctx, up, d.person.token, send)
			return nil
		})
	}
	_ = g.Wait() // Its functions keep their errors.
	for i := range sent {
		var refusal *protocol.Error
		if errors.As(errs[i], &refusal) && refusal.Code != protocol.CodeUnavailable && refusal.Code != protocol.CodeNotFriend {
			return true, fmt.Errorf("the server: a request that came twice is refused: %w", refusal)
		}
		if errs[i] != nil {
			continue
		}
		m.fate, m.id = certain, d.person.id+"/"+send.ClientID
		if err := w.model.holds("the server", c.id, sent[i].Seq, place{id: m.id, sender: d.person.id, kind: send.Kind, text: text}); err != nil {
			return true, err
		}
	}
	if errs[0] == nil && errs[1] == nil && sent[0] != sent[1] {
		return true, fmt.Errorf("the server: a request that came twice is answered with %+v and with %+v", sent[0], sent[1])
	}
	w.counts[postDouble]++
	return true, nil
}

// breakSomething makes a fault.
func (w *world) breakSomething(ctx context.Context, i int, s step, d *device, c *conversation) (did bool, err error) {
	again := i + 1 + s.n%12 // When what it breaks for a while is mended.
	switch s.kind {
	case killServer:
		did = w.killServer(again, s)
	case killApp:
		if did = d.apart; did {
			err = d.kill()
		}
	case killMidSend:
		if did = d.apart; did {
			err = w.killMidSend(ctx, d, c, s)
		}
	case cut:
		d.proxy.Cut()
		did = true
	case loseAnswer:
		d.proxy.LoseAnswer()
		return true, w.trap(ctx, i, d, c, s)
	case truncate:
		d.proxy.Truncate(test.Direction(s.b%2), s.n%1000)
		return true, w.trap(ctx, i, d, c, s)
	case delay:
		d.proxy.SetDelay(time.Duration(5+s.b%200) * time.Millisecond)
		w.mends = append(w.mends, mend{again, func(context.Context) error { d.proxy.SetDelay(0); return nil }})
		did = true
	case skew:
		d.skew = time.Duration(s.n%61-30) * 24 * time.Hour
		if err := d.stop(); err != nil {
			return true, err
		}
		did, err = true, w.start(ctx, d)
	case fillServer:
		did, err = w.fill(w.serverDisk, again)
	case fillApp:
		did, err = w.fill(w.appDisk, again)
	case killPostgres:
		if w.stage.pid != 0 {
			did, err = crashPostgres(w.stage.pid)
		}
	}
	if did {
		w.counts[s.kind]++
	}
	return did, err
}

// killServer kills a node, and starts it some steps later. Half of the time the
// devices that it served go to another one meanwhile.
func (w *world) killServer(again int, s step) bool {
	at := s.a % len(w.servers)
	down := w.servers[at]
	if down.child == nil {
		return false
	}
	down.kill()
	if s.b%2 == 0 {
		for _, d := range w.devices {
			if d.node == at {
				d.node = (at + 1) % len(w.servers)
				d.proxy.SetTarget(w.servers[d.node].cfg.Listen)
			}
		}
	}
	w.startLater(at, again)
	return true
}

// startLater starts a node at a step. On a full disk, or while PostgreSQL
// recovers, a server may refuse to start; then it is tried again some steps on.
func (w *world) startLater(at, step int) {
	w.mends = append(w.mends, mend{step, func(context.Context) error {
		err := w.startServer(at)
		if err != nil && (w.full(w.serverDisk) || w.stage.pid != 0) {
			w.startLater(at, step+5)
			return nil
		}
		return err
	}})
}

// startServer starts a node and points the devices that it serves to it.
func (w *world) startServer(at int) error {
	err := w.servers[at].start()
	for _, d := range w.devices {
		if d.node == at {
			d.proxy.SetTarget(w.servers[at].cfg.Listen)
		}
	}
	return err
}

// killMidSend gives an app much to do and kills it before it has told of all.
func (w *world) killMidSend(ctx context.Context, d *device, c *conversation, s step) error {
	list, err := w.page(ctx, d, c)
	if err != nil {
		return err
	}
	p := d.player.(apart)
	hear := make([]func(answer) error, 3+s.n%10)
	for i := range hear {
		what := [...]kind{say, react, say, star, say, pin, deleteMine}[i%7]
		var do command
		var asked *wish
		if what != say && c.steady {
			do, asked = w.touching(d, c, list, step{what, s.a + i, s.b, s.n + i, 0})
		}
		if asked == nil {
			do = command{Op: "send", ConversationID: c.id, Text: w.text(d, 60)}
			m := w.note(d, c, do.Text)
			hear[i] = func(a answer) error { return w.settle(d, m, a) }
		} else {
			hear[i] = func(a answer) (err error) {
				asked.fate, err = w.fateOf(d, a)
				return err
			}
		}
		if err := p.ask(do); err != nil {
			return fmt.Errorf("%s: its app is gone: %w", d.name, err)
		}
	}
	for _, heard := range hear[:s.b%len(hear)] {
		a, err := p.hear()
		if err != nil {
			return fmt.Errorf("%s: its app is gone: %w", d.name, err)
		}
		if err := heard(a); err != nil {
			return err
		}
	}
	return d.kill()
}

// fill fills a disk and frees it some steps later.
func (w *world) fill(d *disk, again int) (bool, error) {
	if d == nil || w.full(d) {
		return false, nil
	}
	w.mends = append(w.mends, mend{again, func(context.Context) error { return d.free() }})
	return true, d.fill()
}

// full reports whether a disk is filled now.
func (w *world) full(d *disk) bool {
	if d == nil {
		return false
	}
	_, err := os.Stat(d.filler())
	return err == nil
}

// trap notes what a device's proxy was told to break, which is counted when it
// happens, and lets the device walk into it with a position and either a message
// or what else there is to do.
func (w *world) trap(ctx context.Context, i int, d *device, c *conversation, s step) error {
	w.harvest(d)
	d.trap = s.kind
	if d.player == nil {
		return nil
	}
	if err := w.read(ctx, d, c, 0); err != nil {
		return err
	}
	s.kind = [...]kind{say, react, pin, star, deleteMine, forward, schedule, reschedule, prefer, arrange, edit, recall}[s.n/5%12]
	if s.kind != say {
		if did, err := w.take(ctx, i, s); did || err != nil {
			return err
		}
	}
	return w.say(ctx, d, c, w.text(d, 400))
}

// harvest counts the traps of a device's proxy that sprang.
func (w *world) harvest(d *device) {
	now := d.proxy.Sprung()
	w.counts[d.trap] += now - d.sprung
	d.sprung = now
}

// post makes one request as a script does.
func post(ctx context.Context, s *server, token string, send protocol.Send) (sent protocol.Sent, err error) {
	body, err := protocol.Encode(send)
	if err != nil {
		return sent, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+s.cfg.Listen+protocol.PathMessages, bytes.NewReader(body))
	if err != nil {
		return sent, err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return sent, err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		refusal := &protocol.Error{Status: res.StatusCode, Code: protocol.CodeInternal}
		if err := json.NewDecoder(res.Body).Decode(refusal); err != nil {
			return sent, err
		}
		return sent, refusal
	}
	return sent, json.NewDecoder(res.Body).Decode(&sent)
}
