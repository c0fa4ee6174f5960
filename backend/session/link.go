package session

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"

	"gorm.io/gorm"

	"mychat/protocol"
)

// ErrLinkOver says that a link can be served no more: it is to be asked for
// again.
var ErrLinkOver = protocol.Errorf(protocol.CodeExpired, "the request to be signed in is over")

// Link is what this device shows while it asks another one to sign it in.
type Link struct {
	ID      string `json:"id"`
	Server  string `json:"server"`
	Code    string `json:"code"`
	Address string `json:"address"` // What the QR code says.
	LivesMS int64  `json:"lives_ms"`
}

// asked is a link that this device waits for.
type asked struct {
	id        string
	server    string
	key       []byte // Seed of the device's Ed25519 key.
	signature string
}

// AskLink asks a server, at an address as typed, that this device be signed in
// by another one. It replaces what was asked before; a code that is renewed
// keeps the key, so that the server knows the device again.
func (s *Session) AskLink(ctx context.Context, typed string) (Link, error) {
	server, err := Address(typed)
	if err != nil {
		return Link{}, err
	}
	a := &asked{server: server, key: newKey()}
	s.mu.Lock()
	if s.asked != nil && s.asked.server == server {
		a.key = s.asked.key
	}
	s.mu.Unlock()
	client, err := s.client(ctx, server, "", nil)
	if err != nil {
		return Link{}, err
	}
	defer client.Close()
	link, err := client.AskLink(ctx, protocol.AskLink{Device: s.deviceWith(a.key)})
	if err != nil {
		return Link{}, err
	}
	proof := ed25519.Sign(ed25519.NewKeyFromSeed(a.key), protocol.LinkProof(link.ID, link.Challenge))
	a.id, a.signature = link.ID, base64.StdEncoding.EncodeToString(proof)
	s.mu.Lock()
	s.asked = a
	s.mu.Unlock()
	return Link{
		ID: link.ID, Server: server, Code: link.Code, Address: protocol.LinkAddress(server, link.Code), LivesMS: link.LivesMS,
	}, nil
}

// waits returns the link with an id if this device still waits for it.
func (s *Session) waits(id string) (*asked, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked, s.asked != nil && s.asked.id == id
}

// DropLink says that this device does not want to be signed in by another one
// any more.
func (s *Session) DropLink() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = nil
}

// AwaitLink tells what became of a link, at once if that is not the known
// state, and otherwise some seconds later. Once it is granted, the account is
// remembered and returned, ready to be opened.
func (s *Session) AwaitLink(ctx context.Context, id, known string) (protocol.LinkState, Opened, error) {
	a, ok := s.waits(id)
	if !ok {
		return protocol.LinkState{}, Opened{}, ErrLinkOver
	}
	client, err := s.client(ctx, a.server, "", nil)
	if err != nil {
		return protocol.LinkState{}, Opened{}, err
	}
	defer client.Close()
	state, err := client.AwaitLink(ctx, id, protocol.AwaitLink{Signature: a.signature, Known: known})
	if err != nil || state.Session == nil {
		return state, Opened{}, err
	}
	granted := *state.Session
	state.Session = nil // It goes no further than here.
	if _, ok := s.waits(id); !ok {
		s.endToken(ctx, a.server, granted.Token)
		return protocol.LinkState{}, Opened{}, ErrLinkOver
	}
	s.DropLink()
	before, err := s.tokenOf(ctx, a.server, granted.Me.Profile.Username)
	if err != nil {
		s.endToken(ctx, a.server, granted.Token)
		return protocol.LinkState{}, Opened{}, err
	}
	opened, err := s.let(ctx, a.server, granted, secret{Token: before, Key: a.key}, true, false)
	return state, opened, err
}

// tokenOf returns the kept token of an account that may be known here; "" means
// none.
func (s *Session) tokenOf(ctx context.Context, server, username string) (string, error) {
	row, err := s.machine.accountNamed(ctx, server, username)
	switch {
	case errors.Is(err, gorm.ErrRecordNotFound):
		return "", nil
	case err != nil:
		return "", fmt.Errorf("look for the account: %w", err)
	}
	return s.secret(ctx, row.ID).Token, nil
}
