// Package store holds the server's rows, queries and migrations, on SQLite or
// PostgreSQL. It decides nothing: which rule a write obeys is the business of
// timeline, journal, account and chat, which call it inside transactions.
//
// Rows are private. Methods speak protocol types or small structs, one method
// per question. All of them hang on Tx, which is a transaction (Store.Write,
// Store.Snapshot) or a plain reader (Store.Reader).
//
// Locks on PostgreSQL are taken in one order everywhere: user rows by id, then
// conversation rows by id, then journal counters by user id. On SQLite the one
// writing connection is the lock. The package starts no goroutine.
package store
