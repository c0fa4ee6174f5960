package browserhost

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"reflect"
	"runtime/debug"

	"mychat/backend/bridge"
	"mychat/protocol"
)

// dispatcher calls the exported methods of bound structs by name. It never
// changes after newDispatcher.
type dispatcher struct {
	methods map[string]reflect.Value // By "Struct/Method".
	log     *slog.Logger
}

// newDispatcher returns a dispatcher over pointers to structs. It panics if a
// method could not be called from a page, which is a programmer's mistake.
func newDispatcher(bound []any, log *slog.Logger) *dispatcher {
	d := &dispatcher{methods: map[string]reflect.Value{}, log: log}
	fault := reflect.TypeFor[error]()
	for _, b := range bound {
		v := reflect.ValueOf(b)
		for i := range v.NumMethod() {
			name := v.Type().Elem().Name() + "/" + v.Type().Method(i).Name
			m := v.Method(i)
			t := m.Type()
			if n := t.NumOut(); n < 1 || n > 2 || t.Out(n-1) != fault || t.IsVariadic() {
				panic(fmt.Sprintf("browserhost: %s does not return (Result, error) or error", name))
			}
			d.methods[name] = m
		}
	}
	return d
}

// call calls the method name with the JSON array args. Every error is a
// *bridge.Error; a result of nil means that the method has none.
func (d *dispatcher) call(name string, args []byte) (result any, err error) {
	m, ok := d.methods[name]
	if !ok {
		return nil, &bridge.Error{Code: string(protocol.CodeNotFound), Message: "no such method"}
	}
	in, err := decodeArgs(m.Type(), args)
	if err != nil {
		return nil, &bridge.Error{Code: string(protocol.CodeInvalid), Message: err.Error()}
	}
	defer func() {
		if v := recover(); v != nil {
			d.log.Error("a method panicked", "method", name, "panic", v, "stack", string(debug.Stack()))
			result, err = nil, &bridge.Error{Code: string(protocol.CodeInternal), Message: fmt.Sprintf("panic: %v", v)}
		}
	}()
	out := m.Call(in)
	if e := out[len(out)-1]; !e.IsNil() {
		return nil, bridge.AsError(e.Interface().(error))
	}
	if len(out) == 1 {
		return nil, nil
	}
	return out[0].Interface(), nil
}

// decodeArgs decodes a JSON array into the arguments of a function, exactly as
// many as it has.
func decodeArgs(t reflect.Type, data []byte) ([]reflect.Value, error) {
	var raw []json.RawMessage
	if err := json.Unmarshal(data, &raw); err != nil {
		return nil, fmt.Errorf("the arguments are no JSON array: %w", err)
	}
	if len(raw) != t.NumIn() {
		return nil, fmt.Errorf("%d arguments are given, %d are needed", len(raw), t.NumIn())
	}
	in := make([]reflect.Value, len(raw))
	for i, r := range raw {
		arg := reflect.New(t.In(i))
		if err := json.Unmarshal(r, arg.Interface()); err != nil {
			return nil, fmt.Errorf("argument %d: %w", i+1, err)
		}
		in[i] = arg.Elem()
	}
	return in, nil
}
