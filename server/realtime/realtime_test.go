package realtime_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"mychat/protocol"
	"mychat/server/bus"
	"mychat/server/realtime"
	"mychat/server/store/storetest"
)

func TestAMessageReachesTheOther(t *testing.T) {
	each(t, realtime.Options{}, func(t *testing.T, s *server) {
		ana, ben, conv := s.friends()
		a, b := s.connect(ana), s.connect(ben)
		last := b.welcome.Heads[0].LastSeq

		msg := text(conv, "hello <b>&你好</b>")
		reply := a.answer(a.request(protocol.OpSend, msg))
		var sent protocol.Sent
		a.decode(reply, &sent)
		if sent.ConversationID != conv || sent.ClientID != msg.ClientID || sent.Seq != last+1 || sent.CreatedMS == 0 {
			t.Errorf("sent = %+v, want seq %d", sent, last+1)
		}
		for name, c := range map[string]*socket{"receiver": b, "sender's own socket": a} {
			got := c.entries(conv, last+1, last+1)[0]
			if got.Sender != ana.id() || got.ClientID != msg.ClientID || string(got.Body) != string(msg.Body) {
				t.Errorf("%s: entry = %+v", name, got)
			}
		}

		b.frame(protocol.OpAck, 0, protocol.Ack{Positions: []protocol.Read{{ConversationID: conv, Seq: last + 1}}})
		var pos protocol.Position
		a.event(protocol.OpPositions, &pos)
		if pos.UserID != ben.id() || pos.DeliveredSeq != last+1 || pos.ReadSeq == last+1 {
			t.Errorf("after the ack: %+v", pos)
		}
		if r := b.answer(b.request(protocol.OpRead, protocol.Read{ConversationID: conv, Seq: last + 1})); r.Error != nil {
			t.Errorf("read: %v", r.Error)
		}
		a.event(protocol.OpPositions, &pos)
		if pos.ReadSeq != last+1 {
			t.Errorf("after reading: %+v", pos)
		}
	})
}

func TestRepeatsAndRefusalsAreAnswered(t *testing.T) {
	each(t, realtime.Options{}, func(t *testing.T, s *server) {
		ana, ben, conv := s.friends()
		carl := s.register("carl_1")
		other := s.befriend(ben, carl)
		a := s.connect(ana)

		msg := text(conv, "once")
		first, again := a.answer(a.request(protocol.OpSend, msg)), a.answer(a.request(protocol.OpSend, msg))
		if string(first.Body) != string(again.Body) || again.Error != nil {
			t.Errorf("a repeat got %s %v, want %s", again.Body, again.Error, first.Body)
		}
		changed := msg
		changed.Body = text(conv, "twice").Body
		for _, tt := range []struct {
			name string
			op   string
			body any
			want protocol.Code
		}{
			{"same id, other text", protocol.OpSend, changed, protocol.CodeIDReused},
			{"not a member", protocol.OpSend, text(other, "x"), protocol.CodeNotMember},
			{"no such conversation", protocol.OpSend, text("nowhere", "x"), protocol.CodeNotMember},
			{"no text", protocol.OpSend, text(conv, " "), protocol.CodeInvalid},
			{"reserved kind", protocol.OpSend, protocol.Send{ConversationID: conv, ClientID: msg.ClientID, Kind: "vote", Body: json.RawMessage(`{}`)}, protocol.CodeUnknownKind},
			{"wrong type", protocol.OpSend, map[string]any{"conversation_id": 7}, protocol.CodeInvalid},
			{"no object", protocol.OpSend, []int{1}, protocol.CodeInvalid},
			{"reading elsewhere", protocol.OpRead, protocol.Read{ConversationID: other, Seq: 1}, protocol.CodeNotMember},
		} {
			r := a.answer(a.request(tt.op, tt.body))
			if r.Error == nil || r.Error.Code != tt.want {
				t.Errorf("%s: reply %s %v, want code %s", tt.name, r.Body, r.Error, tt.want)
			}
		}
		if err := s.accounts.RemoveFriend(t.Context(), ben.caller, ana.id()); err != nil {
			t.Fatal(err)
		}
		if r := a.answer(a.request(protocol.OpSend, text(conv, "x"))); r.Error == nil || r.Error.Code != protocol.CodeNotFriend {
			t.Errorf("after the friendship: %s %v", r.Body, r.Error)
		}
	})
}

