package desktop

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// driver is one W3C WebDriver session.
type driver struct {
	base string // http://127.0.0.1:port/session/id
}

// elementKey is the property under which WebDriver returns an element.
const elementKey = "element-6066-11e4-a52e-4f735466cecf"

// newDriver opens a session that starts binary with args.
func newDriver(ctx context.Context, server, binary string, args []string) (*driver, error) {
	caps := map[string]any{"capabilities": map[string]any{"alwaysMatch": map[string]any{
		"webkitgtk:browserOptions": map[string]any{"binary": binary, "args": args},
	}}}
	var got struct {
		SessionID string `json:"sessionId"`
	}
	if err := call(ctx, http.MethodPost, server+"/session", caps, &got); err != nil {
		return nil, err
	}
	return &driver{base: server + "/session/" + got.SessionID}, nil
}

func (d *driver) close(ctx context.Context) error {
	return call(ctx, http.MethodDelete, d.base, nil, nil)
}

// find waits until an element matches the XPath expression and returns its id.
func (d *driver) find(ctx context.Context, xpath string) (string, error) {
	var last error
	for {
		var got map[string]string
		last = call(ctx, http.MethodPost, d.base+"/element", map[string]any{"using": "xpath", "value": xpath}, &got)
		if last == nil {
			return got[elementKey], nil
		}
		select {
		case <-ctx.Done():
			return "", fmt.Errorf("find %s: %w", xpath, last)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// click waits for an element and clicks it.
func (d *driver) click(ctx context.Context, xpath string) error {
	id, err := d.find(ctx, xpath)
	if err != nil {
		return err
	}
	return call(ctx, http.MethodPost, d.base+"/element/"+id+"/click", map[string]any{}, nil)
}

// fill waits for a text field and types into it.
func (d *driver) fill(ctx context.Context, xpath, text string) error {
	id, err := d.find(ctx, xpath)
	if err != nil {
		return err
	}
	return call(ctx, http.MethodPost, d.base+"/element/"+id+"/value", map[string]any{"text": text}, nil)
}

// eval runs a script's body in the page and decodes what it returns into out.
func (d *driver) eval(ctx context.Context, script string, out any) error {
	return call(ctx, http.MethodPost, d.base+"/execute/sync", map[string]any{"script": script, "args": []any{}}, out)
}

// evalAsync runs a script's body in the page, as an async function with the
// arguments, and decodes what it resolves to into out.
func (d *driver) evalAsync(ctx context.Context, script string, out any, args ...any) error {
	wrapped := fmt.Sprintf(`const done = arguments[arguments.length - 1];
(async (...args) => { %s })(...[...arguments].slice(0, -1)).then(
  (value) => done({ value }), (error) => done({ error: String(error) }));`, script)
	if args == nil {
		args = []any{}
	}
	var got struct {
		Value json.RawMessage
		Error string
	}
	if err := call(ctx, http.MethodPost, d.base+"/execute/async", map[string]any{"script": wrapped, "args": args}, &got); err != nil {
		return err
	}
	if got.Error != "" {
		return errors.New(got.Error)
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(got.Value, out)
}

// call makes one WebDriver command. in nil sends no body, out nil drops the value.
func call(ctx context.Context, method, url string, in, out any) error {
	var body bytes.Buffer
	if in != nil {
		if err := json.NewEncoder(&body).Encode(in); err != nil {
			return err
		}
	}
	req, err := http.NewRequestWithContext(ctx, method, url, &body)
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	var got struct {
		Value json.RawMessage `json:"value"`
	}
	if err := json.NewDecoder(res.Body).Decode(&got); err != nil {
		return fmt.Errorf("%s %s: %w", method, url, err)
	}
	if res.StatusCode != http.StatusOK {
		var fault struct{ Error, Message string }
		_ = json.Unmarshal(got.Value, &fault) // An undecodable fault still has its status.
		return fmt.Errorf("%s %s: %s: %s %s", method, url, res.Status, fault.Error, fault.Message)
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(got.Value, out)
}
