//! The speed harness.

fn main() {}
