package test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"mychat/backend/bridge"
	"mychat/backend/session"
	"mychat/protocol"
	"mychat/server/store/storetest"
)

// app is the whole program behind a page, on a machine of its own.
type app struct {
	dir      string
	auth     *bridge.Auth
	settings *bridge.Settings
	chat     *bridge.Chat
	stop     func()
}

// openApp starts the program on a data folder. No keyring of the machine that
// runs the test is touched.
func openApp(t *testing.T, dir string) *app {
	t.Helper()
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
	a := &app{dir: dir}
	whole := bridge.New(t.Context(), bridge.Options{Dir: dir, Host: bridge.HostBrowser, Platform: protocol.PlatformLinux, Version: "1.0", Quit: func() {}, Log: testLog(t)})
	for _, bound := range whole.Bound() {
		switch b := bound.(type) {
		case *bridge.Auth:
			a.auth = b
		case *bridge.Settings:
			a.settings = b
		case *bridge.Chat:
			a.chat = b
		}
	}
	a.stop = inBackground(t, whole.Run)
	return a
}

// signIn makes or opens an account with a password.
func (a *app) signIn(t *testing.T, server, name string) {
	t.Helper()
	err := a.auth.SignIn(bridge.SignInRequest{Server: server, Username: name, Password: password, Remember: true})
	if err != nil {
		t.Fatalf("sign %s in: %v", name, err)
	}
}

