-- An index of what messages say, made in the background. What an older build
-- writes is indexed later. The two databases do this in ways of their own.

-- +goose Up

-- The tokens of package text for every entry with words in it.
CREATE TABLE search_entry (
  conv_id    BIGINT   NOT NULL,
  seq        BIGINT   NOT NULL,
  created_ms BIGINT   NOT NULL, -- The entry's.
  tok        TSVECTOR NOT NULL, -- Without positions.
  PRIMARY KEY (conv_id, seq)
);
CREATE INDEX search_entry_by_tok ON search_entry USING GIN (tok);
CREATE INDEX search_entry_by_time ON search_entry (created_ms, conv_id, seq);
