package desktop

import (
	"os"
	"path/filepath"
	"testing"
)

func TestLanguageTag(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"zh_CN.UTF-8", "zh-CN"},
		{"zh_CN.UTF-8@pinyin", "zh-CN"},
		{"zh-Hans-CN", "zh-Hans-CN"},
		{"zh-hant-tw", "zh-Hant-TW"},
		{"en_GB", "en-GB"},
		{"EN", "en"},
		{"fil_PH", "fil-PH"},
		{"ca_ES@valencia", "ca-ES"},
		{"C", ""},
		{"C.UTF-8", ""},
		{"POSIX", ""},
		{"", ""},
		{"../etc", ""},
	} {
		if got := languageTag(tt.in); got != tt.want {
			t.Errorf("languageTag(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestLocaleFollowsTheEnvironment(t *testing.T) {
	for _, tt := range []struct {
		name string
		env  map[string]string
		want string
	}{
		{"LC_ALL beats LANG", map[string]string{"LC_ALL": "zh_CN.UTF-8", "LANG": "en_US.UTF-8"}, "zh-CN"},
		{"LC_MESSAGES beats LANG", map[string]string{"LC_MESSAGES": "zh_TW", "LANG": "en_US"}, "zh-TW"},
		{"LANGUAGE beats a locale", map[string]string{"LANGUAGE": "zh_CN:en", "LANG": "de_DE.UTF-8"}, "zh-CN"},
		{"LANGUAGE is nothing beside C", map[string]string{"LANGUAGE": "zh_CN", "LANG": "C.UTF-8"}, "en"},
		{"nothing said", nil, "en"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := "en"
			for _, name := range posixLanguages(func(key string) string { return tt.env[key] }) {
				if tag := languageTag(name); tag != "" {
					got = tag
					break
				}
			}
			if got != tt.want {
				t.Errorf("locale = %q, want %q", got, tt.want)
			}
		})
	}
}

func TestMakeDataDirIsForThisUserAlone(t *testing.T) {
	dir, err := MakeDataDir(filepath.Join(t.TempDir(), "a", "b"))
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(dir)
	if err != nil {
		t.Fatal(err)
	}
	if got := info.Mode().Perm(); got&0o077 != 0 && Platform() != "windows" {
		t.Errorf("mode = %o, want no rights for others", got)
	}
}

// A device that every write to fails, as a full disk does.
func TestDiskFullIsNamed(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("this system has no /dev/full")
	}
	f, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.Write([]byte("x")); !DiskFull(err) {
		t.Errorf("DiskFull(%v) = false", err)
	}
	if DiskFull(os.ErrNotExist) || DiskFull(nil) {
		t.Error("DiskFull of another error = true")
	}
}
