//! Who may see whom: one typed argument of every store function that touches people.
//!
//! A scope is made from the session alone and asked for by every store. What lies outside it
//! answers exactly like what does not exist.

use diesel::expression::is_aggregate;
use diesel::expression::{BoxableExpression, Expression, ValidGrouping};
use diesel::query_builder::QueryId;
use diesel::sql_types::{BigInt, Bool, Text};
use diesel::{BoolExpressionMethods, ExpressionMethods, SelectableExpression};

use crate::db::MultiBackend;
use crate::ids::VolunteerId;
use crate::region_code::RegionCode;

/// A filter on rows of `Source` that is true for what a scope may see.
pub type Seen<Source> = Box<dyn BoxableExpression<Source, MultiBackend, SqlType = Bool>>;

/// Who is asking, and how far they see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// A volunteer: themselves alone.
    Own(VolunteerId),
    /// A captain: themselves and everybody under their regions.
    Subtree(VolunteerId, Vec<RegionCode>),
    /// HQ staff: everybody.
    Everything(VolunteerId),
    /// The campaign's own jobs: everybody, and no person to name as the actor.
    System,
}

impl Scope {
    /// The person acting; `VolunteerId(0)` for the system.
    pub fn actor(&self) -> VolunteerId {
        match self {
            Self::Own(who) | Self::Subtree(who, _) | Self::Everything(who) => *who,
            Self::System => VolunteerId(0),
        }
    }

    /// True for HQ and the system.
    pub fn is_everything(&self) -> bool {
        matches!(self, Self::Everything(_) | Self::System)
    }

    /// True when this scope answers for `region`: HQ everywhere, a captain at and under their own.
    pub fn leads(&self, region: &RegionCode) -> bool {
        match self {
            Self::Own(_) => false,
            Self::Subtree(_, regions) => regions.iter().any(|led| region.is_under(led)),
            Self::Everything(_) | Self::System => true,
        }
    }

    /// True when this scope may see a person who is `id` and belongs to `region`.
    pub fn covers(&self, id: VolunteerId, region: &RegionCode) -> bool {
        id == self.actor() || self.leads(region)
    }

    /// The SQL of [`Scope::covers`] over a region column and a person column.
    pub fn sees<Source, Region, Person>(&self, region: Region, person: Person) -> Seen<Source>
    where
        Source: 'static,
        Region: Copy
            + ExpressionMethods
            + Expression<SqlType = Text>
            + SelectableExpression<Source>
            + BoxableExpression<Source, MultiBackend, SqlType = Text>
            + ValidGrouping<(), IsAggregate = is_aggregate::No>
            + QueryId
            + 'static,
        Person: ExpressionMethods
            + Expression<SqlType = BigInt>
            + SelectableExpression<Source>
            + BoxableExpression<Source, MultiBackend, SqlType = BigInt>
            + ValidGrouping<(), IsAggregate = is_aggregate::No>
            + QueryId
            + 'static,
    {
        let own: Seen<Source> = Box::new(person.eq(self.actor().0));
        match self {
            Self::Own(_) => own,
            Self::Subtree(_, regions) => regions
                .iter()
                .fold(own, |seen, led| Box::new(seen.or(under(region, led)))),
            Self::Everything(_) | Self::System => Box::new(region.ge(String::new())),
        }
    }
}

/// Rows whose `column` is `region` or lies under it. Codes are paths compared byte by byte, so
/// "under" is one range of the index: from `us-oh-` up to, not including, `us-oh.`.
pub fn under<Source, Column>(column: Column, region: &RegionCode) -> Seen<Source>
where
    Source: 'static,
    Column: Copy
        + ExpressionMethods
        + Expression<SqlType = Text>
        + SelectableExpression<Source>
        + BoxableExpression<Source, MultiBackend, SqlType = Text>
        + ValidGrouping<(), IsAggregate = is_aggregate::No>
        + QueryId
        + 'static,
{
    let (low, high) = region.range();
    Box::new(
        column
            .eq(region.to_string())
            .or(column.ge(low).and(column.lt(high))),
    )
}
