package browserhost

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/gorilla/websocket"

	"mychat/backend/bridge"
	"mychat/protocol"
)

const (
	pingEvery   = 20 * time.Second
	silentAfter = 50 * time.Second // A page that does not answer pings is gone.
	writeWithin = 10 * time.Second
)

// serveEvents streams events to one page: first what it missed since the event
// that it names, or a reset if that is too old, then all that happens. Each
// message is a JSON array of events. A page that does not keep up is cut with
// protocol.CloseSlow and may come back.
func (h *Host) serveEvents(w http.ResponseWriter, r *http.Request) {
	seq, err := strconv.ParseInt(r.URL.Query().Get("since"), 10, 64)
	if err != nil || seq < 0 {
		http.Error(w, "since is the seq of an event", http.StatusBadRequest)
		return
	}
	// Before the page sees an open socket: what it then asks for and what comes
	// here leave no gap.
	backlog, events := h.app.Subscribe(seq)
	defer events.Close()
	upgrader := websocket.Upgrader{
		HandshakeTimeout: writeWithin,
		CheckOrigin:      ownOrigin,
	}
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return // Upgrade answered.
	}
	defer conn.Close()
	h.opened()
	defer h.closed()

	// The page sends nothing but pongs and its goodbye; reading is how both are
	// noticed.
	gone, stop := context.WithCancel(r.Context())
	defer stop()
	read := make(chan struct{})
	go func() {
		defer close(read)
		defer stop()
		listen(conn)
	}()
	defer func() {
		_ = conn.Close()
		<-read
	}()

	first := backlog.Events
	if backlog.Reset {
		first = []bridge.Event{{Seq: backlog.Seq, Kind: bridge.EventReset}}
	}
	if len(first) > 0 && send(conn, first) != nil {
		return
	}
	ping := time.NewTicker(pingEvery)
	defer ping.Stop()
	for {
		select {
		case batch, ok := <-events.C:
			if !ok {
				goodbye(conn, protocol.CloseSlow, "slow")
				return
			}
			if send(conn, batch) != nil {
				return
			}
		case <-ping.C:
			if conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(writeWithin)) != nil {
				return
			}
		case <-gone.Done():
			goodbye(conn, websocket.CloseGoingAway, "")
			return
		}
	}
}

// listen reads from a page until it says goodbye or is silent for too long.
func listen(conn *websocket.Conn) {
	conn.SetReadLimit(512)
	alive := func(string) error { return conn.SetReadDeadline(time.Now().Add(silentAfter)) }
	conn.SetPongHandler(alive)
	if alive("") != nil {
		return
	}
	for {
		if _, _, err := conn.NextReader(); err != nil {
			return
		}
	}
}

func send(conn *websocket.Conn, batch []bridge.Event) error {
	data, err := json.Marshal(batch)
	if err != nil {
		return err
	}
	if err := conn.SetWriteDeadline(time.Now().Add(writeWithin)); err != nil {
		return err
	}
	return conn.WriteMessage(websocket.TextMessage, data)
}

func goodbye(conn *websocket.Conn, code int, reason string) {
	_ = conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, reason), time.Now().Add(time.Second))
}

// opened and closed count the pages that listen. Where none is left nobody can
// be looking at one, whatever the last one said.
func (h *Host) opened() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.pages++
}

func (h *Host) closed() {
	h.mu.Lock()
	h.pages--
	last := h.pages == 0
	h.mu.Unlock()
	if last {
		h.app.Focus(false)
	}
}
