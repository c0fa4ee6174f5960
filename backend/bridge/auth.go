package bridge

import (
	"mychat/backend/session"
	"mychat/protocol"
)

// Auth is about accounts on this machine: who is here, signing in and out,
// servers and how to reach them.
type Auth struct{ app *App }

// Phases of the app.
const (
	PhaseSignedOut = "signed_out" // No account is open; the page shows the sign-in window.
	PhaseOpen      = "open"       // An account is open; ConnectionState tells whether it is online.
)

// AuthState is what the page needs to know to draw its first screen.
type AuthState struct {
	Phase    string            `json:"phase"`
	Accounts []session.Account `json:"accounts"` // Newest first.
	Account  session.Account   `json:"account"`  // The open one, in PhaseOpen.
	Server   string            `json:"server"`   // What to offer as server address for a new account.
	Proxy    session.Proxy     `json:"proxy"`    // Without its password.
	AutoID   string            `json:"auto_id"`  // The account to open by itself after a moment, at start only; "" means none.

	// SecretsInFile says that this system has no keyring, so that tokens are in
	// an encrypted file beside the data. The page tells the user once.
	SecretsInFile bool `json:"secrets_in_file"`
}

// CheckServerRequest names a server to look at.
type CheckServerRequest struct {
	Server string         `json:"server"` // As typed: host, host:port or URL.
	Proxy  *session.Proxy `json:"proxy"`  // To try one before keeping it; nil means the kept one.
}

// ServerCheck is what was found at an address.
type ServerCheck struct {
	Server string              `json:"server"` // The address in the form that is kept.
	Info   protocol.ServerInfo `json:"info"`
}

// TrustServerRequest pins the certificate of a server that no authority vouches for.
type TrustServerRequest struct {
	Server      string `json:"server"`
	Fingerprint string `json:"fingerprint"` // SHA-256 of the certificate, as Error.Fingerprint gave it and the user confirmed it.
}

// RegisterRequest creates an account and opens it.
type RegisterRequest struct {
	Server   string `json:"server"`
	Username string `json:"username"`
	Nickname string `json:"nickname"`
	Password string `json:"password"`
	Invite   string `json:"invite"`
	Remember bool   `json:"remember"`
	Auto     bool   `json:"auto"`
}

// SignInRequest signs in with a password and opens the account.
type SignInRequest struct {
	Server   string `json:"server"`
	Username string `json:"username"`
	Password string `json:"password"`
	Remember bool   `json:"remember"`
	Auto     bool   `json:"auto"`
}

// OpenRequest opens a remembered account with its kept token.
type OpenRequest struct {
	AccountID string `json:"account_id"`
	Auto      bool   `json:"auto"`
}

// LeaveRequest closes the open account.
type LeaveRequest struct {
	SignOut    bool `json:"sign_out"`    // End this device's session on the server too; false means "switch account".
	DeleteData bool `json:"delete_data"` // Delete the account's local history.
}

// RemoveRequest forgets a remembered account that is not open.
type RemoveRequest struct {
	AccountID  string `json:"account_id"`
	DeleteData bool   `json:"delete_data"`
}

// State returns what the first screen shows.
func (a *Auth) State() (AuthState, error) { return AuthState{}, errNotYet }

// CheckServer asks a server who it is. Errors: unreachable, not_mychat,
// certificate_unknown (with Fingerprint), certificate_expired, version.
func (a *Auth) CheckServer(r CheckServerRequest) (ServerCheck, error) {
	return ServerCheck{}, errNotYet
}

// TrustServer pins a certificate for a server.
func (a *Auth) TrustServer(r TrustServerRequest) error { return errNotYet }

// Register creates an account and opens it.
func (a *Auth) Register(r RegisterRequest) error { return errNotYet }

// SignIn signs in and opens the account.
func (a *Auth) SignIn(r SignInRequest) error { return errNotYet }

// Open opens a remembered account. It never waits for the network: history is
// there at once, and the connection comes when it comes.
func (a *Auth) Open(r OpenRequest) error { return errNotYet }

// Leave closes the open account.
func (a *Auth) Leave(r LeaveRequest) error { return errNotYet }

// Remove forgets a remembered account.
func (a *Auth) Remove(r RemoveRequest) error { return errNotYet }

// SetProxy keeps how to reach servers; it holds from the next connection on.
// An empty password leaves the kept one as it is.
func (a *Auth) SetProxy(p session.Proxy) error { return errNotYet }
