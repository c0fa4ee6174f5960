// Package outbox carries what the user did and the server has not confirmed:
// messages, read positions, what they keep of a conversation and mark of messages
// for themselves, choices that follow them, and messages that the server sends
// later. All of it is in the local store first, so that it outlives the program.
//
// Messages of one conversation go out one at a time, in the order in which
// they were queued: none overtakes an earlier one that waits. Conversations
// are independent of each other. A message that the server refuses for good is
// marked failed and lets the next one go. Repeats carry the same client id, so
// that the server stores each message once.
//
// Run owns all goroutines; the other methods are safe for concurrent use.
package outbox

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
	"mychat/backend/remote"
	"mychat/backend/store"
	"mychat/protocol"
)

// Options configures New. The functions up to Mark are required.
type Options struct {
	Send func(ctx context.Context, m protocol.Send) (protocol.Sent, error)
	Read func(ctx context.Context, r protocol.Read) error
	Chat func(ctx context.Context, u protocol.UpdateChat) (protocol.ChatUpdated, error)

	// Prefer tells of a choice that follows the user.
	Prefer func(ctx context.Context, p protocol.Preference) (protocol.PreferenceUpdated, error)

	// Schedule and Unschedule tell of messages that the server sends later.
	Schedule   func(ctx context.Context, s protocol.Schedule) (protocol.ScheduleUpdated, error)
	Unschedule func(ctx context.Context, u protocol.Unschedule) (protocol.ScheduleUpdated, error)

	Mark func(ctx context.Context, u protocol.UpdateMarks) (protocol.MarksUpdated, error)

	Gap        func()         // Hears that entries before a confirmed message are missing here. May be nil.
	InFlight   int            // Conversations that send at the same time. 0 means 8.
	DraftPause time.Duration  // Between two drafts of one conversation while the user writes. 0 means 2 s.
	Retry      remote.Backoff // Spaces attempts in one conversation. The zero value means 1 s to 60 s.
	Log        *slog.Logger   // Nil means slog.Default.
}

// Outbox sends what waits. Make one with New.
type Outbox struct {
	store *store.Store
	opt   Options
	log   *slog.Logger
	wake  chan struct{} // Holds at most one wish to look for what waits.

	mu      sync.Mutex
	online  bool
	lanes   map[string]*lane     // By conversation id; reads and chats are lanes of their own.
	drafted map[string]time.Time // By conversation id, when a draft went out that makes the next one rest.
}

// lane is what sends for one conversation.
type lane struct {
	busy  bool
	due   time.Time // Not before; zero means at once.
	pause remote.Backoff
}

// The keys of the lanes of read positions, of settings of conversations, of
// preferences, of messages to be sent later and of marks: no conversation has them
// as id.
const (
	reads       = ""
	chats       = "\x00chats"
	preferences = "\x00preferences"
	schedules   = "\x00schedules"
	marks       = "\x00marks"
)

// New returns an Outbox. Call Run to let it send.
func New(s *store.Store, opt Options) *Outbox {
	if opt.InFlight == 0 {
		opt.InFlight = 8
	}
	if opt.DraftPause == 0 {
		opt.DraftPause = 2 * time.Second
	}
	if opt.Retry.First == 0 {
		opt.Retry = remote.Backoff{First: time.Second, Longest: time.Minute}
	}
	if opt.Log == nil {
		opt.Log = slog.Default()
	}
	if opt.Gap == nil {
		opt.Gap = func() {}
	}
	return &Outbox{
		store: s, opt: opt, log: opt.Log,
		wake: make(chan struct{}, 1), lanes: make(map[string]*lane), drafted: make(map[string]time.Time),
	}
}

// Add queues a message and returns it as it is shown at once.
func (o *Outbox) Add(ctx context.Context, m protocol.Send) (store.Message, error) {
	return o.store.Queue(ctx, m)
}

// SetOnline tells whether there is a connection to send over. A new connection
// ends every pause.
func (o *Outbox) SetOnline(online bool) {
	o.mu.Lock()
	o.online = online
	if online {
		for _, l := range o.lanes {
			l.due = time.Time{}
			l.pause.Reset()
		}
	}
	o.mu.Unlock()
	o.nudge()
}

func (o *Outbox) nudge() {
	select {
	case o.wake <- struct{}{}:
	default:
	}
}

// Run sends until ctx ends, and returns ctx's error.
func (o *Outbox) Run(ctx context.Context) error {
	feed := o.store.Subscribe()
	defer feed.Close()
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		o.nudge()
		for {
			due := o.start(ctx, g)
			if err := o.await(ctx, feed, due); err != nil {
				return err
			}
		}
	})
	return g.Wait()
}

// await returns when there may be something to send: it was queued, a lane
// came free, the connection is back, or a pause is over.
func (o *Outbox) await(ctx context.Context, feed *store.Feed, due time.Time) error {
	var over <-chan time.Time
	if !due.IsZero() {
		timer := time.NewTimer(time.Until(due))
		defer timer.Stop()
		over = timer.C
	}
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-o.wake:
			return nil
		case <-over:
			return nil
		case <-feed.Ready():
			if feed.Take().Outgoing {
				return nil
			}
		}
	}
}

