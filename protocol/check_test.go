package protocol_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"mychat/protocol"
)

// family is one visible character made of seven code points: four emoji and
// the joiners between them.
const family = "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"

func TestCheckUsername(t *testing.T) {
	for _, tt := range []struct {
		in string
		ok bool
	}{
		{"alice", true},
		{"A_1_z", true},
		{"_____", true},
		{"12345", true},
		{strings.Repeat("x", 20), true},
		{"", false},
		{"four", false},
		{strings.Repeat("x", 21), false},
		{"al ice", false},
		{" alice", false},
		{"al-ice", false},
		{"alice\n", false},
		{"аlice", false}, // The first letter is Cyrillic.
		{"阿丽斯阿丽斯", false},
		{"alıce_", false}, // A dotless i folds to an i in some languages.
		{"ali\u200dce", false},
		{"ali\xffce", false},
		{family, false},
	} {
		err := protocol.CheckUsername(tt.in)
		checkRefusal(t, "CheckUsername", tt.in, err, tt.ok, "username")
	}
}

func TestFoldUsername(t *testing.T) {
	if got := protocol.FoldUsername("Ana_LIND9"); got != "ana_lind9" {
		t.Errorf("FoldUsername = %q, want %q", got, "ana_lind9")
	}
}

func TestCleanLine(t *testing.T) {
	for _, tt := range []struct {
		name, in string
		min, max int
		want     string
		ok       bool
	}{
		{"plain", "Ana", 1, 32, "Ana", true},
		{"white space around it goes", "\t  Ana \n", 1, 32, "Ana", true},
		{"white space inside stays", "Ana  Lind", 1, 32, "Ana  Lind", true},
		{"ideographic space around it goes", "\u3000林晚\u3000", 1, 32, "林晚", true},
		{"Chinese", "林晚", 1, 32, "林晚", true},
		{"Arabic needs no marks", "ليلى", 1, 32, "ليلى", true},
		{"Devanagari with a joiner", "क्\u200dष", 1, 32, "क्\u200dष", true},
		{"emoji held together by joiners", family, 1, 32, family, true},
		{"a flag", "🇳🇴", 1, 32, "🇳🇴", true},
		{"keycap with variation selector", "1\ufe0f\u20e3", 1, 32, "1\ufe0f\u20e3", true},
		{"combining accents", "e\u0301", 1, 32, "e\u0301", true},
		{"the limit counts code points", strings.Repeat("界", 32), 1, 32, strings.Repeat("界", 32), true},
		{"the limit counts after trimming", " " + strings.Repeat("x", 32) + " ", 1, 32, strings.Repeat("x", 32), true},
		{"one over", strings.Repeat("界", 33), 1, 32, "", false},
		{"joiners count too", strings.Repeat(family, 5), 1, 32, "", false},
		{"empty where it may be", "", 0, 32, "", true},
		{"blank where it may be empty", "  ", 0, 32, "", true},
		{"empty where it may not", "", 1, 32, "", false},
		{"blank where it may not", " \u00a0\u3000", 1, 32, "", false},
		{"only invisible characters", "\u200d\u200b", 1, 32, "", false},
		{"line break", "Ana\nLind", 1, 32, "", false},
		{"NUL", "Ana\x00", 1, 32, "", false},
		{"escape", "Ana\x1b[31m", 1, 32, "", false},
		{"C1 control", "Ana\u0085Lind", 1, 32, "", false},
		{"line separator", "Ana\u2028Lind", 1, 32, "", false},
		{"paragraph separator", "Ana\u2029Lind", 1, 32, "", false},
		{"right-to-left override", "Ana\u202edniL", 1, 32, "", false},
		{"left-to-right embedding", "Ana\u202aLind", 1, 32, "", false},
		{"isolate", "Ana\u2067Lind\u2069", 1, 32, "", false},
		{"not UTF-8", "Ana\xff", 1, 32, "", false},
		{"half a surrogate pair", "Ana\xed\xa0\x80", 1, 32, "", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := protocol.CleanLine("nickname", tt.in, tt.min, tt.max)
			checkRefusal(t, "CleanLine", tt.in, err, tt.ok, "nickname")
			if got != tt.want {
				t.Errorf("CleanLine(%q) = %q, want %q", tt.in, got, tt.want)
			}
		})
	}
}

func TestCleanLineTwiceIsCleanLineOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := rapid.String().Draw(t, "in")
		once, err := protocol.CleanLine("nickname", in, 0, protocol.MaxNickname)
		if err != nil {
			return
		}
		twice, err := protocol.CleanLine("nickname", once, 0, protocol.MaxNickname)
		if err != nil || twice != once {
			t.Fatalf("CleanLine(%q) = %q, %v; want it unchanged", once, twice, err)
		}
	})
}

func TestCheckPassword(t *testing.T) {
	for _, tt := range []struct {
		in string
		ok bool
	}{
		{"12345678", true},
		{"        ", true}, // Whatever a person chooses; blanks are characters.
		{"密码密码密码密码", true},
		{strings.Repeat("x", 128), true},
		{strings.Repeat("界", 128), true},
		{"", false},
		{"1234567", false},
		{"密码密码密码密", false},
		{strings.Repeat("x", 129), false},
		{"1234567\xff", false},
	} {
		err := protocol.CheckPassword("new", tt.in)
		checkRefusal(t, "CheckPassword", tt.in, err, tt.ok, "new")
		if err != nil && tt.in != "" && strings.Contains(err.Error(), tt.in) {
			t.Errorf("the refusal repeats the password: %v", err)
		}
	}
}

func TestCheckText(t *testing.T) {
	for _, tt := range []struct {
		name, in string
		ok       bool
	}{
		{"plain", "hello", true},
		{"several lines", "a\n\n\tb\r\n", true},
		{"markup is text", "<script>alert(1)</script>", true},
		{"bidi marks are text", "\u202eabc", true},
		{"emoji", family, true},
		{"NUL is text", "a\x00b", true},
		{"as many code points as there may be", strings.Repeat("界", protocol.MaxTextRunes), true},
		{"as many bytes as there may be", strings.Repeat("🙂", protocol.MaxTextBytes/4), true},
		{"one code point over", strings.Repeat("x", protocol.MaxTextRunes+1), false},
		{"empty", "", false},
		{"blank", " \n\t\u3000", false},
		{"nothing that shows", "\u200b\u2060\ufeff \u200d\ufe0f\u3164\x00", false},
		{"one letter among that", "\u200bx\u200b", true},
		{"a letter of a private font", "\ue000", true},
		{"not UTF-8", "a\xc3", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			checkRefusal(t, "CheckText", tt.name, protocol.CheckText(tt.in), tt.ok, "text")
		})
	}
}

