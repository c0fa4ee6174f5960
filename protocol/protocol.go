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
//	1  registration, sign-in, contacts, one-to-one text, sync
const Version = 1

// MinVersion is the oldest client version this build's server accepts.
const MinVersion = 1

// Product is what ServerInfo.Product says. A client that finds anything else
// at an address is not talking to a MyChat server.
const Product = "mychat"

// Paths of the REST API. PathSocket is the WebSocket; the rest are REST roots
// whose routes /openapi.json lists.
const (
	PathServer        = "/v1/server"
	PathRegister      = "/v1/register"
	PathSession       = "/v1/session"
	PathMe            = "/v1/me"
	PathPassword      = "/v1/me/password"
	PathDevices       = "/v1/devices"
	PathUsers         = "/v1/users"
	PathRequests      = "/v1/requests"
	PathContacts      = "/v1/contacts"
	PathConversations = "/v1/conversations"
	PathMessages      = "/v1/messages"
	PathSocket        = "/v1/ws"
)
