package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // The driver that makes and drops schemas.

	"mychat/server/config"
	"mychat/server/store"
)

// stage is what kind of server a world has.
type stage struct {
	name     string
	postgres string // The postgres:// URL of a database in which to make schemas; "" is SQLite.
	pid      int    // Of that PostgreSQL, if it may be made to crash; else 0.
	nodes    int
}

// stages returns those that the environment allows. A PostgreSQL that others use
// too must not crash.
func stages(postgres string, pid int) []stage {
	all := []stage{{name: "SQLite", nodes: 1}}
	if postgres != "" {
		all = append(all,
			stage{name: "PostgreSQL", postgres: postgres, pid: pid, nodes: 1},
			stage{name: "PostgreSQL, two nodes", postgres: postgres, pid: pid, nodes: 2})
	}
	return all
}

// schema makes an empty schema and returns its URL and what drops it.
func schema(ctx context.Context, base string) (address string, drop func() error, err error) {
	u, err := url.Parse(base)
	if err != nil {
		return "", nil, err
	}
	db, err := sql.Open("pgx", base)
	if err != nil {
		return "", nil, err
	}
	name := fmt.Sprintf("torture_%d", store.NewID(time.Now()))
	if _, err := db.ExecContext(ctx, "CREATE SCHEMA "+name); err != nil {
		return "", nil, errors.Join(err, db.Close())
	}
	q := u.Query()
	q.Set("search_path", name)
	u.RawQuery = q.Encode()
	return u.String(), func() error {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
		defer cancel()
		err := eventually(ctx, func(ctx context.Context) error { // It may be recovering.
			_, err := db.ExecContext(ctx, "DROP SCHEMA "+name+" CASCADE")
			return err
		})
		return errors.Join(err, db.Close())
	}, nil
}

// crashPostgres kills one of the processes that serve a connection: PostgreSQL
// then ends all of them and recovers from its log. It reports false when there
// is none, as while PostgreSQL recovers.
func crashPostgres(pid int) (bool, error) {
	list, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
	if err != nil {
		return false, err
	}
	for field := range strings.FieldsSeq(string(list)) {
		name, err := os.ReadFile("/proc/" + field + "/cmdline")
		if err != nil || !strings.Contains(string(name), "127.0.0.1(") {
			continue
		}
		child, err := strconv.Atoi(field)
		if err != nil {
			return false, err
		}
		p, err := os.FindProcess(child)
		if err != nil {
			return false, err
		}
		return true, p.Kill()
	}
	return false, nil
}

// server is one node, in a process of its own.
type server struct {
	name  string
	cfg   config.Config
	log   string
	child *child // Nil while it is down.
}

// start runs the server where it can be reached at a new address: the old one
// may have been taken meanwhile.
func (s *server) start() error {
	if s.child != nil {
		return nil
	}
	address, err := freeAddress()
	if err != nil {
		return err
	}
	s.cfg.Listen = address
	s.child, err = startChild(order{Serve: &s.cfg}, s.log)
	return err
}

// kill ends the server with SIGKILL.
func (s *server) kill() {
	if s.child != nil {
		s.child.kill()
		s.child = nil
	}
}

func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

// newServers returns the nodes of a stage, not yet started.
func newServers(folder, data, database string, nodes int) ([]*server, error) {
	secret := filepath.Join(folder, "secret")
	if err := os.WriteFile(secret, []byte("known to the nodes of this world"), 0o600); err != nil {
		return nil, err
	}
	all := make([]*server, nodes)
	for i := range all {
		name := fmt.Sprintf("node %d", i+1)
		cfg := config.Default()
		cfg.Data, cfg.Database = filepath.Join(data, fmt.Sprint("node", i+1)), database
		cfg.Limits.Argon2MemoryKiB, cfg.Limits.Argon2Time = 8192, 1
		cfg.Limits.AddressTries, cfg.Limits.AsksPerDay, cfg.Limits.FramesPerSecond = 1_000_000, 100_000, 0
		cfg.Limits.RequestsPerAccount, cfg.Limits.RequestsPerAddress = 0, 0
		cfg.Messages.RecallWithinSeconds, cfg.Messages.EditWithinSeconds = 86_400, 86_400 // No world lasts as long.
		cfg.Limits.SocketsPerAccount, cfg.Limits.SocketsPerAddress = 0, 0
		if nodes > 1 {
			address, err := freeAddress()
			if err != nil {
				return nil, err
			}
			cfg.Cluster.Listen, cfg.Cluster.SecretFile = address, secret
		}
		all[i] = &server{name: name, cfg: cfg, log: filepath.Join(folder, fmt.Sprintf("node%d.log", i+1))}
	}
	for i, s := range all {
		for j, other := range all {
			if i != j {
				s.cfg.Cluster.Routes = append(s.cfg.Cluster.Routes, other.cfg.Cluster.Listen)
			}
		}
	}
	return all, nil
}
