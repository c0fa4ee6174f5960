package httpapi

import (
	"context"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"mychat/protocol"
)

// in is the input of a call with body T and no parameters.
type in[T any] struct{ Body T }

// none is the input of a call without any.
type none struct{}

// byID is the input of a call on one thing.
type byID struct {
	ID string `path:"id" maxLength:"64"`
}

// Tags group the operations in the description.
const (
	tagServer   = "Server"
	tagAccount  = "Account"
	tagPeople   = "People"
	tagMessages = "Messages"
)

func (r *routes) register() {
	r.registerServer()
	r.registerAccount()
	r.registerPeople()
	r.registerMessages()
	r.registerSearch()
	r.registerPreviews()
}

func (r *routes) registerServer() {
	add(r, huma.Operation{
		OperationID: "get-server", Method: http.MethodGet, Path: protocol.PathServer, Security: open,
		Tags: []string{tagServer}, Summary: "What this server is",
		Description: "Anybody may ask. A client that does not find product \"" + protocol.Product + "\" is not talking to a MyChat server.",
	}, func(context.Context, *none) (protocol.ServerInfo, error) { return r.info, nil })
}

func (r *routes) registerAccount() {
	add(r, huma.Operation{
		OperationID: "register", Method: http.MethodPost, Path: protocol.PathRegister, Security: open,
		DefaultStatus: http.StatusCreated, Tags: []string{tagAccount}, Summary: "Create an account and sign its first device in",
	}, func(ctx context.Context, in *in[protocol.Register]) (protocol.Session, error) {
		return r.Accounts.Register(ctx, in.Body, address(ctx))
	})
	add(r, huma.Operation{
		OperationID: "sign-in", Method: http.MethodPost, Path: protocol.PathSession, Security: open,
		DefaultStatus: http.StatusCreated, Tags: []string{tagAccount}, Summary: "Open a session for a device",
		Description: "An unknown user and a wrong password get the same answer.",
	}, func(ctx context.Context, in *in[protocol.SignIn]) (protocol.Session, error) {
		return r.Accounts.SignIn(ctx, in.Body, address(ctx))
	})
	add(r, huma.Operation{
		OperationID: "sign-out", Method: http.MethodDelete, Path: protocol.PathSession,
		Tags: []string{tagAccount}, Summary: "End this session; its sockets close",
	}, func(ctx context.Context, _ *none) (nothing, error) {
		return nothing{}, r.Accounts.SignOut(ctx, callerOf(ctx))
	})
	r.registerLinks()
	add(r, huma.Operation{
		OperationID: "get-me", Method: http.MethodGet, Path: protocol.PathMe,
		Tags: []string{tagAccount}, Summary: "Your own account",
	}, func(ctx context.Context, _ *none) (protocol.Me, error) {
		return r.Accounts.Me(ctx, callerOf(ctx).UserID)
	})
	add(r, huma.Operation{
		OperationID: "update-me", Method: http.MethodPatch, Path: protocol.PathMe,
		Tags: []string{tagAccount}, Summary: "Change your own account", Description: "What is left out stays as it is.",
	}, func(ctx context.Context, in *in[protocol.UpdateMe]) (protocol.Me, error) {
		return r.Accounts.UpdateMe(ctx, callerOf(ctx), in.Body)
	})
	add(r, huma.Operation{
		OperationID: "change-password", Method: http.MethodPost, Path: protocol.PathPassword,
		Tags: []string{tagAccount}, Summary: "Replace your password",
	}, func(ctx context.Context, in *in[protocol.ChangePassword]) (nothing, error) {
		return nothing{}, r.Accounts.ChangePassword(ctx, callerOf(ctx), in.Body)
	})
	add(r, huma.Operation{
		OperationID: "list-devices", Method: http.MethodGet, Path: protocol.PathDevices,
		Tags: []string{tagAccount}, Summary: "Your signed-in devices, most recently active first",
	}, func(ctx context.Context, _ *none) ([]protocol.Device, error) {
		return list(r.Accounts.Devices(ctx, callerOf(ctx)))
	})
	add(r, huma.Operation{
		OperationID: "end-other-devices", Method: http.MethodDelete, Path: protocol.PathDevices,
		Tags: []string{tagAccount}, Summary: "Sign every device of yours out but this one",
	}, func(ctx context.Context, in *struct {
		Wipe bool `query:"wipe" doc:"Ask them to delete what they have stored of the account"`
	}) (nothing, error) {
		return nothing{}, r.Accounts.EndOthers(ctx, callerOf(ctx), in.Wipe)
	})
	add(r, huma.Operation{
		OperationID: "rename-device", Method: http.MethodPatch, Path: protocol.PathDevices + "/{id}",
		Tags: []string{tagAccount}, Summary: "Give one of your devices a name",
	}, func(ctx context.Context, in *struct {
		ID   string `path:"id" maxLength:"64"`
		Body protocol.RenameDevice
	}) (protocol.Device, error) {
		return r.Accounts.RenameDevice(ctx, callerOf(ctx), in.ID, in.Body)
	})
	add(r, huma.Operation{
		OperationID: "end-device", Method: http.MethodDelete, Path: protocol.PathDevices + "/{id}",
		Tags: []string{tagAccount}, Summary: "Sign one of your devices out; its sockets close",
	}, func(ctx context.Context, in *struct {
		ID   string `path:"id" maxLength:"64"`
		Wipe bool   `query:"wipe" doc:"Ask it to delete what it has stored of the account"`
	}) (nothing, error) {
		return nothing{}, r.Accounts.EndDevice(ctx, callerOf(ctx), in.ID, in.Wipe)
	})
}

