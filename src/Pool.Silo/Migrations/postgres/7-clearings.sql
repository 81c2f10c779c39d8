-- Clearings between streets, and the net statements of days. The views are built again: places have moved.
CREATE TABLE clearing
(
    key text COLLATE "C" PRIMARY KEY, place bigint NOT NULL UNIQUE, version bigint NOT NULL, body bytea NOT NULL,
    street text NULL, state text NULL
);
CREATE INDEX ON clearing (street, place);
CREATE INDEX ON clearing (state, place);

CREATE TABLE net_statement
(
    key text COLLATE "C" PRIMARY KEY, place bigint NOT NULL UNIQUE, version bigint NOT NULL, body bytea NOT NULL,
    street text NULL, peer text NULL, day text NULL
);
CREATE INDEX ON net_statement (street, place);
CREATE INDEX ON net_statement (peer, place);
CREATE INDEX ON net_statement (day, place);

TRUNCATE skill, street, community, partner, offer, demand, proposal, series, entry, account, statement_line;
UPDATE view_checkpoint SET position = 0, shape = 6, held_by = '', held_until = '-infinity';
