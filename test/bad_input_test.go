package test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/oklog/ulid/v2"

	"mychat/protocol"
)

// hostile are strings that somebody may put where a server expects a name.
// Databases, JSON and people's eyes each stumble over others of them.
var hostile = map[string]string{
	"a NUL":                    "a\x00b",
	"bytes that are not UTF-8": "a\xff\xfeb",
	"half a surrogate":         "a\xed\xa0\x80b",
	"a reversed name":          "a\u202eb",
	"line ends":                "a\r\nSet-Cookie: x=1\r\n\r\nb",
	"SQL":                      `'; DROP TABLE "user"; --`,
	"patterns":                 "%_*?[a-z]",
	"HTML":                     "<script>alert(1)</script>",
	"a path":                   "../../../../etc/passwd",
	"a huge number":            strings.Repeat("9", 400),
	"a negative number":        "-1",
	"the largest number":       "9223372036854775807",
	"one more than that":       "9223372036854775808",
	"nothing":                  "",
	"spaces":                   " \t\u3000 ",
	"joiners alone":            "\u200d\u200d\u200d\u200d\u200d",
	"stacked marks":            "a" + strings.Repeat("\u0301", 200),
	"very much":                strings.Repeat("\U0001F600", 20_000),
}

// quoted writes s as a JSON string without making it valid first.
func quoted(s string) json.RawMessage {
	var b strings.Builder
	b.WriteByte('"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c < ' ':
			fmt.Fprintf(&b, `\u%04x`, c)
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	return json.RawMessage(b.String())
}

// TestHostileStrings puts each of them into every place of every route that
// takes a string. Whatever the answer, it is one that the protocol knows, and
// none is the server's fault.
func TestHostileStrings(t *testing.T) {
	t.Parallel()
	onEveryDatabase(t, func(t *testing.T, s *stage) {
		ana, ben := s.register(t, 0, "ana_lind"), s.register(t, 0, "ben_2026")
		conv := befriend(t, ana, ben)
		person := map[string]string{
			"username": "somebody_1", "nickname": "Somebody", "password": password, "invite": "AAAA",
			"device.name": "d", "device.platform": protocol.PlatformLinux, "device.app_version": "1",
			"device.public_key": deviceInfo(t, "d").PublicKey,
		}
		routes := []struct {
			method, path string            // "{}" is a place for a string.
			body         map[string]string // Fields, each a place for a string; a dot goes deeper.
		}{
			{"POST", protocol.PathRegister, person},
			{"POST", protocol.PathSession, map[string]string{
				"username": "nobody_1", "password": password, "device.name": "d", "device.platform": protocol.PlatformLinux,
				"device.app_version": "1", "device.public_key": person["device.public_key"],
			}},
			{"PATCH", protocol.PathMe, map[string]string{"nickname": "Ana"}},
			{"POST", protocol.PathPassword, map[string]string{"old": "wrong horse", "new": "new horse 1"}},
			{"DELETE", protocol.PathDevices + "/{}", nil},
			{"GET", protocol.PathUsers + "?username={}", nil},
			{"GET", protocol.PathUsers + "?nickname={}", nil},
			{"GET", protocol.PathUsers + "/{}", nil},
			{"POST", protocol.PathRequests, map[string]string{"user_id": ben.me.ID, "message": "hello"}},
			{"POST", protocol.PathRequests + "/{}/accept", nil},
			{"POST", protocol.PathRequests + "/1/{}", nil},
			{"PATCH", protocol.PathContacts + "/{}", map[string]string{"remark": "x"}},
			{"PATCH", protocol.PathContacts + "/" + ben.me.ID, map[string]string{"remark": "x"}},
			{"DELETE", protocol.PathContacts + "/{}", nil},
			{"GET", protocol.PathConversations + "?since={}", nil},
			{"GET", protocol.PathConversations + "/{}/entries", nil},
			{"GET", protocol.PathConversations + "/" + conv + "/entries?before={}", nil},
			{"GET", protocol.PathConversations + "/" + conv + "/entries?after={}", nil},
			{"GET", protocol.PathConversations + "/" + conv + "/entries?limit={}", nil},
			{"POST", protocol.PathConversations + "/{}/read", map[string]string{"conversation_id": conv}},
			{"POST", protocol.PathMessages, map[string]string{
				"conversation_id": conv, "client_id": ulid.Make().String(), "kind": "sticker", "fallback": "[sticker]", "body": "x",
			}},
			{"POST", protocol.PathMessages, map[string]string{
				"conversation_id": conv, "client_id": ulid.Make().String(), "kind": protocol.KindText, "body.text": "x",
			}},
			{"GET", protocol.PathJournal + "?after={}", nil},
			{"GET", protocol.PathSearch + "?q={}", nil},
			{"GET", protocol.PathSearch + "?q=a&conversation={}", nil},
			{"GET", protocol.PathSearch + "?sender={}&kind={}", nil},
			{"GET", protocol.PathSearch + "?q=a&cursor={}", nil},
			{"GET", "/{}", nil},
		}
		ask := func(name, method, path string, body []byte) {
			t.Helper()
			a := call(t, method, ana.server+path, ana.token, body)
			e := a.refusal()
			if a.status >= 500 || a.status >= 400 && (e.Code == "" || e.Status != a.status) {
				t.Errorf("%s: %s %.100s: got %d %.300s", name, method, path, a.status, a.body)
			}
		}
		for _, r := range routes {
			for name, text := range hostile {
				// What makes a URL too long is refused before anybody reads it.
				if strings.Contains(r.path, "{}") && len(text) < 4096 {
					ask(name, r.method, strings.Replace(r.path, "{}", url.QueryEscape(text), 1), bodyOf(r.body, "", nil))
				}
				for _, field := range slices.Sorted(maps.Keys(r.body)) {
					ask(name+" in "+field, r.method, strings.Replace(r.path, "{}", "1", 1), bodyOf(r.body, field, quoted(text)))
				}
			}
		}
		// What was let in is something that everybody can read.
		for _, d := range []*device{ana, ben} {
			page, err := pageOf(t, d, conv)
			if err != nil || len(page.Entries) == 0 {
				t.Fatalf("%d entries, %v", len(page.Entries), err)
			}
			last := page.Entries[len(page.Entries)-1].Seq
			eventually(t, d.me.Username+" has what the server took", func() error {
				if got := d.conversation(t, conv).LastSeq; got != last {
					return fmt.Errorf("%d of %d", got, last)
				}
				return nil
			})
		}
	})
}

// bodyOf returns a JSON object with one field replaced by raw; nil without any
// fields.
func bodyOf(fields map[string]string, replaced string, raw json.RawMessage) []byte {
	if fields == nil {
		return nil
	}
	write := func(b *strings.Builder, name string, value json.RawMessage) {
		if b.Len() > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(b, "%q:%s", name, value)
	}
	var flat strings.Builder
	nested := map[string]*strings.Builder{}
	for _, path := range slices.Sorted(maps.Keys(fields)) {
		value := quoted(fields[path])
		if path == replaced {
			value = raw
		}
		outer, inner, deep := strings.Cut(path, ".")
		if !deep {
			write(&flat, path, value)
			continue
		}
		if nested[outer] == nil {
			nested[outer] = &strings.Builder{}
		}
		write(nested[outer], inner, value)
	}
	for _, name := range slices.Sorted(maps.Keys(nested)) {
		write(&flat, name, json.RawMessage("{"+nested[name].String()+"}"))
	}
	return []byte("{" + flat.String() + "}")
}

// TestLimitsOfText sends texts at and over the limits over REST and over the
// socket, and what is hard to keep.
func TestLimitsOfText(t *testing.T) {
	t.Parallel()
	onEveryStage(t, func(t *testing.T, s *stage) {
		ana, ben := s.register(t, 0, "ana_lind"), s.register(t, len(s.nodes)-1, "ben_2026")
		conv := befriend(t, ana, ben)
		socket := dial(t, ana.server, ana.token)
		ways := map[string]func(protocol.Send) protocol.Code{
			"REST": func(m protocol.Send) protocol.Code {
				e := call(t, http.MethodPost, ana.server+protocol.PathMessages, ana.token, encoded(t, m)).refusal()
				return e.Code
			},
			"socket": func(m protocol.Send) protocol.Code { return code(socket.request(protocol.OpSend, m).Error) },
		}
		var want []string
		for _, tt := range []struct {
			name, text string
			want       protocol.Code
		}{
			{"10,000 letters", strings.Repeat("x", protocol.MaxTextRunes), ""},
			{"10,000 faces in 40,000 bytes", strings.Repeat("\U0001F600", protocol.MaxTextRunes), ""},
			{"10,001 letters", strings.Repeat("x", protocol.MaxTextRunes+1), protocol.CodeInvalid},
			{"10,001 faces", strings.Repeat("\U0001F600", protocol.MaxTextRunes+1), protocol.CodeInvalid},
			{"only spaces", " \n\u3000\t", protocol.CodeInvalid},
			{"nothing", "", protocol.CodeInvalid},
			{"a NUL and other controls", "a\x00\x01\x1b[31mb", ""},
			{"what looks like a page", `<img src=x onerror="alert(1)"> &amp; </script>`, ""},
			{"both directions and joined signs", "\u202eabc\u202c שלום 👩‍👩‍👧‍👦 e\u0301\u2028\u2029", ""},
		} {
			for way, send := range ways {
				if got := send(message(t, conv, ulid.Make().String(), tt.text)); got != tt.want {
					t.Errorf("%s over %s: got %q, want %q", tt.name, way, got, tt.want)
				}
				if tt.want == "" {
					want = append(want, tt.text)
				}
			}
		}
		agree(t, conv, want, ana, ben)
		agree(t, conv, want, s.signIn(t, 0, "ben_2026"))

		t.Run("frames over the limit", func(t *testing.T) {
			long := message(t, conv, ulid.Make().String(), strings.Repeat("x", protocol.MaxClientFrame))
			if got := ways["REST"](long); got != protocol.CodeTooLarge {
				t.Errorf("REST: got %q, want %q", got, protocol.CodeTooLarge)
			}
			socket.tell(protocol.OpSend, long)
			if got := socket.closed(); got != protocol.CloseBadFrame {
				t.Errorf("socket: closed with %d, want %d", got, protocol.CloseBadFrame)
			}
		})
	})
}
