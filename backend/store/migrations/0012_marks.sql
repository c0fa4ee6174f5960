-- What only the user sees of single messages: those with a star, and those that
-- they deleted for themselves. Older builds cannot open it.

-- +goose Up

-- id is the conversation's on the wire: a row may come before it, and before the
-- message. useq is up to where the journal is known to say what starred_ms and
-- deleted say. shown_ms is starred_ms with what waits in outgoing_mark over it,
-- written in its transaction; 0 means no star.
CREATE TABLE own_mark (
    id         TEXT    NOT NULL,
    seq        INTEGER NOT NULL,
    useq       INTEGER NOT NULL DEFAULT 0,
    starred_ms INTEGER NOT NULL DEFAULT 0,
    deleted    INTEGER NOT NULL DEFAULT 0,
    shown_ms   INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (id, seq)
) WITHOUT ROWID;
CREATE INDEX own_mark_shown ON own_mark (shown_ms, id, seq) WHERE shown_ms > 0;

-- What the server is to be told, the newest of each message: 'star', 'unstar' or
-- 'delete', and when the user said it. It goes out in order of rank.
CREATE TABLE outgoing_mark (
    rank  INTEGER PRIMARY KEY AUTOINCREMENT,
    id    TEXT    NOT NULL,
    seq   INTEGER NOT NULL,
    want  TEXT    NOT NULL,
    at_ms INTEGER NOT NULL,
    UNIQUE (id, seq)
);

-- How far all that the server knows was read: up to marks_cursor, as of
-- marks_from in the journal or later; to the end with marks_whole. Nothing was
-- read yet.
ALTER TABLE account ADD COLUMN marks_whole  INTEGER NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN marks_cursor TEXT    NOT NULL DEFAULT '';
ALTER TABLE account ADD COLUMN marks_from   INTEGER NOT NULL DEFAULT 0;
