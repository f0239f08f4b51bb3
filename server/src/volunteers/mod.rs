//! The people: who they are, where they belong, what they can do and when.

mod model;
mod store;

pub use model::{Availability, Email, NewVolunteer, Volunteer};

use crate::db::Conn;
use crate::error::Error;
use crate::ids::VolunteerId;
use crate::scope::Scope;

/// The person `id`, if `scope` may see them.
///
/// # Errors
/// `NotFound` when there is nobody, or nobody to be seen: the two look the same.
pub fn find(conn: &mut Conn, scope: &Scope, id: VolunteerId) -> Result<Volunteer, Error> {
    store::find(conn, scope, id)?.ok_or(Error::NotFound)
}

/// The person with this address. Only the system asks by address.
pub fn find_by_email(
    conn: &mut Conn,
    scope: &Scope,
    email: &Email,
) -> Result<Option<Volunteer>, Error> {
    Ok(store::find_by_email(conn, scope, email)?)
}

/// Takes in a newly confirmed person. Joins the caller's transaction; the campaign begins with its
/// first one.
pub fn create(conn: &mut Conn, scope: &Scope, new: &NewVolunteer) -> Result<Volunteer, Error> {
    store::insert(conn, scope, new)?;
    store::insert_campaign_start(conn, new.joined_at)?;
    find(conn, &Scope::System, new.id)
}
