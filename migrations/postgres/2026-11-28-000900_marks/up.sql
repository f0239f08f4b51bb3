-- What moved lately, for nodes that were not told: few rows are deleted or decided about, and a change
-- of a profile leaves no trace but its number.
CREATE INDEX entry_states_decided ON entry_states (decided_at) WHERE decided_at IS NOT NULL;
CREATE INDEX posts_deleted ON posts (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX comments_deleted ON comments (deleted_at) WHERE deleted_at IS NOT NULL;
ALTER TABLE volunteers ADD COLUMN version BIGINT NOT NULL DEFAULT 0;
