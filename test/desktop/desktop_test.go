//go:build linux

package desktop

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"image"
	_ "image/png"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
)

// desk is a private desktop: an X server, a window manager and a session bus
// with a notification service, all ended with the test.
type desk struct {
	env     []string // What a program needs to be on this desktop.
	notices *notifier
}

// busConfig is a session bus that starts no service by itself, so that nothing
// outlives the test.
const busConfig = `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>`

// openDesk starts a desktop.
func openDesk(t testing.TB) *desk {
	t.Helper()
	for _, name := range []string{"Xvfb", "openbox", "dbus-daemon", "WebKitWebDriver", "import", "xdotool", "gcc"} {
		if _, err := exec.LookPath(name); err != nil {
			t.Skipf("%s is not installed (make deps)", name)
		}
	}
	home := t.TempDir()
	d := &desk{env: append(os.Environ(),
		"HOME="+home, "XDG_CONFIG_HOME="+home, "XDG_RUNTIME_DIR="+home, "XDG_DATA_HOME="+home, "XDG_CACHE_HOME="+home,
		"LANG=C.UTF-8", "LANGUAGE=en", "NO_AT_BRIDGE=1", "WEBKIT_DISABLE_DMABUF_RENDERER=1", "WAYLAND_DISPLAY=")}

	display := firstLine(t, func(w *os.File) *exec.Cmd {
		cmd := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", "1280x800x24", "-nolisten", "tcp")
		cmd.ExtraFiles = []*os.File{w}
		return cmd
	})
	d.env = append(d.env, "DISPLAY=:"+display)
	bus := filepath.Join(home, "bus.conf")
	if err := os.WriteFile(bus, []byte(busConfig), 0o600); err != nil {
		t.Fatal(err)
	}
	address := firstLine(t, func(w *os.File) *exec.Cmd {
		cmd := exec.Command("dbus-daemon", "--config-file="+bus, "--nofork", "--print-address=3")
		cmd.ExtraFiles = []*os.File{w}
		return cmd
	})
	d.env = append(d.env, "DBUS_SESSION_BUS_ADDRESS="+address)
	d.notices = newNotifier(t, address)
	d.start(t, exec.Command("openbox"))
	return d
}

// start runs cmd on the desktop until the test ends.
func (d *desk) start(t testing.TB, cmd *exec.Cmd) {
	t.Helper()
	cmd.Env = d.env
	run(t, cmd)
}

// command returns a command on the desktop that ends with ctx.
func (d *desk) command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = d.env
	return cmd
}

// shoot takes a picture of the whole screen. It is kept in the folder that
// MYCHAT_TEST_SHOTS names, if it names one.
func (d *desk) shoot(ctx context.Context, t testing.TB, name string) image.Image {
	t.Helper()
	dir := os.Getenv("MYCHAT_TEST_SHOTS")
	if dir == "" {
		dir = t.TempDir()
	}
	path := filepath.Join(dir, name+".png")
	if out, err := d.command(ctx, "import", "-window", "root", path).CombinedOutput(); err != nil {
		t.Fatalf("take a picture: %v\n%s", err, out)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	img, _, err := image.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// colours counts how many different colours a picture has. A window that drew
// nothing has a handful.
func colours(img image.Image) int {
	seen := map[[3]uint32]bool{}
	b := img.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y += 2 {
		for x := b.Min.X; x < b.Max.X; x += 2 {
			r, g, b, _ := img.At(x, y).RGBA()
			seen[[3]uint32{r, g, b}] = true
		}
	}
	return len(seen)
}

// run starts cmd as a process group of its own and ends all of that with the
// test: a driver's app outlives it otherwise, and holds the output that Wait
// reads. The output is shown if the test fails.
func run(t testing.TB, cmd *exec.Cmd) {
	t.Helper()
	var log bytes.Buffer
	if cmd.Stdout == nil {
		cmd.Stdout = &log
	}
	cmd.Stderr = &log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
			t.Errorf("end %s: %v", cmd.Path, err)
		}
		_ = cmd.Wait() // It was killed.
		if t.Failed() {
			t.Logf("%s said:\n%s", filepath.Base(cmd.Path), log.String())
		}
	})
}

// firstLine starts a program that writes one line to its file descriptor 3 when
// it is ready, and returns the line.
func firstLine(t testing.TB, command func(w *os.File) *exec.Cmd) string {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	run(t, command(w))
	w.Close()
	if err := r.SetReadDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	var line []byte
	for one := make([]byte, 1); ; {
		if _, err := r.Read(one); err != nil {
			if errors.Is(err, io.EOF) && len(line) > 0 {
				break
			}
			t.Fatalf("wait for a program to be ready: %v", err)
		}
		if one[0] == '\n' {
			break
		}
		line = append(line, one[0])
	}
	return strings.TrimSpace(string(line))
}

