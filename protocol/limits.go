package protocol

// Limits on what either side may send. Lengths in runes count Unicode code
// points. The server enforces every one of them; clients use them to say no
// early.
const (
	MinUsername = 5  // Letters, digits and underscores.
	MaxUsername = 20 // Letters, digits and underscores.

	MaxNickname       = 32  // Runes.
	MaxRemark         = 32  // Runes.
	MaxRequestMessage = 100 // Runes.
	MinPassword       = 8   // Runes.
	MaxPassword       = 128 // Runes.
	MaxDeviceName     = 64  // Runes.
	MaxSearchQuery    = 64  // Runes.

	MaxTextRunes = 10_000 // Runes of a text message.
	MaxTextBytes = 40_000 // UTF-8 bytes of a text message.
	MaxFallback  = 500    // Runes of an entry's fallback.
	MaxKind      = 32     // Bytes of an entry's kind.
	MaxMentions  = 50     // User ids in one entry.
	MaxFileIDs   = 20     // File ids in one entry.

	MaxEmoji        = 64  // Bytes of one emoji.
	MaxReactions    = 20  // Different emoji at one entry.
	MaxOwnReactions = 3   // Of those, by one user.
	MaxPins         = 50  // Pinned messages of one conversation.
	MaxRecordNames  = 10  // Names in a record.
	MaxRecordItems  = 100 // Messages in a record, each time.
	MaxRecordDepth  = 5   // Records in each other.

	MaxPreference = 16 << 10 // Bytes of one preference's value.
	MaxShortcuts  = 64       // Shortcuts of one kind of device.
	MaxChord      = 32       // Runes of one shortcut.
	MaxFolders    = 20       // Folders of one user.
	MaxFolderName = 24       // Letters of a folder's name; code points from U+2E80 on count as two.

	MaxMarks     = 200  // Messages that one command marks.
	MaxMarksPage = 1000 // Marks in one page of them.

	MaxScheduled       = 100                       // Messages that the server keeps for one user to be sent later.
	MaxScheduleAheadMS = 365 * 24 * 60 * 60 * 1000 // How far ahead, in milliseconds.

	// MaxBody bounds an entry's JSON body in bytes: MaxTextRunes, each written
	// as two \uXXXX escapes, and the braces around them.
	MaxBody = 128 << 10

	// MaxClientFrame bounds one WebSocket frame, or one REST body, that a
	// client sends, in bytes.
	MaxClientFrame = 256 << 10

	// MaxServerFrame bounds one frame that a server sends, in bytes.
	MaxServerFrame = 16 << 20

	MaxPage     = 200 // Entries in one page of history.
	DefaultPage = 50  // Entries in a page when the client names no limit.

	MaxUnread = 999 // Unread counts stop here.
)
