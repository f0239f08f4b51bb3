//! The desks people work at: a volunteer's home, a captain's page, HQ.

pub mod api;
mod model;
mod numbers;
mod offices;
mod people;
mod rules;
mod store;

pub use model::{AuditLine, NewStaff, PersonView, Summary};
pub use numbers::{Counted, numbers, summary};
pub use offices::{add_staff, audit, end_captaincy, name_captain, staff};
pub use people::{People, Sought, find_people};

/// Where the thirds of a day begin.
fn time_rules(_: &crate::app::App) -> Option<&'static crate::matching::config::TimeRules> {
    use crate::matching::config::{MatchingConfig, SHIPPED};
    static RULES: std::sync::LazyLock<Option<MatchingConfig>> =
        std::sync::LazyLock::new(|| MatchingConfig::parse(SHIPPED).ok());
    RULES.as_ref().map(|config| &config.time)
}
