package store

import "mychat/protocol"

// States of an own message. What others know of it (delivered, read) follows
// from the conversation's positions: Seq <= PeerDeliveredSeq, PeerReadSeq.
const (
	StatusQueued  = "queued"  // In the outbox, waiting for the network or its turn.
	StatusSending = "sending" // On its way; the answer is not here.
	StatusSent    = "sent"    // The server has it and gave it a Seq. Every message by others is sent.
	StatusFailed  = "failed"  // Refused; the user decides: retry or discard.
)

// Message is one entry of a conversation's log as this device shows it.
type Message struct {
	// ID is stable from the moment the message is queued: the sender's user id,
	// a slash, and the client id. Page lists use it as key.
	ID             string `json:"id"`
	ConversationID string `json:"conversation_id"`
	Seq            int64  `json:"seq"`    // 0 until the server gave one; unsent messages sort last, in order of queueing.
	Kind           string `json:"kind"`   // protocol.KindRecall for one that was recalled.
	Sender         string `json:"sender"` // User id.
	Mine           bool   `json:"mine"`
	Text           string `json:"text"`            // For kind text, the text; for a kind not known here, the fallback.
	CreatedMS      int64  `json:"created_ms"`      // The server's clock; before the message is sent, as far as it is known here.
	Status         string `json:"status"`          // One of the Status constants.
	ErrorCode      string `json:"error_code"`      // A protocol.Code for StatusFailed, else "".
	Quote          *Quote `json:"quote,omitempty"` // The message that this one answers; nil for none.
	Forwarded      string `json:"forwarded"`       // Whose words it repeats, as its sender says; "" for their own.
	EditedMS       int64  `json:"edited_ms"`       // When its words last changed; 0 means never.
	Refused        string `json:"refused"`         // A protocol.Code: why the last change to it was refused; else "".
	RefusedAct     string `json:"refused_act"`     // Of what kind that change was, such as protocol.KindRecall; else "".
	RefusedText    string `json:"refused_text"`    // What it was to say, for an edit that was refused; else "".
	Waiting        string `json:"waiting"`         // protocol.KindRecall or KindEdit while that is shown and the server has not confirmed it; else "".
	Silent         bool   `json:"silent"`          // It raises no notice with those it goes to.
	StarredMS      int64  `json:"starred_ms"`      // Since when it has a star of the user's; 0 means that it has none.

	// Reactions are what people put to it, in the order of protocol.ReactionsOf. The
	// user's own are among them before the server has confirmed them.
	Reactions []protocol.Reactions `json:"reactions"`

	Card *RecordCard `json:"card,omitempty"` // For kind record, what it holds; nil for any other.

	Link *Link `json:"link,omitempty"` // For a text with one; nil where the server looks at no links.

	// Again is what an own text said that was recalled here just now; nil for
	// any other. The store does not know it.
	Again *Again `json:"again,omitempty"`

	// Until when, by this machine's clock, the user may change it; 0 means not
	// at all. What is unsent can be taken back at any time.
	RecallUntilMS int64 `json:"recall_until_ms"`
	EditUntilMS   int64 `json:"edit_until_ms"`
}

// Again is a text that was recalled and may be written again.
type Again struct {
	Text    string `json:"text"`
	UntilMS int64  `json:"until_ms"` // By this machine's clock.
}

// Quote is a message that another one answers, in its present state.
type Quote struct {
	Seq    int64  `json:"seq"`
	Here   bool   `json:"here"` // The message is on this device; the rest is empty when not.
	Kind   string `json:"kind"`
	Sender string `json:"sender"` // User id.
	Mine   bool   `json:"mine"`
	Text   string `json:"text"` // At most 200 runes, one line, without marks.
}

// Preview is the second line of a conversation in the list.
type Preview struct {
	Kind      string `json:"kind"` // "" when the conversation is empty, protocol.KindRecall for a recalled message.
	Text      string `json:"text"` // At most 120 runes, one line, without marks.
	Mine      bool   `json:"mine"`
	Status    string `json:"status"`
	CreatedMS int64  `json:"created_ms"`
}

// Conversation is one row of the conversation list.
type Conversation struct {
	ID               string           `json:"id"`
	Kind             string           `json:"kind"`
	Peer             protocol.Profile `json:"peer"`
	Remark           string           `json:"remark"` // The user's own name for the peer; "" means none.
	Friend           bool             `json:"friend"` // Whether the user may write there.
	LastSeq          int64            `json:"last_seq"`
	ReadSeq          int64            `json:"read_seq"`
	PeerReadSeq      int64            `json:"peer_read_seq"`
	PeerDeliveredSeq int64            `json:"peer_delivered_seq"`
	Unread           int              `json:"unread"` // Stops at protocol.MaxUnread.
	Preview          Preview          `json:"preview"`
	Draft            string           `json:"draft"`
	DraftRefSeq      int64            `json:"draft_ref_seq"`  // The entry that the draft answers; 0 means none.
	DraftMentions    []string         `json:"draft_mentions"` // User ids.
	EditSeq          int64            `json:"edit_seq"`       // The message that is being edited on this device; 0 means none.
	EditText         string           `json:"edit_text"`      // What it is to say.
	SortMS           int64            `json:"sort_ms"`        // The list's order after what is pinned: newest activity first.

	Pins []int64 `json:"pins"` // Seqs of the pinned messages, ascending.

	// What only the user sees of it.
	PinnedMS     int64 `json:"pinned_ms"` // The list's order: the greatest first; 0 means not pinned.
	Muted        bool  `json:"muted"`     // It raises no notice and counts in no total.
	Archived     bool  `json:"archived"`
	Hidden       bool  `json:"hidden"`        // Until somebody else writes, or it is opened.
	MarkedUnread bool  `json:"marked_unread"` // Whatever Unread says.

	MentionSeq int64    `json:"mention_seq"` // The last unread message that mentions the user; 0 means none.
	Folders    []string `json:"folders"`     // Ids of those that it is in; one that is no folder's any more says nothing.

	// Empty says that the user may see nothing of it; ClearForAll, that they may
	// delete it for both.
	Empty       bool `json:"empty"`
	ClearForAll bool `json:"clear_for_all"`
}

// Page is part of a conversation's history, oldest first. Unsent messages are
// part of the newest page only.
type Page struct {
	Messages   []Message `json:"messages"`
	MoreBefore bool      `json:"more_before"` // There is older history, here or on the server.
	MoreAfter  bool      `json:"more_after"`  // There is newer history.

	// Missing says that older history exists but could not be fetched now: the
	// device is offline. The page shows what it has.
	Missing bool `json:"missing"`
}
