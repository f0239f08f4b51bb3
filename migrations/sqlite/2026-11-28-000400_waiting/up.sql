-- What waits for a decision, oldest first: a captain's list reads no entry that was decided about.
CREATE INDEX entry_states_waiting ON entry_states (entry_id, volunteer_id)
    WHERE decided_by IS NULL AND state IN ('unverified', 'held');
