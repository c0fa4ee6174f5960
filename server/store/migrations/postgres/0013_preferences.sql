-- Choices that follow a user to all of their devices, the folders in which they
-- put conversations, and a way to the entries that mention somebody. Older builds
-- can still open the database; they leave all of it alone.

-- +goose Up
CREATE TABLE preference (
  user_id BIGINT NOT NULL,
  name    TEXT   NOT NULL, -- A protocol.Preference constant.
  useq    BIGINT NOT NULL, -- The journal row that says the same.
  value   TEXT   NOT NULL, -- JSON; 'null' where the user chose nothing any more.
  PRIMARY KEY (user_id, name)
);

-- A JSON array of the ids of folders, or '' for none.
ALTER TABLE chat ADD COLUMN folders TEXT NOT NULL DEFAULT '';

CREATE INDEX entry_mentions ON entry (conv_id, seq) WHERE mentions <> '';
