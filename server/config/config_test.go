package config

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/spf13/pflag"
)

// load runs Load as a command line would, with the data folder in dir.
func load(t *testing.T, dir string, environ []string, args ...string) (Config, error) {
	t.Helper()
	var f Flags
	set := pflag.NewFlagSet("mychat-server", pflag.ContinueOnError)
	f.Register(set)
	if err := set.Parse(append([]string{"--data", dir}, args...)); err != nil {
		t.Fatal(err)
	}
	return Load(f, environ)
}

func write(t *testing.T, dir, text string) string {
	t.Helper()
	file := filepath.Join(dir, FileName)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestDefaultsAreValid(t *testing.T) {
	c, err := load(t, t.TempDir(), nil)
	if err != nil {
		t.Fatal(err)
	}
	want := Default()
	want.Data = c.Data
	if !reflect.DeepEqual(c, want) {
		t.Errorf("Load = %+v, want the defaults %+v", c, want)
	}
}

func TestEachSourceOverridesTheOneBefore(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, `
listen = "127.0.0.1:1"
name = "file"
trusted_proxies = ["10.0.0.0/8"]
[limits]
journal_days = 5
[log]
level = "warn"
`)
	c, err := load(t, dir, []string{
		"MYCHAT_LISTEN=127.0.0.1:2", "MYCHAT_LOG_LEVEL=debug", "MYCHAT_ORIGINS=https://a.example, https://b.example",
		"MYCHAT_TLS_PLAIN_HTTP=true", "MYCHAT_TEST_POSTGRES=ignored", "PATH=/bin",
	}, "--listen", "127.0.0.1:3")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		key       string
		got, want any
	}{
		{"listen", c.Listen, "127.0.0.1:3"},
		{"name", c.Name, "file"},
		{"log.level", c.Log.Level, "debug"},
		{"limits.journal_days", c.Limits.JournalDays, 5},
		{"trusted_proxies", c.TrustedProxies, []string{"10.0.0.0/8"}},
		{"origins", c.Origins, []string{"https://a.example", "https://b.example"}},
		{"tls.plain_http", c.TLS.PlainHTTP, true},
		{"log.format", c.Log.Format, "text"},
	} {
		if !reflect.DeepEqual(tt.got, tt.want) {
			t.Errorf("%s = %v, want %v", tt.key, tt.got, tt.want)
		}
	}
}

func TestTheFileMayLieElsewhere(t *testing.T) {
	elsewhere, data := t.TempDir(), t.TempDir()
	file := write(t, elsewhere, `name = "elsewhere"`)
	for name, c := range map[string]func() (Config, error){
		"flag":     func() (Config, error) { return load(t, data, nil, "--config", file) },
		"variable": func() (Config, error) { return load(t, data, []string{"MYCHAT_CONFIG=" + file}) },
	} {
		if got, err := c(); err != nil || got.Name != "elsewhere" || got.Data != data {
			t.Errorf("by %s: name %q, data %q, error %v", name, got.Name, got.Data, err)
		}
	}
	if _, err := load(t, data, nil, "--config", filepath.Join(data, "missing.toml")); err == nil {
		t.Error("a named file that does not exist is accepted")
	}
}

