package store

import (
	"errors"
	"fmt"
	"slices"

	"mychat/protocol"
)

// Conversation is the counter row of a conversation's log. Whoever locks it
// alone gives numbers, moves positions and opens or closes it.
type Conversation struct {
	ID       ID
	Kind     string
	LastSeq  int64
	FloorSeq int64
	LastMS   int64 `gorm:"column:last_ms"`
	Closed   bool  // Nobody may write.
	Pins     Pins  `gorm:"type:text"` // Seqs of the pinned messages, in order of pinning.
}

// Pins are seqs of a conversation, kept as a JSON array, or ” for none.
type Pins []int64

// Scan implements sql.Scanner.
func (p *Pins) Scan(v any) error {
	var text string
	switch v := v.(type) {
	case string:
		text = v
	case []byte:
		text = string(v)
	default:
		return fmt.Errorf("pins are a %T", v)
	}
	*p = nil
	return parseList(text, (*[]int64)(p))
}

// SetPins writes the pins of a locked conversation.
func (tx *Tx) SetPins(id ID, p Pins) error {
	_, err := tx.exec(`UPDATE conversation SET pins = ? WHERE id = ?`, listOf(p), id)
	return err
}

// LockConversations returns the conversations with these ids, in order of id,
// and keeps other transactions that lock one of them waiting. One that does
// not exist is left out.
func (tx *Tx) LockConversations(ids []ID) ([]Conversation, error) {
	sql := `SELECT id, kind, last_seq, floor_seq, last_ms, closed, pins FROM conversation WHERE id IN ` + tx.set() + ` ORDER BY id`
	if tx.pg {
		sql += " FOR NO KEY UPDATE"
	}
	return many[Conversation](tx, sql, tx.ids(ids))
}

// Conversation returns a conversation without locking it, or ErrNoRow.
func (tx *Tx) Conversation(id ID) (Conversation, error) {
	return one[Conversation](tx, `SELECT id, kind, last_seq, floor_seq, last_ms, closed, pins FROM conversation WHERE id = ?`, id)
}

// Advance is what a group of entries and positions does to a conversation.
type Advance struct {
	ID        ID
	LastSeq   int64
	LastMS    int64
	FloorSeq  int64
	ChangedMS int64
}

// AdvanceConversations moves locked conversations on.
func (tx *Tx) AdvanceConversations(list []Advance) error {
	cells := make([][]int64, len(list))
	for i, a := range list {
		cells[i] = []int64{int64(a.ID), a.LastSeq, a.LastMS, a.FloorSeq, a.ChangedMS}
	}
	_, err := tx.exec(`UPDATE conversation SET last_seq = a.seq, last_ms = a.last, floor_seq = a.floor, changed_ms = a.changed
		FROM `+tx.table("a", "id", "seq", "last", "floor", "changed")+` WHERE conversation.id = a.id`, tx.rows(5, cells)...)
	return err
}

// SetClosed opens or closes a locked conversation.
func (tx *Tx) SetClosed(id ID, closed bool, changedMS int64) error {
	_, err := tx.exec(`UPDATE conversation SET closed = ?, changed_ms = ? WHERE id = ?`, closed, changedMS, id)
	return err
}

// DirectConversation returns the conversation of two users, which both must
// have been locked by LockUsers, and whether it had to be made. A new one is
// open, empty, and has both as members from its first entry.
func (tx *Tx) DirectConversation(a, b, newID ID, nowMS int64) (ID, bool, error) {
	lo, hi := min(a, b), max(a, b)
	id, err := one[ID](tx, `SELECT conv_id FROM direct WHERE lo_id = ? AND hi_id = ?`, lo, hi)
	if !errors.Is(err, ErrNoRow) {
		return id, false, err
	}
	_, err = tx.exec(`INSERT INTO conversation (id, kind, last_seq, floor_seq, last_ms, changed_ms, closed)
		VALUES (?, ?, 0, 0, ?, ?, FALSE)`, newID, protocol.ConversationDirect, nowMS, nowMS)
	if err == nil {
		_, err = tx.exec(`INSERT INTO direct (lo_id, hi_id, conv_id) VALUES (?, ?, ?)`, lo, hi, newID)
	}
	if err == nil {
		_, err = tx.exec(`INSERT INTO membership (conv_id, user_id, from_seq, to_seq) VALUES (?, ?, 1, 0), (?, ?, 1, 0)`,
			newID, lo, newID, hi)
	}
	if err == nil {
		_, err = tx.exec(`INSERT INTO member (conv_id, user_id, read_seq, delivered_seq) VALUES (?, ?, 0, 0), (?, ?, 0, 0)`,
			newID, lo, newID, hi)
	}
	return newID, true, err
}

