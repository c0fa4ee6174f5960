package bridge

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"
	"sync"
	"time"

	"mychat/backend/engine"
	"mychat/backend/session"
	"mychat/protocol"
)

// callWithin bounds one call of the page. The page itself gives up a little
// later.
const callWithin = 28 * time.Second

// mendWithin bounds opening an account whose local store is damaged: files of
// gigabytes are read.
const mendWithin = 10 * time.Minute

// Hosts of the page.
const (
	HostDesktop = "desktop"
	HostBrowser = "browser"
)

// Options configures New. Dir and Quit are required.
type Options struct {
	Dir      string // The data folder, which exists and is claimed.
	Server   string // Offered as the address for a new account; "" means the last one used.
	Host     string // HostDesktop or HostBrowser.
	Platform string // One of protocol's platforms.
	Locale   string // The system's language as a BCP 47 tag.
	Version  string // What this build calls itself.
	Commit   string
	Quit     func()       // Ends the program around the page; it returns at once.
	Log      *slog.Logger // Nil means slog.Default.

	// Folder asks the user for a folder to write to; "" means that they want
	// none. Nil means that files go to the page, as a browser's downloads do.
	Folder func(ctx context.Context) (string, error)

	// File asks the user for a backup to restore; "" means that they want none.
	// Nil means that the page sends one, with TakeBackup.
	File func(ctx context.Context) (string, error)
}

// App holds what the bound structs share: the accounts of this machine, the
// engine of the open one, and the feed of events. Its methods are safe for
// concurrent use. Run owns every goroutine.
type App struct {
	opt  Options
	log  *slog.Logger
	feed *feed

	restore *restoring
	session *session.Session
	broken  error // Why there is no session; every call answers with it.

	// turn is held while an account is opened or closed, which waits for disk
	// and network; no mutex is.
	turn  chan struct{}
	start chan *running // Engines for Run to run.
	quit  chan struct{} // Closed when Run is to end: no account is opened any more.

	mu      sync.Mutex
	current *running // The open account; nil means none.
	autoID  string
	focused bool
}

// running is an open account and its engine.
type running struct {
	opened session.Opened
	engine *engine.Engine

	// alive ends when the account is closed. Bound calls have no context of
	// their own, so it bounds them.
	alive context.Context
	stop  context.CancelFunc
	calls sync.WaitGroup // Bound calls that use engine. Grows only under App.mu, while this is current.
	done  chan struct{}  // Closed when engine is.
}

// New opens the data folder. Where that fails the App still answers, every call
// with that error, so that the page can tell the user.
func New(ctx context.Context, opt Options) *App {
	if opt.Log == nil {
		opt.Log = slog.Default()
	}
	for _, name := range []string{downloads, restores} { // Those of the last run.
		if err := os.RemoveAll(filepath.Join(opt.Dir, name)); err != nil {
			opt.Log.Warn("what the last run made is left", "folder", name, "error", err)
		}
	}
	a := &App{opt: opt, log: opt.Log, feed: newFeed(), turn: make(chan struct{}, 1), start: make(chan *running), quit: make(chan struct{})}
	a.restore = &restoring{jobs: engine.NewJobs(opt.Log, func() { a.feed.push(Event{Kind: EventRestore}) })}
	a.session, a.broken = session.New(ctx, opt.Dir, session.Options{Server: opt.Server, AppVersion: opt.Version, Log: opt.Log})
	if a.broken == nil {
		a.autoID, a.broken = a.session.Auto(ctx)
	}
	if a.broken != nil {
		a.log.Error("the data folder cannot be used", "error", a.broken)
	}
	return a
}

// Bound returns the structs that the page calls. The binding generator asks the
// zero App.
func (a *App) Bound() []any {
	return []any{&Auth{a}, &Chat{a}, &Events{a}, &Friends{a}, &History{a}, &Restore{a}, &Search{a}, &Settings{a}, &Storage{a}}
}

// errClosing says that the app is about to end.
var errClosing = &Error{Code: string(protocol.CodeUnavailable), Message: "the app is closing"}

