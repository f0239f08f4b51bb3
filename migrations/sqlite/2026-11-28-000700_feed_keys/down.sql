DROP INDEX comments_key;
DROP INDEX posts_key;
ALTER TABLE comments DROP COLUMN key;
ALTER TABLE posts DROP COLUMN key;
