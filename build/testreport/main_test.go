package main

import (
	"strings"
	"testing"
)

func TestCount(t *testing.T) {
	for _, tt := range []struct {
		name, in string
		want     Counts
		shows    string // Part of what is said about failures.
	}{
		{"vitest", `{"numTotalTests":6,"numPassedTests":3,"numFailedTests":1,"numPendingTests":1,"numTodoTests":1,"success":false}`,
			Counts{3, 1, 2}, ""},
		{"vitest file that does not load", `{"numTotalTests":3,"numPassedTests":3,"success":false}`, Counts{3, 1, 0}, ""},
		{"playwright", `{"stats":{"expected":4,"unexpected":1,"flaky":2,"skipped":3},"errors":[]}`, Counts{6, 1, 3}, ""},
		{"playwright set-up fails", `{"stats":{"expected":0},"errors":[{"message":"no browser"}]}`, Counts{0, 1, 0}, ""},
		{"subtests count, their parent does not", `
			{"Action":"pass","Package":"p","Test":"TestA/one"}
			{"Action":"skip","Package":"p","Test":"TestA/two"}
			{"Action":"pass","Package":"p","Test":"TestA"}
			{"Action":"pass","Package":"p","Test":"TestB"}
			{"Action":"pass","Package":"p"}`, Counts{2, 0, 1}, ""},
		{"a failed subtest is one failure", `
			{"Action":"output","Package":"p","Test":"TestA/one","Output":"got 1, want 2\n"}
			{"Action":"fail","Package":"p","Test":"TestA/one"}
			{"Action":"fail","Package":"p","Test":"TestA"}
			{"Action":"fail","Package":"p"}`, Counts{0, 1, 0}, "got 1, want 2"},
		{"a parent may fail on its own", `
			{"Action":"pass","Package":"p","Test":"TestA/one"}
			{"Action":"fail","Package":"p","Test":"TestA"}
			{"Action":"fail","Package":"p"}`, Counts{1, 1, 0}, "FAIL p TestA"},
		{"a package that dies is one failure", `
			{"Action":"pass","Package":"p","Test":"TestA"}
			{"Action":"output","Package":"p","Output":"panic: boom\n"}
			{"Action":"fail","Package":"p"}`, Counts{1, 1, 0}, "panic: boom"},
		{"a package that does not compile is one failure", `
			{"Action":"build-output","ImportPath":"p [p.test]","Output":"undefined: x\n"}
			{"Action":"build-fail","ImportPath":"p [p.test]"}
			{"Action":"fail","Package":"p","FailedBuild":"p [p.test]"}`, Counts{0, 1, 0}, "undefined: x"},
		{"no tests", `{"Action":"skip","Package":"p"}`, Counts{}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var said strings.Builder
			got, err := count([]byte(strings.TrimSpace(tt.in)), &said)
			if err != nil {
				t.Fatal(err)
			}
			if got != tt.want {
				t.Errorf("count = %+v, want %+v", got, tt.want)
			}
			if !strings.Contains(said.String(), tt.shows) {
				t.Errorf("said %q, want %q in it", said.String(), tt.shows)
			}
		})
	}
}

func TestCountRefusesAnythingElse(t *testing.T) {
	if _, err := count([]byte("ok  \tmychat/protocol\t0.1s\n"), &strings.Builder{}); err == nil {
		t.Error("plain output of go test was accepted")
	}
}
