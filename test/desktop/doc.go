// Package desktop drives the real desktop window as a user would: on a private
// X server with its own session bus, through WebKitWebDriver and a preloaded
// shim, so that the binary that people get is the binary that is tested.
package desktop
