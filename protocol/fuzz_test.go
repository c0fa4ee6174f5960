package protocol_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"unicode/utf8"

	"mychat/protocol"
)

// goldenSeeds gives a fuzz test every golden file.
func goldenSeeds(f *testing.F) [][]byte {
	f.Helper()
	names, err := filepath.Glob("testdata/*.json")
	if err != nil || len(names) == 0 {
		f.Fatalf("no golden files: %v", err)
	}
	var out [][]byte
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		out = append(out, data)
	}
	return out
}

// settles holds that what was decoded into v can be written, and that reading
// that and writing it again gives the same bytes.
func settles(t *testing.T, v any) {
	t.Helper()
	once, err := protocol.Encode(v)
	if err != nil {
		t.Fatalf("encode what was decoded: %v", err)
	}
	again := reflect.New(reflect.TypeOf(v).Elem()).Interface()
	if err := json.Unmarshal(once, again); err != nil {
		t.Fatalf("decode %s: %v", once, err)
	}
	twice, err := protocol.Encode(again)
	if err != nil {
		t.Fatalf("encode again: %v", err)
	}
	if !bytes.Equal(once, twice) {
		t.Fatalf("not stable:\n%s\n%s", once, twice)
	}
}

func FuzzFrame(f *testing.F) {
	for _, seed := range goldenSeeds(f) {
		f.Add(seed)
	}
	f.Add([]byte(`{"op":"send","id":18446744073709551615,"body":null}`))
	f.Add([]byte(`{"op":"send","id":-1}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var frame protocol.Frame
		if json.Unmarshal(data, &frame) == nil {
			settles(t, &frame)
		}
	})
}

func FuzzSend(f *testing.F) {
	for _, seed := range goldenSeeds(f) {
		var frame protocol.Frame
		if json.Unmarshal(seed, &frame) == nil && frame.Op == protocol.OpSend && len(frame.Body) > 0 {
			f.Add([]byte(frame.Body))
		}
	}
	f.Add([]byte(`{"conversation_id":"c","client_id":"01K9MSG0000000000000000001","kind":"poll","fallback":"?","body":[]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var s protocol.Send
		if json.Unmarshal(data, &s) != nil {
			return
		}
		settles(t, &s)
		if s.Check() != nil {
			return
		}
		// What a server accepts it can store and pass on byte for byte.
		if !json.Valid(s.Body) || len(s.Body) > protocol.MaxBody || protocol.Reserved(s.Kind) {
			t.Fatalf("accepted %s", data)
		}
	})
}

func FuzzSchedule(f *testing.F) {
	for _, seed := range goldenSeeds(f) {
		var frame protocol.Frame
		if json.Unmarshal(seed, &frame) == nil && frame.Op == protocol.OpSchedule {
			f.Add([]byte(frame.Body))
		}
	}
	f.Add([]byte(`{"at_ms":-1}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var s protocol.Schedule
		if json.Unmarshal(data, &s) != nil {
			return
		}
		settles(t, &s)
		if s.Check() == nil && (s.Send.Check() != nil || s.AtMS < 0 || protocol.Acts(s.Send.Kind)) {
			t.Fatalf("accepted %s", data)
		}
	})
}

// FuzzPreference holds that what a server keeps as a preference is JSON that it
// can pass on, within its bounds, under a name that clients know.
func FuzzPreference(f *testing.F) {
	for _, seed := range goldenSeeds(f) {
		var frame protocol.Frame
		if json.Unmarshal(seed, &frame) == nil && frame.Op == protocol.OpSetPreference {
			f.Add([]byte(frame.Body))
		}
	}
	f.Add([]byte(`{"name":"sound","value":null}`))
	f.Add([]byte(`{"name":"sound","value":"loud"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var p protocol.Preference
		if json.Unmarshal(data, &p) != nil {
			return
		}
		settles(t, &p)
		if p.Check() != nil {
			return
		}
		unset := protocol.Preference{Name: p.Name, Value: protocol.RawJSON("null")}
		if !json.Valid(p.Value) || len(p.Value) > protocol.MaxPreference || unset.Check() != nil {
			t.Fatalf("accepted %s", data)
		}
	})
}

// FuzzRecord holds that what passes as a record can be shown: all of its
// messages have a name, a kind and words, and there is an end to them.
func FuzzRecord(f *testing.F) {
	for _, seed := range goldenSeeds(f) {
		var e protocol.Entry
		if json.Unmarshal(seed, &e) == nil && e.Kind == protocol.KindRecord {
			f.Add([]byte(e.Body))
			nested, err := protocol.Encode(protocol.Record{Names: []string{"Ana"}, Items: []protocol.RecordItem{
				{Name: "Ana", Kind: protocol.KindRecord, Fallback: "[Chat]", Body: e.Body},
			}})
			if err != nil {
				f.Fatal(err)
			}
			f.Add(nested)
		}
	}
	f.Add([]byte(`{"names":["A"],"items":[{"name":"A","kind":"recall","body":{}}]}`))
	f.Add([]byte(`null`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if protocol.CheckRecord(data) == nil {
			shown(t, data, 1)
		}
	})
}

func shown(t *testing.T, body []byte, depth int) {
	t.Helper()
	var r protocol.Record
	if err := json.Unmarshal(body, &r); err != nil || depth > protocol.MaxRecordDepth {
		t.Fatalf("accepted %q at depth %d: %v", body, depth, err)
	}
	settles(t, &r)
	if len(r.Names) == 0 || len(r.Items) == 0 || len(r.Items) > protocol.MaxRecordItems {
		t.Fatalf("accepted %q", body)
	}
	for _, item := range r.Items {
		var text protocol.Text
		switch {
		case item.Name == "" || protocol.Reserved(item.Kind) || protocol.Acts(item.Kind):
			t.Fatalf("accepted %+v", item)
		case item.Kind == protocol.KindRecord:
			shown(t, item.Body, depth+1)
		case item.Kind == protocol.KindText:
			if json.Unmarshal(item.Body, &text) != nil || protocol.CheckText(text.Text) != nil {
				t.Fatalf("accepted the text %s", item.Body)
			}
		case item.Fallback == "":
			t.Fatalf("accepted %+v without words", item)
		}
	}
}

// FuzzBodies reads the same bytes as every type there is.
func FuzzBodies(f *testing.F) {
	for _, seed := range goldenSeeds(f) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, v := range bodies() {
			if json.Unmarshal(data, v) == nil {
				settles(t, v)
			}
		}
	})
}

