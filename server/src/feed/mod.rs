//! What a region says to its members, and what its best did lately.
