// Package protocol holds what MyChat's server and its clients may say to each
// other: types, limits, paths, error codes and close codes. It runs nothing,
// imports the standard library only, and is safe to copy into a client.
//
// Everything on the wire is JSON with snake_case keys. Ids are opaque strings,
// times are int64 Unix milliseconds, and a client never orders by a clock.
// docs/PROTOCOL.md describes the conversation between the two sides and quotes
// the golden files of testdata/, one per frame, entry and journal kind.
package protocol

// Version is the protocol version spoken by this build. A client states its
// version in Hello; a server refuses one below MinVersion with
// CloseVersion.
//
// History:
//
//	1  registration, sign-in, contacts, one-to-one text, sync; forwarded texts and
//	   records; reactions; pinned messages; devices signed in by another one (links),
//	   and why a session ended; search; messages without a sound, and such as the
//	   server sends later; conversations cleared for oneself or for both, and the
//	   floor below which entries are gone; preferences that follow a user,
//	   floor below which entries are gone; preferences that follow a user, folders
//	   and shortcuts among them, and where a reader is mentioned; what stands behind
//	   links; messages starred and deleted for oneself
const Version = 1

// MinVersion is the oldest client version this build's server accepts.
const MinVersion = 1

// Product is what ServerInfo.Product says. A client that finds anything else
// at an address is not talking to a MyChat server.
const Product = "mychat"

// Paths of the REST API. PathSocket is the WebSocket. /openapi.json describes
// every route; this is the short list. Lists are bare JSON arrays, never null;
// "-" is an answer of 204 with no body.
//
//	GET    PathServer                      -> ServerInfo           (no token)
//	POST   PathRegister   Register         -> 201 Session          (no token)
//	POST   PathSession    SignIn           -> 201 Session          (no token)
//	DELETE PathSession                     -> -                    (signs out)
//	POST   PathLinks      AskLink          -> 201 Link             (no token)
//	POST   PathLinks/{id}/state  AwaitLink -> LinkState            (no token)
//	POST   PathLinkClaims ClaimLink        -> LinkClaim
//	POST   PathLinks/{id}/answer AnswerLink -> -
//	GET    PathMe                          -> Me
//	PATCH  PathMe         UpdateMe         -> Me
//	POST   PathPassword   ChangePassword   -> -
//	GET    PathDevices                     -> []Device
//	DELETE PathDevices?wipe=               -> -                    (all others)
//	DELETE PathDevices/{id}?wipe=          -> -
//	GET    PathUsers?username=             -> []UserCard           (exact, in any case)
//	GET    PathUsers?nickname=             -> []UserCard           (its beginning, and the exact username)
//	GET    PathUsers/{id}                  -> UserCard
//	GET    PathRequests                    -> []FriendRequest
//	POST   PathRequests   AskFriend        -> Asked
//	POST   PathRequests/{id}/{answer}      -> Asked                (answer: an Answer constant)
//	GET    PathContacts                    -> []Contact
//	PATCH  PathContacts/{user_id}  UpdateContact -> Contact
//	DELETE PathContacts/{user_id}          -> -
//	GET    PathConversations?since=        -> []Head               (since: Unix milliseconds)
//	GET    PathConversations/{id}/entries?before=|after=&limit= -> Page
//	POST   PathConversations/{id}/read     Read -> -
//	PATCH  PathConversations/{id}/settings UpdateChat -> ChatUpdated
//	POST   PathConversations/{id}/marks    UpdateMarks -> MarksUpdated
//	POST   PathMessages   Send             -> Sent
//	GET    PathScheduled                   -> []Scheduled
//	PUT    PathScheduled/{client_id}       Schedule -> ScheduleUpdated
//	DELETE PathScheduled/{client_id}       -> ScheduleUpdated
//	GET    PathPreferences                 -> []Preference
//	PUT    PathPreferences/{name}          Preference -> PreferenceUpdated
//	GET    PathJournal?after=              -> JournalState
//	GET    PathMarks?cursor=               -> MarksPage
//	GET    PathSearch?q=                   -> Found                (see PathSearch)
//	POST   PathPreviews   AskPreview       -> Preview
const (
	PathServer        = "/v1/server"
	PathRegister      = "/v1/register"
	PathSession       = "/v1/session"
	PathLinks         = "/v1/links"
	PathLinkClaims    = "/v1/links/claims"
	PathMe            = "/v1/me"
	PathPassword      = "/v1/me/password"
	PathDevices       = "/v1/devices"
	PathUsers         = "/v1/users"
	PathRequests      = "/v1/requests"
	PathContacts      = "/v1/contacts"
	PathConversations = "/v1/conversations"
	PathMessages      = "/v1/messages"
	PathScheduled     = "/v1/scheduled"
	PathPreferences   = "/v1/preferences"
	PathJournal       = "/v1/journal"
	PathMarks         = "/v1/marks"
	PathSocket        = "/v1/ws"
)
