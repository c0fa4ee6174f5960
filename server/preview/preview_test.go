package preview

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"

	"mychat/protocol"
)

// serve answers at an address until the test ends and returns it with its port.
func serve(t *testing.T, address string, handler http.HandlerFunc) string {
	t.Helper()
	l, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	s := &http.Server{Handler: handler}
	done := make(chan error, 1)
	go func() { done <- s.Serve(l) }()
	t.Cleanup(func() { s.Close(); <-done })
	return l.Addr().String()
}

func page(w io.Writer, title string) {
	fmt.Fprintf(w, "<!doctype html><html><head><title>%s</title></head><body></body></html>", title)
}

// running returns a Previews that runs until the test ends.
func running(t *testing.T, opt Options) *Previews {
	t.Helper()
	p := New(opt)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- p.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return p
}

// everything stands for a guard that lets tests reach this machine.
func everything(netip.AddrPort) bool { return true }

func TestWhatIsAPage(t *testing.T) {
	encode := func(s string, err error) string {
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	const chinese = "你好，世界"
	html := func(head string) string { return "<html><head>" + head + "</head><body>x</body></html>" }
	var bomb bytes.Buffer
	z := gzip.NewWriter(&bomb)
	if _, err := z.Write([]byte("<html><head><meta name=x content='")); err != nil {
		t.Fatal(err)
	}
	zeros := make([]byte, 1<<20)
	for range 8 {
		if _, err := z.Write(zeros); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := z.Write([]byte("'><title>behind 8 MiB</title>")); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	var packed bytes.Buffer
	z = gzip.NewWriter(&packed)
	page(z, "packed")
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}

	for _, tt := range []struct {
		name, contentType, body, want string
		header                        http.Header
		status                        int
	}{
		{name: "a page", contentType: "text/html", body: html("<title>A</title>"), want: "A"},
		{name: "XHTML", contentType: "application/xhtml+xml; charset=utf-8", body: `<?xml version="1.0"?>` + html("<title>A</title>"), want: "A"},
		{name: "no type", contentType: "-", body: html("<title>A</title>"), want: "A"},
		{name: "a picture that says it is a page", contentType: "text/html", body: "\x89PNG\r\n\x1a\n" + html("<title>A</title>")},
		{name: "a page that says it is a picture", contentType: "image/png", body: html("<title>A</title>")},
		{name: "plain text", contentType: "text/plain", body: html("<title>A</title>")},
		{name: "JSON", contentType: "application/json", body: `{"title":"A"}`},
		{name: "no type and no page", contentType: "-", body: "<title"},
		{name: "an empty answer", contentType: "text/html", body: ""},
		{name: "an error", contentType: "text/html", body: html("<title>not found</title>"), status: 404},
		{name: "a broken type", contentType: "text/html; charset", body: html("<title>A</title>"), want: "A"},
		{name: "GBK by its header", contentType: "text/html; charset=gbk", body: encode(simplifiedchinese.GBK.NewEncoder().String(html("<title>" + chinese + "</title>"))), want: chinese},
		{name: "GB18030 by its markup", contentType: "text/html", body: encode(simplifiedchinese.GB18030.NewEncoder().String(html(`<meta charset="gb18030"><title>` + chinese + "</title>"))), want: chinese},
		{name: "Big5", contentType: "text/html", body: encode(traditionalchinese.Big5.NewEncoder().String(html(`<meta http-equiv="Content-Type" content="text/html; charset=big5"><title>你好，世界</title>`))), want: chinese},
		{name: "packed", contentType: "text/html", body: packed.String(), header: http.Header{"Content-Encoding": {"gzip"}}, want: "packed"},
		{name: "packed in another way", contentType: "text/html", body: html("<title>A</title>"), header: http.Header{"Content-Encoding": {"br"}}},
		{name: "a bomb", contentType: "text/html", body: bomb.String(), header: http.Header{"Content-Encoding": {"gzip"}}},
		{name: "a title behind what is read", contentType: "text/html", body: "<html><head><!--" + strings.Repeat("x", maxBytes) + "--><title>A</title>"},
		{name: "a huge page with its title first", contentType: "text/html", body: html("<title>A</title>") + strings.Repeat("<p>x", 4<<20), want: "A"},
		{name: "a huge header", contentType: "text/html", body: html("<title>A</title>"), header: http.Header{"X-Fill": {strings.Repeat("x", maxHeaderBytes)}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			at := serve(t, "127.0.0.1:0", func(w http.ResponseWriter, _ *http.Request) {
				for k, v := range tt.header {
					w.Header()[k] = v
				}
				w.Header().Set("Content-Type", tt.contentType)
				if tt.contentType == "-" {
					w.Header()["Content-Type"] = nil
				}
				if tt.status != 0 {
					w.WriteHeader(tt.status)
				}
				// Nobody reads it to the end.
				_, _ = io.WriteString(w, tt.body)
			})
			got, err := running(t, Options{Reach: everything}).Get(t.Context(), "http://"+at)
			if err != nil || got.Title != tt.want {
				t.Errorf("got %+v, %v, want the title %q", got, err, tt.want)
			}
			if (got.KeepMS == time.Hour.Milliseconds()) != (tt.want == "") {
				t.Errorf("is kept for %d ms", got.KeepMS)
			}
		})
	}
}

// TestSlowServers is about those that never come to an end: the time of a fetch
// bounds the head and the body of an answer.
func TestSlowServers(t *testing.T) {
	for name, handler := range map[string]http.HandlerFunc{
		"no answer": func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		"half a page": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprint(w, "<html><head>"+strings.Repeat(" ", 2048))
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		},
	} {
		t.Run(name, func(t *testing.T) {
			at := serve(t, "127.0.0.1:0", handler)
			got, err := running(t, Options{Reach: everything, Within: 50 * time.Millisecond}).Get(t.Context(), "http://"+at)
			if err != nil || got.Title != "" {
				t.Errorf("got %+v, %v, want nothing", got, err)
			}
		})
	}
}

