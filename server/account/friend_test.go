package account_test

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"mychat/protocol"
	"mychat/server/account"
	"mychat/server/bus"
	"mychat/server/store/storetest"
)

// TestRequestRules walks through what may follow what between two people. Each
// step is what somebody does, after a pause, and how it ends.
func TestRequestRules(t *testing.T) {
	const day = 24 * time.Hour
	type step struct {
		after time.Duration
		who   string // "ana" or "bob"; each deals with the other.
		does  string // ask, accept, refuse, ignore, remove
		want  protocol.Code
		wait  time.Duration // The RetryAfter expected.
	}
	tests := []struct {
		name    string
		steps   []step
		friends bool
	}{
		{"accepted", []step{
			{0, "ana", "ask", "", 0},
			{0, "bob", "accept", "", 0},
			{0, "ana", "ask", protocol.CodeAlreadyFriends, 0},
			{0, "bob", "ask", protocol.CodeAlreadyFriends, 0},
			{0, "bob", "accept", "", 0},
			{0, "bob", "refuse", protocol.CodeExpired, 0},
		}, true},
		{"asked twice while it waits", []step{
			{0, "ana", "ask", "", 0},
			{day, "ana", "ask", protocol.CodePending, 6 * day},
			{6*day - time.Second, "ana", "ask", protocol.CodePending, time.Second},
			{time.Second, "ana", "ask", "", 0},
		}, false},
		{"expires after seven days", []step{
			{0, "ana", "ask", "", 0},
			{7 * day, "bob", "accept", protocol.CodeExpired, 0},
			{0, "bob", "ask", "", 0},
			{0, "ana", "accept", "", 0},
		}, true},
		{"refused", []step{
			{0, "ana", "ask", "", 0},
			{0, "bob", "refuse", "", 0},
			{0, "bob", "refuse", "", 0},
			{day, "ana", "ask", protocol.CodeAskedRecently, 29 * day},
			{0, "bob", "accept", protocol.CodeExpired, 0},
			{29*day - time.Second, "ana", "ask", protocol.CodeAskedRecently, time.Second},
			{time.Second, "ana", "ask", "", 0},
		}, false},
		{"who refused may ask", []step{
			{0, "ana", "ask", "", 0},
			{0, "bob", "refuse", "", 0},
			{0, "bob", "ask", "", 0},
			{0, "ana", "ask", "", 0}, // Which answers bob's.
		}, true},
		{"a friendship takes an old refusal back", []step{
			{0, "ana", "ask", "", 0},
			{0, "bob", "refuse", "", 0},
			{day, "bob", "ask", "", 0},
			{0, "ana", "accept", "", 0},
			{day, "bob", "remove", "", 0},
			{0, "ana", "ask", "", 0},
		}, false},
		{"crossing requests", []step{
			{0, "ana", "ask", "", 0},
			{0, "bob", "ask", "", 0},
		}, true},
		{"ignored looks pending", []step{
			{0, "ana", "ask", "", 0},
			{0, "bob", "ignore", "", 0},
			{day, "ana", "ask", protocol.CodePending, 6 * day},
			{6 * day, "ana", "ask", "", 0},
		}, false},
		{"ignored and then accepted", []step{
			{0, "ana", "ask", "", 0},
			{0, "bob", "ignore", "", 0},
			{0, "bob", "accept", "", 0},
		}, true},
		{"ignored and then asked", []step{
			{0, "ana", "ask", "", 0},
			{0, "bob", "ignore", "", 0},
			{0, "bob", "ask", "", 0},
		}, true},
		{"an expired request does not cross", []step{
			{0, "ana", "ask", "", 0},
			{7 * day, "bob", "ask", "", 0},
		}, false},
		{"the sender cannot answer", []step{
			{0, "ana", "ask", "", 0},
			{0, "ana", "accept", protocol.CodeNotFound, 0},
		}, false},
		{"removed and friends again", []step{
			{0, "ana", "ask", "", 0},
			{0, "bob", "accept", "", 0},
			{0, "ana", "remove", "", 0},
			{0, "ana", "remove", "", 0},
			{0, "bob", "ask", "", 0},
			{0, "ana", "accept", "", 0},
		}, true},
	}
	each(t, account.Options{AddressTries: 1000}, func(t *testing.T, w *world) {
		for i, tt := range tests {
			t.Run(tt.name, func(t *testing.T) {
				people := map[string]person{
					"ana": w.register(fmt.Sprintf("ana_%d", i)), "bob": w.register(fmt.Sprintf("bob_%d", i)),
				}
				other := map[string]string{"ana": "bob", "bob": "ana"}
				var request string // The last one made.
				for i, s := range tt.steps {
					w.clock.add(s.after)
					p, q := people[s.who], people[other[s.who]]
					var err error
					var asked protocol.Asked
					switch s.does {
					case "ask":
						if asked, err = p.ask(q, "hello"); err == nil {
							request = asked.Request.ID
						}
					case "remove":
						err = w.RemoveFriend(t.Context(), p.Caller, q.UserID)
					default:
						_, err = p.answer(request, s.does)
					}
					if code(err) != s.want || retryAfter(err) != s.wait {
						t.Fatalf("step %d, %s does %s: got %q wait %v (%v), want %q wait %v",
							i, s.who, s.does, code(err), retryAfter(err), err, s.want, s.wait)
					}
				}
				for name, p := range people {
					friends, err := w.Friends(t.Context(), p.UserID)
					if err != nil {
						t.Fatal(err)
					}
					if got := len(friends) == 1; got != tt.friends {
						t.Errorf("%s has %d friends, want friends: %v", name, len(friends), tt.friends)
					}
				}
			})
		}
	})
}

