// Package archive takes data out of the app: exports that people and other
// programs read, and backups, which it also opens.
//
// It reads the local store and writes files; it never asks the server. It
// starts no goroutine: whoever calls it runs it, and an ended context stops it
// between two pieces. What it could not finish it removes.
package archive
