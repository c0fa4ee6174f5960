package account

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"mychat/protocol"
	"mychat/server/journal"
	"mychat/server/store"
)

// Register creates an account and signs its first device in. address is the
// client's network address without a port.
func (s *Service) Register(ctx context.Context, r protocol.Register, address string) (protocol.Session, error) {
	if s.opt.Registration == protocol.RegistrationClosed {
		return protocol.Session{}, protocol.Errorf(protocol.CodeClosed, "this server takes no registrations")
	}
	if err := protocol.CheckUsername(r.Username); err != nil {
		return protocol.Session{}, err
	}
	nickname, err := protocol.CleanLine("nickname", r.Nickname, 1, protocol.MaxNickname)
	if err != nil {
		return protocol.Session{}, err
	}
	if err := protocol.CheckPassword("password", r.Password); err != nil {
		return protocol.Session{}, err
	}
	device, token, err := s.newDevice(r.Device, address)
	if err != nil {
		return protocol.Session{}, err
	}
	if err := s.byAddress.take(network(address)); err != nil {
		return protocol.Session{}, err
	}
	hash, err := s.hasher.hash(ctx, r.Password)
	if err != nil {
		return protocol.Session{}, fmt.Errorf("register: %w", err)
	}
	now := s.opt.Now()
	user := store.User{
		ID: store.NewID(now), Username: r.Username, UsernameFold: protocol.FoldUsername(r.Username),
		Nickname: nickname, NicknameFold: fold(nickname), PasswordHash: hash, CreatedMS: now.UnixMilli(),
	}
	device.UserID = user.ID
	err = s.st.Write(ctx, func(tx *store.Tx) error {
		// The code comes first, so that nobody without one learns who exists. It
		// is spent only if all else goes well.
		if s.opt.Registration == protocol.RegistrationInvite {
			ok, err := tx.SpendInvite(inviteHash(r.Invite), now.UnixMilli())
			if err != nil {
				return err
			}
			if !ok {
				return protocol.Errorf(protocol.CodeInvite, "the invitation code is missing, unknown or spent")
			}
		}
		if _, err := tx.UserByName(user.UsernameFold); !errors.Is(err, store.ErrNoRow) {
			return cmpErr(err, protocol.ErrTaken)
		}
		if err := tx.InsertUser(user); err != nil {
			return err
		}
		return tx.InsertDevice(device)
	})
	if errors.Is(err, store.ErrConflict) { // Somebody was faster, on another node.
		return protocol.Session{}, protocol.ErrTaken
	}
	if err != nil {
		return protocol.Session{}, fmt.Errorf("register: %w", err)
	}
	return protocol.Session{Token: token, DeviceID: device.ID.String(), Me: user.Me()}, nil
}

// cmpErr returns err, or other if there is none.
func cmpErr(err, other error) error {
	if err != nil {
		return err
	}
	return other
}

// SignIn opens a session for a device. An unknown user and a wrong password get
// the same ErrBadCredentials after the same work.
func (s *Service) SignIn(ctx context.Context, r protocol.SignIn, address string) (protocol.Session, error) {
	device, token, err := s.newDevice(r.Device, address)
	if err != nil {
		return protocol.Session{}, err
	}
	user, err := s.check(ctx, r.Username, r.Password, address)
	if err != nil {
		return protocol.Session{}, err
	}
	if user.Disabled {
		return protocol.Session{}, protocol.ErrDisabled
	}
	device.UserID = user.ID
	err = s.st.Write(ctx, func(tx *store.Tx) error {
		locked, err := tx.LockUsers(user.ID)
		switch {
		case err != nil:
			return err
		case len(locked) == 0 || locked[0].PasswordHash != user.PasswordHash:
			return protocol.ErrBadCredentials // Changed while it was checked.
		case locked[0].Disabled:
			return protocol.ErrDisabled
		}
		return s.admit(tx, device)
	})
	if err != nil {
		return protocol.Session{}, fmt.Errorf("sign in: %w", err)
	}
	return protocol.Session{Token: token, DeviceID: device.ID.String(), Me: user.Me()}, nil
}

