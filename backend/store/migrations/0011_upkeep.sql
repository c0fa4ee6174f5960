-- Adds what is known of the file itself, and whether history is to be fetched.
-- Older builds refuse the database afterwards.

-- +goose Up

-- The one row of when the file was found sound and a good copy of it was made,
-- and why the last copy that was due was left out: '' for no reason. healed is a
-- Healed as JSON that the user has not read, or ''. With history_paused older
-- history is fetched only where it is opened.
CREATE TABLE upkeep (
    id             INTEGER PRIMARY KEY CHECK (id = 1),
    checked_ms     INTEGER NOT NULL DEFAULT 0,
    copied_ms      INTEGER NOT NULL DEFAULT 0,
    copy_skipped   TEXT    NOT NULL DEFAULT '',
    healed         TEXT    NOT NULL DEFAULT '',
    history_paused INTEGER NOT NULL DEFAULT 0
);
INSERT INTO upkeep (id) VALUES (1);
