package protocol

import "unicode/utf8"

// ChatSettings is what only its reader sees of one conversation: how it stands
// in their list, and what they have not sent yet. It is the body of
// JournalChat, and always the whole of it.
//
// Hidden and marked unread are places in the log rather than flags, so that
// what ends them needs no row of its own: an entry by somebody else, or a read
// position that moves on.
type ChatSettings struct {
	ConversationID string `json:"conversation_id"`

	// PinnedMS is when it was pinned, by the server's clock and different for
	// each of a user's conversations; 0 means that it is not.
	PinnedMS int64 `json:"pinned_ms,omitempty"`
	Muted    bool  `json:"muted,omitempty"`    // Its messages raise no notice and count in no total.
	Archived bool  `json:"archived,omitempty"` // It stands in a list of its own.

	// HiddenSeq is the last entry when it was hidden: the list leaves it out
	// until a countable entry by somebody else follows. 0 means not hidden.
	HiddenSeq int64 `json:"hidden_seq,omitempty"`

	// UnreadSeq is the last entry when it was marked unread. The mark ends when
	// the reader's position passes it or an entry of theirs follows. 0 means no
	// mark.
	UnreadSeq int64 `json:"unread_seq,omitempty"`

	// ClearedSeq is the last entry that its reader cleared for themselves: they
	// see what follows it. It only grows. 0 means that nothing was cleared.
	ClearedSeq int64 `json:"cleared_seq,omitempty"`

	// Folders are the ids of the folders that it is in. One that PreferenceFolders
	// does not name is gone, and says nothing.
	Folders []string `json:"folders,omitempty"`

	Draft *Draft `json:"draft,omitempty"`
}

// Draft is a message that its author has not sent.
type Draft struct {
	Text     string   `json:"text"`
	RefSeq   int64    `json:"ref_seq,omitempty" minimum:"0"` // The entry it answers. 0 means none.
	Mentions []string `json:"mentions,omitempty"`            // User ids.
	EditedMS int64    `json:"edited_ms,omitempty"`           // The server's clock when it took the draft; not looked at in a request.
}

// Empty reports whether there is nothing in d to keep.
func (d Draft) Empty() bool { return d.Text == "" && d.RefSeq == 0 && len(d.Mentions) == 0 }

// Check returns an Error if d can be no draft. A blank text is one.
func (d Draft) Check() error {
	switch {
	case !utf8.ValidString(d.Text):
		return Invalid("draft", "is not valid UTF-8")
	case len(d.Text) > MaxTextBytes || utf8.RuneCountInString(d.Text) > MaxTextRunes:
		return Invalid("draft", "is longer than %d characters or %d bytes", MaxTextRunes, MaxTextBytes)
	case d.RefSeq < 0:
		return Invalid("ref_seq", "is negative")
	case len(d.Mentions) > MaxMentions:
		return Invalid("mentions", "names more than %d users", MaxMentions)
	}
	return nil
}

// UpdateChat changes what the caller keeps of one conversation; what is left
// out stays as it is. It is the body of OpChat and of
// PATCH /v1/conversations/{id}/settings.
type UpdateChat struct {
	ConversationID string    `json:"conversation_id"`
	Pinned         *bool     `json:"pinned,omitempty"` // Pinning what is pinned leaves its time.
	Muted          *bool     `json:"muted,omitempty"`
	Archived       *bool     `json:"archived,omitempty"`
	HiddenSeq      *int64    `json:"hidden_seq,omitempty" minimum:"0"`  // The last entry the caller knows, or 0 to show it again.
	UnreadSeq      *int64    `json:"unread_seq,omitempty" minimum:"0"`  // The last entry the caller knows, or 0 to take the mark away.
	ClearedSeq     *int64    `json:"cleared_seq,omitempty" minimum:"0"` // The last entry to be cleared for the caller; a smaller one than before changes nothing.
	Folders        *[]string `json:"folders,omitempty"`                 // All that it is in.
	Draft          *Draft    `json:"draft,omitempty"`                   // An empty one removes the draft.
}

// Check returns an Error if u could never be accepted, whoever asks.
func (u UpdateChat) Check() error {
	switch {
	case u.ConversationID == "":
		return Invalid("conversation_id", "is missing")
	case u.HiddenSeq != nil && *u.HiddenSeq < 0:
		return Invalid("hidden_seq", "is negative")
	case u.UnreadSeq != nil && *u.UnreadSeq < 0:
		return Invalid("unread_seq", "is negative")
	case u.ClearedSeq != nil && *u.ClearedSeq < 0:
		return Invalid("cleared_seq", "is negative")
	}
	if u.Folders != nil {
		if err := checkFolderIDs("folders", *u.Folders); err != nil {
			return err
		}
	}
	if u.Draft != nil {
		return u.Draft.Check()
	}
	return nil
}

// ChatUpdated answers UpdateChat. Useq is the journal row that says the same,
// or that a later row for this conversation replaced; 0 means that nothing was
// ever set. A client that applied a later row for it knows better already.
type ChatUpdated struct {
	Useq int64        `json:"useq"`
	Chat ChatSettings `json:"chat"`
}
