package realtime

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"mychat/protocol"
	"mychat/server/account"
	"mychat/server/bus"
)

// What nodes tell each other. A node numbers its own changes; whoever misses
// one sees it in the next note's generation and asks for the list.
const (
	noteAlive = "alive" // Nothing changed; here is the generation.
	noteIn    = "in"    // Users came online on the node.
	noteOut   = "out"   // Users left the node for good.
	noteList  = "list"  // All users of the node, in parts.
	noteAsk   = "ask"   // The node named To, or all for "", shall send its list.
	noteBye   = "bye"   // The node stops.
)

// note is one such message: the Frame of a bus.KindPresence event.
type note struct {
	Op         string   `json:"op"`
	Generation int64    `json:"generation,omitempty"`
	Users      []string `json:"users,omitempty"`
	AtMS       int64    `json:"at_ms,omitempty"` // When the users of noteOut left.
	Part       int      `json:"part,omitempty"`  // From 0, for noteList.
	Parts      int      `json:"parts,omitempty"`
	To         string   `json:"to,omitempty"`
}

// listPart is how many users go into one note, which keeps it far below what
// the bus carries in one message.
const listPart = 5_000

// silentBeats is how many beats of a node may stay out before it counts as
// gone.
const silentBeats = 3

// presence knows who has a socket on any node. The hub's mutex guards it.
type presence struct {
	here       map[string]*resident           // Users with sockets here, or who had some a moment ago.
	watchers   map[string]map[string]struct{} // User -> users here who are to know when they come and go.
	nodes      map[string]*peer               // The other nodes, by their bus id.
	generation int64                          // Of here.
	outbox     []note                         // To be published, in order.
}

// resident is a user with a socket here.
type resident struct {
	sockets map[*conn]struct{}
	friends map[string]struct{}
	leftAt  time.Time // When the last of sockets closed; zero while there are some.
}

// peer is what another node said.
type peer struct {
	users      map[string]struct{}
	generation int64     // -1 before the first list.
	parts      []string  // Of a list that is coming in.
	heard      time.Time // By this node's clock.
	asked      time.Time
	leaving    bool
}

// notice is a change that a user's sockets are to be told.
type notice struct {
	to    []*conn
	frame []byte
}

func newPresence() presence {
	return presence{
		here:     map[string]*resident{},
		watchers: map[string]map[string]struct{}{},
		nodes:    map[string]*peer{},
	}
}

// online reports whether a user has, or just had, a socket somewhere.
func (p *presence) online(userID string) bool {
	if _, ok := p.here[userID]; ok {
		return true
	}
	for _, n := range p.nodes {
		if _, ok := n.users[userID]; ok {
			return true
		}
	}
	return false
}

func (p *presence) socketCount(userID string) int {
	if r := p.here[userID]; r != nil {
		return len(r.sockets)
	}
	return 0
}

func (p *presence) sockets(userID string) []*conn {
	if userID != "" {
		if r := p.here[userID]; r != nil {
			return slices.Collect(maps.Keys(r.sockets))
		}
		return nil
	}
	var all []*conn
	for _, r := range p.here {
		all = slices.AppendSeq(all, maps.Keys(r.sockets))
	}
	return all
}

// arrive registers a socket and returns who is to be told.
func (p *presence) arrive(c *conn) []notice {
	r := p.here[c.caller.UserID]
	var told []notice
	if r == nil {
		if !p.online(c.caller.UserID) {
			told = p.notices(c.caller.UserID, true, 0)
		}
		r = &resident{sockets: map[*conn]struct{}{}, friends: map[string]struct{}{}}
		p.here[c.caller.UserID] = r
		p.generation++
		p.outbox = append(p.outbox, note{Op: noteIn, Generation: p.generation, Users: []string{c.caller.UserID}})
	}
	r.leftAt = time.Time{}
	r.sockets[c] = struct{}{}
	return told
}

// leave takes a socket away. The user counts as online until expire says
// otherwise.
func (p *presence) leave(c *conn, now time.Time) {
	r := p.here[c.caller.UserID]
	delete(r.sockets, c)
	if len(r.sockets) == 0 {
		r.leftAt = now
	}
}

// departure is a user who is online nowhere any more.
type departure struct {
	userID string
	at     time.Time
}

// expire ends the stay of users whose last socket closed before cutoff.
func (p *presence) expire(cutoff time.Time) (told []notice, gone []departure) {
	for userID, r := range p.here {
		if r.leftAt.IsZero() || r.leftAt.After(cutoff) {
			continue
		}
		delete(p.here, userID)
		for friend := range r.friends {
			p.unwatch(friend, userID)
		}
		p.generation++
		p.outbox = append(p.outbox, note{Op: noteOut, Generation: p.generation, Users: []string{userID}, AtMS: r.leftAt.UnixMilli()})
		if !p.online(userID) {
			told = append(told, p.notices(userID, false, r.leftAt.UnixMilli())...)
			gone = append(gone, departure{userID, r.leftAt})
		}
	}
	return told, gone
}

