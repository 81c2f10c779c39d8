-- What signs the checkpoints of ledgers and gives partners their pseudonyms there. Only silos read it. With another key no
-- account is found again, so it belongs to the journal and to every backup of it.
CREATE TABLE ledger_key
(
    one bool  PRIMARY KEY DEFAULT true CHECK (one),
    key bytea NOT NULL CHECK (length(key) = 32)
);

-- Assignments name their entries, and proposals the level by which they are paid: the views are built again.
TRUNCATE skill, street, community, partner, offer, demand, proposal, series;
UPDATE view_checkpoint SET position = 0, shape = 4, held_by = '', held_until = '-infinity';
