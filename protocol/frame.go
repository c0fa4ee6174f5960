package protocol

// Ops of frames. A request carries an id and is answered by one OpReply with
// the same id; a frame without an id is not answered.
const (
	OpHello         = "hello"          // Request: Hello -> Welcome. The first frame, within HelloWithin.
	OpSend          = "send"           // Request: Send -> Sent.
	OpRead          = "read"           // Request: Read -> {}.
	OpChat          = "chat"           // Request: UpdateChat -> ChatUpdated.
	OpSchedule      = "schedule"       // Request: Schedule -> ScheduleUpdated.
	OpUnschedule    = "unschedule"     // Request: Unschedule -> ScheduleUpdated.
	OpSetPreference = "set_preference" // Request: Preference -> PreferenceUpdated.
	OpMark          = "mark"           // Request: UpdateMarks -> MarksUpdated.

	OpAck    = "ack"    // Ack, unanswered.
	OpTyping = "typing" // Typing, unanswered; the server sends it on to the other members.

	OpReply     = "reply"     // Answers a request: body or error.
	OpEntries   = "entries"   // Event: Entries.
	OpPositions = "positions" // Event: Position.
	OpJournal   = "journal"   // Event: Journal.
	OpFloor     = "floor"     // Event: Floor.
	OpPresence  = "presence"  // Event: Presence.
	OpEnded     = "ended"     // Event: Ended. The last frame before the socket closes.
)

// Frame is one WebSocket text message, in either direction.
type Frame struct {
	Op    string  `json:"op"`
	ID    uint64  `json:"id,omitempty"`   // Chosen by the client, unique while unanswered.
	Body  RawJSON `json:"body,omitempty"` // The type that Op names.
	Error *Error  `json:"error,omitempty"`
}

// Hello is the first frame: who, from where in the journal, since when. A
// token is never part of a URL.
type Hello struct {
	Token      string `json:"token"`
	Protocol   int    `json:"protocol"`
	JournalPos int64  `json:"journal_pos"` // The last Useq applied; 0 means none.
	SinceMS    int64  `json:"since_ms"`    // Welcome.ServerMS of the last connection; 0 means never.
}

// Welcome answers Hello with all that changed. The server goes back a few
// minutes before Hello.SinceMS: it may report too much, never too little.
type Welcome struct {
	ServerMS int64  `json:"server_ms"`
	DeviceID string `json:"device_id"`
	Me       Me     `json:"me"`

	// Reset tells the client to forget what the journal ever told it before
	// applying Journal, which then holds the full present state.
	Reset      bool         `json:"reset,omitempty"`
	Journal    []JournalRow `json:"journal"`
	JournalPos int64        `json:"journal_pos"`

	Heads []Head `json:"heads"` // Conversations changed since, newest first.

	// Presence names the friends who are online, and those of the others of
	// whom it is known when they were last seen.
	Presence []Presence `json:"presence"`

	// How long after its sending a message may be recalled and edited, in
	// milliseconds. 0 means not at all.
	RecallWithinMS int64 `json:"recall_within_ms,omitempty"`
	EditWithinMS   int64 `json:"edit_within_ms,omitempty"`

	// ClearForAll says that either member of a direct conversation may delete it
	// for both, by an entry of kind clear.
	ClearForAll bool `json:"clear_for_all,omitempty"`

	// Previews says that the server looks at links: see PathPreviews.
	Previews bool `json:"previews,omitempty"`
}

// Entries is an event: entries of one conversation, ascending and without a
// hole between them.
type Entries struct {
	ConversationID string  `json:"conversation_id"`
	Entries        []Entry `json:"entries"`
}

// Position is an event: a member's read or delivered position moved.
type Position struct {
	ConversationID string `json:"conversation_id"`
	UserID         string `json:"user_id"`
	ReadSeq        int64  `json:"read_seq"`
	DeliveredSeq   int64  `json:"delivered_seq"`
}

// Floor is an event: the entries of a conversation below a seq are gone for
// everybody.
type Floor struct {
	ConversationID string `json:"conversation_id"`
	FloorSeq       int64  `json:"floor_seq"`
}

// Journal is an event: new rows of the user's own journal, ascending and
// without a hole between them.
type Journal struct {
	Rows []JournalRow `json:"rows"`
}

// Typing says that a user is writing, or stopped. UserID is filled by the
// server. A hint that is not renewed ends by itself after TypingFor.
type Typing struct {
	ConversationID string `json:"conversation_id"`
	UserID         string `json:"user_id,omitempty"`
	On             bool   `json:"on"`
}

// Times that both sides keep, in milliseconds.
const (
	HelloWithinMS = 10_000 // The server closes a socket that has not said hello.
	PingEveryMS   = 25_000 // The server pings; the client answers with a pong.
	SilenceMS     = 60_000 // Either side gives up on a socket that is silent for this long.
	TypingForMS   = 6_000  // A typing hint that is not renewed ends.
	TypingEveryMS = 3_000  // A client renews its hint no more often than this.
)

// Close codes. 4000-4499 mean: come back (with a pause) and say hello with
// your positions. 4500-4999 mean: do not come back by yourself. A server that
// cannot take a socket now, because the account has too many or the database is
// away, answers hello with an error and closes with the WebSocket standard's own
// 1013, "try again later".
const (
	CloseDraining = 4000 // The node is going away; connect again, elsewhere if you can.
	CloseNoHello  = 4001 // No hello within HelloWithinMS.
	CloseSlow     = 4008 // The client reads more slowly than events come.
	CloseResync   = 4009 // The node may have missed events.

	CloseBadFrame     = 4500 // Not JSON, an unknown op, or a second hello.
	CloseUnauthorized = 4501 // The token is not known.
	CloseVersion      = 4502 // The protocol version is too old.
	CloseSignedOut    = 4503 // This device was signed out, here or from another device.
	CloseDisabled     = 4504 // The administrator disabled the account.
)
