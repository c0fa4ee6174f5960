package test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/oklog/ulid/v2"

	"mychat/protocol"
)

// TestNobodyPassesWithoutASession asks every route that the server describes
// without a token, with one that was never given, and with one that is over.
func TestNobodyPassesWithoutASession(t *testing.T) {
	t.Parallel()
	s := newStage(t, "", 1)
	server := s.nodes[0].url()
	ana := s.register(t, 0, "ana_lind")
	over := s.signIn(t, 0, "ana_lind")
	over.stop()
	if a := call(t, http.MethodDelete, server+protocol.PathSession, over.token, nil); a.status != http.StatusNoContent {
		t.Fatalf("sign out: %d %s", a.status, a.body)
	}
	var spec struct {
		Paths map[string]map[string]struct {
			OperationID string `json:"operationId"`
		}
	}
	if err := json.Unmarshal(call(t, http.MethodGet, server+"/openapi.json", "", nil).body, &spec); err != nil {
		t.Fatal(err)
	}
	free := map[string]bool{"get-server": true, "register": true, "sign-in": true, "ask-link": true, "await-link": true}
	asked := 0
	for path, methods := range spec.Paths {
		path = strings.NewReplacer("{id}", ana.me.ID, "{user_id}", ana.me.ID, "{answer}", protocol.AnswerAccept, "{name}", protocol.PreferenceSound).Replace(path)
		for method, op := range methods {
			if free[op.OperationID] {
				continue
			}
			asked++
			for name, token := range map[string]string{"no token": "", "an unknown token": "AAAA", "a session that is over": over.token} {
				a := call(t, strings.ToUpper(method), server+path, token, []byte(`{}`))
				if got := a.refusal(); a.status != http.StatusUnauthorized || got.Code != protocol.CodeUnauthorized {
					t.Errorf("%s with %s: got %d %s", op.OperationID, name, a.status, a.body)
				}
			}
		}
	}
	if asked < 15 {
		t.Errorf("only %d routes are described", asked)
	}
}

// people are those around Ana: a friend, a former friend, and somebody who
// has nothing to do with her.
type people struct {
	ana, friend, former, stranger *device
	withFriend, withFormer        string // Ana's conversations.
	requestID                     string // Somebody else asked Ana.
}

func newPeople(t *testing.T, s *stage) people {
	t.Helper()
	last := len(s.nodes) - 1
	p := people{
		ana: s.register(t, 0, "ana_lind"), friend: s.register(t, last, "ben_2026"),
		former: s.register(t, last, "former_1"), stranger: s.register(t, 0, "stranger_1"),
	}
	asker := s.register(t, last, "asker_1")
	p.withFriend, p.withFormer = befriend(t, p.ana, p.friend), befriend(t, p.ana, p.former)
	p.ana.say(t, p.withFriend, "to the friend")
	p.ana.say(t, p.withFormer, "to the former friend")
	agree(t, p.withFriend, []string{"to the friend"}, p.friend)
	agree(t, p.withFormer, []string{"to the former friend"}, p.former)
	if err := p.ana.RemoveFriend(t.Context(), p.former.me.ID); err != nil {
		t.Fatal(err)
	}
	asked, err := asker.AskFriend(t.Context(), p.ana.me.ID, "")
	if err != nil {
		t.Fatal(err)
	}
	p.requestID = asked.Request.ID
	return p
}

