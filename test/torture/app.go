package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"mychat/backend/engine"
	"mychat/backend/remote"
	"mychat/backend/store"
	"mychat/protocol"
)

// appOptions is what an app needs: that of a machine with a remembered account.
type appOptions struct {
	Dir, Server, Token, UserID string
	Skew                       time.Duration // How far its clock is ahead.
}

// command is one thing that somebody does with an app.
type command struct {
	Op             string // A case of try.
	ConversationID string
	Message        string   // The id of what it is done to.
	Messages       []string // Likewise, to forward.
	To             string   // Where to forward them.
	Text           string   // Words; an emoji, a title or a name.
	On             bool
	Seq            int64
	After          time.Duration // When to send something; 0 means as soon as can be.

	Change     store.ChatChange     // To arrange.
	Draft      *protocol.Draft      // Likewise.
	Preference *protocol.Preference // To prefer; nil for the folder with id Message.
}

// answer is what the app shows then.
type answer struct {
	Error         string
	Full, Missing bool // What the error is: store.ErrDiskFull, or that what it was to be done to is not there, or not so any more.
	Online        bool
	Message       store.Message
	Conversations []store.Conversation
	Messages      []store.Message
	Scheduled     []store.Scheduled
	Preferences   []protocol.Preference
}

// err is the answer's error, or nil.
func (a answer) err() error {
	switch {
	case a.Full:
		return fmt.Errorf("%w: %s", store.ErrDiskFull, a.Error)
	case a.Missing:
		return fmt.Errorf("%w: %s", store.ErrNotFound, a.Error)
	case a.Error != "":
		return errors.New(a.Error)
	}
	return nil
}

// app is a running engine in this process.
type app struct {
	engine *engine.Engine
	now    func() time.Time
	stop   context.CancelFunc
	ended  chan error
}

// openApp opens and runs an engine that is as impatient as a test. What it logs
// goes to log.
func openApp(ctx context.Context, opt appOptions, log io.Writer) (*app, error) {
	now := func() time.Time { return time.Now().Add(opt.Skew) }
	e, err := engine.Open(ctx, engine.Options{
		Dir: opt.Dir, Server: opt.Server, Token: opt.Token,
		Me:        protocol.Me{Profile: protocol.Profile{ID: opt.UserID}},
		Transport: remote.Transport{Proxy: remote.Proxy{Kind: remote.ProxyNone}},
		Socket:    remote.SocketOptions{FirstPause: 20 * time.Millisecond, LongPause: 300 * time.Millisecond, Answer: 2 * time.Second},
		Retry:     remote.Backoff{First: 20 * time.Millisecond, Longest: 300 * time.Millisecond},
		Log:       slog.New(slog.NewTextHandler(log, nil)),
		Now:       now,
	})
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(ctx))
	a := &app{engine: e, now: now, stop: stop, ended: make(chan error, 1)}
	go func() { a.ended <- e.Run(ctx) }() // Ends in close.
	return a, nil
}

// close ends the engine as quitting does.
func (a *app) close() error {
	a.stop()
	return errors.Join(<-a.ended, a.engine.Close())
}

// do carries out one command.
func (a *app) do(ctx context.Context, c command) answer {
	var out answer
	if err := a.try(ctx, c, &out); err != nil {
		out.Error = err.Error()
		out.Full = errors.Is(err, store.ErrDiskFull)
		var refusal *protocol.Error
		out.Missing = errors.Is(err, store.ErrNotFound) || errors.As(err, &refusal) &&
			(refusal.Code == protocol.CodeNotFound || refusal.Code == protocol.CodeForbidden)
	}
	out.Online = a.engine.Connection().State == engine.ConnectionOnline
	return out
}

