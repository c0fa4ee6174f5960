//go:build linux

package desktop

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"mychat/backend/store"
)

// written is what the composer holds, as the user sees it, and how often Enter
// was pressed and released in it.
type written struct {
	Value string `json:"value"`
	Enter int    `json:"enter"`
}

// TestInputMethod types Chinese with fcitx in the real window. Its Pinyin gives
// the Enter that ends a composition back to the window, which tells the page of
// it after compositionend as if it were any Enter.
func TestInputMethod(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	app := built(t, "mychat")
	d := openDesk(t)
	im := d.newInputMethod(t)
	server := startServer(t)
	lin := newPerson(ctx, t, server, "lin_wan", "林晚")
	ben := newFriend(ctx, t, server, "ben_2026", "lin_wan")
	lin.accept(ctx, t)
	conv := ben.conversation(ctx, t)

	w := d.startDriver(ctx, t, app, "--server", server, "--data", t.TempDir())
	must := func(err error) {
		t.Helper()
		if err != nil {
			d.shoot(context.WithoutCancel(ctx), t, "input-method-failed")
			t.Fatal(err)
		}
	}
	must(w.signIn(ctx, "lin_wan"))
	must(w.click(ctx, conversationRow))
	must(w.click(ctx, `//textarea`))
	must(w.eval(ctx, `window.enter = 0;
document.querySelector("textarea").addEventListener("keyup", (e) => { if (e.key === "Enter") window.enter++; });
return null`, nil))
	im.start(ctx, t)

	// press types one key, no sooner after the one before than a fast typist,
	// and waits until the composer holds want.
	press := func(key, want string, enter int) {
		t.Helper()
		d.xdotool(ctx, t, "sleep", "0.1", "key", key)
		var got written
		await(ctx, t, fmt.Sprintf("%s makes it %q", key, want), func() error {
			err := w.eval(ctx, `return { value: document.querySelector("textarea").value, enter: window.enter }`, &got)
			if err == nil && (got.Enter != enter || got.Value != want) {
				err = fmt.Errorf("it is %q after %d Enter", got.Value, got.Enter)
			}
			return err
		})
	}
	press("n", "嗯", 0)
	press("i", "你", 0)
	press("Return", "你", 1) // Ends the composition: neither a message nor a line.
	press("h", "你h", 1)
	press("a", "你哈", 1)
	press("o", "你好", 1)
	press("Return", "你好", 2)
	press("Return", "", 3)
	ben.hears(ctx, t, conv, "你好")
	press("a", "啊", 3)
	press("space", "啊", 3) // Chosen without Enter: the next one sends.
	press("Return", "", 4)
	ben.hears(ctx, t, conv, "啊")

	page, err := ben.Page(ctx, store.PageQuery{ConversationID: conv})
	must(err)
	var texts []string
	for _, m := range page.Messages {
		if m.Kind == "text" {
			texts = append(texts, m.Text)
		}
	}
	if want := []string{"It is me", "你好", "啊"}; !slices.Equal(texts, want) {
		t.Errorf("the conversation has %q, want %q", texts, want)
	}
}

// inputMethod is fcitx with a Latin keyboard and Chinese Pinyin.
type inputMethod struct{ desk *desk }

const (
	pinyin = "m17n_zh_py"

	fcitxProfile = `[Groups/0]
Name=Default
Default Layout=us
DefaultIM=` + pinyin + `
[Groups/0/Items/0]
Name=keyboard-us
[Groups/0/Items/1]
Name=` + pinyin + `
[GroupOrder]
0=Default
`
)

// newInputMethod makes ready what programs of the desktop need to know of it.
func (d *desk) newInputMethod(t testing.TB) inputMethod {
	t.Helper()
	for _, pattern := range []string{"/usr/bin/fcitx5", "/usr/share/fcitx5/addon/m17n.conf", "/usr/lib*/*/gtk-3.0/*/immodules/im-fcitx5.so"} {
		if found, err := filepath.Glob(pattern); err != nil || len(found) == 0 {
			t.Skipf("no %s: install fcitx5, fcitx5-frontend-gtk3 and fcitx5-m17n (make deps)", pattern)
		}
	}
	home := t.TempDir()
	for name, text := range map[string]string{
		"profile": fcitxProfile,
		// Its Pinyin hides behind fcitx' own, which is ten times as large.
		"conf/m17n.conf": "EnableDeprecated=True\n",
	} {
		file := filepath.Join(home, "fcitx5", name)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	d.env = append(d.env, "XDG_CONFIG_HOME="+home, "GTK_IM_MODULE=fcitx")
	return inputMethod{d}
}

// start starts it and switches the focused field to Pinyin. What a driver types
// while fcitx makes the acquaintance of a field is lost, so fields are filled
// before.
func (im inputMethod) start(ctx context.Context, t testing.TB) {
	t.Helper()
	im.desk.start(t, exec.Command("fcitx5", "--keep"))
	await(ctx, t, "the field is in Pinyin", func() error {
		if out, err := im.desk.command(ctx, "fcitx5-remote", "-o").CombinedOutput(); err != nil {
			return fmt.Errorf("switch it on: %w: %s", err, out)
		}
		out, err := im.desk.command(ctx, "fcitx5-remote", "-n").Output()
		if name := strings.TrimSpace(string(out)); err == nil && name != pinyin {
			err = fmt.Errorf("it is %s", name)
		}
		return err
	})
}
