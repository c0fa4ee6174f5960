package test_test

import (
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

// doors is the table of docs/ARCHITECTURE.md: which packages of this module a
// package may import. A package that no row names is an error, so a new room is
// a decision made here. The standard library is open to all.
var doors = []struct {
	packages string // Space-separated; * stands for one path element.
	imports  string // Likewise; "any" is everything.
	modules  string // Other modules: empty is any, "none" is none, else space-separated prefixes.
}{
	{packages: "protocol", modules: "none"},
	{packages: "text", modules: "golang.org/x/text github.com/mozillazg/go-pinyin"},
	{packages: "sqlite", modules: "zombiezen.com/go/sqlite modernc.org github.com/glebarez github.com/pressly/goose gorm.io/gorm"},

	{packages: "backend/markup", modules: "none"},
	{packages: "backend/store",
		imports: "backend/markup protocol text sqlite"},
	{packages: "backend/remote backend/desktop",
		imports: "protocol text"},
	{packages: "backend/session",
		imports: "backend/store backend/remote backend/desktop protocol text sqlite"},
	{packages: "backend/inbox backend/outbox backend/transfer backend/lan backend/feed backend/archive backend/notify",
		imports: "backend/store backend/remote backend/desktop backend/markup protocol text"},
	{packages: "backend/engine",
		imports: "backend/store backend/remote backend/desktop backend/session backend/inbox backend/outbox backend/transfer " +
			"backend/lan backend/feed backend/archive backend/notify protocol text"},
	{packages: "backend/bridge",
		imports: "backend/engine backend/session backend/store protocol"}, // The page reads store's views.
	{packages: "backend/browserhost",
		imports: "backend/bridge protocol"},
	{packages: ". cmd/mychat-browser",
		imports: "backend/engine backend/session backend/bridge backend/browserhost backend/desktop frontend"},
	{packages: "frontend", modules: "none"},

	{packages: "server/store",
		imports: "protocol text sqlite"},
	{packages: "server/bus server/blob server/config",
		imports: "protocol text"},
	{packages: "server/timeline server/journal",
		imports: "server/store server/bus protocol"},
	{packages: "server/account server/chat server/group server/moment server/file server/preview server/search",
		imports: "server/timeline server/journal server/store server/blob server/bus protocol text"},
	{packages: "server/httpapi server/realtime",
		imports: "server/account server/chat server/group server/moment server/file server/preview server/search " +
			"server/timeline server/journal server/bus server/config protocol"},
	{packages: "server/node",
		imports: "server/* protocol text"},
	{packages: "server",
		imports: "server/node server/config server/account protocol"},
	{packages: "server/store/storetest server/blob/blobtest", // Helpers of tests only.
		imports: "server/store server/blob protocol text"},

	{packages: "test test/* docs/examples/* build/*", imports: "any"},
}

// testOnly names what test files may import and other files may not.
const testOnly = "server/store/storetest server/blob/blobtest"

// roots are the packages that one module alone may be imported by.
var roots = []struct{ module, packages, why string }{
	{"github.com/wailsapp/wails", ". test/emptywindow", "only the shell knows Wails"},
	{"modernc.org", "sqlite", "SQLite itself is for the driver; a second one that registers itself panics"},
	{"zombiezen.com/go/sqlite", "sqlite", "only package sqlite keeps ended contexts from statements"},
	{"github.com/glebarez", "sqlite", "only package sqlite keeps ended contexts from statements"},
}

const modulePath = "mychat"

func TestDoors(t *testing.T) {
	start := time.Now()
	for _, problem := range closedDoors(t, os.DirFS("..")) {
		t.Error(problem)
	}
	t.Logf("took %v", time.Since(start))
}

// TestDoorsAreHeld shows that the test above sees what it is there for.
func TestDoorsAreHeld(t *testing.T) {
	file := func(doc, name string, imports ...string) *fstest.MapFile {
		var b strings.Builder
		fmt.Fprintf(&b, "%s\npackage %s\n", doc, name)
		for _, i := range imports {
			fmt.Fprintf(&b, "import _ %q\n", i)
		}
		return &fstest.MapFile{Data: []byte(b.String())}
	}
	const doc = "// Package x is documented."
	for _, tt := range []struct {
		name string
		tree fstest.MapFS
		want string // Part of the only problem; "" means none.
	}{
		{"allowed", fstest.MapFS{"backend/store/a.go": file(doc, "store", "mychat/protocol", "gorm.io/gorm", "fmt")}, ""},
		{"sibling", fstest.MapFS{"backend/inbox/a.go": file(doc, "inbox", "mychat/backend/outbox")},
			"backend/inbox imports mychat/backend/outbox"},
		{"across the wire", fstest.MapFS{"backend/remote/a.go": file(doc, "remote", "mychat/server/node")},
			"backend/remote imports mychat/server/node"},
		{"in a test, still across the wire", fstest.MapFS{
			"backend/remote/a.go":      file(doc, "remote"),
			"backend/remote/a_test.go": file("", "remote_test", "mychat/server/node")},
			"backend/remote imports mychat/server/node"},
		{"a test may use its own room", fstest.MapFS{
			"server/chat/a.go":      file(doc, "chat"),
			"server/chat/a_test.go": file("", "chat_test", "mychat/server/account", "mychat/server/store/storetest")}, ""},
		{"test helper outside tests", fstest.MapFS{"server/node/a.go": file(doc, "node", "mychat/server/store/storetest")},
			"server/node imports mychat/server/store/storetest"},
		{"third party in protocol", fstest.MapFS{"protocol/a.go": file(doc, "protocol", "github.com/oklog/ulid/v2")},
			"protocol imports github.com/oklog/ulid/v2"},
		{"wails outside the shell", fstest.MapFS{"backend/desktop/a.go": file(doc, "desktop", "github.com/wailsapp/wails/v2")},
			"only the shell knows Wails"},
		{"wails in the shell", fstest.MapFS{"a.go": file(doc, "main", "github.com/wailsapp/wails/v2/pkg/options")}, ""},
		{"the driver past its guard", fstest.MapFS{"server/store/a.go": file(doc, "store", "github.com/glebarez/sqlite")}, "keeps ended contexts"},
		{"modernc", fstest.MapFS{"server/store/a.go": file(doc, "store", "modernc.org/sqlite")}, "panics"},
		{"unlisted", fstest.MapFS{"backend/util/a.go": file(doc, "util")}, "backend/util is in no row"},
		{"undocumented", fstest.MapFS{"server/bus/a.go": file("", "bus")}, "server/bus has no package comment"},
		{"every system's files count", fstest.MapFS{
			"backend/desktop/a.go":         file(doc, "desktop"),
			"backend/desktop/a_windows.go": file("//go:build windows\n", "desktop", "mychat/server/bus")},
			"backend/desktop imports mychat/server/bus"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := closedDoors(t, tt.tree)
			switch {
			case tt.want == "" && len(got) > 0:
				t.Errorf("got %q, want no problem", got)
			case tt.want != "" && (len(got) != 1 || !strings.Contains(got[0], tt.want)):
				t.Errorf("got %q, want one problem with %q", got, tt.want)
			}
		})
	}
}

