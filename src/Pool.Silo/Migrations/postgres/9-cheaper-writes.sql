-- What changes of a demand, its proposals and a partner while it serves stands in no index, or seldom: with room on its page it
-- is changed in place. Lists of all streets by state look for what is open, which is little.
ALTER TABLE demand SET (fillfactor = 60);
ALTER TABLE proposal SET (fillfactor = 60);
ALTER TABLE partner SET (fillfactor = 60);
DROP INDEX demand_state_place_idx, demand_mode_place_idx, proposal_state_place_idx;
CREATE INDEX ON demand (place) WHERE state = 'Open';
CREATE INDEX ON proposal (place) WHERE state = 'Pending';

-- Appends many streams' events in one statement, so that the lock below is never held across a round trip: a silo that
-- stops in the middle stops nobody else. A run is what one commit appends to one stream; all of it is written, or it is a
-- loser. The transaction's lock makes the order of positions the order of commits, over all silos.
CREATE OR REPLACE FUNCTION append_to_journal(
    run_streams text[], run_bases bigint[], run_wakes bool[], run_dues timestamptz[],   -- one element a run
    runs int[], versions bigint[], streets text[], types text[], ats timestamptz[], actors text[], command_ids uuid[],
    fingerprints bigint[], trace_parents text[], payloads text[],                       -- one element an event, in order
    known_position bigint, known_stream text, known_version bigint, known_at bigint,    -- the last event that the caller knows of
    OUT head_before bigint, OUT losers int[])
LANGUAGE plpgsql SET enable_seqscan = off AS
$function$
DECLARE
    written bigint;
    earliest timestamptz;
    settled text;
BEGIN
    -- An append is acknowledged when it is on the disk, whatever the server's default for others is.
    IF current_setting('synchronous_commit') = 'off' THEN
        PERFORM set_config('synchronous_commit', 'on', true);
    END IF;

    -- Each statement below must see what was committed while this one waited for its turn.
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE 'Appends need the isolation level read committed.' USING ERRCODE = 'active_sql_transaction';
    END IF;

    LOCK TABLE journal_turn IN EXCLUSIVE MODE;

    -- Whoever knows of an event that is not here has seen a history that never happened.
    IF known_position > 0 AND NOT is_in_journal(known_position, known_stream, known_version, known_at) THEN
        RAISE 'The database has been set back.' USING ERRCODE = 'PJ001';
    END IF;

    -- The fence: a run must begin at the version that its stream is at. A second activation of an actor says another one.
    SELECT coalesce(array_agg(run.number::int), '{}') INTO losers
      FROM unnest(run_streams, run_bases) WITH ORDINALITY AS run (stream, base, number)
     WHERE run.base <> coalesce((SELECT max(version) FROM journal WHERE journal.stream = run.stream), 0);

    SELECT coalesce(max(position), 0) INTO head_before FROM journal;

    INSERT INTO journal (position, stream, version, street, type, at, actor, command_id, fingerprint, trace_parent, payload)
    SELECT head_before + row_number() OVER (ORDER BY event.number), run.stream, event.version, event.street, event.type, event.at,
           event.actor, event.command_id, event.fingerprint, event.trace_parent, event.payload::json
      FROM unnest(runs, versions, streets, types, ats, actors, command_ids, fingerprints, trace_parents, payloads) WITH ORDINALITY
           AS event (run, version, street, type, at, actor, command_id, fingerprint, trace_parent, payload, number)
      JOIN unnest(run_streams) WITH ORDINALITY AS run (stream, number) ON run.number = event.run
     WHERE event.run <> ALL (losers);
    GET DIAGNOSTICS written = ROW_COUNT;

    IF true = ANY (run_wakes) THEN
        INSERT INTO wakeup (stream, due_at)
        SELECT run.stream, run.due
          FROM unnest(run_streams, run_wakes, run_dues) WITH ORDINALITY AS run (stream, wakes, due, number)
         WHERE run.wakes AND run.due IS NOT NULL AND run.number <> ALL (losers)
            ON CONFLICT (stream) DO UPDATE SET due_at = excluded.due_at;

        -- One by one, each by its key: a plan for all of them that was made when the table was small reads all of it later.
        FOR settled IN
            SELECT run.stream FROM unnest(run_streams, run_wakes, run_dues) WITH ORDINALITY AS run (stream, wakes, due, number)
             WHERE run.wakes AND run.due IS NULL AND run.number <> ALL (losers)
        LOOP
            DELETE FROM wakeup WHERE wakeup.stream = settled;
        END LOOP;

        SELECT min(run.due) INTO earliest
          FROM unnest(run_wakes, run_dues) WITH ORDINALITY AS run (wakes, due, number) WHERE run.wakes AND run.number <> ALL (losers);
    END IF;

    IF written > 0 OR earliest IS NOT NULL THEN
        PERFORM pg_notify('journal', head_before + written || ' ' || coalesce((extract(epoch FROM earliest) * 1000)::bigint::text, ''));
    END IF;
END
$function$;
