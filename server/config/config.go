// Package config holds the settings of a server: one struct, its defaults, and
// how a file, the environment and flags change them. The tags of the struct are
// the documentation: the printed sample, the help of the flags and the errors
// are all made from them. The package reads; it opens and starts nothing.
//
// Each source overrides the one before it: defaults, conf.toml, MYCHAT_*
// variables, flags. A key, variable or value that is not understood is an
// error, never a silent default.
package config

import (
	"net"
	"net/netip"
	"path/filepath"
)

// FileName is the settings file looked for in the data folder when no other is
// named.
const FileName = "conf.toml"

// Config is all that an administrator can set. The tags of a field are its
// name in the file (toml), what it does (doc), its flag where it has one
// (flag) and what stands for that one's value in the help (takes), the only values it takes (oneof), its bounds (min, max) and whether
// it may hold a secret (secret).
type Config struct {
	Listen   string `toml:"listen" flag:"listen" takes:"HOST:PORT" doc:"Address and port to serve on. Only a loopback address may speak plain HTTP without being told so; see [tls]."`
	Data     string `toml:"data" flag:"data" takes:"FOLDER" doc:"Folder for everything the server keeps, made with access for its owner only. A relative path starts in the working directory."`
	Database string `toml:"database" flag:"database" takes:"URL" secret:"true" doc:"Empty: SQLite in the data folder. Otherwise a postgres:// URL, needed when several nodes serve together."`
	NATS     string `toml:"nats" flag:"nats" takes:"URLS" secret:"true" doc:"Empty: the bus runs inside this process. Otherwise the nats:// or tls:// URLs, separated by commas, of the NATS servers that all nodes share."`
	Name     string `toml:"name" doc:"What the server calls itself to its users."`

	Registration string `toml:"registration" oneof:"open,invite,closed" doc:"Who may make an account: anybody (open), holders of an invitation code (invite), or nobody (closed). Codes come from: mychat-server invite."`

	Devices string `toml:"devices" oneof:"any,class,one" doc:"How many devices an account may have signed in: any number (any), one computer, one phone and one browser (class), or a single one (one). Signing in on a further one signs the one before out, and tells it why."`

	TrustedProxies []string `toml:"trusted_proxies" doc:"Addresses or networks (CIDR) of reverse proxies. Only from these is X-Forwarded-For believed when a client's address is needed."`
	Origins        []string `toml:"origins" doc:"Web origins other than the server's own, such as https://chat.example.org, whose pages may call this server."`

	Log      Log      `toml:"log" doc:"What the server writes to standard error. Never message text, passwords or tokens."`
	TLS      TLS      `toml:"tls" doc:"Encryption of what clients send. Give two files, or domains for which certificates are fetched, or say plain_http when a reverse proxy in front does it."`
	Cluster  Cluster  `toml:"cluster" doc:"Joins the buses of several nodes without a NATS server of their own. All nodes need the same database (PostgreSQL) and the same secret."`
	Messages Messages `toml:"messages" doc:"What people may do with messages that they sent, and how long they are kept."`
	Search   Search   `toml:"search" doc:"The index in which apps find messages that they do not hold themselves."`
	Previews Previews `toml:"previews" doc:"What apps show of the pages behind links in messages. The server reads those pages, so that their owners learn the address of the server and of no device. Only public addresses are reached, never this machine or its network."`
	Limits   Limits   `toml:"limits" doc:"How much and how often. 0 means no limit where that is said."`
	Metrics  Metrics  `toml:"metrics" doc:"Figures for Prometheus, at /metrics."`
}

// Log says how the server logs.
type Log struct {
	Level  string `toml:"level" oneof:"debug,info,warn,error" doc:"The least important lines still written."`
	Format string `toml:"format" oneof:"text,json" doc:"Lines for people (text) or for programs (json)."`
}

