package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"mychat/backend/remote"
	"mychat/protocol"
)

// online adds ErrOffline to an error that means that the server cannot be
// reached.
func online(err error) error {
	if errors.Is(err, remote.ErrUnreachable) || errors.Is(err, remote.ErrDisconnected) {
		return fmt.Errorf("%w: %w", ErrOffline, err)
	}
	return err
}

// Contacts returns all contacts, friends and former ones, from the local store.
func (e *Engine) Contacts(ctx context.Context) ([]protocol.Contact, error) {
	return e.store.Contacts(ctx)
}

// Requests returns friend requests in both directions, newest first, from the
// local store.
func (e *Engine) Requests(ctx context.Context) ([]protocol.FriendRequest, error) {
	return e.store.Requests(ctx)
}

// SearchPeople asks the server for people.
func (e *Engine) SearchPeople(ctx context.Context, query string) ([]protocol.UserCard, error) {
	cards, err := e.client.SearchPeople(ctx, strings.TrimSpace(query))
	if cards == nil {
		cards = []protocol.UserCard{}
	}
	return cards, online(err)
}

// AskFriend sends a friend request. The local store hears of it through the
// journal.
func (e *Engine) AskFriend(ctx context.Context, userID, message string) (protocol.Asked, error) {
	asked, err := e.client.AskFriend(ctx, protocol.AskFriend{UserID: userID, Message: message})
	return asked, online(err)
}

// AnswerFriend answers a friend request with one of protocol.Answer*.
func (e *Engine) AnswerFriend(ctx context.Context, requestID, answer string) error {
	_, err := e.client.AnswerRequest(ctx, requestID, answer)
	return online(err)
}

// RemoveFriend ends a friendship.
func (e *Engine) RemoveFriend(ctx context.Context, userID string) error {
	return online(e.client.RemoveContact(ctx, userID))
}

// SetRemark names a contact in the user's own words; "" removes the name.
func (e *Engine) SetRemark(ctx context.Context, userID, remark string) error {
	_, err := e.client.UpdateContact(ctx, userID, protocol.UpdateContact{Remark: &remark})
	return online(err)
}

// Me returns the account, from the local store.
func (e *Engine) Me(ctx context.Context) (protocol.Me, error) { return e.store.Me(ctx) }

// Preferences returns what the user chose on any of their devices, by name.
func (e *Engine) Preferences(ctx context.Context) ([]protocol.Preference, error) {
	return e.store.Preferences(ctx)
}

// SetPreference keeps what the user chose, here at once and on their other
// devices when the server can be reached.
func (e *Engine) SetPreference(ctx context.Context, p protocol.Preference) error {
	return e.store.SetPreference(ctx, p)
}

// UpdateMe changes the account on the server.
func (e *Engine) UpdateMe(ctx context.Context, u protocol.UpdateMe) (protocol.Me, error) {
	me, err := e.client.UpdateMe(ctx, u)
	return me, online(err)
}

// ChangePassword replaces the account's password.
func (e *Engine) ChangePassword(ctx context.Context, c protocol.ChangePassword) error {
	return online(e.client.ChangePassword(ctx, c))
}

// Devices asks the server for the account's signed-in devices.
func (e *Engine) Devices(ctx context.Context) ([]protocol.Device, error) {
	devices, err := e.client.Devices(ctx)
	if devices == nil {
		devices = []protocol.Device{}
	}
	return devices, online(err)
}

// RenameDevice gives one of the account's devices a name.
func (e *Engine) RenameDevice(ctx context.Context, deviceID, name string) error {
	_, err := e.client.RenameDevice(ctx, deviceID, name)
	return online(err)
}

// EndOtherDevices signs every other device of the account out, and with wipe
// asks them to delete their local data.
func (e *Engine) EndOtherDevices(ctx context.Context, wipe bool) error {
	return online(e.client.EndOtherDevices(ctx, wipe))
}

// EndDevice signs another device out, and with wipe asks it to delete its local
// data.
func (e *Engine) EndDevice(ctx context.Context, deviceID string, wipe bool) error {
	return online(e.client.EndDevice(ctx, deviceID, wipe))
}

// FieldElsewhere is the field of the refusal of a code that is for another
// server.
const FieldElsewhere = "elsewhere"

