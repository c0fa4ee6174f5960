package bus

import (
	"encoding/binary"
	"errors"
	"fmt"

	"mychat/protocol"
)

// Kind says what an Event is about, and with that which of its fields are set.
type Kind byte

// The kinds of event.
const (
	// KindEntries: entries were appended. ConversationID, First, Last, Frame
	// (a complete OpEntries frame that holds First to Last).
	KindEntries Kind = 1 + iota

	// KindPositions: a member's positions moved, or the floor of the log.
	// ConversationID, UserID (of the member), Frame (OpPositions, OpFloor).
	KindPositions

	// KindTyping: a member is writing. ConversationID, UserID, Frame (OpTyping).
	KindTyping

	// KindJournal: rows were added to a user's journal. UserID, First, Last,
	// Frame (OpJournal that holds First to Last).
	KindJournal

	// KindJoined: a user is now a member of a conversation. It comes before
	// the entries that the same commit appended. ConversationID, UserID, Last
	// (the seq before the first that the member may see and does not have).
	KindJoined

	// KindEnded: a device's session ended; close its sockets with Code.
	// UserID, DeviceID, Code (a protocol.Close code), Frame (OpEnded).
	KindEnded

	// KindPresence: free for the hubs of the nodes to tell each other who is
	// connected. UserID, Code and Frame are the hub's to define.
	KindPresence

	// KindLink: a device that asked to be signed in by another has an answer, or
	// is looked at. DeviceID (the link's id).
	KindLink

	// kindHeartbeat tells the number of the last event its node published.
	kindHeartbeat

	// KindGap: events may have been lost. It is made by Subscription.Run and
	// never travels. No fields.
	KindGap
)

// Event is one message on the bus.
type Event struct {
	Kind           Kind
	ConversationID string
	UserID         string
	DeviceID       string
	First, Last    int64
	Code           int
	Frame          []byte // A complete encoded protocol.Frame, ready to be written. Read only.
	Node           string // Who published it; set by the bus.
}

// Frame encodes the frame of an event, once for all its readers.
func Frame(op string, body any) ([]byte, error) {
	b, err := protocol.Encode(struct {
		Op   string `json:"op"`
		Body any    `json:"body"`
	}{op, body})
	if err != nil {
		return nil, fmt.Errorf("encode %s frame: %w", op, err)
	}
	return b, nil
}

// format is the first byte of every encoded event. Nodes of one cluster that
// write another do not understand each other, and say so in their logs.
const format = 1

var errEvent = errors.New("not an event of this version")

// encode returns e, published by node as its n-th event: the format, the kind,
// the four names each after its length, the four numbers as varints, and the
// frame up to the end.
func encode(e Event, node string, n uint64) []byte {
	names := [...]string{node, e.ConversationID, e.UserID, e.DeviceID}
	size := 2 + len(e.Frame) + (len(names)+4)*binary.MaxVarintLen64
	for _, s := range names {
		size += len(s)
	}
	b := append(make([]byte, 0, size), format, byte(e.Kind))
	for _, s := range names {
		b = binary.AppendUvarint(b, uint64(len(s)))
		b = append(b, s...)
	}
	b = binary.AppendUvarint(b, n)
	for _, v := range [...]int64{e.First, e.Last, int64(e.Code)} {
		b = binary.AppendVarint(b, v)
	}
	return append(b, e.Frame...)
}

// decode reads what encode wrote. The frame is part of data.
func decode(data []byte) (e Event, n uint64, err error) {
	if len(data) < 2 || data[0] != format || data[1] == 0 || data[1] >= byte(KindGap) {
		return Event{}, 0, errEvent
	}
	e.Kind = Kind(data[1])
	data = data[2:]
	for _, s := range [...]*string{&e.Node, &e.ConversationID, &e.UserID, &e.DeviceID} {
		length, used := binary.Uvarint(data)
		if used <= 0 || length > uint64(len(data)-used) {
			return Event{}, 0, errEvent
		}
		*s = string(data[used : used+int(length)])
		data = data[used+int(length):]
	}
	n, used := binary.Uvarint(data)
	if used <= 0 {
		return Event{}, 0, errEvent
	}
	data = data[used:]
	var code int64
	for _, v := range [...]*int64{&e.First, &e.Last, &code} {
		if *v, used = binary.Varint(data); used <= 0 {
			return Event{}, 0, errEvent
		}
		data = data[used:]
	}
	e.Code = int(code)
	if len(data) > 0 {
		e.Frame = data
	}
	return e, n, nil
}
