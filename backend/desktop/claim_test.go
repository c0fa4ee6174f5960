package desktop

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// claimEnv names a data folder that this test program, run again by a test,
// claims and keeps until it is killed.
const claimEnv = "MYCHAT_TEST_CLAIM"

func TestMain(m *testing.M) {
	if dir := os.Getenv(claimEnv); dir != "" {
		if _, err := TakeClaim(dir); err != nil {
			fmt.Println("refused:", errors.Is(err, ErrInUse))
			os.Exit(1)
		}
		fmt.Println("claimed")
		_, _ = io.Copy(io.Discard, os.Stdin) // Until the test ends it.
	}
	os.Exit(m.Run())
}

// claimElsewhere claims dir in another process and returns what it said.
func claimElsewhere(t *testing.T, dir string) (said string, kill func()) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), claimEnv+"="+dir)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	kill = func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		_ = stdin.Close()
	}
	t.Cleanup(kill)
	said, _ = bufio.NewReader(stdout).ReadString('\n')
	return said, kill
}

func TestOneCopyPerFolder(t *testing.T) {
	dir := t.TempDir()
	first, err := TakeClaim(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := TakeClaim(dir); !errors.Is(err, ErrInUse) {
		t.Errorf("second claim: %v, want ErrInUse", err)
	}
	if said, _ := claimElsewhere(t, dir); said != "refused: true\n" {
		t.Errorf("another process said %q, want a refusal", said)
	}
	other, err := TakeClaim(t.TempDir())
	if err != nil {
		t.Fatalf("claim of another folder: %v", err)
	}
	other.Release()
	first.Release()
	again, err := TakeClaim(dir)
	if err != nil {
		t.Fatalf("claim after release: %v", err)
	}
	again.Release()
}

func TestClaimEndsWithAKilledProcess(t *testing.T) {
	dir := t.TempDir()
	said, kill := claimElsewhere(t, dir)
	if said != "claimed\n" {
		t.Fatalf("another process said %q, want claimed", said)
	}
	if _, err := TakeClaim(dir); !errors.Is(err, ErrInUse) {
		t.Errorf("claim beside another process: %v, want ErrInUse", err)
	}
	kill()
	c, err := TakeClaim(dir)
	if err != nil {
		t.Fatalf("claim after the other was killed: %v", err)
	}
	c.Release()
}

// runClaim runs c's answering until the test ends; each show is sent on the
// returned channel.
func runClaim(t *testing.T, c *Claim) <-chan struct{} {
	t.Helper()
	shown := make(chan struct{}, 8)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- c.Run(ctx, func() { shown <- struct{}{} }) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run = %v, want nil after its context ended", err)
		}
		if _, err := os.Stat(filepath.Join(c.dir, summonsName)); !os.IsNotExist(err) {
			t.Errorf("the summons file is still there: %v", err)
		}
		c.Release()
	})
	return shown
}

func TestSecondCopySummonsTheFirst(t *testing.T) {
	dir := t.TempDir()
	// Left by a copy that was killed: leads nowhere.
	if err := os.WriteFile(filepath.Join(dir, summonsName), []byte(`{"address":"127.0.0.1:1","secret":"x"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := TakeClaim(dir)
	if err != nil {
		t.Fatal(err)
	}
	shown := runClaim(t, c)
	for range 2 {
		if err := Summon(t.Context(), dir); err != nil {
			t.Fatal(err)
		}
		<-shown
	}
}

func TestSummonsNeedTheSecret(t *testing.T) {
	c, err := TakeClaim(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	shown := runClaim(t, c)
	if err := Summon(t.Context(), c.dir); err != nil { // It listens now.
		t.Fatal(err)
	}
	<-shown

	data, err := os.ReadFile(filepath.Join(c.dir, summonsName))
	if err != nil {
		t.Fatal(err)
	}
	var address string
	if _, err := fmt.Sscanf(string(data), `{"address":%q`, &address); err != nil {
		t.Fatalf("summons %s: %v", data, err)
	}
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"); err != nil {
		t.Fatal(err)
	}
	if answer, _ := io.ReadAll(conn); len(answer) != 0 {
		t.Errorf("a wrong secret was answered %q", answer)
	}
	select {
	case <-shown:
		t.Error("a wrong secret showed the window")
	default:
	}
}

func TestSummonWithNobodyThere(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if err := Summon(ctx, t.TempDir()); err == nil {
		t.Error("Summon = nil with nobody there")
	}
}
