// Package engine is one signed-in device: it opens the local store, the wire,
// the inbox and the outbox of one account, runs and stops them together, and
// is the one thing that the bridge talks to.
//
// An Engine opens and reads with no network at all. Run owns every goroutine;
// all other methods are safe for concurrent use, before, during and after Run,
// until Close.
package engine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
	"mychat/backend/inbox"
	"mychat/backend/notify"
	"mychat/backend/outbox"
	"mychat/backend/remote"
	"mychat/backend/store"
	"mychat/protocol"
)

// Options configures Open. Dir, Server, Token and Me are required.
type Options struct {
	Dir       string           // The account's own folder; made 0700 if it is missing.
	Server    string           // Base URL.
	Token     string           // This device's token.
	Me        protocol.Me      // As the sign-in answered, or only Profile.ID when opening a remembered account.
	Transport remote.Transport // How the server is reached.
	UserAgent string           // "" means "mychat".

	Notify  notify.Settings  // May be replaced by SetNotify.
	Focused bool             // May be replaced by Focus.
	Log     *slog.Logger     // Nil means slog.Default.
	Now     func() time.Time // Nil means time.Now. Orders nothing.

	Socket remote.SocketOptions // The zero value is right outside tests.
	Retry  remote.Backoff       // Spaces attempts to send and to fetch. The zero value means 1 s to 60 s.
	Rest   time.Duration        // Between two pages of history that nobody waits for. 0 means inbox's own.
	Upkeep Upkeep               // The zero value is right outside tests.
}

// Engine is one signed-in device.
type Engine struct {
	log      *slog.Logger
	now      func() time.Time
	store    *store.Store
	client   *remote.Client
	socket   *remote.Socket
	inbox    *inbox.Inbox
	outbox   *outbox.Outbox
	retry    remote.Backoff
	upkeep   Upkeep
	poured   time.Time   // When it was last told how far history has come; of the inbox's goroutine.
	dir      string      // The account's folder.
	feed     *store.Feed // Read by Next only.
	mail     mailbox
	jobs     *Jobs
	server   string // Base URL.
	again    again
	previews previews

	mu         sync.Mutex
	connection Connection
	notify     notify.Settings
	focused    bool
	presence   map[string]protocol.Presence // By user id.
	typing     map[typist]bool              // Who was last heard to be writing.
	hinted     map[string]time.Time         // By conversation, when our last typing hint went out.
}

// typist is somebody who may be writing in a conversation.
type typist struct{ conversation, user string }

// Open opens the account's local store, and mends one that is damaged. It does
// not touch the network. A database written by a newer version is left untouched and reported as
// store.ErrNewer.
func Open(ctx context.Context, opt Options) (*Engine, error) {
	if opt.Log == nil {
		opt.Log = slog.Default()
	}
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if opt.Retry.First == 0 {
		opt.Retry = remote.Backoff{First: time.Second, Longest: time.Minute}
	}
	if opt.Upkeep.Look == 0 {
		opt.Upkeep.Look = time.Minute
	}
	if opt.Upkeep.Idle == 0 {
		opt.Upkeep.Idle = 30 * time.Second
	}
	client, err := remote.New(remote.Options{
		Server: opt.Server, Token: opt.Token, Transport: opt.Transport, UserAgent: opt.UserAgent, Log: opt.Log,
	})
	if err != nil {
		return nil, fmt.Errorf("open engine: %w", err)
	}
	s, err := store.Open(ctx, store.Options{Dir: opt.Dir, Me: opt.Me, Now: opt.Now})
	if err != nil {
		return nil, fmt.Errorf("open engine: %w", err)
	}
	paused, err := s.HistoryPaused(ctx)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open engine: %w", err), s.Close())
	}
	e := &Engine{
		log: opt.Log, now: opt.Now, store: s, client: client,
		feed: s.Subscribe(), mail: newMailbox(), retry: opt.Retry, upkeep: opt.Upkeep, dir: opt.Dir,
		connection: Connection{State: ConnectionOff},
		notify:     opt.Notify, focused: opt.Focused,
		server:   opt.Server,
		presence: make(map[string]protocol.Presence),
		typing:   make(map[typist]bool),
		hinted:   make(map[string]time.Time),
		previews: newPreviews(),
	}
	e.jobs = NewJobs(opt.Log, e.mail.touchStorage)
	e.socket = remote.NewSocket(client, remote.Handler{
		Hello:   func(ctx context.Context) (protocol.Hello, error) { return e.inbox.Hello(ctx) },
		Welcome: e.onWelcome,
		Event:   e.onEvent,
		State:   e.onState,
	}, opt.Socket)
	e.inbox = inbox.New(s, inbox.Options{
		Fetch: client.Page, Marks: client.Marks, Ack: e.socket.Ack, Drop: e.socket.Drop,
		Fresh: e.onFresh, Synced: e.onSynced, Poured: e.onPoured, Paused: paused, Retry: opt.Retry, Rest: opt.Rest, Log: opt.Log,
	})
	e.outbox = outbox.New(s, outbox.Options{
		Send: e.socket.Send, Read: e.socket.Read, Chat: e.socket.UpdateChat, Prefer: e.socket.SetPreference,
		Schedule: e.socket.Schedule, Unschedule: e.socket.Unschedule, Mark: e.socket.Mark, Gap: e.inbox.Look, Retry: opt.Retry, Log: opt.Log,
	})
	return e, nil
}

