package realtime

import "mychat/server/bus"

// Handle lets tests hand the hub an event that never travels.
func (h *Hub) Handle(e bus.Event) { h.handle(e) }

// Ending counts the sockets that are asked to end with code.
func (h *Hub) Ending(code int) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	n := 0
	for c := range h.sockets {
		if r := c.reason(); r != nil && r.code == code {
			n++
		}
	}
	return n
}

// Sockets counts the sockets that are not done with.
func (h *Hub) Sockets() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.sockets)
}