func (a *app) try(ctx context.Context, c command, out *answer) (err error) {
	switch c.Op {
	case "send":
		out.Message, err = a.engine.Send(ctx, c.ConversationID, c.Text)
	case "read":
		err = a.engine.MarkRead(ctx, c.ConversationID, c.Seq)
	case "retry":
		err = a.engine.Retry(ctx, c.ConversationID, c.Message)
	case "edit":
		err = a.engine.Edit(ctx, c.ConversationID, c.Message, c.Text)
	case "recall":
		err = a.engine.Recall(ctx, c.ConversationID, c.Message)
	case "arrange":
		if c.Draft != nil {
			err = a.engine.SaveDraft(ctx, c.ConversationID, *c.Draft, true)
		} else {
			err = a.engine.UpdateChat(ctx, c.ConversationID, c.Change)
		}
	case "react":
		err = a.engine.React(ctx, c.ConversationID, c.Message, c.Text, c.On)
	case "pin":
		err = a.engine.Pin(ctx, c.ConversationID, c.Message, c.On)
	case "star":
		err = a.engine.Star(ctx, c.ConversationID, []string{c.Message}, c.On)
	case "delete":
		err = a.engine.DeleteForMe(ctx, c.ConversationID, []string{c.Message})
	case "clear":
		err = a.engine.Clear(ctx, c.ConversationID)
	case "clear for all":
		err = a.engine.ClearForAll(ctx, c.ConversationID)
	case "forward": // With words after the copies, or all of it as a record with a title.
		f := store.Forward{From: c.ConversationID, Messages: c.Messages, To: []string{c.To}}
		if c.On {
			f.Title = c.Text
		} else {
			f.Note = c.Text
		}
		err = a.engine.Forward(ctx, f)
	case "schedule":
		err = a.engine.Schedule(ctx, engine.Text{ConversationID: c.ConversationID, Text: c.Text}, a.at(c.After))
	case "reschedule":
		err = a.engine.Reschedule(ctx, c.Message, a.at(c.After), "")
	case "unschedule":
		err = a.engine.Unschedule(ctx, c.Message)
	case "prefer":
		switch {
		case c.Preference != nil:
			err = a.engine.SetPreference(ctx, *c.Preference)
		case c.On:
			_, err = a.engine.PutFolder(ctx, protocol.Folder{ID: c.Message, Name: c.Text}, 0)
		default:
			err = a.engine.RemoveFolder(ctx, c.Message)
		}
	case "list":
		if out.Conversations, err = a.engine.Conversations(ctx); err != nil {
			return err
		}
		if out.Scheduled, err = a.engine.Scheduled(ctx); err != nil {
			return err
		}
		out.Preferences, err = a.engine.Preferences(ctx)
	case "page":
		var page store.Page
		page, err = a.engine.Page(ctx, store.PageQuery{ConversationID: c.ConversationID})
		out.Messages = page.Messages
	case "history":
		out.Messages, err = history(c.ConversationID, func(q store.PageQuery) (store.Page, error) { return a.engine.Page(ctx, q) })
	default:
		err = fmt.Errorf("no command %q", c.Op)
	}
	return err
}

// at is a time by this app's clock; 0 is as soon as can be.
func (a *app) at(after time.Duration) int64 {
	if after == 0 {
		return 0
	}
	return a.now().Add(after).UnixMilli()
}

// history reads a whole conversation as a user scrolls up.
func history(conversation string, page func(store.PageQuery) (store.Page, error)) ([]store.Message, error) {
	var all []store.Message
	q := store.PageQuery{ConversationID: conversation, Limit: protocol.MaxPage}
	for {
		p, err := page(q)
		if err != nil {
			return nil, err
		}
		all = append(p.Messages, all...)
		if !p.MoreBefore || len(p.Messages) == 0 {
			return all, nil
		}
		q.BeforeSeq = p.Messages[0].Seq
	}
}

// player is an app in this process or in one that can be killed.
type player interface {
	// do carries out one command. The error says that nobody knows whether it
	// was: the process is gone.
	do(ctx context.Context, c command) (answer, error)
	stop() error
}

// here is an app in this process.
type here struct {
	app *app
	log io.Closer
}

func (h here) do(ctx context.Context, c command) (answer, error) { return h.app.do(ctx, c), nil }
func (h here) stop() error                                       { return errors.Join(h.app.close(), h.log.Close()) }

// apart is an app in a process of its own.
type apart struct{ child *child }

func (a apart) do(_ context.Context, c command) (answer, error) {
	if err := a.ask(c); err != nil {
		return answer{}, err
	}
	return a.hear()
}

func (a apart) ask(c command) error { return json.NewEncoder(a.child.in).Encode(c) }

func (a apart) hear() (answer, error) {
	var out answer
	line, err := a.child.out.ReadBytes('\n')
	if err != nil {
		return out, err
	}
	return out, json.Unmarshal(line, &out)
}

func (a apart) stop() error {
	a.child.stop()
	return nil
}
