package test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"mychat/backend/engine"
	"mychat/backend/store"
	"mychat/protocol"
	"mychat/server/node"
)

// clock is a time that a scenario moves, for server and devices alike.
type clock struct {
	mu   sync.Mutex
	lead time.Duration
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.lead)
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lead += d
}

const day = 24 * time.Hour

// reopenAt starts the device's app again, with a clock.
func (d *device) reopenAt(t *testing.T, c *clock) {
	t.Helper()
	d.stop()
	d.open(t, protocol.Me{Profile: protocol.Profile{ID: d.me.ID}}, c.now)
	d.online(t)
}

// sees waits until a device shows a request in a state.
func (d *device) sees(t *testing.T, request, state string) {
	t.Helper()
	eventually(t, fmt.Sprintf("%s sees the request %s", d.me.Username, state), func() error {
		r, err := d.request(t.Context(), request)
		if err == nil && r.State != state {
			err = errors.New("it is " + r.State)
		}
		return err
	})
}

// TestFriendRequests walks through the rules with two apps: an ignored request
// looks pending to its sender and expires after seven days; after a refusal a
// month must pass.
func TestFriendRequests(t *testing.T) {
	t.Parallel()
	c := &clock{}
	s := &stage{nodes: []*playedNode{startNodeWith(t, serverConfig(t.TempDir(), ""), node.Options{Log: testLog(t), Now: c.now})}}
	ana, ben := s.register(t, 0, "ana_lind"), s.register(t, 0, "ben_2026")
	ana.reopenAt(t, c)
	ben.reopenAt(t, c)
	ask := func(want protocol.Code, wait time.Duration) protocol.FriendRequest {
		t.Helper()
		asked, err := ana.AskFriend(t.Context(), ben.me.ID, "hello")
		var e *protocol.Error
		if errors.As(err, &e); code(e) != want || want == "" && err != nil {
			t.Fatalf("ask: %v, want %q", err, want)
		}
		if want != "" {
			if off := (time.Duration(e.RetryAfterMS)*time.Millisecond - wait).Abs(); off > 10*time.Minute || e.Detail == "" {
				t.Errorf("ask: wait %v and %q, want about %v and a reason", time.Duration(e.RetryAfterMS)*time.Millisecond, e.Detail, wait)
			}
		}
		return asked.Request
	}

	first := ask("", 0)
	ben.sees(t, first.ID, protocol.RequestPending)
	if err := ben.AnswerFriend(t.Context(), first.ID, protocol.AnswerIgnore); err != nil {
		t.Fatal(err)
	}
	ben.sees(t, first.ID, protocol.RequestIgnored)
	c.add(day)
	ask(protocol.CodePending, 6*day)
	ana.sees(t, first.ID, protocol.RequestPending)
	c.add(6 * day)
	ana.sees(t, first.ID, protocol.RequestExpired)
	var expired *protocol.Error
	if err := ben.AnswerFriend(t.Context(), first.ID, protocol.AnswerAccept); !errors.As(err, &expired) || expired.Code != protocol.CodeExpired {
		t.Errorf("accepting after a week: %v, want %s", err, protocol.CodeExpired)
	}

	second := ask("", 0)
	ben.sees(t, second.ID, protocol.RequestPending)
	if err := ben.AnswerFriend(t.Context(), second.ID, protocol.AnswerRefuse); err != nil {
		t.Fatal(err)
	}
	ana.sees(t, second.ID, protocol.RequestRefused)
	c.add(10 * day)
	ask(protocol.CodeAskedRecently, 20*day)
	c.add(20 * day)
	third := ask("", 0)

	// Ben asks instead of answering: both wishes together are a friendship.
	ben.sees(t, third.ID, protocol.RequestPending)
	crossed, err := ben.AskFriend(t.Context(), ana.me.ID, "me too")
	if err != nil || crossed.Contact == nil || !crossed.Contact.Friend {
		t.Fatalf("crossing requests: %+v, %v", crossed, err)
	}
	ana.sees(t, third.ID, protocol.RequestAccepted)
	agree(t, crossed.Contact.ConversationID, []string{"hello", "me too"}, ana, ben)
}

// contact waits until a device's address book says of somebody what is wanted.
func (d *device) contact(t *testing.T, userID, what string, ok func(protocol.Contact) bool) {
	t.Helper()
	eventually(t, d.me.Username+" sees "+what, func() error {
		list, err := d.Contacts(t.Context())
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(list, func(c protocol.Contact) bool { return c.Profile.ID == userID && ok(c) }) {
			return fmt.Errorf("contacts %+v", list)
		}
		return nil
	})
}

