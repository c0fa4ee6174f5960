package session

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/oklog/ulid/v2"
	"gorm.io/gorm"

	"mychat/backend/remote"
	"mychat/protocol"
)

// ErrNoAccount says that this machine remembers no such account.
var ErrNoAccount = protocol.Errorf(protocol.CodeNotFound, "this machine remembers no such account")

// ErrNoToken says that an account cannot be opened without its password: its
// token was not kept, or the place where it was kept lost it.
var ErrNoToken = protocol.Errorf(protocol.CodeUnauthorized, "the password is needed")

// signOutWithin bounds telling a server that a device is signed out. Nobody
// waits longer to leave.
const signOutWithin = 3 * time.Second

// Opened is an account that is ready to be used, until it is left.
type Opened struct {
	Account Account
	Dir     string // The account's own folder, which may not exist yet.
	Token   string
	Me      protocol.Me // As the server answered; only Profile is set for an account opened from here.
}

// String leaves the token out.
func (o Opened) String() string { return "session.Opened{" + o.Account.ID + "}" }

// Registration is a new account and how to remember it.
type Registration struct {
	Server   string // As typed.
	Username string
	Nickname string
	Password string
	Invite   string
	Remember bool
	Auto     bool // Implies Remember: without a token nothing opens by itself.
}

// Credentials name an existing account and how to remember it.
type Credentials struct {
	Server   string // As typed.
	Username string
	Password string
	Remember bool
	Auto     bool // Implies Remember.
}

// secret is what an account keeps in the vault.
type secret struct {
	Token string `json:"token,omitempty"` // "" unless remembered.
	Key   []byte `json:"key"`             // Seed of the device's Ed25519 key.
}

// Accounts returns the remembered accounts, the last used first.
func (s *Session) Accounts(ctx context.Context) ([]Account, error) {
	rows, err := s.machine.accounts(ctx)
	if err != nil {
		return nil, fmt.Errorf("list accounts: %w", err)
	}
	accounts := make([]Account, 0, len(rows))
	for _, row := range rows {
		accounts = append(accounts, row.account())
	}
	return accounts, nil
}

// Register creates an account on a server and signs this device in.
func (s *Session) Register(ctx context.Context, r Registration) (Opened, error) {
	r.Username = strings.TrimSpace(r.Username)
	return s.admit(ctx, r.Server, r.Username, r.Remember || r.Auto, r.Auto,
		func(c *remote.Client, device protocol.DeviceInfo) (protocol.Session, error) {
			return c.Register(ctx, protocol.Register{
				Username: r.Username, Nickname: r.Nickname, Password: r.Password, Invite: r.Invite, Device: device,
			})
		})
}

// SignIn signs this device in to an account.
func (s *Session) SignIn(ctx context.Context, c Credentials) (Opened, error) {
	c.Username = strings.TrimSpace(c.Username)
	return s.admit(ctx, c.Server, c.Username, c.Remember || c.Auto, c.Auto,
		func(client *remote.Client, device protocol.DeviceInfo) (protocol.Session, error) {
			return client.SignIn(ctx, protocol.SignIn{Username: c.Username, Password: c.Password, Device: device})
		})
}

// admit has a server let this device in and remembers the account. An account
// that was here before keeps its folder and its device key.
func (s *Session) admit(ctx context.Context, typed, username string, remember, auto bool,
	ask func(*remote.Client, protocol.DeviceInfo) (protocol.Session, error)) (Opened, error) {
	server, err := Address(typed)
	if err != nil {
		return Opened{}, err
	}
	var before secret
	known, err := s.machine.accountNamed(ctx, server, username)
	switch {
	case err == nil:
		before = s.secret(ctx, known.ID)
	case !errors.Is(err, gorm.ErrRecordNotFound):
		return Opened{}, fmt.Errorf("look for the account: %w", err)
	}
	if len(before.Key) != ed25519.SeedSize {
		before.Key = newKey()
	}

	client, err := s.client(ctx, server, "", nil)
	if err != nil {
		return Opened{}, err
	}
	defer client.Close()
	granted, err := ask(client, s.deviceWith(before.Key))
	if err != nil {
		return Opened{}, err
	}
	return s.let(ctx, server, granted, before, remember, auto)
}

// newKey returns the seed of a new device key.
func newKey() []byte {
	seed := make([]byte, ed25519.SeedSize)
	_, _ = rand.Read(seed) // Never fails: the runtime ends the process instead.
	return seed
}

// deviceWith returns what this device says of itself, with the key of a seed.
func (s *Session) deviceWith(seed []byte) protocol.DeviceInfo {
	device := s.device
	public := ed25519.NewKeyFromSeed(seed).Public().(ed25519.PublicKey)
	device.PublicKey = base64.StdEncoding.EncodeToString(public)
	return device
}

