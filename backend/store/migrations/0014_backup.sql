-- Adds when the user last made a backup of this data. Older builds refuse the
-- database afterwards.

-- +goose Up

-- When the last backup was made of what is here, or the one that it comes from;
-- 0 means never.
ALTER TABLE upkeep ADD COLUMN backed_up_ms INTEGER NOT NULL DEFAULT 0;
