-- What a user keeps of a conversation for themselves. Builds that do not know
-- the table can still open the database; they leave it alone.

-- +goose Up
CREATE TABLE chat (
  user_id    BIGINT  NOT NULL,
  conv_id    BIGINT  NOT NULL,
  useq       BIGINT  NOT NULL, -- The journal row that says the same.
  pinned_ms  BIGINT  NOT NULL, -- 0 means not pinned.
  muted      BOOLEAN NOT NULL,
  archived   BOOLEAN NOT NULL,
  hidden_seq BIGINT  NOT NULL, -- 0 means not hidden.
  unread_seq BIGINT  NOT NULL, -- 0 means not marked unread.
  draft      TEXT    NOT NULL, -- JSON, or '' for none.
  PRIMARY KEY (user_id, conv_id)
);
