-- Adds the index that messages are found by, and one for the days on which
-- something was said. Older builds refuse the database afterwards: what they
-- wrote would not be found.

-- +goose Up

-- The tokens of package text for every message with words in it. rowid is
-- search_row.id. The words themselves are in message only.
-- +goose StatementBegin
CREATE VIRTUAL TABLE message_fts USING fts5(
    tok, content='', contentless_delete=1, detail=none, tokenize='ascii'
);
-- +goose StatementEnd
INSERT INTO message_fts (message_fts, rank) VALUES ('hashsize', 16777216);

-- Which message a row of message_fts is. id grows with the message's time: a
-- search is newest first when it follows id, and a span of time is one of ids.
CREATE TABLE search_row (
    id      INTEGER PRIMARY KEY,
    message INTEGER NOT NULL UNIQUE REFERENCES message (id) ON DELETE CASCADE
);

-- The one row of how far messages that were here before are indexed: those
-- with an id up to before are not. 0 means all are.
CREATE TABLE search_state (
    id     INTEGER PRIMARY KEY CHECK (id = 1),
    before INTEGER NOT NULL
);
INSERT INTO search_state SELECT 1, coalesce(max(id), 0) FROM message;

CREATE INDEX message_day ON message (conv, created_ms) WHERE countable AND seq > 0;
