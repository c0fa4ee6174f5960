package bridge

import (
	"context"
	"runtime"

	"mychat/backend/engine"
	"mychat/backend/session"
	"mychat/protocol"
)

// Settings is about this machine's choices and the user's own account.
type Settings struct{ app *App }

// About says which build this is.
type About struct {
	Version   string `json:"version"`
	Commit    string `json:"commit"`
	GoVersion string `json:"go_version"`
	Platform  string `json:"platform"` // windows, macos, linux.
	Host      string `json:"host"`     // desktop or browser.
	DataDir   string `json:"data_dir"`
	Locale    string `json:"locale"` // The system's language as a BCP 47 tag.

	// Following names the settings that follow the user to all of their devices.
	// While no account is open they are the machine's, like the others.
	Following []string `json:"following"`
}

// EndDeviceRequest signs one of the user's devices out.
type EndDeviceRequest struct {
	DeviceID string `json:"device_id"`
	Wipe     bool   `json:"wipe"` // It deletes what it has stored of the account.
}

// EndOthersRequest signs all the others out.
type EndOthersRequest struct {
	Wipe bool `json:"wipe"` // They delete what they have stored of the account.
}

// ClaimLinkRequest names the code of a device that asks to be signed in.
type ClaimLinkRequest struct {
	Shown string `json:"shown"` // The code as typed, or what the QR code says.
}

// AnswerLinkRequest confirms or refuses that such a device is signed in.
type AnswerLinkRequest struct {
	ID      string `json:"id"` // Of the claim.
	Confirm bool   `json:"confirm"`
}

// RenameDeviceRequest gives one of the user's devices a name.
type RenameDeviceRequest struct {
	DeviceID string `json:"device_id"`
	Name     string `json:"name"`
}

// ChangeSettingsRequest changes some settings.
type ChangeSettingsRequest struct {
	Names    []string         `json:"names"`    // Which, by their names in JSON.
	Settings session.Settings `json:"settings"` // What else it holds is not looked at.
}

// Get returns the settings that hold now: the machine's, and over them those of
// the open account that follow its user.
func (s *Settings) Get() (session.Settings, error) {
	return onMachine(s.app, func(ctx context.Context, _ *session.Session) (session.Settings, error) {
		return s.app.Settings(ctx)
	})
}

// Change changes some of the settings: where they follow the user, those of the
// open account, and otherwise the machine's.
func (s *Settings) Change(r ChangeSettingsRequest) error {
	_, err := onMachine(s.app, func(ctx context.Context, _ *session.Session) (struct{}, error) {
		return struct{}{}, s.app.changeSettings(ctx, r)
	})
	return err
}

// Shortcut is a chosen key.
type Shortcut struct {
	Action string `json:"action"` // What it does.
	Chord  string `json:"chord"`  // Such as Mod+Shift+K; "" for no key.
}

// ShortcutsRequest holds the chosen keys; what is not named has its usual one.
type ShortcutsRequest struct {
	Shortcuts []Shortcut `json:"shortcuts"`
}

// Shortcuts returns the keys that the user of the open account chose for devices
// of this kind; none while no account is open.
func (s *Settings) Shortcuts() ([]Shortcut, error) {
	return list(guarded(s.app, func() ([]Shortcut, error) {
		ctx, cancel := context.WithTimeout(context.Background(), callWithin)
		defer cancel()
		return s.app.shortcuts(ctx)
	}))
}

// SetShortcuts replaces them, on all of the user's devices of this kind.
func (s *Settings) SetShortcuts(r ShortcutsRequest) error {
	return doEngine(s.app, func(ctx context.Context, e *engine.Engine) error {
		keys := protocol.Shortcuts{}
		for _, k := range r.Shortcuts {
			keys[k.Action] = k.Chord
		}
		value, err := protocol.Encode(keys)
		if err != nil {
			return err
		}
		return e.SetPreference(ctx, protocol.Preference{Name: s.app.shortcutsName(), Value: value})
	})
}

