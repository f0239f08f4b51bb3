//! Regions against their siblings, one week at a time, by Pace.
