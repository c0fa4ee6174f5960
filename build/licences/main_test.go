package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const (
	mit = `The MIT License
		Permission is hereby granted, free of charge, to any person obtaining a copy of this
		software ... The above copyright notice and this permission notice shall be included in
		all copies or substantial portions of the Software.`
	bsd2 = `Redistribution and use in source and binary forms, with or without modification ...
		1. Redistributions of source code must retain ... 2. Redistributions in binary form must reproduce ...`
)

func TestClassify(t *testing.T) {
	apache, err := os.ReadFile("../../LICENSE")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, text, want string }{
		{"MIT over several lines", mit, "MIT"},
		{"two clauses", bsd2, "BSD-2-Clause"},
		{"three clauses", bsd2 + " Neither the name ... may be used to endorse or promote products derived from", "BSD-3-Clause"},
		{"Apache", string(apache), "Apache-2.0"},
		{"two in one file", bsd2 + mit, "BSD-2-Clause AND MIT"},
		{"a name alone is none", "Licensed under the MIT License.", ""},
		{"a GNU licence beside another", mit + " or the GNU Lesser General Public License", ""},
		{"empty", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := classify(tt.text); got != tt.want {
				t.Errorf("classify = %q, want %q", got, tt.want)
			}
		})
	}
}

func TestRead(t *testing.T) {
	for _, tt := range []struct {
		name    string
		files   map[string]string
		licence string
		texts   []string
		refused string
	}{
		{"parts and notices travel along", map[string]string{"LICENSE.txt": mit, "LICENSE-PART": "of a part", "NOTICE": "a notice", "main.go": "code"}, "MIT", []string{mit, "of a part", "a notice"}, ""},
		{"British", map[string]string{"LICENCE": mit}, "MIT", nil, ""},
		{"none", map[string]string{"README.md": mit}, "", nil, "no licence file"},
		{"an unknown one", map[string]string{"LICENSE": "Ask me."}, "", nil, "none of those"},
		{"only that of a part", map[string]string{"LICENSE-PART": mit}, "", nil, "none of those"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			for name, text := range tt.files {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			m, err := read(dir)
			if m.Licence != tt.licence {
				t.Errorf("licence %q, want %q", m.Licence, tt.licence)
			}
			for _, text := range tt.texts {
				if !strings.Contains(m.text, text) {
					t.Errorf("the texts lack %q", text)
				}
			}
			if strings.Contains(m.text, "code") {
				t.Error("the texts have what is no licence")
			}
			if (err != nil) != (tt.refused != "") || err != nil && !strings.Contains(err.Error(), tt.refused) {
				t.Errorf("error %v, want %q", err, tt.refused)
			}
		})
	}
}

// TestCollect names every module of this build, so that an unknown licence
// fails here as well as in a build.
func TestCollect(t *testing.T) {
	t.Chdir("../..")
	modules, err := collect()
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, m := range modules {
		names[m.Name] = m.Licence != "" && m.Version != "" && m.text != ""
	}
	// The last is in the app of Windows only.
	for _, name := range []string{"Go", "gorm.io/gorm", "github.com/wailsapp/wails/v2", "github.com/wailsapp/go-webview2"} {
		if !names[name] {
			t.Errorf("%s is missing or empty", name)
		}
	}
}