func TestAskingNobodyOrOneself(t *testing.T) {
	each(t, account.Options{AsksPerDay: 2}, func(t *testing.T, w *world) {
		ana, bob, eve, dan := w.register("ana_1"), w.register("bob_1"), w.register("eve_1"), w.register("dan_1")
		_, err := ana.ask(ana, "")
		wantCode(t, "asking oneself", err, protocol.CodeSelf)
		for _, id := range []string{"", "nobody", "12345", "-1"} {
			_, err := w.Ask(t.Context(), ana.Caller, protocol.AskFriend{UserID: id})
			wantCode(t, "asking "+id, err, protocol.CodeNotFound)
		}
		_, err = ana.ask(bob, strings.Repeat("x", protocol.MaxRequestMessage+1))
		wantCode(t, "a long message", err, protocol.CodeInvalid)
		if err := w.SetDisabled(t.Context(), "BOB_1", true); err != nil {
			t.Fatal(err)
		}
		_, err = ana.ask(bob, "")
		wantCode(t, "asking a disabled user", err, protocol.CodeNotFound)
		if err := w.SetDisabled(t.Context(), "bob_1", false); err != nil {
			t.Fatal(err)
		}
		for _, p := range []person{bob, eve} {
			if _, err := ana.ask(p, ""); err != nil {
				t.Fatal(err)
			}
		}
		w.clock.add(time.Hour)
		_, err = ana.ask(dan, "")
		wantCode(t, "asking too many", err, protocol.CodeRateLimited)
		if got := retryAfter(err); got != 23*time.Hour {
			t.Errorf("wait %v, want 23h", got)
		}
		_, err = eve.answer("999", protocol.AnswerAccept)
		wantCode(t, "answering nothing", err, protocol.CodeNotFound)
		_, err = eve.answer("999", "perhaps")
		wantCode(t, "an unknown answer", err, protocol.CodeInvalid)
	})
}

