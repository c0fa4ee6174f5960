-- Choices that follow the user to all of their devices, the folders in which they
-- put conversations, and where they are mentioned. Older builds cannot open it.

-- +goose Up

-- What the server said of each preference. value is JSON, 'null' where the user
-- chose nothing any more.
CREATE TABLE preference (
    name  TEXT    PRIMARY KEY,
    useq  INTEGER NOT NULL, -- The journal row that said it.
    value TEXT    NOT NULL
) WITHOUT ROWID;

-- What the server is to be told: of each name the newest.
CREATE TABLE outgoing_preference (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

-- folders is a JSON array of ids, or '' for none, from chat and outgoing_chat.
-- mention_seq is the last unread entry that mentions the user, 0 for none;
-- base_mention_seq is what the last head said of it.
ALTER TABLE conversation ADD COLUMN folders TEXT NOT NULL DEFAULT '';
ALTER TABLE conversation ADD COLUMN mention_seq INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversation ADD COLUMN base_mention_seq INTEGER NOT NULL DEFAULT 0;
CREATE INDEX message_mention ON message (conv, seq) WHERE mentions <> '' AND seq > 0;

-- An older build passed over the rows of the journal that it did not know: all of
-- them are asked for anew.
UPDATE account SET journal_pos = 0;
