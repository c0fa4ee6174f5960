package account

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"mychat/protocol"
	"mychat/server/bus"
	"mychat/server/journal"
	"mychat/server/store"
	"mychat/server/timeline"
)

// Friend is one of a user's present friends.
type Friend struct {
	UserID     string
	LastSeenMS int64 // 0 means not known.
}

// Friends returns the user's present friends. The slice is never nil.
func (s *Service) Friends(ctx context.Context, userID string) ([]Friend, error) {
	id, ok := store.ParseID(userID)
	if !ok {
		return []Friend{}, nil
	}
	rows, err := s.st.Reader(ctx).Contacts(id)
	if err != nil {
		return nil, fmt.Errorf("read friends: %w", err)
	}
	friends := make([]Friend, 0, len(rows))
	for _, c := range rows {
		if c.Friend {
			friends = append(friends, Friend{c.PeerID.String(), c.LastSeenMS})
		}
	}
	return friends, nil
}

// Contacts returns the caller's contacts, present and former friends.
func (s *Service) Contacts(ctx context.Context, c Caller) ([]protocol.Contact, error) {
	me, err := c.user()
	if err != nil {
		return nil, err
	}
	rows, err := s.st.Reader(ctx).Contacts(me)
	if err != nil {
		return nil, fmt.Errorf("read contacts: %w", err)
	}
	contacts := make([]protocol.Contact, len(rows))
	for i, r := range rows {
		contacts[i] = r.Wire()
	}
	return contacts, nil
}

// Requests returned to a client are no older than this, and no more than that.
const (
	requestsBack = 60 * 24 * time.Hour
	requestsMost = 500
)

// Requests returns the caller's friend requests of the last weeks, both ways,
// newest first.
func (s *Service) Requests(ctx context.Context, c Caller) ([]protocol.FriendRequest, error) {
	me, err := c.user()
	if err != nil {
		return nil, err
	}
	now := s.opt.Now()
	rows, err := s.st.Reader(ctx).Requests(me, now.Add(-requestsBack).UnixMilli(), requestsMost)
	if err != nil {
		return nil, fmt.Errorf("read friend requests: %w", err)
	}
	list := make([]protocol.FriendRequest, len(rows))
	for i, r := range rows {
		list[i] = r.Wire(me, now.UnixMilli())
	}
	return list, nil
}

// Ask asks a user to be friends. If that user's own request to the caller
// waits, even ignored, both become friends at once.
func (s *Service) Ask(ctx context.Context, c Caller, a protocol.AskFriend) (protocol.Asked, error) {
	me, err := c.user()
	if err != nil {
		return protocol.Asked{}, err
	}
	other, ok := store.ParseID(a.UserID)
	if !ok {
		return protocol.Asked{}, protocol.ErrNotFound
	}
	if other == me {
		return protocol.Asked{}, protocol.Errorf(protocol.CodeSelf, "that is yourself")
	}
	message, err := protocol.CleanLine("message", a.Message, 0, protocol.MaxRequestMessage)
	if err != nil {
		return protocol.Asked{}, err
	}
	var asked protocol.Asked
	err = s.st.Write(ctx, func(tx *store.Tx) error {
		if err := lockPair(tx, me, other); err != nil {
			return err
		}
		asked, err = s.ask(tx, me, other, message)
		return err
	})
	if err != nil {
		return protocol.Asked{}, fmt.Errorf("ask %s: %w", a.UserID, err)
	}
	return asked, nil
}

// lockPair locks two users; whatever decides between the two does it under
// this lock. ErrNotFound if other cannot be asked for anything.
func lockPair(tx *store.Tx, me, other store.ID) error {
	locked, err := tx.LockUsers(me, other)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(locked, func(u store.User) bool { return u.ID == me }) {
		return protocol.ErrUnauthorized
	}
	if !slices.ContainsFunc(locked, func(u store.User) bool { return u.ID == other && !u.Disabled }) {
		return protocol.ErrNotFound
	}
	return nil
}

