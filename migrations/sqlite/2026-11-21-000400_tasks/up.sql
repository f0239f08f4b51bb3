-- What there is to do, and who does it.
CREATE TABLE tasks (
    id           BIGINT PRIMARY KEY,
    title        TEXT NOT NULL,
    body         TEXT NOT NULL,
    kind         TEXT NOT NULL,
    region       TEXT NOT NULL,
    remote       BOOLEAN NOT NULL,
    place_name   TEXT NOT NULL,
    lat          DOUBLE,
    lon          DOUBLE,
    zone         TEXT NOT NULL,                     -- IANA zone of the place: decides the day and third
    starts_at    TIMESTAMP,
    ends_at      TIMESTAMP,
    minutes      INTEGER NOT NULL,
    slots        INTEGER NOT NULL,                  -- 1 to 9999
    taken        INTEGER NOT NULL,                  -- accepted, assigned, checked in or done; never above slots
    pending      INTEGER NOT NULL,                  -- invited and not answered
    languages    TEXT NOT NULL,                     -- JSON list of tags
    rung         INTEGER NOT NULL,                  -- 1 to 6
    priority     DOUBLE NOT NULL,                    -- 0.5 to 2
    host         BIGINT,
    status       TEXT NOT NULL,                     -- draft, open, closed
    certificates TEXT NOT NULL,                     -- JSON list
    min_age      INTEGER,
    access       TEXT NOT NULL,                     -- JSON list
    radius_km    INTEGER,
    created_by   BIGINT NOT NULL,
    created_at   TIMESTAMP NOT NULL,
    updated_at   TIMESTAMP NOT NULL,
    CHECK (taken >= 0 AND taken <= slots)
);
CREATE INDEX tasks_open ON tasks (status, region);
CREATE INDEX tasks_updated ON tasks (updated_at);

-- How a task fares with people: apart from the task, so that showing it never waits for its places.
CREATE TABLE task_stats (
    task_id  BIGINT PRIMARY KEY REFERENCES tasks (id) ON DELETE CASCADE,
    shown    BIGINT NOT NULL,                       -- how often it stood in somebody's five
    accepts  BIGINT NOT NULL,                       -- of those who had been shown it
    expected DOUBLE NOT NULL,                       -- acceptances foreseen for all showings: sum of p
    exposure DOUBLE NOT NULL,                       -- the same for those who have not answered yet
    seen_at  TIMESTAMP NOT NULL                     -- last showing; else when it was written
);

CREATE TABLE task_skills (
    task_id  BIGINT NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
    skill    TEXT NOT NULL,
    level    INTEGER NOT NULL,
    required BOOLEAN NOT NULL,
    weight   DOUBLE NOT NULL,
    PRIMARY KEY (task_id, skill)
);

CREATE TABLE assignments (
    task_id      BIGINT NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
    volunteer_id BIGINT NOT NULL REFERENCES volunteers (id) ON DELETE CASCADE,
    state        TEXT NOT NULL,                     -- invited accepted assigned declined cancelled checked_in done no_show
    reason       TEXT,
    changed_by   BIGINT NOT NULL,
    created_at   TIMESTAMP NOT NULL,
    changed_at   TIMESTAMP NOT NULL,
    PRIMARY KEY (task_id, volunteer_id)
);
CREATE INDEX assignments_volunteer ON assignments (volunteer_id, state);

-- What a person asked not to see: a task for a while or for good, or with `never` its whole kind.
CREATE TABLE declines (
    volunteer_id BIGINT NOT NULL REFERENCES volunteers (id) ON DELETE CASCADE,
    task_id      BIGINT NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
    kind         TEXT NOT NULL,
    reason       TEXT NOT NULL,                     -- not_now, too_far, not_my_thing, never
    declined_at  TIMESTAMP NOT NULL,
    PRIMARY KEY (volunteer_id, task_id)
);

-- What was shown to whom and what came of it: the matcher learns from it.
CREATE TABLE task_events (
    id           BIGINT PRIMARY KEY,
    volunteer_id BIGINT NOT NULL REFERENCES volunteers (id) ON DELETE CASCADE,
    task_id      BIGINT NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
    kind         TEXT NOT NULL,                     -- task kind
    event        TEXT NOT NULL,                     -- shown opened accepted declined showed completed
    position     INTEGER,
    propensity   DOUBLE,                            -- chance with which it came to stand there
    chance       DOUBLE,                            -- foreseen chance of a yes, p
    reason       TEXT,
    at           TIMESTAMP NOT NULL
);
CREATE INDEX task_events_volunteer ON task_events (volunteer_id, event, kind);
