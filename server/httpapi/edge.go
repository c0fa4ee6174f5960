package httpapi

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"log/slog"
	"net/http"
	"net/netip"
	"runtime/debug"
	"slices"
	"strconv"
	"time"

	"mychat/protocol"
)

// visit is what is known of a request before anything reads it, and what the
// access log wants to say of it afterwards.
type visit struct {
	id     string
	addr   netip.Addr
	userID string // Filled by the route once it knows who asks.
}

type visitKey struct{}

// visitOf returns the visit of a request that came through the edge.
func visitOf(ctx context.Context) *visit {
	if v, ok := ctx.Value(visitKey{}).(*visit); ok {
		return v
	}
	return &visit{}
}

// secretParams are query parameters that a careless client might put a secret
// in, where proxies and histories would keep it.
var secretParams = []string{"token", "access_token", "auth", "authorization", "bearer", "password"}

// edge does for every request what does not depend on its route: an id, the
// client's address, headers for safety, limits, the log and the figures.
type edge struct {
	mux       *http.ServeMux
	opt       Options
	log       *slog.Logger
	addresses *limiter
	figures   *figures
}

// ServeHTTP implements http.Handler.
func (e *edge) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	began := time.Now()
	v := &visit{id: requestID(r, e.opt.Proxies), addr: e.opt.Proxies.Client(r)}
	r = r.WithContext(context.WithValue(r.Context(), visitKey{}, v))
	e.setHeaders(w.Header(), r, v)

	handler, route := e.mux.Handler(r)
	if route == socketRoute {
		// A socket takes the connection over, so it gets the plain writer, and
		// it has a log and further limits of its own.
		if err := e.refusal(r, route); err != nil {
			Refuse(w, r, err)
			return
		}
		handler.ServeHTTP(w, r)
		return
	}
	rec := &recorder{ResponseWriter: w}
	defer func() {
		if p := recover(); p != nil {
			e.log.Error("request panicked", "route", route, "request_id", v.id, "panic", p, "stack", string(debug.Stack()))
			if rec.status == 0 {
				newProblem(&protocol.Error{Code: protocol.CodeInternal}, 0).write(rec)
			}
		}
		if route == "" {
			route = "none"
		}
		took := time.Since(began)
		e.figures.request(route, rec.code(), took)
		level := slog.LevelInfo
		if slices.Contains(unlimited, route) {
			level = slog.LevelDebug // They come every few seconds and say nothing.
		}
		e.log.Log(r.Context(), level, "request", "method", r.Method, "route", route, "status", rec.code(), "bytes", rec.bytes,
			"took_ms", took.Milliseconds(), "address", v.addr, "user", v.userID, "request_id", v.id)
	}()
	e.serve(rec, r, handler, route)
}

func (e *edge) serve(w http.ResponseWriter, r *http.Request, handler http.Handler, route string) {
	if e.cors(w, r) {
		return
	}
	if err := e.refusal(r, route); err != nil {
		Refuse(w, r, err)
		return
	}
	if route == "" {
		e.noRoute(w, r, handler)
		return
	}
	e.mux.ServeHTTP(w, r) // Not handler: only the mux fills in what stands in the path.
}

// refusal returns why a request is answered by nobody: its address asks too
// often, or there is a secret in its URL.
func (e *edge) refusal(r *http.Request, route string) error {
	if !slices.Contains(unlimited, route) {
		if wait := e.addresses.take(limitKey(visitOf(r.Context()).addr), time.Now()); wait > 0 {
			return protocol.RetryAfter(protocol.CodeRateLimited, wait, "too many requests from this address")
		}
	}
	query := r.URL.Query()
	for _, name := range secretParams {
		if query.Has(name) {
			return protocol.Invalid(name, "never send a secret in a URL; a token belongs in the Authorization header or in a hello frame")
		}
	}
	return nil
}

// noRoute answers what the mux has nothing for: it decides between 404 and 405
// and names the methods; the words are the protocol's.
func (e *edge) noRoute(w http.ResponseWriter, r *http.Request, handler http.Handler) {
	verdict := &verdict{header: http.Header{}}
	handler.ServeHTTP(verdict, r)
	switch {
	case verdict.status == http.StatusMethodNotAllowed:
		w.Header().Set("Allow", verdict.header.Get("Allow"))
		newProblem(protocol.Errorf(protocol.CodeInvalid, "this path takes %s", verdict.header.Get("Allow")), http.StatusMethodNotAllowed).write(w)
	case verdict.status >= 300 && verdict.status < 400:
		handler.ServeHTTP(w, r)
	default:
		newProblem(protocol.Errorf(protocol.CodeNotFound, "there is nothing at this path; /docs lists what there is"), 0).write(w)
	}
}

func (e *edge) setHeaders(h http.Header, r *http.Request, v *visit) {
	h.Set("X-Request-Id", v.id)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	h.Set("Cache-Control", "no-store")
	if r.TLS != nil {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
}

// cors lets the pages of configured origins call, and nobody else's. It
// reports whether it answered the request itself, a preflight.
func (e *edge) cors(w http.ResponseWriter, r *http.Request) bool {
	origin := r.Header.Get("Origin")
	if origin == "" || len(e.opt.Origins) == 0 {
		return false
	}
	h := w.Header()
	h.Add("Vary", "Origin")
	if !slices.Contains(e.opt.Origins, origin) {
		return false
	}
	h.Set("Access-Control-Allow-Origin", origin)
	h.Set("Access-Control-Expose-Headers", "Retry-After, X-Request-Id")
	if r.Method != http.MethodOptions || r.Header.Get("Access-Control-Request-Method") == "" {
		return false
	}
	h.Set("Access-Control-Allow-Methods", "GET, POST, PATCH, DELETE")
	h.Set("Access-Control-Allow-Headers", "Authorization, Content-Type")
	h.Set("Access-Control-Max-Age", "600")
	w.WriteHeader(http.StatusNoContent)
	return true
}

// requestID returns the id a trusted proxy gave the request, or a new one.
func requestID(r *http.Request, trusted Proxies) string {
	id := r.Header.Get("X-Request-Id")
	if peer, err := netip.ParseAddrPort(r.RemoteAddr); err == nil && trusted.trusts(peer.Addr().Unmap()) && plainID(id) {
		return id
	}
	var b [8]byte
	rand.Read(b[:])
	return hex.EncodeToString(b[:])
}

// plainID reports whether s may stand in a log and a header as it is.
func plainID(s string) bool {
	for _, r := range s {
		if !('0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || r == '-' || r == '_') {
			return false
		}
	}
	return s != "" && len(s) <= 64
}

// recorder remembers what was answered, for the log.
type recorder struct {
	http.ResponseWriter
	status int
	bytes  int64
}

// WriteHeader implements http.ResponseWriter.
func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (r *recorder) Write(b []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	n, err := r.ResponseWriter.Write(b)
	r.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

func (r *recorder) code() int {
	if r.status == 0 {
		return http.StatusOK
	}
	return r.status
}

// verdict is a ResponseWriter that keeps status and headers and drops the rest.
type verdict struct {
	header http.Header
	status int
}

func (v *verdict) Header() http.Header         { return v.header }
func (v *verdict) Write(b []byte) (int, error) { return len(b), nil }
func (v *verdict) WriteHeader(status int)      { v.status = status }

// statusLabel keeps the number of label values small.
func statusLabel(status int) string { return strconv.Itoa(status/100) + "xx" }
