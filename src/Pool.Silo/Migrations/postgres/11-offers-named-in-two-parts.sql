-- The offers that the views keep are named in two parts, a partner and a name: the views are built again from the journal,
-- because what was kept before cannot be read any more.
TRUNCATE skill, street, community, partner, offer, demand, proposal, series, entry, account, statement_line, clearing, net_statement;
UPDATE view_checkpoint SET position = 0, shape = 8, held_by = '', held_until = '-infinity';
