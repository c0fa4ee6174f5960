//go:build linux

package desktop

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mychat/server/config"
	"mychat/server/node"
)

const password = "correct horse battery"

// TestWindow signs up in the real window, makes a friend, and chats; then it is
// minimised, gets a notice, is brought back by a click on it, and is started a
// second time.
func TestWindow(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	app := built(t, "mychat")
	server := startServer(t)
	d := openDesk(t)
	args := []string{"--server", server, "--data", t.TempDir()}
	w := d.startDriver(ctx, t, app, args...)
	must := func(err error) {
		t.Helper()
		if err != nil {
			d.shoot(context.WithoutCancel(ctx), t, "window-failed")
			t.Fatal(err)
		}
	}

	must(w.click(ctx, button("Create account")))
	must(w.fill(ctx, field("Nickname"), "林晚"))
	must(w.fill(ctx, field("Username"), "lin_wan"))
	must(w.fill(ctx, field("Password"), password))
	must(w.fill(ctx, field("Password again"), password))
	must(w.click(ctx, button("Create account")))
	_, err := w.find(ctx, `//nav[@aria-label="Main navigation"]`)
	must(err)

	ben := newFriend(ctx, t, server, "ben_2026", "lin_wan")
	must(w.click(ctx, `//nav[@aria-label="Main navigation"]//button[starts-with(@aria-label, "Contacts")]`))
	must(w.click(ctx, `//button[contains(., "Friend requests")]`))
	must(w.click(ctx, button("Accept")))
	must(w.click(ctx, `//nav[@aria-label="Main navigation"]//button[starts-with(@aria-label, "Messages")]`))
	must(w.click(ctx, conversationRow))

	conv := ben.conversation(ctx, t)
	ben.say(ctx, t, conv, "Hello from Ben 👋")
	_, err = w.find(ctx, message("Hello from Ben 👋"))
	must(err)
	// WebKitWebDriver types no character beyond the basic plane.
	must(w.fill(ctx, `//textarea`, "收到，晚上见"))
	must(w.click(ctx, button("Send")))
	_, err = w.find(ctx, message("收到，晚上见"))
	must(err)
	ben.hears(ctx, t, conv, "收到，晚上见")

	if n := colours(d.shoot(ctx, t, "window-chat")); n < 100 {
		t.Errorf("the window shows %d colours: it is blank", n)
	}

	t.Run("notice", func(t *testing.T) {
		window := d.xdotool(ctx, t, "search", "--onlyvisible", "--name", "MyChat")
		d.xdotool(ctx, t, "windowminimize", window)
		await(ctx, t, "the page loses the focus", func() error {
			var focused bool
			if err := w.eval(ctx, "return document.hasFocus()", &focused); err != nil || focused {
				return fmt.Errorf("focused is %t, %w", focused, err)
			}
			return nil
		})
		// The notice follows the page's word that it is not looked at, which
		// travels beside the message: so Ben writes until one is shown.
		var got notice
		for i := 0; got.ID == 0; i++ {
			ben.say(ctx, t, conv, fmt.Sprintf("are you there? %d", i))
			select {
			case got = <-d.notices.shown:
			case <-time.After(2 * time.Second):
			case <-ctx.Done():
				t.Fatal("no notice was shown")
			}
		}
		if got.Title != "Ben" || !strings.HasPrefix(got.Body, "are you there?") {
			t.Errorf("the notice says %q, %q", got.Title, got.Body)
		}
		await(ctx, t, "what is recalled takes its notice along", func() error {
			m, err := ben.Send(ctx, conv, "never mind")
			if err != nil {
				return err
			}
			over := time.After(2 * time.Second) // Of this attempt: the app may not know the notice's number yet.
			var id uint32
			for {
				select {
				case n := <-d.notices.shown:
					if n.Body != "never mind" || id != 0 {
						continue
					}
					id = n.ID
					if err := ben.Recall(ctx, conv, m.ID); err != nil {
						return err
					}
				case closed := <-d.notices.closed:
					if closed == id {
						return nil
					}
				case <-over:
					return fmt.Errorf("notice %d stays", id)
				}
			}
		})
		await(ctx, t, "a click brings the window back", func() error {
			// The app learns the notice's number a moment after it is shown, so
			// the first click may come too early.
			if err := d.notices.click(got.ID); err != nil {
				return err
			}
			if out, err := d.command(ctx, "xdotool", "search", "--onlyvisible", "--name", "MyChat").Output(); err != nil {
				return fmt.Errorf("xdotool: %w: %s", err, out)
			}
			return nil
		})
	})

	t.Run("started again", func(t *testing.T) {
		if out, err := d.command(ctx, app, args...).CombinedOutput(); err != nil {
			t.Errorf("the second start: %v\n%s", err, out)
		}
	})
}

