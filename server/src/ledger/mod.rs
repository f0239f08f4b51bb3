//! The append-only ledger of points and the task that writes it.

mod points;
mod rules;
mod scoring;
mod scoring_file;
mod week;
mod weight;

pub use points::*;
pub use scoring::*;
pub use scoring_file::*;
pub use week::*;
pub use weight::*;
