package account_test

import (
	"context"
	"encoding/base64"
	"slices"
	"strings"
	"testing"
	"time"

	"mychat/protocol"
	"mychat/server/account"
	"mychat/server/bus"
	"mychat/server/store"
	"mychat/server/store/storetest"
)

func TestRegister(t *testing.T) {
	each(t, account.Options{}, func(t *testing.T, w *world) {
		good := protocol.Register{Username: "Ana_1", Nickname: " 安娜 🎈 ", Password: "12345678", Device: device("laptop")}
		s, err := w.Register(t.Context(), good, address)
		if err != nil {
			t.Fatal(err)
		}
		if s.Me.Profile.Username != "Ana_1" || s.Me.Profile.Nickname != "安娜 🎈" || s.Me.FindableByNickname {
			t.Errorf("me is %+v", s.Me)
		}
		c, err := w.Authenticate(t.Context(), s.Token, address)
		if err != nil || c.UserID != s.Me.Profile.ID || c.DeviceID != s.DeviceID {
			t.Errorf("the token stands for %+v, %v", c, err)
		}
		if me, err := w.Me(t.Context(), c.UserID); err != nil || me != s.Me {
			t.Errorf("me is %+v, %v", me, err)
		}
		for _, tt := range []struct {
			name   string
			change func(*protocol.Register)
			want   protocol.Code
			field  string
		}{
			{"taken in another case", func(r *protocol.Register) { r.Username = "aNA_1" }, protocol.CodeTaken, ""},
			{"short username", func(r *protocol.Register) { r.Username = "ana" }, protocol.CodeInvalid, "username"},
			{"strange username", func(r *protocol.Register) { r.Username = "ana-maria" }, protocol.CodeInvalid, "username"},
			{"no nickname", func(r *protocol.Register) { r.Nickname = " " }, protocol.CodeInvalid, "nickname"},
			{"reversed nickname", func(r *protocol.Register) { r.Nickname = "a\u202eb" }, protocol.CodeInvalid, "nickname"},
			{"short password", func(r *protocol.Register) { r.Password = "1234567" }, protocol.CodeInvalid, "password"},
			{"no device name", func(r *protocol.Register) { r.Device.Name = "" }, protocol.CodeInvalid, "device.name"},
			{"unknown platform", func(r *protocol.Register) { r.Device.Platform = "toaster" }, protocol.CodeInvalid, "device.platform"},
			{"no key", func(r *protocol.Register) { r.Device.PublicKey = "" }, protocol.CodeInvalid, "device.public_key"},
			{"short key", func(r *protocol.Register) {
				r.Device.PublicKey = base64.StdEncoding.EncodeToString(make([]byte, 31))
			}, protocol.CodeInvalid, "device.public_key"},
		} {
			r := good
			r.Username = "other_1"
			tt.change(&r)
			_, err := w.Register(t.Context(), r, address)
			if e := protocol.AsError(err); e == nil || e.Code != tt.want || e.Field != tt.field {
				t.Errorf("%s: got %v, want %s %s", tt.name, err, tt.want, tt.field)
			}
		}
	})
}

