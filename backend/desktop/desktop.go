// Package desktop is what the operating system offers to a program that a
// person runs: a place for data, the right to be the one copy that uses it, a
// keyring, the user's language. What differs between systems is in one file per
// system.
//
// The package knows no chat and no window. It keeps no goroutine beyond a call,
// except in Claim.Run, whose caller owns it.
package desktop

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"mychat/protocol"
)

// DataDir returns the folder where MyChat keeps its data when the user names
// none: of this user, on this machine, backed up but never roaming, because
// databases in it are open while the app runs. It does not make the folder.
func DataDir() (string, error) {
	dir, err := dataHome()
	if err != nil {
		return "", fmt.Errorf("find the user's data folder: %w", err)
	}
	return filepath.Join(dir, dataName), nil
}

// MakeDataDir makes dir, and its parents, readable by this user alone, and
// returns its absolute path.
func MakeDataDir(dir string) (string, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", fmt.Errorf("find data folder %s: %w", dir, err)
	}
	if err := os.MkdirAll(abs, 0o700); err != nil {
		return "", fmt.Errorf("make data folder: %w", err)
	}
	return abs, nil
}

// Platform returns the protocol's name of the system this runs on.
func Platform() string {
	switch runtime.GOOS {
	case "windows":
		return protocol.PlatformWindows
	case "darwin":
		return protocol.PlatformMacOS
	case "linux":
		return protocol.PlatformLinux
	}
	return protocol.PlatformOther
}

// Locale returns the user's language as a BCP 47 tag such as "zh-CN", or "en"
// where the system does not say.
func Locale() string {
	for _, name := range preferredLanguages() {
		if tag := languageTag(name); tag != "" {
			return tag
		}
	}
	return "en"
}

// posixLanguages returns what the environment says of the user's language, the
// strongest first, in the order that setlocale and gettext keep.
func posixLanguages(getenv func(string) string) []string {
	var names []string
	for _, key := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := getenv(key); v != "" {
			names = []string{v}
			break
		}
	}
	// LANGUAGE is a list that gettext obeys only where the locale is not "C".
	if len(names) > 0 && languageTag(names[0]) != "" {
		names = append(strings.Split(getenv("LANGUAGE"), ":"), names...)
	}
	return names
}

// languageTag turns a POSIX locale such as "zh_CN.UTF-8@pinyin", or a tag, into
// a BCP 47 tag. It returns "" for what names no language, such as "C".
func languageTag(name string) string {
	name, _, _ = strings.Cut(name, ".")
	name, _, _ = strings.Cut(name, "@")
	parts := strings.Split(strings.ReplaceAll(strings.TrimSpace(name), "_", "-"), "-")
	language := strings.ToLower(parts[0])
	if len(language) < 2 || len(language) > 3 || !letters(language) {
		return "" // "C", "POSIX" and nonsense.
	}
	tag := language
	for _, part := range parts[1:] {
		switch {
		case len(part) == 4 && letters(part):
			tag += "-" + strings.ToUpper(part[:1]) + strings.ToLower(part[1:])
		case len(part) == 2 && letters(part):
			return tag + "-" + strings.ToUpper(part)
		}
	}
	return tag
}

func letters(s string) bool {
	for _, r := range s {
		if !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z') {
			return false
		}
	}
	return s != ""
}
