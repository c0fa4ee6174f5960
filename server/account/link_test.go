package account_test

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"reflect"
	"slices"
	"testing"
	"time"

	"mychat/protocol"
	"mychat/server/account"
	"mychat/server/store"
	"mychat/server/store/storetest"
)

// newcomer is a device that asks to be signed in by another one.
type newcomer struct {
	w    *world
	key  ed25519.PrivateKey
	link protocol.Link
}

// newcomer asks for a link from an address.
func (w *world) newcomer(from string) *newcomer {
	w.t.Helper()
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		w.t.Fatal(err)
	}
	n := &newcomer{w: w, key: key}
	n.ask(from)
	return n
}

// ask asks again with the same key.
func (n *newcomer) ask(from string) {
	n.w.t.Helper()
	info := device("tablet")
	info.PublicKey = base64.StdEncoding.EncodeToString(n.key.Public().(ed25519.PublicKey))
	link, err := n.w.AskLink(n.w.t.Context(), protocol.AskLink{Device: info}, from)
	if err != nil {
		n.w.t.Fatalf("ask for a link: %v", err)
	}
	n.link = link
}

// proof is what the device signs with a key.
func (n *newcomer) proof(key ed25519.PrivateKey) string {
	return base64.StdEncoding.EncodeToString(ed25519.Sign(key, protocol.LinkProof(n.link.ID, n.link.Challenge)))
}

// state asks what became of the link.
func (n *newcomer) state(known string) (protocol.LinkState, error) {
	return n.w.AwaitLink(n.w.t.Context(), n.link.ID, protocol.AwaitLink{Signature: n.proof(n.key), Known: known})
}

func (p person) claim(code string) (protocol.LinkClaim, error) {
	return p.w.ClaimLink(p.w.t.Context(), p.Caller, protocol.ClaimLink{Code: code})
}

func (p person) settle(id string, confirm bool) error {
	return p.w.AnswerLink(p.w.t.Context(), p.Caller, id, protocol.AnswerLink{Confirm: confirm})
}

// granted asks for a link from an address and has it confirmed.
func (p person) granted(from string) *newcomer {
	p.w.t.Helper()
	n := p.w.newcomer(from)
	claim, err := p.claim(n.link.Code)
	if err == nil {
		err = p.settle(claim.ID, true)
	}
	if err != nil {
		p.w.t.Fatalf("confirm: %v", err)
	}
	return n
}

func TestLink(t *testing.T) {
	each(t, account.Options{}, func(t *testing.T, w *world) {
		ana := w.register("ana_lind")
		n := w.newcomer("198.51.100.7")
		if n.link.LivesMS != 60_000 {
			t.Errorf("the code lives %d ms", n.link.LivesMS)
		}
		if got, err := n.state(""); err != nil || got.State != protocol.LinkAsked || got.By != nil {
			t.Errorf("before anybody looked: %+v, %v", got, err)
		}
		// However it is typed.
		claim, err := ana.claim(" " + n.link.Code[:4] + "-" + n.link.Code[4:] + " ")
		want := protocol.LinkClaim{
			ID: n.link.ID, Name: "tablet", Platform: protocol.PlatformLinux, AppVersion: "1.0", Address: "198.51.100.7",
			AskedMS: w.clock.Now().UnixMilli(), LivesMS: 120_000,
		}
		if err != nil || claim != want {
			t.Fatalf("claim %+v, %v, want %+v", claim, err, want)
		}
		got, err := n.state(protocol.LinkAsked)
		if err != nil || got.State != protocol.LinkClaimed || got.By == nil || got.By.ID != ana.UserID || got.Session != nil {
			t.Errorf("while she decides: %+v, %v", got, err)
		}
		for range 2 { // A repeat is a success.
			if err := ana.settle(claim.ID, true); err != nil {
				t.Fatal(err)
			}
		}
		got, err = n.state(protocol.LinkClaimed)
		if err != nil || got.State != protocol.LinkGranted || got.Session == nil {
			t.Fatalf("confirmed: %+v, %v", got, err)
		}
		c, err := w.Authenticate(t.Context(), got.Session.Token, address)
		if err != nil || c.UserID != ana.UserID || c.DeviceID != got.Session.DeviceID || got.Session.Me.Profile.Username != "ana_lind" {
			t.Errorf("the token stands for %+v, %v", c, err)
		}
		if row := last[protocol.DeviceChange](ana, protocol.JournalDevice); !row.New || row.Device.Name != "tablet" || row.Device.Address != "198.51.100.7" {
			t.Errorf("the others are told %+v", row)
		}
		wantCode(t, "confirming what was fetched", ana.settle(claim.ID, true), protocol.CodeNotFound)

		refused := w.newcomer(address)
		claim, err = ana.claim(refused.link.Code)
		if err != nil {
			t.Fatal(err)
		}
		if err := ana.settle(claim.ID, false); err != nil {
			t.Fatal(err)
		}
		if got, err := refused.state(protocol.LinkClaimed); err != nil || got.State != protocol.LinkRefused || got.Session != nil {
			t.Errorf("refused: %+v, %v", got, err)
		}
		wantCode(t, "confirming what was refused", ana.settle(claim.ID, true), protocol.CodeNotFound)
	})
}