// presence waits until a device knows whether somebody is online.
func (d *device) presence(t *testing.T, userID string, online bool) {
	t.Helper()
	eventually(t, fmt.Sprintf("%s knows that the friend is online: %t", d.me.Username, online), func() error {
		list := d.Presence()
		if !slices.ContainsFunc(list, func(p protocol.Presence) bool {
			return p.UserID == userID && p.Online == online && (online || p.LastSeenMS > 0)
		}) {
			return fmt.Errorf("presence %+v", list)
		}
		return nil
	})
}

// TestFriendshipIsLiveOnAllDevices follows what two devices of one person are
// told while the person and a friend change things.
func TestFriendshipIsLiveOnAllDevices(t *testing.T) {
	t.Parallel()
	onEveryStage(t, func(t *testing.T, s *stage) {
		last := len(s.nodes) - 1
		ana, ben := s.register(t, 0, "ana_lind"), s.register(t, last, "ben_2026")
		second := s.signIn(t, last, "ana_lind")
		second.online(t)

		name := "Benedikt 本"
		find := func(query string) int {
			t.Helper()
			cards, err := ana.SearchPeople(t.Context(), query)
			if err != nil {
				t.Fatal(err)
			}
			return len(cards)
		}
		if _, err := ben.UpdateMe(t.Context(), protocol.UpdateMe{Nickname: &name}); err != nil {
			t.Fatal(err)
		}
		if got := find("Benedikt"); got != 0 {
			t.Errorf("found %d by a nickname that may not be searched for", got)
		}
		if got := find("BEN_2026"); got != 1 {
			t.Errorf("found %d by username", got)
		}
		yes := true
		if _, err := ben.UpdateMe(t.Context(), protocol.UpdateMe{FindableByNickname: &yes}); err != nil {
			t.Fatal(err)
		}
		if got := find("benedikt"); got != 1 {
			t.Errorf("found %d by a nickname that may be searched for", got)
		}

		conv := befriend(t, ana, ben)
		for _, d := range []*device{ana, second} {
			d.contact(t, ben.me.ID, "the friend", func(c protocol.Contact) bool { return c.Friend && c.Profile.Nickname == name })
			d.presence(t, ben.me.ID, true)
		}
		if err := ana.SetRemark(t.Context(), ben.me.ID, "Benny"); err != nil {
			t.Fatal(err)
		}
		second.contact(t, ben.me.ID, "the remark", func(c protocol.Contact) bool { return c.Remark == "Benny" })
		eventually(t, "the list shows the remark", func() error {
			if got := second.conversation(t, conv).Remark; got != "Benny" {
				return fmt.Errorf("remark %q", got)
			}
			return nil
		})
		name = "Ben again"
		if _, err := ben.UpdateMe(t.Context(), protocol.UpdateMe{Nickname: &name}); err != nil {
			t.Fatal(err)
		}
		second.contact(t, ben.me.ID, "the nickname", func(c protocol.Contact) bool { return c.Profile.Nickname == name && c.Remark == "Benny" })

		ben.stop()
		ana.presence(t, ben.me.ID, false)
		second.presence(t, ben.me.ID, false)
		ben.open(t, protocol.Me{Profile: ben.me}, time.Now)
		ana.presence(t, ben.me.ID, true)

		t.Run("ending it", func(t *testing.T) {
			if err := second.RemoveFriend(t.Context(), ben.me.ID); err != nil {
				t.Fatal(err)
			}
			for d, other := range map[*device]*device{ana: ben, second: ben, ben: ana} {
				d.contact(t, other.me.ID, "the end", func(c protocol.Contact) bool { return !c.Friend })
				if d.conversation(t, conv).Friend {
					t.Errorf("%s may still write", d.me.Username)
				}
			}
			// The history stays; what is written all the same is refused and
			// says why.
			if _, err := ben.Send(t.Context(), conv, "why?"); err == nil {
				eventually(t, "the message is refused", func() error {
					m, err := ben.history(t.Context(), conv)
					if err != nil {
						return err
					}
					if got := m[len(m)-1]; got.Status != store.StatusFailed || got.ErrorCode != string(protocol.CodeNotFriend) {
						return fmt.Errorf("it is %s %s", got.Status, got.ErrorCode)
					}
					return nil
				})
			}
			page, err := pageOf(t, ana, conv)
			if err != nil || len(page.Entries) != 1 {
				t.Errorf("the history has %d entries, %v; want that they became friends", len(page.Entries), err)
			}
		})
	})
}

// ended waits until a device learns that its session is over.
func (d *device) ended(t *testing.T) engine.SignedOut {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for {
		events, err := d.Next(ctx)
		if err != nil {
			t.Fatalf("wait for the end of the session: %v", err)
		}
		for _, e := range events {
			if end, ok := e.(engine.SignedOut); ok {
				return end
			}
		}
	}
}

