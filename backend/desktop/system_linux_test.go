package desktop

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"testing"
)

// The D-Bus library would start a bus, which would stay for ever.
func TestNoSessionBusIsStarted(t *testing.T) {
	dir := t.TempDir()
	started := filepath.Join(dir, "started")
	if err := os.WriteFile(filepath.Join(dir, "dbus-launch"), []byte("#!/bin/sh\ntouch '"+started+"'\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "")
	if HasSessionBus() {
		t.Skip("this user has a session bus at its usual place")
	}
	for _, address := range []string{"", "autolaunch:"} {
		t.Setenv("DBUS_SESSION_BUS_ADDRESS", address)
		if hasSessionBus(dir) {
			t.Errorf("hasSessionBus = true with address %q", address)
		}
		k := Keyring{Service: "MyChat test"}
		if _, err := k.Get(t.Context(), "one"); err == nil || errors.Is(err, ErrNoSecret) {
			t.Errorf("Get: %v, want an error that is not ErrNoSecret", err)
		}
		if err := k.Set(t.Context(), "one", "x"); err == nil {
			t.Error("Set = nil without a session bus")
		}
		if err := k.Delete(t.Context(), "one"); err == nil {
			t.Error("Delete = nil without a session bus")
		}
	}
	if _, err := os.Stat(started); err == nil {
		t.Error("a session bus was started")
	}
	bus := filepath.Join(dir, strconv.Itoa(os.Getuid()), "bus")
	if err := os.MkdirAll(filepath.Dir(bus), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(bus, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if !hasSessionBus(dir) {
		t.Error("hasSessionBus = false with a bus at its usual place")
	}
}