// Run runs the engines that calls open, until ctx ends. Then it closes the open
// account and the data folder. Calls that open an account wait for Run.
func (a *App) Run(ctx context.Context) error {
	var engines sync.WaitGroup
	launch := func(r *running) { engines.Go(func() { a.run(r) }) }
	engines.Go(func() { a.checkTokens(ctx) })
	engines.Go(func() { _ = a.restore.jobs.Run(ctx) }) // It ends with ctx.
	for ctx.Err() == nil {
		select {
		case r := <-a.start:
			launch(r)
		case <-ctx.Done():
		}
	}
	close(a.quit)
	for closing := true; closing; {
		select {
		case r := <-a.start: // Of the call that has the turn.
			launch(r)
		case a.turn <- struct{}{}:
			closing = false
		}
	}
	if opened, ok := a.close(); ok {
		a.session.Left(context.WithoutCancel(ctx), opened)
	}
	engines.Wait()
	if a.session == nil {
		return nil
	}
	return a.session.Close()
}

// run runs one engine until its account is closed, by a call or by the server.
func (a *App) run(r *running) {
	var parts sync.WaitGroup
	parts.Go(func() {
		if err := r.engine.Run(r.alive); err != nil && !errors.Is(err, engine.ErrDamaged) {
			a.log.Error("the engine stopped", "error", err)
			a.feed.push(Event{Kind: EventConnection, Connection: &Connection{
				State: ConnectionOff, ErrorCode: AsError(err).Code,
			}})
		}
	})
	var (
		end     *protocol.Ended
		damaged bool
	)
	for end == nil && !damaged {
		events, err := r.engine.Next(r.alive)
		if err != nil {
			break
		}
		end, damaged = a.relay(r, events)
	}
	r.stop()
	parts.Wait()
	if a.detach(r) { // No call closed it: the server did.
		select {
		case a.turn <- struct{}{}:
			defer func() { <-a.turn }()
		case <-a.quit:
		}
		switch {
		case damaged:
			defer a.mend(r)
		case end != nil:
			defer a.announce()
			defer a.ended(context.WithoutCancel(r.alive), r.opened.Account.ID, *end)
		default:
			defer a.announce()
		}
	}
	r.calls.Wait()
	if err := r.engine.Close(); err != nil {
		a.log.Error("the local store did not close", "error", err)
	}
	close(r.done)
}

// mend opens an account again whose local store is damaged: that mends it. The
// page then asks for everything anew.
func (a *App) mend(r *running) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.alive), mendWithin)
	defer cancel()
	if err := a.open(ctx, r.opened); err != nil {
		a.log.Error("the damaged local store could not be mended", "error", err)
		a.announce()
		return
	}
	a.feed.push(Event{Kind: EventReset}, Event{Kind: EventStorage})
}

// ended closes the book on an account whose session the server ended.
func (a *App) ended(ctx context.Context, id string, end protocol.Ended) {
	if err := a.session.Ended(ctx, id, end); err != nil {
		a.log.Error("the end of a session was not carried out", "wipe", end.Wipe, "error", err)
	}
}

// checkTokens asks the servers of the remembered accounts, once, whether their
// sessions ended while the program did not run: what is to be deleted then is
// deleted although nobody opens the account.
func (a *App) checkTokens(ctx context.Context) {
	if a.broken != nil {
		return
	}
	accounts, err := a.session.Accounts(ctx)
	if err != nil {
		a.log.Warn("sessions were not checked", "error", err)
		return
	}
	for _, account := range accounts {
		end := a.session.Check(ctx, account)
		if end == nil {
			continue
		}
		release, err := a.take(ctx)
		if err != nil {
			return
		}
		// The engine of an open account hears of it itself.
		if o, ok := a.opened(); !ok || o.Account.ID != account.ID {
			a.ended(ctx, account.ID, *end)
			a.feed.push(Event{Kind: EventAuth})
		}
		release()
	}
}

// announce tells the page that the open account changed.
func (a *App) announce() {
	if _, ok := a.opened(); !ok {
		none := 0
		a.feed.push(
			Event{Kind: EventConnection, Connection: &Connection{State: ConnectionOff}},
			Event{Kind: EventUnread, Unread: &none},
		)
	}
	a.feed.push(Event{Kind: EventAuth}, Event{Kind: EventSettings})
}

