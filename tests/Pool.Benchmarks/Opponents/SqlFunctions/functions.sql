-- One call a command, one transaction a call.

-- The demand with a proposal of it, as every command answers.
CREATE VIEW answer AS
SELECT demand.id, demand.fingerprint, demand.community, demand.title, demand.skill, demand.min_level, demand.opens, demand.closes, demand.duration, demand.reach,
       demand.posted_at, proposal.number, proposal.partner, proposal.partner_community, proposal.offer, proposal.ring, proposal.starts, proposal.ends,
       proposal.made_at, proposal.expires_at, proposal.step, proposal.accepted_at, proposal.started_at, proposal.completed_at, proposal.settled_at,
       proposal.partner_minutes, proposal.community_minutes, proposal.agreed_minutes, proposal.entry
  FROM demand LEFT JOIN proposal ON proposal.demand = demand.id;

-- Whether a request is new; the same id with another content is refused.
CREATE FUNCTION is_new(request_id uuid, request_fingerprint bigint) RETURNS bool LANGUAGE plpgsql AS
$$
BEGIN
    INSERT INTO request VALUES (request_id, request_fingerprint) ON CONFLICT DO NOTHING;
    IF FOUND THEN
        RETURN true;
    END IF;

    IF (SELECT fingerprint FROM request WHERE id = request_id) <> request_fingerprint THEN
        RAISE 'The request id was used for another request.' USING ERRCODE = 'P0001';
    END IF;

    RETURN false;
END
$$;

-- The best candidates of a ring: those who served least, then the least level that will do.
CREATE FUNCTION candidates(demand demand, in_ring int) RETURNS TABLE (partner text, community text, offer text, open int4multirange, capacity int) LANGUAGE plpgsql STABLE AS
$$
BEGIN
    IF in_ring = 0 THEN
        RETURN QUERY SELECT p.id, p.community, o.id, o.open, p.capacity FROM offer o JOIN partner p ON p.id = o.partner
                      WHERE o.skill = demand.skill AND o.community = demand.community AND o.level >= demand.min_level
                      ORDER BY p.minutes_served, o.level, o.partner LIMIT 16;
    ELSIF in_ring = 1 THEN
        RETURN QUERY SELECT p.id, p.community, o.id, o.open, p.capacity FROM offer o JOIN partner p ON p.id = o.partner
                      WHERE o.skill = demand.skill AND o.street = left(demand.community, 9) AND o.community <> demand.community AND o.level >= demand.min_level
                      ORDER BY p.minutes_served, o.level, o.partner LIMIT 16;
    ELSE
        RETURN QUERY SELECT p.id, p.community, o.id, o.open, p.capacity FROM offer o JOIN partner p ON p.id = o.partner
                      WHERE o.skill = demand.skill AND o.reach >= 2 AND o.level >= demand.min_level
                        AND o.street = ANY (SELECT unnest(neighbours) FROM street WHERE code = left(demand.community, 9))
                      ORDER BY p.minutes_served, o.level, o.partner LIMIT 16;
    END IF;
END
$$;

-- The earliest half hour of the window at which the partner has time, and the lane that is free then.
CREATE FUNCTION first_slot(of_partner text, capacity int, open int4multirange, demand demand, OUT slot timestamptz, OUT lane int) LANGUAGE plpgsql STABLE AS
$$
DECLARE
    served interval := make_interval(mins => demand.duration);
BEGIN
    slot := date_bin('30 minutes', demand.opens + interval '30 minutes' - interval '1 microsecond', '2000-01-01Z');
    WHILE slot + served <= demand.closes LOOP
        IF open @> int4range(week_minute(slot), week_minute(slot) + demand.duration) THEN
            FOR free IN 1 .. capacity LOOP
                PERFORM FROM booking b WHERE b.partner = of_partner AND b.lane = free AND b.during && tstzrange(slot, slot + served);
                IF NOT FOUND THEN
                    lane := free;
                    RETURN;
                END IF;
            END LOOP;
        END IF;

        slot := slot + interval '30 minutes';
    END LOOP;

    slot := NULL;