func (a *app) state(t *testing.T) bridge.AuthState {
	t.Helper()
	s, err := a.auth.State()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// holds reports what the app has stored of its accounts.
func (a *app) holds(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(a.dir, "accounts", "*", "*"))
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// TestOneDeviceSignsAnotherIn plays the whole way, on two nodes where there are
// two: the new device asks one, the signed-in device answers at the other.
func TestOneDeviceSignsAnotherIn(t *testing.T) {
	onEveryStageInTurn(t, func(t *testing.T, s *stage) {
		here, there := s.nodes[0].url(), s.nodes[len(s.nodes)-1].url()
		old, fresh := openApp(t, t.TempDir()), openApp(t, t.TempDir())
		first := s.register(t, 0, "ana_lind")
		first.stop()
		old.signIn(t, there, "ana_lind")

		link, err := fresh.auth.AskLink(bridge.AskLinkRequest{Server: here})
		if err != nil {
			t.Fatal(err)
		}
		if server, code, ok := protocol.ParseLinkAddress(link.Address); !ok || server != here || code != link.Code {
			t.Errorf("the QR code says %q", link.Address)
		}
		claim, err := old.settings.ClaimLink(bridge.ClaimLinkRequest{Shown: link.Code[:4] + "-" + link.Code[4:]})
		if err != nil {
			t.Fatal(err)
		}
		if claim.Platform != protocol.PlatformLinux || claim.Name == "" || claim.Address != "127.0.0.1" || claim.AppVersion != "1.0" {
			t.Errorf("who asks: %+v", claim)
		}
		await := func(known, want string) bridge.LinkState {
			t.Helper()
			for known != want {
				state, err := fresh.auth.AwaitLink(bridge.AwaitLinkRequest{ID: link.ID, Known: known})
				if err != nil {
					t.Fatalf("await %s: %v", want, err)
				}
				if known = state.State; known == want {
					return state
				}
			}
			return bridge.LinkState{}
		}
		if state := await("", protocol.LinkClaimed); state.By == nil || state.By.Username != "ana_lind" {
			t.Errorf("while it is decided: %+v", state)
		}
		if err := old.settings.AnswerLink(bridge.AnswerLinkRequest{ID: claim.ID, Confirm: true}); err != nil {
			t.Fatal(err)
		}
		await(protocol.LinkClaimed, protocol.LinkGranted)
		if got := fresh.state(t); got.Phase != bridge.PhaseOpen || got.Account.Username != "ana_lind" || !got.Account.Remember {
			t.Errorf("the new device is %+v", got)
		}
		if _, err := fresh.auth.AwaitLink(bridge.AwaitLinkRequest{ID: link.ID}); bridge.AsError(err).Code != string(protocol.CodeExpired) {
			t.Errorf("asking again: %v", err)
		}
		devices, err := old.settings.Devices()
		if err != nil || len(devices) != 3 {
			t.Errorf("devices %+v, %v", devices, err)
		}

		t.Run("a code for another server", func(t *testing.T) {
			_, err := old.settings.ClaimLink(bridge.ClaimLinkRequest{Shown: protocol.LinkAddress("https://elsewhere.example", "K7QF2MXD")})
			if e := bridge.AsError(err); e.Code != string(protocol.CodeInvalid) || e.Field != "elsewhere" {
				t.Errorf("got %v", err)
			}
		})
		t.Run("what was dropped is not opened", func(t *testing.T) {
			third := openApp(t, t.TempDir())
			link, err := third.auth.AskLink(bridge.AskLinkRequest{Server: here})
			if err != nil {
				t.Fatal(err)
			}
			if err := third.auth.DropLink(); err != nil {
				t.Fatal(err)
			}
			if _, err := third.auth.AwaitLink(bridge.AwaitLinkRequest{ID: link.ID}); bridge.AsError(err).Code != string(protocol.CodeExpired) {
				t.Errorf("got %v", err)
			}
		})
	})
}

// onEveryStageInTurn is onEveryStage for tests that set the environment.
func onEveryStageInTurn(t *testing.T, play func(t *testing.T, s *stage)) {
	t.Run("sqlite", func(t *testing.T) { play(t, newStage(t, "", 1)) })
	if os.Getenv(storetest.Env) == "" {
		return
	}
	t.Run("two nodes", func(t *testing.T) { play(t, newStage(t, storetest.Postgres(t), 2)) })
}

// TestAnEndedDeviceKeepsOrWipes ends a device that is online, one that comes
// back later, and one whose account nobody opens, with and without its data.
func TestAnEndedDeviceKeepsOrWipes(t *testing.T) {
	s := newStage(t, "", 1)
	server := s.nodes[0].url()
	ana := s.register(t, 0, "ana_lind")
	ana.online(t)
	// end signs the newest device out.
	end := func(t *testing.T, wipe bool) time.Time {
		t.Helper()
		devices, err := ana.Devices(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(devices, func(d protocol.Device) bool { return !d.Current })
		if err := ana.EndDevice(t.Context(), devices[i].ID, wipe); err != nil {
			t.Fatal(err)
		}
		return time.Now()
	}
	// told waits until the user of a is told of the end.
	told := func(t *testing.T, a *app, wiped bool) {
		t.Helper()
		eventually(t, "the user is told", func() error {
			got := a.state(t)
			if got.Phase != bridge.PhaseSignedOut || len(got.Endings) != 1 {
				return fmt.Errorf("the app is %+v", got)
			}
			e := got.Endings[0]
			if e.Wiped != wiped || e.Reason != protocol.EndedSignedOut || e.By != "first" || e.Account.Username != "ana_lind" || e.AtMS == 0 {
				return fmt.Errorf("told %+v", e)
			}
			listed := slices.ContainsFunc(got.Accounts, func(acc session.Account) bool { return acc.Username == "ana_lind" })
			if files := a.holds(t); listed == wiped || (len(files) == 0) != wiped {
				return fmt.Errorf("listed %t, and here are %v", listed, files)
			}
			return nil
		})
	}
	connected := func(t *testing.T, a *app) {
		t.Helper()
		eventually(t, "the app is connected", func() error {
			devices, err := a.settings.Devices()
			if err != nil || len(a.holds(t)) == 0 {
				return fmt.Errorf("%d devices, %w", len(devices), err)
			}
			return nil
		})
	}
	for _, wipe := range []bool{false, true} {
		t.Run(fmt.Sprintf("online, wipe %t", wipe), func(t *testing.T) {
			best := patience // The machine may be busy: the best of three counts.
			for range 3 {
				a := openApp(t, t.TempDir())
				a.signIn(t, server, "ana_lind")
				connected(t, a)
				began := end(t, wipe)
				told(t, a, wipe)
				best = min(best, time.Since(began))
				a.stop()
			}
			if best > time.Second {
				t.Errorf("it took %v", best)
			}
		})
		for _, opens := range []bool{true, false} {
			t.Run(fmt.Sprintf("offline, opened again %t, wipe %t", opens, wipe), func(t *testing.T) {
				dir := t.TempDir()
				a := openApp(t, dir)
				a.signIn(t, server, "ana_lind")
				connected(t, a)
				id := a.state(t).Account.ID
				a.stop()
				end(t, wipe)
				a = openApp(t, dir)
				if opens {
					// The check at the start may have been faster: then there is
					// nothing to open.
					_ = a.auth.Open(bridge.OpenRequest{AccountID: id, Remember: true})
				}
				told(t, a, wipe)
				// What was told stays until the user read it, also over a restart.
				a.stop()
				a = openApp(t, dir)
				told(t, a, wipe)
				e := a.state(t).Endings[0]
				if err := a.auth.Told(bridge.ToldRequest{Server: e.Account.Server, UserID: e.Account.UserID}); err != nil {
					t.Fatal(err)
				}
				if got := a.state(t).Endings; len(got) != 0 {
					t.Errorf("still %+v", got)
				}
				a.stop()
			})
		}
	}
}
