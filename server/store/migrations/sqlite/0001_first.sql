-- The first schema: users, devices, invitations, friend requests, contacts,
-- conversations with their log and positions, and the personal journals. The
-- hot tables entry, journal and member carry no foreign keys: whoever writes
-- them holds the lock of the row they belong to. There is no older build.

-- +goose Up
CREATE TABLE user (
  id                   INTEGER PRIMARY KEY,
  username             TEXT    NOT NULL,
  username_fold        TEXT    NOT NULL UNIQUE,
  nickname             TEXT    NOT NULL,
  nickname_fold        TEXT    NOT NULL,
  password_hash        TEXT    NOT NULL,
  findable_by_nickname BOOLEAN NOT NULL,
  disabled             BOOLEAN NOT NULL,
  created_ms           INTEGER NOT NULL,
  last_seen_ms         INTEGER NOT NULL -- 0 means not known.
);
CREATE INDEX user_by_nickname ON user (nickname_fold, id);

CREATE TABLE device (
  id          INTEGER PRIMARY KEY,
  user_id     INTEGER NOT NULL REFERENCES user (id),
  token_hash  BLOB    NOT NULL UNIQUE, -- SHA-256 of the token.
  public_key  BLOB    NOT NULL,        -- Ed25519.
  name        TEXT    NOT NULL,
  platform    TEXT    NOT NULL,
  app_version TEXT    NOT NULL,
  address     TEXT    NOT NULL,
  created_ms  INTEGER NOT NULL,
  active_ms   INTEGER NOT NULL,
  ended_ms    INTEGER NOT NULL, -- 0 while signed in.
  ended_code  INTEGER NOT NULL  -- The close code that says why; 0 while signed in.
);
CREATE INDEX device_by_user ON device (user_id, ended_ms);
CREATE INDEX device_by_end ON device (ended_ms);

CREATE TABLE invite (
  code_hash  BLOB    PRIMARY KEY, -- SHA-256 of the code.
  uses_left  INTEGER NOT NULL,
  created_ms INTEGER NOT NULL,
  expires_ms INTEGER NOT NULL
);

CREATE TABLE friend_request (
  id         INTEGER PRIMARY KEY,
  from_id    INTEGER NOT NULL REFERENCES user (id),
  to_id      INTEGER NOT NULL REFERENCES user (id),
  message    TEXT    NOT NULL,
  state      TEXT    NOT NULL, -- pending, accepted, refused or ignored; expiry is by the clock.
  created_ms INTEGER NOT NULL,
  expires_ms INTEGER NOT NULL,
  decided_ms INTEGER NOT NULL  -- 0 while pending.
);
CREATE INDEX friend_request_by_sender ON friend_request (from_id, to_id, created_ms);
CREATE INDEX friend_request_by_sent ON friend_request (from_id, created_ms);
CREATE INDEX friend_request_by_receiver ON friend_request (to_id, created_ms);

CREATE TABLE conversation (
  id         INTEGER PRIMARY KEY,
  kind       TEXT    NOT NULL,
  last_seq   INTEGER NOT NULL,
  floor_seq  INTEGER NOT NULL,
  last_ms    INTEGER NOT NULL, -- When the last entry was appended.
  changed_ms INTEGER NOT NULL, -- When an entry, a position or closed last changed.
  closed     BOOLEAN NOT NULL  -- Nobody may write: the two are no friends (any more).
);

CREATE TABLE direct (
  lo_id   INTEGER NOT NULL REFERENCES user (id), -- The smaller of the two user ids.
  hi_id   INTEGER NOT NULL REFERENCES user (id),
  conv_id INTEGER NOT NULL UNIQUE REFERENCES conversation (id),
  PRIMARY KEY (lo_id, hi_id)
) WITHOUT ROWID;
CREATE INDEX direct_by_hi ON direct (hi_id);

CREATE TABLE contact (
  user_id  INTEGER NOT NULL REFERENCES user (id),
  peer_id  INTEGER NOT NULL REFERENCES user (id),
  friend   BOOLEAN NOT NULL, -- FALSE once either side ended it.
  remark   TEXT    NOT NULL,
  conv_id  INTEGER NOT NULL REFERENCES conversation (id),
  since_ms INTEGER NOT NULL,
  PRIMARY KEY (user_id, peer_id)
) WITHOUT ROWID;
CREATE INDEX contact_by_peer ON contact (peer_id);
CREATE INDEX contact_by_conversation ON contact (conv_id);

CREATE TABLE membership (
  conv_id  INTEGER NOT NULL REFERENCES conversation (id),
  user_id  INTEGER NOT NULL REFERENCES user (id),
  from_seq INTEGER NOT NULL,
  to_seq   INTEGER NOT NULL, -- The last visible seq; 0 while a member.
  PRIMARY KEY (conv_id, user_id, from_seq)
) WITHOUT ROWID;
CREATE INDEX membership_by_user ON membership (user_id, conv_id);

CREATE TABLE member (
  conv_id       INTEGER NOT NULL,
  user_id       INTEGER NOT NULL,
  read_seq      INTEGER NOT NULL,
  delivered_seq INTEGER NOT NULL,
  PRIMARY KEY (conv_id, user_id)
) WITHOUT ROWID;
CREATE INDEX member_by_user ON member (user_id, conv_id);

CREATE TABLE entry (
  conv_id    INTEGER NOT NULL,
  seq        INTEGER NOT NULL,
  sender_id  INTEGER NOT NULL,
  client_id  BLOB    NOT NULL, -- A ULID's 16 bytes.
  digest     BLOB    NOT NULL, -- Of what was sent, to tell a repeat from a reused id.
  kind       TEXT    NOT NULL,
  countable  BOOLEAN NOT NULL,
  ref_seq    INTEGER NOT NULL,
  mentions   TEXT    NOT NULL, -- JSON array, or '' for none.
  file_ids   TEXT    NOT NULL, -- JSON array, or '' for none.
  fallback   TEXT    NOT NULL,
  created_ms INTEGER NOT NULL,
  body       TEXT    NOT NULL, -- JSON, as it came.
  PRIMARY KEY (conv_id, seq)
) WITHOUT ROWID;
CREATE UNIQUE INDEX entry_by_client ON entry (sender_id, client_id);

CREATE TABLE journal (
  user_id    INTEGER NOT NULL,
  useq       INTEGER NOT NULL,
  kind       TEXT    NOT NULL,
  created_ms INTEGER NOT NULL,
  body       TEXT    NOT NULL, -- JSON.
  PRIMARY KEY (user_id, useq)
) WITHOUT ROWID;
CREATE INDEX journal_by_age ON journal (created_ms);

CREATE TABLE journal_counter (
  user_id    INTEGER PRIMARY KEY,
  useq       INTEGER NOT NULL, -- The last given.
  floor_useq INTEGER NOT NULL  -- Rows up to this one are trimmed.
);
