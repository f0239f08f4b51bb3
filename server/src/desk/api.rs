//! HQ and captains over the JSON API.

use actix_web::Responder;
use actix_web::web::{Data, Json, Path};

use super::{NewStaff, PlacedView, Sought};
use crate::app::App;
use crate::error::Error;
use crate::http::{ApiError, Body, Created, Leader, Listing, NoContent, Paging, Query, Staff};
use crate::ids::VolunteerId;
use crate::regions;
use crate::volunteers::{self, Destination};

/// `GET /api/v1/regions/{code}/summary`.
pub async fn summary(
    app: Data<App>,
    who: Leader,
    code: Path<String>,
) -> Result<impl Responder, ApiError> {
    let region = regions::known(&app.tree, &code)?.code;
    Ok(Json(super::summary(&app, who.0.scope(), region).await?))
}

/// `GET /api/v1/volunteers`.
pub async fn people(
    app: Data<App>,
    who: Leader,
    sought: Query<Sought>,
) -> Result<impl Responder, ApiError> {
    let paging = Paging {
        after: sought.0.after.clone(),
        limit: sought.0.limit,
    };
    let (limit, after) = (paging.limit()?, paging.after()?.map(VolunteerId));
    let filter = sought.0.filter(&app)?;
    let people = super::find_people(&app, who.0.scope(), filter, after, limit).await?;
    Ok(Listing::page(people.rows, limit, |person| person.id.0))
}

/// `PUT /api/v1/volunteers/{volunteer}/region`.
pub async fn relocate(
    app: Data<App>,
    who: Staff,
    person: Path<String>,
    to: Body<Destination>,
) -> Result<impl Responder, ApiError> {
    let person: VolunteerId = person.parse().map_err(|_| Error::NotFound)?;
    let moved = volunteers::relocate(&app, who.0.scope(), person, to.0).await?;
    Ok(Json(PlacedView::of(&app.tree, moved)))
}

/// `PUT /api/v1/regions/{code}/captains/{volunteer}`.
pub async fn name_captain(
    app: Data<App>,
    who: Staff,
    path: Path<(String, String)>,
) -> Result<impl Responder, ApiError> {
    let region = regions::known(&app.tree, &path.0)?.code;
    let person: VolunteerId = path.1.parse().map_err(|_| Error::NotFound)?;
    Ok(Json(
        super::name_captain(&app, who.0.scope(), region, person).await?,
    ))
}

/// `DELETE /api/v1/regions/{code}/captains/{volunteer}`.
pub async fn end_captaincy(
    app: Data<App>,
    who: Staff,
    path: Path<(String, String)>,
) -> Result<impl Responder, ApiError> {
    let region = regions::known(&app.tree, &path.0)?.code;
    let person: VolunteerId = path.1.parse().map_err(|_| Error::NotFound)?;
    super::end_captaincy(&app, who.0.scope(), region, person).await?;
    Ok(NoContent)
}

/// `GET /api/v1/staff`.
pub async fn staff(app: Data<App>, who: Staff) -> Result<impl Responder, ApiError> {
    Ok(Json(super::staff(&app, who.0.scope()).await?))
}

/// `POST /api/v1/staff`.
pub async fn add_staff(
    app: Data<App>,
    who: Staff,
    new: Body<NewStaff>,
) -> Result<impl Responder, ApiError> {
    Ok(Created(
        super::add_staff(&app, who.0.scope(), &new.0.email).await?,
    ))
}

/// `GET /api/v1/audit`.
pub async fn audit(
    app: Data<App>,
    who: Staff,
    paging: Query<Paging>,
) -> Result<impl Responder, ApiError> {
    let (limit, before) = (paging.0.limit()?, paging.0.after()?);
    Ok(super::audit(&app, who.0.scope(), before, limit).await?)
}
