package desktop

import (
	"errors"
	"os"

	"golang.org/x/net/http/httpproxy"
	"golang.org/x/sys/windows"
	"golang.org/x/sys/windows/registry"
)

const dataName = "MyChat"

// dataHome is the local half of the user's profile: the roaming half is copied
// between machines, which open databases do not survive.
func dataHome() (string, error) { return os.UserCacheDir() }

func preferredLanguages() []string {
	names, err := windows.GetUserPreferredUILanguages(windows.MUI_LANGUAGE_NAME)
	if err != nil {
		return posixLanguages(os.Getenv)
	}
	return names
}

// lockFile takes the whole file for this process without waiting. The system
// lets it go when the process ends, however it ends.
func lockFile(f *os.File) error {
	err := windows.LockFileEx(windows.Handle(f.Fd()),
		windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0, &windows.Overlapped{})
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) || errors.Is(err, windows.ERROR_IO_PENDING) {
		return ErrInUse
	}
	return err
}

// DiskFull reports whether err says that there is no room, or none left for
// this user.
func DiskFull(err error) bool {
	return errors.Is(err, windows.ERROR_DISK_FULL) || errors.Is(err, windows.ERROR_HANDLE_DISK_FULL) ||
		errors.Is(err, windows.ERROR_DISK_QUOTA_EXCEEDED)
}

// letOthersRaise hands on the right to come to the foreground, which Windows
// gives only to the program that the user just started.
func letOthersRaise() {
	const anyProcess = ^uintptr(0) // ASFW_ANY
	_, _, _ = windows.NewLazySystemDLL("user32.dll").NewProc("AllowSetForegroundWindow").Call(anyProcess)
}

// HasSessionBus reports whether what keeps secrets and shows notices can be
// asked: here it always can.
func HasSessionBus() bool { return true }

// keyringReady reports why no keyring can be asked; nil means that one can.
func keyringReady() error { return nil }

// proxySettings reads the user's internet settings.
func proxySettings() (*httpproxy.Config, error) {
	key, err := registry.OpenKey(registry.CURRENT_USER,
		`Software\Microsoft\Windows\CurrentVersion\Internet Settings`, registry.QUERY_VALUE)
	if err != nil {
		return nil, err
	}
	defer key.Close()
	// A value that is missing says that there is none.
	if enabled, _, err := key.GetIntegerValue("ProxyEnable"); err != nil || enabled == 0 {
		return &httpproxy.Config{}, nil
	}
	server, _, _ := key.GetStringValue("ProxyServer")
	override, _, _ := key.GetStringValue("ProxyOverride")
	return windowsProxies(server, override), nil
}
