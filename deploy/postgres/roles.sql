-- The roles of a pool's database, made once per server by a role that may make roles. They get their rights from
-- "pool migrate", and their passwords from whoever runs the server (psql: \password pool_silo).
--
-- pool_owner    owns the database and its tables; "pool migrate" runs with it, nothing else does
-- pool_silo     adds to the journal and reads it; it can neither rewrite it nor alter a table
-- pool_gateway  reads where the silos are
-- pool_reports  reads the journal and the views
DO
$roles$
DECLARE
    role text;
BEGIN
    FOREACH role IN ARRAY ARRAY['pool_owner', 'pool_silo', 'pool_gateway', 'pool_reports']
    LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) THEN
            EXECUTE format('CREATE ROLE %I LOGIN', role);
        END IF;
    END LOOP;
END
$roles$;

ALTER ROLE pool_reports SET default_transaction_read_only = on;
