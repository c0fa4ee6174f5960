package desktop

import (
	"bufio"
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"time"
)

// ErrInUse says that another running copy of the app uses the data folder.
var ErrInUse = errors.New("another running copy uses this data folder")

const (
	lockName    = "lock"
	summonsName = "summons.json" // Where, and with what secret, to ask the holder to show itself.

	// summonsTimeout bounds one exchange, so that a silent peer cannot keep
	// the next one waiting.
	summonsTimeout = time.Second
	// summonWithin is how long Summon waits for a copy that is still starting.
	summonWithin = 5 * time.Second
)

// Claim is the right to be the one copy of the app that uses a data folder. It
// ends with Release, or with the process.
type Claim struct {
	dir  string
	lock *os.File
}

// summons is the content of the file that leads a second copy to the first.
type summons struct {
	Address string `json:"address"`
	Secret  string `json:"secret"`
}

// TakeClaim claims dir, which must exist, or returns ErrInUse.
func TakeClaim(dir string) (*Claim, error) {
	f, err := os.OpenFile(filepath.Join(dir, lockName), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open lock of the data folder: %w", err)
	}
	if err := lockFile(f); err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("lock %s: %w", dir, err)
	}
	// What a copy that was killed left behind would lead others astray.
	_ = os.Remove(filepath.Join(dir, summonsName))
	return &Claim{dir: dir, lock: f}, nil
}

// Release ends the claim.
func (c *Claim) Release() {
	_ = c.lock.Close() // Nothing was written, and the lock is gone either way.
}

// Run answers other copies that ask this one to show itself, by calling show,
// one at a time, until ctx ends. Only a program that reads this folder, which
// is the user's own, can ask.
func (c *Claim) Run(ctx context.Context, show func()) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("listen for other copies: %w", err)
	}
	stop := context.AfterFunc(ctx, func() { _ = l.Close() })
	defer stop()
	defer l.Close()

	s := summons{Address: l.Addr().String(), Secret: rand.Text()}
	data, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("write summons: %w", err)
	}
	path := filepath.Join(c.dir, summonsName)
	// Written beside and renamed: a reader never sees half of it.
	if err := os.WriteFile(path+".tmp", data, 0o600); err != nil {
		return fmt.Errorf("write summons: %w", err)
	}
	if err := os.Rename(path+".tmp", path); err != nil {
		return fmt.Errorf("write summons: %w", err)
	}
	defer os.Remove(path)

	for {
		conn, err := l.Accept()
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			return fmt.Errorf("answer other copies: %w", err)
		}
		if summoned(conn, s.Secret) {
			show()
		}
	}
}

// summoned reads the secret from conn, answers, and reports whether it was the
// right one.
func summoned(conn net.Conn, secret string) bool {
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(summonsTimeout)); err != nil {
		return false
	}
	line := make([]byte, len(secret))
	if _, err := io.ReadFull(conn, line); err != nil {
		return false
	}
	if subtle.ConstantTimeCompare(line, []byte(secret)) != 1 {
		return false
	}
	_, _ = io.WriteString(conn, "ok\n")
	return true
}

// Summon asks the copy that holds the claim on dir to show its window. A copy
// that is still starting gets a few seconds; one that has no window to show
// does not answer, and that is an error.
func Summon(ctx context.Context, dir string) error {
	ctx, cancel := context.WithTimeout(ctx, summonWithin)
	defer cancel()
	letOthersRaise()
	retry := time.NewTicker(50 * time.Millisecond)
	defer retry.Stop()
	for {
		err := summonOnce(ctx, dir)
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("ask the running copy to show itself: %w", err)
		case <-retry.C:
		}
	}
}

func summonOnce(ctx context.Context, dir string) error {
	data, err := os.ReadFile(filepath.Join(dir, summonsName))
	if err != nil {
		return err
	}
	var s summons
	if err := json.Unmarshal(data, &s); err != nil {
		return err
	}
	dialer := net.Dialer{Timeout: summonsTimeout}
	conn, err := dialer.DialContext(ctx, "tcp", s.Address)
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(summonsTimeout)); err != nil {
		return err
	}
	if _, err := io.WriteString(conn, s.Secret); err != nil {
		return err
	}
	answer, err := bufio.NewReader(conn).ReadString('\n')
	if err != nil {
		return err
	}
	if answer != "ok\n" {
		return fmt.Errorf("unexpected answer %q", answer)
	}
	return nil
}
