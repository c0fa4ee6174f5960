package session

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"mychat/protocol"
)

// Ending is the end of this device's session by somebody else: what the user is
// told, until they have read it.
type Ending struct {
	Account Account `json:"account"`
	Reason  string  `json:"reason"` // One of protocol.Ended*.
	By      string  `json:"by"`     // The name of the device that did it; "" means none.
	AtMS    int64   `json:"at_ms"`
	Wiped   bool    `json:"wiped"` // What was stored here is deleted, as that device asked.
}

// Ended closes the book on an account whose server ended its session: the token
// is forgotten and, if the server asks for it, all that is stored here. The
// account must not be open. What the user is told of it waits in Endings.
func (s *Session) Ended(ctx context.Context, id string, end protocol.Ended) error {
	row, err := s.row(ctx, id)
	if err != nil {
		return err
	}
	ending := Ending{Account: row.account(), Reason: end.Reason, By: end.By, AtMS: end.AtMS, Wiped: end.Wipe}
	ending.Account.Remember, ending.Account.Auto = false, false
	// What is to be deleted goes first. Until it is gone the token stays, whose
	// next use tells the same again.
	if end.Wipe {
		err = s.wipe(ctx, id)
	} else {
		err = s.forgetToken(ctx, id)
	}
	if err != nil {
		return err
	}
	endings, err := s.Endings(ctx)
	if err != nil {
		return err
	}
	return s.setEndings(ctx, append(without(endings, row.account()), ending))
}

// Endings returns what the user was not told yet, or has not read; never nil.
func (s *Session) Endings(ctx context.Context) ([]Ending, error) {
	endings := []Ending{}
	switch err := s.machine.choice(ctx, choiceEndings, &endings); {
	case err != nil && !errors.Is(err, errUnreadable):
		return nil, fmt.Errorf("read the ends of sessions: %w", err)
	case err != nil, endings == nil:
		endings = []Ending{} // What cannot be read must not keep anybody from signing in.
	}
	return endings, nil
}

// Told says that the user has read of the end of an account's session.
func (s *Session) Told(ctx context.Context, account Account) error {
	endings, err := s.Endings(ctx)
	if err != nil || len(endings) == 0 {
		return err
	}
	return s.setEndings(ctx, without(endings, account))
}

func (s *Session) setEndings(ctx context.Context, endings []Ending) error {
	if err := s.machine.setChoice(ctx, choiceEndings, endings); err != nil {
		return fmt.Errorf("keep the ends of sessions: %w", err)
	}
	return nil
}

// without returns endings without that of one account, which has another id
// here if it was deleted and came back.
func without(endings []Ending, a Account) []Ending {
	return slices.DeleteFunc(endings, func(e Ending) bool {
		return e.Account.Server == a.Server && e.Account.UserID == a.UserID
	})
}

// checkWithin bounds asking one server about a token.
const checkWithin = 10 * time.Second

// Check asks the server of a remembered account whether its token still holds.
// It returns why not, or nil: also where the server cannot be asked.
func (s *Session) Check(ctx context.Context, account Account) *protocol.Ended {
	token := s.secret(ctx, account.ID).Token
	if token == "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, checkWithin)
	defer cancel()
	client, err := s.client(ctx, account.Server, token, nil)
	if err == nil {
		_, err = client.Me(ctx)
		client.Close()
	}
	var refusal *protocol.Error
	if errors.As(err, &refusal) && refusal.Code == protocol.CodeUnauthorized {
		return refusal.Ended
	}
	return nil
}