// TestLinkAbuse is the table of what must not get anybody in, or learn anything.
func TestLinkAbuse(t *testing.T) {
	each(t, account.Options{LinkWait: time.Millisecond}, func(t *testing.T, w *world) {
		ana, eve := w.register("ana_lind"), w.register("eve_2026")
		_, other, err := ed25519.GenerateKey(nil)
		if err != nil {
			t.Fatal(err)
		}
		claimed := func(p person, n *newcomer) string {
			claim, err := p.claim(n.link.Code)
			if err != nil {
				t.Fatal(err)
			}
			return claim.ID
		}
		answers := map[protocol.Code]*protocol.Error{} // The first of each code: all are the same.
		fetch := func(n *newcomer) error { _, err := n.state(""); return err }
		for _, tt := range []struct {
			name string
			do   func(t *testing.T, n *newcomer) error
			want protocol.Code
		}{
			{"a wrong code", func(_ *testing.T, _ *newcomer) error { _, err := eve.claim("22222222"); return err }, protocol.CodeNotFound},
			{"no code at all", func(_ *testing.T, _ *newcomer) error { _, err := eve.claim("x\x00"); return err }, protocol.CodeNotFound},
			{"an expired code", func(_ *testing.T, n *newcomer) error {
				w.clock.add(time.Minute)
				_, err := ana.claim(n.link.Code)
				return err
			}, protocol.CodeNotFound},
			{"a used code", func(_ *testing.T, n *newcomer) error {
				claimed(ana, n)
				_, err := eve.claim(n.link.Code)
				return err
			}, protocol.CodeNotFound},
			{"a code twice by the same", func(_ *testing.T, n *newcomer) error {
				claimed(ana, n)
				_, err := ana.claim(n.link.Code)
				return err
			}, protocol.CodeNotFound},
			{"confirming without the code", func(_ *testing.T, n *newcomer) error { return eve.settle(n.link.ID, true) }, protocol.CodeNotFound},
			{"confirming what another looks at", func(_ *testing.T, n *newcomer) error {
				claimed(ana, n)
				return eve.settle(n.link.ID, true)
			}, protocol.CodeNotFound},
			{"confirming nothing", func(_ *testing.T, _ *newcomer) error { return eve.settle("17", true) }, protocol.CodeNotFound},
			{"confirming too late", func(_ *testing.T, n *newcomer) error {
				claimed(ana, n)
				w.clock.add(2 * time.Minute)
				return ana.settle(n.link.ID, true)
			}, protocol.CodeNotFound},
			{"confirming as a disabled user", func(t *testing.T, n *newcomer) error {
				claimed(eve, n)
				disable(t, w, "eve_2026")
				return eve.settle(n.link.ID, true)
			}, protocol.CodeDisabled},
			{"fetching what a user confirmed who is disabled since", func(t *testing.T, n *newcomer) error {
				if err := eve.settle(claimed(eve, n), true); err != nil {
					return err
				}
				disable(t, w, "eve_2026")
				return fetch(n)
			}, protocol.CodeExpired},
			{"fetching what a device confirmed that is signed out since", func(_ *testing.T, n *newcomer) error {
				s, err := w.signIn("ana_lind", password)
				if err != nil {
					return err
				}
				phone := person{account.Caller{UserID: ana.UserID, DeviceID: s.DeviceID}, s.Token, w}
				if err := phone.settle(claimed(phone, n), true); err != nil {
					return err
				}
				if err := w.EndDevice(t.Context(), ana.Caller, s.DeviceID, false); err != nil {
					return err
				}
				return fetch(n)
			}, protocol.CodeExpired},
			{"fetching with another key", func(_ *testing.T, n *newcomer) error {
				if err := ana.settle(claimed(ana, n), true); err != nil {
					return err
				}
				_, err := w.AwaitLink(t.Context(), n.link.ID, protocol.AwaitLink{Signature: n.proof(other)})
				if code(err) == protocol.CodeExpired && fetch(n) != nil {
					t.Error("after that, the right key gets nothing either")
				}
				return err
			}, protocol.CodeExpired},
			{"waiting with no signature", func(_ *testing.T, n *newcomer) error {
				_, err := w.AwaitLink(t.Context(), n.link.ID, protocol.AwaitLink{Signature: "not base64"})
				return err
			}, protocol.CodeExpired},
			{"waiting for nothing", func(_ *testing.T, n *newcomer) error {
				_, err := w.AwaitLink(t.Context(), "17", protocol.AwaitLink{Signature: n.proof(n.key)})
				return err
			}, protocol.CodeExpired},
			{"the signature for another link", func(_ *testing.T, n *newcomer) error {
				_, err := w.AwaitLink(t.Context(), w.newcomer(address).link.ID, protocol.AwaitLink{Signature: n.proof(n.key)})
				return err
			}, protocol.CodeExpired},
			{"waiting for what is over", func(_ *testing.T, n *newcomer) error {
				w.clock.add(time.Minute)
				return fetch(n)
			}, protocol.CodeExpired},
			{"fetching twice", func(_ *testing.T, n *newcomer) error {
				if err := ana.settle(claimed(ana, n), true); err != nil {
					return err
				}
				if err := fetch(n); err != nil {
					return err
				}
				return fetch(n)
			}, protocol.CodeExpired},
			{"fetching too late", func(_ *testing.T, n *newcomer) error {
				if err := ana.settle(claimed(ana, n), true); err != nil {
					return err
				}
				w.clock.add(2 * time.Minute)
				return fetch(n)
			}, protocol.CodeExpired},
		} {
			t.Run(tt.name, func(t *testing.T) {
				w.clock.add(time.Hour) // Nobody waits for what the others did.
				if err := w.SetDisabled(t.Context(), "eve_2026", false); err != nil {
					t.Fatal(err)
				}
				s, err := w.signIn("eve_2026", password)
				if err != nil {
					t.Fatal(err)
				}
				eve.DeviceID = s.DeviceID
				before := devicesOf(t, ana)
				err = tt.do(t, w.newcomer(address))
				wantCode(t, "answer", err, tt.want)
				got := protocol.AsError(err)
				if same := answers[tt.want]; same == nil {
					answers[tt.want] = got
				} else if !reflect.DeepEqual(got, same) {
					t.Errorf("%+v differs from the other answers, %+v", got, same)
				}
				for _, d := range devicesOf(t, ana) {
					if _, known := before[d.ID]; !known && d.Name == "tablet" && tt.name != "fetching twice" && tt.name != "fetching with another key" {
						t.Errorf("%+v got in", d)
					}
				}
			})
		}
	})
}

