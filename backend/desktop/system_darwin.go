package desktop

import (
	"os"
	"os/exec"
	"strings"

	"golang.org/x/net/http/httpproxy"
)

const dataName = "MyChat"

func dataHome() (string, error) { return os.UserConfigDir() }

// preferredLanguages asks the user's defaults, because a program started from
// the Finder or the Dock has no LANG. The answer is a property list such as
// ("zh-Hans-CN", "en-CN").
func preferredLanguages() []string {
	out, err := exec.Command("/usr/bin/defaults", "read", "-g", "AppleLanguages").Output()
	if err != nil {
		return posixLanguages(os.Getenv)
	}
	return strings.FieldsFunc(string(out), func(r rune) bool {
		return strings.ContainsRune("(),\" \n\t", r)
	})
}

// letOthersRaise has nothing to do: the system lets a program raise its own
// window.
func letOthersRaise() {}

// HasSessionBus reports whether what keeps secrets and shows notices can be
// asked: here it always can.
func HasSessionBus() bool { return true }

// keyringReady reports why no keyring can be asked; nil means that one can.
func keyringReady() error { return nil }

// proxySettings asks the system's configuration.
func proxySettings() (*httpproxy.Config, error) {
	out, err := exec.Command("/usr/sbin/scutil", "--proxy").Output()
	if err != nil {
		return nil, err
	}
	return macProxies(string(out)), nil
}
