//! The pages of the desks.

pub mod captain;
pub mod home;
pub mod hq;
pub mod missions;
pub mod offices;
pub mod people;
pub mod sheet;
