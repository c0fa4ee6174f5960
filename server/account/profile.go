package account

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"mychat/protocol"
	"mychat/server/journal"
	"mychat/server/store"
)

// fold returns the form of a nickname in which people look for it: without
// case, and with wide and other compatible characters as their usual ones.
func fold(nickname string) string {
	return norm.NFKC.String(cases.Fold().String(norm.NFKC.String(nickname)))
}

// Me returns the user's own account.
func (s *Service) Me(ctx context.Context, userID string) (protocol.Me, error) {
	id, ok := store.ParseID(userID)
	if !ok {
		return protocol.Me{}, protocol.ErrNotFound
	}
	user, err := s.st.Reader(ctx).User(id)
	if err != nil {
		return protocol.Me{}, fmt.Errorf("read account: %w", notFound(err))
	}
	return user.Me(), nil
}

// UpdateMe changes the caller's account and tells their devices and, where the
// profile changed, their friends.
func (s *Service) UpdateMe(ctx context.Context, c Caller, u protocol.UpdateMe) (protocol.Me, error) {
	id, err := c.user()
	if err != nil {
		return protocol.Me{}, err
	}
	if u.Nickname != nil {
		clean, err := protocol.CleanLine("nickname", *u.Nickname, 1, protocol.MaxNickname)
		if err != nil {
			return protocol.Me{}, err
		}
		u.Nickname = &clean
	}
	var me protocol.Me
	err = s.st.Write(ctx, func(tx *store.Tx) error {
		user, err := s.lockWithFriends(tx, id)
		if err != nil {
			return err
		}
		was := user
		if u.Nickname != nil {
			user.Nickname, user.NicknameFold = *u.Nickname, fold(*u.Nickname)
		}
		if u.FindableByNickname != nil {
			user.FindableByNickname = *u.FindableByNickname
		}
		me = user.Me()
		if user == was {
			return nil
		}
		if err := tx.SetProfile(user); err != nil {
			return err
		}
		notes := []journal.Note{{UserID: id, Kind: protocol.JournalProfile, Body: me}}
		if user.Nickname != was.Nickname {
			holders, err := tx.ContactsOf(id)
			if err != nil {
				return err
			}
			for _, h := range holders {
				if h.Friend {
					notes = append(notes, journal.Note{UserID: h.UserID, Kind: protocol.JournalContact, Body: h.Wire()})
				}
			}
		}
		return s.journal.Append(tx, notes...)
	})
	if err != nil {
		return protocol.Me{}, fmt.Errorf("update account: %w", err)
	}
	return me, nil
}

// lockWithFriends locks a user and all their contacts, so that what is written
// to those contacts' journals is not older than what they change themselves
// meanwhile.
func (s *Service) lockWithFriends(tx *store.Tx, id store.ID) (store.User, error) {
	contacts, err := tx.Contacts(id)
	if err != nil {
		return store.User{}, err
	}
	ids := []store.ID{id}
	for _, c := range contacts {
		ids = append(ids, c.PeerID)
	}
	locked, err := tx.LockUsers(ids...)
	if err != nil {
		return store.User{}, err
	}
	i := slices.IndexFunc(locked, func(u store.User) bool { return u.ID == id })
	if i < 0 {
		return store.User{}, protocol.ErrNotFound
	}
	return locked[i], nil
}

// Seen notes when the user's last device left.
func (s *Service) Seen(ctx context.Context, userID string, at time.Time) error {
	id, ok := store.ParseID(userID)
	if !ok {
		return protocol.ErrNotFound
	}
	err := s.st.Write(ctx, func(tx *store.Tx) error { return tx.SetLastSeen(id, at.UnixMilli()) })
	if err != nil {
		return fmt.Errorf("note last seen: %w", err)
	}
	return nil
}

// searchMost is how many people a search finds.
const searchMost = 20

// Search finds people by their exact username, in any case, and by the
// beginning of the nickname those who allow it. At most 20; never nil.
func (s *Service) Search(ctx context.Context, c Caller, query string) ([]protocol.UserCard, error) {
	me, err := c.user()
	if err != nil {
		return nil, err
	}
	query, err = protocol.CleanLine("query", query, 1, protocol.MaxSearchQuery)
	if err != nil {
		return nil, err
	}
	tx := s.st.Reader(ctx)
	found, err := tx.UsersByNickname(fold(query), searchMost)
	if err != nil {
		return nil, fmt.Errorf("search people: %w", err)
	}
	if protocol.CheckUsername(query) == nil {
		user, err := tx.UserByName(protocol.FoldUsername(query))
		if err != nil && !errors.Is(err, store.ErrNoRow) {
			return nil, fmt.Errorf("search people: %w", err)
		}
		if err == nil && !user.Disabled {
			found = slices.DeleteFunc(found, func(u store.User) bool { return u.ID == user.ID })
			found = slices.Insert(found, 0, user)
		}
	}
	return s.cards(tx, me, found[:min(len(found), searchMost)])
}

// User returns one person as the caller may see them.
func (s *Service) User(ctx context.Context, c Caller, userID string) (protocol.UserCard, error) {
	me, err := c.user()
	if err != nil {
		return protocol.UserCard{}, err
	}
	id, ok := store.ParseID(userID)
	if !ok {
		return protocol.UserCard{}, protocol.ErrNotFound
	}
	tx := s.st.Reader(ctx)
	user, err := tx.User(id)
	if err != nil {
		return protocol.UserCard{}, fmt.Errorf("read user: %w", notFound(err))
	}
	cards, err := s.cards(tx, me, []store.User{user})
	if err != nil {
		return protocol.UserCard{}, err
	}
	return cards[0], nil
}

// cards returns users with how the caller stands to each.
func (s *Service) cards(tx *store.Tx, me store.ID, users []store.User) ([]protocol.UserCard, error) {
	ids := make([]store.ID, len(users))
	for i, u := range users {
		ids[i] = u.ID
	}
	relations, err := tx.Relations(me, ids, s.opt.Now().UnixMilli())
	if err != nil {
		return nil, fmt.Errorf("read relations: %w", err)
	}
	cards := make([]protocol.UserCard, len(users))
	for i, u := range users {
		relation := relations[u.ID]
		switch {
		case u.ID == me:
			relation = protocol.RelationSelf
		case relation == "":
			relation = protocol.RelationNone
		}
		cards[i] = protocol.UserCard{Profile: u.Profile(), Relation: relation}
	}
	return cards, nil
}
