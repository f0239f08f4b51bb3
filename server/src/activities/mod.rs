//! What was done: kinds, bounds, points, and the people who confirm them.

mod check;
mod kind;
mod refusal;
mod rules;
mod window;
mod work;
mod worth;

pub use check::*;
pub use kind::*;
pub use refusal::*;
pub use rules::*;
pub use window::*;
pub use work::*;
pub use worth::*;
