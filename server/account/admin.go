package account

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"strings"
	"time"

	"mychat/protocol"
	"mychat/server/store"
)

// CreateInvite returns a new invitation code that serves uses registrations
// within lives. Only its hash is stored.
func (s *Service) CreateInvite(ctx context.Context, uses int, lives time.Duration) (string, error) {
	if uses < 1 || lives <= 0 {
		return "", protocol.Invalid("uses", "an invitation must serve somebody for some time")
	}
	code := rand.Text()[:16]
	code = strings.Join([]string{code[:4], code[4:8], code[8:12], code[12:]}, "-")
	now := s.opt.Now()
	err := s.st.Write(ctx, func(tx *store.Tx) error {
		return tx.InsertInvite(inviteHash(code), uses, now.UnixMilli(), now.Add(lives).UnixMilli())
	})
	if err != nil {
		return "", fmt.Errorf("create invitation: %w", err)
	}
	return code, nil
}

// inviteHash returns what is stored of an invitation code, however it is
// typed: case, spaces and dashes do not matter.
func inviteHash(code string) []byte {
	plain := strings.Map(func(r rune) rune {
		if r == '-' || r == ' ' {
			return -1
		}
		return r
	}, strings.ToUpper(code))
	h := sha256.Sum256([]byte(plain))
	return h[:]
}

// AdminUser is a user as the administrator sees them.
type AdminUser struct {
	ID         string
	Username   string
	Nickname   string
	Disabled   bool
	Devices    int // Signed in now.
	CreatedMS  int64
	LastSeenMS int64 // 0 means not known.
}

// Users returns up to limit users in order of their folded username, beginning
// after the username after ("" for the first page).
func (s *Service) Users(ctx context.Context, after string, limit int) ([]AdminUser, error) {
	tx := s.st.Reader(ctx)
	rows, err := tx.UsersAfter(protocol.FoldUsername(after), limit)
	if err != nil {
		return nil, fmt.Errorf("list users: %w", err)
	}
	ids := make([]store.ID, len(rows))
	for i, u := range rows {
		ids[i] = u.ID
	}
	devices, err := tx.DeviceCounts(ids)
	if err != nil {
		return nil, fmt.Errorf("list users: %w", err)
	}
	users := make([]AdminUser, len(rows))
	for i, u := range rows {
		users[i] = AdminUser{
			ID: u.ID.String(), Username: u.Username, Nickname: u.Nickname, Disabled: u.Disabled,
			Devices: devices[u.ID], CreatedMS: u.CreatedMS, LastSeenMS: u.LastSeenMS,
		}
	}
	return users, nil
}

// Name returns a username as it was registered, in whatever case it is asked
// for. ErrNotFound if there is no such one.
func (s *Service) Name(ctx context.Context, username string) (string, error) {
	user, err := s.st.Reader(ctx).UserByName(protocol.FoldUsername(username))
	if err != nil {
		return "", fmt.Errorf("look for account %s: %w", username, notFound(err))
	}
	return user.Username, nil
}

// SetDisabled disables an account, ending all its sessions, or enables it.
// ErrNotFound if there is no such username.
func (s *Service) SetDisabled(ctx context.Context, username string, disabled bool) error {
	return s.administer(ctx, username, func(tx *store.Tx, id store.ID) error {
		if err := tx.SetDisabled(id, disabled); err != nil || !disabled {
			return err
		}
		_, err := s.endIn(tx, id, ending{code: protocol.CloseDisabled, reason: protocol.EndedDisabled}, all)
		return err
	})
}

// ResetPassword gives an account a new random password, returns it, and signs
// the user out everywhere.
func (s *Service) ResetPassword(ctx context.Context, username string) (string, error) {
	password := strings.ToLower(rand.Text()[:16])
	hash, err := s.hasher.hash(ctx, password)
	if err != nil {
		return "", fmt.Errorf("reset password: %w", err)
	}
	return password, s.administer(ctx, username, func(tx *store.Tx, id store.ID) error {
		if err := tx.SetPassword(id, hash); err != nil {
			return err
		}
		_, err := s.endIn(tx, id, ending{reason: protocol.EndedAdmin}, all)
		return err
	})
}

// SignOutEverywhere ends all sessions of an account.
func (s *Service) SignOutEverywhere(ctx context.Context, username string) error {
	return s.administer(ctx, username, func(tx *store.Tx, id store.ID) error {
		_, err := s.endIn(tx, id, ending{reason: protocol.EndedAdmin}, all)
		return err
	})
}

func all(store.Device) bool { return true }

// administer runs change on the locked user with this name.
func (s *Service) administer(ctx context.Context, username string, change func(*store.Tx, store.ID) error) error {
	err := s.st.Write(ctx, func(tx *store.Tx) error {
		user, err := tx.UserByName(protocol.FoldUsername(username))
		if err != nil {
			return notFound(err)
		}
		if _, err := tx.LockUsers(user.ID); err != nil {
			return err
		}
		return change(tx, user.ID)
	})
	if err != nil {
		return fmt.Errorf("change account %s: %w", username, err)
	}
	return nil
}
