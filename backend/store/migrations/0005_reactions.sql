-- What people put to messages, and which messages a conversation has pinned.
-- Older builds cannot open it.

-- +goose Up

-- reactions is a JSON array of who put or took away which emoji at which seq,
-- or '' for none; reacted_seq is the seq up to which the server's own list of
-- them is known. What is here says so before anybody could react.
ALTER TABLE message ADD COLUMN reactions   TEXT    NOT NULL DEFAULT '';
ALTER TABLE message ADD COLUMN reacted_seq INTEGER NOT NULL DEFAULT 0;
UPDATE message SET reacted_seq = state_seq;

-- pins is a JSON array of what was pinned or taken off at which seq, or '' for
-- none; pins_seq is the seq up to which the server's own list is known.
ALTER TABLE conversation ADD COLUMN pins     TEXT    NOT NULL DEFAULT '';
ALTER TABLE conversation ADD COLUMN pins_seq INTEGER NOT NULL DEFAULT 0;
