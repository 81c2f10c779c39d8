-- Appends many streams' events in one statement, so that the lock below is never held across a round trip: a silo that
-- stops in the middle stops nobody else. All of it is written or, where a run is a loser, nothing: what rests on the loser must
-- not stand without it, and the caller knows what does. A run is what one commit appends to one stream. The transaction's
-- lock makes the order of positions the order of commits, over all silos.
CREATE FUNCTION append_all(
    run_streams text[], run_bases bigint[],                                             -- one element a run
    streams text[], versions bigint[], streets text[], types text[], ats timestamptz[], actors text[], command_ids uuid[],
    fingerprints bigint[], trace_parents text[], payloads text[],                       -- one element an event, in order
    waking_streams text[], dues timestamptz[], earliest_due timestamptz,                -- who is to be woken, and when the first of them is
    settled_streams text[],                                                             -- who is not to be woken any more
    known_position bigint, known_stream text, known_version bigint, known_at bigint,    -- the last event that the caller knows of
    OUT head_before bigint, OUT losers int[])
LANGUAGE plpgsql SET enable_seqscan = off AS
$function$
DECLARE
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
    SELECT (SELECT coalesce(max(position), 0) FROM journal), coalesce(array_agg(run.number::int), '{}') INTO head_before, losers
      FROM unnest(run_streams, run_bases) WITH ORDINALITY AS run (stream, base, number)
     WHERE run.base <> coalesce((SELECT max(version) FROM journal WHERE journal.stream = run.stream), 0);
    IF losers <> '{}' THEN
        RETURN;
    END IF;

    INSERT INTO journal (position, stream, version, street, type, at, actor, command_id, fingerprint, trace_parent, payload)
    SELECT head_before + event.number, event.stream, event.version, event.street, event.type, event.at,
           event.actor, event.command_id, event.fingerprint, event.trace_parent, event.payload::json
      FROM unnest(streams, versions, streets, types, ats, actors, command_ids, fingerprints, trace_parents, payloads) WITH ORDINALITY
           AS event (stream, version, street, type, at, actor, command_id, fingerprint, trace_parent, payload, number);

    IF waking_streams <> '{}' THEN
        INSERT INTO wakeup (stream, due_at)
        SELECT waking.stream, waking.due FROM unnest(waking_streams, dues) AS waking (stream, due)
            ON CONFLICT (stream) DO UPDATE SET due_at = excluded.due_at;
    END IF;

    -- One by one, each by its key: a plan for all of them that was made when the table was small reads all of it later.
    FOREACH settled IN ARRAY settled_streams
    LOOP
        DELETE FROM wakeup WHERE wakeup.stream = settled;
    END LOOP;

    IF streams <> '{}' OR earliest_due IS NOT NULL THEN
        PERFORM pg_notify('journal', head_before + cardinality(streams) || ' ' || coalesce((extract(epoch FROM earliest_due) * 1000)::bigint::text, ''));
    END IF;
END
$function$;
