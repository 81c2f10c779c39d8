-- States that the views keep have another shape: the first silo of this program builds the views again from the journal.
-- Only silos that keep the same shape write them. Those of programs that do not ask for it yet know the writer by another name,
-- so that they leave the views alone from here on; their lists stand still until a newer silo is there.
TRUNCATE skill, street, community, partner, offer, demand, proposal;
ALTER TABLE view_checkpoint RENAME COLUMN writer TO held_by;
ALTER TABLE view_checkpoint ADD COLUMN shape int NOT NULL DEFAULT 3;
UPDATE view_checkpoint SET position = 0, held_by = '', held_until = '-infinity';

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
