package test

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"mychat/protocol"
	"mychat/server/node"
	"mychat/server/store/storetest"
)

// serveEnv makes the test binary a server, so that a test has one to kill. It
// holds "listen address|data folder".
const serveEnv = "MYCHAT_TEST_SERVE"

func TestMain(m *testing.M) {
	for env, play := range map[string]func(order string) error{serveEnv: serveChild, appEnv: appChild} {
		order := os.Getenv(env)
		if order == "" {
			continue
		}
		if err := play(order); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// serveChild serves until it is killed and prints a line once it can be
// reached.
func serveChild(order string) error {
	listen, data, _ := strings.Cut(order, "|")
	cfg := serverConfig(data, "")
	cfg.Listen = listen
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	n, err := node.Open(ctx, cfg, node.Options{})
	if err != nil {
		return err
	}
	fmt.Println("ready")
	return n.Run(ctx)
}

// child is a server in a process of its own.
type child struct {
	listen, data string
	cmd          *exec.Cmd
}

// startChild starts a server on data that listens where it will after a
// restart.
func startChild(t *testing.T, data string) *child {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &child{listen: l.Addr().String(), data: data}
	l.Close()
	c.start(t)
	t.Cleanup(func() { c.kill(t) })
	return c
}

func (c *child) start(t *testing.T) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c.cmd = exec.Command(self)
	c.cmd.Env = append(os.Environ(), serveEnv+"="+c.listen+"|"+c.data)
	c.cmd.Stderr = t.Output()
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		t.Fatalf("the server says %q and %v", line, err)
	}
}

// kill ends the server with SIGKILL.
func (c *child) kill(t *testing.T) {
	t.Helper()
	if c.cmd == nil {
		return
	}
	if err := c.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		t.Errorf("kill: %v", err)
	}
	_ = c.cmd.Wait() // It was killed.
	c.cmd = nil
}

// behindChild is a stage of one server in another process, reached directly.
func behindChild(t *testing.T, c *child) *stage {
	t.Helper()
	proxy, err := NewProxy(c.listen)
	if err != nil {
		t.Fatal(err)
	}
	inBackground(t, proxy.Run)
	return &stage{nodes: []*playedNode{{proxy: proxy}}}
}

// TestServerKilled kills the server while messages are under way, again and
// again.
func TestServerKilled(t *testing.T) {
	t.Parallel()
	c := startChild(t, t.TempDir())
	s := behindChild(t, c)
	ana, ben := s.register(t, 0, "ana_lind"), s.register(t, 0, "ben_2026")
	conv := befriend(t, ana, ben)
	var want []string
	for round := range 5 {
		texts := numbered(fmt.Sprintf("round %d, message", round), 20)
		want = append(want, texts...)
		ana.say(t, conv, texts...)
		eventually(t, "Ben has some of it", func() error {
			got, err := ben.texts(t.Context(), conv)
			if err == nil && len(got) <= len(want)-len(texts)+round {
				err = fmt.Errorf("%d texts", len(got))
			}
			return err
		})
		c.kill(t)
		c.start(t)
	}
	agree(t, conv, want, ana, ben)
	agree(t, conv, want, s.signIn(t, 0, "ben_2026"))
}

