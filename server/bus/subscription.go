package bus

import (
	"context"
	"fmt"
	"maps"

	"github.com/nats-io/nats.go"
)

// Subscription is a stream of events. It holds Options.Buffer of them while
// nobody takes them; then it loses the newest and says so.
type Subscription struct {
	bus  *Bus
	sub  *nats.Subscription
	msgs chan *nats.Msg
	last map[string]uint64 // By node: the number of its last event that came.
}

// Subscribe returns a Subscription that collects every event published from
// now on, on any node. Call its Run once to receive them.
func (b *Bus) Subscribe() (*Subscription, error) {
	s := &Subscription{bus: b, msgs: make(chan *nats.Msg, b.opt.Buffer)}
	b.mu.Lock()
	s.last = map[string]uint64{b.id: b.n}
	sub, err := b.conn.ChanSubscribe(b.subject, s.msgs)
	b.mu.Unlock()
	if err != nil {
		return nil, fmt.Errorf("subscribe to bus: %w", err)
	}
	s.sub = sub
	ctx, cancel := context.WithTimeout(context.Background(), readyWithin)
	defer cancel()
	return s, b.Ping(ctx) // The server knows of the subscription once this returns.
}

// Run calls handle for one event after the other until ctx ends, then
// unsubscribes and returns nil. An Event of KindGap says that events may have
// been lost before it: whoever keeps state compares it with the database.
func (s *Subscription) Run(ctx context.Context, handle func(Event)) error {
	defer func() {
		if err := s.sub.Unsubscribe(); err != nil && !s.bus.conn.IsClosed() {
			s.bus.opt.Log.Warn("unsubscribe from bus", "error", err)
		}
	}()
	for {
		select {
		case <-ctx.Done():
			return nil
		case m := <-s.msgs:
			s.take(m.Data, handle)
		}
	}
}

func (s *Subscription) take(data []byte, handle func(Event)) {
	e, n, err := decode(data)
	if err != nil {
		s.bus.opt.Log.Warn("event not understood", "bytes", len(data), "error", err)
		handle(Event{Kind: KindGap})
		return
	}
	last := s.last[e.Node]
	s.last[e.Node] = max(n, last)
	lost := n > last+1
	if e.Kind == kindHeartbeat {
		lost = n > last
	}
	if lost {
		handle(Event{Kind: KindGap})
	}
	if e.Kind != kindHeartbeat {
		handle(e)
	}
	if len(s.last) > maxNodes {
		s.forget()
	}
}

// maxNodes bounds what a subscription remembers of nodes, most of which are
// gone: every start of a process is a node of its own.
const maxNodes = 1000

// forget drops all nodes but this one. Those that live on come back with a gap
// that is none, which costs a comparison.
func (s *Subscription) forget() {
	maps.DeleteFunc(s.last, func(node string, _ uint64) bool { return node != s.bus.id })
}
