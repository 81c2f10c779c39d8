-- What each role may do, said again after every migration. The roles are made beforehand (deploy/postgres/roles.sql);
-- where there are none, the one role that owns the tables does everything.
DO
$grants$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'pool_silo') THEN
        -- A silo adds to the journal and reads it; it can neither rewrite it nor alter a table.
        GRANT SELECT, INSERT ON journal, cluster, ledger_key TO pool_silo;
        GRANT SELECT, INSERT, UPDATE, DELETE ON wakeup, OrleansStorage, OrleansMembershipTable, OrleansMembershipVersionTable,
            skill, street, community, partner, offer, demand, proposal, series, entry, account, statement_line, clearing, net_statement TO pool_silo;
        GRANT SELECT, INSERT, DELETE ON identity TO pool_silo; -- and nobody else: it says who is who
        GRANT SELECT, UPDATE ON view_checkpoint TO pool_silo;
        GRANT UPDATE ON journal_turn TO pool_silo; -- to lock it; there is nothing in it
        GRANT SELECT ON OrleansQuery, schemaversion TO pool_silo;
    END IF;

    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'pool_gateway') THEN
        -- A gateway knows only the cluster: where its silos are.
        GRANT SELECT ON OrleansQuery, OrleansMembershipTable, OrleansMembershipVersionTable, cluster, schemaversion TO pool_gateway;
    END IF;

    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'pool_reports') THEN
        GRANT SELECT ON journal, view_checkpoint, skill, street, community, partner, offer, demand, proposal, series, entry, account, statement_line, clearing, net_statement TO pool_reports;
    END IF;
END
$grants$;