// ask decides a request between two locked users.
func (s *Service) ask(tx *store.Tx, me, other store.ID, message string) (protocol.Asked, error) {
	now := s.opt.Now()
	contact, err := tx.Contact(me, other)
	if err != nil && !errors.Is(err, store.ErrNoRow) {
		return protocol.Asked{}, err
	}
	if contact.Friend {
		return protocol.Asked{}, protocol.Errorf(protocol.CodeAlreadyFriends, "you are friends already")
	}
	theirs, err := tx.LastRequest(other, me)
	if err != nil && !errors.Is(err, store.ErrNoRow) {
		return protocol.Asked{}, err
	}
	if theirs.Open(now.UnixMilli()) {
		return s.befriend(tx, theirs, message)
	}
	mine, err := tx.LastRequest(me, other)
	if err != nil && !errors.Is(err, store.ErrNoRow) {
		return protocol.Asked{}, err
	}
	if mine.Open(now.UnixMilli()) {
		return protocol.Asked{}, protocol.RetryAfter(protocol.CodePending, time.UnixMilli(mine.ExpiresMS).Sub(now),
			"your earlier request still waits for an answer")
	}
	// A friendship after the refusal took it back.
	again := time.UnixMilli(mine.DecidedMS).Add(s.opt.AskAgain)
	if mine.State == protocol.RequestRefused && now.Before(again) && contact.SinceMS <= mine.DecidedMS {
		return protocol.Asked{}, protocol.RetryAfter(protocol.CodeAskedRecently, again.Sub(now),
			"your request was refused; you can ask again on %s", again.UTC().Format(time.DateOnly))
	}
	const day = 24 * time.Hour
	n, first, err := tx.CountRequests(me, now.Add(-day).UnixMilli())
	if err != nil {
		return protocol.Asked{}, err
	}
	if n >= s.opt.AsksPerDay {
		return protocol.Asked{}, protocol.RetryAfter(protocol.CodeRateLimited, time.UnixMilli(first).Add(day).Sub(now),
			"no more than %d requests in a day", s.opt.AsksPerDay)
	}
	request := store.FriendRequest{
		ID: store.NewID(now), FromID: me, ToID: other, Message: message, State: protocol.RequestPending,
		CreatedMS: now.UnixMilli(), ExpiresMS: now.Add(s.opt.RequestLives).UnixMilli(),
	}
	if err := tx.InsertRequest(request); err != nil {
		return protocol.Asked{}, err
	}
	if request, err = tx.Request(request.ID); err != nil {
		return protocol.Asked{}, err
	}
	return protocol.Asked{Request: request.Wire(me, now.UnixMilli())},
		s.journal.Append(tx, s.requestNote(request, me), s.requestNote(request, other))
}

func (s *Service) requestNote(r store.FriendRequest, reader store.ID) journal.Note {
	return journal.Note{
		UserID: reader, Kind: protocol.JournalRequest, Body: r.Wire(reader, s.opt.Now().UnixMilli()),
	}
}

// Answer answers a request that was made to the caller with AnswerAccept,
// AnswerRefuse or AnswerIgnore. An ignored request can still be accepted or
// refused. Accepting returns the Contact too. Repeating an answer is a success.
func (s *Service) Answer(ctx context.Context, c Caller, requestID, answer string) (protocol.Asked, error) {
	me, err := c.user()
	if err != nil {
		return protocol.Asked{}, err
	}
	id, ok := store.ParseID(requestID)
	if !ok {
		return protocol.Asked{}, protocol.ErrNotFound
	}
	state, ok := map[string]string{
		protocol.AnswerAccept: protocol.RequestAccepted,
		protocol.AnswerRefuse: protocol.RequestRefused,
		protocol.AnswerIgnore: protocol.RequestIgnored,
	}[answer]
	if !ok {
		return protocol.Asked{}, protocol.Invalid("answer", "use accept, refuse or ignore")
	}
	var asked protocol.Asked
	err = s.st.Write(ctx, func(tx *store.Tx) error {
		r, err := tx.Request(id)
		if err != nil {
			return notFound(err)
		}
		if r.ToID != me {
			return protocol.ErrNotFound
		}
		if _, err := tx.LockUsers(me, r.FromID); err != nil {
			return err
		}
		if r, err = tx.Request(id); err != nil { // As it is under the lock.
			return notFound(err)
		}
		asked, err = s.answer(tx, r, state)
		return err
	})
	if err != nil {
		return protocol.Asked{}, fmt.Errorf("answer request %s: %w", requestID, err)
	}
	return asked, nil
}