func (r *routes) registerLinks() {
	add(r, huma.Operation{
		OperationID: "ask-link", Method: http.MethodPost, Path: protocol.PathLinks, Security: open,
		DefaultStatus: http.StatusCreated, Tags: []string{tagAccount}, Summary: "Ask another device of an account to sign this one in",
		Description: "The answer has a code to show. It serves once, within a minute.",
	}, func(ctx context.Context, in *in[protocol.AskLink]) (protocol.Link, error) {
		return r.Accounts.AskLink(ctx, in.Body, address(ctx))
	})
	add(r, huma.Operation{
		OperationID: "await-link", Method: http.MethodPost, Path: protocol.PathLinks + "/{id}/state", Security: open,
		Tags: []string{tagAccount}, Summary: "Wait for the answer to what this device asked",
		Description: "Answers at once if the state is not the one that is known, and otherwise when it changes or some seconds have passed. Only the key of the device that asked gets an answer.",
	}, func(ctx context.Context, in *struct {
		ID   string `path:"id" maxLength:"64"`
		Body protocol.AwaitLink
	}) (protocol.LinkState, error) {
		return r.Accounts.AwaitLink(ctx, in.ID, in.Body)
	})
	add(r, huma.Operation{
		OperationID: "claim-link", Method: http.MethodPost, Path: protocol.PathLinkClaims,
		Tags: []string{tagAccount}, Summary: "Name the code that another device shows, and learn who asks",
	}, func(ctx context.Context, in *in[protocol.ClaimLink]) (protocol.LinkClaim, error) {
		return r.Accounts.ClaimLink(ctx, callerOf(ctx), in.Body)
	})
	add(r, huma.Operation{
		OperationID: "answer-link", Method: http.MethodPost, Path: protocol.PathLinks + "/{id}/answer",
		Tags: []string{tagAccount}, Summary: "Confirm or refuse that that device is signed in",
	}, func(ctx context.Context, in *struct {
		ID   string `path:"id" maxLength:"64"`
		Body protocol.AnswerLink
	}) (nothing, error) {
		return nothing{}, r.Accounts.AnswerLink(ctx, callerOf(ctx), in.ID, in.Body)
	})
}

