-- States that the views keep have another shape: the first silo builds the views again from the journal.
TRUNCATE skill, street, community, partner, offer, demand, proposal;
UPDATE view_checkpoint SET position = 0;
