// Command mychat-server is the chat server: one process that needs no other.
// Without a command it serves; the commands are for its administrator.
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/spf13/pflag"

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
	if err == nil {
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
	settings, invite, others := options("settings"), options("invite"), options("others")
	flags.Register(settings)
	uses := invite.Int("uses", inviteUses, "Let the code serve `N` registrations.")
	expires := invite.Int("expires", inviteDays, "End the code after this many `DAYS`.")
	help := others.BoolP("help", "h", false, "Print this.")
	showVersion := others.Bool("version", false, "Print the version.")
	all := options("mychat-server")
	for _, set := range []*pflag.FlagSet{settings, invite, others} {
		all.AddFlagSet(set)
	}
	if err := all.Parse(args); err != nil {
		return fmt.Errorf("%w; %w", err, errUsage)
	}
	words := all.Args()
	if *help || len(words) > 0 && words[0] == "help" {
		writeHelp(stdout, settings, invite, others)
		return nil
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
	if command != "invite" {
		for _, name := range []string{"uses", "expires"} {
			if all.Changed(name) {
				return fmt.Errorf("--%s is an option of invite alone; %w", name, errUsage)
			}
		}
	}
	cfg, err := config.Load(flags, environ)
	if err != nil {
		return fmt.Errorf("the server cannot run like this:\n%w", err)
	}
	if command == "" || command == "serve" {
		return serve(ctx, cfg, stderr)
	}
	return administrate(ctx, cfg, words, invitation{*uses, *expires}, stdout, stderr)
}

// options returns a set of options that are listed in the order of their making.
func options(name string) *pflag.FlagSet {
	set := pflag.NewFlagSet(name, pflag.ContinueOnError)
	set.SortFlags = false
	return set
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