func TestWrongSettingsAreNamed(t *testing.T) {
	for _, tt := range []struct {
		name string
		file string
		env  []string
		args []string
		want []string // All must be in the message.
		not  string   // Must not be in the message.
	}{
		{name: "unknown key", file: "[log]\nlevle = \"info\"", want: []string{FileName, "log.levle", "no such key", "log.level"}},
		{name: "unknown section", file: "[moon]\nphase = 1", want: []string{"moon.phase", "no such key"}},
		{name: "unknown variable", env: []string{"MYCHAT_LISTN=x"}, want: []string{"MYCHAT_LISTN", "MYCHAT_LISTEN"}},
		{name: "not one of", file: "registration = \"some\"", want: []string{"registration", `"some"`, "open, invite or closed"}},
		{name: "not one of, variable", env: []string{"MYCHAT_LOG_FORMAT=xml"}, want: []string{"MYCHAT_LOG_FORMAT", `"xml"`, "text or json"}},
		{name: "wrong type", file: "listen = 9999", want: []string{"listen", "9999", "use a string"}},
		{name: "a table where a value belongs", file: "[listen]\nport = 1", want: []string{"listen.port", "no such key"}},
		{name: "out of bounds", file: "[limits]\njournal_days = 0", want: []string{"limits.journal_days", "0", "1 to 3650"}},
		{name: "no number", env: []string{"MYCHAT_LIMITS_QUEUE_KIB=lots"}, want: []string{"MYCHAT_LIMITS_QUEUE_KIB", "lots", "64 to"}},
		{name: "no list", file: "origins = \"https://a.example\"", want: []string{"origins", "list"}},
		{name: "a list of numbers", file: "origins = [1]", want: []string{"origins", "list of strings"}},
		{name: "no boolean", env: []string{"MYCHAT_TLS_PLAIN_HTTP=perhaps"}, want: []string{"true or false"}},
		{name: "not TOML", file: "listen = \n", want: []string{FileName, "line 1"}},
		{name: "address", args: []string{"--listen", "nowhere"}, want: []string{"listen", `"nowhere"`, "host:port"}},
		{name: "port", args: []string{"--listen", "127.0.0.1:99999"}, want: []string{"host:port"}},
		{name: "plain HTTP off loopback", args: []string{"--listen", "0.0.0.0:80"}, want: []string{"listen", "plain_http"}},
		{name: "plain HTTP everywhere", args: []string{"--listen", ":80"}, want: []string{"listen", "plain_http"}},
		{name: "half a certificate", file: "[tls]\ncert_file = \"c.pem\"", want: []string{"tls.cert_file", "key_file"}},
		{name: "two kinds of certificate", file: "[tls]\ncert_file = \"c\"\nkey_file = \"k\"\nacme_domains = [\"a.example\"]", want: []string{"tls.acme_domains"}},
		{name: "database", args: []string{"--database", "mysql://root:hunter2@db/x"}, want: []string{"database", "postgres://"}, not: "hunter2"},
		{name: "nats", args: []string{"--nats", "http://root:hunter2@bus"}, want: []string{"nats", "nats://"}, not: "hunter2"},
		{name: "hosts", file: "[previews]\nallow = [\"https://example.org\"]\ndeny = [\"10.0.0.0/33\"]", want: []string{"previews.allow", "previews.deny", "198.51.100.0/24"}},
		{name: "proxy", file: "trusted_proxies = [\"proxy\"]", want: []string{"trusted_proxies", `"proxy"`}},
		{name: "origin with a path", file: "origins = [\"https://a.example/x\"]", want: []string{"origins"}},
		{name: "routes alone", file: "[cluster]\nroutes = [\"10.0.0.1:6222\"]", want: []string{"cluster.routes", "cluster.listen"}},
		{name: "cluster on SQLite", file: "[cluster]\nlisten = \"10.0.0.1:6222\"", want: []string{"cluster.listen", "postgres://"}},
		{name: "data folder inside the data folder", file: "data = \"/somewhere\"", want: []string{"data", "--data"}},
		{name: "several at once", file: "name = \"\"\nregistration = \"x\"\nmoon = 1", want: []string{"registration", "moon"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir, tt.file)
			_, err := load(t, dir, tt.env, tt.args...)
			if err == nil {
				t.Fatal("accepted")
			}
			for _, w := range tt.want {
				if !strings.Contains(err.Error(), w) {
					t.Errorf("error %q does not say %q", err, w)
				}
			}
			if tt.not != "" && strings.Contains(err.Error(), tt.not) {
				t.Errorf("error %q tells a secret", err)
			}
		})
	}
}