func TestSendCheck(t *testing.T) {
	valid := func() protocol.Send {
		return protocol.Send{
			ConversationID: direct, ClientID: message, Kind: protocol.KindText, Body: raw(`{"text":"hi"}`),
		}
	}
	ids := func(n int) []string { return make([]string, n) }
	for _, tt := range []struct {
		name   string
		change func(*protocol.Send)
		code   protocol.Code // "" means accepted.
		field  string
	}{
		{"text", func(*protocol.Send) {}, "", ""},
		{"answer to another entry", func(s *protocol.Send) { s.RefSeq = 3 }, "", ""},
		{"body with white space", func(s *protocol.Send) { s.Body = raw("{ \"text\" : \"hi\" }") }, "", ""},
		{"body with more fields than are known", func(s *protocol.Send) { s.Body = raw(`{"text":"hi","x":1}`) }, "", ""},
		{"a kind of one's own", func(s *protocol.Send) {
			s.Kind, s.Fallback, s.Body = "acme.poll-2_b", "[Poll]", raw(`[1,2]`)
		}, "", ""},
		{"as many mentions as there may be", func(s *protocol.Send) { s.Mentions = ids(protocol.MaxMentions) }, "", ""},

		{"no conversation", func(s *protocol.Send) { s.ConversationID = "" }, protocol.CodeInvalid, "conversation_id"},
		{"no client id", func(s *protocol.Send) { s.ClientID = "" }, protocol.CodeInvalid, "client_id"},
		{"client id in lower case", func(s *protocol.Send) { s.ClientID = strings.ToLower(message) }, protocol.CodeInvalid, "client_id"},
		{"client id with a letter that base 32 lacks", func(s *protocol.Send) { s.ClientID = "01K9MSG00000000000000000IL" }, protocol.CodeInvalid, "client_id"},
		{"client id above 128 bits", func(s *protocol.Send) { s.ClientID = "8" + message[1:] }, protocol.CodeInvalid, "client_id"},
		{"client id too short", func(s *protocol.Send) { s.ClientID = message[1:] }, protocol.CodeInvalid, "client_id"},
		{"no kind", func(s *protocol.Send) { s.Kind = "" }, protocol.CodeInvalid, "kind"},
		{"kind with a capital", func(s *protocol.Send) { s.Kind = "Text" }, protocol.CodeInvalid, "kind"},
		{"kind that begins with a digit", func(s *protocol.Send) { s.Kind = "3d" }, protocol.CodeInvalid, "kind"},
		{"kind of 33 bytes", func(s *protocol.Send) { s.Kind = strings.Repeat("k", 33) }, protocol.CodeInvalid, "kind"},
		{"kind that only the server writes", func(s *protocol.Send) { s.Kind = protocol.KindFriended }, protocol.CodeUnknownKind, ""},
		{"kind kept for later", func(s *protocol.Send) { s.Kind = "vote" }, protocol.CodeUnknownKind, ""},
		{"reference before the log", func(s *protocol.Send) { s.RefSeq = -1 }, protocol.CodeInvalid, "ref_seq"},
		{"too many mentions", func(s *protocol.Send) { s.Mentions = ids(protocol.MaxMentions + 1) }, protocol.CodeInvalid, "mentions"},
		{"too many files", func(s *protocol.Send) { s.FileIDs = ids(protocol.MaxFileIDs + 1) }, protocol.CodeInvalid, "file_ids"},
		{"no body", func(s *protocol.Send) { s.Body = nil }, protocol.CodeInvalid, "body"},
		{"body that is no JSON", func(s *protocol.Send) { s.Body = raw(`{"text":`) }, protocol.CodeInvalid, "body"},
		{"body that is not UTF-8", func(s *protocol.Send) { s.Body = raw("{\"text\":\"\xff\"}") }, protocol.CodeInvalid, "body"},
		{"body that is no text", func(s *protocol.Send) { s.Body = raw(`{"text":7}`) }, protocol.CodeInvalid, "body"},
		{"body over the limit", func(s *protocol.Send) {
			s.Body = raw(`"` + strings.Repeat("x", protocol.MaxBody) + `"`)
		}, protocol.CodeTooLarge, ""},
		{"empty text", func(s *protocol.Send) { s.Body = raw(`{"text":" "}`) }, protocol.CodeInvalid, "text"},
		{"text without a text", func(s *protocol.Send) { s.Body = raw(`{}`) }, protocol.CodeInvalid, "text"},
		{"text with a fallback", func(s *protocol.Send) { s.Fallback = "hi" }, protocol.CodeInvalid, "fallback"},
		{"a kind of one's own without a fallback", func(s *protocol.Send) { s.Kind = "poll" }, protocol.CodeInvalid, "fallback"},
		{"a fallback over the limit", func(s *protocol.Send) {
			s.Kind, s.Fallback = "poll", strings.Repeat("界", protocol.MaxFallback+1)
		}, protocol.CodeInvalid, "fallback"},
		{"a fallback with NUL", func(s *protocol.Send) { s.Kind, s.Fallback = "poll", "a\x00" }, protocol.CodeInvalid, "fallback"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := valid()
			tt.change(&s)
			err := s.Check()
			if tt.code == "" {
				if err != nil {
					t.Errorf("refused: %v", err)
				}
				return
			}
			e := refusal(t, err)
			if e.Code != tt.code || e.Field != tt.field {
				t.Errorf("refused with %s %q, want %s %q", e.Code, e.Field, tt.code, tt.field)
			}
		})
	}
}

