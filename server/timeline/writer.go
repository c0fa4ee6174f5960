package timeline

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"mychat/protocol"
	"mychat/server/store"
)

// commitWithin bounds one transaction, so that a database that hangs turns
// into ErrUnavailable and not into a silent server.
const commitWithin = 15 * time.Second

// conflictTries is how often a group is written when another node stores one
// of its client ids at the same moment. The second look finds it.
const conflictTries = 3

// group is what one transaction writes.
type group struct {
	appends []*appending
	moves   map[store.Member]*moving
}

// Run writes what is queued until ctx ends, then finishes the transaction in
// hand, answers whoever still waits with ErrUnavailable and returns nil.
func (t *Timeline) Run(ctx context.Context) error {
	defer t.refuse()
	for {
		g := group{}
		select {
		case <-ctx.Done():
			return nil
		case a := <-t.appends:
			g.appends = append(g.appends, a)
		case <-t.moved:
		}
		for more := true; more && len(g.appends) < t.opt.Batch; {
			select {
			case a := <-t.appends:
				g.appends = append(g.appends, a)
			default:
				more = false
			}
		}
		g.moves = t.takeMoves()
		t.write(context.WithoutCancel(ctx), g)
	}
}

// refuse answers all that is queued when Run ends.
func (t *Timeline) refuse() {
	for {
		select {
		case a := <-t.appends:
			a.answer <- outcome{err: errStopped}
			continue
		default:
		}
		moves := t.takeMoves()
		if len(moves) == 0 {
			return
		}
		for _, m := range moves {
			m.finish(errStopped)
		}
	}
}

func (m *moving) finish(err error) {
	for _, done := range m.waiting {
		done <- err
	}
}

// write commits g and answers everybody in it. If the database refuses what
// is in it, and not just now, its members are tried one by one: one that
// cannot be stored takes no other down.
func (t *Timeline) write(ctx context.Context, g group) {
	if len(g.appends)+len(g.moves) == 0 {
		return
	}
	err := t.commit(ctx, g)
	switch {
	case err == nil:
		for _, a := range g.appends {
			a.answer <- a.sent
		}
		for _, m := range g.moves {
			m.finish(m.err)
		}
		return
	case !errors.Is(err, protocol.ErrUnavailable) && len(g.appends)+len(g.moves) > 1:
		for _, a := range g.appends {
			t.write(ctx, group{appends: []*appending{a}})
		}
		for member, m := range g.moves {
			t.write(ctx, group{moves: map[store.Member]*moving{member: m}})
		}
		return
	}
	t.opt.Log.Error("entries not written", "appends", len(g.appends), "positions", len(g.moves), "error", err)
	for _, a := range g.appends {
		a.answer <- outcome{err: err}
	}
	for _, m := range g.moves {
		m.finish(err)
	}
}

func (t *Timeline) commit(ctx context.Context, g group) error {
	ctx, cancel := context.WithTimeout(ctx, commitWithin)
	defer cancel()
	var err error
	for range conflictTries {
		err = t.st.Write(ctx, func(tx *store.Tx) error { return t.apply(tx, g) })
		if !errors.Is(err, store.ErrConflict) {
			break
		}
	}
	return err
}

// apply does in tx what g asks for, and leaves in its members what to answer.
func (t *Timeline) apply(tx *store.Tx, g group) error {
	members, convs, keys := g.subjects()
	locked, err := tx.LockConversations(convs)
	if err != nil {
		return err
	}
	standings, err := tx.Standings(members)
	if err != nil {
		return err
	}
	stored := map[store.ClientKey]store.Stored{}
	if len(keys) > 0 {
		if stored, err = tx.StoredEntries(keys); err != nil {
			return err
		}
	}
	handed := map[store.Handed]bool{}
	if hands := g.hands(); len(hands) > 0 {
		if handed, err = tx.MayHand(hands); err != nil {
			return err
		}
	}
	acts := g.targets()
	acted, err := tx.Targets(acts)
	if err != nil {
		return err
	}
	w := &write{
		nowMS: t.opt.Now().UnixMilli(), clearForAll: t.opt.ClearForAll, recallWithin: t.opt.RecallWithin, editWithin: t.opt.EditWithin,
		standings: standings, stored: stored, handed: handed, acting: len(acts) > 0, targets: acted, changed: make(map[store.EntryKey]*store.Target),
		convs: make(map[store.ID]*progress, len(locked)),
	}
	for _, c := range locked {
		w.convs[c.ID] = &progress{Conversation: c}
		w.order = append(w.order, c.ID)
	}
	for _, a := range g.appends {
		w.append(a)
	}
	for member, m := range g.moves {
		w.move(member, m)
	}
	return w.flush(tx, t)
}

// subjects lists what the transaction must look at: members, conversations and
// client ids, each once.
func (g group) subjects() ([]store.Member, []store.ID, []store.ClientKey) {
	members := make(map[store.Member]bool, len(g.appends)+len(g.moves))
	convs := make(map[store.ID]bool)
	keys := make(map[store.ClientKey]bool, len(g.appends))
	for _, a := range g.appends {
		members[store.Member{ConversationID: a.conv, UserID: a.key.SenderID}] = true
		convs[a.conv] = true
		keys[a.key] = true
	}
	for m := range g.moves {
		members[m] = true
		convs[m.ConversationID] = true
	}
	return keysOf(members), keysOf(convs), keysOf(keys)
}

