//! Which task for whom, and why.

pub mod candidates;
#[cfg(test)]
mod catalogue;
pub mod codes;
pub mod config;
pub mod features;
pub mod filter;
pub mod geo;
mod limits;
pub mod list;
#[cfg(test)]
mod properties;
pub mod reasons;
#[cfg(test)]
pub(crate) mod sample;
pub mod score;
pub mod skills;
pub mod when;
pub mod why_not;
