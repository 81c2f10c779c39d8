-- A street's ledger enters more rows than all else, and each index costs every row. Lists of ledgers are of one street, of one
-- account or of one month: these indexes are kept, and others only for the rows that they can find. The views are built again,
-- because silos of before look for a line's key.
ALTER TABLE entry DROP CONSTRAINT entry_place_key;
DROP INDEX entry_street_place_idx, entry_book_place_idx, entry_community_place_idx, entry_giver_place_idx;
CREATE UNIQUE INDEX ON entry (street, place);
CREATE INDEX ON entry (community, place) WHERE community IS NOT NULL;
CREATE INDEX ON entry (giver, place) WHERE giver IS NOT NULL;
CREATE INDEX ON entry (street, place) WHERE book = 'Service';

ALTER TABLE statement_line DROP CONSTRAINT statement_line_pkey, DROP CONSTRAINT statement_line_place_key;
DROP INDEX statement_line_account_place_idx;
CREATE UNIQUE INDEX ON statement_line (account, place);

-- What changes of an account stands in no index: with room on its page it is changed in place.
ALTER TABLE account SET (fillfactor = 70);
ALTER TABLE account DROP CONSTRAINT account_place_key;
DROP INDEX account_street_place_idx, account_kind_place_idx;
CREATE UNIQUE INDEX ON account (street, place);

TRUNCATE skill, street, community, partner, offer, demand, proposal, series, entry, account, statement_line, clearing, net_statement;
UPDATE view_checkpoint SET position = 0, shape = 7, held_by = '', held_until = '-infinity';
