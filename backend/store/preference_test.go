package store

import (
	"maps"
	"path/filepath"
	"testing"

	"pgregory.net/rapid"

	"mychat/protocol"
)

func preference(name, value string) protocol.Preference {
	return protocol.Preference{Name: name, Value: protocol.RawJSON(value)}
}

func prefer(t testing.TB, s *Store, name, value string) {
	t.Helper()
	if err := s.SetPreference(t.Context(), preference(name, value)); err != nil {
		t.Fatal(err)
	}
}

// preferences returns what is shown, by name.
func preferences(t testing.TB, s *Store) map[string]string {
	t.Helper()
	list, err := s.Preferences(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, p := range list {
		out[p.Name] = string(p.Value)
	}
	return out
}

func outgoingPreferences(t testing.TB, s *Store) []protocol.Preference {
	t.Helper()
	list, err := s.OutgoingPreferences(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestPreferenceStandsUntilConfirmed(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "account")
	s := openIn(t, dir)
	welcome(t, s)
	feed := s.Subscribe()
	prefer(t, s, protocol.PreferenceSound, " false")
	if c := feed.Take(); !c.Preferences || !c.Outgoing {
		t.Errorf("told %+v", c)
	}
	prefer(t, s, protocol.PreferenceSound, "false")
	prefer(t, s, protocol.PreferenceCtrlEnter, "null")
	if c := feed.Take(); !c.empty() {
		t.Errorf("what changes nothing told %+v", c)
	}
	journal(t, s, row(1, protocol.JournalPreference, preference(protocol.PreferenceSound, "true")),
		row(2, protocol.JournalPreference, preference(protocol.PreferenceCtrlEnter, "true")))
	want := map[string]string{protocol.PreferenceSound: "false", protocol.PreferenceCtrlEnter: "true"}
	if got := preferences(t, s); !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	feed.Close()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}

	s = openIn(t, dir)
	if got := preferences(t, s); !maps.Equal(got, want) {
		t.Errorf("after a restart: got %v, want %v", got, want)
	}
	sent := outgoingPreferences(t, s)
	if len(sent) != 1 || sent[0].Name != protocol.PreferenceSound || string(sent[0].Value) != "false" {
		t.Fatalf("to be told: %+v", sent)
	}
	if err := s.RefusePreference(t.Context(), sent[0]); err != nil {
		t.Fatal(err)
	}
	if got := preferences(t, s)[protocol.PreferenceSound]; got != "true" || len(outgoingPreferences(t, s)) != 0 {
		t.Errorf("after a refusal: %q", got)
	}
	for _, p := range []protocol.Preference{preference("theme", `"dark"`), preference(protocol.PreferenceSound, `"loud"`)} {
		if err := s.SetPreference(t.Context(), p); protocol.AsError(err).Code != protocol.CodeInvalid {
			t.Errorf("%+v: %v", p, err)
		}
	}
}

func TestResetForgetsPreferencesAndKeepsWhatWaits(t *testing.T) {
	s := open(t)
	welcome(t, s)
	journal(t, s, row(1, protocol.JournalPreference, preference(protocol.PreferenceSound, "false")),
		row(2, protocol.JournalPreference, preference(protocol.PreferenceNotifyPreview, "false")))
	prefer(t, s, protocol.PreferenceCtrlEnter, "true")
	w := protocol.Welcome{Me: me, Reset: true, JournalPos: 9, Journal: []protocol.JournalRow{
		row(9, protocol.JournalPreference, preference(protocol.PreferenceSound, "false")),
	}}
	if err := s.ApplyWelcome(t.Context(), w); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{protocol.PreferenceSound: "false", protocol.PreferenceCtrlEnter: "true"}
	if got := preferences(t, s); !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// TestPreferencesAgree lets a user choose while answers come, are lost or come
// late and another device chooses too, and holds the store to a model: what was
// chosen here last stands until it is told; in the end all show what the server
// committed last.
func TestPreferencesAgree(t *testing.T) {
	checks := 0
	rapid.Check(t, func(rt *rapid.T) {
		if checks++; checks > 25 { // Each makes a database.
			return
		}
		s := open(t)
		defer s.Close()
		if err := s.ApplyWelcome(t.Context(), protocol.Welcome{Me: me}); err != nil {
			rt.Fatal(err)
		}
		names := []string{protocol.PreferenceSound, protocol.PreferenceCtrlEnter}
		server, useq, here := map[string]string{}, map[string]int64{}, map[string]string{}
		var rows []protocol.JournalRow
		commit := func(p protocol.Preference) protocol.PreferenceUpdated {
			if orNull(server, p.Name) != string(p.Value) {
				server[p.Name] = string(p.Value)
				useq[p.Name] = int64(len(rows) + 1)
				rows = append(rows, row(useq[p.Name], protocol.JournalPreference, p))
			}
			return protocol.PreferenceUpdated{Useq: useq[p.Name], Preference: p}
		}
		tell := func() {
			for _, p := range outgoingPreferences(t, s) {
				if err := s.ConfirmPreference(t.Context(), p, commit(p)); err != nil {
					rt.Fatal(err)
				}
			}
			clear(here)
		}
		for range rapid.IntRange(1, 20).Draw(rt, "steps") {
			name := rapid.SampledFrom(names).Draw(rt, "name")
			value := rapid.SampledFrom([]string{"true", "false", "null"}).Draw(rt, "value")
			switch rapid.SampledFrom([]string{"choose", "tell", "lose", "other", "hear"}).Draw(rt, "step") {
			case "choose":
				if orNull(preferences(t, s), name) != value {
					here[name] = value
				}
				prefer(t, s, name, value)
			case "tell":
				tell()
			case "lose":
				for _, p := range outgoingPreferences(t, s) {
					commit(p)
				}
			case "other":
				commit(preference(name, value))
			case "hear":
				journal(t, s, rows...)
			}
			shown := preferences(t, s)
			for n, v := range here {
				if orNull(shown, n) != v {
					rt.Fatalf("chose %s=%s and sees %v", n, v, shown)
				}
			}
		}
		tell()
		journal(t, s, rows...)
		maps.DeleteFunc(server, func(_, v string) bool { return v == "null" })
		if got := preferences(t, s); !maps.Equal(got, server) || len(outgoingPreferences(t, s)) != 0 {
			rt.Fatalf("shown %v, the server has %v", got, server)
		}
	})
}

func orNull(values map[string]string, name string) string {
	if v, ok := values[name]; ok {
		return v
	}
	return "null"
}
