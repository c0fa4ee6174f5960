-- Messages that the server sends later. Older builds cannot open it.

-- +goose Up

-- body is a protocol.Scheduled as JSON: what waits and what failed, as the server
-- said. useq is the journal row that said it, or 0 for what only this device
-- knows: what the server refused.
CREATE TABLE scheduled (
    client_id TEXT    PRIMARY KEY,
    useq      INTEGER NOT NULL,
    body      TEXT    NOT NULL
) WITHOUT ROWID;

-- What the server is to be told, the newest of each message: a
-- protocol.Schedule as JSON, or '' to give it up. It goes out in order of id.
CREATE TABLE outgoing_scheduled (
    id        INTEGER PRIMARY KEY AUTOINCREMENT, -- Never given twice: an answer names what it answers.
    client_id TEXT    NOT NULL UNIQUE,
    body      TEXT    NOT NULL
);