func TestErrorsCarryTheirParts(t *testing.T) {
	_, err := load(t, t.TempDir(), []string{"MYCHAT_LOG_LEVEL=loud"})
	var e *Error
	if !errors.As(err, &e) || e.Key != "MYCHAT_LOG_LEVEL" || e.Value != `"loud"` {
		t.Errorf("error = %#v", err)
	}
}

func TestEveryAddressThatMayBePlain(t *testing.T) {
	for _, listen := range []string{"127.0.0.1:0", "[::1]:9999", "localhost:80", "127.8.8.8:1"} {
		if _, err := load(t, t.TempDir(), nil, "--listen", listen); err != nil {
			t.Errorf("%s: %v", listen, err)
		}
	}
	if _, err := load(t, t.TempDir(), []string{"MYCHAT_TLS_PLAIN_HTTP=1"}, "--listen", "0.0.0.0:80"); err != nil {
		t.Errorf("told to: %v", err)
	}
}

// The tags are the documentation, so each setting needs all of its own, and
// each default must be one that its own rules allow.
func TestEverySettingIsDocumented(t *testing.T) {
	c := Default()
	for _, s := range settings(&c) {
		if s.doc == "" || !strings.HasSuffix(s.doc, ".") {
			t.Errorf("%s: doc %q is no sentence", s.key, s.doc)
		}
		switch s.field.Kind() {
		case reflect.Int:
			if s.max <= s.min || s.setInt(s.field.Int()) != nil {
				t.Errorf("%s: default %d, bounds %d to %d", s.key, s.field.Int(), s.min, s.max)
			}
		case reflect.String:
			if err := s.parse(s.field.String()); err != nil {
				t.Errorf("%s: default %q: %v", s.key, s.field.String(), err)
			}
		case reflect.Slice:
			if s.field.IsNil() {
				t.Errorf("%s: default is nil", s.key)
			}
		case reflect.Bool:
		default:
			t.Errorf("%s: kind %s cannot be set", s.key, s.field.Kind())
		}
	}
}

func TestSampleIsTheOneInDocs(t *testing.T) {
	var got strings.Builder
	if err := WriteSample(&got); err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile(filepath.Join("..", "..", "docs", "conf.sample.toml"))
	if err != nil {
		t.Fatal(err)
	}
	if got.String() != string(want) {
		t.Error("docs/conf.sample.toml is not what `mychat-server config` prints; write it again with: go run ./server config > docs/conf.sample.toml")
	}
}

// A sample with every comment mark before a key taken away is a settings file
// that sets the defaults.
func TestSampleSetsTheDefaults(t *testing.T) {
	var sample strings.Builder
	if err := WriteSample(&sample); err != nil {
		t.Fatal(err)
	}
	var lines []string
	for line := range strings.SplitSeq(sample.String(), "\n") {
		if strings.HasPrefix(line, "#") && !strings.HasPrefix(line, "# ") {
			line = line[1:]
		}
		lines = append(lines, line)
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "all.toml")
	if err := os.WriteFile(file, []byte(strings.Join(lines, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := load(t, dir, nil, "--config", file)
	if err != nil {
		t.Fatal(err)
	}
	want := Default()
	want.Data = dir
	if !reflect.DeepEqual(c, want) {
		t.Errorf("settings of the sample = %+v, want %+v", c, want)
	}
}

func FuzzLoad(f *testing.F) {
	f.Add("listen = \"127.0.0.1:1\"", "MYCHAT_NAME=x")
	f.Add("[tls]\nplain_http = true", "MYCHAT_LIMITS_QUEUE_KIB=9")
	f.Fuzz(func(t *testing.T, file, env string) {
		dir := t.TempDir()
		name := filepath.Join(dir, "conf.toml")
		if err := os.WriteFile(name, []byte(file), 0o600); err != nil {
			t.Fatal(err)
		}
		c, err := Load(Flags{file: name}, []string{env})
		if err == nil && (c.Listen == "" || c.Data == "") {
			t.Errorf("accepted without an address or a folder: %+v", c)
		}
	})
}
