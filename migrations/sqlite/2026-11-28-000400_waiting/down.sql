DROP INDEX entry_states_waiting;
