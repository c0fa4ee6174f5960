// Command testreport reads what a test runner wrote as JSON and prints how many
// cases passed, failed and were skipped, as three numbers on one line. What
// failed tests printed goes to standard error.
//
//	testreport FILE
//
// It knows the event stream of go test -json and the reports of Vitest and
// Playwright.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"sort"
	"strings"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: testreport FILE")
		os.Exit(2)
	}
	data, err := os.ReadFile(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, "testreport:", err)
		os.Exit(1)
	}
	n, err := count(data, os.Stderr)
	if err != nil {
		fmt.Fprintf(os.Stderr, "testreport: %s: %v\n", os.Args[1], err)
		os.Exit(1)
	}
	fmt.Println(n.Passed, n.Failed, n.Skipped)
}

// Counts is how many test cases ended how. A case with cases inside it is not
// counted beside them.
type Counts struct {
	Passed, Failed, Skipped int
}

// count tells the formats apart and writes what failed to failures.
func count(data []byte, failures io.Writer) (Counts, error) {
	var report struct {
		NumTotalTests *int `json:"numTotalTests"` // Vitest.
		Stats         *struct {
			Expected, Unexpected, Flaky, Skipped int
		} `json:"stats"` // Playwright.
		Errors []json.RawMessage `json:"errors"` // Playwright: what broke outside any test.

		Success         bool `json:"success"`
		NumPassedTests  int  `json:"numPassedTests"`
		NumFailedTests  int  `json:"numFailedTests"`
		NumPendingTests int  `json:"numPendingTests"`
		NumTodoTests    int  `json:"numTodoTests"`
	}
	if json.Unmarshal(data, &report) == nil {
		switch {
		case report.NumTotalTests != nil:
			n := Counts{report.NumPassedTests, report.NumFailedTests, report.NumPendingTests + report.NumTodoTests}
			if !report.Success {
				n.Failed = max(n.Failed, 1) // A file that could not be loaded has no cases.
			}
			return n, nil
		case report.Stats != nil:
			s := report.Stats
			return Counts{s.Expected + s.Flaky, s.Unexpected + len(report.Errors), s.Skipped}, nil
		}
	}
	return countGo(data, failures)
}

// event is one line of go test -json.
type event struct {
	Action     string
	Package    string
	ImportPath string // With build-output.
	Test       string
	Output     string
}

// countGo counts the cases of a go test -json stream. A package that fails
// though none of its cases did counts as one failure.
func countGo(data []byte, failures io.Writer) (Counts, error) {
	var n Counts
	ended := map[string]map[string]string{} // Package, test, how it ended.
	output := map[string]*strings.Builder{}
	add := func(key, text string) {
		if output[key] == nil {
			output[key] = new(strings.Builder)
		}
		output[key].WriteString(text)
	}
	lines := bufio.NewScanner(bytes.NewReader(data))
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var e event
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			return n, fmt.Errorf("not a line of go test -json: %.80q", lines.Text())
		}
		switch e.Action {
		case "output":
			add(e.Package+"\x00"+e.Test, e.Output)
		case "build-output":
			add(e.ImportPath, e.Output)
		case "build-fail":
			fmt.Fprintf(failures, "%s does not compile\n%s", e.ImportPath, output[e.ImportPath])
		case "pass", "fail", "skip":
			if ended[e.Package] == nil {
				ended[e.Package] = map[string]string{}
			}
			ended[e.Package][e.Test] = e.Action
		}
	}
	if err := lines.Err(); err != nil {
		return n, err
	}

	packages := make([]string, 0, len(ended))
	for p := range ended {
		packages = append(packages, p)
	}
	sort.Strings(packages)
	for _, p := range packages {
		tests := ended[p]
		failedBefore := n.Failed
		for _, name := range leaves(tests) {
			switch tests[name] {
			case "pass":
				n.Passed++
			case "skip":
				n.Skipped++
			case "fail":
				n.Failed++
				fmt.Fprintf(failures, "\nFAIL %s %s\n%s", p, name, output[p+"\x00"+name])
			}
		}
		if tests[""] == "fail" && n.Failed == failedBefore {
			n.Failed++
			fmt.Fprintf(failures, "\nFAIL %s\n%s", p, output[p+"\x00"])
		}
	}
	return n, nil
}

// leaves returns the tests to count, sorted: those with no subtests, and those
// that failed though no subtest did.
func leaves(tests map[string]string) []string {
	parent := map[string]bool{}
	blamed := map[string]bool{} // A subtest failed.
	for name, how := range tests {
		for i := strings.LastIndexByte(name, '/'); i > 0; i = strings.LastIndexByte(name[:i], '/') {
			parent[name[:i]] = true
			if how == "fail" {
				blamed[name[:i]] = true
			}
		}
	}
	var out []string
	for name, how := range tests {
		if name != "" && (!parent[name] || how == "fail" && !blamed[name]) {
			out = append(out, name)
		}
	}
	sort.Strings(out)
	return out
}
