package protocol

import "encoding/json"

// Forwarded says that a message repeats the words of somebody else. It is part
// of a body, and what the sender says: nobody checked it.
type Forwarded struct {
	Name string `json:"name"` // The nickname of who wrote it, not a remark.
}

// Record is the body of KindRecord: messages of a conversation, passed on as
// one. It holds copies, so it stays when they are edited or recalled.
type Record struct {
	Names []string     `json:"names"` // The nicknames of whose conversation it was.
	Items []RecordItem `json:"items"` // In the order of the conversation.
}

// RecordItem is one message of a Record.
type RecordItem struct {
	Name      string  `json:"name"`       // The nickname of who wrote it.
	CreatedMS int64   `json:"created_ms"` // When, by the server's clock.
	Kind      string  `json:"kind"`
	Fallback  string  `json:"fallback,omitempty"` // As in an entry.
	Body      RawJSON `json:"body" format:"json"` // As in an entry.
}

// CheckRecord returns an Error if body cannot be that of a KindRecord.
func CheckRecord(body []byte) error { return checkRecord(body, 1) }

func checkRecord(body []byte, depth int) error {
	var r Record
	switch err := json.Unmarshal(body, &r); {
	case err != nil:
		return Invalid("body", "is not a record")
	case len(r.Names) == 0 || len(r.Names) > MaxRecordNames:
		return Invalid("names", "holds 1 to %d names", MaxRecordNames)
	case len(r.Items) == 0 || len(r.Items) > MaxRecordItems:
		return Invalid("items", "holds 1 to %d messages", MaxRecordItems)
	}
	for _, name := range r.Names {
		if _, err := CleanLine("names", name, 1, MaxNickname); err != nil {
			return err
		}
	}
	for _, item := range r.Items {
		if err := item.check(depth); err != nil {
			return err
		}
	}
	return nil
}

// check holds what an entry of the same kind must keep, in a record that is
// the outermost at depth 1.
func (i RecordItem) check(depth int) error {
	if _, err := CleanLine("name", i.Name, 1, MaxNickname); err != nil {
		return err
	}
	switch {
	case i.CreatedMS < 0:
		return Invalid("created_ms", "is negative")
	case !validKind(i.Kind) || Reserved(i.Kind) || Acts(i.Kind):
		return Invalid("kind", "a record holds messages only")
	case len(i.Body) == 0:
		return Invalid("body", "is missing")
	case i.Kind == KindText:
		return checkText(i.Body, i.Fallback)
	case i.Kind == KindRecord && depth == MaxRecordDepth:
		return Invalid("items", "records are nested more than %d deep", MaxRecordDepth)
	case i.Kind == KindRecord:
		if err := checkRecord(i.Body, depth+1); err != nil {
			return err
		}
	}
	return checkFallback(i.Fallback)
}
