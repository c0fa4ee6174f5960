package realtime

import "mychat/server/bus"

// Handle lets tests hand the hub an event that never travels.
func (h *Hub) Handle(e bus.Event) { h.handle(e) }
