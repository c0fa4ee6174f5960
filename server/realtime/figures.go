package realtime

import (
	"strconv"

	"github.com/gorilla/websocket"
	"github.com/prometheus/client_golang/prometheus"

	"mychat/protocol"
)

// figures are what a hub counts.
type figures struct {
	sockets  prometheus.Collector
	users    prometheus.Collector
	in       *prometheus.CounterVec
	out      prometheus.Counter
	outBytes prometheus.Counter
	closes   *prometheus.CounterVec
	passed   prometheus.Counter
	filled   prometheus.Counter
	gaps     prometheus.Counter
}

func newFigures(h *Hub) figures {
	counter := func(name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Name: name, Help: help})
	}
	gauge := func(name, help string, read func() int) prometheus.Collector {
		return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, func() float64 {
			h.mu.Lock()
			defer h.mu.Unlock()
			return float64(read())
		})
	}
	return figures{
		sockets:  gauge("mychat_sockets", "Open sockets of this node.", func() int { return len(h.sockets) }),
		users:    gauge("mychat_users_online", "Users with a socket on this node.", func() int { return len(h.presence.here) }),
		in:       prometheus.NewCounterVec(prometheus.CounterOpts{Name: "mychat_frames_in_total", Help: "Frames received, by op."}, []string{"op"}),
		out:      counter("mychat_frames_out_total", "Frames written."),
		outBytes: counter("mychat_frames_out_bytes_total", "Bytes of frames written."),
		closes:   prometheus.NewCounterVec(prometheus.CounterOpts{Name: "mychat_socket_closes_total", Help: "Sockets closed, by close code; 0 means that the peer went away."}, []string{"code"}),
		passed:   counter("mychat_events_passed_total", "Entry events written as they came from the bus."),
		filled:   counter("mychat_events_filled_total", "Entry pages read from the timeline to fill a hole of a socket."),
		gaps:     counter("mychat_bus_gaps_total", "Times that events on the bus may have been lost."),
	}
}

func (f *figures) register(r prometheus.Registerer) error {
	for _, c := range []prometheus.Collector{f.sockets, f.users, f.in, f.out, f.outBytes, f.closes, f.passed, f.filled, f.gaps} {
		if err := r.Register(c); err != nil {
			return err
		}
	}
	return nil
}

func (f *figures) frameIn(op string) { f.in.WithLabelValues(op).Inc() }

func (f *figures) frameOut(bytes int) {
	f.out.Inc()
	f.outBytes.Add(float64(bytes))
}

// closed counts under the codes that this server sends, so that a label never
// comes from outside.
func (f *figures) closed(code int) {
	if code != websocket.CloseTryAgainLater && code < protocol.CloseDraining {
		code = closeGone
	}
	f.closes.WithLabelValues(strconv.Itoa(code)).Inc()
}