// A client does not wait for one answer before its next request, and yet
// everything is stored and answered in the order it was sent.
func TestPipelinedSendsKeepTheirOrder(t *testing.T) {
	each(t, realtime.Options{}, func(t *testing.T, s *server) {
		const n = 300
		ana, ben, conv := s.friends()
		a, b := s.connect(ana), s.connect(ben)
		last := b.welcome.Heads[0].LastSeq
		for i := range n {
			a.request(protocol.OpSend, text(conv, fmt.Sprint(i)))
		}
		for i := range n {
			f := a.next("reply", func(f protocol.Frame) bool { return f.Op == protocol.OpReply })
			var sent protocol.Sent
			a.decode(f, &sent)
			if f.ID != uint64(i+2) || sent.Seq != last+1+int64(i) {
				t.Fatalf("answer %d is to request %d with seq %d, want %d and %d", i, f.ID, sent.Seq, i+2, last+1+int64(i))
			}
		}
		for i, e := range b.entries(conv, last+1, last+n) {
			if want := fmt.Sprintf(`{"text":"%d"}`, i); string(e.Body) != want {
				t.Fatalf("entry %d is %s, want %s", e.Seq, e.Body, want)
			}
		}
	})
}

func TestManyAtOnceLoseNothing(t *testing.T) {
	each(t, realtime.Options{}, func(t *testing.T, s *server) {
		const people, each = 6, 40
		hub := s.register("center")
		var convs []string
		var others []*socket
		for i := range people {
			p := s.register(fmt.Sprintf("person_%d", i))
			convs = append(convs, s.befriend(hub, p))
			others = append(others, s.connect(p))
		}
		c := s.connect(hub)
		last := map[string]int64{}
		for _, h := range c.welcome.Heads {
			last[h.ID] = h.LastSeq
		}
		var wg sync.WaitGroup
		for i, o := range others {
			wg.Go(func() {
				for j := range each {
					o.request(protocol.OpSend, text(convs[i], fmt.Sprint(j)))
				}
			})
		}
		wg.Wait()
		seen := map[string]int64{}
		for range people * each {
			var e protocol.Entries
			c.event(protocol.OpEntries, &e)
			for _, entry := range e.Entries {
				if want := last[e.ConversationID] + 1; entry.Seq != want {
					t.Fatalf("conversation %s: seq %d where %d is next", e.ConversationID, entry.Seq, want)
				}
				last[e.ConversationID]++
				seen[e.ConversationID]++
			}
			done := 0
			for _, n := range seen {
				done += int(n)
			}
			if done == people*each {
				return
			}
		}
		t.Errorf("received %v, want %d of each", seen, each)
	})
}

// While others write, sockets come and go; each gets every entry after what
// its welcome told, once and in order.
func TestNothingFallsBetweenWelcomeAndEvents(t *testing.T) {
	each(t, realtime.Options{}, func(t *testing.T, s *server) {
		const n = 200
		ana, ben, conv := s.friends()
		a := s.connect(ana)
		start := a.welcome.Heads[0].LastSeq
		var wg sync.WaitGroup
		wg.Go(func() {
			for i := range n {
				a.answer(a.request(protocol.OpSend, text(conv, fmt.Sprint(i))))
			}
		})
		for range 12 {
			b := s.connect(ben)
			from := b.welcome.Heads[0].LastSeq
			var e protocol.Entries
			if from < start+n {
				b.event(protocol.OpEntries, &e)
				if first := e.Entries[0].Seq; first > from+1 {
					t.Errorf("the welcome told up to %d, the first event is %d", from, first)
				}
			}
			b.ws.Close()
		}
		b := s.connect(ben)
		from := b.welcome.Heads[0].LastSeq
		wg.Wait()
		have := from
		for have < start+n {
			var e protocol.Entries
			b.event(protocol.OpEntries, &e)
			for _, entry := range e.Entries {
				if entry.Seq > have+1 {
					t.Fatalf("entry %d came where %d is next", entry.Seq, have+1)
				}
				have = max(have, entry.Seq)
			}
		}
	})
}

