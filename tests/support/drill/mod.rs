//! Bad days on purpose: nodes as processes of their own, people who go on logging whatever happens,
//! pages that follow boards, a log of every operation, and a judge who compares it with the ledger.

mod crew;
mod judge;
mod log;
mod node;
mod site;
mod viewer;

pub use crew::{Crew, Load};
pub use judge::{boards_agree, judge};
pub use log::{Figures, Log, Operation, Outcome};
pub use node::Node;
pub use site::{Member, STATE, Site};
pub use viewer::{Viewer, Viewers};
