-- Messages that are sent later. Older builds can still open the database; they
-- send none of them.

-- +goose Up
CREATE TABLE scheduled (
  user_id    BIGINT  NOT NULL,
  client_id  BYTEA   NOT NULL, -- A ULID's 16 bytes: that of the entry it becomes.
  conv_id    BIGINT  NOT NULL,
  useq       BIGINT  NOT NULL, -- The journal row that says the same.
  at_ms      BIGINT  NOT NULL,
  state      TEXT    NOT NULL, -- A protocol.Scheduled constant.
  code       TEXT    NOT NULL, -- Why it failed, or ''.
  send       TEXT    NOT NULL, -- A protocol.Send as JSON; '' once it is sent or deleted.
  claimed_ms BIGINT  NOT NULL, -- When a node last took it in hand; 0 means none did.
  ended_ms   BIGINT  NOT NULL, -- When it was sent or deleted; 0 before.
  PRIMARY KEY (user_id, client_id)
);
CREATE INDEX scheduled_due ON scheduled (at_ms) WHERE state = 'waiting';
CREATE INDEX scheduled_ended ON scheduled (ended_ms) WHERE ended_ms > 0;