// notice is what a program asked the desktop to show.
type notice struct {
	ID          uint32
	Title, Body string
}

// notifier is a desktop notification service that shows nothing and tells the
// test. Its exported methods are org.freedesktop.Notifications.
type notifier struct {
	conn   *dbus.Conn
	shown  chan notice
	closed chan uint32 // Numbers of notices that the app took back.
	lastID uint32
}

const (
	notifyName = "org.freedesktop.Notifications"
	notifyPath = "/org/freedesktop/Notifications"
)

func newNotifier(t testing.TB, address string) *notifier {
	t.Helper()
	conn, err := dbus.Connect(address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	n := &notifier{conn: conn, shown: make(chan notice, 64), closed: make(chan uint32, 64)}
	if err := conn.Export(n, notifyPath, notifyName); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.RequestName(notifyName, dbus.NameFlagDoNotQueue); err != nil {
		t.Fatal(err)
	}
	return n
}

// GetCapabilities says that this service shows bodies and buttons.
func (n *notifier) GetCapabilities() ([]string, *dbus.Error) {
	return []string{"body", "actions"}, nil
}

// GetServerInformation names this service.
func (n *notifier) GetServerInformation() (name, vendor, version, spec string, _ *dbus.Error) {
	return "test", "mychat", "1", "1.2", nil
}

// Notify takes one notice. The bus library makes its calls one at a time.
func (n *notifier) Notify(app string, replaces uint32, icon, title, body string, actions []string, hints map[string]dbus.Variant, timeout int32) (uint32, *dbus.Error) {
	n.lastID++
	n.shown <- notice{n.lastID, title, body}
	return n.lastID, nil
}

// CloseNotification takes a notice off the screen.
func (n *notifier) CloseNotification(id uint32) *dbus.Error {
	n.closed <- id
	return nil
}

// click acts as if the user clicked on a notice.
func (n *notifier) click(id uint32) error {
	return n.conn.Emit(notifyPath, notifyName+".ActionInvoked", id, "default")
}

// built returns the path of a program: in the folder that MYCHAT_TEST_BIN names,
// else where make build puts it.
func built(t testing.TB, program string) string {
	t.Helper()
	at, err := filepath.Abs(filepath.Join(cmp.Or(os.Getenv("MYCHAT_TEST_BIN"), "../../build/bin"), program))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(at); err != nil {
		t.Fatalf("%s is not built, run make build: %v", program, err)
	}
	return at
}

// startDriver starts a driver and opens a session that runs the app with args
// until the test ends.
func (d *desk) startDriver(ctx context.Context, t testing.TB, app string, args ...string) *driver {
	t.Helper()
	server, _ := d.driverServer(ctx, t)
	session, err := newDriver(ctx, server, d.wrap(t, app), args)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		_ = session.close(ctx) // The app may be gone already.
	})
	return session
}

// wrap compiles the shim and returns a script that runs app with it.
// WebKitWebDriver must not load the shim itself.
func (d *desk) wrap(t testing.TB, app string) string {
	t.Helper()
	dir := t.TempDir()
	flags, err := exec.Command("pkg-config", "--cflags", "--libs", "webkit2gtk-4.1").Output()
	if err != nil {
		t.Fatalf("ask for WebKitGTK's flags: %v", err)
	}
	shim := filepath.Join(dir, "shim.so")
	gcc := append([]string{"-shared", "-fPIC", "-o", shim, "shim/shim.c"}, strings.Fields(string(flags))...)
	if out, err := exec.Command("gcc", gcc...).CombinedOutput(); err != nil {
		t.Fatalf("compile the shim: %v\n%s", err, out)
	}
	wrapper := filepath.Join(dir, "app")
	script := fmt.Sprintf("#!/bin/sh\nLD_PRELOAD=%q exec %q \"$@\"\n", shim, app)
	if err := os.WriteFile(wrapper, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	return wrapper
}

// driverServer starts WebKitWebDriver and returns its URL and process id.
func (d *desk) driverServer(ctx context.Context, t testing.TB) (string, int) {
	t.Helper()
	port := freePort(t)
	cmd := exec.Command("WebKitWebDriver", "--host=127.0.0.1", fmt.Sprintf("--port=%d", port))
	d.start(t, cmd)
	server := fmt.Sprintf("http://127.0.0.1:%d", port)
	for {
		res, err := http.Get(server + "/status")
		if err == nil {
			res.Body.Close()
			return server, cmd.Process.Pid
		}
		select {
		case <-ctx.Done():
			t.Fatalf("wait for WebKitWebDriver: %v", err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}
