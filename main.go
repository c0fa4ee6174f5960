//go:build !bindings

// MyChat's desktop app: the engine of backend/ in a window of the system's own
// web view. This file starts and stops the parts; app.go is the window.
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/pflag"
	"github.com/wailsapp/wails/v2"
	"golang.org/x/sync/errgroup"

	"mychat/backend/bridge"
	"mychat/backend/desktop"
	"mychat/frontend"
)

// Set by the linker.
var (
	version = "dev"
	commit  = ""
)

func main() {
	data := pflag.String("data", "", "data `FOLDER`; without it the system's place for such")
	server := pflag.String("server", "", "`ADDRESS` of the server to offer for a new account")
	showVersion := pflag.Bool("version", false, "print the version and end")
	pflag.Parse()
	if *showVersion {
		fmt.Printf("mychat %s (%s)\n", version, cmp.Or(commit, "no commit"))
		return
	}
	if pflag.NArg() > 0 {
		fmt.Fprintf(os.Stderr, "mychat: unexpected argument %q\n", pflag.Arg(0))
		os.Exit(2)
	}
	if err := run(*data, *server); err != nil {
		fmt.Fprintf(os.Stderr, "mychat: %v\n", err)
		os.Exit(1)
	}
}

// run runs the app until its window is closed or the system ends it. If another
// copy already runs on the data folder, that one shows its window instead.
func run(data, server string) error {
	if _, err := fs.Stat(frontend.Page(), "index.html"); err != nil {
		return errors.New("the page is not built into this program")
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if data == "" {
		var err error
		if data, err = desktop.DataDir(); err != nil {
			return err
		}
	}
	dir, err := desktop.MakeDataDir(data)
	if err != nil {
		return err
	}
	claim, err := desktop.TakeClaim(dir)
	if errors.Is(err, desktop.ErrInUse) {
		return desktop.Summon(ctx, dir)
	}
	if err != nil {
		return err
	}
	defer claim.Release()

	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	ctx, quit := context.WithCancel(ctx)
	defer quit()
	locale := desktop.Locale()
	var w *window
	app := bridge.New(ctx, bridge.Options{
		Folder: func(context.Context) (string, error) { return w.chooseFolder() },
		File:   func(context.Context) (string, error) { return w.chooseBackup() },
		Dir:    dir, Server: server, Host: bridge.HostDesktop, Platform: desktop.Platform(), Locale: locale,
		Version: version, Commit: commit, Quit: quit, Log: log,
	})
	w = newWindow(app, dir, locale, log)

	parts, partsCtx := errgroup.WithContext(ctx)
	parts.Go(func() error { return app.Run(partsCtx) })
	parts.Go(func() error { return claim.Run(partsCtx, w.show) })
	parts.Go(func() error { return w.run(partsCtx) })
	err = openWindow(w)
	quit()
	return errors.Join(err, parts.Wait())
}

// openWindow shows the window until it is closed. Wails panics where there is
// no display.
func openWindow(w *window) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("open the window: %v", v)
		}
	}()
	return wails.Run(w.options())
}
