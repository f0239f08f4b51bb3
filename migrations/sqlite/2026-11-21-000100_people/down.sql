DROP TABLE invitations;
DROP TABLE captains;
DROP TABLE staff;
DROP TABLE volunteer_skills;
DROP TABLE volunteers;
