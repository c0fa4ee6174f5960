// Command licences lists the Go modules that MyChat's programs are made of, on
// any of their systems, with each one's licence.
//
//	licences -json FILE    name, version and licence, for the page
//	licences -texts FILE   the texts, for packages
//
// A module without a licence that it knows stops it: somebody must look.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// systems are those that programs are built for. What they are built from
// differs, the list does not: every build shows the same page.
var systems = []string{"linux", "windows", "darwin"}

var programs = []string{".", "./server", "./cmd/mychat-browser"}

// A module is one that the programs are made of.
type module struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	Licence string `json:"licence"` // SPDX expression.

	text string
}

func main() {
	list := flag.String("json", "", "`file` for the list")
	texts := flag.String("texts", "", "`file` for the texts")
	flag.Parse()
	if err := run(*list, *texts); err != nil {
		fmt.Fprintln(os.Stderr, "licences:", err)
		os.Exit(1)
	}
}

func run(list, texts string) error {
	modules, err := collect()
	if err != nil {
		return err
	}
	if list != "" {
		data, err := json.MarshalIndent(modules, "", "  ")
		if err != nil {
			return err
		}
		if err := write(list, append(data, '\n')); err != nil {
			return err
		}
	}
	if texts != "" {
		var all bytes.Buffer
		for _, m := range modules {
			fmt.Fprintf(&all, "\n\n======== %s %s (%s)\n\n%s", m.Name, m.Version, m.Licence, m.text)
		}
		return write(texts, all.Bytes())
	}
	return nil
}

// write replaces a file unless it has that content, so that what is made from
// it stays newer.
func write(file string, data []byte) error {
	if old, err := os.ReadFile(file); err == nil && bytes.Equal(old, data) {
		return nil
	}
	return os.WriteFile(file, data, 0o644)
}

// collect returns the modules, and Go itself, by name.
func collect() ([]module, error) {
	folders := map[string]string{} // By module and version.
	for _, system := range systems {
		// The tag chooses no module, only what of Wails is compiled.
		args := append([]string{"list", "-deps", "-tags", "desktop,production", "-f",
			`{{with .Module}}{{if .Version}}{{.Path}} {{.Version}}{{"\t"}}{{.Dir}}{{end}}{{end}}`}, programs...)
		cmd := exec.Command("go", args...)
		cmd.Env = append(os.Environ(), "GOOS="+system, "GOARCH=amd64", "CGO_ENABLED=1")
		cmd.Stderr = os.Stderr
		out, err := cmd.Output()
		if err != nil {
			return nil, fmt.Errorf("list the modules for %s: %w", system, err)
		}
		for line := range strings.Lines(string(out)) {
			name, folder, _ := strings.Cut(strings.TrimSpace(line), "\t")
			folders[name] = folder
		}
	}
	goRoot, err := exec.Command("go", "env", "GOROOT", "GOVERSION").Output()
	if err != nil {
		return nil, fmt.Errorf("ask where Go is: %w", err)
	}
	root, version, _ := strings.Cut(strings.TrimSpace(string(goRoot)), "\n")
	folders["Go "+strings.TrimSpace(version)] = strings.TrimSpace(root)

	var modules []module
	var unknown []error
	for key, folder := range folders {
		m, err := read(folder)
		m.Name, m.Version, _ = strings.Cut(key, " ")
		if err != nil {
			unknown = append(unknown, fmt.Errorf("%s: %w", m.Name, err))
		}
		modules = append(modules, m)
	}
	slices.SortFunc(modules, func(a, b module) int { return strings.Compare(a.Name, b.Name) })
	return modules, errors.Join(unknown...)
}

var (
	licenceFile = regexp.MustCompile(`(?i)^(licen[cs]e|copying|unlicense)([-.]|$)`)
	noticeFile  = regexp.MustCompile(`(?i)^notice([-.]|$)`)
	// ownLicence is a file about the module itself, not about a part of it.
	ownLicence = regexp.MustCompile(`(?i)^(licen[cs]e|copying|unlicense)(\.(txt|md))?$`)
)

// read returns the licence of the module in a folder, and all texts there that
// must travel with it.
func read(folder string) (module, error) {
	files, err := os.ReadDir(folder)
	if err != nil {
		return module{}, err
	}
	var m module
	var text strings.Builder
	for _, f := range files {
		if f.IsDir() || !licenceFile.MatchString(f.Name()) && !noticeFile.MatchString(f.Name()) {
			continue
		}
		data, err := os.ReadFile(filepath.Join(folder, f.Name()))
		if err != nil {
			return module{}, err
		}
		text.Write(data)
		text.WriteByte('\n')
		if ownLicence.MatchString(f.Name()) && m.Licence == "" {
			m.Licence = classify(string(data))
		}
	}
	m.text = text.String()
	switch {
	case m.text == "":
		return m, fmt.Errorf("no licence file in its folder: %w", fs.ErrNotExist)
	case m.Licence == "":
		return m, errors.New("its licence is none of those that build/licences knows")
	}
	return m, nil
}

// licences are told apart by phrases that only they have: all of them must be
// there. The first that fits counts, so the stricter stands before the looser.
var licences = []struct {
	name    string
	phrases []string
}{
	{"Apache-2.0", []string{"apache license", "version 2.0, january 2004", "grant of patent license"}},
	{"BSD-3-Clause", []string{
		"redistribution and use in source and binary forms",
		"redistributions of source code must retain",
		"redistributions in binary form must reproduce",
		"endorse or promote products derived from",
	}},
	{"BSD-2-Clause", []string{
		"redistribution and use in source and binary forms",
		"redistributions of source code must retain",
		"redistributions in binary form must reproduce",
	}},
	{"MIT", []string{
		"permission is hereby granted, free of charge, to any person obtaining a copy",
		"this permission notice shall be included in all copies or substantial portions",
	}},
	{"ISC", []string{
		"permission to use, copy, modify, and", // Some say "and", others "and/or".
		"distribute this software for any purpose with or without fee is hereby granted, provided that",
		"appear in all copies",
	}},
}

// classify returns the SPDX names of the licences in a text, joined by AND, or
// "" if it knows none or the text speaks of a GNU licence, whose conditions are
// more than a copy of the text. A BSD licence of three clauses is not one of two
// as well.
func classify(text string) string {
	text = strings.ToLower(strings.Join(strings.Fields(text), " "))
	if strings.Contains(text, "general public license") {
		return ""
	}
	var found []string
	for _, l := range licences {
		if l.name == "BSD-2-Clause" && slices.Contains(found, "BSD-3-Clause") {
			continue
		}
		if !slices.ContainsFunc(l.phrases, func(p string) bool { return !strings.Contains(text, p) }) {
			found = append(found, l.name)
		}
	}
	return strings.Join(found, " AND ")
}