// Events on the bus may be lost, doubled, late or without their bytes. What a
// socket receives has no hole and nothing twice.
func TestLostAndDoubledWakesAreMended(t *testing.T) {
	each(t, realtime.Options{}, func(t *testing.T, s *server) {
		ana, ben, conv := s.friends()
		b := s.connect(ben)
		last := b.welcome.Heads[0].LastSeq

		// A node whose bus reaches nobody stores entries that nobody hears of.
		deaf := start(t, s.store, bus.Options{}, realtime.Options{})
		for i := range 5 {
			if _, err := deaf.chat.Send(t.Context(), ana.id(), text(conv, fmt.Sprint(i))); err != nil {
				t.Fatal(err)
			}
		}
		wake := func(first, last int64) {
			s.bus.Publish(bus.Event{Kind: bus.KindEntries, ConversationID: conv, First: first, Last: last})
		}
		wake(last+3, last+3) // 1 and 2 were lost.
		b.entries(conv, last+1, last+5)
		wake(last+1, last+2) // Late.
		wake(last+3, last+3) // Doubled.
		wake(last+4, last+5)
		if _, err := deaf.chat.Send(t.Context(), ana.id(), text(conv, "no bytes")); err != nil {
			t.Fatal(err)
		}
		wake(last+6, last+6) // The next, without its bytes.
		b.entries(conv, last+6, last+6)
		wake(last+9, last+9) // From a future that is not stored here yet.
		if _, err := s.chat.Send(t.Context(), ana.id(), text(conv, "as it should be")); err != nil {
			t.Fatal(err)
		}
		b.entries(conv, last+7, last+7)
	})
}

func TestReturningDevicesLearnWhatChanged(t *testing.T) {
	each(t, realtime.Options{}, func(t *testing.T, s *server) {
		ana, ben, conv := s.friends()
		b := s.connect(ben)
		if !b.welcome.Reset || b.welcome.DeviceID != ben.DeviceID || b.welcome.Me.Profile != ben.Me.Profile {
			t.Errorf("first welcome = %+v", b.welcome)
		}
		pos, since := b.welcome.JournalPos, b.welcome.ServerMS
		b.ws.Close()

		if _, err := s.chat.Send(t.Context(), ana.id(), text(conv, "are you there?")); err != nil {
			t.Fatal(err)
		}
		nick := "Ana the Second"
		if _, err := s.accounts.UpdateMe(t.Context(), ana.caller, protocol.UpdateMe{Nickname: &nick}); err != nil {
			t.Fatal(err)
		}
		b = s.connectWith(protocol.Hello{Token: ben.Token, Protocol: protocol.Version, JournalPos: pos, SinceMS: since})
		w := b.welcome
		if w.Reset || len(w.Journal) != 1 || w.Journal[0].Useq != pos+1 || w.JournalPos != pos+1 {
			t.Errorf("journal = %+v at %d, want the one row after %d", w.Journal, w.JournalPos, pos)
		}
		if len(w.Heads) != 1 || w.Heads[0].ID != conv || w.Heads[0].Unread != 1 {
			t.Errorf("heads = %+v, want one unread in %s", w.Heads, conv)
		}
	})
}

func TestAFriendshipReachesBothLive(t *testing.T) {
	each(t, realtime.Options{}, func(t *testing.T, s *server) {
		ana, ben := s.register("ana_01"), s.register("ben_01")
		a, b := s.connect(ana), s.connect(ben)
		conv := s.befriend(ana, ben)
		for name, c := range map[string]*socket{"asker": a, "asked": b} {
			seen := map[string]bool{}
			for useq := c.welcome.JournalPos; !seen[protocol.JournalContact]; {
				var j protocol.Journal
				c.event(protocol.OpJournal, &j)
				for _, row := range j.Rows {
					if row.Useq != useq+1 {
						t.Fatalf("%s: row %d where %d is next", name, row.Useq, useq+1)
					}
					useq++
					seen[row.Kind] = true
				}
			}
		}
		// Both were there before the conversation was, and hear it all the same.
		if r := a.answer(a.request(protocol.OpSend, text(conv, "hi"))); r.Error != nil {
			t.Fatal(r.Error)
		}
		for _, c := range []*socket{a, b} {
			var e protocol.Entries
			for len(e.Entries) == 0 || e.Entries[len(e.Entries)-1].Kind != protocol.KindText {
				c.event(protocol.OpEntries, &e)
			}
		}
	})
}

