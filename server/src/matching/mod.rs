//! Which task for whom, and why.
