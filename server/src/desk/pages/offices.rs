//! `/hq/staff`: captains and HQ, naming and unnaming.

use actix_web::web::Data;
use actix_web::{HttpRequest, Responder};
use askama::Template;
use serde::Deserialize;

use super::super::{add_staff, end_captaincy, name_captain_by_email, offices};
use crate::app::App;
use crate::error::Error;
use crate::http::{Faults, Form, Page, PageError, Query, See, Staff};
use crate::ids::VolunteerId;
use crate::region_code::RegionCode;
use crate::regions::{self, RegionView};
use crate::sessions::Viewer;
use crate::volunteers::Holder;
use crate::words::Lang;

/// What was done just now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Done {
    /// Somebody was given an office.
    Named,
    /// A captaincy was ended.
    Ended,
}

/// `?done=`.
#[derive(Default, Deserialize)]
pub struct Asked {
    done: Option<Done>,
}

#[derive(Template)]
#[template(path = "desk/staff.html")]
struct Offices {
    l: Lang,
    zone: chrono_tz::Tz,
    me: VolunteerId,
    done: Option<Done>,
    typed: Named,
    faults: Faults,
    captains: Vec<(RegionView, Holder)>,
    staff: Vec<Holder>,
}

impl Offices {
    fn since(&self, holder: &Holder) -> String {
        self.l.day(holder.since, self.zone)
    }
}

/// A person and, for a captain, a region, as typed.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct Named {
    email: String,
    region: String,
    /// `captain` or `staff`: which of the two forms it was.
    office: String,
}

/// A captaincy to end.
#[derive(Deserialize)]
pub struct Ended {
    region: String,
    volunteer: VolunteerId,
}

/// `GET /hq/staff`.
pub async fn index(
    app: Data<App>,
    Staff(viewer): Staff,
    l: Lang,
    Query(asked): Query<Asked>,
) -> Result<impl Responder, PageError> {
    Ok(show(
        &app,
        &viewer,
        l,
        asked.done,
        Named::default(),
        Faults::default(),
    )
    .await?)
}

/// `POST /hq/staff`: names a captain, or takes somebody into HQ.
pub async fn create(
    app: Data<App>,
    Staff(viewer): Staff,
    l: Lang,
    Form(typed): Form<Named>,
    request: HttpRequest,
) -> Result<impl Responder, PageError> {
    let named = if typed.office == "staff" {
        add_staff(&app, viewer.scope(), &typed.email)
            .await
            .map(drop)
    } else {
        match regions::meant(&app.tree, "region", &typed.region) {
            Ok(region) => name_captain_by_email(&app, viewer.scope(), &region, &typed.email)
                .await
                .map(drop),
            Err(error) => Err(error),
        }
    };
    match named {
        Ok(()) => Ok(See("/hq/staff?done=named".into()).respond_to(&request)),
        Err(Error::Invalid(errors)) => {
            let faults = Faults::new(&errors, &l);
            let page = show(&app, &viewer, l, None, typed, faults).await?;
            Ok(page.with_status(422).respond_to(&request))
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /hq/staff/captains/deletion`.
pub async fn delete(
    app: Data<App>,
    Staff(viewer): Staff,
    Form(ended): Form<Ended>,
) -> Result<See, PageError> {
    let region = RegionCode::parse(&ended.region).map_err(|_| Error::NotFound)?;
    end_captaincy(&app, viewer.scope(), &region, ended.volunteer).await?;
    Ok(See("/hq/staff?done=ended".into()))
}

async fn show(
    app: &App,
    viewer: &Viewer,
    l: Lang,
    done: Option<Done>,
    typed: Named,
    faults: Faults,
) -> Result<Page<Offices>, Error> {
    let (captains, staff) = offices(app, viewer.scope()).await?;
    let page = Offices {
        zone: viewer.zone.parse().unwrap_or(chrono_tz::UTC),
        me: viewer.id,
        done,
        typed,
        faults,
        captains: captains
            .into_iter()
            .map(|(region, holder)| (RegionView::of(&app.tree, &region), holder))
            .collect(),
        staff,
        l: l.clone(),
    };
    Ok(Page::new(l.say("desk-offices"), page))
}
