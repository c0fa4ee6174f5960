package store

import "mychat/protocol"

// Contact is one user's row about another.
type Contact struct {
	UserID         ID
	PeerID         ID
	Friend         bool
	Remark         string
	ConversationID ID
	SinceMS        int64 `gorm:"column:since_ms"`

	// Of the peer.
	Username   string `gorm:"->"`
	Nickname   string `gorm:"->"`
	LastSeenMS int64  `gorm:"->;column:last_seen_ms"`
}

// Wire returns c as its owner sees it.
func (c Contact) Wire() protocol.Contact {
	return protocol.Contact{
		Profile: protocol.Profile{ID: c.PeerID.String(), Username: c.Username, Nickname: c.Nickname},
		Remark:  c.Remark, Friend: c.Friend, ConversationID: c.ConversationID.String(), SinceMS: c.SinceMS,
	}
}

const contactColumns = `SELECT c.user_id, c.peer_id, c.friend, c.remark, c.conv_id AS conversation_id, c.since_ms,
	u.username, u.nickname, u.last_seen_ms FROM contact c JOIN "user" u ON u.id = c.peer_id `

// Contact returns a user's row about another, or ErrNoRow.
func (tx *Tx) Contact(userID, peerID ID) (Contact, error) {
	return one[Contact](tx, contactColumns+`WHERE c.user_id = ? AND c.peer_id = ?`, userID, peerID)
}

// Contacts returns all of a user's contacts, in the order of user ids.
func (tx *Tx) Contacts(userID ID) ([]Contact, error) {
	return many[Contact](tx, contactColumns+`WHERE c.user_id = ? ORDER BY c.peer_id`, userID)
}

// ContactsOf returns the rows that others hold about a user, so with that
// user's profile in each.
func (tx *Tx) ContactsOf(peerID ID) ([]Contact, error) {
	return many[Contact](tx, contactColumns+`WHERE c.peer_id = ? ORDER BY c.user_id`, peerID)
}

// Befriend makes userID and peerID friends from userID's point of view,
// keeping a remark that is there.
func (tx *Tx) Befriend(userID, peerID, conv ID, sinceMS int64) error {
	_, err := tx.exec(`INSERT INTO contact (user_id, peer_id, friend, remark, conv_id, since_ms)
		VALUES (?, ?, TRUE, '', ?, ?)
		ON CONFLICT (user_id, peer_id) DO UPDATE SET friend = TRUE, conv_id = excluded.conv_id, since_ms = excluded.since_ms`,
		userID, peerID, conv, sinceMS)
	return err
}

// Unfriend ends the friendship of two users in both their rows.
func (tx *Tx) Unfriend(a, b ID) error {
	_, err := tx.exec(`UPDATE contact SET friend = FALSE
		WHERE user_id = ? AND peer_id = ? OR user_id = ? AND peer_id = ?`, a, b, b, a)
	return err
}

// SetRemark names a contact.
func (tx *Tx) SetRemark(userID, peerID ID, remark string) error {
	_, err := tx.exec(`UPDATE contact SET remark = ? WHERE user_id = ? AND peer_id = ?`, remark, userID, peerID)
	return err
}

// FriendRequest is a question from one user to another.
type FriendRequest struct {
	ID        ID
	FromID    ID
	ToID      ID
	Message   string
	State     string // As kept: an expired one still says pending or ignored.
	CreatedMS int64  `gorm:"column:created_ms"`
	ExpiresMS int64  `gorm:"column:expires_ms"`
	DecidedMS int64  `gorm:"column:decided_ms"` // 0 while pending.

	// Of the two users.
	FromUsername string `gorm:"->"`
	FromNickname string `gorm:"->"`
	ToUsername   string `gorm:"->"`
	ToNickname   string `gorm:"->"`
}

// TableName implements gorm's Tabler.
func (FriendRequest) TableName() string { return "friend_request" }

// Open reports whether r can still be answered.
func (r FriendRequest) Open(nowMS int64) bool {
	return (r.State == protocol.RequestPending || r.State == protocol.RequestIgnored) && nowMS < r.ExpiresMS
}