// hands lists the files that the members of g give others a right to.
func (g group) hands() []store.Handed {
	hands := make(map[store.Handed]bool)
	for _, a := range g.appends {
		for _, id := range a.files {
			hands[store.Handed{UserID: a.key.SenderID, FileID: id}] = true
		}
	}
	return keysOf(hands)
}

func keysOf[K comparable](set map[K]bool) []K {
	list := make([]K, 0, len(set))
	for k := range set {
		list = append(list, k)
	}
	return list
}

// write is a transaction's view of what it locked, and what it will write.
type write struct {
	nowMS     int64
	order     []store.ID // Of the locked conversations.
	convs     map[store.ID]*progress
	standings map[store.Member]store.Standing
	stored    map[store.ClientKey]store.Stored
	handed    map[store.Handed]bool // Files that are there and that who names them may read.
	moved     []store.Standing
	acting    bool                             // Some of what is written acts on other entries.
	targets   map[store.EntryKey]*store.Target // Entries that may be acted on.
	changed   map[store.EntryKey]*store.Target // Those of them that were.

	recallWithin, editWithin time.Duration
	clearForAll              bool
}

// progress is a locked conversation and what is added to it.
type progress struct {
	store.Conversation
	entries []store.Entry
	moved   bool
	sank    bool // The floor is raised.
	pinned  bool // Its pins are others now.
}

// append decides one append. A repeat comes first: its answer was given, so
// nothing that happened since may change it.
func (w *write) append(a *appending) {
	if s, ok := w.stored[a.key]; ok {
		a.repeat(s)
		return
	}
	c := w.convs[a.conv]
	switch {
	case c == nil, !w.standings[store.Member{ConversationID: a.conv, UserID: a.key.SenderID}].Present:
		a.sent = outcome{err: protocol.ErrNotMember}
		return
	case c.Closed:
		a.sent = outcome{err: protocol.ErrNotFriend}
		return
	case a.send.RefSeq > c.LastSeq:
		a.sent = outcome{err: protocol.Invalid("ref_seq", "names no entry")}
		return
	}
	for _, id := range a.files {
		if !w.handed[store.Handed{UserID: a.key.SenderID, FileID: id}] {
			a.sent = outcome{err: ErrNoFile}
			return
		}
	}
	if a.send.Kind == protocol.KindClear {
		if !w.clearForAll || c.Kind != protocol.ConversationDirect {
			a.sent = outcome{err: protocol.Errorf(protocol.CodeForbidden, "nobody may delete this conversation for all")}
			return
		}
		c.FloorSeq, c.sank = max(c.FloorSeq, a.send.RefSeq+1), true
		c.sinkPins()
	}
	e := a.entry(c.LastSeq+1, w.nowMS)
	if protocol.Acts(a.send.Kind) {
		body, err := w.act(a, c)
		if err != nil {
			a.sent = outcome{err: err}
			return
		}
		e.Wire.Body = body
	}
	c.LastSeq++
	c.entries = append(c.entries, e)
	if w.acting {
		w.remember(a, e.Wire)
	}
	s := store.Stored{ConversationID: a.conv, Seq: c.LastSeq, CreatedMS: w.nowMS, Digest: a.digest}
	w.stored[a.key] = s // For a repeat in the same group.
	a.repeat(s)
}

// move decides where one member's positions go.
func (w *write) move(member store.Member, m *moving) {
	m.err = nil
	s, ok := w.standings[member]
	c := w.convs[member.ConversationID]
	if !ok || c == nil {
		m.err = protocol.ErrNotMember
		return
	}
	read := max(s.ReadSeq, min(m.read, c.LastSeq))
	delivered := max(s.DeliveredSeq, min(m.delivered, c.LastSeq))
	if read == s.ReadSeq && delivered == s.DeliveredSeq {
		return
	}
	s.ReadSeq, s.DeliveredSeq = read, delivered
	w.moved = append(w.moved, s)
	c.moved = true
}

// flush writes what was decided and has it published after the commit.
func (w *write) flush(tx *store.Tx, t *Timeline) error {
	var entries []store.Entry
	var advances []store.Advance
	var sunken []store.Conversation
	for _, id := range w.order {
		c := w.convs[id]
		if len(c.entries) > 0 {
			c.LastMS = w.nowMS
		}
		if len(c.entries) > 0 || c.moved {
			advances = append(advances, store.Advance{ID: id, LastSeq: c.LastSeq, LastMS: c.LastMS, FloorSeq: c.FloorSeq, ChangedMS: w.nowMS})
		}
		if c.sank {
			sunken = append(sunken, c.Conversation)
		}
		entries = append(entries, c.entries...)
	}
	if len(advances) == 0 {
		return nil
	}
	if err := tx.InsertEntries(entries); err != nil {
		return err
	}
	if err := tx.SetTargets(slices.Collect(maps.Values(w.changed))); err != nil {
		return err
	}
	if err := tx.AdvanceConversations(advances); err != nil {
		return err
	}
	for _, c := range sunken {
		if err := tx.BlankEdits(c.ID, c.FloorSeq); err != nil {
			return err
		}
	}
	for _, id := range w.order {
		if c := w.convs[id]; c.pinned {
			if err := tx.SetPins(id, c.Pins); err != nil {
				return err
			}
		}
	}
	if len(w.moved) > 0 {
		if err := tx.SetPositions(w.moved); err != nil {
			return err
		}
	}
	tx.OnCommit(func() {
		t.publishEntries(entries)
		t.publishPositions(w.moved)
	})
	return nil
}
