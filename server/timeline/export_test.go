package timeline

// Queued returns how many appends wait for the writer.
func (t *Timeline) Queued() int { return len(t.appends) }

// Reacted is reacted.
var Reacted = reacted
