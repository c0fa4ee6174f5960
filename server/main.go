// Command mychat-server is the chat server: one process that needs no other.
// Without a command it serves; the commands are for its administrator.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"mychat/server/config"
	"mychat/server/node"
)

// version is set by the linker in released builds.
var version string

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

const usage = `Usage:
  mychat-server [flags]                     serve
  mychat-server config                      print the settings, commented, with their defaults
  mychat-server invite [--uses N] [--expires DAYS]
                                            make an invitation code
  mychat-server user list                   list the accounts
  mychat-server user disable NAME           lock an account and sign it out everywhere
  mychat-server user enable NAME            unlock it
  mychat-server user reset-password NAME    give it a new password, printed once
  mychat-server user sign-out NAME          sign it out everywhere
  mychat-server report                      count users, devices, conversations and messages
  mychat-server version, or --version       print the version

Each command takes the flags below, to find the database of its server.

Flags:
`

// run does what args ask for. It is main without the process around it.
func run(ctx context.Context, args, environ []string, stdout, stderr io.Writer) error {
	var flags config.Flags
	set := flag.NewFlagSet("mychat-server", flag.ContinueOnError)
	set.SetOutput(io.Discard) // Errors are printed once, by main.
	flags.Register(set)
	uses := set.Int("uses", 1, "invite: how many `registrations` the code serves")
	expires := set.Int("expires", 7, "invite: `days` until the code expires")
	showVersion := set.Bool("version", false, "print the version")
	words, err := parse(set, args)
	if errors.Is(err, flag.ErrHelp) {
		set.SetOutput(stdout)
		fmt.Fprint(stdout, usage)
		set.PrintDefaults()
		return err
	}
	if err != nil {
		return fmt.Errorf("%w; %w", err, errUsage)
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
		fmt.Fprintf(stdout, "mychat-server %s\n", buildVersion())
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
