-- Entries that are gone: for one user, who cleared a conversation for themselves,
-- and for all, below a conversation's floor. Older builds cannot open it.

-- +goose Up
ALTER TABLE chat ADD COLUMN cleared_seq BIGINT  NOT NULL DEFAULT 0; -- 0 means never cleared.

-- What makes an entry unique outlives it for a while, so that a sender who did
-- not hear of it can repeat it.
CREATE TABLE gone_entry (
  sender_id  BIGINT  NOT NULL,
  client_id  BYTEA   NOT NULL,
  conv_id    BIGINT  NOT NULL,
  seq        BIGINT  NOT NULL,
  created_ms BIGINT  NOT NULL,
  digest     BYTEA   NOT NULL,
  PRIMARY KEY (sender_id, client_id)
);
CREATE INDEX gone_entry_by_age ON gone_entry (created_ms);

-- What one node does at a time, which one, and until when.
CREATE TABLE lease (
  name     TEXT    PRIMARY KEY,
  holder   TEXT    NOT NULL,
  until_ms BIGINT  NOT NULL
);
