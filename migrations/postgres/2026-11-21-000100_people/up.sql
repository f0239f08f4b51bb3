-- Who belongs to the campaign, what they told about themselves, and what office they hold.
CREATE TABLE volunteers (
    id             BIGINT PRIMARY KEY,
    email          TEXT NOT NULL UNIQUE,            -- lower case
    name           TEXT NOT NULL,                   -- the display name; may be empty
    zip            TEXT,                            -- normalised postcode; NULL after a move beyond it
    region         TEXT COLLATE "C" NOT NULL,                  -- code of the leaf they belong to; a code is its own path
    zone           TEXT NOT NULL,                   -- IANA zone that decides their week
    quiet          BOOLEAN NOT NULL,
    honour_roll    BOOLEAN NOT NULL,
    travel_km      INTEGER,
    weekly_hours   INTEGER,
    adult          BOOLEAN NOT NULL,
    availability   TEXT,                            -- 21 of '0' and '1', Monday morning first; NULL undeclared
    languages      TEXT NOT NULL,                   -- JSON list of tags
    interests      TEXT NOT NULL,                   -- JSON list of task kinds
    access_needs   TEXT NOT NULL,                   -- JSON list
    certificates   TEXT NOT NULL,                   -- JSON list
    rung           INTEGER NOT NULL,                -- highest ladder rung completed; 0 for a newcomer
    invited_by     BIGINT REFERENCES volunteers (id),
    joined_at      TIMESTAMP NOT NULL,                  -- when the address was confirmed
    last_active_at TIMESTAMP,                           -- last entry credited
    erased_at      TIMESTAMP
);
CREATE INDEX volunteers_region ON volunteers (region);
CREATE INDEX volunteers_invited_by ON volunteers (invited_by);

CREATE TABLE volunteer_skills (
    volunteer_id BIGINT NOT NULL REFERENCES volunteers (id) ON DELETE CASCADE,
    skill        TEXT NOT NULL,
    level        INTEGER NOT NULL,                  -- 1 to 5
    PRIMARY KEY (volunteer_id, skill)
);
CREATE INDEX volunteer_skills_skill ON volunteer_skills (skill, volunteer_id);

CREATE TABLE staff (
    volunteer_id BIGINT PRIMARY KEY REFERENCES volunteers (id) ON DELETE CASCADE,
    added_by     BIGINT,
    since        TIMESTAMP NOT NULL
);

CREATE TABLE captains (
    region       TEXT COLLATE "C" NOT NULL,
    volunteer_id BIGINT NOT NULL REFERENCES volunteers (id) ON DELETE CASCADE,
    named_by     BIGINT,
    since        TIMESTAMP NOT NULL,
    PRIMARY KEY (region, volunteer_id)
);
CREATE INDEX captains_volunteer ON captains (volunteer_id);

CREATE TABLE invitations (
    code         TEXT PRIMARY KEY,
    volunteer_id BIGINT NOT NULL UNIQUE REFERENCES volunteers (id) ON DELETE CASCADE,
    created_at   TIMESTAMP NOT NULL
);
