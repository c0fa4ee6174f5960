package protocol

import "slices"

// Mark is what only its reader sees of one message. The zero value, apart from
// Seq, says that there is nothing.
type Mark struct {
	Seq       int64 `json:"seq"`
	StarredMS int64 `json:"starred_ms,omitempty"` // When it got its star, by the server's clock; 0 means that it has none.
	DeletedMS int64 `json:"deleted_ms,omitempty"` // When its reader deleted it for themselves, for good; 0 means that they did not.
}

// Marks are marks of one conversation, ascending by seq. It is the body of
// JournalMarks, and the whole state of the messages that it names; it says
// nothing of others.
type Marks struct {
	ConversationID string `json:"conversation_id"`
	Marks          []Mark `json:"marks"`
}

// UpdateMarks marks messages of one conversation for the caller. It is the body
// of OpMark and of POST /v1/conversations/{id}/marks.
type UpdateMarks struct {
	ConversationID string  `json:"conversation_id"`
	Seqs           []int64 `json:"seqs"`              // At most MaxMarks.
	Starred        *bool   `json:"starred,omitempty"` // Gives them a star, or takes it away.
	Deleted        bool    `json:"deleted,omitempty"` // Deletes them for the caller alone. It is not taken back.
}

// Check returns an Error if u could never be accepted, whoever asks.
func (u UpdateMarks) Check() error {
	switch {
	case u.ConversationID == "":
		return Invalid("conversation_id", "is missing")
	case len(u.Seqs) == 0:
		return Invalid("seqs", "names no message")
	case len(u.Seqs) > MaxMarks:
		return Invalid("seqs", "names more than %d messages", MaxMarks)
	case slices.Min(u.Seqs) <= 0:
		return Invalid("seqs", "begin with 1")
	case u.Starred == nil && !u.Deleted:
		return Invalid("starred", "is missing, and so is deleted: there is nothing to do")
	case u.Starred != nil && u.Deleted:
		return Invalid("starred", "goes with deleted: what is deleted has no star")
	}
	return nil
}

// MarksUpdated answers UpdateMarks: the present state of those of the messages
// that there are for the caller, as of a position of their journal. A client
// that applied a later row for one of them knows better already.
type MarksUpdated struct {
	Useq  int64 `json:"useq"`
	Marks Marks `json:"marks"`
}

// MarksPage answers GET PathMarks: part of all that the caller marked, as of a
// position of their journal, in an order of the server's.
type MarksPage struct {
	Marks      []Marks `json:"marks"`
	JournalPos int64   `json:"journal_pos"`
	Cursor     string  `json:"cursor,omitempty"` // Asks for those that follow; missing means that there are none.
}