func TestTypingGoesToTheOtherOnly(t *testing.T) {
	each(t, realtime.Options{}, func(t *testing.T, s *server) {
		ana, ben, conv := s.friends()
		a, a2, b := s.connect(ana), s.connect(s.another(ana)), s.connect(ben)
		a.frame(protocol.OpTyping, 0, protocol.Typing{ConversationID: conv, UserID: "somebody else", On: true})
		var ty protocol.Typing
		b.event(protocol.OpTyping, &ty)
		if ty.UserID != ana.id() || !ty.On || ty.ConversationID != conv {
			t.Errorf("typing = %+v", ty)
		}
		a.answer(a.request(protocol.OpSend, text(conv, "done")))
		for _, c := range []*socket{a, a2} {
			c.next("entries", func(f protocol.Frame) bool {
				if f.Op == protocol.OpTyping {
					t.Error("the hint came back to its user")
				}
				return f.Op == protocol.OpEntries
			})
		}
	})
}

func TestFramesThatEndASocket(t *testing.T) {
	each(t, realtime.Options{HelloWithin: 300 * time.Millisecond}, func(t *testing.T, s *server) {
		ana := s.register("ana_01")
		hello := func(change func(*protocol.Hello)) func(c *socket) {
			return func(c *socket) {
				h := protocol.Hello{Token: ana.Token, Protocol: protocol.Version}
				change(&h)
				c.frame(protocol.OpHello, 1, h)
			}
		}
		greeted := func(then func(c *socket)) func(c *socket) {
			return func(c *socket) {
				hello(func(*protocol.Hello) {})(c)
				if r := c.answer(1); r.Error != nil {
					c.t.Fatal(r.Error)
				}
				then(c)
			}
		}
		raw := func(text string) func(c *socket) { return func(c *socket) { c.write(text) } }
		for _, tt := range []struct {
			name  string
			do    func(c *socket)
			close int
			reply protocol.Code // Of the reply before it; "" means none.
		}{
			{"silence", func(*socket) {}, protocol.CloseNoHello, ""},
			{"not JSON", raw("hello"), protocol.CloseBadFrame, ""},
			{"not UTF-8", raw("{\"op\":\"hello\",\"id\":1,\"body\":{\"token\":\"\xff\"}}"), protocol.CloseBadFrame, ""},
			{"JSON, but no frame", raw("[]"), protocol.CloseBadFrame, ""},
			{"something before hello", raw(`{"op":"send","id":1,"body":{}}`), protocol.CloseBadFrame, ""},
			{"a hello without an id", raw(`{"op":"hello","body":{"token":"x","protocol":1}}`), protocol.CloseBadFrame, ""},
			{"a hello without a body", raw(`{"op":"hello","id":1}`), protocol.CloseBadFrame, protocol.CodeInvalid},
			{"an unknown token", hello(func(h *protocol.Hello) { h.Token = "nonsense" }), protocol.CloseUnauthorized, protocol.CodeUnauthorized},
			{"no token", hello(func(h *protocol.Hello) { h.Token = "" }), protocol.CloseUnauthorized, protocol.CodeUnauthorized},
			{"an old protocol", hello(func(h *protocol.Hello) { h.Protocol = protocol.MinVersion - 1 }), protocol.CloseVersion, protocol.CodeVersion},
			{"a position below zero", hello(func(h *protocol.Hello) { h.JournalPos = -1 }), protocol.CloseBadFrame, protocol.CodeInvalid},
			{"a binary frame", func(c *socket) {
				if err := c.ws.WriteMessage(websocket.BinaryMessage, []byte("{}")); err != nil {
					c.t.Error(err)
				}
			}, protocol.CloseBadFrame, ""},
			{"a second hello", greeted(hello(func(*protocol.Hello) {})), protocol.CloseBadFrame, ""},
			{"no op", greeted(raw(`{"id":2}`)), protocol.CloseBadFrame, ""},
			{"an unknown op before hello", raw(`{"op":"dance","id":1}`), protocol.CloseBadFrame, ""},
			{"an op that only servers say", greeted(raw(`{"op":"entries","body":{}}`)), protocol.CloseBadFrame, ""},
			{"a broken ack", greeted(raw(`{"op":"ack","body":{"positions":7}}`)), protocol.CloseBadFrame, ""},
			{"a broken hint", greeted(raw(`{"op":"typing"}`)), protocol.CloseBadFrame, ""},
			{"a frame that is too large", greeted(func(c *socket) {
				c.write(`{"op":"ack","body":{"positions":[]},"x":"` + strings.Repeat("x", protocol.MaxClientFrame) + `"}`)
			}), protocol.CloseBadFrame, ""},
		} {
			t.Run(tt.name, func(t *testing.T) {
				c := s.dial(nil)
				c.t = t
				c.listen()
				tt.do(c)
				if tt.reply != "" {
					if r := c.answer(1); r.Error == nil || r.Error.Code != tt.reply {
						t.Errorf("reply = %s %v, want code %s", r.Body, r.Error, tt.reply)
					}
				}
				c.wantClose(tt.close)
			})
		}
	})
}

