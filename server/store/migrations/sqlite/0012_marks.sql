-- What users mark for themselves alone: messages with a star, and messages that
-- they deleted for themselves. Older builds can still open the database, but
-- show what was deleted.

-- +goose Up
CREATE TABLE mark (
  user_id    INTEGER NOT NULL,
  conv_id    INTEGER NOT NULL,
  seq        INTEGER NOT NULL,
  starred_ms INTEGER NOT NULL, -- When it got its star; 0 means that it has none.
  deleted_ms INTEGER NOT NULL, -- When they deleted it for themselves; 0 means that they did not.
  PRIMARY KEY (user_id, conv_id, seq)
) WITHOUT ROWID;
CREATE INDEX mark_by_entry ON mark (conv_id, seq);
