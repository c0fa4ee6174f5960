package bridge

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"mychat/backend/engine"
	"mychat/backend/session"
	"mychat/protocol"
)

// following names the settings that follow the user: each is a preference under
// its own name. Those that are about the machine, its screen or who else sits
// before it are not among them.
func following() []string {
	return []string{protocol.PreferenceCtrlEnter, protocol.PreferenceNotifyPreview, protocol.PreferenceSound, protocol.PreferenceLinkPreviews}
}

// Settings returns the settings that hold now: the machine's, and over them
// those of the open account that follow its user.
func (a *App) Settings(ctx context.Context) (session.Settings, error) {
	if a.session == nil {
		return session.Settings{}, a.broken
	}
	r, release := a.hold()
	defer release()
	if r == nil {
		return a.session.Settings(ctx)
	}
	return a.settingsWith(ctx, r.engine)
}

// settingsWith returns the settings that hold while e is that of the open
// account.
func (a *App) settingsWith(ctx context.Context, e *engine.Engine) (session.Settings, error) {
	v, err := a.session.Settings(ctx)
	if err != nil {
		return v, err
	}
	chosen, err := e.Preferences(ctx)
	if err != nil {
		return v, err
	}
	for _, p := range chosen {
		if !slices.Contains(following(), p.Name) {
			continue
		}
		if err := lay(&v, p.Name, p.Value); err != nil {
			return v, fmt.Errorf("decode preference: %w", err)
		}
	}
	return v, nil
}

// lay sets the setting of a name in v.
func lay(v *session.Settings, name string, value json.RawMessage) error {
	one, err := json.Marshal(map[string]json.RawMessage{name: value})
	if err != nil {
		return err
	}
	return json.Unmarshal(one, v)
}

// changeSettings keeps settings where they belong and tells who acts on them.
func (a *App) changeSettings(ctx context.Context, r ChangeSettingsRequest) error {
	encoded, err := json.Marshal(r.Settings)
	if err != nil {
		return fmt.Errorf("encode settings: %w", err)
	}
	var values map[string]json.RawMessage
	if err := json.Unmarshal(encoded, &values); err != nil {
		return fmt.Errorf("encode settings: %w", err)
	}
	open, release := a.hold()
	defer release()
	var here []string
	for _, name := range r.Names {
		switch {
		case values[name] == nil:
			return protocol.Invalid("names", "there is no setting %.40q", name)
		case open == nil || !slices.Contains(following(), name):
			here = append(here, name)
		default:
			err := open.engine.SetPreference(ctx, protocol.Preference{Name: name, Value: values[name]})
			if err != nil {
				return err
			}
		}
	}
	if len(here) == 0 {
		return nil // The engine tells of preferences.
	}
	err = a.session.ChangeSettings(ctx, func(v *session.Settings) error {
		for _, name := range here {
			err = errors.Join(err, lay(v, name, values[name]))
		}
		return err
	})
	if err != nil {
		return err
	}
	if open != nil {
		a.heed(ctx, open.engine)
	}
	a.feed.push(Event{Kind: EventSettings})
	return nil
}

// heed has an engine do what the settings say.
func (a *App) heed(ctx context.Context, e *engine.Engine) {
	v, err := a.settingsWith(ctx, e)
	if err != nil {
		if ctx.Err() == nil {
			a.log.Warn("the settings stay what they were", "error", err)
		}
		return
	}
	var opt engine.Options
	opt.Notify.Notify, opt.Notify.Preview = v.Notify, v.NotifyPreview
	e.SetNotify(opt.Notify)
	e.SetPreviews(v.LinkPreviews)
}

// shortcutsName is the preference that holds the shortcuts of this kind of
// device: keyboards differ, and a browser keeps keys for itself.
func (a *App) shortcutsName() string {
	switch {
	case a.opt.Host == HostBrowser:
		return protocol.PreferenceShortcutsWeb
	case a.opt.Platform == protocol.PlatformMacOS:
		return protocol.PreferenceShortcutsMac
	}
	return protocol.PreferenceShortcutsPC
}

// shortcuts returns the keys that the user of the open account chose for this
// kind of device, by action; none while no account is open.
func (a *App) shortcuts(ctx context.Context) ([]Shortcut, error) {
	r, release := a.hold()
	defer release()
	if r == nil {
		return nil, nil
	}
	chosen, err := r.engine.Preferences(ctx)
	if err != nil {
		return nil, err
	}
	var out []Shortcut
	for _, p := range chosen {
		if p.Name != a.shortcutsName() {
			continue
		}
		var keys protocol.Shortcuts
		if err := json.Unmarshal(p.Value, &keys); err != nil {
			return nil, fmt.Errorf("decode shortcuts: %w", err)
		}
		for _, action := range slices.Sorted(maps.Keys(keys)) {
			out = append(out, Shortcut{Action: action, Chord: keys[action]})
		}
	}
	return out, nil
}
