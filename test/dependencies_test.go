package test_test

import (
	"bufio"
	"encoding/json"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// TestDependencies holds docs/DEPENDENCIES.md to what the code imports and to
// the versions that are pinned.
func TestDependencies(t *testing.T) {
	documented := documentedVersions(t)

	t.Run("go", func(t *testing.T) {
		compareVersions(t, documented["Go"], importedModules(t))
	})
	t.Run("npm", func(t *testing.T) {
		data, err := os.ReadFile("../frontend/package.json")
		if err != nil {
			t.Fatal(err)
		}
		var pkg struct {
			Dependencies    map[string]string `json:"dependencies"`
			DevDependencies map[string]string `json:"devDependencies"`
		}
		if err := json.Unmarshal(data, &pkg); err != nil {
			t.Fatal(err)
		}
		compareVersions(t, documented["The page"], pkg.Dependencies)
		compareVersions(t, documented["Building and testing the page"], pkg.DevDependencies)
	})
}

func compareVersions(t *testing.T, documented, used map[string]string) {
	t.Helper()
	for name, version := range used {
		switch documented[name] {
		case version:
		case "":
			t.Errorf("docs/DEPENDENCIES.md lacks %s %s", name, version)
		default:
			t.Errorf("docs/DEPENDENCIES.md has %s at %s, used is %s", name, documented[name], version)
		}
	}
	for name := range documented {
		if used[name] == "" {
			t.Errorf("docs/DEPENDENCIES.md has %s, which nothing uses", name)
		}
	}
}

// documentedVersions reads the tables of docs/DEPENDENCIES.md: heading, name,
// version.
func documentedVersions(t *testing.T) map[string]map[string]string {
	t.Helper()
	data, err := os.ReadFile("../docs/DEPENDENCIES.md")
	if err != nil {
		t.Fatal(err)
	}
	tables := map[string]map[string]string{}
	var heading string
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSpace(line)
		if h, ok := strings.CutPrefix(line, "## "); ok {
			heading = h
			tables[heading] = map[string]string{}
			continue
		}
		cells := strings.Split(strings.Trim(line, "|"), "|")
		if !strings.HasPrefix(line, "|") || len(cells) != 4 || strings.HasPrefix(cells[0], "---") {
			continue
		}
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		if cells[1] == "Version" {
			continue
		}
		if cells[2] == "" || cells[3] == "" {
			t.Errorf("%s has no licence or no reason", cells[0])
		}
		tables[heading][cells[0]] = cells[1]
	}
	return tables
}

// importedModules returns the modules that files of this tree import, with the
// versions of go.mod.
func importedModules(t *testing.T) map[string]string {
	t.Helper()
	pinned := map[string]string{}
	file, err := os.Open("../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		fields := strings.Fields(strings.TrimPrefix(strings.TrimSpace(lines.Text()), "require "))
		if len(fields) >= 2 && strings.Contains(fields[0], ".") && strings.HasPrefix(fields[1], "v") {
			pinned[fields[0]] = fields[1]
		}
	}

	used := map[string]string{}
	err = filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "node_modules" || d.Name() == "testdata" || d.Name() == ".git"):
			return fs.SkipDir
		case d.IsDir() || filepath.Ext(path) != ".go":
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range file.Imports {
			target, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			module := ""
			for m := range pinned {
				if under(target, m) && len(m) > len(module) {
					module = m
				}
			}
			if module != "" {
				used[module] = pinned[module]
			} else if strings.Contains(strings.Split(target, "/")[0], ".") {
				t.Errorf("%s imports %s, which go.mod does not pin", path, target)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return used
}
