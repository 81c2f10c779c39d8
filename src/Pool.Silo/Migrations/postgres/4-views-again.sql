-- States that the views keep have another shape: the first silo builds the views again from the journal.
TRUNCATE skill, street, community, partner, offer, demand, proposal;
UPDATE view_checkpoint SET position = 0;

-- Databases of the time between have the column by their third script.
ALTER TABLE demand ADD COLUMN IF NOT EXISTS mode text NULL;
CREATE INDEX IF NOT EXISTS demand_mode_place_idx ON demand (mode, place);

CREATE TABLE series
(
    key text COLLATE "C" PRIMARY KEY, place bigint NOT NULL UNIQUE, version bigint NOT NULL, body bytea NOT NULL,
    street text NULL, community text NULL, state text NULL
);
CREATE INDEX ON series (street, place);
CREATE INDEX ON series (community, place);
CREATE INDEX ON series (state, place);
