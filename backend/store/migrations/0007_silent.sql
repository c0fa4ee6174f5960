-- Messages that raise no notice. Older builds cannot open it.

-- +goose Up
ALTER TABLE message ADD COLUMN silent INTEGER NOT NULL DEFAULT 0;
