-- The vault that names and pseudonyms of this journal belong to; none before there was one.
CREATE TABLE vault (id text NOT NULL PRIMARY KEY) WITHOUT ROWID, STRICT;
