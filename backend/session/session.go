// Package session knows the accounts of this machine: who signed in here, to
// which server, what is remembered, and where the secrets are. It signs in and
// out; it never syncs.
package session

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/oklog/ulid/v2"

	"mychat/backend/desktop"
	"mychat/backend/remote"
	"mychat/protocol"
)

// Account is a remembered account of this machine.
type Account struct {
	ID         string `json:"id"`     // Stable on this machine; also the name of its folder.
	Server     string `json:"server"` // Base URL, such as https://chat.example:9999.
	UserID     string `json:"user_id"`
	Username   string `json:"username"`
	Nickname   string `json:"nickname"`
	LastUsedMS int64  `json:"last_used_ms"`
	Remember   bool   `json:"remember"` // Its token is kept: it opens without a password, offline too.
	Auto       bool   `json:"auto"`     // Opened at start by itself; at most one account.
}

// Kinds of proxy.
const (
	ProxyNone   = "none"
	ProxySystem = "system" // What HTTP_PROXY and its kin, or the operating system, say.
	ProxyHTTP   = "http"
	ProxySOCKS5 = "socks5"
)

// Proxy is how this machine reaches servers. The zero value means ProxySystem.
type Proxy struct {
	Kind     string `json:"kind"`
	Address  string `json:"address"` // host:port, for ProxyHTTP and ProxySOCKS5.
	Username string `json:"username"`
	Password string `json:"password"`
}

// Settings are this machine's choices, the same for every account on it.
type Settings struct {
	Language          string `json:"language"`            // "", "zh-CN" or "en"; "" follows the system.
	Theme             string `json:"theme"`               // "", "light" or "dark"; "" follows the system.
	Accent            string `json:"accent"`              // "", "indigo", "wisteria", "ochre" or "pine"; "" is the default.
	MessageSize       int    `json:"message_size"`        // Pixels: 13, 14, 15, 16 or 18. 0 means 14.
	Compact           bool   `json:"compact"`             // Lower rows in lists.
	CtrlEnter         bool   `json:"ctrl_enter"`          // Ctrl+Enter sends and Enter breaks the line, instead of Enter and Shift+Enter.
	CloseToBackground bool   `json:"close_to_background"` // Closing the window leaves the app running.
	Notify            bool   `json:"notify"`              // Notices for messages while the window is not focused.
	NotifyPreview     bool   `json:"notify_preview"`      // Notices show who wrote and what.
	Sound             bool   `json:"sound"`               // Notices make a sound.
	LinkPreviews      bool   `json:"link_previews"`       // Messages show what stands behind their first link, where the server looks.
	ListWidth         int    `json:"list_width"`          // Pixels of the list beside the conversation: 240 to 400. 0 means what fits the window.

	SecretsTold bool     `json:"secrets_told"` // The user read where secrets lie without a keyring.
	RecentEmoji []string `json:"recent_emoji"` // Used last in the emoji panel, newest first; at most MaxRecentEmoji.
}

// MaxRecentEmoji is how many emoji Settings remembers.
const MaxRecentEmoji = 9

// Names of choices.
const (
	choiceMachine  = "machine"  // string: this data folder's id.
	choiceServer   = "server"   // string: the server signed in to last.
	choiceProxy    = "proxy"    // Proxy, without its password.
	choiceSettings = "settings" // Settings.
	choiceEndings  = "endings"  // []Ending.
)

// Options configures New. The zero value is ready to use.
type Options struct {
	Server     string           // Offered as the address for a new account; "" means the last one used.
	AppVersion string           // What this build calls itself to servers.
	Log        *slog.Logger     // Nil means slog.Default.
	Now        func() time.Time // Nil means time.Now. Orders the list of accounts.
}

// Session is what this machine knows of accounts. Its methods are safe for
// concurrent use.
type Session struct {
	dir     string
	offered string
	device  protocol.DeviceInfo
	log     *slog.Logger
	now     func() time.Time
	machine *machine
	vault   *vault
	id      string // Of this data folder: two folders share a keyring.

	mu    sync.Mutex
	asked *asked // The link that this device waits for; nil means none.
}

