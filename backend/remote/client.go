package remote

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/go-resty/resty/v2"
	"mychat/protocol"
)

// Client makes REST calls to one server. It is safe for concurrent use.
//
// Every method returns a *protocol.Error for a refusal by the server, an
// *Error when the server could not be spoken to, and the context's error when
// the caller gave up.
type Client struct {
	opt    Options
	server *url.URL
	dialer *dialer
	rest   *resty.Client
	log    *slog.Logger
}

// New returns a Client. It does not touch the network.
func New(opt Options) (*Client, error) {
	opt = opt.withDefaults()
	server, err := parseServer(opt.Server)
	if err != nil {
		return nil, err
	}
	d, err := newDialer(server, opt.Transport)
	if err != nil {
		return nil, err
	}
	transport := &http.Transport{
		DialContext:         d.dial,
		TLSClientConfig:     d.tls.Clone(),
		TLSHandshakeTimeout: d.timeout,
		MaxIdleConnsPerHost: 2,
		IdleConnTimeout:     opt.Timeout,
	}
	// A redirect would carry the token to wherever it points.
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	rest := resty.NewWithClient(&http.Client{Transport: transport, Timeout: opt.Timeout, CheckRedirect: stay}).
		SetBaseURL(server.String()).
		SetHeader("User-Agent", opt.UserAgent).
		SetHeader("Accept", "application/json").
		SetResponseBodyLimit(protocol.MaxServerFrame).
		SetDisableWarn(true)
	if opt.Token != "" {
		rest.SetAuthToken(opt.Token)
	}
	return &Client{opt: opt, server: server, dialer: d, rest: rest, log: opt.Log}, nil
}

// Close drops idle connections. Calls in flight go on.
func (c *Client) Close() { c.rest.GetClient().CloseIdleConnections() }

// Server returns the base URL.
func (c *Client) Server() string { return c.server.String() }

