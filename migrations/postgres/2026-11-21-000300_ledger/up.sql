-- The append-only ledger. A correction is another line; a row is never changed.
CREATE TABLE ledger (
    volunteer_id  BIGINT NOT NULL,                  -- the person credited
    id            BIGINT NOT NULL,                  -- unique for that person; the public id carries both
    key           TEXT NOT NULL,                    -- actor:key, so that one key scores once
    fingerprint   TEXT NOT NULL,                    -- hash of the request behind the key
    kind          TEXT NOT NULL,
    quantity      INTEGER,
    conversations INTEGER,
    minutes       INTEGER,
    note          TEXT,
    task_id       BIGINT,
    occurred_at   TIMESTAMP NOT NULL,
    week          TEXT NOT NULL,                    -- ISO week in the person's zone, as 2026-W47
    region        TEXT COLLATE "C" NOT NULL,                   -- the person's region when it was written
    mission       INTEGER NOT NULL,                 -- mission weight in ten-thousandths
    base          BIGINT NOT NULL,                  -- hundredths of a point
    weight        INTEGER NOT NULL,                 -- verification in ten-thousandths
    counted       BIGINT NOT NULL,                  -- hundredths of a point: base times weight
    verification  TEXT NOT NULL,                    -- unverified, held, approved, rejected: as it was written
    corrects      BIGINT,                           -- the line of the same person this one corrects
    reason        TEXT,                             -- why it was corrected or held
    actor         BIGINT NOT NULL,                  -- who entered it; 0 for the system
    twin          BIGINT,                           -- minute and hash of person, kind and amount: who logs the same twice
    created_at    TIMESTAMP NOT NULL,
    PRIMARY KEY (volunteer_id, id),
    UNIQUE (volunteer_id, key)
) PARTITION BY HASH (volunteer_id);
CREATE TABLE ledger_0 PARTITION OF ledger FOR VALUES WITH (MODULUS 8, REMAINDER 0);
CREATE TABLE ledger_1 PARTITION OF ledger FOR VALUES WITH (MODULUS 8, REMAINDER 1);
CREATE TABLE ledger_2 PARTITION OF ledger FOR VALUES WITH (MODULUS 8, REMAINDER 2);
CREATE TABLE ledger_3 PARTITION OF ledger FOR VALUES WITH (MODULUS 8, REMAINDER 3);
CREATE TABLE ledger_4 PARTITION OF ledger FOR VALUES WITH (MODULUS 8, REMAINDER 4);
CREATE TABLE ledger_5 PARTITION OF ledger FOR VALUES WITH (MODULUS 8, REMAINDER 5);
CREATE TABLE ledger_6 PARTITION OF ledger FOR VALUES WITH (MODULUS 8, REMAINDER 6);
CREATE TABLE ledger_7 PARTITION OF ledger FOR VALUES WITH (MODULUS 8, REMAINDER 7);
CREATE INDEX ledger_twin ON ledger (twin);
-- A key belongs to who acts, and a captain acts for many: where their keys stand.
CREATE INDEX ledger_behalf ON ledger (key) WHERE actor <> 0 AND actor <> volunteer_id;

-- Where the decision about a line stands now; the history is in the ledger's corrections and the audit.
CREATE TABLE entry_states (
    volunteer_id BIGINT NOT NULL,
    entry_id     BIGINT NOT NULL,
    region       TEXT COLLATE "C" NOT NULL,
    week         TEXT NOT NULL,
    state        TEXT NOT NULL,                     -- unverified, held, approved, rejected, reversed
    weight       INTEGER NOT NULL,                  -- the weight now in force, ten-thousandths
    decided_by   BIGINT,
    decided_at   TIMESTAMP,
    created_at   TIMESTAMP NOT NULL,
    PRIMARY KEY (entry_id, volunteer_id)              -- by time, so that new rows stand beside each other
);
CREATE INDEX entry_states_queue ON entry_states (state, region, created_at);
CREATE INDEX entry_states_trust ON entry_states (volunteer_id, decided_at) WHERE decided_at IS NOT NULL;

-- The fold of the ledger, rebuilt by `muster boards rebuild`.
CREATE TABLE member_weeks (
    volunteer_id BIGINT NOT NULL,
    week         TEXT NOT NULL,
    region       TEXT COLLATE "C",                  -- where all of it counts; NULL: in several
    net          BIGINT NOT NULL,                   -- sum of counted, hundredths
    entries      INTEGER NOT NULL,
    version      BIGINT NOT NULL,
    PRIMARY KEY (volunteer_id, week)
) WITH (fillfactor = 70);
CREATE INDEX member_weeks_region ON member_weeks (week, region);

CREATE TABLE region_weeks (
    region  TEXT COLLATE "C" NOT NULL,
    week    TEXT NOT NULL,
    points  BIGINT NOT NULL,                        -- sum over members of u of their week, hundredths
    active  BIGINT NOT NULL,                        -- members with an entry
    version BIGINT NOT NULL,
    PRIMARY KEY (region, week)
) WITH (fillfactor = 50);
CREATE INDEX region_weeks_week ON region_weeks (week, region);

-- Who was on the roster on Monday 00:00, counted once a week and zone.
CREATE TABLE rosters (
    region  TEXT COLLATE "C" NOT NULL,
    week    TEXT NOT NULL,
    members BIGINT NOT NULL,
    PRIMARY KEY (region, week)
);
CREATE TABLE roster_locks (
    week      TEXT NOT NULL,
    zone      TEXT NOT NULL,
    locked_at TIMESTAMP NOT NULL,
    PRIMARY KEY (week, zone)
);

-- Boards of weeks that are final, as they were published; they stay, whatever is decided later.
CREATE TABLE final_boards (
    region TEXT COLLATE "C" NOT NULL,                        -- whose children raced
    week   TEXT NOT NULL,
    board  TEXT NOT NULL,                           -- JSON: the rows
    PRIMARY KEY (region, week)
);

-- What a kind of activity counts in a week, where it is not once; set by HQ before the week begins.
CREATE TABLE missions (
    week   TEXT NOT NULL,                           -- 2026-W48
    kind   TEXT NOT NULL,
    weight INTEGER NOT NULL,                        -- ten-thousandths
    PRIMARY KEY (week, kind)
);