func TestRegistrationPolicy(t *testing.T) {
	each(t, account.Options{Registration: protocol.RegistrationClosed}, func(t *testing.T, w *world) {
		_, err := w.Register(t.Context(), protocol.Register{Username: "ana_1", Nickname: "A", Password: password, Device: device("x")}, address)
		wantCode(t, "closed", err, protocol.CodeClosed)
	})
	each(t, account.Options{Registration: protocol.RegistrationInvite}, func(t *testing.T, w *world) {
		register := func(name, invite string) error {
			_, err := w.Register(t.Context(), protocol.Register{
				Username: name, Nickname: "A", Password: password, Invite: invite, Device: device("x"),
			}, address)
			return err
		}
		code, err := w.CreateInvite(t.Context(), 2, 24*time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		wantCode(t, "without a code", register("ana_1", ""), protocol.CodeInvite)
		wantCode(t, "with a wrong code", register("ana_1", "AAAA-BBBB-CCCC-DDDD"), protocol.CodeInvite)
		wantCode(t, "with the code", register("ana_1", strings.ToLower(" "+strings.ReplaceAll(code, "-", " "))), "")
		wantCode(t, "a taken name without a code", register("ANA_1", ""), protocol.CodeInvite) // It tells nobody who exists.
		wantCode(t, "a taken name", register("ANA_1", code), protocol.CodeTaken)               // And costs no use.
		wantCode(t, "with the code again", register("bob_1", code), "")
		wantCode(t, "with a spent code", register("eve_1", code), protocol.CodeInvite)
		code, err = w.CreateInvite(t.Context(), 1, time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		w.clock.add(time.Hour)
		wantCode(t, "with an expired code", register("eve_1", code), protocol.CodeInvite)
	})
}

func TestSignInTellsNobodyWhoExists(t *testing.T) {
	each(t, account.Options{}, func(t *testing.T, w *world) {
		w.register("Ana_1")
		if s, err := w.signIn("ANA_1", password); err != nil || s.Me.Profile.Username != "Ana_1" {
			t.Errorf("%+v, %v", s, err)
		}
		_, wrong := w.signIn("ana_1", "wrong horse")
		_, unknown := w.signIn("nobody", password)
		_, strange := w.signIn("\x00\xff", password)
		for _, err := range []error{wrong, unknown, strange} {
			wantCode(t, "sign in", err, protocol.CodeBadCredentials)
			if err.Error() != wrong.Error() {
				t.Errorf("answers differ: %v, %v", err, wrong)
			}
		}
	})
}

// TestSignInHashesOnce holds that time does not tell who exists either.
func TestSignInHashesOnce(t *testing.T) {
	w := newWorld(t, storetest.Open(t), account.Options{})
	w.register("ana_1")
	w.register("dan_1")
	if err := w.SetDisabled(t.Context(), "dan_1", true); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, username, password string
		want                     protocol.Code
	}{
		{"right", "ana_1", password, ""},
		{"wrong password", "ana_1", "wrong horse", protocol.CodeBadCredentials},
		{"unknown user", "nobody_1", password, protocol.CodeBadCredentials},
		{"no username at all", "", password, protocol.CodeBadCredentials},
		{"nobody's name", "\x00\xff", password, protocol.CodeBadCredentials},
		{"a name longer than any", strings.Repeat("a", 1000), password, protocol.CodeBadCredentials},
		{"no password", "ana_1", "", protocol.CodeBadCredentials},
		{"disabled, right", "dan_1", password, protocol.CodeDisabled},
		{"disabled, wrong", "dan_1", "wrong horse", protocol.CodeBadCredentials},
	} {
		var err error
		if n := w.CountHashes(t.Context(), func() { _, err = w.signIn(tt.username, tt.password) }); n != 1 {
			t.Errorf("%s: %d hashes, want 1", tt.name, n)
		}
		wantCode(t, tt.name, err, tt.want)
	}
}

func TestThrottle(t *testing.T) {
	opt := account.Options{AccountTries: 3, AccountForgive: 10 * time.Second, AddressTries: 5, AddressForgive: time.Second}
	each(t, opt, func(t *testing.T, w *world) {
		w.register("ana_1")
		try := func(name, pass, from string) error {
			_, err := w.SignIn(t.Context(), protocol.SignIn{Username: name, Password: pass, Device: device("x")}, from)
			return err
		}
		for i := range 3 {
			wantCode(t, "wrong", try("ana_1", "wrong horse", "2001:db8::"+string(rune('1'+i))), protocol.CodeBadCredentials)
		}
		err := try("ANA_1", password, "198.51.100.7")
		wantCode(t, "the fourth, though right, from elsewhere", err, protocol.CodeRateLimited)
		if got := retryAfter(err); got != 10*time.Second || !strings.Contains(err.Error(), "try again in 10 s") {
			t.Errorf("wait %v: %v", got, err)
		}
		w.clock.add(10 * time.Second)
		for range 5 { // Right ones cost nothing.
			wantCode(t, "right", try("ana_1", password, "198.51.100.7"), "")
		}
		for i := range 5 {
			wantCode(t, "many names", try("user_"+string(rune('a'+i)), "x", "2001:db8:1::1"), protocol.CodeBadCredentials)
		}
		wantCode(t, "the same network", try("user_z", "x", "2001:db8:1::2"), protocol.CodeRateLimited)
		wantCode(t, "another network", try("user_z", "x", "2001:db8:1:1::2"), protocol.CodeBadCredentials)
	})
}

func TestAHashWithOtherParametersIsRenewed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st, account.Options{})
		ana := w.register("ana_1")
		hash := func() string {
			id, _ := store.ParseID(ana.UserID)
			u, err := st.Reader(t.Context()).User(id)
			if err != nil {
				t.Fatal(err)
			}
			return u.PasswordHash
		}
		old := hash()
		later := newWorld(t, st, account.Options{Hash: account.HashOptions{MemoryKiB: 128, Time: 2, Threads: 1}})
		_, err := later.signIn("ana_1", "wrong horse")
		wantCode(t, "wrong", err, protocol.CodeBadCredentials)
		if hash() != old {
			t.Error("a wrong password renewed the hash")
		}
		if _, err := later.signIn("ana_1", password); err != nil {
			t.Fatal(err)
		}
		if got := hash(); !strings.HasPrefix(got, "$argon2id$v=19$m=128,t=2,p=1$") {
			t.Errorf("hash %s", got)
		}
		if _, err := later.signIn("ana_1", password); err != nil {
			t.Errorf("with the renewed hash: %v", err)
		}
	})
}

