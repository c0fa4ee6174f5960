package bridge

import (
	"context"

	"mychat/backend/engine"
	"mychat/protocol"
)

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
func (f *Friends) List() ([]protocol.Contact, error) {
	return list(onEngine(f.app, func(ctx context.Context, e *engine.Engine) ([]protocol.Contact, error) {
		return e.Contacts(ctx)
	}))
}

// Presence returns what is known of the friends who are or were online.
func (f *Friends) Presence() ([]protocol.Presence, error) {
	return list(onEngine(f.app, func(_ context.Context, e *engine.Engine) ([]protocol.Presence, error) {
		return e.Presence(), nil
	}))
}

// Requests returns friend requests in both directions, newest first.
func (f *Friends) Requests() ([]protocol.FriendRequest, error) {
	return list(onEngine(f.app, func(ctx context.Context, e *engine.Engine) ([]protocol.FriendRequest, error) {
		return e.Requests(ctx)
	}))
}

// Search asks the server for people.
func (f *Friends) Search(r SearchRequest) ([]protocol.UserCard, error) {
	return list(onEngine(f.app, func(ctx context.Context, e *engine.Engine) ([]protocol.UserCard, error) {
		return e.SearchPeople(ctx, r.Query)
	}))
}

// Ask sends a friend request.
func (f *Friends) Ask(r AskRequest) (protocol.Asked, error) {
	return onEngine(f.app, func(ctx context.Context, e *engine.Engine) (protocol.Asked, error) {
		return e.AskFriend(ctx, r.UserID, r.Message)
	})
}

// Answer answers a friend request.
func (f *Friends) Answer(r AnswerRequest) error {
	return doEngine(f.app, func(ctx context.Context, e *engine.Engine) error {
		return e.AnswerFriend(ctx, r.RequestID, r.Answer)
	})
}

// Remove ends a friendship.
func (f *Friends) Remove(r UserRequest) error {
	return doEngine(f.app, func(ctx context.Context, e *engine.Engine) error {
		return e.RemoveFriend(ctx, r.UserID)
	})
}

// SetRemark names a contact.
func (f *Friends) SetRemark(r RemarkRequest) error {
	return doEngine(f.app, func(ctx context.Context, e *engine.Engine) error {
		return e.SetRemark(ctx, r.UserID, r.Remark)
	})
}
