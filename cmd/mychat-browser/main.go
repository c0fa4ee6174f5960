// Mychat-browser is MyChat without a window of its own: the same engine and the
// same page, for a browser on this machine. It prints the page's address as its
// one line of standard output, and logs to standard error.
//
// Whoever has the address has the account: it holds a random path, made anew in
// each run.
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/pflag"
	"golang.org/x/sync/errgroup"

	"mychat/backend/bridge"
	"mychat/backend/browserhost"
	"mychat/backend/desktop"
	"mychat/frontend"
)

// Set by the linker.
var (
	version = "dev"
	commit  = ""
)

// flags are what the command line says.
type flags struct {
	listen, data, server string
}

func main() {
	var f flags
	pflag.StringVar(&f.listen, "listen", "127.0.0.1:0", "loopback `ADDRESS` to serve the page on; port 0 takes a free one")
	pflag.StringVar(&f.data, "data", "", "data `FOLDER`; without it the system's place for such")
	pflag.StringVar(&f.server, "server", "", "`ADDRESS` of the server to offer for a new account")
	showVersion := pflag.Bool("version", false, "print the version and end")
	pflag.Parse()
	if *showVersion {
		fmt.Printf("mychat-browser %s (%s)\n", version, cmp.Or(commit, "no commit"))
		return
	}
	if pflag.NArg() > 0 {
		fmt.Fprintf(os.Stderr, "mychat-browser: unexpected argument %q\n", pflag.Arg(0))
		os.Exit(2)
	}
	if err := run(f); err != nil {
		fmt.Fprintf(os.Stderr, "mychat-browser: %v\n", err)
		os.Exit(1)
	}
}

// run serves the page until the system ends the program or the page does.
func run(f flags) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ctx, quit := context.WithCancel(ctx)
	defer quit()
	if f.data == "" {
		var err error
		if f.data, err = desktop.DataDir(); err != nil {
			return err
		}
	}
	dir, err := desktop.MakeDataDir(f.data)
	if err != nil {
		return err
	}
	claim, err := desktop.TakeClaim(dir)
	if err != nil {
		return err
	}
	defer claim.Release()
	l, err := browserhost.Listen(f.listen)
	if err != nil {
		return err
	}

	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	locale := desktop.Locale()
	app := bridge.New(ctx, bridge.Options{
		Dir: dir, Server: f.server, Host: bridge.HostBrowser, Platform: desktop.Platform(), Locale: locale,
		Version: version, Commit: commit, Quit: quit, Log: log,
	})
	host := browserhost.New(browserhost.Options{App: app, Page: frontend.Page(), Locale: locale, Log: log})

	parts, ctx := errgroup.WithContext(ctx)
	parts.Go(func() error { return app.Run(ctx) })
	parts.Go(func() error { return host.Serve(ctx, l) })
	if _, err := fmt.Println(host.URL(l)); err != nil {
		quit()
		return errors.Join(fmt.Errorf("print the address: %w", err), parts.Wait())
	}
	return parts.Wait()
}