// TestLongestTextFits shows that the limits agree: a text at its limit, written
// with an escape for every UTF-16 unit, still fits its body and its frame.
func TestLongestTextFits(t *testing.T) {
	text := strings.Repeat("🙂", protocol.MaxTextBytes/4)
	escaped := `{"text":"` + strings.Repeat(`\ud83d\ude42`, len(text)/4) + `"}`
	s := protocol.Send{ConversationID: direct, ClientID: message, Kind: protocol.KindText, Body: raw(escaped)}
	if err := s.Check(); err != nil {
		t.Fatal(err)
	}
	frame, err := protocol.Encode(protocol.Frame{Op: protocol.OpSend, ID: 1 << 60, Body: body(s)})
	if err != nil {
		t.Fatal(err)
	}
	if len(frame) > protocol.MaxClientFrame {
		t.Errorf("the frame has %d bytes, the limit is %d", len(frame), protocol.MaxClientFrame)
	}
}

func TestCountable(t *testing.T) {
	for kind, want := range map[string]bool{
		protocol.KindText: true, "acme.weather": true, protocol.KindFriended: false, "vote": false, "title": false,
	} {
		if got := protocol.Countable(kind); got != want {
			t.Errorf("Countable(%q) = %v, want %v", kind, got, want)
		}
		if got := protocol.Reserved(kind); got == want {
			t.Errorf("Reserved(%q) = %v, want %v", kind, got, !want)
		}
	}
}