// relay hands an engine's events on to the page. It returns why the server
// ended the session, or nil, and whether the local store is damaged.
func (a *App) relay(r *running, events []engine.Event) (end *protocol.Ended, damaged bool) {
	out := make([]Event, 0, len(events))
	for _, event := range events {
		switch e := event.(type) {
		case engine.ConversationsChanged:
			out = append(out, Event{Kind: EventConversations, IDs: e.IDs})
		case engine.MessagesChanged:
			out = append(out, Event{Kind: EventMessages, ConversationID: e.ConversationID, IDs: e.IDs})
		case engine.EverythingChanged:
			out = append(out, Event{Kind: EventReset})
		case engine.ContactsChanged:
			out = append(out, Event{Kind: EventContacts})
		case engine.ScheduledChanged:
			out = append(out, Event{Kind: EventScheduled})
		case engine.PreferencesChanged:
			a.heed(r.alive, r.engine)
			out = append(out, Event{Kind: EventSettings})
		case engine.StarsChanged:
			out = append(out, Event{Kind: EventStars})
		case engine.ProfileChanged:
			a.keepProfile(r)
			out = append(out, Event{Kind: EventProfile})
		case engine.ConnectionChanged:
			c := Connection(e.Connection)
			out = append(out, Event{Kind: EventConnection, Connection: &c})
		case engine.PresenceChanged:
			out = append(out, Event{Kind: EventPresence, Presence: &e.Presence})
		case engine.TypingChanged:
			out = append(out, Event{Kind: EventTyping, ConversationID: e.ConversationID, UserID: e.UserID, UntilMS: e.UntilMS})
		case engine.DevicesChanged:
			out = append(out, Event{Kind: EventDevices, SignedIn: e.SignedIn})
		case engine.UnreadChanged:
			out = append(out, Event{Kind: EventUnread, Unread: &e.Total})
		case engine.NoticeRaised:
			n := Notice{ConversationID: e.Notice.ConversationID, MessageID: e.Notice.MessageID, Title: e.Notice.Title, Body: e.Notice.Body}
			out = append(out, Event{Kind: EventNotice, Notice: &n})
		case engine.NoticesOver:
			out = append(out, Event{Kind: EventNoticesOver, ConversationID: e.ConversationID, IDs: e.MessageIDs})
		case engine.StorageChanged:
			out = append(out, Event{Kind: EventStorage})
		case engine.SignedOut:
			end = &e.Ended
		case engine.Damaged:
			damaged = true
		}
	}
	a.feed.push(out...)
	return end, damaged
}

// keepProfile updates what the list of accounts shows of the open one.
func (a *App) keepProfile(r *running) {
	me, err := r.engine.Me(r.alive)
	if err == nil {
		err = a.session.SetProfile(r.alive, r.opened.Account.ID, me.Profile)
	}
	if err != nil {
		a.log.Warn("the account's profile was not kept", "error", err)
	}
}

// take takes the turn to open or close accounts, and returns how to give it
// back.
func (a *App) take(ctx context.Context) (release func(), err error) {
	select {
	case a.turn <- struct{}{}:
		return func() { <-a.turn }, nil
	case <-a.quit:
		return nil, errClosing
	case <-ctx.Done():
		return nil, fmt.Errorf("wait for another account to open or close: %w", ctx.Err())
	}
}

// open makes an account the open one. The caller has the turn, and no account
// is open.
func (a *App) open(ctx context.Context, o session.Opened) error {
	transport, err := a.session.Transport(ctx, o.Account.Server, nil)
	if err != nil {
		return err
	}
	a.mu.Lock()
	focused := a.focused
	a.mu.Unlock()
	opt := engine.Options{
		Dir: o.Dir, Server: o.Account.Server, Token: o.Token, Me: o.Me, Transport: transport,
		UserAgent: a.session.UserAgent(), Focused: focused, Log: a.log,
	}
	e, err := engine.Open(ctx, opt)
	if err != nil {
		return err
	}
	a.heed(ctx, e)
	r := &running{opened: o, engine: e, done: make(chan struct{})}
	r.alive, r.stop = context.WithCancel(context.Background())
	a.mu.Lock()
	a.current = r
	a.autoID = ""
	a.mu.Unlock()
	var reason error
	select {
	case a.start <- r:
		return nil
	case <-a.quit:
		reason = errClosing
	case <-ctx.Done():
		reason = ctx.Err()
	}
	r.stop()
	a.detach(r)
	r.calls.Wait()
	return errors.Join(reason, e.Close())
}

