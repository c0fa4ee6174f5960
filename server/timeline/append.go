package timeline

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/oklog/ulid/v2"

	"mychat/protocol"
	"mychat/server/bus"
	"mychat/server/store"
)

// appending is an entry on its way: what to write, and where to answer.
type appending struct {
	key    store.ClientKey
	conv   store.ID
	digest []byte
	send   protocol.Send
	files  []store.ID // Those of send.

	answer chan outcome // Takes one without a reader.
	sent   outcome      // What the transaction in hand decided; the writer's own.
}

type outcome struct {
	sent protocol.Sent
	err  error
}

// Append adds one entry by a member and returns once it is committed. s must
// have passed its Check. A repeat with the same client id gets the first
// answer if the content is the same and ErrIDReused if not, even where the
// sender may no longer write. Otherwise a sender who is no member gets
// ErrNotMember, and one whose direct conversation is closed ErrNotFriend.
//
// When ctx ends first, the entry may or may not be stored: repeat it.
func (t *Timeline) Append(ctx context.Context, senderID string, s protocol.Send) (protocol.Sent, error) {
	return t.Start(ctx, senderID, s)(ctx)
}

// Start is Append in two steps: it returns once the entry is queued, and what
// it returns waits for the commit; call that once. Entries are committed in the
// order in which they were queued, so one caller may have many under way.
func (t *Timeline) Start(ctx context.Context, senderID string, s protocol.Send) func(context.Context) (protocol.Sent, error) {
	sender, okSender := store.ParseID(senderID)
	conv, okConv := store.ParseID(s.ConversationID)
	if !okSender || !okConv {
		return refused(protocol.ErrNotMember)
	}
	client, err := ulid.ParseStrict(s.ClientID)
	if err != nil {
		return refused(protocol.Invalid("client_id", "is not a ULID"))
	}
	a := &appending{
		key: store.ClientKey{SenderID: sender, ClientID: client}, conv: conv,
		digest: digest(s), send: s, answer: make(chan outcome, 1),
	}
	for _, text := range s.FileIDs {
		id, ok := store.ParseID(text)
		if !ok {
			return refused(ErrNoFile)
		}
		a.files = append(a.files, id)
	}
	select {
	case t.appends <- a:
	case <-ctx.Done():
		return refused(fmt.Errorf("append to %s: %w", s.ConversationID, ctx.Err()))
	}
	return func(ctx context.Context) (protocol.Sent, error) {
		select {
		case out := <-a.answer:
			return out.sent, out.err
		case <-ctx.Done():
			return protocol.Sent{}, fmt.Errorf("append to %s: %w", s.ConversationID, ctx.Err())
		}
	}
}

func refused(err error) func(context.Context) (protocol.Sent, error) {
	return func(context.Context) (protocol.Sent, error) { return protocol.Sent{}, err }
}

// digestBytes is how much of the SHA-256 is kept with each entry. It tells a
// repeat from a mistake; it proves nothing to anybody.
const digestBytes = 16

// Repeats reports whether s is what was stored under its client id.
func Repeats(stored store.Stored, s protocol.Send) bool { return bytes.Equal(stored.Digest, digest(s)) }

// digest sums up everything the sender chose, each part after its length.
func digest(s protocol.Send) []byte {
	h := sha256.New()
	part := func(parts ...string) {
		for _, p := range parts {
			fmt.Fprintf(h, "%d:%s", len(p), p)
		}
	}
	part(s.ConversationID, s.Kind, fmt.Sprint(s.RefSeq), fmt.Sprint(len(s.Mentions)))
	part(s.Mentions...)
	part(s.FileIDs...)
	part(s.Fallback, string(s.Body))
	if s.Silent { // What was sent before there was such a thing keeps its sum.
		part("silent")
	}
	return h.Sum(nil)[:digestBytes]
}

// Draft is an entry that the server itself writes for a user.
type Draft struct {
	SenderID store.ID
	Kind     string
	Body     any // The type that Kind names.
}

