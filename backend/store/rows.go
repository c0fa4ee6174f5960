package store

import (
	"encoding/json"
	"fmt"
	"slices"

	"mychat/protocol"
)

// The rows of the database. They never leave this package.

type accountRow struct {
	ID         int64 `gorm:"primaryKey"`
	UserID     string
	Me         string
	JournalPos int64
	SinceMS    int64 `gorm:"column:since_ms"`
	ClockMS    int64 `gorm:"column:clock_ms"`

	RecallWithinMS int64 `gorm:"column:recall_within_ms"`
	EditWithinMS   int64 `gorm:"column:edit_within_ms"`
	ClearForAll    bool
	Previews       bool

	MarksWhole  bool
	MarksCursor string
	MarksFrom   int64
}

func (accountRow) TableName() string { return "account" }

type conversationRow struct {
	Key              int64 `gorm:"primaryKey"`
	ID               string
	Kind             string
	PeerID           string
	PeerUsername     string
	PeerNickname     string
	LastSeq          int64
	FloorSeq         int64
	Ranges           string
	ReadSeq          int64
	PeerReadSeq      int64
	PeerDeliveredSeq int64
	BaseUnread       int
	BaseReadSeq      int64
	BaseLastSeq      int64
	Unread           int
	PreviewKind      string
	PreviewText      string
	PreviewMine      bool
	PreviewStatus    string
	PreviewMS        int64 `gorm:"column:preview_ms"`
	Draft            string
	SortMS           int64 `gorm:"column:sort_ms"`
	PinnedMS         int64 `gorm:"column:pinned_ms"`
	Muted            bool
	Archived         bool
	HiddenSeq        int64
	UnreadSeq        int64
	Hidden           bool
	Marked           bool
	DraftRefSeq      int64
	DraftMentions    string
	ClearedSeq       int64  // By the user, for themselves.
	ClearingSeq      int64  // By the user, for both; not confirmed yet.
	Folders          string // Ids; "" means none.
	MentionSeq       int64  // The last unread entry that mentions the user; 0 means none.
	BaseMentionSeq   int64  // What the last head said of it.
	Pins             string // As pins; "" means none.
	PinsSeq          int64  // Up to where those are known from the server's own list.
	EditSeq          int64  // The message that EditText is to stand in; 0 means none.
	EditText         string // Unsent, on this device alone.
}

func (conversationRow) TableName() string { return "conversation" }

// listedRow is a conversation with what its contact says of the peer.
type listedRow struct {
	Row    conversationRow `gorm:"embedded"`
	Remark string
	Friend bool

	ClearForAll bool
}

func (l listedRow) view() Conversation {
	r := l.Row
	return Conversation{
		ID:               r.ID,
		Kind:             r.Kind,
		Peer:             protocol.Profile{ID: r.PeerID, Username: r.PeerUsername, Nickname: r.PeerNickname},
		Remark:           l.Remark,
		Friend:           l.Friend,
		LastSeq:          r.LastSeq,
		ReadSeq:          r.ReadSeq,
		PeerReadSeq:      r.PeerReadSeq,
		PeerDeliveredSeq: r.PeerDeliveredSeq,
		Unread:           r.Unread,
		Preview: Preview{
			Kind: r.PreviewKind, Text: r.PreviewText, Mine: r.PreviewMine,
			Status: r.PreviewStatus, CreatedMS: r.PreviewMS,
		},
		Draft:         r.Draft,
		DraftRefSeq:   r.DraftRefSeq,
		DraftMentions: append([]string{}, unlist(r.DraftMentions)...),
		EditSeq:       r.EditSeq,
		EditText:      r.EditText,
		SortMS:        r.SortMS,
		PinnedMS:      r.PinnedMS,
		Muted:         r.Muted,
		Archived:      r.Archived,
		Hidden:        r.Hidden,
		MarkedUnread:  r.Marked,
		MentionSeq:    r.MentionSeq,
		Folders:       append([]string{}, unlist(r.Folders)...),
		Empty:         r.LastSeq < r.low(),
		ClearForAll:   l.ClearForAll && l.Friend && r.Kind == protocol.ConversationDirect,
	}
}

// draft returns what is not sent, never nil.
func (r conversationRow) draft() *protocol.Draft {
	return &protocol.Draft{Text: r.Draft, RefSeq: r.DraftRefSeq, Mentions: unlist(r.DraftMentions)}
}

