-- The one append-only log. Positions are dense in commit order, versions are dense in each stream.
CREATE TABLE journal
(
    position     INTEGER PRIMARY KEY,
    stream       TEXT    NOT NULL,
    version      INTEGER NOT NULL,
    street       TEXT    NULL,
    type         TEXT    NOT NULL,
    at           INTEGER NOT NULL, -- milliseconds since 1970, UTC
    actor        TEXT    NOT NULL,
    command_id   TEXT    NULL,     -- the client's request id, on every event of its append
    fingerprint  INTEGER NOT NULL, -- a hash of the client's request; 0 where there is no command
    trace_parent TEXT    NULL,
    payload      TEXT    NOT NULL
) STRICT;

-- The fence: a second activation of an actor cannot write the same version.
CREATE UNIQUE INDEX journal_stream ON journal (stream, version);

-- A street's watch reads its events in position order; the row id, which is the position, is part of the index.
CREATE INDEX journal_street ON journal (street);

-- When an actor must be woken; changed in the transaction of the append that makes it so.
CREATE TABLE wakeup
(
    stream TEXT    NOT NULL PRIMARY KEY,
    due_at INTEGER NOT NULL            -- milliseconds since 1970, UTC
) STRICT, WITHOUT ROWID;

CREATE INDEX wakeup_due ON wakeup (due_at);
