package desktop

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"

	"golang.org/x/net/http/httpproxy"
)

const dataName = "mychat"

// dataHome follows the XDG base directory rules: a relative path is no path.
func dataHome() (string, error) {
	if dir := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(dir) {
		return dir, nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(home, ".local", "share"), nil
}

func preferredLanguages() []string { return posixLanguages(os.Getenv) }

// letOthersRaise has nothing to do: the window system lets a program raise its
// own window.
func letOthersRaise() {}

// HasSessionBus reports whether the user's D-Bus session is there: what keeps
// secrets and shows notices answers on it. Its clients are asked only then,
// because without one they start a bus of their own, which nobody ends.
func HasSessionBus() bool { return hasSessionBus("/run/user") }

// hasSessionBus looks where the D-Bus library looks before it starts a bus.
func hasSessionBus(run string) bool {
	if address := os.Getenv("DBUS_SESSION_BUS_ADDRESS"); address != "" && address != "autolaunch:" {
		return true
	}
	_, err := os.Stat(filepath.Join(run, strconv.Itoa(os.Getuid()), "bus"))
	return err == nil
}

// keyringReady reports why no keyring can be asked; nil means that one can.
func keyringReady() error {
	if !HasSessionBus() {
		return errors.New("there is no D-Bus session")
	}
	return nil
}

// proxySettings has nothing to say: here the environment is what every program
// shares.
func proxySettings() (*httpproxy.Config, error) { return &httpproxy.Config{}, nil }
