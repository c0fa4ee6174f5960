// Package journal keeps the personal logs: what only one user sees, as rows
// with a dense number per user. Append writes them inside the transaction that
// makes them true and wakes the user's devices after its commit; Sync answers a
// device that returns.
//
// A row carries the whole new state of what it names, so a device that is too
// far behind can be given the present state instead of the rows it missed.
// Positions in conversations are not rows here: they live with the members of
// a conversation, and heads and position events carry them. The package starts
// no goroutine.
package journal

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"mychat/protocol"
	"mychat/server/bus"
	"mychat/server/store"
)

// Options configures New. The zero value is ready to use.
type Options struct {
	Keep   time.Duration    // How long rows are kept. 0 means 30 days.
	Replay int              // A device further behind than this many rows is reset. 0 means 1,000.
	Now    func() time.Time // Nil means time.Now.
	Log    *slog.Logger     // Nil means slog.Default.
}

// Journal is safe for concurrent use.
type Journal struct {
	st  *store.Store
	bus *bus.Bus
	opt Options
}

// New returns a Journal on st that wakes devices through b.
func New(st *store.Store, b *bus.Bus, opt Options) *Journal {
	if opt.Keep == 0 {
		opt.Keep = 30 * 24 * time.Hour
	}
	if opt.Replay == 0 {
		opt.Replay = 1000
	}
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if opt.Log == nil {
		opt.Log = slog.Default()
	}
	return &Journal{st, b, opt}
}

// Note is what a user's journal shall say.
type Note struct {
	UserID store.ID
	Kind   string // A protocol.Journal kind.
	Body   any    // The type that Kind names.
}

// frameBytes bounds the bodies of one bus event, which must fit what an
// external NATS server takes by default (1 MiB).
const frameBytes = 512 << 10

// Append writes rows to the journals of their users, in tx, and wakes their
// devices once tx is committed. It locks the users' counters, which come last
// in the order of locks.
func (j *Journal) Append(tx *store.Tx, notes ...Note) error {
	_, err := j.append(tx, notes...)
	return err
}

// Replace is Append for one row that says all that an earlier row of the same
// user does, whose number is old; 0 means that there is none. It returns the
// new row's number. The earlier one is made void: of what somebody changes
// every few seconds only the newest row is worth keeping.
func (j *Journal) Replace(tx *store.Tx, old int64, n Note) (int64, error) {
	noted, err := j.append(tx, n)
	if err != nil {
		return 0, err
	}
	if old > 0 {
		if err := tx.VoidJournal(n.UserID, old); err != nil {
			return 0, fmt.Errorf("make journal row void: %w", err)
		}
	}
	return noted[0].Row.Useq, nil
}

func (j *Journal) append(tx *store.Tx, notes ...Note) ([]store.Noted, error) {
	rows := make([]store.Note, len(notes))
	for i, n := range notes {
		body, err := protocol.Encode(n.Body)
		if err != nil {
			return nil, fmt.Errorf("encode %s row: %w", n.Kind, err)
		}
		rows[i] = store.Note{UserID: n.UserID, Kind: n.Kind, Body: body}
	}
	noted, err := tx.AppendJournal(rows, j.opt.Now().UnixMilli())
	if err != nil {
		return nil, fmt.Errorf("append to journal: %w", err)
	}
	tx.OnCommit(func() { j.wake(noted) })
	return noted, nil
}

// wake publishes rows, as few events as their size allows for each user.
func (j *Journal) wake(rows []store.Noted) {
	byUser := make(map[store.ID][]protocol.JournalRow)
	var users []store.ID // In the order of their first row.
	for _, r := range rows {
		if _, ok := byUser[r.UserID]; !ok {
			users = append(users, r.UserID)
		}
		byUser[r.UserID] = append(byUser[r.UserID], r.Row)
	}
	for _, user := range users {
		for list := byUser[user]; len(list) > 0; {
			n, size := 0, 0
			for n < len(list) && (n == 0 || size+len(list[n].Body) <= frameBytes) {
				size += len(list[n].Body)
				n++
			}
			j.publish(user, list[:n])
			list = list[n:]
		}
	}
}

func (j *Journal) publish(user store.ID, rows []protocol.JournalRow) {
	frame, err := bus.Frame(protocol.OpJournal, protocol.Journal{Rows: rows})
	if err != nil {
		j.opt.Log.Error("journal event not published", "user", user, "error", err)
		return
	}
	j.bus.Publish(bus.Event{
		Kind: bus.KindJournal, UserID: user.String(), First: rows[0].Useq, Last: rows[len(rows)-1].Useq, Frame: frame,
	})
}

// State is what a device needs to be up to date with its user's journal.
type State struct {
	// Reset tells the device to forget what the journal ever told it: Rows
	// then hold the full present state (profile, contacts, requests, devices,
	// settings of conversations, messages to be sent later) and all carry Pos as
	// their Useq. Conversations are not among them; answer such a device with all
	// heads.
	Reset bool
	Rows  []protocol.JournalRow // Ascending; never nil.
	Pos   int64                 // The position after Rows.
}