// check returns the user with this name and password, and renews a hash made
// with other parameters. Wrong ones cost a try of the account and the address.
func (s *Service) check(ctx context.Context, username, password, address string) (store.User, error) {
	name, place := protocol.FoldUsername(username), network(address)
	if len(name) > protocol.MaxUsername { // Nobody's; but it must not fill the memory of the throttle.
		name = ""
	}
	if err := s.byAddress.take(place); err != nil {
		return store.User{}, err
	}
	if err := s.byAccount.take(name); err != nil {
		s.byAddress.giveBack(place)
		return store.User{}, err
	}
	var user store.User
	var err error
	if utf8.ValidString(name) && !strings.ContainsRune(name, 0) {
		user, err = s.st.Reader(ctx).UserByName(name)
	}
	if err != nil && !errors.Is(err, store.ErrNoRow) {
		return store.User{}, fmt.Errorf("sign in: %w", err)
	}
	ok, old, err := s.hasher.verify(ctx, password, user.PasswordHash)
	if err != nil {
		return store.User{}, fmt.Errorf("sign in: %w", err)
	}
	if !ok {
		return store.User{}, protocol.ErrBadCredentials
	}
	s.byAccount.giveBack(name)
	s.byAddress.giveBack(place)
	if old {
		return s.rehash(ctx, user, password)
	}
	return user, nil
}

// rehash stores the hash of a password that was just checked again, with the
// present parameters.
func (s *Service) rehash(ctx context.Context, user store.User, password string) (store.User, error) {
	hash, err := s.hasher.hash(ctx, password)
	if err != nil {
		return user, fmt.Errorf("renew password hash: %w", err)
	}
	err = s.st.Write(ctx, func(tx *store.Tx) error { return tx.SwapPassword(user.ID, user.PasswordHash, hash) })
	if err != nil {
		return user, fmt.Errorf("renew password hash: %w", err)
	}
	user.PasswordHash = hash
	return user, nil
}

// tokenBytes is the size of a token before it is written in base64.
const tokenBytes = 32

const maxAppVersion = 32 // Runes.

// newDevice checks what a client says of its device, and makes its token.
func (s *Service) newDevice(info protocol.DeviceInfo, address string) (store.Device, string, error) {
	d, err := checkDevice(info)
	if err != nil {
		return store.Device{}, "", err
	}
	d, token := s.withToken(d, address)
	return d, token, nil
}

// withToken returns a device as it signs in from an address now, and its token.
func (s *Service) withToken(d store.Device, address string) (store.Device, string) {
	token := base64.RawURLEncoding.EncodeToString(random(tokenBytes))
	hash := sha256.Sum256([]byte(token))
	now := s.opt.Now()
	d.ID, d.TokenHash, d.Address = store.NewID(now), hash[:], address
	d.CreatedMS, d.ActiveMS = now.UnixMilli(), now.UnixMilli()
	return d, token
}

// checkDevice returns what a client says of its device, or why that cannot be.
func checkDevice(info protocol.DeviceInfo) (store.Device, error) {
	name, err := protocol.CleanLine("device.name", info.Name, 1, protocol.MaxDeviceName)
	if err != nil {
		return store.Device{}, err
	}
	version, err := protocol.CleanLine("device.app_version", info.AppVersion, 0, maxAppVersion)
	if err != nil {
		return store.Device{}, err
	}
	platforms := []string{
		protocol.PlatformWindows, protocol.PlatformMacOS, protocol.PlatformLinux,
		protocol.PlatformAndroid, protocol.PlatformIOS, protocol.PlatformWeb, protocol.PlatformOther,
	}
	if !slices.Contains(platforms, info.Platform) {
		return store.Device{}, protocol.Invalid("device.platform", "use one of %s", strings.Join(platforms, ", "))
	}
	key, err := base64.StdEncoding.DecodeString(info.PublicKey)
	if err != nil || len(key) != ed25519.PublicKeySize {
		return store.Device{}, protocol.Invalid("device.public_key", "use an Ed25519 key, in base64")
	}
	return store.Device{PublicKey: key, Name: name, Platform: info.Platform, AppVersion: version}, nil
}

