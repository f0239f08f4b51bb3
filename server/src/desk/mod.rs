//! The desks people work at: a volunteer's home, a captain's page, HQ.

pub mod api;
mod model;
mod numbers;
mod offices;
pub mod pages;
mod people;
mod rules;
mod standing;
mod store;
mod weeks;

pub use model::{AuditLine, NewStaff, PersonView, PlacedView, Summary};
pub use numbers::{Counted, numbers, summary};
pub use offices::{
    add_staff, audit, end_captaincy, name_captain, name_captain_by_email, offices, staff,
};
pub use people::{People, Sought, find_people};
pub use standing::standing;