// Wire returns r as one of the two users sees it at nowMS: who sent an ignored
// request sees it pending.
func (r FriendRequest) Wire(reader ID, nowMS int64) protocol.FriendRequest {
	w := protocol.FriendRequest{
		ID:      r.ID.String(),
		From:    protocol.Profile{ID: r.FromID.String(), Username: r.FromUsername, Nickname: r.FromNickname},
		To:      protocol.Profile{ID: r.ToID.String(), Username: r.ToUsername, Nickname: r.ToNickname},
		Message: r.Message, State: r.State,
		CreatedMS: r.CreatedMS, ExpiresMS: r.ExpiresMS, DecidedMS: r.DecidedMS,
	}
	if r.State == protocol.RequestIgnored && reader == r.FromID {
		w.State, w.DecidedMS = protocol.RequestPending, 0
	}
	if w.State == protocol.RequestPending && nowMS >= r.ExpiresMS {
		w.State = protocol.RequestExpired
	}
	return w
}

const requestColumns = `SELECT r.id, r.from_id, r.to_id, r.message, r.state, r.created_ms, r.expires_ms, r.decided_ms,
	f.username AS from_username, f.nickname AS from_nickname, t.username AS to_username, t.nickname AS to_nickname
	FROM friend_request r JOIN "user" f ON f.id = r.from_id JOIN "user" t ON t.id = r.to_id `

// InsertRequest adds a friend request.
func (tx *Tx) InsertRequest(r FriendRequest) error { return classify(tx.db.Create(&r).Error) }

// Request returns a friend request, or ErrNoRow.
func (tx *Tx) Request(id ID) (FriendRequest, error) {
	return one[FriendRequest](tx, requestColumns+`WHERE r.id = ?`, id)
}

// LastRequest returns the newest request from one user to another, or ErrNoRow.
func (tx *Tx) LastRequest(from, to ID) (FriendRequest, error) {
	return one[FriendRequest](tx, requestColumns+`WHERE r.from_id = ? AND r.to_id = ?
		ORDER BY r.created_ms DESC, r.id DESC LIMIT 1`, from, to)
}

// Requests returns a user's requests in both directions that were made at or
// after sinceMS, newest first.
func (tx *Tx) Requests(userID ID, sinceMS int64, limit int) ([]FriendRequest, error) {
	return many[FriendRequest](tx, requestColumns+`WHERE r.id IN (
		SELECT id FROM friend_request WHERE from_id = ? AND created_ms >= ?
		UNION SELECT id FROM friend_request WHERE to_id = ? AND created_ms >= ?)
		ORDER BY r.created_ms DESC, r.id DESC LIMIT ?`, userID, sinceMS, userID, sinceMS, limit)
}

// CountRequests returns how many requests a user made at or after sinceMS, and
// when the first of them was.
func (tx *Tx) CountRequests(from ID, sinceMS int64) (n int, firstMS int64, err error) {
	row, err := one[struct {
		N     int
		First int64
	}](tx, `SELECT count(*) AS n, coalesce(min(created_ms), 0) AS first FROM friend_request
		WHERE from_id = ? AND created_ms >= ?`, from, sinceMS)
	return row.N, row.First, err
}

// SetRequestState decides a request.
func (tx *Tx) SetRequestState(id ID, state string, decidedMS int64) error {
	_, err := tx.exec(`UPDATE friend_request SET state = ?, decided_ms = ? WHERE id = ?`, state, decidedMS, id)
	return err
}

// Relations returns how userID stands to each of the others, by id; who is
// missing is a stranger.
func (tx *Tx) Relations(userID ID, others []ID, nowMS int64) (map[ID]string, error) {
	list, err := many[struct {
		Other    ID
		Relation string
	}](tx, `SELECT peer_id AS other, CAST('friend' AS TEXT) AS relation FROM contact
			WHERE user_id = ? AND friend AND peer_id IN `+tx.set()+`
		UNION ALL SELECT to_id, 'asked' FROM friend_request
			WHERE from_id = ? AND state IN ('pending', 'ignored') AND expires_ms > ? AND to_id IN `+tx.set()+`
		UNION ALL SELECT from_id, 'asked_you' FROM friend_request
			WHERE to_id = ? AND state = 'pending' AND expires_ms > ? AND from_id IN `+tx.set(),
		userID, tx.ids(others), userID, nowMS, tx.ids(others), userID, nowMS, tx.ids(others))
	relations := make(map[ID]string, len(list))
	for _, row := range list {
		if relations[row.Other] != protocol.RelationFriend {
			relations[row.Other] = row.Relation
		}
	}
	return relations, err
}