// About says which build this is.
func (s *Settings) About() (About, error) {
	return guarded(s.app, func() (About, error) {
		opt := s.app.opt
		return About{
			Version: opt.Version, Commit: opt.Commit, GoVersion: runtime.Version(), Platform: opt.Platform,
			Host: opt.Host, DataDir: opt.Dir, Locale: opt.Locale,
			Following: following(),
		}, nil
	})
}

// Me returns the open account, from the local store.
func (s *Settings) Me() (protocol.Me, error) {
	return onEngine(s.app, func(ctx context.Context, e *engine.Engine) (protocol.Me, error) { return e.Me(ctx) })
}

// UpdateMe changes the open account on the server.
func (s *Settings) UpdateMe(r protocol.UpdateMe) (protocol.Me, error) {
	return onEngine(s.app, func(ctx context.Context, e *engine.Engine) (protocol.Me, error) { return e.UpdateMe(ctx, r) })
}

// ChangePassword replaces the open account's password.
func (s *Settings) ChangePassword(r protocol.ChangePassword) error {
	return doEngine(s.app, func(ctx context.Context, e *engine.Engine) error { return e.ChangePassword(ctx, r) })
}

// Devices asks the server for the account's signed-in devices.
func (s *Settings) Devices() ([]protocol.Device, error) {
	return list(onEngine(s.app, func(ctx context.Context, e *engine.Engine) ([]protocol.Device, error) {
		return e.Devices(ctx)
	}))
}

// RenameDevice gives a device a name, which the account's other devices show too.
func (s *Settings) RenameDevice(r RenameDeviceRequest) error {
	return doEngine(s.app, func(ctx context.Context, e *engine.Engine) error { return e.RenameDevice(ctx, r.DeviceID, r.Name) })
}

// EndOtherDevices signs every other device of the account out.
func (s *Settings) EndOtherDevices(r EndOthersRequest) error {
	return doEngine(s.app, func(ctx context.Context, e *engine.Engine) error { return e.EndOtherDevices(ctx, r.Wipe) })
}

// EndDevice signs another device out.
func (s *Settings) EndDevice(r EndDeviceRequest) error {
	return doEngine(s.app, func(ctx context.Context, e *engine.Engine) error { return e.EndDevice(ctx, r.DeviceID, r.Wipe) })
}

// ClaimLink names the code that another device shows, and returns who asks to
// be signed in. The error not_found says that there is no such code, or not any
// more; invalid with the field elsewhere, that it is for another server.
func (s *Settings) ClaimLink(r ClaimLinkRequest) (protocol.LinkClaim, error) {
	return onEngine(s.app, func(ctx context.Context, e *engine.Engine) (protocol.LinkClaim, error) {
		return e.ClaimLink(ctx, r.Shown)
	})
}

// AnswerLink confirms or refuses that the device of a claim is signed in.
func (s *Settings) AnswerLink(r AnswerLinkRequest) error {
	return doEngine(s.app, func(ctx context.Context, e *engine.Engine) error { return e.AnswerLink(ctx, r.ID, r.Confirm) })
}

// Offered is what the open account's server does that not every server does.
type Offered struct {
	LinkPreviews bool `json:"link_previews"` // It looks at the pages behind links.
}

// Offered says what the open account's server does, as far as it ever said.
func (s *Settings) Offered() (Offered, error) {
	return onEngine(s.app, func(ctx context.Context, e *engine.Engine) (Offered, error) {
		links, err := e.PreviewsOffered(ctx)
		return Offered{LinkPreviews: links}, err
	})
}

// Quit ends the program around the page, also where closing its window does
// not.
func (s *Settings) Quit() error {
	_, err := guarded(s.app, func() (struct{}, error) {
		s.app.opt.Quit()
		return struct{}{}, nil
	})
	return err
}