// peopleInput looks for people.
type peopleInput struct {
	Username string `query:"username" maxLength:"20" doc:"Exact, in any case"`
	Nickname string `query:"nickname" maxLength:"128" doc:"The beginning of a nickname, of people who allow it, or an exact username"`
}

func (r *routes) find(ctx context.Context, in *peopleInput) ([]protocol.UserCard, error) {
	switch {
	case (in.Username == "") == (in.Nickname == ""):
		return nil, protocol.Invalid("username", "give either username or nickname")
	case in.Nickname != "":
		return list(r.Accounts.Search(ctx, callerOf(ctx), in.Nickname))
	}
	cards, err := list(r.Accounts.Search(ctx, callerOf(ctx), in.Username))
	return slices.DeleteFunc(cards, func(c protocol.UserCard) bool {
		return protocol.FoldUsername(c.Profile.Username) != protocol.FoldUsername(in.Username)
	}), err
}

func (r *routes) registerPeople() {
	add(r, huma.Operation{
		OperationID: "find-users", Method: http.MethodGet, Path: protocol.PathUsers,
		Tags: []string{tagPeople}, Summary: "Find people",
	}, r.find)
	add(r, huma.Operation{
		OperationID: "get-user", Method: http.MethodGet, Path: protocol.PathUsers + "/{id}",
		Tags: []string{tagPeople}, Summary: "One person, and how you stand to each other",
	}, func(ctx context.Context, in *byID) (protocol.UserCard, error) {
		return r.Accounts.User(ctx, callerOf(ctx), in.ID)
	})
	add(r, huma.Operation{
		OperationID: "list-requests", Method: http.MethodGet, Path: protocol.PathRequests,
		Tags: []string{tagPeople}, Summary: "Friend requests in both directions, newest first",
	}, func(ctx context.Context, _ *none) ([]protocol.FriendRequest, error) {
		return list(r.Accounts.Requests(ctx, callerOf(ctx)))
	})
	add(r, huma.Operation{
		OperationID: "ask-friend", Method: http.MethodPost, Path: protocol.PathRequests,
		Tags: []string{tagPeople}, Summary: "Ask somebody to be friends",
		Description: "If they had asked you already, you are friends at once and contact is set.",
	}, func(ctx context.Context, in *in[protocol.AskFriend]) (protocol.Asked, error) {
		return r.Accounts.Ask(ctx, callerOf(ctx), in.Body)
	})
	add(r, huma.Operation{
		OperationID: "answer-request", Method: http.MethodPost, Path: protocol.PathRequests + "/{id}/{answer}",
		Tags: []string{tagPeople}, Summary: "Answer a friend request that was made to you",
	}, func(ctx context.Context, in *struct {
		ID     string `path:"id" maxLength:"64"` // Not byID: huma fills no field of an embedded type that is not exported.
		Answer string `path:"answer" enum:"accept,refuse,ignore"`
	}) (protocol.Asked, error) {
		return r.Accounts.Answer(ctx, callerOf(ctx), in.ID, in.Answer)
	})
	add(r, huma.Operation{
		OperationID: "list-contacts", Method: http.MethodGet, Path: protocol.PathContacts,
		Tags: []string{tagPeople}, Summary: "Your contacts, present and former friends",
	}, func(ctx context.Context, _ *none) ([]protocol.Contact, error) {
		return list(r.Accounts.Contacts(ctx, callerOf(ctx)))
	})
	add(r, huma.Operation{
		OperationID: "update-contact", Method: http.MethodPatch, Path: protocol.PathContacts + "/{user_id}",
		Tags: []string{tagPeople}, Summary: "Change your own view of a contact", Description: "What is left out stays as it is.",
	}, func(ctx context.Context, in *struct {
		UserID string `path:"user_id" maxLength:"64"`
		Body   protocol.UpdateContact
	}) (protocol.Contact, error) {
		return r.Accounts.UpdateContact(ctx, callerOf(ctx), in.UserID, in.Body)
	})
	add(r, huma.Operation{
		OperationID: "remove-friend", Method: http.MethodDelete, Path: protocol.PathContacts + "/{user_id}",
		Tags: []string{tagPeople}, Summary: "End a friendship, for both sides",
		Description: "Neither can write to the other from then on; the conversation stays readable.",
	}, func(ctx context.Context, in *struct {
		UserID string `path:"user_id" maxLength:"64"`
	}) (nothing, error) {
		return nothing{}, r.Accounts.RemoveFriend(ctx, callerOf(ctx), in.UserID)
	})
}

