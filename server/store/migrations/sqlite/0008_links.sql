-- Devices that ask another one of an account to sign them in, and what a device
-- is to learn of its end. Builds that do not know them can still open the
-- database; what they end has no reason.

-- +goose Up
CREATE TABLE link (
  id          INTEGER PRIMARY KEY,
  code_hash   BLOB    UNIQUE,   -- SHA-256 of the code; NULL once it was named.
  challenge   TEXT    NOT NULL, -- What the device signs.
  public_key  BLOB    NOT NULL, -- Ed25519, of the device that asks.
  name        TEXT    NOT NULL,
  platform    TEXT    NOT NULL,
  app_version TEXT    NOT NULL,
  address     TEXT    NOT NULL,
  network     TEXT    NOT NULL, -- The part of address that one person is likely to have alone.
  state       TEXT    NOT NULL, -- asked, claimed, granted or refused.
  user_id     INTEGER NOT NULL, -- Who named the code; 0 means nobody.
  device_id   INTEGER NOT NULL, -- On which device; 0 means none.
  created_ms  INTEGER NOT NULL,
  expires_ms  INTEGER NOT NULL
);
CREATE INDEX link_by_network ON link (network);
CREATE INDEX link_by_end ON link (expires_ms);

ALTER TABLE device ADD COLUMN ended_reason TEXT    NOT NULL DEFAULT ''; -- '' while signed in, or not known.
ALTER TABLE device ADD COLUMN ended_by     TEXT    NOT NULL DEFAULT ''; -- The name of the device that did it; '' means none.
ALTER TABLE device ADD COLUMN wipe         BOOLEAN NOT NULL DEFAULT FALSE; -- It is to delete its local data.
