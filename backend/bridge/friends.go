package bridge

import "mychat/protocol"

// Friends is about people: finding them, asking, answering, naming. Lists come
// from the local store; changes need the network.
type Friends struct{ app *App }

// SearchRequest looks for people by exact username, or by nickname where they
// allow it.
type SearchRequest struct {
	Query string `json:"query"`
}

// AskRequest asks somebody to be friends.
type AskRequest struct {
	UserID  string `json:"user_id"`
	Message string `json:"message"`
}

// AnswerRequest answers a friend request.
type AnswerRequest struct {
	RequestID string `json:"request_id"`
	Answer    string `json:"answer"` // protocol.AnswerAccept, AnswerRefuse or AnswerIgnore.
}

// UserRequest names a user.
type UserRequest struct {
	UserID string `json:"user_id"`
}

// RemarkRequest names a contact in the user's own words; "" removes the name.
type RemarkRequest struct {
	UserID string `json:"user_id"`
	Remark string `json:"remark"`
}

// List returns all contacts, friends and former ones.
func (f *Friends) List() ([]protocol.Contact, error) { return nil, errNotYet }

// Presence returns what is known of the friends who are or were online.
func (f *Friends) Presence() ([]protocol.Presence, error) { return nil, errNotYet }

// Requests returns friend requests in both directions, newest first.
func (f *Friends) Requests() ([]protocol.FriendRequest, error) { return nil, errNotYet }

// Search asks the server for people.
func (f *Friends) Search(r SearchRequest) ([]protocol.UserCard, error) { return nil, errNotYet }

// Ask sends a friend request.
func (f *Friends) Ask(r AskRequest) (protocol.Asked, error) { return protocol.Asked{}, errNotYet }

// Answer answers a friend request.
func (f *Friends) Answer(r AnswerRequest) error { return errNotYet }

// Remove ends a friendship.
func (f *Friends) Remove(r UserRequest) error { return errNotYet }

// SetRemark names a contact.
func (f *Friends) SetRemark(r RemarkRequest) error { return errNotYet }
