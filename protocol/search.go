package protocol

// PathSearch finds entries in the conversations of the caller:
//
//	GET PathSearch?q=&conversation=&sender=&kind=&links=&from=&to=&cursor=&limit= -> Found
const PathSearch = "/v1/search"

// MaxFindQuery bounds what is looked for in messages, in runes.
const MaxFindQuery = 200

// MaxFindConversations bounds how many conversations one search names.
const MaxFindConversations = 50

// SearchQuery is what PathSearch is asked. At least one of Words, Sender,
// Links, FromMS and ToMS is given.
type SearchQuery struct {
	Words         string   // Terms that spaces divide; all of them are in a hit. See docs/PROTOCOL.md for what matches.
	Conversations []string // None means all.
	Sender        string   // A user id; "" means anybody.
	Kind          string   // Of entries; "" means any.
	Links         bool     // Only entries with a link.
	FromMS, ToMS  int64    // Not before, and before, in Unix milliseconds; 0 means no bound.
	Cursor        string   // Found.Cursor of the answer that is to be continued.
	Limit         int      // 0 means DefaultPage; at most MaxPage.
}

// Found is the newest entries that match, newest first, in their present state.
type Found struct {
	Hits     []FoundEntry `json:"hits"`
	Cursor   string       `json:"cursor,omitempty"`   // Asks for those that follow. It may be given with no hits; missing means that there are none.
	Indexing bool         `json:"indexing,omitempty"` // Older entries are not all found yet.
}

// FoundEntry is one hit.
type FoundEntry struct {
	ConversationID string `json:"conversation_id"`
	AsOf           int64  `json:"as_of"` // The conversation's last seq when it was found.
	Entry          Entry  `json:"entry"`
}