func TestOrigin(t *testing.T) {
	each(t, realtime.Options{Origins: []string{"https://chat.example"}}, func(t *testing.T, s *server) {
		host := strings.TrimPrefix(s.url, "ws://")
		for _, tt := range []struct {
			origin string
			status int
		}{
			{"", http.StatusSwitchingProtocols},
			{"http://" + host, http.StatusSwitchingProtocols},
			{"https://chat.example", http.StatusSwitchingProtocols},
			{"https://evil.example", http.StatusForbidden},
			{"http://" + host + ".evil.example", http.StatusForbidden},
			{"null", http.StatusForbidden},
		} {
			header := http.Header{}
			if tt.origin != "" {
				header.Set("Origin", tt.origin)
			}
			ws, resp, err := websocket.DefaultDialer.DialContext(t.Context(), s.url, header)
			if resp == nil {
				t.Fatalf("origin %q: %v", tt.origin, err)
			}
			if err == nil {
				ws.Close()
			}
			if resp.StatusCode != tt.status && tt.status != http.StatusForbidden || (err == nil) != (tt.status == http.StatusSwitchingProtocols) {
				t.Errorf("origin %q: status %d, error %v, want %d", tt.origin, resp.StatusCode, err, tt.status)
			}
		}
	})
}

func TestEndedSessionsEndTheirSockets(t *testing.T) {
	each(t, realtime.Options{}, func(t *testing.T, s *server) {
		ana := s.register("ana_01")
		phone := s.another(ana)
		c, p := s.connect(ana), s.connect(phone)
		if err := s.accounts.EndDevice(t.Context(), ana.caller, phone.DeviceID, false); err != nil {
			t.Fatal(err)
		}
		p.wantClose(protocol.CloseSignedOut)
		c.next("the journal row", func(f protocol.Frame) bool { return f.Op == protocol.OpJournal })

		again := s.dial(nil).listen()
		again.frame(protocol.OpHello, 1, protocol.Hello{Token: phone.Token, Protocol: protocol.Version})
		again.wantClose(protocol.CloseUnauthorized)

		if err := s.accounts.SetDisabled(t.Context(), "ana_01", true); err != nil {
			t.Fatal(err)
		}
		c.wantClose(protocol.CloseDisabled)
		again = s.dial(nil).listen()
		again.frame(protocol.OpHello, 1, protocol.Hello{Token: ana.Token, Protocol: protocol.Version})
		again.wantClose(protocol.CloseDisabled)
	})
}

