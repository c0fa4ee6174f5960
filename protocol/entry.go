package protocol

import (
	"cmp"
	"encoding/json"
	"slices"
)

// Kinds of entry whose rules are known. Any other kind is stored as it comes
// and shown by its fallback.
const (
	// KindText is a plain text message; its body is a Text.
	KindText = "text"

	// KindFriended is the first entry of a direct conversation: the sender
	// accepted the other's request. Only the server writes it; its body is {}.
	KindFriended = "friended"

	// KindRecall takes the sender's own message that ref_seq names back for
	// everybody: its body is blanked everywhere. Its body is {}.
	KindRecall = "recall"

	// KindEdit gives the sender's own text that ref_seq names other words; its
	// body is an Edit.
	KindEdit = "edit"

	// KindClear deletes everything up to its ref_seq for all members of a direct
	// conversation, and stays as the line that says who did. Its body is {}.
	KindClear = "clear"

	// KindReaction puts an emoji to the message that ref_seq names, or takes
	// the sender's own away again; its body is a Reaction.
	KindReaction = "reaction"

	// KindPin puts the message that ref_seq names above the conversation, for
	// all members, and KindUnpin takes it off. Their body is {}.
	KindPin   = "pin"
	KindUnpin = "unpin"

	// KindDeleted stands for an entry that its reader deleted for themselves: of
	// it there are seq, sender, client id and time. Nobody writes it; it is only
	// answered.
	KindDeleted = "deleted"

	// KindRecord is several messages of a conversation, passed on as one; its
	// body is a Record.
	KindRecord = "record"
)

// Acts reports whether an entry of this kind changes the one that its ref_seq
// names. It is no message itself.
func Acts(kind string) bool {
	switch kind {
	case KindRecall, KindEdit, KindReaction, KindPin, KindUnpin:
		return true
	}
	return false
}

// reserved kinds will change other entries or members. Until a server knows
// their rules it refuses them, so that none is stored that did not act.
var reserved = map[string]bool{
	"vote": true, "member": true, "title": true, "announcement": true, "call": true,
	KindFriended: true, KindDeleted: true,
}

// Reserved reports whether only a server may write entries of this kind.
func Reserved(kind string) bool { return reserved[kind] }

// Countable reports whether an entry of this kind counts as unread and may be
// a conversation's preview.
func Countable(kind string) bool { return !reserved[kind] && !Acts(kind) && kind != KindClear }

// Entry is one line of a conversation's log. Seq is dense per conversation and
// in commit order; it is the only order there is.
type Entry struct {
	Seq       int64    `json:"seq"`
	Kind      string   `json:"kind"`
	Sender    string   `json:"sender"`             // User id.
	ClientID  string   `json:"client_id"`          // ULID; unique per sender.
	RefSeq    int64    `json:"ref_seq,omitempty"`  // The entry this one acts on or answers. 0 means none.
	Mentions  []string `json:"mentions,omitempty"` // User ids.
	FileIDs   []string `json:"file_ids,omitempty"` // Files this entry gives its readers a right to.
	Fallback  string   `json:"fallback,omitempty"` // Plain text for clients that do not know Kind.
	Silent    bool     `json:"silent,omitempty"`   // It raises no notice and makes no sound; it counts as unread.
	CreatedMS int64    `json:"created_ms"`         // The server's clock at commit.
	Body      RawJSON  `json:"body" format:"json"` // Rules depend on Kind.

	// What entries after this one made of it. A recalled one keeps its place
	// and its kind; all that it said is gone.
	EditedMS   int64 `json:"edited_ms,omitempty"`   // When its words last changed; 0 means never.
	RecalledMS int64 `json:"recalled_ms,omitempty"` // When it was taken back; 0 means it was not.

	// Reactions are what people put to it, in the order of ReactionsOf.
	Reactions []Reactions `json:"reactions,omitempty"`
}

// Reactions are the people who put the same emoji to an entry.
type Reactions struct {
	Emoji string   `json:"emoji"`
	Users []string `json:"users"`          // User ids; never empty.
	Seqs  []int64  `json:"seqs,omitempty"` // For each user, the last entry that put it; none where they do not matter.
}

// Put is one emoji that one user put to an entry.
type Put struct {
	Emoji string
	User  string
	Seq   int64 // The last entry that put it; 0, which is before all, if that is not known.
}

// Puts lists what is in list, in its order.
func Puts(list []Reactions) []Put {
	var out []Put
	for _, r := range list {
		for i, user := range r.Users {
			p := Put{Emoji: r.Emoji, User: user}
			if i < len(r.Seqs) {
				p.Seq = r.Seqs[i]
			}
			out = append(out, p)
		}
	}
	return out
}