// Member names a user in a conversation.
type Member struct {
	ConversationID ID
	UserID         ID
}

// Standing is how a member, present or past, stands in a conversation.
type Standing struct {
	Member       `gorm:"embedded"`
	ReadSeq      int64
	DeliveredSeq int64
	Present      bool // May write: has not left.
}

// Standings returns how the named members stand. Who never was one is left out.
func (tx *Tx) Standings(list []Member) (map[Member]Standing, error) {
	cells := make([][]int64, len(list))
	for i, m := range list {
		cells[i] = []int64{int64(m.ConversationID), int64(m.UserID)}
	}
	rows, err := many[Standing](tx, `SELECT m.conv_id AS conversation_id, m.user_id, m.read_seq, m.delivered_seq,
		EXISTS (SELECT 1 FROM membership s WHERE s.conv_id = m.conv_id AND s.user_id = m.user_id AND s.to_seq = 0) AS present
		FROM `+tx.table("k", "conv_id", "user_id")+`
		JOIN member m ON m.conv_id = k.conv_id AND m.user_id = k.user_id`, tx.rows(2, cells)...)
	standings := make(map[Member]Standing, len(rows))
	for _, s := range rows {
		standings[s.Member] = s
	}
	return standings, err
}

// SetPositions writes positions of members of locked conversations.
func (tx *Tx) SetPositions(list []Standing) error {
	cells := make([][]int64, len(list))
	for i, s := range list {
		cells[i] = []int64{int64(s.ConversationID), int64(s.UserID), s.ReadSeq, s.DeliveredSeq}
	}
	_, err := tx.exec(`UPDATE member SET read_seq = p.r, delivered_seq = p.d
		FROM `+tx.table("p", "conv_id", "user_id", "r", "d")+`
		WHERE member.conv_id = p.conv_id AND member.user_id = p.user_id`, tx.rows(4, cells)...)
	return err
}

// Members returns a conversation's present members, in order of id.
func (tx *Tx) Members(conv ID) ([]ID, error) {
	return many[ID](tx, `SELECT user_id FROM membership WHERE conv_id = ? AND to_seq = 0 ORDER BY user_id`, conv)
}

// Place is a conversation that a user is in and how far it goes.
type Place struct {
	ConversationID ID
	LastSeq        int64
}

// Places returns every conversation that a user is a present member of.
func (tx *Tx) Places(userID ID) ([]Place, error) {
	return many[Place](tx, `SELECT c.id AS conversation_id, c.last_seq FROM membership s
		JOIN conversation c ON c.id = s.conv_id WHERE s.user_id = ? AND s.to_seq = 0 ORDER BY c.id`, userID)
}

// View is what a user may see of a conversation.
type View struct {
	UserID   ID // Whose it is.
	LastSeq  int64
	FloorSeq int64
	Closed   bool
	Ranges   []protocol.Range // Ascending, not overlapping.
}

// Present reports whether the user is a member now.
func (v View) Present() bool {
	return slices.ContainsFunc(v.Ranges, func(r protocol.Range) bool { return r.ToSeq == 0 })
}

// Sees reports whether an entry is among what the user may see.
func (v View) Sees(seq int64) bool {
	return seq >= v.FloorSeq && slices.ContainsFunc(v.Ranges, func(r protocol.Range) bool {
		return seq >= r.FromSeq && (r.ToSeq == 0 || seq <= r.ToSeq)
	})
}

// View returns what a user may see of a conversation, or ErrNoRow if they
// never were a member. Everything that reads entries for a user asks it, or
// Views.
func (tx *Tx) View(conv, userID ID) (View, error) {
	views, err := tx.views(`s.conv_id = ? AND s.user_id = ?`, conv, userID)
	v, ok := views[conv]
	if err == nil && !ok {
		err = ErrNoRow
	}
	return v, err
}

// Views returns View for every conversation that the user is or was in.
func (tx *Tx) Views(userID ID) (map[ID]View, error) { return tx.views(`s.user_id = ?`, userID) }