// TestSessionsEndWithinASecond ends sessions in every way there is and looks
// how long the device's socket and token live on.
func TestSessionsEndWithinASecond(t *testing.T) {
	t.Parallel()
	const name = "ana_lind"
	onEveryStage(t, func(t *testing.T, s *stage) {
		last := len(s.nodes) - 1
		ana := s.register(t, 0, name)
		ana.online(t)
		admin, err := node.OpenAdmin(t.Context(), s.config, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		defer admin.Close()
		for _, tt := range []struct {
			name, reason string
			end          func(t *testing.T, d *device) error
		}{
			{"from another device", protocol.EndedSignedOut, func(t *testing.T, d *device) error {
				devices, err := ana.Devices(t.Context())
				if err != nil {
					return err
				}
				i := slices.IndexFunc(devices, func(d protocol.Device) bool { return !d.Current })
				return ana.EndDevice(t.Context(), devices[i].ID, false)
			}},
			{"with all others", protocol.EndedSignedOut, func(t *testing.T, d *device) error { return ana.EndOtherDevices(t.Context(), false) }},
			{"by itself, over REST", protocol.EndedSignedOut, func(t *testing.T, d *device) error { return d.SignOut(t.Context()) }},
			{"with a changed password", protocol.EndedPassword, func(t *testing.T, d *device) error {
				return ana.ChangePassword(t.Context(), protocol.ChangePassword{Old: password, New: password, EndOthers: true})
			}},
			{"by the administrator, in another process", protocol.EndedAdmin, func(t *testing.T, d *device) error {
				return admin.Accounts.SignOutEverywhere(t.Context(), name)
			}},
			{"with the account", protocol.EndedDisabled, func(t *testing.T, d *device) error {
				return admin.Accounts.SetDisabled(t.Context(), name, true)
			}},
		} {
			t.Run(tt.name, func(t *testing.T) {
				// The machine may be busy with other tests: the best of three counts.
				best := patience
				for range 3 {
					d := s.signIn(t, last, name)
					d.online(t)
					if err := tt.end(t, d); err != nil {
						t.Fatal(err)
					}
					began := time.Now()
					if got := d.ended(t).Ended; got.Reason != tt.reason || got.Wipe || got.AtMS == 0 {
						t.Errorf("ended %+v, want %q", got, tt.reason)
					}
					want := http.StatusUnauthorized
					if tt.reason == protocol.EndedDisabled {
						want = http.StatusForbidden
					}
					// A node's sockets and its cache of tokens hear of the end
					// each by itself, so either may be first.
					eventually(t, "the token is worth nothing", func() error {
						if a := call(t, http.MethodGet, d.server+protocol.PathMe, d.token, nil); a.status != want {
							return fmt.Errorf("it still gets %d %s", a.status, a.body)
						}
						return nil
					})
					best = min(best, time.Since(began))
					d.stop()
					if err := admin.Accounts.SetDisabled(t.Context(), name, false); err != nil {
						t.Fatal(err)
					}
					if best < time.Second {
						break
					}
				}
				if best >= time.Second {
					t.Errorf("the session lived on for %v, want less than a second", best)
				}
			})
		}
	})
}

// TestWrongPasswordsAreThrottled uses the limits that a server has by default.
func TestWrongPasswordsAreThrottled(t *testing.T) {
	t.Parallel()
	s := newStage(t, "", 1)
	s.register(t, 0, "ana_lind")
	s.register(t, 0, "ben_2026")
	signIn := func(name, pass string) answer {
		return call(t, http.MethodPost, s.nodes[0].url()+protocol.PathSession, "",
			encoded(t, protocol.SignIn{Username: name, Password: pass, Device: deviceInfo(t, "d")}))
	}
	var wrong answer
	for i := range 10 {
		wrong = signIn("Ana_Lind", fmt.Sprintf("wrong horse %d", i))
		if wrong.status != http.StatusUnauthorized || wrong.refusal().Code != protocol.CodeBadCredentials {
			t.Fatalf("try %d: %d %s", i, wrong.status, wrong.body)
		}
	}
	if nobody := signIn("nobody_1", password); nobody.status != wrong.status || string(nobody.body) != string(wrong.body) {
		t.Errorf("an unknown user gets %d %s, a wrong password %d %s", nobody.status, nobody.body, wrong.status, wrong.body)
	}
	a := signIn("ana_lind", password)
	e := a.refusal()
	if a.status != http.StatusTooManyRequests || e.Code != protocol.CodeRateLimited || e.RetryAfterMS <= 0 || e.RetryAfterMS > 30_000 {
		t.Errorf("the eleventh, with the right password: %d %s", a.status, a.body)
	}
	if after := a.header.Get("Retry-After"); after == "" || e.Detail != "too many tries; try again in "+after+" s" {
		t.Errorf("Retry-After %q beside %q", after, e.Detail)
	}
	if a := signIn("ben_2026", password); a.status != http.StatusCreated {
		t.Errorf("another account: %d %s", a.status, a.body)
	}
}
