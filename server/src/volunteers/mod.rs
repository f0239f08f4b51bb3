//! The people: who they are, where they belong, what they can do and when.

pub mod api;
mod holders;
pub mod languages;
mod model;
mod moving;
mod object;
mod offices;
mod profile;
mod search;
pub mod skills;
mod store;

pub use holders::{
    Holder, Holders, all_captains, captain_names, captained, captains, count_offices, offices_of,
    staff,
};
pub use model::{Availability, Email, NewVolunteer, Volunteer};
pub use moving::{Destination, relocate};
pub use object::{objects, said_object};
pub use offices::{end_captaincy, name_captain, name_staff};
pub use profile::{Certificate, Change, INTERESTS, Offices, Profile, SkillLevel, said};
pub use search::{Filter, Found, count, count_found, search};

use crate::app::App;
use crate::cluster::Event;
use crate::db::Conn;
use crate::error::{Error, FieldErrors};
use crate::ids::VolunteerId;
use crate::scope::Scope;

/// The person `id`, if `scope` may see them.
///
/// # Errors
/// `NotFound` when there is nobody, or nobody to be seen: the two look the same.
pub fn find(conn: &mut Conn, scope: &Scope, id: VolunteerId) -> Result<Volunteer, Error> {
    store::find(conn, scope, id)?.ok_or(Error::NotFound)
}

/// [`find`] by somebody about to write what belongs to this person: until the transaction ends nobody
/// else changes them, and above all nobody erases them. People are held before tasks are locked.
///
/// # Errors
/// As `find`.
pub fn hold(conn: &mut Conn, scope: &Scope, id: VolunteerId) -> Result<Volunteer, Error> {
    store::lock(conn, scope, id)?.ok_or(Error::NotFound)
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

/// The profile of `id`, as far as `scope` sees.
pub async fn profile(app: &App, scope: Scope, id: VolunteerId) -> Result<Profile, Error> {
    let tree = app.tree.clone();
    app.db
        .read(move |conn| {
            let person = find(conn, &scope, id)?;
            let skills = store::list_skills(conn, &scope, id)?;
            let offices = store::find_offices(conn, &scope, id)?;
            Ok(Profile::of(&tree, &person, skills, &offices))
        })
        .await
}

/// Changes the profile of `id`: a person their own, HQ anybody's. What is left out stays.
///
/// # Errors
/// `Invalid` naming each field that cannot be used: nothing is stored then.
pub async fn change(
    app: &App,
    scope: Scope,
    id: VolunteerId,
    change: Change,
) -> Result<Profile, Error> {
    let tree = app.tree.clone();
    let (who, moved) = (
        scope.clone(),
        change.zip.is_some() || change.region.is_some(),
    );
    app.db
        .write(move |conn| {
            let mut person = hold(conn, &scope, id)?;
            if id != scope.actor() && !scope.is_everything() {
                return Err(Error::Forbidden("error-forbidden".into()));
            }
            let mut faults = FieldErrors::default();
            faults.keep(change.apply(&mut person))?;
            if let Some(zip) = &change.zip {
                faults.keep(moving::by_zip(&tree, &scope, &mut person, zip))?;
            }
            if let Some(region) = &change.region {
                faults.keep(moving::by_region(&tree, &scope, &mut person, region))?;
            }
            faults.done()?;
            store::update(conn, &scope, &person)?;
            if let Some(skills) = &change.skills {
                store::delete_skills(conn, &scope, id)?;
                store::insert_skills(conn, &scope, id, skills)?;
            }
            Ok(())
        })
        .await?;
    if moved {
        moving::told(app, id);
    }
    app.cluster.publish(Event::PeopleMoved {
        volunteers: vec![id],
    });
    profile(app, who, id).await
}

/// A number for each of these people that rises whenever their profile changes.
pub fn versions(
    conn: &mut Conn,
    scope: &Scope,
    people: &[VolunteerId],
) -> Result<Vec<(VolunteerId, i64)>, Error> {
    Ok(store::list_versions(conn, scope, people)?)
}

/// Notes that the person has completed a task of this rung of the ladder, if it is their highest.
/// Joins the caller's transaction.
pub fn climb(conn: &mut Conn, scope: &Scope, id: VolunteerId, rung: i32) -> Result<(), Error> {
    store::update_rung(conn, scope, id, rung)?;
    Ok(())
}
