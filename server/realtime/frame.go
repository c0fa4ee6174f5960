package realtime

import (
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"

	"mychat/protocol"
)

// errFrame is why a frame is no frame: the socket that sent it is closed with
// protocol.CloseBadFrame.
var errFrame = errors.New("bad frame")

// opUnknown stands for every op that this server does not know.
const opUnknown = "unknown"

// decodeFrame reads what a client sent. It refuses what only a server says; an
// op that a later client may know becomes opUnknown.
func decodeFrame(data []byte) (protocol.Frame, error) {
	var f protocol.Frame
	if !utf8.Valid(data) {
		return f, fmt.Errorf("%w: not UTF-8", errFrame)
	}
	if err := json.Unmarshal(data, &f); err != nil {
		return f, fmt.Errorf("%w: not JSON, or not a frame", errFrame)
	}
	switch f.Op {
	case protocol.OpHello, protocol.OpSend, protocol.OpRead, protocol.OpAck, protocol.OpTyping, protocol.OpChat,
		protocol.OpSetPreference, protocol.OpSchedule, protocol.OpUnschedule, protocol.OpMark:
		return f, nil
	case "":
		return f, fmt.Errorf("%w: no op", errFrame)
	case protocol.OpReply, protocol.OpEntries, protocol.OpPositions, protocol.OpJournal, protocol.OpFloor,
		protocol.OpPresence, protocol.OpEnded:
		return f, fmt.Errorf("%w: %q is the server's", errFrame, f.Op)
	}
	f.Op = opUnknown
	return f, nil
}

// decodeBody reads a frame's body as the type its op names. A missing body is
// as wrong as one of another shape.
func decodeBody[T any](f protocol.Frame) (T, error) {
	var body T
	if len(f.Body) == 0 || f.Body[0] != '{' {
		return body, protocol.Invalid("body", "is not what %q takes", f.Op)
	}
	if err := json.Unmarshal(f.Body, &body); err != nil {
		var wrong *json.UnmarshalTypeError
		if errors.As(err, &wrong) && wrong.Field != "" {
			return body, protocol.Invalid(wrong.Field, "has the wrong type")
		}
		return body, protocol.Invalid("body", "is not what %q takes", f.Op)
	}
	return body, nil
}

// encodeFrame returns a frame of op with body, ready to be written.
func encodeFrame(op string, id uint64, body any) ([]byte, error) {
	raw, err := protocol.Encode(body)
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", op, err)
	}
	frame, err := protocol.Encode(protocol.Frame{Op: op, ID: id, Body: raw})
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", op, err)
	}
	return frame, nil
}

// encodeReply returns the answer to request id: body, or err's code.
func encodeReply(id uint64, body any, err error) ([]byte, error) {
	if err == nil {
		return encodeFrame(protocol.OpReply, id, body)
	}
	return protocol.Encode(protocol.Frame{Op: protocol.OpReply, ID: id, Error: protocol.AsError(err)})
}
