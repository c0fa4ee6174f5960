package drive

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"mychat/protocol"
)

// Server is a server that is put under load. Restart and Stop must not run
// beside anything else; the other methods are safe for concurrent use.
type Server struct {
	URL    string
	Invite string // Code for registrations; "" where none is asked for.

	web    *http.Client
	prefix string       // Of the names of its users.
	named  atomic.Int64 // How many of them there are.
	own    Own          // How Start runs it; the zero value where Start does not.
	cmd    *exec.Cmd
	log    *os.File
}

// Own says how Start runs a server.
type Own struct {
	Binary      string   // The server's program.
	Folder      string   // Where its data and its log go. It exists.
	Database    string   // What the server's --database takes; "" means SQLite in Folder.
	DatabasePID int      // Process of PostgreSQL whose CPU time is counted; 0 means none.
	Env         []string // Further settings, as MYCHAT_ variables.
}

// Start runs a server and waits until it is ready. Its limits on rates are off:
// they are there to stop what a load does. Call Stop.
func Start(ctx context.Context, own Own) (*Server, error) {
	s := newServer("")
	s.own = own
	return s, s.start(ctx)
}

// Restart ends the process that Start made and runs another one on the same
// data with env in the place of Own.Env. So nothing that the first one freed is
// taken for free.
func (s *Server) Restart(ctx context.Context, env []string) error {
	if err := s.Stop(); err != nil {
		return err
	}
	s.own.Env = env
	return s.start(ctx)
}

func (s *Server) start(ctx context.Context) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	address := listener.Addr().String()
	listener.Close()

	s.URL = "http://" + address
	if s.log, err = os.Create(filepath.Join(s.own.Folder, "server.log")); err != nil {
		return err
	}
	s.cmd = exec.Command(s.own.Binary, "--listen", address, "--data", filepath.Join(s.own.Folder, "data"))
	s.cmd.Stdout, s.cmd.Stderr = s.log, s.log
	environ := slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "MYCHAT_BENCH_") }) // Not the server's.
	s.cmd.Env = append(append(environ, "MYCHAT_LOG_LEVEL=warn", "MYCHAT_DATABASE="+s.own.Database), limitsOff...)
	s.cmd.Env = append(s.cmd.Env, s.own.Env...)
	if err := s.cmd.Start(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	poll := time.NewTicker(20 * time.Millisecond)
	defer poll.Stop()
	for {
		if res, err := s.fetch(ctx, "/readyz"); err == nil {
			return res.Body.Close()
		}
		select {
		case <-ctx.Done():
			said, _ := os.ReadFile(s.log.Name())
			return errors.Join(fmt.Errorf("the server did not become ready:\n%s", said), s.Stop())
		case <-poll.C:
		}
	}
}

// limitsOff are the settings without which a server stops a load.
var limitsOff = []string{
	"MYCHAT_LIMITS_REQUESTS_PER_ADDRESS=0", "MYCHAT_LIMITS_REQUESTS_PER_ACCOUNT=0", "MYCHAT_LIMITS_FRAMES_PER_SECOND=0",
	"MYCHAT_LIMITS_SOCKETS_PER_ACCOUNT=0", "MYCHAT_LIMITS_SOCKETS_PER_ADDRESS=0",
	"MYCHAT_LIMITS_ADDRESS_TRIES=1000000", "MYCHAT_LIMITS_ACCOUNT_TRIES=100000",
}

// CheapPasswords are settings of Own.Env with which registering takes as little
// as a server allows, for loads that are not about passwords.
var CheapPasswords = []string{"MYCHAT_LIMITS_ARGON2_MEMORY_KIB=8192", "MYCHAT_LIMITS_ARGON2_TIME=1"}

// Reach returns the server that runs at address, a base URL. Stop leaves it
// running.
func Reach(ctx context.Context, address string) (*Server, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, fmt.Errorf("%q is no address of a server: give one like http://127.0.0.1:9999", address)
	}
	s := newServer(u.Scheme + "://" + u.Host)
	res, err := s.fetch(ctx, protocol.PathServer)
	if err != nil {
		return nil, err
	}
	return s, res.Body.Close()
}

