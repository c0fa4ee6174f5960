// Package session knows the accounts of this machine: who signed in here, to
// which server, what is remembered, and where the secrets are. It signs in and
// out; it never syncs.
package session

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
}
