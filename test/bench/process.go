package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// node is a running server process.
type node struct {
	cmd *exec.Cmd
	url string
	log *os.File
}

// startNode runs the server's binary on a fresh data folder and waits until it
// is ready. Its limits are off: they are there to stop what a bench does.
func startNode(ctx context.Context, binary, folder, database string) (*node, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	address := listener.Addr().String()
	listener.Close()

	n := &node{url: "http://" + address}
	if n.log, err = os.Create(filepath.Join(folder, "server.log")); err != nil {
		return nil, err
	}
	n.cmd = exec.Command(binary, "--listen", address, "--data", filepath.Join(folder, "data"), "--database", database)
	n.cmd.Stdout, n.cmd.Stderr = n.log, n.log
	n.cmd.Env = append(os.Environ(), "MYCHAT_LOG_LEVEL=warn")
	for _, limit := range []string{
		"REQUESTS_PER_ADDRESS", "REQUESTS_PER_ACCOUNT", "FRAMES_PER_SECOND", "SOCKETS_PER_ACCOUNT", "SOCKETS_PER_ADDRESS",
	} {
		n.cmd.Env = append(n.cmd.Env, "MYCHAT_LIMITS_"+limit+"=0")
	}
	n.cmd.Env = append(n.cmd.Env, "MYCHAT_LIMITS_ADDRESS_TRIES=1000000", "MYCHAT_LIMITS_ACCOUNT_TRIES=100000")
	if err := n.cmd.Start(); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	poll := time.NewTicker(20 * time.Millisecond)
	defer poll.Stop()
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, n.url+"/readyz", nil)
		if err != nil {
			return nil, errors.Join(err, n.stop())
		}
		if res, err := web.Do(req); err == nil {
			res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return n, nil
			}
		}
		select {
		case <-ctx.Done():
			said, _ := os.ReadFile(n.log.Name())
			return nil, errors.Join(fmt.Errorf("the server did not become ready:\n%s", said), n.stop())
		case <-poll.C:
		}
	}
}

// stop ends the process as an administrator would and waits for it.
func (n *node) stop() error {
	defer n.log.Close()
	if err := n.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	return n.cmd.Wait()
}

// ticks is the unit of CPU times in /proc. It is 100 per second on every Linux
// that Go runs on.
const ticks = 100

// cpu returns the CPU seconds that a process and, for database servers that
// fork, its present and past children used.
func cpu(pid int) (float64, error) {
	total, err := cpuOf(pid, true)
	if err != nil {
		return 0, err
	}
	children, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
	if err != nil {
		return 0, err
	}
	for field := range strings.FieldsSeq(string(children)) {
		child, err := strconv.Atoi(field)
		if err != nil {
			return 0, err
		}
		// One that ended in between is among its parent's past children.
		if used, err := cpuOf(child, false); err == nil {
			total += used
		}
	}
	return total, nil
}

func cpuOf(pid int, withPast bool) (float64, error) {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, err
	}
	// The name in brackets may hold spaces; utime is the twelfth field after it.
	fields := strings.Fields(string(data[strings.LastIndexByte(string(data), ')')+1:]))
	last := 13
	if withPast {
		last = 15
	}
	sum := 0
	for _, f := range fields[11:last] {
		n, err := strconv.Atoi(f)
		if err != nil {
			return 0, err
		}
		sum += n
	}
	return float64(sum) / ticks, nil
}

// memory returns the proportional set size of a process in KiB.
func memory(pid int) (int, error) {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(data)) {
		if rest, ok := strings.CutPrefix(line, "Pss:"); ok {
			return strconv.Atoi(strings.Fields(rest)[0])
		}
	}
	return 0, errors.New("smaps_rollup has no Pss")
}
