-- Adds what is known of the pages behind links in messages. Older builds refuse
-- the database afterwards.

-- +goose Up

-- Whether the server looks at links.
ALTER TABLE account ADD COLUMN previews INTEGER NOT NULL DEFAULT 0;

-- What the server said of a link when it was asked for a message with it, which
-- it goes with. It serves every message with that link. title is '' where there
-- is nothing to show; after until_ms, by this machine's clock, it is asked again.
CREATE TABLE preview (
    message     INTEGER PRIMARY KEY REFERENCES message (id) ON DELETE CASCADE,
    url         TEXT    NOT NULL,
    asked_ms    INTEGER NOT NULL,
    until_ms    INTEGER NOT NULL,
    title       TEXT    NOT NULL,
    description TEXT    NOT NULL,
    site        TEXT    NOT NULL,
    host        TEXT    NOT NULL
);
CREATE INDEX preview_url ON preview (url);
CREATE INDEX preview_asked ON preview (asked_ms);
