// Package browserhost serves the page, its calls and its events to a browser on
// this machine.
//
// What it serves is the user's whole account, so it listens on the loopback
// only and asks for three things: a random path of this run, which only the
// user was told; a Host header that names this machine, so that no foreign name
// can be rebound to it; and an Origin, where the browser sends one, that is the
// page itself. Serve owns every goroutine. The random path is never logged.
package browserhost

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"mime"
	"net"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
	"time"

	"mychat/backend/bridge"
	"mychat/protocol"
)

const (
	// maxCall bounds the arguments of one call, in bytes: the longest text with
	// every character escaped, and room.
	maxCall = 1 << 20

	// drainWithin is how long answers in flight may take when Serve ends.
	drainWithin = 3 * time.Second
)

// Options configures New. App and Page are required.
type Options struct {
	App    *bridge.App
	Page   fs.FS        // The built page, with index.html at its root.
	Locale string       // The system's language as a BCP 47 tag.
	Log    *slog.Logger // Nil means slog.Default.
}

// Host serves one App. Its methods are safe for concurrent use.
type Host struct {
	app    *bridge.App
	page   fs.FS
	locale string
	log    *slog.Logger
	calls  *dispatcher
	token  string // Of this run; the first part of every path.

	mu    sync.Mutex
	pages int // Pages that listen to events.
}

// New returns a Host with a fresh random path.
func New(opt Options) *Host {
	if opt.Log == nil {
		opt.Log = slog.Default()
	}
	return &Host{
		app: opt.App, page: opt.Page, locale: opt.Locale, log: opt.Log,
		calls: newDispatcher(opt.App.Bound(), opt.Log),
		token: strings.ToLower(rand.Text()),
	}
}

// Listen listens on a loopback address, such as 127.0.0.1:0, and refuses any
// other.
func Listen(address string) (net.Listener, error) {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	if a, ok := l.Addr().(*net.TCPAddr); !ok || !a.IP.IsLoopback() {
		_ = l.Close()
		return nil, fmt.Errorf("listen on %s: that is no loopback address, and others could reach it", address)
	}
	return l, nil
}

// URL returns the address of the page for a listener that is served.
func (h *Host) URL(l net.Listener) string { return "http://" + l.Addr().String() + "/" + h.token + "/" }

// Serve serves l until ctx ends. It closes l.
func (h *Host) Serve(ctx context.Context, l net.Listener) error {
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		return fmt.Errorf("serve: %w", err)
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var handlers sync.WaitGroup // Also those whose connection became a socket.
	handler := h.handler(port)
	server := &http.Server{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			handlers.Add(1)
			defer handlers.Done()
			handler.ServeHTTP(w, r)
		}),
		BaseContext:       func(net.Listener) context.Context { return ctx },
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    32 << 10,
		ErrorLog:          slog.NewLogLogger(h.log.Handler(), slog.LevelDebug),
	}
	drained := make(chan error, 1)
	context.AfterFunc(ctx, func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainWithin)
		defer cancel()
		drained <- server.Shutdown(ctx)
	})
	err = server.Serve(l)
	stop()
	if e := <-drained; errors.Is(err, http.ErrServerClosed) {
		err = e
	}
	if errors.Is(err, context.DeadlineExceeded) {
		err = server.Close() // What did not answer in time is cut.
	}
	handlers.Wait()
	return err
}

// handler serves what comes to the given port.
func (h *Host) handler(port string) http.Handler {
	hosts := map[string]bool{"127.0.0.1:" + port: true, "localhost:" + port: true, "[::1]:" + port: true}
	root := "/" + h.token + "/"
	routes := http.NewServeMux()
	routes.HandleFunc("POST "+root+"call/{struct}/{method}", h.serveCall)
	routes.HandleFunc("GET "+root+"events", h.serveEvents)
	routes.HandleFunc("GET "+root+"host.json", h.serveHost)
	routes.HandleFunc("GET "+root+"file/{job}", h.serveFile)
	routes.HandleFunc("POST "+root+"backup", h.serveBackup)
	routes.Handle("GET "+root, http.StripPrefix(root, http.HandlerFunc(h.servePage)))

	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		protect(w.Header(), r.Host)
		switch {
		case !hosts[r.Host]:
			http.Error(w, "this server answers to its own address only", http.StatusMisdirectedRequest)
		case !h.knows(r.URL.Path):
			http.NotFound(w, r)
		case !ownOrigin(r):
			http.Error(w, "this server answers to its own page only", http.StatusForbidden)
		default:
			routes.ServeHTTP(w, r)
		}
	})
}

// knows reports whether a path begins with the token, in a time that does not
// tell how much of it is right.
func (h *Host) knows(urlPath string) bool {
	first, _, _ := strings.Cut(strings.TrimPrefix(urlPath, "/"), "/")
	return subtle.ConstantTimeCompare([]byte(first), []byte(h.token)) == 1
}

