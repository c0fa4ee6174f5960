-- Entries that act on others change their row. Older builds cannot open it.

-- +goose Up
ALTER TABLE entry ADD COLUMN edited_ms   INTEGER NOT NULL DEFAULT 0; -- 0 means never.
ALTER TABLE entry ADD COLUMN recalled_ms INTEGER NOT NULL DEFAULT 0; -- 0 means not; otherwise all that it said is blanked.

-- A recall blanks the edits of its entry too, since they hold its words.
CREATE INDEX entry_by_ref ON entry (conv_id, ref_seq) WHERE ref_seq > 0;