// let remembers an account that its server just let in with the key of before,
// whose token is worth nothing any more.
func (s *Session) let(ctx context.Context, server string, granted protocol.Session, before secret, remember, auto bool) (Opened, error) {
	opened, err := s.keep(ctx, server, granted, before.Key, remember, auto)
	if err != nil {
		// A session that nobody holds would stay in the list of devices.
		s.endToken(ctx, server, granted.Token)
		return Opened{}, err
	}
	if before.Token != "" && before.Token != granted.Token {
		s.endToken(ctx, server, before.Token)
	}
	return opened, nil
}

// keep writes down an account that its server just let in.
func (s *Session) keep(ctx context.Context, server string, granted protocol.Session, key []byte, remember, auto bool) (Opened, error) {
	me := granted.Me.Profile
	row, err := s.machine.saveAccount(ctx, accountRow{
		ID: ulid.Make().String(), Server: server, UserID: me.ID, Username: me.Username, Nickname: me.Nickname,
		LastUsedMS: s.now().UnixMilli(), Remember: remember, Auto: auto,
	})
	if err != nil {
		return Opened{}, fmt.Errorf("remember the account: %w", err)
	}
	kept := secret{Key: key}
	if remember {
		kept.Token = granted.Token
	}
	if err := s.setSecret(ctx, row.ID, kept); err != nil {
		return Opened{}, fmt.Errorf("keep the account's secrets: %w", err)
	}
	if err := s.machine.setChoice(ctx, choiceServer, server); err != nil {
		return Opened{}, fmt.Errorf("remember the server: %w", err)
	}
	if err := s.Told(ctx, row.account()); err != nil { // It is signed in again.
		return Opened{}, err
	}
	return Opened{Account: row.account(), Dir: s.accountDir(row.ID), Token: granted.Token, Me: granted.Me}, nil
}

// Resume opens a remembered account with its kept token, without the network.
// Without remember it does so for the last time: the token is kept no longer,
// and ends when the account is left. Auto implies remember. Errors are
// ErrNoAccount and ErrNoToken, beside those of the database.
func (s *Session) Resume(ctx context.Context, id string, remember, auto bool) (Opened, error) {
	row, err := s.row(ctx, id)
	if err != nil {
		return Opened{}, err
	}
	token := ""
	if row.Remember {
		token = s.secret(ctx, id).Token
	}
	if token == "" {
		return Opened{}, ErrNoToken
	}
	row.Remember, row.Auto, row.LastUsedMS = remember || auto, auto, s.now().UnixMilli()
	if row, err = s.machine.saveAccount(ctx, row); err != nil {
		return Opened{}, fmt.Errorf("open account %s: %w", id, err)
	}
	if !row.Remember {
		if err := s.setSecret(ctx, id, secret{Key: s.secret(ctx, id).Key}); err != nil {
			return Opened{}, fmt.Errorf("forget the token of account %s: %w", id, err)
		}
	}
	return Opened{
		Account: row.account(), Dir: s.accountDir(id), Token: token,
		Me: protocol.Me{Profile: protocol.Profile{ID: row.UserID, Username: row.Username, Nickname: row.Nickname}},
	}, nil
}

// Auto returns the account to open by itself at start; "" means none.
func (s *Session) Auto(ctx context.Context) (string, error) {
	accounts, err := s.Accounts(ctx)
	if err != nil {
		return "", err
	}
	for _, a := range accounts {
		if a.Auto && a.Remember {
			return a.ID, nil
		}
	}
	return "", nil
}

// Left closes the book on an account whose engine has stopped. One that is not
// remembered is signed out on its server, if that can be reached.
func (s *Session) Left(ctx context.Context, o Opened) {
	if !o.Account.Remember {
		s.endToken(ctx, o.Account.Server, o.Token)
	}
}

// SignOut ends an account's session on its server, if that can be reached, and
// forgets the token. The account stays in the list.
func (s *Session) SignOut(ctx context.Context, o Opened) error {
	s.endToken(ctx, o.Account.Server, o.Token)
	return s.forgetToken(ctx, o.Account.ID)
}

func (s *Session) forgetToken(ctx context.Context, id string) error {
	err := s.machine.updateAccount(ctx, id, map[string]any{"remember": false, "auto": false})
	if err != nil {
		return fmt.Errorf("forget the token of account %s: %w", id, err)
	}
	return s.setSecret(ctx, id, secret{Key: s.secret(ctx, id).Key})
}