// TestFriendshipIsPushed follows what the devices of both sides are told.
func TestFriendshipIsPushed(t *testing.T) {
	each(t, account.Options{}, func(t *testing.T, w *world) {
		ana, bob := w.register("Ana_1"), w.register("bob_1")
		asked, err := ana.ask(bob, " hi, it's Ana ")
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range []person{ana, bob} {
			r := last[protocol.FriendRequest](p, protocol.JournalRequest)
			if !reflect.DeepEqual(r, asked.Request) || r.Message != "hi, it's Ana" || r.From.Username != "Ana_1" {
				t.Errorf("request row %+v, want %+v", r, asked.Request)
			}
		}
		if _, err := bob.answer(asked.Request.ID, protocol.AnswerIgnore); err != nil {
			t.Fatal(err)
		}
		if n := len(rows[protocol.FriendRequest](ana, protocol.JournalRequest)); n != 1 {
			t.Errorf("who was ignored was told: %d rows", n)
		}
		if s := last[protocol.FriendRequest](bob, protocol.JournalRequest).State; s != protocol.RequestIgnored {
			t.Errorf("bob sees %s", s)
		}
		if list, err := w.Requests(t.Context(), ana.Caller); err != nil || len(list) != 1 || list[0].State != protocol.RequestPending {
			t.Errorf("ana's requests: %+v, %v", list, err)
		}
		answered, err := bob.answer(asked.Request.ID, protocol.AnswerAccept)
		if err != nil {
			t.Fatal(err)
		}
		conv := answered.Contact.ConversationID
		for _, p := range []struct{ me, peer person }{{ana, bob}, {bob, ana}} {
			if s := last[protocol.FriendRequest](p.me, protocol.JournalRequest).State; s != protocol.RequestAccepted {
				t.Errorf("request is %s", s)
			}
			c := last[protocol.Contact](p.me, protocol.JournalContact)
			if !c.Friend || c.ConversationID != conv || c.Profile.ID != p.peer.UserID {
				t.Errorf("contact row %+v", c)
			}
			h := last[protocol.Head](p.me, protocol.JournalConversation)
			if h.ID != conv || h.LastSeq != 2 || h.Last == nil || h.Last.Seq != 2 || h.Peer.ID != p.peer.UserID {
				t.Errorf("head row %+v", h)
			}
			page, err := w.timeline.After(t.Context(), p.me.UserID, conv, 0, 0)
			if err != nil || len(page.Entries) != 2 {
				t.Fatalf("page %+v, %v", page, err)
			}
			first, second := page.Entries[0], page.Entries[1]
			if first.Kind != protocol.KindFriended || first.Sender != bob.UserID || string(first.Body) != "{}" {
				t.Errorf("first entry %+v", first)
			}
			if second.Sender != ana.UserID || string(second.Body) != `{"text":"hi, it's Ana"}` {
				t.Errorf("second entry %+v", second)
			}
		}
		if got := last[protocol.Head](bob, protocol.JournalConversation).Unread; got != 1 {
			t.Errorf("bob has %d unread, want ana's message", got)
		}
		if got := last[protocol.Head](ana, protocol.JournalConversation).Unread; got != 0 {
			t.Errorf("ana has %d unread", got)
		}
		if err := w.RemoveFriend(t.Context(), bob.Caller, ana.UserID); err != nil {
			t.Fatal(err)
		}
		for _, p := range []person{ana, bob} {
			if last[protocol.Contact](p, protocol.JournalContact).Friend {
				t.Error("the end of the friendship was not pushed")
			}
			if err := w.timeline.MayWrite(t.Context(), p.UserID, conv); code(err) != protocol.CodeNotFriend {
				t.Errorf("may write: %v", err)
			}
		}
		w.befriend(bob, ana)
		if err := w.timeline.MayWrite(t.Context(), ana.UserID, conv); err != nil {
			t.Errorf("friends again, but %v", err)
		}
	})
}

// TestMembershipIsToldBeforeTheEntries: a hub must know that its sockets are in
// a conversation before it hears of entries there.
func TestMembershipIsToldBeforeTheEntries(t *testing.T) {
	each(t, account.Options{}, func(t *testing.T, w *world) {
		ana, bob := w.register("ana_1"), w.register("bob_1")
		sub, err := w.bus.Subscribe()
		if err != nil {
			t.Fatal(err)
		}
		kinds := make(chan bus.Kind, 100)
		storetest.Background(t, func(ctx context.Context) error {
			return sub.Run(ctx, func(e bus.Event) { kinds <- e.Kind })
		})
		w.befriend(ana, bob)
		if err := w.RemoveFriend(t.Context(), ana.Caller, bob.UserID); err != nil {
			t.Fatal(err)
		}
		w.befriend(ana, bob)
		asked := []bus.Kind{bus.KindJournal, bus.KindJournal}
		friends := []bus.Kind{bus.KindEntries, bus.KindJournal, bus.KindJournal}
		removed := []bus.Kind{bus.KindJournal, bus.KindJournal}
		want := slices.Concat(asked, []bus.Kind{bus.KindJoined, bus.KindJoined}, friends, removed, asked, friends)
		for i, k := range want {
			select {
			case got := <-kinds:
				if got != k {
					t.Fatalf("event %d is of kind %d, want %d of %v", i, got, k, want)
				}
			case <-time.After(10 * time.Second):
				t.Fatalf("event %d did not come", i)
			}
		}
	})
}