// New opens the machine's database in dir, which must exist. One that a newer
// version wrote is left untouched and reported as store.ErrNewer.
func New(ctx context.Context, dir string, opt Options) (*Session, error) {
	if opt.Log == nil {
		opt.Log = slog.Default()
	}
	if opt.Now == nil {
		opt.Now = time.Now
	}
	s := &Session{dir: dir, log: opt.Log, now: opt.Now}
	if opt.Server != "" {
		server, err := Address(opt.Server)
		if err != nil {
			return nil, fmt.Errorf("server %q: %w", opt.Server, err)
		}
		s.offered = server
	}
	s.device = protocol.DeviceInfo{Name: deviceName(), Platform: desktop.Platform(), AppVersion: opt.AppVersion}
	var err error
	if s.machine, err = openMachine(ctx, filepath.Join(dir, "machine.db")); err != nil {
		return nil, err
	}
	err = s.machine.choice(ctx, choiceMachine, &s.id)
	if err == nil && s.id == "" {
		s.id = ulid.Make().String()
		err = s.machine.setChoice(ctx, choiceMachine, s.id)
	}
	if err != nil {
		_ = s.machine.close()
		return nil, fmt.Errorf("read the machine's id: %w", err)
	}
	s.vault = openVault(dir, desktop.Keyring{Service: "MyChat"}, opt.Log)
	return s, nil
}

// Close closes the database.
func (s *Session) Close() error { return s.machine.close() }

// deviceName is what the user's list of devices shows of this one.
func deviceName() string {
	host, err := os.Hostname()
	if err != nil {
		host = ""
	}
	runes := []rune(host)
	name, err := protocol.CleanLine("name", string(runes[:min(len(runes), protocol.MaxDeviceName)]), 1, protocol.MaxDeviceName)
	if err != nil {
		return "MyChat"
	}
	return name
}

// SecretsInFile reports whether secrets are in a sealed file of the data
// folder, because no keyring took them.
func (s *Session) SecretsInFile() bool { return s.vault.inFile() }

// OfferedServer returns the address to offer for a new account; "" means none.
func (s *Session) OfferedServer(ctx context.Context) (string, error) {
	server := s.offered
	if server == "" {
		if err := s.machine.choice(ctx, choiceServer, &server); err != nil {
			return "", fmt.Errorf("read the last server: %w", err)
		}
	}
	return server, nil
}

// defaultSettings are those of a machine where nobody chose.
func defaultSettings() Settings {
	return Settings{Notify: true, NotifyPreview: true, Sound: true, LinkPreviews: true, RecentEmoji: []string{}}
}

// Settings returns the machine's settings.
func (s *Session) Settings(ctx context.Context) (Settings, error) {
	v := defaultSettings()
	if err := s.machine.choice(ctx, choiceSettings, &v); err != nil {
		return defaultSettings(), fmt.Errorf("read settings: %w", err)
	}
	if v.RecentEmoji == nil {
		v.RecentEmoji = []string{} // The page gets a list, whatever is kept.
	}
	return v, nil
}

// ChangeSettings lets change have the machine's settings and keeps what it makes
// of them. Nobody else changes them meanwhile.
func (s *Session) ChangeSettings(ctx context.Context, change func(*Settings) error) error {
	return s.machine.atOnce(ctx, func(m *machine) error {
		v := defaultSettings()
		switch err := m.choice(ctx, choiceSettings, &v); {
		case errors.Is(err, errUnreadable): // Which must not keep anybody from choosing.
			v = defaultSettings()
		case err != nil:
			return fmt.Errorf("read settings: %w", err)
		}
		if err := change(&v); err != nil {
			return err
		}
		return keepSettings(ctx, m, v)
	})
}

// keepSettings writes settings that are among the choices.
func keepSettings(ctx context.Context, m *machine, v Settings) error {
	for _, c := range []struct {
		field   string
		allowed bool
	}{
		{"language", slices.Contains([]string{"", "zh-CN", "en"}, v.Language)},
		{"theme", slices.Contains([]string{"", "light", "dark"}, v.Theme)},
		{"accent", slices.Contains([]string{"", "indigo", "wisteria", "ochre", "pine"}, v.Accent)},
		{"message_size", slices.Contains([]int{0, 13, 14, 15, 16, 18}, v.MessageSize)},
		{"list_width", v.ListWidth == 0 || v.ListWidth >= 240 && v.ListWidth <= 400},
		{"recent_emoji", len(v.RecentEmoji) <= MaxRecentEmoji && !slices.ContainsFunc(v.RecentEmoji, notEmoji)},
	} {
		if !c.allowed {
			return protocol.Invalid(c.field, "is not one of the choices")
		}
	}
	if err := m.setChoice(ctx, choiceSettings, v); err != nil {
		return fmt.Errorf("keep settings: %w", err)
	}
	return nil
}

// notEmoji reports whether s is no short text. Which texts are emoji changes
// with every version of Unicode and is the page's knowledge.
func notEmoji(s string) bool { return s == "" || len(s) > 64 || !utf8.ValidString(s) }

// Proxy returns how this machine reaches servers, without the password.
func (s *Session) Proxy(ctx context.Context) (Proxy, error) {
	p := Proxy{Kind: ProxySystem}
	if err := s.machine.choice(ctx, choiceProxy, &p); err != nil {
		return p, fmt.Errorf("read the proxy: %w", err)
	}
	return p, nil
}

