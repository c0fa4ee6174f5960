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

	"mychat/backend/store"
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

// linkOf returns what the device shows of the link in the message with a text.
func linkOf(t *testing.T, d *device, conv, text string) (store.Message, error) {
	t.Helper()
	list, err := d.history(t.Context(), conv)
	if err != nil {
		return store.Message{}, err
	}
	for _, m := range list {
		if m.Text == text {
			return m, nil
		}
	}
	return store.Message{}, fmt.Errorf("no message %q", text)
}

// wants has the device ask about the link in a message, as a page does that
// shows it.
func wants(t *testing.T, d *device, conv, text string) {
	t.Helper()
	eventually(t, "the message is there", func() error {
		m, err := linkOf(t, d, conv, text)
		if err != nil {
			return err
		}
		return d.WantPreview(t.Context(), conv, m.ID)
	})
}

// told waits until the device knows what stands behind the link in a message;
// title "" means nothing.
func told(t *testing.T, d *device, conv, text, title string) {
	t.Helper()
	eventually(t, d.me.Username+" knows what stands behind "+text, func() error {
		m, err := linkOf(t, d, conv, text)
		if err != nil {
			return err
		}
		if m.Link == nil || m.Link.UntilMS == 0 || m.Link.Title != title {
			return fmt.Errorf("the link is %+v", m.Link)
		}
		return nil
	})
}

// TestPreviewsReachTheirReaders plays a link from its sending to what two
// readers see, with and without a network.
func TestPreviewsReachTheirReaders(t *testing.T) {
	t.Parallel()
	web := newSite(t)
	s := newPreviewStage(t, web, func(*config.Config) {})
	ana, ben := s.register(t, 0, "ana_lind"), s.register(t, 0, "ben_2026")
	conv := befriend(t, ana, ben)
	if on, err := ben.PreviewsOffered(t.Context()); err != nil || !on {
		t.Fatalf("the server says nothing of it: %t, %v", on, err)
	}
	link, none, bad := web.URL+"/oolong", web.URL+"/none", "http://localhost/secret"
	ana.say(t, conv, link, none, bad)
	for _, text := range []string{link, none, bad} {
		wants(t, ben, conv, text)
	}
	told(t, ben, conv, link, "oolong")
	told(t, ben, conv, none, "")
	told(t, ben, conv, bad, "")
	if m, err := linkOf(t, ben, conv, link); err != nil || m.Link.Site != "茶馆" || m.Link.Host != "127.0.0.1" || m.Link.Description != "All about tea" {
		t.Errorf("%+v, %v", m.Link, err)
	}
	wants(t, ana, conv, link)
	told(t, ana, conv, link, "oolong")
	ana.say(t, conv, "again "+link)
	told(t, ben, conv, "again "+link, "oolong") // Known, so nobody asks.
	if n := web.count("/oolong"); n != 1 {
		t.Errorf("the page was read %d times, want once", n)
	}

	// The sender says nothing of it: the log holds the words alone.
	page, err := pageOf(t, ben, conv)
	if err != nil {
		t.Fatal(err)
	}
	if log := string(encoded(t, page)); strings.Contains(log, "茶馆") {
		t.Errorf("the log holds a preview: %s", log)
	}

	// What the user wants nobody to ask is not asked.
	ben.SetPreviews(false)
	ana.say(t, conv, web.URL+"/never", web.URL+"/later")
	wants(t, ben, conv, web.URL+"/never")
	ben.SetPreviews(true)
	wants(t, ben, conv, web.URL+"/later")
	told(t, ben, conv, web.URL+"/later", "later")
	if n := web.count("/never"); n != 0 {
		t.Errorf("the page was read %d times although previews were off", n)
	}

	// Without a network what is known is there, and nothing waits.
	s.nodes[0].stop()
	s.nodes[0].proxy.Cut()
	ben.reopen(t)
	told(t, ben, conv, link, "oolong")
	wants(t, ben, conv, web.URL+"/never")
}

// TestPreviewsWaitTheirTurn asks for more than an account may at once: all are
// answered in the end.
func TestPreviewsWaitTheirTurn(t *testing.T) {
	t.Parallel()
	web := newSite(t)
	s := newPreviewStage(t, web, func(c *config.Config) { c.Limits.PreviewsPerAccount = 40 }) // 10 at once.
	ana, ben := s.register(t, 0, "ana_lind"), s.register(t, 0, "ben_2026")
	conv := befriend(t, ana, ben)
	links := numbered(web.URL+"/page", 12)
	for i, l := range links {
		links[i] = strings.ReplaceAll(l, " ", "-")
	}
	ana.say(t, conv, links...)
	agree(t, conv, links, ben)
	for _, l := range links {
		wants(t, ben, conv, l)
	}
	for i, l := range links {
		told(t, ben, conv, l, fmt.Sprintf("page-%d", i+1))
	}
}

// TestOlderServersOfferNoPreviews is about one that never says that it looks at
// links.
func TestOlderServersOfferNoPreviews(t *testing.T) {
	t.Parallel()
	web := newSite(t)
	s := newPreviewStage(t, web, func(c *config.Config) { c.Previews.Enabled = false })
	ana, ben := s.register(t, 0, "ana_lind"), s.register(t, 0, "ben_2026")
	conv := befriend(t, ana, ben)
	ana.say(t, conv, web.URL+"/oolong")
	wants(t, ben, conv, web.URL+"/oolong")
	if m, err := linkOf(t, ben, conv, web.URL+"/oolong"); err != nil || m.Link != nil {
		t.Errorf("the link is %+v, %v", m.Link, err)
	}
	if on, err := ben.PreviewsOffered(t.Context()); err != nil || on {
		t.Errorf("offered: %t, %v", on, err)
	}
}
