package outbox

import (
	"context"
	"errors"

	"mychat/backend/store"
	"mychat/protocol"
)

// deliverScheduled tells the server what it is to send later, one after the
// other. Each answer may leave something newer that waits, so what is due is
// read again.
func (o *Outbox) deliverScheduled(ctx context.Context, _ string) error {
	for {
		due, err := o.store.OutgoingScheduled(ctx)
		if err != nil || len(due) == 0 {
			return err
		}
		for _, c := range due {
			if err := o.tellScheduled(ctx, c); err != nil {
				return err
			}
		}
	}
}

func (o *Outbox) tellScheduled(ctx context.Context, c store.ScheduleChange) error {
	var got protocol.ScheduleUpdated
	var err error
	if c.Schedule != nil {
		got, err = o.opt.Schedule(ctx, *c.Schedule)
	} else {
		got, err = o.opt.Unschedule(ctx, protocol.Unschedule{ClientID: c.ClientID})
	}
	// What the server said must be kept even when the program is closing.
	ctx = context.WithoutCancel(ctx)
	var refusal *protocol.Error
	switch {
	case err == nil:
		return o.store.ConfirmScheduled(ctx, c, got)
	case errors.As(err, &refusal) && final(refusal):
		return o.store.RefuseScheduled(ctx, c, refusal.Code)
	}
	return err
}