// start gives each conversation in which something waits a goroutine of g, as
// far as there is room, and returns when the first pause is over.
func (o *Outbox) start(ctx context.Context, g *errgroup.Group) time.Time {
	waiting, first, err := o.waiting(ctx)
	if err != nil {
		if ctx.Err() == nil {
			o.log.Warn("cannot read the outbox", "error", err)
		}
		return time.Now().Add(o.opt.Retry.Longest)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.online {
		return time.Time{}
	}
	for _, id := range waiting {
		l := o.lane(id)
		switch {
		case l.busy:
		case time.Now().Before(l.due):
			if first.IsZero() || l.due.Before(first) {
				first = l.due
			}
		case o.inFlight() < o.opt.InFlight:
			l.busy = true
			g.Go(func() error { o.run(ctx, id, l); return nil })
		}
	}
	return first
}

// waiting returns the lanes in which something waits, and when there will be
// more; zero means that this is not known.
func (o *Outbox) waiting(ctx context.Context) (ids []string, next time.Time, err error) {
	positions, err := o.store.OutgoingReads(ctx)
	if err != nil {
		return nil, next, err
	}
	if len(positions) > 0 {
		ids = append(ids, reads)
	}
	due, next, err := o.chatsDue(ctx)
	if err != nil {
		return nil, next, err
	}
	if len(due) > 0 {
		ids = append(ids, chats)
	}
	chosen, err := o.store.OutgoingPreferences(ctx)
	if err != nil {
		return nil, next, err
	}
	if len(chosen) > 0 {
		ids = append(ids, preferences)
	}
	later, err := o.store.OutgoingScheduled(ctx)
	if err != nil {
		return nil, next, err
	}
	if len(later) > 0 {
		ids = append(ids, schedules)
	}
	marked, err := o.store.OutgoingMarks(ctx)
	if err != nil {
		return nil, next, err
	}
	if len(marked) > 0 {
		ids = append(ids, marks)
	}
	conversations, err := o.store.OutgoingConversations(ctx)
	return append(ids, conversations...), next, err
}

// lane returns the lane of a conversation. The caller holds mu.
func (o *Outbox) lane(id string) *lane {
	l, ok := o.lanes[id]
	if !ok {
		l = &lane{pause: o.opt.Retry}
		o.lanes[id] = l
	}
	return l
}

// inFlight counts the busy lanes. The caller holds mu.
func (o *Outbox) inFlight() int {
	n := 0
	for _, l := range o.lanes {
		if l.busy {
			n++
		}
	}
	return n
}

// run sends what waits in one lane, until nothing does or something must wait.
func (o *Outbox) run(ctx context.Context, id string, l *lane) {
	send := o.deliver
	switch id {
	case reads:
		send = o.deliverReads
	case chats:
		send = o.deliverChats
	case preferences:
		send = o.deliverPreferences
	case schedules:
		send = o.deliverScheduled
	case marks:
		send = o.deliverMarks
	}
	err := send(ctx, id)
	o.mu.Lock()
	l.busy = false
	if err == nil {
		l.pause.Reset()
	} else {
		l.due = time.Now().Add(l.pause.After(err))
	}
	o.mu.Unlock()
	if err != nil && ctx.Err() == nil {
		o.log.Info("sending waits", "error", err)
	}
	o.nudge()
}

// deliver sends the messages of one conversation, oldest first.
func (o *Outbox) deliver(ctx context.Context, conversationID string) error {
	step, err := o.store.TakeOutgoing(ctx, conversationID)
	for err == nil && step.More {
		step, err = o.send(ctx, step.Next)
	}
	return err
}

// send sends one message, writes what became of it, and returns the next. The
// error means that the message still waits.
func (o *Outbox) send(ctx context.Context, m store.Outgoing) (store.Step, error) {
	sent, err := o.opt.Send(ctx, m.Send)
	// What the server said must be kept even when the program is closing.
	ctx = context.WithoutCancel(ctx)
	var refusal *protocol.Error
	switch {
	case err == nil:
		step, err := o.store.Confirm(ctx, m, sent)
		if step.Gap {
			o.opt.Gap()
		}
		return step, err
	case errors.As(err, &refusal) && final(refusal):
		step, err := o.store.Fail(ctx, m, refusal.Code)
		if step.Gap {
			o.opt.Gap()
		}
		return step, err
	}
	return store.Step{}, errors.Join(err, o.store.Requeue(ctx, m))
}

// final reports whether sending the same message again is useless. A session
// that is over is no fault of the message.
func final(refusal *protocol.Error) bool {
	switch refusal.Code {
	case protocol.CodeUnauthorized, protocol.CodeDisabled, protocol.CodeVersion:
		return false
	}
	return !refusal.Retryable()
}

// deliverAll tells the server one thing after the other of what is due. Each
// answer may leave something newer that waits, so what is due is read again.
func deliverAll[T any](ctx context.Context, due func(context.Context) ([]T, error), tell func(context.Context, T) error) error {
	for {
		list, err := due(ctx)
		if err != nil || len(list) == 0 {
			return err
		}
		for _, one := range list {
			if err := tell(ctx, one); err != nil {
				return err
			}
		}
	}
}

// answered keeps what the server made of what it was told, which err says. The
// error that it returns means that the same is to be told again.
func answered(ctx context.Context, err error, confirm func(context.Context) error, refuse func(context.Context, protocol.Code) error) error {
	// What the server said must be kept even when the program is closing.
	ctx = context.WithoutCancel(ctx)
	var refusal *protocol.Error
	switch {
	case err == nil:
		return confirm(ctx)
	case errors.As(err, &refusal) && final(refusal):
		return refuse(ctx, refusal.Code)
	}
	return err
}

// deliverReads tells the server the read positions that wait.
func (o *Outbox) deliverReads(ctx context.Context, _ string) error {
	for {
		positions, err := o.store.OutgoingReads(ctx)
		if err != nil || len(positions) == 0 {
			return err
		}
		for _, p := range positions {
			err := o.opt.Read(ctx, p)
			var refusal *protocol.Error
			if err != nil && !(errors.As(err, &refusal) && final(refusal)) {
				return err
			}
			// A refused position is of no use later either.
			if err := o.store.ConfirmRead(context.WithoutCancel(ctx), p); err != nil {
				return err
			}
		}
	}
}
