package desktop

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"runtime"
	"testing"
	"time"
)

// keyringEnv tells the test program that it runs inside a private session with
// a keyring of its own.
const keyringEnv = "MYCHAT_TEST_KEYRING"

// inKeyringSession runs the named test again in a private D-Bus session with a
// fresh, unlocked gnome-keyring, whose files are in a temporary folder.
func inKeyringSession(t *testing.T, name string) {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("the headless keyring is a Linux program")
	}
	for _, program := range []string{"dbus-run-session", "gnome-keyring-daemon"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("%s is not installed", program)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	home := t.TempDir()
	// The keyring stays in the foreground of the shell's group, so that it
	// ends with the session.
	script := `printf test | gnome-keyring-daemon --unlock --components=secrets --daemonize >/dev/null && exec "$0" -test.run "$1" -test.v`
	cmd := exec.CommandContext(ctx, "dbus-run-session", "--", "sh", "-c", script, os.Args[0], "^"+name+"$")
	cmd.Env = append(os.Environ(), keyringEnv+"=1", "HOME="+home,
		"XDG_DATA_HOME="+home, "XDG_RUNTIME_DIR="+home, "XDG_CONFIG_HOME="+home, "XDG_CACHE_HOME="+home)
	out, err := cmd.CombinedOutput()
	t.Logf("%s", out)
	if err != nil {
		t.Fatalf("in a private session: %v", err)
	}
}

func TestKeyringKeepsSecrets(t *testing.T) {
	if os.Getenv(keyringEnv) == "" {
		inKeyringSession(t, "TestKeyringKeepsSecrets")
		return
	}
	k := Keyring{Service: "MyChat test"}
	ctx := t.Context()
	if _, err := k.Get(ctx, "one"); !errors.Is(err, ErrNoSecret) {
		t.Fatalf("Get of nothing: %v, want ErrNoSecret", err)
	}
	for _, secret := range []string{"first", "second, 二"} {
		if err := k.Set(ctx, "one", secret); err != nil {
			t.Fatal(err)
		}
		if got, err := k.Get(ctx, "one"); err != nil || got != secret {
			t.Errorf("Get = %q, %v, want %q", got, err, secret)
		}
	}
	if _, err := k.Get(ctx, "two"); !errors.Is(err, ErrNoSecret) {
		t.Errorf("Get of another name: %v, want ErrNoSecret", err)
	}
	for range 2 {
		if err := k.Delete(ctx, "one"); err != nil {
			t.Errorf("Delete: %v", err)
		}
	}
	if _, err := k.Get(ctx, "one"); !errors.Is(err, ErrNoSecret) {
		t.Errorf("Get after Delete: %v, want ErrNoSecret", err)
	}
}

func TestNoKeyring(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("this system always has a keyring")
	}
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+t.TempDir()+"/nobody")
	k := Keyring{Service: "MyChat test"}
	if err := k.Set(t.Context(), "one", "x"); err == nil {
		t.Error("Set = nil without a keyring")
	}
	if _, err := k.Get(t.Context(), "one"); err == nil || errors.Is(err, ErrNoSecret) {
		t.Errorf("Get: %v, want an error that is not ErrNoSecret", err)
	}
}

func TestKeyringThatNeverAnswers(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	release := make(chan struct{})
	defer close(release)
	cancel()
	_, err := await(ctx, func() (string, error) { <-release; return "", nil })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("await = %v, want the context's end", err)
	}
}
