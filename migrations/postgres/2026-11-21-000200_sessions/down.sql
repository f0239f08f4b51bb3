DROP TABLE campaign;
DROP TABLE audit;
DROP TABLE outbox;
DROP TABLE sign_in_requests;
DROP TABLE live_tickets;
DROP TABLE sessions;