// The administrator's commands run in another process, with a bus of their own.
func TestSessionsEndedByAnotherProcess(t *testing.T) {
	each(t, realtime.Options{}, func(t *testing.T, s *server) {
		ana := s.register("ana_01")
		c := s.connect(ana)
		command := start(t, s.store, bus.Options{}, realtime.Options{})
		if err := command.accounts.SignOutEverywhere(t.Context(), "ana_01"); err != nil {
			t.Fatal(err)
		}
		c.wantClose(protocol.CloseSignedOut)
	})
}

func TestSlowReadersAreCut(t *testing.T) {
	opt := realtime.Options{QueueBytes: 256 << 10, SlowAfter: 10 * time.Millisecond, WriteWithin: time.Minute}
	each(t, opt, func(t *testing.T, s *server) {
		ana, ben, conv := s.friends()
		a := s.connect(ana)
		b := s.dial(nil)
		b.frame(protocol.OpHello, 1, protocol.Hello{Token: ben.Token, Protocol: protocol.Version})
		// Ben reads nothing. More than the network holds on the way crowds his
		// queue; Ana notices nothing of it.
		long := strings.Repeat("\U0001f600", protocol.MaxTextRunes)
		n := 0
		eventually(t, "Ben is cut", func() bool {
			a.request(protocol.OpSend, text(conv, long))
			if r := a.answer(a.nextID); r.Error != nil {
				t.Fatal(r.Error)
			}
			n++
			return s.hub.Ending(protocol.CloseSlow) == 1
		})
		b.listen()
		b.wantClose(protocol.CloseSlow)
		back := s.connect(ben)
		if got := back.welcome.Heads[0].Unread; got != n {
			t.Errorf("unread after coming back = %d, want %d", got, n)
		}
	})
}

// A socket that reads may say more than its queue holds, as fast as it can:
// its own words, which come back to it, do not make it slow, nor do they make
// its friend slow.
func TestSendersOfMuchAreNotCut(t *testing.T) {
	opt := realtime.Options{QueueBytes: 64 << 10, SlowAfter: patience, WriteWithin: patience}
	each(t, opt, func(t *testing.T, s *server) {
		ana, ben, conv := s.friends()
		a, b := s.connect(ana), s.connect(ben)
		first := a.welcome.Heads[0].LastSeq + 1
		long := strings.Repeat("\U0001f600", protocol.MaxTextRunes)
		const n = 100 // 4 MB.
		for range n {
			a.request(protocol.OpSend, text(conv, long))
		}
		for _, c := range []*socket{a, b} {
			for _, e := range c.entries(conv, first, first+n-1) {
				var body protocol.Text
				if err := json.Unmarshal(e.Body, &body); err != nil || body.Text != long {
					t.Fatalf("entry %d holds %d bytes (%v)", e.Seq, len(e.Body), err)
				}
			}
		}
		if r := a.answer(a.nextID); r.Error != nil {
			t.Error(r.Error)
		}
	})
}

// A peer that writes and never reads ends, and the server with it waits no
// longer than a frame may take.
func TestAPeerThatOnlyWritesEnds(t *testing.T) {
	opt := realtime.Options{QueueBytes: 64 << 10, SlowAfter: 10 * time.Millisecond, WriteWithin: 200 * time.Millisecond}
	each(t, opt, func(t *testing.T, s *server) {
		ana, _, conv := s.friends()
		a := s.dial(nil)
		a.frame(protocol.OpHello, 1, protocol.Hello{Token: ana.Token, Protocol: protocol.Version})
		long := strings.Repeat("\U0001f600", protocol.MaxTextRunes)
		if err := a.ws.SetWriteDeadline(time.Now().Add(patience)); err != nil {
			t.Fatal(err)
		}
		for id := uint64(2); ; id++ {
			raw, err := protocol.Encode(text(conv, long))
			if err != nil {
				t.Fatal(err)
			}
			data, err := protocol.Encode(protocol.Frame{Op: protocol.OpSend, ID: id, Body: raw})
			if err != nil {
				t.Fatal(err)
			}
			var timeout net.Error
			if err = a.ws.WriteMessage(websocket.TextMessage, data); errors.As(err, &timeout) && timeout.Timeout() {
				t.Fatalf("both sides still wait after %v", patience)
			}
			if err != nil {
				break
			}
		}
		eventually(t, "the server is done with it", func() bool { return s.hub.Sockets() == 0 })
	})
}