func TestCrossingRequestsCarryBothMessages(t *testing.T) {
	each(t, account.Options{}, func(t *testing.T, w *world) {
		ana, bob := w.register("ana_1"), w.register("bob_1")
		if _, err := ana.ask(bob, "from ana"); err != nil {
			t.Fatal(err)
		}
		asked, err := bob.ask(ana, "from bob")
		if err != nil || asked.Contact == nil || asked.Request.State != protocol.RequestAccepted {
			t.Fatalf("asked %+v, %v", asked, err)
		}
		page, err := w.timeline.After(t.Context(), ana.UserID, asked.Contact.ConversationID, 0, 0)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, e := range page.Entries {
			got = append(got, e.Sender+" "+string(e.Body))
		}
		want := []string{bob.UserID + " {}", ana.UserID + ` {"text":"from ana"}`, bob.UserID + ` {"text":"from bob"}`}
		if !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}

// TestAskingEachOtherAtOnce makes two requests cross as closely as they can.
func TestAskingEachOtherAtOnce(t *testing.T) {
	storetest.EachDSN(t, func(t *testing.T, dsn string) {
		// Two nodes on one database.
		nodes := []*world{}
		for range 2 {
			nodes = append(nodes, newWorld(t, storetest.OpenDSN(t, dsn), account.Options{}))
		}
		for i := range 10 {
			ana := nodes[0].register("ana_" + string(rune('a'+i)))
			bob := nodes[1].register("bob_" + string(rune('a'+i)))
			var g errgroup.Group
			results := make([]protocol.Asked, 2)
			for k, pair := range [][2]person{{ana, bob}, {bob, ana}} {
				g.Go(func() error {
					var err error
					results[k], err = pair[0].ask(pair[1], "")
					return err
				})
			}
			if err := g.Wait(); err != nil {
				t.Fatal(err)
			}
			if (results[0].Contact == nil) == (results[1].Contact == nil) {
				t.Errorf("round %d: not exactly one of the two made them friends", i)
			}
			if friends, err := nodes[0].Friends(t.Context(), ana.UserID); err != nil || len(friends) != 1 {
				t.Errorf("round %d: %d friends, %v", i, len(friends), err)
			}
		}
	})
}

func TestRemarkAndProfileReachTheRightPeople(t *testing.T) {
	each(t, account.Options{}, func(t *testing.T, w *world) {
		ana, bob, eve := w.register("ana_1"), w.register("bob_1"), w.register("eve_1")
		w.befriend(ana, bob)
		w.befriend(ana, eve)
		remark := " Bobby "
		c, err := w.UpdateContact(t.Context(), ana.Caller, bob.UserID, protocol.UpdateContact{Remark: &remark})
		if err != nil || c.Remark != "Bobby" {
			t.Fatalf("%+v, %v", c, err)
		}
		if got := last[protocol.Contact](ana, protocol.JournalContact); !reflect.DeepEqual(got, c) {
			t.Errorf("row %+v, want %+v", got, c)
		}
		if got := last[protocol.Contact](bob, protocol.JournalContact); got.Remark != "" {
			t.Errorf("bob was told of ana's remark: %+v", got)
		}
		_, err = w.UpdateContact(t.Context(), bob.Caller, eve.UserID, protocol.UpdateContact{Remark: &remark})
		wantCode(t, "naming a stranger", err, protocol.CodeNotFound)
		long := strings.Repeat("x", protocol.MaxRemark+1)
		_, err = w.UpdateContact(t.Context(), ana.Caller, bob.UserID, protocol.UpdateContact{Remark: &long})
		wantCode(t, "a long remark", err, protocol.CodeInvalid)

		if err := w.RemoveFriend(t.Context(), ana.Caller, eve.UserID); err != nil {
			t.Fatal(err)
		}
		before := len(rows[protocol.Contact](eve, protocol.JournalContact))
		nick, find := "Bob the 2nd", true
		me, err := w.UpdateMe(t.Context(), bob.Caller, protocol.UpdateMe{Nickname: &nick, FindableByNickname: &find})
		if err != nil {
			t.Fatal(err)
		}
		if got := last[protocol.Me](bob, protocol.JournalProfile); got != me || !got.FindableByNickname || got.Profile.Nickname != nick {
			t.Errorf("own row %+v, want %+v", got, me)
		}
		if got := last[protocol.Contact](ana, protocol.JournalContact); got.Profile.Nickname != nick || got.Remark != "Bobby" {
			t.Errorf("friend's row %+v", got)
		}
		if _, err := w.UpdateMe(t.Context(), ana.Caller, protocol.UpdateMe{Nickname: &nick}); err != nil {
			t.Fatal(err)
		}
		if n := len(rows[protocol.Contact](eve, protocol.JournalContact)); n != before {
			t.Error("a former friend was told")
		}
		empty := "  "
		_, err = w.UpdateMe(t.Context(), bob.Caller, protocol.UpdateMe{Nickname: &empty})
		wantCode(t, "an empty nickname", err, protocol.CodeInvalid)
	})
}

func TestSearch(t *testing.T) {
	each(t, account.Options{}, func(t *testing.T, w *world) {
		ana, bob, eve, dan := w.register("ana_1"), w.register("Bob_1"), w.register("eve_1"), w.register("dan_1")
		findable := true
		for p, nick := range map[*person]string{&bob: "李雷 Bob", &eve: "ＬＩly", &dan: "lilian"} {
			u := protocol.UpdateMe{Nickname: &nick}
			if p != &dan {
				u.FindableByNickname = &findable
			}
			if _, err := w.UpdateMe(t.Context(), p.Caller, u); err != nil {
				t.Fatal(err)
			}
		}
		w.befriend(ana, bob)
		if _, err := ana.ask(eve, ""); err != nil {
			t.Fatal(err)
		}
		if _, err := dan.ask(ana, ""); err != nil {
			t.Fatal(err)
		}
		for _, tt := range []struct {
			query string
			want  []string
		}{
			{"BOB_1", []string{"Bob_1 friend"}},
			{"bob_", nil},
			{"李", []string{"Bob_1 friend"}},
			{"lil", []string{"eve_1 asked"}},
			{"dan_1", []string{"dan_1 asked_you"}},
			{"ana_1", []string{"ana_1 self"}},
			{"%", nil},
			{"nick", nil},
		} {
			cards, err := w.Search(t.Context(), ana.Caller, tt.query)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, c := range cards {
				got = append(got, c.Profile.Username+" "+c.Relation)
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("Search(%q) = %q, want %q", tt.query, got, tt.want)
			}
		}
		card, err := w.User(t.Context(), bob.Caller, eve.UserID)
		if err != nil || card.Relation != protocol.RelationNone {
			t.Errorf("%+v, %v", card, err)
		}
		_, err = w.Search(t.Context(), ana.Caller, " ")
		wantCode(t, "an empty query", err, protocol.CodeInvalid)
		if err := w.SetDisabled(t.Context(), "eve_1", true); err != nil {
			t.Fatal(err)
		}
		if cards, err := w.Search(t.Context(), ana.Caller, "eve_1"); err != nil || len(cards) != 0 {
			t.Errorf("a disabled user was found: %+v, %v", cards, err)
		}
	})
}

// TestSnapshotIsThePresentState compares what a new device is told with what
// one that followed every row knows.
func TestSnapshotIsThePresentState(t *testing.T) {
	each(t, account.Options{}, func(t *testing.T, w *world) {
		ana, bob, eve := w.register("ana_1"), w.register("bob_1"), w.register("eve_1")
		w.befriend(ana, bob)
		if _, err := ana.ask(eve, "hi"); err != nil {
			t.Fatal(err)
		}
		nick := "Bobby"
		if _, err := w.UpdateMe(t.Context(), bob.Caller, protocol.UpdateMe{Nickname: &nick}); err != nil {
			t.Fatal(err)
		}
		if err := w.RemoveFriend(t.Context(), ana.Caller, bob.UserID); err != nil {
			t.Fatal(err)
		}
		if _, err := w.signIn("ana_1", password); err != nil {
			t.Fatal(err)
		}
		state, err := w.journal.Sync(t.Context(), ana.UserID, 0)
		if err != nil || !state.Reset {
			t.Fatalf("%+v, %v", state, err)
		}
		followed := latest(t, must(w.journal.After(t.Context(), ana.UserID, 0, 1000)))
		told := latest(t, state.Rows)
		for key, body := range followed {
			if strings.HasPrefix(key, protocol.JournalConversation) {
				continue // Heads are synced for themselves.
			}
			// The other's profile in an old request may be older than the present one.
			if strings.HasPrefix(key, protocol.JournalRequest) {
				body, told[key] = withoutNames(body), withoutNames(told[key])
			}
			// That a device just signed in is news in its row alone.
			if strings.HasPrefix(key, protocol.JournalDevice) {
				body = strings.Replace(body, `"new":true,`, "", 1)
			}
			if told[key] != body {
				t.Errorf("%s: snapshot %s, rows %s", key, told[key], body)
			}
		}
		for _, r := range state.Rows {
			if r.Useq != state.Pos {
				t.Errorf("row at %d, position %d", r.Useq, state.Pos)
			}
		}
	})
}

// latest returns the last body for each thing that rows name.
func latest(t *testing.T, rows []protocol.JournalRow) map[string]string {
	t.Helper()
	out := make(map[string]string)
	for _, r := range rows {
		var v struct {
			ID      string           `json:"id"`
			Profile protocol.Profile `json:"profile"`
			Device  protocol.Device  `json:"device"`
		}
		if err := json.Unmarshal(r.Body, &v); err != nil {
			t.Fatal(err)
		}
		out[r.Kind+" "+v.ID+v.Profile.ID+v.Device.ID] = string(r.Body)
	}
	return out
}

func withoutNames(body string) string {
	var r protocol.FriendRequest
	if err := json.Unmarshal([]byte(body), &r); err != nil {
		return body
	}
	r.From.Nickname, r.To.Nickname = "", ""
	b, err := protocol.Encode(r)
	if err != nil {
		return body
	}
	return string(b)
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// TestJournalsStayDenseUnderConcurrency has many people change many journals
// at once: no number is missing and none is given twice.
func TestJournalsStayDenseUnderConcurrency(t *testing.T) {
	storetest.EachDSN(t, func(t *testing.T, dsn string) {
		nodes := []*world{newWorld(t, storetest.OpenDSN(t, dsn), account.Options{})}
		nodes = append(nodes, newWorld(t, storetest.OpenDSN(t, dsn), account.Options{}))
		var people []person
		for i := range 6 {
			people = append(people, nodes[i%2].register("user_"+string(rune('a'+i))))
		}
		for i, p := range people {
			for _, q := range people[i+1:] {
				nodes[0].befriend(p, q)
			}
		}
		g, ctx := errgroup.WithContext(t.Context())
		for i, p := range people {
			g.Go(func() error { return change(ctx, p, people[(i+1)%len(people)]) })
		}
		if err := g.Wait(); err != nil {
			t.Fatal(err)
		}
		for _, p := range people {
			list := must(nodes[0].journal.After(t.Context(), p.UserID, 0, 10_000))
			for i, r := range list {
				if r.Useq != int64(i+1) {
					t.Fatalf("row %d has number %d", i, r.Useq)
				}
			}
			told := latest(t, list)
			for key, body := range latest(t, must(nodes[1].journal.Sync(t.Context(), p.UserID, 0)).Rows) {
				if strings.HasPrefix(key, protocol.JournalContact) && told[key] != body {
					t.Errorf("the last row says %s, the truth is %s", told[key], body)
				}
			}
		}
	})
}

func change(ctx context.Context, p, q person) error {
	for i := range 8 {
		nick, remark := "nick "+string(rune('a'+i)), "remark "+string(rune('a'+i))
		if _, err := p.w.UpdateMe(ctx, p.Caller, protocol.UpdateMe{Nickname: &nick}); err != nil {
			return err
		}
		if _, err := p.w.UpdateContact(ctx, p.Caller, q.UserID, protocol.UpdateContact{Remark: &remark}); err != nil {
			return err
		}
	}
	return nil
}

func TestFriendsKnowWhenLastSeen(t *testing.T) {
	each(t, account.Options{}, func(t *testing.T, w *world) {
		ana, bob := w.register("ana_1"), w.register("bob_1")
		w.befriend(ana, bob)
		at := w.clock.Now()
		for _, d := range []time.Duration{0, -time.Hour} { // The later one stays.
			if err := w.Seen(t.Context(), bob.UserID, at.Add(d)); err != nil {
				t.Fatal(err)
			}
		}
		got, err := w.Friends(t.Context(), ana.UserID)
		want := []account.Friend{{UserID: bob.UserID, LastSeenMS: at.UnixMilli()}}
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("got %+v (%v), want %+v", got, err, want)
		}
	})
}
