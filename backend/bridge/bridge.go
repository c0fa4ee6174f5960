// Package bridge is the API that the page calls and the events that it hears,
// the same under Wails and in a browser.
//
// Rules for its methods: one request struct in at most, (Result, error) or
// error out; no context, because Wails would bind it as an argument; ids are
// strings, times int64 Unix milliseconds, slices never nil. Every method
// recovers its own panics: Wails would leave the page waiting for ever. An
// error crosses as an Error.
package bridge