// SetProxy keeps how to reach servers. An empty password leaves the kept one as
// it is, if the proxy and the user there are the same.
func (s *Session) SetProxy(ctx context.Context, p Proxy) error {
	p, err := cleanProxy(p)
	if err != nil {
		return err
	}
	before, err := s.Proxy(ctx)
	if errors.Is(err, errUnreadable) { // Which must not keep anybody from a new one.
		before, err = Proxy{}, nil
	}
	if err != nil {
		return err
	}
	switch name := s.proxySecret(); {
	case p.Password != "":
		err = s.vault.put(ctx, name, p.Password)
	case p.Address != before.Address || p.Username != before.Username:
		err = s.vault.drop(ctx, name)
	}
	if err != nil {
		return fmt.Errorf("keep the proxy's password: %w", err)
	}
	p.Password = ""
	if err := s.machine.setChoice(ctx, choiceProxy, p); err != nil {
		return fmt.Errorf("keep the proxy: %w", err)
	}
	return nil
}

func (s *Session) proxySecret() string { return "proxy-" + s.id }

// cleanProxy returns p in the form that is kept, or an error that names the
// field to mend.
func cleanProxy(p Proxy) (Proxy, error) {
	p.Address = strings.TrimSpace(p.Address)
	switch p.Kind {
	case "":
		p.Kind = ProxySystem
	case ProxyNone, ProxySystem:
	case ProxyHTTP, ProxySOCKS5:
		host, port, err := net.SplitHostPort(p.Address)
		if n, e := strconv.ParseUint(port, 10, 16); err != nil || e != nil || n == 0 || host == "" {
			return p, protocol.Invalid("address", "use host:port")
		}
	default:
		return p, protocol.Invalid("kind", "is not a kind of proxy")
	}
	return p, nil
}

// Transport returns how a server is reached now: through the kept proxy, or the
// given one if it is not nil, trusting the certificate that is pinned for it.
func (s *Session) Transport(ctx context.Context, server string, try *Proxy) (remote.Transport, error) {
	p, err := s.Proxy(ctx)
	if err != nil {
		return remote.Transport{}, err
	}
	kept := p
	if try != nil {
		if p, err = cleanProxy(*try); err != nil {
			return remote.Transport{}, err
		}
	}
	// The kept password is for the kept proxy alone.
	if p.Password == "" && p.Username != "" && p.Username == kept.Username && p.Address == kept.Address {
		p.Password, _ = s.vault.get(ctx, s.proxySecret())
	}
	pin, err := s.machine.pin(ctx, server)
	if err != nil {
		return remote.Transport{}, fmt.Errorf("read the pinned certificate: %w", err)
	}
	return remote.Transport{Proxy: remote.Proxy(p), Pin: pin, SystemProxy: desktop.SystemProxy}, nil
}

// CheckServer asks the server at an address, as typed, who it is, and returns
// the address in the form that is kept.
func (s *Session) CheckServer(ctx context.Context, typed string, try *Proxy) (string, protocol.ServerInfo, error) {
	server, err := Address(typed)
	if err != nil {
		return "", protocol.ServerInfo{}, err
	}
	client, err := s.client(ctx, server, "", try)
	if err != nil {
		return "", protocol.ServerInfo{}, err
	}
	defer client.Close()
	info, err := client.Info(ctx)
	return server, info, err
}

// Trust pins a server's certificate by its SHA-256: from the next connection
// on, that one is accepted there and no other.
func (s *Session) Trust(ctx context.Context, typed, fingerprint string) error {
	server, err := Address(typed)
	if err != nil {
		return err
	}
	digits := strings.ReplaceAll(fingerprint, ":", "")
	if sum, err := hex.DecodeString(digits); err != nil || len(sum) != sha256.Size {
		return protocol.Invalid("fingerprint", "is not the SHA-256 of a certificate")
	}
	if err := s.machine.setPin(ctx, server, strings.ToUpper(fingerprint)); err != nil {
		return fmt.Errorf("pin a certificate: %w", err)
	}
	return nil
}

// client returns a client for a server.
func (s *Session) client(ctx context.Context, server, token string, try *Proxy) (*remote.Client, error) {
	transport, err := s.Transport(ctx, server, try)
	if err != nil {
		return nil, err
	}
	return remote.New(remote.Options{Server: server, Token: token, Transport: transport, UserAgent: s.UserAgent(), Log: s.log})
}

// UserAgent is what this build calls itself to servers.
func (s *Session) UserAgent() string {
	if s.device.AppVersion == "" {
		return "mychat"
	}
	return "mychat/" + s.device.AppVersion
}
