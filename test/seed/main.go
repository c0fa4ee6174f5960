// Command seed fills a server that runs with somebody who has many friends, for
// measuring what the page does with a long list and a long conversation: each
// friend has written one message, the last of them many. It prints the name and
// the password to sign in with, as JSON. The server's limits on rates must be
// off; where one stops it, the error says how.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"

	"mychat/test/drive"
)

func main() {
	server := flag.String("server", "http://127.0.0.1:9999", "base URL of a server on this machine")
	friends := flag.Int("friends", 5000, "friends, each with a conversation")
	messages := flag.Int("messages", 10_000, "messages in one of the conversations")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *server, *friends, *messages); err != nil {
		fmt.Fprintln(os.Stderr, "seed:", err)
		os.Exit(1)
	}
}

// textBytes is how long a message is, as in the server's figures.
const textBytes = 200

func run(ctx context.Context, address string, friends, messages int) error {
	if friends < 1 || messages < 1 {
		return errors.New("-friends, -messages: at least one is needed")
	}
	if !drive.Loopback(address) {
		return fmt.Errorf("%s is not on this machine: what is made here is for measuring only", address)
	}
	s, err := drive.Reach(ctx, address)
	if err != nil {
		return err
	}
	name, password, err := s.Crowd(ctx, friends, messages, textBytes)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(map[string]string{"username": name, "password": password})
}