// TLS says how the server is reached. At most one of the three ways is set.
type TLS struct {
	CertFile      string   `toml:"cert_file" doc:"Certificate chain in PEM. A relative path starts in the data folder. Read again when it changes, so a renewal needs no restart."`
	KeyFile       string   `toml:"key_file" doc:"Private key of cert_file in PEM. A relative path starts in the data folder."`
	ACMEDomains   []string `toml:"acme_domains" doc:"Names for which certificates are fetched and renewed (ACME, TLS-ALPN-01). The server must be reachable under them on port 443. Setting this accepts the terms of the certificate authority."`
	ACMEEmail     string   `toml:"acme_email" doc:"Where the certificate authority may write to."`
	ACMEDirectory string   `toml:"acme_directory" doc:"Directory URL of the certificate authority. Empty means Let's Encrypt."`
	PlainHTTP     bool     `toml:"plain_http" doc:"Serve plain HTTP on an address that is not loopback. Only right behind a reverse proxy that speaks TLS."`
}

// Cluster makes this node's own bus a member of a NATS cluster.
type Cluster struct {
	Listen     string   `toml:"listen" doc:"Address and port for the other nodes' buses. Empty: not part of a cluster."`
	Routes     []string `toml:"routes" doc:"Where the other nodes' buses listen, as host:port. One that answers is enough to join."`
	SecretFile string   `toml:"secret_file" doc:"File with the secret that all nodes of the cluster share. A relative path starts in the data folder. Empty: cluster.secret, which the first node makes; copy it to the others."`
}

// Messages says for how long a message can be changed by its sender, and how
// long it is there.
type Messages struct {
	RecallWithinSeconds int `toml:"recall_within_seconds" min:"0" max:"315360000" doc:"Seconds after its sending in which a message can be recalled for everybody. 0: not at all."`
	EditWithinSeconds   int `toml:"edit_within_seconds" min:"0" max:"315360000" doc:"Seconds after its sending in which a message can be edited. 0: not at all."`

	ClearForAll    bool `toml:"clear_for_all" doc:"Either of two friends may delete their conversation for both. Both are told by a line in it."`
	KeepDirectDays int  `toml:"keep_direct_days" min:"0" max:"36500" doc:"Days after which messages between two people are deleted, here and on their devices. 0: kept for ever."`
}

// Search says whether messages are indexed.
type Search struct {
	Enabled bool `toml:"enabled" doc:"Index what messages say, in the background, and answer searches. Without it apps search what is on the device. The index takes about as much room as the messages."`
}

// Previews says whether links are looked at, and which.
type Previews struct {
	Enabled bool     `toml:"enabled" doc:"Read the pages behind links when a member's app asks. Without it apps show links alone. The server needs to reach the internet itself: proxies are not asked."`
	Allow   []string `toml:"allow" doc:"Only pages on these hosts are read, and on those below them: example.org stands for www.example.org too. Empty: all."`
	Deny    []string `toml:"deny" doc:"Pages on these hosts, on those below them, and in these networks (CIDR) are never read. List networks of yours that have public addresses."`
}

