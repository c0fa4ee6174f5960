-- What the user keeps of each conversation for themselves: what the server
-- said, what it is to be told, and what follows from both. Older builds cannot
-- open the database afterwards. Drafts that were kept on this device only are
-- to be told to the server.

-- +goose Up

-- body is a protocol.ChatSettings as JSON. A row may come before the
-- conversation that it is about, so id is that of the wire.
CREATE TABLE chat (
    id   TEXT    PRIMARY KEY,
    useq INTEGER NOT NULL, -- The journal row that said it.
    body TEXT    NOT NULL
) WITHOUT ROWID;

-- body is a protocol.UpdateChat as JSON: of each field, the newest that the
-- server has not confirmed. pinned_ms is where the conversation stands until
-- the server says when it was pinned; 0 if that is not asked for.
CREATE TABLE outgoing_chat (
    id        TEXT    PRIMARY KEY,
    pinned_ms INTEGER NOT NULL DEFAULT 0,
    body      TEXT    NOT NULL
);

-- What chat and outgoing_chat say together, written in their transaction.
-- hidden and marked follow from hidden_seq and unread_seq, the positions and
-- the messages. draft_mentions is a JSON array, or '' for none.
ALTER TABLE conversation ADD COLUMN pinned_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversation ADD COLUMN muted INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversation ADD COLUMN archived INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversation ADD COLUMN hidden_seq INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversation ADD COLUMN unread_seq INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversation ADD COLUMN hidden INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversation ADD COLUMN marked INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversation ADD COLUMN draft_ref_seq INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversation ADD COLUMN draft_mentions TEXT NOT NULL DEFAULT '';

INSERT INTO outgoing_chat (id, body)
    SELECT id, json_object('conversation_id', id, 'draft', json_object('text', draft))
    FROM conversation WHERE draft <> '';
