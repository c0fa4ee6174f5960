-- The accounts of this machine, the certificates its user trusts and the
-- machine's choices. The first version: no older build exists.

-- +goose Up
CREATE TABLE account (
    id           TEXT    PRIMARY KEY,           -- Also the name of the account's folder.
    server       TEXT    NOT NULL,              -- Base URL.
    user_id      TEXT    NOT NULL,
    username     TEXT    NOT NULL,
    nickname     TEXT    NOT NULL,
    last_used_ms INTEGER NOT NULL,
    remember     INTEGER NOT NULL DEFAULT 0,    -- Its token is kept.
    auto         INTEGER NOT NULL DEFAULT 0,    -- Opened at start.
    hidden       INTEGER NOT NULL DEFAULT 0     -- Removed from the list; its data stays for a later sign-in.
) WITHOUT ROWID;
CREATE UNIQUE INDEX account_user ON account (server, user_id);
CREATE UNIQUE INDEX account_auto ON account (auto) WHERE auto = 1;
CREATE INDEX account_last_used ON account (last_used_ms);

CREATE TABLE pin (
    server      TEXT PRIMARY KEY,
    fingerprint TEXT NOT NULL                   -- SHA-256 of the certificate.
) WITHOUT ROWID;

CREATE TABLE choice (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL                         -- JSON; its type depends on name.
) WITHOUT ROWID;

-- +goose Down
DROP TABLE choice;
DROP TABLE pin;
DROP TABLE account;