func disable(t *testing.T, w *world, name string) {
	t.Helper()
	if err := w.SetDisabled(t.Context(), name, true); err != nil {
		t.Fatal(err)
	}
}

func devicesOf(t *testing.T, p person) map[string]protocol.Device {
	t.Helper()
	list, err := p.w.Devices(t.Context(), p.Caller)
	if err != nil {
		t.Fatal(err)
	}
	devices := make(map[string]protocol.Device, len(list))
	for _, d := range list {
		devices[d.ID] = d
	}
	return devices
}

func TestLinksAreThrottled(t *testing.T) {
	opt := account.Options{AccountTries: 3, AccountForgive: 10 * time.Second, LinkTries: 5, LinkForgive: time.Second, LinksOpen: 4}
	each(t, opt, func(t *testing.T, w *world) {
		ana := w.register("ana_lind")
		for range 3 {
			_, err := ana.claim("22222222")
			wantCode(t, "a guess", err, protocol.CodeNotFound)
		}
		n := w.newcomer("2001:db8::1")
		_, err := ana.claim(n.link.Code)
		wantCode(t, "the fourth, though right", err, protocol.CodeRateLimited)
		w.clock.add(10 * time.Second)
		if _, err := ana.claim(n.link.Code); err != nil {
			t.Errorf("after a pause: %v", err)
		}
		ask := func(from string) error {
			_, err := w.AskLink(t.Context(), protocol.AskLink{Device: device("x")}, from)
			return err
		}
		for range 3 {
			wantCode(t, "asking", ask("2001:db8::2"), "")
		}
		wantCode(t, "with as many waiting as may", ask("2001:db8::3"), protocol.CodeRateLimited)
		wantCode(t, "another network", ask("2001:db8:1::3"), "")
		w.clock.add(2 * time.Minute)
		for range 4 {
			wantCode(t, "once those are over", ask("2001:db8::2"), "")
		}
	})
}

