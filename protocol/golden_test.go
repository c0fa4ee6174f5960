package protocol_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"mychat/protocol"
)

var update = flag.Bool("update", false, "write testdata/*.json from the values in this file")

// The people and things that the golden files speak of.
const (
	anaID   = "01K9ANA0000000000000000000"
	benID   = "01K9BEN0000000000000000000"
	direct  = "01K9CHAT000000000000000000"
	request = "01K9ASK0000000000000000000"
	device  = "01K9DEV0000000000000000000"
	message = "01K9MSG0000000000000000001"
	link    = "01K9L1NK000000000000000000"

	noon = 1_795_435_200_000 // 2026-11-23T12:00:00Z.
	day  = 86_400_000
)

func raw(s string) protocol.RawJSON { return protocol.RawJSON(s) }

func body(v any) protocol.RawJSON {
	b, err := protocol.Encode(v)
	if err != nil {
		panic(err) // A value of this file that is no JSON.
	}
	return b
}

// golden holds one value for each file of testdata. Its keys begin with what
// they show: a frame, an entry, a journal row, or a REST body.
func golden() map[string]any {
	ana := protocol.Profile{ID: anaID, Username: "ana_lind", Nickname: "Ana"}
	ben := protocol.Profile{ID: benID, Username: "Ben_2026", Nickname: "本 👨‍👩‍👧"}
	me := protocol.Me{Profile: ana, FindableByNickname: true, CreatedMS: noon - 30*day}
	text := protocol.Entry{
		Seq: 7, Kind: protocol.KindText, Sender: benID, ClientID: message,
		CreatedMS: noon, Body: raw(`{"text":"Tea at 4? <3 你好"}`),
	}
	friended := protocol.Entry{
		Seq: 1, Kind: protocol.KindFriended, Sender: benID, ClientID: "01K9FRND000000000000000000",
		CreatedMS: noon - day, Body: raw(`{}`),
	}
	unknown := protocol.Entry{
		Seq: 8, Kind: "acme.weather", Sender: benID, ClientID: "01K9MSG0000000000000000002", RefSeq: 7,
		Mentions: []string{anaID}, FileIDs: []string{"01K9F11E000000000000000000"},
		Fallback: "[Weather] Oslo, 4 °C", CreatedMS: noon + 1_000, Body: raw(`{"city":"Oslo","degrees":4.0}`),
	}
	edited := text
	edited.Body, edited.EditedMS = raw(`{"text":"Tea at 5? <3 你好"}`), noon+60_000
	recalled := text
	recalled.Body, recalled.RecalledMS = raw(`{}`), noon+90_000
	edit := protocol.Entry{
		Seq: 9, Kind: protocol.KindEdit, Sender: benID, ClientID: "01K9EDIT000000000000000000", RefSeq: 7,
		CreatedMS: noon + 60_000, Body: body(protocol.Edit{Text: "Tea at 5? <3 你好", Was: "Tea at 4? <3 你好"}),
	}
	recall := protocol.Entry{
		Seq: 10, Kind: protocol.KindRecall, Sender: benID, ClientID: "01K9RECA000000000000000000", RefSeq: 7,
		CreatedMS: noon + 90_000, Body: raw(`{}`),
	}
	reaction := protocol.Entry{
		Seq: 11, Kind: protocol.KindReaction, Sender: anaID, ClientID: "01K9REAC000000000000000000", RefSeq: 7,
		CreatedMS: noon + 70_000, Body: body(protocol.Reaction{Emoji: "👍"}),
	}
	pin := protocol.Entry{
		Seq: 12, Kind: protocol.KindPin, Sender: anaID, ClientID: "01K9P1N0000000000000000000", RefSeq: 7,
		CreatedMS: noon + 80_000, Body: raw(`{}`),
	}
	unpin := pin
	unpin.Seq, unpin.Kind, unpin.Sender, unpin.ClientID = 13, protocol.KindUnpin, benID, "01K9VNP1N00000000000000000"
	reacted := text
	reacted.Reactions = []protocol.Reactions{{Emoji: "👍", Users: []string{anaID}, Seqs: []int64{9}}, {Emoji: "❤️", Users: []string{benID, anaID}, Seqs: []int64{10, 12}}}
	forwarded := protocol.Entry{
		Seq: 11, Kind: protocol.KindText, Sender: benID, ClientID: "01K9FWRD000000000000000000",
		CreatedMS: noon + 120_000, Body: body(protocol.Text{Text: "The shop opens at nine", Forwarded: &protocol.Forwarded{Name: "Mei"}}),
	}
	record := protocol.Entry{
		Seq: 12, Kind: protocol.KindRecord, Sender: benID, ClientID: "01K9REC0000000000000000000",
		Fallback: "[Chat of 本 👨‍👩‍👧 and Mei]\nMei: The shop opens at nine\n本 👨‍👩‍👧: [Weather] Oslo, 4 °C", CreatedMS: noon + 150_000,
		Body: body(protocol.Record{Names: []string{"本 👨‍👩‍👧", "Mei"}, Items: []protocol.RecordItem{
			{Name: "Mei", CreatedMS: noon - day, Kind: protocol.KindText, Body: raw(`{"text":"The shop opens at nine"}`)},
			{
				Name: "本 👨‍👩‍👧", CreatedMS: noon - day + 60_000, Kind: "acme.weather",
				Fallback: "[Weather] Oslo, 4 °C", Body: raw(`{"city":"Oslo","degrees":4.0}`),
			},
		}}),
	}
	head := protocol.Head{
		ID: direct, Kind: protocol.ConversationDirect, Peer: &ben, LastSeq: 7, FloorSeq: 1,
		Ranges: []protocol.Range{{FromSeq: 1}}, Last: &text, Pins: []int64{7},
		ReadSeq: 5, PeerReadSeq: 6, PeerDeliveredSeq: 7, Unread: 1, MentionSeq: 7,
	}
	asked := protocol.FriendRequest{
		ID: request, From: ben, To: ana, Message: "It's Ben from the tea shop",
		State: protocol.RequestPending, CreatedMS: noon - 2*day, ExpiresMS: noon + 5*day,
	}
	accepted := asked
	accepted.State, accepted.DecidedMS = protocol.RequestAccepted, noon-day
	contact := protocol.Contact{
		Profile: ben, Remark: "Ben (tea)", Friend: true, ConversationID: direct, SinceMS: noon - day,
	}
	phone := protocol.Device{
		ID: device, Name: "Ana's laptop", Platform: protocol.PlatformLinux, AppVersion: "1.0.0",
		Address: "203.0.113.7", CreatedMS: noon - day, ActiveMS: noon, Current: true,
	}
	info := protocol.DeviceInfo{
		Name: "Ana's laptop", Platform: protocol.PlatformLinux, AppVersion: "1.0.0",
		PublicKey: "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
	}
	ended := protocol.Ended{Reason: protocol.EndedSignedOut, By: "Ana's phone", AtMS: noon, Wipe: true}
	journal := func(useq int64, kind string, v any) protocol.JournalRow {
		return protocol.JournalRow{Useq: useq, Kind: kind, CreatedMS: noon - day, Body: body(v)}
	}
	send := protocol.Send{
		ConversationID: direct, ClientID: message, Kind: protocol.KindText, Body: raw(`{"text":"Tea at 4? <3 你好"}`),
	}
	sent := protocol.Sent{ConversationID: direct, ClientID: message, Seq: 7, CreatedMS: noon}
	folders := []protocol.Folder{{ID: "01K9F0DER00000000000000000", Name: "Work"}, {ID: "01K9F0DER00000000000000001", Name: "家人"}}
	inFolders := []string{folders[0].ID}
	chat := protocol.ChatSettings{
		ConversationID: direct, PinnedMS: noon - day, Muted: true, Archived: true, HiddenSeq: 6, UnreadSeq: 7, ClearedSeq: 4,
		Folders: []string{folders[0].ID},
		Draft:   &protocol.Draft{Text: "At five, then?", RefSeq: 7, Mentions: []string{benID}, EditedMS: noon - day},
	}
	quiet := text
	quiet.Seq, quiet.ClientID, quiet.Silent = 13, "01K9QVET000000000000000000", true
	later := protocol.Send{
		ConversationID: direct, ClientID: "01K9MSG0000000000000000005", Kind: protocol.KindText, Body: raw(`{"text":"Happy birthday!"}`),
	}
	schedule := protocol.Schedule{Send: later, AtMS: noon + day}
	waiting := protocol.Scheduled{
		ConversationID: direct, ClientID: later.ClientID, State: protocol.ScheduledWaiting, AtMS: noon + day, Send: &later,
	}
	failed := waiting
	failed.State, failed.Code = protocol.ScheduledFailed, protocol.CodeNotFriend
	deleted := protocol.Scheduled{ConversationID: direct, ClientID: later.ClientID, State: protocol.ScheduledDeleted, AtMS: noon + day}
	chosen := protocol.Preference{Name: protocol.PreferenceFolders, Value: body(folders)}
	preference := protocol.Preference{Name: protocol.PreferenceCtrlEnter, Value: raw(`true`)}
	marks := protocol.Marks{ConversationID: direct, Marks: []protocol.Mark{{Seq: 5, StarredMS: noon - day}, {Seq: 7, StarredMS: noon}}}
	yes, no, none := true, false, int64(0)
	const token = "mc1_EXAMPLE-token-never-in-a-URL"

	return map[string]any{
		"frame_hello": protocol.Frame{Op: protocol.OpHello, ID: 1, Body: body(protocol.Hello{
			Token: token, Protocol: protocol.Version, JournalPos: 41, SinceMS: noon - day,
		})},
		"frame_welcome": protocol.Frame{Op: protocol.OpReply, ID: 1, Body: body(protocol.Welcome{
			ServerMS: noon, DeviceID: device, Me: me,
			Journal:    []protocol.JournalRow{journal(42, protocol.JournalContact, contact)},
			JournalPos: 42, Heads: []protocol.Head{head},
			Presence:       []protocol.Presence{{UserID: benID, Online: true}},
			RecallWithinMS: 120_000, EditWithinMS: 2 * day, ClearForAll: true, Previews: true,
		})},
		"frame_welcome_reset": protocol.Frame{Op: protocol.OpReply, ID: 1, Body: body(protocol.Welcome{
			ServerMS: noon, DeviceID: device, Me: me, Reset: true,
			Journal: []protocol.JournalRow{
				journal(42, protocol.JournalProfile, me), journal(42, protocol.JournalContact, contact),
			},
			JournalPos: 42, Heads: []protocol.Head{head}, Presence: []protocol.Presence{},
			RecallWithinMS: 120_000, EditWithinMS: 2 * day, ClearForAll: true, Previews: true,
		})},
		"frame_send": protocol.Frame{Op: protocol.OpSend, ID: 2, Body: body(send)},
		"frame_sent": protocol.Frame{Op: protocol.OpReply, ID: 2, Body: body(sent)},
		"frame_read": protocol.Frame{Op: protocol.OpRead, ID: 3, Body: body(protocol.Read{ConversationID: direct, Seq: 7})},
		"frame_done": protocol.Frame{Op: protocol.OpReply, ID: 3, Body: raw(`{}`)},
		"frame_ack":  protocol.Frame{Op: protocol.OpAck, Body: body(protocol.Ack{Positions: []protocol.Read{{ConversationID: direct, Seq: 7}}})},
		"frame_chat": protocol.Frame{Op: protocol.OpChat, ID: 5, Body: body(protocol.UpdateChat{
			ConversationID: direct, Pinned: &yes, UnreadSeq: &none,
			Draft: &protocol.Draft{Text: "At five, then?", RefSeq: 7, Mentions: []string{benID}},
		})},
		"frame_chat_updated":   protocol.Frame{Op: protocol.OpReply, ID: 5, Body: body(protocol.ChatUpdated{Useq: 46, Chat: chat})},
		"frame_schedule":       protocol.Frame{Op: protocol.OpSchedule, ID: 6, Body: body(schedule)},
		"frame_set_preference": protocol.Frame{Op: protocol.OpSetPreference, ID: 8, Body: body(preference)},
		"frame_preference_set": protocol.Frame{Op: protocol.OpReply, ID: 8, Body: body(protocol.PreferenceUpdated{Useq: 50, Preference: preference})},
		"frame_scheduled":      protocol.Frame{Op: protocol.OpReply, ID: 6, Body: body(protocol.ScheduleUpdated{Useq: 47, Scheduled: waiting})},
		"frame_unschedule":     protocol.Frame{Op: protocol.OpUnschedule, ID: 7, Body: body(protocol.Unschedule{ClientID: later.ClientID})},
		"frame_unscheduled":    protocol.Frame{Op: protocol.OpReply, ID: 7, Body: body(protocol.ScheduleUpdated{Useq: 48, Scheduled: deleted})},
		"frame_error":          protocol.Frame{Op: protocol.OpReply, ID: 4, Error: protocol.Errorf(protocol.CodeIDReused, "this client_id was used for another text")},
		"frame_mark":           protocol.Frame{Op: protocol.OpMark, ID: 8, Body: body(protocol.UpdateMarks{ConversationID: direct, Seqs: []int64{5, 7}, Starred: &yes})},
		"frame_mark_deleted":   protocol.Frame{Op: protocol.OpMark, ID: 9, Body: body(protocol.UpdateMarks{ConversationID: direct, Seqs: []int64{7}, Deleted: true})},
		"frame_marked":         protocol.Frame{Op: protocol.OpReply, ID: 8, Body: body(protocol.MarksUpdated{Useq: 50, Marks: marks})},
		"frame_typing": protocol.Frame{Op: protocol.OpTyping, Body: body(
			protocol.Typing{ConversationID: direct, On: true})},
		"frame_typing_event": protocol.Frame{Op: protocol.OpTyping, Body: body(
			protocol.Typing{ConversationID: direct, UserID: benID, On: true})},
		"frame_entries": protocol.Frame{Op: protocol.OpEntries, Body: body(
			protocol.Entries{ConversationID: direct, Entries: []protocol.Entry{text, unknown}})},
		"frame_positions": protocol.Frame{Op: protocol.OpPositions, Body: body(
			protocol.Position{ConversationID: direct, UserID: benID, ReadSeq: 6, DeliveredSeq: 7})},
		"frame_journal": protocol.Frame{Op: protocol.OpJournal, Body: body(
			protocol.Journal{Rows: []protocol.JournalRow{journal(43, protocol.JournalRequest, accepted)}})},
		"frame_presence": protocol.Frame{Op: protocol.OpPresence, Body: body(
			protocol.Presence{UserID: benID, LastSeenMS: noon})},

		"frame_floor": protocol.Frame{Op: protocol.OpFloor, Body: body(
			protocol.Floor{ConversationID: direct, FloorSeq: 5})},
		"frame_ended": protocol.Frame{Op: protocol.OpEnded, Body: body(ended)},

		"entry_text":     text,
		"entry_friended": friended,
		"entry_unknown":  unknown,
		"entry_edit":     edit,
		"entry_edited":   edited,
		"entry_recall":   recall,
		"entry_recalled": recalled,
		"entry_clear": protocol.Entry{
			Seq: 11, Kind: protocol.KindClear, Sender: benID, ClientID: "01K9C1EAR00000000000000000", RefSeq: 10,
			CreatedMS: noon + 95_000, Body: raw(`{}`),
		},
		"entry_deleted":  text.DeletedForReader(),
		"entry_reaction": reaction,
		"entry_reacted":  reacted,
		"entry_pin":      pin,
		"entry_unpin":    unpin,

		"entry_forwarded": forwarded,
		"entry_record":    record,
		"entry_silent":    quiet,

		"journal_profile":      journal(1, protocol.JournalProfile, me),
		"journal_request":      journal(43, protocol.JournalRequest, asked),
		"journal_contact":      journal(42, protocol.JournalContact, contact),
		"journal_conversation": journal(44, protocol.JournalConversation, head),
		"journal_device":       journal(45, protocol.JournalDevice, protocol.DeviceChange{Device: phone, Ended: true}),

		"journal_chat":       journal(46, protocol.JournalChat, chat),
		"journal_scheduled":  journal(49, protocol.JournalScheduled, failed),
		"journal_preference": journal(50, protocol.JournalPreference, preference),
		"journal_void":       journal(40, protocol.JournalVoid, struct{}{}),
		"journal_marks":      journal(50, protocol.JournalMarks, marks),
		"rest_server": protocol.ServerInfo{
			Product: protocol.Product, Name: "Tea house", Version: "1.0.0", Protocol: protocol.Version,
			MinProtocol: protocol.MinVersion, Registration: protocol.RegistrationOpen,
		},
		"rest_register": protocol.Register{
			Username: "ana_lind", Nickname: "Ana", Password: "correct horse battery", Invite: "K7QF-2MXD", Device: info,
		},
		"rest_sign_in":    protocol.SignIn{Username: "ana_lind", Password: "correct horse battery", Device: info},
		"rest_session":    protocol.Session{Token: token, DeviceID: device, Me: me},
		"rest_ask_link":   protocol.AskLink{Device: info},
		"rest_link":       protocol.Link{ID: link, Code: "K7QF2MXD", Challenge: "RXhhbXBsZSBjaGFsbGVuZ2U=", LivesMS: 60_000},
		"rest_await_link": protocol.AwaitLink{Signature: "RXhhbXBsZSBzaWduYXR1cmU=", Known: protocol.LinkAsked},
		"rest_link_state": protocol.LinkState{State: protocol.LinkClaimed, LivesMS: 118_000, By: &ana},
		"rest_claim_link": protocol.ClaimLink{Code: "k7qf-2mxd"},
		"rest_link_claim": protocol.LinkClaim{
			ID: link, Name: "Ana's laptop", Platform: protocol.PlatformLinux, AppVersion: "1.0.0", Address: "203.0.113.7",
			AskedMS: noon, LivesMS: 120_000,
		},
		"rest_answer_link":     protocol.AnswerLink{Confirm: true},
		"rest_update_me":       protocol.UpdateMe{Nickname: &ana.Nickname},
		"rest_change_password": protocol.ChangePassword{Old: "correct horse battery", New: "staple of the horse", EndOthers: true},
		"rest_rename_device":   protocol.RenameDevice{Name: "Laptop in the kitchen"},
		"rest_device":          phone,
		"rest_user_card":       protocol.UserCard{Profile: ben, Relation: protocol.RelationNone},
		"rest_ask_friend":      protocol.AskFriend{UserID: anaID, Message: "It's Ben from the tea shop"},
		"rest_asked":           protocol.Asked{Request: asked},
		"rest_asked_crossing":  protocol.Asked{Request: accepted, Contact: &contact},
		"rest_update_contact":  protocol.UpdateContact{Remark: &contact.Remark},
		"rest_update_chat":     protocol.UpdateChat{ConversationID: direct, Muted: &yes, Archived: &no, HiddenSeq: &none, Folders: &inFolders},
		"rest_marks":           protocol.MarksPage{Marks: []protocol.Marks{marks}, JournalPos: 50, Cursor: "178.7"},
		"rest_page": protocol.Page{
			ConversationID: direct, Entries: []protocol.Entry{friended, text}, AsOf: 8, FloorSeq: 1, More: true,
		},
		"rest_preferences": []protocol.Preference{preference, chosen},
		"rest_journal": protocol.JournalState{
			Journal: []protocol.JournalRow{journal(42, protocol.JournalContact, contact)}, JournalPos: 42,
		},
		"rest_ask_preview": protocol.AskPreview{URL: "https://tea.example/oolong?lang=en"},
		"rest_preview": protocol.Preview{
			Title: "Oolong, the blue tea", Description: "How it is grown, rolled and brewed", Site: "Tea & co.",
			Host: "tea.example", KeepMS: day,
		},
		"rest_found": protocol.Found{
			Hits: []protocol.FoundEntry{{ConversationID: direct, AsOf: 8, Entry: text}}, Cursor: "6107675264000", Indexing: true,
		},
		"rest_problem": protocol.Error{
			Code: protocol.CodeRateLimited, Status: 429, Title: "Too many requests",
			Detail: "too many attempts for this account", RetryAfterMS: 30_000,
		},
		"rest_problem_ended": protocol.Error{
			Code: protocol.CodeUnauthorized, Status: 401, Title: "Not signed in", Detail: "this device was signed out", Ended: &ended,
		},
		"rest_problem_field": protocol.Error{
			Code: protocol.CodeInvalid, Status: 422, Title: "A value is not valid",
			Field: "username", Detail: "use 5 to 20 letters, digits or underscores",
		},
		"rest_new_file": protocol.NewFile{
			ClientID: "01K9F11E000000000000000001",
			Manifest: protocol.Manifest{Name: "photos.zip", Type: "application/zip", Size: 5_000_000, Sums: bytes.Repeat([]byte{0xa5}, 64)},
		},
		"rest_file": protocol.File{
			ID: "381210987654321", State: protocol.FileOpen,
			Manifest: protocol.Manifest{Name: "photos.zip", Type: "application/zip", Size: 5_000_000, Sums: bytes.Repeat([]byte{0xa5}, 64)},
			Have:     []protocol.PartRange{{From: 0, To: 1}}, Begun: []protocol.Part{{Part: 1, Bytes: 131_072}},
		},
	}
}

