// Command bench measures a real server process on SQLite and, where
// MYCHAT_TEST_POSTGRES names one, on PostgreSQL, and prints tables in Markdown.
// It is bounded: each load runs for the time that --for says. The server's
// limits on rates are switched off.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/url"
	"os"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"time"

	"mychat/test/drive"
)

// options are the flags.
type options struct {
	binary  string
	pairs   []int
	load    time.Duration
	signIns int
	sockets int
}

func main() {
	var opt options
	pairs := flag.String("pairs", "1,50,200,1000", "numbers of pairs, separated by commas")
	flag.StringVar(&opt.binary, "server", "build/bin/mychat-server", "the server's binary")
	flag.DurationVar(&opt.load, "for", 10*time.Second, "how long each load runs")
	flag.IntVar(&opt.signIns, "sign-ins", 500, "sign-ins with a password to time")
	flag.IntVar(&opt.sockets, "sockets", 5000, "idle sockets")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, opt, *pairs); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, opt options, pairs string) error {
	if opt.signIns < 1 || opt.sockets < 1 {
		return errors.New("-sign-ins, -sockets: at least one is needed")
	}
	for field := range strings.SplitSeq(pairs, ",") {
		n, err := strconv.Atoi(field)
		if err != nil || n < 1 {
			return fmt.Errorf("-pairs: %q is no number of pairs", field)
		}
		opt.pairs = append(opt.pairs, n)
	}
	fmt.Println("| Database | Load | Per second | CPU s per 1,000: server | database | p50 ms | p99 ms |")
	fmt.Println("|---|---|--:|--:|--:|--:|--:|")
	var closing []string
	for _, database := range []string{"SQLite", "PostgreSQL"} {
		address, ok := databaseAddress(database)
		if !ok {
			closing = append(closing, "PostgreSQL was not measured: MYCHAT_TEST_POSTGRES is not set.")
			continue
		}
		idle, err := measure(ctx, opt, database, address)
		if err != nil {
			return fmt.Errorf("%s: %w", database, err)
		}
		closing = append(closing, fmt.Sprintf("%s: %d idle sockets take %s.", database, opt.sockets, idle))
	}
	fmt.Println()
	for _, line := range closing {
		fmt.Println("- " + line)
	}
	return nil
}

// databaseAddress returns what the server's --database takes.
func databaseAddress(database string) (string, bool) {
	if database == "SQLite" {
		return "", true
	}
	address, err := url.Parse(os.Getenv("MYCHAT_TEST_POSTGRES"))
	return address.String(), err == nil && address.Host != ""
}

// Sizes that the aims in docs/performance.md speak of.
const (
	textBytes      = 200
	historyLength  = 10_000
	historyPage    = 50
	historyClients = 16
)

// measure runs every load on one database and says what an idle socket takes.
func measure(ctx context.Context, opt options, database, address string) (idle string, err error) {
	folder, err := os.MkdirTemp("", "mychat-bench-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(folder)
	own := drive.Own{Binary: opt.binary, Folder: folder, Database: address, Env: drive.CheapPasswords}
	if pid, err := strconv.Atoi(os.Getenv("MYCHAT_TEST_POSTGRES_PID")); err == nil && address != "" {
		own.DatabasePID = pid
	}
	s, err := drive.Start(ctx, own)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, s.Stop()) }()
	pairs, err := s.Pairs(ctx, max(slices.Max(opt.pairs), opt.sockets/2))
	if err != nil {
		return "", err
	}
	users := drive.Users(pairs)
	done := func(load string, r drive.Result, err error) error {
		if err == nil {
			row(database, load, r)
			return nil
		}
		return fmt.Errorf("%s: %w", load, err)
	}
	for _, n := range opt.pairs {
		r, err := s.Send(ctx, pairs[:n], textBytes, opt.load)
		if err := done(fmt.Sprintf("messages delivered, %d pairs", n), r, err); err != nil {
			return "", err
		}
	}
	if err := s.Fill(ctx, pairs[0], historyLength, textBytes); err != nil {
		return "", err
	}
	r, err := s.History(ctx, pairs[0], historyClients, historyPage, opt.load)
	if err := done(fmt.Sprintf("newest %d of %d messages", historyPage, historyLength), r, err); err != nil {
		return "", err
	}
	r, err = s.Connect(ctx, users, historyClients, opt.load)
	if err := done("sockets opened with a token", r, err); err != nil {
		return "", err
	}
	r, err = s.Get(ctx, users, historyClients, opt.load)
	if err := done("requests with a token", r, err); err != nil {
		return "", err
	}
	if err := s.Restart(ctx, own.Env); err != nil {
		return "", err
	}
	r, err = s.Idle(ctx, users, opt.sockets, opt.load)
	if err := done("idle sockets opened", r, err); err != nil {
		return "", err
	}
	idle = r.Each(opt.sockets)

	// Passwords cost what they do by default, also those of who signs in.
	if err := s.Restart(ctx, nil); err != nil {
		return "", err
	}
	fresh, err := s.Pairs(ctx, 4)
	if err != nil {
		return "", err
	}
	r, err = s.SignIns(ctx, drive.Users(fresh), opt.signIns)
	return idle, done("sign-ins with a password", r, err)
}

func row(database, load string, r drive.Result) {
	used := "-"
	server, db := r.CPU()
	if db > 0 {
		used = fmt.Sprintf("%.2f", db)
	}
	ms := func(q float64) float64 { return r.Quantile(q).Seconds() * 1000 }
	fmt.Printf("| %s | %s | %.0f | %.3f | %s | %.2f | %.2f |\n", database, load, r.Rate(), server, used, ms(0.5), ms(0.99))
}
