DROP TABLE comments;
DROP TABLE posts;
DROP TABLE follow_ups;
