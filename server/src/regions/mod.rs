//! The region tree: reference data of the campaign's country, and what a postcode answers.
//!
//! See `docs/decisions/0001-regions-are-reference-data.md`: the tree lives in memory, the code is
//! the path, and no table repeats it.

pub mod api;
mod distance;
mod finder;
mod format;
mod link;
mod load;
mod near;
mod node;
mod postcode;
mod search;
mod table;
mod text;
mod tree;
mod view;
mod zones;

use crate::region_code as code;

pub use code::{RegionCode, RegionCodeError};
pub use distance::Point;
pub use finder::{called, meant};
pub use format::TreeError;
pub use node::{Level, Node};
pub use postcode::{Place, PostcodeError};
pub use tree::Tree;
pub use view::{PlaceView, RegionDetail, RegionView, known, place};
