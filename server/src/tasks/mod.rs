//! What there is to do, who does it, and in which state that stands.