func (p *presence) watch(friend, userID string) {
	if p.watchers[friend] == nil {
		p.watchers[friend] = map[string]struct{}{}
	}
	p.watchers[friend][userID] = struct{}{}
}

func (p *presence) unwatch(friend, userID string) {
	delete(p.watchers[friend], userID)
	if len(p.watchers[friend]) == 0 {
		delete(p.watchers, friend)
	}
}

// notices returns what the friends of a user who are here are to be told.
func (p *presence) notices(userID string, online bool, leftMS int64) []notice {
	var to []*conn
	for watcher := range p.watchers[userID] {
		to = append(to, p.sockets(watcher)...)
	}
	if len(to) == 0 {
		return nil
	}
	return []notice{{to, presenceFrame(userID, online, leftMS)}}
}

func presenceFrame(userID string, online bool, leftMS int64) []byte {
	frame, err := encodeFrame(protocol.OpPresence, 0, protocol.Presence{UserID: userID, Online: online, LastSeenMS: leftMS})
	if err != nil {
		panic("a protocol.Presence is always JSON: " + err.Error())
	}
	return frame
}

// came and went change what is known of a node by one user.
func (p *presence) came(n *peer, userID string) []notice {
	known := p.online(userID)
	n.users[userID] = struct{}{}
	if known {
		return nil
	}
	return p.notices(userID, true, 0)
}

func (p *presence) went(n *peer, userID string, leftMS int64) []notice {
	if _, ok := n.users[userID]; !ok {
		return nil
	}
	delete(n.users, userID)
	if p.online(userID) {
		return nil
	}
	return p.notices(userID, false, leftMS)
}

// setUsers replaces what is known of a node.
func (p *presence) setUsers(n *peer, list []string, leftMS int64) []notice {
	var told []notice
	now := make(map[string]struct{}, len(list))
	for _, u := range list {
		now[u] = struct{}{}
		told = append(told, p.came(n, u)...)
	}
	for u := range n.users {
		if _, ok := now[u]; !ok {
			told = append(told, p.went(n, u, leftMS)...)
		}
	}
	return told
}

// lists returns the notes that say everything about this node.
func (p *presence) lists() []note {
	users := slices.Collect(maps.Keys(p.here))
	parts := max(1, (len(users)+listPart-1)/listPart)
	notes := make([]note, parts)
	for i := range notes {
		end := min(len(users), (i+1)*listPart)
		notes[i] = note{Op: noteList, Generation: p.generation, Users: users[i*listPart : end], Part: i, Parts: parts}
	}
	return notes
}

// hear takes a note of another node.
func (p *presence) hear(self, from string, n note, now time.Time) []notice {
	if n.Op == noteAsk {
		if n.To == "" || n.To == self {
			p.outbox = append(p.outbox, p.lists()...)
		}
		return nil
	}
	node := p.nodes[from]
	if node == nil {
		node = &peer{users: map[string]struct{}{}, generation: -1}
		p.nodes[from] = node
	}
	node.heard = now
	var told []notice
	switch {
	case n.Op == noteBye:
		node.leaving = true
	case n.Op == noteList:
		if n.Part == 0 {
			node.parts = nil
		}
		node.parts = append(node.parts, n.Users...)
		if n.Part != n.Parts-1 {
			return nil
		}
		list := node.parts
		node.parts, node.generation = nil, n.Generation
		return p.setUsers(node, list, now.UnixMilli())
	case (n.Op == noteIn || n.Op == noteOut) && n.Generation == node.generation+1:
		node.generation = n.Generation
		for _, u := range n.Users {
			if n.Op == noteIn {
				told = append(told, p.came(node, u)...)
			} else {
				told = append(told, p.went(node, u, n.AtMS)...)
			}
		}
	case n.Generation > node.generation || node.generation == -1:
		if now.Sub(node.asked) >= time.Second {
			node.asked = now
			p.outbox = append(p.outbox, note{Op: noteAsk, To: from})
		}
	}
	return told
}

// forget drops nodes that were silent since cutoff, and those that said
// goodbye before leftBefore.
func (p *presence) forget(cutoff, leftBefore time.Time) (told []notice, gone []departure) {
	for id, n := range p.nodes {
		if n.heard.After(cutoff) && (!n.leaving || n.heard.After(leftBefore)) {
			continue
		}
		delete(p.nodes, id)
		for u := range n.users {
			if !p.online(u) {
				told = append(told, p.notices(u, false, n.heard.UnixMilli())...)
				gone = append(gone, departure{u, n.heard})
			}
		}
	}
	return told, gone
}

// tell queues notices. The hub's mutex may be held: a queue never waits.
func (h *Hub) tell(notices []notice) {
	for _, n := range notices {
		for _, c := range n.to {
			c.offerLossy(n.frame)
		}
	}
}

// wakeNotes has the outbox published.
func (h *Hub) wakeNotes() {
	select {
	case h.notes <- struct{}{}:
	default:
	}
}