// close closes the open account and returns it, and whether there was one. The
// caller has the turn.
func (a *App) close() (session.Opened, bool) {
	a.mu.Lock()
	r := a.current
	a.current = nil
	a.autoID = ""
	a.mu.Unlock()
	if r == nil {
		return session.Opened{}, false
	}
	r.stop()
	<-r.done
	return r.opened, true
}

// detach takes r from being the open account, and reports whether it was: then
// the server closed it, and no call did.
func (a *App) detach(r *running) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.current != r {
		return false
	}
	a.current = nil
	return true
}

// reopen starts the open account's engine again, so that it connects in
// another way. The caller has the turn.
func (a *App) reopen(ctx context.Context) error {
	o, ok := a.close()
	if !ok {
		return nil
	}
	err := a.open(ctx, o)
	if err != nil {
		a.announce()
	}
	return err
}

// Subscribe returns what a listener that last heard event seq missed, and all
// that happens from there on.
func (a *App) Subscribe(seq int64) (Backlog, *Subscription) { return a.feed.subscribe(seq) }

// Show asks the page to show a conversation.
func (a *App) Show(conversationID string) {
	a.feed.push(Event{Kind: EventShow, ConversationID: conversationID})
}

// Focus tells whether the user is looking at a page: then nothing disturbs.
func (a *App) Focus(focused bool) {
	a.mu.Lock()
	a.focused = focused
	a.mu.Unlock()
	a.withCurrent(func(e *engine.Engine) { e.Focus(focused) })
}

// hold returns the open account, which stays open until release is called, or
// nil.
func (a *App) hold() (r *running, release func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.current == nil {
		return nil, func() {}
	}
	a.current.calls.Add(1)
	return a.current, a.current.calls.Done
}

// withCurrent calls f with the engine of the open account, if there is one.
func (a *App) withCurrent(f func(*engine.Engine)) {
	r, release := a.hold()
	defer release()
	if r != nil {
		f(r.engine)
	}
}

// guarded calls f. A panic in it becomes an error, and an error becomes an
// *Error: every bound method goes through here.
func guarded[T any](a *App, f func() (T, error)) (result T, err error) {
	defer func() {
		if v := recover(); v != nil {
			a.log.Error("a call from the page panicked", "panic", v, "stack", string(debug.Stack()))
			err = panicked(v)
		}
	}()
	result, err = f()
	if err != nil {
		// A nil *Error in an error would not be nil.
		err = AsError(err)
	}
	return result, err
}

// onMachine calls f with the accounts of this machine.
func onMachine[T any](a *App, f func(context.Context, *session.Session) (T, error)) (T, error) {
	return guarded(a, func() (none T, err error) {
		if a.broken != nil {
			return none, a.broken
		}
		ctx, cancel := context.WithTimeout(context.Background(), callWithin)
		defer cancel()
		return f(ctx, a.session)
	})
}

// onEngine calls f with the engine of the open account, which stays open until
// f returns; its context ends when the account is to be closed.
func onEngine[T any](a *App, f func(context.Context, *engine.Engine) (T, error)) (T, error) {
	return guarded(a, func() (none T, err error) {
		r, release := a.hold()
		defer release()
		switch {
		case a.broken != nil:
			return none, a.broken
		case r == nil:
			return none, errNoAccount
		}
		ctx, cancel := context.WithTimeout(r.alive, callWithin)
		defer cancel()
		result, err := f(ctx, r.engine)
		if err != nil && r.alive.Err() != nil {
			return none, errNoAccount
		}
		return result, err
	})
}

// doEngine is onEngine for what has no result.
func doEngine(a *App, f func(context.Context, *engine.Engine) error) error {
	_, err := onEngine(a, func(ctx context.Context, e *engine.Engine) (struct{}, error) { return struct{}{}, f(ctx, e) })
	return err
}

// list is a result that is never nil, so that the page gets [] and not null.
func list[T any](v []T, err error) ([]T, error) {
	if v == nil {
		v = []T{}
	}
	return v, err
}
