package drive

import (
	"math"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func TestResult(t *testing.T) {
	r := Result{Took: 2 * time.Second, Before: Usage{Known: true, CPU: 1}, After: Usage{Known: true, CPU: 1.5, Database: 2}}
	for i := range 1000 {
		r.Latencies = append(r.Latencies, time.Duration(i)*time.Millisecond)
	}
	server, database := r.CPU()
	if r.Rate() != 500 || server != 0.5 || database != 2 || r.Quantile(0.99) != 989*time.Millisecond {
		t.Errorf("rate %v, CPU %v and %v, p99 %v", r.Rate(), server, database, r.Quantile(0.99))
	}
	if server, _ := (Result{Latencies: r.Latencies}).CPU(); server != 0 || math.IsNaN(server) {
		t.Errorf("CPU %v of a server that tells nothing", server)
	}
}

func TestWords(t *testing.T) {
	for _, n := range []int{1, 55, 200, 10_000} {
		if s := words(n); len(s) < n || len(s) > n+3 || !utf8.ValidString(s) {
			t.Errorf("words(%d) has %d bytes", n, len(s))
		}
	}
}

func TestReadUsage(t *testing.T) {
	u, err := readUsage(strings.NewReader("# HELP x y\nprocess_cpu_seconds_total 1.25\nprocess_resident_memory_bytes 3.5e+07\nother 1\n"))
	if err != nil || u != (Usage{Known: true, CPU: 1.25, Memory: 3.5e7}) {
		t.Errorf("%+v, %v", u, err)
	}
	if u, err := readUsage(strings.NewReader("other 1\n")); err != nil || u.Known {
		t.Errorf("%+v, %v where nothing is told", u, err)
	}
}
