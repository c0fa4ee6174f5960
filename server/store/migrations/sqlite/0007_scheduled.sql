-- Messages that are sent later. Older builds can still open the database; they
-- send none of them.

-- +goose Up
CREATE TABLE scheduled (
  user_id    INTEGER NOT NULL,
  client_id  BLOB    NOT NULL, -- A ULID's 16 bytes: that of the entry it becomes.
  conv_id    INTEGER NOT NULL,
  useq       INTEGER NOT NULL, -- The journal row that says the same.
  at_ms      INTEGER NOT NULL,
  state      TEXT    NOT NULL, -- A protocol.Scheduled constant.
  code       TEXT    NOT NULL, -- Why it failed, or ''.
  send       TEXT    NOT NULL, -- A protocol.Send as JSON; '' once it is sent or deleted.
  claimed_ms INTEGER NOT NULL, -- When a node last took it in hand; 0 means none did.
  ended_ms   INTEGER NOT NULL, -- When it was sent or deleted; 0 before.
  PRIMARY KEY (user_id, client_id)
) WITHOUT ROWID;
CREATE INDEX scheduled_due ON scheduled (at_ms) WHERE state = 'waiting';
CREATE INDEX scheduled_ended ON scheduled (ended_ms) WHERE ended_ms > 0;