// ownOrigin reports whether r comes from the page itself. A browser names the
// origin of everything that can change or stream something; only then may it
// be missing.
func ownOrigin(r *http.Request) bool {
	origin := r.Header.Get("Origin")
	if origin == "" {
		return r.Method == http.MethodGet && r.Header.Get("Upgrade") == ""
	}
	return origin == "http://"+r.Host
}

// protect sets what keeps a page from reaching out and others from reaching in.
func protect(header http.Header, host string) {
	header.Set("Content-Security-Policy", Policy("ws://"+host))
	header.Set("Cache-Control", "no-store")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("X-Frame-Options", "DENY")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("Cross-Origin-Resource-Policy", "same-origin")
	header.Set("Cross-Origin-Opener-Policy", "same-origin")
}

// Policy is the Content-Security-Policy of the page in every host: nothing
// comes from anywhere but the host, no script is inline. connect names further
// origins that the page may talk to.
func Policy(connect ...string) string {
	return "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' blob:; " +
		"font-src 'self'; connect-src " + strings.Join(append([]string{"'self'"}, connect...), " ") + "; " +
		"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
}

// serveCall calls a method of a bound struct: a JSON array of arguments in, the
// result out, or a bridge.Error with a status that is no success.
func (h *Host) serveCall(w http.ResponseWriter, r *http.Request) {
	args, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxCall))
	if err != nil {
		var tooLarge *http.MaxBytesError
		if errors.As(err, &tooLarge) {
			h.answer(w, http.StatusRequestEntityTooLarge, &bridge.Error{Code: string(protocol.CodeTooLarge), Message: "the arguments are too large"})
		}
		return // Otherwise the page is gone.
	}
	result, err := h.calls.call(r.PathValue("struct")+"/"+r.PathValue("method"), args)
	if err != nil {
		h.answer(w, statusOf(bridge.AsError(err)), bridge.AsError(err))
		return
	}
	h.answer(w, http.StatusOK, result)
}

func statusOf(err *bridge.Error) int {
	switch protocol.Code(err.Code) {
	case protocol.CodeNotFound:
		return http.StatusNotFound
	case protocol.CodeInternal:
		return http.StatusInternalServerError
	}
	return http.StatusUnprocessableEntity
}

// serveHost tells the page where it runs.
func (h *Host) serveHost(w http.ResponseWriter, _ *http.Request) {
	h.answer(w, http.StatusOK, struct {
		Host   string `json:"host"`
		Locale string `json:"locale"`
	}{bridge.HostBrowser, h.locale})
}

func (h *Host) answer(w http.ResponseWriter, status int, v any) {
	data, err := json.Marshal(v)
	if err != nil {
		h.log.Error("a result is not JSON", "error", err)
		http.Error(w, "a result is not JSON", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(data) // A page that is gone needs no answer.
}

// serveFile hands the page what a job made, as a download.
func (h *Host) serveFile(w http.ResponseWriter, r *http.Request) {
	id, err := strconv.ParseInt(r.PathValue("job"), 10, 64)
	if err != nil {
		http.NotFound(w, r)
		return
	}
	f, name, err := h.app.Download(id)
	if err != nil {
		http.NotFound(w, r)
		return
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	http.ServeContent(w, r, "", info.ModTime(), f)
}

// serveBackup takes a backup that the page sends, of any size that fits the
// disk. Its name is in the query: it is a word for the user, no path.
func (h *Host) serveBackup(w http.ResponseWriter, r *http.Request) {
	if err := h.app.TakeBackup(r.URL.Query().Get("name"), r.Body); err != nil {
		h.answer(w, statusOf(bridge.AsError(err)), bridge.AsError(err))
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// servePage serves a file of the built page.
func (h *Host) servePage(w http.ResponseWriter, r *http.Request) {
	name := r.URL.Path
	if name == "" {
		name = "index.html"
	}
	data, err := fs.ReadFile(h.page, name) // Refuses what is no clean path below the root.
	switch {
	case err == nil:
	case name == "index.html":
		http.Error(w, "the page is not built into this program", http.StatusServiceUnavailable)
		return
	default:
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", contentType(name))
	_, _ = w.Write(data)
}

// contentType names the type of a file of the page. The system's own table is
// not asked: some name scripts plain text.
func contentType(name string) string {
	switch path.Ext(name) {
	case ".html":
		return "text/html; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".json":
		return "application/json"
	case ".svg":
		return "image/svg+xml"
	case ".png":
		return "image/png"
	case ".woff2":
		return "font/woff2"
	case ".txt":
		return "text/plain; charset=utf-8"
	}
	return "application/octet-stream"
}
