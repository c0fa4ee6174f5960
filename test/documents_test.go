package test_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	link    = regexp.MustCompile(`\]\(([^)#\s]+)(?:#[^)]*)?\)`)
	fenced  = regexp.MustCompile("(?s)```(?:sh)?\n(.*?)```")
	comment = regexp.MustCompile(`\s*#.*`)
	target  = regexp.MustCompile("(?m)(?:^|`)make ([a-z]+)")
)

// TestDocumentLinks finds links to files that are not there.
func TestDocumentLinks(t *testing.T) {
	for _, name := range documents(t) {
		for _, m := range link.FindAllStringSubmatch(read(t, name), -1) {
			if strings.Contains(m[1], "://") {
				continue
			}
			if _, err := os.Stat(filepath.Join(filepath.Dir(name), m[1])); err != nil {
				t.Errorf("%s links to %s: %v", name, m[1], err)
			}
		}
	}
}

// TestDocumentCommands finds `make` commands that the Makefile lacks.
func TestDocumentCommands(t *testing.T) {
	makefile := read(t, "../Makefile")
	for _, name := range documents(t) {
		for _, m := range target.FindAllStringSubmatch(read(t, name), -1) {
			if !strings.Contains(makefile, "\n"+m[1]+":") {
				t.Errorf("%s speaks of make %s", name, m[1])
			}
		}
	}
}

// TestReadmesAgree holds that both languages have the same sections, links and
// commands; whether they say the same is for a reader.
func TestReadmesAgree(t *testing.T) {
	en, zh := read(t, "../README.md"), read(t, "../README.zh-CN.md")
	for _, what := range []struct {
		name string
		of   func(string) []string
	}{
		{"sections", func(s string) []string {
			return regexp.MustCompile(`(?m)^#+`).FindAllString(fenced.ReplaceAllString(s, ""), -1)
		}},
		{"links", func(s string) []string {
			var out []string
			for _, m := range link.FindAllStringSubmatch(s, -1) {
				if !strings.HasPrefix(m[1], "README") { // They link to each other.
					out = append(out, m[1])
				}
			}
			slices.Sort(out) // Each begins with the picture in its own language.
			return out
		}},
		{"commands", func(s string) []string {
			var out []string
			for _, m := range fenced.FindAllStringSubmatch(s, -1) {
				for line := range strings.Lines(m[1]) {
					out = append(out, strings.TrimSpace(comment.ReplaceAllString(line, "")))
				}
			}
			return out
		}},
	} {
		if got, want := what.of(zh), what.of(en); len(want) == 0 || !slices.Equal(got, want) {
			t.Errorf("%s differ\nREADME.zh-CN.md %q\n      README.md %q", what.name, got, want)
		}
	}
}

func documents(t *testing.T) []string {
	t.Helper()
	var out []string
	for _, pattern := range []string{"../*.md", "../docs/*.md"} {
		names, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, names...)
	}
	if len(out) < 10 {
		t.Fatalf("only %d documents were found", len(out))
	}
	return out
}

func read(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestContainerHasTheServersRooms holds that the image is built from every
// folder whose packages the server is made of.
func TestContainerHasTheServersRooms(t *testing.T) {
	cmd := exec.Command("go", "list", "-deps", "./server")
	cmd.Dir = ".."
	list, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	dockerfile := read(t, "../build/server/Dockerfile")
	for line := range strings.Lines(string(list)) {
		room, ok := strings.CutPrefix(strings.TrimSpace(line), modulePath+"/")
		room, _, _ = strings.Cut(room, "/")
		if ok && !strings.Contains(dockerfile, "\nCOPY "+room+" "+room+"\n") {
			t.Errorf("the Dockerfile does not copy %s, which the server imports", room)
		}
	}
}
