ALTER TABLE volunteers DROP COLUMN version;
DROP INDEX comments_deleted;
DROP INDEX posts_deleted;
DROP INDEX entry_states_decided;