func TestDraining(t *testing.T) {
	each(t, realtime.Options{}, func(t *testing.T, s *server) {
		ana, ben, conv := s.friends()
		a, b := s.connect(ana), s.connect(ben)
		mute := s.dial(nil).listen() // Has not said hello.
		const n = 50
		for range n {
			a.request(protocol.OpSend, text(conv, "last words"))
		}
		a.answer(2) // The first is answered, so the rest is on its way.
		s.stopHub()
		<-s.hubDone
		answered := int64(1)
		for f := range a.frames {
			if f.Op == protocol.OpReply {
				if f.Error != nil {
					t.Errorf("request %d: %v", f.ID, f.Error)
				}
				answered++
			}
		}
		for _, c := range []*socket{a, b, mute} {
			c.wantClose(protocol.CloseDraining)
		}
		head, err := s.timeline.Head(t.Context(), ana.id(), conv)
		if err != nil {
			t.Fatal(err)
		}
		if stored := head.LastSeq - a.welcome.Heads[0].LastSeq; stored != answered {
			t.Errorf("%d were stored and %d answered", stored, answered)
		}
		if _, resp, err := websocket.DefaultDialer.DialContext(t.Context(), s.url, nil); err == nil || resp == nil || resp.StatusCode < 400 {
			t.Errorf("a socket while draining: %v, %v", resp, err)
		}
	})
}

func TestALostPeerIsNoticed(t *testing.T) {
	each(t, realtime.Options{Ping: 20 * time.Millisecond, Silence: 200 * time.Millisecond, Linger: 20 * time.Millisecond}, func(t *testing.T, s *server) {
		ana, ben, _ := s.friends()
		a := s.connect(ana)
		// Ana's client answers pings, for longer than the silence allowed;
		// Ben's does not.
		b := s.dial(nil)
		b.ws.SetPingHandler(func(string) error { return nil })
		b.listen()
		b.request(protocol.OpHello, protocol.Hello{Token: ben.Token, Protocol: protocol.Version})
		var p protocol.Presence
		a.event(protocol.OpPresence, &p)
		if !p.Online || p.UserID != ben.id() {
			t.Errorf("presence = %+v", p)
		}
		a.event(protocol.OpPresence, &p)
		if p.Online || p.UserID != ben.id() || p.LastSeenMS == 0 {
			t.Errorf("presence = %+v", p)
		}
		if r := a.answer(a.request(protocol.OpRead, protocol.Read{ConversationID: a.welcome.Heads[0].ID, Seq: 1})); r.Error != nil {
			t.Errorf("after the silence: %v", r.Error)
		}
	})
}

func TestLimitsOnSockets(t *testing.T) {
	each(t, realtime.Options{SocketsPerAccount: 1, SocketsPerAddress: 3}, func(t *testing.T, s *server) {
		ana := s.register("ana_01")
		first := s.connect(ana)
		second := s.dial(nil).listen()
		id := second.request(protocol.OpHello, protocol.Hello{Token: ana.Token, Protocol: protocol.Version})
		if r := second.answer(id); r.Error == nil || r.Error.Code != protocol.CodeRateLimited {
			t.Errorf("second socket: %v", r.Error)
		}
		second.wantClose(websocket.CloseTryAgainLater)
		first.ws.Close()
		eventually(t, "the first socket's place is free again", func() bool {
			c := s.dial(nil).listen()
			defer c.ws.Close()
			return c.answer(c.request(protocol.OpHello, protocol.Hello{Token: ana.Token, Protocol: protocol.Version})).Error == nil
		})
		eventually(t, "all places are free again", func() bool {
			for range 3 {
				if c, _, err := websocket.DefaultDialer.DialContext(t.Context(), s.url, nil); err == nil {
					defer c.Close()
				} else {
					return false
				}
			}
			_, resp, err := websocket.DefaultDialer.DialContext(t.Context(), s.url, nil)
			if err == nil {
				t.Error("a fourth socket from one address is let in")
			}
			return resp != nil
		})
	})
}

