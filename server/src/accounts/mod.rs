//! Joining and signing in: requests for links, their mails, and the sessions that come of them.
