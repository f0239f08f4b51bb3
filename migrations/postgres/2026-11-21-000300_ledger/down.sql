DROP TABLE missions;
DROP TABLE final_boards;
DROP TABLE roster_locks;
DROP TABLE rosters;
DROP TABLE region_weeks;
DROP TABLE member_weeks;
DROP TABLE entry_states;
DROP TABLE ledger;