// Limits bounds what clients may do and how much work a request may make.
type Limits struct {
	RequestExpiryDays int `toml:"request_expiry_days" min:"1" max:"365" doc:"Days after which an unanswered friend request expires."`
	ReaskDays         int `toml:"reask_days" min:"1" max:"365" doc:"Days before somebody who was refused may ask the same person again."`
	AsksPerDay        int `toml:"asks_per_day" min:"1" max:"100000" doc:"Friend requests that one user may make in 24 hours."`
	JournalDays       int `toml:"journal_days" min:"1" max:"3650" doc:"Days for which changes to contacts and settings are kept for devices that are away. One that stays away longer gets the present state as a whole. Messages are not concerned."`

	Argon2MemoryKiB int `toml:"argon2_memory_kib" min:"8192" max:"4194304" doc:"Memory of one password hash, in KiB. A change takes effect for each user at the next sign-in."`
	Argon2Time      int `toml:"argon2_time" min:"1" max:"100" doc:"Passes over that memory."`
	Argon2Parallel  int `toml:"argon2_parallel" min:"0" max:"1024" doc:"Password hashes computed at the same time; others wait in line. 0 means one per processor."`

	AccountTries          int `toml:"account_tries" min:"1" max:"100000" doc:"Wrong passwords that an account may collect before it must wait."`
	AccountForgiveSeconds int `toml:"account_forgive_seconds" min:"1" max:"86400" doc:"Seconds after which one of them is forgiven."`
	AddressTries          int `toml:"address_tries" min:"1" max:"1000000" doc:"Wrong passwords and registrations that a network address may collect before it must wait."`
	AddressForgiveSeconds int `toml:"address_forgive_seconds" min:"1" max:"86400" doc:"Seconds after which one of them is forgiven."`

	RequestsPerAddress int `toml:"requests_per_address" min:"0" max:"10000000" doc:"HTTP requests from one address per minute. 0 means no limit."`
	RequestsPerAccount int `toml:"requests_per_account" min:"0" max:"10000000" doc:"HTTP requests of one account per minute. 0 means no limit."`
	SearchesPerAccount int `toml:"searches_per_account" min:"0" max:"100000" doc:"Searches for messages of one account per minute. 0 means no limit beside requests_per_account."`
	PreviewsPerAccount int `toml:"previews_per_account" min:"0" max:"100000" doc:"Links of which one account may ask per minute what stands behind them. 0 means no limit beside requests_per_account."`
	FramesPerSecond    int `toml:"frames_per_second" min:"0" max:"1000000" doc:"Frames read from one socket per second in a long run; what comes faster waits in the network. 0 means no limit."`
	SocketsPerAccount  int `toml:"sockets_per_account" min:"0" max:"100000" doc:"Open sockets of one account on this node. 0 means no limit."`
	SocketsPerAddress  int `toml:"sockets_per_address" min:"0" max:"1000000" doc:"Open sockets from one address on this node. 0 means no limit."`
	QueueKiB           int `toml:"queue_kib" min:"64" max:"1048576" doc:"Bytes that may wait for one socket to read them, in KiB. One that reads slowly gets what came beyond when it has caught up; one that takes nothing meanwhile is cut off and comes back with its positions."`
}

// Metrics says who may read /metrics.
type Metrics struct {
	Access string `toml:"access" oneof:"loopback,anyone,off" doc:"Who may read /metrics on the address of listen: this machine only (loopback), everybody (anyone), nobody (off). Behind a reverse proxy on this machine, set trusted_proxies or off."`
	Listen string `toml:"listen" doc:"A second address and port that serves only /metrics, /healthz and /readyz, to anybody who reaches it. Empty: none."`
}

// Default returns the settings of a server that nobody configured.
func Default() Config {
	return Config{
		Listen:         "127.0.0.1:9999",
		Data:           "mychat-data",
		Name:           "MyChat",
		Registration:   "open",
		Devices:        "any",
		TrustedProxies: []string{},
		Origins:        []string{},
		Log:            Log{Level: "info", Format: "text"},
		TLS:            TLS{ACMEDomains: []string{}},
		Cluster:        Cluster{Routes: []string{}},
		Messages:       Messages{RecallWithinSeconds: 120, EditWithinSeconds: 172_800, ClearForAll: true},
		Search:         Search{Enabled: true},
		Previews:       Previews{Enabled: true, Allow: []string{}, Deny: []string{}},
		Limits: Limits{
			RequestExpiryDays: 7,
			ReaskDays:         30,
			AsksPerDay:        50,
			JournalDays:       30,

			Argon2MemoryKiB: 19 << 10,
			Argon2Time:      2,
			Argon2Parallel:  0,

			AccountTries:          10,
			AccountForgiveSeconds: 30,
			AddressTries:          50,
			AddressForgiveSeconds: 10,

			RequestsPerAddress: 3000,
			RequestsPerAccount: 1200,
			SearchesPerAccount: 120,
			PreviewsPerAccount: 240,
			FramesPerSecond:    50,
			SocketsPerAccount:  32,
			SocketsPerAddress:  1000,
			QueueKiB:           4096,
		},
		Metrics: Metrics{Access: "loopback"},
	}
}

// Path returns name as a path in the data folder, unless it is absolute. An
// empty name stays empty.
func (c *Config) Path(name string) string {
	if name == "" || filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(c.Data, name)
}

// Encrypted reports whether this server speaks TLS itself.
func (c *Config) Encrypted() bool {
	return c.TLS.CertFile != "" || len(c.TLS.ACMEDomains) > 0
}

// loopback reports whether addr (host:port) can only be reached from this
// machine. An empty host means every interface.
func loopback(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return false
	}
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}
