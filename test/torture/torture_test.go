package main

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"mychat/server/store/storetest"
)

// seedEnv names the environment variable that repeats the plan of a run.
const seedEnv = "MYCHAT_TEST_SEED"

func TestMain(m *testing.M) {
	if o := os.Getenv(childEnv); o != "" {
		if err := beChild(o); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// playFor bounds each short world, without what it takes to start it and to
// agree in the end.
const playFor = 10 * time.Second

// TestNothingIsLost plays one short world on each kind of server. The seed is
// another one in each run.
func TestNothingIsLost(t *testing.T) {
	seed := uint64(time.Now().UnixNano() % 1_000_000)
	if s := os.Getenv(seedEnv); s != "" {
		var err error
		if seed, err = strconv.ParseUint(s, 10, 64); err != nil {
			t.Fatalf("%s: %v", seedEnv, err)
		}
	}
	for _, st := range stages(os.Getenv(storetest.Env), 0) {
		t.Run(st.name, func(t *testing.T) {
			t.Parallel()
			t.Logf("%s=%d", seedEnv, seed)
			total := newReport(seed)
			said, err := torture(t.Context(), st, seed, length{400, playFor}, total)
			t.Log(said)
			for kind, why := range total.missing {
				t.Logf("left out: %s: %s", kind, why)
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
}

// TestPlansRepeat holds that a seed stands for its plan.
func TestPlansRepeat(t *testing.T) {
	if !slices.Equal(draw(7, 500), draw(7, 500)) {
		t.Error("two plans of one seed differ")
	}
	if slices.Equal(draw(7, 500), draw(8, 500)) {
		t.Error("two seeds have one plan")
	}
}
