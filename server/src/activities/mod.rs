//! What was done: kinds, bounds, points, and the people who confirm them.
