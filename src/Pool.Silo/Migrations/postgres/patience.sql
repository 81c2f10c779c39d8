-- Every append of a running pool would queue behind a migration that waits for a table, so it does not wait for long: it
-- is undone as a whole and tried again.
SET LOCAL lock_timeout = '2s';
