-- Clearings between streets, and the net statements of days. The views are built again, because places have moved in them.
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

-- Who is who: the only table that ties holders of accounts to their pseudonyms, and has the keys of their names. What is deleted
-- here is forgotten for good.
CREATE TABLE identity
(
    holder    text COLLATE "C" PRIMARY KEY, -- partner/{id}, or resident/{community}/{id},
    pseudonym text COLLATE "C" NOT NULL UNIQUE,
    key       bytea NOT NULL
);

TRUNCATE skill, street, community, partner, offer, demand, proposal, series, entry, account, statement_line;
UPDATE view_checkpoint SET position = 0, shape = 6, held_by = '', held_until = '-infinity';