// visible returns the seqs that the user may see, up to the last one.
func (r conversationRow) visible() intervals {
	ranges := []protocol.Range{{FromSeq: 1}}
	if r.Ranges != "" {
		// Written by this package, from the server's own value.
		if err := json.Unmarshal([]byte(r.Ranges), &ranges); err != nil {
			panic("store: ranges are not JSON: " + err.Error())
		}
	}
	var out intervals
	for _, v := range ranges {
		to := r.LastSeq
		if v.ToSeq > 0 {
			to = min(to, v.ToSeq)
		}
		out = out.add(interval{max(v.FromSeq, r.low()), to})
	}
	return out
}

type messageRow struct {
	ID        int64 `gorm:"primaryKey"`
	Conv      int64
	Seq       int64
	Sender    string
	ClientID  string
	Kind      string
	Mine      bool
	Countable bool
	RefSeq    int64
	Mentions  string
	FileIDs   string `gorm:"column:file_ids"`
	Body      []byte
	Fallback  string
	CreatedMS int64 `gorm:"column:created_ms"`
	Status    string
	ErrorCode string

	EditedMS   int64 `gorm:"column:edited_ms"`
	RecalledMS int64 `gorm:"column:recalled_ms"`
	Silent     bool
	StateSeq   int64 // Up to where it is known what became of it.

	// Why the last own act on it came to nothing; "" means that none was refused.
	Refused     string // A protocol.Code.
	RefusedAct  string // The kind of act.
	RefusedText string // What an edit was to say.

	Reactions  string // What was put to it, as marks; "" means nothing.
	ReactedSeq int64  // Up to where those are known from the server's own list.
}

func (messageRow) TableName() string { return "message" }

// refusal returns what a row keeps of an own act that was refused; three empty
// strings for none.
func refusal(code, act, text string) map[string]any {
	return map[string]any{"refused": code, "refused_act": act, "refused_text": text}
}

// messageID is Message.ID.
func messageID(sender, clientID string) string { return sender + "/" + clientID }

func (r messageRow) messageID() string { return messageID(r.Sender, r.ClientID) }

func (r messageRow) view(conversationID string) Message {
	m := Message{
		ID:             r.messageID(),
		ConversationID: conversationID,
		Seq:            r.Seq,
		Kind:           r.Kind,
		Sender:         r.Sender,
		Mine:           r.Mine,
		Text:           shownText(r.Kind, r.Fallback, r.Body),
		CreatedMS:      r.CreatedMS,
		Status:         r.Status,
		ErrorCode:      r.ErrorCode,
		EditedMS:       r.EditedMS,
		Refused:        r.Refused,
		RefusedAct:     r.RefusedAct,
		RefusedText:    r.RefusedText,
		Silent:         r.Silent,
		Reactions:      r.reactions(),
		Forwarded:      forwardedFrom(r.Kind, r.Body),
		Card:           cardOf(r.Kind, r.Body),
	}
	if r.RecalledMS > 0 {
		m.Kind, m.EditedMS = protocol.KindRecall, 0
	}
	return m
}

// entryRow is the row of an entry that the server has, in its state as of a
// seq.
func entryRow(conv int64, me string, e protocol.Entry, asOf int64) messageRow {
	known := max(asOf, e.Seq)
	return messageRow{
		Conv:      conv,
		Seq:       e.Seq,
		Sender:    e.Sender,
		ClientID:  e.ClientID,
		Kind:      e.Kind,
		Mine:      e.Sender == me,
		Countable: protocol.Countable(e.Kind) && e.RecalledMS == 0,
		RefSeq:    e.RefSeq,
		Mentions:  list(e.Mentions),
		FileIDs:   list(e.FileIDs),
		Body:      slices.Clone([]byte(e.Body)),
		Fallback:  e.Fallback,
		CreatedMS: e.CreatedMS,
		Status:    StatusSent,

		Silent:     e.Silent,
		EditedMS:   e.EditedMS,
		RecalledMS: e.RecalledMS,
		StateSeq:   known,
		Reactions:  pack(marksOf(e.Reactions)),
		ReactedSeq: known,
	}
}

// sameContent reports whether two rows say the same, whatever their place.
func (r messageRow) sameContent(o messageRow) bool {
	return r.Kind == o.Kind && r.Fallback == o.Fallback && r.RefSeq == o.RefSeq &&
		r.Mentions == o.Mentions && r.FileIDs == o.FileIDs && string(r.Body) == string(o.Body) &&
		r.EditedMS == o.EditedMS && r.RecalledMS == o.RecalledMS
}