END
$$;

-- Holds the best candidate's time and proposes the seat. A partner whom another search holds just now is left to it, unless nobody else is free.
CREATE FUNCTION propose(demand demand, as_number int) RETURNS bool LANGUAGE plpgsql AS
$$
DECLARE
    best record;
    slot timestamptz;
    lane int;
BEGIN
    FOR ring IN 0 .. least(demand.reach, 2) LOOP
        FOR patient IN 0 .. 1 LOOP
            FOR best IN SELECT * FROM candidates(demand, ring) LOOP
                IF patient = 0 THEN
                    PERFORM FROM partner WHERE id = best.partner FOR NO KEY UPDATE SKIP LOCKED;
                    CONTINUE WHEN NOT FOUND;
                ELSE
                    PERFORM FROM partner WHERE id = best.partner FOR NO KEY UPDATE;
                END IF;

                CONTINUE WHEN EXISTS (SELECT FROM proposal p WHERE p.demand = demand.id AND p.partner = best.partner);
                SELECT s.slot, s.lane INTO slot, lane FROM first_slot(best.partner, best.capacity, best.open, demand) s;
                CONTINUE WHEN slot IS NULL;
                INSERT INTO booking (demand, number, partner, lane, during, held_until)
                VALUES (demand.id, as_number, best.partner, lane, tstzrange(slot, slot + make_interval(mins => demand.duration)), now() + interval '2 hours');
                INSERT INTO proposal (demand, number, partner, partner_community, offer, ring, starts, ends, expires_at)
                VALUES (demand.id, as_number, best.partner, best.community, best.offer, ring, slot, slot + make_interval(mins => demand.duration), now() + interval '2 hours');
                RETURN true;
            END LOOP;
        END LOOP;
    END LOOP;

    RETURN false;
END
$$;

CREATE FUNCTION post_demand(
    demand_id uuid, demand_fingerprint bigint, of_community text, with_title text, of_skill text, least_level int, from_time timestamptz, to_time timestamptz, minutes int, in_reach int)
RETURNS SETOF answer LANGUAGE plpgsql AS
$$
DECLARE
    posted demand;
BEGIN
    INSERT INTO demand (id, fingerprint, community, title, skill, min_level, opens, closes, duration, reach)
    VALUES (demand_id, demand_fingerprint, of_community, with_title, of_skill, least_level, from_time, to_time, minutes, in_reach)
        ON CONFLICT DO NOTHING RETURNING * INTO posted;
    IF FOUND THEN
        PERFORM propose(posted, 1);
    ELSIF (SELECT fingerprint FROM demand WHERE id = demand_id) <> demand_fingerprint THEN
        RAISE 'The request id was used for another request.' USING ERRCODE = 'P0001';
    END IF;

    RETURN QUERY SELECT * FROM answer WHERE id = demand_id ORDER BY number DESC LIMIT 1;
END
$$;

CREATE FUNCTION accept_proposal(request_id uuid, request_fingerprint bigint, of_demand uuid, with_number int, by_actor text, minutes int)
RETURNS SETOF answer LANGUAGE plpgsql AS
$$
BEGIN
    IF is_new(request_id, request_fingerprint) THEN
        UPDATE proposal SET step = 2, accepted_at = now()
         WHERE demand = of_demand AND number = with_number AND partner = by_actor AND step = 1 AND expires_at > now();
        IF NOT FOUND THEN
            RAISE 'The proposal is not open.' USING ERRCODE = 'P0001';
        END IF;

        UPDATE booking SET held_until = NULL WHERE demand = of_demand AND number = with_number;
    END IF;

    RETURN QUERY SELECT * FROM answer WHERE id = of_demand AND number = with_number;
END
$$;