// TestServerDiskFull fills the server's disk. Nothing is lost, nobody is told
// that something was sent that was not, and it goes on when there is room.
func TestServerDiskFull(t *testing.T) {
	t.Parallel()
	if os.Getuid() != 0 {
		t.Skip("only root can mount a small disk")
	}
	disk := t.TempDir()
	resize := func(how, size string) error {
		out, err := exec.Command("mount", "-t", "tmpfs", "-o", how+"size="+size, "tmpfs", disk).CombinedOutput()
		if err != nil {
			return fmt.Errorf("mount: %w: %s", err, out)
		}
		return nil
	}
	if err := resize("", "3m"); err != nil {
		t.Skipf("this system lets root mount nothing: %v", err)
	}
	t.Cleanup(func() {
		if out, err := exec.Command("umount", disk).CombinedOutput(); err != nil {
			t.Errorf("umount: %v: %s", err, out)
		}
	})
	c := startChild(t, filepath.Join(disk, "data"))
	s := behindChild(t, c)
	t.Cleanup(func() { c.kill(t) }) // Before umount.
	ana, ben := s.register(t, 0, "ana_lind"), s.register(t, 0, "ben_2026")
	conv := befriend(t, ana, ben)

	var want []string
	filler := strings.Repeat("0123456789", 900)
	full := func() bool {
		send := protocol.Send{ConversationID: conv, ClientID: "01ARZ3NDEKTSV4RRFFQ69G5FAV", Kind: "filler", Fallback: "filler", Body: []byte(`{"f":"` + strings.Repeat(filler, 10) + `"}`)}
		for i := range 200 {
			send.ClientID = fmt.Sprintf("01ARZ3NDEKTSV4RRFFQ69G%04d", i)
			if _, err := tryPost(t, ana, send); err != nil {
				if !errors.Is(err, protocol.ErrUnavailable) {
					t.Fatalf("a full disk: got %v, want %v", err, protocol.ErrUnavailable)
				}
				return true
			}
		}
		return false
	}
	if !full() {
		t.Fatal("the disk took everything")
	}
	for _, text := range numbered("on a full disk", 5) {
		want = append(want, text)
		ana.say(t, conv, text+" "+filler)
	}
	if err := resize("remount,", "64m"); err != nil {
		t.Fatal(err)
	}
	for i := range want {
		want[i] += " " + filler
	}
	agree(t, conv, want, ana, ben)
}

// TestDatabaseLocked holds the server's database, as a backup program might.
func TestDatabaseLocked(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	s := &stage{nodes: []*playedNode{startNode(t, serverConfig(data, ""))}}
	ana, ben := s.register(t, 0, "ana_lind"), s.register(t, 0, "ben_2026")
	conv := befriend(t, ana, ben)

	db, err := sql.Open("sqlite", filepath.Join(data, "mychat.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	holder, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer holder.Close()
	if _, err := holder.ExecContext(t.Context(), "BEGIN IMMEDIATE"); err != nil {
		t.Fatal(err)
	}
	want := numbered("while it is locked", 3)
	ana.say(t, conv, want...)
	eventually(t, "sending is under way", func() error {
		m, err := ana.history(t.Context(), conv)
		if err == nil && m[len(m)-3].Seq != 0 {
			err = errors.New("it was sent into a locked database")
		}
		return err
	})
	if _, err := holder.ExecContext(t.Context(), "ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	agree(t, conv, want, ana, ben)
}

// TestDatabaseGone takes the server's PostgreSQL away and gives it back.
func TestDatabaseGone(t *testing.T) {
	t.Parallel()
	direct, err := url.Parse(storetest.Postgres(t))
	if err != nil {
		t.Fatal(err)
	}
	between, err := NewProxy(direct.Host)
	if err != nil {
		t.Fatal(err)
	}
	inBackground(t, between.Run)
	through := *direct
	through.Host = between.Addr()
	s := &stage{nodes: []*playedNode{startNode(t, serverConfig(t.TempDir(), through.String()))}}
	ana, ben := s.register(t, 0, "ana_lind"), s.register(t, 0, "ben_2026")
	conv := befriend(t, ana, ben)

	between.SetDown(true)
	want := numbered("while it is gone", 5)
	ana.say(t, conv, want...)
	await := func(status int) {
		eventually(t, fmt.Sprintf("/readyz says %d", status), func() error {
			res, err := http.Get(s.nodes[0].url() + "/readyz")
			if err != nil {
				return err
			}
			defer res.Body.Close()
			if res.StatusCode != status {
				return errors.New(res.Status)
			}
			return nil
		})
	}
	await(http.StatusServiceUnavailable)
	between.SetDown(false)
	await(http.StatusOK)
	agree(t, conv, want, ana, ben)
}

// TestNodeDrains ends one of two nodes while people chat through it.
func TestNodeDrains(t *testing.T) {
	t.Parallel()
	s := newStage(t, storetest.Postgres(t), 2)
	ana, ben := s.register(t, 0, "ana_lind"), s.register(t, 1, "ben_2026")
	conv := befriend(t, ana, ben)
	want := numbered("through a node that ends", 30)
	ana.say(t, conv, want...)
	s.nodes[0].proxy.SetTarget(s.nodes[1].Addr())
	began := time.Now()
	s.nodes[0].stop()
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("draining took %v, want at most 10 s", took)
	}
	agree(t, conv, want, ana, ben)
}
