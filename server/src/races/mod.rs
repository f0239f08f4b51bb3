//! Regions against their siblings, one week at a time, by Pace.

pub mod audit;
pub mod audit_input;
pub mod draws;
pub mod estimate;
pub mod pace;
pub mod par;
pub mod posterior;
pub mod ranking;
pub mod standings;