// ReactionsOf lists what was put, at most once by each user. The users of an emoji
// stand in the order of their seqs, and the emoji in that of their first users, so
// that the order hangs on the last word of each user alone.
func ReactionsOf(puts []Put) []Reactions {
	out := []Reactions{}
	sorted := slices.Clone(puts)
	slices.SortStableFunc(sorted, func(a, b Put) int { return cmp.Compare(a.Seq, b.Seq) })
	for _, p := range sorted {
		i := slices.IndexFunc(out, func(r Reactions) bool { return r.Emoji == p.Emoji })
		if i < 0 {
			i = len(out)
			out = append(out, Reactions{Emoji: p.Emoji})
		}
		out[i].Users, out[i].Seqs = append(out[i].Users, p.User), append(out[i].Seqs, p.Seq)
	}
	return out
}

// DeletedForReader returns e as somebody sees it who deleted it for themselves.
func (e Entry) DeletedForReader() Entry {
	return Entry{Seq: e.Seq, Kind: KindDeleted, Sender: e.Sender, ClientID: e.ClientID, CreatedMS: e.CreatedMS, Body: RawJSON(`{}`)}
}

// RawJSON is a JSON value kept as the bytes it came in.
type RawJSON = json.RawMessage

// Text is the body of KindText.
type Text struct {
	Text      string     `json:"text"`
	Forwarded *Forwarded `json:"forwarded,omitempty"` // Whose words they are; nil means the sender's own.
}

// Edit is the body of KindEdit.
type Edit struct {
	Text string `json:"text"`          // The new words; a CheckText holds.
	Was  string `json:"was,omitempty"` // What they replace. The server writes it.
}

// Reaction is the body of KindReaction. A repeat changes nothing.
type Reaction struct {
	Emoji string `json:"emoji"`         // A CheckEmoji holds.
	Off   bool   `json:"off,omitempty"` // Takes it away.
}

// Send asks the server to append an entry. It is the body of OpSend and of
// POST /v1/messages.
type Send struct {
	ConversationID string   `json:"conversation_id"`
	ClientID       string   `json:"client_id" doc:"A ULID made by the client: the key that makes a repeat a success"`
	Kind           string   `json:"kind"`
	RefSeq         int64    `json:"ref_seq,omitempty" minimum:"0"`
	Mentions       []string `json:"mentions,omitempty"`
	FileIDs        []string `json:"file_ids,omitempty"`
	Fallback       string   `json:"fallback,omitempty"`
	Silent         bool     `json:"silent,omitempty" doc:"It raises no notice with its readers"`
	Body           RawJSON  `json:"body"`
}

// Sent answers a Send. A repeat with the same client id and content gets the
// first answer again.
type Sent struct {
	ConversationID string `json:"conversation_id"`
	ClientID       string `json:"client_id"`
	Seq            int64  `json:"seq"`
	CreatedMS      int64  `json:"created_ms"`
}

// Read moves the caller's read position, never back. It is the body of OpRead
// and of POST /v1/conversations/{id}/read.
type Read struct {
	ConversationID string `json:"conversation_id"`
	Seq            int64  `json:"seq"`
}

// Ack tells the server which entries this device holds. It is the body of
// OpAck and is not answered.
type Ack struct {
	Positions []Read `json:"positions"`
}

// Page is part of a conversation's log in ascending order of Seq, in its
// present state.
type Page struct {
	ConversationID string  `json:"conversation_id"`
	Entries        []Entry `json:"entries"`
	AsOf           int64   `json:"as_of"`     // The conversation's last seq when the page was read.
	FloorSeq       int64   `json:"floor_seq"` // Entries below it are gone for everybody.
	More           bool    `json:"more"`      // There are visible entries further in the asked direction.
}

// Range is a closed interval of seqs that a member may see. ToSeq 0 means no
// end: the member is still there.
type Range struct {
	FromSeq int64 `json:"from_seq"`
	ToSeq   int64 `json:"to_seq,omitempty"`
}

// ConversationDirect is the Kind of a conversation between two people.
const ConversationDirect = "direct"

// Head is a conversation at a glance, as its reader sees it: what a list needs
// before any body is fetched.
type Head struct {
	ID       string   `json:"id"`
	Kind     string   `json:"kind"`
	Peer     *Profile `json:"peer,omitempty"` // The other member, for ConversationDirect.
	LastSeq  int64    `json:"last_seq"`
	FloorSeq int64    `json:"floor_seq"`
	Ranges   []Range  `json:"ranges"`
	Last     *Entry   `json:"last,omitempty"` // The last entry that may be a preview.
	Pins     []int64  `json:"pins,omitempty"` // Seqs of the pinned messages, the one pinned last at the end.

	ReadSeq          int64 `json:"read_seq"`           // The reader's own position.
	PeerReadSeq      int64 `json:"peer_read_seq"`      // ConversationDirect only.
	PeerDeliveredSeq int64 `json:"peer_delivered_seq"` // ConversationDirect only.
	Unread           int   `json:"unread"`             // Countable entries after ReadSeq by others; stops at MaxUnread.

	// MentionSeq is the last of those that mentions the reader; 0 means none.
	MentionSeq int64 `json:"mention_seq,omitempty"`
}