// TestGoldenFiles holds the wire to what docs/PROTOCOL.md promises: each file
// reads as its value and is what its value is written as.
func TestGoldenFiles(t *testing.T) {
	for name, want := range golden() {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join("testdata", name+".json")
			compact, err := protocol.Encode(want)
			if err != nil {
				t.Fatal(err)
			}
			if *update {
				var pretty bytes.Buffer
				if err := json.Indent(&pretty, compact, "", "  "); err != nil {
					t.Fatal(err)
				}
				pretty.WriteByte('\n')
				if err := os.WriteFile(path, pretty.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			file, err := os.ReadFile(path)
			if err != nil {
				t.Fatalf("%v (go test ./protocol -update writes it)", err)
			}
			var onWire bytes.Buffer
			if err := json.Compact(&onWire, file); err != nil {
				t.Fatal(err)
			}
			if got := onWire.String(); got != string(compact) {
				t.Errorf("file and value differ on the wire\n file %s\nvalue %s", got, compact)
			}

			got := reflect.New(reflect.TypeOf(want))
			dec := json.NewDecoder(bytes.NewReader(onWire.Bytes()))
			dec.DisallowUnknownFields()
			if err := dec.Decode(got.Interface()); err != nil {
				t.Fatalf("decode: %v", err)
			}
			if !reflect.DeepEqual(got.Elem().Interface(), want) {
				t.Errorf("decoded %+v, want %+v", got.Elem().Interface(), want)
			}
		})
	}
}