// TestALostAnswerLeavesNoDevice asks anew with the same key, as a device does
// that did not hear that it was let in.
func TestALostAnswerLeavesNoDevice(t *testing.T) {
	each(t, account.Options{}, func(t *testing.T, w *world) {
		ana := w.register("ana_lind")
		n := ana.granted(address)
		lost, err := n.state("")
		if err != nil {
			t.Fatal(err)
		}
		n.ask(address)
		claim, err := ana.claim(n.link.Code)
		if err == nil {
			err = ana.settle(claim.ID, true)
		}
		if err != nil {
			t.Fatal(err)
		}
		got, err := n.state("")
		if err != nil {
			t.Fatal(err)
		}
		_, err = w.Authenticate(t.Context(), lost.Session.Token, address)
		wantCode(t, "the token that was lost", err, protocol.CodeUnauthorized)
		if devices := devicesOf(t, ana); len(devices) != 2 || devices[got.Session.DeviceID].Name != "tablet" {
			t.Errorf("devices %+v", devices)
		}
	})
}

// TestLinkWaits holds that an answer is put off until there is news, also from
// another node, and not for ever.
func TestLinkWaits(t *testing.T) {
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st, account.Options{LinkWait: time.Hour})
		storetest.Background(t, w.Run)
		ana := w.register("ana_lind")
		n := w.newcomer(address)
		type answer struct {
			state protocol.LinkState
			err   error
		}
		answers := make(chan answer, 1)
		storetest.Background(t, func(context.Context) error {
			state, err := n.state(protocol.LinkAsked)
			answers <- answer{state, err}
			return nil
		})
		if _, err := ana.claim(n.link.Code); err != nil {
			t.Fatal(err)
		}
		select {
		case got := <-answers:
			if got.err != nil || got.state.State != protocol.LinkClaimed {
				t.Errorf("woken with %+v, %v", got.state, got.err)
			}
		case <-time.After(10 * time.Second):
			t.Fatal("nobody woke who waits")
		}
		short := newWorld(t, st, account.Options{LinkWait: time.Millisecond})
		short.clock = w.clock
		again := newcomer{w: short, key: n.key, link: n.link}
		if got, err := again.state(protocol.LinkClaimed); err != nil || got.State != protocol.LinkClaimed {
			t.Errorf("after a while: %+v, %v", got, err)
		}
	})
}

