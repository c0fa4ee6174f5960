-- What a user keeps of a conversation for themselves. Builds that do not know
-- the table can still open the database; they leave it alone.

-- +goose Up
CREATE TABLE chat (
  user_id    INTEGER NOT NULL,
  conv_id    INTEGER NOT NULL,
  useq       INTEGER NOT NULL, -- The journal row that says the same.
  pinned_ms  INTEGER NOT NULL, -- 0 means not pinned.
  muted      BOOLEAN NOT NULL,
  archived   BOOLEAN NOT NULL,
  hidden_seq INTEGER NOT NULL, -- 0 means not hidden.
  unread_seq INTEGER NOT NULL, -- 0 means not marked unread.
  draft      TEXT    NOT NULL, -- JSON, or '' for none.
  PRIMARY KEY (user_id, conv_id)
) WITHOUT ROWID;
