package outbox

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"

	"mychat/backend/remote"
	"mychat/protocol"
)

func TestPreferencesAreToldUntilThereIsAnAnswer(t *testing.T) {
	s := openStore(t)
	o := newOutbox(s, newFar())
	var tries atomic.Int64
	o.opt.Prefer = func(_ context.Context, p protocol.Preference) (protocol.PreferenceUpdated, error) {
		n := tries.Add(1)
		if n < 4 {
			return protocol.PreferenceUpdated{}, []error{remote.ErrDisconnected, protocol.ErrUnavailable, errors.New("odd")}[n-1]
		}
		if p.Name == protocol.PreferenceSound {
			return protocol.PreferenceUpdated{}, protocol.Invalid("name", "a server that does not know it")
		}
		return protocol.PreferenceUpdated{Useq: n, Preference: p}, nil
	}
	for _, name := range []string{protocol.PreferenceCtrlEnter, protocol.PreferenceSound} {
		if err := s.SetPreference(t.Context(), protocol.Preference{Name: name, Value: protocol.RawJSON("true")}); err != nil {
			t.Fatal(err)
		}
	}
	stop := run(t, o)
	o.SetOnline(true)
	until(t, "all is told", func() bool {
		due, err := s.OutgoingPreferences(t.Context())
		return err == nil && len(due) == 0
	})
	stop()
	list, err := s.Preferences(t.Context())
	if err != nil || len(list) != 1 || list[0].Name != protocol.PreferenceCtrlEnter {
		t.Errorf("kept %+v, %v", list, err)
	}
}
