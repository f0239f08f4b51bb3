-- Newcomers' 72 hours, and what a region says to its members.
CREATE TABLE follow_ups (
    volunteer_id BIGINT PRIMARY KEY REFERENCES volunteers (id) ON DELETE CASCADE,
    opened_at    TIMESTAMP NOT NULL,
    due_at       TIMESTAMP NOT NULL,
    tries        INTEGER NOT NULL,
    last_outcome TEXT,
    note         TEXT,
    closed_at    TIMESTAMP,
    closed_by    BIGINT
);
CREATE INDEX follow_ups_open ON follow_ups (closed_at, due_at);

CREATE TABLE posts (
    id         BIGINT PRIMARY KEY,
    region     TEXT NOT NULL,
    author     BIGINT NOT NULL REFERENCES volunteers (id),
    body       TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    deleted_at TIMESTAMP,
    deleted_by BIGINT
);
CREATE INDEX posts_region ON posts (region, created_at);

CREATE TABLE comments (
    id         BIGINT PRIMARY KEY,
    post_id    BIGINT NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
    author     BIGINT NOT NULL REFERENCES volunteers (id),
    body       TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    deleted_at TIMESTAMP,
    deleted_by BIGINT
);
CREATE INDEX comments_post ON comments (post_id, created_at);
