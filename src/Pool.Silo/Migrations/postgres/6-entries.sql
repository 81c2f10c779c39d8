-- What ledgers list: entries with the nodes of their log's tree, accounts, and the lines of statements. The views are built
-- again, so that these have what was entered before.
CREATE TABLE entry
(
    key text COLLATE "C" PRIMARY KEY, place bigint NOT NULL UNIQUE, version bigint NOT NULL, body bytea NOT NULL,
    street text NULL, book text NULL, community text NULL, giver text NULL
);
CREATE INDEX ON entry (street, place);
CREATE INDEX ON entry (book, place);
CREATE INDEX ON entry (community, place);
CREATE INDEX ON entry (giver, place);

CREATE TABLE account
(
    key text COLLATE "C" PRIMARY KEY, place bigint NOT NULL UNIQUE, version bigint NOT NULL, body bytea NOT NULL,
    street text NULL, kind text NULL
);
CREATE INDEX ON account (street, place);
CREATE INDEX ON account (kind, place);

CREATE TABLE statement_line
(
    key text COLLATE "C" PRIMARY KEY, place bigint NOT NULL UNIQUE, version bigint NOT NULL, body bytea NOT NULL,
    account text NULL, month text NULL
);
CREATE INDEX ON statement_line (account, place);
CREATE INDEX ON statement_line (month, place);

TRUNCATE skill, street, community, partner, offer, demand, proposal, series;
UPDATE view_checkpoint SET position = 0, shape = 5, held_by = '', held_until = '-infinity';

-- Ledgers of before have published no checkpoint, and nothing would wake them for it.
INSERT INTO wakeup (stream, due_at) SELECT DISTINCT stream, now() FROM journal WHERE stream LIKE 'ledger/%' ON CONFLICT (stream) DO NOTHING;