// ended returns the events of ended devices that b carries from now on.
func ended(t *testing.T, b *bus.Bus) <-chan bus.Event {
	t.Helper()
	sub, err := b.Subscribe()
	if err != nil {
		t.Fatal(err)
	}
	events := make(chan bus.Event, 100)
	storetest.Background(t, func(ctx context.Context) error {
		return sub.Run(ctx, func(e bus.Event) {
			if e.Kind == bus.KindEnded {
				events <- e
			}
		})
	})
	return events
}

func wait(t *testing.T, events <-chan bus.Event) bus.Event {
	t.Helper()
	select {
	case e := <-events:
		return e
	case <-time.After(10 * time.Second):
		t.Fatal("the end of the session was not told")
		return bus.Event{}
	}
}

func TestDevices(t *testing.T) {
	each(t, account.Options{}, func(t *testing.T, w *world) {
		ana, bob := w.register("ana_1"), w.register("bob_1")
		events := ended(t, w.bus)
		w.clock.add(time.Minute)
		var tokens, ids []string
		for range 3 {
			s, err := w.signIn("ana_1", password)
			if err != nil {
				t.Fatal(err)
			}
			tokens, ids = append(tokens, s.Token), append(ids, s.DeviceID)
			if _, err := w.Authenticate(t.Context(), s.Token, address); err != nil { // Now it is remembered.
				t.Fatal(err)
			}
		}
		if got := len(rows[protocol.DeviceChange](ana, protocol.JournalDevice)); got != 3 {
			t.Errorf("%d device rows, want 3", got)
		}
		list, err := w.Devices(t.Context(), ana.Caller)
		if err != nil || len(list) != 4 || !list[3].Current || list[0].Current || list[3].Address != address {
			t.Errorf("devices %+v, %v", list, err)
		}
		if c := last[protocol.DeviceChange](ana, protocol.JournalDevice); !c.New || c.Device.ID != ids[2] {
			t.Errorf("row of a sign-in: %+v", c)
		}
		rename := func(c account.Caller, id, name string) (protocol.Device, error) {
			return w.RenameDevice(t.Context(), c, id, protocol.RenameDevice{Name: name})
		}
		if d, err := rename(ana.Caller, ids[0], "  Kitchen  "); err != nil || d.Name != "Kitchen" || d.ID != ids[0] || d.Current {
			t.Errorf("renamed: %+v, %v", d, err)
		}
		if c := last[protocol.DeviceChange](ana, protocol.JournalDevice); c.New || c.Ended || c.Device.Name != "Kitchen" {
			t.Errorf("row of a new name: %+v", c)
		}
		if d, err := rename(ana.Caller, ids[0], "Kitchen"); err != nil || d.Name != "Kitchen" {
			t.Errorf("renamed again: %+v, %v", d, err)
		}
		if got := len(rows[protocol.DeviceChange](ana, protocol.JournalDevice)); got != 4 {
			t.Errorf("%d device rows, want 4: the same name is no change", got)
		}
		_, err = rename(bob.Caller, ids[0], "Mine")
		wantCode(t, "naming another's device", err, protocol.CodeNotFound)
		for _, name := range []string{"", " ", strings.Repeat("x", protocol.MaxDeviceName+1), "a\nb"} {
			_, err = rename(ana.Caller, ids[0], name)
			wantCode(t, "a bad name", err, protocol.CodeInvalid)
		}
		wantCode(t, "another's device", w.EndDevice(t.Context(), bob.Caller, ids[0], false), protocol.CodeNotFound)
		if err := w.EndDevice(t.Context(), ana.Caller, ids[0], false); err != nil {
			t.Fatal(err)
		}
		if e := wait(t, events); e.DeviceID != ids[0] || e.UserID != ana.UserID || e.Code != protocol.CloseSignedOut {
			t.Errorf("told %+v", e)
		}
		if c := last[protocol.DeviceChange](ana, protocol.JournalDevice); !c.Ended || c.Device.ID != ids[0] {
			t.Errorf("row %+v", c)
		}
		_, err = w.Authenticate(t.Context(), tokens[0], address)
		wantCode(t, "an ended session", err, protocol.CodeUnauthorized)
		wantCode(t, "ending it twice", w.EndDevice(t.Context(), ana.Caller, ids[0], false), protocol.CodeNotFound)
		if err := w.EndOthers(t.Context(), ana.Caller, false); err != nil {
			t.Fatal(err)
		}
		got := []string{wait(t, events).DeviceID, wait(t, events).DeviceID}
		slices.Sort(got)
		want := slices.Sorted(slices.Values(ids[1:]))
		if !slices.Equal(got, want) {
			t.Errorf("ended %v, want %v", got, want)
		}
		for range 2 { // Signing out twice is a success.
			if err := w.SignOut(t.Context(), ana.Caller); err != nil {
				t.Error(err)
			}
		}
		_, err = w.Authenticate(t.Context(), ana.token, address)
		wantCode(t, "signed out", err, protocol.CodeUnauthorized)
		_, err = w.Authenticate(t.Context(), "", address)
		wantCode(t, "no token", err, protocol.CodeUnauthorized)
	})
}