CREATE FUNCTION start_assignment(request_id uuid, request_fingerprint bigint, of_demand uuid, with_number int, by_actor text, minutes int)
RETURNS SETOF answer LANGUAGE plpgsql AS
$$
BEGIN
    IF is_new(request_id, request_fingerprint) THEN
        UPDATE proposal SET step = 3, started_at = now() WHERE demand = of_demand AND number = with_number AND partner = by_actor AND step = 2;
        IF NOT FOUND THEN
            RAISE 'The assignment cannot be started.' USING ERRCODE = 'P0001';
        END IF;
    END IF;

    RETURN QUERY SELECT * FROM answer WHERE id = of_demand AND number = with_number;
END
$$;

CREATE FUNCTION complete_assignment(request_id uuid, request_fingerprint bigint, of_demand uuid, with_number int, by_actor text, minutes int)
RETURNS SETOF answer LANGUAGE plpgsql AS
$$
BEGIN
    IF is_new(request_id, request_fingerprint) THEN
        UPDATE proposal SET step = 4, completed_at = now(), partner_minutes = minutes
         WHERE demand = of_demand AND number = with_number AND partner = by_actor AND step = 3;
        IF NOT FOUND THEN
            RAISE 'The assignment cannot be completed.' USING ERRCODE = 'P0001';
        END IF;
    END IF;

    RETURN QUERY SELECT * FROM answer WHERE id = of_demand AND number = with_number;
END
$$;

-- Minutes that agree within a quarter of an hour are settled at their average: entered, added to the partner's record, and its
-- time is free. Others are disputed.
CREATE FUNCTION confirm_assignment(request_id uuid, request_fingerprint bigint, of_demand uuid, with_number int, by_actor text, minutes int)
RETURNS SETOF answer LANGUAGE plpgsql AS
$$
DECLARE
    served record;
    entered bigint;
BEGIN
    IF is_new(request_id, request_fingerprint) THEN
        SELECT p.partner, p.partner_minutes, (p.partner_minutes + minutes) / 2 AS agreed INTO served
          FROM proposal p JOIN demand d ON d.id = p.demand
         WHERE p.demand = of_demand AND p.number = with_number AND d.community = by_actor AND p.step = 4 FOR NO KEY UPDATE OF p;
        IF NOT FOUND THEN
            RAISE 'The assignment cannot be confirmed.' USING ERRCODE = 'P0001';
        END IF;

        IF abs(served.partner_minutes - minutes) > 15 THEN
            UPDATE proposal SET step = 6, community_minutes = minutes WHERE demand = of_demand AND number = with_number;
        ELSE
            INSERT INTO entry (demand, proposal, partner, minutes) VALUES (of_demand, with_number, served.partner, served.agreed) RETURNING number INTO entered;
            UPDATE partner SET minutes_served = minutes_served + served.agreed WHERE id = served.partner;
            DELETE FROM booking WHERE demand = of_demand AND number = with_number;
            UPDATE proposal SET step = 5, settled_at = now(), community_minutes = minutes, agreed_minutes = served.agreed, entry = entered
             WHERE demand = of_demand AND number = with_number;
        END IF;
    END IF;

    RETURN QUERY SELECT * FROM answer WHERE id = of_demand AND number = with_number;
END
$$;

-- Ends proposals whose time is over, and asks the next candidate; called every second.
CREATE FUNCTION expire_proposals(most int) RETURNS int LANGUAGE plpgsql AS
$$
DECLARE
    lapsed record;
    expired int := 0;
BEGIN
    FOR lapsed IN SELECT demand, number FROM booking WHERE held_until <= now() ORDER BY held_until LIMIT most FOR UPDATE SKIP LOCKED LOOP
        DELETE FROM booking WHERE demand = lapsed.demand AND number = lapsed.number;
        UPDATE proposal SET step = 7 WHERE demand = lapsed.demand AND number = lapsed.number;
        PERFORM propose(d, lapsed.number + 1) FROM demand d WHERE d.id = lapsed.demand AND d.closes > now();
        expired := expired + 1;
    END LOOP;

    RETURN expired;
END
$$;
