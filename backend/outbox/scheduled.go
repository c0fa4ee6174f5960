package outbox

import (
	"context"

	"mychat/backend/store"
	"mychat/protocol"
)

// deliverScheduled tells the server what it is to send later.
func (o *Outbox) deliverScheduled(ctx context.Context, _ string) error {
	return deliverAll(ctx, o.store.OutgoingScheduled, o.tellScheduled)
}

func (o *Outbox) tellScheduled(ctx context.Context, c store.ScheduleChange) error {
	var got protocol.ScheduleUpdated
	var err error
	if c.Schedule != nil {
		got, err = o.opt.Schedule(ctx, *c.Schedule)
	} else {
		got, err = o.opt.Unschedule(ctx, protocol.Unschedule{ClientID: c.ClientID})
	}
	return answered(ctx, err,
		func(ctx context.Context) error { return o.store.ConfirmScheduled(ctx, c, got) },
		func(ctx context.Context, code protocol.Code) error { return o.store.RefuseScheduled(ctx, c, code) })
}
