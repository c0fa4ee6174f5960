-- What people put to an entry, and which entries a conversation has pinned.
-- Older builds cannot open it.

-- +goose Up
ALTER TABLE entry ADD COLUMN reactions TEXT NOT NULL DEFAULT ''; -- JSON array of protocol.Reactions, or '' for none.
ALTER TABLE conversation ADD COLUMN pins TEXT NOT NULL DEFAULT ''; -- JSON array of seqs in the order of pinning, or '' for none.
