package test

import (
	"bytes"
	"fmt"
	"maps"
	"testing"
	"time"

	"mychat/protocol"
)

// prefer keeps a choice on the device.
func (d *device) prefer(t *testing.T, name, value string) {
	t.Helper()
	if err := d.SetPreference(t.Context(), protocol.Preference{Name: name, Value: protocol.RawJSON(value)}); err != nil {
		t.Fatal(err)
	}
}

// prefers waits until each device has exactly these choices.
func prefers(t *testing.T, what string, want map[string]string, devices ...*device) {
	t.Helper()
	for i, d := range devices {
		eventually(t, fmt.Sprintf("device %d: %s", i, what), func() error {
			list, err := d.Preferences(t.Context())
			if err != nil {
				return err
			}
			got := map[string]string{}
			for _, p := range list {
				got[p.Name] = string(p.Value)
			}
			if !maps.Equal(got, want) {
				return fmt.Errorf("it has %v, want %v", got, want)
			}
			return nil
		})
	}
}

func TestPreferencesFollowOnOwnDevices(t *testing.T) {
	t.Parallel()
	onEveryStage(t, func(t *testing.T, s *stage) {
		last := len(s.nodes) - 1
		ana := s.register(t, 0, "ana_lind")
		ana.online(t)
		second := s.signIn(t, last, "ana_lind")
		second.online(t)
		both := []*device{ana, second}
		const sound, enter, preview = protocol.PreferenceSound, protocol.PreferenceCtrlEnter, protocol.PreferenceNotifyPreview

		began := time.Now()
		ana.prefer(t, sound, "false")
		second.prefer(t, enter, "true")
		prefers(t, "both choices", map[string]string{sound: "false", enter: "true"}, both...)
		t.Logf("on both devices after %v", time.Since(began).Round(time.Millisecond))

		// Chosen offline, and kept over a restart.
		for _, n := range s.nodes {
			n.proxy.SetDown(true)
		}
		ana.prefer(t, sound, "true")
		ana.prefer(t, preview, "false")
		second.prefer(t, enter, "null")
		want := map[string]string{sound: "true", enter: "true", preview: "false"}
		prefers(t, "shown at once", want, ana)
		ana.reopen(t)
		prefers(t, "kept", want, ana)
		for _, n := range s.nodes {
			n.proxy.SetDown(false)
		}
		ana.RetryNow()
		second.RetryNow()
		prefers(t, "all of it", map[string]string{sound: "true", preview: "false"}, both...)

		// The same choice on both, while both are away.
		for _, n := range s.nodes {
			n.proxy.SetDown(true)
		}
		ana.prefer(t, sound, "false")
		second.prefer(t, sound, "null")
		for _, n := range s.nodes {
			n.proxy.SetDown(false)
		}
		ana.RetryNow()
		second.RetryNow()
		eventually(t, "both have what the server committed last", func() error {
			kept := call(t, "GET", ana.server+protocol.PathPreferences, ana.token, nil)
			for _, d := range both {
				list, err := d.Preferences(t.Context())
				if err != nil {
					return err
				}
				if got := encoded(t, list); string(got) != string(bytes.TrimSpace(kept.body)) {
					return fmt.Errorf("one has %s, the server %s", got, kept.body)
				}
			}
			return nil
		})

		// A new device begins with them.
		ana.prefer(t, sound, "false")
		want = map[string]string{sound: "false", preview: "false"}
		prefers(t, "chosen", want, both...)
		prefers(t, "known from the start", want, s.signIn(t, last, "ana_lind"))
	})
}
