-- Messages that act on or answer other messages. Older builds cannot open it.

-- +goose Up

-- What answers or acts on a message is looked up whenever that one is shown.
CREATE INDEX message_ref ON message (conv, ref_seq) WHERE ref_seq > 0;
