-- Entries that raise no notice. Older builds can still open the database; what
-- they write makes a sound.

-- +goose Up
ALTER TABLE entry ADD COLUMN silent BOOLEAN NOT NULL DEFAULT FALSE;
