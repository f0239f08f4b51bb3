DROP TABLE task_events;
DROP TABLE declines;
DROP TABLE assignments;
DROP TABLE task_skills;
DROP TABLE task_stats;
DROP TABLE tasks;
