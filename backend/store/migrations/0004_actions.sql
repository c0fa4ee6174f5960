-- Messages that act on or answer other messages, and what the server lets
-- change. Older builds cannot open it.

-- +goose Up

-- What answers or acts on a message is looked up whenever that one is shown.
CREATE INDEX message_ref ON message (conv, ref_seq) WHERE ref_seq > 0;

-- state_seq is the seq up to which it is known what became of the message;
-- refused is the code of the last change to it that the server refused.
ALTER TABLE message ADD COLUMN edited_ms   INTEGER NOT NULL DEFAULT 0;
ALTER TABLE message ADD COLUMN recalled_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE message ADD COLUMN state_seq   INTEGER NOT NULL DEFAULT 0;
ALTER TABLE message ADD COLUMN refused     TEXT    NOT NULL DEFAULT '';
UPDATE message SET state_seq = seq;

-- Own messages that were taken back before the server confirmed them. It may
-- have one nevertheless: then it is recalled.
CREATE TABLE withdrawn (
    conv      INTEGER NOT NULL REFERENCES conversation (key),
    client_id TEXT    NOT NULL,
    PRIMARY KEY (conv, client_id)
) WITHOUT ROWID;

-- How long a message may be recalled and edited; 0 means not at all.
ALTER TABLE account ADD COLUMN recall_within_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN edit_within_ms   INTEGER NOT NULL DEFAULT 0;
