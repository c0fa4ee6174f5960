//go:build linux

package desktop

import (
	"context"
	"net/http"
	"os"
	"strconv"
	"testing"
	"time"

	"mychat/test/drive"
)

// scrolled is how the frames went while something was scrolled from end to end.
type scrolled struct {
	Frames  int     `json:"frames"`
	Late    int     `json:"late"`    // More than 17.7 ms after the one before.
	Longest float64 `json:"longest"` // Milliseconds between two.
}

// scroll moves the scroller around the element that an XPath expression names
// by some pixels in each frame, until it stands still at its end for a second.
const scroll = `
const [path, step] = args;
const at = document.evaluate(path, document, null, XPathResult.FIRST_ORDERED_NODE_TYPE).singleNodeValue;
let box = at;
while (!/auto|scroll/.test(getComputedStyle(box).overflowY)) box = box.parentElement;
const frame = () => new Promise(requestAnimationFrame);
const got = { frames: 0, late: 0, longest: 0 };
let before = await frame();
for (let still = 0, seen = NaN; still < 60; ) {
  box.scrollTop += step;
  const now = await frame();
  still = box.scrollTop === seen ? still + 1 : 0;
  seen = box.scrollTop;
  if (still === 0) {
    got.frames++;
    if (now - before > 17.7) got.late++;
    got.longest = Math.max(got.longest, now - before);
  }
  before = now;
}
return got;
`

// ways is how often BenchmarkScroll goes through the list once more. It is even.
const ways = 8

// BenchmarkScroll scrolls through a list of 5,000 conversations and up through
// 10,000 messages in the real window, and reports how its frames went and how
// much more memory all of its processes took after: of the list after its first
// way, and how much more after the ways that follow. MYCHAT_BENCH_FRIENDS and
// MYCHAT_BENCH_MESSAGES change the numbers.
func BenchmarkScroll(b *testing.B) {
	ctx, cancel := context.WithTimeout(b.Context(), 9*time.Minute)
	defer cancel()
	app := built(b, "mychat")
	server, name, secret := crowd(ctx, b, number(b, "MYCHAT_BENCH_FRIENDS", 5_000), number(b, "MYCHAT_BENCH_MESSAGES", 10_000))
	d := openDesk(b)
	driverServer, pid := d.driverServer(ctx, b)
	w, err := newDriver(ctx, driverServer, d.wrap(b, app), []string{"--server", server, "--data", b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	defer closeApp(ctx, w)
	must := func(err error) {
		b.Helper()
		if err != nil {
			b.Fatal(err)
		}
	}
	must(call(ctx, http.MethodPost, w.base+"/timeouts", map[string]any{"script": (5 * time.Minute).Milliseconds()}, nil))
	must(w.fill(ctx, field("Username"), name))
	must(w.fill(ctx, field("Password"), secret))
	must(w.click(ctx, button("Sign in")))
	_, err = w.find(ctx, conversationRow)
	must(err)
	must(w.evalAsync(ctx, `
		for (;;) {
			const { history } = await window.go.bridge.Storage.State();
			if (history.total > 0 && history.here === history.total) return null;
			await new Promise((resolve) => setTimeout(resolve, 200));
		}`, nil))

	var list, messages scrolled
	for b.Loop() {
		begun := memory(b, pid)
		must(w.evalAsync(ctx, scroll, &list, `//*[@role="list"][@aria-label="Conversations"]`, 600))
		once := memory(b, pid)
		b.ReportMetric(once-begun, "list-MiB-more")
		for range ways / 2 {
			must(w.evalAsync(ctx, scroll, nil, `//*[@role="list"][@aria-label="Conversations"]`, -600))
			must(w.evalAsync(ctx, scroll, nil, `//*[@role="list"][@aria-label="Conversations"]`, 600))
		}
		b.ReportMetric(memory(b, pid)-once, "list-MiB-more-again")

		must(w.evalAsync(ctx, scroll, nil, `//*[@role="list"][@aria-label="Conversations"]`, -6000))
		must(w.click(ctx, conversationRow)) // It had the most messages, and so the last one.
		must(w.click(ctx, `//button[contains(@aria-label, "newest message")]`))
		begun = memory(b, pid)
		must(w.evalAsync(ctx, scroll, &messages, `//*[@role="log"]`, -900))
		b.ReportMetric(memory(b, pid)-begun, "messages-MiB-more")
		if _, err := w.find(ctx, `//*[contains(., "This is where your conversation with")]`); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(0, "ns/op")
	for unit, got := range map[string]scrolled{"list": list, "messages": messages} {
		b.ReportMetric(float64(got.Frames), unit+"-frames")
		b.ReportMetric(float64(got.Late), unit+"-late")
		b.ReportMetric(got.Longest, unit+"-ms-longest")
	}
}

// crowd starts a server with somebody who has friends, each of whom wrote one
// message and one of them many, and returns how to sign in.
func crowd(ctx context.Context, b *testing.B, friends, messages int) (address, name, secret string) {
	b.Helper()
	s, err := drive.Start(ctx, drive.Own{Binary: built(b, "mychat-server"), Folder: b.TempDir(), Env: drive.CheapPasswords})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := s.Stop(); err != nil {
			b.Error(err)
		}
	})
	name, secret, err = s.Crowd(ctx, friends, messages, 200)
	if err != nil {
		b.Fatal(err)
	}
	return s.URL, name, secret
}

func number(b *testing.B, variable string, otherwise int) int {
	b.Helper()
	text := os.Getenv(variable)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		b.Fatalf("%s: %v", variable, err)
	}
	return n
}
