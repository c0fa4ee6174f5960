-- Adds the words that the user is giving to a message and has not sent. Older builds
-- refuse the database afterwards.

-- +goose Up

-- edit_seq is the message that edit_text is to stand in; 0 means none is edited.
-- Both are of this device alone.
ALTER TABLE conversation ADD COLUMN edit_seq INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversation ADD COLUMN edit_text TEXT NOT NULL DEFAULT '';
