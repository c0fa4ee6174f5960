package protocol

// Schedule asks the server to keep a message and to send it later, or replaces
// what it keeps under the same client id. It is the body of OpSchedule and of
// PUT /v1/scheduled/{client_id}.
type Schedule struct {
	Send Send  `json:"send"`
	AtMS int64 `json:"at_ms" minimum:"0"` // When, by the server's clock; what is past means now.
}

// Check returns an Error if s could never be accepted, whoever asks.
func (s *Schedule) Check() error {
	switch {
	case s.AtMS < 0:
		return Invalid("at_ms", "is negative")
	case Acts(s.Send.Kind):
		return Invalid("kind", "only messages can be sent later")
	}
	return s.Send.Check()
}

// Unschedule gives a message up that the server keeps. It is the body of
// OpUnschedule.
type Unschedule struct {
	ClientID string `json:"client_id"`
}

// States of a Scheduled.
const (
	ScheduledWaiting = "waiting" // It is sent when its time comes.
	ScheduledFailed  = "failed"  // Its time came and Code says why it could not be sent. It is kept.
	ScheduledSent    = "sent"    // It is an entry now.
	ScheduledDeleted = "deleted" // Its sender gave it up.
)

// Scheduled is a message that the server keeps for its sender, or what became
// of it. It is the body of JournalScheduled.
type Scheduled struct {
	ConversationID string `json:"conversation_id"`
	ClientID       string `json:"client_id"`
	State          string `json:"state"` // A Scheduled constant.
	AtMS           int64  `json:"at_ms"`
	Code           Code   `json:"code,omitempty"` // With ScheduledFailed.
	Send           *Send  `json:"send,omitempty"` // With ScheduledWaiting and ScheduledFailed.
}

// ScheduleUpdated answers Schedule and Unschedule. Useq is the journal row that
// says the same, or that a later row about this message replaced; 0 means that
// there is none.
type ScheduleUpdated struct {
	Useq      int64     `json:"useq"`
	Scheduled Scheduled `json:"scheduled"`
}
