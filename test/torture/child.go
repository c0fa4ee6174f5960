package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"mychat/server/chat"
	"mychat/server/config"
	"mychat/server/node"
)

// childEnv makes this program a server or an app that can be killed. It holds
// an order as JSON.
const childEnv = "MYCHAT_TORTURE_CHILD"

// order is what a child is to be: one of the fields is set.
type order struct {
	Serve *config.Config
	App   *appOptions
}

// beChild is the whole life of a child: it says a line when it is ready, and
// ends when its parent asks for that or is gone.
func beChild(encoded string) error {
	var o order
	if err := json.Unmarshal([]byte(encoded), &o); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	if o.App != nil {
		return runApp(ctx, *o.App, os.Stdin, os.Stdout)
	}
	ctx, stop = context.WithCancel(ctx)
	defer stop()
	n, err := node.Open(ctx, *o.Serve, node.Options{
		Log:  slog.New(slog.NewTextHandler(os.Stderr, nil)),
		Chat: chat.Options{Claim: 3 * time.Second, Look: 500 * time.Millisecond}, // A world is short.
	})
	if err != nil {
		return err
	}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return n.Run(ctx) })
	fmt.Println("ready")
	g.Go(func() error {
		defer stop()
		_, err := io.Copy(io.Discard, os.Stdin)
		return err
	})
	return g.Wait()
}

// runApp opens an engine, and carries out the commands that come as lines of
// JSON until there are no more.
func runApp(ctx context.Context, opt appOptions, in io.Reader, out io.Writer) error {
	a, err := openApp(ctx, opt, os.Stderr)
	if err != nil {
		return err
	}
	fmt.Fprintln(out, "ready")
	answers := json.NewEncoder(out)
	commands := json.NewDecoder(in)
	for {
		var c command
		if err := commands.Decode(&c); err != nil {
			if errors.Is(err, io.EOF) {
				err = nil
			}
			return errors.Join(err, a.close())
		}
		if err := answers.Encode(a.do(ctx, c)); err != nil {
			return errors.Join(err, a.close())
		}
	}
}

// child is a process of this program. Its methods are called by one goroutine.
type child struct {
	cmd     *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Reader
	log     *os.File
	waiting sync.Once
}

// startChild starts one and returns when it is ready. What it logs is added to
// a file.
func startChild(o order, logFile string) (*child, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	encoded, err := json.Marshal(o)
	if err != nil {
		return nil, err
	}
	c := &child{cmd: exec.Command(self)}
	c.cmd.Env = append(os.Environ(), childEnv+"="+string(encoded))
	if c.log, err = os.OpenFile(logFile, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600); err != nil {
		return nil, err
	}
	c.cmd.Stderr = c.log
	if c.in, err = c.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	c.out = bufio.NewReader(out)
	if err := c.cmd.Start(); err != nil {
		c.log.Close()
		return nil, err
	}
	if _, err := c.out.ReadString('\n'); err != nil {
		c.kill()
		return nil, fmt.Errorf("the process did not become ready, see %s: %w", logFile, err)
	}
	return c, nil
}

// kill ends the process with SIGKILL.
func (c *child) kill() {
	_ = c.cmd.Process.Kill() // It may have ended by itself.
	c.wait()
}

// stop asks the process to end, as closing the app or the server does.
func (c *child) stop() {
	c.in.Close()
	_, _ = io.Copy(io.Discard, c.out)
	c.wait()
}

func (c *child) wait() {
	c.waiting.Do(func() {
		c.in.Close()
		_ = c.cmd.Wait() // It was killed, or it is over anyhow.
		c.log.Close()
	})
}