// SetProfile keeps what the list of accounts shows of one.
func (s *Session) SetProfile(ctx context.Context, id string, p protocol.Profile) error {
	err := s.machine.updateAccount(ctx, id, map[string]any{"username": p.Username, "nickname": p.Nickname})
	if err != nil {
		return fmt.Errorf("keep the profile of account %s: %w", id, err)
	}
	return nil
}

// Place returns the account of a server's user and its folder, for data that
// comes from elsewhere. One that was never here is noted, and listed once Show
// says so.
func (s *Session) Place(ctx context.Context, server string, p protocol.Profile) (Account, string, error) {
	server, err := Address(server)
	if err != nil {
		return Account{}, "", err
	}
	row, err := s.machine.accountOf(ctx, server, p.ID)
	if errors.Is(err, gorm.ErrRecordNotFound) {
		row, err = s.machine.saveAccount(ctx, accountRow{
			ID: ulid.Make().String(), Server: server, UserID: p.ID, Username: p.Username, Nickname: p.Nickname, Hidden: true,
		})
	}
	if err != nil {
		return Account{}, "", fmt.Errorf("find a place for the account: %w", err)
	}
	return row.account(), s.accountDir(row.ID), nil
}

// Has reports whether this machine has data of a server's user.
func (s *Session) Has(ctx context.Context, server, userID string) (bool, error) {
	server, err := Address(server)
	if err != nil {
		return false, err
	}
	row, err := s.machine.accountOf(ctx, server, userID)
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("look for the account: %w", err)
	}
	there, err := os.ReadDir(s.accountDir(row.ID))
	if errors.Is(err, os.ErrNotExist) {
		err = nil
	}
	return len(there) > 0, err
}

// Show lists an account first. Without a kept token it asks for the password.
func (s *Session) Show(ctx context.Context, id string) error {
	err := s.machine.updateAccount(ctx, id, map[string]any{"hidden": false, "last_used_ms": s.now().UnixMilli()})
	if err != nil {
		return fmt.Errorf("list account %s: %w", id, err)
	}
	return nil
}

// Remove takes an account off the list, forgets its token and signs it out on
// its server, if that can be reached. Without deleteData its folder waits for
// the same account to sign in again. The account must not be open.
func (s *Session) Remove(ctx context.Context, id string, deleteData bool) error {
	row, err := s.row(ctx, id)
	if err != nil {
		return err
	}
	if token := s.secret(ctx, id).Token; token != "" {
		s.endToken(ctx, row.Server, token)
	}
	if err := s.Told(ctx, row.account()); err != nil {
		return err
	}
	if !deleteData {
		if err := s.forgetToken(ctx, id); err != nil {
			return err
		}
		return s.machine.updateAccount(ctx, id, map[string]any{"hidden": true})
	}
	return s.wipe(ctx, id)
}

// wipe deletes all that this machine has of an account that is not open.
func (s *Session) wipe(ctx context.Context, id string) error {
	if err := s.DeleteData(id); err != nil {
		return err
	}
	if err := s.vault.drop(ctx, id); err != nil {
		return err
	}
	if err := s.machine.deleteAccount(ctx, id); err != nil {
		return fmt.Errorf("forget account %s: %w", id, err)
	}
	return nil
}

// DeleteData deletes the folder of an account that is not open.
func (s *Session) DeleteData(id string) error {
	if err := os.RemoveAll(s.accountDir(id)); err != nil {
		return fmt.Errorf("delete the data of account %s: %w", id, err)
	}
	return nil
}

func (s *Session) accountDir(id string) string { return filepath.Join(s.dir, "accounts", id) }

func (s *Session) row(ctx context.Context, id string) (accountRow, error) {
	row, err := s.machine.account(ctx, id)
	switch {
	case errors.Is(err, gorm.ErrRecordNotFound):
		return row, ErrNoAccount
	case err != nil:
		return row, fmt.Errorf("look for account %s: %w", id, err)
	}
	return row, nil
}

// endToken signs a token out on its server, as well as that goes now.
func (s *Session) endToken(ctx context.Context, server, token string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), signOutWithin)
	defer cancel()
	client, err := s.client(ctx, server, token, nil)
	if err == nil {
		err = client.SignOut(ctx)
		client.Close()
	}
	if err != nil {
		s.log.Info("the server was not told of a sign-out", "server", server, "error", err)
	}
}

// secret returns what the vault has for an account; the zero value if nothing.
func (s *Session) secret(ctx context.Context, id string) secret {
	var v secret
	if text, ok := s.vault.get(ctx, id); ok {
		if err := json.Unmarshal([]byte(text), &v); err != nil {
			s.log.Warn("kept secret is unreadable", "account", id, "error", err)
			return secret{}
		}
	}
	return v
}

func (s *Session) setSecret(ctx context.Context, id string, v secret) error {
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return s.vault.put(ctx, id, string(data))
}