// answer decides a request between two locked users.
func (s *Service) answer(tx *store.Tx, r store.FriendRequest, state string) (protocol.Asked, error) {
	now := s.opt.Now().UnixMilli()
	switch {
	case r.State == state:
		return s.asked(tx, r)
	case !r.Open(now) && r.DecidedMS != 0 && r.State != protocol.RequestIgnored:
		return protocol.Asked{}, protocol.Errorf(protocol.CodeExpired, "the request was answered already")
	case !r.Open(now):
		return protocol.Asked{}, protocol.Errorf(protocol.CodeExpired, "the request is too old to be answered")
	case state == protocol.RequestAccepted:
		return s.befriend(tx, r, "")
	}
	r.State, r.DecidedMS = state, now
	if err := tx.SetRequestState(r.ID, state, now); err != nil {
		return protocol.Asked{}, err
	}
	notes := []journal.Note{s.requestNote(r, r.ToID)}
	if state == protocol.RequestRefused { // Who is ignored is not told.
		notes = append(notes, s.requestNote(r, r.FromID))
	}
	return protocol.Asked{Request: r.Wire(r.ToID, now)}, s.journal.Append(tx, notes...)
}

// asked returns r as its receiver sees it, with the contact it led to.
func (s *Service) asked(tx *store.Tx, r store.FriendRequest) (protocol.Asked, error) {
	a := protocol.Asked{Request: r.Wire(r.ToID, s.opt.Now().UnixMilli())}
	if r.State != protocol.RequestAccepted {
		return a, nil
	}
	contact, err := tx.Contact(r.ToID, r.FromID)
	if err != nil {
		return protocol.Asked{}, err
	}
	wire := contact.Wire()
	a.Contact = &wire
	return a, nil
}

// befriend makes the two locked users of an open request friends, for its
// receiver accepted it, and opens their conversation: first that it was
// accepted, then the asker's message, then reply, if there is one.
func (s *Service) befriend(tx *store.Tx, r store.FriendRequest, reply string) (protocol.Asked, error) {
	now := s.opt.Now()
	asker, acceptor := r.FromID, r.ToID
	r.State, r.DecidedMS = protocol.RequestAccepted, now.UnixMilli()
	if err := tx.SetRequestState(r.ID, r.State, r.DecidedMS); err != nil {
		return protocol.Asked{}, err
	}
	conv, fresh, err := tx.DirectConversation(asker, acceptor, store.NewID(now), now.UnixMilli())
	if err != nil {
		return protocol.Asked{}, err
	}
	pair := []store.ID{asker, acceptor}
	if fresh {
		tx.OnCommit(func() {
			for _, id := range pair {
				s.bus.Publish(bus.Event{Kind: bus.KindJoined, ConversationID: conv.String(), UserID: id.String()})
			}
		})
	} else if err := tx.SetClosed(conv, false, now.UnixMilli()); err != nil {
		return protocol.Asked{}, err
	}
	drafts := []timeline.Draft{{SenderID: acceptor, Kind: protocol.KindFriended, Body: struct{}{}}}
	if r.Message != "" {
		drafts = append(drafts, timeline.Draft{SenderID: asker, Kind: protocol.KindText, Body: protocol.Text{Text: r.Message}})
	}
	if reply != "" {
		drafts = append(drafts, timeline.Draft{SenderID: acceptor, Kind: protocol.KindText, Body: protocol.Text{Text: reply}})
	}
	if err := s.timeline.AppendIn(tx, conv, drafts...); err != nil {
		return protocol.Asked{}, err
	}
	var notes []journal.Note
	for i, id := range pair {
		peer := pair[1-i]
		if err := tx.Befriend(id, peer, conv, now.UnixMilli()); err != nil {
			return protocol.Asked{}, err
		}
		contact, err := tx.Contact(id, peer)
		if err != nil {
			return protocol.Asked{}, err
		}
		head, err := tx.Head(id, conv)
		if err != nil {
			return protocol.Asked{}, err
		}
		notes = append(notes, s.requestNote(r, id),
			journal.Note{UserID: id, Kind: protocol.JournalContact, Body: contact.Wire()},
			journal.Note{UserID: id, Kind: protocol.JournalConversation, Body: head})
	}
	if err := s.journal.Append(tx, notes...); err != nil {
		return protocol.Asked{}, err
	}
	return s.asked(tx, r)
}

