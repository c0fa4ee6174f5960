-- Up to where each conversation is indexed for search. What an older build writes
-- is indexed later.

-- +goose Up
CREATE TABLE search_position (
  conv_id INTEGER PRIMARY KEY,
  seq     INTEGER NOT NULL
);