// TestWhoMayDoWhat is the table of what others may do to what is Ana's, over
// REST and over the socket: "" means that it succeeds.
func TestWhoMayDoWhat(t *testing.T) {
	t.Parallel()
	onEveryStage(t, func(t *testing.T, s *stage) {
		p := newPeople(t, s)
		devices, err := p.ana.Devices(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		withFriend, withFormer := protocol.PathConversations+"/"+p.withFriend, protocol.PathConversations+"/"+p.withFormer
		const (
			ok        = protocol.Code("")
			notMember = protocol.CodeNotMember
			notFriend = protocol.CodeNotFriend
			notFound  = protocol.CodeNotFound
			forged    = protocol.CodeInvalid
			over      = protocol.CodeExpired
		)
		link, err := newClient(t, p.ana.server, "").AskLink(t.Context(), protocol.AskLink{Device: deviceInfo(t, "new")})
		if err == nil {
			_, err = p.ana.ClaimLink(t.Context(), link.Code)
		}
		if err != nil {
			t.Fatal(err)
		}
		send := func(conv string) any { return message(t, conv, ulid.Make().String(), "let me in") }
		acting := func(conv, kind, body string) any { // Entry 2 is Ana's text.
			return protocol.Send{
				ConversationID: conv, ClientID: ulid.Make().String(), Kind: kind, RefSeq: 2, Body: json.RawMessage(body),
			}
		}
		record := func(conv, body string) any {
			return protocol.Send{
				ConversationID: conv, ClientID: ulid.Make().String(), Kind: protocol.KindRecord, Fallback: "[Chat]", Body: json.RawMessage(body),
			}
		}
		const laterID = "01K9MSG0000000000000000005"
		atMS := time.Now().Add(time.Hour).UnixMilli()
		schedule := func(conv string) any { return protocol.Schedule{Send: message(t, conv, laterID, "later"), AtMS: atMS} }
		anas := message(t, p.withFriend, ulid.Make().String(), "Ana's for later")
		if f := dial(t, p.ana.server, p.ana.token).request(protocol.OpSchedule, protocol.Schedule{Send: anas, AtMS: atMS}); f.Error != nil {
			t.Fatal(f.Error)
		}
		type row struct {
			name, method, path       string
			body                     func() any
			stranger, former, friend protocol.Code
		}
		static := func(v any) func() any { return func() any { return v } }
		for _, tt := range []row{
			{"read the history with the friend", "GET", withFriend + "/entries", nil, notMember, notMember, ok},
			{"read the history with the former friend", "GET", withFormer + "/entries", nil, notMember, ok, notMember},
			{"read from the beginning", "GET", withFriend + "/entries?after=0", nil, notMember, notMember, ok},
			{"move a position with the friend", "POST", withFriend + "/read", static(map[string]int{"seq": 1}), notMember, notMember, ok},
			{"move a position with the former friend", "POST", withFormer + "/read", static(map[string]int{"seq": 1}), notMember, ok, notMember},
			{"pin the conversation with the friend", "PATCH", withFriend + "/settings", static(map[string]bool{"pinned": true}), notMember, notMember, ok},
			{"put that with the former friend in a folder", "PATCH", withFormer + "/settings", static(map[string]any{"folders": []string{laterID}}), notMember, ok, notMember},
			{"put it in what is no folder", "PATCH", withFriend + "/settings", static(map[string]any{"folders": []string{"work"}}), forged, forged, forged},
			{"keep a draft with the former friend", "PATCH", withFormer + "/settings", static(map[string]any{"draft": map[string]string{"text": "still here"}}), notMember, ok, notMember},
			{"keep a draft that is too long", "PATCH", withFriend + "/settings", static(map[string]any{"draft": map[string]string{"text": strings.Repeat("x", protocol.MaxTextRunes+1)}}), forged, forged, forged},
			{"write to the friend's conversation", "POST", protocol.PathMessages, func() any { return send(p.withFriend) }, notMember, notMember, ok},
			{"write to the former friend's conversation", "POST", protocol.PathMessages, func() any { return send(p.withFormer) }, notMember, notFriend, notMember},
			{"recall what Ana wrote", "POST", protocol.PathMessages, func() any { return acting(p.withFriend, protocol.KindRecall, `{}`) }, notMember, notMember, protocol.CodeForbidden},
			{"recall what Ana wrote to the former friend", "POST", protocol.PathMessages, func() any { return acting(p.withFormer, protocol.KindRecall, `{}`) }, notMember, notFriend, notMember},
			{"react to what Ana wrote", "POST", protocol.PathMessages, func() any { return acting(p.withFriend, protocol.KindReaction, `{"emoji":"👍"}`) }, notMember, notMember, ok},
			{"react to what Ana wrote to the former friend", "POST", protocol.PathMessages, func() any { return acting(p.withFormer, protocol.KindReaction, `{"emoji":"👍"}`) }, notMember, notFriend, notMember},
			{"pin what Ana wrote", "POST", protocol.PathMessages, func() any { return acting(p.withFriend, protocol.KindPin, `{}`) }, notMember, notMember, ok},
			{"pin what Ana wrote to the former friend", "POST", protocol.PathMessages, func() any { return acting(p.withFormer, protocol.KindPin, `{}`) }, notMember, notFriend, notMember},
			{"take a pin off", "POST", protocol.PathMessages, func() any { return acting(p.withFriend, protocol.KindUnpin, `{}`) }, notMember, notMember, ok},
			{"edit what Ana wrote", "POST", protocol.PathMessages, func() any { return acting(p.withFriend, protocol.KindEdit, `{"text":"forged"}`) }, notMember, notMember, protocol.CodeForbidden},
			{"forward a record to the friend", "POST", protocol.PathMessages, func() any {
				return record(p.withFriend, `{"names":["Ana"],"items":[{"name":"Ana","kind":"text","body":{"text":"x"}}]}`)
			}, notMember, notMember, ok},
			{"forward a record to the former friend", "POST", protocol.PathMessages, func() any {
				return record(p.withFormer, `{"names":["Ana"],"items":[{"name":"Ana","kind":"text","body":{"text":"x"}}]}`)
			}, notMember, notFriend, notMember},
			{"forward a record of nothing", "POST", protocol.PathMessages, func() any { return record(p.withFriend, `{"names":["Ana"],"items":[]}`) }, forged, forged, forged},
			{"forward a recall in a record", "POST", protocol.PathMessages, func() any {
				return record(p.withFriend, `{"names":["Ana"],"items":[{"name":"Ana","kind":"recall","body":{}}]}`)
			}, forged, forged, forged},
			{"leave the friend something for later", "PUT", protocol.PathScheduled + "/" + laterID, func() any { return schedule(p.withFriend) }, notMember, notMember, ok},
			{"leave the former friend something for later", "PUT", protocol.PathScheduled + "/" + laterID, func() any { return schedule(p.withFormer) }, notMember, notFriend, notMember},
			{"leave something for later under another id", "PUT", protocol.PathScheduled + "/01K9MSG0000000000000000006", func() any { return schedule(p.withFriend) }, forged, forged, forged},
			{"give up what Ana left for later", "DELETE", protocol.PathScheduled + "/" + anas.ClientID, nil, ok, ok, ok}, // Theirs of that id, of which there is none.
			{"delete the conversation with the friend for both", "POST", protocol.PathMessages, func() any { return acting(p.withFriend, protocol.KindClear, `{}`) }, notMember, notMember, ok},
			{"delete that with the former friend for both", "POST", protocol.PathMessages, func() any { return acting(p.withFormer, protocol.KindClear, `{}`) }, notMember, notFriend, notMember},
			{"clear the conversation with the friend for oneself", "PATCH", withFriend + "/settings", static(map[string]int{"cleared_seq": 1}), notMember, notMember, ok},
			{"clear that with the former friend for oneself", "PATCH", withFormer + "/settings", static(map[string]int{"cleared_seq": 1}), notMember, ok, notMember},
			{"clear before the log", "PATCH", withFriend + "/settings", static(map[string]int{"cleared_seq": -1}), forged, forged, forged},
			{"choose a sound for oneself", "PUT", protocol.PathPreferences + "/" + protocol.PreferenceSound, static(map[string]bool{"value": false}), ok, ok, ok}, // One's own alone.
			{"choose what is no sound", "PUT", protocol.PathPreferences + "/" + protocol.PreferenceSound, static(map[string]string{"value": "loud"}), forged, forged, forged},
			{"choose under a name that there is not", "PUT", protocol.PathPreferences + "/password", static(map[string]bool{"value": true}), forged, forged, forged},
			{"choose under another name", "PUT", protocol.PathPreferences + "/" + protocol.PreferenceSound, static(map[string]any{"name": "ctrl_enter", "value": true}), forged, forged, forged},
			{"star what Ana wrote", "POST", withFriend + "/marks", static(map[string]any{"seqs": []int{2}, "starred": true}), notMember, notMember, ok},
			{"star what Ana wrote to the former friend", "POST", withFormer + "/marks", static(map[string]any{"seqs": []int{2}, "starred": true}), notMember, ok, notMember},
			{"delete what Ana wrote for oneself", "POST", withFriend + "/marks", static(map[string]any{"seqs": []int{2}, "deleted": true}), notMember, notMember, ok},
			{"delete what Ana wrote to the former friend for oneself", "POST", withFormer + "/marks", static(map[string]any{"seqs": []int{2}, "deleted": true}), notMember, ok, notMember},
			{"write what nobody may write", "POST", protocol.PathMessages, func() any { return acting(p.withFriend, protocol.KindDeleted, `{}`) }, protocol.CodeUnknownKind, protocol.CodeUnknownKind, protocol.CodeUnknownKind},
			{"star nothing", "POST", withFriend + "/marks", static(map[string]any{"seqs": []int{}, "starred": true}), forged, forged, forged},
			{"mark with nothing", "POST", withFriend + "/marks", static(map[string]any{"seqs": []int{2}}), forged, forged, forged},
			{"continue a list of marks that is none", "GET", protocol.PathMarks + "?cursor=x.1", nil, forged, forged, forged},
			{"list one's own marks", "GET", protocol.PathMarks, nil, ok, ok, ok},
			{"write nowhere", "POST", protocol.PathMessages, func() any { return send("1") }, notMember, notMember, notMember},
			{"answer a request made to Ana", "POST", protocol.PathRequests + "/" + p.requestID + "/accept", nil, notFound, notFound, notFound},
			{"answer it with something else", "POST", protocol.PathRequests + "/" + p.requestID + "/marry", nil, forged, forged, forged},
			{"sign Ana's device out", "DELETE", protocol.PathDevices + "/" + devices[0].ID, nil, notFound, notFound, notFound},
			{"wipe Ana's device", "DELETE", protocol.PathDevices + "/" + devices[0].ID + "?wipe=true", nil, notFound, notFound, notFound},
			{"look at a device that Ana is asked to let in", "POST", protocol.PathLinkClaims, static(map[string]string{"code": link.Code}), notFound, notFound, notFound},
			{"let it in", "POST", protocol.PathLinks + "/" + link.ID + "/answer", static(map[string]bool{"confirm": true}), notFound, notFound, notFound},
			{"refuse it", "POST", protocol.PathLinks + "/" + link.ID + "/answer", static(map[string]bool{"confirm": false}), notFound, notFound, notFound},
			{"hear what became of it", "POST", protocol.PathLinks + "/" + link.ID + "/state", static(map[string]string{"signature": "AAAA"}), over, over, over},
			{"name Ana's device", "PATCH", protocol.PathDevices + "/" + devices[0].ID, static(map[string]string{"name": "mine"}), notFound, notFound, notFound},
			{"give Ana a remark", "PATCH", protocol.PathContacts + "/" + p.ana.me.ID, static(map[string]string{"remark": "A."}), notFound, ok, ok},
			{"search the conversation with the friend", "GET", protocol.PathSearch + "?q=friend&conversation=" + p.withFriend, nil, notMember, notMember, ok},
			{"search the conversation with the former friend", "GET", protocol.PathSearch + "?q=friend&conversation=" + p.withFormer, nil, notMember, ok, notMember},
			{"look at a page", "POST", protocol.PathPreviews, static(map[string]string{"url": "http://127.0.0.1/"}), ok, ok, ok},
			{"look at a file of the server's", "POST", protocol.PathPreviews, static(map[string]string{"url": "file:///etc/passwd"}), forged, forged, forged},
			{"see Ana's card", "GET", protocol.PathUsers + "/" + p.ana.me.ID, nil, ok, ok, ok},
			{"end a friendship again or never", "DELETE", protocol.PathContacts + "/" + p.stranger.me.ID, nil, notFound, notFound, notFound},
		} {
			for _, by := range []struct {
				who  string
				d    *device
				want protocol.Code
			}{{"stranger", p.stranger, tt.stranger}, {"former friend", p.former, tt.former}, {"friend", p.friend, tt.friend}} {
				var body []byte
				if tt.body != nil {
					body = encoded(t, tt.body())
				}
				a := call(t, tt.method, by.d.server+tt.path, by.d.token, body)
				if got := a.refusal(); got.Code != by.want || (a.status < 400) != (by.want == ok) {
					t.Errorf("%s, by the %s: got %d %s, want %q", tt.name, by.who, a.status, a.body, by.want)
				}
			}
		}

		kept := call(t, http.MethodGet, p.ana.server+protocol.PathScheduled, p.ana.token, nil)
		if !strings.Contains(string(kept.body), anas.ClientID) {
			t.Errorf("what Ana left for later is gone: %s", kept.body)
		}

		if a := call(t, http.MethodGet, p.ana.server+protocol.PathPreferences, p.ana.token, nil); strings.TrimSpace(string(a.body)) != "[]" {
			t.Errorf("others chose for Ana: %s", a.body)
		}

		t.Run("lists tell of one's own only", func(t *testing.T) {
			for _, path := range []string{protocol.PathConversations, protocol.PathJournal, protocol.PathContacts, protocol.PathRequests, protocol.PathDevices, protocol.PathMe, protocol.PathScheduled, protocol.PathMarks, protocol.PathSearch + "?from=1"} {
				got := string(call(t, http.MethodGet, p.stranger.server+path, p.stranger.token, nil).body)
				for name, id := range map[string]string{
					"conversation": p.withFriend, "other conversation": p.withFormer, "user": p.ana.me.ID, "device": devices[0].ID, "request": p.requestID,
					"message for later": anas.ClientID,
				} {
					if strings.Contains(got, id) {
						t.Errorf("%s tells a stranger of Ana's %s: %s", path, name, got)
					}
				}
			}
		})

		t.Run("over the socket", func(t *testing.T) {
			ana := dial(t, p.ana.server, p.ana.token)
			yes := true
			for _, by := range []struct {
				who              string
				d                *device
				own              string // The conversation that this one has with Ana.
				send, read       protocol.Code
				sendOwn, readOwn protocol.Code
				heard            bool // That this one writes.
			}{
				{"stranger", p.stranger, "1", notMember, notMember, notMember, notMember, false},
				{"former friend", p.former, p.withFormer, notMember, notMember, notFriend, ok, false},
				{"friend", p.friend, p.withFriend, ok, ok, ok, ok, true},
			} {
				w := dial(t, by.d.server, by.d.token)
				for _, conv := range []string{p.withFriend, by.own} {
					w.tell(protocol.OpTyping, protocol.Typing{ConversationID: conv, UserID: p.friend.me.ID, On: true})
					w.tell(protocol.OpAck, protocol.Ack{Positions: []protocol.Read{{ConversationID: conv, Seq: 1}}})
				}
				for _, req := range []struct {
					op   string
					body any
					want protocol.Code
				}{
					{protocol.OpSend, send(p.withFriend), by.send},
					{protocol.OpSend, send(by.own), by.sendOwn},
					{protocol.OpRead, protocol.Read{ConversationID: p.withFriend, Seq: 1}, by.read},
					{protocol.OpRead, protocol.Read{ConversationID: by.own, Seq: 1}, by.readOwn},
					{protocol.OpChat, protocol.UpdateChat{ConversationID: p.withFriend, Muted: &yes}, by.read},
					{protocol.OpChat, protocol.UpdateChat{ConversationID: by.own, Muted: &yes}, by.readOwn},
					{protocol.OpSchedule, protocol.Schedule{Send: message(t, p.withFriend, ulid.Make().String(), "later"), AtMS: atMS}, by.send},
					{protocol.OpSchedule, protocol.Schedule{Send: message(t, by.own, ulid.Make().String(), "later"), AtMS: atMS}, by.sendOwn},
					{protocol.OpSetPreference, protocol.Preference{Name: protocol.PreferenceSound, Value: json.RawMessage(`true`)}, ok},
					{protocol.OpSetPreference, protocol.Preference{Name: protocol.PreferenceSound, Value: json.RawMessage(`7`)}, forged},
					{protocol.OpMark, protocol.UpdateMarks{ConversationID: p.withFriend, Seqs: []int64{2}, Starred: &yes}, by.read},
					{protocol.OpMark, protocol.UpdateMarks{ConversationID: by.own, Seqs: []int64{2}, Starred: &yes}, by.readOwn},
					{protocol.OpMark, protocol.UpdateMarks{ConversationID: p.withFriend, Starred: &yes}, forged},
					{protocol.OpUnschedule, protocol.Unschedule{ClientID: "no id"}, forged},
				} {
					f := w.request(req.op, req.body)
					if got := code(f.Error); got != req.want {
						t.Errorf("%s by the %s in %+v: got %q, want %q", req.op, by.who, req.body, got, req.want)
					}
				}
				// The last words mark the end of what this one caused.
				end := message(t, p.withFriend, ulid.Make().String(), "end of the "+by.who)
				if f := dial(t, p.friend.server, p.friend.token).request(protocol.OpSend, end); f.Error != nil {
					t.Fatal(f.Error)
				}
				seen := ana.until(func(f protocol.Frame) bool {
					return f.Op == protocol.OpEntries && strings.Contains(string(f.Body), "end of the "+by.who)
				})
				heard := false
				for _, f := range seen {
					var about struct {
						ConversationID string `json:"conversation_id"`
						UserID         string `json:"user_id"`
					}
					if err := json.Unmarshal(f.Body, &about); err != nil || about.UserID != by.d.me.ID {
						continue
					}
					heard = heard || f.Op == protocol.OpTyping
					if f.Op == protocol.OpPositions && about.ConversationID != by.own {
						t.Errorf("the %s moved a position: %s", by.who, f.Body)
					}
				}
				if heard != by.heard {
					t.Errorf("Ana hears that the %s writes: %t, want %t", by.who, heard, by.heard)
				}
			}
		})
	})
}

// code is that of a refusal; "" for none.
func code(e *protocol.Error) protocol.Code {
	if e == nil {
		return ""
	}
	return e.Code
}