// How many devices an account may have signed in at a time.
const (
	DevicesAny      = "any"
	DevicesPerClass = "class" // One computer, one phone, one browser.
	DevicesOne      = "one"
)

// class returns the kind of device that a platform is on.
func class(platform string) string {
	switch platform {
	case protocol.PlatformWindows, protocol.PlatformMacOS, protocol.PlatformLinux:
		return "desktop"
	case protocol.PlatformAndroid, protocol.PlatformIOS:
		return "phone"
	}
	return platform
}

// admit adds a device of a user who is locked, signs those out for which there
// is no room beside it, and tells the journal.
func (s *Service) admit(tx *store.Tx, d store.Device) error {
	_, err := s.endIn(tx, d.UserID, ending{reason: protocol.EndedReplaced, by: d.Name}, func(other store.Device) bool {
		switch s.opt.Devices {
		case DevicesOne:
			return true
		case DevicesPerClass:
			return class(other.Platform) == class(d.Platform)
		}
		return false
	})
	if err != nil {
		return err
	}
	if err := tx.InsertDevice(d); err != nil {
		return err
	}
	return s.journal.Append(tx, journal.Note{
		UserID: d.UserID, Kind: protocol.JournalDevice, Body: protocol.DeviceChange{Device: d.Wire(), New: true},
	})
}

// sessions remembers for a short time whom a token stands for.
type sessions struct {
	now func() time.Time

	mu       sync.Mutex
	byToken  map[[sha256.Size]byte]session
	byDevice map[string][sha256.Size]byte
	ends     uint64 // How often anything was forgotten.
}

type session struct {
	caller Caller
	until  time.Time
}

const (
	sessionLives = 10 * time.Second // Bounds what a lost end of a session costs.
	sessionsMost = 10_000
)

func newSessions(now func() time.Time) *sessions {
	s := &sessions{now: now}
	s.clear()
	return s
}

func (s *sessions) clear() {
	s.byToken = make(map[[sha256.Size]byte]session)
	s.byDevice = make(map[string][sha256.Size]byte)
}

// get returns whom a token stands for, and a mark to pass to put.
func (s *sessions) get(token [sha256.Size]byte) (c Caller, ok bool, mark uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e, ok := s.byToken[token]
	return e.caller, ok && s.now().Before(e.until), s.ends
}

// put remembers c, unless something was forgotten since mark: c may have been
// read before its end.
func (s *sessions) put(token [sha256.Size]byte, c Caller, mark uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ends != mark {
		return
	}
	if len(s.byToken) >= sessionsMost {
		s.clear()
	}
	s.byToken[token] = session{c, s.now().Add(sessionLives)}
	s.byDevice[c.DeviceID] = token
}

func (s *sessions) forget(deviceID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ends++
	delete(s.byToken, s.byDevice[deviceID])
	delete(s.byDevice, deviceID)
}

func (s *sessions) forgetAll() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ends++
	s.clear()
}

// ActiveEvery is how often a device's activity is written down. Whoever holds
// its connection calls Active so often.
const ActiveEvery = 5 * time.Minute

// Authenticate returns whom token stands for, or ErrUnauthorized, or
// ErrDisabled. It notes that the device is active, at most every few minutes.
func (s *Service) Authenticate(ctx context.Context, token, address string) (Caller, error) {
	hash := sha256.Sum256([]byte(token))
	c, ok, mark := s.sessions.get(hash)
	if ok {
		return c, nil
	}
	row, err := s.st.Reader(ctx).Session(hash[:])
	switch {
	case errors.Is(err, store.ErrNoRow):
		return Caller{}, protocol.ErrUnauthorized
	case err != nil:
		return Caller{}, fmt.Errorf("authenticate: %w", err)
	case row.Disabled:
		return Caller{}, protocol.ErrDisabled
	case row.EndedMS != 0:
		end := row.End()
		return Caller{}, &protocol.Error{Code: protocol.CodeUnauthorized, Detail: "this device was signed out", Ended: &end}
	}
	c = Caller{UserID: row.UserID.String(), DeviceID: row.DeviceID.String()}
	s.sessions.put(hash, c, mark)
	if now := s.opt.Now(); now.Sub(time.UnixMilli(row.ActiveMS)) >= ActiveEvery {
		err := s.st.Write(ctx, func(tx *store.Tx) error { return tx.TouchDevice(row.DeviceID, address, now.UnixMilli()) })
		if err != nil { // A full disk must not keep anybody from reading.
			s.opt.Log.Warn("note activity", "device", c.DeviceID, "error", err)
		}
	}
	return c, nil
}

