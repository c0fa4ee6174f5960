package realtime

import (
	"bufio"
	"net"
	"net/http"
	"sync"
)

// heldBytes is how much an outlet holds back before it lets go by itself.
const heldBytes = 64 << 10

// outlet is the connection below a WebSocket. While it holds, what is written
// gathers and leaves in one piece, so that many small frames cost one call of
// the system and few packets. Frames stay whole: the WebSocket writes one after
// the other, and only its writer lets go in between.
type outlet struct {
	net.Conn
	pool *sync.Pool // Of *[]byte.

	mu   sync.Mutex
	held *[]byte // Nil while it does not hold.
}

// hold makes it gather what is written from now on.
func (o *outlet) hold() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.held == nil {
		o.held = o.pool.Get().(*[]byte)
	}
}

// holding reports whether it gathers.
func (o *outlet) holding() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.held != nil
}

// Write implements net.Conn.
func (o *outlet) Write(p []byte) (int, error) {
	if o.gather(p) {
		return len(p), nil
	}
	if err := o.flush(); err != nil {
		return 0, err
	}
	return o.Conn.Write(p)
}

// gather keeps p if it holds and there is room.
func (o *outlet) gather(p []byte) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.held == nil || len(*o.held)+len(p) > heldBytes {
		return false
	}
	*o.held = append(*o.held, p...)
	return true
}

// flush writes what was gathered and gathers no more.
func (o *outlet) flush() error {
	o.mu.Lock()
	held := o.held
	o.held = nil
	o.mu.Unlock()
	if held == nil {
		return nil
	}
	var err error
	if len(*held) > 0 {
		_, err = o.Conn.Write(*held)
	}
	*held = (*held)[:0]
	o.pool.Put(held)
	return err
}

// drop forgets what was gathered, whole frames, and gathers no more.
func (o *outlet) drop() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.held = nil
}

// hijacker takes a request's connection over as an outlet.
type hijacker struct {
	http.ResponseWriter
	pool *sync.Pool
}

// Hijack implements http.Hijacker.
func (j hijacker) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, buffers, err := http.NewResponseController(j.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	return &outlet{Conn: conn, pool: j.pool}, buffers, nil
}
