-- Who is signed in, and the links on their way. Secrets stand here only as SHA-256 hashes.
CREATE TABLE sessions (
    id           BIGINT PRIMARY KEY,
    volunteer_id BIGINT NOT NULL REFERENCES volunteers (id) ON DELETE CASCADE,
    audience     TEXT NOT NULL,                     -- web or api
    refresh_hash TEXT NOT NULL UNIQUE,
    family_hash  TEXT UNIQUE,                       -- of the part that all refresh tokens of a program share
    spent_hash   TEXT,                              -- the refresh token before this one
    device       TEXT NOT NULL,                     -- what the browser called itself, cut short
    created_at   TIMESTAMP NOT NULL,
    seen_at      TIMESTAMP NOT NULL,
    expires_at   TIMESTAMP NOT NULL,
    revoked_at   TIMESTAMP
);
CREATE INDEX sessions_volunteer ON sessions (volunteer_id);

-- Tickets that open one live socket each, for programs without a cookie; gone once used.
CREATE TABLE live_tickets (
    hash         TEXT PRIMARY KEY,
    session_id   BIGINT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    volunteer_id BIGINT NOT NULL REFERENCES volunteers (id) ON DELETE CASCADE,
    expires_at   TIMESTAMP NOT NULL
);
CREATE INDEX live_tickets_expires ON live_tickets (expires_at);

-- One row a request for a link, whether or not the address is known.
CREATE TABLE sign_in_requests (
    id            BIGINT PRIMARY KEY,
    purpose       TEXT NOT NULL,                    -- join, sign_in, staff or demo
    handle_hash   TEXT NOT NULL UNIQUE,             -- the secret that binds the browser which asked
    browser_hash  TEXT NOT NULL,                    -- requests of one browser share it: a newer link voids older ones
    email         TEXT NOT NULL,
    ip            TEXT NOT NULL,
    zip           TEXT,
    region        TEXT,
    zone          TEXT,
    name          TEXT NOT NULL,
    invite        TEXT,
    choices       TEXT NOT NULL,                    -- JSON: what was picked while waiting for the mail
    asked_at      TIMESTAMP NOT NULL,
    mailed        BOOLEAN NOT NULL,                 -- false: over the limits, no mail goes out
    token_hash    TEXT UNIQUE,                      -- set when the mail is handed over
    dispatched_at TIMESTAMP,
    expires_at    TIMESTAMP,
    spent_at      TIMESTAMP,
    voided_at     TIMESTAMP,
    code_hash     TEXT,                             -- the code shown by another browser
    code_tries    INTEGER NOT NULL,
    volunteer_id  BIGINT                            -- whose session it became, or will become through the code
);
CREATE INDEX sign_in_requests_email ON sign_in_requests (email, asked_at);
CREATE INDEX sign_in_requests_ip ON sign_in_requests (ip, asked_at);
CREATE INDEX sign_in_requests_browser ON sign_in_requests (browser_hash);

-- Mail that must go out once: written in the transaction that causes it, sent after it.
CREATE TABLE outbox (
    id            BIGINT PRIMARY KEY,
    key           TEXT NOT NULL UNIQUE,
    recipient     TEXT NOT NULL,
    subject       TEXT NOT NULL,
    body          TEXT NOT NULL,
    created_at    TIMESTAMP NOT NULL,
    claimed_until TIMESTAMP,
    sent_at       TIMESTAMP,
    tries         INTEGER NOT NULL
);
CREATE INDEX outbox_waiting ON outbox (sent_at, created_at);

-- Append-only, each line chained to the one before by its hash.
CREATE TABLE audit (
    id      BIGINT PRIMARY KEY,                     -- counts up from 1 without gaps
    actor   BIGINT NOT NULL,
    deed    TEXT NOT NULL,
    detail  TEXT NOT NULL,                          -- JSON
    at      TIMESTAMP NOT NULL,
    hash    TEXT NOT NULL
);

CREATE TABLE campaign (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
);