// closedDoors reads every Go file of a tree, for every system, and returns what
// breaks the table.
func closedDoors(t *testing.T, tree fs.FS) []string {
	t.Helper()
	var problems []string
	documented := map[string]bool{}
	err := fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && name != "." && (d.Name() == "node_modules" || d.Name() == "testdata" || strings.HasPrefix(d.Name(), ".")):
			return fs.SkipDir
		case d.IsDir() || path.Ext(name) != ".go":
			return nil
		}
		src, err := fs.ReadFile(tree, name)
		if err != nil {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, src, parser.ImportsOnly|parser.ParseComments)
		if err != nil {
			return err
		}
		dir, inTest := path.Dir(name), strings.HasSuffix(name, "_test.go")
		if _, listed := documented[dir]; !listed {
			documented[dir] = false
		}
		if file.Doc != nil && (strings.HasPrefix(file.Doc.Text(), "Package ") || file.Name.Name == "main") {
			documented[dir] = true
		}
		for _, spec := range file.Imports {
			target, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			if why := closed(dir, target, inTest); why != "" {
				problems = append(problems, fmt.Sprintf("%s imports %s: %s (%s)", dir, target, why, name))
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for dir, ok := range documented {
		if row(dir) < 0 {
			problems = append(problems, dir+" is in no row of the doors table; add it here and to docs/ARCHITECTURE.md")
		} else if !ok {
			problems = append(problems, dir+" has no package comment")
		}
	}
	slices.Sort(problems)
	return problems
}

// closed says why the package in dir may not import target, or "".
func closed(dir, target string, inTest bool) string {
	for _, r := range roots {
		if under(target, r.module) && !matches(r.packages, dir) {
			return r.why
		}
	}
	i := row(dir)
	if i < 0 {
		return "" // Said once for the package.
	}
	ours := target == modulePath || strings.HasPrefix(target, modulePath+"/")
	switch {
	case ours:
		to := strings.TrimPrefix(strings.TrimPrefix(target, modulePath), "/")
		if to == "" {
			to = "."
		}
		if doors[i].imports == "any" || to == dir || matches(doors[i].imports, to) {
			return ""
		}
		// A test may meet everything of its own room: it runs on real parts.
		if inTest && (room(to) == room(dir) || to == "protocol" || to == "text" || matches(testOnly, to)) {
			return ""
		}
		return "that door is closed"
	case !strings.Contains(strings.Split(target, "/")[0], "."): // Standard library.
		return ""
	case doors[i].modules == "" || inTest:
		return ""
	}
	for module := range strings.FieldsSeq(doors[i].modules) {
		if under(target, module) {
			return ""
		}
	}
	return "that module is not for this package"
}

func room(dir string) string { return strings.Split(dir, "/")[0] }

func under(target, prefix string) bool {
	return target == prefix || strings.HasPrefix(target, prefix+"/")
}

// row returns the index of the row that names dir, or -1.
func row(dir string) int {
	for i, d := range doors {
		if matches(d.packages, dir) {
			return i
		}
	}
	return -1
}

func matches(patterns, dir string) bool {
	for pattern := range strings.FieldsSeq(patterns) {
		if ok, _ := path.Match(pattern, dir); ok {
			return true
		}
	}
	return false
}