func (tx *Tx) views(where string, args ...any) (map[ID]View, error) {
	rows, err := many[struct {
		ConvID, UserID    ID
		LastSeq, FloorSeq int64
		Closed            bool
		FromSeq, ToSeq    int64
	}](tx, `SELECT s.conv_id, s.user_id, c.last_seq, c.floor_seq, c.closed, s.from_seq, s.to_seq
		FROM membership s JOIN conversation c ON c.id = s.conv_id
		WHERE `+where+` ORDER BY s.conv_id, s.from_seq`, args...)
	views := make(map[ID]View)
	for _, r := range rows {
		v, ok := views[r.ConvID]
		if !ok {
			v = View{UserID: r.UserID, LastSeq: r.LastSeq, FloorSeq: r.FloorSeq, Closed: r.Closed}
		}
		v.Ranges = append(v.Ranges, protocol.Range{FromSeq: r.FromSeq, ToSeq: r.ToSeq})
		views[r.ConvID] = v
	}
	return views, err
}

// visible is SQL that is true for entries e that the user of member row m may
// see of conversation c: the rule of View, for queries over many
// conversations.
const visible = `e.seq >= c.floor_seq AND EXISTS (SELECT 1 FROM membership s
	WHERE s.conv_id = c.id AND s.user_id = m.user_id AND e.seq >= s.from_seq AND (s.to_seq = 0 OR e.seq <= s.to_seq))`

// shown is visible without what that user deleted for themselves.
const shown = visible + ` AND NOT EXISTS (SELECT 1 FROM mark d
	WHERE d.user_id = m.user_id AND d.conv_id = e.conv_id AND d.seq = e.seq AND d.deleted_ms > 0)`

// headRow is a conversation as its reader sees it, without what other queries
// add.
type headRow struct {
	ID       ID
	Kind     string
	LastSeq  int64
	FloorSeq int64
	ReadSeq  int64
	Pins     Pins  `gorm:"type:text"`
	Preview  int64 // Seq of the last message that the reader may see, recalled or not; 0 means none.
}

const headColumns = `SELECT c.id, c.kind, c.last_seq, c.floor_seq, m.read_seq, c.pins,
	coalesce((SELECT e.seq FROM entry e WHERE e.conv_id = c.id AND (e.countable OR e.recalled_ms > 0) AND ` + shown + `
		ORDER BY e.seq DESC LIMIT 1), 0) AS preview
	FROM member m JOIN conversation c ON c.id = m.conv_id `

// unreadRow is how much of a conversation its reader has not read.
type unreadRow struct {
	ConvID     ID
	Unread     int   // At most protocol.MaxUnread.
	MentionSeq int64 // Seq of the last that mentions the reader; 0 means none.
}

const unreadColumns = `SELECT m.conv_id,
	(SELECT count(*) FROM (SELECT 1 FROM entry e WHERE e.conv_id = c.id AND e.seq > m.read_seq
		AND e.countable AND e.sender_id <> m.user_id AND ` + shown + ` LIMIT ?) u) AS unread,
	coalesce((SELECT e.seq FROM entry e WHERE e.conv_id = c.id AND e.seq > m.read_seq AND e.mentions <> '' AND e.mentions LIKE ?
		AND e.countable AND e.sender_id <> m.user_id AND ` + shown + ` ORDER BY e.seq DESC LIMIT 1), 0) AS mention_seq
	FROM member m JOIN conversation c ON c.id = m.conv_id `

// mentioned is the pattern of lists of mentions that name a user.
func mentioned(userID ID) string { return `%"` + userID.String() + `"%` }

// Heads returns the user's conversations that changed at or after sinceMS,
// newest first.
func (tx *Tx) Heads(userID ID, sinceMS int64) ([]protocol.Head, error) {
	rows, err := many[headRow](tx, headColumns+`WHERE m.user_id = ? AND c.changed_ms >= ?
		ORDER BY c.last_ms DESC, c.id DESC`, userID, sinceMS)
	if err != nil {
		return nil, err
	}
	return tx.heads(userID, rows)
}

// Head returns one conversation as a user sees it, or ErrNoRow.
func (tx *Tx) Head(userID, conv ID) (protocol.Head, error) {
	row, err := one[headRow](tx, headColumns+`WHERE m.user_id = ? AND m.conv_id = ?`, userID, conv)
	if err != nil {
		return protocol.Head{}, err
	}
	heads, err := tx.heads(userID, []headRow{row})
	if err != nil {
		return protocol.Head{}, err
	}
	return heads[0], nil
}

