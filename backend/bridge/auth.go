package bridge

import (
	"context"
	"errors"

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

	// Endings are the accounts whose sessions were ended elsewhere, for the user
	// to read. The page says Told when they have.
	Endings []session.Ending `json:"endings"`

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
	Remember  bool   `json:"remember"` // False opens it for the last time without a password.
	Auto      bool   `json:"auto"`     // Implies Remember.
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

// AskLinkRequest asks that this device be signed in by another one.
type AskLinkRequest struct {
	Server string `json:"server"` // As typed.
}

// AwaitLinkRequest asks what became of a link.
type AwaitLinkRequest struct {
	ID    string `json:"id"`
	Known string `json:"known"` // The state that was heard last; "" means none.
}

// LinkState is what became of a link.
type LinkState struct {
	State   string            `json:"state"` // One of protocol.Link*; with granted, the account is open.
	LivesMS int64             `json:"lives_ms"`
	By      *protocol.Profile `json:"by"` // Whose device named the code; nil before that.
}

// ToldRequest names the account of an Ending that the user has read.
type ToldRequest struct {
	Server string `json:"server"`
	UserID string `json:"user_id"`
}

// State returns what the first screen shows. Where the data folder cannot be
// used it answers with the reason, such as newer_data.
func (a *Auth) State() (AuthState, error) {
	return onMachine(a.app, func(ctx context.Context, _ *session.Session) (AuthState, error) {
		return a.app.state(ctx)
	})
}

// CheckServer asks a server who it is. Errors: unreachable, not_mychat,
// certificate_unknown (with Fingerprint), certificate_expired,
// certificate_changed (with Fingerprint), proxy, version.
func (a *Auth) CheckServer(r CheckServerRequest) (ServerCheck, error) {
	return onMachine(a.app, func(ctx context.Context, s *session.Session) (ServerCheck, error) {
		server, info, err := s.CheckServer(ctx, r.Server, r.Proxy)
		return ServerCheck{Server: server, Info: info}, err
	})
}

// TrustServer pins a certificate for a server.
func (a *Auth) TrustServer(r TrustServerRequest) error {
	return a.app.settle(func(ctx context.Context, s *session.Session) error {
		if err := s.Trust(ctx, r.Server, r.Fingerprint); err != nil {
			return err
		}
		return a.app.reopen(ctx)
	})
}

// Register creates an account and opens it.
func (a *Auth) Register(r RegisterRequest) error {
	return a.app.settle(func(ctx context.Context, s *session.Session) error {
		o, err := s.Register(ctx, session.Registration(r))
		if err != nil {
			return err
		}
		return a.app.enter(ctx, o)
	})
}

// SignIn signs in and opens the account.
func (a *Auth) SignIn(r SignInRequest) error {
	return a.app.settle(func(ctx context.Context, s *session.Session) error {
		o, err := s.SignIn(ctx, session.Credentials(r))
		if err != nil {
			return err
		}
		return a.app.enter(ctx, o)
	})
}

// AskLink asks that this device be signed in by another one, and returns what
// to show. It replaces what was asked before.
func (a *Auth) AskLink(r AskLinkRequest) (session.Link, error) {
	return onMachine(a.app, func(ctx context.Context, s *session.Session) (session.Link, error) {
		return s.AskLink(ctx, r.Server)
	})
}

// AwaitLink tells what became of a link, at once if that is not the known
// state, and otherwise some seconds later. Once it is granted the account is
// opened. The error expired says that the link is over.
func (a *Auth) AwaitLink(r AwaitLinkRequest) (LinkState, error) {
	return onMachine(a.app, func(ctx context.Context, s *session.Session) (LinkState, error) {
		state, o, err := s.AwaitLink(ctx, r.ID, r.Known)
		if err == nil && o.Token != "" {
			var release func()
			if release, err = a.app.take(ctx); err == nil {
				defer release()
				err = a.app.enter(ctx, o)
			}
		}
		return LinkState{State: state.State, LivesMS: state.LivesMS, By: state.By}, err
	})
}

// DropLink says that this device is to be signed in in another way.
func (a *Auth) DropLink() error {
	_, err := onMachine(a.app, func(_ context.Context, s *session.Session) (struct{}, error) {
		s.DropLink()
		return struct{}{}, nil
	})
	return err
}

// Told says that the user has read of the end of a session.
func (a *Auth) Told(r ToldRequest) error {
	_, err := onMachine(a.app, func(ctx context.Context, s *session.Session) (struct{}, error) {
		return struct{}{}, s.Told(ctx, session.Account{Server: r.Server, UserID: r.UserID})
	})
	a.app.feed.push(Event{Kind: EventAuth})
	return err
}

// Open opens a remembered account. It never waits for the network: history is
// there at once, and the connection comes when it comes. The error unauthorized
// says that no token is kept, so that the password is needed.
func (a *Auth) Open(r OpenRequest) error {
	return a.app.settle(func(ctx context.Context, s *session.Session) error {
		o, err := s.Resume(ctx, r.AccountID, r.Remember, r.Auto)
		if err != nil {
			return err
		}
		if now, ok := a.app.opened(); ok && now.Token == o.Token {
			return nil // Another page opened it.
		}
		return a.app.enter(ctx, o)
	})
}

// Leave closes the open account. One that is not remembered is signed out.
func (a *Auth) Leave(r LeaveRequest) error {
	return a.app.settle(func(ctx context.Context, _ *session.Session) error { return a.app.leave(ctx, r) })
}

// Remove forgets a remembered account. Its token is worth nothing any more
// then; its data waits for the same account to sign in again unless it is
// deleted.
func (a *Auth) Remove(r RemoveRequest) error {
	return a.app.settle(func(ctx context.Context, s *session.Session) error {
		if o, ok := a.app.opened(); ok && o.Account.ID == r.AccountID {
			return &Error{Code: string(protocol.CodeInvalid), Field: "account_id", Message: "the account is open"}
		}
		if err := s.Remove(ctx, r.AccountID, r.DeleteData); err != nil {
			return err
		}
		a.app.feed.push(Event{Kind: EventAuth})
		return nil
	})
}

// SetProxy keeps how to reach servers; it holds from the next connection on,
// which an open account makes at once. An empty password leaves the kept one
// as it is, if address and username are the same.
func (a *Auth) SetProxy(p session.Proxy) error {
	return a.app.settle(func(ctx context.Context, s *session.Session) error {
		if err := s.SetProxy(ctx, p); err != nil {
			return err
		}
		return a.app.reopen(ctx)
	})
}

// settle calls f, which may open and close accounts, when it is its turn.
func (a *App) settle(f func(context.Context, *session.Session) error) error {
	_, err := onMachine(a, func(ctx context.Context, s *session.Session) (struct{}, error) {
		release, err := a.take(ctx)
		if err != nil {
			return struct{}{}, err
		}
		defer release()
		return struct{}{}, f(ctx, s)
	})
	return err
}

// state reads what the first screen shows.
func (a *App) state(ctx context.Context) (AuthState, error) {
	s := AuthState{Phase: PhaseSignedOut, SecretsInFile: a.session.SecretsInFile()}
	var err error
	if s.Accounts, err = a.session.Accounts(ctx); err != nil {
		return AuthState{}, err
	}
	if s.Server, err = a.session.OfferedServer(ctx); err != nil {
		return AuthState{}, err
	}
	if s.Proxy, err = a.session.Proxy(ctx); err != nil {
		return AuthState{}, err
	}
	if s.Endings, err = a.session.Endings(ctx); err != nil {
		return AuthState{}, err
	}
	if o, ok := a.opened(); ok {
		s.Phase, s.Account = PhaseOpen, o.Account
		for _, account := range s.Accounts { // The list has the newest profile.
			if account.ID == o.Account.ID {
				s.Account = account
			}
		}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	s.AutoID = a.autoID
	return s, nil
}

// opened returns the open account.
func (a *App) opened() (session.Opened, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.current == nil {
		return session.Opened{}, false
	}
	return a.current.opened, true
}

// enter closes the open account, if there is one, and opens o. The caller has
// the turn.
func (a *App) enter(ctx context.Context, o session.Opened) error {
	if before, ok := a.close(); ok && before.Token != o.Token {
		a.session.Left(ctx, before)
	}
	if err := a.open(ctx, o); err != nil {
		a.session.Left(ctx, o)
		a.announce()
		return err
	}
	a.announce()
	return nil
}

// leave closes the open account. The caller has the turn.
func (a *App) leave(ctx context.Context, r LeaveRequest) error {
	o, ok := a.close()
	if !ok {
		return errNoAccount
	}
	defer a.announce()
	var err error
	if r.SignOut {
		err = a.session.SignOut(ctx, o)
	} else {
		a.session.Left(ctx, o)
	}
	if r.DeleteData {
		err = errors.Join(err, a.session.DeleteData(o.Account.ID))
	}
	return err
}
