//! The consoles: a volunteer's home, the captain's page, HQ.
