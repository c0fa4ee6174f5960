-- Entries that are gone: for one user, who cleared a conversation for themselves,
-- and for all, below a conversation's floor. Older builds cannot open it.

-- +goose Up
ALTER TABLE chat ADD COLUMN cleared_seq INTEGER NOT NULL DEFAULT 0; -- 0 means never cleared.

-- What makes an entry unique outlives it for a while, so that a sender who did
-- not hear of it can repeat it.
CREATE TABLE gone_entry (
  sender_id  INTEGER NOT NULL,
  client_id  BLOB    NOT NULL,
  conv_id    INTEGER NOT NULL,
  seq        INTEGER NOT NULL,
  created_ms INTEGER NOT NULL,
  digest     BLOB    NOT NULL,
  PRIMARY KEY (sender_id, client_id)
) WITHOUT ROWID;
CREATE INDEX gone_entry_by_age ON gone_entry (created_ms);

-- What one node does at a time, which one, and until when.
CREATE TABLE lease (
  name     TEXT    PRIMARY KEY,
  holder   TEXT    NOT NULL,
  until_ms INTEGER NOT NULL
);
