package protocol

import (
	"errors"
	"fmt"
	"time"
)

// Code says why something was refused. Codes are stable: clients branch on
// them and translate them; the Detail beside a code is English for people who
// read logs.
type Code string

// The codes.
const (
	CodeInvalid        Code = "invalid"         // A field breaks a rule; Error.Field names it.
	CodeUnauthorized   Code = "unauthorized"    // No token, or one that is not (or no longer) known.
	CodeBadCredentials Code = "bad_credentials" // Unknown user or wrong password; never says which.
	CodeDisabled       Code = "disabled"        // The administrator disabled the account.
	CodeForbidden      Code = "forbidden"       // Known who you are; you may not.
	CodeNotMember      Code = "not_member"      // Not (or no longer) in that conversation.
	CodeNotFriend      Code = "not_friend"      // The other side is not (or no longer) a friend.
	CodeNotFound       Code = "not_found"       // No such thing, or none that you may know of.
	CodeTaken          Code = "taken"           // The username belongs to somebody.
	CodeClosed         Code = "closed"          // This server takes no registrations.
	CodeInvite         Code = "invite"          // An invitation code is needed, or this one is spent or unknown.
	CodeIDReused       Code = "id_reused"       // The client id was used for something else.
	CodeUnknownKind    Code = "unknown_kind"    // A kind or a request that this server does not know.
	CodeAlreadyFriends Code = "already_friends" // There is nothing to ask.
	CodePending        Code = "pending"         // An earlier request still waits for an answer.
	CodeAskedRecently  Code = "asked_recently"  // A refused request may be repeated after RetryAfterMS.
	CodeSelf           Code = "self"            // That is yourself.
	CodeExpired        Code = "expired"         // The request is too old to be answered.
	CodeTooLate        Code = "too_late"        // The time in which this could be changed is over.
	CodeTooMany        Code = "too_many"        // There are as many as there may be.
	CodeTooLarge       Code = "too_large"       // The frame, body or file is over its limit.
	CodeQuota          Code = "quota"           // Your files take as much room as they may.
	CodeFull           Code = "full"            // There is no room on the server's disk; later there may be.
	CodeChanged        Code = "changed"         // A part is not the one that was announced; announce the file anew.
	CodeOffset         Code = "offset"          // That part goes on elsewhere; ask where.
	CodeRateLimited    Code = "rate_limited"    // Too often; try again after RetryAfterMS.
	CodeUnavailable    Code = "unavailable"     // The server cannot now (database gone, disk full, draining).
	CodeVersion        Code = "version"         // The protocol version is too old for this server.
	CodeInternal       Code = "internal"        // A fault of the server's; the log there has more.
)

// Error is a refusal as it crosses the wire: the body of an RFC 9457
// problem+json answer and the error of a reply frame. Internal text never goes
// in it.
type Error struct {
	Code   Code   `json:"code" doc:"Stable reason; see docs/PROTOCOL.md"`
	Status int    `json:"status,omitempty" doc:"HTTP status"`
	Title  string `json:"title,omitempty" doc:"The code in English words"`
	Detail string `json:"detail,omitempty" doc:"What to do about it, in English"`
	Field  string `json:"field,omitempty" doc:"The field that broke a rule, with code invalid"`

	// RetryAfterMS is how long to wait before the same call can succeed, in
	// milliseconds. 0 means the server does not say.
	RetryAfterMS int64 `json:"retry_after_ms,omitempty" doc:"Milliseconds to wait before trying again"`

	// Ended says why, with code unauthorized, to a token whose session is over.
	Ended *Ended `json:"ended,omitempty" doc:"Why the session of this token is over, with code unauthorized"`
}

// Error implements error.
func (e *Error) Error() string {
	switch {
	case e.Field != "" && e.Detail != "":
		return fmt.Sprintf("%s: %s: %s", e.Code, e.Field, e.Detail)
	case e.Detail != "":
		return fmt.Sprintf("%s: %s", e.Code, e.Detail)
	}
	return string(e.Code)
}

// Is reports whether target is an *Error with the same code, so that
// errors.Is(err, protocol.ErrNotMember) holds whatever the detail says.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Code == e.Code
}

// Retryable reports whether the same call may succeed later with nothing
// changed by the user.
func (e *Error) Retryable() bool {
	switch e.Code {
	case CodeRateLimited, CodeUnavailable, CodeFull, CodeInternal:
		return true
	}
	return false
}

// Sentinels for errors.Is; use the constructors below to make answers.
var (
	ErrUnauthorized   = &Error{Code: CodeUnauthorized}
	ErrBadCredentials = &Error{Code: CodeBadCredentials}
	ErrDisabled       = &Error{Code: CodeDisabled}
	ErrForbidden      = &Error{Code: CodeForbidden}
	ErrNotMember      = &Error{Code: CodeNotMember}
	ErrNotFriend      = &Error{Code: CodeNotFriend}
	ErrNotFound       = &Error{Code: CodeNotFound}
	ErrTooLate        = &Error{Code: CodeTooLate}
	ErrTooMany        = &Error{Code: CodeTooMany}
	ErrTaken          = &Error{Code: CodeTaken}
	ErrIDReused       = &Error{Code: CodeIDReused}
	ErrTooLarge       = &Error{Code: CodeTooLarge}
	ErrQuota          = &Error{Code: CodeQuota}
	ErrFull           = &Error{Code: CodeFull}
	ErrChanged        = &Error{Code: CodeChanged}
	ErrOffset         = &Error{Code: CodeOffset}
	ErrRateLimited    = &Error{Code: CodeRateLimited}
	ErrUnavailable    = &Error{Code: CodeUnavailable}
)

// Errorf returns an Error with a formatted detail.
func Errorf(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Detail: fmt.Sprintf(format, args...)}
}

// Invalid returns the Error for a field that breaks a rule.
func Invalid(field, format string, args ...any) *Error {
	return &Error{Code: CodeInvalid, Field: field, Detail: fmt.Sprintf(format, args...)}
}

// RetryAfter returns an Error that asks for a pause of d, rounded up to a
// millisecond.
func RetryAfter(code Code, d time.Duration, format string, args ...any) *Error {
	ms := (d + time.Millisecond - 1) / time.Millisecond
	return &Error{Code: code, Detail: fmt.Sprintf(format, args...), RetryAfterMS: max(int64(ms), 1)}
}

// AsError returns the *Error in err's chain, or one with CodeInternal and no
// detail, so that nothing internal leaks. It returns nil for nil.
func AsError(err error) *Error {
	if err == nil {
		return nil
	}
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return &Error{Code: CodeInternal}
}