// Sync returns what a device that applied everything up to pos must learn. It
// is reset if pos is 0, older than what is kept, further back than
// Options.Replay, or from a future this database does not know.
func (j *Journal) Sync(ctx context.Context, userID string, pos int64) (State, error) {
	id, ok := store.ParseID(userID)
	if !ok {
		return State{}, protocol.ErrNotFound
	}
	var s State
	err := j.st.Snapshot(ctx, func(tx *store.Tx) error {
		span, err := tx.JournalSpan(id)
		if errors.Is(err, store.ErrNoRow) {
			return protocol.ErrNotFound
		}
		if err != nil {
			return err
		}
		s.Pos = span.Useq
		if pos <= 0 || pos < span.FloorUseq || pos > span.Useq || span.Useq-pos > int64(j.opt.Replay) {
			s.Reset = true
			s.Rows, err = j.present(tx, id, span.Useq)
			return err
		}
		s.Rows, err = tx.JournalAfter(id, pos, j.opt.Replay)
		return err
	})
	if err != nil {
		return State{}, fmt.Errorf("sync journal of %s: %w", userID, err)
	}
	return s, nil
}

// Requests older than this are not told to a device that starts anew, nor more
// of them than that.
const (
	requestsBack = 60 * 24 * time.Hour
	requestsMost = 500
)

// present returns the full state of what the journal tells.
func (j *Journal) present(tx *store.Tx, id store.ID, useq int64) ([]protocol.JournalRow, error) {
	now := j.opt.Now()
	user, err := tx.User(id)
	if err != nil {
		return nil, err
	}
	contacts, err := tx.Contacts(id)
	if err != nil {
		return nil, err
	}
	requests, err := tx.Requests(id, now.Add(-requestsBack).UnixMilli(), requestsMost)
	if err != nil {
		return nil, err
	}
	devices, err := tx.Devices(id)
	if err != nil {
		return nil, err
	}
	chats, err := tx.Chats(id)
	if err != nil {
		return nil, err
	}
	scheduled, err := tx.ScheduledOf(id)
	if err != nil {
		return nil, err
	}
	rows := make([]protocol.JournalRow, 0, 1+len(contacts)+len(requests)+len(devices)+len(chats)+len(scheduled))
	add := func(kind string, v any) {
		body, encodeErr := protocol.Encode(v)
		err = errors.Join(err, encodeErr)
		rows = append(rows, protocol.JournalRow{Useq: useq, Kind: kind, CreatedMS: now.UnixMilli(), Body: body})
	}
	add(protocol.JournalProfile, user.Me())
	for _, c := range contacts {
		add(protocol.JournalContact, c.Wire())
	}
	for i := range requests {
		r := requests[len(requests)-1-i] // Oldest first, as they happened.
		add(protocol.JournalRequest, r.Wire(id, now.UnixMilli()))
	}
	for _, d := range devices {
		add(protocol.JournalDevice, protocol.DeviceChange{Device: d.Wire()})
	}
	for _, c := range chats {
		chat, wireErr := c.Wire()
		err = errors.Join(err, wireErr)
		if !c.Plain() {
			add(protocol.JournalChat, chat)
		}
	}
	for _, s := range scheduled {
		wire, wireErr := s.Wire()
		err = errors.Join(err, wireErr)
		add(protocol.JournalScheduled, wire)
	}
	return rows, err
}

// After returns up to limit rows after pos, ascending. The slice is never nil.
// If the first is not pos+1, the device needs Sync.
func (j *Journal) After(ctx context.Context, userID string, pos int64, limit int) ([]protocol.JournalRow, error) {
	id, ok := store.ParseID(userID)
	if !ok {
		return nil, protocol.ErrNotFound
	}
	rows, err := j.st.Reader(ctx).JournalAfter(id, pos, limit)
	if err != nil {
		return nil, fmt.Errorf("read journal of %s: %w", userID, err)
	}
	return rows, nil
}

// trimRows is how many rows one transaction of Trim deletes, so that no writer
// waits long for it.
const trimRows = 1000

// Trim deletes rows older than Options.Keep, a part at a time, and reports how
// many.
func (j *Journal) Trim(ctx context.Context) (int64, error) {
	before := j.opt.Now().Add(-j.opt.Keep).UnixMilli()
	var total int64
	for {
		var n int64
		err := j.st.Write(ctx, func(tx *store.Tx) error {
			var err error
			n, err = tx.TrimJournal(before, trimRows)
			return err
		})
		total += n
		if err != nil {
			return total, fmt.Errorf("trim journals: %w", err)
		}
		if n == 0 {
			return total, nil
		}
	}
}
