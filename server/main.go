// Command mychat-server is the chat server: one process that needs no other.
// Without a command it serves; the commands are for its administrator.
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"

	"mychat/server/config"
	"mychat/server/node"
)

// Set by the linker in released builds.
var (
	version string
	commit  string
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Environ(), os.Stdout, os.Stderr)
	stop()
	if err == nil || errors.Is(err, flag.ErrHelp) {
		return
	}
	fmt.Fprintf(os.Stderr, "mychat-server: %v\n", err)
	if errors.Is(err, errUsage) {
		os.Exit(2)
	}
	os.Exit(1)
}

// errUsage marks errors that are mistakes on the command line.
var errUsage = errors.New("see mychat-server --help")

// Defaults of the flags of the invite command.
const (
	inviteUses = 1
	inviteDays = 7
)

// run does what args ask for. It is main without the process around it.
func run(ctx context.Context, args, environ []string, stdout, stderr io.Writer) error {
	var flags config.Flags
	set := flag.NewFlagSet("mychat-server", flag.ContinueOnError)
	set.SetOutput(io.Discard) // Errors are printed once, by main.
	flags.Register(set)
	uses := set.Int("uses", inviteUses, "")
	expires := set.Int("expires", inviteDays, "")
	showVersion := set.Bool("version", false, "")
	words, err := parse(set, args)
	if errors.Is(err, flag.ErrHelp) || err == nil && len(words) > 0 && words[0] == "help" {
		writeHelp(stdout)
		return flag.ErrHelp
	}
	if err != nil {
		// The package flag knows names with one dash only.
		return fmt.Errorf("%s; %w", strings.NewReplacer("flag -", "option --", "flag provided but not defined: -", "there is no option --",
			"flag needs an argument: -", "give a value to --", ": parse error", ": give a whole number").Replace(err.Error()), errUsage)
	}
	command := ""
	if len(words) > 0 {
		command = words[0]
	}
	if *showVersion {
		command = "version"
	}
	switch command {
	case "config":
		return config.WriteSample(stdout)
	case "version":
		fmt.Fprintf(stdout, "mychat-server %s (%s)\n", buildVersion(), cmp.Or(commit, "no commit"))
		return nil
	case "", "serve", "invite", "user", "report":
	default:
		return fmt.Errorf("there is no command %q; %w", command, errUsage)
	}
	cfg, err := config.Load(flags, environ)
	if err != nil {
		return fmt.Errorf("these settings do not work:\n%w", err)
	}
	if command == "" || command == "serve" {
		return serve(ctx, cfg, stderr)
	}
	return administrate(ctx, cfg, words, invitation{*uses, *expires}, stdout, stderr)
}

// parse returns the words among the flags, which may come in any order.
func parse(set *flag.FlagSet, args []string) ([]string, error) {
	var words []string
	for {
		if err := set.Parse(args); err != nil {
			return nil, err
		}
		if set.NArg() == 0 {
			return words, nil
		}
		words = append(words, set.Arg(0))
		args = set.Args()[1:]
	}
}

// serve runs a node until ctx ends.
func serve(ctx context.Context, cfg config.Config, stderr io.Writer) error {
	log := newLogger(cfg.Log, stderr)
	n, err := node.Open(ctx, cfg, node.Options{Version: buildVersion(), Log: log})
	if err != nil {
		return err
	}
	if err := n.Run(ctx); err != nil {
		return err
	}
	log.Info("stopped")
	return nil
}

func newLogger(c config.Log, w io.Writer) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.Level)); err != nil {
		panic("config allows a level that slog does not know: " + err.Error())
	}
	opt := &slog.HandlerOptions{Level: level}
	if c.Format == "json" {
		return slog.New(slog.NewJSONHandler(w, opt))
	}
	return slog.New(slog.NewTextHandler(w, opt))
}

// buildVersion returns the version of this build: what the linker was told, or
// what Go knows of the source.
func buildVersion() string {
	if version != "" {
		return version
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "dev"
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			return "dev-" + s.Value[:12]
		}
	}
	return "dev"
}
