package protocol

// Kinds of journal row. Each row carries the whole new state of the thing it
// names, so applying a row twice, or only the newest of several, is right.
const (
	JournalProfile      = "profile"      // Body: Me.
	JournalContact      = "contact"      // Body: Contact.
	JournalRequest      = "request"      // Body: FriendRequest.
	JournalConversation = "conversation" // Body: Head. Gained, or changed for this user.
	JournalDevice       = "device"       // Body: DeviceChange.
	JournalChat         = "chat"         // Body: ChatSettings.
	JournalScheduled    = "scheduled"    // Body: Scheduled.
	JournalPreference   = "preference"   // Body: Preference.
	JournalMarks        = "marks"        // Body: Marks.
	JournalVoid         = "void"         // Body: {}. A later row carries what this one said: nothing to apply.
)

// JournalRow is one line of a user's personal journal: what only they see.
// Useq is dense per user.
type JournalRow struct {
	Useq      int64   `json:"useq"`
	Kind      string  `json:"kind"`
	CreatedMS int64   `json:"created_ms"`
	Body      RawJSON `json:"body" format:"json"`
}

// DeviceChange says that a device of the user's signed in, was renamed or was
// signed out.
type DeviceChange struct {
	Device Device `json:"device"`
	New    bool   `json:"new,omitempty"` // It just signed in: worth a word to the user on the others.
	Ended  bool   `json:"ended"`
}

// JournalState answers GET PathJournal: what a device that applied the journal
// up to a position must learn. Reset means what it means in Welcome.
type JournalState struct {
	Reset      bool         `json:"reset,omitempty"`
	Journal    []JournalRow `json:"journal"`
	JournalPos int64        `json:"journal_pos"`
}