// AppendIn adds entries to a conversation in tx and wakes the nodes once tx is
// committed. It locks the conversation, and neither asks whether it is closed
// nor whether the senders are members.
func (t *Timeline) AppendIn(tx *store.Tx, conv store.ID, drafts ...Draft) error {
	locked, err := tx.LockConversations([]store.ID{conv})
	if err != nil {
		return fmt.Errorf("append to %s: %w", conv, err)
	}
	if len(locked) == 0 {
		return fmt.Errorf("append to %s: %w", conv, store.ErrNoRow)
	}
	now := t.opt.Now().UnixMilli()
	entries := make([]store.Entry, len(drafts))
	for i, d := range drafts {
		body, err := protocol.Encode(d.Body)
		if err != nil {
			return fmt.Errorf("encode %s entry: %w", d.Kind, err)
		}
		id := ulid.Make()
		entries[i] = store.Entry{
			ConversationID: conv, SenderID: d.SenderID, ClientID: id,
			Digest: digest(protocol.Send{ConversationID: conv.String(), ClientID: id.String(), Kind: d.Kind, Body: body}),
			Wire: protocol.Entry{
				Seq: locked[0].LastSeq + 1 + int64(i), Kind: d.Kind, Sender: d.SenderID.String(),
				ClientID: id.String(), CreatedMS: now, Body: body,
			},
		}
	}
	if err := tx.InsertEntries(entries); err != nil {
		return fmt.Errorf("append to %s: %w", conv, err)
	}
	err = tx.AdvanceConversations([]store.Advance{
		{ID: conv, LastSeq: locked[0].LastSeq + int64(len(drafts)), LastMS: now, FloorSeq: locked[0].FloorSeq, ChangedMS: now},
	})
	if err != nil {
		return fmt.Errorf("append to %s: %w", conv, err)
	}
	tx.OnCommit(func() { t.publishEntries(entries) })
	return nil
}

// eventBytes bounds the entries of one bus event, which must fit what an
// external NATS server takes by default (1 MiB).
const eventBytes = 512 << 10

// publishEntries wakes the nodes for committed entries, which are in the order
// of their conversations and ascending in each.
func (t *Timeline) publishEntries(entries []store.Entry) {
	for len(entries) > 0 {
		n, size := 0, 0
		for n < len(entries) && entries[n].ConversationID == entries[0].ConversationID &&
			(n == 0 || size+wireSize(entries[n].Wire) <= eventBytes) {
			size += wireSize(entries[n].Wire)
			n++
		}
		t.publish(entries[:n])
		entries = entries[n:]
	}
}

// wireSize is about how many bytes e has in a frame.
func wireSize(e protocol.Entry) int {
	const envelope = 300
	return envelope + len(e.Body) + len(e.Fallback) + 24*len(e.Mentions) + 80*len(e.FileIDs)
}

func (t *Timeline) publish(entries []store.Entry) {
	t.opt.Wrote(entries[0].ConversationID)
	conv := entries[0].ConversationID.String()
	wire := make([]protocol.Entry, len(entries))
	for i, e := range entries {
		wire[i] = e.Wire
	}
	frame, err := bus.Frame(protocol.OpEntries, protocol.Entries{ConversationID: conv, Entries: wire})
	if err != nil {
		t.opt.Log.Error("entries not published", "conversation", conv, "error", err)
		return
	}
	t.bus.Publish(bus.Event{
		Kind: bus.KindEntries, ConversationID: conv,
		First: wire[0].Seq, Last: wire[len(wire)-1].Seq, Frame: frame,
	})
}

// repeat answers a with what is stored under its client id.
func (a *appending) repeat(s store.Stored) {
	if !bytes.Equal(s.Digest, a.digest) {
		a.sent = outcome{err: protocol.ErrIDReused}
		return
	}
	a.sent = outcome{sent: protocol.Sent{
		ConversationID: s.ConversationID.String(), ClientID: a.send.ClientID, Seq: s.Seq, CreatedMS: s.CreatedMS,
	}}
}

// entry returns what to write for a.
func (a *appending) entry(seq, nowMS int64) store.Entry {
	s := a.send
	return store.Entry{
		ConversationID: a.conv, SenderID: a.key.SenderID, ClientID: a.key.ClientID, Digest: a.digest,
		Wire: protocol.Entry{
			Seq: seq, Kind: s.Kind, Sender: a.key.SenderID.String(), ClientID: s.ClientID, RefSeq: s.RefSeq,
			Mentions: s.Mentions, FileIDs: s.FileIDs, Fallback: s.Fallback, Silent: s.Silent, CreatedMS: nowMS, Body: s.Body,
		},
	}
}

// ErrNoFile is the answer to who names a file that is not here as a whole, or
// that they may not read.
var ErrNoFile = &protocol.Error{Code: protocol.CodeNotFound, Field: "file_ids", Detail: "names a file that is not here"}

// errStopped is the answer for whoever waits when Run ends.
var errStopped = errors.Join(protocol.ErrUnavailable, errors.New("the server is stopping"))
