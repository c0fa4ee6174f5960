package test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"

	"mychat/protocol"
	"mychat/server/config"
	"mychat/server/node"
	"mychat/server/preview"
)

// site is a web server of this test that counts who asks for what.
type site struct {
	*httptest.Server
	mu    sync.Mutex
	asked map[string]int // By path.
	agent string
}

func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{asked: map[string]int{}}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.asked[r.URL.Path]++
		s.agent = r.UserAgent()
		s.mu.Unlock()
		if strings.HasPrefix(r.URL.Path, "/none") {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, `<title>%s</title><meta property="og:site_name" content="茶馆"><meta name=description content="All about tea">`, strings.TrimPrefix(r.URL.Path, "/"))
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *site) count(path string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked[path]
}

// newPreviewStage is a server of one node that may reach a site on this machine,
// which no setting allows.
func newPreviewStage(t *testing.T, s *site, change func(*config.Config)) *stage {
	t.Helper()
	cfg := serverConfig(t.TempDir(), "")
	change(&cfg)
	at := s.Listener.Addr().String()
	return &stage{config: cfg, nodes: []*playedNode{startNodeWith(t, cfg, node.Options{
		Log: testLog(t), Previews: preview.Options{Reach: func(to netip.AddrPort) bool { return to.String() == at }},
	})}}
}

// TestServerLooksAtLinks asks a server what stands behind links.
func TestServerLooksAtLinks(t *testing.T) {
	t.Parallel()
	web := newSite(t)
	s := newPreviewStage(t, web, func(c *config.Config) { c.Limits.PreviewsPerAccount = 16 })
	ana, ben := s.register(t, 0, "ana_lind").client(t), s.register(t, 0, "ben_2026").client(t)
	got, err := ana.Preview(t.Context(), web.URL+"/oolong")
	want := protocol.Preview{Title: "oolong", Description: "All about tea", Site: "茶馆", Host: "127.0.0.1", KeepMS: 24 * 60 * 60 * 1000}
	if err != nil || got != want {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
	if again, err := ben.Preview(t.Context(), web.URL+"/oolong#brewing"); err != nil || again != want || web.count("/oolong") != 1 {
		t.Errorf("asked by another: %+v, %v; the page was read %d times", again, err, web.count("/oolong"))
	}
	if !strings.HasPrefix(web.agent, "MyChat/") {
		t.Errorf("the server calls itself %q", web.agent)
	}
	if none, err := ana.Preview(t.Context(), web.URL+"/none"); err != nil || none.Title != "" || none.KeepMS == 0 {
		t.Errorf("no page: %+v, %v", none, err)
	}
	for err = nil; err == nil; {
		_, err = ana.Preview(t.Context(), web.URL+"/oolong")
	}
	if !errors.Is(err, protocol.ErrRateLimited) || protocol.AsError(err).RetryAfterMS == 0 {
		t.Errorf("too often: %v", err)
	}
	if _, err := ben.Preview(t.Context(), web.URL+"/oolong"); err != nil {
		t.Errorf("another account waits too: %v", err)
	}
}

// TestServerLooksAtNoLinks is about what an administrator may say.
func TestServerLooksAtNoLinks(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		change func(*config.Config)
		want   protocol.Code
	}{
		"switched off":     {func(c *config.Config) { c.Previews.Enabled = false }, protocol.CodeNotFound},
		"not allowed":      {func(c *config.Config) { c.Previews.Allow = []string{"example.org"} }, ""},
		"a denied network": {func(c *config.Config) { c.Previews.Deny = []string{"127.0.0.0/8"} }, ""},
	} {
		web := newSite(t)
		s := newPreviewStage(t, web, tt.change)
		got, err := s.register(t, 0, "ana_lind").client(t).Preview(t.Context(), web.URL+"/oolong")
		var refusal *protocol.Error
		errors.As(err, &refusal)
		if code(refusal) != tt.want || got.Title != "" || web.count("/oolong") > 0 {
			t.Errorf("%s: got %+v, %v; the page was read %d times", name, got, err, web.count("/oolong"))
		}
	}
}
