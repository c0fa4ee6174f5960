package test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"testing"

	"mychat/backend/remote"
	"mychat/protocol"
)

// tryPost sends an entry as a stranger's client would: over REST, without the
// engine.
func tryPost(t *testing.T, d *device, s protocol.Send) (protocol.Sent, error) {
	t.Helper()
	body, err := protocol.Encode(s)
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, d.server+protocol.PathMessages, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+d.token)
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	got, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if res.StatusCode != http.StatusOK {
		refusal := &protocol.Error{}
		if err := json.Unmarshal(got, refusal); err != nil {
			t.Fatalf("%s: %s", res.Status, got)
		}
		return protocol.Sent{}, refusal
	}
	var sent protocol.Sent
	if err := json.Unmarshal(got, &sent); err != nil {
		t.Fatal(err)
	}
	return sent, nil
}

func post(t *testing.T, d *device, s protocol.Send) protocol.Sent {
	t.Helper()
	sent, err := tryPost(t, d, s)
	if err != nil {
		t.Fatalf("post: %v", err)
	}
	return sent
}

// pageOf reads the newest page of a conversation from the server.
func pageOf(t *testing.T, d *device, conv string) (protocol.Page, error) {
	t.Helper()
	return d.client(t).Page(t.Context(), remote.PageRequest{ConversationID: conv})
}