func TestGoldenFilesAreComplete(t *testing.T) {
	values := golden()
	files, err := filepath.Glob("testdata/*.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		name := strings.TrimSuffix(filepath.Base(f), ".json")
		if _, ok := values[name]; !ok {
			t.Errorf("%s belongs to no value of this test", f)
		}
	}

	shown := map[string]bool{} // Ops, entry kinds and journal kinds.
	for _, v := range values {
		switch v := v.(type) {
		case protocol.Frame:
			shown["Op "+v.Op] = true
		case protocol.Entry:
			shown["Kind "+v.Kind] = true
		case protocol.JournalRow:
			shown["Journal "+v.Kind] = true
		}
	}
	for _, c := range constants(t) {
		for _, prefix := range []string{"Op", "Kind", "Journal"} {
			if strings.HasPrefix(c.name, prefix) && !shown[prefix+" "+c.value] {
				t.Errorf("no golden file shows %s", c.name)
			}
		}
	}
}

// bodies are the types that a body or a REST answer can be, newly made.
func bodies() []any {
	types := map[reflect.Type]bool{}
	for _, v := range golden() {
		types[reflect.TypeOf(v)] = true
	}
	for _, v := range []any{
		protocol.Hello{}, protocol.Welcome{}, protocol.Read{}, protocol.Ack{}, protocol.Typing{},
		protocol.Entries{}, protocol.Position{}, protocol.Journal{}, protocol.Presence{}, protocol.Send{},
		protocol.Sent{}, protocol.Text{}, protocol.Edit{}, protocol.Head{}, protocol.Contact{}, protocol.FriendRequest{},
		protocol.Preference{}, protocol.PreferenceUpdated{}, protocol.Schedule{}, protocol.Unschedule{}, protocol.Scheduled{}, protocol.ScheduleUpdated{},
		protocol.Me{}, protocol.Record{}, protocol.DeviceChange{}, protocol.UpdateChat{}, protocol.ChatUpdated{}, protocol.ChatSettings{},
	} {
		types[reflect.TypeOf(v)] = true
	}
	sorted := make([]reflect.Type, 0, len(types))
	for t := range types {
		sorted = append(sorted, t)
	}
	slices.SortFunc(sorted, func(a, b reflect.Type) int { return strings.Compare(a.Name(), b.Name()) })
	out := make([]any, len(sorted))
	for i, t := range sorted {
		out[i] = reflect.New(t).Interface()
	}
	return out
}