func FuzzCleanLine(f *testing.F) {
	for _, seed := range []string{"Ana", family, "\u202e", "\xff", " \u3000x "} {
		f.Add(seed, 1, protocol.MaxNickname)
	}
	f.Fuzz(func(t *testing.T, in string, low, high int) {
		out, err := protocol.CleanLine("nickname", in, low, high)
		if err != nil {
			refusal(t, err)
			return
		}
		if again, err := protocol.CleanLine("nickname", out, low, high); err != nil || again != out {
			t.Fatalf("CleanLine(%q) = %q, %v", out, again, err)
		}
	})
}

func FuzzCheckEmoji(f *testing.F) {
	for _, seed := range []string{"👍", family, "🇨🇳", "1️⃣", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "👩🏽‍❤️‍💋‍👨🏿", "a", "\xff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in string) {
		if err := protocol.CheckEmoji(in); err != nil {
			refusal(t, err)
			return
		}
		if len(in) > protocol.MaxEmoji || !utf8.ValidString(in) {
			t.Fatalf("accepted %+q", in)
		}
		// One that is joined to itself is still one, or too long.
		if err := protocol.CheckEmoji(in + "\u200d" + in); err != nil && 2*len(in)+3 <= protocol.MaxEmoji {
			t.Fatalf("%+q passes, joined to itself it does not: %v", in, err)
		}
	})
}