// ClaimLink names what another device shows, its code or what its QR code says,
// and returns who asks to be signed in.
func (e *Engine) ClaimLink(ctx context.Context, shown string) (protocol.LinkClaim, error) {
	code, ok := protocol.CleanLinkCode(shown)
	if server, scanned, isAddress := protocol.ParseLinkAddress(shown); isAddress {
		if server != e.client.Server() {
			return protocol.LinkClaim{}, protocol.Invalid(FieldElsewhere, "the code is for %s", server)
		}
		code, ok = scanned, true
	}
	if !ok {
		return protocol.LinkClaim{}, protocol.Invalid("code", "use the %d characters that the other device shows", protocol.LinkCodeLength)
	}
	claim, err := e.client.ClaimLink(ctx, code)
	return claim, online(err)
}

// AnswerLink confirms or refuses what ClaimLink returned.
func (e *Engine) AnswerLink(ctx context.Context, id string, confirm bool) error {
	return online(e.client.AnswerLink(ctx, id, confirm))
}

// SignOut ends this device's session on the server. Local data stays.
func (e *Engine) SignOut(ctx context.Context) error { return online(e.client.SignOut(ctx)) }

// Presence returns what is known of the friends who are or were online in this
// run, by user id. Offline, nobody is known to be online.
func (e *Engine) Presence() []protocol.Presence {
	e.mu.Lock()
	defer e.mu.Unlock()
	return append([]protocol.Presence{}, slices.SortedFunc(maps.Values(e.presence), func(a, b protocol.Presence) int {
		return strings.Compare(a.UserID, b.UserID)
	})...)
}

func (e *Engine) onPresence(body []byte) error {
	var p protocol.Presence
	if err := json.Unmarshal(body, &p); err != nil {
		return fmt.Errorf("decode presence: %w", err)
	}
	e.setPresence(p)
	return nil
}

func (e *Engine) setPresence(p protocol.Presence) {
	e.mu.Lock()
	old := e.presence[p.UserID]
	if p.LastSeenMS == 0 {
		p.LastSeenMS = old.LastSeenMS
	}
	e.presence[p.UserID] = p
	e.mu.Unlock()
	if p != old {
		e.mail.putPresence(p)
	}
}

// replacePresence takes over who is online; everybody else is not.
func (e *Engine) replacePresence(here []protocol.Presence) {
	for _, p := range e.Presence() {
		gone := !slices.ContainsFunc(here, func(h protocol.Presence) bool { return h.UserID == p.UserID })
		if gone && p.Online {
			p.Online = false
			e.setPresence(p)
		}
	}
	for _, p := range here {
		e.setPresence(p)
	}
}

// everybodyLeft notes that nobody is known to be online or writing.
func (e *Engine) everybodyLeft() {
	e.replacePresence(nil)
	e.mu.Lock()
	writing := slices.Collect(maps.Keys(e.typing))
	e.mu.Unlock()
	for _, who := range writing {
		e.stopTyping(who)
	}
}

func (e *Engine) onTyping(body []byte) error {
	var t protocol.Typing
	if err := json.Unmarshal(body, &t); err != nil {
		return fmt.Errorf("decode typing: %w", err)
	}
	who := typist{t.ConversationID, t.UserID}
	if t.UserID == e.store.Self() {
		return nil // On another device of ours.
	}
	if !t.On {
		e.stopTyping(who)
		return nil
	}
	e.mu.Lock()
	e.typing[who] = true
	e.mu.Unlock()
	e.mail.putTyping(who, e.now().UnixMilli()+protocol.TypingForMS)
	return nil
}

func (e *Engine) stopTyping(who typist) {
	e.mu.Lock()
	was := e.typing[who]
	delete(e.typing, who)
	e.mu.Unlock()
	if was {
		e.mail.putTyping(who, 0)
	}
}

// SetTyping passes a typing hint on, renewed no more often than
// protocol.TypingEveryMS; it is lost when offline.
func (e *Engine) SetTyping(conversationID string, on bool) {
	now := time.Now()
	// The socket takes or loses a hint at once. Handed over under mu, hints of
	// several callers go out in the order in which they were decided.
	e.mu.Lock()
	defer e.mu.Unlock()
	last, hinted := e.hinted[conversationID]
	switch {
	case on && hinted && now.Sub(last) < protocol.TypingEveryMS*time.Millisecond, !on && !hinted:
		return
	case on:
		e.hinted[conversationID] = now
	default:
		delete(e.hinted, conversationID)
	}
	e.socket.Typing(protocol.Typing{ConversationID: conversationID, On: on})
}
