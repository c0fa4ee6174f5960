// Command torture shows that MyChat keeps its delivery contract: it runs real
// servers and real apps, several devices of several people, plays a random
// plan with them while it kills, cuts, delays, truncates and fills what there
// is to, mends everything, and holds each device's database against a simple
// model of what must be true. docs/reliability.md says what that means.
//
//	go run ./test/torture -for 1h
//
// Each world has a seed, which is printed; -seed repeats its plan. What the
// processes do in between is not repeated: a fault that depends on that may
// need several runs of one seed.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"

	"mychat/server/store/storetest"
)

func main() {
	if o := os.Getenv(childEnv); o != "" {
		if err := beChild(o); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	var opt options
	flag.DurationVar(&opt.length, "for", time.Hour, "how long to go on making worlds")
	flag.Uint64Var(&opt.seed, "seed", 0, "the first world's seed; the next ones count up (0: one made from the time)")
	flag.IntVar(&opt.worlds, "worlds", 0, "stop after so many worlds (0: when the time is up)")
	flag.IntVar(&opt.steps, "steps", 2000, "steps of each world")
	only := flag.String("stage", "", "only this kind of server, such as SQLite")
	crash := flag.Bool("crash-postgres", false, "the PostgreSQL of "+storetest.Env+" is ours alone and may crash")
	flag.Parse()
	if opt.seed == 0 {
		opt.seed = uint64(time.Now().Unix())
	}
	for _, st := range stages(os.Getenv(storetest.Env), postgresPID(*crash)) {
		if *only == "" || *only == st.name {
			opt.stages = append(opt.stages, st)
		}
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, opt, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "torture:", err)
		os.Exit(1)
	}
}

// postgresPID returns the process that may crash, or 0.
func postgresPID(crash bool) int {
	pid, err := strconv.Atoi(os.Getenv("MYCHAT_TEST_POSTGRES_PID"))
	if !crash || err != nil {
		return 0
	}
	return pid
}

// options are the flags.
type options struct {
	length time.Duration
	seed   uint64
	worlds int
	steps  int
	stages []stage
}

// run plays one world after the other, on each kind of server in turn, until
// the time is up, and prints what came of it.
func run(ctx context.Context, opt options, out *os.File) error {
	if len(opt.stages) == 0 {
		return errors.New("there is no such kind of server here")
	}
	began := time.Now()
	total := newReport(opt.seed)
	var broke error
	for i := 0; broke == nil && ctx.Err() == nil; i++ {
		if time.Since(began) >= opt.length || opt.worlds > 0 && i == opt.worlds {
			break
		}
		st, seed := opt.stages[i%len(opt.stages)], opt.seed+uint64(i)
		var said string
		said, broke = torture(ctx, st, seed, length{opt.steps, worldWithin / 2}, total)
		fmt.Fprintln(out, said)
	}
	total.length = time.Since(began)
	if broke == nil {
		broke = ctx.Err()
	}
	total.print(out, broke)
	return broke
}
