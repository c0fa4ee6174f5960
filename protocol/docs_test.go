package protocol_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const docPath = "../docs/PROTOCOL.md"

// quote is a marker of docs/PROTOCOL.md and the fenced block below it, if there
// is one.
var quote = regexp.MustCompile("(?m)^<!-- golden: ([a-z_]+) -->\n(```json\n(?:[^`]|`[^`])*?\n```\n)?")

// TestDocQuotesGoldenFiles holds docs/PROTOCOL.md to the golden files, each of
// which it quotes. With -update it writes the quotes.
func TestDocQuotesGoldenFiles(t *testing.T) {
	doc, err := os.ReadFile(docPath)
	if err != nil {
		t.Fatal(err)
	}
	quoted := map[string]bool{}
	want := quote.ReplaceAllStringFunc(string(doc), func(block string) string {
		name := quote.FindStringSubmatch(block)[1]
		file, err := os.ReadFile(filepath.Join("testdata", name+".json"))
		if err != nil {
			t.Errorf("%s quotes a file that is not there: %v", docPath, err)
			return block
		}
		quoted[name] = true
		return "<!-- golden: " + name + " -->\n```json\n" + string(file) + "```\n"
	})
	if *update {
		if err := os.WriteFile(docPath, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if want != string(doc) {
		t.Errorf("%s does not quote the golden files as they are (go test ./protocol -update, twice if files changed, writes them)", docPath)
	}
	for name := range golden() {
		if !quoted[name] {
			t.Errorf("%s does not quote %s", docPath, name)
		}
	}
}

// TestDocTablesAreComplete finds a constant that docs/PROTOCOL.md forgot, or
// whose value it has wrong.
func TestDocTablesAreComplete(t *testing.T) {
	data, err := os.ReadFile(docPath)
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string][]string{} // Cells of the table rows, by their first.
	for line := range strings.Lines(string(data)) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if !strings.HasPrefix(line, "|") || len(cells) < 2 {
			continue
		}
		for i := range cells {
			cells[i] = strings.Trim(strings.TrimSpace(cells[i]), "`")
		}
		rows[cells[0]] = append(rows[cells[0]], cells[1:]...)
	}
	paths := 0
	for _, c := range constants(t) {
		switch {
		case hasPrefix(c.name, "Code", "Op", "Close", "Kind", "Journal"):
			if rows[c.value] == nil {
				t.Errorf("no table row for %s (%s)", c.name, c.value)
			}
		case hasPrefix(c.name, "Max", "Min", "Default") && c.name != "MinVersion", strings.HasSuffix(c.name, "MS"):
			row := rows[c.name]
			if row == nil {
				t.Errorf("no table row for %s", c.name)
			} else if got := strings.ReplaceAll(row[0], ",", ""); got != c.value {
				t.Errorf("%s is %s in the table, %s in the source", c.name, got, c.value)
			}
		case strings.HasPrefix(c.name, "Path"):
			paths++
			if !strings.Contains(string(data), " "+c.value) {
				t.Errorf("no call with %s (%s)", c.name, c.value)
			}
		case hasPrefix(c.name, "Platform", "Relation", "Registration", "Request", "Answer"):
			if !strings.Contains(string(data), "`"+c.value+"`") {
				t.Errorf("%s (%s) is not mentioned", c.name, c.value)
			}
		case c.name == "Version":
			if rows[c.value] == nil {
				t.Errorf("version %s is not in the table of versions", c.value)
			}
		}
	}
	if paths == 0 {
		t.Error("the package's constants were not read")
	}
}

func hasPrefix(s string, prefixes ...string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}
