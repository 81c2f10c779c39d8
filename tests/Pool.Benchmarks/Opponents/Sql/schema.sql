-- Minutes and codes are whole numbers, instants timestamptz; steps are numbered as in Step. Nothing but keys refers between
-- the tables that every command writes: a foreign key would cost a lock and a probe each time.
CREATE EXTENSION IF NOT EXISTS btree_gist;

CREATE TABLE street (code text COLLATE "C" PRIMARY KEY, name text NOT NULL, neighbours text[] NOT NULL);

CREATE TABLE community (code text COLLATE "C" PRIMARY KEY, street text COLLATE "C" NOT NULL REFERENCES street, name text NOT NULL);

CREATE TABLE partner
(
    id             text COLLATE "C" PRIMARY KEY,
    community      text COLLATE "C" NOT NULL REFERENCES community,
    name           text   NOT NULL,
    capacity       int    NOT NULL CHECK (capacity > 0),
    minutes_served bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50);

CREATE TABLE offer
(
    partner   text COLLATE "C" NOT NULL REFERENCES partner,
    id        text COLLATE "C" NOT NULL,
    community text COLLATE "C" NOT NULL,
    street    text COLLATE "C" NOT NULL,
    skill     text COLLATE "C" NOT NULL,
    level     int            NOT NULL,
    reach     int            NOT NULL,
    open      int4multirange NOT NULL, -- minutes since Monday 00:00 in Shanghai
    PRIMARY KEY (partner, id)
);
CREATE INDEX ON offer (skill, community);
CREATE INDEX ON offer (skill, street);

CREATE TABLE demand
(
    id          uuid PRIMARY KEY, -- the request's id
    fingerprint bigint      NOT NULL,
    community   text        NOT NULL,
    title       text        NOT NULL,
    skill       text        NOT NULL,
    min_level   int         NOT NULL,
    opens       timestamptz NOT NULL,
    closes      timestamptz NOT NULL,
    duration    int         NOT NULL,
    reach       int         NOT NULL,
    posted_at   timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE proposal
(
    demand            uuid        NOT NULL,
    number            int         NOT NULL,
    partner           text        NOT NULL,
    partner_community text        NOT NULL,
    offer             text        NOT NULL,
    ring              int         NOT NULL,
    starts            timestamptz NOT NULL,
    ends              timestamptz NOT NULL,
    made_at           timestamptz NOT NULL DEFAULT now(),
    expires_at        timestamptz NOT NULL,
    step              int         NOT NULL DEFAULT 1,
    accepted_at       timestamptz NULL,
    started_at        timestamptz NULL,
    completed_at      timestamptz NULL,
    settled_at        timestamptz NULL,
    partner_minutes   int         NULL,
    community_minutes int         NULL,
    agreed_minutes    int         NULL,
    entry             bigint      NULL,
    PRIMARY KEY (demand, number)
) WITH (fillfactor = 50); -- four updates a row, in place

-- A partner's calendar: one lane for each of its capacity. The constraint is what forbids double booking.
CREATE TABLE booking
(
    demand     uuid        NOT NULL,
    number     int         NOT NULL,
    partner    text COLLATE "C" NOT NULL,
    lane       int         NOT NULL,
    during     tstzrange   NOT NULL,
    held_until timestamptz NULL, -- of a hold; null when it is booked
    PRIMARY KEY (demand, number),
    EXCLUDE USING gist (partner WITH =, lane WITH =, during WITH &&)
) WITH (fillfactor = 50); -- one update a row, in place: holds that have ended are looked for in all of it, it has no more than is held or booked now

-- The service record: what was settled, once each.
CREATE TABLE entry
(
    number  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    demand  uuid        NOT NULL,
    proposal int        NOT NULL,
    partner text        NOT NULL,
    minutes int         NOT NULL,
    at      timestamptz NOT NULL DEFAULT now(),
    UNIQUE (demand, proposal)
);

CREATE TABLE request (id uuid PRIMARY KEY, fingerprint bigint NOT NULL);

CREATE FUNCTION week_minute(at timestamptz) RETURNS int LANGUAGE sql STABLE
RETURN (extract(isodow FROM at AT TIME ZONE 'Asia/Shanghai')::int - 1) * 1440
     + extract(hour FROM at AT TIME ZONE 'Asia/Shanghai')::int * 60 + extract(minute FROM at AT TIME ZONE 'Asia/Shanghai')::int;
