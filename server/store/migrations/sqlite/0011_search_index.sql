-- An index of what messages say, made in the background. What an older build
-- writes is indexed later. The two databases do this in ways of their own.

-- +goose Up

-- The tokens of package text. rowid is search_row.id.
-- +goose StatementBegin
CREATE VIRTUAL TABLE search_fts USING fts5(
  tok, content='', contentless_delete=1, detail=none, tokenize='ascii'
);
-- +goose StatementEnd
INSERT INTO search_fts (search_fts, rank) VALUES ('hashsize', 16777216);

-- Which entry a row of search_fts is. id grows with the entry's time: a search
-- is newest first when it follows id, and a span of time is one of ids.
CREATE TABLE search_row (
  id      INTEGER PRIMARY KEY,
  conv_id INTEGER NOT NULL,
  seq     INTEGER NOT NULL,
  UNIQUE (conv_id, seq)
);
