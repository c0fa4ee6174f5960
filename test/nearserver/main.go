// Command nearserver is a MyChat server that reads pages on this machine, which
// no setting allows: for end-to-end tests of link previews.
package main

import (
	"context"
	"log/slog"
	"net/netip"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/pflag"

	"mychat/server/config"
	"mychat/server/node"
	"mychat/server/preview"
)

func main() {
	cfg := config.Default()
	pflag.StringVar(&cfg.Listen, "listen", "127.0.0.1:0", "Address to serve on")
	pflag.StringVar(&cfg.Data, "data", "", "Folder for what it keeps")
	reach := pflag.String("reach", "", "Address, besides public ones, whose pages it reads")
	pflag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, cfg, *reach); err != nil {
		slog.Error("nearserver", "error", err)
		os.Exit(1) //nolint:gocritic // Nothing is left to stop.
	}
}

func run(ctx context.Context, cfg config.Config, reach string) error {
	n, err := node.Open(ctx, cfg, node.Options{Previews: preview.Options{
		Reach: func(to netip.AddrPort) bool { return to.String() == reach },
	}})
	if err != nil {
		return err
	}
	return n.Run(ctx)
}
