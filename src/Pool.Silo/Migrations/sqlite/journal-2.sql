-- A commit writes the journal alone, at its end: one page serves many events. What would touch a page for every stream
-- (who has which version, whose events belong to which street, who must be woken) is a fold over the journal; the newest
-- of it is in memory, and goes into the tables below for thousands of events at a time, up to the position in "indexed".
ALTER TABLE journal ADD COLUMN wake_at INTEGER NULL; -- when the event's stream must be woken: NULL as before, 0 never, else milliseconds since 1970, UTC
DROP INDEX journal_stream;
DROP INDEX journal_street;

CREATE TABLE stream_event
(
    stream   TEXT    NOT NULL,
    version  INTEGER NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (stream, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE street_event
(
    street   TEXT    NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (street, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE indexed (position INTEGER NOT NULL) STRICT;

INSERT INTO stream_event SELECT stream, version, position FROM journal ORDER BY stream, version;
INSERT INTO street_event SELECT street, position FROM journal WHERE street IS NOT NULL ORDER BY street, position;
INSERT INTO indexed SELECT coalesce(max(position), 0) FROM journal;

-- The earliest due are claimed from memory.
DROP INDEX wakeup_due;