// heads adds ranges, what is unread, peers and previews, one query for each.
func (tx *Tx) heads(userID ID, rows []headRow) ([]protocol.Head, error) {
	if len(rows) == 0 {
		return []protocol.Head{}, nil
	}
	convs := make([]ID, len(rows))
	for i, r := range rows {
		convs[i] = r.ID
	}
	ranges, err := many[struct {
		ConvID         ID
		FromSeq, ToSeq int64
	}](tx, `SELECT conv_id, from_seq, to_seq FROM membership
		WHERE user_id = ? AND conv_id IN `+tx.set()+` ORDER BY conv_id, from_seq`, userID, tx.ids(convs))
	if err != nil {
		return nil, err
	}
	seen := make(map[ID][]protocol.Range, len(rows))
	for _, r := range ranges {
		seen[r.ConvID] = append(seen[r.ConvID], protocol.Range{FromSeq: r.FromSeq, ToSeq: r.ToSeq})
	}
	unread, err := tx.unread(userID, rows)
	if err != nil {
		return nil, err
	}
	peers, err := tx.peers(userID, convs)
	if err != nil {
		return nil, err
	}
	previews, err := tx.previews(rows)
	if err != nil {
		return nil, err
	}
	heads := make([]protocol.Head, len(rows))
	for i, r := range rows {
		h := protocol.Head{
			ID: r.ID.String(), Kind: r.Kind, LastSeq: r.LastSeq, FloorSeq: r.FloorSeq,
			Ranges: seen[r.ID], Last: previews[r.ID], ReadSeq: r.ReadSeq,
			Unread: unread[r.ID].Unread, MentionSeq: unread[r.ID].MentionSeq,
			Pins: r.Pins.within(r.FloorSeq, seen[r.ID]),
		}
		if p, ok := peers[r.ID]; ok {
			h.Peer = &protocol.Profile{ID: p.ID.String(), Username: p.Username, Nickname: p.Nickname}
			h.PeerReadSeq, h.PeerDeliveredSeq = p.ReadSeq, p.DeliveredSeq
		}
		heads[i] = h
	}
	return heads, nil
}

// unread counts for the conversations that the user has not read to their end.
// Most are read, and the statement is the dearest of a welcome.
func (tx *Tx) unread(userID ID, heads []headRow) (map[ID]unreadRow, error) {
	var behind []ID
	for _, h := range heads {
		if h.ReadSeq < h.LastSeq {
			behind = append(behind, h.ID)
		}
	}
	if len(behind) == 0 {
		return nil, nil
	}
	rows, err := many[unreadRow](tx, unreadColumns+`WHERE m.user_id = ? AND m.conv_id IN `+tx.set(),
		protocol.MaxUnread, mentioned(userID), userID, tx.ids(behind))
	unread := make(map[ID]unreadRow, len(rows))
	for _, r := range rows {
		unread[r.ConvID] = r
	}
	return unread, err
}

// within returns those of p that somebody may see who sees ranges.
func (p Pins) within(floor int64, ranges []protocol.Range) []int64 {
	var out []int64
	for _, seq := range p {
		if seq >= floor && slices.ContainsFunc(ranges, func(r protocol.Range) bool {
			return seq >= r.FromSeq && (r.ToSeq == 0 || seq <= r.ToSeq)
		}) {
			out = append(out, seq)
		}
	}
	return out
}

type peerRow struct {
	ConvID             ID
	ID                 ID
	Username, Nickname string
	ReadSeq            int64
	DeliveredSeq       int64
}

// peers returns the other member of each direct conversation in convs.
func (tx *Tx) peers(userID ID, convs []ID) (map[ID]peerRow, error) {
	rows, err := many[peerRow](tx, `SELECT m.conv_id, u.id, u.username, u.nickname, m.read_seq, m.delivered_seq
		FROM direct d JOIN member m ON m.conv_id = d.conv_id AND m.user_id <> ?
		JOIN "user" u ON u.id = m.user_id
		WHERE d.conv_id IN `+tx.set(), userID, tx.ids(convs))
	peers := make(map[ID]peerRow, len(rows))
	for _, p := range rows {
		peers[p.ConvID] = p
	}
	return peers, err
}

func (tx *Tx) previews(heads []headRow) (map[ID]*protocol.Entry, error) {
	cells := make([][]int64, 0, len(heads))
	for _, h := range heads {
		if h.Preview > 0 {
			cells = append(cells, []int64{int64(h.ID), h.Preview})
		}
	}
	rows, err := many[entryRow](tx, entryColumns+`FROM `+tx.table("k", "conv_id", "seq")+`
		JOIN entry e ON e.conv_id = k.conv_id AND e.seq = k.seq`, tx.rows(2, cells)...)
	previews := make(map[ID]*protocol.Entry, len(rows))
	for _, r := range rows {
		e, err := r.wire()
		if err != nil {
			return nil, err
		}
		previews[r.ConvID] = &e
	}
	return previews, err
}
