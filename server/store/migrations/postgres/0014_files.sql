-- Files: what was announced, the parts of which they consist, where the bytes of
-- those are, and which entries give a right to read them. Equal parts are kept
-- once. Older builds can still open the database; they keep no files.

-- +goose Up
-- What files hold. Who changes its parts, or what refers to it, locks it.
CREATE TABLE content (
  sum        BYTEA   PRIMARY KEY, -- The SHA-256 of the SHA-256 of all parts.
  size_bytes BIGINT  NOT NULL
);
CREATE TABLE content_part (
  content BYTEA   NOT NULL REFERENCES content (sum),
  n       BIGINT  NOT NULL, -- Counted from 0.
  part    BYTEA   NOT NULL, -- part.sum, of a part that is there or will be.
  PRIMARY KEY (content, n)
);
CREATE INDEX content_part_by_part ON content_part (part);

CREATE TABLE file (
  id         BIGINT  PRIMARY KEY,
  owner_id   BIGINT  NOT NULL REFERENCES "user" (id),
  client_id  BYTEA   NOT NULL, -- The owner's own id of it.
  content    BYTEA   NOT NULL REFERENCES content (sum),
  name       TEXT    NOT NULL,
  type       TEXT    NOT NULL, -- The media type that its owner says.
  class      TEXT    NOT NULL, -- What of it matters for how long it is kept.
  complete   BOOLEAN NOT NULL,
  created_ms BIGINT  NOT NULL,
  look_ms    BIGINT  NOT NULL, -- When to look whether it still serves; 0 means when something lets go of it.
  UNIQUE (owner_id, client_id)
);
CREATE INDEX file_by_content ON file (content);
CREATE INDEX file_by_look ON file (look_ms) WHERE look_ms > 0;
CREATE INDEX file_by_class ON file (class, id);

-- The parts of a file that are there, while others are missing.
CREATE TABLE file_part (
  file_id BIGINT  NOT NULL REFERENCES file (id),
  n       BIGINT  NOT NULL, -- Counted from 0.
  PRIMARY KEY (file_id, n)
);

-- The entries that give their readers a right to a file.
CREATE TABLE entry_file (
  file_id BIGINT  NOT NULL REFERENCES file (id),
  conv_id BIGINT  NOT NULL,
  seq     BIGINT  NOT NULL,
  PRIMARY KEY (file_id, conv_id, seq)
);
CREATE INDEX entry_file_by_entry ON entry_file (conv_id, seq);

-- Parts whose bytes are there.
CREATE TABLE part (
  sum  BYTEA   PRIMARY KEY, -- SHA-256
  blob TEXT    NOT NULL     -- The key of its bytes.
);
CREATE INDEX part_by_blob ON part (blob);

-- What the nodes keep secret together.
CREATE TABLE secret (
  name  TEXT    PRIMARY KEY,
  value BYTEA   NOT NULL
);
