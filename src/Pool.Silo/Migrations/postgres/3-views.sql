-- The list views: derived from the journal, one writer at a time, built again when, while no silo runs, the tables are
-- emptied and the position is set back to 0. A body is the actor's state in Orleans' binary format; the columns beside it narrow lists.
CREATE TABLE view_checkpoint
(
    one        bool        PRIMARY KEY DEFAULT true CHECK (one),
    position   bigint      NOT NULL,
    writer     text        NOT NULL, -- the silo that follows the journal,
    held_until timestamptz NOT NULL  -- until when it does, unless it says so again
);

INSERT INTO view_checkpoint (position, writer, held_until) VALUES (0, '', '-infinity');

CREATE TABLE skill
(
    key text COLLATE "C" PRIMARY KEY, place bigint NOT NULL UNIQUE, version bigint NOT NULL, body bytea NOT NULL,
    field text NULL
);
CREATE INDEX ON skill (field, place);

CREATE TABLE street
(
    key text COLLATE "C" PRIMARY KEY, place bigint NOT NULL UNIQUE, version bigint NOT NULL, body bytea NOT NULL
);

CREATE TABLE community
(
    key text COLLATE "C" PRIMARY KEY, place bigint NOT NULL UNIQUE, version bigint NOT NULL, body bytea NOT NULL,
    street text NULL
);
CREATE INDEX ON community (street, place);

CREATE TABLE partner
(
    key text COLLATE "C" PRIMARY KEY, place bigint NOT NULL UNIQUE, version bigint NOT NULL, body bytea NOT NULL,
    street text NULL, community text NULL, kind text NULL, circle text NULL, mode text NULL, state text NULL
);
CREATE INDEX ON partner (street, place);
CREATE INDEX ON partner (community, place);
CREATE INDEX ON partner (kind, place);
CREATE INDEX ON partner (circle, place);
CREATE INDEX ON partner (mode, place);
CREATE INDEX ON partner (state, place);

CREATE TABLE offer
(
    key text COLLATE "C" PRIMARY KEY, place bigint NOT NULL UNIQUE, version bigint NOT NULL, body bytea NOT NULL,
    street text NULL, community text NULL, partner text NULL, skill text NULL, fee_mode text NULL, state text NULL
);
CREATE INDEX ON offer (street, place);
CREATE INDEX ON offer (community, place);
CREATE INDEX ON offer (partner, place);
CREATE INDEX ON offer (skill, place);
CREATE INDEX ON offer (fee_mode, place);
CREATE INDEX ON offer (state, place);

CREATE TABLE demand
(
    key text COLLATE "C" PRIMARY KEY, place bigint NOT NULL UNIQUE, version bigint NOT NULL, body bytea NOT NULL,
    street text NULL, community text NULL, skill text NULL, state text NULL
);
CREATE INDEX ON demand (street, place);
CREATE INDEX ON demand (community, place);
CREATE INDEX ON demand (skill, place);
CREATE INDEX ON demand (state, place);

CREATE TABLE proposal
(
    key text COLLATE "C" PRIMARY KEY, place bigint NOT NULL UNIQUE, version bigint NOT NULL, body bytea NOT NULL,
    street text NULL, community text NULL, demand text NULL, partner text NULL, state text NULL
);
CREATE INDEX ON proposal (street, place);
CREATE INDEX ON proposal (community, place);
CREATE INDEX ON proposal (demand, place);
CREATE INDEX ON proposal (partner, place);
CREATE INDEX ON proposal (state, place);
