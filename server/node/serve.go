package node

import (
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"golang.org/x/crypto/acme"
	"golang.org/x/crypto/acme/autocert"
)

// Bounds of one HTTP request. A socket lifts them when it takes over.
const (
	headerWithin = 10 * time.Second
	readWithin   = 30 * time.Second
	writeWithin  = 60 * time.Second
	idleWithin   = 2 * time.Minute
	maxHeader    = 16 << 10 // Bytes.
)

func (n *Node) httpServer(h http.Handler) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: headerWithin,
		ReadTimeout:       readWithin,
		WriteTimeout:      writeWithin,
		IdleTimeout:       idleWithin,
		MaxHeaderBytes:    maxHeader,
		// What net/http has to say is about clients that misbehave.
		ErrorLog: slog.NewLogLogger(n.log.Handler(), slog.LevelDebug),
	}
}

// server returns the server for clients, with its certificates if it has any.
func (n *Node) server() (*http.Server, error) {
	s := n.httpServer(n.handler)
	switch {
	case n.cfg.TLS.CertFile != "":
		files := &certificate{cert: n.cfg.Path(n.cfg.TLS.CertFile), key: n.cfg.Path(n.cfg.TLS.KeyFile), log: n.log}
		if err := files.load(); err != nil {
			return nil, fmt.Errorf("tls: %w", err)
		}
		s.TLSConfig = &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: files.get}
	case len(n.cfg.TLS.ACMEDomains) > 0:
		manager := &autocert.Manager{
			Prompt:     autocert.AcceptTOS,
			Cache:      autocert.DirCache(filepath.Join(n.cfg.Data, "acme")),
			HostPolicy: autocert.HostWhitelist(n.cfg.TLS.ACMEDomains...),
			Email:      n.cfg.TLS.ACMEEmail,
		}
		if d := n.cfg.TLS.ACMEDirectory; d != "" {
			manager.Client = &acme.Client{DirectoryURL: d}
		}
		s.TLSConfig = manager.TLSConfig()
		s.TLSConfig.MinVersion = tls.VersionTLS12
	}
	return s, nil
}

func (n *Node) serve(s *http.Server, l net.Listener, encrypted bool) error {
	var err error
	if encrypted {
		err = s.ServeTLS(l, "", "")
	} else {
		err = s.Serve(l)
	}
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return fmt.Errorf("serve: %w", err)
}

// lookEvery is how often a certificate's file is looked at for a renewal.
const lookEvery = 10 * time.Second

// certificate is a pair of files that may be replaced while the server runs.
// It is safe for concurrent use.
type certificate struct {
	cert, key string
	log       *slog.Logger

	mu      sync.Mutex
	current *tls.Certificate
	changed time.Time // Of the certificate's file, when current was read.
	looked  time.Time
}

// load reads the files.
func (c *certificate) load() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.read()
}

func (c *certificate) read() error {
	info, err := os.Stat(c.cert)
	if err != nil {
		return err
	}
	pair, err := tls.LoadX509KeyPair(c.cert, c.key)
	if err != nil {
		return err
	}
	c.current, c.changed, c.looked = &pair, info.ModTime(), time.Now()
	return nil
}

// get returns the certificate, read again if its file changed. While the new
// one cannot be read, half written perhaps, the old one serves.
func (c *certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if time.Since(c.looked) < lookEvery {
		return c.current, nil
	}
	c.looked = time.Now()
	if info, err := os.Stat(c.cert); err != nil || !info.ModTime().Equal(c.changed) {
		if err := c.read(); err != nil {
			c.log.Warn("read renewed certificate", "error", err)
		} else {
			c.log.Info("certificate renewed")
		}
	}
	return c.current, nil
}
