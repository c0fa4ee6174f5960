package account_test

import (
	"errors"
	"reflect"
	"testing"

	"mychat/protocol"
	"mychat/server/account"
)

func (p person) prefer(name, value string) protocol.PreferenceUpdated {
	p.w.t.Helper()
	got, err := p.w.SetPreference(p.w.t.Context(), p.Caller, protocol.Preference{Name: name, Value: protocol.RawJSON(value)})
	if err != nil {
		p.w.t.Fatalf("set preference: %v", err)
	}
	return got
}

// preferred returns what the server keeps, as a device that asks hears it.
func (p person) preferred() map[string]string {
	p.w.t.Helper()
	list, err := p.w.Preferences(p.w.t.Context(), p.Caller)
	if err != nil {
		p.w.t.Fatal(err)
	}
	out := map[string]string{}
	for _, one := range list {
		out[one.Name] = string(one.Value)
	}
	return out
}

func TestPreferences(t *testing.T) {
	each(t, account.Options{}, func(t *testing.T, w *world) {
		ana, bob := w.register("ana_lind"), w.register("bob_2026")
		if got := ana.prefer(protocol.PreferenceSound, "null"); got.Useq != 0 {
			t.Errorf("what was never chosen and still is not: got %+v", got)
		}
		first := ana.prefer(protocol.PreferenceSound, "false")
		if got := last[protocol.Preference](ana, protocol.JournalPreference); !reflect.DeepEqual(got, first.Preference) || first.Useq == 0 {
			t.Errorf("the journal says %+v, the answer %+v", got, first)
		}
		ana.prefer(protocol.PreferenceCtrlEnter, "true")
		if got := ana.prefer(protocol.PreferenceSound, " false\n"); !reflect.DeepEqual(got, first) {
			t.Errorf("a repeat: got %+v, want %+v", got, first)
		}
		if got := rows[protocol.Preference](ana, protocol.JournalPreference); len(got) != 2 {
			t.Errorf("rows %+v", got)
		}
		second := ana.prefer(protocol.PreferenceSound, "true")
		if second.Useq <= first.Useq || len(rows[protocol.Preference](ana, protocol.JournalPreference)) != 2 {
			t.Errorf("the row that was replaced is not void: %+v", second)
		}
		want := map[string]string{protocol.PreferenceSound: "true", protocol.PreferenceCtrlEnter: "true"}
		if got := ana.preferred(); !reflect.DeepEqual(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}

		t.Run("a new device gets those that are set", func(t *testing.T) {
			ana.prefer(protocol.PreferenceCtrlEnter, "null")
			s, err := w.journal.Sync(t.Context(), ana.UserID, 0)
			if err != nil || !s.Reset {
				t.Fatal(s, err)
			}
			var bodies []string
			for _, r := range s.Rows {
				if r.Kind == protocol.JournalPreference {
					bodies = append(bodies, string(r.Body))
				}
			}
			if want := []string{`{"name":"sound","value":true}`}; !reflect.DeepEqual(bodies, want) {
				t.Errorf("got %q, want %q", bodies, want)
			}
		})

		t.Run("what is nobody else's", func(t *testing.T) {
			if got := bob.preferred(); len(got) != 0 {
				t.Errorf("bob has %v", got)
			}
			nobody := account.Caller{UserID: "no id"}
			if _, err := w.SetPreference(t.Context(), nobody, first.Preference); !errors.Is(err, protocol.ErrUnauthorized) {
				t.Errorf("nobody: %v", err)
			}
		})

		t.Run("refused", func(t *testing.T) {
			before := ana.preferred()
			for _, p := range []protocol.Preference{
				{Name: "theme", Value: protocol.RawJSON(`"dark"`)},
				{Name: protocol.PreferenceSound, Value: protocol.RawJSON(`"loud"`)},
				{Name: protocol.PreferenceSound},
			} {
				_, err := w.SetPreference(t.Context(), ana.Caller, p)
				if e := protocol.AsError(err); e.Code != protocol.CodeInvalid {
					t.Errorf("%+v: %v", p, err)
				}
			}
			if got := ana.preferred(); !reflect.DeepEqual(got, before) {
				t.Errorf("a refusal changed %v to %v", before, got)
			}
		})
	})
}
