// Command load measures what a MyChat server does on a machine, so that its
// operator can size it. By itself it runs a server of its own on loopback with
// a database that goes away afterwards:
//
//	make load
//	build/bin/mychat-load -mode send,history -pairs 200 -for 30s
//
// Each mode runs for the time that -for says and the command then ends.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"os/signal"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"mychat/server/store"
	"mychat/test/drive"
)

// options are the flags.
type options struct {
	server   string
	mine     bool
	invite   string
	binary   string
	database string
	modes    []string
	pairs    []int
	clients  int
	sockets  int
	bytes    int
	history  int
	length   time.Duration
}

// Modes, in the order in which they run.
var allModes = []string{"send", "history", "connect", "rest", "idle"}

func main() {
	opt, err := parse(os.Args[1:], os.Stderr)
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err == nil {
		err = run(ctx, opt, os.Stdout)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
}

// Bounds of what the flags may ask for.
const (
	maxPairs   = 10_000
	maxSockets = 100_000
	maxClients = 256
	maxBytes   = 10_000
	maxHistory = 1_000_000
	maxLength  = time.Hour
)

func parse(args []string, stderr io.Writer) (options, error) {
	var opt options
	flags := flag.NewFlagSet("load", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&opt.server, "server", "", "base URL of a server that runs already; empty: run one of its own on loopback")
	flags.BoolVar(&opt.mine, "i-run-this-server", false, "the server of -server may be on another machine: I run it, and nobody else is using it now")
	flags.StringVar(&opt.invite, "invite", "", "invitation code, where that server wants one for each account")
	flags.StringVar(&opt.binary, "binary", "build/bin/mychat-server", "program of a server of its own")
	flags.StringVar(&opt.database, "database", "", "an empty PostgreSQL database (postgres://...) for a server of its own, which fills it; empty: SQLite in a folder that goes away")
	modes := flags.String("mode", strings.Join(allModes, ","), "what to measure, separated by commas: "+strings.Join(allModes, ", "))
	pairs := flags.String("pairs", "50", "pairs of people who chat, separated by commas")
	flags.IntVar(&opt.clients, "clients", 16, "clients at once in the modes history, connect and rest")
	flags.IntVar(&opt.sockets, "sockets", 1000, "sockets of the mode idle")
	flags.IntVar(&opt.bytes, "bytes", 200, "length of each text")
	flags.IntVar(&opt.history, "history", 10_000, "messages in the conversation of the mode history")
	flags.DurationVar(&opt.length, "for", 10*time.Second, "how long each mode runs")
	if err := flags.Parse(args); err != nil {
		return opt, err
	}
	if flags.NArg() > 0 {
		return opt, fmt.Errorf("there is no argument %q; -h lists the flags", flags.Arg(0))
	}
	for mode := range strings.SplitSeq(*modes, ",") {
		if !slices.Contains(allModes, mode) {
			return opt, fmt.Errorf("-mode: there is no %q, only %s", mode, strings.Join(allModes, ", "))
		}
		opt.modes = append(opt.modes, mode)
	}
	for field := range strings.SplitSeq(*pairs, ",") {
		n, err := strconv.Atoi(field)
		if err != nil || n < 1 || n > maxPairs {
			return opt, fmt.Errorf("-pairs: %q is no number from 1 to %d", field, maxPairs)
		}
		opt.pairs = append(opt.pairs, n)
	}
	for _, f := range []struct {
		name    string
		n, most int
	}{
		{"clients", opt.clients, maxClients}, {"sockets", opt.sockets, maxSockets},
		{"bytes", opt.bytes, maxBytes}, {"history", opt.history, maxHistory},
	} {
		if f.n < 1 || f.n > f.most {
			return opt, fmt.Errorf("-%s: %d is not from 1 to %d", f.name, f.n, f.most)
		}
	}
	if opt.length < time.Second || opt.length > maxLength {
		return opt, fmt.Errorf("-for: %v is not from 1s to %v", opt.length, maxLength)
	}
	if opt.server != "" && !opt.mine && !drive.Loopback(opt.server) {
		return opt, fmt.Errorf("%s is not this machine: a load keeps everybody else from a server and leaves made-up accounts on it; "+
			"if it is yours to do so, say -i-run-this-server", opt.server)
	}
	if opt.server != "" && opt.database != "" {
		return opt, errors.New("-database is for a server of its own; the one of -server has its database")
	}
	if opt.database != "" && !store.IsPostgres(opt.database) {
		return opt, errors.New("-database: give postgres://..., or leave it out for SQLite")
	}
	return opt, nil
}

func run(ctx context.Context, opt options, out io.Writer) error {
	server, done, err := open(ctx, opt)
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(out, 0, 4, 2, ' ', tabwriter.AlignRight)
	err = errors.Join(measure(ctx, server, opt, table), done())
	if flushErr := table.Flush(); err == nil {
		err = flushErr
	}
	return err
}

// open starts the server or reaches the one that is named.
func open(ctx context.Context, opt options) (*drive.Server, func() error, error) {
	if opt.server != "" {
		s, err := drive.Reach(ctx, opt.server)
		if err == nil {
			s.Invite = opt.invite
		}
		return s, func() error { return nil }, err
	}
	if opt.database != "" {
		if err := wantEmpty(ctx, opt); err != nil {
			return nil, nil, err
		}
	}
	folder, err := os.MkdirTemp("", "mychat-load-")
	if err != nil {
		return nil, nil, err
	}
	remove := func() error { return os.RemoveAll(folder) }
	s, err := drive.Start(ctx, drive.Own{Binary: opt.binary, Folder: folder, Database: opt.database, Env: drive.CheapPasswords})
	if err != nil {
		return nil, nil, errors.Join(err, remove())
	}
	return s, func() error { return errors.Join(s.Stop(), remove()) }, nil
}

// users is the line of mychat-server report that says how many there are.
var users = regexp.MustCompile(`(?m)^users +0 `)

// wantEmpty refuses a database that somebody uses.
func wantEmpty(ctx context.Context, opt options) error {
	command := exec.CommandContext(ctx, opt.binary, "report")
	command.Env = append(os.Environ(), "MYCHAT_DATABASE="+opt.database) // Its password is nobody's business in a list of processes.
	said, err := command.CombinedOutput()
	name := opt.database
	if u, parseErr := url.Parse(name); parseErr == nil {
		name = u.Redacted()
	}
	if err != nil {
		return fmt.Errorf("look into %s: %w\n%s", name, err, said)
	}
	if !users.Match(said) {
		return fmt.Errorf("%s has users: a load fills its database with made-up accounts, so give it an empty one", name)
	}
	return nil
}

// measure runs the modes and writes a row for each.
func measure(ctx context.Context, s *drive.Server, opt options, out io.Writer) error {
	pairs, err := s.Pairs(ctx, slices.Max(opt.pairs))
	if err != nil {
		return err
	}
	fmt.Fprintln(out, "what\tper second\tp50 ms\tp99 ms\tserver CPU s per 1,000\tserver memory MiB\t")
	for _, mode := range allModes {
		if !slices.Contains(opt.modes, mode) {
			continue
		}
		if err := one(ctx, s, opt, mode, pairs, out); err != nil {
			return fmt.Errorf("%s: %w", mode, err)
		}
	}
	return nil
}

func one(ctx context.Context, s *drive.Server, opt options, mode string, pairs []drive.Pair, out io.Writer) error {
	var r drive.Result
	var err error
	what := mode
	switch mode {
	case "send":
		for _, n := range opt.pairs {
			if r, err = s.Send(ctx, pairs[:n], opt.bytes, opt.length); err != nil {
				return err
			}
			row(out, fmt.Sprintf("%d pairs, messages delivered", n), r)
		}
		return nil
	case "history":
		if err = s.Fill(ctx, pairs[0], opt.history, opt.bytes); err != nil {
			return err
		}
		const page = 50
		r, err = s.History(ctx, pairs[0], opt.clients, page, opt.length)
		what = fmt.Sprintf("newest %d of %d messages read", page, opt.history)
	case "connect":
		r, err = s.Connect(ctx, drive.Users(pairs), opt.clients, opt.length)
		what = "devices connected with a token"
	case "rest":
		r, err = s.Get(ctx, drive.Users(pairs), opt.clients, opt.length)
		what = "requests with a token"
	case "idle":
		if opt.server == "" {
			if err := s.Restart(ctx, drive.CheapPasswords); err != nil {
				return err
			}
		}
		r, err = s.Idle(ctx, drive.Users(pairs), opt.sockets, opt.length)
		what = fmt.Sprintf("%d idle sockets", opt.sockets)
		if r.After.Known {
			what += ", " + r.Each(opt.sockets)
		}
	}
	if err == nil {
		row(out, what, r)
	}
	return err
}

func row(out io.Writer, what string, r drive.Result) {
	cpu, memory := "-", "-"
	if used, _ := r.CPU(); r.After.Known {
		cpu, memory = fmt.Sprintf("%.3f", used), fmt.Sprintf("%.0f", r.After.Memory/(1<<20))
	}
	fmt.Fprintf(out, "%s\t%.0f\t%.2f\t%.2f\t%s\t%s\t\n", what, r.Rate(), ms(r.Quantile(0.5)), ms(r.Quantile(0.99)), cpu, memory)
}

func ms(d time.Duration) float64 { return d.Seconds() * 1000 }
