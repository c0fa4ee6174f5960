package realtime_test

import (
	"testing"
	"time"

	"mychat/protocol"
	"mychat/server/bus"
	"mychat/server/realtime"
	"mychat/server/store"
	"mychat/server/store/storetest"
)

// twoNodes runs two nodes on one database, joined by their buses.
func twoNodes(t *testing.T, opt realtime.Options, test func(t *testing.T, one, two *server)) {
	storetest.Each(t, func(t *testing.T, st *store.Store) {
		secret := "a secret for tests"
		one := start(t, st, bus.Options{ClusterListen: "127.0.0.1:0", ClusterSecret: secret}, opt)
		two := start(t, st, bus.Options{
			ClusterListen: "127.0.0.1:0", ClusterSecret: secret, Routes: []string{one.bus.ClusterAddr()},
		}, opt)
		eventually(t, "the buses meet", func() bool { return one.bus.Routes() > 0 && two.bus.Routes() > 0 })
		test(t, one, two)
	})
}

// settle connects p until the socket outlives the first events of both nodes:
// a node that hears another one for the first time may have missed something,
// and says so.
func settle(t *testing.T, on, other *server, p person, q person) (*socket, *socket) {
	t.Helper()
	var c, d *socket
	eventually(t, "both sockets stay", func() bool {
		c, d = on.connect(p), other.connect(q)
		for _, s := range []*socket{c, d} {
			id := s.request(protocol.OpRead, protocol.Read{ConversationID: s.welcome.Heads[0].ID, Seq: 1})
			for f := range s.frames {
				if f.ID == id {
					id = 0
					break
				}
			}
			if id != 0 {
				return false
			}
		}
		return true
	})
	return c, d
}

func TestTwoNodesAreOneServer(t *testing.T) {
	twoNodes(t, realtime.Options{Linger: 50 * time.Millisecond, Beat: 50 * time.Millisecond}, func(t *testing.T, one, two *server) {
		ana, ben, conv := one.friends()
		// Their first events tell the nodes of each other.
		a, b := settle(t, one, two, ana, ben)
		awaitPresence(t, one, two, ana, ben)
		a.ws.Close()
		b.ws.Close()
		a, b = one.connect(ana), two.connect(ben)
		last := b.welcome.Heads[0].LastSeq

		if r := a.answer(a.request(protocol.OpSend, text(conv, "across"))); r.Error != nil {
			t.Fatal(r.Error)
		}
		b.entries(conv, last+1, last+1)
		a.frame(protocol.OpTyping, 0, protocol.Typing{ConversationID: conv, On: true})
		b.next("typing", func(f protocol.Frame) bool { return f.Op == protocol.OpTyping })
		b.frame(protocol.OpAck, 0, protocol.Ack{Positions: []protocol.Read{{ConversationID: conv, Seq: last + 1}}})
		a.next("positions", func(f protocol.Frame) bool { return f.Op == protocol.OpPositions })

		phone := one.another(ben)
		p := two.connect(phone)
		if err := one.accounts.EndDevice(t.Context(), ben.caller, phone.DeviceID, false); err != nil {
			t.Fatal(err)
		}
		p.wantClose(protocol.CloseSignedOut)
	})
}

// awaitPresence waits until each node knows the other's user to be online.
func awaitPresence(t *testing.T, one, two *server, ana, ben person) {
	t.Helper()
	online := func(on *server, me, friend person) bool {
		c := on.dial(nil).listen()
		defer c.ws.Close()
		r := c.answer(c.request(protocol.OpHello, protocol.Hello{Token: me.Token, Protocol: protocol.Version}))
		if r.Error != nil {
			return false
		}
		c.decode(r, &c.welcome)
		for _, p := range c.welcome.Presence {
			if p.UserID == friend.id() && p.Online {
				return true
			}
		}
		return false
	}
	eventually(t, "each node knows who is on the other", func() bool {
		return online(one, ana, ben) && online(two, ben, ana)
	})
}

func TestPresenceAcrossNodes(t *testing.T) {
	twoNodes(t, realtime.Options{Linger: 100 * time.Millisecond, Beat: 50 * time.Millisecond}, func(t *testing.T, one, two *server) {
		ana, ben, _ := one.friends()
		a, b := settle(t, one, two, ana, ben)
		awaitPresence(t, one, two, ana, ben)
		a.ws.Close()
		a = one.connect(ana)

		b.ws.Close()
		wantPresence(t, a, ben, false)
		b = two.connect(ben)
		wantPresence(t, a, ben, true)

		// A node that stops takes its users with it.
		two.stopHub()
		<-two.hubDone
		b.wantClose(protocol.CloseDraining)
		wantPresence(t, a, ben, false)

		friends, err := one.accounts.Friends(t.Context(), ana.id())
		if err != nil || len(friends) != 1 || friends[0].LastSeenMS == 0 {
			t.Errorf("friends = %+v, error %v, want when Ben was last seen", friends, err)
		}
	})
}

// wantPresence waits until c hears that who is online, or is not.
func wantPresence(t *testing.T, c *socket, who person, online bool) {
	t.Helper()
	for {
		var p protocol.Presence
		c.event(protocol.OpPresence, &p)
		if p.UserID != who.id() {
			t.Errorf("presence of a stranger: %+v", p)
		}
		if p.Online == online {
			if !online && p.LastSeenMS == 0 {
				t.Errorf("presence = %+v, without when", p)
			}
			return
		}
	}
}

func TestPresenceIsForFriends(t *testing.T) {
	each(t, realtime.Options{Linger: 50 * time.Millisecond}, func(t *testing.T, s *server) {
		ana, ben, _ := s.friends()
		carl := s.register("carl_1")
		a := s.connect(ana)
		if len(a.welcome.Presence) != 0 {
			t.Errorf("presence before anybody was there = %+v", a.welcome.Presence)
		}
		c := s.connect(carl) // No friend of anybody.
		b := s.connect(ben)
		wantPresence(t, a, ben, true)
		if want := (protocol.Presence{UserID: ana.id(), Online: true}); len(b.welcome.Presence) != 1 || b.welcome.Presence[0] != want {
			t.Errorf("Ben's welcome tells %+v, want %+v", b.welcome.Presence, want)
		}
		// A second device changes nothing, nor does one that leaves.
		b2 := s.connect(s.another(ben))
		b.ws.Close()

		// Becoming friends shows presence, and ending it hides it.
		s.befriend(ana, carl)
		wantPresence(t, a, carl, true)
		wantPresence(t, c, ana, true)
		if err := s.accounts.RemoveFriend(t.Context(), ana.caller, carl.id()); err != nil {
			t.Fatal(err)
		}
		c.next("presence", func(f protocol.Frame) bool { return f.Op == protocol.OpPresence })
		b2.ws.Close()
		var p protocol.Presence
		for p.UserID != ben.id() { // The end of the friendship with Carl comes first.
			a.event(protocol.OpPresence, &p)
		}
		if p.Online {
			t.Errorf("presence = %+v", p)
		}
		a.ws.Close()
		eventually(t, "it is stored when Ana was last seen", func() bool {
			friends, err := s.accounts.Friends(t.Context(), ben.id())
			return err == nil && len(friends) == 1 && friends[0].LastSeenMS > 0
		})
	})
}
