//! One's own weeks: a dot each.

use super::store;
use crate::app::App;
use crate::db::Conn;
use crate::error::Error;
use crate::ledger::Week;
use crate::scope::Scope;
use crate::volunteers::Volunteer;

/// Dots shown at most.
const DOTS: usize = 14;

/// Whether the person did something that counts, for each of their last weeks, oldest first; never
/// more weeks than they have been with the campaign.
pub fn weeks(
    conn: &mut Conn,
    app: &App,
    scope: &Scope,
    person: &Volunteer,
) -> Result<Vec<bool>, Error> {
    let zone = person.tz();
    let joined = Week::at(person.joined_at.utc(), zone);
    let mut weeks = vec![Week::at(app.clock.now().utc(), zone)];
    while let Some(last) = weeks.last()
        && *last > joined
        && weeks.len() < DOTS
    {
        weeks.push(last.prev());
    }
    let names: Vec<String> = weeks.iter().rev().map(Week::to_string).collect();
    let did = store::list_own_weeks(conn, scope, &names)?;
    Ok(names.iter().map(|name| did.contains(name)).collect())
}