// Loopback reports whether a base URL names this machine.
func Loopback(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	ip, err := netip.ParseAddr(u.Hostname())
	return u.Hostname() == "localhost" || err == nil && ip.IsLoopback()
}

func newServer(address string) *Server {
	return &Server{URL: address, web: newWeb(), prefix: "load_" + strings.ToLower(rand.Text()[:8])}
}

// name returns the username of a user to be.
func (s *Server) name() string { return fmt.Sprintf("%s_%05d", s.prefix, s.named.Add(1)) }

// explain adds what to do to an error that a server's limits cause.
func (s *Server) explain(err error) error {
	if errors.Is(err, protocol.ErrRateLimited) {
		return fmt.Errorf("%w: start the server with its limits off while you measure it: %s", err, strings.Join(limitsOff, " "))
	}
	return err
}

// fetch gets a path that needs no token.
func (s *Server) fetch(ctx context.Context, path string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL+path, nil)
	if err != nil {
		return nil, err
	}
	res, err := s.web.Do(req)
	if err != nil {
		return nil, err
	}
	if res.StatusCode != http.StatusOK {
		res.Body.Close()
		return nil, fmt.Errorf("%s%s: %s", s.URL, path, res.Status)
	}
	return res, nil
}

// Stop ends a process that Start made as an administrator would, and waits for
// it.
func (s *Server) Stop() error {
	s.web.CloseIdleConnections()
	if s.cmd == nil {
		return nil
	}
	defer s.log.Close()
	cmd := s.cmd
	s.cmd = nil
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		return err
	}
	return cmd.Wait()
}

// Usage is what a server used up to a moment.
type Usage struct {
	Known    bool    // False where /metrics does not answer; then the rest is 0.
	CPU      float64 // Seconds.
	Memory   float64 // Resident, in bytes.
	Mapped   float64 // Of Memory, pages of files, such as a database that SQLite maps: the system takes them back when it likes. 0 where it is not known.
	Database float64 // CPU seconds of PostgreSQL, if its process is known.
}

// Usage asks the server itself, so it works on every system.
func (s *Server) Usage(ctx context.Context) (Usage, error) {
	res, err := s.fetch(ctx, "/metrics")
	if err != nil { // The server does not tell, which is its right.
		return Usage{}, nil
	}
	defer res.Body.Close()
	u, err := readUsage(res.Body)
	if err == nil && s.cmd != nil {
		u.Mapped = mapped(s.cmd.Process.Pid)
	}
	if err == nil && s.own.DatabasePID != 0 {
		u.Database, err = cpuOf(s.own.DatabasePID)
	}
	return u, err
}

// readUsage reads what Prometheus would.
func readUsage(r io.Reader) (Usage, error) {
	var u Usage
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		name, value, _ := strings.Cut(lines.Text(), " ")
		var at *float64
		switch name {
		case "process_cpu_seconds_total":
			at = &u.CPU
		case "process_resident_memory_bytes":
			at = &u.Memory
		default:
			continue
		}
		var err error
		if *at, err = strconv.ParseFloat(value, 64); err != nil {
			return Usage{}, fmt.Errorf("read /metrics: %w", err)
		}
		u.Known = true
	}
	return u, lines.Err()
}

// mapped returns how many bytes of files a process has in its memory, on Linux;
// elsewhere 0.
func mapped(pid int) float64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "RssFile:"); ok {
			kib, err := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 64)
			if err == nil {
				return kib * 1024
			}
		}
	}
	return 0
}

// ticks is the unit of CPU times in /proc. It is 100 per second on every Linux
// that Go runs on.
const ticks = 100

// cpuOf returns the CPU seconds that a database server and its present and past
// children used, on Linux.
func cpuOf(pid int) (float64, error) {
	total, err := procTimes(pid, true)
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
		if used, err := procTimes(child, false); err == nil {
			total += used
		}
	}
	return total, nil
}

func procTimes(pid int, withPast bool) (float64, error) {
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
