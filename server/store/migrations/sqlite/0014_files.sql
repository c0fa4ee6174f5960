-- Files: what was announced, the parts of which they consist, where the bytes of
-- those are, and which entries give a right to read them. Equal parts are kept
-- once. Older builds can still open the database; they keep no files.

-- +goose Up
-- What files hold. Who changes its parts, or what refers to it, locks it.
CREATE TABLE content (
  sum        BLOB    PRIMARY KEY, -- The SHA-256 of the SHA-256 of all parts.
  size_bytes INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE content_part (
  content BLOB    NOT NULL REFERENCES content (sum),
  n       INTEGER NOT NULL, -- Counted from 0.
  part    BLOB    NOT NULL, -- part.sum, of a part that is there or will be.
  PRIMARY KEY (content, n)
) WITHOUT ROWID;
CREATE INDEX content_part_by_part ON content_part (part);

CREATE TABLE file (
  id         INTEGER PRIMARY KEY,
  owner_id   INTEGER NOT NULL REFERENCES user (id),
  client_id  BLOB    NOT NULL, -- The owner's own id of it.
  content    BLOB    NOT NULL REFERENCES content (sum),
  name       TEXT    NOT NULL,
  type       TEXT    NOT NULL, -- The media type that its owner says.
  class      TEXT    NOT NULL, -- What of it matters for how long it is kept.
  complete   BOOLEAN NOT NULL,
  created_ms INTEGER NOT NULL,
  look_ms    INTEGER NOT NULL, -- When to look whether it still serves; 0 means when something lets go of it.
  UNIQUE (owner_id, client_id)
);
CREATE INDEX file_by_content ON file (content);
CREATE INDEX file_by_look ON file (look_ms) WHERE look_ms > 0;
CREATE INDEX file_by_class ON file (class, id);

-- The parts of a file that are there, while others are missing.
CREATE TABLE file_part (
  file_id INTEGER NOT NULL REFERENCES file (id),
  n       INTEGER NOT NULL, -- Counted from 0.
  PRIMARY KEY (file_id, n)
) WITHOUT ROWID;

-- The entries that give their readers a right to a file.
CREATE TABLE entry_file (
  file_id INTEGER NOT NULL REFERENCES file (id),
  conv_id INTEGER NOT NULL,
  seq     INTEGER NOT NULL,
  PRIMARY KEY (file_id, conv_id, seq)
) WITHOUT ROWID;
CREATE INDEX entry_file_by_entry ON entry_file (conv_id, seq);

-- Parts whose bytes are there.
CREATE TABLE part (
  sum  BLOB PRIMARY KEY, -- SHA-256
  blob TEXT NOT NULL     -- The key of its bytes.
) WITHOUT ROWID;
CREATE INDEX part_by_blob ON part (blob);

-- What the nodes keep secret together.
CREATE TABLE secret (
  name  TEXT PRIMARY KEY,
  value BLOB NOT NULL
) WITHOUT ROWID;