// sameMessage reports whether an entry is the own message that waits under its
// id, although the server wrote into it or it was changed since.
func (r messageRow) sameMessage(entry messageRow) bool {
	if entry.Kind == protocol.KindDeleted { // On another device; the id says whose it is.
		return true
	}
	if protocol.Acts(r.Kind) || entry.EditedMS > 0 || entry.RecalledMS > 0 {
		return r.Kind == entry.Kind && r.RefSeq == entry.RefSeq
	}
	return r.sameContent(entry)
}

// list is a list of ids as it is kept: JSON, or "" for none.
func list(ids []string) string {
	if len(ids) == 0 {
		return ""
	}
	b, err := json.Marshal(ids)
	if err != nil {
		panic("store: encode ids: " + err.Error()) // Strings always encode.
	}
	return string(b)
}

// unlist is the reverse of list.
func unlist(s string) []string {
	if s == "" {
		return nil
	}
	var ids []string
	if err := json.Unmarshal([]byte(s), &ids); err != nil {
		panic("store: ids are not JSON: " + err.Error()) // Written by list.
	}
	return ids
}

type spanRow struct {
	Conv    int64 `gorm:"primaryKey"`
	FromSeq int64 `gorm:"primaryKey"`
	ToSeq   int64
}

func (spanRow) TableName() string { return "span" }

type outgoingRow struct {
	Conv    int64 `gorm:"primaryKey"`
	Message int64 `gorm:"primaryKey"`
}

func (outgoingRow) TableName() string { return "outgoing" }

type outgoingReadRow struct {
	Conv int64 `gorm:"primaryKey"`
	Seq  int64
}

func (outgoingReadRow) TableName() string { return "outgoing_read" }

type chatRow struct {
	ID   string `gorm:"primaryKey"`
	Useq int64
	Body string
}

func (chatRow) TableName() string { return "chat" }

type outgoingChatRow struct {
	ID       string `gorm:"primaryKey"`
	PinnedMS int64  `gorm:"column:pinned_ms"`
	Body     string
}

func (outgoingChatRow) TableName() string { return "outgoing_chat" }

// update returns what the server is to be told; a row that is not there says
// nothing.
func (r outgoingChatRow) update() (protocol.UpdateChat, error) {
	u := protocol.UpdateChat{ConversationID: r.ID}
	if r.Body == "" {
		return u, nil
	}
	if err := json.Unmarshal([]byte(r.Body), &u); err != nil {
		return u, fmt.Errorf("decode settings: %w", err)
	}
	return u, nil
}

type scheduledRow struct {
	ClientID string `gorm:"primaryKey"`
	Useq     int64
	Body     string
}

func (scheduledRow) TableName() string { return "scheduled" }

type outgoingScheduledRow struct {
	ID       int64 `gorm:"primaryKey"`
	ClientID string
	Body     string
}

func (outgoingScheduledRow) TableName() string { return "outgoing_scheduled" }

type preferenceRow struct {
	Name  string `gorm:"primaryKey"`
	Useq  int64
	Value string
}

func (preferenceRow) TableName() string { return "preference" }

func (r preferenceRow) preference() protocol.Preference {
	return protocol.Preference{Name: r.Name, Value: protocol.RawJSON(r.Value)}
}

type outgoingPreferenceRow struct {
	Name  string `gorm:"primaryKey"`
	Value string
}

func (outgoingPreferenceRow) TableName() string { return "outgoing_preference" }

type contactRow struct {
	UserID         string `gorm:"primaryKey"`
	Username       string
	Nickname       string
	Remark         string
	Friend         bool
	ConversationID string
	SinceMS        int64 `gorm:"column:since_ms"`
}

func (contactRow) TableName() string { return "contact" }

func (r contactRow) view() protocol.Contact {
	return protocol.Contact{
		Profile:        protocol.Profile{ID: r.UserID, Username: r.Username, Nickname: r.Nickname},
		Remark:         r.Remark,
		Friend:         r.Friend,
		ConversationID: r.ConversationID,
		SinceMS:        r.SinceMS,
	}
}

type requestRow struct {
	ID        string `gorm:"primaryKey"`
	CreatedMS int64  `gorm:"column:created_ms"`
	Body      string
}

func (requestRow) TableName() string { return "request" }

// pack returns a list as a column holds it: JSON, or "" for none.
func pack[T any](list []T) string {
	if len(list) == 0 {
		return ""
	}
	b, err := json.Marshal(list)
	if err != nil {
		panic("store: encode a list: " + err.Error()) // Strings, numbers and flags always encode.
	}
	return string(b)
}

// unpack is the reverse of pack. What is no such list stands in a damaged file
// and says nothing: mending asks the server again.
func unpack[T any](column string) []T {
	var list []T
	if column == "" || json.Unmarshal([]byte(column), &list) != nil {
		return nil
	}
	return list
}
