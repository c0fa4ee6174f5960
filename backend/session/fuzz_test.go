package session

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"mychat/backend/desktop"
)

// FuzzVault opens a vault on any two files. A secret comes out only if both are
// whole; and a damaged vault keeps a secret like a fresh one.
func FuzzVault(f *testing.F) {
	noKeyring(f)
	dir := f.TempDir()
	log := slog.New(slog.DiscardHandler)
	made := openVault(dir, desktop.Keyring{Service: "MyChat"}, log)
	if err := made.put(f.Context(), "token", "sesame"); err != nil {
		f.Fatal(err)
	}
	file := func(name string) []byte {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			f.Fatal(err)
		}
		return data
	}
	sealed, key := file(secretsName), file(keyName)
	f.Add(sealed, key)
	f.Add(sealed, key[:16])
	f.Add(sealed, []byte{})
	f.Add(bytes.Replace(sealed, []byte("token"), []byte("other"), 1), key)
	for _, damaged := range []string{"", "null", "[]", `{"token":null}`, `{"token":""}`, `{"token":"AAAA"}`, `{"token":7}`, "{"} {
		f.Add([]byte(damaged), key)
	}
	f.Fuzz(func(t *testing.T, sealed, key []byte) {
		dir := t.TempDir()
		for name, data := range map[string][]byte{secretsName: sealed, keyName: key} {
			if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		v := openVault(dir, made.keyring, log)
		for _, name := range []string{"token", "other"} {
			if got, ok := v.get(t.Context(), name); ok && got != "sesame" {
				t.Errorf("get(%s) = %q, which nobody kept", name, got)
			}
		}
		if err := v.put(t.Context(), "token", "sesame"); err != nil {
			t.Fatalf("put into a damaged vault: %v", err)
		}
		again := openVault(dir, made.keyring, log)
		if got, ok := again.get(t.Context(), "token"); !ok || got != "sesame" {
			t.Errorf("a secret that was kept is %q, %t", got, ok)
		}
	})
}

// FuzzChoices reads settings that something else wrote over. They are read as
// they are, or the defaults stand in for them; either can be replaced.
func FuzzChoices(f *testing.F) {
	noKeyring(f)
	s, err := New(f.Context(), f.TempDir(), Options{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = s.Close() })
	for _, value := range []string{"", "null", "7", "[]", "{", `{"theme":7}`, `{"theme":"dark","message_size":1e99}`, `{"kind":"socks5","address":null}`, `"http://x"`} {
		f.Add([]byte(value))
	}
	f.Fuzz(func(t *testing.T, value []byte) {
		for _, name := range []string{choiceSettings, choiceProxy, choiceServer} {
			if err := s.machine.db.Exec("INSERT OR REPLACE INTO choice (name, value) VALUES (?, ?)", name, string(value)).Error; err != nil {
				t.Fatal(err)
			}
		}
		if got, err := s.Settings(t.Context()); err != nil && !reflect.DeepEqual(got, defaultSettings()) {
			t.Errorf("unreadable settings are %+v, want the defaults", got)
		}
		_, _ = s.Proxy(t.Context()) // Refusing what cannot be read is right.
		_, _ = s.OfferedServer(t.Context())
		want := Settings{Theme: "dark", Notify: true, RecentEmoji: []string{}}
		if err := s.ChangeSettings(t.Context(), func(now *Settings) error { *now = want; return nil }); err != nil {
			t.Fatal(err)
		}
		if got, err := s.Settings(t.Context()); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("settings that were set are %+v, %v", got, err)
		}
		if err := s.SetProxy(t.Context(), Proxy{Kind: ProxyNone}); err != nil {
			t.Fatalf("replace the proxy: %v", err)
		}
	})
}