// UpdateContact changes the caller's own view of a contact.
func (s *Service) UpdateContact(ctx context.Context, c Caller, userID string, u protocol.UpdateContact) (protocol.Contact, error) {
	me, err := c.user()
	if err != nil {
		return protocol.Contact{}, err
	}
	other, ok := store.ParseID(userID)
	if !ok {
		return protocol.Contact{}, protocol.ErrNotFound
	}
	var remark string
	if u.Remark != nil {
		if remark, err = protocol.CleanLine("remark", *u.Remark, 0, protocol.MaxRemark); err != nil {
			return protocol.Contact{}, err
		}
	}
	var contact store.Contact
	err = s.st.Write(ctx, func(tx *store.Tx) error {
		if _, err := tx.LockUsers(me); err != nil {
			return err
		}
		if contact, err = tx.Contact(me, other); err != nil {
			return notFound(err)
		}
		if u.Remark == nil || contact.Remark == remark {
			return nil
		}
		contact.Remark = remark
		if err := tx.SetRemark(me, other, remark); err != nil {
			return err
		}
		return s.journal.Append(tx, journal.Note{UserID: me, Kind: protocol.JournalContact, Body: contact.Wire()})
	})
	if err != nil {
		return protocol.Contact{}, fmt.Errorf("update contact %s: %w", userID, err)
	}
	return contact.Wire(), nil
}

// RemoveFriend ends a friendship for both sides. Neither can write to the other
// from then on; the conversation stays readable. Repeating it is a success.
func (s *Service) RemoveFriend(ctx context.Context, c Caller, userID string) error {
	me, err := c.user()
	if err != nil {
		return err
	}
	other, ok := store.ParseID(userID)
	if !ok {
		return protocol.ErrNotFound
	}
	err = s.st.Write(ctx, func(tx *store.Tx) error {
		if _, err := tx.LockUsers(me, other); err != nil {
			return err
		}
		contact, err := tx.Contact(me, other)
		if err != nil {
			return notFound(err)
		}
		if !contact.Friend {
			return nil
		}
		if err := tx.Unfriend(me, other); err != nil {
			return err
		}
		if err := tx.SetClosed(contact.ConversationID, true, s.opt.Now().UnixMilli()); err != nil {
			return err
		}
		theirs, err := tx.Contact(other, me)
		if err != nil {
			return err
		}
		contact.Friend = false
		return s.journal.Append(tx,
			journal.Note{UserID: me, Kind: protocol.JournalContact, Body: contact.Wire()},
			journal.Note{UserID: other, Kind: protocol.JournalContact, Body: theirs.Wire()})
	})
	if err != nil {
		return fmt.Errorf("remove friend %s: %w", userID, err)
	}
	return nil
}