// Run connects, syncs and delivers until ctx ends or the server ends this
// device's session, and returns nil then, or ErrDamaged when the account is to
// be opened again. Call it once.
func (e *Engine) Run(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return e.socket.Run(ctx) })
	g.Go(func() error { return e.inbox.Run(ctx) })
	g.Go(func() error { return e.outbox.Run(ctx) })
	g.Go(func() error { return e.indexHistory(ctx) })
	g.Go(func() error { return e.lookAfter(ctx) })
	g.Go(func() error { return e.jobs.Run(ctx) })
	for range previewsAtOnce {
		g.Go(func() error { return e.lookAtLinks(ctx) })
	}
	err := g.Wait()
	var ended *remote.EndedError
	switch {
	case errors.As(err, &ended):
		e.mail.signOut(e.end(ended))
		return nil
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return nil
	}
	return err
}

// end returns why the session is over, as far as the server said.
func (e *Engine) end(ended *remote.EndedError) protocol.Ended {
	switch {
	case ended.Ended != nil:
		return *ended.Ended
	case ended.Code == protocol.CloseDisabled:
		return protocol.Ended{Reason: protocol.EndedDisabled, AtMS: e.now().UnixMilli()}
	}
	return protocol.Ended{Reason: protocol.EndedSignedOut, AtMS: e.now().UnixMilli()}
}

// Close closes the store. Call it after Run has returned.
func (e *Engine) Close() error {
	e.feed.Close()
	e.client.Close()
	if err := e.store.Close(); err != nil {
		return fmt.Errorf("close engine: %w", err)
	}
	return nil
}

// Connection returns the state of the connection.
func (e *Engine) Connection() Connection {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.connection
}

// RetryNow connects at once if the engine is waiting to try again: the network
// is back, the machine woke up, or the user asks. An open connection is asked
// to prove that it still answers.
func (e *Engine) RetryNow() { e.socket.Retry() }

// Focus tells whether the user is looking at the app: focused, nothing disturbs.
func (e *Engine) Focus(focused bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.focused = focused
}

// SetNotify replaces the notice settings.
func (e *Engine) SetNotify(s notify.Settings) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.notify = s
}

func (e *Engine) onWelcome(ctx context.Context, w protocol.Welcome) error {
	if err := e.inbox.Welcome(ctx, w); err != nil {
		return err
	}
	e.replacePresence(w.Presence)
	return nil
}

func (e *Engine) onEvent(ctx context.Context, op string, body protocol.RawJSON) error {
	switch op {
	case protocol.OpPresence:
		return e.onPresence(body)
	case protocol.OpTyping:
		return e.onTyping(body)
	}
	return e.inbox.Event(ctx, op, body)
}

// onState follows the socket. Open means that what was missed is still coming
// in: onSynced ends that.
func (e *Engine) onState(s remote.State) {
	c := Connection{State: ConnectionOff}
	switch s.State {
	case remote.StateConnecting:
		c.State = ConnectionConnecting
	case remote.StateOpen:
		c.State = ConnectionSyncing
	default:
		c.ErrorCode = offCode(s.Err)
		if !s.Next.IsZero() {
			c.NextTryMS = s.Next.UnixMilli()
		}
	}
	if s.State == remote.StateOff {
		e.inbox.Disconnected()
		e.everybodyLeft()
	}
	e.setConnection(c)
	e.outbox.SetOnline(s.State == remote.StateOpen)
	if s.State == remote.StateOpen {
		e.inbox.Connected()
	}
}

// onSynced may come just as the connection ends: then it is off, not online.
func (e *Engine) onSynced() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.connection.State == ConnectionSyncing {
		e.tellConnection(Connection{State: ConnectionOnline})
	}
}

func (e *Engine) setConnection(c Connection) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.tellConnection(c)
}

// tellConnection is called with mu, so that the last state told is the last
// one taken. The mailbox's own lock is taken inside it, never the other way.
func (e *Engine) tellConnection(c Connection) {
	e.connection = c
	e.mail.putConnection(c)
}

// offCode says why a connection is off, for the user.
func offCode(err error) string {
	var ended *remote.EndedError
	switch {
	case err == nil:
		return ""
	case errors.As(err, &ended):
		return map[int]string{
			protocol.CloseVersion:      remote.CodeVersion,
			protocol.CloseUnauthorized: string(protocol.CodeUnauthorized),
			protocol.CloseSignedOut:    string(protocol.CodeUnauthorized),
			protocol.CloseDisabled:     string(protocol.CodeDisabled),
		}[ended.Code]
	}
	return ProblemOf(err).Code
}

// onFresh hears of live messages: whoever wrote one has stopped typing, and it
// may disturb the user.
func (e *Engine) onFresh(ctx context.Context, messages []store.Message) {
	for _, m := range messages {
		e.stopTyping(typist{m.ConversationID, m.Sender})
	}
	e.mu.Lock()
	situation := notify.Situation{Settings: e.notify, Focused: e.focused, Live: true}
	e.mu.Unlock()
	if situation.Focused || !situation.Settings.Notify {
		return
	}
	id := messages[0].ConversationID
	found, err := e.store.ConversationsByID(ctx, []string{id})
	if err != nil || len(found) == 0 {
		e.log.Warn("no notice", "conversation", id, "error", err)
		return
	}
	situation.Conversation = found[0]
	for _, m := range messages {
		situation.Message = m
		if n, ok := notify.Decide(situation); ok {
			e.mail.putNotice(n)
		}
	}
}