func TestDevicePolicy(t *testing.T) {
	as := func(platform string) protocol.DeviceInfo {
		d := device(platform)
		d.Platform = platform
		return d
	}
	all := []string{protocol.PlatformLinux, protocol.PlatformAndroid, protocol.PlatformWeb, protocol.PlatformMacOS, protocol.PlatformIOS, protocol.PlatformWeb}
	for policy, want := range map[string][]string{
		account.DevicesAny:      append([]string{"first"}, all...),
		account.DevicesPerClass: {protocol.PlatformMacOS, protocol.PlatformIOS, protocol.PlatformWeb},
		account.DevicesOne:      {protocol.PlatformWeb},
	} {
		t.Run(policy, func(t *testing.T) {
			each(t, account.Options{Devices: policy}, func(t *testing.T, w *world) {
				ana := w.register("ana_lind")
				before := ana
				for _, platform := range all {
					w.clock.add(time.Second)
					s, err := w.SignIn(t.Context(), protocol.SignIn{Username: "ana_lind", Password: password, Device: as(platform)}, address)
					if err != nil {
						t.Fatal(err)
					}
					ana = person{account.Caller{UserID: ana.UserID, DeviceID: s.DeviceID}, s.Token, w}
				}
				var got []string
				for _, d := range devicesOf(t, ana) {
					got = append(got, d.Name)
				}
				slices.Sort(got)
				slices.Sort(want)
				if !slices.Equal(got, want) {
					t.Errorf("signed in are %v, want %v", got, want)
				}
				if policy == account.DevicesAny {
					return
				}
				_, err := w.Authenticate(t.Context(), before.token, address)
				e := protocol.AsError(err)
				if e.Code != protocol.CodeUnauthorized || e.Ended == nil || e.Ended.Reason != protocol.EndedReplaced || e.Ended.By != protocol.PlatformLinux {
					t.Errorf("the first device is told %+v", e)
				}
			})
		})
	}
}

// TestTheEndOfASessionSaysWhy holds what an ended token is told, and that it is
// the first end that counts.
func TestTheEndOfASessionSaysWhy(t *testing.T) {
	each(t, account.Options{}, func(t *testing.T, w *world) {
		ana := w.register("ana_lind")
		if _, err := w.RenameDevice(t.Context(), ana.Caller, ana.DeviceID, protocol.RenameDevice{Name: "Pixel"}); err != nil {
			t.Fatal(err)
		}
		for _, tt := range []struct {
			name string
			end  func(s protocol.Session) error
			want protocol.Ended
		}{
			{"by another device", func(s protocol.Session) error { return w.EndDevice(t.Context(), ana.Caller, s.DeviceID, false) },
				protocol.Ended{Reason: protocol.EndedSignedOut, By: "Pixel"}},
			{"to be wiped", func(s protocol.Session) error { return w.EndDevice(t.Context(), ana.Caller, s.DeviceID, true) },
				protocol.Ended{Reason: protocol.EndedSignedOut, By: "Pixel", Wipe: true}},
			{"all others, to be wiped", func(protocol.Session) error { return w.EndOthers(t.Context(), ana.Caller, true) },
				protocol.Ended{Reason: protocol.EndedSignedOut, By: "Pixel", Wipe: true}},
			{"a new password", func(protocol.Session) error {
				return w.ChangePassword(t.Context(), ana.Caller, protocol.ChangePassword{Old: password, New: password, EndOthers: true})
			}, protocol.Ended{Reason: protocol.EndedPassword, By: "Pixel"}},
			{"the administrator", func(protocol.Session) error { return w.SignOutEverywhere(t.Context(), "ana_lind") },
				protocol.Ended{Reason: protocol.EndedAdmin}},
		} {
			s, err := w.signIn("ana_lind", password)
			if err != nil {
				t.Fatal(err)
			}
			w.clock.add(time.Minute)
			tt.want.AtMS = w.clock.Now().UnixMilli()
			if err := tt.end(s); err != nil {
				t.Fatalf("%s: %v", tt.name, err)
			}
			w.clock.add(time.Minute)
			if err := w.SignOutEverywhere(t.Context(), "ana_lind"); err != nil && tt.name != "the administrator" {
				t.Fatal(err)
			}
			_, err = w.Authenticate(t.Context(), s.Token, address)
			if e := protocol.AsError(err); e.Code != protocol.CodeUnauthorized || e.Ended == nil || *e.Ended != tt.want {
				t.Errorf("%s: told %+v, want %+v", tt.name, e.Ended, tt.want)
			}
			again, err := w.signIn("ana_lind", password)
			if err != nil {
				t.Fatal(err)
			}
			ana.DeviceID = again.DeviceID
			if _, err := w.RenameDevice(t.Context(), ana.Caller, ana.DeviceID, protocol.RenameDevice{Name: "Pixel"}); err != nil {
				t.Fatal(err)
			}
		}
	})
}
