package outbox

import (
	"context"

	"mychat/protocol"
)

// deliverPreferences tells the server what the user chose.
func (o *Outbox) deliverPreferences(ctx context.Context, _ string) error {
	return deliverAll(ctx, o.store.OutgoingPreferences, o.tellPreference)
}

func (o *Outbox) tellPreference(ctx context.Context, p protocol.Preference) error {
	got, err := o.opt.Prefer(ctx, p)
	return answered(ctx, err,
		func(ctx context.Context) error { return o.store.ConfirmPreference(ctx, p, got) },
		func(ctx context.Context, code protocol.Code) error {
			o.log.Warn("a preference was refused", "name", p.Name, "code", code)
			return o.store.RefusePreference(ctx, p)
		})
}