// TestTwoWindows starts the app on two data folders. The window of the second
// must not hide that of the first.
func TestTwoWindows(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	app := built(t, "mychat")
	d := openDesk(t)
	root := t.TempDir()
	for _, folder := range []string{"lin", "ben"} {
		d.start(t, exec.Command(app, "--data", filepath.Join(root, folder)))
	}
	await(ctx, t, "two windows stand apart", func() error {
		out, err := d.command(ctx, "xdotool", "search", "--onlyvisible", "--name", "MyChat").Output()
		if err != nil {
			return fmt.Errorf("search the windows: %w", err)
		}
		places := map[string]bool{}
		windows := strings.Fields(string(out))
		for _, window := range windows {
			geometry, err := d.command(ctx, "xdotool", "getwindowgeometry", window).Output()
			if err != nil {
				return fmt.Errorf("ask where a window is: %w", err)
			}
			_, place, _ := strings.Cut(string(geometry), "Position: ")
			places[place] = true
		}
		if len(places) != 2 {
			return fmt.Errorf("%d windows in %d places", len(windows), len(places))
		}
		return nil
	})
}

// conversationRow is the XPath of the first row of the conversation list.
const conversationRow = `//*[@aria-label="Conversations"]//button`

// button, field and message are the XPath of what a user sees by that name.
func button(name string) string {
	return fmt.Sprintf(`//button[normalize-space(.)=%[1]q or @aria-label=%[1]q]`, name)
}

func field(label string) string {
	return fmt.Sprintf(`//input[@id=//label[normalize-space(.)=%q]/@for]`, label)
}

func message(text string) string {
	return fmt.Sprintf(`//article[contains(., %q)]`, text)
}

// signIn signs in an account that the machine does not know yet.
func (d *driver) signIn(ctx context.Context, username string) error {
	if err := d.fill(ctx, field("Username"), username); err != nil {
		return err
	}
	if err := d.fill(ctx, field("Password"), password); err != nil {
		return err
	}
	return d.click(ctx, `//form//button[normalize-space(.)="Sign in"]`)
}

// xdotool runs one xdotool command and returns the first line it prints.
func (d *desk) xdotool(ctx context.Context, t testing.TB, args ...string) string {
	t.Helper()
	out, err := d.command(ctx, "xdotool", args...).Output()
	if err != nil {
		t.Fatalf("xdotool %v: %v", args, err)
	}
	line, _, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
	return line
}

// await waits until check returns nil.
func await(ctx context.Context, t testing.TB, what string, check func() error) {
	t.Helper()
	look := time.NewTicker(50 * time.Millisecond)
	defer look.Stop()
	for {
		err := check()
		if err == nil {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatalf("wait until %s: %v", what, err)
		case <-look.C:
		}
	}
}

// startServer runs a server in this process and returns its URL.
func startServer(t testing.TB) string {
	t.Helper()
	cfg := config.Default()
	cfg.Listen, cfg.Data = "127.0.0.1:0", t.TempDir()
	cfg.Limits.FramesPerSecond, cfg.Limits.RequestsPerAccount = 0, 0 // A test writes more than a person.
	n, err := node.Open(t.Context(), cfg, node.Options{Log: quiet(t)})
	if err != nil {
		t.Fatal(err)
	}
	untilEnd(t, n.Run)
	return n.URL()
}

func quiet(t testing.TB) *slog.Logger {
	return slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
}

// untilEnd runs something until the test ends.
func untilEnd(t testing.TB, run func(context.Context) error) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan error, 1)
	go func() { ended <- run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("ended: %v", err)
		}
	})
}

// freePort returns a loopback port that was free a moment ago.
func freePort(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}
