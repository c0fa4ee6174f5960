package test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"mychat/backend/engine"
	"mychat/backend/remote"
	"mychat/protocol"
	"mychat/server/node"
)

// certify writes a self-signed certificate for this machine that is valid for
// an hour until its end, and its key, and returns its fingerprint.
func certify(t *testing.T, dir string, end time.Time) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: "chat"},
		NotBefore: end.Add(-time.Hour), NotAfter: end, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{
		"cert.pem": {Type: "CERTIFICATE", Bytes: der}, "key.pem": {Type: "PRIVATE KEY", Bytes: secret},
	} {
		if err := os.WriteFile(filepath.Join(dir, name), pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return remote.Fingerprint(cert)
}

// TestCertificates puts the app before a server that no authority vouches for,
// whose certificate is then trusted, replaced, and expired.
func TestCertificates(t *testing.T) {
	t.Parallel()
	now := time.Now()
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	cfg := serverConfig(dir, "")
	cfg.TLS.CertFile, cfg.TLS.KeyFile = "cert.pem", "key.pem"
	first := certify(t, dir, now.Add(30*time.Minute))
	n := startNodeWith(t, cfg, node.Options{Log: testLog(t)})
	server := "https://" + n.proxy.Addr()
	// restart gives the server another certificate, at the same address.
	restart := func(end time.Time) string {
		t.Helper()
		n.stop()
		fingerprint := certify(t, dir, end)
		next := startNodeWith(t, cfg, node.Options{Log: testLog(t)})
		n.proxy.SetTarget(next.Addr())
		n.stop = next.stop
		return fingerprint
	}
	meets := func(d *device, code string) {
		t.Helper()
		eventually(t, d.me.Username+" is told "+code, func() error {
			if c := d.Connection(); c.State != engine.ConnectionOff || c.ErrorCode != code {
				return fmt.Errorf("the connection is %+v", c)
			}
			return nil
		})
		var e *remote.Error
		if _, err := d.Devices(t.Context()); !errors.As(err, &e) || e.Code != code {
			t.Errorf("over REST: %v, want %s", err, code)
		}
	}
	direct := remote.Transport{Proxy: remote.Proxy{Kind: remote.ProxyNone}}
	var unknown *remote.Error
	if _, err := newClient(t, server, "").Info(t.Context()); !errors.As(err, &unknown) ||
		unknown.Code != remote.CodeCertificateUnknown || unknown.Fingerprint != first {
		t.Fatalf("looking for the server: %v, want %s with fingerprint %s", err, remote.CodeCertificateUnknown, first)
	}

	// join makes an account through a certificate that is trusted.
	join := func(name string) *device {
		t.Helper()
		c, err := remote.New(remote.Options{Server: server, Transport: remote.Transport{Proxy: direct.Proxy, Pin: unknown.Fingerprint}})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(c.Close)
		session, err := c.Register(t.Context(), protocol.Register{Username: name, Nickname: name, Password: password, Device: deviceInfo(t, "d")})
		if err != nil {
			t.Fatalf("register over a pinned certificate: %v", err)
		}
		d := &device{me: session.Me.Profile, server: server, token: session.Token, dir: t.TempDir(), pin: unknown.Fingerprint}
		d.open(t, session.Me, time.Now)
		return d
	}
	ana, ben := join("ana_lind"), join("ben_2026")
	conv := befriend(t, ana, ben)
	ana.say(t, conv, "over a pinned certificate")
	agree(t, conv, []string{"over a pinned certificate"}, ana, ben)

	second := restart(now.Add(20 * time.Minute))
	meets(ana, remote.CodeCertificateChanged)
	ana.say(t, conv, "waits for trust")
	for _, d := range []*device{ana, ben} {
		d.stop()
		d.pin = second
		d.open(t, protocol.Me{Profile: d.me}, time.Now)
	}
	agree(t, conv, []string{"over a pinned certificate", "waits for trust"}, ana, ben)

	restart(now.Add(-time.Minute))
	ana.stop()
	ana.pin = ""
	ana.open(t, protocol.Me{Profile: ana.me}, time.Now)
	meets(ana, remote.CodeCertificateExpired)
	if got, err := ana.texts(t.Context(), conv); err != nil || len(got) != 2 {
		t.Errorf("the history behind an expired certificate: %q, %v", got, err)
	}
}
