package protocol

// Profile is what others may know of a user.
type Profile struct {
	ID       string `json:"id"`
	Username string `json:"username"`
	Nickname string `json:"nickname"`
}

// Relations between the caller and a user.
const (
	RelationSelf     = "self"
	RelationNone     = "none"
	RelationFriend   = "friend"
	RelationAsked    = "asked"     // The caller's request waits.
	RelationAskedYou = "asked_you" // Their request waits for the caller.
)

// UserCard is one result of a search for people.
type UserCard struct {
	Profile  Profile `json:"profile"`
	Relation string  `json:"relation"`
}

// Me is the caller's own account.
type Me struct {
	Profile            Profile `json:"profile"`
	FindableByNickname bool    `json:"findable_by_nickname"`
	CreatedMS          int64   `json:"created_ms"`
}

// UpdateMe changes the caller's own account. A nil field stays as it is.
type UpdateMe struct {
	Nickname           *string `json:"nickname,omitempty"`
	FindableByNickname *bool   `json:"findable_by_nickname,omitempty"`
}

// ChangePassword replaces the caller's password.
type ChangePassword struct {
	Old       string `json:"old"`
	New       string `json:"new"`
	EndOthers bool   `json:"end_others" doc:"Sign out every other device"`
}

// Platforms a device may name.
const (
	PlatformWindows = "windows"
	PlatformMacOS   = "macos"
	PlatformLinux   = "linux"
	PlatformAndroid = "android"
	PlatformIOS     = "ios"
	PlatformWeb     = "web"
	PlatformOther   = "other"
)

// DeviceInfo is what a client says of its device when it signs in.
type DeviceInfo struct {
	Name       string `json:"name"`
	Platform   string `json:"platform"`
	AppVersion string `json:"app_version,omitempty"`

	// PublicKey is the device's Ed25519 key, standard base64 of 32 bytes.
	PublicKey string `json:"public_key"`
}

// Device is one signed-in device of the caller.
type Device struct {
	ID         string `json:"id"`
	Name       string `json:"name"`
	Platform   string `json:"platform"`
	AppVersion string `json:"app_version,omitempty"`
	Address    string `json:"address"` // Network address last seen.
	CreatedMS  int64  `json:"created_ms"`
	ActiveMS   int64  `json:"active_ms"` // Up to some minutes old; while it is connected, too.
	Current    bool   `json:"current"`   // The device that asks.
}

// RenameDevice changes the name by which its owner knows a device.
type RenameDevice struct {
	Name string `json:"name"`
}

// Why a device's session is over.
const (
	EndedSignedOut = "signed_out"    // Here, or from another device.
	EndedPassword  = "password"      // The password was changed elsewhere.
	EndedReplaced  = "replaced"      // Another device signed in, and the server allows no more of them.
	EndedAdmin     = "administrator" // The administrator signed the account out.
	EndedDisabled  = "disabled"      // The administrator disabled the account.
)

// Ended tells a device that its session is over, and why. It comes as OpEnded
// before the socket closes, and in the error of every later use of the token.
type Ended struct {
	Reason string `json:"reason"`
	By     string `json:"by,omitempty"` // The name of the device that did it; "" means none.
	AtMS   int64  `json:"at_ms"`
	Wipe   bool   `json:"wipe,omitempty"` // The device is to delete what it has stored of the account.
}

// Register creates an account and signs its first device in.
type Register struct {
	Username string     `json:"username"`
	Nickname string     `json:"nickname"`
	Password string     `json:"password"`
	Invite   string     `json:"invite,omitempty"`
	Device   DeviceInfo `json:"device"`
}

// SignIn opens a session for a device.
type SignIn struct {
	Username string     `json:"username"`
	Password string     `json:"password"`
	Device   DeviceInfo `json:"device"`
}

// Session answers Register and SignIn. Token is shown this once; the server
// keeps its hash.
type Session struct {
	Token    string `json:"token"`
	DeviceID string `json:"device_id"`
	Me       Me     `json:"me"`
}

// Registration policies.
const (
	RegistrationOpen   = "open"
	RegistrationInvite = "invite"
	RegistrationClosed = "closed"
)

// ServerInfo is what a server says of itself to anybody.
type ServerInfo struct {
	Product      string `json:"product"` // Always Product.
	Name         string `json:"name"`    // Chosen by the administrator.
	Version      string `json:"version"`
	Protocol     int    `json:"protocol"`
	MinProtocol  int    `json:"min_protocol"`
	Registration string `json:"registration"`
}

// States of a friend request, as its reader sees them: the sender of an
// ignored request sees it pending.
const (
	RequestPending  = "pending"
	RequestAccepted = "accepted"
	RequestRefused  = "refused"
	RequestIgnored  = "ignored"
	RequestExpired  = "expired"
)

// AskFriend asks a user to be friends.
type AskFriend struct {
	UserID  string `json:"user_id"`
	Message string `json:"message,omitempty"`
}

// Asked answers AskFriend. Contact is set where the other side had asked
// already: two crossing requests make a friendship.
type Asked struct {
	Request FriendRequest `json:"request"`
	Contact *Contact      `json:"contact,omitempty"`
}

// Answers to a friend request.
const (
	AnswerAccept = "accept"
	AnswerRefuse = "refuse"
	AnswerIgnore = "ignore"
)

// FriendRequest is a question from one user to another.
type FriendRequest struct {
	ID        string  `json:"id"`
	From      Profile `json:"from"`
	To        Profile `json:"to"`
	Message   string  `json:"message"`
	State     string  `json:"state"`
	CreatedMS int64   `json:"created_ms"`
	ExpiresMS int64   `json:"expires_ms"`
	DecidedMS int64   `json:"decided_ms,omitempty"` // 0 while pending.
}

// Contact is another user in the caller's address book.
type Contact struct {
	Profile        Profile `json:"profile"`
	Remark         string  `json:"remark"` // The caller's own name for them; "" means none.
	Friend         bool    `json:"friend"` // False once either side ended it.
	ConversationID string  `json:"conversation_id"`
	SinceMS        int64   `json:"since_ms"`
}

// UpdateContact changes the caller's own view of a contact.
type UpdateContact struct {
	Remark *string `json:"remark,omitempty"`
}

// Presence is whether a friend has a device connected now. It is never stored
// as a log: it rides the bus and may be late.
type Presence struct {
	UserID     string `json:"user_id"`
	Online     bool   `json:"online"`
	LastSeenMS int64  `json:"last_seen_ms,omitempty"` // When the last device left; 0 means not known.
}
