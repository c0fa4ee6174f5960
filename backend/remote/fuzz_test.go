package remote

import (
	"encoding/json"
	"errors"
	"net/http"
	"testing"

	"github.com/go-resty/resty/v2"

	"mychat/protocol"
)

// FuzzAnswer reads whatever may stand at an address as an answer to a call:
// what is not a MyChat server's is an error with a code that people can be
// told.
func FuzzAnswer(f *testing.F) {
	for _, seed := range []struct {
		status     int
		kind, body string
	}{
		{200, "application/json", `{"product":"mychat","protocol":1,"min_protocol":1}`},
		{200, "application/json", `null`},
		{200, "application/json; charset=\"", `{}`},
		{200, "text/html", `<html>`},
		{204, "", ``},
		{429, "application/problem+json", `{"code":"rate_limited","retry_after_ms":-9223372036854775808}`},
		{401, "application/problem+json", `{"code":""}`},
		{500, "application/json", `{"code":{}}`},
		{302, "", ``}, {502, "text/plain", "bad gateway"}, {0, "", ""}, {999, "application/json", "[]"},
	} {
		f.Add(seed.status, seed.kind, []byte(seed.body))
	}
	f.Fuzz(func(t *testing.T, status int, kind string, body []byte) {
		res := &resty.Response{Request: &resty.Request{}, RawResponse: &http.Response{StatusCode: status, Header: http.Header{"Content-Type": {kind}}}}
		res.SetBody(body)
		for _, out := range []any{nil, &protocol.ServerInfo{}, &protocol.Page{}, &[]protocol.Device{}} {
			err := decode(res, out)
			var wire *Error
			var refusal *protocol.Error
			if err != nil && !errors.As(err, &wire) && !errors.As(err, &refusal) {
				t.Errorf("status %d, %q, %q: %v has no code", status, kind, body, err)
			}
			if err == nil && out != nil && status != http.StatusNoContent && !json.Valid(body) {
				t.Errorf("%q was taken for JSON", body)
			}
			if refusal != nil && refusal.Code == "" {
				t.Errorf("a refusal without a code from %q", body)
			}
		}
	})
}