// Active notes that devices are connected. It takes one write for all of them.
func (s *Service) Active(ctx context.Context, deviceIDs []string) error {
	ids := make([]store.ID, len(deviceIDs))
	for i, id := range deviceIDs {
		var ok bool
		if ids[i], ok = store.ParseID(id); !ok {
			return fmt.Errorf("note activity: %q is no device", id)
		}
	}
	now := s.opt.Now().UnixMilli()
	err := s.st.Write(ctx, func(tx *store.Tx) error { return tx.TouchDevices(ids, now) })
	if err != nil {
		return fmt.Errorf("note activity: %w", err)
	}
	return nil
}

// SignOut ends the caller's own session.
func (s *Service) SignOut(ctx context.Context, c Caller) error {
	err := s.EndDevice(ctx, c, c.DeviceID, false)
	if errors.Is(err, protocol.ErrNotFound) {
		return nil // Signed out already.
	}
	return err
}

// Devices returns the caller's signed-in devices, most recently active first.
func (s *Service) Devices(ctx context.Context, c Caller) ([]protocol.Device, error) {
	user, err := c.user()
	if err != nil {
		return nil, err
	}
	rows, err := s.st.Reader(ctx).Devices(user)
	if err != nil {
		return nil, fmt.Errorf("list devices: %w", err)
	}
	list := make([]protocol.Device, len(rows))
	for i, d := range rows {
		list[i] = d.Wire()
		list[i].Current = list[i].ID == c.DeviceID
	}
	return list, nil
}

// RenameDevice changes the name of one of the caller's signed-in devices, and
// returns the device. ErrNotFound if there is no such device.
func (s *Service) RenameDevice(ctx context.Context, c Caller, deviceID string, r protocol.RenameDevice) (protocol.Device, error) {
	user, err := c.user()
	if err != nil {
		return protocol.Device{}, err
	}
	name, err := protocol.CleanLine("name", r.Name, 1, protocol.MaxDeviceName)
	if err != nil {
		return protocol.Device{}, err
	}
	var renamed protocol.Device
	err = s.st.Write(ctx, func(tx *store.Tx) error {
		if _, err := tx.LockUsers(user); err != nil {
			return err
		}
		devices, err := tx.Devices(user)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(devices, func(d store.Device) bool { return d.ID.String() == deviceID })
		if i < 0 {
			return protocol.ErrNotFound
		}
		before := devices[i].Name
		devices[i].Name = name
		renamed = devices[i].Wire()
		if name == before {
			return nil
		}
		if err := tx.RenameDevice(devices[i].ID, name); err != nil {
			return err
		}
		return s.journal.Append(tx, journal.Note{
			UserID: user, Kind: protocol.JournalDevice, Body: protocol.DeviceChange{Device: renamed},
		})
	})
	if err != nil {
		return protocol.Device{}, fmt.Errorf("rename device: %w", err)
	}
	renamed.Current = deviceID == c.DeviceID
	return renamed, nil
}

// EndDevice signs one of the caller's devices out, and with wipe asks it to
// delete its local data. ErrNotFound if there is no such device or it is signed
// out.
func (s *Service) EndDevice(ctx context.Context, c Caller, deviceID string, wipe bool) error {
	return s.end(ctx, c, wipe, func(d store.Device) bool { return d.ID.String() == deviceID }, protocol.ErrNotFound)
}

// EndOthers signs every device of the caller's out but the one that asks, and
// with wipe asks them to delete their local data.
func (s *Service) EndOthers(ctx context.Context, c Caller, wipe bool) error {
	return s.end(ctx, c, wipe, func(d store.Device) bool { return d.ID.String() != c.DeviceID }, nil)
}

