-- Messages that are gone: below what the user cleared for themselves, below what
-- they are deleting for both, and below the conversation's floor. Older builds
-- cannot open it.

-- +goose Up

-- Both follow from other rows and are written in their transaction: cleared_seq
-- from chat and outgoing_chat, clearing_seq from the own entries of kind clear
-- that wait to be sent. 0 means none.
ALTER TABLE conversation ADD COLUMN cleared_seq  INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversation ADD COLUMN clearing_seq INTEGER NOT NULL DEFAULT 0;

-- Whether the server lets either of two delete their conversation for both.
ALTER TABLE account ADD COLUMN clear_for_all INTEGER NOT NULL DEFAULT 0;
