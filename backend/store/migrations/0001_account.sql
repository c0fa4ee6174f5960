-- The first schema of an account's local database. Nothing older exists.

-- +goose Up

-- The one row of what is true for the account as a whole. me is a protocol.Me
-- as JSON; journal_pos and since_ms are the positions of the next hello;
-- clock_ms is the server's clock less this machine's, at the last welcome.
CREATE TABLE account (
    id          INTEGER PRIMARY KEY CHECK (id = 1),
    user_id     TEXT    NOT NULL,
    me          TEXT    NOT NULL,
    journal_pos INTEGER NOT NULL DEFAULT 0,
    since_ms    INTEGER NOT NULL DEFAULT 0,
    clock_ms    INTEGER NOT NULL DEFAULT 0
);

-- Other tables name a conversation by key, which is short. preview_* and
-- unread follow from message and are written in its transaction. base_* is the
-- server's unread count and the positions that it was counted at; it answers
-- while bodies are missing here.
CREATE TABLE conversation (
    key                INTEGER PRIMARY KEY,
    id                 TEXT    NOT NULL UNIQUE,
    kind               TEXT    NOT NULL,
    peer_id            TEXT    NOT NULL DEFAULT '',
    peer_username      TEXT    NOT NULL DEFAULT '',
    peer_nickname      TEXT    NOT NULL DEFAULT '',
    last_seq           INTEGER NOT NULL DEFAULT 0,
    floor_seq          INTEGER NOT NULL DEFAULT 0,
    ranges             TEXT    NOT NULL DEFAULT '',
    read_seq           INTEGER NOT NULL DEFAULT 0,
    peer_read_seq      INTEGER NOT NULL DEFAULT 0,
    peer_delivered_seq INTEGER NOT NULL DEFAULT 0,
    base_unread        INTEGER NOT NULL DEFAULT 0,
    base_read_seq      INTEGER NOT NULL DEFAULT 0,
    base_last_seq      INTEGER NOT NULL DEFAULT 0,
    unread             INTEGER NOT NULL DEFAULT 0,
    preview_kind       TEXT    NOT NULL DEFAULT '',
    preview_text       TEXT    NOT NULL DEFAULT '',
    preview_mine       INTEGER NOT NULL DEFAULT 0,
    preview_status     TEXT    NOT NULL DEFAULT '',
    preview_ms         INTEGER NOT NULL DEFAULT 0,
    draft              TEXT    NOT NULL DEFAULT '',
    sort_ms            INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX conversation_sort ON conversation (sort_ms);
CREATE INDEX conversation_peer ON conversation (peer_id);

-- seq is 0 until the server gave one; id orders the unsent ones. body is kept
-- byte for byte.
CREATE TABLE message (
    id         INTEGER PRIMARY KEY,
    conv       INTEGER NOT NULL REFERENCES conversation (key),
    seq        INTEGER NOT NULL,
    sender     TEXT    NOT NULL,
    client_id  TEXT    NOT NULL,
    kind       TEXT    NOT NULL,
    mine       INTEGER NOT NULL,
    countable  INTEGER NOT NULL,
    ref_seq    INTEGER NOT NULL DEFAULT 0,
    mentions   TEXT    NOT NULL DEFAULT '',
    file_ids   TEXT    NOT NULL DEFAULT '',
    body       BLOB    NOT NULL,
    fallback   TEXT    NOT NULL DEFAULT '',
    created_ms INTEGER NOT NULL,
    status     TEXT    NOT NULL,
    error_code TEXT    NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX message_seq ON message (conv, seq) WHERE seq > 0;
CREATE INDEX message_unsent ON message (conv, id) WHERE seq = 0;
CREATE UNIQUE INDEX message_client ON message (conv, client_id, sender);

-- The closed intervals of seqs whose entries are here. They never touch or
-- overlap; what is visible and in none of them is missing.
CREATE TABLE span (
    conv     INTEGER NOT NULL REFERENCES conversation (key),
    from_seq INTEGER NOT NULL,
    to_seq   INTEGER NOT NULL,
    PRIMARY KEY (conv, from_seq)
) WITHOUT ROWID;

-- Own messages that the server has not confirmed and has not refused. They go
-- out in order of message within a conversation.
CREATE TABLE outgoing (
    conv    INTEGER NOT NULL REFERENCES conversation (key),
    message INTEGER NOT NULL UNIQUE REFERENCES message (id) ON DELETE CASCADE,
    PRIMARY KEY (conv, message)
) WITHOUT ROWID;

-- Own read positions that the server has not confirmed.
CREATE TABLE outgoing_read (
    conv INTEGER PRIMARY KEY REFERENCES conversation (key),
    seq  INTEGER NOT NULL
);

CREATE TABLE contact (
    user_id         TEXT    PRIMARY KEY,
    username        TEXT    NOT NULL,
    nickname        TEXT    NOT NULL,
    remark          TEXT    NOT NULL,
    friend          INTEGER NOT NULL,
    conversation_id TEXT    NOT NULL,
    since_ms        INTEGER NOT NULL
) WITHOUT ROWID;

-- body is a protocol.FriendRequest as JSON.
CREATE TABLE request (
    id         TEXT    PRIMARY KEY,
    created_ms INTEGER NOT NULL,
    body       TEXT    NOT NULL
) WITHOUT ROWID;
CREATE INDEX request_created ON request (created_ms);
