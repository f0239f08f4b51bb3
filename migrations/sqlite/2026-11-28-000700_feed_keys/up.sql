-- What is sent again, after an answer was lost, stands once: a key belongs to who wrote.
ALTER TABLE posts ADD COLUMN key TEXT;
ALTER TABLE comments ADD COLUMN key TEXT;
CREATE UNIQUE INDEX posts_key ON posts (author, key) WHERE key IS NOT NULL;
CREATE UNIQUE INDEX comments_key ON comments (author, key) WHERE key IS NOT NULL;