func TestActs(t *testing.T) {
	for _, kind := range []string{protocol.KindRecall, protocol.KindEdit, protocol.KindReaction, protocol.KindPin, protocol.KindUnpin} {
		if !protocol.Acts(kind) || protocol.Countable(kind) || protocol.Reserved(kind) {
			t.Errorf("%s: acts %v, countable %v, reserved %v", kind, protocol.Acts(kind), protocol.Countable(kind), protocol.Reserved(kind))
		}
	}
	if protocol.Acts(protocol.KindText) {
		t.Error("a text acts on what it answers")
	}
	good := protocol.Send{ConversationID: direct, ClientID: message, Kind: protocol.KindEdit, RefSeq: 7, Body: raw(`{"text":"other"}`)}
	for name, tt := range map[string]struct {
		change func(*protocol.Send)
		ok     bool
	}{
		"an edit":               {func(*protocol.Send) {}, true},
		"a recall":              {func(s *protocol.Send) { s.Kind, s.Body = protocol.KindRecall, raw(`{}`) }, true},
		"of nothing":            {func(s *protocol.Send) { s.RefSeq = 0 }, false},
		"to nothing":            {func(s *protocol.Send) { s.Body = raw(`{"text":" "}`) }, false},
		"with a fallback":       {func(s *protocol.Send) { s.Fallback = "edited" }, false},
		"with a mention":        {func(s *protocol.Send) { s.Mentions = []string{anaID} }, false},
		"a recall with a body":  {func(s *protocol.Send) { s.Kind = protocol.KindRecall }, false},
		"an edit with no words": {func(s *protocol.Send) { s.Body = raw(`{}`) }, false},
		"a reaction":            {func(s *protocol.Send) { s.Kind, s.Body = protocol.KindReaction, raw(`{"emoji":"👍"}`) }, true},
		"one that is taken away": {func(s *protocol.Send) {
			s.Kind, s.Body = protocol.KindReaction, raw(`{"emoji":"👍","off":true}`)
		}, true},
		"a pin":                  {func(s *protocol.Send) { s.Kind, s.Body = protocol.KindPin, raw(`{}`) }, true},
		"a pin with a body":      {func(s *protocol.Send) { s.Kind = protocol.KindPin }, false},
		"a reaction to nothing":  {func(s *protocol.Send) { s.Kind, s.RefSeq, s.Body = protocol.KindReaction, 0, raw(`{"emoji":"👍"}`) }, false},
		"a reaction of words":    {func(s *protocol.Send) { s.Kind, s.Body = protocol.KindReaction, raw(`{"emoji":"ok"}`) }, false},
		"a reaction of no shape": {func(s *protocol.Send) { s.Kind, s.Body = protocol.KindReaction, raw(`["👍"]`) }, false},
	} {
		s := good
		tt.change(&s)
		if err := s.Check(); (err == nil) != tt.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestCheckEmoji(t *testing.T) {
	for _, good := range []string{
		"👍", "❤️", "❤", "👍🏽", "🇨🇳", "1️⃣", "#️⃣", "👨‍👩‍👧‍👦", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🏳️‍🌈", "👩🏽‍❤️‍💋‍👨🏿", "🫩", "©️",
	} {
		if err := protocol.CheckEmoji(good); err != nil {
			t.Errorf("%q (%+q): %v", good, good, err)
		}
	}
	for _, bad := range []string{
		"", " ", "a", "ok", "1", "1️", "👍👍", "👍 ", " 👍", "👍a", "🇨", "🇨🇳🇨🇳", "\u200d", "👍\u200d", "\u200d👍", "👍\u200d\u200d👍",
		"👍🏽🏽", "\ufe0f", "👍\ufe0f\ufe0f", "🏴\U000e0067", "🏴\U000e007f", "中", "\xff", "👍\x00", strings.Repeat("👨\u200d", 20) + "👨",
	} {
		if err := protocol.CheckEmoji(bad); err == nil {
			t.Errorf("%+q passes", bad)
		} else if e := refusal(t, err); e.Code != protocol.CodeInvalid || e.Field != "emoji" {
			t.Errorf("%+q: %v", bad, err)
		}
	}
}

// nested is a record in as many others as depth says.
func nested(depth int) protocol.RawJSON {
	item := protocol.RecordItem{Name: "Ana", Kind: protocol.KindText, Body: raw(`{"text":"hi"}`)}
	var r protocol.RawJSON
	for range depth {
		r = body(protocol.Record{Names: []string{"Ana", "Ben"}, Items: []protocol.RecordItem{item}})
		item = protocol.RecordItem{Name: "Ben", Kind: protocol.KindRecord, Fallback: "[Chat]", Body: r}
	}
	return r
}

func TestCheckRecord(t *testing.T) {
	item := func(change func(*protocol.RecordItem)) protocol.RawJSON {
		i := protocol.RecordItem{Name: "Ana", CreatedMS: noon, Kind: protocol.KindText, Body: raw(`{"text":"hi"}`)}
		change(&i)
		return body(protocol.Record{Names: []string{"Ana"}, Items: []protocol.RecordItem{i}})
	}
	many := func(n int) protocol.RawJSON {
		i := protocol.RecordItem{Name: "Ana", Kind: "acme.any", Fallback: "?", Body: raw(`1.0`)}
		return body(protocol.Record{Names: []string{"Ana"}, Items: slices.Repeat([]protocol.RecordItem{i}, n)})
	}
	for name, tt := range map[string]struct {
		body  protocol.RawJSON
		field string // "" means accepted.
	}{
		"a text":                 {item(func(*protocol.RecordItem) {}), ""},
		"a forwarded text":       {item(func(i *protocol.RecordItem) { i.Body = raw(`{"text":"hi","forwarded":{"name":"Mei"}}`) }), ""},
		"as many as there may":   {many(protocol.MaxRecordItems), ""},
		"as deep as there may":   {nested(protocol.MaxRecordDepth), ""},
		"too many":               {many(protocol.MaxRecordItems + 1), "items"},
		"too deep":               {nested(protocol.MaxRecordDepth + 1), "items"},
		"no items":               {raw(`{"names":["Ana"],"items":[]}`), "items"},
		"no names":               {raw(`{"items":[{"name":"A","kind":"text","body":{"text":"x"}}]}`), "names"},
		"null":                   {raw(`null`), "names"},
		"a list":                 {raw(`[]`), "body"},
		"nobody's":               {item(func(i *protocol.RecordItem) { i.Name = " " }), "name"},
		"a name that deceives":   {item(func(i *protocol.RecordItem) { i.Name = "a\u202eb" }), "name"},
		"before time":            {item(func(i *protocol.RecordItem) { i.CreatedMS = -1 }), "created_ms"},
		"no kind":                {item(func(i *protocol.RecordItem) { i.Kind = "" }), "kind"},
		"a recall":               {item(func(i *protocol.RecordItem) { i.Kind = protocol.KindRecall }), "kind"},
		"an entry of the server": {item(func(i *protocol.RecordItem) { i.Kind = protocol.KindFriended }), "kind"},
		"no words":               {item(func(i *protocol.RecordItem) { i.Body = raw(`{"text":" "}`) }), "text"},
		"forwarded from nobody":  {item(func(i *protocol.RecordItem) { i.Body = raw(`{"text":"hi","forwarded":{}}`) }), "forwarded"},
		"a text with a fallback": {item(func(i *protocol.RecordItem) { i.Fallback = "hi" }), "fallback"},
		"a kind without one":     {item(func(i *protocol.RecordItem) { i.Kind = "acme.any" }), "fallback"},
		"no body":                {raw(`{"names":["A"],"items":[{"name":"A","kind":"acme.any","fallback":"?"}]}`), "body"},
	} {
		checkRefusal(t, "CheckRecord", name, protocol.CheckRecord(tt.body), tt.field == "", tt.field)
		send := protocol.Send{ConversationID: direct, ClientID: message, Kind: protocol.KindRecord, Fallback: "[Chat]", Body: tt.body}
		if err := send.Check(); (err == nil) != (tt.field == "") {
			t.Errorf("sending %s: %v", name, err)
		}
	}
}

func TestErrors(t *testing.T) {
	t.Run("same code, any detail", func(t *testing.T) {
		err := error(protocol.Errorf(protocol.CodeNotMember, "conversation %s", direct))
		if !errors.Is(err, protocol.ErrNotMember) || errors.Is(err, protocol.ErrNotFriend) {
			t.Errorf("errors.Is does not go by the code of %v", err)
		}
	})
	t.Run("nothing internal leaks", func(t *testing.T) {
		got := protocol.AsError(errors.New("open /var/lib/mychat/mychat.db: disk full"))
		if got.Code != protocol.CodeInternal || got.Detail != "" {
			t.Errorf("AsError = %+v, want a bare %s", got, protocol.CodeInternal)
		}
		if protocol.AsError(nil) != nil {
			t.Error("AsError(nil) is an error")
		}
	})
	t.Run("a refusal stays itself inside others", func(t *testing.T) {
		inner := protocol.Invalid("nickname", "use %d to %d characters", 1, 32)
		if got := protocol.AsError(errors.Join(errors.New("register"), inner)); got != inner {
			t.Errorf("AsError = %+v, want %+v", got, inner)
		}
	})
	t.Run("a pause is never rounded down to none", func(t *testing.T) {
		for d, want := range map[time.Duration]int64{0: 1, 1: 1, time.Millisecond: 1, time.Millisecond + 1: 2, time.Minute: 60_000} {
			if got := protocol.RetryAfter(protocol.CodeRateLimited, d, "wait").RetryAfterMS; got != want {
				t.Errorf("RetryAfter(%v) = %d ms, want %d", d, got, want)
			}
		}
	})
	t.Run("what may be tried again", func(t *testing.T) {
		for _, c := range constants(t) {
			code, ok := strings.CutPrefix(c.name, "Code")
			if !ok {
				continue
			}
			want := code == "RateLimited" || code == "Unavailable" || code == "Full" || code == "Internal"
			if got := (&protocol.Error{Code: protocol.Code(c.value)}).Retryable(); got != want {
				t.Errorf("%s retryable = %v, want %v", c.name, got, want)
			}
		}
	})
	t.Run("as text", func(t *testing.T) {
		for want, e := range map[string]*protocol.Error{
			"taken":                      protocol.ErrTaken,
			"closed: ask the owner":      protocol.Errorf(protocol.CodeClosed, "ask the owner"),
			"invalid: text: is empty":    protocol.Invalid("text", "is empty"),
			"invalid: use 100% of it":    protocol.Errorf(protocol.CodeInvalid, "use 100%% of it"),
			"rate_limited: try in a few": protocol.RetryAfter(protocol.CodeRateLimited, time.Second, "try in a few"),
		} {
			if got := e.Error(); got != want {
				t.Errorf("Error() = %q, want %q", got, want)
			}
		}
	})
}

// TestEncodeKeepsBodies shows the promise of Encode: compact JSON that came in
// goes out as the same bytes, whatever is in it.
func TestEncodeKeepsBodies(t *testing.T) {
	for _, in := range []string{
		`{"html":"<b>&amp;</b>"}`, `"\u2028\u2029"`, "\"\u2028\"", `"\ud83d"`, `1.0`, `1e400`, `-0`,
		`{"b":1,"a":2,"b":3}`, `[]`, `null`, `"\u0041\/"`, `123456789012345678901234567890`,
	} {
		keepsBody(t, []byte(in))
	}
	rapid.Check(t, func(t *rapid.T) {
		v := jsonValue(3).Draw(t, "value")
		in, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		keepsBody(t, in)
	})
}

type fataler interface {
	Helper()
	Fatal(...any)
	Fatalf(string, ...any)
}

func keepsBody(t fataler, in []byte) {
	t.Helper()
	entry := protocol.Entry{Seq: 1, Kind: "acme.any", Sender: anaID, ClientID: message, Fallback: "?", Body: in}
	page, err := protocol.Encode(protocol.Page{ConversationID: direct, Entries: []protocol.Entry{entry}})
	if err != nil {
		t.Fatal(err)
	}
	var back protocol.Page
	if err := json.Unmarshal(page, &back); err != nil {
		t.Fatal(err)
	}
	again, err := protocol.Encode(protocol.Frame{Op: protocol.OpEntries, Body: body(back.Entries[0])})
	if err != nil {
		t.Fatal(err)
	}
	for _, wire := range [][]byte{page, back.Entries[0].Body, again} {
		if !bytes.Contains(wire, in) {
			t.Fatalf("%s does not hold %s byte for byte", wire, in)
		}
	}
}

// jsonValue draws any JSON value of at most depth levels.
func jsonValue(depth int) *rapid.Generator[any] {
	scalars := []*rapid.Generator[any]{
		rapid.Just[any](nil), rapid.Bool().AsAny(), rapid.Float64().AsAny(), rapid.Int64().AsAny(), rapid.String().AsAny(),
	}
	if depth == 0 {
		return rapid.OneOf(scalars...)
	}
	return rapid.OneOf(append(scalars,
		rapid.SliceOfN(jsonValue(depth-1), 0, 4).AsAny(),
		rapid.MapOfN(rapid.String(), jsonValue(depth-1), 0, 4).AsAny(),
	)...)
}

func refusal(t *testing.T, err error) *protocol.Error {
	t.Helper()
	var e *protocol.Error
	if !errors.As(err, &e) {
		t.Fatalf("got %v, want a protocol.Error", err)
	}
	return e
}

// checkRefusal holds that a refused input is named by its field and that an
// accepted one is not refused.
func checkRefusal(t *testing.T, what, in string, err error, ok bool, field string) {
	t.Helper()
	if ok {
		if err != nil {
			t.Errorf("%s(%q) = %v, want it accepted", what, in, err)
		}
		return
	}
	if err == nil {
		t.Errorf("%s(%q) accepted it", what, in)
		return
	}
	if e := refusal(t, err); e.Code != protocol.CodeInvalid || e.Field != field {
		t.Errorf("%s(%q) = %s %q, want %s %q", what, in, e.Code, e.Field, protocol.CodeInvalid, field)
	}
}

func TestPreferenceCheck(t *testing.T) {
	for _, tt := range []struct{ name, value, field string }{
		{protocol.PreferenceCtrlEnter, `true`, ""},
		{protocol.PreferenceSound, `false`, ""},
		{protocol.PreferenceNotifyPreview, `null`, ""},
		{protocol.PreferenceSound, `"loud"`, "value"},
		{protocol.PreferenceSound, `{}`, "value"},
		{protocol.PreferenceSound, ``, "value"},
		{protocol.PreferenceSound, `tru`, "value"},
		{protocol.PreferenceSound, "\"\xff\"", "value"},
		{protocol.PreferenceSound, `"` + strings.Repeat("x", protocol.MaxPreference) + `"`, "value"},
		{protocol.PreferenceShortcutsPC, `{}`, ""},
		{protocol.PreferenceShortcutsMac, `{"search":"Mod+Shift+K","find":""}`, ""},
		{protocol.PreferenceShortcutsWeb, `{"search":7}`, "value"},
		{protocol.PreferenceShortcutsWeb, `{"a search":"Mod+K"}`, "value"},
		{protocol.PreferenceShortcutsWeb, `{"search":"` + strings.Repeat("x", protocol.MaxChord+1) + `"}`, "value"},
		{protocol.PreferenceShortcutsWeb, shortcuts(protocol.MaxShortcuts), ""},
		{protocol.PreferenceShortcutsWeb, shortcuts(protocol.MaxShortcuts + 1), "value"},
		{protocol.PreferenceFolders, `[]`, ""},
		{protocol.PreferenceFolders, `[{"id":"01K9F0DER00000000000000000","name":"十二个汉字的名字也行哦"},{"id":"01K9F0DER00000000000000001","name":"twenty-four letters wide","icon":"x"}]`, ""},
		{protocol.PreferenceFolders, `[{"id":"01K9F0DER00000000000000000","name":"十三个汉字的名字就太长了啊"}]`, "name"},
		{protocol.PreferenceFolders, `[{"id":"01K9F0DER00000000000000000","name":"twenty-five letters wide!"}]`, "name"},
		{protocol.PreferenceFolders, `[{"id":"01K9F0DER00000000000000000","name":" "}]`, "name"},
		{protocol.PreferenceFolders, `[{"id":"01K9F0DER00000000000000000","name":"Work "}]`, "name"},
		{protocol.PreferenceFolders, `[{"id":"work","name":"Work"}]`, "value"},
		{protocol.PreferenceFolders, `[{"id":"01K9F0DER00000000000000000","name":"A"},{"id":"01K9F0DER00000000000000000","name":"B"}]`, "value"},
		{protocol.PreferenceFolders, folders(protocol.MaxFolders), ""},
		{protocol.PreferenceFolders, folders(protocol.MaxFolders + 1), "value"},
		{"", `true`, "name"},
		{"password", `"hunter2"`, "name"},
	} {
		t.Run(fmt.Sprintf("%s=%.20s", tt.name, tt.value), func(t *testing.T) {
			err := protocol.Preference{Name: tt.name, Value: protocol.RawJSON(tt.value)}.Check()
			var refused *protocol.Error
			if errors.As(err, &refused); (err == nil) != (tt.field == "") || err != nil && refused.Field != tt.field {
				t.Errorf("Check = %v, want a refusal of %q", err, tt.field)
			}
		})
	}
}

// shortcuts is the value of as many shortcuts.
func shortcuts(n int) string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf(`"action_%d":"Mod+K"`, i)
	}
	return "{" + strings.Join(list, ",") + "}"
}

// folders is the value of as many folders.
func folders(n int) string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf(`{"id":"01K9F0DER000000000000000%02d","name":"Folder %d"}`, i, i)
	}
	return "[" + strings.Join(list, ",") + "]"
}

func TestFoldersOfAConversation(t *testing.T) {
	const id = "01K9F0DER00000000000000000"
	for _, tt := range []struct {
		name string
		ids  []string
		ok   bool
	}{
		{"none", []string{}, true},
		{"one", []string{id}, true},
		{"one twice", []string{id, id}, false},
		{"no id", []string{"work"}, false},
		{"too many", slices.Repeat([]string{id}, protocol.MaxFolders+1), false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := protocol.UpdateChat{ConversationID: "c", Folders: &tt.ids}.Check()
			if (err == nil) != tt.ok {
				t.Errorf("Check = %v", err)
			}
		})
	}
}