// A socket that sends too fast is read more slowly; nothing is refused or
// reordered.
func TestFramesAreReadAtTheirPace(t *testing.T) {
	each(t, realtime.Options{FramesPerSecond: 100}, func(t *testing.T, s *server) {
		_, ben, conv := s.friends()
		b := s.connect(ben)
		began := time.Now()
		const n = 450 // The first 400 are let through at once.
		for range n {
			b.request(protocol.OpRead, protocol.Read{ConversationID: conv, Seq: 1})
		}
		if r := b.answer(b.nextID); r.Error != nil {
			t.Error(r.Error)
		}
		if took := time.Since(began); took < 400*time.Millisecond {
			t.Errorf("%d frames were read in %v", n, took)
		}
	})
}

func TestLostBusEventsSendSocketsBack(t *testing.T) {
	each(t, realtime.Options{}, func(t *testing.T, s *server) {
		c := s.connect(s.register("ana_01"))
		s.hub.Handle(bus.Event{Kind: bus.KindGap})
		c.wantClose(protocol.CloseResync)
	})
}

// While nothing happens, a socket costs one goroutine: memory for thousands of
// them is what their stacks and buffers take.
func TestIdleSocketsWaitWithOneGoroutine(t *testing.T) {
	s := start(t, storetest.Open(t), bus.Options{}, realtime.Options{})
	ana, _, conv := s.friends()
	const n = 40
	first := s.connect(ana)
	first.answer(first.request(protocol.OpSend, text(conv, "hi")))
	before := runtime.NumGoroutine()
	for range n {
		c := s.connect(ana)
		c.answer(c.request(protocol.OpSend, text(conv, "hi")))
	}
	// One is the socket's, one is the test client's.
	eventually(t, "writers and repliers went", func() bool { return runtime.NumGoroutine() <= before+2*n })
}

// Pings go out on time beside other frames, and to those who hear nothing else.
func TestIdleSocketsArePinged(t *testing.T) {
	each(t, realtime.Options{Ping: 50 * time.Millisecond, Silence: patience}, func(t *testing.T, s *server) {
		ana, _, _ := s.friends()
		c := s.dial(nil)
		pings := make(chan struct{}, 100)
		c.ws.SetPingHandler(func(string) error {
			pings <- struct{}{}
			return nil
		})
		c.listen()
		c.answer(c.request(protocol.OpHello, protocol.Hello{Token: ana.Token, Protocol: protocol.Version}))
		for range 3 {
			select {
			case <-pings:
			case <-time.After(patience):
				t.Fatal("no ping")
			}
		}
	})
}

// A device that is connected and says nothing is listed as active; one that is
// not connected stays as it was.
func TestConnectedDevicesAreActive(t *testing.T) {
	each(t, realtime.Options{Active: 50 * time.Millisecond}, func(t *testing.T, s *server) {
		ana := s.register("ana_01")
		away := s.another(ana)
		active := func(p person) int64 {
			t.Helper()
			list, err := s.accounts.Devices(t.Context(), ana.caller)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range list {
				if d.ID == p.DeviceID {
					return d.ActiveMS
				}
			}
			t.Fatal("the device is not listed")
			return 0
		}
		before := active(away)
		s.connect(ana)
		for range 3 {
			last := active(ana)
			eventually(t, "the connected device was active again", func() bool { return active(ana) > last })
		}
		if got := active(away); got != before {
			t.Errorf("the device that is away was active at %d, want %d", got, before)
		}
	})
}

// A request of a later client is refused by itself; its hints are left out, and
// what both know goes on.
func TestUnknownOpsEndNothing(t *testing.T) {
	each(t, realtime.Options{}, func(t *testing.T, s *server) {
		ana, _, conv := s.friends()
		c := s.connect(ana)
		c.write(`{"op":"dance"}`)
		reply := c.answer(c.request("dance", struct{}{}))
		if reply.Error == nil || reply.Error.Code != protocol.CodeUnknownKind {
			t.Errorf("a request that the server does not know is answered with %v, want %s", reply.Error, protocol.CodeUnknownKind)
		}
		if reply := c.answer(c.request(protocol.OpSend, text(conv, "and now"))); reply.Error != nil {
			t.Errorf("a message after it: %v", reply.Error)
		}
	})
}