func TestChangePassword(t *testing.T) {
	each(t, account.Options{}, func(t *testing.T, w *world) {
		ana := w.register("ana_1")
		other, err := w.signIn("ana_1", password)
		if err != nil {
			t.Fatal(err)
		}
		change := func(old, fresh string, endOthers bool) error {
			return w.ChangePassword(t.Context(), ana.Caller, protocol.ChangePassword{Old: old, New: fresh, EndOthers: endOthers})
		}
		wantCode(t, "wrong old", change("wrong horse", "new password", false), protocol.CodeBadCredentials)
		wantCode(t, "short new", change(password, "short", false), protocol.CodeInvalid)
		wantCode(t, "right", change(password, "new password", true), "")
		_, err = w.signIn("ana_1", password)
		wantCode(t, "the old one", err, protocol.CodeBadCredentials)
		_, err = w.signIn("ana_1", "new password")
		wantCode(t, "the new one", err, "")
		_, err = w.Authenticate(t.Context(), other.Token, address)
		wantCode(t, "the other device", err, protocol.CodeUnauthorized)
		_, err = w.Authenticate(t.Context(), ana.token, address)
		wantCode(t, "this device", err, "")
	})
}

// TestAdministratorOnTheSameDatabase has another process, without the server's
// bus, change accounts while the server runs.
func TestAdministratorOnTheSameDatabase(t *testing.T) {
	storetest.EachDSN(t, func(t *testing.T, dsn string) {
		w := newWorld(t, storetest.OpenDSN(t, dsn), account.Options{SweepEvery: 5 * time.Millisecond})
		admin := newWorld(t, storetest.OpenDSN(t, dsn), account.Options{})
		storetest.Background(t, w.Run)
		ana := w.register("Ana_1")
		events := ended(t, w.bus)
		signedIn := func() {
			t.Helper()
			if _, err := w.Authenticate(t.Context(), ana.token, address); err != nil {
				t.Fatal(err)
			}
		}
		signedIn()
		if err := admin.SetDisabled(t.Context(), "ana_1", true); err != nil {
			t.Fatal(err)
		}
		if e := wait(t, events); e.DeviceID != ana.DeviceID || e.Code != protocol.CloseDisabled {
			t.Errorf("told %+v", e)
		}
		_, err := w.Authenticate(t.Context(), ana.token, address)
		wantCode(t, "disabled", err, protocol.CodeDisabled)
		_, err = w.signIn("ana_1", password)
		wantCode(t, "signing in while disabled", err, protocol.CodeDisabled)
		_, err = w.signIn("ana_1", "wrong horse")
		wantCode(t, "a wrong password while disabled", err, protocol.CodeBadCredentials)
		if err := admin.SetDisabled(t.Context(), "ana_1", false); err != nil {
			t.Fatal(err)
		}
		fresh, err := admin.ResetPassword(t.Context(), "ana_1")
		if err != nil {
			t.Fatal(err)
		}
		_, err = w.signIn("ana_1", password)
		wantCode(t, "the old password", err, protocol.CodeBadCredentials)
		s, err := w.signIn("ana_1", fresh)
		if err != nil {
			t.Fatal(err)
		}
		users, err := admin.Users(t.Context(), "", 10)
		if err != nil || len(users) != 1 || users[0].Username != "Ana_1" || users[0].Devices != 1 || users[0].Disabled {
			t.Errorf("users %+v, %v", users, err)
		}
		if users, err := admin.Users(t.Context(), "Ana_1", 10); err != nil || len(users) != 0 {
			t.Errorf("next page %+v, %v", users, err)
		}
		if err := admin.SignOutEverywhere(t.Context(), "ana_1"); err != nil {
			t.Fatal(err)
		}
		if e := wait(t, events); e.DeviceID != s.DeviceID || e.Code != protocol.CloseSignedOut {
			t.Errorf("told %+v", e)
		}
		wantCode(t, "an unknown user", admin.SignOutEverywhere(t.Context(), "nobody"), protocol.CodeNotFound)
	})
}

func TestHashesAreBounded(t *testing.T) {
	w := newWorld(t, storetest.Open(t), account.Options{Hashes: 1})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	// Whoever stops waiting leaves no slot taken.
	for range 5 {
		if _, err := w.SignIn(ctx, protocol.SignIn{Username: "nobody", Password: password, Device: device("x")}, address); err == nil {
			t.Error("a cancelled sign-in succeeded")
		}
	}
	w.register("ana_1")
}
