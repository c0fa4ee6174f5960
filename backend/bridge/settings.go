package bridge

import (
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
}

// DeviceRequest names one of the user's devices.
type DeviceRequest struct {
	DeviceID string `json:"device_id"`
}

// Get returns the machine's settings.
func (s *Settings) Get() (session.Settings, error) { return session.Settings{}, errNotYet }

// Set replaces the machine's settings.
func (s *Settings) Set(v session.Settings) error { return errNotYet }

// About says which build this is.
func (s *Settings) About() (About, error) { return About{}, errNotYet }

// Me returns the open account, from the local store.
func (s *Settings) Me() (protocol.Me, error) { return protocol.Me{}, errNotYet }

// UpdateMe changes the open account on the server.
func (s *Settings) UpdateMe(r protocol.UpdateMe) (protocol.Me, error) {
	return protocol.Me{}, errNotYet
}

// ChangePassword replaces the open account's password.
func (s *Settings) ChangePassword(r protocol.ChangePassword) error { return errNotYet }

// Devices asks the server for the account's signed-in devices.
func (s *Settings) Devices() ([]protocol.Device, error) { return nil, errNotYet }

// EndDevice signs another device out.
func (s *Settings) EndDevice(r DeviceRequest) error { return errNotYet }
