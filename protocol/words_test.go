package protocol

import "testing"

func TestWords(t *testing.T) {
	for _, tt := range []struct{ name, kind, body, want string }{
		{"a text", KindText, `{"text":"云海"}`, "云海"},
		{"what is no text", KindText, `[]`, ""},
		{"an edit", KindEdit, `{"text":"a","was":"b"}`, ""},
		{"a kind nobody knows", "acme.note", `{"text":"a"}`, ""},
		{"a record", KindRecord, `{"names":["Ana"],"items":[` +
			`{"name":"Ana","created_ms":1,"kind":"text","body":{"text":"one"}},` +
			`{"name":"Ben","created_ms":2,"kind":"acme.note","fallback":"[note]","body":{}},` +
			`{"name":"Ben","created_ms":3,"kind":"text","body":{"text":"two"}}]}`, "one\ntwo"},
		{"a record of nobody", KindRecord, `{"names":[],"items":[]}`, ""},
	} {
		if got := Words(tt.kind, []byte(tt.body)); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}