// call makes one request. in and out may be nil.
func (c *Client) call(ctx context.Context, method, path string, in, out any) error {
	req := c.rest.R().SetContext(ctx)
	if in != nil {
		body, err := protocol.Encode(in)
		if err != nil {
			return fmt.Errorf("encode %s %s: %w", method, path, err)
		}
		req.SetHeader("Content-Type", "application/json").SetBody(body)
	}
	res, err := req.Execute(method, path)
	if err != nil {
		return fmt.Errorf("%s: %w", method, classify(ctx, withoutURL(err)))
	}
	if err := decode(res, out); err != nil {
		path, _, _ = strings.Cut(path, "?") // What was searched is nobody's business.
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	return nil
}

// fetch makes one request and returns the answer's body.
func fetch[T any](ctx context.Context, c *Client, method, path string, in any) (T, error) {
	var out T
	err := c.call(ctx, method, path, in, &out)
	return out, err
}

// withoutURL takes the URL out of a transport error: a query may be in it, and
// errors are logged.
func withoutURL(err error) error {
	var e *url.Error
	if errors.As(err, &e) {
		return e.Err
	}
	return err
}

// decode reads an answer into out, or returns the refusal in it.
func decode(res *resty.Response, out any) error {
	if res.IsSuccess() {
		if out == nil || res.StatusCode() == http.StatusNoContent {
			return nil
		}
		if !isJSON(res) {
			return &Error{Code: CodeNotMyChat, Err: fmt.Errorf("the answer is %q", res.Header().Get("Content-Type"))}
		}
		if err := json.Unmarshal(res.Body(), out); err != nil {
			return &Error{Code: CodeNotMyChat, Err: fmt.Errorf("decode answer: %w", err)}
		}
		return nil
	}
	var refusal protocol.Error
	if isJSON(res) && json.Unmarshal(res.Body(), &refusal) == nil && refusal.Code != "" {
		refusal.Status = res.StatusCode()
		return &refusal
	}
	switch res.StatusCode() {
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout, http.StatusTooManyRequests:
		return protocol.Errorf(protocol.CodeUnavailable, "what stands before the server answers %s", res.Status())
	}
	return &Error{Code: CodeNotMyChat, Err: fmt.Errorf("the answer is %s without a code", res.Status())}
}

func isJSON(res *resty.Response) bool {
	kind, _, err := mime.ParseMediaType(res.Header().Get("Content-Type"))
	return err == nil && (kind == "application/json" || kind == "application/problem+json")
}

// Info asks a server who it is. The errors are those of Client, with
// CodeNotMyChat and CodeVersion where the server is none to talk to.
func (c *Client) Info(ctx context.Context) (protocol.ServerInfo, error) {
	var info protocol.ServerInfo
	err := c.call(ctx, http.MethodGet, protocol.PathServer, nil, &info)
	switch {
	case err != nil:
		return protocol.ServerInfo{}, whoAnswers(err)
	case info.Product != protocol.Product:
		return protocol.ServerInfo{}, &Error{Code: CodeNotMyChat, Err: fmt.Errorf("it says it is %q", info.Product)}
	case info.MinProtocol > protocol.Version, info.Protocol < protocol.MinVersion:
		return info, &Error{Code: CodeVersion, Err: fmt.Errorf(
			"the server speaks protocol %d to %d, this program %d to %d",
			info.MinProtocol, info.Protocol, protocol.MinVersion, protocol.Version)}
	}
	return info, nil
}

// whoAnswers turns a refusal of the one path that every MyChat server serves
// to everybody into what it means: something else answers there.
func whoAnswers(err error) error {
	refusal := protocol.AsError(err)
	if refusal.Code == protocol.CodeNotFound || refusal.Code == protocol.CodeUnauthorized || refusal.Code == protocol.CodeForbidden {
		return &Error{Code: CodeNotMyChat, Err: err}
	}
	return err
}

// Register creates an account and signs its first device in.
func (c *Client) Register(ctx context.Context, r protocol.Register) (protocol.Session, error) {
	return fetch[protocol.Session](ctx, c, http.MethodPost, protocol.PathRegister, r)
}

// SignIn opens a session for a device.
func (c *Client) SignIn(ctx context.Context, r protocol.SignIn) (protocol.Session, error) {
	return fetch[protocol.Session](ctx, c, http.MethodPost, protocol.PathSession, r)
}

// SignOut ends the session of the Client's token.
func (c *Client) SignOut(ctx context.Context) error {
	return c.call(ctx, http.MethodDelete, protocol.PathSession, nil, nil)
}

// AskLink asks that this device be signed in by another one.
func (c *Client) AskLink(ctx context.Context, a protocol.AskLink) (protocol.Link, error) {
	return fetch[protocol.Link](ctx, c, http.MethodPost, protocol.PathLinks, a)
}

// AwaitLink tells what became of a link, at once or some seconds later.
func (c *Client) AwaitLink(ctx context.Context, id string, a protocol.AwaitLink) (protocol.LinkState, error) {
	return fetch[protocol.LinkState](ctx, c, http.MethodPost, protocol.PathLinks+"/"+url.PathEscape(id)+"/state", a)
}

// ClaimLink names the code that another device shows.
func (c *Client) ClaimLink(ctx context.Context, code string) (protocol.LinkClaim, error) {
	return fetch[protocol.LinkClaim](ctx, c, http.MethodPost, protocol.PathLinkClaims, protocol.ClaimLink{Code: code})
}

// AnswerLink confirms or refuses that a device is signed in.
func (c *Client) AnswerLink(ctx context.Context, id string, confirm bool) error {
	return c.call(ctx, http.MethodPost, protocol.PathLinks+"/"+url.PathEscape(id)+"/answer", protocol.AnswerLink{Confirm: confirm}, nil)
}

// Me returns the caller's account.
func (c *Client) Me(ctx context.Context) (protocol.Me, error) {
	return fetch[protocol.Me](ctx, c, http.MethodGet, protocol.PathMe, nil)
}

// UpdateMe changes the caller's account.
func (c *Client) UpdateMe(ctx context.Context, u protocol.UpdateMe) (protocol.Me, error) {
	return fetch[protocol.Me](ctx, c, http.MethodPatch, protocol.PathMe, u)
}

// ChangePassword replaces the caller's password.
func (c *Client) ChangePassword(ctx context.Context, p protocol.ChangePassword) error {
	return c.call(ctx, http.MethodPost, protocol.PathPassword, p, nil)
}

// Devices returns the caller's signed-in devices.
func (c *Client) Devices(ctx context.Context) ([]protocol.Device, error) {
	return fetch[[]protocol.Device](ctx, c, http.MethodGet, protocol.PathDevices, nil)
}

// RenameDevice gives one of the caller's devices a name.
func (c *Client) RenameDevice(ctx context.Context, id, name string) (protocol.Device, error) {
	return fetch[protocol.Device](ctx, c, http.MethodPatch, protocol.PathDevices+"/"+url.PathEscape(id), protocol.RenameDevice{Name: name})
}

// EndOtherDevices signs every device of the caller's out but this one, and with
// wipe asks them to delete their local data.
func (c *Client) EndOtherDevices(ctx context.Context, wipe bool) error {
	return c.call(ctx, http.MethodDelete, protocol.PathDevices+wiping(wipe), nil, nil)
}

// EndDevice signs a device out, and with wipe asks it to delete its local data.
func (c *Client) EndDevice(ctx context.Context, id string, wipe bool) error {
	return c.call(ctx, http.MethodDelete, protocol.PathDevices+"/"+url.PathEscape(id)+wiping(wipe), nil, nil)
}

func wiping(wipe bool) string {
	if wipe {
		return "?wipe=true"
	}
	return ""
}

// SearchPeople looks for people by exact username, or by the beginning of a
// nickname where they allow it.
func (c *Client) SearchPeople(ctx context.Context, query string) ([]protocol.UserCard, error) {
	path := protocol.PathUsers + "?" + url.Values{"nickname": {query}}.Encode()
	return fetch[[]protocol.UserCard](ctx, c, http.MethodGet, path, nil)
}

// AskFriend sends a friend request.
func (c *Client) AskFriend(ctx context.Context, a protocol.AskFriend) (protocol.Asked, error) {
	return fetch[protocol.Asked](ctx, c, http.MethodPost, protocol.PathRequests, a)
}

// AnswerRequest answers a friend request with one of protocol.Answer*.
func (c *Client) AnswerRequest(ctx context.Context, id, answer string) (protocol.Asked, error) {
	return fetch[protocol.Asked](ctx, c, http.MethodPost, protocol.PathRequests+"/"+url.PathEscape(id)+"/"+url.PathEscape(answer), nil)
}

// UpdateContact changes the caller's view of a contact.
func (c *Client) UpdateContact(ctx context.Context, userID string, u protocol.UpdateContact) (protocol.Contact, error) {
	return fetch[protocol.Contact](ctx, c, http.MethodPatch, protocol.PathContacts+"/"+url.PathEscape(userID), u)
}

// RemoveContact ends a friendship.
func (c *Client) RemoveContact(ctx context.Context, userID string) error {
	return c.call(ctx, http.MethodDelete, protocol.PathContacts+"/"+url.PathEscape(userID), nil, nil)
}

// PageRequest asks for a page of a conversation's log. At most one of
// BeforeSeq and AfterSeq is set; with neither it is the newest page.
type PageRequest struct {
	ConversationID string
	BeforeSeq      int64
	AfterSeq       int64
	Limit          int // 0 means protocol.DefaultPage.
}

// Page returns a page of a conversation's log.
func (c *Client) Page(ctx context.Context, r PageRequest) (protocol.Page, error) {
	q := url.Values{}
	for name, n := range map[string]int64{"before": r.BeforeSeq, "after": r.AfterSeq, "limit": int64(r.Limit)} {
		if n > 0 {
			q.Set(name, strconv.FormatInt(n, 10))
		}
	}
	path := protocol.PathConversations + "/" + url.PathEscape(r.ConversationID) + "/entries?" + q.Encode()
	return fetch[protocol.Page](ctx, c, http.MethodGet, path, nil)
}

// Preview asks the server what stands behind a link.
func (c *Client) Preview(ctx context.Context, link string) (protocol.Preview, error) {
	return fetch[protocol.Preview](ctx, c, http.MethodPost, protocol.PathPreviews, protocol.AskPreview{URL: link})
}

// Marks returns a page of all that the caller marked; an empty cursor asks for
// the first.
func (c *Client) Marks(ctx context.Context, cursor string) (protocol.MarksPage, error) {
	return fetch[protocol.MarksPage](ctx, c, http.MethodGet, protocol.PathMarks+"?"+url.Values{"cursor": {cursor}}.Encode(), nil)
}

// Search finds entries on the server, newest first.
func (c *Client) Search(ctx context.Context, s protocol.SearchQuery) (protocol.Found, error) {
	q := url.Values{}
	for name, text := range map[string]string{"q": s.Words, "sender": s.Sender, "kind": s.Kind, "cursor": s.Cursor} {
		if text != "" {
			q.Set(name, text)
		}
	}
	for name, n := range map[string]int64{"from": s.FromMS, "to": s.ToMS, "limit": int64(s.Limit)} {
		if n > 0 {
			q.Set(name, strconv.FormatInt(n, 10))
		}
	}
	if s.Links {
		q.Set("links", "true")
	}
	for _, id := range s.Conversations {
		q.Add("conversation", id)
	}
	return fetch[protocol.Found](ctx, c, http.MethodGet, protocol.PathSearch+"?"+q.Encode(), nil)
}