// end signs out those of the caller's devices that which picks, or returns
// none if there are none.
func (s *Service) end(ctx context.Context, c Caller, wipe bool, which func(store.Device) bool, none error) error {
	user, err := c.user()
	if err != nil {
		return err
	}
	err = s.st.Write(ctx, func(tx *store.Tx) error {
		if _, err := tx.LockUsers(user); err != nil {
			return err
		}
		n, err := s.endIn(tx, user, ending{reason: protocol.EndedSignedOut, byID: c.DeviceID, wipe: wipe}, which)
		if err == nil && n == 0 {
			return none
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("sign out: %w", err)
	}
	return nil
}

// ending is why and how devices are signed out.
type ending struct {
	code   int    // 0 means protocol.CloseSignedOut.
	reason string // One of protocol.Ended*.
	by     string // The name of the device that does it.
	byID   string // Or its id, if it is one of the user's.
	wipe   bool
}

// endIn signs out devices of a user who is locked, tells their journal, and has
// the sockets closed after the commit. It returns how many devices there were.
func (s *Service) endIn(tx *store.Tx, user store.ID, e ending, which func(store.Device) bool) (int, error) {
	devices, err := tx.Devices(user)
	if err != nil {
		return 0, err
	}
	orElse(&e.code, protocol.CloseSignedOut)
	for _, d := range devices {
		if d.ID.String() == e.byID {
			e.by = d.Name
		}
	}
	end := protocol.Ended{Reason: e.reason, By: e.by, AtMS: s.opt.Now().UnixMilli(), Wipe: e.wipe}
	var ended []store.Device
	var ids []store.ID
	var notes []journal.Note
	for _, d := range devices {
		if !which(d) {
			continue
		}
		d.EndedMS, d.EndedCode, d.EndedReason, d.EndedBy, d.Wipe = end.AtMS, e.code, end.Reason, end.By, end.Wipe
		ended, ids = append(ended, d), append(ids, d.ID)
		notes = append(notes, journal.Note{
			UserID: user, Kind: protocol.JournalDevice, Body: protocol.DeviceChange{Device: d.Wire(), Ended: true},
		})
	}
	if len(ended) == 0 {
		return 0, nil
	}
	if err := tx.EndDevices(ids, e.code, end); err != nil {
		return 0, err
	}
	tx.OnCommit(func() {
		for _, d := range ended {
			s.tell(d.ID.String())
			s.publishEnded(d)
		}
	})
	return len(ended), s.journal.Append(tx, notes...)
}

// ChangePassword replaces the caller's password; ErrBadCredentials if the old
// one is wrong.
func (s *Service) ChangePassword(ctx context.Context, c Caller, p protocol.ChangePassword) error {
	id, err := c.user()
	if err != nil {
		return err
	}
	if err := protocol.CheckPassword("new", p.New); err != nil {
		return err
	}
	user, err := s.st.Reader(ctx).User(id)
	if err != nil {
		return fmt.Errorf("change password: %w", notFound(err))
	}
	if user, err = s.check(ctx, user.Username, p.Old, "device "+c.DeviceID); err != nil {
		return err
	}
	hash, err := s.hasher.hash(ctx, p.New)
	if err != nil {
		return fmt.Errorf("change password: %w", err)
	}
	err = s.st.Write(ctx, func(tx *store.Tx) error {
		locked, err := tx.LockUsers(id)
		if err != nil {
			return err
		}
		if len(locked) == 0 || locked[0].PasswordHash != user.PasswordHash {
			return protocol.ErrBadCredentials // Changed from another device meanwhile.
		}
		if err := tx.SetPassword(id, hash); err != nil || !p.EndOthers {
			return err
		}
		_, err = s.endIn(tx, id, ending{reason: protocol.EndedPassword, byID: c.DeviceID}, func(d store.Device) bool {
			return d.ID.String() != c.DeviceID
		})
		return err
	})
	if err != nil {
		return fmt.Errorf("change password: %w", err)
	}
	return nil
}
