-- The one append-only log. Positions are dense in commit order, versions are dense in each stream.
CREATE TABLE journal
(
    position     bigint           PRIMARY KEY,
    stream       text COLLATE "C" NOT NULL,
    version      bigint           NOT NULL,
    street       text COLLATE "C" NULL,
    type         text             NOT NULL,
    at           timestamptz      NOT NULL,
    actor        text             NOT NULL,
    command_id   uuid             NULL,     -- the client's request id, on every event of its append
    fingerprint  bigint           NOT NULL, -- a hash of the client's request; 0 where there is no command
    trace_parent text             NULL,
    payload      json             NOT NULL,
    UNIQUE (stream, version)                -- the last line of the fence, should anybody write past append_to_journal
);

-- A street's watch reads its events in position order.
CREATE INDEX journal_street ON journal (street, position) WHERE street IS NOT NULL;

-- When an actor must be woken; changed in the transaction of the append that makes it so. A claim keeps the others away
-- for a while and deletes nothing: what a silo claimed and died with is claimed again.
CREATE TABLE wakeup
(
    stream       text COLLATE "C" PRIMARY KEY,
    due_at       timestamptz      NOT NULL,
    leased_until timestamptz      NOT NULL DEFAULT '-infinity',
    claim_at     timestamptz      NOT NULL GENERATED ALWAYS AS (greatest(due_at, leased_until)) STORED
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000);

CREATE INDEX wakeup_claim ON wakeup (claim_at);

-- Whoever appends locks this table until its transaction ends. It is a table, and no advisory lock, so that only a role
-- that may append can keep the others waiting.
CREATE TABLE journal_turn ();

-- Which cluster the database belongs to: two clusters on one journal would fight over every actor.
CREATE TABLE cluster
(
    one            bool  PRIMARY KEY DEFAULT true CHECK (one),
    id             text  NOT NULL,
    page_token_key bytea NOT NULL -- signs page tokens, the same in every gateway
);

-- Whether an event is the one at its position. It happened at known_at, in milliseconds since 1970.
CREATE FUNCTION is_in_journal(known_position bigint, known_stream text, known_version bigint, known_at bigint) RETURNS bool
LANGUAGE sql STABLE
RETURN EXISTS (SELECT FROM journal WHERE position = known_position AND stream = known_stream AND version = known_version
                  AND floor(extract(epoch FROM at) * 1000) = known_at);

-- Appends many streams' events in one statement, so that the lock below is never held across a round trip: a silo that
-- stops in the middle stops nobody else. A run is what one commit appends to one stream; all of it is written, or it is a
-- loser. The transaction's lock makes the order of positions the order of commits, over all silos.
CREATE FUNCTION append_to_journal(
    run_streams text[], run_bases bigint[], run_wakes bool[], run_dues timestamptz[],   -- one element a run
    runs int[], versions bigint[], streets text[], types text[], ats timestamptz[], actors text[], command_ids uuid[],
    fingerprints bigint[], trace_parents text[], payloads text[],                       -- one element an event, in order
    known_position bigint, known_stream text, known_version bigint, known_at bigint,    -- the last event that the caller knows of
    OUT head_before bigint, OUT losers int[])
LANGUAGE plpgsql AS
$function$
DECLARE
    written bigint;
    earliest timestamptz;
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

        DELETE FROM wakeup
         USING unnest(run_streams, run_wakes, run_dues) WITH ORDINALITY AS run (stream, wakes, due, number)
         WHERE wakeup.stream = run.stream AND run.wakes AND run.due IS NULL AND run.number <> ALL (losers);

        SELECT min(run.due) INTO earliest
          FROM unnest(run_wakes, run_dues) WITH ORDINALITY AS run (wakes, due, number) WHERE run.wakes AND run.number <> ALL (losers);
    END IF;

    IF written > 0 OR earliest IS NOT NULL THEN
        PERFORM pg_notify('journal', head_before + written || ' ' || coalesce((extract(epoch FROM earliest) * 1000)::bigint::text, ''));
    END IF;
END
$function$;
