package bridge

import (
	"testing"
)

// TestSearchAnswersWithListsAndNeverNull asks an account that has nothing.
func TestSearchAnswersWithListsAndNeverNull(t *testing.T) {
	server := newChatServer(t)
	p := openPage(t, t.TempDir())
	must(t, p.auth.Register(RegisterRequest{Server: server.URL, Username: "alice", Nickname: "alice", Password: "password"}))
	search := &Search{p.chat.app}
	if got, err := search.Names(NamesRequest{Query: "bo"}); err != nil || got.People == nil || got.Conversations == nil {
		t.Errorf("Names = %+v, %v", got, err)
	}
	if got, err := search.Messages(FindRequest{Query: "云海"}); err != nil || got.Hits == nil || got.Cursor != "" || got.Indexing {
		t.Errorf("Messages = %+v, %v", got, err)
	}
	if _, err := search.Messages(FindRequest{Query: "云海", Cursor: "x"}); codeOf(err) != "invalid" {
		t.Errorf("Messages with a wrong cursor = %v", err)
	}
	if _, err := search.Days(DaysRequest{ConversationID: "c9", StartsMS: []int64{1, 2}}); codeOf(err) != "not_found" {
		t.Errorf("Days of an unknown conversation = %v", err)
	}
	if _, err := search.AtDate(DateRequest{ConversationID: "c9"}); codeOf(err) != "not_found" {
		t.Errorf("AtDate in an unknown conversation = %v", err)
	}
}
