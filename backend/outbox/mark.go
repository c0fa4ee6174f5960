package outbox

import (
	"context"
	"errors"

	"mychat/protocol"
)

// deliverMarks tells the server what the user marked. Each answer may leave
// something newer that waits, so what is due is read again.
func (o *Outbox) deliverMarks(ctx context.Context, _ string) error {
	for {
		due, err := o.store.OutgoingMarks(ctx)
		if err != nil || len(due) == 0 {
			return err
		}
		for _, u := range due {
			if err := o.tellMarks(ctx, u); err != nil {
				return err
			}
		}
	}
}

func (o *Outbox) tellMarks(ctx context.Context, u protocol.UpdateMarks) error {
	got, err := o.opt.Mark(ctx, u)
	// What the server said must be kept even when the program is closing.
	ctx = context.WithoutCancel(ctx)
	var refusal *protocol.Error
	switch {
	case err == nil:
		return o.store.ConfirmMarks(ctx, u, got)
	case errors.As(err, &refusal) && final(refusal):
		o.log.Warn("marks were refused", "conversation", u.ConversationID, "code", refusal.Code)
		return o.store.RefuseMarks(ctx, u)
	}
	return err
}
