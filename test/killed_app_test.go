package test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"mychat/backend/engine"
	"mychat/protocol"
)

// appEnv makes the test binary an app, so that a test has one to kill. It
// holds an appOrder as JSON.
const appEnv = "MYCHAT_TEST_APP"

// appOrder is what the app is to do: open its store and queue messages.
type appOrder struct {
	Dir, Server, Token, UserID, ConversationID string
	Texts                                      []string
}

// appChild says what it was told to, prints each text once it is queued, and
// sends until it is killed.
func appChild(encoded string) error {
	var o appOrder
	if err := json.Unmarshal([]byte(encoded), &o); err != nil {
		return err
	}
	d := &device{server: o.Server, token: o.Token, dir: o.Dir}
	e, err := engine.Open(context.Background(), engineOptions(d, protocol.Me{Profile: protocol.Profile{ID: o.UserID}}))
	if err != nil {
		return err
	}
	g, ctx := errgroup.WithContext(context.Background())
	g.Go(func() error { return e.Run(ctx) })
	g.Go(func() error {
		for _, text := range o.Texts {
			if _, err := e.Send(ctx, o.ConversationID, text); err != nil {
				return err
			}
			fmt.Println(text)
		}
		return nil
	})
	return g.Wait()
}

// TestAppKilled kills the app with SIGKILL while it queues and sends, again and
// again: what it said to be queued arrives once and in order.
func TestAppKilled(t *testing.T) {
	t.Parallel()
	s := newStage(t, "", 1)
	ana, ben := s.register(t, 0, "ana_lind"), s.register(t, 0, "ben_2026")
	conv := befriend(t, ana, ben)
	ana.stop()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	const rounds, most = 4, 12
	queued := make([]int, rounds) // How many texts of each round the app told of.
	for round := range rounds {
		order, err := json.Marshal(appOrder{
			Dir: ana.dir, Server: ana.server, Token: ana.token, UserID: ana.me.ID, ConversationID: conv,
			Texts: numbered(fmt.Sprintf("round %d, message", round), most),
		})
		if err != nil {
			t.Fatal(err)
		}
		app := exec.Command(self)
		app.Env = append(os.Environ(), appEnv+"="+string(order))
		app.Stderr = t.Output()
		out, err := app.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := app.Start(); err != nil {
			t.Fatal(err)
		}
		for lines := bufio.NewScanner(out); queued[round] < 1+3*round && lines.Scan(); {
			queued[round]++
		}
		if err := app.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
			t.Fatal(err)
		}
		_ = app.Wait() // It was killed.
	}
	ana.open(t, protocol.Me{Profile: protocol.Profile{ID: ana.me.ID}}, time.Now)
	var texts []string
	eventually(t, "all that waited is sent", func() error {
		messages, err := ana.history(t.Context(), conv)
		if err != nil {
			return err
		}
		texts = nil
		for _, m := range messages {
			if m.Seq == 0 {
				return fmt.Errorf("%q is %s", m.Text, m.Status)
			}
			if m.Kind == protocol.KindText {
				texts = append(texts, m.Text)
			}
		}
		return nil
	})
	agree(t, conv, texts, ana, ben)
	// A text may have been queued and the app killed before it told so.
	var want []string
	for round := range rounds {
		prefix := fmt.Sprintf("round %d, ", round)
		n := 0
		for _, text := range texts {
			if strings.HasPrefix(text, prefix) {
				n++
			}
		}
		if n < queued[round] || n > most {
			t.Errorf("round %d: %d messages arrived, %d were queued", round, n, queued[round])
		}
		want = append(want, numbered(prefix+"message", min(n, most))...)
	}
	if !slices.Equal(texts, want) {
		t.Errorf("got %q, want %q", texts, want)
	}
}