// follow makes a user's friends known and returns their presence: those who
// are online, and of the others when they were last seen, where that is known.
func (h *Hub) follow(userID string, friends []account.Friend) []protocol.Presence {
	h.mu.Lock()
	defer h.mu.Unlock()
	seen := make([]protocol.Presence, 0, len(friends))
	r := h.presence.here[userID]
	before := r.friends
	r.friends = make(map[string]struct{}, len(friends))
	for _, f := range friends {
		delete(before, f.UserID)
		r.friends[f.UserID] = struct{}{}
		h.presence.watch(f.UserID, userID)
		if h.presence.online(f.UserID) {
			seen = append(seen, protocol.Presence{UserID: f.UserID, Online: true})
		} else if f.LastSeenMS > 0 {
			seen = append(seen, protocol.Presence{UserID: f.UserID, LastSeenMS: f.LastSeenMS})
		}
	}
	for former := range before {
		h.presence.unwatch(former, userID)
	}
	return seen
}

// befriend follows what a user's journal says of their contacts.
func (h *Hub) befriend(userID string, rows []protocol.JournalRow) {
	for _, row := range rows {
		var contact protocol.Contact
		if row.Kind != protocol.JournalContact || json.Unmarshal(row.Body, &contact) != nil {
			continue
		}
		friend := contact.Profile.ID
		h.mu.Lock()
		r := h.presence.here[userID]
		_, known := r.friends[friend]
		switch {
		case contact.Friend && !known:
			r.friends[friend] = struct{}{}
			h.presence.watch(friend, userID)
			if h.presence.online(friend) {
				h.tell([]notice{{h.presence.sockets(userID), presenceFrame(friend, true, 0)}})
			}
		case !contact.Friend && known:
			delete(r.friends, friend)
			h.presence.unwatch(friend, userID)
			h.tell([]notice{{h.presence.sockets(userID), presenceFrame(friend, false, 0)}})
		}
		h.mu.Unlock()
	}
}

// heardNote takes a presence event from the bus.
func (h *Hub) heardNote(e bus.Event) {
	if e.Node == h.bus.ID() {
		return
	}
	var n note
	if err := json.Unmarshal(e.Frame, &n); err != nil {
		h.log.Warn("presence note of another node", "node", e.Node, "error", err)
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.tell(h.presence.hear(h.bus.ID(), e.Node, n, time.Now()))
	h.wakeNotes()
}

// watch publishes notes, beats, and ends the stay of who is gone, until ctx
// ends. Then it says goodbye.
func (h *Hub) watch(ctx context.Context) error {
	h.publish(note{Op: noteAsk})
	beat := time.NewTicker(h.opt.Beat)
	defer beat.Stop()
	sweep := time.NewTicker(max(h.opt.Linger/4, 10*time.Millisecond))
	defer sweep.Stop()
	for {
		select {
		case <-h.notes:
			h.flushNotes()
		case <-beat.C:
			h.mu.Lock()
			generation := h.presence.generation
			h.mu.Unlock()
			h.publish(note{Op: noteAlive, Generation: generation})
		case now := <-sweep.C:
			h.sweep(ctx, now)
			h.flushNotes()
		case <-ctx.Done():
			h.goodbye(ctx)
			return nil
		}
	}
}

// sweep ends the stay of users and nodes that are gone.
func (h *Hub) sweep(ctx context.Context, now time.Time) {
	h.mu.Lock()
	told, gone := h.presence.expire(h.opt.Now().Add(-h.opt.Linger))
	lost, lostUsers := h.presence.forget(now.Add(-silentBeats*h.opt.Beat), now.Add(-h.opt.Linger))
	h.tell(told)
	h.tell(lost)
	for id, e := range h.ended {
		if now.Sub(e.at) > rememberEnded {
			delete(h.ended, id)
		}
	}
	h.mu.Unlock()
	h.seen(ctx, append(gone, lostUsers...))
}

// seen stores when users were last online.
func (h *Hub) seen(ctx context.Context, gone []departure) {
	for _, d := range gone {
		if ctx.Err() != nil {
			return
		}
		if err := h.accounts.Seen(ctx, d.userID, d.at); err != nil {
			h.log.Warn("note when a user was last online", "user", d.userID, "error", err)
		}
	}
}

// goodbye tells the other nodes, and stores when the users who were here were
// last seen, as far as that takes no time worth waiting for.
func (h *Hub) goodbye(ctx context.Context) {
	h.flushNotes()
	h.publish(note{Op: noteBye})
	h.mu.Lock()
	_, gone := h.presence.expire(h.opt.Now())
	h.mu.Unlock()
	within, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	h.seen(within, gone)
}

func (h *Hub) flushNotes() {
	h.mu.Lock()
	notes := h.presence.outbox
	h.presence.outbox = nil
	h.mu.Unlock()
	for _, n := range notes {
		h.publish(n)
	}
}

func (h *Hub) publish(n note) {
	frame, err := json.Marshal(n)
	if err != nil {
		panic("a note is always JSON: " + err.Error())
	}
	h.bus.Publish(bus.Event{Kind: bus.KindPresence, Frame: frame})
}