// entriesInput asks for a part of a conversation.
type entriesInput struct {
	ID     string `path:"id" maxLength:"64"`
	Before int64  `query:"before" minimum:"0" doc:"Entries with a smaller seq, the last of them. 0, or neither: the very last"`
	After  int64  `query:"after" default:"-1" minimum:"-1" doc:"Entries with a greater seq, the first of them. 0 means from the beginning; -1 means not asked"`
	Limit  int    `query:"limit" minimum:"0" maximum:"200" doc:"At most this many; 0 means 50"`
}

func (r *routes) entries(ctx context.Context, in *entriesInput) (protocol.Page, error) {
	user := callerOf(ctx).UserID
	switch {
	case in.After >= 0 && in.Before > 0:
		return protocol.Page{}, protocol.Invalid("before", "give either before or after")
	case in.After >= 0:
		return r.Timeline.After(ctx, user, in.ID, in.After, in.Limit)
	}
	return r.Timeline.Before(ctx, user, in.ID, in.Before, in.Limit)
}

func (r *routes) registerMessages() {
	add(r, huma.Operation{
		OperationID: "list-conversations", Method: http.MethodGet, Path: protocol.PathConversations,
		Tags: []string{tagMessages}, Summary: "Your conversations at a glance, newest first",
	}, func(ctx context.Context, in *struct {
		Since int64 `query:"since" minimum:"0" doc:"Only those that changed since then, in Unix milliseconds of the server's clock; it may report too much, never too little. 0 means all"`
	}) ([]protocol.Head, error) {
		return list(r.Timeline.Heads(ctx, callerOf(ctx).UserID, in.Since))
	})
	add(r, huma.Operation{
		OperationID: "list-entries", Method: http.MethodGet, Path: protocol.PathConversations + "/{id}/entries",
		Tags: []string{tagMessages}, Summary: "A page of a conversation's log, ascending",
	}, r.entries)
	add(r, huma.Operation{
		OperationID: "read", Method: http.MethodPost, Path: protocol.PathConversations + "/{id}/read",
		Tags: []string{tagMessages}, Summary: "Move your read position, never back",
	}, func(ctx context.Context, in *struct {
		ID   string `path:"id" maxLength:"64"`
		Body struct {
			ConversationID string `json:"conversation_id,omitempty" doc:"If given, the one in the path"`
			Seq            int64  `json:"seq" minimum:"0"`
		}
	}) (nothing, error) {
		if in.Body.ConversationID != "" && in.Body.ConversationID != in.ID {
			return nothing{}, protocol.Invalid("conversation_id", "is not the one in the path")
		}
		return nothing{}, r.Timeline.Read(ctx, callerOf(ctx).UserID, in.ID, in.Body.Seq)
	})
	add(r, huma.Operation{
		OperationID: "update-chat", Method: http.MethodPatch, Path: protocol.PathConversations + "/{id}/settings",
		Tags: []string{tagMessages}, Summary: "Change what only you see of a conversation",
		Description: "Pin, mute, hide, archive, mark unread, put in folders, keep a draft. What is left out stays as it is; the answer is all of it. " +
			"The same as the frame \"chat\" on the WebSocket.",
	}, func(ctx context.Context, in *struct {
		ID   string `path:"id" maxLength:"64"`
		Body struct {
			ConversationID string          `json:"conversation_id,omitempty" doc:"If given, the one in the path"`
			Pinned         *bool           `json:"pinned,omitempty" doc:"Pinning what is pinned leaves its time"`
			Muted          *bool           `json:"muted,omitempty"`
			Archived       *bool           `json:"archived,omitempty"`
			HiddenSeq      *int64          `json:"hidden_seq,omitempty" minimum:"0" doc:"The last entry you know: hidden until somebody else writes. 0 shows it again"`
			UnreadSeq      *int64          `json:"unread_seq,omitempty" minimum:"0" doc:"The last entry you know: marked unread. 0 takes the mark away"`
			ClearedSeq     *int64          `json:"cleared_seq,omitempty" minimum:"0" doc:"The last entry to be cleared for you: you see what follows it"`
			Folders        *[]string       `json:"folders,omitempty" doc:"The ids of all folders that it is in"`
			Draft          *protocol.Draft `json:"draft,omitempty" doc:"An empty one removes the draft"`
		}
	}) (protocol.ChatUpdated, error) {
		if in.Body.ConversationID != "" && in.Body.ConversationID != in.ID {
			return protocol.ChatUpdated{}, protocol.Invalid("conversation_id", "is not the one in the path")
		}
		u := protocol.UpdateChat(in.Body)
		u.ConversationID = in.ID
		return r.Accounts.UpdateChat(ctx, callerOf(ctx), u)
	})
	add(r, huma.Operation{
		OperationID: "mark", Method: http.MethodPost, Path: protocol.PathConversations + "/{id}/marks",
		Tags: []string{tagMessages}, Summary: "Star messages, or delete them, for you alone",
		Description: "One of starred and deleted; what is deleted does not come back. What is not there for you, or was recalled, is passed over. The answer is the present state of the others. " +
			"The same as the frame \"mark\" on the WebSocket.",
	}, func(ctx context.Context, in *struct {
		ID   string `path:"id" maxLength:"64"`
		Body struct {
			ConversationID string  `json:"conversation_id,omitempty" doc:"If given, the one in the path"`
			Seqs           []int64 `json:"seqs" minItems:"1" maxItems:"200"`
			Starred        *bool   `json:"starred,omitempty"`
			Deleted        bool    `json:"deleted,omitempty" doc:"Deletes them for you alone, for good"`
		}
	}) (protocol.MarksUpdated, error) {
		if in.Body.ConversationID != "" && in.Body.ConversationID != in.ID {
			return protocol.MarksUpdated{}, protocol.Invalid("conversation_id", "is not the one in the path")
		}
		u := protocol.UpdateMarks(in.Body)
		u.ConversationID = in.ID
		return r.Accounts.UpdateMarks(ctx, callerOf(ctx), u)
	})
	add(r, huma.Operation{
		OperationID: "list-marks", Method: http.MethodGet, Path: protocol.PathMarks,
		Tags: []string{tagMessages}, Summary: "All that you marked, page by page",
	}, func(ctx context.Context, in *struct {
		Cursor string `query:"cursor" maxLength:"64" doc:"Of the page that is to be continued"`
		Limit  int    `query:"limit" minimum:"0" maximum:"1000" doc:"At most this many marks; 0 means 1,000"`
	}) (protocol.MarksPage, error) {
		return r.Accounts.Marks(ctx, callerOf(ctx), in.Cursor, in.Limit)
	})
	add(r, huma.Operation{
		OperationID: "send", Method: http.MethodPost, Path: protocol.PathMessages,
		Tags: []string{tagMessages}, Summary: "Append an entry to a conversation",
		Description: "The same as the frame \"send\" on the WebSocket, for bots and scripts. Repeating it with the same client id is safe.",
	}, func(ctx context.Context, in *in[protocol.Send]) (protocol.Sent, error) {
		return r.Chat.Send(ctx, callerOf(ctx).UserID, in.Body)
	})
	add(r, huma.Operation{
		OperationID: "list-scheduled", Method: http.MethodGet, Path: protocol.PathScheduled,
		Tags: []string{tagMessages}, Summary: "Your messages that are to be sent later, by time",
	}, func(ctx context.Context, _ *none) ([]protocol.Scheduled, error) {
		return list(r.Chat.Scheduled(ctx, callerOf(ctx).UserID))
	})
	add(r, huma.Operation{
		OperationID: "schedule", Method: http.MethodPut, Path: protocol.PathScheduled + "/{id}",
		Tags: []string{tagMessages}, Summary: "Leave a message to be sent later, or change it",
		Description: "The id is the client id of the message. The same as the frame \"schedule\" on the WebSocket. Repeating it is safe.",
	}, func(ctx context.Context, in *struct {
		ID   string `path:"id" maxLength:"64"`
		Body protocol.Schedule
	}) (protocol.ScheduleUpdated, error) {
		if in.Body.Send.ClientID != in.ID {
			return protocol.ScheduleUpdated{}, protocol.Invalid("client_id", "is not the one in the path")
		}
		return r.Chat.Schedule(ctx, callerOf(ctx).UserID, in.Body)
	})
	add(r, huma.Operation{
		OperationID: "unschedule", Method: http.MethodDelete, Path: protocol.PathScheduled + "/{id}",
		Tags: []string{tagMessages}, Summary: "Give up a message that is to be sent later",
	}, func(ctx context.Context, in *byID) (protocol.ScheduleUpdated, error) {
		return r.Chat.Unschedule(ctx, callerOf(ctx).UserID, in.ID)
	})
	add(r, huma.Operation{
		OperationID: "list-preferences", Method: http.MethodGet, Path: protocol.PathPreferences,
		Tags: []string{tagAccount}, Summary: "Your choices that follow you to all of your devices",
	}, func(ctx context.Context, _ *none) ([]protocol.Preference, error) {
		return list(r.Accounts.Preferences(ctx, callerOf(ctx)))
	})
	add(r, huma.Operation{
		OperationID: "set-preference", Method: http.MethodPut, Path: protocol.PathPreferences + "/{name}",
		Tags: []string{tagAccount}, Summary: "Keep such a choice, or with null give it up",
		Description: "The same as the frame \"set_preference\" on the WebSocket. Repeating it is safe.",
	}, func(ctx context.Context, in *struct {
		Name string `path:"name" maxLength:"64"`
		Body struct {
			Name  string           `json:"name,omitempty" doc:"If given, the one in the path"`
			Value protocol.RawJSON `json:"value" format:"json" doc:"The shape that the name says; null for no choice"`
		}
	}) (protocol.PreferenceUpdated, error) {
		if in.Body.Name != "" && in.Body.Name != in.Name {
			return protocol.PreferenceUpdated{}, protocol.Invalid("name", "is not the one in the path")
		}
		return r.Accounts.SetPreference(ctx, callerOf(ctx), protocol.Preference{Name: in.Name, Value: in.Body.Value})
	})
	add(r, huma.Operation{
		OperationID: "get-journal", Method: http.MethodGet, Path: protocol.PathJournal,
		Tags: []string{tagMessages}, Summary: "What changed for you beside conversations",
	}, func(ctx context.Context, in *struct {
		After int64 `query:"after" minimum:"0" doc:"The last useq applied; 0 means none"`
	}) (protocol.JournalState, error) {
		s, err := r.Journal.Sync(ctx, callerOf(ctx).UserID, in.After)
		rows, err := list(s.Rows, err)
		return protocol.JournalState{Reset: s.Reset, Journal: rows, JournalPos: s.Pos}, err
	})
}
