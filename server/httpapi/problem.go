package httpapi

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"mychat/protocol"
)

// answer is how a code looks in HTTP.
type answer struct {
	status int
	title  string
}

// answers has every code of the protocol.
var answers = map[protocol.Code]answer{
	protocol.CodeInvalid:        {http.StatusUnprocessableEntity, "A value is not valid"},
	protocol.CodeUnauthorized:   {http.StatusUnauthorized, "Not signed in"},
	protocol.CodeBadCredentials: {http.StatusUnauthorized, "Unknown user or wrong password"},
	protocol.CodeDisabled:       {http.StatusForbidden, "The account is disabled"},
	protocol.CodeForbidden:      {http.StatusForbidden, "Not allowed"},
	protocol.CodeNotMember:      {http.StatusForbidden, "Not a member of the conversation"},
	protocol.CodeNotFriend:      {http.StatusForbidden, "Not a friend"},
	protocol.CodeNotFound:       {http.StatusNotFound, "Not found"},
	protocol.CodeTaken:          {http.StatusConflict, "The username is taken"},
	protocol.CodeClosed:         {http.StatusForbidden, "Registration is closed"},
	protocol.CodeInvite:         {http.StatusForbidden, "An invitation code is needed"},
	protocol.CodeIDReused:       {http.StatusConflict, "The client id was used for something else"},
	protocol.CodeUnknownKind:    {http.StatusUnprocessableEntity, "The kind is not accepted"},
	protocol.CodeAlreadyFriends: {http.StatusConflict, "Already friends"},
	protocol.CodePending:        {http.StatusConflict, "An earlier request is still open"},
	protocol.CodeAskedRecently:  {http.StatusTooManyRequests, "Asked too recently"},
	protocol.CodeSelf:           {http.StatusUnprocessableEntity, "That is yourself"},
	protocol.CodeExpired:        {http.StatusGone, "The request has expired"},
	protocol.CodeTooLate:        {http.StatusForbidden, "The time for this is over"},
	protocol.CodeTooMany:        {http.StatusConflict, "There are too many already"},
	protocol.CodeTooLarge:       {http.StatusRequestEntityTooLarge, "Too large"},
	protocol.CodeQuota:          {http.StatusInsufficientStorage, "Your room for files is used up"},
	protocol.CodeFull:           {http.StatusInsufficientStorage, "There is no room on the server"},
	protocol.CodeChanged:        {http.StatusConflict, "The file changed meanwhile"},
	protocol.CodeOffset:         {http.StatusConflict, "The part goes on elsewhere"},
	protocol.CodeRateLimited:    {http.StatusTooManyRequests, "Too many requests"},
	protocol.CodeUnavailable:    {http.StatusServiceUnavailable, "Not available now"},
	protocol.CodeVersion:        {http.StatusUpgradeRequired, "The protocol version is too old"},
	protocol.CodeInternal:       {http.StatusInternalServerError, "Internal error"},
}

// problem is a protocol.Error as huma wants an error: with a status, headers
// and a content type.
type problem protocol.Error

// newProblem returns err as an answer. What is no protocol.Error becomes an
// internal error without a word of it. A status of 0 means the code's own.
func newProblem(err error, status int) *problem {
	p := problem(*protocol.AsError(err))
	a, ok := answers[p.Code]
	if !ok {
		a = answers[protocol.CodeInternal]
	}
	p.Status, p.Title = a.status, a.title
	if status != 0 {
		p.Status = status
	}
	return &p
}

// Error implements error.
func (p *problem) Error() string { return (*protocol.Error)(p).Error() }

// GetStatus implements huma.StatusError.
func (p *problem) GetStatus() int { return p.Status }

// ContentType implements huma.ContentTypeFilter.
func (p *problem) ContentType(string) string { return "application/problem+json" }

// GetHeaders implements huma.HeadersError.
func (p *problem) GetHeaders() http.Header {
	h := http.Header{}
	p.addHeaders(h)
	return h
}

func (p *problem) addHeaders(h http.Header) {
	if p.RetryAfterMS > 0 {
		h.Set("Retry-After", strconv.FormatInt((p.RetryAfterMS+999)/1000, 10))
	}
	if p.Status == http.StatusUnauthorized && p.Code == protocol.CodeUnauthorized {
		h.Set("WWW-Authenticate", "Bearer")
	}
}

// write answers a request that no huma handler answered.
func (p *problem) write(w http.ResponseWriter) {
	body, err := protocol.Encode(p)
	if err != nil {
		panic("a protocol.Error is always JSON: " + err.Error())
	}
	p.addHeaders(w.Header())
	w.Header().Set("Content-Type", p.ContentType(""))
	w.WriteHeader(p.Status)
	// Nobody is left to tell if the client is gone.
	_, _ = w.Write(body)
}

// problemOf turns an error that huma made while reading a request into one of
// the protocol's, so that clients meet one shape. It is a transformer of this
// API, not huma's package-wide NewError, which all users of the package in a
// process would share. The echo of what the client sent is dropped: it may be
// a password.
func problemOf(_ huma.Context, _ string, v any) (any, error) {
	m, ok := v.(*huma.ErrorModel)
	if !ok {
		return v, nil
	}
	return newProblem(readingError(m), m.Status), nil
}

func readingError(m *huma.ErrorModel) *protocol.Error {
	switch m.Status {
	case http.StatusRequestEntityTooLarge:
		return protocol.Errorf(protocol.CodeTooLarge, "the body is larger than %d bytes", protocol.MaxClientFrame)
	case http.StatusRequestTimeout:
		return protocol.Errorf(protocol.CodeUnavailable, "the body did not arrive in time")
	case http.StatusUnsupportedMediaType:
		return protocol.Errorf(protocol.CodeInvalid, "send the body as application/json")
	}
	if m.Status >= http.StatusInternalServerError {
		return &protocol.Error{Code: protocol.CodeInternal}
	}
	for _, d := range m.Errors {
		if d == nil {
			continue
		}
		place, field, _ := strings.Cut(d.Location, ".")
		if place == "body" && field == "" {
			break // The parser's words may repeat what the client sent.
		}
		return protocol.Invalid(field, "%s", d.Message)
	}
	return protocol.Errorf(protocol.CodeInvalid, "the body is not the JSON that this call takes")
}
