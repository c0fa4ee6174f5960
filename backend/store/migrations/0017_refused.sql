-- Adds what of the user's the server refused to do to a message. Older builds
-- refuse the database afterwards.

-- +goose Up

-- refused_act is the kind of what message.refused is the reason for, refused_text what
-- an edit was to say; both are '' where nothing was refused.
ALTER TABLE message ADD COLUMN refused_act TEXT NOT NULL DEFAULT '';
ALTER TABLE message ADD COLUMN refused_text TEXT NOT NULL DEFAULT '';