// TestOnceForAll shows that a link is fetched once for all who ask at the same
// time, and not again while the answer is young.
func TestOnceForAll(t *testing.T) {
	var fetched atomic.Int64
	release := make(chan struct{})
	at := serve(t, "127.0.0.1:0", func(w http.ResponseWriter, _ *http.Request) {
		fetched.Add(1)
		<-release
		page(w, "A")
	})
	var now atomic.Int64
	p := running(t, Options{Reach: everything, Now: func() time.Time { return time.Unix(now.Load(), 0) }})
	var group sync.WaitGroup
	for i := range 20 {
		group.Go(func() {
			got, err := p.Get(t.Context(), fmt.Sprintf("http://%s/#%d", at, i)) // A fragment is none of the server's.
			if err != nil || got.Title != "A" {
				t.Errorf("got %+v, %v", got, err)
			}
		})
	}
	close(release)
	group.Wait()
	if n := fetched.Load(); n != 1 {
		t.Errorf("fetched %d times, want once", n)
	}
	now.Store(25 * 60 * 60)
	if _, err := p.Get(t.Context(), "http://"+at+"/"); err != nil || fetched.Load() != 2 {
		t.Errorf("a day later: fetched %d times, %v, want twice", fetched.Load(), err)
	}
}

// TestBounds shows that no more than so many fetches run and wait, that the
// oldest gives way, and that who waits for it hears of that.
func TestBounds(t *testing.T) {
	var mu sync.Mutex
	var now, most int
	release := make(chan struct{})
	arrived := make(chan struct{}, 10)
	at := serve(t, "127.0.0.1:0", func(w http.ResponseWriter, _ *http.Request) {
		mu.Lock()
		now++
		most = max(most, now)
		mu.Unlock()
		arrived <- struct{}{}
		<-release
		mu.Lock()
		now--
		mu.Unlock()
		page(w, "A")
	})
	p := running(t, Options{Reach: everything, AtOnce: 2, Waiting: 2, Within: time.Minute})
	ask := func(path string) *flight {
		u, err := p.guard.parse("http://" + at + path)
		if err != nil {
			t.Fatal(err)
		}
		f, _ := p.begin(u)
		return f
	}
	flights := []*flight{ask("/1"), ask("/2")}
	<-arrived
	<-arrived // Both workers are busy.
	oldest := ask("/3")
	flights = append(flights, ask("/4"), ask("/5"))
	<-oldest.done
	if !errors.Is(oldest.err, protocol.ErrUnavailable) || protocol.AsError(oldest.err).RetryAfterMS == 0 {
		t.Errorf("what gave way says %v", oldest.err)
	}
	close(release)
	for _, f := range flights {
		if <-f.done; f.err != nil || f.answer.Title != "A" {
			t.Errorf("%s: %+v, %v", f.key, f.answer, f.err)
		}
	}
	if most > 2 {
		t.Errorf("%d fetches at once, want at most 2", most)
	}
}

func TestAnswersAreForgotten(t *testing.T) {
	at := serve(t, "127.0.0.1:0", func(w http.ResponseWriter, _ *http.Request) { page(w, "A") })
	p := running(t, Options{Reach: everything, Kept: 3})
	for i := range 10 {
		if _, err := p.Get(t.Context(), fmt.Sprintf("http://%s/%d", at, i)); err != nil {
			t.Fatal(err)
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.kept) != 3 || len(p.order) != 3 || len(p.flights) != 0 {
		t.Errorf("%d answers, %d in order, %d under way", len(p.kept), len(p.order), len(p.flights))
	}
}

func TestRefusals(t *testing.T) {
	p := running(t, Options{})
	if _, err := p.Get(t.Context(), "ftp://example.org"); protocol.AsError(err).Code != protocol.CodeInvalid || protocol.AsError(err).Field != "url" {
		t.Errorf("another scheme: %v", err)
	}
	if _, err := New(Options{Off: true}).Get(t.Context(), "https://example.org"); !errors.Is(err, protocol.ErrNotFound) {
		t.Errorf("switched off: %v", err)
	}
	// What the guard refuses looks like what has no title.
	got, err := p.Get(t.Context(), "http://127.0.0.1/")
	if err != nil || got != (protocol.Preview{KeepMS: time.Hour.Milliseconds()}) {
		t.Errorf("an address of this machine: %+v, %v", got, err)
	}
}

// TestStopping shows that nobody waits for what will never be fetched.
func TestStopping(t *testing.T) {
	p := New(Options{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := p.Run(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Get(t.Context(), "https://example.org"); !errors.Is(err, protocol.ErrUnavailable) {
		t.Errorf("after the end: %v", err)
	}
}

// TestNothingIsLogged shows that the log names neither links nor hosts.
func TestNothingIsLogged(t *testing.T) {
	var log bytes.Buffer
	p := New(Options{
		Resolver: names(t, nil),
		Log:      slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- p.Run(ctx) }()
	for _, link := range []string{"http://private-name.example/secret?q=1", "http://127.0.0.1/secret", "https://169.254.169.254/secret"} {
		if _, err := p.Get(t.Context(), link); err != nil {
			t.Fatal(err)
		}
	}
	cancel()
	<-done
	if s := log.String(); !strings.Contains(s, "refused by the guard") || strings.Contains(s, "secret") || strings.Contains(s, "private-name") || strings.Contains(s, "127.0.0.1") {
		t.Errorf("the log says %s", s)
	}
}
